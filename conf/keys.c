/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conf/keys.c: the schema of trunks.yaml: every key, its type, range, default and what it is for. A key that
 * is not here is an error. "live" keys may change under calls; a change of any other makes an ISDN trunk anew, or needs a restart.
 */
#include "conf/reader.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define AT(s, f) .offset = offsetof(struct s, f)

static const char *const cards[] = { "dahdi", "sim", NULL };
static const char *const sides[] = { "user", "network", NULL };
/* As enum conf_nsf has them; the facilities of AT&T TR 41459 that libpri names. */
static const char *const nsfs[] = { "none", "sid-preferred", "ani-preferred", "sid-only", "ani-only", "operator", "pcco",
				    "sdn", "toll-free-megacom", "megacom", "accunet", "long-distance",
				    "international-toll-free", "multiquest", "call-redirection", NULL };
static const char *const hunts[] = { "ascending", "descending", "round-robin", "least-used",
				    "least-recent", "odd", "even", NULL };
static const char *const overlaps[] = { "none", "rfc3578", NULL };
static const char *const transports[] = { "udp", "tcp", NULL };
static const char *const styles[] = { "typed", "international", "dialled", "plus", "local", NULL };
static const char *const types[] = { "auto", "unknown", "international", "national", "network", "subscriber",
				     "abbreviated", NULL };
static const char *const plans[] = { "auto", "unknown", "isdn", "data", "telex", "national", "private", NULL };
static const char *const diversions[] = { "both", "diversion", "history-info", "none", NULL };
static const char *const bearers[] = { "speech", "3.1k", NULL };
static const char *const date_times[] = { "none", "date", "minutes", "seconds", NULL };
/* Of display and service-messages. */
static const char *const displays[] = { "auto", "send", "none", NULL };

const char *const conf_later[] = { "tls", "g722", "opus", "g729", NULL };

static const struct conf_key top[] = {
	{ .name = "site", .type = &conf_type_site, .required = true, .help = "site: {country: 44, area: 20}" },
	{ .name = "card", .type = &conf_type_word, AT(conf, card), .words = cards, .def = "dahdi",
	  .help = "dahdi, or sim for the simulated card" },
	{ .name = "sim", .type = &conf_type_sim, AT(conf, sim), .help = "sim: {spans: {1: e1, 2: e1}, wires: [1-2]}" },
	{ .name = "sip", .type = &conf_type_sip_listen, AT(conf, sip), .late = true,
	  .help = "sip: {listen: [\"0.0.0.0:5060\"]}" },
	{ .name = "records", .type = &conf_type_string, AT(conf, records), .min = 1, .max = 256,
	  .help = "path of the SQLite file of call records" },
	{ .name = "trace", .type = &conf_type_trace, .live = true, .help = "trace: {memory: 2048, mask: true}" },
	{ .name = "trunks", .type = &conf_type_trunks, .required = true, .late = true, .live = true,
	  .help = "trunks: {telco: {isdn: ...}, office: {sip: ...}}" },
};
const struct conf_keys conf_top_keys = { "the trunk file", top, COUNT(top) };

static const struct conf_key site[] = {
	{ .name = "country", .type = &conf_type_digits, AT(conf_site, country), .min = 1, .max = 4, .required = true,
	  .live = true, .help = "country code, as 44" },
	{ .name = "area", .type = &conf_type_digits, AT(conf_site, area), .max = 8, .live = true,
	  .help = "area code without the trunk prefix, as 20" },
	{ .name = "international", .type = &conf_type_digits, AT(conf_site, international), .max = 8, .live = true,
	  .help = "what is dialled before a country code, as \"00\"" },
	{ .name = "national", .type = &conf_type_digits, AT(conf_site, national), .max = 8, .live = true,
	  .help = "what is dialled before an area code, as \"0\"" },
	{ .name = "tones", .type = &conf_type_tones, AT(conf_site, tones), .max = 16,
	  .help = "whose tones, rings and caller ID analog lines have, as uk" },
};
const struct conf_keys conf_site_keys = { "site", site, COUNT(site) };

static const struct conf_key sim[] = {
	{ .name = "spans", .type = &conf_type_sim_spans, .required = true, .help = "spans: {1: e1, 2: {fxs: 4, fxo: 4}}" },
	{ .name = "wires", .type = &conf_type_wires, .help = "wires: [1-2]" },
	{ .name = "pairs", .type = &conf_type_pairs, .help = "pairs: [63-67]" },
};
const struct conf_keys conf_sim_keys = { "sim", sim, COUNT(sim) };

static const struct conf_key wire[] = {
	{ .name = "a", .type = &conf_type_uint, AT(conf_sim_wire, a), .min = 1, .max = CONF_SPANS_MAX,
	  .required = true, .help = "a span" },
	{ .name = "b", .type = &conf_type_uint, AT(conf_sim_wire, b), .min = 1, .max = CONF_SPANS_MAX,
	  .required = true, .help = "the span at the other end" },
	{ .name = "ppm", .type = &conf_type_double, AT(conf_sim_wire, ppm), .min = -1000, .max = 1000,
	  .help = "clock of span b against span a, parts per million" },
};
const struct conf_keys conf_wire_keys = { "a wire", wire, COUNT(wire) };

static const struct conf_key sip_listen[] = {
	{ .name = "listen", .type = &conf_type_listen, .required = true, .help = "listen: [\"0.0.0.0:5060\", \"[::]:5060\"]" },
	{ .name = "user-agent", .type = &conf_type_string, AT(conf_sip_listen, user_agent), .min = 1, .max = 64,
	  .help = "what the User-Agent header says" },
	{ .name = "rtp-ports", .type = &conf_type_ports, .def = "16384-32767", .help = "UDP ports for RTP, as 16384-32767" },
	{ .name = "rtp-address", .type = &conf_type_address, AT(conf_sip_listen, rtp_address), .max = 64,
	  .help = "the address that SDP names" },
	{ .name = "jitter", .type = &conf_type_ms, AT(conf_sip_listen, jitter_ms), .min = 1, .max = 60, .def = "2ms",
	  .help = "audio kept in hand against packets that come late" },
};
const struct conf_keys conf_sip_listen_keys = { "sip", sip_listen, COUNT(sip_listen) };

static const struct conf_key trace[] = {
	{ .name = "memory", .type = &conf_type_uint, AT(conf_trace, memory_kb), .max = 1048576, .def = "2048",
	  .help = "KiB of the last packets that are kept, 0 for none" },
	{ .name = "failed-calls", .type = &conf_type_bool, AT(conf_trace, failed_calls), .def = "true", .live = true,
	  .help = "a call that a fault ended is written to a file" },
	{ .name = "alarms", .type = &conf_type_bool, AT(conf_trace, alarms), .def = "true", .live = true,
	  .help = "so is the D channel of a span that goes out of service" },
	{ .name = "rtp", .type = &conf_type_bool, AT(conf_trace, rtp), .def = "false", .live = true,
	  .help = "keep the headers of RTP packets too" },
	{ .name = "mask", .type = &conf_type_bool, AT(conf_trace, mask), .def = "false", .live = true,
	  .help = "numbers are made unreadable in files" },
	{ .name = "keep", .type = &conf_type_uint, AT(conf_trace, keep), .min = 1, .max = 100000, .def = "50", .live = true,
	  .help = "so many files made by themselves stay" },
};
const struct conf_keys conf_trace_keys = { "trace", trace, COUNT(trace) };

static const struct conf_key trunk[] = {
	{ .name = "isdn", .type = &conf_type_isdn, .help = "isdn: {spans: [1], dialect: euroisdn, side: user}" },
	{ .name = "sip", .type = &conf_type_sip, .live = true, .help = "sip: {peer: \"pbx.example.com\"}" },
	{ .name = "fxs", .type = &conf_type_fxs, .help = "fxs: {lines: 63-70}" },
	{ .name = "fxo", .type = &conf_type_fxo, .help = "fxo: {lines: 87-88}" },
	{ .name = "hunt", .type = &conf_type_word, AT(conf_trunk, hunt), .words = hunts, .def = "ascending",
	  .live = true, .help = "which channel a call takes" },
	{ .name = "max-calls", .type = &conf_type_uint, AT(conf_trunk, max_calls), .max = 100000, .def = "0",
	  .live = true, .help = "calls at once, 0 for no limit" },
	{ .name = "numbers", .type = &conf_type_numbers, .late = true, .live = true,
	  .help = "numbers: {country: 44, area: 20, called: typed}" },
};
const struct conf_keys conf_trunk_keys = { "a trunk", trunk, COUNT(trunk) };

static const struct conf_key numbers[] = {
	{ .name = "country", .type = &conf_type_digits, AT(conf_trunk, country), .min = 1, .max = 4, .live = true,
	  .help = "country code, as 44" },
	{ .name = "area", .type = &conf_type_digits, AT(conf_trunk, area), .max = 8, .live = true,
	  .help = "area code without the trunk prefix, as 20" },
	{ .name = "international", .type = &conf_type_digits, AT(conf_trunk, international), .max = 8, .live = true,
	  .help = "prefix before a country code, as \"00\"" },
	{ .name = "national", .type = &conf_type_digits, AT(conf_trunk, national), .max = 8, .live = true,
	  .help = "prefix before an area code, as \"0\"" },
	{ .name = "called", .type = &conf_type_word, AT(conf_trunk, called_style), .words = styles, .live = true,
	  .help = "how called numbers go out" },
	{ .name = "calling", .type = &conf_type_word, AT(conf_trunk, calling_style), .words = styles, .live = true,
	  .help = "how calling numbers go out" },
	{ .name = "called-type", .type = &conf_type_word, AT(conf_trunk, called_type), .words = types, .live = true,
	  .help = "the type that every called number is sent with" },
	{ .name = "called-plan", .type = &conf_type_word, AT(conf_trunk, called_plan), .words = plans, .live = true,
	  .help = "the plan that every called number is sent with" },
	{ .name = "calling-type", .type = &conf_type_word, AT(conf_trunk, calling_type), .words = types, .live = true,
	  .help = "the type that every calling number is sent with" },
	{ .name = "calling-plan", .type = &conf_type_word, AT(conf_trunk, calling_plan), .words = plans, .live = true,
	  .help = "the plan that every calling number is sent with" },
	{ .name = "calling-allowed", .type = &conf_type_patterns, AT(conf_trunk, calling_allowed), .live = true,
	  .help = "calling-allowed: [\"+442079460*\"]" },
	{ .name = "calling-default", .type = &conf_type_e164, AT(conf_trunk, calling_default), .max = 32, .live = true,
	  .help = "calling-default: \"+442079460000\"" },
};
const struct conf_keys conf_numbers_keys = { "numbers", numbers, COUNT(numbers) };

static const struct conf_key isdn[] = {
	{ .name = "spans", .type = &conf_type_spans, .required = true, .help = "spans: [1, 2] or 1-4" },
	{ .name = "nfas", .type = &conf_type_nfas, .help = "nfas: {primary: 1, backup: 2}" },
	{ .name = "dialect", .type = &conf_type_word, AT(conf_isdn, dialect), .words = conf_dialect_words, .def = "euroisdn",
	  .help = "the switch type" },
	{ .name = "nsf", .type = &conf_type_word, AT(conf_isdn, nsf), .words = nsfs, .def = "none",
	  .help = "the network-specific facility that calls ask for" },
	{ .name = "side", .type = &conf_type_word, AT(conf_isdn, side), .words = sides, .def = "user",
	  .help = "user towards an exchange, network towards a PBX" },
	{ .name = "exclusive", .type = &conf_type_bool, AT(conf_isdn, exclusive), .def = "false",
	  .help = "ask for exactly the channel named" },
	{ .name = "overlap", .type = &conf_type_bool, AT(conf_isdn, overlap), .def = "false",
	  .help = "digits may follow the SETUP, one after the other" },
	{ .name = "clear-tones", .type = &conf_type_bool, AT(conf_isdn, clear_tones), .def = "false",
	  .help = "network side: a call that fails ends with a tone" },
	{ .name = "announcements", .type = &conf_type_bool, AT(conf_isdn, announcements), .def = "true",
	  .help = "hear what the far end plays when it has cleared" },
	{ .name = "alarm-hold", .type = &conf_type_ms, AT(conf_isdn, alarm_hold_ms), .max = 60000, .def = "2500ms",
	  .live = true, .help = "an alarm this long clears the span's calls" },
	{ .name = "alarm-clear", .type = &conf_type_ms, AT(conf_isdn, alarm_clear_ms), .max = 300000, .def = "5s",
	  .live = true, .help = "no alarm this long and the span is used again" },
	{ .name = "echo-canceller", .type = &conf_type_uint, AT(conf_isdn, echo_taps), .max = 1024, .def = "0",
	  .live = true, .help = "length in samples, 0 for none" },
	{ .name = "timers", .type = &conf_type_timers, .live = true, .help = "timers: {T200: 1s, N200: 3}" },
	{ .name = "keypad", .type = &conf_type_bool, AT(conf_isdn, keypad), .def = "false",
	  .help = "service codes go as keypad facility" },
	{ .name = "two-calling", .type = &conf_type_bool, AT(conf_isdn, two_calling), .def = "false",
	  .help = "send both calling numbers where there are two" },
	{ .name = "redirecting-element", .type = &conf_type_bool, AT(conf_isdn, redirecting_element), .def = "false",
	  .help = "send the redirecting number as an element too" },
	{ .name = "date-time", .type = &conf_type_word, AT(conf_isdn, date_time), .words = date_times, .def = "none",
	  .help = "what the network side says of the time" },
	{ .name = "display", .type = &conf_type_word, AT(conf_isdn, display), .words = displays, .def = "auto",
	  .help = "names in the display element" },
	{ .name = "service-messages", .type = &conf_type_word, AT(conf_isdn, service_messages), .words = displays,
	  .def = "auto", .live = true, .help = "whether SERVICE tells the far end which channels are in service" },
	{ .name = "services", .type = &conf_type_services, AT(conf_isdn, services),
	  .help = "services: [hold, transfer, deflect, aoc, mcid]" },
	{ .name = "aoc-request", .type = &conf_type_aoc_request, AT(conf_isdn, aoc_request),
	  .help = "aoc-request: [setup, during, end]" },
};
const struct conf_keys conf_isdn_keys = { "isdn", isdn, COUNT(isdn) };

static const struct conf_key sip[] = {
	{ .name = "peer", .type = &conf_type_peer, .live = true, .help = "the far end, as \"pbx.example.com:5060\"" },
	{ .name = "transport", .type = &conf_type_word, AT(conf_sip, transport), .words = transports, .def = "udp",
	  .live = true, .help = "udp or tcp" },
	{ .name = "from", .type = &conf_type_nets, .live = true, .help = "who else may call as this peer" },
	{ .name = "codecs", .type = &conf_type_codecs, .live = true, .help = "codecs: [pcma, pcmu]" },
	{ .name = "ptime", .type = &conf_type_uint, AT(conf_sip, ptime), .min = 10, .max = 30, .def = "20", .live = true,
	  .help = "10, 20 or 30 ms of audio in a packet" },
	{ .name = "symmetric", .type = &conf_type_bool, AT(conf_sip, symmetric), .def = "false", .live = true,
	  .help = "learn the RTP address from what arrives" },
	{ .name = "health", .type = &conf_type_ms, AT(conf_sip, health_ms), .max = 3600000, .def = "30s", .live = true,
	  .help = "time between OPTIONS, 0 for none" },
	{ .name = "rtp-timeout", .type = &conf_type_ms, AT(conf_sip, rtp_timeout_ms), .max = 86400000, .def = "60s",
	  .live = true, .help = "a call without RTP this long is cleared, 0 for never" },
	{ .name = "trust-identity", .type = &conf_type_bool, AT(conf_sip, trust_identity), .def = "false", .live = true,
	  .help = "believe and send P-Asserted-Identity" },
	{ .name = "diversion", .type = &conf_type_word, AT(conf_sip, diversion), .words = diversions, .def = "both",
	  .live = true, .help = "which headers tell of redirections" },
	{ .name = "overlap", .type = &conf_type_word, AT(conf_sip, overlap), .words = overlaps, .def = "none", .live = true,
	  .help = "none, or rfc3578: an INVITE for each digit that comes" },
	{ .name = "clearmode", .type = &conf_type_bool, AT(conf_sip, clearmode), .def = "true", .live = true,
	  .help = "data calls of 64 kbit/s, as CLEARMODE" },
	{ .name = "bearer", .type = &conf_type_word, AT(conf_sip, bearer), .words = bearers, .def = "speech", .live = true,
	  .help = "what ISDN is told that its calls carry: speech, or 3.1k for modems and fax machines" },
	{ .name = "causes", .type = &conf_type_causes, AT(conf_sip, causes), .live = true,
	  .help = "causes: {34: 480}, the SIP status for a Q.850 cause" },
	{ .name = "statuses", .type = &conf_type_statuses, AT(conf_sip, statuses), .live = true,
	  .help = "statuses: {480: 19}, the Q.850 cause for a SIP status" },
	{ .name = "aoc", .type = &conf_type_bool, AT(conf_sip, aoc), .def = "false", .live = true,
	  .help = "charges to it and from it, as XML of 3GPP TS 24.647" },
	{ .name = "refer", .type = &conf_type_bool, AT(conf_sip, refer), .def = "true", .live = true,
	  .help = "calls may be transferred by REFER" },
	{ .name = "srtp", .type = &conf_type_later, .help = "leave it out: RTP is not encrypted" },
};
const struct conf_keys conf_sip_keys = { "sip", sip, COUNT(sip) };
