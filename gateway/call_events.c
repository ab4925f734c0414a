/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/call_events.c: what the legs of a call report, and what becomes of the call and its other leg. Loop thread. */
#include "gateway/call.h"

#include <stdio.h>
#include <string.h>

#include "gateway/cause.h"
#include "gateway/trunk.h"

/* --- A leg ends -------------------------------------------------------------------------------- */

static const char *sentence(const struct call *c, const struct call_leg *cl, const struct leg_event *ev, char *buf, size_t size)
{
	const struct leg_cause *cause = &ev->cause;
	bool in = cl == &c->in;

	if (ev->how && !strcmp(ev->how, "transfer"))
		return "the exchange has joined its two calls";
	if (ev->how && !strcmp(ev->how, "deflection"))
		return "the exchange has sent the call on";
	if (cause->q850 == 16 && c->rec.answer_ms)
		return in ? "the calling side hung up" : "the called side hung up";
	if (in)
		return c->rec.answer_ms ? "the calling side cleared the call" : "the calling side gave up";
	if (cause->text[0])
		snprintf(buf, size, "the called side: %s (%s)", cause_name(cause->q850), cause->text);
	else
		snprintf(buf, size, "the called side: %s", cause_name(cause->q850));
	return buf;
}

static void leg_gone(struct call_leg *cl, struct leg *leg, const struct leg_event *ev)
{
	struct call *c = cl->call;
	struct leg_cause cause = ev->cause;
	char buf[200];

	if (cl == &c->referrer) {
		call_referrer_gone(c);
		return;
	}
	call_leg_stats(cl, leg);
	call_record_cause(cl, leg, ev);
	cl->leg = NULL;
	call_unjoin(cl);
	call_part(c);
	if (cl == &c->out && cl->trunk) {
		cl->trunk->calls--;
		cl->trunk = NULL;
	}
	if (c->state == CALL_CLEARING) {
		if (ev->how && !strcmp(ev->how, "transfer")) {	/* an exchange may say so with the end of the second call only */
			snprintf(c->rec.cleared_how, sizeof(c->rec.cleared_how), "%s", ev->how);
			snprintf(c->rec.why, sizeof(c->rec.why), "%s", sentence(c, cl, ev, buf, sizeof(buf)));
		}
		call_maybe_free(c);
		return;
	}
	if (cl == &c->out && c->referring) {
		call_refer_next(c, cause.q850);
		return;
	}
	if (cl == &c->out && c->divert && call_divert_go(c))
		return;
	if (cl == &c->out && c->state != CALL_UP && cause_reroutes(cause.q850) && call_try_next(c))
		return;
	if (cl == &c->out && c->state != CALL_UP && c->state != CALL_CLEARING && call_as_sound(c, cause.q850))
		return;
	if (ev->how)
		snprintf(c->rec.cleared_how, sizeof(c->rec.cleared_how), "%s", ev->how);
	if (c->state == CALL_CLEARING)
		return;
	call_extra(cl, ev);
	call_end(c, &cause, cl == &c->in ? "in" : "out", sentence(c, cl, ev, buf, sizeof(buf)));
}

/* Its far end has cleared, and only the line is not free yet: whoever is at the other end hears of it now. Where the call may go on
 * to another destination it is waited for: that is decided when the leg is gone. */
static void leg_clearing(struct call_leg *cl, const struct leg_event *ev)
{
	struct call *c = cl->call;
	char buf[200];

	if (c->state == CALL_CLEARING)
		return;
	if (cl == &c->out && (c->referring || c->divert || (c->state != CALL_UP && (cause_reroutes(ev->cause.q850) ||
										    call_may_be_sound(c, ev->cause.q850)))))
		return;
	if (ev->how)
		snprintf(c->rec.cleared_how, sizeof(c->rec.cleared_how), "%s", ev->how);
	call_extra(cl, ev);
	call_end(c, &ev->cause, cl == &c->in ? "in" : "out", sentence(c, cl, ev, buf, sizeof(buf)));
}

/* --- Both legs --------------------------------------------------------------------------------- */

static void alerted(struct call *c, const struct leg_event *ev)
{
	bool inband;

	if (!c->rec.alert_ms)
		c->rec.alert_ms = call_wall_us(c) / 1000;
	if (c->state == CALL_DIALING)
		call_set_state(c, CALL_ALERTING);
	if (ev->inband)
		call_join(c);
	call_extra(&c->out, ev);
	inband = call_progress(c, ev);
	if (c->in.leg)
		leg_alert(c->in.leg, inband);
}

static void progressed(struct call *c, const struct leg_event *ev)
{
	bool inband = call_progress(c, ev);

	if (ev->inband)
		call_heard(c);
	if (ev->inband)
		call_join(c);
	if (c->in.leg)
		leg_progress(c->in.leg, inband, ev->cause.q850 ? &ev->cause : NULL);
}

static void answered(struct call *c, const struct leg_event *ev)
{
	c->rec.answer_ms = call_wall_us(c) / 1000;
	if (ev->how)
		snprintf(c->rec.answered_how, sizeof(c->rec.answered_how), "%s", ev->how);
	c->answer_us = loop_now_us();
	call_set_state(c, CALL_UP);
	call_join(c);
	call_progress(c, ev);
	call_connected_answer(c, ev);
}

static void out_event(struct call *c, const struct leg_event *ev)
{
	if (c->transferring)
		call_transfer_event(c, ev);
	if (c->state == CALL_CLEARING || c->state == CALL_UP)
		return;
	if (ev->kind != LEG_PROGRESS)
		call_overlap_enough(c);
	if (ev->kind == LEG_ALERTING)
		alerted(c, ev);
	else if (ev->kind == LEG_PROGRESS || (ev->kind == LEG_PROCEEDING && ev->inband))
		progressed(c, ev);
	else if (ev->kind == LEG_ANSWERED)
		answered(c, ev);
}

/* One end has put the call on hold, or taken it back: the other is told, where it can be. */
static void held(struct call *c, struct call_leg *cl, bool on)
{
	struct leg *other = cl == &c->in ? c->out.leg : c->in.leg;

	call_note(c, on ? "held" : "resumed", "by the %s side", cl == &c->in ? "calling" : "called");
	if (!other || c->state != CALL_UP)
		return;
	if (on)
		leg_hold(other);
	else
		leg_resume(other);
}

/* Digits go from end to end with the audio. A hook flash is for the exchange at the other end, where that is one. */
static void digit(struct call *c, const struct call_leg *cl, const struct leg_event *ev)
{
	const struct call_leg *other = cl == &c->in ? &c->out : &c->in;

	ladder_step(c->gw->ladder, c->id, call_wall_us(c), cl->side, "media", false, "digit", (const char[]){ ev->digit, 0 });
	if (ev->digit == '!' && c->state == CALL_UP && other->leg && other->trunk && other->trunk->fxo)
		leg_digit(other->leg, '!', 0);
}

void call_leg_event(void *arg, struct leg *leg, const struct leg_event *ev)
{
	struct call_leg *cl = arg;
	struct call *c = cl->call;

	if (cl == &c->referrer && ev->kind != LEG_CLEARED)
		return;
	switch (ev->kind) {
	case LEG_CLEARED:
		leg_gone(cl, leg, ev);
		return;
	case LEG_CLEARING:
		leg_clearing(cl, ev);
		return;
	case LEG_REFER:
		call_refer(cl, ev->divert);
		return;
	case LEG_DIVERT:
		call_divert(cl, ev);
		return;
	case LEG_DIVERTED:
		call_diverted(cl, ev->divert);
		return;
	case LEG_CHARGE:
		call_charge(cl, ev->charge);
		return;
	case LEG_MALICIOUS:
		call_malicious(cl, ev->how);
		return;
	case LEG_AUDIO:
		if (c->joined && c->state != CALL_CLEARING)
			call_join(c);
		if (c->ringback && c->state != CALL_CLEARING)
			call_ring_tone(c, true);
		call_record_leg(cl, NULL);
		return;
	case LEG_DIGIT:
		if (!call_overlap_digit(c, cl, ev->digit))
			digit(c, cl, ev);
		return;
	case LEG_COMPLETE:
		call_overlap_complete(c);
		return;
	case LEG_DISCONNECT:
		call_farewell(cl, ev);
		return;
	case LEG_CONNECTED:
		call_connected_change(cl, ev);
		return;
	case LEG_JOIN:
		call_transfer(cl, ev->other);
		return;
	case LEG_HELD:
	case LEG_RESUMED:
		held(c, cl, ev->kind == LEG_HELD);
		return;
	default:
		if (cl == &c->out)
			out_event(c, ev);
	}
}
