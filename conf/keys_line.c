/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf/keys_line.c: the schema of trunks.yaml, as keys.c: analog trunks, and analog ports of the simulated card. */
#include "conf/reader.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define AT(s, f) .offset = offsetof(struct s, f)

static const char *const laws[] = { "alaw", "mulaw", NULL };
static const char *const starts[] = { "card", "loop", "kewl", "ground", NULL };
static const char *const sim_starts[] = { "kewl", "ground", NULL };
static const char *const cids[] = { "country", "none", "bell202", "v23", "dtmf", "ntt", NULL };
static const char *const cid_whens[] = { "country", "after-ring", "after-short-ring", "after-reversal", "before-ring", NULL };
static const char *const cid_alerts[] = { "country", "none", "dtas", NULL };
static const char *const no_dialtones[] = { "fail", "dial", NULL };
static const char *const dials[] = { "dtmf", "pulse", NULL };

/* --- The simulated card ----------------------------------------------------------------------- */

static const struct conf_key ports[] = {
	{ .name = "fxs", .type = &conf_type_uint, AT(conf_sim_span, fxs), .max = CONF_PORTS_MAX,
	  .help = "ports that have a telephone" },
	{ .name = "fxo", .type = &conf_type_uint, AT(conf_sim_span, fxo), .max = CONF_PORTS_MAX,
	  .help = "ports that are a telephone" },
	{ .name = "law", .type = &conf_type_word, AT(conf_sim_span, law), .words = laws, .help = "alaw or mulaw" },
	{ .name = "start", .type = &conf_type_word, AT(conf_sim_span, start), .words = sim_starts, .help = "kewl or ground" },
};
const struct conf_keys conf_ports_keys = { "an analog span", ports, COUNT(ports) };

static const struct conf_key pair[] = {
	{ .name = "fxs", .type = &conf_type_uint, AT(conf_sim_pair, fxs), .min = 1, .max = CONF_CHANS_MAX, .required = true,
	  .help = "channel of an FXS port" },
	{ .name = "fxo", .type = &conf_type_uint, AT(conf_sim_pair, fxo), .min = 1, .max = CONF_CHANS_MAX, .required = true,
	  .help = "channel of an FXO port" },
	{ .name = "loss", .type = &conf_type_double, AT(conf_sim_pair, loss_db), .max = 20, .help = "dB each way" },
	{ .name = "echo", .type = &conf_type_double, AT(conf_sim_pair, echo_db), .max = 60,
	  .help = "what an end sends comes back so many dB lower, 0 for none" },
	{ .name = "echo-delay", .type = &conf_type_double, AT(conf_sim_pair, echo_ms), .max = 32, .help = "after so many ms" },
	{ .name = "noise", .type = &conf_type_double, AT(conf_sim_pair, noise_dbm0), .min = -90, .max = 0,
	  .help = "white noise in dBm0, 0 for none" },
	{ .name = "dead", .type = &conf_type_bool, AT(conf_sim_pair, dead), .help = "true: the pair is cut" },
};
const struct conf_keys conf_pair_keys = { "a pair", pair, COUNT(pair) };

/* --- fxs: ------------------------------------------------------------------------------------- */

static const struct conf_key fxs_line[] = {
	{ .name = "number", .type = &conf_type_number, AT(conf_line, number), .max = 64,
	  .help = "calling number of its calls, as \"+442079460501\"" },
	{ .name = "name", .type = &conf_type_string, AT(conf_line, name), .min = 1, .max = 64,
	  .help = "calling name of its calls" },
	{ .name = "hotline", .type = &conf_type_number, AT(conf_line, hotline), .max = 64,
	  .help = "called when it is lifted" },
	{ .name = "hotline-after", .type = &conf_type_ms, AT(conf_line, hotline_ms), .max = 60000,
	  .help = "the hotline is called after so long with no digit" },
};
const struct conf_keys conf_fxs_line_keys = { "numbers", fxs_line, COUNT(fxs_line) };

static const struct conf_key fxs[] = {
	{ .name = "lines", .type = &conf_type_lines, AT(conf_fxs, lines), .required = true, .help = "lines: 63-70" },
	{ .name = "numbers", .type = &conf_type_fxs_numbers, AT(conf_fxs, lines), .late = true,
	  .help = "numbers: {63: \"+442079460501\", 64: {number: \"+442079460502\", name: Hall}}" },
	{ .name = "tones", .type = &conf_type_tones, AT(conf_fxs, tones), .max = 16,
	  .help = "whose tones, rings and caller ID, as uk" },
	{ .name = "start", .type = &conf_type_word, AT(conf_fxs, start), .words = starts, .def = "card",
	  .help = "card (ground or loop, as the card has it), loop, kewl or ground" },
	{ .name = "caller-id", .type = &conf_type_word, AT(conf_fxs, cid), .words = cids, .def = "country",
	  .help = "how it is sent to the telephone" },
	{ .name = "caller-id-when", .type = &conf_type_word, AT(conf_fxs, cid_when), .words = cid_whens, .def = "country",
	  .help = "after the first ring, or before it" },
	{ .name = "caller-id-alert", .type = &conf_type_word, AT(conf_fxs, cid_alert), .words = cid_alerts, .def = "country",
	  .help = "whether the dual-tone alerting signal goes before it" },
	{ .name = "first-digit", .type = &conf_type_ms, AT(conf_fxs, first_digit_ms), .min = 1000, .max = 300000,
	  .def = "15s", .help = "dial tone lasts so long" },
	{ .name = "interdigit", .type = &conf_type_ms, AT(conf_fxs, interdigit_ms), .min = 500, .max = 60000, .def = "4s",
	  .help = "no digit for so long and the number is complete" },
	{ .name = "reorder", .type = &conf_type_ms, AT(conf_fxs, busy_ms), .min = 1000, .max = 600000, .def = "20s",
	  .help = "reorder tone to a telephone left off hook" },
	{ .name = "howler", .type = &conf_type_ms, AT(conf_fxs, howler_ms), .max = 600000, .def = "60s",
	  .help = "howler after it, 0 for none" },
	{ .name = "polarity-answer", .type = &conf_type_bool, AT(conf_fxs, polarity_answer), .def = "false",
	  .help = "battery is reversed while a call is answered" },
	{ .name = "disconnect", .type = &conf_type_ms, AT(conf_fxs, drop_ms), .max = 5000, .def = "0",
	  .help = "battery goes away for so long when the far end has cleared" },
	{ .name = "call-waiting", .type = &conf_type_bool, AT(conf_fxs, call_waiting), .def = "true",
	  .help = "a second call is announced" },
	{ .name = "three-way", .type = &conf_type_bool, AT(conf_fxs, three_way), .def = "true",
	  .help = "a flash joins two calls" },
	{ .name = "transfer", .type = &conf_type_bool, AT(conf_fxs, transfer), .def = "true",
	  .help = "hanging up with two calls joins them" },
	{ .name = "flash-min", .type = &conf_type_ms, AT(conf_fxs, flash_min_ms), .max = 1500, .def = "0",
	  .help = "a shorter opening is no flash; 0 for the country's" },
	{ .name = "flash-max", .type = &conf_type_ms, AT(conf_fxs, flash_max_ms), .max = 1500, .def = "0",
	  .help = "a longer opening is on hook; 0 for the country's" },
	{ .name = "rx-gain", .type = &conf_type_double, AT(conf_fxs, rx_gain_db), .min = -24, .max = 24, .def = "0",
	  .help = "dB, from the telephone" },
	{ .name = "tx-gain", .type = &conf_type_double, AT(conf_fxs, tx_gain_db), .min = -24, .max = 24, .def = "0",
	  .help = "dB, to the telephone" },
	{ .name = "echo-canceller", .type = &conf_type_uint, AT(conf_fxs, echo_taps), .max = 1024, .def = "128",
	  .help = "length in samples, 0 for none" },
	{ .name = "lamp", .type = &conf_type_bool, AT(conf_fxs, lamp), .def = "false",
	  .help = "a waiting message lights a neon lamp" },
	{ .name = "message-fsk", .type = &conf_type_bool, AT(conf_fxs, mwi_fsk), .def = "true",
	  .help = "a waiting message is sent to the display" },
};
const struct conf_keys conf_fxs_keys = { "fxs", fxs, COUNT(fxs) };

/* --- fxo: ------------------------------------------------------------------------------------- */

static const struct conf_key fxo[] = {
	{ .name = "lines", .type = &conf_type_lines, AT(conf_fxo, lines), .required = true, .help = "lines: 87-88" },
	{ .name = "numbers", .type = &conf_type_fxo_numbers, AT(conf_fxo, lines), .late = true,
	  .help = "numbers: {87: \"+442079460600\"}" },
	{ .name = "tones", .type = &conf_type_tones, AT(conf_fxo, tones), .max = 16,
	  .help = "whose tones, rings and caller ID, as uk" },
	{ .name = "start", .type = &conf_type_word, AT(conf_fxo, start), .words = starts, .def = "card",
	  .help = "card (as the card has it), loop, kewl or ground" },
	{ .name = "answer", .type = &conf_type_answer, AT(conf_fxo, answer), .help = "answer: [polarity, speech]" },
	{ .name = "answer-timer", .type = &conf_type_ms, AT(conf_fxo, answer_timer_ms), .min = 1000, .max = 300000,
	  .def = "10s", .help = "with timer in answer: answered so long after dialling" },
	{ .name = "clear", .type = &conf_type_clear, AT(conf_fxo, clear), .help = "clear: [battery, polarity, tone, dialtone, idle]" },
	{ .name = "idle", .type = &conf_type_ms, AT(conf_fxo, idle_ms), .min = 5000, .max = 3600000, .def = "30s",
	  .help = "with idle in clear: nothing heard from either side for so long" },
	{ .name = "ceiling", .type = &conf_type_ms, AT(conf_fxo, ceiling_ms), .min = 10000, .max = 86400000, .def = "4h",
	  .help = "the line is never held for longer" },
	{ .name = "no-answer", .type = &conf_type_ms, AT(conf_fxo, no_answer_ms), .min = 5000, .max = 3600000, .def = "180s",
	  .help = "a call out that is not answered for so long is cleared" },
	{ .name = "dialtone-wait", .type = &conf_type_ms, AT(conf_fxo, dialtone_wait_ms), .min = 500, .max = 60000,
	  .def = "5s", .help = "how long dial tone is waited for" },
	{ .name = "no-dialtone", .type = &conf_type_word, AT(conf_fxo, no_dialtone), .words = no_dialtones, .def = "fail",
	  .help = "fail: the next line is taken; dial: the number is dialled blindly" },
	{ .name = "dial", .type = &conf_type_word, AT(conf_fxo, dial), .words = dials, .def = "dtmf", .help = "dtmf or pulse" },
	{ .name = "dtmf-on", .type = &conf_type_ms, AT(conf_fxo, dtmf_on_ms), .min = 40, .max = 2000, .def = "100ms",
	  .help = "length of a digit" },
	{ .name = "dtmf-off", .type = &conf_type_ms, AT(conf_fxo, dtmf_off_ms), .min = 40, .max = 2000, .def = "100ms",
	  .help = "silence after it" },
	{ .name = "prefix", .type = &conf_type_prefix, AT(conf_fxo, prefix), .max = 32,
	  .help = "dialled before every number, as \"9,\"; , is a pause of 1 s, w of half a second" },
	{ .name = "two-stage", .type = &conf_type_bool, AT(conf_fxo, two_stage), .def = "false",
	  .help = "a caller gets dial tone and dials on" },
	{ .name = "answer-rings", .type = &conf_type_uint, AT(conf_fxo, answer_rings), .min = 1, .max = 20, .def = "2",
	  .help = "a call with no caller ID is passed on at this ring" },
	{ .name = "caller-id", .type = &conf_type_bool, AT(conf_fxo, cid), .def = "true", .help = "wait for it and read it" },
	{ .name = "ring-min", .type = &conf_type_ms, AT(conf_fxo, ring_min_ms), .min = 40, .max = 2000, .def = "150ms",
	  .help = "shorter ring voltage is noise" },
	{ .name = "guard", .type = &conf_type_ms, AT(conf_fxo, guard_ms), .min = 200, .max = 60000, .def = "2s",
	  .help = "a cleared line is not used for so long" },
	{ .name = "flash", .type = &conf_type_ms, AT(conf_fxo, flash_ms), .max = 1500, .def = "0",
	  .help = "length of a flash sent; 0 for the country's" },
	{ .name = "rx-gain", .type = &conf_type_double, AT(conf_fxo, rx_gain_db), .min = -24, .max = 24, .def = "0",
	  .help = "dB, from the exchange" },
	{ .name = "tx-gain", .type = &conf_type_double, AT(conf_fxo, tx_gain_db), .min = -24, .max = 24, .def = "0",
	  .help = "dB, to the exchange" },
	{ .name = "echo-canceller", .type = &conf_type_uint, AT(conf_fxo, echo_taps), .max = 1024, .def = "128",
	  .help = "length in samples, 0 for none" },
};
const struct conf_keys conf_fxo_keys = { "fxo", fxo, COUNT(fxo) };
