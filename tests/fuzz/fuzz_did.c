/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer of the DID file. Besides not crashing: every error has a place, a message and a suggestion; and for a file
 * without errors, what the trie finds is what going through all rows finds.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialplan/did_table.h"
#include "tests/fuzz/fuzz.h"

static bool known(void *arg, const char *name)
{
	(void)arg;
	return name[0] >= 'a' && name[0] <= 'z';
}

static void on_error(void *arg, const struct did_error *e)
{
	++*(int *)arg;
	if (e->line < 1 || e->column < 1 || e->length < 1 || !*e->message || !*e->suggestion || !e->source)
		abort();
}

static uint32_t slow_lookup(const struct did_table *t, const struct did_section *s, const char *number)
{
	uint32_t best = NO_ROW;
	struct pattern p, q;
	int depth;

	for (uint32_t i = s->first_row; i < s->first_row + s->rows; i++) {
		row_pattern(t, i, &p);
		if (!pattern_match(&p, number, NULL, 0, &depth))
			continue;
		if (best != NO_ROW) {
			row_pattern(t, best, &q);
			if (pattern_compare(&p, &q) == 0)
				abort();	/* the load should have refused them */
			if (pattern_compare(&p, &q) > 0)
				continue;
		}
		best = i;
	}
	return best;
}

static void on_row(void *arg, int line, const char *row, bool won, const char *why)
{
	(void)arg;
	if (line < 1 || !*row || !*why)
		abort();
	(void)won;
}

static void try_number(const struct did_table *t, const struct did_section *s, const char *number)
{
	struct did_route route;

	if (lookup_row(t, s, number) != slow_lookup(t, s, number))
		abort();
	did_explain(t, s->name, number, on_row, NULL, &route);
	for (int i = 0; i < route.n_dests; i++)
		if (memchr(route.dests[i].number, '\0', sizeof(route.dests[i].number)) == NULL)
			abort();
}

/* Dialled digit by digit, a number that has a row is never given up on the way, and is complete at its end. */
static void try_dialling(const struct did_table *t, const struct did_section *s, const char *number)
{
	static const struct number_rules uk = { .country = "44", .area = "20", .international = "00", .national = "0" }, none;
	char dialled[NUMBER_MAX + 8], in[NUMBER_MAX];
	size_t n = strlen(number);
	enum did_digits got;

	did_digits(t, s->name, &uk, number);
	if (!n || n >= NUMBER_MAX || (*number == '+' && n > 16) || number_in(&none, number, 0, in))
		return;
	if (strspn(number + (*number == '+'), *number == '+' ? "0123456789" : "0123456789*#") != n - (*number == '+'))
		return;
	if (lookup_row(t, s, number) == NO_ROW)
		return;
	for (size_t i = 1; i <= n; i++) {
		snprintf(dialled, sizeof(dialled), "%.*s", (int)i, number);
		got = did_digits(t, s->name, &none, dialled);
		if (got == DID_DIGITS_NONE || (i < n && got == DID_DIGITS_COMPLETE) || (i == n && got == DID_DIGITS_MORE))
			abort();
	}
}

/* A number that the row matches, more or less: the lowest or highest symbol of each position. */
static void number_of(const struct pattern *p, bool high, char *out)
{
	for (int k = 0; k < p->n; k++) {
		uint32_t m = p->mask[k];
		int bit = high ? 31 - __builtin_clz(m) : __builtin_ctz(m);

		out[k] = "0123456789*#ABCD+"[bit];
	}
	out[p->n] = '\0';
	if (p->range)
		sprintf(out + p->n - p->range, "%0*llu", p->range, (unsigned long long)(high ? p->hi : p->lo));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct did_trunks trunks = { .known = known };
	struct did_table *t = NULL;
	int errors = 0;
	int err = did_load(&t, "dids", (const char *)data, size, &trunks, on_error, &errors);

	if ((err == 0) != (errors == 0))
		abort();
	if (err)
		return 0;
	for (int i = 0; i < t->n_sections; i++) {
		const struct did_section *s = &t->sections[i];
		char number[NUMBER_MAX + 8];
		struct pattern p;

		if (s->rows > 60)
			continue;
		for (uint32_t r = s->first_row; r < s->first_row + s->rows; r++) {
			row_pattern(t, r, &p);
			for (int high = 0; high < 2; high++) {
				number_of(&p, high, number);
				try_number(t, s, number);
				try_dialling(t, s, number);
			}
		}
		try_number(t, s, "+442071838750");
		try_number(t, s, "");
		try_dialling(t, s, "02071838750");
	}
	did_free(t);
	return 0;
}
