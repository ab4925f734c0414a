/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/pair_test_heard.c: what each end of the pair hears of the other: a tone's level, noise, keys; see pair_test_private.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gateway/line_audio.h"
#include "gateway/pair_test_private.h"

#define LEVEL_MS 2600		/* levels are of a whole second, and up to a second old */
#define DIGIT_MS 90
#define DIGIT_EVERY_MS 260
#define LOSS_MAX_DB 10		/* TIA/EIA-464: a loop of the longest kind */
#define LOSS_MIN_DB (-3)
#define TONE_HZ 1004

static void join(struct media_port *a, struct media_port *b)
{
	if (a && b)
		media_join(a, b);
}

static struct media_port *port(struct pair_test *p, int which)
{
	return p->end[which].leg ? p->end[which].leg->port : NULL;
}

/* The tone goes in at the other end of the one that listens. */
void pair_tone_to(struct pair_test *p, int listener)
{
	join(port(p, !listener), p->tone);
	join(port(p, listener), p->end[listener].probe);
	pair_go(p, listener == FXO ? TONE_TO_FXO : TONE_TO_FXS, LEVEL_MS);
}

void pair_tone_heard(struct pair_test *p, int listener)
{
	struct media_stats st;
	char name[64];
	double loss;

	media_port_stats(p->end[listener].probe, &st);
	loss = -(double)st.level_in_dbm0;
	snprintf(name, sizeof(name), "%d Hz towards %s", TONE_HZ, pair_name(p, listener));
	if (fabs(st.freq_in_hz - TONE_HZ) > 5) {
		report_step(&p->report, name, REPORT_BAD, "not heard");
		return;
	}
	report_step(&p->report, name, loss > LOSS_MAX_DB || loss < LOSS_MIN_DB ? REPORT_BAD : REPORT_GOOD, "loss %.1f dB", loss);
	report_value(&p->report, loss, "dB");
}

void pair_noise_heard(struct pair_test *p)
{
	for (int i = FXS; i <= FXO; i++) {
		struct media_stats st;
		char name[64];

		media_port_stats(p->end[i].probe, &st);
		snprintf(name, sizeof(name), "noise at %s", pair_name(p, i));
		report_noise(&p->report, name, st.level_in_dbm0);
	}
}

void pair_next_digit(struct pair_test *p, int listener)
{
	struct media_port *from = port(p, !listener);
	struct pair_end *e = &p->end[listener];
	char name[64];

	if (p->digit < strlen(PAIR_DIGITS)) {
		if (from)
			media_digit(from, PAIR_DIGITS[p->digit], DIGIT_MS);
		p->digit++;
		pair_wait(p, p->digit < strlen(PAIR_DIGITS) ? DIGIT_EVERY_MS : 2 * DIGIT_EVERY_MS);
		return;
	}
	snprintf(name, sizeof(name), "keys towards %s", e->line.name);
	report_step(&p->report, name, strcmp(e->heard, PAIR_DIGITS) ? REPORT_BAD : REPORT_GOOD,
		    strcmp(e->heard, PAIR_DIGITS) ? "\"%s\" of " PAIR_DIGITS : "all heard, as they were sent", e->heard);
	if (listener == FXO) {
		p->digit = 0;
		pair_go(p, DIGITS_TO_FXS, 0);
		return;
	}
	pair_go(p, CLEAR, PAIR_CLEAR_MS);
	pair_clear_leg(p, FXS);
}

static void on_digit(void *arg, char digit)
{
	struct pair_end *e = arg;
	size_t n = strlen(e->heard);

	if (n < sizeof(e->heard) - 1)
		e->heard[n] = digit;
}

void pair_begin_noise(struct pair_test *p)
{
	for (int i = FXS; i <= FXO; i++)
		join(port(p, i), p->end[i].probe);
	pair_go(p, NOISE, LEVEL_MS);
}

void pair_begin_digits(struct pair_test *p)
{
	for (int i = FXS; i <= FXO; i++) {
		struct line_audio *a = line_audio_find(p->gw->audios, p->end[i].line.chan);

		if (a)
			line_audio_digits(a, on_digit, &p->end[i]);
	}
	pair_go(p, DIGITS_TO_FXO, 0);
}
