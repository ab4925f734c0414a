/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Digits one after the other to a peer made of text (RFC 3578): an INVITE after each 484, and every way out of it. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define FAKE_MEDIA
#include "tests/support/fake_media.c"
#include "tests/support/wire_world.c"

static void expect_invite(struct wire_world *w, const char *number)
{
	char start[80];

	snprintf(start, sizeof(start), "INVITE sip:%s@127.0.0.1:21500 SIP/2.0", number);
	assert_true(sip_wire_expect(&w->peer, start));
}

static void begin(struct wire_world *w, bool complete)
{
	struct leg_offer o = { .called = { .digits = "4420", .ton = TON_INTERNATIONAL }, .complete = complete };

	wire_world_open(w);
	assert_int_equal(sip_ua_call(w->ua, "w", &o, on_event, w, &w->leg), 0);
	expect_invite(w, "+4420");
}

static void incomplete(struct wire_world *w)
{
	sip_wire_answer(&w->peer, "484 Address Incomplete", "x", "", NULL);
	assert_true(sip_wire_expect(&w->peer, "ACK "));
	wire_for_turns(w, 5);
}

static void cleared(struct wire_world *w, int q850, int sip)
{
	wire_until_cleared(w);
	assert_int_equal(w->cause.q850, q850);
	assert_int_equal(w->cause.sip, sip);
	wire_world_close(w);
}

static void test_until_enough(void **state)
{
	char id[128], next_id[128], from[160], next_from[160], h[160];
	unsigned cseq, next;
	struct wire_world w;

	(void)state;
	begin(&w, false);
	sip_wire_header(&w.peer, "Call-ID", id, sizeof(id));
	sip_wire_header(&w.peer, "From", from, sizeof(from));
	sip_wire_header(&w.peer, "CSeq", h, sizeof(h));
	cseq = (unsigned)strtoul(h, NULL, 10);
	incomplete(&w);
	assert_false(w.cleared);
	assert_int_equal(leg_more(w.leg, "7", false), 0);
	expect_invite(&w, "+44207");
	assert_int_equal(leg_more(w.leg, "9", false), 0);	/* waits for the answer to the one that is out */
	assert_int_equal(leg_more(w.leg, "4", false), 0);
	wire_for_turns(&w, 5);
	incomplete(&w);
	expect_invite(&w, "+4420794");
	sip_wire_header(&w.peer, "Call-ID", next_id, sizeof(next_id));
	sip_wire_header(&w.peer, "From", next_from, sizeof(next_from));
	sip_wire_header(&w.peer, "CSeq", h, sizeof(h));
	next = (unsigned)strtoul(h, NULL, 10);
	assert_string_equal(id, next_id);
	assert_string_equal(from, next_from);
	assert_int_equal(next, cseq + 2);
	sip_wire_header(&w.peer, "To", h, sizeof(h));
	assert_string_equal(h, "<sip:+4420794@127.0.0.1:21500>");
	sip_wire_answer(&w.peer, "100 Trying", "", "", NULL);
	wire_for_turns(&w, 5);
	assert_string_equal(w.events, "");	/* no word that the number is complete */
	sip_wire_answer(&w.peer, "180 Ringing", "y", CONTACT, NULL);
	wire_for_turns(&w, 5);
	assert_int_equal(leg_more(w.leg, "6", false), -EALREADY);	/* it rings: it has enough */
	sip_wire_answer(&w.peer, "200 OK", "y", CONTACT, SDP("1", "4000", "sendrecv"));
	assert_true(sip_wire_expect(&w.peer, "ACK "));
	assert_int_equal(leg_clear(w.leg, &(struct leg_cause){ .q850 = 16 }), 0);
	assert_true(sip_wire_expect(&w.peer, "BYE "));
	sip_wire_header(&w.peer, "CSeq", h, sizeof(h));
	assert_true((unsigned)strtoul(h, NULL, 10) > next);
	sip_wire_answer(&w.peer, "200 OK", "", "", NULL);
	wire_until_cleared(&w);
	wire_world_close(&w);
}

/* There are no more: said while nothing is out, while an INVITE is, and with the last digit. */
static void test_no_more(void **state)
{
	struct wire_world w;

	(void)state;
	begin(&w, false);
	incomplete(&w);
	assert_int_equal(leg_more(w.leg, "", true), 0);
	cleared(&w, 28, 484);
	begin(&w, false);
	assert_int_equal(leg_more(w.leg, "", true), 0);
	incomplete(&w);
	cleared(&w, 28, 484);
	begin(&w, false);
	assert_int_equal(leg_more(w.leg, "7", true), 0);
	incomplete(&w);
	expect_invite(&w, "+44207");
	incomplete(&w);
	cleared(&w, 28, 484);
}

static void test_other_ends(void **state)
{
	struct wire_world w;

	(void)state;
	begin(&w, true);		/* a complete number is refused as ever */
	incomplete(&w);
	cleared(&w, 28, 484);
	begin(&w, false);		/* another refusal is final, whatever may follow */
	assert_int_equal(leg_more(w.leg, "7", false), 0);
	sip_wire_answer(&w.peer, "404 Not Found", "x", "", NULL);
	assert_true(sip_wire_expect(&w.peer, "ACK "));
	cleared(&w, 1, 404);
	begin(&w, false);		/* the caller gives up: with nothing out, nothing is cancelled */
	incomplete(&w);
	assert_int_equal(leg_clear(w.leg, &(struct leg_cause){ .q850 = 16 }), 0);
	assert_false(sip_wire_read(&w.peer, 50));
	wire_until_cleared(&w);
	wire_world_close(&w);
	begin(&w, false);		/* and else the INVITE that is */
	sip_wire_answer(&w.peer, "100 Trying", "", "", NULL);
	wire_for_turns(&w, 5);
	assert_int_equal(leg_clear(w.leg, &(struct leg_cause){ .q850 = 16 }), 0);
	assert_true(sip_wire_expect(&w.peer, "CANCEL sip:+4420@"));
	sip_wire_answer(&w.peer, "200 OK", "x", "", NULL);
	wire_until_cleared(&w);
	wire_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_until_enough),
		cmocka_unit_test(test_no_more),
		cmocka_unit_test(test_other_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
