/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of trunks, and what the router asks of one; see trunk.h. */
#include "gateway/trunk.h"

#include <errno.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#include "gateway/call.h"
#include "gateway/log.h"

void trunk_offered(void *arg, struct leg *leg, const struct leg_offer *offer)
{
	struct trunk *t = arg;

	call_offered(t->gw, t, leg, offer);
}

void trunk_log(void *arg, int level, const char *text)
{
	struct trunk *t = arg;

	log_line(level, "%s: %s", t->name, text);
}

static const struct trunk_kind *const kinds[] = { [CONF_TRUNK_ISDN] = &trunk_isdn, [CONF_TRUNK_SIP] = &trunk_sip,
						  [CONF_TRUNK_FXS] = &trunk_fxs, [CONF_TRUNK_FXO] = &trunk_fxo };

void trunk_take_conf(struct trunk *t, const struct conf_trunk *c)
{
	site_number_rules(c, &t->rules);
	t->max_calls = c->max_calls;
	t->clearmode = c->kind == CONF_TRUNK_SIP && c->sip.clearmode;
	t->overlap = c->kind == CONF_TRUNK_SIP ? c->sip.overlap == CONF_OVERLAP_RFC3578 :
		     c->kind == CONF_TRUNK_ISDN && c->isdn.overlap;
	if (t->is->reload)
		t->is->reload(t, c);
}

/* Its place is that of the trunk file, where one that leaves has none. */
static struct trunk **place_of(struct gateway *gw, const struct conf_trunk *c)
{
	struct trunk **p = &gw->trunks;

	for (const struct conf_trunk *before = gw->site->conf->trunks; *p; p = &(*p)->next) {
		const struct conf_trunk *at = conf_trunk(gw->site->conf, (*p)->name);

		if (at && at - before > c - before)
			break;
	}
	return p;
}

int trunk_add(struct gateway *gw, const struct conf_trunk *c)
{
	struct trunk *t = calloc(1, sizeof(*t)), **p = place_of(gw, c);
	int err = 0;

	if (!t)
		return -ENOMEM;
	t->gw = gw;
	snprintf(t->name, sizeof(t->name), "%s", c->name);
	t->kind = c->kind;
	t->is = kinds[c->kind];
	if (t->is->open)
		err = t->is->open(t, c);
	if (err) {
		log_line(LOG_L_ERROR, "%s: cannot open its lines: %s", c->name, strerror(-err));
		free(t);
		return err;
	}
	trunk_take_conf(t, c);
	if (gw->draining && t->is->drain)
		t->is->drain(t, true);
	t->next = *p;
	*p = t;
	return 0;
}

static int64_t service(void *arg, int64_t now_us)
{
	struct gateway *gw = arg;
	struct timeval wall;
	int64_t next = -1;

	gettimeofday(&wall, NULL);
	for (struct trunk *t = gw->trunks; t; t = t->next) {
		int64_t d = t->is->service ? t->is->service(t, now_us, &wall) : -1;

		if (d >= 0 && (next < 0 || d < next))
			next = d;
	}
	return next;
}

int trunks_open(struct gateway *gw)
{
	int err = 0;

	for (int i = 0; i < gw->site->conf->n_trunks && !err; i++)
		err = trunk_add(gw, &gw->site->conf->trunks[i]);
	return err ? err : loop_add_turn(gw->loop, service, gw);
}

bool trunks_quiet(struct gateway *gw)
{
	bool quiet = true;

	for (struct trunk *t = gw->trunks; t; t = t->next)
		quiet &= !t->is->quiet || t->is->quiet(t);
	return quiet;
}

void trunks_close(struct gateway *gw)
{
	struct trunk *t;

	loop_del_turn(gw->loop, service, gw);
	while ((t = gw->trunks)) {
		gw->trunks = t->next;
		if (t->is->close)
			t->is->close(t);
		free(t);
	}
}

void trunks_drain(struct gateway *gw, bool on)
{
	for (struct trunk *t = gw->trunks; t; t = t->next)
		if (t->is->drain)
			t->is->drain(t, on);
}

struct trunk *trunk_find(struct gateway *gw, const char *name)
{
	struct trunk *t = gw->trunks;

	while (t && strcmp(t->name, name))
		t = t->next;
	return t;
}

bool trunk_in_service(const struct trunk *t, char *why, size_t size)
{
	why[0] = 0;
	return t->is->in_service(t, why, size);
}

void trunk_write_number(const struct trunk *t, bool calling, const char *number, struct leg_number *out)
{
	char digits[NUMBER_MAX] = "";
	unsigned ton = TON_UNKNOWN, npi;

	number_out(&t->rules, calling ? t->rules.calling_style : t->rules.called_style, number, digits, &ton);
	if (digits[0] == '+')
		ton = TON_INTERNATIONAL;
	snprintf(out->digits, sizeof(out->digits), "%s", digits + (digits[0] == '+'));
	npi = ton == TON_UNKNOWN && t->kind == CONF_TRUNK_SIP ? NPI_UNKNOWN : NPI_E164;
	number_fix(&t->rules, calling, &ton, &npi);
	out->ton = (uint8_t)ton;
	out->npi = (uint8_t)npi;
}

/* The types of another plan than E.164's mean something else: such a number stays as it came. */
void trunk_read_number(const struct trunk *t, const struct leg_number *in, char *number)
{
	bool e164 = in->npi == NPI_UNKNOWN || in->npi == NPI_E164 || in->npi == NPI_NATIONAL;

	if (!in->digits[0] || number_in(&t->rules, in->digits, e164 ? in->ton : (unsigned)TON_NETWORK, number))
		snprintf(number, NUMBER_MAX, "%.*s", NUMBER_MAX - 1, in->digits);
}

bool trunk_carries(const struct trunk *t, uint8_t bearer)
{
	if (bearer_is_sound(bearer) || t->kind == CONF_TRUNK_ISDN)
		return true;
	return t->kind == CONF_TRUNK_SIP && bearer == BEARER_UNRESTRICTED && t->clearmode;
}

int trunk_call(struct trunk *t, const struct leg_offer *offer, leg_event_fn *fn, void *arg, struct leg **out)
{
	return t->is->call(t, offer, fn, arg, out);
}

/* --- Analog trunks ------------------------------------------------------------------------------ */

static int count_lines(const struct trunk *t, int *busy, int *out, char *why, size_t size)
{
	struct trunk_line *l = calloc(TRUNK_LINES_MAX, sizeof(*l));
	int n = l ? t->is->lines(t, l, TRUNK_LINES_MAX) : 0;

	*busy = *out = 0;
	why[0] = 0;
	for (int i = 0; i < n && i < TRUNK_LINES_MAX; i++) {
		*busy += !l[i].idle && !l[i].out_of_service;
		*out += l[i].out_of_service;
		if (l[i].out_of_service && !why[0])
			snprintf(why, size, "%s", l[i].note[0] ? l[i].note : "the card has no such port");
	}
	free(l);
	return n;
}

bool trunk_lines_in_service(const struct trunk *t, char *why, size_t size)
{
	char first[96];
	int busy, out, n = count_lines(t, &busy, &out, first, sizeof(first));

	if (n > out)
		return true;
	snprintf(why, size, "every line is out of service: %s", first);
	return false;
}

void trunk_lines_detail(const struct trunk *t, char *buf, size_t size)
{
	char why[96];
	int busy, out, n = count_lines(t, &busy, &out, why, sizeof(why));

	snprintf(buf, size, "%d line%s, %d busy, %d out of service", n, n == 1 ? "" : "s", busy, out);
}

void trunk_lines_alarms(const struct trunk *t, trunk_alarm_fn *fn, void *arg)
{
	struct trunk_line *l = calloc(TRUNK_LINES_MAX, sizeof(*l));
	int n = l ? t->is->lines(t, l, TRUNK_LINES_MAX) : 0;
	char text[160];

	for (int i = 0; i < n && i < TRUNK_LINES_MAX; i++)
		if (l[i].out_of_service) {
			snprintf(text, sizeof(text), "line %d (channel %d) is out of service: %s", i + 1, l[i].chan,
				 l[i].note[0] ? l[i].note : "the card has no such port");
			fn(arg, l[i].since_us, text);
		}
	free(l);
}

static bool has_name(const struct trunk *t, const struct trunk_line *l, const char *name)
{
	char chan[16], analog[96];
	const char *slash = strrchr(l->name, '/');

	snprintf(chan, sizeof(chan), "%d", l->chan);
	/* The table shows a long trunk name cut short. */
	snprintf(analog, sizeof(analog), "%s%s", t->name, slash && !t->pri ? slash : "/");
	return !strcmp(name, l->name) || !strcmp(name, chan) || !strcmp(name, analog);
}

struct trunk *trunk_find_line(struct gateway *gw, const char *name, struct trunk_line *out)
{
	struct trunk_line *l = calloc(TRUNK_LINES_MAX, sizeof(*l));
	struct trunk *found = NULL;

	for (struct trunk *t = gw->trunks; t && l && !found; t = t->next) {
		int n = t->is->lines ? t->is->lines(t, l, TRUNK_LINES_MAX) : 0;

		for (int i = 0; i < n && i < TRUNK_LINES_MAX && !found; i++)
			if (has_name(t, &l[i], name)) {
				*out = l[i];
				found = t;
			}
	}
	free(l);
	return found;
}

int trunk_line_chan(struct gateway *gw, const char *line, const struct country **country)
{
	struct trunk_line l;
	struct trunk *t = trunk_find_line(gw, line, &l);

	if (!t || !t->fxs)
		return -ENOENT;
	*country = t->country;
	return l.chan;
}
