/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Call-progress tones: some lines of the grid that tests/tools/supervision.c runs whole, the definitions of another hand
 * (libtonezone's), and what is nearly a tone and is none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dahdi/tonezone.h>

#include "channels/sound/listener.h"
#include "channels/sound/tone_rx.h"
#include "tests/support/tonegrid.h"
#include "tests/support/tonemaker.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define N 80

static void check(const struct country *c, enum tone_id id, const struct tonegrid_line *line)
{
	struct tonegrid_result r = tonegrid_run(c, id, line);

	if (r.first == TONE_NONE || r.confused != TONE_NONE || r.ms > r.allowed_ms || r.speech)
		fail_msg("%s %s, law %d, tune %g, stretch %g: %s (%s) after %u of %u ms, speech %u", c->name, tone_id_name(id),
			 line->law, line->tune, line->stretch, tone_id_name(r.first), tone_id_name(r.confused), r.ms,
			 r.allowed_ms, r.speech);
}

/* Every country: each tone once, at one of the corners of the tolerances. */
static void every_country(void **state)
{
	const struct country *c;
	unsigned corner = 0;

	(void)state;
	for (unsigned i = 0; (c = country_at(i)); i++)
		for (unsigned id = TONE_DIAL; id <= TONE_SIT; id++, corner++) {
			struct tonegrid_line line = {
				.law = corner & 1 ? HW_MULAW : HW_ALAW, .dbm0 = corner & 2 ? -30 : -10, .snr_db = 20,
				.tune = corner & 4 ? 1.015 : 0.985, .stretch = corner & 8 ? 1.1 : 0.9,
			};

			line.tune_odd = corner & 16 ? 2 - line.tune : 0;
			if (c->tones[id].n_parts)
				check(c, (enum tone_id)id, &line);
		}
	assert_true(corner >= 25 * 6);
}

/* "400*25/400,0/200": libtonezone's language into a definition; "!" is a part that comes once. */
static void parse_tonezone(const char *data, struct tone_def *d)
{
	char copy[256], *rest = copy, *part;

	*d = (struct tone_def){ .name = "tonezone", .dbm0 = { -10, -10, -10, -10 } };
	snprintf(copy, sizeof(copy), "%s", data);
	while ((part = strsep(&rest, ","))) {
		struct tone_part *p = &d->parts[d->n_parts++];
		unsigned a = 0, b = 0, ms = 0;

		assert_true(d->n_parts <= TONE_PARTS_MAX);
		if (*part == '!') {
			d->repeat_from = d->n_parts;
			part++;
		}
		if (sscanf(part, "%u+%u/%u", &a, &b, &ms) >= 2) {
			p->hz[1] = (uint16_t)b;
		} else if (sscanf(part, "%u*%u/%u", &a, &b, &ms) >= 2) {
			p->hz[1] = (uint16_t)(a + b);
			a -= b;
		} else {
			assert_true(sscanf(part, "%u/%u", &a, &ms) >= 1);
		}
		p->hz[0] = (uint16_t)a;
		p->ms = (uint16_t)ms;
	}
}

/* Tones as libtonezone defines them, into our own country's receiver. */
static void libtonezone_agrees(void **state)
{
	static const struct { const char *country; int id; enum tone_id want; } rows[] = {
		{ "us", DAHDI_TONE_DIALTONE, TONE_DIAL }, { "us", DAHDI_TONE_BUSY, TONE_BUSY },
		{ "us", DAHDI_TONE_RINGTONE, TONE_RINGBACK }, { "us", DAHDI_TONE_CONGESTION, TONE_CONGESTION },
		{ "us", DAHDI_TONE_INFO, TONE_SIT }, { "us", DAHDI_TONE_STUTTER, TONE_DIAL },
		{ "uk", DAHDI_TONE_DIALTONE, TONE_DIAL }, { "uk", DAHDI_TONE_BUSY, TONE_BUSY },
		{ "uk", DAHDI_TONE_RINGTONE, TONE_RINGBACK }, { "uk", DAHDI_TONE_CONGESTION, TONE_CONGESTION },
		{ "uk", DAHDI_TONE_INFO, TONE_SIT }, { "uk", DAHDI_TONE_STUTTER, TONE_DIAL },
		{ "de", DAHDI_TONE_DIALTONE, TONE_DIAL }, { "de", DAHDI_TONE_BUSY, TONE_BUSY },
		{ "de", DAHDI_TONE_RINGTONE, TONE_RINGBACK }, { "de", DAHDI_TONE_CONGESTION, TONE_CONGESTION },
		{ "fr", DAHDI_TONE_DIALTONE, TONE_DIAL }, { "fr", DAHDI_TONE_BUSY, TONE_BUSY },
		{ "fr", DAHDI_TONE_RINGTONE, TONE_RINGBACK }, { "jp", DAHDI_TONE_BUSY, TONE_BUSY },
		{ "cz", DAHDI_TONE_DIALTONE, TONE_DIAL }, { "it", DAHDI_TONE_CONGESTION, TONE_CONGESTION },
	};

	(void)state;
	for (unsigned i = 0; i < COUNT(rows); i++) {
		const struct country *ours = country_find(rows[i].country);
		struct tone_zone *zone = tone_zone_find((char *)rows[i].country);
		struct tonegrid_line line = { i % 2 ? HW_MULAW : HW_ALAW, -20, 25, 1, 0, 1, 0 };
		struct country theirs;

		assert_non_null(ours);
		assert_non_null(zone);
		theirs = *ours;
		for (unsigned t = 0; t < COUNT(zone->tones) && zone->tones[t].data[0]; t++)
			if (zone->tones[t].toneid == rows[i].id)
				parse_tonezone(zone->tones[t].data, &theirs.tones[rows[i].want]);
		assert_true(tonegrid_heard(ours, &theirs.tones[rows[i].want], &line) == rows[i].want);
	}
}

/* Nearly a tone: nothing is to be recognised. */
static void no_tone(void **state)
{
	static const struct { const char *why; struct tone_def def; } rows[] = {
		{ "a German busy 3.5 % too high", { "", { -10 }, 2, 0, { { { 440 }, 480 }, { { 0 }, 480 } } } },
		{ "a cadence that no tone has", { "", { -10 }, 2, 0, { { { 425 }, 350 }, { { 0 }, 700 } } } },
		{ "a cadence half again as slow", { "", { -10 }, 2, 0, { { { 425 }, 720 }, { { 0 }, 720 } } } },
		{ "one burst", { "", { -10 }, 2, 1, { { { 425 }, 480 }, { { 0 }, 0 } } } },
		{ "the pauses sound as well", { "", { -10 }, 2, 0, { { { 425 }, 480 }, { { 1100 }, 480 } } } },
		{ "with a third of its power elsewhere", { "", { -10, -12 }, 2, 0, { { { 425, 1700 }, 480 }, { { 0 }, 480 } } } },
		{ "too faint", { "", { -10 }, 2, 0, { { { 425 }, 480 }, { { 0 }, 480 } } } },
		{ "tones in another order than SIT's", { "", { -10 }, 4, 0,
		  { { { 1800 }, 330 }, { { 1400 }, 330 }, { { 950 }, 330 }, { { 0 }, 1000 } } } },
	};

	(void)state;
	for (unsigned i = 0; i < COUNT(rows); i++) {
		struct tonegrid_line line = { HW_ALAW, strcmp(rows[i].why, "too faint") ? -15 : -48, 30, 1, 0, 1, 0 };
		enum tone_id heard = tonegrid_heard(country_find("de"), &rows[i].def, &line);

		if (heard != TONE_NONE)
			fail_msg("%s: taken for %s", rows[i].why, tone_id_name(heard));
	}
}

static void alike(void **state)
{
	const struct country *c;

	(void)state;
	assert_true(tone_rx_alike(country_find("uk"), TONE_DIAL, TONE_STUTTER));
	assert_false(tone_rx_alike(country_find("uk"), TONE_BUSY, TONE_CONGESTION));
	assert_false(tone_rx_alike(country_find("de"), TONE_BUSY, TONE_CONGESTION));
	assert_false(tone_rx_alike(country_find("us"), TONE_DIAL, TONE_RINGBACK));
	/* a country whose two are the same leaves congestion out: nothing in the table is told by its order alone */
	for (unsigned i = 0; (c = country_at(i)); i++)
		for (enum tone_id a = TONE_DIAL; a <= TONE_SIT; a++)
			for (enum tone_id b = TONE_DIAL; b < a; b++)
				if (a != TONE_STUTTER && b != TONE_STUTTER && c->tones[a].n_parts && c->tones[b].n_parts && tone_rx_alike(c, a, b))
					fail_msg("%s: %s and %s", c->name, tone_id_name(a), tone_id_name(b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_country), cmocka_unit_test(libtonezone_agrees), cmocka_unit_test(no_tone),
		cmocka_unit_test(alike),
	};

	tones_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
