/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A SIP peer made of text; see sip_wire.h. */
#include "tests/support/sip_wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

int sip_wire_open(struct sip_wire *w, const char *ip, uint16_t port, uint16_t peer, void (*turn)(void *), void *arg)
{
	struct sockaddr_in a = loopback(port);

	inet_pton(AF_INET, ip, &a.sin_addr);
	memset(w, 0, sizeof(*w));
	w->peer = peer;
	w->turn = turn;
	w->arg = arg;
	w->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (w->fd < 0 || bind(w->fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		return -errno;
	return 0;
}

void sip_wire_close(struct sip_wire *w)
{
	close(w->fd);
}

void sip_wire_raw(struct sip_wire *w, const char *text)
{
	struct sockaddr_in a = loopback(w->peer);

	if (sendto(w->fd, text, strlen(text), 0, (struct sockaddr *)&a, sizeof(a)) < 0)
		perror("sendto");
}

void sip_wire_send(struct sip_wire *w, const char *head, const char *body)
{
	char out[SIP_WIRE_MAX];
	bool typed = strstr(head, "Content-Type:") != NULL;
	size_t n = 0;

	for (; *head && n < sizeof(out) - 200; head++) {
		if (*head == '\n')
			out[n++] = '\r';
		out[n++] = *head;
	}
	snprintf(out + n, sizeof(out) - n, "%sContent-Length: %zu\r\n\r\n%s",
		 body && !typed ? "Content-Type: application/sdp\r\n" : "", body ? strlen(body) : 0, body ? body : "");
	sip_wire_raw(w, out);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool sip_wire_read(struct sip_wire *w, int ms)
{
	int64_t end = now_ms() + ms;
	ssize_t n;

	do {
		n = recv(w->fd, w->msg, sizeof(w->msg) - 1, 0);
		if (n >= 0) {
			w->msg[n] = 0;
			return true;
		}
		w->turn(w->arg);
	} while (now_ms() < end);
	w->msg[0] = 0;
	return false;
}

bool sip_wire_expect(struct sip_wire *w, const char *start)
{
	while (sip_wire_read(w, 3000))
		if (strncmp(w->msg, start, strlen(start)) == 0)
			return true;
	return false;
}

bool sip_wire_header(const struct sip_wire *w, const char *name, char *out, size_t size)
{
	const char *p = strstr(w->msg, "\r\n"), *end;
	size_t n = strlen(name);

	for (; p && strncmp(p, "\r\n\r\n", 4) != 0; p = strstr(p + 2, "\r\n")) {
		if (strncasecmp(p + 2, name, n) != 0 || p[2 + n] != ':')
			continue;
		p += 3 + n;
		p += strspn(p, " ");
		end = strstr(p, "\r\n");
		snprintf(out, size, "%.*s", end ? (int)(end - p) : 0, p);
		return true;
	}
	out[0] = 0;
	return false;
}

void sip_wire_answer(struct sip_wire *w, const char *status, const char *tag, const char *extra, const char *body)
{
	char via[512], from[512], to[512], id[256], cseq[64], head[3072];

	sip_wire_header(w, "Via", via, sizeof(via));
	sip_wire_header(w, "From", from, sizeof(from));
	sip_wire_header(w, "To", to, sizeof(to));
	sip_wire_header(w, "Call-ID", id, sizeof(id));
	sip_wire_header(w, "CSeq", cseq, sizeof(cseq));
	snprintf(head, sizeof(head), "SIP/2.0 %s\nVia: %s\nFrom: %s\nTo: %s%s%s\nCall-ID: %s\nCSeq: %s\n%s", status, via, from, to,
		 strstr(to, "tag=") || !*tag ? "" : ";tag=", strstr(to, "tag=") ? "" : tag, id, cseq, extra);
	sip_wire_send(w, head, body);
}
