/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A call that rings for long, on a clock that the test turns: 18x once a minute (RFC 3261 13.3.1.1; sofia-sip does it), and no end before its owner's. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define FAKE_MEDIA
#include "tests/support/fake_media.c"
#include "tests/support/wire_world.c"

static int64_t ahead_s;

/* In the place of libc's, for sofia-sip as well. */
int clock_gettime(clockid_t id, struct timespec *ts)
{
	int err = (int)syscall(SYS_clock_gettime, id, ts);

	ts->tv_sec += ahead_s;
	return err;
}

int gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
	struct timespec ts;

	(void)tz;
	clock_gettime(CLOCK_REALTIME, &ts);
	*tv = (struct timeval){ ts.tv_sec, ts.tv_nsec / 1000 };
	return 0;
}

static void pass(struct wire_world *w, int seconds)
{
	for (int s = 0; s < seconds; s += 5) {
		ahead_s += 5;
		wire_for_turns(w, 2);
	}
}

static unsigned messages(struct wire_world *w, const char *start)
{
	unsigned n = 0;

	while (sip_wire_read(&w->peer, 20))
		n += strncmp(w->peer.msg, start, strlen(start)) == 0;
	return n;
}

/* Ten minutes of a queue that is heard, as T301 of an ISDN trunk lets it. */
static void test_from_a_peer(void **state)
{
	struct wire_world w;
	char tag[64];

	(void)state;
	wire_world_open(&w);
	wire_invite(&w, CONTACT, SDP("1", "4000", "sendrecv"));
	assert_int_equal(leg_alert(w.leg, false), 0);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 180"));
	pass(&w, 55);
	assert_int_equal(messages(&w, "SIP/2.0 18"), 0);
	pass(&w, 10);
	assert_int_equal(messages(&w, "SIP/2.0 180"), 1);
	assert_int_equal(leg_progress(w.leg, true, NULL), 0);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 183"));
	pass(&w, 65);
	assert_true(sip_wire_expect(&w.peer, "SIP/2.0 183"));
	assert_non_null(strstr(w.peer.msg, "m=audio"));
	pass(&w, 605);
	assert_int_equal(messages(&w, "SIP/2.0 183"), 10);
	assert_false(w.cleared);
	wire_answer(&w, tag, sizeof(tag));
	wire_request(&w, "ACK", 1, tag, "", NULL);
	pass(&w, 65);
	assert_int_equal(messages(&w, "SIP/2.0 18"), 0);
	wire_they_clear(&w, tag);
	wire_world_close(&w);
}

/* A peer that says each minute that it is still at it. */
static void test_to_a_peer(void **state)
{
	struct leg_offer o = { .called = { .digits = "12", .npi = NPI_E164 }, .complete = true };
	struct wire_world w;
	char invite[SIP_WIRE_MAX];

	(void)state;
	wire_world_open(&w);
	assert_int_equal(sip_ua_call(w.ua, "w", &o, on_event, &w, &w.leg), 0);
	assert_true(sip_wire_expect(&w.peer, "INVITE "));
	memcpy(invite, w.peer.msg, sizeof(invite));
	for (int minute = 0; minute < 7; minute++) {
		memcpy(w.peer.msg, invite, sizeof(invite));
		sip_wire_answer(&w.peer, "183 Session Progress", "x", CONTACT, SDP("1", "4000", "sendrecv"));
		wire_for_turns(&w, 10);
		pass(&w, 60);
		assert_false(w.cleared);
	}
	pass(&w, 300);
	assert_true(sip_wire_expect(&w.peer, "CANCEL "));
	sip_wire_answer(&w.peer, "200 OK", "x", "", NULL);
	memcpy(w.peer.msg, invite, sizeof(invite));
	sip_wire_answer(&w.peer, "487 Request Terminated", "x", "", NULL);
	wire_until_cleared(&w);
	assert_int_equal(w.cause.q850, 102);
	wire_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_from_a_peer), cmocka_unit_test(test_to_a_peer) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
