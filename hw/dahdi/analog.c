/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hw/dahdi/analog.c: what an analog port is told: hook, ringing, pulses, polarity. Loop thread.
 *
 * DAHDI names signalling after the far end: fxoks is a port that has a telephone (FXS), fxsks one that is a
 * telephone (FXO). Its timers run in the kernel, and nothing here waits: on a non-blocking descriptor an
 * order under way is EINPROGRESS.
 *
 * DAHDI's own on hook takes battery away for half a second whenever the telephone is off hook ("kewl start").
 * That is HW_DROP; a port that only ends ringing or talking is told RINGOFF, which leaves battery alone.
 */
#include <dahdi/wctdm_user.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "hw/dahdi/card.h"

enum {
	TX_KEWL = 3,
	RX_ONHOOK = 0,
	RX_OFFHOOK = 1,
	RX_RING = 3,
	RX_INITIAL = 4
};                                          /* enum dahdi_txsig, dahdi_rxsig: the kernel's own */
enum { DROP_MS = 500, FLASH_MIN_MS = 200 }; /* fixed in the kernel */

int dahdi_port_ioctl(struct dahdi_line *l, unsigned long request, void *arg)
{
	if (notify_gone(&l->h.notify))
		return -ENODEV;
	if (ioctl(l->h.fd, request, arg) == 0 || errno == EINPROGRESS)
		return 0;
	return errno == ENOTTY || errno == ENOSYS ? -EOPNOTSUPP : -errno;
}

static int order(struct dahdi_line *l, int what)
{
	return dahdi_port_ioctl(l, DAHDI_HOOK, &what);
}

void dahdi_port_open(struct dahdi_line *l, const struct dahdi_params *p)
{
	bool fxs = l->base.kind == HW_CHAN_FXS;

	l->port = (struct dahdi_port){.sigtype = p->sigtype, .lifted = p->rxisoffhook, .wanted = -1};
	l->port.reversed = fxs ? 0 : -1;
	l->port.own_line = dahdi_span_is_analog(l->h.card, l->base.span);
}

void dahdi_port_dialling(struct dahdi_line *l, bool on)
{
	pthread_mutex_lock(&l->writing);
	l->dialling = on;
	pthread_mutex_unlock(&l->writing);
}

/* --- FXS -------------------------------------------------------------------------------------------- */

static int move_to(struct dahdi_line *l, int what, enum dahdi_port_state next)
{
	int err = order(l, what);

	if (!err)
		l->port.state = next;
	return err;
}

static int ring(struct dahdi_line *l)
{
	struct dahdi_params p = {0};
	int err = dahdi_port_ioctl(l, DAHDI_GET_PARAMS, &p);

	if (!err && (p.rxisoffhook || l->port.state != PORT_IDLE))
		err = -EBUSY;
	if (!err)
		err = move_to(l, DAHDI_RING, PORT_RINGING);
	if (!err) { /* DAHDI tells of all rings but the first */
		notify_post(&l->h.notify, HW_EV_RINGER_ON);
		dahdi_wake(l->h.card);
	}
	return err;
}

/* DAHDI drops battery only from a port that is off hook, and not when the telephone is on hook already. */
static int drop(struct dahdi_line *l)
{
	struct dahdi_params p = {0};
	int err;

	if (dahdi_ground(l)) { /* tip is open from here on; nothing has to settle */
		err = move_to(l, DAHDI_ONHOOK, PORT_IDLE);
		if (!err)
			notify_post(&l->h.notify, HW_EV_HOOK_DONE);
		dahdi_wake(l->h.card);
		return err;
	}
	if (l->port.sigtype != DAHDI_SIG_FXOKS)
		return -EOPNOTSUPP;
	err = l->port.state == PORT_TALK ? 0 : order(l, DAHDI_OFFHOOK);
	if (!err)
		err = move_to(l, DAHDI_ONHOOK, PORT_IDLE);
	if (!err)
		err = dahdi_port_ioctl(l, DAHDI_GET_PARAMS, &p);
	if (err)
		return err;
	if (p.txhooksig == TX_KEWL) {
		l->port.state = PORT_DROPPING;
		return 0;
	}
	notify_post(&l->h.notify, HW_EV_HOOK_DONE);
	dahdi_wake(l->h.card);
	return 0;
}

static int fxs_order(struct dahdi_line *l, enum hw_hook what)
{
	enum dahdi_port_state state = l->port.state;

	if (what == HW_FLASH)
		return -EINVAL;
	if (state == PORT_DROPPING)
		return what == HW_OFFHOOK || what == HW_RING ? -EBUSY : 0;
	if (state == PORT_SETTLING) {
		l->port.wanted = what == HW_OFFHOOK || what == HW_RING ? (int)what : -1;
		return 0;
	}
	switch (what) {
	case HW_RING:
		return ring(l);
	case HW_RING_OFF:
		return state == PORT_RINGING ? move_to(l, DAHDI_RINGOFF, PORT_IDLE) : 0;
	case HW_OFFHOOK: /* once: DAHDI believes no hook change for a while after each */
		return state == PORT_TALK ? 0 : move_to(l, DAHDI_OFFHOOK, PORT_TALK);
	case HW_DROP:
		return drop(l);
	default:
		return move_to(l, DAHDI_RINGOFF, PORT_IDLE);
	}
}

static int fxs_hook(struct dahdi_line *l, enum hw_hook what)
{
	bool rang = l->port.state == PORT_RINGING;
	int err = fxs_order(l, what);

	if (rang && l->port.state != PORT_RINGING)
		dahdi_ground_ring_over(l);
	return err;
}

/* --- FXO -------------------------------------------------------------------------------------------- */

static int flash(struct dahdi_line *l)
{
	int err = l->port.state == PORT_TALK ? order(l, DAHDI_FLASH) : -EBUSY;

	if (!err)
		l->port.flashing = true;
	return err;
}

static int fxo_hook(struct dahdi_line *l, enum hw_hook what)
{
	int err;

	switch (what) {
	case HW_ONHOOK:
		err = dahdi_ground(l) ? dahdi_ground_onhook(l) : move_to(l, DAHDI_ONHOOK, PORT_IDLE);
		l->port.flashing = false;
		dahdi_port_dialling(l, false); /* ended, without a word */
		return err;
	case HW_OFFHOOK:
		if (dahdi_ground(l))
			return dahdi_ground_seize(l);
		return l->port.state == PORT_TALK ? 0 : move_to(l, DAHDI_OFFHOOK, PORT_TALK);
	case HW_FLASH:
		return flash(l);
	default:
		return -EINVAL;
	}
}

int dahdi_hook(struct hw_line *base, enum hw_hook what)
{
	struct dahdi_line *l = (struct dahdi_line *)base;

	return base->kind == HW_CHAN_FXS ? fxs_hook(l, what) : fxo_hook(l, what);
}

int dahdi_dial_pulse(struct hw_line *base, const char *digits)
{
	struct dahdi_line *l = (struct dahdi_line *)base;
	struct dahdi_dialoperation op = {.op = DAHDI_DIAL_OP_REPLACE};
	size_t len = strlen(digits);
	int err;

	if (base->kind != HW_CHAN_FXO || l->port.state != PORT_TALK || !len || len > sizeof(op.dialstr) - 2 ||
	    strspn(digits, "0123456789") != len)
		return -EINVAL;
	if (l->dialling) /* written by this thread alone */
		return -EBUSY;
	snprintf(op.dialstr, sizeof(op.dialstr), "P%s", digits);
	dahdi_port_dialling(l, true);
	err = dahdi_port_ioctl(l, DAHDI_DIAL, &op);
	if (err)
		dahdi_port_dialling(l, false);
	return err;
}

/* --- Both ------------------------------------------------------------------------------------------- */

int dahdi_set_timing(struct hw_line *base, const struct hw_timing *t)
{
	struct dahdi_line *l = (struct dahdi_line *)base;
	bool fxs = base->kind == HW_CHAN_FXS;
	struct dahdi_params p = {0};
	const struct {
		uint16_t ms;
		bool mine;
		int *to;
	} rows[] = {
		{t->flash_max_ms, fxs, &p.rxflashtime},       {t->debounce_ms, fxs, &p.debouncetime},
		{t->flash_out_ms, !fxs, &p.flashtime},        {t->pulse_make_ms, !fxs, &p.pulsemaketime},
		{t->pulse_break_ms, !fxs, &p.pulsebreaktime}, {t->pulse_gap_ms, !fxs, &p.pulseaftertime},
	};
	int err = dahdi_port_ioctl(l, DAHDI_GET_PARAMS, &p);

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].ms && rows[i].mine)
			*rows[i].to = rows[i].ms;
	if (!err)
		err = dahdi_port_ioctl(l, DAHDI_SET_PARAMS, &p);
	if (!err && fxs &&
	    ((t->drop_ms && t->drop_ms != DROP_MS) || (t->flash_min_ms && t->flash_min_ms != FLASH_MIN_MS)))
		err = -EOPNOTSUPP;
	return err;
}

int dahdi_set_cadence(struct hw_line *base, const uint16_t *ms, int n, int repeat_from)
{
	struct dahdi_line *l = (struct dahdi_line *)base;
	struct dahdi_ring_cadence c = {{0}};

	if (base->kind != HW_CHAN_FXS)
		return -EINVAL;
	for (int i = 0; i < n; i++) {
		if (!ms[i]) /* a timer of 0 would never end */
			return -EINVAL;
		c.ringcadence[i] = ms[i];
	}
	c.ringcadence[repeat_from] *= -1; /* DAHDI's mark for where it begins again */
	return dahdi_port_ioctl(l, DAHDI_SETCADENCE, &c);
}

int dahdi_polarity(struct hw_line *base, bool reversed)
{
	struct dahdi_line *l = (struct dahdi_line *)base;
	int v = reversed, err = -EINVAL;

	if (base->kind == HW_CHAN_FXS)
		err = dahdi_port_ioctl(l, DAHDI_SETPOLARITY, &v);
	if (!err)
		l->port.reversed = reversed;
	return err;
}

int dahdi_message_lamp(struct hw_line *base, bool on)
{
	struct dahdi_line *l = (struct dahdi_line *)base;
	struct dahdi_vmwi_info how = {DAHDI_VMWI_HVAC};
	int messages = on, err;

	if (base->kind != HW_CHAN_FXS)
		return -EINVAL;
	err = dahdi_port_ioctl(l, DAHDI_VMWI_CONFIG, &how);
	return err ? err : dahdi_port_ioctl(l, DAHDI_VMWI, &messages);
}

int dahdi_onhook_transfer(struct hw_line *base, unsigned ms)
{
	int v = ms < 60000 ? (int)ms : 60000;

	if (base->kind != HW_CHAN_FXS)
		return -EINVAL;
	return dahdi_port_ioctl((struct dahdi_line *)base, DAHDI_ONHOOKTRANSFER, &v);
}

static int battery(const struct dahdi_line *l, const struct dahdi_params *p)
{
	if (dahdi_ground(l))
		return -1;
	if (l->port.own_line && p->chan_alarms)
		return 0;
	if (p->rxhooksig == RX_INITIAL || l->port.sigtype == DAHDI_SIG_FXSLS)
		return l->port.own_line ? 1 : -1;
	return p->rxhooksig != RX_ONHOOK;
}

int dahdi_analog(struct hw_line *base, struct hw_analog *out)
{
	struct dahdi_line *l = (struct dahdi_line *)base;
	struct wctdm_stats stats = {0};
	struct dahdi_params p = {0};
	int err = dahdi_port_ioctl(l, DAHDI_GET_PARAMS, &p);

	if (err)
		return err;
	*out = (struct hw_analog){.battery = -1, .reversed = l->port.reversed};
	out->voltage_mv = out->current_ua = INT_MIN;
	if (base->kind == HW_CHAN_FXS) {
		out->offhook = p.rxisoffhook;
		out->ringing = l->port.state == PORT_RINGING;
		return 0;
	}
	out->offhook = l->port.state == PORT_TALK || l->port.state == PORT_STARTING;
	out->ringing = p.rxhooksig == RX_RING;
	if (dahdi_ground(l)) /* while it rings, tip is grounded too */
		out->grounded = p.rxhooksig == RX_OFFHOOK || p.rxhooksig == RX_RING;
	out->battery = battery(l, &p);
	if (l->port.own_line && ioctl(l->h.fd, WCTDM_GET_STATS, &stats) == 0)
		out->voltage_mv = stats.batvolt;
	return 0;
}
