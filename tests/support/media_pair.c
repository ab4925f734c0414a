/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/media_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

void media_pair_open(struct media_pair *p, unsigned keep_ms)
{
	rig_open(&p->rig, false, 22000);
	p->a = rig_analog(&p->rig, 5, &p->ha, 0);
	p->b = rig_analog(&p->rig, 5 + RIG_FAR, &p->hb, keep_ms);
}

void media_pair_close(struct media_pair *p)
{
	unsigned want = p->rig.closed + 2;

	media_port_close(p->a);
	media_port_close(p->b);
	assert_true(rig_wait(&p->rig, &p->rig.closed, want, 3000));
	hw_line_close(p->ha);
	hw_line_close(p->hb);
	rig_close(&p->rig);
}

const struct heard *rig_heard(const struct rig *r, enum heard_kind k, unsigned nth)
{
	for (unsigned i = 0; i < r->n_heard && i < RIG_HEARD; i++)
		if (r->heard[i].kind == k && !nth--)
			return &r->heard[i];
	return NULL;
}

void rig_wait_heard(struct rig *r, enum heard_kind k, unsigned times)
{
	for (int i = 0; i < 100 && !rig_heard(r, k, times - 1); i++)
		rig_run(r, 50);
	if (!rig_heard(r, k, times - 1))
		fail_msg("heard %u things, not %u of kind %d", r->n_heard, times, k);
}

void media_call_open(struct media_call *c, uint8_t dtmf, unsigned keep_ms)
{
	media_pair_open(&c->pair, keep_ms);
	c->rtp = rig_rtp(&c->pair.rig, 0, false);
	rig_peer_open(&c->peer, c->rtp);
	rig_remote(c->rtp, &c->peer, HW_ALAW, 20, dtmf, MEDIA_SENDRECV);
	assert_int_equal(media_join(c->pair.a, c->rtp), 0);
}

void media_call_close(struct media_call *c)
{
	rig_port_close(&c->pair.rig, c->rtp);
	media_pair_close(&c->pair);
	rig_peer_close(&c->peer);
}
