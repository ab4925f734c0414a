/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_numbers.c: what goes along with the messages of an ISDN call beside the numbers: a second
 * calling number, subaddresses, user-user information, keypad, date and time, names by display and by facility,
 * the connected line and its changes. The octets are checked on the wire between two trunks of the simulated card.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "channels/pri_private.h"
#include "tests/support/pri_bench.h"

enum { ALERTING = 0x01, SETUP = 0x05, CONNECT = 0x07, DISCONNECT = 0x45, RELEASE = 0x4d, RELEASE_COMPLETE = 0x5a,
       FACILITY = 0x62 };
enum { KEYPAD = 0x2c, DISPLAY = 0x28, FACILITY_IE = 0x1c };

/* The last message of each type on the wire. */
static struct { uint8_t frame[512]; size_t len; } seen[128];
static bool no_operation;	/* the facility element of SETUP is lost */
static bool no_facility;	/* FACILITY becomes an INFORMATION that says nothing */

static bool tap(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	struct q931_msg m;

	(void)b;
	(void)span;
	if (!q931_read(frame, *len, &m, NULL))
		return true;
	memcpy(seen[m.type].frame, frame, *len);
	seen[m.type].len = *len;
	if (no_operation && m.type == SETUP) {
		struct q931_element e = q931_find(frame, *len, FACILITY_IE, 0);
		size_t at = (size_t)(e.octets - frame);

		assert_non_null(e.octets);
		memmove(frame + at - 2, frame + at + e.len, *len - at - e.len);
		*len -= e.len + 2;
	}
	if (no_facility && m.type == FACILITY) {
		frame[8] = 0x7b;
		*len = 9;
	}
	return true;
}

static const struct bench_conf euro = { .dialect = PRI_EUROISDN_E1, .tap = tap };
static const struct bench_conf ni2 = { .type = HW_SPAN_T1, .dialect = PRI_NATIONAL2, .tap = tap };

static struct bench *open_bench(const struct bench_conf *conf)
{
	memset(seen, 0, sizeof(seen));
	no_facility = no_operation = false;
	return bench_open(conf);
}

static struct q931_element on_wire(uint8_t type, uint8_t id, unsigned n)
{
	return q931_find(seen[type].frame, seen[type].len, id, n);
}

static void assert_octets(uint8_t type, uint8_t id, unsigned n, const void *octets, size_t len)
{
	struct q931_element e = on_wire(type, id, n);

	assert_non_null(e.octets);
	assert_int_equal(e.len, len);
	assert_memory_equal(e.octets, octets, len);
}
#define assert_wire(type, id, n, text) assert_octets(type, id, n, text, sizeof(text) - 1)

static struct leg_offer offer(void)
{
	return (struct leg_offer){
		.called = { "2079460100", TON_NATIONAL, NPI_E164, 0, 0 },
		.calling = { "2071838750", TON_NATIONAL, NPI_E164, PRES_ALLOWED, SCREEN_PASSED },
		.bearer = BEARER_3K1, .complete = true,
	};
}

static struct bench_leg *offered(struct bench *b, int caller, const struct leg_offer *o)
{
	unsigned n = b->end[!caller].n_offered;

	assert_non_null(bench_offer(b, caller, o));
	bench_until(b, 1500, b->end[!caller].n_offered > n);
	return b->end[!caller].legs;
}

static void end(struct bench *b, struct bench_leg *l, int cause)
{
	bench_clear(l, cause);
	bench_run(b, 500);
	bench_assert_idle(b);
	bench_close(b);
}

/* --- Elements of SETUP ----------------------------------------------------------------------------- */

static void test_numbers_on_wire(void **state)
{
	struct bench *b = open_bench(&euro);
	struct leg_offer o = offer();
	struct bench_leg *in;

	(void)state;
	o.called = (struct leg_number){ "8750", TON_UNKNOWN, NPI_PRIVATE, 0, 0 };
	o.calling.presentation = PRES_RESTRICTED;
	in = offered(b, USER, &o);
	assert_wire(SETUP, IE_CALLED, 0, "\x89" "8750");
	assert_wire(SETUP, IE_CALLING, 0, "\x21\xa1" "2071838750");
	assert_null(on_wire(SETUP, IE_CALLING, 1).octets);
	assert_string_equal(in->offer.raw.hex[ELEMENT_CALLED], "70058938373530");
	assert_string_equal(in->offer.raw.hex[ELEMENT_CALLING], "6c0c21a132303731383338373530");
	assert_string_equal(in->offer.raw.hex[ELEMENT_CALLING_2], "");
	assert_string_equal(in->offer.raw.hex[ELEMENT_REDIRECTING], "");
	end(b, in, 17);
}

/* Both numbers pass where the trunk sends both, else the first alone. */
static void test_two_calling(void **state)
{
	(void)state;
	for (int two = 0; two < 2; two++) {
		struct bench_conf conf = euro;
		struct leg_offer o = offer();
		struct bench_leg *in;
		struct bench *b;

		conf.two_calling = two;
		b = open_bench(&conf);
		o.calling.screening = SCREEN_NETWORK;
		o.calling_user = (struct leg_number){ "8005550100", TON_NATIONAL, NPI_E164, PRES_ALLOWED, SCREEN_NONE };
		in = offered(b, NET, &o);
		assert_wire(SETUP, IE_CALLING, 0, "\x21\x83" "2071838750");
		assert_string_equal(in->offer.calling.digits, "2071838750");
		assert_int_equal(in->offer.calling.screening, SCREEN_NETWORK);
		assert_string_equal(in->offer.calling_user.digits, two ? "8005550100" : "");
		if (two) {
			assert_wire(SETUP, IE_CALLING, 1, "\x21\x80" "8005550100");
			assert_string_equal(in->offer.raw.hex[ELEMENT_CALLING_2], "6c0c218038303035353530313030");
			assert_int_equal(in->offer.calling_user.ton, TON_NATIONAL);
		}
		end(b, in, 17);
	}
}

static void test_subaddresses(void **state)
{
	(void)state;
	for (int caller = 0; caller < 2; caller++) {
		struct bench *b = open_bench(caller ? &ni2 : &euro);
		struct leg_offer o = offer();
		struct bench_leg *in;

		o.called_sub = (struct leg_subaddress){ SUB_NSAP, false, 4, { 0x50, '1', '2', '3' } };
		o.calling_sub = (struct leg_subaddress){ SUB_USER, true, 3, { 0x00, 0xff, 0x1f } };
		in = offered(b, caller, &o);
		assert_wire(SETUP, IE_CALLED_SUB, 0, "\x80\x50" "123");
		assert_wire(SETUP, IE_CALLING_SUB, 0, "\xa8\x00\xff\x1f");
		assert_memory_equal(&in->offer.called_sub, &o.called_sub, sizeof(o.called_sub));
		assert_memory_equal(&in->offer.calling_sub, &o.calling_sub, sizeof(o.calling_sub));
		end(b, in, 17);
	}
}

static void test_keypad(void **state)
{
	struct bench_conf conf = euro;
	struct leg_offer o = offer();
	struct bench_leg *in;
	struct bench *b = open_bench(&conf);

	(void)state;
	strcpy(o.called.digits, "*21*2079460000#");
	in = offered(b, USER, &o);
	assert_null(on_wire(SETUP, KEYPAD, 0).octets);	/* not where the trunk does not say so */
	end(b, in, 17);
	conf.keypad = true;
	b = open_bench(&conf);
	in = offered(b, USER, &o);
	assert_wire(SETUP, KEYPAD, 0, "*21*2079460000#");
	assert_null(on_wire(SETUP, IE_CALLED, 0).octets);
	assert_string_equal(in->offer.called.digits, "*21*2079460000#");
	assert_int_equal(in->offer.called.ton, TON_UNKNOWN);
	assert_string_equal(in->offer.keypad, "*21*2079460000#");
	bench_clear(in, 17);
	bench_run(b, 500);
	strcpy(o.called.digits, "2079460100");	/* beside a number */
	strcpy(o.keypad, "99#");
	in = offered(b, USER, &o);
	assert_wire(SETUP, KEYPAD, 0, "99#");
	assert_string_equal(in->offer.called.digits, "2079460100");
	assert_string_equal(in->offer.keypad, "99#");
	end(b, in, 17);
}

static void test_date_time(void **state)
{
	static const struct { enum pri_date_time what; size_t octets, text; } rows[] = {
		{ PRI_DATE_TIME_NONE, 0, 0 }, { PRI_DATE_TIME_DATE, 3, 10 }, { PRI_DATE_TIME_MINUTES, 5, 16 },
		{ PRI_DATE_TIME_SECONDS, 6, 19 },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		bool network = i % 2;
		struct bench_conf conf = euro;
		struct leg_offer o = offer();
		struct bench_leg *in;
		struct bench *b;

		conf.date_time = rows[i / 2].what;
		b = open_bench(&conf);
		in = offered(b, network ? USER : NET, &o);
		leg_answer(in->leg, NULL);
		bench_until(b, 1000, bench_event(b->end[network ? USER : NET].legs, LEG_ANSWERED));
		assert_int_equal(on_wire(CONNECT, IE_DATE_TIME, 0).len, network ? rows[i / 2].octets : 0);
		assert_int_equal(strlen(b->end[network ? USER : NET].legs->raw.date_time), network ? rows[i / 2].text : 0);
		end(b, in, 16);
	}
}

/* --- User-user information -------------------------------------------------------------------------- */

static const struct leg_uui blob = { 6, { 0x00, 0x00, 0x01, 0xff, 0x00, 0x7e } };

static void assert_uui(const struct leg_uui *got, const struct leg_uui *want)
{
	assert_int_equal(got->len, want->len);
	assert_memory_equal(got->octets, want->octets, want->len);
}

/* In every message that may have it, octets of any value, and in no other. */
static void uui_all_the_way(const struct bench_conf *conf, int caller)
{
	struct bench *b = open_bench(conf);
	struct leg_offer o = offer();
	struct leg_extra extra = { .uui = blob };
	struct bench_leg *in, *out;

	o.uui = blob;
	in = offered(b, caller, &o);
	out = b->end[caller].legs;
	assert_octets(SETUP, IE_USER_USER, 0, blob.octets, blob.len);
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
	assert_octets(CONNECT, IE_USER_USER, 0, extra.uui.octets, extra.uui.len);
	assert_uui(&bench_event(out, LEG_ANSWERED)->extra.uui, &extra.uui);
	extra.uui.octets[0] = 6;
	leg_with(out->leg, &extra);
	bench_clear(out, 16);
	bench_until(b, 1000, in->cleared && out->cleared);
	assert_octets(DISCONNECT, IE_USER_USER, 0, extra.uui.octets, extra.uui.len);
	assert_null(on_wire(RELEASE, IE_USER_USER, 0).octets);
	assert_null(on_wire(RELEASE_COMPLETE, IE_USER_USER, 0).octets);
	assert_uui(&bench_event(in, LEG_CLEARED)->extra.uui, &extra.uui);
	assert_int_equal(bench_event(out, LEG_CLEARED)->extra.uui.len, 0);
	o.uui.len = 0;	/* and nothing of it in the next call */
	in = offered(b, caller, &o);
	assert_null(on_wire(SETUP, IE_USER_USER, 0).octets);
	assert_int_equal(in->offer.uui.len, 0);
	end(b, in, 17);
}

static void test_uui(void **state)
{
	(void)state;
	for (int caller = 0; caller < 2; caller++) {
		uui_all_the_way(&euro, caller);
		uui_all_the_way(&ni2, caller);
	}
}

/* A call that is refused at once: RELEASE COMPLETE has it. */
static void test_uui_refused(void **state)
{
	struct bench *b = open_bench(&euro);
	struct leg_offer o = offer();
	struct bench_leg *in = offered(b, USER, &o), *out = b->end[USER].legs;

	(void)state;
	leg_with(in->leg, &(struct leg_extra){ .uui = blob });
	bench_clear(in, 1);
	bench_until(b, 1000, out->cleared);
	assert_octets(RELEASE_COMPLETE, IE_USER_USER, 0, blob.octets, blob.len);
	assert_uui(&bench_event(out, LEG_CLEARED)->extra.uui, &blob);
	assert_int_equal(bench_event(out, LEG_CLEARED)->cause.q850, 1);
	bench_assert_idle(b);
	bench_close(b);
}

/* 129 octets pass; what makes a message longer than Q.921's 260 octets is left out, the call goes on without. */
static void test_uui_long(void **state)
{
	struct bench *b = open_bench(&euro);
	struct leg_offer o = offer();
	struct bench_leg *in;

	(void)state;
	o.uui.len = LEG_UUI_MAX;
	memset(o.uui.octets, 0, LEG_UUI_MAX);
	in = offered(b, USER, &o);
	assert_uui(&in->offer.uui, &o.uui);
	bench_clear(in, 17);
	bench_run(b, 500);
	strcpy(o.called.digits, "1111111111111111111111111111111");
	strcpy(o.calling.digits, "2222222222222222222222222222222");
	o.called_sub = o.calling_sub = (struct leg_subaddress){ SUB_USER, false, LEG_SUB_MAX, { 1 } };
	in = offered(b, USER, &o);
	assert_int_equal(in->offer.uui.len, 0);
	assert_int_equal(strlen(in->offer.called.digits), 31);
	assert_int_equal(in->offer.called_sub.len, LEG_SUB_MAX);
	assert_non_null(strstr(b->end[USER].log, "element 0x7e does not fit"));
	end(b, in, 17);
}

/* --- Names ------------------------------------------------------------------------------------------ */

static struct bench_leg *named(struct bench *b, int caller)
{
	struct leg_offer o = offer();

	strcpy(o.calling_name, "J\xc3\xb6rg");
	return offered(b, caller, &o);
}

static void test_display(void **state)
{
	static const struct { int caller; enum pri_display display; const char *name; } rows[] = {
		{ USER, PRI_DISPLAY_AUTO, "" }, { USER, PRI_DISPLAY_SEND, "J\xc3\xb6rg" },
		{ NET, PRI_DISPLAY_AUTO, "J\xc3\xb6rg" }, { NET, PRI_DISPLAY_NONE, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench_conf conf = euro;
		struct bench_leg *in;
		struct bench *b;

		conf.display = rows[i].display;
		b = open_bench(&conf);
		in = named(b, rows[i].caller);
		assert_string_equal(in->offer.calling_name, rows[i].name);
		if (rows[i].name[0])
			assert_wire(SETUP, DISPLAY, 0, "J\xf6rg");
		else
			assert_null(on_wire(SETUP, DISPLAY, 0).octets);
		end(b, in, 17);
	}
}

/* NI2, user to network: the name is in a facility of SETUP. */
static void test_name_in_setup(void **state)
{
	struct bench_conf conf = ni2;
	struct bench_leg *in;
	struct bench *b;

	(void)state;
	conf.display = PRI_DISPLAY_NONE;
	b = open_bench(&conf);
	in = named(b, USER);
	assert_null(on_wire(SETUP, DISPLAY, 0).octets);
	assert_non_null(memmem(on_wire(SETUP, FACILITY_IE, 0).octets, on_wire(SETUP, FACILITY_IE, 0).len, "J\xf6rg", 4));
	assert_string_equal(in->offer.calling_name, "J\xc3\xb6rg");
	end(b, in, 17);
}

/* NI2, network to user: SETUP says that the name follows, FACILITY brings it, and the call is offered with it. */
static void test_name_follows(void **state)
{
	struct bench_conf conf = ni2;
	struct bench_leg *in;
	struct bench *b;

	(void)state;
	conf.display = PRI_DISPLAY_NONE;
	b = open_bench(&conf);
	in = named(b, NET);
	assert_non_null(on_wire(FACILITY, FACILITY_IE, 0).octets);
	assert_string_equal(in->offer.calling_name, "J\xc3\xb6rg");
	assert_string_equal(in->offer.called.digits, "2079460100");
	bench_answer(in);
	bench_until(b, 1000, bench_event(b->end[NET].legs, LEG_ANSWERED));
	bench_clear(in, 16);
	bench_until(b, 1000, in->cleared);
	bench_assert_idle(b);
	no_facility = true;	/* and without a name when it does not come */
	in = named(b, NET);
	assert_string_equal(in->offer.calling_name, "");
	end(b, in, 17);
}

/* The caller gives up while the name is awaited. */
static void test_name_follows_given_up(void **state)
{
	struct bench_conf conf = ni2;
	struct leg_offer o = offer();
	struct bench *b;

	(void)state;
	conf.display = PRI_DISPLAY_NONE;
	b = open_bench(&conf);
	strcpy(o.calling_name, "J\xc3\xb6rg");
	no_facility = true;
	assert_non_null(bench_offer(b, NET, &o));
	bench_until(b, 500, seen[SETUP].len);
	bench_run(b, 100);
	assert_int_equal(b->end[USER].n_offered, 0);
	bench_clear(b->end[NET].legs, 16);
	bench_run(b, 4000);
	assert_int_equal(b->end[USER].n_offered, 0);
	bench_assert_idle(b);
	bench_close(b);
}

/* --- The connected line ------------------------------------------------------------------------------ */

static void answer_as(const struct bench_conf *conf, int caller, const struct leg_number *who, const char *name)
{
	struct bench *b = open_bench(conf);
	struct leg_offer o = offer();
	struct leg_extra extra = { .connected_sub = { SUB_NSAP, false, 3, { 0x50, '4', '2' } } };
	struct bench_leg *in = offered(b, caller, &o), *out = b->end[caller].legs;
	const struct leg_event *ev;

	strcpy(extra.connected_name, "Anna");
	leg_with(in->leg, &extra);
	leg_answer(in->leg, who);
	bench_until(b, 1000, (ev = bench_event(out, LEG_ANSWERED)));
	assert_string_equal(ev->connected.digits, who->digits);
	assert_int_equal(ev->connected.presentation, who->presentation);
	assert_int_equal(ev->connected.screening, who->screening);
	assert_string_equal(ev->extra.connected_name, name);
	assert_memory_equal(&ev->extra.connected_sub, &extra.connected_sub, sizeof(extra.connected_sub));
	assert_wire(CONNECT, IE_CONNECTED_SUB, 0, "\x80\x50" "42");
	assert_non_null(ev->raw);
	assert_memory_equal(ev->raw->hex[ELEMENT_CONNECTED], "4c", 2);
	end(b, out, 16);
}

static void test_connected(void **state)
{
	const struct leg_number who = { "2079460111", TON_NATIONAL, NPI_E164, PRES_ALLOWED, SCREEN_PASSED };
	const struct leg_number hidden = { "2079460111", TON_NATIONAL, NPI_E164, PRES_RESTRICTED, SCREEN_NETWORK };

	(void)state;
	answer_as(&euro, USER, &who, "Anna");
	answer_as(&euro, NET, &who, "");	/* display is network to user */
	answer_as(&ni2, USER, &who, "Anna");
	answer_as(&ni2, NET, &who, "Anna");
	answer_as(&euro, USER, &hidden, "");	/* nor is the name of one who hides his number */
}

/* A transfer at the far end: EN 300 369-1's EctInform names another party, and the name of the one before is not his. */
static void test_connected_changes(void **state)
{
	struct leg_number who = { "2079460111", TON_NATIONAL, NPI_E164, PRES_ALLOWED, SCREEN_PASSED };
	struct bench *b = open_bench(&euro);
	struct leg_offer o = offer();
	struct leg_extra extra = { .connected_name = "Anna" };
	struct bench_leg *in = offered(b, USER, &o), *out = b->end[USER].legs;

	(void)state;
	assert_int_equal(leg_connected(in->leg, &who), -EALREADY);	/* not up yet */
	leg_with(in->leg, &extra);
	leg_answer(in->leg, &who);
	bench_until(b, 1000, bench_event(out, LEG_ANSWERED));
	bench_run(b, 200);
	strcpy(who.digits, "2079460222");
	assert_int_equal(leg_connected(in->leg, &who), 0);
	bench_until(b, 1000, bench_event(out, LEG_CONNECTED));
	assert_string_equal(bench_event(out, LEG_CONNECTED)->connected.digits, "2079460222");
	assert_string_equal(bench_event(out, LEG_CONNECTED)->extra.connected_name, "");
	strcpy(who.digits, "2079460333");
	assert_int_equal(leg_connected(out->leg, &who), 0);
	bench_until(b, 1000, bench_event(in, LEG_CONNECTED));
	assert_string_equal(bench_event(in, LEG_CONNECTED)->connected.digits, "2079460333");
	end(b, out, 16);
}

/* --- Redirections ------------------------------------------------------------------------------------ */

static void test_redirection(void **state)
{
	static const uint8_t reasons[] = { 0, 1, 2, 4, 15 };

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(reasons); i++) {
		bool etsi = i % 2;
		struct bench *b = open_bench(etsi ? &euro : &ni2);
		struct leg_offer o = offer();
		struct bench_leg *in;

		o.redirecting = (struct leg_number){ "2079460222", TON_NATIONAL, NPI_E164, PRES_ALLOWED, SCREEN_NONE };
		o.original = (struct leg_number){ "2079460333", TON_NATIONAL, NPI_E164, PRES_ALLOWED, SCREEN_NONE };
		o.redirect_reason = reasons[i / 2];
		o.redirect_count = 3;
		in = offered(b, USER, &o);
		assert_string_equal(in->offer.redirecting.digits, "2079460222");
		assert_int_equal(in->offer.redirect_reason, reasons[i / 2]);
		if (etsi) {
			assert_string_equal(in->offer.original.digits, "2079460333");
			assert_int_equal(in->offer.redirect_count, 3);
			assert_null(on_wire(SETUP, IE_REDIRECTING, 0).octets);
		} else {
			struct q931_element e = on_wire(SETUP, IE_REDIRECTING, 0);

			assert_int_equal(e.len, 13);
			assert_int_equal(e.octets[2], 0x80 | reasons[i / 2]);
			assert_memory_equal(in->offer.raw.hex[ELEMENT_REDIRECTING], "740d21", 6);
		}
		end(b, in, 17);
	}
}

/* A switch that reads the element alone; and we read it of one that sends nothing else. */
static void test_redirecting_element(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		struct bench_conf conf = i == 2 ? ni2 : euro;
		struct leg_offer o = offer();
		struct bench_leg *in;
		struct bench *b;

		conf.redirecting_element = true;
		b = open_bench(&conf);
		no_operation = i == 1;
		o.redirecting = (struct leg_number){ "2079460222", TON_NATIONAL, NPI_E164, PRES_RESTRICTED, SCREEN_NONE };
		o.redirect_reason = 4;
		o.redirect_count = 2;
		in = offered(b, USER, &o);
		assert_wire(SETUP, IE_REDIRECTING, 0, "\x21\x20\x84" "2079460222");
		assert_null(on_wire(SETUP, IE_REDIRECTING, 1).octets);
		assert_string_equal(in->offer.redirecting.digits, "2079460222");
		assert_int_equal(in->offer.redirecting.presentation, PRES_RESTRICTED);
		assert_int_equal(in->offer.redirect_reason, 4);
		assert_int_equal(in->offer.redirect_count, i ? 1 : 2);
		end(b, in, 17);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_on_wire), cmocka_unit_test(test_two_calling),
		cmocka_unit_test(test_subaddresses),	cmocka_unit_test(test_keypad),
		cmocka_unit_test(test_date_time),	cmocka_unit_test(test_uui),
		cmocka_unit_test(test_uui_refused),	cmocka_unit_test(test_uui_long),
		cmocka_unit_test(test_display),		cmocka_unit_test(test_name_in_setup),
		cmocka_unit_test(test_name_follows),	cmocka_unit_test(test_name_follows_given_up),
		cmocka_unit_test(test_connected),
		cmocka_unit_test(test_connected_changes), cmocka_unit_test(test_redirection),
		cmocka_unit_test(test_redirecting_element),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
