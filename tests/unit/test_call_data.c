/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The call and what it carries: data where it can go, sound in its place, what neither driver nor trunk takes. */
#include "tests/support/call_script.h"

/* What says how data is coded goes on as it came. */
static void capabilities(void **state)
{
	struct leg_event gone = { .kind = LEG_CLEARED, .cause = { .q850 = 16 } };
	struct leg_offer offer = { .complete = true, .hlc = 4, .hlc_ie = { 3, { 0x91, 0x60, 0x81 } }, .bearer_ie = { 4, { 0x88, 0x90, 0x21, 0x8f } },
				   .llc = { 3, { 0x88, 0x90, 0xa8 } } };

	(void)state;
	n_out = n_port = n_closing = n_records = 0;
	in = (struct leg){ .ops = &ops, .incoming = true };
	snprintf(offer.called.digits, sizeof(offer.called.digits), "1");
	call_offered(&gw, &office, &in, &offer);
	assert_int_equal(dialled.hlc, 4);
	assert_memory_equal(&dialled.hlc_ie, &offer.hlc_ie, sizeof(offer.hlc_ie));
	assert_memory_equal(&dialled.bearer_ie, &offer.bearer_ie, sizeof(offer.bearer_ie));
	assert_memory_equal(&dialled.llc, &offer.llc, sizeof(offer.llc));
	leg_report(&in, &gone);
	leg_report(&out[0], &gone);
	close_ports();
	assert_null(gw.calls);
}

/* Data goes where it can; what its caller takes as sound too goes as sound where it cannot. */
static void data(void **state)
{
	static const struct {
		const char *why, *number;
		bool carried, sound_too;
		int sound_err;
		const char *script, *want;
		int cause, bearer;
	} cases[] = {
		{ "a trunk that has only sound is passed over", "sound-first", true, false, 0, "o:answered o:cleared16 i:cleared16",
		  "o:call2 i:proceed i:answer i:clear16", 16, 8 },
		{ "nobody carries it", "sound-first", false, false, 0, "i:cleared65", "i:clear65", 65, 8 },
		{ "nobody carries it: sound", "1", false, true, 0, "o:answered o:cleared16 i:cleared16",
		  "i:sound o:call1 i:proceed i:answer i:clear16", 16, 0 },
		{ "sound only when data can go nowhere", "sound-first", true, true, 0, "o:answered o:cleared16 i:cleared16",
		  "o:call2 i:proceed i:answer i:clear16", 16, 8 },
		{ "the far end will have none: the first destination again", "sound-first", true, true, 0,
		  "o:clearing88 o:cleared88 o:answered o:cleared16 i:cleared16",
		  "o:call2 i:proceed i:sound o:call1 i:answer i:clear16", 16, 0 },
		{ "once", "1", true, true, 0, "o:cleared65 o:cleared65 i:cleared65", "o:call1 i:proceed i:sound o:call1 i:clear65", 65, 0 },
		{ "not for another cause", "1", true, true, 0, "o:cleared17 i:cleared17", "o:call1 i:proceed i:clear17", 17, 8 },
		{ "not when its audio has been described", "1", true, true, -1, "o:cleared88 i:cleared88",
		  "o:call1 i:proceed i:sound-1 i:clear88", 88, 8 },
		{ "nor here", "1", false, true, -1, "i:cleared65", "i:sound-1 i:clear65", 65, 8 },
		{ "who takes nothing else", "1", true, false, 0, "o:cleared88 i:cleared88", "o:call1 i:proceed i:clear88", 88, 8 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		telco_data = cases[i].carried;
		sound_err = cases[i].sound_err;
		as_data = true;
		as_sound_too = cases[i].sound_too;
		run_script(cases[i].number, 0, cases[i].script, cases[i].want);
		as_data = as_sound_too = false;
		if (last.cause != cases[i].cause || last.bearer != cases[i].bearer)
			fail_msg("%s: record has cause %d, bearer %d", cases[i].why, last.cause, last.bearer);
	}
}

/* What a driver has refused by itself is recorded, and goes nowhere. */
static void refused_below(void **state)
{
	struct leg_offer offer = { .complete = true, .bearer = BEARER_UNRESTRICTED, .refused = 65, .refused_why = "too wide" };
	struct leg_event gone = { .kind = LEG_CLEARED, .cause = { .q850 = 65 } };

	(void)state;
	did[0] = 0;
	n_out = n_port = n_closing = n_records = 0;
	in = (struct leg){ .ops = &ops, .incoming = true };
	snprintf(offer.called.digits, sizeof(offer.called.digits), "1");
	call_offered(&gw, &office, &in, &offer);
	leg_report(&in, &gone);
	assert_string_equal(did, "i:clear65");
	assert_null(gw.calls);
	assert_int_equal(n_records, 1);
	assert_int_equal(last.cause, 65);
	assert_string_equal(last.why, "too wide");
	assert_string_equal(last.side, "gateway");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(capabilities),
		cmocka_unit_test(data),
		cmocka_unit_test(refused_below),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
