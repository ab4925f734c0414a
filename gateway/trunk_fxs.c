/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A trunk of FXS ports, telephones; see trunk.h. Loop thread. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/line_audio.h"
#include "gateway/pair_test.h"
#include "gateway/trunk.h"

/* A line's own number stands in the trunk file as "+442079460501": on a leg the plus is the type of number. */
void trunk_own_number(struct leg_number *n)
{
	if (n->digits[0] != '+')
		return;
	memmove(n->digits, n->digits + 1, strlen(n->digits));
	n->ton = TON_INTERNATIONAL;
	n->npi = NPI_E164;
}

static void on_offered(void *arg, struct leg *leg, const struct leg_offer *offer)
{
	struct leg_offer o = *offer;

	trunk_own_number(&o.calling);
	trunk_offered(arg, leg, &o);
}

/* What was dialled so far, against the rows of this trunk's section. */
static enum fxs_digits on_digits(void *arg, const char *digits)
{
	static const enum fxs_digits answers[] = {
		[DID_DIGITS_MORE] = FXS_MORE,
		[DID_DIGITS_COMPLETE] = FXS_COMPLETE,
		[DID_DIGITS_COMPLETE_OR_MORE] = FXS_COMPLETE_OR_MORE,
		[DID_DIGITS_NONE] = FXS_NONE,
	};
	const struct trunk *t = arg;

	return answers[did_digits(t->gw->site->dids, t->name, &t->rules, digits)];
}

static enum cid_method cid_method(const struct conf_fxs *c, const struct country *country)
{
	return c->cid == CONF_CID_COUNTRY ? country->cid : (enum cid_method)(c->cid - CONF_CID_NONE);
}

static enum cid_when cid_when(const struct conf_fxs *c, const struct country *country)
{
	return c->cid_when == CONF_CID_WHEN_COUNTRY ? country->cid_when : (enum cid_when)(c->cid_when - CONF_CID_AFTER_RING);
}

_Static_assert((int)CID_NTT == CONF_CID_NTT - CONF_CID_NONE && (int)CID_BEFORE_RING == CONF_CID_BEFORE_RING - CONF_CID_AFTER_RING,
	       "conf's enums are the country's with one before them");

static int fxs_open(struct trunk *t, const struct conf_trunk *ct)
{
	const struct conf_fxs *c = &ct->fxs;
	const struct country *country = site_country(t->gw->site->conf, c->tones);
	struct fxs_line_conf *lines = calloc((size_t)c->lines.n + 1, sizeof(*lines));
	struct fxs_conf fc = {
		.name = ct->name,
		.lines = lines,
		.n_lines = c->lines.n,
		.country = country,
		.start = c->start == CONF_KEWL ? FXS_KEWL : FXS_LOOP,
		.cid = cid_method(c, country),
		.cid_when = cid_when(c, country),
		.cid_dtas = c->cid_alert == CONF_CID_ALERT_COUNTRY ? country->cid_dtas : c->cid_alert == CONF_CID_ALERT_DTAS,
		.first_digit_ms = c->first_digit_ms,
		.interdigit_ms = c->interdigit_ms,
		.busy_ms = c->busy_ms,
		.howler_ms = c->howler_ms,
		.polarity_answer = c->polarity_answer,
		.drop_ms = c->drop_ms,
		.call_waiting = c->call_waiting,
		.three_way = c->three_way,
		.transfer = c->transfer,
		.flash_min_ms = c->flash_min_ms,
		.flash_max_ms = c->flash_max_ms,
		.rx_gain_db = c->rx_gain_db,
		.tx_gain_db = c->tx_gain_db,
		.echo_taps = c->echo_taps,
		.lamp = c->lamp,
		.mwi_fsk = c->mwi_fsk,
	};
	struct fxs_handlers h = { .offered = on_offered, .digits = on_digits, .log = trunk_log, .arg = t,
				  .audio = &line_audio_media, .audio_arg = t->gw->audios };
	int err = trunk_start(t, c->start, &c->lines);

	t->country = country;
	for (int i = 0; lines && i < c->lines.n; i++) {
		const struct conf_line *l = &c->lines.line[i];

		lines[i].chan = l->chan;
		memcpy(lines[i].number, l->number, sizeof(lines[i].number));
		memcpy(lines[i].name, l->name, sizeof(lines[i].name));
		memcpy(lines[i].hotline, l->hotline, sizeof(lines[i].hotline));
		lines[i].hotline_ms = l->hotline_ms;
	}
	if (!lines)
		err = -ENOMEM;
	if (!err)
		err = fxs_trunk_open(&t->fxs, t->gw->hw, &fc, &h);
	free(lines);
	return err;
}

static void fxs_close(struct trunk *t)
{
	fxs_trunk_close(t->fxs);
}

static bool fxs_quiet(struct trunk *t)
{
	return fxs_trunk_quiet(t->fxs);
}

static int64_t fxs_service(struct trunk *t, int64_t now_us, const struct timeval *wall)
{
	return fxs_trunk_service(t->fxs, now_us, wall);
}

static void fxs_drain(struct trunk *t, bool on)
{
	fxs_trunk_drain(t->fxs, on);
}

/* The port whose own number is NUMBER (inside form), 0 for none. */
static int port_of_number(const struct trunk *t, const char *number)
{
	const struct conf_trunk *c = conf_trunk(t->gw->site->conf, t->name);

	for (int i = 0; c && i < c->fxs.lines.n; i++) {
		struct leg_number n = { 0 };
		char inside[NUMBER_MAX];

		memcpy(n.digits, c->fxs.lines.line[i].number, sizeof(n.digits));
		trunk_own_number(&n);
		trunk_read_number(t, &n, inside);
		if (inside[0] && !strcmp(inside, number))
			return i + 1;
	}
	return 0;
}

/* A row's "phones/1" names the port; "phones" alone the one that has the called number. */
static int fxs_call(struct trunk *t, const struct leg_offer *offer, leg_event_fn *fn, void *arg, struct leg **out)
{
	struct leg_offer o = *offer;
	char inside[NUMBER_MAX];
	int err, port;

	trunk_read_number(t, &offer->called, inside);
	port = port_of_number(t, inside);
	if (port)
		snprintf(o.called.digits, sizeof(o.called.digits), "%d", port);
	if (pair_test_has(t, o.called.digits))
		return 17;
	err = fxs_trunk_call(t->fxs, &o, fn, arg, out);
	return err ? fxs_call_error_cause(err) : 0;
}

int trunk_messages(struct gateway *gw, const char *user, unsigned waiting)
{
	for (struct trunk *t = gw->trunks; t; t = t->next) {
		struct leg_number n = { 0 };
		char inside[NUMBER_MAX];
		int port;

		if (!t->fxs)
			continue;
		snprintf(n.digits, sizeof(n.digits), "%s", user);
		trunk_own_number(&n);
		trunk_read_number(t, &n, inside);
		port = port_of_number(t, inside);
		if (port)
			return fxs_trunk_messages(t->fxs, port, waiting);
	}
	return -ENOENT;
}

static int fxs_lines(const struct trunk *t, struct trunk_line *out, int max)
{
	struct fxs_line_info *l = calloc((size_t)max + 1, sizeof(*l));
	int n = l ? fxs_trunk_lines(t->fxs, l, max) : 0;

	for (int i = 0; i < n && i < max; i++) {
		out[i] = (struct trunk_line){
			.chan = l[i].chan,
			.state = fxs_line_state_name(l[i].state),
			.idle = l[i].state == FXS_IDLE,
			.out_of_service = l[i].state == FXS_OUT,
			.since_us = l[i].since_us,
			.leg = { l[i].leg[0], l[i].leg[1] },
			.calls = l[i].calls,
		};
		snprintf(out[i].name, sizeof(out[i].name), "%.20s/%d", t->name, l[i].port);
		if (l[i].messages)
			snprintf(out[i].note, sizeof(out[i].note), "%u message%s wait%s", l[i].messages,
				 l[i].messages == 1 ? "" : "s", l[i].messages == 1 ? "s" : "");
	}
	free(l);
	return n;
}

const struct trunk_kind trunk_fxs = {
	.name = "fxs",
	.open = fxs_open,
	.close = fxs_close,
	.quiet = fxs_quiet,
	.service = fxs_service,
	.drain = fxs_drain,
	.call = fxs_call,
	.in_service = trunk_lines_in_service,
	.detail = trunk_lines_detail,
	.lines = fxs_lines,
	.alarms = trunk_lines_alarms,
};
