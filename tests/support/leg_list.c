/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/leg_list.c: see the header. */
#include "tests/support/leg_list.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/time.h>

#include "gateway/files.h"
#include "gateway/line_audio.h"
#include "gateway/loop.h"
#include "gateway/media/media.h"

#define STEP_US 20000
#define FXS_PLAN "2079"	/* what the telephone's plan takes as complete, and nothing else */

struct side {
	struct leg *leg;
	unsigned seen[LL_OFFERED + 1], taken[LL_OFFERED + 1]; /* events reported; waited for */
	char text[16384], out[16384];
};
struct leg_list {
	struct loop *loop;
	struct hw *hw;
	struct files *files;
	struct media *media;
	struct line_audios *audios;
	struct fxs_trunk *fxs;
	struct fxo_trunk *fxo;
	int chan[LL_SIDES];
	struct side side[LL_SIDES];
};

/* --- The list ------------------------------------------------------------------------------------------ */

static void put(struct side *s, const char *fmt, ...)
{
	size_t n = strlen(s->text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->text + n, sizeof(s->text) - n, fmt, ap);
	va_end(ap);
}

static void put_number(struct side *s, const char *what, const struct leg_number *n)
{
	put(s, " %s=%s/%u/%u/%u/%u", what, n->digits, n->ton, n->npi, n->presentation, n->screening);
}

static void put_event(struct side *s, const struct leg *leg, const struct leg_event *ev)
{
	static const char *const names[] = {
		[LEG_PROCEEDING] = "proceeding", [LEG_ALERTING] = "alerting", [LEG_PROGRESS] = "progress",
		[LEG_ANSWERED] = "answered",	 [LEG_DIGIT] = "digit",	      [LEG_HELD] = "held",
		[LEG_RESUMED] = "resumed",	 [LEG_JOIN] = "join",	      [LEG_AUDIO] = "audio",
		[LEG_CLEARED] = "cleared",
	};

	put(s, "%s inband=%d progress=%#x port=%d", names[ev->kind], ev->inband, ev->progress, leg->port != NULL);
	if (ev->kind == LEG_DIGIT)
		put(s, " digit=%c duration=%u", ev->digit, ev->duration_ms);
	if (ev->kind == LEG_ANSWERED)
		put_number(s, "connected", &ev->connected);
	if (ev->cause.q850)
		put(s, " cause=%u/%u/%u \"%s\"", ev->cause.q850, ev->cause.location, ev->cause.sip, ev->cause.text);
	put(s, " far=%d how=%s\n", ev->by_far_end, ev->how ? ev->how : "-");
}

static void on_event(void *arg, struct leg *leg, const struct leg_event *ev)
{
	struct side *s = arg;

	put_event(s, leg, ev);
	s->seen[ev->kind]++;
	if (ev->kind == LEG_CLEARED)
		s->leg = NULL;
}

static void on_offered(void *arg, struct leg *leg, const struct leg_offer *o)
{
	struct side *s = arg;

	put(s, "offered");
	put_number(s, "called", &o->called);
	put_number(s, "calling", &o->calling);
	put_number(s, "redirecting", &o->redirecting);
	put(s, " name=\"%s\" redirected=%u/%u bearer=%u complete=%d progress=%#x ring=\"%s\" no-number=%c id=%s source=\"%s\"\n",
	    o->calling_name, o->redirect_reason, o->redirect_count, o->bearer, o->complete, o->progress, o->ring,
	    o->no_number ? o->no_number : '-', o->id, o->source);
	s->seen[LL_OFFERED]++;
	s->leg = leg;
	leg_attach(leg, on_event, s);
}

const char *ll_take(struct leg_list *b, enum ll_side side)
{
	struct side *s = &b->side[side];

	memcpy(s->out, s->text, sizeof(s->out));
	s->text[0] = 0;
	return s->out;
}

/* --- Trunks -------------------------------------------------------------------------------------------- */

static enum fxs_digits on_digits(void *arg, const char *digits)
{
	size_t n = strlen(digits);

	(void)arg;
	return strncmp(digits, FXS_PLAN, n) ? FXS_NONE : n == strlen(FXS_PLAN) ? FXS_COMPLETE : FXS_MORE;
}

static void on_log(void *arg, int level, const char *text)
{
	(void)arg;
	if (level < 6)
		fprintf(stderr, "%s\n", text);
}

static void close_trunks(struct leg_list *b)
{
	for (int i = 0; i < 200; i++) {
		bool quiet = !b->fxs || fxs_trunk_quiet(b->fxs);

		quiet &= !b->fxo || fxo_trunk_quiet(b->fxo);
		if (quiet)
			break;
		loop_step(b->loop, STEP_US);
	}
	fxs_trunk_close(b->fxs);
	fxo_trunk_close(b->fxo);
	b->fxs = NULL;
	b->fxo = NULL;
}

int ll_setup(struct leg_list *b, const struct ll_setup *s)
{
	const struct country *country = country_find(s->country);
	struct fxs_line_conf fxs_line = {.chan = b->chan[LL_FXS], .number = "2079460501", .name = "Workshop"};
	struct fxo_line_conf fxo_line = {.chan = b->chan[LL_FXO], .number = "2079460601"};
	struct fxs_handlers sh = {.offered = on_offered, .digits = on_digits, .log = on_log, .arg = &b->side[LL_FXS],
				  .audio = &line_audio_media, .audio_arg = b->audios};
	struct fxo_handlers oh = {.offered = on_offered, .log = on_log, .arg = &b->side[LL_FXO],
				  .audio = &line_audio_media, .audio_arg = b->audios};
	struct fxs_conf sc = s->fxs;
	struct fxo_conf oc = s->fxo;
	int err;

	close_trunks(b);
	sc.name = "phones";
	oc.name = "copper";
	sc.country = oc.country = country;
	sc.lines = &fxs_line;
	oc.lines = &fxo_line;
	sc.n_lines = oc.n_lines = 1;
	if (!sc.cid) {
		sc.cid = country->cid;
		sc.cid_when = country->cid_when;
		sc.cid_dtas = country->cid_dtas;
	}
	err = fxs_trunk_open(&b->fxs, b->hw, &sc, &sh);
	return err ? err : fxo_trunk_open(&b->fxo, b->hw, &oc, &oh);
}

/* --- The loop ------------------------------------------------------------------------------------------ */

static void on_hw(void *arg, uint32_t events)
{
	struct leg_list *b = arg;

	(void)events;
	hw_service(b->hw, loop_now_us());
}

static void on_media(void *arg, uint32_t events)
{
	struct leg_list *b = arg;

	(void)events;
	media_service(b->media);
}

static void on_files(void *arg, uint32_t events)
{
	struct leg_list *b = arg;

	(void)events;
	files_service(b->files);
}

static int64_t on_turn(void *arg, int64_t now_us)
{
	struct leg_list *b = arg;
	struct timeval wall;
	int64_t s, o;

	gettimeofday(&wall, NULL);
	s = b->fxs ? fxs_trunk_service(b->fxs, now_us, &wall) : -1;
	o = b->fxo ? fxo_trunk_service(b->fxo, now_us) : -1;
	return s < 0 ? o : o < 0 || s < o ? s : o;
}

int ll_open(struct leg_list **out, struct hw *hw, int fxs, int fxo)
{
	struct media_conf mc = {.rtp_first = 20000, .rtp_last = 20010, .realtime = true};
	struct leg_list *b = calloc(1, sizeof(*b));
	int err;

	if (!b)
		return -ENOMEM;
	b->hw = hw;
	b->chan[LL_FXS] = fxs;
	b->chan[LL_FXO] = fxo;
	err = loop_open(&b->loop);
	if (!err)
		err = loop_add_fd(b->loop, hw_fd(hw), EPOLLIN, on_hw, b);
	if (!err)
		err = files_open(&b->files);
	if (!err)
		err = loop_add_fd(b->loop, files_fd(b->files), EPOLLIN, on_files, b);
	mc.files = b->files;
	if (!err)
		err = media_open(&b->media, hw, &mc);
	if (!err)
		err = loop_add_fd(b->loop, media_fd(b->media), EPOLLIN, on_media, b);
	if (!err)
		err = line_audios_open(&b->audios, b->media, "/tmp/leg_list");
	if (!err)
		err = loop_add_turn(b->loop, on_turn, b);
	if (err)
		ll_close(b);
	else
		*out = b;
	return err;
}

void ll_close(struct leg_list *b)
{
	if (b->loop) {
		close_trunks(b);
		loop_del_turn(b->loop, on_turn, b);
		if (b->media)
			loop_del_fd(b->loop, media_fd(b->media));
		if (b->files)
			loop_del_fd(b->loop, files_fd(b->files));
	}
	media_close(b->media);
	line_audios_close(b->audios);
	files_close(b->files);
	if (b->loop) {
		loop_del_fd(b->loop, hw_fd(b->hw));
		loop_close(b->loop);
	}
	free(b);
}

/* --- Calls --------------------------------------------------------------------------------------------- */

int ll_call(struct leg_list *b, enum ll_side side, const struct leg_offer *offer)
{
	struct side *s = &b->side[side];

	for (int i = 0; i < LL_SIDES; i++)
		memcpy(b->side[i].taken, b->side[i].seen, sizeof(b->side[i].seen));
	return side == LL_FXS ? fxs_trunk_call(b->fxs, offer, on_event, s, &s->leg)
			      : fxo_trunk_call(b->fxo, offer, on_event, s, &s->leg);
}

struct leg *ll_leg(const struct leg_list *b, enum ll_side side)
{
	return b->side[side].leg;
}

int ll_wait(struct leg_list *b, enum ll_side side, int kind, int64_t limit_us)
{
	struct side *s = &b->side[side];
	int64_t until = loop_now_us() + limit_us;

	while (s->seen[kind] == s->taken[kind]) {
		if (loop_now_us() >= until)
			return -ETIMEDOUT;
		loop_step(b->loop, STEP_US);
	}
	s->taken[kind]++;
	return 0;
}

void ll_run(struct leg_list *b, unsigned ms)
{
	int64_t until = loop_now_us() + (int64_t)ms * 1000;

	while (loop_now_us() < until)
		loop_step(b->loop, STEP_US);
}

static bool idle(const struct leg_list *b)
{
	struct fxs_line_info s;
	struct fxo_line_info o;

	return fxs_trunk_lines(b->fxs, &s, 1) == 1 && fxo_trunk_lines(b->fxo, &o, 1) == 1 && s.state == FXS_IDLE &&
	       !s.off_hook && o.state == FXO_IDLE && !ll_leg(b, LL_FXS) && !ll_leg(b, LL_FXO);
}

int ll_idle(struct leg_list *b, int64_t limit_us)
{
	int64_t until = loop_now_us() + limit_us;

	while (!idle(b)) {
		if (loop_now_us() >= until)
			return -ETIMEDOUT;
		loop_step(b->loop, STEP_US);
	}
	return 0;
}
