/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which packets belong together; see trace_private.h. A call's are: the frames of the D channels of its lines while it lasted,
 * the SIP messages with its Call-IDs, and the RTP of the ports that those messages name.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/ops/mask.h"
#include "gateway/trace_private.h"

#define AROUND_US 2000000	/* what comes just before and after a call belongs to it */
#define PORTS 32

struct picked {
	const struct capture_packet *p;
	const uint8_t *octets;
};

struct picking {
	const struct trace_pick *want;
	uint16_t port[PORTS];	/* of RTP, that its messages name */
	unsigned n_ports;
	struct picked *list;
	size_t n, max;
	bool failed;
};

/* The text after the first occurrence of WHAT in LEN octets, any case; NULL. */
static const char *find(const char *text, size_t len, const char *what)
{
	size_t n = strlen(what);

	for (size_t i = 0; i + n <= len; i++)
		if (!strncasecmp(text + i, what, n))
			return text + i + n;
	return NULL;
}

static bool of_call(const struct trace_call *c, const char *text, size_t len)
{
	const char *at = find(text, len, "\r\nCall-ID:"), *end;
	size_t n;

	if (!at)
		at = find(text, len, "\r\ni:");
	if (!at)
		return false;
	end = text + len;
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	for (n = 0; at + n < end && at[n] != '\r' && at[n] != '\n' && at[n] != ' '; n++)
		;
	for (unsigned i = 0; i < TRACE_IDS; i++)
		if (c->id[i][0] && strlen(c->id[i]) == n && !memcmp(c->id[i], at, n))
			return true;
	return false;
}

static void note_ports(struct picking *p, const char *text, size_t len)
{
	const char *end = text + len, *at = find(text, len, "\nm=audio ");
	char digits[6] = "";

	for (unsigned i = 0; at && at < end && i < sizeof(digits) - 1 && *at >= '0' && *at <= '9'; i++)
		digits[i] = *at++;
	if (digits[0] && p->n_ports < PORTS)
		p->port[p->n_ports++] = (uint16_t)atoi(digits);
}

static bool of_ports(const struct picking *p, const struct capture_packet *packet)
{
	uint16_t local = ntohs(packet->local.in.sin_port), remote = ntohs(packet->remote.in.sin_port);

	for (unsigned i = 0; i < p->n_ports; i++)
		if (p->port[i] == local || p->port[i] == remote)
			return true;
	return false;
}

static bool during(const struct trace_call *c, int64_t us)
{
	return us >= c->from_us - AROUND_US && (!c->to_us || us <= c->to_us + AROUND_US);
}

static bool on_span(const struct trace_call *c, int span)
{
	for (unsigned i = 0; i < TRACE_SPANS; i++)
		if (c->span[i] == span)
			return true;
	return false;
}

static bool wanted(const struct picking *p, const struct capture_packet *packet, const uint8_t *octets)
{
	const struct trace_call *c = p->want->call;

	if (!c)
		return !p->want->span || (packet->kind == CAPTURE_LAPD && packet->span == p->want->span);
	switch ((enum capture_kind)packet->kind) {
	case CAPTURE_LAPD:
		return during(c, packet->wall_us) && on_span(c, packet->span);
	case CAPTURE_SIP:
		return of_call(c, (const char *)octets, packet->len);
	case CAPTURE_RTP:
		return during(c, packet->wall_us) && of_ports(p, packet);
	}
	return false;
}

static bool look(void *arg, const struct capture_packet *packet, const uint8_t *octets)
{
	struct picking *p = arg;

	if (packet->kind == CAPTURE_SIP && p->want->call && of_call(p->want->call, (const char *)octets, packet->len))
		note_ports(p, (const char *)octets, packet->len);
	return true;
}

static bool pick(void *arg, const struct capture_packet *packet, const uint8_t *octets)
{
	struct picking *p = arg;

	if (!wanted(p, packet, octets))
		return true;
	if (p->n == p->max) {
		size_t max = p->max ? 2 * p->max : 256;
		struct picked *more = realloc(p->list, max * sizeof(*more));

		if (!more) {
			p->failed = true;
			return false;
		}
		p->list = more;
		p->max = max;
	}
	p->list[p->n++] = (struct picked){ packet, octets };
	return true;
}

/* By time; packets of one moment as they came. SIP messages and RTP headers come to the memory a little late. */
static int earlier(const void *a, const void *b)
{
	const struct picked *x = a, *y = b;

	if (x->p->wall_us != y->p->wall_us)
		return x->p->wall_us < y->p->wall_us ? -1 : 1;
	return x->octets < y->octets ? -1 : x->octets > y->octets;
}

void trace_put(struct pcapng *out, const struct capture_packet *p, const uint8_t *octets, bool mask)
{
	uint8_t *copy = mask && p->kind != CAPTURE_RTP ? malloc(p->len ? p->len : 1) : NULL;

	if (!copy && mask && p->kind != CAPTURE_RTP)
		return;		/* rather nothing than what was to be hidden */
	if (copy) {
		memcpy(copy, octets, p->len);
		if (p->kind == CAPTURE_LAPD)
			mask_lapd(copy, p->len);
		else
			mask_sip((char *)copy, p->len);
	}
	capture_write(out, p, copy ? copy : octets);
	free(copy);
}

void trace_pick(const struct capture *c, const struct trace_pick *want, struct pcapng *out)
{
	struct picking p = { .want = want };

	pcapng_begin(out, "Tipring " TIPRING_VERSION);
	out->about = want->about;
	out->about_arg = want->about_arg;
	if (want->call)
		capture_each(c, look, &p);
	capture_each(c, pick, &p);
	if (p.n)
		qsort(p.list, p.n, sizeof(*p.list), earlier);
	for (size_t i = 0; i < p.n && !p.failed; i++)
		trace_put(out, p.list[i].p, p.list[i].octets, want->mask);
	free(p.list);
	if (!p.n || p.failed || out->failed)
		pcapng_end(out);
}
