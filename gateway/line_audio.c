/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/line_audio.c: a line's audio as its driver sees it: a port of the media path that lives as long, and for the time of
 * a three-way call two more. Loop thread.
 */
#include "gateway/line_audio.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/log.h"

struct line_audios {
	struct media *media;
	char *folder;
	struct line_audio *first;
};

struct line_audio {
	struct line_audio *next, **prev;
	struct line_audios *all;
	struct hw_line *line;
	struct media_port *port;
	struct media_port *bridge[2];	/* NULL: no three-way call */
	unsigned ports;			/* whose MEDIA_CLOSED is still to come */
	line_audio_fn *fn;
	void *arg;
	line_audio_digit_fn *digit;	/* may be NULL */
	void *digit_arg;
};

int line_audios_open(struct line_audios **out, struct media *m, const char *folder)
{
	struct line_audios *all = calloc(1, sizeof(*all));

	if (!all)
		return -ENOMEM;
	all->media = m;
	all->folder = strdup(folder);
	if (!all->folder) {
		free(all);
		return -ENOMEM;
	}
	*out = all;
	return 0;
}

void line_audios_close(struct line_audios *all)
{
	if (!all)
		return;
	free(all->folder);
	free(all);
}

static void tell(struct line_audio *a, enum line_audio_kind kind, const struct heard *h)
{
	struct line_audio_event ev = { .kind = kind, .heard = h };

	a->fn(a->arg, a, &ev);
}

static void closed(struct line_audio *a)
{
	if (--a->ports)
		return;
	*a->prev = a->next;
	if (a->next)
		a->next->prev = a->prev;
	tell(a, LINE_CLOSED, NULL);
	free(a);
}

static void on_media(void *arg, struct media_port *p, const struct media_event *ev)
{
	struct line_audio *a = arg;

	(void)p;
	switch (ev->kind) {
	case MEDIA_HEARD:
		tell(a, LINE_HEARD, ev->heard);
		break;
	case MEDIA_PLAYED:
		tell(a, LINE_PLAYED, NULL);
		break;
	case MEDIA_PARTNER_LOST:
		tell(a, LINE_RTP_LOST, NULL);
		break;
	case MEDIA_PARTNER_BACK:
		tell(a, LINE_RTP_BACK, NULL);
		break;
	case MEDIA_CLOSED:
		closed(a);
		break;
	case MEDIA_DIGIT:	/* of the call: the driver hears it by LINE_HEARD when it wants it */
		if (a->digit)
			a->digit(a->digit_arg, ev->digit);
		break;
	default:
		break;
	}
}

void line_audio_digits(struct line_audio *a, line_audio_digit_fn *fn, void *arg)
{
	a->digit = fn;
	a->digit_arg = arg;
}

static int audio_open(void *arg, struct hw_line *line, const struct line_audio_conf *conf, line_audio_fn *fn, void *fn_arg,
		      struct line_audio **out)
{
	struct media_analog_conf mc = { .country = conf->country, .echo_taps = conf->echo_taps, .keep_ms = conf->keep_ms };
	struct line_audios *all = arg;
	struct line_audio *a = calloc(1, sizeof(*a));
	int err = a ? media_analog_port(all->media, line, &mc, on_media, a, &a->port) : -ENOMEM;

	if (err) {
		free(a);
		return err;
	}
	a->all = all;
	a->line = line;
	a->fn = fn;
	a->arg = fn_arg;
	a->ports = 1;
	a->next = all->first;
	a->prev = &all->first;
	if (a->next)
		a->next->prev = &a->next;
	all->first = a;
	*out = a;
	return 0;
}

static void audio_conference_end(struct line_audio *a)
{
	if (a->bridge[0])
		media_conference_end(a->bridge[0]);
	a->bridge[0] = a->bridge[1] = NULL;
}

static void audio_close(struct line_audio *a)
{
	audio_conference_end(a);
	media_port_close(a->port);
}

static int audio_listen(struct line_audio *a, unsigned listen)
{
	return media_listen(a->port, listen);
}

static int audio_play(struct line_audio *a, const struct play_item *items, unsigned n)
{
	return media_play(a->port, items, n);
}

static struct media_port *audio_port(struct line_audio *a)
{
	return a->port;
}

static int audio_conference(struct line_audio *a, struct media_port *out[2])
{
	int err = a->bridge[0] ? -EBUSY : media_conference(a->port, on_media, a, a->bridge);

	if (err)
		return err;
	a->ports += MEDIA_CONFERENCE_PORTS;
	out[0] = a->bridge[0];
	out[1] = a->bridge[1];
	return 0;
}

static double audio_level(struct line_audio *a)
{
	struct media_stats st;

	media_port_stats(a->port, &st);
	return (double)st.level_in_dbm0;
}

/* --- Files ----------------------------------------------------------------------------------------- */

static void on_kept(void *arg, const char *path, int err)
{
	(void)arg;
	if (err)
		log_line(LOG_L_WARNING, "audio not kept: %s: %s", path, strerror(-err));
	else
		log_line(LOG_L_NOTICE, "audio kept: %s", path);
}

/* Letters, digits and "-" of WHAT; it may hold anything. */
static void safe_name(const char *what, char *out, size_t size)
{
	size_t n = 0;

	for (; *what && n + 1 < size; what++)
		out[n++] = strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", *what) ? *what : '-';
	out[n] = 0;
}

static void audio_keep(struct line_audio *a, const char *what)
{
	char name[64], when[24], path[512];
	struct timespec ts;
	struct tm tm;
	int err;

	safe_name(what, name, sizeof(name));
	clock_gettime(CLOCK_REALTIME, &ts);
	localtime_r(&ts.tv_sec, &tm);
	strftime(when, sizeof(when), "%Y%m%d-%H%M%S", &tm);
	snprintf(path, sizeof(path), "%s/kept-%s-%03ld-%d-%s.wav", a->all->folder, when, ts.tv_nsec / 1000000, a->line->chan,
		 name);
	err = media_keep(a->port, path, on_kept, NULL);
	if (err)
		on_kept(NULL, path, err);
}

struct hw_line *line_audio_hw(struct line_audio *a)
{
	return a->line;
}

struct line_audio *line_audio_find(struct line_audios *all, int chan)
{
	struct line_audio *found = NULL;

	/* A telephone across an FXS port has the port's channel. */
	for (struct line_audio *a = all ? all->first : NULL; a; a = a->next)
		if (a->line->chan == chan && (!found || a->line->kind == HW_CHAN_FXS))
			found = a;
	return found;
}

int line_audio_path(const struct line_audios *all, const char *path, char *out, size_t size)
{
	int n = snprintf(out, size, "%s%s%s", *path == '/' ? "" : all->folder, *path == '/' ? "" : "/", path);

	return !*path || n >= (int)size ? -EINVAL : 0;
}

int line_audio_record(struct line_audio *a, const char *path, unsigned seconds, media_file_fn *fn, void *arg)
{
	char full[512];
	int err = line_audio_path(a->all, path, full, sizeof(full));

	return err ? err : media_record(a->port, full, seconds, fn, arg);
}

const struct line_audio_ops line_audio_media = {
	.open = audio_open,
	.close = audio_close,
	.listen = audio_listen,
	.play = audio_play,
	.port = audio_port,
	.conference = audio_conference,
	.conference_end = audio_conference_end,
	.level = audio_level,
	.keep = audio_keep,
};
