/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_data.c: what says how data is coded, from one end of libpri to the other: the bearer capability with its rate
 * and layer 1 protocol, and the low and the high layer compatibility (Q.931 4.5.5, 4.5.19, 4.5.17), octet by octet in the frames.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_calls.h"
#include "tests/support/pri_tap.h"

#define B(s) { sizeof(s) - 1, s }
static const struct row {
	const char *why;
	uint8_t bearer;
	struct leg_capability ie, llc;	/* to be sent */
	struct leg_capability e1, t1;	/* the bearer capability that is seen */
	bool told;			/* IE comes out at the other end */
} rows[] = {
	{ "V.110 at 9600", 0x08, B("\x88\x90\x21\x48\x66\xb8"), B("\x88\x90\x21\x48\x66\xb8"), B("\x88\x90\x21\x48\x66\xb8"),
	  B("\x88\x90\x21\x48\x66\xb8"), true },
	{ "V.120", 0x08, B("\x88\x90\x28\x40\xb3"), { 0 }, B("\x88\x90\x28\x40\xb3"), B("\x88\x90\x28\x40\xb3"), true },
	{ "56 kbit/s", 0x08, B("\x88\x90\x21\x8f"), { 0 }, B("\x88\x90\x21\x8f"), B("\x88\x90\x21\x8f"), true },
	{ "restricted", 0x09, B("\x89\x90"), { 0 }, B("\x89\x90"), B("\x89\x90"), true },
	{ "from a side that does not say it", 0x08, { 0 }, { 0 }, B("\x88\x90"), B("\x88\x90"), true },
	{ "an LLC as long as any", 0x08, B("\x88\x90"), B("\x08\x80\x90\x21\x48\x40\x40\x66\xb8\x49\x02\x83\x66\x08\x83\x80"),
	  B("\x88\x90"), B("\x88\x90"), true },
	{ "sound is of the line's own law", 0x00, B("\x80\x90\xa2"), { 0 }, B("\x80\x90\xa3"), B("\x80\x90\xa2"), false },
	{ "and has an LLC where it came with one", 0x10, B("\x90\x90\xa3"), B("\x90\x90\xa3"), B("\x90\x90\xa3"), B("\x90\x90\xa2"),
	  false },
	{ "octets of another capability", 0x08, B("\x90\x90\xa3"), { 0 }, B("\x88\x90"), B("\x88\x90"), true },
};

static struct leg_capability seen[3];	/* bearer capability, LLC, HLC */

static void keep(uint8_t *frame, size_t len, uint8_t id, struct leg_capability *out)
{
	const uint8_t *e = pri_tap_element(frame, len, id);

	if (!e)
		return;
	assert_in_range(e[1], 0, LEG_CAPABILITY_MAX);
	out->len = e[1];
	memcpy(out->octets, e + 2, e[1]);
}

static bool look(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	(void)b, (void)span;
	if (*len < 10 || (frame[2] & 1) || frame[4] != 8 || frame[8] != 0x05)
		return true;
	memset(seen, 0, sizeof(seen));
	keep(frame, *len, 0x04, &seen[0]);
	keep(frame, *len, 0x7c, &seen[1]);
	keep(frame, *len, 0x7d, &seen[2]);
	return true;
}

static void assert_same(const char *why, const struct leg_capability *got, const struct leg_capability *want)
{
	if (got->len != want->len || memcmp(got->octets, want->octets, want->len))
		fail_msg("%s: %u octets, not %u", why, got->len, want->len);
}

static void test_capabilities(void **state)
{
	static const struct { enum hw_span_type type; enum pri_dialect dialect; } trunks[] = {
		{ HW_SPAN_E1, PRI_EUROISDN_E1 }, { HW_SPAN_T1, PRI_NATIONAL2 }, { HW_SPAN_T1, PRI_5ESS }, { HW_SPAN_E1, PRI_QSIG } };

	(void)state;
	for (size_t t = 0; t < sizeof(trunks) / sizeof(trunks[0]); t++) {
		struct bench *b = bench_open(&(struct bench_conf){ .type = trunks[t].type, .dialect = trunks[t].dialect, .tap = look });

		b->end[USER].offered = b->end[NET].offered = bench_answer;
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) * 2; i++) {
			const struct row *r = &rows[i / 2];
			struct leg_offer o = { .bearer = r->bearer, .complete = true, .bearer_ie = r->ie, .llc = r->llc,
					       .called = { .digits = "2079460100", .npi = NPI_E164 } };
			const struct leg_capability *want = trunks[t].type == HW_SPAN_E1 ? &r->e1 : &r->t1;
			struct bench_leg *out = bench_offer(b, i & 1, &o);
			const struct leg_offer *in;

			bench_until(b, 500, bench_event(out, LEG_ANSWERED));
			in = &b->end[!(i & 1)].legs->offer;
			assert_same(r->why, &seen[0], want);
			assert_same(r->why, &seen[1], &r->llc);
			assert_int_equal(in->bearer, r->bearer);
			assert_same(r->why, &in->llc, &r->llc);
			assert_same(r->why, &in->bearer_ie, r->told ? want : &(struct leg_capability){ 0 });
			bench_clear(out, 16);
			bench_until(b, 5000, out->cleared);
		}
		bench_over(b);
	}
}

/* All of a high layer compatibility goes on, what we know nothing of too; who knows the characteristics alone has them sent as ITU-T's. */
static void test_high_layer(void **state)
{
	static const struct { const char *why; uint8_t hlc; struct leg_capability ie, want; uint8_t told; } cases[] = {
		{ "telephony", 0, B("\x91\x81"), B("\x91\x81"), 1 },
		{ "videotelephony with octet 4a", 0, B("\x91\x60\x81"), B("\x91\x60\x81"), 0x60 },
		{ "another coding standard", 0, B("\xb1\x84"), B("\xb1\x84"), 0 },
		{ "the characteristics alone", LEG_HLC_FAX, { 0 }, B("\x91\x84"), LEG_HLC_FAX },
		{ "none", 0, { 0 }, { 0 }, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]) * 2; i++) {
		bool t1 = i & 1;
		struct bench *b = bench_open(&(struct bench_conf){ .type = t1 ? HW_SPAN_T1 : HW_SPAN_E1,
								   .dialect = t1 ? PRI_NATIONAL2 : PRI_EUROISDN_E1, .tap = look });
		struct leg_offer o = { .bearer = BEARER_3K1, .complete = true, .hlc = cases[i / 2].hlc, .hlc_ie = cases[i / 2].ie,
				       .called = { .digits = "2079460100", .npi = NPI_E164 } };
		struct bench_leg *out;

		b->end[NET].offered = bench_answer;
		out = bench_offer(b, USER, &o);
		bench_until(b, 500, bench_event(out, LEG_ANSWERED));
		assert_same(cases[i / 2].why, &seen[2], &cases[i / 2].want);
		assert_same(cases[i / 2].why, &b->end[NET].legs->offer.hlc_ie, &cases[i / 2].want);
		assert_int_equal(b->end[NET].legs->offer.hlc, cases[i / 2].told);
		bench_clear(out, 16);
		bench_until(b, 5000, out->cleared);
		bench_over(b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_capabilities), cmocka_unit_test(test_high_layer) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
