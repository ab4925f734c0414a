/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hw/dahdi/spans.c: what is there: spans and channels, asked of the driver every time. Loop thread. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "hw/dahdi/card.h"

static bool have_ctl(struct dahdi_card *c)
{
	if (c->ctl < 0) /* the driver may have been loaded since */
		c->ctl = open("/dev/dahdi/ctl", O_RDWR | O_CLOEXEC);
	return c->ctl >= 0;
}

static bool span_info(const struct dahdi_card *c, int span, struct dahdi_spaninfo *out)
{
	memset(out, 0, sizeof(*out));
	out->spanno = span;
	return ioctl(c->ctl, DAHDI_SPANSTAT, out) == 0;
}

static bool chan_info(const struct dahdi_card *c, int chan, struct dahdi_params *out)
{
	memset(out, 0, sizeof(*out));
	out->channo = chan;
	return ioctl(c->ctl, DAHDI_GET_PARAMS, out) == 0 && out->spanno > 0 && out->spanno < DAHDI_MAX_SPANS;
}

/* A span does not say where its channels begin, and numbers may have gaps once a span has left. */
static int first_chan(struct dahdi_card *c, int span)
{
	struct dahdi_params p;

	if (c->first[span] && chan_info(c, c->first[span], &p) && p.spanno == span && p.chanpos == 1)
		return c->first[span];
	memset(c->first, 0, sizeof(c->first));
	for (int chan = 1; chan < DAHDI_MAX_CHANNELS; chan++)
		if (chan_info(c, chan, &p) && p.chanpos == 1)
			c->first[p.spanno] = chan;
	return c->first[span];
}

/* A dynamic span has no type of its own; its length tells. J1 cannot be told from T1 then. */
static enum hw_span_type span_type(const struct dahdi_spaninfo *s)
{
	static const struct {
		const char *name;
		int chans; /* 0 for any */
		enum hw_span_type type;
	} types[] = {
		{"E1", 0, HW_SPAN_E1},     {"T1", 0, HW_SPAN_T1},      {"J1", 0, HW_SPAN_J1},
		{"FX", 0, HW_SPAN_ANALOG}, {"ANA", 0, HW_SPAN_ANALOG}, {"DYN", 31, HW_SPAN_E1},
		{"DYN", 24, HW_SPAN_T1},
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (!strncmp(s->spantype, types[i].name, strlen(types[i].name)) &&
		    (!types[i].chans || types[i].chans == s->totalchans))
			return types[i].type;
	return HW_SPAN_OTHER;
}

/* A driver of analog ports says that its span has no line coding of its own. */
bool dahdi_span_is_analog(struct dahdi_card *c, int span)
{
	struct dahdi_spaninfo s;

	return have_ctl(c) && span_info(c, span, &s) && (span_type(&s) == HW_SPAN_ANALOG || !s.linecompat);
}

static unsigned alarm_bits(int alarms)
{
	static const struct {
		int dahdi;
		unsigned hw;
	} map[] = {
		{DAHDI_ALARM_RED, HW_ALARM_RED},           {DAHDI_ALARM_YELLOW, HW_ALARM_YELLOW},
		{DAHDI_ALARM_BLUE, HW_ALARM_BLUE},         {DAHDI_ALARM_RECOVER, HW_ALARM_RECOVERING},
		{DAHDI_ALARM_LOOPBACK, HW_ALARM_LOOPBACK}, {DAHDI_ALARM_NOTOPEN, HW_ALARM_NOTOPEN},
	};
	unsigned bits = 0;

	for (size_t i = 0; i < sizeof(map) / sizeof(*map); i++)
		if (alarms & map[i].dahdi)
			bits |= map[i].hw;
	return bits;
}

static int error_sum(const struct dahdi_spaninfo *s)
{
	const int n[] = {s->bpvcount, s->crc4count, s->ebitcount, s->fascount};
	int sum = 0;

	for (size_t i = 0; i < sizeof(n) / sizeof(*n); i++)
		if (n[i] > 0) /* below: this card does not count them */
			sum += n[i];
	return sum;
}

static unsigned framing(const struct dahdi_spaninfo *s)
{
	static const struct {
		int dahdi;
		unsigned hw;
	} map[] = {
		{DAHDI_CONFIG_CRC4, HW_FRAME_CRC4},
		{DAHDI_CONFIG_D4, HW_FRAME_D4},
		{DAHDI_CONFIG_AMI, HW_FRAME_AMI},
		{DAHDI_CONFIG_ESF | DAHDI_CONFIG_D4 | DAHDI_CONFIG_AMI | DAHDI_CONFIG_HDB3 | DAHDI_CONFIG_B8ZS,
		 HW_FRAME_SET},
	};
	unsigned bits = strncmp(s->spantype, "DYN", 3) ? 0 : HW_FRAME_DYNAMIC;

	for (size_t i = 0; i < sizeof(map) / sizeof(*map); i++)
		if (s->lineconfig & map[i].dahdi)
			bits |= map[i].hw;
	return bits;
}

int dahdi_spans(struct hw *hw, struct hw_span *out, int max)
{
	struct dahdi_card *c = (struct dahdi_card *)hw;
	int n = 0, total = 1;

	if (!have_ctl(c))
		return 0;
	for (int no = 1; no < DAHDI_MAX_SPANS && n < total; no++) {
		struct dahdi_spaninfo s;

		if (!span_info(c, no, &s))
			continue;
		total = s.totalspans;
		if (n < max) {
			out[n] = (struct hw_span){.no = no, .type = span_type(&s), .chans = s.totalchans};
			out[n].alarms = alarm_bits(s.alarms);
			out[n].errors = error_sum(&s);
			out[n].first_chan = s.totalchans ? first_chan(c, no) : 0;
			snprintf(out[n].name, sizeof(out[n].name), "%.*s", (int)sizeof(s.name), s.name);
			snprintf(out[n].desc, sizeof(out[n].desc), "%.*s", (int)sizeof(s.desc), s.desc);
			out[n].framing = framing(&s);
			out[n].lbo = s.lbo;
			snprintf(out[n].maker, sizeof(out[n].maker), "%.19s%s%.19s", s.manufacturer,
				 s.manufacturer[0] && s.devicetype[0] ? " " : "", s.devicetype);
		}
		n++;
	}
	return n;
}

/* As configured, else by what the driver offers: ports of analog cards offer signalling by loop and nothing digital. */
static enum hw_chan_kind port_kind(const struct dahdi_params *p)
{
	enum hw_chan_kind now = dahdi_kind(p->sigtype);

	if (now == HW_CHAN_FXS || now == HW_CHAN_FXO)
		return now;
	if (now == HW_CHAN_UNUSED && !(p->sigcap & (DAHDI_SIG_CLEAR | DAHDI_SIG_EM)))
		return p->sigcap & __DAHDI_SIG_FXO   ? HW_CHAN_FXS
		       : p->sigcap & __DAHDI_SIG_FXS ? HW_CHAN_FXO
						     : HW_CHAN_UNUSED;
	return HW_CHAN_B;
}

int dahdi_chans(struct hw *hw, int span, struct hw_chan *out, int max)
{
	struct dahdi_card *c = (struct dahdi_card *)hw;
	struct dahdi_params p;
	int n = 0;

	if (!have_ctl(c) || span < 0 || span >= DAHDI_MAX_SPANS)
		return 0;
	for (int chan = span ? first_chan(c, span) : 1; chan > 0 && chan < DAHDI_MAX_CHANNELS; chan++) {
		if (!chan_info(c, chan, &p))
			continue;
		if (span && p.spanno != span)
			break;
		if (n < max)
			out[n] = (struct hw_chan){chan, p.spanno, p.chanpos, dahdi_kind(p.sigtype),
						  dahdi_law(p.curlaw), dahdi_start(p.sigtype), port_kind(&p)};
		n++;
	}
	return n;
}
