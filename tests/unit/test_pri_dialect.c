/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every dialect on every span type that it runs on, called from either side: what the table of
 * channels/pri_dialect.c says is what passes between the two ends.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "channels/pri_dialect.h"
#include "conf/trunks.h"
#include "tests/support/pri_bench.h"

struct at { enum pri_dialect dialect; const struct pri_dialect_def *def; enum hw_span_type type; int caller; };

static bool runs_on(const struct pri_dialect_def *d, enum hw_span_type type)
{
	return type == HW_SPAN_E1 ? d->e1 : d->t1;
}

static void each(void (*fn)(const struct at *at))
{
	static const enum hw_span_type types[] = { HW_SPAN_E1, HW_SPAN_T1, HW_SPAN_J1 };

	for (int d = 0; d < PRI_DIALECTS; d++)
		for (size_t i = 0; i < 3; i++)
			for (int caller = 0; caller < 2; caller++) {
				struct at at = { (enum pri_dialect)d, pri_dialect_def((enum pri_dialect)d), types[i], caller };

				if (runs_on(at.def, at.type))
					fn(&at);
			}
}

static struct bench *open_at(const struct at *at)
{
	return bench_open(&(struct bench_conf){ .type = at->type, .dialect = at->dialect });
}

static struct bench_leg *offered(struct bench *b, const struct at *at, struct bench_leg **out)
{
	unsigned n = b->end[!at->caller].n_offered;
	struct leg_offer o = {
		.called = { "2079460100", TON_NATIONAL, NPI_E164, 0, 0 },
		.calling = { "2125551000", TON_NATIONAL, NPI_E164, PRES_ALLOWED, SCREEN_PASSED },
		.redirecting = { "2071838750", TON_NATIONAL, NPI_E164, PRES_ALLOWED, 0 },
		.redirect_reason = 2, .redirect_count = 3, .complete = true, .calling_name = "Front desk",
	};

	*out = bench_offer(b, at->caller, &o);
	assert_non_null(*out);
	bench_until(b, 1000, b->end[!at->caller].n_offered > n);
	return b->end[!at->caller].legs;
}

/* --- Calls and causes -------------------------------------------------------------------------- */

/* Cleared by the caller or the called end, before the answer or after it: the cause reaches the other end. */
static void one_call(struct bench *b, const struct at *at, bool answered, bool by_caller, int cause)
{
	struct bench_leg *out, *in = offered(b, at, &out), *first = by_caller ? out : in;

	if (answered) {
		bench_answer(in);
		bench_until(b, 1000, bench_event(out, LEG_ANSWERED));
		assert_non_null(bench_event(out, LEG_ALERTING));
	}
	bench_clear(first, cause);
	bench_until(b, 1000, out->cleared && in->cleared);
	assert_int_equal(bench_event(out, LEG_CLEARED)->cause.q850, cause);
	assert_int_equal(bench_event(in, LEG_CLEARED)->cause.q850, cause);
	assert_int_equal(bench_event(out, LEG_CLEARED)->by_far_end, !by_caller);
	assert_int_equal(bench_event(in, LEG_CLEARED)->by_far_end, by_caller);
}

static void calls(const struct at *at)
{
	static const struct {
		bool answered, by_caller;
		int cause;
	} rows[] = {
		{ true, true, 16 }, { true, false, 16 }, { true, false, 38 }, { false, false, 1 },
		{ false, false, 17 }, { false, false, 21 }, { false, false, 34 }, { false, false, 88 },
		{ false, false, 127 }, { false, true, 16 },
	};
	struct bench *b = open_at(at);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		one_call(b, at, rows[i].answered, rows[i].by_caller, rows[i].cause);
	bench_assert_idle(b);
	bench_close(b);
}

static void test_calls(void **state)
{
	(void)state;
	each(calls);
}

/* --- Names, redirecting numbers ---------------------------------------------------------------- */

static void parties(const struct at *at)
{
	struct bench *b = open_at(at);
	struct bench_leg *out, *in = offered(b, at, &out);
	enum pri_by name = at->caller == USER ? at->def->name_user : at->def->name_net;

	assert_string_equal(in->offer.calling.digits, "2125551000");
	assert_string_equal(in->offer.calling_name, name == BY_NONE ? "" : "Front desk");
	assert_int_equal(strstr(out->ladder, "display \"Front desk\"") != NULL, name == BY_ELEMENT);
	assert_string_equal(in->offer.redirecting.digits, at->def->redirecting == BY_NONE ? "" : "2071838750");
	assert_int_equal(strstr(out->ladder, "redirecting 2071838750") != NULL,
			 at->def->redirecting == BY_ELEMENT);
	assert_int_equal(in->offer.redirect_reason, 2);
	assert_int_equal(in->offer.redirect_count, at->def->redirect_count ? 3 : 1);
	bench_clear(in, 16);
	bench_assert_idle(b);
	bench_close(b);
}

static void test_parties(void **state)
{
	(void)state;
	each(parties);
}

/* --- Digits one after the other --------------------------------------------------------------------- */

static enum pri_digits never(const char *digits)
{
	(void)digits;
	return PRI_DIGITS_MORE;
}

/* Where a dialect has none, a SETUP is taken as it is, whatever the trunk asks for, and nothing follows it. */
static void overlap(const struct at *at)
{
	struct bench *b = bench_open(&(struct bench_conf){ .type = at->type, .dialect = at->dialect, .overlap = true, .digits = never });
	struct leg_offer o = { .called = { "2079", TON_NATIONAL, NPI_E164, 0, 0 } };
	struct bench_leg *out = bench_offer(b, at->caller, &o);

	assert_non_null(out);
	bench_run(b, 500);
	assert_int_equal(b->end[!at->caller].n_offered, !at->def->overlap);
	assert_int_equal(strstr(out->ladder, "SETUP ACKNOWLEDGE") != NULL, at->def->overlap);
	assert_int_equal(leg_more(out->leg, "4", false), at->def->overlap ? 0 : -EALREADY);
	if (!at->def->overlap)
		assert_true(b->end[!at->caller].legs->offer.complete);
	bench_clear(out, 16);
	bench_run(b, 500);
	bench_assert_idle(b);
	bench_close(b);
}

static void test_overlap(void **state)
{
	(void)state;
	each(overlap);
}

/* What the checker of the configuration says is what the driver does. */
static void test_checker_agrees(void **state)
{
	(void)state;
	for (int d = 0; d < CONF_DIALECTS; d++)
		for (int e1 = 0; e1 < 2; e1++) {
			enum pri_dialect found = pri_dialect_find(conf_dialect_name((enum conf_dialect)d), e1);

			const struct conf_dialect_def *says = conf_dialect_def((enum conf_dialect)d);
			const struct pri_dialect_def *does = found == PRI_DIALECTS ? NULL : pri_dialect_def(found);

			assert_int_equal(!!does, !e1 || says->e1);
			if (!does)
				continue;
			assert_int_equal(does->overlap, says->overlap);
			assert_int_equal(does->nsf, says->nsf);
			assert_int_equal(does->service, says->service_messages);
			assert_int_equal(does->nfas, says->nfas);
			assert_int_equal(does->services, says->services);	/* the two enums have one order: gateway/trunk_isdn.c */
		}
}

/* --- Network-specific facilities --------------------------------------------------------------- */

/* The element (Q.931 4.5.21) in SETUP: no network named, then the facility. */
static bool see_nsf(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	(void)span;
	if (*len < 9 || (frame[2] & 1) || frame[4] != 8 || frame[8] != 5)
		return true;
	for (size_t i = 9; i + 3 < *len; i++)
		if (frame[i] == 0x20 && frame[i + 1] == 2 && frame[i + 2] == 0)
			b->n = frame[i + 3];
	return true;
}

static void nsf(const struct at *at)
{
	struct bench_conf c = { .type = at->type, .dialect = at->dialect, .tap = see_nsf, .nsf = pri_nsf(9) };
	struct bench *b = bench_open(&c);
	struct bench_leg *out, *in = offered(b, at, &out);

	assert_int_equal(b->n, at->def->nsf ? 0xe3 : 0);
	bench_clear(in, 16);
	bench_assert_idle(b);
	bench_close(b);
	c.nsf = 0;	/* the same instances of libpri, which must have forgotten it */
	b = bench_open(&c);
	in = offered(b, at, &out);
	assert_int_equal(b->n, 0);
	bench_clear(in, 16);
	bench_close(b);
}

static void test_nsf(void **state)
{
	(void)state;
	each(nsf);
}

/* --- Which dialect where ----------------------------------------------------------------------- */

static void test_find(void **state)
{
	(void)state;
	assert_int_equal(pri_dialect_find("euroisdn", true), PRI_EUROISDN_E1);
	assert_int_equal(pri_dialect_find("euroisdn", false), PRI_EUROISDN_T1);
	assert_int_equal(pri_dialect_find("qsig", true), PRI_QSIG);
	assert_int_equal(pri_dialect_find("qsig", false), PRI_QSIG);
	assert_int_equal(pri_dialect_find("5ess", false), PRI_5ESS);
	assert_int_equal(pri_dialect_find("5ess", true), PRI_DIALECTS);
	assert_int_equal(pri_dialect_find("6ess", false), PRI_DIALECTS);
}

static void ignore(void *arg, struct leg *leg, const struct leg_offer *offer)
{
	(void)arg;
	(void)leg;
	(void)offer;
}

static void quiet(void *arg, int level, const char *text)
{
	(void)arg;
	(void)level;
	(void)text;
}

static void test_wrong_span(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .dialect = PRI_EUROISDN_E1 });
	struct pri_handlers h = { .offered = ignore, .log = quiet };
	int span = 1;

	(void)state;
	for (int d = 0; d <= PRI_DIALECTS; d++) {
		struct pri_trunk_conf c = { .name = "x", .spans = &span, .n_spans = 1, .dialect = (enum pri_dialect)d };
		struct pri_trunk *t = NULL;

		if (d < PRI_DIALECTS && pri_dialect_def(c.dialect)->e1)
			continue;
		assert_int_equal(pri_trunk_open(&t, b->hw, &c, &h), -EINVAL);
	}
	bench_close(b);
}

/* A group under one D channel in a dialect that has none is refused. */
static void test_no_group(void **state)
{
	struct bench *b = bench_open(&(struct bench_conf){ .type = HW_SPAN_T1, .dialect = PRI_NATIONAL2 });
	struct pri_handlers h = { .offered = ignore, .log = quiet };
	int span = 1;

	(void)state;
	for (int d = 0; d < PRI_DIALECTS; d++) {
		struct pri_trunk_conf c = { .name = "x", .spans = &span, .n_spans = 1, .dialect = (enum pri_dialect)d,
					    .nfas_primary = 1 };
		struct pri_trunk *t = NULL;

		if (pri_dialect_def(c.dialect)->t1 && !pri_dialect_def(c.dialect)->nfas)
			assert_int_equal(pri_trunk_open(&t, b->hw, &c, &h), -EINVAL);
	}
	bench_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls), cmocka_unit_test(test_parties), cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_checker_agrees), cmocka_unit_test(test_nsf),
		cmocka_unit_test(test_find), cmocka_unit_test(test_wrong_span), cmocka_unit_test(test_no_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
