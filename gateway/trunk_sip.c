/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A trunk that is a SIP peer; see trunk.h. The user agent keeps the peer, known to it by the trunk's name. Loop thread. */
#include <stdio.h>

#include "gateway/trunk.h"

static int sip_call(struct trunk *t, const struct leg_offer *offer, leg_event_fn *fn, void *arg, struct leg **out)
{
	int err = sip_ua_call(t->gw->ua, t->name, offer, fn, arg, out);

	return err ? sip_call_error_cause(err) : 0;
}

static bool sip_in_service(const struct trunk *t, char *why, size_t size)
{
	struct sip_peer_info p;

	if (!sip_ua_peer(t->gw->ua, t->name, &p)) {
		snprintf(why, size, "no such peer any more");
		return false;
	}
	if (!p.up)
		snprintf(why, size, "%s", p.why);
	return p.up;
}

static void sip_detail(const struct trunk *t, char *buf, size_t size)
{
	struct sip_peer_info p;

	buf[0] = 0;
	if (sip_ua_peer(t->gw->ua, t->name, &p))
		snprintf(buf, size, "%s, %u calls in, %u out", p.address, p.calls_in, p.calls_out);
}

static void sip_alarms(const struct trunk *t, trunk_alarm_fn *fn, void *arg)
{
	struct sip_peer_info p;
	char text[120];

	if (!sip_ua_peer(t->gw->ua, t->name, &p) || p.up)
		return;
	snprintf(text, sizeof(text), "peer is down: %s", p.why);
	fn(arg, 0, text);
}

const struct trunk_kind trunk_sip = {
	.name = "sip",
	.call = sip_call,
	.in_service = sip_in_service,
	.detail = sip_detail,
	.alarms = sip_alarms,
};
