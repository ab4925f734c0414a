/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/pair_test.c: see pair_test.h. The FXS driver is asked to ring its port as for any call; the call that then comes in on
 * the FXO port is not routed but answered here. A row of steps, each with its time; whatever goes wrong ends in clear_all(), which
 * waits until both lines are idle.
 */
#include "gateway/pair_test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channels/sound/country.h"
#include "gateway/cause.h"
#include "gateway/line_audio.h"
#include "gateway/line_report.h"

#define NUMBER "1234567890"	/* shown as the caller */
#define NAME "Tipring test"
#define DIGITS "0123456789*#ABCD"
#define POLL_MS 50
#define RING_MS 20000		/* for the call to come in: rings, caller ID before or after them */
#define ANSWER_MS 3000
#define LEVEL_MS 2600		/* levels are of a whole second, and up to a second old */
#define DIGIT_MS 90
#define DIGIT_EVERY_MS 260
#define CLEAR_MS 15000		/* a tone of clearing has to be heard for some cycles */
#define IDLE_MS 8000		/* guard time */
#define LOSS_MAX_DB 10		/* TIA/EIA-464: a loop of the longest kind */
#define LOSS_MIN_DB (-3)
#define TONE_HZ 1004

enum { FXS, FXO };		/* index of the end */
enum step { RING, ANSWER, TONE_TO_FXO, TONE_TO_FXS, NOISE, DIGITS_TO_FXO, DIGITS_TO_FXS, CLEAR, IDLE };

struct end {
	struct trunk *trunk;
	struct trunk_line line;
	struct leg *leg;
	struct media_port *probe;
	char heard[sizeof(DIGITS) + 8];	/* digits */
};

struct pair_test {
	struct gateway *gw;
	struct control_request *req;
	struct report report;
	struct end end[2];
	struct media_port *tone;
	unsigned ports;			/* of ours whose MEDIA_CLOSED is still to come */
	enum step step;
	int64_t since_us, ring_us;	/* of the step; when the FXO port first saw ring voltage, 0 */
	unsigned digit;
	char aborted[120];
	struct loop_timer *timer;
	bool over;			/* answered; waits for its ports */
};

static void on_time(void *arg);

static unsigned ms_since(int64_t us)
{
	return (unsigned)((loop_now_us() - us) / 1000);
}

static void wait_ms(struct pair_test *p, unsigned ms)
{
	loop_timer_cancel(p->gw->loop, &p->timer);
	loop_timer(p->gw->loop, (int64_t)ms * 1000, on_time, p, &p->timer);
}

static void go(struct pair_test *p, enum step step, unsigned ms)
{
	p->step = step;
	p->since_us = loop_now_us();
	wait_ms(p, ms);
}

static const char *name_of(const struct pair_test *p, int which)
{
	return p->end[which].line.name;
}

/* --- The end ----------------------------------------------------------------------------------------- */

static void free_if_over(struct pair_test *p)
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
	snprintf(both, sizeof(both), "%s and %s", name_of(p, FXS), name_of(p, FXO));
	report_answer(&p->report, both, "pair", p->aborted, p->req);
	p->over = true;
	free_if_over(p);
}

static void clear_leg(struct pair_test *p, int which)
{
	struct leg_cause cause = { .q850 = 16, .location = 1, .text = "the test is over" };

	if (p->end[which].leg)
		leg_clear(p->end[which].leg, &cause);
}

/* Whatever is still up ends; then the lines are waited for. */
static void clear_all(struct pair_test *p)
{
	clear_leg(p, FXS);
	clear_leg(p, FXO);
	go(p, IDLE, POLL_MS);
}

static void abort_test(struct pair_test *p, const char *why)
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

	return !p->end[which].leg && trunk_find_line(p->gw, name_of(p, which), &now) && (now.idle || now.out_of_service);
}

static void idle_step(struct pair_test *p)
{
	bool both = p->gw->stopping ? !p->end[FXS].leg && !p->end[FXO].leg : is_idle(p, FXS) && is_idle(p, FXO);

	if (!both && ms_since(p->since_us) < IDLE_MS) {
		wait_ms(p, POLL_MS);
		return;
	}
	report_step(&p->report, "lines idle again", both ? REPORT_GOOD : REPORT_BAD, both ? "both" : "%s is not",
		    name_of(p, is_idle(p, FXS) ? FXO : FXS));
	finish(p);
}

/* --- Ring, caller ID, answer --------------------------------------------------------------------------- */

static void ring_step(struct pair_test *p)
{
	struct trunk_line now;

	if (!p->ring_us && trunk_find_line(p->gw, name_of(p, FXO), &now) && !now.idle && !now.out_of_service)
		p->ring_us = loop_now_us();
	if (ms_since(p->since_us) < RING_MS) {
		wait_ms(p, POLL_MS);
		return;
	}
	report_step(&p->report, "ring", REPORT_BAD, p->ring_us ? "%s sees ring voltage, but no call of it" :
		    "not seen at %s: the two are not wired to each other, or the pair is cut", name_of(p, FXO));
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
			    name_of(p, method == CID_NONE ? FXS : FXO));
		return;
	}
	if (strcmp(o->calling.digits, NUMBER))
		report_step(&p->report, "caller ID", REPORT_BAD, o->calling.digits[0] ? "another number: %.40s" : "none was read%s",
			    o->calling.digits);
	else
		report_step(&p->report, "caller ID", REPORT_GOOD, "read as it was sent, by %s", methods[method]);
	if (!names)
		report_step(&p->report, "caller's name", REPORT_CANNOT, "this method carries none");
	else
		report_step(&p->report, "caller's name", strcmp(o->calling_name, NAME) ? REPORT_BAD : REPORT_GOOD,
			    strcmp(o->calling_name, NAME) ? "\"%.40s\"" : "read as it was sent", o->calling_name);
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
		if (strcmp(offer->calling.digits, NUMBER))
			return false;	/* somebody else's */
		report_step(&p->report, "ring", REPORT_BAD, "it comes in on channel %d, not on %s: that is what %s is wired to", chan,
			    name_of(p, FXO), name_of(p, FXS));
		leg_attach(leg, NULL, NULL);
		leg_clear(leg, &cause);
		clear_all(p);
		return true;
	}
	p->end[FXO].leg = leg;
	leg_attach(leg, fxo_event, p);
	report_step(&p->report, "ring", REPORT_GOOD, "seen at %s after %u ms", name_of(p, FXO),
		    (unsigned)(((p->ring_us ? p->ring_us : loop_now_us()) - p->since_us) / 1000));
	report_value(&p->report, (double)((p->ring_us ? p->ring_us : loop_now_us()) - p->since_us) / 1000, "ms");
	caller_id(p, offer);
	go(p, ANSWER, ANSWER_MS);
	leg_answer(leg, NULL);
	return true;
}

bool pair_test_has(const struct trunk *t, const char *port)
{
	const struct pair_test *p = t->gw->pair_test;
	const char *slash = p ? strrchr(name_of(p, FXS), '/') : NULL;

	return slash && !p->over && p->step > RING && p->end[FXS].trunk == t && !strcmp(slash + 1, port);
}

/* --- What is heard ---------------------------------------------------------------------------------- */

static void join(struct media_port *a, struct media_port *b)
{
	if (a && b)
		media_join(a, b);
}

static struct media_port *port(struct pair_test *p, int which)
{
	return p->end[which].leg ? p->end[which].leg->port : NULL;
}

/* The tone goes in at the other end of the one that listens. */
static void tone_to(struct pair_test *p, int listener)
{
	join(port(p, !listener), p->tone);
	join(port(p, listener), p->end[listener].probe);
	go(p, listener == FXO ? TONE_TO_FXO : TONE_TO_FXS, LEVEL_MS);
}

static void tone_heard(struct pair_test *p, int listener)
{
	struct media_stats st;
	char name[64];
	double loss;

	media_port_stats(p->end[listener].probe, &st);
	loss = -(double)st.level_in_dbm0;
	snprintf(name, sizeof(name), "%d Hz towards %s", TONE_HZ, name_of(p, listener));
	if (fabs(st.freq_in_hz - TONE_HZ) > 5) {
		report_step(&p->report, name, REPORT_BAD, "not heard");
		return;
	}
	report_step(&p->report, name, loss > LOSS_MAX_DB || loss < LOSS_MIN_DB ? REPORT_BAD : REPORT_GOOD, "loss %.1f dB", loss);
	report_value(&p->report, loss, "dB");
}

static void noise_heard(struct pair_test *p)
{
	for (int i = FXS; i <= FXO; i++) {
		struct media_stats st;
		char name[64];

		media_port_stats(p->end[i].probe, &st);
		snprintf(name, sizeof(name), "noise at %s", name_of(p, i));
		report_noise(&p->report, name, st.level_in_dbm0);
	}
}

static void next_digit(struct pair_test *p, int listener)
{
	struct media_port *from = port(p, !listener);
	struct end *e = &p->end[listener];
	char name[64];

	if (p->digit < strlen(DIGITS)) {
		if (from)
			media_digit(from, DIGITS[p->digit], DIGIT_MS);
		p->digit++;
		wait_ms(p, p->digit < strlen(DIGITS) ? DIGIT_EVERY_MS : 2 * DIGIT_EVERY_MS);
		return;
	}
	snprintf(name, sizeof(name), "keys towards %s", e->line.name);
	report_step(&p->report, name, strcmp(e->heard, DIGITS) ? REPORT_BAD : REPORT_GOOD,
		    strcmp(e->heard, DIGITS) ? "\"%s\" of " DIGITS : "all heard, as they were sent", e->heard);
	if (listener == FXO) {
		p->digit = 0;
		go(p, DIGITS_TO_FXS, 0);
		return;
	}
	go(p, CLEAR, CLEAR_MS);
	clear_leg(p, FXS);
}

static void on_digit(void *arg, char digit)
{
	struct end *e = arg;
	size_t n = strlen(e->heard);

	if (n < sizeof(e->heard) - 1)
		e->heard[n] = digit;
}

static void begin_noise(struct pair_test *p)
{
	for (int i = FXS; i <= FXO; i++)
		join(port(p, i), p->end[i].probe);
	go(p, NOISE, LEVEL_MS);
}

static void begin_digits(struct pair_test *p)
{
	for (int i = FXS; i <= FXO; i++) {
		struct line_audio *a = line_audio_find(p->gw->audios, p->end[i].line.chan);

		if (a)
			line_audio_digits(a, on_digit, &p->end[i]);
	}
	go(p, DIGITS_TO_FXO, 0);
}

static void on_time(void *arg)
{
	struct pair_test *p = arg;

	switch (p->step) {
	case RING:
		ring_step(p);
		break;
	case ANSWER:
		report_step(&p->report, "answer", REPORT_BAD, "%s does not see that %s has closed the loop", name_of(p, FXS),
			    name_of(p, FXO));
		clear_all(p);
		break;
	case TONE_TO_FXO:
		tone_heard(p, FXO);
		tone_to(p, FXS);
		break;
	case TONE_TO_FXS:
		tone_heard(p, FXS);
		begin_noise(p);
		break;
	case NOISE:
		noise_heard(p);
		begin_digits(p);
		break;
	case DIGITS_TO_FXO:
		next_digit(p, FXO);
		break;
	case DIGITS_TO_FXS:
		next_digit(p, FXS);
		break;
	case CLEAR:
		report_step(&p->report, "clear", REPORT_BAD, "%s does not see that %s has cleared", name_of(p, FXO), name_of(p, FXS));
		clear_all(p);
		break;
	case IDLE:
		idle_step(p);
	}
}

/* --- The legs ------------------------------------------------------------------------------------------ */

static void fxs_event(void *arg, struct leg *leg, const struct leg_event *ev)
{
	struct pair_test *p = arg;

	(void)leg;
	if (ev->kind == LEG_CLEARED) {
		p->end[FXS].leg = NULL;
		if (p->step < CLEAR && ev->by_far_end)
			abort_test(p, "the loop was opened");
		else if (p->step < CLEAR)
			abort_test(p, cause_name(ev->cause.q850));
	} else if (ev->kind == LEG_ANSWERED && p->step == RING) {
		abort_test(p, "a telephone on the FXS port was lifted");
	} else if (ev->kind == LEG_ANSWERED && p->step == ANSWER) {
		report_step(&p->report, "answer", REPORT_GOOD, "the loop is closed, seen at %s after %u ms", name_of(p, FXS),
			    ms_since(p->since_us));
		report_value(&p->report, ms_since(p->since_us), "ms");
		tone_to(p, FXO);
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
		abort_test(p, "the call ended too soon");
	} else if (p->step == CLEAR) {
		report_step(&p->report, "clear", REPORT_GOOD, "seen at %s after %u ms%s%s", name_of(p, FXO), ms_since(p->since_us),
			    ev->how ? ", by " : "", ev->how ? ev->how : "");
		report_value(&p->report, ms_since(p->since_us), "ms");
		go(p, IDLE, POLL_MS);
	}
}

/* --- Beginning ------------------------------------------------------------------------------------------ */

static void on_media(void *arg, struct media_port *port, const struct media_event *ev)
{
	struct pair_test *p = arg;

	(void)port;
	if (ev->kind != MEDIA_CLOSED)
		return;
	p->ports--;
	free_if_over(p);
}

static int open_port(struct pair_test *p, const char *spec, struct media_port **out)
{
	int err = media_test_port(p->gw->media, spec, p->gw->args.dir, on_media, p, out);

	p->ports += !err;
	return err;
}

static void on_gone(void *arg)
{
	abort_test(arg, "whoever asked for it has gone");
}

static bool find_end(struct gateway *gw, const char *name, struct end *out, struct control_request *req)
{
	out->trunk = trunk_find_line(gw, name, &out->line);
	if (!out->trunk)
		control_fail(req, "tipring lines lists them", "there is no line \"%s\"", name);
	else if (!out->trunk->fxs && !out->trunk->fxo)
		control_fail(req, "an FXS and an FXO port can be tested against each other", "%s is no analog line", out->line.name);
	else if (out->line.out_of_service)
		control_fail(req, "tipring lines tells more", "%s is out of service%s%s", out->line.name, out->line.note[0] ? ": " : "",
			     out->line.note);
	else if (!out->line.idle)
		control_fail(req, "only idle lines are measured: no call is disturbed", "%s is busy: %s", out->line.name, out->line.state);
	else
		return true;
	return false;
}

static bool begin(struct pair_test *p, struct control_request *req)
{
	struct leg_offer o = { .complete = true };
	const char *port = strrchr(name_of(p, FXS), '/');
	int err = open_port(p, "milliwatt", &p->tone), cause;

	for (int i = FXS; i <= FXO && !err; i++)
		err = open_port(p, "probe", &p->end[i].probe);
	snprintf(o.called.digits, sizeof(o.called.digits), "%s", port ? port + 1 : "");
	snprintf(o.calling.digits, sizeof(o.calling.digits), "%s", NUMBER);
	snprintf(o.calling_name, sizeof(o.calling_name), "%s", NAME);
	cause = err ? 47 : trunk_call(p->end[FXS].trunk, &o, fxs_event, p, &p->end[FXS].leg);
	if (!cause)
		return true;
	control_fail(req, "", "%s cannot be rung: %s", name_of(p, FXS), cause_name(cause));
	return false;
}

static void give_up(struct pair_test *p)
{
	for (int i = FXS; i <= FXO; i++)
		if (p->end[i].probe)
			media_port_close(p->end[i].probe);
	if (p->tone)
		media_port_close(p->tone);
	json_object_put(p->report.steps);
	p->over = true;
	free_if_over(p);
}

void pair_test(struct gateway *gw, const char *a, const char *b, struct control_request *req)
{
	struct end one = { 0 }, two = { 0 };
	struct pair_test *p;

	if (gw->pair_test) {
		control_fail(req, "one at a time", "a test of two lines is under way");
		return;
	}
	if (!find_end(gw, a, &one, req) || !find_end(gw, b, &two, req))
		return;
	if (!one.trunk->fxs == !two.trunk->fxs) {
		control_fail(req, "an FXS port rings, an FXO port is rung", "%s and %s are both %s ports", one.line.name, two.line.name,
			     one.trunk->fxs ? "FXS" : "FXO");
		return;
	}
	p = calloc(1, sizeof(*p));
	if (!p) {
		control_fail(req, "", "out of memory");
		return;
	}
	p->gw = gw;
	p->req = req;
	p->report.steps = json_object_new_array();
	p->end[FXS] = one.trunk->fxs ? one : two;
	p->end[FXO] = one.trunk->fxs ? two : one;
	if (conf_trunk(gw->site->conf, p->end[FXO].trunk->name)->fxo.two_stage) {
		control_fail(req, "two-stage: false on its trunk", "%s dials in two stages: it answers before there is a call", name_of(p, FXO));
		give_up(p);
		return;
	}
	gw->pair_test = p;
	if (!begin(p, req)) {
		give_up(p);
		return;
	}
	control_on_gone(req, on_gone, p);
	go(p, RING, POLL_MS);
}

void pair_test_stop(struct gateway *gw)
{
	if (gw->pair_test)
		abort_test(gw->pair_test, "the gateway is stopping");
}
