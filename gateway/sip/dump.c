/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/sip/dump.c: see dump.h. A message stands there as
 *
 *	recv 551 bytes from udp/[192.0.2.7]:5060 at 14:20:01.805044:\n
 *	INVITE ...\v\n
 *
 * with the time of day in UTC. Of a message that is sent the length counts the body, which is not there. What does not read so is passed over up to the next line that does.
 */
#include "gateway/sip/dump.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HEAD_MAX 160		/* octets of the line before a message */
#define DAY_US (86400 * (int64_t)1000000)

struct sip_dump {
	int fd;
	char path[40];
	char *buf;
	size_t size;
};

int dump_open(struct sip_dump **out)
{
	struct sip_dump *d = calloc(1, sizeof(*d));

	if (!d)
		return -ENOMEM;
	d->fd = memfd_create("sip-messages", MFD_CLOEXEC);
	if (d->fd < 0) {
		free(d);
		return -errno;
	}
	snprintf(d->path, sizeof(d->path), "/proc/self/fd/%d", d->fd);
	*out = d;
	return 0;
}

void dump_close(struct sip_dump *d)
{
	if (!d)
		return;
	close(d->fd);
	free(d->buf);
	free(d);
}

const char *dump_path(const struct sip_dump *d)
{
	return d->path;
}

static bool read_address(const char *host, unsigned port, struct sockaddr_storage *out)
{
	struct sockaddr_in *in = (struct sockaddr_in *)out;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, host, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons((uint16_t)port);
		return true;
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons((uint16_t)port);
	return inet_pton(AF_INET6, host, &in6->sin6_addr) == 1;
}

/* The moment of that time of day nearest to NOW: around midnight it may be the day before or after. */
static int64_t on_day(int64_t of_day_us, int64_t now_us)
{
	int64_t at = now_us - now_us % DAY_US + of_day_us;

	if (at - now_us > DAY_US / 2)
		at -= DAY_US;
	else if (now_us - at > DAY_US / 2)
		at += DAY_US;
	return at;
}

static bool read_head(const char *line, int64_t now_us, struct dump_message *m)
{
	unsigned long len;
	unsigned port, h, min, s, us;
	char way[5], host[64];

	if (sscanf(line, "%4[a-z] %lu bytes %*4[a-z] %7[a-z]/[%63[^]]]:%u at %u:%u:%u.%u:", way, &len, m->transport, host,
		   &port, &h, &min, &s, &us) != 9)
		return false;
	m->out = !strcmp(way, "sent");
	m->len = len;
	m->wall_us = on_day(((int64_t)h * 3600 + min * 60 + s) * 1000000 + us, now_us);
	return (m->out || !strcmp(way, "recv")) && port <= 65535 && read_address(host, port, &m->remote);
}

/* Octets of a message at TEXT that is M->len long, or -1 when its end is not there (yet). */
static ssize_t length(const char *text, size_t len, const struct dump_message *m)
{
	size_t n = m->out ? 0 : m->len;

	for (; n <= m->len && n + 2 <= len; n++) {
		const char *next = text + n + 2;
		size_t left = len - n - 2;

		if (memcmp(text + n, "\v\n", 2))
			continue;
		if (!m->out || !left || (left >= 5 && (!memcmp(next, "recv ", 5) || !memcmp(next, "sent ", 5))))
			return (ssize_t)n;
	}
	return -1;
}

size_t dump_parse(const char *text, size_t len, int64_t now_us, dump_fn *fn, void *arg)
{
	size_t at = 0;

	while (at < len) {
		const char *end = memchr(text + at, '\n', len - at);
		char line[HEAD_MAX];
		struct dump_message m;
		ssize_t octets;
		size_t n;

		if (!end)
			break;
		n = (size_t)(end - text) - at;
		if (n < sizeof(line)) {
			memcpy(line, text + at, n);
			line[n] = '\0';
			if (read_head(line, now_us, &m)) {
				m.text = end + 1;
				octets = length(m.text, len - at - n - 1, &m);
				if (octets >= 0) {
					m.missing = m.len - (size_t)octets;
					m.len = (size_t)octets;
					fn(arg, &m);
					at += n + 1 + m.len + 2;
					continue;
				}
				if (m.len + 2 > len - at - n - 1)
					break;	/* it is not all there yet */
			}
		}
		at += n + 1;
	}
	return at;
}

void dump_read(struct sip_dump *d, int64_t now_us, dump_fn *fn, void *arg)
{
	off_t end = lseek(d->fd, 0, SEEK_END);
	ssize_t n;

	if (end <= 0)
		return;
	if ((size_t)end > d->size) {
		char *more = realloc(d->buf, (size_t)end);

		if (more) {
			d->buf = more;
			d->size = (size_t)end;
		}
	}
	n = (size_t)end <= d->size ? pread(d->fd, d->buf, (size_t)end, 0) : -1;
	if (ftruncate(d->fd, 0))
		return;		/* cannot happen to a memory of ours; the same would be read again */
	if (n > 0)
		dump_parse(d->buf, (size_t)n, now_us, fn, arg);
	if (d->size > 1 << 20) {	/* a burst is over */
		free(d->buf);
		d->buf = NULL;
		d->size = 0;
	}
}
