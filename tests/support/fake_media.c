/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A media path of numbers only; see fake_media.h. */
#ifdef FAKE_MEDIA
#include "tests/support/fake_media.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int media_rtp_port(struct media *m, const struct media_rtp_conf *conf, media_event_fn *fn, void *arg,
		   struct media_port **out)
{
	struct media_port *p;
	int err = m->refuse_next;

	m->refuse_next = 0;
	if (err) {
		m->refused++;
		return err;
	}
	p = calloc(1, sizeof(*p));
	if (!p)
		return -ENOMEM;
	p->m = m;
	p->conf = *conf;
	p->fn = fn;
	p->arg = arg;
	p->port = (uint16_t)(21800 + m->next);
	m->next = (uint16_t)((m->next + 2) % 190);
	m->open++;
	m->opened++;
	*out = p;
	return 0;
}

uint16_t media_rtp_local(const struct media_port *p)
{
	return p->port;
}

int media_rtp_remote(struct media_port *p, const struct media_rtp_remote *r)
{
	p->remote = *r;
	p->told++;
	return 0;
}

int media_digit(struct media_port *p, char digit, unsigned duration_ms)
{
	size_t n = strlen(p->digits);

	(void)duration_ms;
	if (n + 1 < sizeof(p->digits))
		p->digits[n] = digit;
	return 0;
}

void media_port_stats(const struct media_port *p, struct media_stats *out)
{
	memset(out, 0, sizeof(*out));
	out->packets_in = (uint64_t)p->told;
}

void media_port_close(struct media_port *p)
{
	if (p->closed)
		abort();
	p->closed = true;
	p->next = p->m->closing;
	p->m->closing = p;
}

void media_service(struct media *m)
{
	struct media_stats stats = { .packets_in = 4711 };
	struct media_event ev = { .kind = MEDIA_CLOSED, .stats = &stats };

	while (m->closing) {
		struct media_port *p = m->closing;

		m->closing = p->next;
		p->fn(p->arg, p, &ev);
		m->open--;
		free(p);
	}
}

void fake_media_event(struct media_port *p, enum media_event_kind kind, char digit)
{
	struct media_event ev = { .kind = kind, .digit = digit, .duration_ms = 100 };

	p->fn(p->arg, p, &ev);
}
#else
typedef int fake_media_is_included;
#endif
