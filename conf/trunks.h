/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conf/trunks.h: the trunk file, trunks.yaml, read and checked. Pure but for reading the file; the reasons
 * go to the callback. Any thread. Strings and arrays in struct conf belong to it and live until conf_free().
 */
#ifndef CONF_TRUNKS_H
#define CONF_TRUNKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conf_error {
	const char *file;
	int line, column;	/* from 1 */
	int length;		/* characters of the offending text, at least 1 */
	const char *message;	/* what is wrong, one line */
	const char *suggestion;	/* what to write instead, "" for none */
	const char *source;	/* the whole line, for the caret below it */
};
typedef void conf_error_fn(void *arg, const struct conf_error *e);

enum conf_card { CONF_CARD_DAHDI, CONF_CARD_SIM };
enum conf_span_type { CONF_E1, CONF_T1, CONF_J1 };
enum conf_trunk_kind { CONF_TRUNK_ISDN, CONF_TRUNK_SIP };
enum conf_dialect { CONF_EUROISDN, CONF_NI2 };
enum conf_side { CONF_USER, CONF_NETWORK };
enum conf_hunt { CONF_ASCENDING, CONF_DESCENDING, CONF_ROUND_ROBIN, CONF_LEAST_USED };
enum conf_transport { CONF_UDP, CONF_TCP };
enum conf_codec { CONF_PCMA, CONF_PCMU };
/* In the order of enum number_style, dialplan/number.h. */
enum conf_number_style { CONF_STYLE_TYPED, CONF_STYLE_INTERNATIONAL, CONF_STYLE_DIALLED, CONF_STYLE_PLUS };

struct conf_site {		/* site: */
	char country[8];	/* country: 44 */
	char area[8];		/* area: 20, "" for none */
	char international[8];	/* international: "00" */
	char national[8];	/* national: "0"; "1" by default in country 1 */
};

struct conf_sim_span { int no; enum conf_span_type type; };
struct conf_sim_wire { int a, b; double ppm; };
struct conf_sim {		/* sim: {spans: {1: e1, 2: e1}, wires: [1-2]}, a wire also as {a: 1, b: 2, ppm: 20} */
	struct conf_sim_span *spans;
	int n_spans;
	struct conf_sim_wire *wires;
	int n_wires;
};

struct conf_listen {		/* "127.0.0.1:5060", "[::]:5060": literal addresses, UDP and TCP both */
	char host[64];		/* without brackets */
	uint16_t port;
	int line;
};

struct conf_sip_listen {	/* sip: */
	struct conf_listen *listen;
	int n_listen;
	char user_agent[64];	/* user-agent: "" for the default */
	uint16_t rtp_first, rtp_last;	/* rtp-ports: 16384-32767; even to odd */
	unsigned jitter_ms;	/* jitter: 2ms: audio kept in hand when the next packet is due */
	char rtp_address[64];	/* rtp-address: what SDP names, "" for the address the peer is reached from */
};

struct conf_isdn {		/* isdn: */
	int *spans;		/* spans: [1, 2] or 1-4, in hunting order */
	int n_spans;
	enum conf_dialect dialect;
	enum conf_side side;
	bool exclusive;		/* exclusive: true */
	unsigned alarm_hold_ms, alarm_clear_ms;	/* alarm-hold: 2500ms, alarm-clear: 5s */
	unsigned echo_taps;	/* echo-canceller: 0 (off) */
};

struct conf_net {		/* an address with prefix length, binary, for the source check */
	uint8_t addr[16];	/* IPv4 as ::ffff:a.b.c.d */
	uint8_t bits;		/* 0 to 128 */
};

struct conf_sip {		/* sip: */
	char peer_host[256];	/* peer: "pbx.example.com:5060"; a literal address or a name, "" for none */
	uint16_t peer_port;
	enum conf_transport transport;
	struct conf_net *from;	/* from: [127.0.0.1, 192.0.2.0/24]: who else may call as this peer */
	int n_from;
	enum conf_codec codecs[2];	/* codecs: [pcma, pcmu] in the order offered */
	int n_codecs;
	unsigned ptime;		/* ptime: 10, 20 or 30 ms */
	bool symmetric;		/* symmetric: learn the RTP address from what arrives */
	unsigned health_ms;	/* health: 30s between OPTIONS; 0 off */
	unsigned rtp_timeout_ms;	/* rtp-timeout: 60s without RTP on a call that is not held; 0 off */
	bool trust_identity;	/* trust-identity: true: P-Asserted-Identity is believed and sent */
};

struct conf_trunk {
	char name[64];
	enum conf_trunk_kind kind;
	enum conf_hunt hunt;
	int max_calls;		/* max-calls: 0 for no limit */
	char country[8], area[8], international[8], national[8];	/* numbers: {...}, filled from site where not given */
	enum conf_number_style called_style, calling_style;	/* numbers: {called: typed, calling: typed} */
	union {
		struct conf_isdn isdn;
		struct conf_sip sip;
	};
	int line;		/* where it begins in the file */
};

struct conf {
	struct conf_site site;
	enum conf_card card;
	struct conf_sim sim;
	struct conf_sip_listen sip;
	struct conf_trunk *trunks;
	int n_trunks;
	char records[256];	/* records: path of the SQLite file; "" for the default */
};

/* Reads FILE. Reports every error it can find, not only the first, then returns 0 with *OUT, or -EINVAL
 * (errors were reported), -ENOMEM; a file that cannot be read is reported at line 1 with its errno. */
int conf_load(struct conf **out, const char *file, conf_error_fn *fn, void *arg);
/* The same from a text of LEN octets; FILE is its name in errors. */
int conf_parse(struct conf **out, const char *file, const char *text, size_t len, conf_error_fn *fn, void *arg);
void conf_free(struct conf *c);		/* NULL is fine */

const struct conf_trunk *conf_trunk(const struct conf *c, const char *name);	/* NULL when there is none */

/* The word nearest to TEXT among WORDS (N of them), or NULL when none is near: for "did you mean". */
const char *conf_nearest(const char *text, const char *const *words, size_t n);

/* Can NEW take OLD's place while calls go on? Prints each difference as one line "trunks.office.ptime: 20
 * -> 10" to FN, with whether it applies live or needs a restart. Returns the number that need a restart. */
typedef void conf_diff_fn(void *arg, const char *text, bool live);
int conf_diff(const struct conf *old, const struct conf *new_, conf_diff_fn *fn, void *arg);

#endif
