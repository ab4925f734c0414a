/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/switch/call.c: calls, and the steps they take: words as "proceeding", "wait:500", "connect",
 * "disconnect:17+1e028288". What follows a + goes into the message as an element, - leaves one out.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/switch/switch.h"

int channel_parse(const char *text)
{
	const char *slash = strchr(text, '/');

	return slash ? 1 << 16 | atoi(text) << 8 | atoi(slash + 1) : atoi(text);
}

int channel_pos(const struct sw *sw, int channel)
{
	return channel < 0 ? 0 : channel & (sw->n_spans > 1 ? 0x17fff : 0xff);
}

/* libpri gives it in two parts. */
unsigned call_reference(struct sw *sw, q931_call *libpris)
{
	int low, high = pri_get_crv(sw->pri, libpris, &low);

	return ((unsigned)high << 3 | (unsigned)low) & 0x7fff;
}

struct call *call_new(struct sw *sw, q931_call *libpris, bool incoming)
{
	for (int i = 0; i < CALLS_MAX; i++) {
		struct call *c = &sw->calls[i];

		if (c->id)
			continue;
		*c = (struct call){.id = ++sw->last_id, .call = libpris, .incoming = incoming, .due = INT64_MAX};
		c->b.fd = -1;
		c->cr = call_reference(sw, libpris) | (incoming ? 0x8000 : 0);
		return c;
	}
	return NULL;
}

struct call *call_by_id(struct sw *sw, int id)
{
	for (int i = 0; id && i < CALLS_MAX; i++)
		if (sw->calls[i].id == id)
			return &sw->calls[i];
	return NULL;
}

struct call *call_of(struct sw *sw, const q931_call *libpris)
{
	for (int i = 0; libpris && i < CALLS_MAX; i++)
		if (sw->calls[i].id && sw->calls[i].call == libpris)
			return &sw->calls[i];
	return NULL;
}

void call_over(struct sw *sw, struct call *c)
{
	bchan_close(c);
	event(sw, "over", ",\"call\":%d", c->id);
	c->id = 0;
	c->call = NULL;
	sw->ended++;
	call_auto(sw);
}

/* libpri tells it only in its report for people. */
unsigned call_layer3(struct sw *sw)
{
	char *report = pri_dump_info_str(sw->pri);
	const char *at = report ? strstr(report, "active-calls:") : NULL;
	unsigned n = at ? (unsigned)strtoul(at + 13, NULL, 10) : 0;

	free(report);
	return n;
}

/* --- Steps ------------------------------------------------------------------------------------- */

static int number(const char *arg, int otherwise)
{
	return arg && isdigit((unsigned char)*arg) ? atoi(arg) : otherwise;
}

static int answer(struct sw *sw, struct call *c, const char *arg, int (*send)(struct pri *, q931_call *, int, int))
{
	c->pos = number(arg, c->pos);
	return send(sw->pri, c->call, c->pos, 0);
}

static int setup_ack(struct sw *sw, struct call *c, const char *arg)
{
	return answer(sw, c, arg, pri_need_more_info);
}

static int proceeding(struct sw *sw, struct call *c, const char *arg)
{
	return answer(sw, c, arg, pri_proceeding);
}

static int alerting(struct sw *sw, struct call *c, const char *arg)
{
	return answer(sw, c, arg, pri_acknowledge);
}

static int progress(struct sw *sw, struct call *c, const char *arg)
{
	c->pos = number(arg, c->pos);
	return pri_progress(sw->pri, c->call, c->pos, 1);
}

static int connect(struct sw *sw, struct call *c, const char *arg)
{
	return answer(sw, c, arg, pri_answer);
}

/* "called": the cause stands in the last three digits of the called number, so that many calls can be refused at once. */
static int hang_up(struct sw *sw, struct call *c, const char *arg)
{
	return pri_hangup(sw->pri, c->call, arg && !strncmp(arg, "called", 6) ? c->ending : number(arg, 16));
}

/* Freed as soon as it is sent: nothing can answer it. */
static int release_complete(struct sw *sw, struct call *c, const char *arg)
{
	char ies[16];
	int res;

	snprintf(ies, sizeof(ies), "080282%02x", 0x80 | number(arg, 16));
	res = alter_send(sw, c->cr, 0x5a, ies);
	pri_destroycall(sw->pri, c->call);
	call_over(sw, c);
	return res;
}

static int forget(struct sw *sw, struct call *c, const char *arg)
{
	(void)arg;
	pri_destroycall(sw->pri, c->call);
	call_over(sw, c);
	return 0;
}

/* message:TYPE:ELEMENTS, in hexadecimal */
static int message(struct sw *sw, struct call *c, const char *arg)
{
	char *end;
	unsigned long type = arg ? strtoul(arg, &end, 16) : 0;

	return type ? alter_send(sw, c->cr, (uint8_t)type, *end == ':' ? end + 1 : end) : -1;
}

/* status:STATE:CAUSE, in decimal */
static int status(struct sw *sw, struct call *c, const char *arg)
{
	const char *cause = arg ? strchr(arg, ':') : NULL;
	char ies[24];

	if (!cause)
		return -1;
	snprintf(ies, sizeof(ies), "080282%02x1401%02x", 0x80 | atoi(cause + 1), atoi(arg));
	return alter_send(sw, c->cr, 0x7d, ies);
}

static int digits(struct sw *sw, struct call *c, const char *arg)
{
	int res = 0;

	for (; arg && *arg && !res; arg++)
		res = pri_information(sw->pri, c->call, *arg);
	return res;
}

static int notify(struct sw *sw, struct call *c, const char *arg)
{
	return pri_notify(sw->pri, c->call, c->pos, number(arg, 0));
}

static int hold(struct sw *sw, struct call *c, const char *arg)
{
	(void)arg;
	return pri_hold(sw->pri, c->call);
}

/* On the channel that is named, or on the one it had. */
static int retrieve(struct sw *sw, struct call *c, const char *arg)
{
	c->pos = number(arg, c->pos);
	return pri_retrieve(sw->pri, c->call, c->pos);
}

static int tone(struct sw *sw, struct call *c, const char *arg)
{
	c->b.hz = number(arg, 0);
	return c->b.fd >= 0 ? 0 : bchan_open(sw, c);
}

static int quiet(struct sw *sw, struct call *c, const char *arg)
{
	(void)sw;
	(void)arg;
	bchan_close(c);
	return 0;
}

static int keep(struct sw *sw, struct call *c, const char *arg)
{
	(void)sw;
	(void)arg;
	c->keep = true;
	return 0;
}

static int pause_steps(struct sw *sw, struct call *c, const char *arg)
{
	c->due = sw->now + number(arg, 0);
	return 0;
}

static const struct {
	const char *name;
	uint8_t type; /* of the message that it sends, for what is put in and left out */
	int (*run)(struct sw *sw, struct call *c, const char *arg);
} steps[] = {
	{"setup-ack", 0x0d, setup_ack},   {"proceeding", 0x02, proceeding},
	{"alerting", 0x01, alerting},     {"progress", 0x03, progress},
	{"connect", 0x07, connect},       {"disconnect", 0x45, hang_up},
	{"release-complete", 0, release_complete},
	{"message", 0, message},          {"status", 0, status},
	{"digits", 0x7b, digits},         {"notify", 0x6e, notify},
	{"hold", 0x24, hold},             {"retrieve", 0x31, retrieve},
	{"tone", 0, tone},                {"quiet", 0, quiet},
	{"keep", 0, keep},                {"forget", 0, forget},
	{"wait", 0, pause_steps},
};

static void step(struct sw *sw, struct call *c, const char *word)
{
	size_t len = strcspn(word, ":+-"), n = sizeof(steps) / sizeof(steps[0]);
	const char *arg, *edit;
	struct edit e;
	int id = c->id;

	if (!strncmp(word, "setup-ack", 9) || !strncmp(word, "release-complete", 16))
		len = strcspn(word, ":+");
	arg = word[len] == ':' ? word + len + 1 : NULL;
	edit = word + len + strcspn(word + len, "+-");
	for (size_t i = 0; i < n; i++) {
		if (strncmp(steps[i].name, word, len) || steps[i].name[len])
			continue;
		if (edit_parse(&e, edit))
			break;
		if (steps[i].type)
			alter_edit(c->cr, steps[i].type, &e);
		if (steps[i].run(sw, c, arg))
			event(sw, "failed", ",\"call\":%d,\"step\":%s", id, quoted(word));
		return;
	}
	event(sw, "unknown", ",\"call\":%d,\"step\":%s", id, quoted(word));
}

void call_run(struct sw *sw)
{
	for (int i = 0; i < CALLS_MAX; i++) {
		struct call *c = &sw->calls[i];

		while (c->id && c->call && c->at < c->steps.n && c->due <= sw->now)
			step(sw, c, c->steps.word[c->at++]);
	}
}

int64_t call_next(const struct sw *sw)
{
	int64_t next = INT64_MAX / 2;

	for (int i = 0; i < CALLS_MAX; i++) {
		const struct call *c = &sw->calls[i];

		if (c->id && c->call && c->at < c->steps.n && c->due < next)
			next = c->due;
	}
	return next;
}
