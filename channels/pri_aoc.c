/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_aoc.c: advice of charge (EN 300 182-1): the rates at the start (AOC-S), what a call has cost so far (AOC-D) and in
 * all (AOC-E), as the exchange tells; passed on to a PBX when we are the network side and it came from the other leg of the call.
 * Loop thread.
 *
 * libpri 1.6.0, found by trial: of EuroISDN only (NI2: an error); AOC-D goes at once as FACILITY, AOC-E with the next
 * message of the call, which is what clears it.
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

/* The rates for people; the last of several is kept, which is that of the conversation. */
static void rates(struct leg_charge *c, const struct pri_subcmd_aoc_s *s)
{
	static const char *const scales[] = {"1/100 s", "1/10 s", "s", "10 s", "min", "h", "days"};

	for (int i = 0; i < s->num_items && i < (int)(sizeof(s->item) / sizeof(s->item[0])); i++) {
		const struct pri_aoc_s_element *e = &s->item[i];
		const struct pri_aoc_duration *d = &e->rate.duration;
		int64_t m;

		if (e->rate_type == PRI_AOC_RATE_TYPE_FREE || e->rate_type == PRI_AOC_RATE_TYPE_FREE_FROM_BEGINNING) {
			c->free = s->num_items == 1;
			snprintf(c->text, sizeof(c->text), "free");
		} else if (e->rate_type == PRI_AOC_RATE_TYPE_DURATION) {
			m = thousandths(&d->amount);
			snprintf(c->text, sizeof(c->text), "%lld.%03lld %s every %ld %s", (long long)m / 1000,
				 (long long)m % 1000, d->currency, d->time.length,
				 d->time.scale >= 0 && d->time.scale <= PRI_AOC_TIME_SCALE_DAY ? scales[d->time.scale] : "?");
		} else if (e->rate_type == PRI_AOC_RATE_TYPE_FLAT) {
			m = thousandths(&e->rate.flat.amount);
			snprintf(c->text, sizeof(c->text), "%lld.%03lld %s flat", (long long)m / 1000,
				 (long long)m % 1000, e->rate.flat.currency);
		}
	}
}

void pri_aoc_came(struct pri_leg *leg, const struct pri_subcommand *s)
{
	struct leg_charge c = {.units = -1};
	struct leg_event ev = {.kind = LEG_CHARGE, .charge = &c};

	if (s->cmd == PRI_SUBCMD_AOC_S) {
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

static int charge_of(const struct leg_charge *c, struct pri_aoc_recorded_currency *m, struct pri_aoc_recorded_units *u)
{
	if (c->free)
		return PRI_AOC_DE_CHARGE_FREE;
	if (c->currency[0]) {
		m->amount.cost = (long)c->thousandths;
		m->amount.multiplier = PRI_AOC_MULTIPLIER_THOUSANDTH;
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

/* What a call costs so far, or in all, to a PBX whose trunk has the service. */
int pri_leg_charge(struct leg *l, const struct leg_charge *charge)
{
	struct pri_leg *leg = (struct pri_leg *)l;
	struct pri_subcmd_aoc_d d;
	struct pri_subcmd_aoc_e e;

	if (leg->link->trunk->conf.side != PRI_NETWORK || !pri_has(leg->link, PRI_SERVICE_AOC) || charge->when == 'S')
		return -EOPNOTSUPP;
	if (leg->stage >= PS_CLEARING || !leg->call)
		return -EALREADY;
	memset(&d, 0, sizeof(d));
	memset(&e, 0, sizeof(e));
	if (charge->when == 'D') {
		d.charge = charge_of(charge, &d.recorded.money, &d.recorded.unit);
		d.billing_accumulation = 1;
		return pri_aoc_d_send(leg->link->pri, leg->call, &d) ? -EIO : 0;
	}
	e.charge = charge_of(charge, &e.recorded.money, &e.recorded.unit);
	return pri_aoc_e_send(leg->link->pri, leg->call, &e) ? -EIO : 0;
}
