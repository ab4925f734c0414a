/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who calls, who is called and who answered, from one leg of a call to the other: each number through the inside
 * form, by the rules of the trunk it came on and of the one it goes out on; what belongs to it beside the digits
 * (presentation, name, subaddress, user-user information) as it came. See trunks.yaml(5), NUMBERS.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/call.h"
#include "gateway/log.h"
#include "gateway/trunk.h"

/* IN, as it came on FROM, for trunk TO. */
static void carry(const struct trunk *from, const struct trunk *to, const struct leg_number *in, struct leg_number *out)
{
	char inside[NUMBER_MAX];

	*out = *in;
	if (!from || !to || !in->digits[0])
		return;
	trunk_read_number(from, in, inside);
	trunk_write_number(to, true, inside, out);
	out->presentation = in->presentation;
	out->screening = in->screening;
}

/* --- An offer goes out ---------------------------------------------------------------------------- */

/* A calling number that the trunk does not let out goes no further: its default takes the place, or none. The
 * network at the other end must not hear of a number that is not this site's; for emergency calls too. */
static void restrict_calling(struct call *c, const struct trunk *t, struct leg_offer *o)
{
	const struct number_rules *r = &t->rules;
	char user[NUMBER_MAX];
	bool allowed = c->from[0] && number_allowed(r, c->from);

	trunk_read_number(c->in.trunk ? c->in.trunk : t, &c->offer.calling_user, user);
	if (o->calling_user.digits[0] && !number_allowed(r, user))
		memset(&o->calling_user, 0, sizeof(o->calling_user));
	c->out_rule[0] = 0;
	if (allowed || (!c->from[0] && !r->calling_default[0]))
		return;
	memset(&o->calling_sub, 0, sizeof(o->calling_sub));
	o->calling.screening = SCREEN_NONE;
	if (r->calling_default[0]) {
		uint8_t presentation = o->calling.presentation == PRES_RESTRICTED ? PRES_RESTRICTED : PRES_ALLOWED;

		trunk_write_number(t, true, r->calling_default, &o->calling);
		o->calling.presentation = presentation;
		snprintf(c->out_rule, sizeof(c->out_rule), "%s", c->from[0] ? "replaced" : "added");
	} else {
		memset(&o->calling, 0, sizeof(o->calling));
		o->calling.presentation = PRES_UNAVAILABLE;
		o->calling_name[0] = 0;
		snprintf(c->out_rule, sizeof(c->out_rule), "withheld");
	}
	call_note(c, "calling number", "%s: %s on %s", c->from[0] ? c->from : "none", c->out_rule, t->name);
}

static void redirections(const struct call *c, const struct trunk *t, struct leg_offer *o)
{
	const struct leg_offer *in = &c->offer;

	if (!c->redirecting[0] && !in->redirect_count)
		return;
	carry(c->in.trunk, t, &in->redirecting, &o->redirecting);
	carry(c->in.trunk, t, &in->original, &o->original);
	o->redirect_reason = in->redirect_reason;
	o->original_reason = in->original_reason;
	o->redirect_count = in->redirect_count;
}

void call_numbers_offer(struct call *c, const struct trunk *t, struct leg_offer *o)
{
	if (c->from[0])
		trunk_write_number(t, true, c->from, &o->calling);
	o->calling.presentation = c->offer.calling.presentation;
	o->calling.screening = c->offer.calling.screening;
	snprintf(o->calling_name, sizeof(o->calling_name), "%s", c->offer.calling_name);
	carry(c->in.trunk, t, &c->offer.calling_user, &o->calling_user);
	o->called_sub = c->offer.called_sub;
	o->calling_sub = c->offer.calling_sub;
	o->uui = c->offer.uui;
	if (strcmp(c->offer.keypad, c->offer.called.digits) != 0)
		memcpy(o->keypad, c->offer.keypad, sizeof(o->keypad));
	redirections(c, t, o);
	restrict_calling(c, t, o);
}

/* --- Answers come back ----------------------------------------------------------------------------- */

void call_connected_record(struct record_leg *r, const struct leg_event *ev)
{
	snprintf(r->connected_raw, sizeof(r->connected_raw), "%s", ev->connected.digits);
	r->connected_ton = ev->connected.ton;
	r->connected_npi = ev->connected.npi;
	r->connected_presentation = ev->connected.presentation;
	r->connected_screening = ev->connected.screening;
	if (!ev->raw)
		return;
	snprintf(r->connected_ie, sizeof(r->connected_ie), "%s", ev->raw->hex[ELEMENT_CONNECTED]);
	snprintf(r->date_time, sizeof(r->date_time), "%s", ev->raw->date_time);
}

static bool any(const struct leg_extra *x)
{
	return x->uui.len || x->connected_sub.len || x->connected_name[0];
}

/* What came along with EV of leg CL goes along with the next message of the other. */
void call_extra(struct call_leg *cl, const struct leg_event *ev)
{
	struct call_leg *other = cl == &cl->call->in ? &cl->call->out : &cl->call->in;

	if (other->leg && any(&ev->extra))
		leg_with(other->leg, &ev->extra);
}

/* The called side has answered: so does the calling one, with the connected number as its trunk writes it. */
void call_connected_answer(struct call *c, const struct leg_event *ev)
{
	struct leg_number connected;
	bool known = ev->connected.digits[0] || ev->connected.presentation;

	call_connected_record(&c->out.rec, ev);
	carry(c->out.trunk, c->in.trunk, &ev->connected, &connected);
	call_extra(&c->out, ev);
	if (c->in.leg)
		leg_answer(c->in.leg, known ? &connected : NULL);
}

/* Another one is at CL's end now, and the other end is told. */
void call_connected_change(struct call_leg *cl, const struct leg_event *ev)
{
	struct call *c = cl->call;
	struct call_leg *other = cl == &c->in ? &c->out : &c->in;
	struct leg_number connected;

	if (c->state != CALL_UP || !other->leg)
		return;
	call_connected_record(&cl->rec, ev);
	carry(cl->trunk, other->trunk, &ev->connected, &connected);
	call_note(c, "connected", "%s is at the %s side now", ev->connected.digits[0] ? ev->connected.digits : "no number",
		  cl == &c->in ? "calling" : "called");
	call_extra(cl, ev);
	leg_connected(other->leg, &connected);
}

/* The called side has sent the call on by itself. Told on, where the calling side can be; it changes nothing here. */
void call_diverted(struct call_leg *cl, const struct leg_divert *to)
{
	struct call *c = cl->call;
	struct leg_divert d = *to;

	if (cl != &c->out || !c->in.leg || (c->state != CALL_DIALING && c->state != CALL_ALERTING))
		return;
	call_note(c, "diverted", "by the called side, to %s", to->to.digits[0] ? to->to.digits : "a number that it does not tell");
	carry(c->out.trunk, c->in.trunk, &to->to, &d.to);
	leg_diverted(c->in.leg, &d);
}

/* Who is at ABOUT's end, as it said itself; else the number that it called from, or was called by. Who hides that he answered must not
 * be told by the number that was called for him. */
static bool who_is_there(const struct call_leg *about, const struct trunk *to, struct leg_number *out)
{
	const struct record_leg *r = &about->rec;
	struct leg_number said = { .ton = r->connected_ton, .npi = r->connected_npi, .presentation = r->connected_presentation,
				   .screening = r->connected_screening };
	bool calls = about->leg && about->leg->incoming;
	const char *number = calls ? r->calling : r->called;

	snprintf(said.digits, sizeof(said.digits), "%s", r->connected_raw);
	if (said.digits[0] || said.presentation == PRES_RESTRICTED) {
		carry(about->trunk, to, &said, out);
		return true;
	}
	if (number[0])
		trunk_write_number(to, true, number, out);
	if (calls)
		out->presentation = r->presentation;
	return number[0];
}

/* CL talks to ABOUT after a transfer that was made here. */
static void tell(struct call_leg *cl, const struct call_leg *about)
{
	struct leg_number n = { .digits = "" };

	if (cl->leg && cl->trunk && who_is_there(about, cl->trunk, &n))
		leg_connected(cl->leg, &n);
}

void call_connected_tell(struct call *c)
{
	tell(&c->in, &c->out);
	tell(&c->out, &c->in);
}
