/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a call ends, on the SIP side; see reason.h. */
#include "gateway/sip/reason.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/cause.h"

/* Text as it came, without its quotes; control characters become blanks. */
static void copy_text(char *out, size_t size, const char *text)
{
	size_t n = 0;
	bool quoted = *text == '"';

	for (text += quoted; *text && n + 1 < size; text++) {
		if (quoted && *text == '"')
			break;
		if (quoted && *text == '\\' && text[1])
			text++;
		out[n++] = (unsigned char)*text < ' ' || *text == 0x7f ? ' ' : *text;
	}
	while (n > 0 && ((unsigned char)out[n - 1] & 0xc0) == 0x80 && n + 1 >= size)
		n--;	/* a character cut in two */
	out[n] = 0;
}

static long number(const char *text)
{
	char *end;
	long v = text ? strtol(text, &end, 10) : -1;

	return text && *text >= '0' && *text <= '9' && *end == 0 ? v : -1;
}

void reason_read(const sip_reason_t *reasons, int status, struct leg_cause *out)
{
	const sip_reason_t *r;
	long v;

	memset(out, 0, sizeof(*out));
	out->sip = (uint16_t)status;
	out->location = LOCATION_BEYOND;
	out->q850 = (uint8_t)(status ? cause_from_sip(status) : 16);
	out->by = status ? cause_from_sip_source(status) : "BYE or CANCEL without a Reason header";
	for (r = reasons; r; r = r->re_next) {
		if (!r->re_protocol)
			continue;
		v = number(r->re_cause);
		if (strcasecmp(r->re_protocol, "Q.850") == 0 && v >= 1 && v <= 127) {
			out->q850 = (uint8_t)v;
			out->by = "Reason header (RFC 3326)";
			out->text[0] = 0;
			if (r->re_text)
				copy_text(out->text, sizeof(out->text), r->re_text);
			return;
		}
		if (strcasecmp(r->re_protocol, "SIP") != 0 || v < 200 || v > 699)
			continue;
		/* RFC 3326 2: another branch answered. That is Q.850's non-selected user clearing. */
		if (!status) {
			out->q850 = (uint8_t)(v < 300 ? 26 : cause_from_sip((int)v));
			out->by = "Reason header (RFC 3326 2)";
		}
		if (r->re_text)
			copy_text(out->text, sizeof(out->text), r->re_text);
	}
}

/* The row of a trunk's own table, 0 for none. */
static int own_row(const struct conf_causes *c, int from)
{
	for (int i = 0; i < c->n; i++)
		if (c->row[i].from == from)
			return c->row[i].to;
	return 0;
}

void reason_read_for(const struct conf_sip *conf, const sip_reason_t *reasons, int status, struct leg_cause *out)
{
	int own = own_row(&conf->statuses, status);

	reason_read(reasons, status, out);
	if (own && out->by == cause_from_sip_source(status)) {
		out->q850 = (uint8_t)own;
		out->by = "the trunk's statuses:";
	}
}

int reason_status(const struct conf_sip *conf, const struct leg_cause *cause, const char **by)
{
	int own = own_row(&conf->causes, cause->q850);

	*by = own ? "the trunk's causes:" : cause_to_sip_source(cause->q850);
	return own ? own : cause_to_sip(cause->q850);
}

void reason_write(const struct leg_cause *cause, char *out)
{
	const char *text = cause->text[0] ? cause->text : cause_name(cause->q850);
	size_t n = (size_t)snprintf(out, REASON_MAX, "Q.850;cause=%d;text=\"", cause->q850);

	for (; *text && n + 4 < REASON_MAX; text++) {
		if (*text == '"' || *text == '\\')
			out[n++] = '\\';
		out[n++] = (unsigned char)*text < ' ' || *text == 0x7f ? ' ' : *text;
	}
	out[n++] = '"';
	out[n] = 0;
}

void reason_own(struct leg_cause *out, int q850, const char *text)
{
	memset(out, 0, sizeof(*out));
	out->q850 = (uint8_t)q850;
	out->location = LOCATION_LPN;
	if (text)
		snprintf(out->text, sizeof(out->text), "%s", text);
}
