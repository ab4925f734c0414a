/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/pair_test.c: see pair_test.h. The FXS driver is asked to ring its port as for any call; the call that then comes in on
 * the FXO port is not routed but answered here. A row of steps, each with its time; whatever goes wrong ends in clear_all(), which
 * waits until both lines are idle.
 */
#include "gateway/pair_test_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channels/sound/country.h"
#include "gateway/cause.h"
#include "gateway/line_audio.h"

#define RING_MS 20000		/* for the call to come in: rings, caller ID before or after them */
#define ANSWER_MS 3000
#define IDLE_MS 8000		/* guard time */

static void on_time(void *arg);

static unsigned ms_since(int64_t us)
{
	return (unsigned)((loop_now_us() - us) / 1000);
}

void pair_wait(struct pair_test *p, unsigned ms)
{
	loop_timer_cancel(p->gw->loop, &p->timer);
	loop_timer(p->gw->loop, (int64_t)ms * 1000, on_time, p, &p->timer);
}

void pair_go(struct pair_test *p, enum pair_step step, unsigned ms)
{
	p->step = step;
	p->since_us = loop_now_us();
	pair_wait(p, ms);
}

const char *pair_name(const struct pair_test *p, int which)
{
	return p->end[which].line.name;
}

/* --- The end ----------------------------------------------------------------------------------------- */

void pair_free_if_over(struct pair_test *p)
{
	if (!p->over || p->ports)
		return;
	p->gw->pair_test = NULL;
	free(p);
}

static void finish(struct pair_test *p)
{
	char both[80];

	loop_timer_cancel(p->gw->loop, &p->timer);
	for (int i = FXS; i <= FXO; i++) {
		struct line_audio *a = line_audio_find(p->gw->audios, p->end[i].line.chan);

		if (a)
			line_audio_digits(a, NULL, NULL);
		if (p->end[i].probe)
			media_port_close(p->end[i].probe);
	}
	if (p->tone)
		media_port_close(p->tone);
	snprintf(both, sizeof(both), "%s and %s", pair_name(p, FXS), pair_name(p, FXO));
	report_answer(&p->report, both, "pair", p->aborted, p->req);
	p->over = true;
	pair_free_if_over(p);
}

void pair_clear_leg(struct pair_test *p, int which)
{
	struct leg_cause cause = { .q850 = 16, .location = 1, .text = "the test is over" };

	if (p->end[which].leg)
		leg_clear(p->end[which].leg, &cause);
}

/* Whatever is still up ends; then the lines are waited for. */
static void clear_all(struct pair_test *p)
{
	pair_clear_leg(p, FXS);
	pair_clear_leg(p, FXO);
	pair_go(p, IDLE, PAIR_POLL_MS);
}

void pair_abort(struct pair_test *p, const char *why)
{
	if (p->over || p->aborted[0])
		return;
	snprintf(p->aborted, sizeof(p->aborted), "%s", why);
	if (p->step < IDLE)
		clear_all(p);
}

static bool is_idle(struct pair_test *p, int which)
{
	struct trunk_line now;

	return !p->end[which].leg && trunk_find_line(p->gw, pair_name(p, which), &now) && (now.idle || now.out_of_service);
}

static void idle_step(struct pair_test *p)
{
	bool both = p->gw->stopping ? !p->end[FXS].leg && !p->end[FXO].leg : is_idle(p, FXS) && is_idle(p, FXO);

	if (!both && ms_since(p->since_us) < IDLE_MS) {
		pair_wait(p, PAIR_POLL_MS);
		return;
	}
	report_step(&p->report, "lines idle again", both ? REPORT_GOOD : REPORT_BAD, both ? "both" : "%s is not",
		    pair_name(p, is_idle(p, FXS) ? FXO : FXS));
	finish(p);
}

/* --- Ring, caller ID, answer --------------------------------------------------------------------------- */

static void ring_step(struct pair_test *p)
{
	struct trunk_line now;

	if (!p->ring_us && trunk_find_line(p->gw, pair_name(p, FXO), &now) && !now.idle && !now.out_of_service)
		p->ring_us = loop_now_us();
	if (ms_since(p->since_us) < RING_MS) {
		pair_wait(p, PAIR_POLL_MS);
		return;
	}
	report_step(&p->report, "ring", REPORT_BAD, p->ring_us ? "%s sees ring voltage, but no call of it" :
		    "not seen at %s: the two are not wired to each other, or the pair is cut", pair_name(p, FXO));
	clear_all(p);
}

static void caller_id(struct pair_test *p, const struct leg_offer *o)
{
	static const char *const methods[] = {
		[CID_NONE] = "nothing", [CID_BELL202] = "Bell 202", [CID_V23] = "V.23", [CID_DTMF] = "DTMF", [CID_NTT] = "NTT's modem",
	};
	const struct conf_fxs *fxs = &conf_trunk(p->gw->site->conf, p->end[FXS].trunk->name)->fxs;
	const struct conf_fxo *fxo = &conf_trunk(p->gw->site->conf, p->end[FXO].trunk->name)->fxo;
	enum cid_method method = fxs->cid == CONF_CID_COUNTRY ? p->end[FXS].trunk->country->cid :
								(enum cid_method)(fxs->cid - CONF_CID_NONE);
	bool names = method == CID_BELL202 || method == CID_V23;

	if (method == CID_NONE || !fxo->cid) {
		report_step(&p->report, "caller ID", REPORT_CANNOT, method == CID_NONE ? "%s sends none" : "%s reads none",
			    pair_name(p, method == CID_NONE ? FXS : FXO));
		return;
	}
	if (strcmp(o->calling.digits, PAIR_NUMBER))
		report_step(&p->report, "caller ID", REPORT_BAD, o->calling.digits[0] ? "another number: %.40s" : "none was read%s",
			    o->calling.digits);
	else
		report_step(&p->report, "caller ID", REPORT_GOOD, "read as it was sent, by %s", methods[method]);
	if (!names)
		report_step(&p->report, "caller's name", REPORT_CANNOT, "this method carries none");
	else
		report_step(&p->report, "caller's name", strcmp(o->calling_name, PAIR_NAME) ? REPORT_BAD : REPORT_GOOD,
			    strcmp(o->calling_name, PAIR_NAME) ? "\"%.40s\"" : "read as it was sent", o->calling_name);
}

static void fxo_event(void *arg, struct leg *leg, const struct leg_event *ev);

bool pair_test_takes(struct gateway *gw, struct leg *leg, const struct leg_offer *offer)
{
	struct pair_test *p = gw->pair_test;
	int chan = leg->line ? leg->line->chan : 0;
	struct leg_cause cause = { .q850 = 16, .location = 1 };

	if (!p || p->over || p->step != RING)
		return false;
	if (chan != p->end[FXO].line.chan) {
		if (strcmp(offer->calling.digits, PAIR_NUMBER))
			return false;	/* somebody else's */
		report_step(&p->report, "ring", REPORT_BAD, "it comes in on channel %d, not on %s: that is what %s is wired to", chan,
			    pair_name(p, FXO), pair_name(p, FXS));
		leg_attach(leg, NULL, NULL);
		leg_clear(leg, &cause);
		clear_all(p);
		return true;
	}
	p->end[FXO].leg = leg;
	leg_attach(leg, fxo_event, p);
	report_step(&p->report, "ring", REPORT_GOOD, "seen at %s after %u ms", pair_name(p, FXO),
		    (unsigned)(((p->ring_us ? p->ring_us : loop_now_us()) - p->since_us) / 1000));
	report_value(&p->report, (double)((p->ring_us ? p->ring_us : loop_now_us()) - p->since_us) / 1000, "ms");
	caller_id(p, offer);
	pair_go(p, ANSWER, ANSWER_MS);
	leg_answer(leg, NULL);
	return true;
}

bool pair_test_has(const struct trunk *t, const char *port)
{
	const struct pair_test *p = t->gw->pair_test;
	const char *slash = p ? strrchr(pair_name(p, FXS), '/') : NULL;

	return slash && !p->over && p->step > RING && p->end[FXS].trunk == t && !strcmp(slash + 1, port);
}

/* --- The steps ------------------------------------------------------------------------------------------ */

static void on_time(void *arg)
{
	struct pair_test *p = arg;

	switch (p->step) {
	case RING:
		ring_step(p);
		break;
	case ANSWER:
		report_step(&p->report, "answer", REPORT_BAD, "%s does not see that %s has closed the loop", pair_name(p, FXS),
			    pair_name(p, FXO));
		clear_all(p);
		break;
	case TONE_TO_FXO:
		pair_tone_heard(p, FXO);
		pair_tone_to(p, FXS);
		break;
	case TONE_TO_FXS:
		pair_tone_heard(p, FXS);
		pair_begin_noise(p);
		break;
	case NOISE:
		pair_noise_heard(p);
		pair_begin_digits(p);
		break;
	case DIGITS_TO_FXO:
		pair_next_digit(p, FXO);
		break;
	case DIGITS_TO_FXS:
		pair_next_digit(p, FXS);
		break;
	case CLEAR:
		report_step(&p->report, "clear", REPORT_BAD, "%s does not see that %s has cleared", pair_name(p, FXO), pair_name(p, FXS));
		clear_all(p);
		break;
	case IDLE:
		idle_step(p);
	}
}

/* --- The legs ------------------------------------------------------------------------------------------ */

void pair_fxs_event(void *arg, struct leg *leg, const struct leg_event *ev)
{
	struct pair_test *p = arg;

	(void)leg;
	if (ev->kind == LEG_CLEARED) {
		p->end[FXS].leg = NULL;
		if (p->step < CLEAR && ev->by_far_end)
			pair_abort(p, "the loop was opened");
		else if (p->step < CLEAR)
			pair_abort(p, cause_name(ev->cause.q850));
	} else if (ev->kind == LEG_ANSWERED && p->step == RING) {
		pair_abort(p, "a telephone on the FXS port was lifted");
	} else if (ev->kind == LEG_ANSWERED && p->step == ANSWER) {
		report_step(&p->report, "answer", REPORT_GOOD, "the loop is closed, seen at %s after %u ms", pair_name(p, FXS),
			    ms_since(p->since_us));
		report_value(&p->report, ms_since(p->since_us), "ms");
		pair_tone_to(p, FXO);
	}
}

static void fxo_event(void *arg, struct leg *leg, const struct leg_event *ev)
{
	struct pair_test *p = arg;

	(void)leg;
	if (ev->kind != LEG_CLEARED)
		return;
	p->end[FXO].leg = NULL;
	if (p->step < CLEAR) {
		pair_abort(p, "the call ended too soon");
	} else if (p->step == CLEAR) {
		report_step(&p->report, "clear", REPORT_GOOD, "seen at %s after %u ms%s%s", pair_name(p, FXO), ms_since(p->since_us),
			    ev->how ? ", by " : "", ev->how ? ev->how : "");
		report_value(&p->report, ms_since(p->since_us), "ms");
		pair_go(p, IDLE, PAIR_POLL_MS);
	}
}

void pair_test_stop(struct gateway *gw)
{
	if (gw->pair_test)
		pair_abort(gw->pair_test, "the gateway is stopping");
}
