/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The DID file at a million rows: time to load it, memory that it takes, time of a look-up; the targets beside them.
 * The rows are the same at every run: seven of ten exact, the rest x, sets, ranges and wildcards.
 *
 *	bench_did [ROWS]
 */
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dialplan/did.h"

enum { LOOKUPS = 2000000, NUMBERS = 1 << 16 };

static uint64_t state = 88172645463325252u;

static uint64_t next(void)	/* xorshift64 */
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

static bool known(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return true;
}

static void on_error(void *arg, const struct did_error *e)
{
	(void)arg;
	fprintf(stderr, "%d:%d: %s\n", e->line, e->column, e->message);
}

/* Row I: blocks of 1000 numbers in random places. The kind goes by the block, so that no two rows are equal. */
static int row(char *out, size_t size, unsigned i)
{
	static uint64_t base;
	unsigned in = i % 100;

	if (in == 0)
		base = 1000000 + (uint64_t)i / 100 * 89 % 8999999;
	if (in < 70)
		return snprintf(out, size, "+4420%07llu%02u   office/%04u, backup\n", (unsigned long long)base, in,
				(unsigned)(next() % 10000));
	if (in < 80)
		return snprintf(out, size, "+4421%07llu%ux    office/{last:4}\n", (unsigned long long)base, in - 70);
	if (in < 90)
		return snprintf(out, size, "+4422%07llu%u03..%u57   office/{last:4}   max=4\n",
				(unsigned long long)base, in - 80, in - 80);
	if (in < 95)
		return snprintf(out, size, "+4423%07llu%u[2-4]   office, busy   name=\"Desk %u\"\n",
				(unsigned long long)base, in - 90, i);
	return snprintf(out, size, "+4424%07llu%u*     office/{from:5}\n", (unsigned long long)base, in - 95);
}

static char *generate(unsigned rows, size_t *len, char (*numbers)[24])
{
	size_t room = (size_t)rows * 64 + 64, at = 0;
	char *text = malloc(room);

	if (!text)
		return NULL;
	at = (size_t)snprintf(text, room, "[telco]\n");
	for (unsigned i = 0; i < rows; i++)
		at += (size_t)row(text + at, room - at, i);
	*len = at;
	for (int i = 0; i < NUMBERS; i++)
		snprintf(numbers[i], sizeof(numbers[i]), "+442%u%07llu%02u%s", (unsigned)(next() % 5),
			 (unsigned long long)(1000000 + next() % (rows / 100 + 1) * 89 % 8999999),
			 (unsigned)(next() % 70), next() % 5 ? "" : "5");
	return text;
}

static void line(const char *what, double value, const char *unit, double target)
{
	printf("%-34s %10.3f %-4s %10.3f %8.2f  %s\n", what, value, unit, target, value / target,
	       value <= target ? "OK" : "over");
}

int main(int argc, char **argv)
{
	const struct did_trunks trunks = { .known = known };
	unsigned rows = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1000000, hits = 0;
	static char numbers[NUMBERS][24];
	struct did_table *t = NULL;
	struct did_route route;
	size_t len, before;
	double begun, load, best = 1e9;
	char *text = generate(rows, &len, numbers);

	if (!text || !rows)
		return 1;
	before = mallinfo2().uordblks + mallinfo2().hblkhd;
	begun = now();
	if (did_load(&t, "dids", text, len, &trunks, on_error, NULL))
		return 1;
	load = now() - begun;
	printf("DID file of %u rows, %.1f MB\n%-34s %15s %10s %8s\n", rows, (double)len / 1e6, "", "measured", "target",
	       "ratio");
	line("load", load, "s", 1.0);
	line("memory of the table", (double)(mallinfo2().uordblks + mallinfo2().hblkhd - before) / 1e6, "MB", 150);
	for (int run = 0; run < 5; run++) {
		begun = now();
		for (unsigned i = 0; i < LOOKUPS / 5; i++)
			hits += did_lookup(t, "telco", numbers[i * 40503u % NUMBERS], &route) == 0;
		if (now() - begun < best)
			best = now() - begun;
	}
	line("look-up, best of 5 runs", best * 1e6 / (LOOKUPS / 5), "us", 1.0);
	printf("%.0f %% of the numbers looked up had a row\n", 100.0 * hits / LOOKUPS);
	did_free(t);
	free(text);
	return hits ? 0 : 1;
}
