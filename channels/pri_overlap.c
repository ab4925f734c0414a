/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_overlap.c: digits one after the other (Q.931 5.1.3 sending, 5.2.4 receiving; the roles of 5.1 and 5.2 change with the
 * side). Receiving: after each digit the dialplan says whether the number is complete; SETUP ACKNOWLEDGE asks for more, "#", a
 * sending complete element or T302 end them. The call is offered when its number is complete, or as soon as what is to follow can
 * be passed on. Sending: INFORMATION for each digit, from SETUP ACKNOWLEDGE on. Loop thread.
 */
#include "channels/pri_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- Receiving ----------------------------------------------------------------------------------- */

void pri_overlap_end(struct pri_leg *leg)
{
	if (leg->stage <= PS_OVERLAP)
		pri_tone(leg, NULL);
	leg->collecting = false;
	if (leg->waits_for != PT_T306)
		pri_wait_stop(leg);
}

/* SETUP ACKNOWLEDGE, once; then T302 runs anew with each digit. Towards who has only been lifted, with the dial tone. */
static void want_more(struct pri_leg *leg)
{
	struct pri_trunk *t = leg->link->trunk;
	bool tone = t->h.tone && t->conf.side == PRI_NETWORK && !leg->offer->called.digits[0] &&
		    bearer_is_sound(leg->offer->bearer);

	pri_wait(leg, PT_T302);
	if (leg->stage != PS_OFFERED)
		return;
	pri_element_progress(leg, Q931_SETUP_ACK_TYPE, tone ? 1U << 8 : 0);
	pri_setup_ack(leg->link->pri, leg->call, pri_encode(leg), 0, tone);
	leg->stage = PS_OVERLAP;
	pri_touch(leg);
	if (tone)
		pri_tone(leg, "dial");
}

static void offer(struct pri_leg *leg, bool complete)
{
	struct leg_offer *o = leg->offer;

	leg->offer = NULL;
	leg->collecting = false;
	o->complete = complete;
	if (complete)
		pri_overlap_end(leg);
	else
		pri_tone(leg, NULL);
	pri_offer_up(leg, o);
	free(o);
}

static enum pri_digits ask(struct pri_leg *leg)
{
	struct pri_trunk *t = leg->link->trunk;

	return t->h.digits(t->h.arg, &leg->offer->called);
}

static void act(struct pri_leg *leg, enum pri_digits d)
{
	switch (d) {
	case PRI_DIGITS_COMPLETE:
	case PRI_DIGITS_NONE: /* it is refused as any other number, and has its record */
		offer(leg, true);
		break;
	case PRI_DIGITS_PASS:
		want_more(leg);
		offer(leg, false);
		break;
	default:
		want_more(leg);
	}
}

/* "#" ends a number, but where it belongs to it: to service codes, and to what the plan has to the letter. */
static bool ends(struct pri_leg *leg, size_t n, enum pri_digits *d)
{
	char *digits = leg->offer->called.digits;
	bool code = digits[0] == '*' || digits[0] == '#';

	if (digits[n - 1] != '#' || n < 2 || *d == PRI_DIGITS_COMPLETE || (code && *d != PRI_DIGITS_NONE))
		return false;
	digits[n - 1] = '\0';
	return true;
}

static void collect(struct pri_leg *leg, const char *s, bool complete)
{
	for (; *s && leg->collecting; s++) {
		size_t n = strlen(leg->offer->called.digits);
		enum pri_digits d;

		if (n + 1 >= sizeof(leg->offer->called.digits)) {
			offer(leg, true);
			break;
		}
		leg->offer->called.digits[n] = *s;
		leg->offer->called.digits[n + 1] = '\0';
		d = ask(leg);
		if (ends(leg, n + 1, &d))
			d = PRI_DIGITS_COMPLETE;
		pri_tone(leg, NULL);
		act(leg, d);
	}
	if (leg->collecting && complete)
		offer(leg, true);
	else if (*s || complete) /* what came with it is for who has the call now */
		pri_overlap_info(leg, s, complete);
}

/* A SETUP whose number is not said to be complete. True: this has taken the call. */
bool pri_overlap_begin(struct pri_leg *leg, const struct leg_offer *o)
{
	struct pri_trunk *t = leg->link->trunk;
	size_t n = strlen(o->called.digits);

	if (o->complete || !t->h.digits)
		return false;
	leg->offer = malloc(sizeof(*leg->offer));
	if (!leg->offer)
		return false;
	*leg->offer = *o;
	leg->collecting = true;
	if (n > 1 && o->called.digits[n - 1] == '#') {
		leg->offer->called.digits[n - 1] = '\0';
		collect(leg, "#", false);
	} else {
		act(leg, ask(leg));
	}
	return true;
}

/* INFORMATION. */
void pri_overlap_info(struct pri_leg *leg, const char *digits, bool complete)
{
	struct leg_event ev = {.kind = LEG_DIGIT};

	if (leg->collecting) {
		collect(leg, digits, complete);
		return;
	}
	for (; *digits && leg->stage < PS_CLEARING; digits++) {
		if (leg->stage == PS_OVERLAP && *digits == '#') {
			complete = true;
			break;
		}
		ev.digit = *digits;
		pri_touch(leg);
		if (leg->stage == PS_OVERLAP)
			pri_wait(leg, PT_T302);
		leg_report(&leg->leg, &ev);
	}
	if (complete && leg->stage == PS_OVERLAP)
		pri_overlap_late(leg);
}

/* No digit any more: T302, or said by the far end. */
void pri_overlap_late(struct pri_leg *leg)
{
	struct leg_event ev = {.kind = LEG_COMPLETE};

	pri_wait_stop(leg);
	if (leg->collecting)
		offer(leg, true);
	else if (leg->stage == PS_OVERLAP)
		leg_report(&leg->leg, &ev);
}

/* --- Sending ------------------------------------------------------------------------------------- */

static void send(struct pri_leg *leg, const char *digits, bool complete)
{
	struct pri *pri = leg->link->pri;

	for (; *digits; digits++)
		pri_information(pri, leg->call, *digits);
	if (complete) {
		pri_element_complete(leg);
		pri_information(pri, leg->call, '\0');
	}
	pri_touch(leg);
	pri_wait(leg, PT_T304);
}

/* The far end has sent SETUP ACKNOWLEDGE: what has come meanwhile follows. When it got all that we have, it decides by its own
 * timer, within ours. */
void pri_overlap_acked(struct pri_leg *leg)
{
	if (!leg->overlap) {
		pri_wait(leg, PT_T304);
		return;
	}
	leg->sending = true;
	send(leg, leg->more, leg->more_complete);
	leg->more[0] = '\0';
}

/* It has the whole number, or rings. */
void pri_overlap_enough(struct pri_leg *leg)
{
	leg->overlap = leg->sending = false;
	if (leg->waits_for == PT_T304)
		pri_wait_stop(leg);
}

int pri_overlap_more(struct leg *l, const char *digits, bool complete)
{
	struct pri_leg *leg = (struct pri_leg *)l;
	size_t n = strlen(leg->more);

	if (leg->leg.incoming || !leg->overlap || !leg->call || leg->stage > PS_PROGRESSING)
		return -EALREADY;
	if (leg->sending) {
		send(leg, digits, complete);
		return 0;
	}
	if (n + strlen(digits) >= sizeof(leg->more))
		return -ENOSPC;
	strcpy(leg->more + n, digits);
	leg->more_complete = complete;
	return 0;
}
