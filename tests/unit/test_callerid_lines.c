/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Caller ID from the FXS driver to the FXO driver over the simulated card, with every sample: what arrives, and when on the line each
 * thing happened, held against the times of the standards.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include <cmocka.h>

#include "channels/fxo.h"
#include "channels/fxs.h"
#include "channels/sound/g711.h"
#include "tests/support/line_rig.h"

#define SIGNS_MAX 400
#define SOUND_DBM0 -40.0

/* SOUND and SILENT as the FXO port hears it; ACK and OVER what comes back to the FXS port. */
enum sign { END, REVERSE, NORMAL, RING, PAUSE, SOUND, SILENT, ACK, OVER };
static const char *const sign_name[] = { "end", "reverse", "normal", "ring", "pause", "sound", "silent", "ack", "over" };

struct world {
	struct line_rig rig;
	struct fxs_trunk *fxs;
	struct fxo_trunk *fxo;
	struct { enum sign sign; int64_t at_us; } signs[SIGNS_MAX];
	unsigned n_signs;
	bool ringing, reversed, sounds[2];	/* at the FXS port, at the FXO port */
	int64_t sound_us[2];		/* the last millisecond with sound in it */
	unsigned merge_ms;		/* shorter silences are not told */
	struct leg *out[2], *in;	/* FXS legs; the call on the FXO line */
	struct leg_offer offer;
	unsigned offers;
	bool up[2], in_over, over[2];
	char ladder[2000];
};

/* --- What happens on the line --------------------------------------------------------------------------- */

static void sign(struct world *w, enum sign s, int64_t at_us)
{
	unsigned i = w->n_signs;

	assert_in_range(i, 0, SIGNS_MAX - 1);
	for (; i && w->signs[i - 1].at_us > at_us; i--)	/* audio is known 10 ms late */
		w->signs[i] = w->signs[i - 1];
	w->signs[i].sign = s;
	w->signs[i].at_us = at_us;
	w->n_signs++;
}

static void watch(void *arg, int chan, const uint8_t *buf, unsigned n)
{
	struct world *w = arg;
	struct hw_line *line = line_rig_line(&w->rig, chan);
	double peak = law_sine_peak(line->law, SOUND_DBM0), least = peak * peak / 2 * 8;

	for (unsigned i = 0; i + 8 <= n; i += 8) {
		int64_t at = w->rig.now_us - (int64_t)(n - i) * 125;
		int side = chan - 1;
		double power = 0;

		for (unsigned k = i; k < i + 8; k++)
			power += (double)law_linear[line->law][buf[k]] * law_linear[line->law][buf[k]];
		if (power > least) {
			if (!w->sounds[side])
				sign(w, side ? SOUND : ACK, at);
			w->sounds[side] = true;
			w->sound_us[side] = at + 1000;
		} else if (w->sounds[side] && at - w->sound_us[side] >= w->merge_ms * 1000) {
			sign(w, side ? SILENT : OVER, w->sound_us[side]);
			w->sounds[side] = false;
		}
	}
}

static void turn(struct world *w, unsigned ms)
{
	static const struct timeval wall = { .tv_sec = 1795300000 };

	while (ms--) {
		struct hw_analog now;

		line_rig_tick(&w->rig);
		fxs_trunk_service(w->fxs, w->rig.now_us, &wall);
		fxo_trunk_service(w->fxo, w->rig.now_us);
		if (!line_rig_line(&w->rig, 2) || hw_analog(line_rig_line(&w->rig, 2), &now))
			continue;
		if ((now.ringing > 0) != w->ringing)
			sign(w, now.ringing > 0 ? RING : PAUSE, w->rig.now_us);
		if ((now.reversed > 0) != w->reversed)
			sign(w, now.reversed > 0 ? REVERSE : NORMAL, w->rig.now_us);
		w->ringing = now.ringing > 0;
		w->reversed = now.reversed > 0;
	}
}

/* --- Both drivers ---------------------------------------------------------------------------------------- */

static void on_log(void *arg, int level, const char *text)
{
	(void)arg;
	if (level <= LOG_WARNING)
		print_message("%s\n", text);
}

static void on_out(void *arg, struct leg *leg, const struct leg_event *ev)
{
	struct world *w = arg;
	int i = leg == w->out[1];

	if (ev->kind == LEG_ANSWERED)
		w->up[i] = true;
	if (ev->kind == LEG_CLEARED)
		w->over[i] = true;
}

static void on_in(void *arg, struct leg *leg, const struct leg_event *ev)
{
	struct world *w = arg;

	(void)leg;
	if (ev->kind == LEG_CLEARED) {
		w->in_over = true;
		w->in = NULL;
	}
}

static void on_trace(void *arg, const char *proto, bool out, const char *what, const char *detail)
{
	struct world *w = arg;
	size_t n = strlen(w->ladder);

	(void)proto, (void)out;
	snprintf(w->ladder + n, sizeof(w->ladder) - n, "%s %s\n", what, detail);
}

static void on_offered(void *arg, struct leg *leg, const struct leg_offer *offer)
{
	struct world *w = arg;

	w->in = leg;
	w->offer = *offer;
	w->offers++;
	leg_attach(leg, on_in, w);
	leg_set_trace(leg, on_trace, w);
}

static enum fxs_digits no_digits(void *arg, const char *digits)
{
	(void)arg, (void)digits;
	return FXS_NONE;
}

static void open_with(struct world *w, const struct country *country, enum hw_law law, enum cid_method cid)
{
	const struct fxs_line_conf telephone = { .chan = 1 };
	const struct fxo_line_conf line = { .chan = 2, .number = "100" };
	struct fxs_conf fxs = { .name = "phones", .lines = &telephone, .n_lines = 1, .country = country, .cid = cid,
				.cid_when = country->cid_when, .cid_dtas = country->cid_dtas, .call_waiting = true,
				.first_digit_ms = 15000, .interdigit_ms = 4000, .busy_ms = 10000, .howler_ms = 10000 };
	struct fxo_conf fxo = { .name = "copper", .lines = &line, .n_lines = 1, .country = country, .cid = true };
	struct fxs_handlers hs = { .offered = on_offered, .digits = no_digits, .log = on_log, .arg = w, .audio = &line_rig_ops };
	struct fxo_handlers ho = { .offered = on_offered, .log = on_log, .arg = w, .audio = &line_rig_ops };

	memset(w, 0, sizeof(*w));
	w->merge_ms = country->cid == CID_DTMF ? 100 : 20;
	line_rig_open(&w->rig, law, (struct sim_pair){ .loss_db = 4, .noise_dbm0 = -55 });
	w->rig.watch = watch;
	w->rig.watch_arg = w;
	hs.audio_arg = ho.audio_arg = &w->rig;
	assert_int_equal(fxs_trunk_open(&w->fxs, w->rig.hw, &fxs, &hs), 0);
	assert_int_equal(fxo_trunk_open(&w->fxo, w->rig.hw, &fxo, &ho), 0);
	turn(w, 3500);
	w->n_signs = 0;
}

static void open_world(struct world *w, const struct country *country, enum hw_law law)
{
	open_with(w, country, law, country->cid);
}

static void close_world(struct world *w)
{
	for (int i = 0; i < 200; i++) {
		bool quiet = fxs_trunk_quiet(w->fxs);

		if (fxo_trunk_quiet(w->fxo) && quiet)
			break;
		turn(w, 20);
	}
	fxs_trunk_close(w->fxs);
	fxo_trunk_close(w->fxo);
	line_rig_close(&w->rig);
}

static void call(struct world *w, int i, const char *number, const char *name, enum leg_presentation pres)
{
	struct leg_offer o = { .complete = true };

	snprintf(o.called.digits, sizeof(o.called.digits), "1");
	snprintf(o.calling.digits, sizeof(o.calling.digits), "%s", number);
	snprintf(o.calling_name, sizeof(o.calling_name), "%s", name);
	o.calling.presentation = (uint8_t)pres;
	assert_int_equal(fxs_trunk_call(w->fxs, &o, on_out, w, &w->out[i]), 0);
}

/* --- Times ------------------------------------------------------------------------------------------------ */

struct want {
	enum sign sign;
	int min_ms, max_ms;		/* after the sign before; the card and the audio add up to 20 ms */
};
#define ANY 0, 60000

static const struct {
	const char *why, *country;
	struct want want[10];
} rows[] = {
	{ "GR-30: 500 to 1500 ms after the first ring, 200 ms before the second", "us",
	  { { RING, ANY }, { PAUSE, 1980, 2020 }, { SOUND, 500, 1500 }, { SILENT, 400, 3300 }, { RING, 200, 3000 } } },
	{ "EN 300 659-1 6.1.2: in the first long silence", "de",
	  { { RING, ANY }, { PAUSE, 980, 1020 }, { SOUND, 500, 2000 }, { SILENT, 400, 3300 }, { RING, 200, 3000 } } },
	{ "EN 300 659-1 6.1.2: after a short ring: 200 to 300, 500 to 800; 200 to 500 before the ring", "ie",
	  { { RING, ANY }, { PAUSE, 200, 300 }, { SOUND, 500, 800 }, { SILENT, 400, 3300 }, { RING, 200, 500 } } },
	{ "SIN 227: reversal, 100, DT-AS of 88 to 110, 45, data, 200 to 500", "uk",
	  { { REVERSE, ANY }, { SOUND, 100, 500 }, { SILENT, 88, 110 }, { SOUND, 45, 500 }, { SILENT, 400, 3300 },
	    { RING, 200, 500 } } },
	{ "EN 300 659-1 annex: DTMF 200 after reversal; 200 to 500 before the ring", "dk",
	  { { REVERSE, ANY }, { SOUND, 200, 900 }, { SILENT, 400, 3300 }, { RING, 200, 620 } } },
	{ "the same, with the common digits", "se",
	  { { REVERSE, ANY }, { SOUND, 200, 900 }, { SILENT, 400, 3300 }, { RING, 200, 620 } } },
	{ "NTT: reversal, rings of 0.5 s, loop closed, data, loop open, ring", "jp",
	  { { REVERSE, ANY }, { RING, 100, 500 }, { PAUSE, 480, 520 }, { SOUND, 100, 3000 }, { SILENT, 400, 3300 },
	    { NORMAL, 0, 1500 }, { RING, 100, 1000 }, { PAUSE, 980, 1020 } } },
	{ "DTMF with nothing before it", "fi", { { SOUND, ANY }, { SILENT, 400, 3300 }, { RING, 200, 620 } } },
};

static void check_times(const struct world *w, const char *why, const struct want *want)
{
	char said[4000] = "";
	bool right = true;

	for (unsigned i = 0; want[i].sign != END && right; i++) {
		int64_t ms = i >= w->n_signs ? -1 : i ? (w->signs[i].at_us - w->signs[i - 1].at_us) / 1000 : 0;

		right = i < w->n_signs && w->signs[i].sign == want[i].sign && ms >= want[i].min_ms && ms <= want[i].max_ms;
	}
	for (unsigned i = 0; i < w->n_signs && i < 12; i++)
		snprintf(said + strlen(said), sizeof(said) - strlen(said), " %d ms %s",
			 i ? (int)((w->signs[i].at_us - w->signs[i - 1].at_us) / 1000) : 0, sign_name[w->signs[i].sign]);
	print_message("  %s\n", said);
	if (!right)
		fail_msg("%s: not in these times", why);
}

static void by_country(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct country *country = country_find(rows[i].country);
		bool dtmf = country->cid == CID_DTMF;
		struct world w;

		print_message("%s\n", rows[i].why);
		open_world(&w, country, i % 2 ? HW_MULAW : HW_ALAW);
		call(&w, 0, "02079460123", "Front desk", PRES_ALLOWED);
		turn(&w, 9000);
		check_times(&w, rows[i].why, rows[i].want);
		assert_int_equal(w.offers, 1);
		assert_string_equal(w.offer.calling.digits, "02079460123");
		assert_string_equal(w.offer.calling_name, dtmf ? "" : "Front desk");
		assert_int_equal(w.offer.calling.presentation, PRES_ALLOWED);
		assert_string_equal(w.offer.called.digits, "100");
		close_world(&w);
	}
}

static void withheld(void **state)
{
	static const char *const countries[] = { "us", "uk", "dk", "fi", "de", "jp" };

	(void)state;
	for (unsigned i = 0; i < sizeof(countries) / sizeof(countries[0]); i++)
		for (int known = 0; known < 2; known++) {
			struct world w;

			open_world(&w, country_find(countries[i]), HW_ALAW);
			call(&w, 0, known ? "02079460123" : "", "Front desk", known ? PRES_RESTRICTED : PRES_UNAVAILABLE);
			turn(&w, 9000);
			assert_int_equal(w.offers, 1);
			assert_string_equal(w.offer.calling.digits, "");
			assert_int_equal(w.offer.no_number, known ? 'P' : 'O');
			assert_int_equal(w.offer.calling.presentation, known ? PRES_RESTRICTED : PRES_UNAVAILABLE);
			if (known)
				assert_string_equal(w.offer.calling_name, "");
			assert_non_null(strstr(w.ladder, "caller ID "));	/* and not by default */
			close_world(&w);
		}
}

/* An exchange without caller ID: the second ring brings the call, and nothing has answered it before. */
static void none_sent(void **state)
{
	static const char *const countries[] = { "us", "jp", "uk" };

	(void)state;
	for (unsigned i = 0; i < sizeof(countries) / sizeof(countries[0]); i++) {
		struct world w;

		open_with(&w, country_find(countries[i]), HW_MULAW, CID_NONE);
		call(&w, 0, "02079460123", "Front desk", PRES_ALLOWED);
		turn(&w, 9000);
		assert_int_equal(w.offers, 1);
		assert_false(w.up[0]);
		assert_int_equal(w.offer.no_number, 'O');
		assert_non_null(strstr(w.ladder, "no caller ID"));
		assert_int_equal(leg_answer(w.in, NULL), 0);
		turn(&w, 200);
		assert_true(w.up[0]);
		close_world(&w);
	}
}

/* Of the sounds before the first answer, all but the last two: the tone's last burst and the alerting signal. */
static void drop_bursts(struct world *w)
{
	unsigned ack = 0;

	while (ack < w->n_signs && w->signs[ack].sign != ACK)
		ack++;
	assert_in_range(ack, 4, w->n_signs - 1);
	memmove(w->signs, w->signs + ack - 4, (w->n_signs - ack + 4) * sizeof(w->signs[0]));
	w->n_signs -= ack - 4;
}

/* GR-30 2.5, EN 300 659-2: a call waits; tone, CAS, the far end answers D, type II data; it says who calls. */
static void call_waiting(void **state)
{
	static const char *const countries[] = { "us", "de", "uk" };
	static const struct want times[] = { { SOUND, ANY }, { SILENT, ANY }, { SOUND, 0, 60 }, { SILENT, 75, 85 }, { ACK, 0, 160 },
					     { OVER, 55, 65 }, { SOUND, 50, 500 }, { SILENT, 300, 1200 }, { END, ANY } };

	(void)state;
	for (unsigned i = 0; i < sizeof(countries) / sizeof(countries[0]); i++) {
		struct world w;

		open_world(&w, country_find(countries[i]), HW_ALAW);
		call(&w, 0, "02079460123", "", PRES_ALLOWED);
		turn(&w, 9000);
		assert_non_null(w.in);
		assert_int_equal(leg_answer(w.in, NULL), 0);
		turn(&w, 3000);
		assert_true(w.up[0]);
		w.n_signs = 0;
		w.merge_ms = 5;
		call(&w, 1, "02071838750", "Second", PRES_ALLOWED);
		turn(&w, 4000);
		/* A waiting tone of more than one burst: the signal is what follows the last of them. */
		drop_bursts(&w);
		check_times(&w, countries[i], times);
		assert_non_null(strstr(w.ladder, "call waiting 02071838750"));
		close_world(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_country),
		cmocka_unit_test(withheld),
		cmocka_unit_test(none_sent),
		cmocka_unit_test(call_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
