/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A trunk of FXO ports, lines of an exchange; see trunk.h. Loop thread. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/line_audio.h"
#include "gateway/pair_test.h"
#include "gateway/trunk.h"

static void on_offered(void *arg, struct leg *leg, const struct leg_offer *offer)
{
	struct leg_offer o = *offer;

	trunk_own_number(&o.called);
	trunk_own_number(&o.calling);
	if (pair_test_takes(((struct trunk *)arg)->gw, leg, &o))
		return;
	trunk_offered(arg, leg, &o);
}

_Static_assert((int)ANSWER_TIMER == (int)CONF_ANSWER_TIMER && (int)CLEARED_IDLE == (int)CONF_CLEAR_IDLE &&
	       (int)FXO_EVEN == (int)CONF_EVEN && (int)NO_DIALTONE_DIAL == (int)CONF_NO_DIALTONE_DIAL,
	       "conf's enums are the driver's");

static int fxo_open(struct trunk *t, const struct conf_trunk *ct)
{
	const struct conf_fxo *c = &ct->fxo;
	struct fxo_line_conf *lines = calloc((size_t)c->lines.n + 1, sizeof(*lines));
	struct fxo_conf fc = {
		.name = ct->name,
		.lines = lines,
		.n_lines = c->lines.n,
		.hunt = (enum fxo_hunt)ct->hunt,
		.country = site_country(t->gw->site->conf, c->tones),
		.n_answer = c->n_answer,
		.answer_timer_ms = c->answer_timer_ms,
		.clear = c->clear,
		.idle_ms = c->idle_ms,
		.ceiling_ms = c->ceiling_ms,
		.no_answer_ms = c->no_answer_ms,
		.dialtone_wait_ms = c->dialtone_wait_ms,
		.no_dialtone = (enum fxo_no_dialtone)c->no_dialtone,
		.pulse = c->dial == CONF_DIAL_PULSE,
		.dtmf_on_ms = c->dtmf_on_ms,
		.dtmf_off_ms = c->dtmf_off_ms,
		.prefix = c->prefix[0] ? c->prefix : NULL,
		.two_stage = c->two_stage,
		.answer_rings = c->answer_rings,
		.cid = c->cid,
		.ring_min_ms = c->ring_min_ms,
		.guard_ms = c->guard_ms,
		.flash_ms = c->flash_ms,
		.rx_gain_db = c->rx_gain_db,
		.tx_gain_db = c->tx_gain_db,
		.echo_taps = c->echo_taps,
	};
	struct fxo_handlers h = { .offered = on_offered, .log = trunk_log, .arg = t, .audio = &line_audio_media,
				  .audio_arg = t->gw->audios };
	int err = trunk_start(t, c->start, &c->lines);

	t->country = fc.country;
	for (int i = 0; i < c->n_answer; i++)
		fc.answer[i] = (enum fxo_answer)c->answer[i];
	for (int i = 0; lines && i < c->lines.n; i++) {
		lines[i].chan = c->lines.line[i].chan;
		memcpy(lines[i].number, c->lines.line[i].number, sizeof(lines[i].number));
	}
	if (!lines)
		err = -ENOMEM;
	if (!err)
		err = fxo_trunk_open(&t->fxo, t->gw->hw, &fc, &h);
	free(lines);
	return err;
}

static void fxo_close(struct trunk *t)
{
	fxo_trunk_close(t->fxo);
}

static bool fxo_quiet(struct trunk *t)
{
	return fxo_trunk_quiet(t->fxo);
}

static int64_t fxo_service(struct trunk *t, int64_t now_us, const struct timeval *wall)
{
	(void)wall;
	return fxo_trunk_service(t->fxo, now_us);
}

static void fxo_drain(struct trunk *t, bool on)
{
	fxo_trunk_drain(t->fxo, on);
}

static int fxo_call(struct trunk *t, const struct leg_offer *offer, leg_event_fn *fn, void *arg, struct leg **out)
{
	int err = fxo_trunk_call(t->fxo, offer, fn, arg, out);

	return err ? fxo_call_error_cause(err) : 0;
}

/* What has told that calls were over, most often first: "tone 12, battery 3". */
static void put_cleared(const struct fxo_line_info *l, char *buf, size_t size)
{
	size_t at = 0;

	for (int i = 0; i < FXO_CLEARS && at < size; i++)
		if (l->cleared[i])
			at += (size_t)snprintf(buf + at, size - at, "%s%s %u", at ? ", " : "cleared by ",
					       fxo_clear_name((enum fxo_clear)i), l->cleared[i]);
}

static int fxo_lines(const struct trunk *t, struct trunk_line *out, int max)
{
	struct fxo_line_info *l = calloc((size_t)max + 1, sizeof(*l));
	int n = l ? fxo_trunk_lines(t->fxo, l, max) : 0;

	for (int i = 0; i < n && i < max; i++) {
		out[i] = (struct trunk_line){
			.chan = l[i].chan,
			.state = fxo_line_state_name(l[i].state),
			.idle = l[i].state == FXO_IDLE,
			.out_of_service = l[i].state == FXO_OUT,
			.since_us = l[i].since_us,
			.leg = { l[i].leg },
			.calls = l[i].calls,
		};
		snprintf(out[i].name, sizeof(out[i].name), "%.20s/%d", t->name, l[i].port);
		if (l[i].state == FXO_OUT)
			snprintf(out[i].note, sizeof(out[i].note), "%s", l[i].why);
		else
			put_cleared(&l[i], out[i].note, sizeof(out[i].note));
	}
	free(l);
	return n;
}

const struct trunk_kind trunk_fxo = {
	.name = "fxo",
	.open = fxo_open,
	.close = fxo_close,
	.quiet = fxo_quiet,
	.service = fxo_service,
	.drain = fxo_drain,
	.call = fxo_call,
	.in_service = trunk_lines_in_service,
	.detail = trunk_lines_detail,
	.lines = fxo_lines,
	.alarms = trunk_lines_alarms,
};
