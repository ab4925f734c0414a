/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of countries: whole, in its ranges, and equal to libtonezone's where that knows the country. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dahdi/tonezone.h>

#include "channels/sound/country.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Where the table is right and libtonezone is not, or says less. */
static const struct { const char *country; enum tone_id tone; const char *why; } exceptions[] = {
	{ "au", TONE_DIAL, "AS/CA S002: 413 and 438 as in ringback; libtonezone rounds them to 415 and 440" },
	{ "au", TONE_CONGESTION, "it differs from busy in the level of each second burst alone: busy stands for it" },
	{ "jp", TONE_RINGBACK, "400 Hz modulated by 16 Hz; libtonezone would send 15 Hz as a tone of its own" },
	{ "tr", TONE_CONGESTION, "E.180: the whole pattern repeats; libtonezone repeats its last part" },
};

static const char *exception(const char *country, enum tone_id t)
{
	for (size_t i = 0; i < COUNT(exceptions); i++)
		if (!strcmp(exceptions[i].country, country) && exceptions[i].tone == t)
			return exceptions[i].why;
	return NULL;
}

/* "[!]f[+f][/ms],..." and "f*m" (f modulated by m) as a tone_def. */
static struct tone_def parse_zone(const char *data)
{
	struct tone_def d = { 0 };
	char copy[256], *save = NULL;

	snprintf(copy, sizeof(copy), "%s", data);
	for (char *part = strtok_r(copy, ",", &save); part; part = strtok_r(NULL, ",", &save)) {
		struct tone_part *p = &d.parts[d.n_parts++];
		char *end;

		assert_true(d.n_parts <= TONE_PARTS_MAX);
		if (*part == '!') {
			d.repeat_from = d.n_parts;
			part++;
		}
		p->hz[0] = (uint16_t)strtoul(part, &end, 10);
		if (*end == '*') {
			unsigned m = (unsigned)strtoul(end + 1, &end, 10);

			p->hz[1] = (uint16_t)(p->hz[0] + m);
			p->hz[0] = (uint16_t)(p->hz[0] - m);
		}
		for (unsigned f = 1; *end == '+'; f++) {
			assert_true(f < TONE_FREQS_MAX);
			p->hz[f] = (uint16_t)strtoul(end + 1, &end, 10);
		}
		if (*end == '/')
			p->ms = (uint16_t)strtoul(end + 1, &end, 10);
		if (*end == '@')
			break;
	}
	return d;
}

static bool same(const struct tone_def *a, const struct tone_def *b)
{
	return a->n_parts == b->n_parts && a->repeat_from == b->repeat_from &&
	       !memcmp(a->parts, b->parts, a->n_parts * sizeof(a->parts[0]));
}

static void same_as_libtonezone(void **state)
{
	static const struct { int zone; enum tone_id id; } tones[] = {
		{ DAHDI_TONE_DIALTONE, TONE_DIAL },
		{ DAHDI_TONE_BUSY, TONE_BUSY },
		{ DAHDI_TONE_CONGESTION, TONE_CONGESTION },
		{ DAHDI_TONE_RINGTONE, TONE_RINGBACK },
	};
	unsigned known = 0, differ = 0, wrong = 0;
	const struct country *c;

	(void)state;
	for (unsigned i = 0; (c = country_at(i)); i++) {
		const struct tone_zone *z = tone_zone_find((char *)(uintptr_t)c->name);

		if (!z)
			continue;
		known++;
		for (unsigned k = 0; k < COUNT(c->ring_ms); k++)
			if (c->ring_ms[k] != z->ringcadence[k]) {
				print_message("%s: ring: %u, not %d\n", c->name, c->ring_ms[k], z->ringcadence[k]);
				wrong++;
			}
		for (unsigned j = 0; j < DAHDI_TONE_MAX; j++)
			for (unsigned k = 0; k < COUNT(tones); k++) {
				struct tone_def d;
				bool equal;

				if (z->tones[j].toneid != tones[k].zone || !z->tones[j].data[0])
					continue;
				d = parse_zone(z->tones[j].data);
				equal = same(&d, tone_of(c, tones[k].id));
				differ += !equal;
				if (equal != !exception(c->name, tones[k].id)) {
					print_message("%s: %s: %s\n", c->name, tone_id_name(tones[k].id), z->tones[j].data);
					wrong++;
				}
			}
	}
	print_message("libtonezone knows %u of the countries; %u tones differ, each with its reason\n", known, differ);
	assert_int_equal(wrong, 0);
	assert_int_equal(differ, COUNT(exceptions));
	assert_true(known >= 25);
}

static void tone_in_order(const struct country *c, enum tone_id t)
{
	const struct tone_def *d = tone_of(c, t);
	unsigned sounding = 0;

	assert_non_null(d);
	assert_in_range(d->n_parts, 1, TONE_PARTS_MAX);
	assert_true(d->repeat_from < d->n_parts);
	for (unsigned p = 0; p < d->n_parts; p++) {
		bool gap = false;

		for (unsigned f = 0; f < TONE_FREQS_MAX; f++) {
			assert_false(gap && d->parts[p].hz[f]);	/* detectors read them from the first on */
			gap = !d->parts[p].hz[f];
			if (gap)
				continue;
			sounding++;
			assert_in_range(d->parts[p].hz[f], 300, 3400);
			assert_true(d->dbm0[f] < 0 && d->dbm0[f] >= -25);
		}
		if (!d->parts[p].ms)
			assert_int_equal(p, d->n_parts - 1);	/* nothing follows what is for ever */
	}
	assert_true(sounding > 0);
}

static void each_row_is_whole(void **state)
{
	const struct country *c;
	unsigned n = 0;

	(void)state;
	for (; (c = country_at(n)); n++) {
		assert_ptr_equal(country_find(c->name), c);
		assert_true(strlen(c->title) > 3 && strlen(c->source) > 20);
		assert_non_null(country_by_code(c->code));
		for (int t = TONE_NONE + 1; t < TONE_IDS; t++) {
			tone_in_order(c, (enum tone_id)t);
			if (c->tones[t].n_parts)
				assert_string_equal(c->tones[t].name, tone_id_name((enum tone_id)t));
		}
		assert_true(c->tones[TONE_DIAL].n_parts && c->tones[TONE_RINGBACK].n_parts && c->tones[TONE_BUSY].n_parts);
		for (unsigned k = 0; c->ring_ms[k]; k += 2) {
			assert_true(k + 1 < COUNT(c->ring_ms) && c->ring_ms[k + 1]);
			assert_in_range(c->ring_ms[k], 200, 2000);
		}
		assert_true(c->ring_ms[0]);
		assert_true(c->flash_min_ms < c->flash_out_ms && c->flash_out_ms < c->flash_max_ms);
		assert_int_equal(c->pulse_make_ms + c->pulse_break_ms, 100);	/* ten a second */
		assert_in_range(c->pulse_break_ms, 58, 68);
		assert_true(c->clear & CLEAR_TONE);
		assert_false(c->cid == CID_DTMF && c->cid_dtas);
	}
	print_message("%u countries\n", n);
	assert_true(n >= 25);
}

static void names(void **state)
{
	static const struct { const char *why, *name, *row; } rows[] = {
		{ "the name", "uk", "uk" },
		{ "ISO 3166 has another", "gb", "uk" },
		{ "capitals are the same", "DE", "de" },
		{ "both share code 1", "ca", "ca" },
		{ "what people type", "usa", "us" },
		{ "no such country", "zz", NULL },
		{ "nothing", "", NULL },
		{ "no part of a name is one", "u", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct country *c = country_find(rows[i].name);

		if (!rows[i].row ? c != NULL : !c || strcmp(c->name, rows[i].row) != 0)
			fail_msg("%s", rows[i].why);
	}
	assert_string_equal(country_by_code(44)->name, "uk");
	assert_string_equal(country_by_code(1)->name, "us");
	assert_null(country_by_code(999));
	for (int t = TONE_NONE + 1; t < TONE_IDS; t++)
		assert_int_equal(tone_id_find(tone_id_name((enum tone_id)t)), t);
	assert_int_equal(tone_id_find("none"), TONE_NONE);
	assert_int_equal(tone_id_find("ring"), TONE_NONE);
	assert_string_equal(tone_id_name(TONE_IDS), "none");
}

static void what_stands_for_what_is_missing(void **state)
{
	const struct country *jp = country_find("jp"), *de = country_find("de");

	(void)state;
	assert_int_equal(jp->tones[TONE_CONGESTION].n_parts, 0);
	assert_ptr_equal(tone_of(jp, TONE_CONGESTION), &jp->tones[TONE_BUSY]);
	assert_int_equal(de->tones[TONE_CONFIRM].n_parts, 0);
	assert_string_equal(tone_of(de, TONE_CONFIRM)->name, "confirm");
	assert_string_equal(tone_of(de, TONE_HOWLER)->name, "howler");
	assert_ptr_equal(tone_of(de, TONE_BUSY), &de->tones[TONE_BUSY]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_as_libtonezone),
		cmocka_unit_test(each_row_is_whole),
		cmocka_unit_test(names),
		cmocka_unit_test(what_stands_for_what_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
