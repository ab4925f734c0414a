/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_aoc.c: advice of charge (EN 300 182-1): the rates at the start (AOC-S), what a call has cost so far (AOC-D) and in
 * all (AOC-E), as the exchange tells; passed on to a PBX when we are the network side and it came from the other leg of the call.
 * An exchange that tells only who asks is asked in the SETUP (the call-by-call procedure, 9.1.2 there). Loop thread.
 *
 * libpri 1.6.0, found by trial: of EuroISDN only (NI2: an error); AOC-D goes at once as FACILITY, AOC-E with the next
 * message of the call, which is what clears it. An answer to a request goes at once as FACILITY too, and must not be the first
 * answer to a SETUP (Q.931 5.2.5.1): it waits for that.
 */
#include "channels/pri_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

/* Cost times its multiplier (EN 300 182-1 table 1), in thousandths. */
static int64_t thousandths(const struct pri_aoc_amount *a)
{
	static const int32_t times[] = {
		[PRI_AOC_MULTIPLIER_THOUSANDTH] = 1, [PRI_AOC_MULTIPLIER_HUNDREDTH] = 10, [PRI_AOC_MULTIPLIER_TENTH] = 100,
		[PRI_AOC_MULTIPLIER_ONE] = 1000,     [PRI_AOC_MULTIPLIER_TEN] = 10000,    [PRI_AOC_MULTIPLIER_HUNDRED] = 100000,
		[PRI_AOC_MULTIPLIER_THOUSAND] = 1000000,
	};
	bool known = a->multiplier >= 0 && (size_t)a->multiplier < sizeof(times) / sizeof(times[0]);

	if (!known || a->cost < 0 || a->cost > INT32_MAX)
		return 0;
	return (int64_t)a->cost * times[a->multiplier];
}

static void money(struct leg_charge *c, const struct pri_aoc_recorded_currency *m)
{
	c->thousandths = thousandths(&m->amount);
	snprintf(c->currency, sizeof(c->currency), "%s", m->currency[0] ? m->currency : "?");
}

static void units(struct leg_charge *c, const struct pri_aoc_recorded_units *u)
{
	for (int i = 0; i < u->num_items && i < (int)(sizeof(u->item) / sizeof(u->item[0])); i++)
		if (u->item[i].number >= 0 && u->item[i].number <= INT32_MAX)
			c->units = (c->units < 0 ? 0 : c->units) + u->item[i].number;
}

static void so_far(struct leg_charge *c, int charge, const struct pri_aoc_recorded_currency *m,
		   const struct pri_aoc_recorded_units *u)
{
	c->free = charge == PRI_AOC_DE_CHARGE_FREE;
	if (charge == PRI_AOC_DE_CHARGE_CURRENCY)
		money(c, m);
	else if (charge == PRI_AOC_DE_CHARGE_UNITS)
		units(c, u);
}

/* 0: of user-user information and supplementary services, which nobody here passes on. */
static char charged_item(int chargeable)
{
	switch (chargeable) {
	case PRI_AOC_CHARGED_ITEM_BASIC_COMMUNICATION:
		return 'B';
	case PRI_AOC_CHARGED_ITEM_CALL_ATTEMPT:
		return 'A';
	case PRI_AOC_CHARGED_ITEM_CALL_SETUP:
		return 'S';
	default:
		return 0;
	}
}

static void rates(struct leg_charge *c, const struct pri_subcmd_aoc_s *s)
{
	for (int i = 0; i < s->num_items && i < (int)(sizeof(s->item) / sizeof(s->item[0])) && c->n_rates < LEG_RATES_MAX; i++) {
		const struct pri_aoc_s_element *e = &s->item[i];
		const struct pri_aoc_duration *d = &e->rate.duration;
		struct leg_rate r = {.item = charged_item(e->chargeable)};

		if (!r.item)
			continue;
		if (e->rate_type == PRI_AOC_RATE_TYPE_FREE || e->rate_type == PRI_AOC_RATE_TYPE_FREE_FROM_BEGINNING) {
			r.kind = 'F';
		} else if (e->rate_type == PRI_AOC_RATE_TYPE_DURATION) {
			r.kind = 'T';
			r.thousandths = thousandths(&d->amount);
			r.length = d->time.length > 0 ? (uint32_t)d->time.length : 0;
			r.scale = d->time.scale >= 0 && d->time.scale <= PRI_AOC_TIME_SCALE_DAY ? (uint8_t)d->time.scale : 255;
			r.steps = d->charging_type;
			snprintf(r.currency, sizeof(r.currency), "%s", d->currency);
		} else if (e->rate_type == PRI_AOC_RATE_TYPE_FLAT) {
			r.kind = 'L';
			r.thousandths = thousandths(&e->rate.flat.amount);
			snprintf(r.currency, sizeof(r.currency), "%s", e->rate.flat.currency);
		} else {
			continue;
		}
		c->rates[c->n_rates++] = r;
	}
	c->free = c->n_rates == 1 && c->rates[0].kind == 'F';
	leg_charge_text(c);
}

/* What became of our request. False: it was no more than a word. */
static bool answered(struct pri_leg *leg, const struct pri_subcmd_aoc_request_response *r)
{
	int what = r->charging_request & PRI_AOC_REQUEST_S ? 'S' : r->charging_request & PRI_AOC_REQUEST_D ? 'D' : 'E';

	if (r->charging_response <= PRI_AOC_REQ_RSP_ERROR)
		pri_log(leg->link, LOG_NOTICE, "call %u: the exchange gives no AOC-%c: %s", leg->cr, what,
			r->charging_response == PRI_AOC_REQ_RSP_ERROR_NOT_AVAILABLE ? "not available"
			: r->charging_response == PRI_AOC_REQ_RSP_ERROR_TIMEOUT	    ? "no answer"
										    : "refused");
	return r->valid_aoc_s;
}

void pri_aoc_came(struct pri_leg *leg, const struct pri_subcommand *s)
{
	struct leg_charge c = {.units = -1};
	struct leg_event ev = {.kind = LEG_CHARGE, .charge = &c};

	if (s->cmd == PRI_SUBCMD_AOC_CHARGING_REQ_RSP) {
		if (!answered(leg, &s->u.aoc_request_response))
			return;
		c.when = 'S';
		rates(&c, &s->u.aoc_request_response.aoc_s);
	} else if (s->cmd == PRI_SUBCMD_AOC_S) {
		c.when = 'S';
		rates(&c, &s->u.aoc_s);
	} else if (s->cmd == PRI_SUBCMD_AOC_D) {
		c.when = 'D';
		so_far(&c, s->u.aoc_d.charge, &s->u.aoc_d.recorded.money, &s->u.aoc_d.recorded.unit);
	} else {
		c.when = 'E';
		so_far(&c, s->u.aoc_e.charge, &s->u.aoc_e.recorded.money, &s->u.aoc_e.recorded.unit);
	}
	leg_report(&leg->leg, &ev);
}

/* --- To a PBX ---------------------------------------------------------------------------------- */

#define COST_MAX 16777215 /* of an amount before its multiplier (EN 300 182-1 table 1) */

static void amount(int64_t cost, struct pri_aoc_amount *a)
{
	a->multiplier = PRI_AOC_MULTIPLIER_THOUSANDTH;
	for (; cost > COST_MAX && a->multiplier < PRI_AOC_MULTIPLIER_THOUSAND; cost /= 10)
		a->multiplier++;
	a->cost = cost > COST_MAX ? COST_MAX : (long)cost;
}

static int charge_of(const struct leg_charge *c, struct pri_aoc_recorded_currency *m, struct pri_aoc_recorded_units *u)
{
	if (c->free)
		return PRI_AOC_DE_CHARGE_FREE;
	if (c->currency[0]) {
		amount(c->thousandths, &m->amount);
		snprintf(m->currency, sizeof(m->currency), "%s", c->currency);
		return PRI_AOC_DE_CHARGE_CURRENCY;
	}
	if (c->units >= 0) {
		u->num_items = 1;
		u->item[0].number = c->units;
		u->item[0].type = -1;
		return PRI_AOC_DE_CHARGE_UNITS;
	}
	return PRI_AOC_DE_CHARGE_NOT_AVAILABLE;
}

static void rate_out(const struct leg_rate *r, struct pri_aoc_s_element *e)
{
	e->chargeable = r->item == 'A' ? PRI_AOC_CHARGED_ITEM_CALL_ATTEMPT : r->item == 'S' ? PRI_AOC_CHARGED_ITEM_CALL_SETUP :
			PRI_AOC_CHARGED_ITEM_BASIC_COMMUNICATION;
	if (r->kind == 'T') {
		e->rate_type = PRI_AOC_RATE_TYPE_DURATION;
		amount(r->thousandths, &e->rate.duration.amount);
		e->rate.duration.time.length = r->length;
		e->rate.duration.time.scale = r->scale;
		e->rate.duration.charging_type = r->steps;
		snprintf(e->rate.duration.currency, sizeof(e->rate.duration.currency), "%s", r->currency);
	} else if (r->kind == 'L') {
		e->rate_type = PRI_AOC_RATE_TYPE_FLAT;
		amount(r->thousandths, &e->rate.flat.amount);
		snprintf(e->rate.flat.currency, sizeof(e->rate.flat.currency), "%s", r->currency);
	} else {
		e->rate_type = PRI_AOC_RATE_TYPE_FREE;
	}
}

/* As FACILITY, which may not be the first answer to a SETUP. */
static int send_rates(struct pri_leg *leg, const struct leg_charge *charge)
{
	struct pri_subcmd_aoc_s s;

	if (!charge->n_rates)
		return -EOPNOTSUPP;
	if (leg->stage < PS_SENT)
		return -EALREADY;
	memset(&s, 0, sizeof(s));
	for (unsigned i = 0; i < charge->n_rates; i++)
		rate_out(&charge->rates[i], &s.item[s.num_items++]);
	return pri_aoc_s_send(leg->link->pri, leg->call, &s) ? -EIO : 0;
}

/* What a call costs so far, or in all, to a PBX whose trunk has the service. */
int pri_leg_charge(struct leg *l, const struct leg_charge *charge)
{
	struct pri_leg *leg = (struct pri_leg *)l;
	struct pri_subcmd_aoc_d d;
	struct pri_subcmd_aoc_e e;

	if (leg->link->trunk->conf.side != PRI_NETWORK || !pri_has(leg->link, PRI_SERVICE_AOC))
		return -EOPNOTSUPP;
	if (leg->stage >= PS_CLEARING || !leg->call)
		return -EALREADY;
	if (charge->when == 'S')
		return send_rates(leg, charge);
	memset(&d, 0, sizeof(d));
	memset(&e, 0, sizeof(e));
	if (charge->when == 'D') {
		d.charge = charge_of(charge, &d.recorded.money, &d.recorded.unit);
		d.billing_accumulation = 1;
		return pri_aoc_d_send(leg->link->pri, leg->call, &d) ? -EIO : 0;
	}
	leg->aoc_due = false;
	e.charge = charge_of(charge, &e.recorded.money, &e.recorded.unit);
	return pri_aoc_e_send(leg->link->pri, leg->call, &e) ? -EIO : 0;
}

/* --- Asked for ----------------------------------------------------------------------------------- */

/* With our SETUP. */
void pri_aoc_ask(struct pri_leg *leg, struct pri_sr *sr)
{
	static const int requests[] = {PRI_AOC_REQUEST_S, PRI_AOC_REQUEST_D, PRI_AOC_REQUEST_E};
	unsigned wanted = leg->link->trunk->conf.aoc_request;
	int asked = 0;

	for (int i = 0; i < 3; i++)
		if (wanted & 1U << i)
			asked |= requests[i];
	if (asked && leg->link->trunk->conf.side == PRI_USER && pri_has(leg->link, PRI_SERVICE_AOC))
		pri_sr_set_aoc_charging_request(sr, asked);
}

/* By the SETUP of a PBX. */
void pri_aoc_asked(struct pri_leg *leg, const struct pri_subcommands *s)
{
	for (int i = 0; s && i < s->counter_subcmd && i < PRI_MAX_SUBCOMMANDS; i++) {
		const struct pri_subcmd_aoc_request *r = &s->subcmd[i].u.aoc_request;

		if (s->subcmd[i].cmd == PRI_SUBCMD_AOC_CHARGING_REQ && leg->n_aoc < sizeof(leg->aoc) / sizeof(leg->aoc[0]))
			leg->aoc[leg->n_aoc++] = (struct pri_aoc_asked){r->charging_request, r->invoke_id};
	}
}

/* An answer to its SETUP has gone, so that those to its requests may. Rates are not ours to tell; the charge is, when the
 * other leg of the call tells it, and "not available" at the end when it never did. */
void pri_aoc_reply(struct pri_leg *leg)
{
	struct pri *pri = leg->link->pri;
	bool has = leg->link->trunk->conf.side == PRI_NETWORK;

	for (unsigned i = 0; i < leg->n_aoc; i++) {
		const struct pri_aoc_asked *a = &leg->aoc[i];

		if (a->what & PRI_AOC_REQUEST_S)
			pri_aoc_s_request_response_send(pri, leg->call, a->invoke, NULL);
		else
			pri_aoc_de_request_response_send(pri, leg->call, has ? PRI_AOC_REQ_RSP_CHARGING_INFO_FOLLOWS
								     : PRI_AOC_REQ_RSP_ERROR_NOT_AVAILABLE, a->invoke);
		leg->aoc_due |= has && a->what & PRI_AOC_REQUEST_E;
	}
	leg->n_aoc = 0;
}

/* The call is about to be cleared from here: what was promised goes with it. */
void pri_aoc_settle(struct pri_leg *leg)
{
	struct pri_subcmd_aoc_e e;

	if (!leg->aoc_due)
		return;
	leg->aoc_due = false;
	memset(&e, 0, sizeof(e));
	e.charge = PRI_AOC_DE_CHARGE_NOT_AVAILABLE;
	pri_aoc_e_send(leg->link->pri, leg->call, &e);
}
