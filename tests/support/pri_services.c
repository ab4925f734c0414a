/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/pri_services.c: see pri_services.h. */
#include "tests/support/pri_services.h"

#include <string.h>

struct services_heard heard;

static void on_event(struct bench_leg *l, const struct leg_event *ev)
{
	if (ev->kind == LEG_DIVERTED) {
		heard.sent_on = *ev->divert;
		heard.n_sent_on++;
	} else if (ev->kind == LEG_DIVERT) {
		heard.diverted = *ev->divert;
		*ev->taken = heard.take;
	} else if (ev->kind == LEG_CHARGE && heard.n_charges < 8) {
		heard.charges[heard.n_charges++] = *ev->charge;
	} else if (ev->kind == LEG_JOIN) {
		heard.joined_with = ev->other;
	} else if (ev->kind == LEG_MALICIOUS) {
		heard.malicious[l->end == &l->end->bench->end[NET]] = ev->how;
	}
}

struct bench *services_open_as(const struct bench_conf *conf)
{
	struct bench *b = bench_open(conf);

	b->end[USER].event = b->end[NET].event = on_event;
	memset(&heard, 0, sizeof(heard));
	heard.take = true;
	return b;
}

struct bench *services_open(enum pri_dialect dialect, unsigned user, unsigned net)
{
	return services_open_as(&(struct bench_conf){ .type = dialect == PRI_EUROISDN_E1 ? HW_SPAN_E1 : HW_SPAN_T1,
						      .dialect = dialect, .services = { user, net } });
}

struct bench_leg *services_call(struct bench *b, int end, struct bench_leg **in)
{
	struct bench_leg *out = bench_call_up(b, end, "2079460100");

	*in = b->end[!end].legs;
	return out;
}
