/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a call leaves behind: one record with both legs, and one line in the log. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/call.h"
#include "gateway/cause.h"
#include "gateway/log.h"
#include "gateway/trace.h"
#include "gateway/trunk.h"

void call_record_offer(struct record_leg *r, const struct leg_offer *o)
{
	r->called_npi = o->called.npi;
	r->calling_npi = o->calling.npi;
	snprintf(r->calling_user_raw, sizeof(r->calling_user_raw), "%s", o->calling_user.digits);
	snprintf(r->redirecting_raw, sizeof(r->redirecting_raw), "%s", o->redirecting.digits);
	r->redirecting_ton = o->redirecting.ton;
	r->redirecting_npi = o->redirecting.npi;
	r->redirecting_presentation = o->redirecting.presentation;
	r->redirecting_screening = o->redirecting.screening;
	r->redirect_reason = o->redirect_reason;
	r->redirect_count = o->redirect_count;
	snprintf(r->original_raw, sizeof(r->original_raw), "%s", o->original.digits);
	snprintf(r->date_time, sizeof(r->date_time), "%s", o->raw.date_time);
	snprintf(r->called_ie, sizeof(r->called_ie), "%s", o->raw.hex[ELEMENT_CALLED]);
	snprintf(r->calling_ie, sizeof(r->calling_ie), "%s", o->raw.hex[ELEMENT_CALLING]);
	snprintf(r->calling_user_ie, sizeof(r->calling_user_ie), "%s", o->raw.hex[ELEMENT_CALLING_2]);
	snprintf(r->redirecting_ie, sizeof(r->redirecting_ie), "%s", o->raw.hex[ELEMENT_REDIRECTING]);
}

static void sip_name(const struct leg *leg, struct record_leg *r)
{
	struct sip_leg_info info;

	sip_leg_info(leg, &info);
	snprintf(r->id, sizeof(r->id), "%s", info.call_id);
}

/* Fills what is known of a leg when it is made, and its line when it becomes known. TRUNK NULL: the same. */
void call_record_leg(struct call_leg *cl, const char *trunk)
{
	struct call *c = cl->call;
	struct record_leg *r = &cl->rec;
	char title[160];

	if (trunk) {
		memset(r, 0, sizeof(*r));
		cl->closing = NULL;
		snprintf(r->trunk, sizeof(r->trunk), "%s", trunk);
		snprintf(r->called, sizeof(r->called), "%s", c->number);
		snprintf(r->calling, sizeof(r->calling), "%s", c->from);
	}
	if (cl == &c->in && trunk) {
		snprintf(r->called_raw, sizeof(r->called_raw), "%s", c->offer.called.digits);
		snprintf(r->calling_raw, sizeof(r->calling_raw), "%s", c->offer.calling.digits);
		r->called_ton = c->offer.called.ton;
		r->calling_ton = c->offer.calling.ton;
		r->presentation = c->offer.calling.presentation;
		r->screening = c->offer.calling.screening;
		snprintf(r->id, sizeof(r->id), "%s", c->offer.id);
		call_record_offer(r, &c->offer);
	}
	if (cl->leg && !strcmp(cl->leg->ops->name, "sip") && !r->id[0])
		sip_name(cl->leg, r);
	if (cl->leg && cl->leg->line)
		gateway_line_name(c->gw, cl->leg->line, r->line, sizeof(r->line));
	trace_call_leg(c->gw->trace, c, cl->leg && cl->leg->line ? cl->leg->line->span : 0,
		       cl->leg && !strcmp(cl->leg->ops->name, "sip") ? r->id : "");
	snprintf(title, sizeof(title), "%s%s%s", r->trunk, r->line[0] ? " " : "", r->line);
	ladder_title(c->gw->ladder, c->id, cl->side, title);
}

void call_record_transfer(struct call *c, const struct call_leg *by)
{
	const struct record_leg *r = &by->rec;

	snprintf(c->rec.transferred_by, sizeof(c->rec.transferred_by), "%s %s", r->trunk, by->leg && by->leg->incoming ? r->calling : r->called);
}

void call_record_cause(struct call_leg *cl, const struct leg *leg, const struct leg_event *cleared)
{
	const struct leg_cause *c = &cleared->cause;
	struct record_leg *r = &cl->rec;

	r->cause = c->q850;
	r->location = c->location;
	r->sip = c->sip;
	r->far_end = cleared->by_far_end;
	snprintf(r->cause_by, sizeof(r->cause_by), "%s", c->by && !strcmp(leg->ops->name, "sip") ? c->by : "");
	snprintf(r->cause_from, sizeof(r->cause_from), "%s", cleared->by_far_end ? cause_location_name(c->location) : "");
	r->cause_raw[0] = 0;
	for (unsigned i = 0; i < c->n_raw && cleared->by_far_end; i++)
		snprintf(r->cause_raw + 2 * i, 3, "%02x", c->raw[i]);
}

static void log_end(const struct call *c)
{
	const struct call_record *r = &c->rec;
	char talked[32] = "not answered";

	if (r->answer_ms)
		snprintf(talked, sizeof(talked), "%.1f s", (double)(r->end_ms - r->answer_ms) / 1000);
	log_line(LOG_L_INFO, "call %llu %s%s%s -> %s%s%s: %s, cause %d (%s), %s", (unsigned long long)r->id,
		 r->in.trunk, r->in.line[0] ? " " : "", r->in.line, r->out.trunk[0] ? r->out.trunk : "nowhere",
		 r->out.line[0] ? " " : "", r->out.line, talked, r->cause, cause_name(r->cause), r->why);
}

void call_record_write(struct call *c)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	c->rec.end_ms = (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
	c->rec.in = c->in.rec;
	c->rec.out = c->out.rec;
	log_end(c);
	records_put(c->gw->records, &c->rec);
}
