/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A call's audio: a port for each ISDN leg, joined with the other leg's port when there is something to
 * hear; legs of other kinds bring their own. Commands to the media path keep their order, so a line may carry its next call while the port of
 * its last one is still closing.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/call.h"
#include "gateway/log.h"
#include "gateway/testleg.h"
#include "gateway/trunk.h"

/* Our port on a line has let go of it: keep its statistics for the record. */
static void on_line_media(void *arg, struct media_port *p, const struct media_event *ev)
{
	struct call_leg *cl = arg;
	struct call *c = cl->call;
	struct timespec ts;
	char digit[2] = { ev->digit, 0 };

	if (ev->kind == MEDIA_DIGIT) {
		clock_gettime(CLOCK_REALTIME, &ts);
		ladder_step(c->gw->ladder, c->id, (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000, cl->side, "media",
			    false, "digit", digit);
		return;
	}
	if (ev->kind != MEDIA_CLOSED)
		return;
	if (p == cl->closing) {
		cl->rec.media = *ev->stats;
		cl->closing = NULL;
	}
	c->open_ports--;
	call_maybe_free(c);
}

struct media_port *call_port(struct call_leg *cl)
{
	struct call *c = cl->call;
	struct media_line_conf mc = {
		.clear = !bearer_is_sound(c->offer.bearer),
		.dtmf = bearer_is_sound(c->offer.bearer),
		.echo_taps = cl->trunk ? cl->trunk->echo_taps : 0,
	};

	if (!cl->leg)
		return NULL;
	if (cl->leg->port)
		return cl->leg->port;
	if (cl->line != cl->leg->line)
		call_unjoin(cl);
	if (cl->port || !cl->leg->line || cl->leg->line->kind != HW_CHAN_B)
		return cl->port;	/* an analog line without a port: its telephone talks on another call */
	if (media_line_port(c->gw->media, cl->leg->line, &mc, on_line_media, cl, &cl->port)) {
		log_line(LOG_L_ERROR, "call %llu: no media port for its line", (unsigned long long)c->id);
		return NULL;
	}
	cl->line = cl->leg->line;
	c->open_ports++;
	return cl->port;
}

void call_join(struct call *c)
{
	struct media_port *in = call_port(&c->in), *out = call_port(&c->out);

	c->joined = true;
	if (in && out)
		media_join(in, out);
	else if (in || out)	/* the other end has left: its port may be joined with another call's by now */
		media_part(in ? in : out);
}

/* Nobody is to hear what a leg that is left brings: a telephone's line is not closed when its call ends. */
void call_part(struct call *c)
{
	struct call_leg *legs[] = { &c->in, &c->out };

	for (int i = 0; i < 2 && c->joined; i++) {
		struct media_port *p = legs[i]->leg && legs[i]->leg->port ? legs[i]->leg->port : legs[i]->port;

		if (p)
			media_part(p);
	}
	c->joined = false;
}

/* Closes our port on a line leg; the driver closes its own. */
void call_unjoin(struct call_leg *cl)
{
	if (cl->port) {
		media_port_close(cl->port);
		cl->closing = cl->port;
		cl->port = NULL;
	}
	cl->line = NULL;
}

void call_leg_stats(struct call_leg *cl, struct leg *leg)
{
	struct sip_leg_info info;

	if (!strcmp(leg->ops->name, "sip")) {
		sip_leg_info(leg, &info);
		cl->rec.media = info.stats;
		snprintf(cl->rec.id, sizeof(cl->rec.id), "%s", info.call_id);
	} else if (!strcmp(leg->ops->name, "test")) {
		testleg_stats(leg, &cl->rec.media);
	}
}
