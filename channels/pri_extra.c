/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/pri_extra.c: what goes along with the messages of a call beside the numbers that libpri handles:
 * subaddresses (Q.931 4.5.9), user-user information (Q.957), keypad facility, a second calling party number
 * (EN 300 092-1), capabilities of data, date and time. Loop thread.
 *
 * libpri takes user-user information as a string, so that a zero octet ends it, always under protocol
 * discriminator 4, and what it gives of a received one is as short. It has no place for a second calling number,
 * nor for a redirecting number as an element in a dialect that has an operation for it. So these elements are put
 * into the frame when it is written (pri_attach.c), and read from the frame that has just come: libpri reports an event before it
 * reads the next one.
 */
#include "channels/pri_dialect.h"
#include "channels/pri_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* --- Into frames that are written --------------------------------------------------------------- */

static void attach_uui(struct pri_leg *leg, uint8_t type, const struct leg_uui *uui)
{
	if (uui->len)
		pri_attach_element(leg, type, ATTACH_BESIDE, IE_USER_USER, uui->octets, uui->len);
}

static void attach_sub(struct pri_leg *leg, uint8_t type, uint8_t id, const struct leg_subaddress *sub)
{
	uint8_t octets[1 + LEG_SUB_MAX];

	if (!sub->len || sub->len > LEG_SUB_MAX)
		return;
	octets[0] = (uint8_t)(0x80 | (sub->type & 7) << 4 | (sub->odd ? 8 : 0));
	memcpy(octets + 1, sub->octets, sub->len);
	pri_attach_element(leg, type, ATTACH_BESIDE, id, octets, 1U + sub->len);
}

/* --- SETUP out ---------------------------------------------------------------------------------- */

/* A service code is dialled by keypad where the trunk says so (EN 300 122-1), else as a called number. */
static bool by_keypad(const struct pri_leg *leg)
{
	const char *d = leg->offer->called.digits;

	return leg->link->trunk->conf.keypad && (*d == '*' || *d == '#');
}

/* Who SETUP calls; nobody when all of it is in the keypad facility. */
void pri_extra_called(struct pri_leg *leg, struct pri_sr *sr)
{
	struct leg_offer *o = leg->offer;

	if (!by_keypad(leg))
		pri_sr_set_called(sr, o->called.digits, o->called.ton << 4 | o->called.npi, o->complete);
}

/* For a switch that reads Q.931's element and not the operation of EN 300 207-1. */
static void attach_redirecting(struct pri_leg *leg, const struct leg_offer *o)
{
	static const struct leg_number none = { .presentation = PRES_UNAVAILABLE };
	uint8_t number[LEG_DIGITS_MAX + 2], octets[LEG_DIGITS_MAX + 3];
	bool told = q931_digits(o->redirecting.digits) || o->redirecting.presentation;
	size_t n = q931_put_number(told ? &o->redirecting : &none, number);

	octets[0] = number[0];
	octets[1] = number[1] & 0x7f;
	octets[2] = 0x80 | (o->redirect_reason & 0x0f);
	memcpy(octets + 3, number + 2, n - 2);
	pri_attach_element(leg, Q931_SETUP_TYPE, ATTACH_UNLESS_THERE, IE_REDIRECTING, octets, n + 1);
}

/* Rate and protocol of data (V.110, V.120) go on as they came; libpri tells and sends the transfer capability alone. Sound has the
 * law of its own line there. */
static void attach_capabilities(struct pri_leg *leg, const struct leg_offer *o)
{
	const struct leg_capability *b = &o->bearer_ie, *llc = &o->llc;

	if (b->len && !bearer_is_sound(o->bearer) && (b->octets[0] & 0x1f) == o->bearer)
		pri_attach_element(leg, Q931_SETUP_TYPE, ATTACH_INSTEAD, IE_BEARER, b->octets, b->len);
	if (llc->len)
		pri_attach_element(leg, Q931_SETUP_TYPE, ATTACH_BESIDE, IE_LLC, llc->octets, llc->len);
}

void pri_extra_setup(struct pri_leg *leg, struct pri_sr *sr)
{
	const struct leg_offer *o = leg->offer;
	uint8_t octets[LEG_DIGITS_MAX + 2];

	if (by_keypad(leg))
		pri_sr_set_keypad_digits(sr, o->called.digits);
	else if (o->keypad[0])
		pri_sr_set_keypad_digits(sr, o->keypad);
	if (q931_digits(o->calling_user.digits) && q931_digits(o->calling.digits) && leg->link->trunk->conf.two_calling)
		pri_attach_element(leg, Q931_SETUP_TYPE, ATTACH_BESIDE, IE_CALLING, octets, q931_put_number(&o->calling_user, octets));
	if ((o->redirecting.digits[0] || o->redirect_count) && leg->link->trunk->conf.redirecting_element)
		attach_redirecting(leg, o);
	attach_capabilities(leg, o);
	attach_sub(leg, Q931_SETUP_TYPE, IE_CALLING_SUB, &o->calling_sub);
	attach_sub(leg, Q931_SETUP_TYPE, IE_CALLED_SUB, &o->called_sub);
	attach_uui(leg, Q931_SETUP_TYPE, &o->uui);
}

/* --- What goes with the answers ----------------------------------------------------------------- */

int pri_extra_with(struct leg *l, const struct leg_extra *extra)
{
	struct pri_leg *leg = (struct pri_leg *)l;

	if (leg->stage >= PS_CLEARING)
		return -EALREADY;
	leg->with = *extra;
	return 0;
}

static void used(struct pri_leg *leg)
{
	memset(&leg->with, 0, sizeof(leg->with));
}

void pri_extra_alert(struct pri_leg *leg)
{
	attach_uui(leg, Q931_ALERTING_TYPE, &leg->with.uui);
	used(leg);
}

/* Number, name and subaddress of who answered; libpri sends them with CONNECT, or for a call that is up as the
 * dialect has it (FACILITY, NOTIFY). */
static void connected_line(struct pri_leg *leg, const struct leg_number *connected)
{
	struct pri_party_connected_line party;

	memset(&party, 0, sizeof(party));
	if (connected)
		pri_number_out(&party.id.number, connected);
	pri_name_out(&party.id.name, leg->with.connected_name, connected ? connected->presentation : 0);
	if (party.id.number.valid || party.id.name.valid)
		pri_connected_line_update(leg->link->pri, leg->call, &party);
}

void pri_extra_answer(struct pri_leg *leg, const struct leg_number *connected)
{
	connected_line(leg, connected);
	attach_sub(leg, Q931_CONNECT_TYPE, IE_CONNECTED_SUB, &leg->with.connected_sub);
	attach_uui(leg, Q931_CONNECT_TYPE, &leg->with.uui);
	used(leg);
}

int pri_extra_connected(struct leg *l, const struct leg_number *connected)
{
	struct pri_leg *leg = (struct pri_leg *)l;

	if (leg->stage != PS_UP)
		return -EALREADY;
	connected_line(leg, connected);
	used(leg);
	return 0;
}

void pri_extra_clear(struct pri_leg *leg)
{
	attach_uui(leg, ATTACH_CLEARING, &leg->with.uui);
	used(leg);
}

/* --- From frames that have come ------------------------------------------------------------------ */

void pri_extra_got(struct pri_link *link, const uint8_t *frame, size_t len)
{
	link->got_len = len < sizeof(link->got) ? len : sizeof(link->got);
	memcpy(link->got, frame, link->got_len);
}

/* Is the message that has just come of this call, and of this type? */
static bool got(const struct pri_leg *leg, uint8_t type)
{
	struct q931_msg m;

	return q931_read(leg->link->got, leg->link->got_len, &m, NULL) && m.type == type && m.cr == leg->cr &&
	       m.flag == !leg->leg.incoming;
}

static struct q931_element element(const struct pri_leg *leg, uint8_t id, unsigned n)
{
	return q931_find(leg->link->got, leg->link->got_len, id, n);
}

static void sub_in(const struct pri_leg *leg, uint8_t id, struct leg_subaddress *out)
{
	struct q931_element e = element(leg, id, 0);

	if (!e.octets || e.len < 2 || e.len - 1 > LEG_SUB_MAX)
		return;
	out->type = e.octets[0] >> 4 & 7;
	out->odd = e.octets[0] & 8;
	out->len = (uint8_t)(e.len - 1);
	memcpy(out->octets, e.octets + 1, out->len);
}

static void capability_in(const struct pri_leg *leg, uint8_t id, struct leg_capability *out)
{
	struct q931_element e = element(leg, id, 0);

	if (!e.octets || e.len < 2 || e.len > LEG_CAPABILITY_MAX)
		return;
	out->len = (uint8_t)e.len;
	memcpy(out->octets, e.octets, e.len);
}

static void raw_in(const struct pri_leg *leg, struct leg_raw *out)
{
	static const struct { enum leg_element element; uint8_t id, n; } rows[] = {
		{ ELEMENT_CALLED, IE_CALLED, 0 },
		{ ELEMENT_CALLING, IE_CALLING, 0 },
		{ ELEMENT_CALLING_2, IE_CALLING, 1 },
		{ ELEMENT_REDIRECTING, IE_REDIRECTING, 0 },
		{ ELEMENT_CONNECTED, IE_CONNECTED, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		q931_hex(element(leg, rows[i].id, rows[i].n), rows[i].id, out->hex[rows[i].element]);
	q931_date_time(element(leg, IE_DATE_TIME, 0), out->date_time);
}

/* Two calling numbers, in either order: the network's is who calls, the other what the caller says (EN 300 092-1). */
static void second_calling(const struct pri_leg *leg, struct leg_offer *o)
{
	struct leg_number a, b;

	if (!q931_number(element(leg, IE_CALLING, 0), &a) || !q931_number(element(leg, IE_CALLING, 1), &b))
		return;
	o->calling = a.screening == SCREEN_NETWORK || b.screening != SCREEN_NETWORK ? a : b;
	o->calling_user = a.screening == SCREEN_NETWORK || b.screening != SCREEN_NETWORK ? b : a;
}

void pri_extra_offer(struct pri_leg *leg, const pri_event_ring *ev, struct leg_offer *o)
{
	snprintf(o->keypad, sizeof(o->keypad), "%.*s", (int)sizeof(o->keypad) - 1, ev->keypad_digits);
	if (o->keypad[0] && !o->called.digits[0])
		pri_digits_in(&o->called, o->keypad, 0, 0);
	if (!got(leg, Q931_SETUP_TYPE))
		return;
	second_calling(leg, o);
	sub_in(leg, IE_CALLED_SUB, &o->called_sub);
	sub_in(leg, IE_CALLING_SUB, &o->calling_sub);
	if (!bearer_is_sound(o->bearer))
		capability_in(leg, IE_BEARER, &o->bearer_ie);
	capability_in(leg, IE_LLC, &o->llc);
	capability_in(leg, IE_HLC, &o->hlc_ie);
	q931_uui(element(leg, IE_USER_USER, 0), &o->uui);
	raw_in(leg, &o->raw);
}

/* libpri gives all that it knows of the party, also the name of one who has left: a name counts when it is in the
 * message that has just come. */
static void names_in(const struct pri_link *link, const struct pri_subcommands *s, struct leg_event *ev)
{
	for (int i = 0; s && i < s->counter_subcmd; i++) {
		const struct pri_party_id *id = &s->subcmd[i].u.connected_line.id;

		if (s->subcmd[i].cmd != PRI_SUBCMD_CONNECTED_LINE)
			continue;
		pri_number_in(&ev->connected, &id->number);
		if (memmem(link->got, link->got_len, id->name.str, strlen(id->name.str)))
			pri_name_in(ev->extra.connected_name, &id->name, &ev->connected);
	}
}

void pri_extra_answered(struct pri_leg *leg, const struct pri_subcommands *s, struct leg_event *ev, struct leg_raw *raw)
{
	memset(raw, 0, sizeof(*raw));
	names_in(leg->link, s, ev);
	if (!got(leg, Q931_CONNECT_TYPE))
		return;
	sub_in(leg, IE_CONNECTED_SUB, &ev->extra.connected_sub);
	q931_uui(element(leg, IE_USER_USER, 0), &ev->extra.uui);
	raw_in(leg, raw);
	ev->raw = raw;
}

void pri_extra_alerted(struct pri_leg *leg, struct leg_event *ev)
{
	if (got(leg, Q931_ALERTING_TYPE))
		q931_uui(element(leg, IE_USER_USER, 0), &ev->extra.uui);
}

/* FRAME, for LEG, has just come: what the far end says with its first clearing message is kept for LEG_CLEARED. */
void pri_extra_clearing(struct pri_leg *leg, const uint8_t *frame, size_t len)
{
	if (!leg->rx_uui.len)
		q931_uui(q931_find(frame, len, IE_USER_USER, 0), &leg->rx_uui);
}

/* FACILITY and NOTIFY may tell of a change of the connected line. */
void pri_extra_changed(struct pri_link *link, q931_call *call, const struct pri_subcommands *s)
{
	struct pri_leg *leg = pri_leg_of(link, call);
	struct leg_event ev = { .kind = LEG_CONNECTED };

	names_in(link, s, &ev);
	if (leg && pri_name_came(leg, ev.extra.connected_name))
		return;
	if (leg && leg->stage == PS_UP && (ev.connected.digits[0] || ev.connected.presentation || ev.extra.connected_name[0]))
		leg_report(&leg->leg, &ev);
}

void pri_on_facility(struct pri_link *link, pri_event *ev)
{
	pri_extra_changed(link, ev->facility.call, ev->facility.subcmds);
}

/* --- What libpri has to be told once ------------------------------------------------------------- */

/* Diversion as EN 300 207-1 has it, names as NI2 (GR-1367) and QSIG (ECMA-164) have them. */
bool pri_extra_facility(const struct pri_link *link)
{
	const struct pri_trunk_conf *conf = &link->trunk->conf;

	return pri_dialect_def(conf->dialect)->facility ||
	       (conf->dialect == PRI_DMS100 && pri_has(link, PRI_SERVICE_TRANSFER));	/* RLT: pri_bridge.c */
}

void pri_extra_options(struct pri_link *link)
{
	static const int date_times[] = {
		[PRI_DATE_TIME_NONE] = PRI_DATE_TIME_SEND_NO, [PRI_DATE_TIME_DATE] = PRI_DATE_TIME_SEND_DATE,
		[PRI_DATE_TIME_MINUTES] = PRI_DATE_TIME_SEND_DATE_HHMM,
		[PRI_DATE_TIME_SECONDS] = PRI_DATE_TIME_SEND_DATE_HHMMSS,
	};
	static const unsigned long displays[] = {	/* 0: as the dialect has it */
		[PRI_DISPLAY_AUTO] = 0,
		[PRI_DISPLAY_SEND] = PRI_DISPLAY_OPTION_NAME_INITIAL | PRI_DISPLAY_OPTION_NAME_UPDATE,
		[PRI_DISPLAY_NONE] = PRI_DISPLAY_OPTION_BLOCK,
	};
	const struct pri_trunk_conf *conf = &link->trunk->conf;

	if (pri_extra_facility(link))
		pri_facility_enable(link->pri);
	pri_display_options_send(link->pri, displays[conf->display]);
	if (conf->side == PRI_NETWORK)
		pri_date_time_send_option(link->pri, date_times[conf->date_time]);
}
