/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The card is read once; what the files of `tipring detect` ask of it. See detect.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/detect_private.h"
#include "gateway/gateway.h"

enum { CHANS_MAX = 4096 };

static int read_card(struct detect *d)
{
	const struct conf *c = d->site.conf;
	struct hw *hw = NULL;
	int err = c && c->card == CONF_CARD_SIM ? gateway_open_sim(&hw, &c->sim) : hw_dahdi_open(&hw);

	if (err)
		return err;
	d->chans = calloc(CHANS_MAX, sizeof(*d->chans));
	if (d->chans) {
		int spans = hw_spans(hw, d->spans, DETECT_SPANS_MAX), chans = hw_chans(hw, 0, d->chans, CHANS_MAX);

		d->n_spans = spans < DETECT_SPANS_MAX ? spans : DETECT_SPANS_MAX;
		d->n_chans = chans < CHANS_MAX ? chans : CHANS_MAX;
	}
	hw_close(hw);
	if (!d->chans)
		return -ENOMEM;
	return d->n_spans > 0 && d->n_chans > 0 ? 0 : -ENODEV;
}

int detect_open(struct detect **out, const struct detect_site *site)
{
	struct detect *d = calloc(1, sizeof(*d));
	int err;

	if (!d)
		return -ENOMEM;
	d->site = *site;
	err = read_card(d);
	if (err) {
		detect_close(d);
		return err;
	}
	*out = d;
	return 0;
}

void detect_close(struct detect *d)
{
	if (!d)
		return;
	free(d->chans);
	free(d);
}

/* A span without a type of its own is one by its length, unless it is used for analog lines. */
bool detect_is_digital(const struct hw_span *s)
{
	return s->type == HW_SPAN_E1 || s->type == HW_SPAN_T1 || s->type == HW_SPAN_J1;
}

int detect_dchan(const struct hw_span *s)
{
	return s->first_chan + (s->type == HW_SPAN_E1 ? 15 : 23);
}

static bool is_port(const struct detect *d, int i, enum hw_chan_kind kind)
{
	if (i >= d->n_chans || d->chans[i].port != kind)
		return false;
	for (int j = 0; j < d->n_spans; j++)
		if (d->spans[j].no == d->chans[i].span)
			return !detect_is_digital(&d->spans[j]);
	return false;
}

int detect_ports(const struct detect *d, enum hw_chan_kind kind, char *buf, size_t size)
{
	size_t at = 0;
	int n = 0;

	*buf = '\0';
	for (int i = 0; i < d->n_chans; i++) {
		int first = d->chans[i].no, last = first;

		if (!is_port(d, i, kind))
			continue;
		n++;
		while (is_port(d, i + 1, kind) && d->chans[i + 1].no == last + 1) {
			last = d->chans[++i].no;
			n++;
		}
		if (at < size)
			at += (size_t)snprintf(buf + at, size - at, first == last ? "%s%d" : "%s%d-%d", at ? "," : "",
					       first, last);
	}
	return n;
}

void detect_about(const struct hw_span *s, char *buf, size_t size)
{
	static const char *const types[] = { [HW_SPAN_E1] = "E1", [HW_SPAN_T1] = "T1", [HW_SPAN_J1] = "J1",
					     [HW_SPAN_ANALOG] = "analog", [HW_SPAN_OTHER] = "other" };

	snprintf(buf, size, "span %d: %s, channels %d-%d, %s%s%s%s%s%s%s", s->no, types[s->type], s->first_chan,
		 s->first_chan + s->chans - 1, s->name, *s->desc ? ", " : "", s->desc, *s->maker ? ", " : "", s->maker,
		 s->alarms ? ", in alarm now" : "", s->framing & HW_FRAME_DYNAMIC ? ", a dynamic span" : "");
	for (char *p = buf; *p; p++)	/* a driver's words become one line of a comment */
		if ((unsigned char)*p < ' ' || (unsigned char)*p > '~')
			*p = '?';
}
