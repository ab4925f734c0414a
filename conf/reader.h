/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conf/reader.h: the parts of the reader of trunks.yaml, private to conf/. A mapping of the file is a table
 * of keys (keys.c); a key has a type (types*.c) that sets a field from a node and prints it for conf_diff().
 */
#ifndef CONF_READER_H
#define CONF_READER_H

#include <stdio.h>

#include "conf/trunks.h"
#include "conf/yaml.h"

enum {
	CONF_ERRORS_MAX = 100,	/* errors reported of one file */
	CONF_TRUNKS_MAX = 256,
	CONF_SPANS_MAX = 128,	/* highest span number, as in DAHDI */
	CONF_LISTEN_MAX = 16,
	CONF_NETS_MAX = 256,	/* from: entries of one trunk */
	CONF_CHANS_MAX = 4096,	/* highest channel number */
	CONF_PORTS_MAX = 128,	/* ports of one analog span of the simulated card */
};

struct conf_held;		/* an error that waits to be told */

struct reader {
	const char *file, *text;
	size_t len;
	struct conf *conf;
	const struct yaml *root;
	const struct conf_countries *countries;	/* may be NULL */
	struct conf_held *held;
	int n_held;
	bool no_memory;
};

struct conf_key;
struct conf_type {
	/* Reads N into the field of BASE; what is wrong goes to report(). */
	void (*set)(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base);
	/* The field as the file would have it; NULL for a type with keys of its own. */
	void (*print)(FILE *f, const struct conf_key *k, const void *base);
};

struct conf_key {
	const char *name;
	const struct conf_type *type;
	size_t offset, count;		/* the field in its struct; for a list also where its count is */
	long min, max;			/* numbers; max for strings is their size with the ending zero */
	const char *const *words;	/* a word's values, in the order of its enum, ending in NULL */
	const char *def;		/* default as it would be written, NULL for none */
	bool required, late;		/* late: read after the others of its mapping */
	bool live;			/* may change while calls go on */
	const char *help;		/* what it is, for "missing" and for wrong types */
};

struct conf_keys {
	const char *where;		/* "site", "a trunk": where an unknown key was found */
	const struct conf_key *keys;
	size_t n;
};

/* keys.c */
extern const struct conf_keys conf_top_keys, conf_site_keys, conf_sim_keys, conf_wire_keys, conf_sip_listen_keys,
	conf_trace_keys, conf_trunk_keys, conf_numbers_keys, conf_isdn_keys, conf_sip_keys;
/* nfas.c */
extern const struct conf_keys conf_nfas_keys;
extern const struct conf_type conf_type_nfas;
/* keys_timers.c */
extern const struct conf_keys conf_timers_keys;
/* keys_line.c */
extern const struct conf_keys conf_ports_keys, conf_pair_keys, conf_fxs_keys, conf_fxo_keys, conf_fxs_line_keys;
/* What this version does not do yet, ending in NULL: "tls", "fxs" ... */
extern const char *const conf_later[], *const conf_dialect_words[], *const conf_service_words[];

/* read.c */
void keys_read(struct reader *r, const struct conf_keys *t, const struct yaml *map, void *base);
void keys_defaults(struct reader *r, const struct conf_keys *t, void *base);

/* report.c: SUGGESTION is a sentence. */
void report(struct reader *r, const struct yaml *n, const char *suggestion, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void report_at(struct reader *r, int line, int column, int length, const char *suggestion, const char *message);
void report_all(struct reader *r, conf_error_fn *fn, void *arg);	/* in order of their place; then forgets them */
/* "did you mean" for TEXT among WORDS (ending in NULL), else all of them, into BUF. */
const char *suggest_word(char *buf, size_t size, const char *text, const char *const *words);
bool is_later(const char *text);

/* types.c */
extern const struct conf_type conf_type_word, conf_type_uint, conf_type_bool, conf_type_ms, conf_type_digits,
	conf_type_string, conf_type_double, conf_type_later;
/* The scalar N as text, or NULL after an error: not a scalar, empty, or with a zero octet. */
const char *scalar(struct reader *r, const struct conf_key *k, const struct yaml *n);
/* TEXT as a number that is all of it; false when it is none or not in MIN..MAX. */
bool whole_number(const char *text, long min, long max, long *out);
/* One item more for a list of N items of SIZE octets; NULL without memory. */
void *grow(struct reader *r, void *list, int n, size_t size);

/* types_net.c, types_span.c, trunk.c */
extern const struct conf_type conf_type_listen, conf_type_nets, conf_type_peer, conf_type_ports, conf_type_address;
extern const struct conf_type conf_type_spans, conf_type_sim_spans, conf_type_wires, conf_type_codecs;
extern const struct conf_type conf_type_site, conf_type_sim, conf_type_sip_listen, conf_type_trace, conf_type_trunks,
	conf_type_numbers, conf_type_isdn, conf_type_timers, conf_type_sip;
/* types_number.c */
extern const struct conf_type conf_type_patterns, conf_type_e164;
/* types_cause.c */
extern const struct conf_type conf_type_causes, conf_type_statuses;
/* types_line.c */
extern const struct conf_type conf_type_tones, conf_type_lines, conf_type_fxs_numbers, conf_type_fxo_numbers, conf_type_number,
	conf_type_prefix, conf_type_answer, conf_type_clear, conf_type_services, conf_type_aoc_request, conf_type_pairs, conf_type_fxs, conf_type_fxo;

/* "A-B" of numbers from 1 to MAX; false when TEXT is not that. */
bool pair_of_numbers(const char *text, long max, long *a, long *b);

/* "[1, 2]" */
void print_numbers(FILE *f, const int *numbers, int n);

/* check.c: what needs more than one value to see. */
const struct conf_sim_span *sim_span(const struct conf *c, int no);	/* of sim: spans; NULL when it is not there */
void check_whole(struct reader *r);
/* nfas.c: the same of spans that share a D channel. ISDN is the mapping under isdn:. */
void check_nfas(struct reader *r, const struct conf_trunk *t, const struct yaml *isdn);
/* check_line.c: the same of analog lines and of the simulated card's pairs. */
void check_analog(struct reader *r);

#endif
