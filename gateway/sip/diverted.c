/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A call that its called side sends on by itself while it is set up: 181 (RFC 3261 21.1.3) and History-Info in responses (RFC 7044 9.3),
 * each way. What a trunk sends of it, its diversion: says.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/sip/diversion.h"
#include "gateway/sip/identity.h"
#include "gateway/sip/internal.h"

/* To the caller: 181, and from here on where the call is. */
int sip_diverted(struct leg *leg, const struct leg_divert *to)
{
	struct sip_leg *l = (struct sip_leg *)leg;
	enum conf_diversion which = l->peer->conf.diversion;
	struct leg_offer o = { .redirecting = l->called, .redirect_reason = to->reason, .redirect_count = 1 };
	char target[IDENTITY_URI_MAX], value[DIVERSION_MAX], line[DIVERSION_MAX + 16];

	if (l->state != SIP_OFFERED)
		return -EALREADY;
	if (to->to.digits[0] && l->called.digits[0] && to->to.presentation == PRES_ALLOWED &&
	    (which == CONF_DIVERSION_BOTH || which == CONF_DIVERSION_HISTORY_INFO)) {
		identity_uri(&to->to, l->local.hostport, target);
		diversion_history(&o, l->local.hostport, l->peer->conf.trust_identity, target, value);
		snprintf(line, sizeof(line), "History-Info: %s", value);
		free(l->history);
		l->history = strdup(line);
	}
	sip_send_reply(l, l->invite, 181, 0, NULL);
	return 0;
}

static bool same(const struct leg_number *a, const struct leg_number *b)
{
	return !strcmp(a->digits, b->digits) && (a->ton == TON_INTERNATIONAL) == (b->ton == TON_INTERNATIONAL);
}

/* 181 says that it is so, if not always where to; History-Info in any response says where, once for each. */
void sip_diverted_came(struct sip_leg *l, int status, const sip_t *sip)
{
	struct leg_divert d = { .count = 0 };
	struct leg_event ev = { .kind = LEG_DIVERTED, .divert = &d };
	bool where = diversion_target(sip, &d.to, &d.reason);

	if (where ? same(&d.to, &l->called) : status != 181)
		return;
	if (where)
		l->called = d.to;
	leg_report(&l->leg, &ev);
}
