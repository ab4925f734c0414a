/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/fuzz/fuzz_dchan.c: a hostile D channel. The input is a script for the far end of a span of the simulated card (frames of
 * any kind, Q.931 of any kind in good frames, silence) and for the owner of the calls at our end; all of it goes through libpri
 * into the driver. When the script is over the far end becomes a good one and every call of ours is cleared: then each must have
 * ended and every line must be idle, whatever came before.
 *
 * The first octet chooses span type, side, overlap and announcements, dialect, and NFAS: two T1 spans more, a second D channel.
 * Then: operation, length, so many octets.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "channels/pri.h"
#include "hw/sim.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/lapd_end.h"

#define WALL_AT_0 1700000000
#define LEGS 64
#define LINES 80
#define QUIET_MS 250000		/* T308 twice, the driver's own "stuck" timer, RESTART three times, and some */

enum op { OP_RAW, OP_Q931, OP_TO_CALL, OP_WAIT, OP_CALL, OP_ACT, OP_ESTABLISH, OP_DEAF, OPS };

static int64_t clock_us;

/* In the place of libc's: libpri reads the clock by itself. */
int gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
	(void)tz;
	*tv = (struct timeval){ WALL_AT_0 + clock_us / 1000000, clock_us % 1000000 };
	return 0;
}

struct owned {
	struct leg *leg;
	bool clearing;
};

struct world {
	struct hw *hw;
	struct pri_trunk *trunk;
	struct lapd_end far[2], *at;	/* of the D channels; the one that the script is at */
	int n_far;
	struct owned legs[LEGS];
	unsigned n_legs, refused;
	bool good;
};

static void on_event(void *arg, struct leg *leg, const struct leg_event *ev)
{
	struct owned *o = arg;

	if (o->leg != leg || (ev->kind == LEG_CLEARED && (ev->cause.q850 < 1 || ev->cause.q850 > 127)))
		abort();
	if (ev->kind == LEG_CLEARED)
		o->leg = NULL;
}

static struct owned *slot(struct world *w)
{
	for (unsigned i = 0; i < LEGS; i++)
		if (!w->legs[i].leg)
			return &w->legs[i];
	return NULL;
}

static void clear(struct owned *o, uint8_t cause)
{
	struct leg_cause c = { .q850 = cause & 0x7f, .location = cause & 0x0f };

	o->clearing = true;
	leg_clear(o->leg, &c);
}

static void on_offered(void *arg, struct leg *leg, const struct leg_offer *offer)
{
	struct world *w = arg;
	struct owned *o = slot(w);

	if (memchr(offer->called.digits, 0, sizeof(offer->called.digits)) == NULL ||
	    memchr(offer->calling_name, 0, sizeof(offer->calling_name)) == NULL)
		abort();
	if (!o || w->good) {
		leg_attach(leg, NULL, NULL);
		leg_clear(leg, &(struct leg_cause){ .q850 = 42 });
		w->refused++;
		return;
	}
	*o = (struct owned){ .leg = leg };
	leg_attach(leg, on_event, o);
}

static void on_log(void *arg, int level, const char *text)
{
	(void)arg;
	if (getenv("FUZZ_LOG"))
		fprintf(stderr, "%9.3f %d %s\n", (double)clock_us / 1e6, level, text);
}

/* --- The clock ---------------------------------------------------------------------------------------- */

static void run(struct world *w, unsigned ms)
{
	int64_t until = clock_us + (int64_t)ms * 1000, busy = 0;

	while (clock_us < until) {
		struct timeval wall;
		int64_t next, at;
		unsigned frames = w->far[0].frames + w->far[1].frames;

		gettimeofday(&wall, NULL);
		hw_service(w->hw, clock_us);
		at = pri_trunk_service(w->trunk, clock_us, &wall);
		if (frames != w->far[0].frames + w->far[1].frames)
			busy = clock_us + 8000;
		next = clock_us + (clock_us < busy ? 1000 : 20000);
		if (at > clock_us && at < next)
			next = at;
		clock_us = next < until ? next : until;
	}
}

/* --- The script --------------------------------------------------------------------------------------- */

static void place_call(struct world *w, const uint8_t *p, size_t n)
{
	struct leg_offer o = { .called = { .ton = TON_NATIONAL, .npi = NPI_E164 }, .complete = true };
	struct owned *s = slot(w);

	if (!s)
		return;
	snprintf(o.called.digits, sizeof(o.called.digits), "%.*s", (int)(n < 20 ? n : 20), (const char *)p);
	*s = (struct owned){ 0 };
	if (pri_trunk_call(w->trunk, &o, on_event, s, &s->leg))
		s->leg = NULL;
}

static void act(struct world *w, const uint8_t *p, size_t n)
{
	static const struct leg_cause cause = { .q850 = 41, .location = 2 };
	struct owned *o;

	if (n < 2)
		return;
	o = &w->legs[p[0] % LEGS];
	if (!o->leg || o->clearing)
		return;
	switch (p[1] % 8) {
	case 0:
		leg_proceed(o->leg);
		break;
	case 1:
		leg_alert(o->leg, p[1] & 8);
		break;
	case 2:
		leg_progress(o->leg, p[1] & 8, p[1] & 16 ? &cause : NULL);
		break;
	case 3:
		leg_answer(o->leg, NULL);
		break;
	case 4:
		leg_hold(o->leg);
		break;
	case 5:
		leg_resume(o->leg);
		break;
	case 6:
		leg_digit(o->leg, '5', 100);
		break;
	default:
		clear(o, n > 2 ? p[2] : 16);
	}
}

/* A message of the last call that we placed: protocol discriminator and call reference are right, the rest is the script's. */
static void to_call(struct world *w, const uint8_t *p, size_t n)
{
	uint8_t m[600] = { 0x08, 2, (uint8_t)(0x80 | w->at->cr >> 8), (uint8_t)w->at->cr };

	if (n > sizeof(m) - 4)
		n = sizeof(m) - 4;
	memcpy(m + 4, p, n);
	lapd_end_send(w->at, m, n + 4);
}

static void step(struct world *w, enum op op, const uint8_t *p, size_t n)
{
	switch (op) {
	case OP_RAW:
		lapd_end_raw(w->at, p, n);
		break;
	case OP_Q931:
		lapd_end_send(w->at, p, n);
		break;
	case OP_TO_CALL:
		to_call(w, p, n);
		break;
	case OP_WAIT:
		run(w, n ? p[0] * 40u : 1);
		break;
	case OP_CALL:
		place_call(w, p, n);
		break;
	case OP_ACT:
		act(w, p, n);
		break;
	case OP_ESTABLISH:
		lapd_end_establish(w->at);
		break;
	default:
		if (n && p[0] & 1)
			w->at = &w->far[w->at == w->far && w->n_far > 1];
		else
			w->at->deaf = !w->at->deaf;
	}
	run(w, op == OP_CALL ? 12 : 3);
}

/* --- The end ------------------------------------------------------------------------------------------ */

static bool idle(struct world *w)
{
	struct pri_line_info lines[LINES];
	int n = pri_trunk_lines(w->trunk, lines, LINES);

	for (int i = 0; i < n; i++)
		if (lines[i].state != PRI_LINE_IDLE)
			return false;
	for (unsigned i = 0; i < LEGS; i++)
		if (w->legs[i].leg)
			return false;
	return n > 0;
}

static void must_end(struct world *w)
{
	unsigned ms = 0;

	w->good = true;
	for (int i = 0; i < w->n_far; i++) {
		w->far[i].good = true;
		w->far[i].deaf = false;
		lapd_end_establish(&w->far[i]);
	}
	run(w, 2000);
	for (unsigned i = 0; i < LEGS; i++)
		if (w->legs[i].leg && !w->legs[i].clearing)
			clear(&w->legs[i], 16);
	for (; !idle(w) && ms < QUIET_MS; ms += 1000) {
		for (int i = 0; i < w->n_far; i++)
			if (!w->far[i].up)
				lapd_end_establish(&w->far[i]);
		/* A line that was set aside comes back when the far end restarts it. */
		if (ms % 30000 == 29000) {
			static const uint8_t restart[] = { 0x08, 2, 0, 0, 0x46, 0x79, 1, 0x87 };	/* the whole interface */

			lapd_end_send(w->far, restart, sizeof(restart));
		}
		run(w, 1000);
	}
	if (!idle(w)) {
		struct pri_line_info lines[LINES];
		int n = pri_trunk_lines(w->trunk, lines, LINES);

		for (int i = 0; i < n; i++)
			if (lines[i].state != PRI_LINE_IDLE)
				fprintf(stderr, "line %d is %s\n", lines[i].pos, pri_line_state_name(lines[i].state));
		for (unsigned i = 0; i < LEGS; i++)
			if (w->legs[i].leg)
				fprintf(stderr, "leg %u has not ended\n", i);
		abort();
	}
}

static enum pri_dialect dialect(unsigned n, bool t1)
{
	static const enum pri_dialect on_t1[] = { PRI_NATIONAL2, PRI_EUROISDN_T1, PRI_DMS100, PRI_4ESS, PRI_5ESS, PRI_NATIONAL1, PRI_QSIG };

	if (t1)
		return on_t1[n % (sizeof(on_t1) / sizeof(on_t1[0]))];
	return n % 2 ? PRI_QSIG : PRI_EUROISDN_E1;
}

static bool has_nfas(enum pri_dialect d)
{
	return d == PRI_NATIONAL2 || d == PRI_DMS100 || d == PRI_4ESS || d == PRI_5ESS;
}

/* One span, or NFAS: three, the third without a D channel. Those of the far end follow. */
static void open_world(struct world *w, uint8_t what)
{
	static const int numbers[] = { 1, 2, 3 };
	bool t1 = what & 1, network = what & 2;
	enum pri_dialect d = dialect(what >> 3, t1);
	int n = what & 0x80 && t1 && has_nfas(d) ? 3 : 1, chans = t1 ? 24 : 31;
	struct sim_span spans[6];
	struct sim_wire wires[3];
	struct sim_conf sim = { .spans = spans, .n_spans = 2 * n, .wires = wires, .n_wires = n };
	struct pri_trunk_conf c = { .name = "fuzz", .spans = numbers, .n_spans = n, .dialect = d, .nfas_primary = n > 1, .nfas_backup = n > 1 ? 2 : 0,
				    .side = network ? PRI_NETWORK : PRI_USER, .alarm_hold_ms = 2500, .alarm_clear_ms = 5000,
				    .overlap = what & 4, .announcements = what & 4, .clear_tones = what & 4 };
	struct pri_handlers h = { .offered = on_offered, .log = on_log, .arg = w };

	for (int i = 0; i < 2 * n; i++)
		spans[i] = (struct sim_span){ .no = i + 1, .type = t1 ? HW_SPAN_T1 : HW_SPAN_E1, .no_dchan = i % 3 == 2 };
	for (int i = 0; i < n; i++)
		wires[i] = (struct sim_wire){ i + 1, n + i + 1, 0 };
	w->n_far = n > 1 ? 2 : 1;
	w->at = w->far;
	if (hw_sim_open(&w->hw, &sim) || pri_trunk_open(&w->trunk, w->hw, &c, &h))
		abort();
	for (int i = 0; i < w->n_far; i++) {
		if (lapd_end_open(&w->far[i], w->hw, (n + i) * chans + (t1 ? 24 : 16), !network))
			abort();
		w->far[i].good = true;	/* RESTART is answered */
		lapd_end_establish(&w->far[i]);
	}
	run(w, n > 1 ? 1200 : 400);
	for (int i = 0; i < w->n_far; i++)
		w->far[i].good = false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world *w = calloc(1, sizeof(*w));

	clock_us += 1000000;
	if (!w)
		abort();
	open_world(w, size ? data[0] : 0);
	for (size_t at = 1; at + 2 <= size;) {
		size_t n = data[at + 1] < size - at - 2 ? data[at + 1] : size - at - 2;

		step(w, (enum op)(data[at] % OPS), data + at + 2, n);
		at += 2 + n;
	}
	must_end(w);
	for (int i = 0; i < w->n_far; i++)
		lapd_end_close(&w->far[i]);
	pri_trunk_close(w->trunk);
	hw_close(w->hw);
	free(w);
	return 0;
}
