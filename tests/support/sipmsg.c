/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SIP and SDP text for the test peer; see sipmsg.h. */
#include "tests/support/sipmsg.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void copy(char *out, size_t size, const char *from, size_t len)
{
	if (len >= size)
		len = size - 1;
	memcpy(out, from, len);
	out[len] = 0;
}

int sipmsg_parse(struct sipmsg *m, const char *data, size_t len)
{
	char cseq[64];
	const char *blank;

	if (len >= sizeof(m->text))
		return -1;
	memcpy(m->text, data, len);
	m->text[len] = 0;
	m->status = 0;
	m->ruri[0] = m->method[0] = 0;
	if (!strncmp(m->text, "SIP/2.0 ", 8)) {
		m->status = atoi(m->text + 8);
		if (m->status < 100 || m->status > 699)
			return -1;
	} else if (sscanf(m->text, "%15[A-Z] %255s SIP/2.0", m->method, m->ruri) != 2) {
		return -1;
	}
	blank = strstr(m->text, "\r\n\r\n");
	if (!blank || !sipmsg_header(m, "CSeq", NULL, 0, cseq, sizeof(cseq)))
		return -1;
	m->body = blank + 4;
	if (sscanf(cseq, "%u %15s", &m->cseq, m->method) != 2)
		return -1;
	return 0;
}

bool sipmsg_header(const struct sipmsg *m, const char *name, const char *compact, int n, char *out, size_t size)
{
	size_t ln = strlen(name), lc = compact ? strlen(compact) : 0;
	const char *p = strstr(m->text, "\r\n");

	out[0] = 0;
	while (p && strncmp(p, "\r\n\r\n", 4) != 0) {
		const char *end = strstr(p += 2, "\r\n"), *v = NULL;

		if (!end)
			break;
		if (!strncasecmp(p, name, ln) && (p[ln] == ':' || p[ln] == ' '))
			v = p + ln;
		else if (lc && !strncasecmp(p, compact, lc) && (p[lc] == ':' || p[lc] == ' '))
			v = p + lc;
		if (v && n-- == 0) {
			v += strspn(v, " :");
			copy(out, size, v, end > v ? (size_t)(end - v) : 0);
			return true;
		}
		p = end;
	}
	return false;
}

void sipmsg_param(const char *value, const char *name, char *out, size_t size)
{
	const char *p = strchr(value, '>');
	size_t n = strlen(name);

	out[0] = 0;
	for (p = p ? p : value; (p = strchr(p, ';'));) {
		p += 1 + strspn(p + 1, " ");
		if (!strncasecmp(p, name, n) && p[n] == '=') {
			copy(out, size, p + n + 1, strcspn(p + n + 1, ";, \t\r\n>"));
			return;
		}
	}
}

void sipmsg_uri(const char *value, char *out, size_t size)
{
	const char *lt = strchr(value, '<');

	if (lt)
		copy(out, size, lt + 1, strcspn(lt + 1, ">"));
	else
		copy(out, size, value, strcspn(value, "; "));
}

void sipmsg_user(const char *uri, char *out, size_t size)
{
	const char *colon = strchr(uri, ':'), *at = strchr(uri, '@');

	out[0] = 0;
	if (colon && at && at > colon)
		copy(out, size, colon + 1, strcspn(colon + 1, "@;"));
}

/* One line of SDP into OUT. */
static void sdp_line(struct sipmsg_sdp *out, const char *line)
{
	int port, first, pt;
	char addr[64];

	if (sscanf(line, "c=IN IP4 %63[0-9.]", addr) == 1) {
		inet_pton(AF_INET, addr, &out->rtp.sin_addr);
	} else if (sscanf(line, "m=audio %d RTP/AVP %d", &port, &first) == 2) {
		out->rtp.sin_port = htons((uint16_t)port);
		out->payload = first;
	} else if (sscanf(line, "a=rtpmap:%d", &pt) == 1 && strstr(line, "telephone-event")) {
		out->dtmf = pt;
	} else if (sscanf(line, "a=ptime:%d", &pt) == 1) {
		out->ptime = pt;
	} else if (!strcmp(line, "a=sendonly") || !strcmp(line, "a=recvonly") || !strcmp(line, "a=inactive")) {
		copy(out->dir, sizeof(out->dir), line + 2, strlen(line + 2));
	}
}

int sipmsg_sdp(const struct sipmsg *m, struct sipmsg_sdp *out)
{
	const char *p = m->body;

	memset(out, 0, sizeof(*out));
	out->rtp.sin_family = AF_INET;
	out->payload = out->dtmf = -1;
	strcpy(out->dir, "sendrecv");
	while (p && *p) {
		char line[256];
		size_t len = strcspn(p, "\r\n");

		copy(line, sizeof(line), p, len);
		sdp_line(out, line);
		p += len;
		p += strspn(p, "\r\n");
	}
	return out->payload >= 0 && out->rtp.sin_port ? 0 : -1;
}
