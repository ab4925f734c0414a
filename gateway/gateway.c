/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting the parts in their order, stopping them in the reverse one; see gateway.h. */
#include "gateway/gateway.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "gateway/call.h"
#include "gateway/commands.h"
#include "gateway/files.h"
#include "gateway/line_audio.h"
#include "gateway/log.h"
#include "gateway/notify.h"
#include "gateway/pair_test.h"
#include "gateway/phone.h"
#include "gateway/trace.h"
#include "gateway/trunk.h"
#include "gateway/watchdog.h"
#include "hw/sim.h"

#define QUIET_MS 40000 /* no call for so long: SIP's transactions have ended too (RFC 3261 timer J), give memory back */
#define STOP_MS 5000 /* an orderly stop waits this long for the far ends */

static void on_site_error(void *arg, const struct site_error *e)
{
	(void)arg;
	site_print_error(stderr, e);
}

/* --- the card --------------------------------------------------------------------------------- */

static const enum hw_span_type span_types[] = { [CONF_E1] = HW_SPAN_E1, [CONF_T1] = HW_SPAN_T1, [CONF_J1] = HW_SPAN_J1,
						 [CONF_ANALOG] = HW_SPAN_ANALOG };

int gateway_open_sim(struct hw **out, const struct conf_sim *c)
{
	struct sim_span *spans = calloc((size_t)c->n_spans + 1, sizeof(*spans));
	struct sim_wire *wires = calloc((size_t)c->n_wires + 1, sizeof(*wires));
	struct sim_pair *pairs = calloc((size_t)c->n_pairs + 1, sizeof(*pairs));
	struct sim_conf sc = { .spans = spans, .n_spans = c->n_spans, .wires = wires, .n_wires = c->n_wires,
			       .pairs = pairs, .n_pairs = c->n_pairs };
	int err = spans && wires && pairs ? 0 : -ENOMEM, i;

	for (i = 0; !err && i < c->n_spans; i++)
		spans[i] = (struct sim_span){ .no = c->spans[i].no, .type = span_types[c->spans[i].type], .no_dchan = c->spans[i].no_dchan,
					      .fxs = c->spans[i].fxs, .fxo = c->spans[i].fxo,
					      .law = c->spans[i].law == CONF_MULAW ? HW_MULAW : HW_ALAW,
					      .ground_start = c->spans[i].start == CONF_SIM_GROUND };
	for (i = 0; !err && i < c->n_wires; i++)
		wires[i] = (struct sim_wire){ c->wires[i].a, c->wires[i].b, c->wires[i].ppm };
	for (i = 0; !err && i < c->n_pairs; i++) {
		const struct conf_sim_pair *p = &c->pairs[i];

		pairs[i] = (struct sim_pair){ .fxs = p->fxs, .fxo = p->fxo, .loss_db = p->loss_db, .echo_db = p->echo_db,
					      .echo_ms = p->echo_ms, .noise_dbm0 = p->noise_dbm0, .dead = p->dead };
	}
	if (!err)
		err = hw_sim_open(out, &sc);
	free(spans);
	free(wires);
	free(pairs);
	return err;
}

static void on_hw(void *arg, uint32_t events)
{
	struct gateway *gw = arg;

	(void)events;
	hw_service(gw->hw, loop_now_us());
}

static int open_card(struct gateway *gw)
{
	const struct conf *c = gw->site->conf;
	int err = c->card == CONF_CARD_SIM ? gateway_open_sim(&gw->hw, &c->sim) : hw_dahdi_open(&gw->hw);

	if (!err)
		err = loop_add_fd(gw->loop, hw_fd(gw->hw), EPOLLIN, on_hw, gw);
	if (err)
		log_line(LOG_L_ERROR, "card: cannot open it: %s", strerror(-err));
	return err;
}

const char *gateway_line_name(struct gateway *gw, const struct hw_line *line, char *buf, size_t size)
{
	struct hw_chan *chans;
	int n, i;

	buf[0] = 0;
	if (!line)
		return buf;
	if (line->chan >= gw->n_chan_pos || !gw->chan_pos[line->chan]) {
		n = hw_chans(gw->hw, 0, NULL, 0);
		chans = calloc((size_t)n + 1, sizeof(*chans));
		n = chans ? hw_chans(gw->hw, 0, chans, n) : 0;
		for (i = 0; i < n; i++) {
			if (chans[i].no >= gw->n_chan_pos) {
				void *p = realloc(gw->chan_pos, ((size_t)chans[i].no + 1) * sizeof(*gw->chan_pos));

				if (!p)
					break;
				gw->chan_pos = p;
				memset(gw->chan_pos + gw->n_chan_pos, 0,
				       (size_t)(chans[i].no + 1 - gw->n_chan_pos) * sizeof(*gw->chan_pos));
				gw->n_chan_pos = chans[i].no + 1;
			}
			gw->chan_pos[chans[i].no] = (unsigned short)chans[i].pos;
		}
		free(chans);
	}
	if (line->chan < gw->n_chan_pos)
		snprintf(buf, size, "%d/%d", line->span, gw->chan_pos[line->chan]);
	return buf;
}

/* --- media and SIP ---------------------------------------------------------------------------- */

static const char *records_path(const struct gateway *gw)
{
	const char *path = gw->args.records ? gw->args.records : gw->site->conf->records;

	return path[0] ? path : "/var/lib/tipring/records.sqlite";
}

static void on_files(void *arg, uint32_t events)
{
	struct gateway *gw = arg;

	(void)events;
	files_service(gw->files);
}

static int open_files(struct gateway *gw)
{
	int err = files_open(&gw->files);

	return err ? err : loop_add_fd(gw->loop, files_fd(gw->files), EPOLLIN, on_files, gw);
}

static void close_files(struct gateway *gw)
{
	if (gw->files)
		loop_del_fd(gw->loop, files_fd(gw->files));
	files_close(gw->files);
	gw->files = NULL;
}

static void on_media(void *arg, uint32_t events)
{
	struct gateway *gw = arg;

	(void)events;
	media_service(gw->media);
}

static int open_media(struct gateway *gw)
{
	const struct conf_sip_listen *s = &gw->site->conf->sip;
	struct media_conf mc = { .files = gw->files, .rtp_first = s->rtp_first, .rtp_last = s->rtp_last, .realtime = true,
				 .jitter_ms = s->jitter_ms };
	int err = media_open(&gw->media, gw->hw, &mc);

	if (!err)
		media_tones(gw->media, site_country(gw->site->conf, ""));
	if (!err)
		err = loop_add_fd(gw->loop, media_fd(gw->media), EPOLLIN, on_media, gw);
	if (err)
		log_line(LOG_L_ERROR, "media: cannot start: %s", strerror(-err));
	return err;
}

/* What is kept of failures goes to folders beside the call records. */
static void folder_beside(const struct gateway *gw, const char *name, char *out, size_t size)
{
	char *slash;

	snprintf(out, size, "%s", records_path(gw));
	slash = strrchr(out, '/');
	snprintf(slash ? slash + 1 : out, size - (size_t)(slash ? slash + 1 - out : 0), "%s", name);
}

static int open_audios(struct gateway *gw)
{
	char folder[300];

	folder_beside(gw, "audio", folder, sizeof(folder));
	return line_audios_open(&gw->audios, gw->media, folder);
}

static int open_trace(struct gateway *gw)
{
	char folder[300];
	int err;

	folder_beside(gw, "traces", folder, sizeof(folder));
	err = trace_open(&gw->trace, gw, folder);
	if (err)
		log_line(LOG_L_ERROR, "trace: cannot start: %s", strerror(-err));
	return err;
}

static void on_sip_message(void *arg, const struct dump_message *m, const struct sockaddr_storage *local)
{
	struct gateway *gw = arg;

	trace_message(gw->trace, m, local);
}

static void on_sip_offered(void *arg, const char *trunk, struct leg *leg, const struct leg_offer *offer)
{
	struct gateway *gw = arg;
	struct trunk *t = trunk_find(gw, trunk);
	struct leg_cause cause = { .q850 = 41, .text = "the peer is leaving" };

	if (t) {
		call_offered(gw, t, leg, offer);
		return;
	}
	leg_attach(leg, NULL, NULL);
	leg_clear(leg, &cause);
}

static void on_sip_peer(void *arg, const char *trunk, bool up, const char *why)
{
	(void)arg;
	log_line(up ? LOG_L_NOTICE : LOG_L_WARNING, "%s: %s (%s)", trunk, up ? "up" : "down", why);
}

static int on_sip_messages(void *arg, const char *trunk, const char *user, unsigned waiting)
{
	log_line(LOG_L_INFO, "%s: %u messages wait for %s", trunk, waiting, user);
	return trunk_messages(arg, user, waiting);
}

static void on_sip_log(void *arg, int level, const char *text)
{
	(void)arg;
	log_line(level, "sip: %s", text);
}

static int open_sip(struct gateway *gw)
{
	struct sip_handlers h = { .offered = on_sip_offered, .peer = on_sip_peer, .messages = on_sip_messages,
				  .log = on_sip_log, .message = on_sip_message, .arg = gw };
	int err = sip_ua_open(&gw->ua, loop_root(gw->loop), gw->media, gw->site->conf, &h);

	if (err)
		log_line(LOG_L_ERROR, "sip: cannot listen: %s", strerror(-err));
	return err;
}

static bool audio_flows(void *arg)
{
	struct gateway *gw = arg;

	for (struct call *c = gw->calls; c; c = c->next)
		if (c->state == CALL_UP)
			return true;
	return false;
}

static int open_watchdog(struct gateway *gw)
{
	struct watchdog_conf wc = { watchdog_defaults, gw->media, audio_flows, gw };

	return watchdog_open(&gw->watchdog, gw->loop, &wc);
}

/* --- open and close --------------------------------------------------------------------------- */

static void on_records(void *arg, uint32_t events)
{
	struct gateway *gw = arg;

	(void)events;
	records_service(gw->records);
}

static int open_books(struct gateway *gw)
{
	int err = ladder_open(&gw->ladder);

	if (!err)
		err = records_open(&gw->records, records_path(gw));
	if (!err)
		err = loop_add_fd(gw->loop, records_fd(gw->records), EPOLLIN, on_records, gw);
	if (err)
		log_line(LOG_L_ERROR, "records: cannot start: %s", strerror(-err));
	return err;
}

int gateway_open(struct gateway **out, struct loop *loop, const struct gateway_args *args)
{
	struct gateway *gw = calloc(1, sizeof(*gw));
	int err = gw ? 0 : -ENOMEM;

	if (err)
		return err;
	gw->loop = loop;
	gw->args = *args;
	gw->started_us = loop_now_us();
	err = site_load(&gw->site, args->dir, on_site_error, NULL);
	if (!err)
		err = control_open(&gw->control, loop, args->socket, gateway_commands, gw);
	if (err == -EADDRINUSE)
		log_line(LOG_L_ERROR, "another tipringd serves %s", args->socket);
	if (!err)
		err = open_card(gw);
	if (!err)
		err = open_files(gw);
	if (!err)
		err = open_media(gw);
	if (!err)
		err = open_audios(gw);
	if (!err)
		err = open_books(gw);
	if (!err)
		err = open_trace(gw);
	if (!err)
		err = open_sip(gw);
	if (!err)
		err = trunks_open(gw);
	if (!err)
		err = open_watchdog(gw);
	if (err) {
		gateway_close(gw);
		return err;
	}
	*out = gw;
	return 0;
}

/* What is still up when the daemon ends: cleared, and a second given for media to let go of the lines. The
 * drivers report the rest as they close. */
static void drop_calls(struct gateway *gw)
{
	int64_t until = loop_now_us() + 1000000;
	struct call *c, *next;

	gw->stopping = true;
	commands_reload_stop(gw);
	pair_test_stop(gw);
	for (c = gw->calls; c; c = next) {
		next = c->next;
		call_clear(c, 41, "the gateway is stopping");
	}
	while ((!trunks_quiet(gw) || !phones_quiet(gw) || gw->n_calls || gw->pair_test) && loop_now_us() < until)
		loop_step(gw->loop, 20000);
}

void gateway_close(struct gateway *gw)
{
	if (!gw)
		return;
	loop_timer_cancel(gw->loop, &gw->stop_timer);
	watchdog_close(gw->watchdog);
	control_close(gw->control);
	drop_calls(gw);
	sip_ua_close(gw->ua);
	gw->ua = NULL;
	trunks_close(gw);
	calls_forget(gw);
	trace_close(gw->trace);
	gw->trace = NULL;
	loop_timer_cancel(gw->loop, &gw->quiet_timer);
	if (gw->media)
		loop_del_fd(gw->loop, media_fd(gw->media));
	media_close(gw->media);
	line_audios_close(gw->audios);
	close_files(gw);
	if (gw->hw)
		loop_del_fd(gw->loop, hw_fd(gw->hw));
	hw_close(gw->hw);
	if (gw->records)
		loop_del_fd(gw->loop, records_fd(gw->records));
	records_close(gw->records);
	ladder_close(gw->ladder);
	site_free(gw->site);
	free(gw->chan_pos);
	free(gw);
}

/* --- drain and stop --------------------------------------------------------------------------- */

void gateway_drain(struct gateway *gw, bool on)
{
	gw->draining = on;
	sip_ua_drain(gw->ua, on);
	trunks_drain(gw, on);
	log_line(LOG_L_NOTICE, on ? "draining: no new calls, %u are up" : "draining ended, %u calls are up",
		 gw->n_calls);
}

static void on_stop_limit(void *arg)
{
	struct gateway *gw = arg;

	log_line(LOG_L_WARNING, "stopping with %u calls whose far ends did not answer", gw->n_calls);
	loop_stop(gw->loop);
}

static void on_quiet(void *arg)
{
	(void)arg;
	malloc_trim(0);
}

void gateway_call_gone(struct gateway *gw)
{
	if (gw->n_calls)
		return;
	if (gw->stopping)
		loop_stop(gw->loop);
	loop_timer_cancel(gw->loop, &gw->quiet_timer);
	loop_timer(gw->loop, (int64_t)QUIET_MS * 1000, on_quiet, gw, &gw->quiet_timer);
}

void gateway_stop(struct gateway *gw)
{
	struct call *c, *next;

	if (gw->stopping)
		return;
	gw->stopping = true;
	commands_reload_stop(gw);
	notify_service_manager("STOPPING=1");
	pair_test_stop(gw);
	gateway_drain(gw, true);
	loop_timer(gw->loop, (int64_t)STOP_MS * 1000, on_stop_limit, gw, &gw->stop_timer);
	for (c = gw->calls; c; c = next) {
		next = c->next;
		call_clear(c, 41, "the gateway is stopping");
	}
	gateway_call_gone(gw);
}
