/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The trunk file's analog part: ports and pairs of the simulated card, fxs: and fxo:, and what two files differ in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "conf/trunks.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void on_error(void *arg, const struct conf_error *e)
{
	++*(int *)arg;
	print_message("%d:%d: %s\n", e->line, e->column, e->message);
}

static struct conf *parse(const char *text)
{
	struct conf *c = NULL;
	int errors = 0;

	assert_int_equal(conf_parse(&c, "trunks.yaml", text, strlen(text), on_error, &errors), 0);
	assert_int_equal(errors, 0);
	return c;
}

static const char small[] = "site: {country: 44, tones: uk}\n"
			    "card: sim\n"
			    "sim: {spans: {1: e1, 2: t1, 3: {fxs: 4, fxo: 4}}, pairs: [56-60, {fxs: 57, fxo: 61, loss: 3}]}\n"
			    "trunks:\n"
			    "  phones: {fxs: {lines: 56-58, numbers: {56: \"+442079460501\"}}}\n"
			    "  copper: {fxo: {lines: [60, 61]}}\n";

static void defaults(void **state)
{
	struct conf *c = parse(small);
	const struct conf_fxs *s = &conf_trunk(c, "phones")->fxs;
	const struct conf_fxo *o = &conf_trunk(c, "copper")->fxo;

	(void)state;
	assert_string_equal(c->site.tones, "uk");
	assert_int_equal(conf_trunk(c, "phones")->kind, CONF_TRUNK_FXS);
	assert_int_equal(conf_trunk(c, "copper")->kind, CONF_TRUNK_FXO);
	assert_int_equal(conf_trunk(c, "copper")->called_style, CONF_STYLE_DIALLED);
	assert_int_equal(c->sim.spans[2].type, CONF_ANALOG);
	assert_int_equal(c->sim.spans[2].first_chan, 56);
	assert_int_equal(c->sim.spans[2].fxo, 4);
	assert_int_equal(c->sim.spans[2].law, CONF_ALAW);
	assert_int_equal(c->sim.n_pairs, 2);
	assert_int_equal(c->sim.pairs[0].fxo, 60);
	assert_true(c->sim.pairs[1].loss_db > 2.9 && c->sim.pairs[1].loss_db < 3.1);
	assert_int_equal(s->lines.n, 3);
	assert_int_equal(s->lines.line[2].chan, 58);
	assert_string_equal(s->lines.line[0].number, "+442079460501");
	assert_string_equal(s->lines.line[1].number, "");
	assert_string_equal(s->tones, "");
	assert_int_equal(s->start, CONF_START_CARD);
	assert_int_equal(s->cid, CONF_CID_COUNTRY);
	assert_int_equal(s->first_digit_ms, 15000);
	assert_int_equal(s->interdigit_ms, 4000);
	assert_int_equal(s->busy_ms, 20000);
	assert_int_equal(s->howler_ms, 60000);
	assert_int_equal(s->drop_ms, 0);
	assert_true(s->call_waiting && s->three_way && s->transfer && s->mwi_fsk);
	assert_false(s->polarity_answer || s->lamp);
	assert_int_equal(s->echo_taps, 128);
	assert_int_equal(o->lines.n, 2);
	assert_int_equal(o->n_answer, 4);
	assert_int_equal(o->answer[3], CONF_ANSWER_SPEECH);
	assert_int_equal(o->clear, 31);
	assert_int_equal(o->ceiling_ms, 4 * 3600 * 1000);
	assert_int_equal(o->no_answer_ms, 180000);
	assert_int_equal(o->dialtone_wait_ms, 5000);
	assert_int_equal(o->no_dialtone, CONF_NO_DIALTONE_FAIL);
	assert_int_equal(o->answer_rings, 2);
	assert_true(o->cid);
	assert_int_equal(o->guard_ms, 2000);
	assert_int_equal(o->ring_min_ms, 150);
	assert_false(o->two_stage);
	conf_free(c);
}

static const char every_key[] =
	"site: {country: 1}\n"
	"card: sim\n"
	"sim:\n"
	"  spans: {1: {fxs: 2, fxo: 2}, 2: {fxs: 1, law: alaw}}\n"
	"  pairs: [{fxs: 1, fxo: 3, loss: 2.5, echo: 14, echo-delay: 1.5, noise: -55, dead: true}]\n"
	"trunks:\n"
	"  phones:\n"
	"    hunt: round-robin\n"
	"    fxs:\n"
	"      lines: [2-1, 5]\n"
	"      numbers:\n"
	"        1: {number: \"+12125550101\", name: \"Bj\\u00f6rn\", hotline: \"*57#\", hotline-after: 2500ms}\n"
	"        5: \"105\"\n"
	"      tones: de\n"
	"      start: kewl\n"
	"      caller-id: v23\n"
	"      caller-id-when: after-reversal\n"
	"      caller-id-alert: dtas\n"
	"      first-digit: 10s\n"
	"      interdigit: 3s\n"
	"      reorder: 5s\n"
	"      howler: 0\n"
	"      polarity-answer: true\n"
	"      disconnect: 600ms\n"
	"      call-waiting: false\n"
	"      three-way: false\n"
	"      transfer: false\n"
	"      flash-min: 80ms\n"
	"      flash-max: 700ms\n"
	"      rx-gain: -3.5\n"
	"      tx-gain: 2\n"
	"      echo-canceller: 0\n"
	"      lamp: true\n"
	"      message-fsk: false\n"
	"  copper:\n"
	"    fxo:\n"
	"      lines: 3-4\n"
	"      numbers: {4: \"+12125550199\"}\n"
	"      tones: uk\n"
	"      answer: [timer, speech]\n"
	"      answer-timer: 20s\n"
	"      clear: tone\n"
	"      idle: 1m\n"
	"      ceiling: 2h\n"
	"      no-answer: 60s\n"
	"      dialtone-wait: 3s\n"
	"      no-dialtone: dial\n"
	"      dial: pulse\n"
	"      dtmf-on: 80ms\n"
	"      dtmf-off: 70ms\n"
	"      prefix: \"9,w\"\n"
	"      two-stage: true\n"
	"      answer-rings: 1\n"
	"      caller-id: false\n"
	"      ring-min: 200ms\n"
	"      guard: 1s\n"
	"      flash: 270ms\n"
	"      rx-gain: 6\n"
	"      tx-gain: -6\n"
	"      echo-canceller: 256\n";

static void every_key_of_fxs(void **state)
{
	struct conf *c = parse(every_key);
	const struct conf_fxs *s = &conf_trunk(c, "phones")->fxs;

	(void)state;
	assert_int_equal(c->sim.spans[0].law, CONF_MULAW);	/* country 1 */
	assert_int_equal(c->sim.spans[1].law, CONF_ALAW);
	assert_int_equal(c->sim.spans[1].first_chan, 5);
	assert_true(c->sim.pairs[0].dead);
	assert_true(c->sim.pairs[0].echo_db > 13 && c->sim.pairs[0].echo_ms > 1 && c->sim.pairs[0].noise_dbm0 < -54);
	assert_int_equal(conf_trunk(c, "phones")->hunt, CONF_ROUND_ROBIN);
	assert_int_equal(s->lines.n, 3);
	assert_int_equal(s->lines.line[0].chan, 2);	/* the order of the file is that of the ports */
	assert_string_equal(s->lines.line[1].number, "+12125550101");
	assert_string_equal(s->lines.line[1].name, "Bj\xc3\xb6rn");
	assert_string_equal(s->lines.line[1].hotline, "*57#");
	assert_int_equal(s->lines.line[1].hotline_ms, 2500);
	assert_string_equal(s->lines.line[2].number, "105");
	assert_string_equal(s->tones, "de");
	assert_int_equal(s->start, CONF_KEWL);
	assert_int_equal(s->cid, CONF_CID_V23);
	assert_int_equal(s->cid_when, CONF_CID_AFTER_REVERSAL);
	assert_int_equal(s->cid_alert, CONF_CID_ALERT_DTAS);
	assert_int_equal(s->first_digit_ms, 10000);
	assert_int_equal(s->interdigit_ms, 3000);
	assert_int_equal(s->busy_ms, 5000);
	assert_int_equal(s->howler_ms, 0);
	assert_int_equal(s->drop_ms, 600);
	assert_true(s->polarity_answer && s->lamp);
	assert_false(s->call_waiting || s->three_way || s->transfer || s->mwi_fsk);
	assert_int_equal(s->flash_min_ms, 80);
	assert_int_equal(s->flash_max_ms, 700);
	assert_true(s->rx_gain_db < -3.4 && s->tx_gain_db > 1.9);
	assert_int_equal(s->echo_taps, 0);
	conf_free(c);
}

static void every_key_of_fxo(void **state)
{
	struct conf *c = parse(every_key);
	const struct conf_fxo *o = &conf_trunk(c, "copper")->fxo;

	(void)state;
	assert_string_equal(o->lines.line[1].number, "+12125550199");
	assert_string_equal(o->tones, "uk");
	assert_int_equal(o->n_answer, 2);
	assert_int_equal(o->answer[0], CONF_ANSWER_TIMER);
	assert_int_equal(o->answer[1], CONF_ANSWER_SPEECH);
	assert_int_equal(o->answer_timer_ms, 20000);
	assert_int_equal(o->clear, 1u << CONF_CLEAR_TONE);
	assert_int_equal(o->idle_ms, 60000);
	assert_int_equal(o->ceiling_ms, 7200000);
	assert_int_equal(o->no_answer_ms, 60000);
	assert_int_equal(o->dialtone_wait_ms, 3000);
	assert_int_equal(o->no_dialtone, CONF_NO_DIALTONE_DIAL);
	assert_int_equal(o->dial, CONF_DIAL_PULSE);
	assert_int_equal(o->dtmf_on_ms, 80);
	assert_int_equal(o->dtmf_off_ms, 70);
	assert_string_equal(o->prefix, "9,w");
	assert_true(o->two_stage);
	assert_int_equal(o->answer_rings, 1);
	assert_false(o->cid);
	assert_int_equal(o->ring_min_ms, 200);
	assert_int_equal(o->guard_ms, 1000);
	assert_int_equal(o->flash_ms, 270);
	assert_true(o->rx_gain_db > 5.9 && o->tx_gain_db < -5.9);
	assert_int_equal(o->echo_taps, 256);
	conf_free(c);
}

static void one_difference(void *arg, const char *text, enum conf_change how)
{
	static const char *const words[] = { "live", "anew", "restart" };
	char *out = arg;

	sprintf(out + strlen(out), "%s %s\n", words[how], text);
}

static void differences(void **state)
{
	static const struct { const char *why, *from, *to, *want; } rows[] = {
		{ "nothing", "", "", "" },
		{ "tones", "tones: uk", "tones: de", "restart site.tones: \"uk\" -> \"de\"\n" },
		{ "lines", "lines: 56-58", "lines: 56-59",
		  "restart trunks.phones.fxs.lines: [56, 57, 58] -> [56, 57, 58, 59]\n" },
		{ "a number", "460501", "460502",
		  "restart trunks.phones.fxs.numbers: {56: \"+442079460501\"} -> {56: \"+442079460502\"}\n" },
		{ "a hotline", "\"+442079460501\"", "{hotline: \"112\"}",
		  "restart trunks.phones.fxs.numbers: {56: \"+442079460501\"} -> {56: {number: \"\", name: \"\", hotline: \"112\", "
		  "hotline-after: 0ms}}\n" },
		{ "the ladder", "[60, 61]", "[60, 61], answer: [speech]",
		  "restart trunks.copper.fxo.answer: [polarity, battery, ringback, speech] -> [speech]\n" },
		{ "clearing", "[60, 61]", "[60, 61], clear: [tone, battery]",
		  "restart trunks.copper.fxo.clear: [battery, polarity, tone, dialtone, idle] -> [battery, tone]\n" },
		{ "another kind", "copper: {fxo: {lines: [60, 61]}}", "copper: {fxs: {lines: 59}}",
		  "restart trunks.copper: fxo -> fxs\n" },
		{ "a pair", "loss: 3", "loss: 4",
		  "restart sim.pairs: [{fxs: 56, fxo: 60}, {fxs: 57, fxo: 61, loss: 3}] -> "
		  "[{fxs: 56, fxo: 60}, {fxs: 57, fxo: 61, loss: 4}]\n" },
		{ "ports", "fxo: 4}", "fxo: 6}",
		  "restart sim.spans: {1: e1, 2: t1, 3: {fxs: 4, fxo: 4, law: alaw, start: kewl}} -> "
		  "{1: e1, 2: t1, 3: {fxs: 4, fxo: 6, law: alaw, start: kewl}}\n" },
		{ "hunting may change under calls", "copper: {", "copper: {hunt: descending, ",
		  "live trunks.copper.hunt: ascending -> descending\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *at = strstr(small, rows[i].from);
		char text[1000], out[1000] = "";
		struct conf *a = parse(small), *b;

		snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - small), small, rows[i].to, at + strlen(rows[i].from));
		b = parse(text);
		conf_diff(a, b, one_difference, out);
		if (strcmp(out, rows[i].want))
			fail_msg("%s:\n%s", rows[i].why, out);
		conf_free(a);
		conf_free(b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(every_key_of_fxs),
		cmocka_unit_test(every_key_of_fxo),
		cmocka_unit_test(differences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
