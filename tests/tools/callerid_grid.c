/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/tools/callerid_grid.c: caller ID by every method, message and line: for make check-callerid. Prints how many bursts were
 * sent, read, read wrongly and missed, and exits 1 when any was not read.   callerid_grid [ROUNDS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channels/sound/callerid_message.h"
#include "channels/sound/g711.h"
#include "tests/support/cidline.h"

struct tally {
	unsigned sent, read, wrong, missed, bad;
};

static struct tally tally;
static const char *method_name[] = { "none", "Bell 202", "V.23", "DTMF", "NTT" };

static void complain(const char *what, const struct callerid *c, enum cid_method method, const struct cid_line *l)
{
	static int said;

	if (said++ < 20)
		printf("  %s: %s \"%s\" \"%s\" at %g dBm0, %s-law, frequency %+g, rate %+g, twist %+g, seed %u\n",
		       method_name[method], what, c->number, c->name, l->level_dbm0, l->law == HW_ALAW ? "A" : "mu", l->hz_off,
		       l->baud_off, l->space_db, l->seed);
}

static void try_one(struct callerid_rx *r, const struct callerid *c, enum cid_method method, bool type2,
		    const struct cid_line *l)
{
	struct callerid got[2];
	const char *wrong;
	size_t n;
	int bad, count;
	int16_t *x = cid_line_send(l, c, method, type2, &n);

	if (!x) {
		complain("cannot be sent", c, method, l);
		exit(2);
	}
	callerid_rx_reset(r);
	count = cid_line_receive(r, x, n, got, 2, &bad);
	free(x);
	tally.sent++;
	tally.bad += (unsigned)bad;
	if (bad)
		complain("told as bad", c, method, l);
	if (!count) {
		tally.missed++;
		complain("missed", c, method, l);
		return;
	}
	wrong = count > 1 ? "came twice" : cid_line_differs(c, got, method, type2);
	tally.wrong += wrong != NULL;
	tally.read += wrong == NULL;
	if (wrong)
		complain(wrong, c, method, l);
}

static void over_lines(struct callerid_rx *const rx[2], const struct callerid *c, enum cid_method method, bool type2,
		       unsigned *seed)
{
	static const double levels[] = { -13, -20, -25, -30 }, off[] = { -0.02, 0, 0.02 };

	for (int law = HW_ALAW; law <= HW_MULAW; law++)
		for (int v = 0; v < 4; v++)
			for (int f = 0; f < 3; f++)
				for (int b = -1; b <= 1; b++) {
					struct cid_line l = { .law = (enum hw_law)law, .level_dbm0 = levels[v], .snr_db = 20,
							      .hz_off = off[f], .baud_off = b * 0.01, .seed = ++*seed };

					if (method == CID_DTMF)
						l.baud_off = 0, l.space_db = 2 * b;
					try_one(rx[law], c, method, type2, &l);
				}
}

/* Numbers and names of I characters, the reasons and the date in turn. */
static void fill(struct callerid *c, enum cid_method method, int i, unsigned seed)
{
	static const char *letters[] = { "A", "b", " ", "\303\251", "Z", "'", "\303\234", "7", "-", "\303\270", "&", "x" };
	int name_max = method == CID_BELL202 ? CALLERID_NAME_BELL_MAX : method == CID_V23 ? CALLERID_NAME_V23_MAX
									   : CALLERID_NAME_NTT_MAX;
	int number_max = CALLERID_NUMBER_MAX;

	*c = (struct callerid){ .method = method };
	for (int k = 0; k < 1 + i % number_max; k++)
		c->number[k] = (char)('0' + (seed + (unsigned)k * 7) % 10);
	for (int k = 0; k < 1 + i % name_max; k++) {
		const char *letter = k == 0 || k == i % name_max ? "Q" : letters[(seed + (unsigned)k) % 12];

		/* A struct callerid holds 63 octets; Bell and NTT names are ASCII. */
		if (strlen(letter) > 1 && (method != CID_V23 || k % 4))
			letter = "e";
		strcat(c->name, letter);
	}
	if (i % 4 == 1 && i > 20)
		c->no_number = i % 8 == 1 ? 'P' : 'O', c->number[0] = 0;
	if (i % 4 == 2 && i > 20)
		c->no_name = i % 8 == 2 ? 'P' : 'O', c->name[0] = 0;
	if (i % 3)
		c->month = (uint8_t)(1 + i % 12), c->day = (uint8_t)(1 + i % 31), c->hour = (uint8_t)(i % 24), c->minute = 59;
	if (i % 5 == 0)
		strcpy(c->redirecting, "4922899");
	if (method == CID_BELL202 && i % 7 == 3)
		c->single = true, c->month = c->month ? c->month : 1, c->day = c->day ? c->day : 1;
	if (method == CID_DTMF && i % 3 == 1)
		c->dtmf_end = '#';
	if (method == CID_DTMF && i % 3 == 2 && !c->no_number && strlen(c->number) > 1)
		c->dtmf_start = 'D', c->dtmf_end = i % 2 ? '#' : 'C';
	/* What would look like Denmark's reasons. */
	if (method == CID_DTMF && c->dtmf_start == 'D')
		c->redirecting[0] = 0;
}

static void method_grid(struct callerid_rx *const rx[2], enum cid_method method, bool type2, int rounds)
{
	unsigned seed = (unsigned)method * 1000003u + type2;

	tally = (struct tally){ 0 };
	for (int round = 0; round < rounds; round++)
		for (int i = 0; i < 50; i++) {
			struct callerid c;

			fill(&c, method, i, seed);
			over_lines(rx, &c, method, type2, &seed);
		}
	for (int i = 0; i < 6 && (method == CID_BELL202 || method == CID_V23); i++) {
		struct callerid c = { .message = CALLERID_MESSAGE_WAITING, .waiting = i & 1, .messages = (uint8_t)(i & 1 ? i : 0),
				      .single = method == CID_BELL202 && i > 3 };

		over_lines(rx, &c, method, type2, &seed);
	}
	printf("%-9s %-8s %7u sent  %7u read  %3u wrong  %3u missed  %3u told as bad\n", method_name[method],
	       type2 ? "type II" : "type I", tally.sent, tally.read, tally.wrong, tally.missed, tally.bad);
}

/* The burst ends at any moment (an early answer), and then the line brings noise 20 dB down, as much as the burst, or its own tail
 * once more. Nothing may be read but what was sent, and that only when all but the last bits had come. */
static bool cut_at(struct callerid_rx *r, const struct callerid *c, enum cid_method method, bool type2, unsigned seed)
{
	struct cid_line l = { .law = HW_ALAW, .level_dbm0 = -20, .snr_db = seed % 3 == 1 ? 1 : 20, .seed = seed };
	struct cid_line clean = { .law = HW_ALAW, .level_dbm0 = -20 };
	struct callerid got;
	size_t n, count, cut;
	int16_t *burst = cid_line_send(&clean, c, method, type2, &count), *x;
	int bad, garbage;

	count -= CID_LINE_LEAD * 2;	/* its tail */
	cut = CID_LINE_LEAD + (seed * 2654435761u) % (count - CID_LINE_LEAD);
	if (seed % 3 == 2 && cut > 1600)
		memmove(burst + cut - 800, burst + cut - 1600, 800 * sizeof(*burst));
	x = cid_line_carry(&l, burst, cut, &n);
	if (l.snr_db < 20)	/* what is there so far was clean */
		memcpy(x + CID_LINE_LEAD, burst, cut * sizeof(*x));
	callerid_rx_reset(r);
	garbage = cid_line_receive(r, x, n, &got, 1, &bad);
	if (garbage && !cid_line_differs(c, &got, method, type2) && count - cut < (method == CID_DTMF ? 1120 : 120))
		garbage = 0;
	if (garbage)
		printf("  %s cut at %zu of %zu, seed %u: \"%s\" \"%s\"\n", method_name[method], cut, count, seed, got.number,
		       got.name);
	tally.sent++;
	tally.bad += (unsigned)bad;
	free(burst);
	free(x);
	return garbage != 0;
}

static unsigned cuts(struct callerid_rx *r, enum cid_method method, bool type2, unsigned times)
{
	unsigned garbage = 0;

	tally = (struct tally){ 0 };
	for (unsigned i = 0; i < times; i++) {
		struct callerid c;

		fill(&c, method, (int)(i % 50), i);
		garbage += cut_at(r, &c, method, type2, i);
	}
	printf("%-9s %-8s %7u cut   %7u told as bad  %3u read as something else\n", method_name[method], type2 ? "type II" : "type I",
	       tally.sent, tally.bad, garbage);
	return garbage;
}

int main(int argc, char **argv)
{
	static const struct { enum cid_method method; bool type2; } all[] = {
		{ CID_BELL202, false }, { CID_BELL202, true }, { CID_V23, false }, { CID_V23, true }, { CID_NTT, false },
		{ CID_DTMF, false },
	};
	int rounds = argc > 1 ? atoi(argv[1]) : 1;
	struct callerid_rx *rx[2];
	unsigned failed = 0;

	law_init();
	if (callerid_rx_open(&rx[0], HW_ALAW) || callerid_rx_open(&rx[1], HW_MULAW))
		return 2;
	for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		method_grid(rx, all[i].method, all[i].type2, rounds);
		failed += tally.wrong + tally.missed + tally.bad;
	}
	for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		failed += cuts(rx[HW_ALAW], all[i].method, all[i].type2, (unsigned)rounds * 3000);
	callerid_rx_close(rx[0]);
	callerid_rx_close(rx[1]);
	return failed != 0;
}
