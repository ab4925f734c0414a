/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/support/call_script.h: a call between the legs of call_fakes.h as a script: a line of words, "o:" events of the outgoing
 * leg, "i:" of the incoming one; what the call did is written the same way and compared.
 */
#ifndef TESTS_SUPPORT_CALL_SCRIPT_H
#define TESTS_SUPPORT_CALL_SCRIPT_H

#include "tests/support/call_fakes.h"

static void call_event(char side, const char *word)
{
	struct leg *l = side == 'i' ? &in : &out[n_out - 1];
	struct leg_event ev = { .inband = strstr(word, "+audio") != NULL, .by_far_end = true };

	if (!strncmp(word, "alerting", 8))
		ev.kind = LEG_ALERTING;
	else if (!strncmp(word, "progress", 8))
		ev.kind = LEG_PROGRESS;
	else if (!strcmp(word, "answered"))
		ev.kind = LEG_ANSWERED;
	else if (!strncmp(word, "proceeding", 10))
		ev.kind = LEG_PROCEEDING;
	else if (!strncmp(word, "disconnect", 10)) {
		ev.kind = LEG_DISCONNECT;
		ev.inband = true;
		ev.cause.q850 = (uint8_t)atoi(word + 10);
	} else if (!strncmp(word, "clearing", 8)) {
		ev.kind = LEG_CLEARING;
		ev.cause.q850 = (uint8_t)atoi(word + 8);
	} else if (!strncmp(word, "digit", 5)) {
		ev.kind = LEG_DIGIT;
		ev.digit = word[5];
	} else if (!strcmp(word, "complete"))
		ev.kind = LEG_COMPLETE;
	else if (!strcmp(word, "held"))
		ev.kind = LEG_HELD;
	else if (!strcmp(word, "resumed"))
		ev.kind = LEG_RESUMED;
	else if (!strncmp(word, "cleared", 7)) {
		ev.kind = LEG_CLEARED;
		ev.cause.q850 = (uint8_t)atoi(word + 7);
	} else
		fail_msg("unknown word %s", word);
	leg_report(l, &ev);
}

static bool as_data, as_sound_too;	/* the next script's call is of data */

static void run_script(const char *number, int fails, const char *script, const char *want)
{
	struct leg_offer offer = { .complete = strncmp(number, "overlap", 7) != 0, .sound_too = as_sound_too,
				   .bearer = as_data ? BEARER_UNRESTRICTED : BEARER_SPEECH };
	char words[256], *w, *save;

	did[0] = 0;
	n_out = n_port = n_closing = joins = open_lines = n_records = 0;
	cause_of_trunk = fails;
	in = (struct leg){ .ops = &ops, .incoming = true, .line = &timeslot };
	snprintf(offer.called.digits, sizeof(offer.called.digits), "%s", number);
	call_offered(&gw, &office, &in, &offer);
	snprintf(words, sizeof(words), "%s", script);
	for (w = strtok_r(words, " ", &save); w; w = strtok_r(NULL, " ", &save))
		call_event(w[0], w + 2);
	close_ports();
	if (strcmp(did, want))
		fail_msg("%s / %s:\n got  %s\n want %s", number, script, did, want);
	assert_int_equal(open_lines, 0);
	assert_null(gw.calls);
	assert_int_equal(n_records, 1);
	assert_int_equal(office.calls, 0);
	assert_int_equal(telco.calls, 0);
}

#endif
