/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_pri_uui.c: user-user information in the messages of an ISDN call, octets on the wire between two trunks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_wire.h"

static const struct leg_uui blob = { 6, { 0x00, 0x00, 0x01, 0xff, 0x00, 0x7e } };

static void assert_uui(const struct leg_uui *got, const struct leg_uui *want)
{
	assert_int_equal(got->len, want->len);
	assert_memory_equal(got->octets, want->octets, want->len);
}

/* In every message that may have it, octets of any value, and in no other. */
static void uui_all_the_way(const struct bench_conf *conf, int caller)
{
	struct bench *b = isdn_bench(conf);
	struct leg_offer o = isdn_offer();
	struct leg_extra extra = { .uui = blob };
	struct bench_leg *in, *out;

	o.uui = blob;
	in = isdn_offered(b, caller, &o);
	out = b->end[caller].legs;
	assert_octets(MSG_SETUP, IE_USER_USER, 0, blob.octets, blob.len);
	assert_uui(&in->offer.uui, &blob);
	leg_proceed(in->leg);
	extra.uui.octets[0] = 4;
	leg_with(in->leg, &extra);
	leg_alert(in->leg, false);
	bench_until(b, 1000, bench_event(out, LEG_ALERTING));
	assert_uui(&bench_event(out, LEG_ALERTING)->extra.uui, &extra.uui);
	extra.uui.octets[0] = 5;
	leg_with(in->leg, &extra);
	leg_answer(in->leg, NULL);
	bench_until(b, 1000, bench_event(out, LEG_ANSWERED));
	assert_octets(MSG_CONNECT, IE_USER_USER, 0, extra.uui.octets, extra.uui.len);
	assert_uui(&bench_event(out, LEG_ANSWERED)->extra.uui, &extra.uui);
	extra.uui.octets[0] = 6;
	leg_with(out->leg, &extra);
	bench_clear(out, 16);
	bench_until(b, 1000, in->cleared && out->cleared);
	assert_octets(MSG_DISCONNECT, IE_USER_USER, 0, extra.uui.octets, extra.uui.len);
	assert_null(on_wire(MSG_RELEASE, IE_USER_USER, 0).octets);
	assert_null(on_wire(MSG_RELEASE_COMPLETE, IE_USER_USER, 0).octets);
	assert_uui(&bench_event(in, LEG_CLEARED)->extra.uui, &extra.uui);
	assert_int_equal(bench_event(out, LEG_CLEARED)->extra.uui.len, 0);
	o.uui.len = 0;	/* and nothing of it in the next call */
	in = isdn_offered(b, caller, &o);
	assert_null(on_wire(MSG_SETUP, IE_USER_USER, 0).octets);
	assert_int_equal(in->offer.uui.len, 0);
	isdn_end(b, in, 17);
}

static void test_uui(void **state)
{
	(void)state;
	for (int caller = 0; caller < 2; caller++) {
		uui_all_the_way(&isdn_euro, caller);
		uui_all_the_way(&isdn_ni2, caller);
	}
}

/* A call that is refused at once: RELEASE COMPLETE has it. */
static void test_uui_refused(void **state)
{
	struct bench *b = isdn_bench(&isdn_euro);
	struct leg_offer o = isdn_offer();
	struct bench_leg *in = isdn_offered(b, USER, &o), *out = b->end[USER].legs;

	(void)state;
	leg_with(in->leg, &(struct leg_extra){ .uui = blob });
	bench_clear(in, 1);
	bench_until(b, 1000, out->cleared);
	assert_octets(MSG_RELEASE_COMPLETE, IE_USER_USER, 0, blob.octets, blob.len);
	assert_uui(&bench_event(out, LEG_CLEARED)->extra.uui, &blob);
	assert_int_equal(bench_event(out, LEG_CLEARED)->cause.q850, 1);
	bench_over(b);
}

/* 129 octets pass; what makes a message longer than Q.921's 260 octets is left out, the call goes on without. */
static void test_uui_long(void **state)
{
	struct bench *b = isdn_bench(&isdn_euro);
	struct leg_offer o = isdn_offer();
	struct bench_leg *in;

	(void)state;
	o.uui.len = LEG_UUI_MAX;
	memset(o.uui.octets, 0, LEG_UUI_MAX);
	in = isdn_offered(b, USER, &o);
	assert_uui(&in->offer.uui, &o.uui);
	bench_clear(in, 17);
	bench_run(b, 500);
	strcpy(o.called.digits, "1111111111111111111111111111111");
	strcpy(o.calling.digits, "2222222222222222222222222222222");
	o.called_sub = o.calling_sub = (struct leg_subaddress){ SUB_USER, false, LEG_SUB_MAX, { 1 } };
	in = isdn_offered(b, USER, &o);
	assert_int_equal(in->offer.uui.len, 0);
	assert_int_equal(strlen(in->offer.called.digits), 31);
	assert_int_equal(in->offer.called_sub.len, LEG_SUB_MAX);
	assert_non_null(strstr(b->end[USER].log, "element 0x7e does not fit"));
	isdn_end(b, in, 17);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uui),
		cmocka_unit_test(test_uui_refused),
		cmocka_unit_test(test_uui_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
