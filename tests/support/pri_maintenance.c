/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/pri_maintenance.c: see pri_maintenance.h. */
#include "tests/support/pri_maintenance.h"

#include <string.h>

struct service_seen seen;
struct service_altered alter;

void service_becomes(int chan, const void *elements, size_t n)
{
	alter.chan = chan;
	alter.n = n;
	memcpy(alter.elements, elements, n);
}

size_t service_alter(uint8_t *frame, size_t elements_at)
{
	memcpy(frame + elements_at, alter.elements, alter.n);
	return elements_at + alter.n;
}

/* Layer 2 must see the frame, so it is of a protocol that nobody has. */
bool maintenance_tap(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	struct q931_msg m;
	int chan;

	(void)b;
	if (alter.cut)
		return false;
	if (!q931_read(frame, *len, &m, NULL))
		return true;
	seen.restart[span] += m.pd == Q931_PD && m.type == 0x46;
	if (m.service == Q931_NO_SERVICE)
		return true;
	chan = frame[*len - 1] & 0x7f;
	if (span == 2 && m.service == Q931_SERVICE_ACK && (alter.lose_acks || alter.lose_ack == chan)) {
		frame[4] = 0x4f;
		return true;
	}
	if (span == 2 && m.service == Q931_SERVICE && alter.chan == chan) {
		*len = service_alter(frame, m.elements_at);
		q931_read(frame, *len, &m, NULL);
	}
	seen.service[span] += m.service == Q931_SERVICE;
	seen.ack[span] += m.service == Q931_SERVICE_ACK;
	seen.out[span] += m.service == Q931_SERVICE && m.status == PRI_FAR_OUT;
	seen.pd = m.pd;
	seen.n = *len - m.elements_at < sizeof(seen.at) ? *len - m.elements_at : sizeof(seen.at);
	memcpy(seen.at, frame + m.elements_at, seen.n);
	return true;
}

void maintenance_forget(void)
{
	memset(&seen, 0, sizeof(seen));
	memset(&alter, 0, sizeof(alter));
}

struct bench *maintenance_open(enum pri_dialect dialect, enum pri_service_messages how)
{
	struct bench *b = bench_open(&(struct bench_conf){ .type = HW_SPAN_T1, .dialect = dialect, .service_messages = how,
							   .tap = maintenance_tap });

	b->end[NET].offered = b->end[USER].offered = bench_answer;
	return b;
}

struct bench *maintenance_open_4ess(void)
{
	struct bench *b;

	maintenance_forget();
	b = maintenance_open(PRI_4ESS, PRI_SERVICE_AUTO);
	bench_run(b, 1000);
	return b;
}
