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

/* What the reader asks of the table of countries, which is not conf's. */
struct conf_countries {
	bool (*known)(const char *name);		/* "uk": may stand at tones: */
	const char *(*nearest)(const char *name);	/* of those known, or NULL */
	bool (*by_code)(unsigned code);			/* is there one for country: CODE? */
};

enum conf_card { CONF_CARD_DAHDI, CONF_CARD_SIM };
enum conf_span_type { CONF_E1, CONF_T1, CONF_J1, CONF_ANALOG };
enum conf_law { CONF_ALAW, CONF_MULAW };
enum conf_trunk_kind { CONF_TRUNK_ISDN, CONF_TRUNK_SIP, CONF_TRUNK_FXS, CONF_TRUNK_FXO, CONF_TRUNK_KINDS };
/* "isdn", "sip", ... */
const char *conf_kind_name(enum conf_trunk_kind kind);
enum conf_dialect { CONF_EUROISDN, CONF_NI1, CONF_NI2, CONF_DMS100, CONF_4ESS, CONF_5ESS, CONF_QSIG, CONF_DIALECTS };
/* As trunks.yaml has it. */
const char *conf_dialect_name(enum conf_dialect d);
/* What a dialect has, as channels/pri_dialect.c speaks it (conf/dialects.c). */
struct conf_dialect_def {
	bool e1;		/* an E1 can carry it; each runs on T1 and J1 */
	bool overlap;		/* digits may follow SETUP */
	bool nsf;		/* network-specific facilities in SETUP */
	bool service_messages;	/* SERVICE for B channels */
	bool nfas;		/* one D channel for several spans */
	unsigned services;	/* of services:; bits 1 << enum conf_service */
};
const struct conf_dialect_def *conf_dialect_def(enum conf_dialect d);
enum conf_nsf { CONF_NSF_NONE, CONF_NSF_SID_PREFERRED, CONF_NSF_ANI_PREFERRED, CONF_NSF_SID_ONLY, CONF_NSF_ANI_ONLY,
		CONF_NSF_OPERATOR, CONF_NSF_PCCO, CONF_NSF_SDN, CONF_NSF_TOLL_FREE_MEGACOM, CONF_NSF_MEGACOM,
		CONF_NSF_ACCUNET, CONF_NSF_LONG_DISTANCE, CONF_NSF_INTERNATIONAL_TOLL_FREE, CONF_NSF_MULTIQUEST,
		CONF_NSF_CALL_REDIRECTION, CONF_NSFS };
enum conf_side { CONF_USER, CONF_NETWORK };
enum conf_hunt { CONF_ASCENDING, CONF_DESCENDING, CONF_ROUND_ROBIN, CONF_LEAST_USED, CONF_LEAST_RECENT, CONF_ODD, CONF_EVEN };
enum conf_overlap { CONF_OVERLAP_NONE, CONF_OVERLAP_RFC3578 };
enum conf_transport { CONF_UDP, CONF_TCP };
enum conf_codec { CONF_PCMA, CONF_PCMU, CONF_CLEARMODE };	/* the last is never in codecs: */
/* In the order of enum number_style, dialplan/number.h. */
enum conf_number_style { CONF_STYLE_TYPED, CONF_STYLE_INTERNATIONAL, CONF_STYLE_DIALLED, CONF_STYLE_PLUS,
			 CONF_STYLE_LOCAL };

struct conf_site {		/* site: */
	char country[8];	/* country: 44 */
	char area[8];		/* area: 20, "" for none */
	char international[8];	/* international: "00" */
	char national[8];	/* national: "0"; "1" by default in country 1 */
	char tones[16];		/* tones: uk; "" for the country's own */
};

struct conf_sim_span {		/* 1: e1, 2: t1-nfas, 3: {fxs: 4, fxo: 4, law: alaw, start: ground} */
	int no;
	enum conf_span_type type;
	bool unknown;		/* its type was none: an error, and nothing more is said of it */
	bool no_dchan;		/* t1-nfas: a T1 of 24 B channels */
	int fxs, fxo;		/* CONF_ANALOG: so many ports, FXS first */
	enum conf_law law;	/* CONF_ANALOG: of its ports; by default the country's */
	enum conf_sim_start { CONF_SIM_KEWL, CONF_SIM_GROUND } start;	/* CONF_ANALOG: of its ports */
	int first_chan, n_chans;	/* channel numbers across all spans, as the card counts them */
};
struct conf_sim_wire { int a, b; double ppm; };
struct conf_sim_pair {		/* pairs: [63-67, {fxs: 64, fxo: 68, loss: 3, echo: 20, echo-delay: 2, noise: -60}] */
	int fxs, fxo;		/* channels */
	double loss_db, echo_db, echo_ms, noise_dbm0;	/* 0: none */
	bool dead;		/* cut */
};
struct conf_sim {		/* sim: {spans: {1: e1, 2: e1}, wires: [1-2]}, a wire also as {a: 1, b: 2, ppm: 20} */
	struct conf_sim_span *spans;
	int n_spans;
	struct conf_sim_wire *wires;
	int n_wires;
	struct conf_sim_pair *pairs;
	int n_pairs;
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

/* timers: {T200: 1s, N200: 3}; in the order of enum pri_timer, channels/pri.h. */
enum conf_timer { CONF_T200, CONF_N200, CONF_T203, CONF_K, CONF_T301, CONF_T302, CONF_T303, CONF_T304, CONF_T305, CONF_T306,
		  CONF_T308, CONF_T309, CONF_T310, CONF_T313, CONF_T316, CONF_N316, CONF_T_HOLD, CONF_T_RETRIEVE, CONF_TIMERS };
struct conf_timer_range { const char *name; unsigned min, max; };	/* milliseconds, or a number */
bool conf_timer(enum conf_timer t, struct conf_timer_range *out);	/* false: there is no such timer */

/* In the order of enum pri_service. */
enum conf_service { CONF_SERVICE_HOLD, CONF_SERVICE_TRANSFER, CONF_SERVICE_DEFLECT, CONF_SERVICE_AOC, CONF_SERVICE_MCID,
		    CONF_SERVICES };

#define CONF_NFAS_MAX 32	/* spans of one group; ANSI T1.607 has 20 */
struct conf_nfas {		/* nfas: {primary: 1, backup: 2, interfaces: [0, 1, 2]} */
	int primary, backup;	/* spans, 0 for none */
	int interfaces[CONF_NFAS_MAX], n_interfaces;	/* identifiers in the order of spans; none: 0, 1, 2 and so on */
};

struct conf_isdn {		/* isdn: */
	int *spans;		/* spans: [1, 2] or 1-4, in hunting order */
	int n_spans;
	struct conf_nfas nfas;	/* one D channel or two for all spans */
	enum conf_dialect dialect;
	enum conf_nsf nsf;	/* nsf: none */
	enum conf_side side;
	bool exclusive;		/* exclusive: true */
	bool overlap;		/* overlap: true: digits may come, and go, one after the other */
	bool clear_tones;	/* clear-tones: true: network side: a failed call ends with a tone */
	bool announcements;	/* announcements: true: what is played after DISCONNECT is heard */
	unsigned alarm_hold_ms, alarm_clear_ms;	/* alarm-hold: 2500ms, alarm-clear: 5s */
	unsigned echo_taps;	/* echo-canceller: 0 (off) */
	unsigned timers[CONF_TIMERS];	/* in ms, or a number */
	unsigned services;	/* services: [hold, transfer]; bits 1 << enum conf_service */
	unsigned aoc_request;	/* aoc-request: [setup, during, end]; bits 1, 2, 4: asked for in each SETUP, with service aoc */
	bool keypad;		/* keypad: service codes go as keypad facility */
	bool redirecting_element;	/* redirecting-element: as an element too, where euroisdn has an operation */
	bool two_calling;	/* two-calling: both calling numbers go out where there are two */
	/* In the order of enum pri_date_time and enum pri_display (channels/pri.h). */
	enum conf_date_time { CONF_DATE_TIME_NONE, CONF_DATE_TIME_DATE, CONF_DATE_TIME_MINUTES,
			      CONF_DATE_TIME_SECONDS } date_time;	/* date-time: network side */
	enum conf_display { CONF_DISPLAY_AUTO, CONF_DISPLAY_SEND, CONF_DISPLAY_NONE } display;	/* display: */
	/* In the order of enum pri_service_messages. */
	enum conf_service_messages { CONF_SERVICE_MESSAGES_AUTO, CONF_SERVICE_MESSAGES_SEND,
				     CONF_SERVICE_MESSAGES_NONE } service_messages;	/* service-messages: */
};

struct conf_net {		/* an address with prefix length, binary, for the source check */
	uint8_t addr[16];	/* IPv4 as ::ffff:a.b.c.d */
	uint8_t bits;		/* 0 to 128 */
};

#define CONF_CAUSES_MAX 64
struct conf_causes {		/* causes: {34: 480}, statuses: {480: 19} */
	struct { uint16_t from, to; } row[CONF_CAUSES_MAX];
	int n;
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
	struct conf_causes causes, statuses;	/* rows that go before those of gateway/cause.h: Q.850 to SIP, SIP to Q.850 */
	bool trust_identity;	/* trust-identity: true: P-Asserted-Identity is believed and sent */
	/* diversion: which headers tell of redirections */
	enum conf_diversion { CONF_DIVERSION_BOTH, CONF_DIVERSION_DIVERSION, CONF_DIVERSION_HISTORY_INFO,
			      CONF_DIVERSION_NONE } diversion;
	enum conf_overlap overlap;	/* overlap: none, or rfc3578: several INVITEs as digits come */
	bool clearmode;		/* clearmode: true: data calls, RFC 4040 */
	enum conf_bearer { CONF_BEARER_SPEECH, CONF_BEARER_3K1 } bearer;	/* bearer: of its calls that carry sound */
	bool aoc;		/* aoc: true: charges are told it */
	bool refer;		/* refer: false: its REFER is declined */
};

/* --- Analog trunks: as channels/fxs.h and channels/fxo.h have them -------------------------------- */

struct conf_line {		/* lines: 63-70, and numbers: {63: "+442079460501", 64: {number: ..., name: ...}} */
	int chan;
	char number[64];	/* digits, with "+" where the file has one; "" for none */
	char name[64];		/* FXS only, as the two below */
	char hotline[64];	/* hotline: called when it is lifted, "" for none */
	unsigned hotline_ms;	/* hotline-after: 0 at once, else after so long with no digit */
};
struct conf_lines { struct conf_line *line; int n; };	/* in the order of the file: port 1 is the first */

/* CONF_START_CARD: ground start where the card has it, else loop start. The others must be what the card has. */
enum conf_start { CONF_START_CARD, CONF_LOOP, CONF_KEWL, CONF_GROUND };
/* The country's is first, then the order of enum cid_method and of enum cid_when (channels/sound/country.h). */
enum conf_cid { CONF_CID_COUNTRY, CONF_CID_NONE, CONF_CID_BELL202, CONF_CID_V23, CONF_CID_DTMF, CONF_CID_NTT };
enum conf_cid_when { CONF_CID_WHEN_COUNTRY, CONF_CID_AFTER_RING, CONF_CID_AFTER_SHORT_RING, CONF_CID_AFTER_REVERSAL,
		     CONF_CID_BEFORE_RING };
enum conf_cid_alert { CONF_CID_ALERT_COUNTRY, CONF_CID_ALERT_NONE, CONF_CID_ALERT_DTAS };

struct conf_fxs {		/* fxs: */
	struct conf_lines lines;
	char tones[16];		/* tones: "" for the site's */
	enum conf_start start;
	enum conf_cid cid;	/* caller-id: */
	enum conf_cid_when cid_when;	/* caller-id-when: */
	enum conf_cid_alert cid_alert;	/* caller-id-alert: */
	unsigned first_digit_ms, interdigit_ms;	/* first-digit: 15s, interdigit: 4s */
	unsigned busy_ms, howler_ms;	/* reorder: 20s, howler: 60s */
	bool polarity_answer;	/* polarity-answer: */
	unsigned drop_ms;	/* disconnect: 500ms; 0 for none */
	bool call_waiting, three_way, transfer;	/* true */
	unsigned flash_min_ms, flash_max_ms;	/* flash-min, flash-max: 0 for the country's */
	double rx_gain_db, tx_gain_db;	/* rx-gain, tx-gain */
	unsigned echo_taps;	/* echo-canceller: 128 */
	bool lamp, mwi_fsk;	/* lamp: false, message-fsk: true */
};

/* In the order of enum fxo_answer and enum fxo_clear. */
enum conf_answer { CONF_ANSWER_POLARITY, CONF_ANSWER_BATTERY, CONF_ANSWER_RINGBACK, CONF_ANSWER_SPEECH, CONF_ANSWER_TIMER,
		   CONF_ANSWERS };
enum conf_clear { CONF_CLEAR_BATTERY, CONF_CLEAR_POLARITY, CONF_CLEAR_TONE, CONF_CLEAR_DIALTONE, CONF_CLEAR_IDLE };

struct conf_fxo {		/* fxo: */
	struct conf_lines lines;	/* number: called number of calls that come in on it */
	char tones[16];		/* tones: "" for the site's */
	enum conf_start start;
	enum conf_answer answer[CONF_ANSWERS];	/* answer: [polarity, speech], n_answer of them */
	int n_answer;
	unsigned answer_timer_ms;	/* answer-timer: 10s */
	unsigned clear;		/* clear: [battery, tone]; bits 1 << enum conf_clear */
	unsigned idle_ms, ceiling_ms, no_answer_ms;	/* idle: 30s, ceiling: 4h, no-answer: 180s */
	unsigned dialtone_wait_ms;	/* dialtone-wait: 5s */
	enum conf_no_dialtone { CONF_NO_DIALTONE_FAIL, CONF_NO_DIALTONE_DIAL } no_dialtone;	/* no-dialtone: fail */
	enum conf_dial { CONF_DIAL_DTMF, CONF_DIAL_PULSE } dial;	/* dial: dtmf */
	unsigned dtmf_on_ms, dtmf_off_ms;	/* dtmf-on, dtmf-off: 100ms */
	char prefix[32];	/* prefix: "9,"; "" for none */
	bool two_stage;		/* two-stage: false */
	unsigned answer_rings;	/* answer-rings: 2 */
	bool cid;		/* caller-id: true */
	unsigned ring_min_ms, guard_ms;	/* ring-min: 150ms, guard: 2s */
	unsigned flash_ms;	/* flash: 0 for the country's */
	double rx_gain_db, tx_gain_db;	/* rx-gain, tx-gain */
	unsigned echo_taps;	/* echo-canceller: 128 */
};

#define CONF_PATTERNS_MAX 32
struct conf_patterns {		/* calling-allowed: ["+442079460*", "+44207946010?"] */
	char pattern[CONF_PATTERNS_MAX][32];
	int n;
};

struct conf_trace {		/* trace: */
	unsigned memory_kb;	/* memory: 2048; 0 for none */
	bool failed_calls, alarms;	/* failed-calls: true, alarms: true: written to a file by themselves */
	bool rtp;		/* rtp: false: headers of RTP packets are kept too */
	bool mask;		/* mask: false */
	unsigned keep;		/* keep: 50 files */
};

struct conf_trunk {
	char name[64];
	enum conf_trunk_kind kind;
	enum conf_hunt hunt;
	int max_calls;		/* max-calls: 0 for no limit */
	char country[8], area[8], international[8], national[8];	/* numbers: {...}, filled from site where not given */
	enum conf_number_style called_style, calling_style;	/* numbers: {called: typed, calling: typed} */
	int called_type, called_plan, calling_type, calling_plan;	/* 0 for the style's; enum number_type, number_plan */
	struct conf_patterns calling_allowed;	/* calling-allowed: none for all */
	char calling_default[32];	/* calling-default: "" for none */
	union {
		struct conf_isdn isdn;
		struct conf_sip sip;
		struct conf_fxs fxs;
		struct conf_fxo fxo;
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
	struct conf_trace trace;
	char records[256];	/* records: path of the SQLite file; "" for the default */
};

/* Reads FILE. Reports every error it can find, not only the first, then returns 0 with *OUT, or -EINVAL
 * (errors were reported), -ENOMEM; a file that cannot be read is reported at line 1 with its errno. */
int conf_load(struct conf **out, const char *file, const struct conf_countries *countries, conf_error_fn *fn, void *arg);
/* The same from a text of LEN octets; FILE is its name in errors. Any name of a country is taken. */
int conf_parse(struct conf **out, const char *file, const char *text, size_t len, conf_error_fn *fn, void *arg);
void conf_free(struct conf *c);		/* NULL is fine */

const struct conf_trunk *conf_trunk(const struct conf *c, const char *name);	/* NULL when there is none */

/* The word nearest to TEXT among WORDS (N of them), or NULL when none is near: for "did you mean". */
/* Octets of AREA that are the trunk prefix of COUNTRY, which belongs in no area code (020); 0 for none. */
size_t conf_area_prefix(const char *country, const char *area);
const char *conf_nearest(const char *text, const char *const *words, size_t n);

/* Can NEW take OLD's place while calls go on? Prints each difference as one line "trunks.office.ptime: 20
 * -> 10" to FN, with what it takes. Returns the number that need a restart. */
enum conf_change {
	CONF_CHANGE_LIVE,	/* nothing: it applies under calls */
	CONF_CHANGE_ANEW,	/* an ISDN trunk is closed and made anew, or goes: when it has no calls */
	CONF_CHANGE_RESTART,
};
typedef void conf_diff_fn(void *arg, const char *text, enum conf_change how);
int conf_diff(const struct conf *old, const struct conf *new_, conf_diff_fn *fn, void *arg);
/* Is the trunk A, of both files, to be made anew when it becomes B? */
bool conf_trunk_anew(const struct conf_trunk *a, const struct conf_trunk *b);

#endif
