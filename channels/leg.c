/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/leg.c: the leg_ functions: look up the driver's member and call it. A driver that cannot do a
 * thing leaves its member NULL and the caller gets -EOPNOTSUPP, so that the call can go on without it.
 */
#include "channels/leg.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#define LEG_TRACE_MAX 512 /* octets of one line's detail with the ending zero */

void leg_attach(struct leg *leg, leg_event_fn *fn, void *arg)
{
	leg->fn = fn;
	leg->arg = arg;
}

void leg_set_trace(struct leg *leg, leg_trace_fn *fn, void *arg)
{
	leg->trace = fn;
	leg->trace_arg = arg;
	if (fn && leg->ops->traced)
		leg->ops->traced(leg);
}

int leg_proceed(struct leg *leg)
{
	return leg->ops->proceed ? leg->ops->proceed(leg) : -EOPNOTSUPP;
}

int leg_alert(struct leg *leg, bool inband)
{
	return leg->ops->alert ? leg->ops->alert(leg, inband) : -EOPNOTSUPP;
}

int leg_progress(struct leg *leg, bool inband, const struct leg_cause *cause)
{
	return leg->ops->progress ? leg->ops->progress(leg, inband, cause) : -EOPNOTSUPP;
}

int leg_answer(struct leg *leg, const struct leg_number *connected)
{
	return leg->ops->answer ? leg->ops->answer(leg, connected) : -EOPNOTSUPP;
}

int leg_more(struct leg *leg, const char *digits, bool complete)
{
	return leg->ops->more ? leg->ops->more(leg, digits, complete) : -EOPNOTSUPP;
}

int leg_digit(struct leg *leg, char digit, unsigned duration_ms)
{
	return leg->ops->digit ? leg->ops->digit(leg, digit, duration_ms) : -EOPNOTSUPP;
}

int leg_hold(struct leg *leg)
{
	return leg->ops->hold ? leg->ops->hold(leg) : -EOPNOTSUPP;
}

int leg_resume(struct leg *leg)
{
	return leg->ops->resume ? leg->ops->resume(leg) : -EOPNOTSUPP;
}

int leg_transfer(struct leg *leg, const char *to)
{
	return leg->ops->transfer ? leg->ops->transfer(leg, to) : -EOPNOTSUPP;
}

int leg_info(struct leg *leg, const char *display)
{
	return leg->ops->info ? leg->ops->info(leg, display) : -EOPNOTSUPP;
}

int leg_join(struct leg *leg, struct leg *with)
{
	return leg->ops->join ? leg->ops->join(leg, with) : -EOPNOTSUPP;
}

int leg_connected(struct leg *leg, const struct leg_number *connected)
{
	return leg->ops->connected ? leg->ops->connected(leg, connected) : -EOPNOTSUPP;
}

int leg_with(struct leg *leg, const struct leg_extra *extra)
{
	return leg->ops->with ? leg->ops->with(leg, extra) : -EOPNOTSUPP;
}

int leg_divert(struct leg *leg, const struct leg_divert *to)
{
	return leg->ops->divert ? leg->ops->divert(leg, to) : -EOPNOTSUPP;
}

int leg_referred(struct leg *leg, const struct leg_cause *cause)
{
	return leg->ops->referred ? leg->ops->referred(leg, cause) : -EOPNOTSUPP;
}

int leg_diverted(struct leg *leg, const struct leg_divert *to)
{
	return leg->ops->diverted ? leg->ops->diverted(leg, to) : -EOPNOTSUPP;
}

int leg_charge(struct leg *leg, const struct leg_charge *charge)
{
	return leg->ops->charge ? leg->ops->charge(leg, charge) : -EOPNOTSUPP;
}

void leg_charge_text(struct leg_charge *c)
{
	static const char *const scales[] = {"1/100 s", "1/10 s", "s", "10 s", "min", "h", "days"};
	const struct leg_rate *r = c->n_rates ? &c->rates[c->n_rates - 1] : NULL;
	char price[48] = "";

	for (unsigned i = 0; i < c->n_rates; i++)
		if (c->rates[i].item == 'B')
			r = &c->rates[i];
	if (r)
		snprintf(price, sizeof(price), "%lld.%03lld %s", (long long)r->thousandths / 1000, (long long)r->thousandths % 1000,
			 r->currency);
	if (!r)
		c->text[0] = 0;
	else if (r->kind == 'F')
		snprintf(c->text, sizeof(c->text), "free");
	else if (r->kind == 'L')
		snprintf(c->text, sizeof(c->text), "%s flat", price);
	else
		snprintf(c->text, sizeof(c->text), "%s every %lu %s", price, (unsigned long)r->length,
			 r->scale < sizeof(scales) / sizeof(scales[0]) ? scales[r->scale] : "?");
}

int leg_malicious(struct leg *leg)
{
	return leg->ops->malicious ? leg->ops->malicious(leg) : -EOPNOTSUPP;
}

int leg_sound(struct leg *leg, struct leg_offer *offer)
{
	return leg->ops->sound ? leg->ops->sound(leg, offer) : -EOPNOTSUPP;
}

int leg_clear(struct leg *leg, const struct leg_cause *cause)
{
	return leg->ops->clear ? leg->ops->clear(leg, cause) : -EOPNOTSUPP;
}

void leg_report(struct leg *leg, const struct leg_event *ev)
{
	if (leg->fn)
		leg->fn(leg->arg, leg, ev);
}

void leg_trace(struct leg *leg, const char *proto, bool out, const char *what, const char *fmt, ...)
{
	char detail[LEG_TRACE_MAX] = "";
	va_list ap;

	if (!leg->trace)
		return;
	if (fmt) {
		va_start(ap, fmt);
		vsnprintf(detail, sizeof(detail), fmt, ap);
		va_end(ap);
	}
	leg->trace(leg->trace_arg, proto, out, what, detail);
}
