/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/ops/records.h: call records in SQLite, written by the records thread. records_put() is for the
 * loop thread and never waits for the disk: records wait in memory up to a bound and an alarm says so.
 */
#ifndef GATEWAY_OPS_RECORDS_H
#define GATEWAY_OPS_RECORDS_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "gateway/media/media.h"

struct records;

struct record_leg {
	char trunk[64];
	char line[32];			/* "1/7" (span/timeslot), "" on SIP and test lines */
	char called[64], calling[64];	/* inside form, as this leg had them */
	char called_raw[64], calling_raw[64];	/* digits as they came or went */
	uint8_t called_ton, calling_ton, presentation, screening;
	/* As they came or went: numbering plans, further numbers, and information elements in hex as they came. */
	uint8_t called_npi, calling_npi;
	char calling_user_raw[64], redirecting_raw[64], original_raw[64], connected_raw[64];
	uint8_t redirecting_ton, redirecting_npi, redirecting_presentation, redirecting_screening;
	uint8_t redirect_reason, redirect_count;
	uint8_t connected_ton, connected_npi, connected_presentation, connected_screening;
	char calling_rule[12];		/* the trunk's calling-allowed: "replaced", "withheld", "added" or "" */
	char date_time[24];		/* the network's, in SETUP or CONNECT */
	char called_ie[72], calling_ie[72], calling_user_ie[72], redirecting_ie[72], connected_ie[72];
	char id[128];			/* Call-ID, or span/call reference */
	uint8_t cause, location;	/* of this leg's clearing */
	uint16_t sip;			/* status received or sent */
	char cause_by[48];		/* what made one of the other, SIP and Q.850: "RFC 3398 8.2.6.1"; "" on other legs */
	char cause_raw[64];		/* Q.931's cause element as it came, hexadecimal; "" where there was none */
	char cause_from[48];		/* the location in words: "public network of the remote user" */
	uint8_t far_end;		/* 1: this leg's far end began to clear */
	char charge[8];			/* advice of charge: "AOC-S", "AOC-D", "AOC-E", the last that told the cost; "" for none */
	bool charge_free;
	uint32_t charge_units;
	char charge_currency[12];	/* "" when it was not told in money */
	uint64_t charge_thousandths;	/* of its unit */
	char charge_rates[96];		/* AOC-S for people, or "" */
	char malicious[48];		/* malicious call identification: what became of it, or "" */
	struct media_stats media;
};
struct call_record {
	uint64_t id;			/* the call's number in the daemon's log and ladder */
	char uuid[40];
	int64_t start_ms, alert_ms, answer_ms, end_ms;	/* wall clock, ms since 1970; 0 for what did not happen */
	struct record_leg in, out;	/* out is the last one tried */
	int attempts;			/* destinations tried */
	int did_line;			/* the DID row's line, 0 for none */
	char did_name[64];
	uint8_t hlc;			/* asked for: Q.931 4.5.17 high layer characteristics, 4 is fax; 0 for none */
	uint8_t bearer;			/* asked for: Q.931 4.5.5 information transfer capability */
	uint8_t cause, location;	/* of the call */
	char side[16];			/* who cleared: "in", "out", "gateway" */
	char answered_how[24], cleared_how[24];	/* lines without signals: what told it ("polarity", "tone"); "transfer": the
						 * exchange has joined its two calls, "deflection": it has sent the call on; else "" */
	char transferred_by[136];	/* who left the call to the two of IN and OUT, the last one: trunk and number; "" for nobody */
	char why[96];			/* one plain sentence: "the called party hung up" */
};

/* Opens or creates PATH (schema, write-ahead log). A file that cannot be opened now is tried again: not an error. */
int records_open(struct records **out, const char *path);
/* Writes what waits, 5 s at most, and stops the thread. NULL is fine. */
void records_close(struct records *r);
/* Copies REC. Returns 0, or -ENOSPC (the bound is reached; the record is counted as lost). */
int records_put(struct records *r, const struct call_record *rec);

struct records_status { uint64_t written, waiting, lost; char error[128]; };
void records_status(struct records *r, struct records_status *out);	/* any thread */

/* The last N records (1,000 at most), oldest first, as {"records":[{column: value, ...}, ...]}. The records thread reads
 * them, after what waits has been tried; FN runs later, in records_service() or records_close(): BODY is
 * its to put, or NULL and WHY says what went wrong. */
typedef void records_read_fn(void *arg, struct json_object *body, const char *why);
int records_read(struct records *r, int n, records_read_fn *fn, void *arg);
int records_fd(const struct records *r);	/* readable when records_service() has something to deliver */
void records_service(struct records *r);

#endif
