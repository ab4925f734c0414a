/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A telephone across an FXS port of the simulated card; see phone.h. */
#include "gateway/phone.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/line_audio.h"
#include "gateway/log.h"
#include "gateway/media/wav.h"
#include "hw/sim.h"

#define KEEP_MS 3000
#define ACK_MS 60		/* GR-30: the telephone's answer to the alerting signal */
#define LISTEN_TO (LISTEN_DTMF | LISTEN_TONES | LISTEN_SPEECH | LISTEN_CALLERID | LISTEN_CAS)

struct phone {
	struct phone *next;
	struct gateway *gw;
	int chan;
	const struct country *country;
	struct hw_line *line;
	struct line_audio *audio;
	bool closing;
	struct phone_state state;
	struct phone_event events[PHONE_EVENTS];
	unsigned n, seen;		/* events so far, and looked at */
	phone_heard_fn *fn;
	void *arg;
};

static void note(struct phone *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void note(struct phone *p, const char *fmt, ...)
{
	struct phone_event *ev = &p->events[p->n++ % PHONE_EVENTS];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(ev->what, sizeof(ev->what), fmt, ap);
	va_end(ap);
	ev->at_us = loop_now_us();
	log_line(LOG_L_DEBUG, "phone on channel %d: %s", p->chan, ev->what);
	if (p->fn)
		p->fn(p->arg, ev);
}

/* --- What comes ------------------------------------------------------------------------------------ */

static void on_hw(void *arg, enum hw_event ev)
{
	struct phone *p = arg;

	switch (ev) {
	case HW_EV_RING_BEGIN:
		p->state.ringing = true;
		p->state.rings++;
		note(p, "ring");
		break;
	case HW_EV_RING_END:
		p->state.ringing = false;
		note(p, "silent");
		break;
	case HW_EV_DISCONNECT:
		note(p, "battery drops");
		break;
	case HW_EV_POLARITY:
		p->state.reversed = !p->state.reversed;
		note(p, p->state.reversed ? "polarity reversed" : "polarity normal");
		break;
	case HW_EV_NO_BATTERY:
		note(p, "no battery");
		break;
	case HW_EV_BATTERY:
		note(p, "battery");
		break;
	case HW_EV_HOOK_DONE:
		note(p, "flashed");
		break;
	case HW_EV_DIAL_DONE:
		note(p, "dialled");
		break;
	default:
		break;
	}
}

static void heard_callerid(struct phone *p, const struct callerid *c)
{
	p->state.callerid = *c;
	if (c->message == CALLERID_MESSAGE_WAITING)
		note(p, "messages %s", c->waiting ? "wait" : "none");
	else
		note(p, "caller ID %s%s%s", c->number[0] ? c->number : c->no_number == 'P' ? "withheld" : "not available",
		     c->name[0] ? " " : "", c->name);
}

static void on_heard(struct phone *p, const struct heard *h)
{
	const struct play_item ack = { .kind = PLAY_DIGITS, .digits = "D", .on_ms = ACK_MS, .off_ms = 40 };

	switch (h->kind) {
	case HEARD_TONE:
		if (p->state.tone != h->tone)
			note(p, "tone %s", tone_id_name(h->tone));
		p->state.tone = h->tone;
		break;
	case HEARD_TONE_END:
		note(p, "tone ends");
		p->state.tone = TONE_NONE;
		break;
	case HEARD_SPEECH:
		note(p, "speech");
		break;
	case HEARD_SILENCE:
		if (h->ms < 1000)	/* it is told again each second */
			note(p, "silence");
		break;
	case HEARD_DIGIT:
		note(p, "digit %c", h->digit);
		break;
	case HEARD_CALLERID:
		heard_callerid(p, &h->callerid);
		break;
	case HEARD_CALLERID_BAD:
		note(p, "bad caller ID");
		break;
	case HEARD_CAS:
		note(p, "alerting signal");
		if (p->state.off_hook)
			line_audio_media.play(p->audio, &ack, 1);
		break;
	default:
		break;
	}
}

static void unlink_phone(struct phone *p)
{
	struct phone **at = &p->gw->phones;

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
}

static void on_audio(void *arg, struct line_audio *a, const struct line_audio_event *ev)
{
	struct phone *p = arg;

	(void)a;
	if (ev->kind == LINE_HEARD) {
		on_heard(p, ev->heard);
	} else if (ev->kind == LINE_PLAYED) {
		note(p, "played");
	} else if (ev->kind == LINE_CLOSED) {
		hw_line_close(p->line);
		unlink_phone(p);
		free(p);
	}
}

/* --- Open and close --------------------------------------------------------------------------------- */

int phone_get(struct gateway *gw, int chan, const struct country *country, struct phone **out)
{
	struct line_audio_conf conf = { .country = country, .keep_ms = KEEP_MS };
	struct phone *p;
	int err;

	for (p = gw->phones; p; p = p->next)
		if (p->chan == chan && !p->closing) {
			*out = p;
			return 0;
		}
	if (gw->site->conf->card != CONF_CARD_SIM)
		return -EINVAL;
	p = calloc(1, sizeof(*p));
	if (!p)
		return -ENOMEM;
	p->gw = gw;
	p->chan = chan;
	p->country = country;
	err = hw_sim_phone_open(gw->hw, chan, on_hw, p, &p->line);
	if (!err) {
		err = line_audio_media.open(gw->audios, p->line, &conf, on_audio, p, &p->audio);
		if (err)
			hw_line_close(p->line);
	}
	if (err) {
		free(p);
		return err;
	}
	hw_set_timing(p->line, &(struct hw_timing){ .flash_out_ms = country->flash_out_ms });
	p->next = gw->phones;
	gw->phones = p;
	line_audio_media.listen(p->audio, LISTEN_TO);
	*out = p;
	return 0;
}

bool phones_quiet(struct gateway *gw)
{
	for (struct phone *p = gw->phones; p; p = p->next)
		if (!p->closing) {
			p->closing = true;
			p->fn = NULL;
			hw_hook(p->line, HW_ONHOOK);
			line_audio_media.close(p->audio);
		}
	return !gw->phones;
}

/* --- What it does ----------------------------------------------------------------------------------- */

int phone_hook(struct phone *p, bool off)
{
	int err;

	if (off == p->state.off_hook)
		return -EALREADY;
	line_audio_media.play(p->audio, NULL, 0);
	err = hw_hook(p->line, off ? HW_OFFHOOK : HW_ONHOOK);
	if (err)
		return err;
	p->state.off_hook = off;
	p->state.tone = TONE_NONE;
	p->state.rings = 0;
	/* What was half heard in the other state of the line is no tone of this one. */
	line_audio_media.listen(p->audio, 0);
	return line_audio_media.listen(p->audio, LISTEN_TO);
}

int phone_flash(struct phone *p)
{
	return p->state.off_hook ? hw_hook(p->line, HW_FLASH) : -ENOTCONN;
}

int phone_dial(struct phone *p, const char *digits)
{
	const struct play_item item = { .kind = PLAY_DIGITS, .digits = digits };

	return p->state.off_hook ? line_audio_media.play(p->audio, &item, 1) : -ENOTCONN;
}

int phone_pulse(struct phone *p, const char *digits)
{
	return p->state.off_hook ? hw_dial_pulse(p->line, digits) : -ENOTCONN;
}

static int play_file(struct phone *p, const char *path, const char *dir)
{
	struct play_item item = { .kind = PLAY_SAMPLES };
	struct wav wav = { 0 };
	char full[512];
	int err;

	snprintf(full, sizeof(full), "%s%s%s", *path == '/' ? "" : dir, *path == '/' ? "" : "/", path);
	err = wav_load(full, &wav);
	if (err)
		return err;
	item.samples = wav.samples;
	item.n = wav.n;
	err = line_audio_media.play(p->audio, &item, 1);
	wav_free(&wav);
	return err;
}

int phone_play(struct phone *p, const char *what, const char *dir)
{
	enum tone_id tone = tone_id_find(what);
	struct play_item item = { .kind = PLAY_TONE };

	if (!*what)
		return line_audio_media.play(p->audio, NULL, 0);
	if (!p->state.off_hook)
		return -ENOTCONN;
	if (tone == TONE_NONE)
		return play_file(p, what, dir);
	item.tone = tone_of(p->country, tone);
	return line_audio_media.play(p->audio, &item, 1);
}

int phone_record(struct phone *p, const char *path, unsigned seconds, media_file_fn *fn, void *arg)
{
	return line_audio_record(p->audio, path, seconds, fn, arg);
}

void phone_state(const struct phone *p, struct phone_state *out)
{
	struct media_stats st;
	struct hw_analog a;

	*out = p->state;
	media_port_stats(line_audio_media.port(p->audio), &st);
	out->level_dbm0 = (double)st.level_in_dbm0;
	out->connected = !hw_analog(p->line, &a) && a.battery != 0;
}

/* --- What came -------------------------------------------------------------------------------------- */

static void skip_overrun(struct phone *p)
{
	if (p->n - p->seen > PHONE_EVENTS)
		p->seen = p->n - PHONE_EVENTS;
}

int phone_events(struct phone *p, struct phone_event *out, int max)
{
	int n = 0;

	skip_overrun(p);
	while (p->seen != p->n && n < max)
		out[n++] = p->events[p->seen++ % PHONE_EVENTS];
	return n;
}

bool phone_find(struct phone *p, const char *what, struct phone_event *out)
{
	skip_overrun(p);
	for (unsigned i = p->seen; i != p->n; i++) {
		const struct phone_event *ev = &p->events[i % PHONE_EVENTS];

		if (strncmp(ev->what, what, strlen(what)))
			continue;
		*out = *ev;
		p->seen = i + 1;
		return true;
	}
	return false;
}

int phone_watch(struct phone *p, phone_heard_fn *fn, void *arg)
{
	if (fn && p->fn)
		return -EBUSY;
	p->fn = fn;
	p->arg = arg;
	return 0;
}

void phone_forget(struct phone *p)
{
	p->seen = p->n;
}
