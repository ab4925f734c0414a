/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/mediarig.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MUST(x)                                                                                             \
	do {                                                                                                \
		if (!(x)) {                                                                                 \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x);                             \
			abort();                                                                            \
		}                                                                                           \
	} while (0)

/* A loopback address of this process's own: several runs at a time do not meet. */
static pid_t fixed;

void rig_address_fix(void)
{
	fixed = getpid();
}

in_addr_t rig_address(void)
{
	unsigned pid = (unsigned)(fixed ? fixed : getpid());

	return htonl(127u << 24 | (pid >> 7 & 0x7f) << 16 | (pid & 0x7f) << 8 | 1);
}

int64_t rig_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000ll + t.tv_nsec / 1000;
}

static void on_event(void *arg, struct media_port *p, const struct media_event *ev)
{
	struct rig *r = arg;

	(void)p;
	switch (ev->kind) {
	case MEDIA_DIGIT:
		if (r->n_digits < sizeof(r->digits) - 1) {
			r->digits[r->n_digits] = ev->digit;
			r->digit_ms[r->n_digits++] = ev->duration_ms;
		}
		break;
	case MEDIA_FIRST_RTP:
		r->first_rtp++;
		break;
	case MEDIA_RTP_LOST:
		r->lost++;
		break;
	case MEDIA_RTP_BACK:
		r->back++;
		break;
	case MEDIA_RTP_TIMEOUT:
		r->timeout++;
		break;
	case MEDIA_PLAYED:
		r->played++;
		break;
	case MEDIA_CLOSED:
		r->closed++;
		r->open_ports--;
		r->last = *ev->stats;
		break;
	case MEDIA_HEARD:
		if (r->n_heard < RIG_HEARD)
			r->heard[r->n_heard] = *ev->heard;
		r->n_heard++;
		break;
	case MEDIA_PARTNER_LOST:
		r->partner_lost++;
		break;
	case MEDIA_PARTNER_BACK:
		r->partner_back++;
		break;
	}
}

void rig_open(struct rig *r, bool mulaw, uint16_t first_port)
{
	rig_open_jitter(r, mulaw, first_port, 60);	/* tests send late on a busy host */
}

void rig_open_jitter(struct rig *r, bool mulaw, uint16_t first_port, unsigned jitter_ms)
{
	enum hw_span_type type = mulaw ? HW_SPAN_T1 : HW_SPAN_E1;
	struct sim_span spans[2] = { {.no = 1, .type = type}, {.no = 2, .type = type} };
	struct sim_wire wire = { .a = 1, .b = 2 };
	struct sim_conf sim = {.spans = spans, .n_spans = 2, .wires = &wire, .n_wires = 1};
	struct media_conf conf = { .rtp_first = first_port, .rtp_last = (uint16_t)(first_port + 199), .realtime = true,
				   .jitter_ms = jitter_ms };

	memset(r, 0, sizeof(*r));
	MUST(hw_sim_open(&r->hw, &sim) == 0);
	MUST(files_open(&r->writer) == 0);
	conf.files = r->writer;
	MUST(media_open(&r->media, r->hw, &conf) == 0);
}

void rig_open_analog(struct rig *r, uint16_t first_port)
{
	struct sim_span span = { .no = 1, .type = HW_SPAN_ANALOG, .fxs = RIG_PAIRS, .fxo = RIG_PAIRS, .law = HW_ALAW };
	struct sim_pair pairs[RIG_PAIRS] = { 0 };
	struct sim_conf sim = { .spans = &span, .n_spans = 1, .pairs = pairs, .n_pairs = RIG_PAIRS };
	struct media_conf conf = { .rtp_first = first_port, .rtp_last = (uint16_t)(first_port + 199), .realtime = true,
				   .jitter_ms = 60 };

	for (int i = 0; i < RIG_PAIRS; i++) {
		pairs[i].fxs = i + 1;
		pairs[i].fxo = i + 1 + RIG_PAIRS;
	}
	memset(r, 0, sizeof(*r));
	MUST(hw_sim_open(&r->hw, &sim) == 0);
	MUST(files_open(&r->writer) == 0);
	conf.files = r->writer;
	MUST(media_open(&r->media, r->hw, &conf) == 0);
}

void rig_close(struct rig *r)
{
	MUST(r->open_ports == 0);
	media_close(r->media);
	files_close(r->writer);
	hw_close(r->hw);
}

void rig_service(struct rig *r)
{
	media_service(r->media);
	files_service(r->writer);
	hw_service(r->hw, rig_now_us());
}

bool rig_wait(struct rig *r, const unsigned *what, unsigned want, int timeout_ms)
{
	int64_t end = rig_now_us() + timeout_ms * 1000ll, left;

	while (*what < want && (left = end - rig_now_us()) > 0) {
		struct pollfd p[2] = { { .fd = media_fd(r->media), .events = POLLIN }, { .fd = files_fd(r->writer), .events = POLLIN } };

		poll(p, 2, (int)(left / 1000) + 1);
		rig_service(r);
	}
	return *what >= want;
}

void rig_run(struct rig *r, int ms)
{
	unsigned never = 0;

	rig_wait(r, &never, 1, ms);
}

struct media_port *rig_line(struct rig *r, int chan, struct hw_line **line, bool dtmf)
{
	struct media_line_conf conf = { .dtmf = dtmf };
	struct media_port *p;

	MUST(hw_line_open(r->hw, chan, NULL, NULL, line) == 0);
	MUST(media_line_port(r->media, *line, &conf, on_event, r, &p) == 0);
	r->open_ports++;
	return p;
}

struct media_port *rig_analog(struct rig *r, int chan, struct hw_line **line, unsigned keep_ms)
{
	struct media_analog_conf conf = { .country = country_find("uk"), .keep_ms = keep_ms };
	struct media_port *p;

	MUST(hw_line_open(r->hw, chan, NULL, NULL, line) == 0);
	MUST(media_analog_port(r->media, *line, &conf, on_event, r, &p) == 0);
	r->open_ports++;
	return p;
}

void rig_file(void *rig, const char *path, int err)
{
	struct rig *r = rig;

	(void)path;
	r->files++;
	r->file_err = err;
}

struct media_port *rig_rtp(struct rig *r, unsigned timeout_ms, bool symmetric)
{
	struct media_rtp_conf conf = { .rtp_timeout_ms = timeout_ms, .symmetric = symmetric, .cname = "test@localhost" };
	struct sockaddr_in *a = (struct sockaddr_in *)&conf.local;
	struct media_port *p;

	a->sin_family = AF_INET;
	a->sin_addr.s_addr = rig_address();
	MUST(media_rtp_port(r->media, &conf, on_event, r, &p) == 0);
	r->open_ports++;
	return p;
}

struct media_port *rig_test(struct rig *r, const char *spec)
{
	struct media_port *p;

	MUST(media_test_port(r->media, spec, NULL, on_event, r, &p) == 0);
	r->open_ports++;
	return p;
}

void rig_port_close(struct rig *r, struct media_port *p)
{
	unsigned want = r->closed + 1;

	media_port_close(p);
	MUST(rig_wait(r, &r->closed, want, 5000));
}

static int bind_loopback(uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port),
				 .sin_addr.s_addr = rig_address() };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof(a))) {
		close(fd);
		return -1;
	}
	return fd;
}

void rig_peer_open(struct rig_peer *p, struct media_port *rtp)
{
	static uint16_t next = 22600;

	memset(p, 0, sizeof(*p));
	do {	/* even, and the next one up free as well */
		p->port = next;
		next = (uint16_t)(next < 22996 ? next + 2 : 22600);
		p->fd = bind_loopback(p->port);
		p->rtcp_fd = bind_loopback((uint16_t)(p->port + 1));
	} while (p->fd < 0 || p->rtcp_fd < 0);
	p->to = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(media_rtp_local(rtp)),
				      .sin_addr.s_addr = rig_address() };
	p->ssrc = 0x12345678;
	p->seq = 65530;		/* wraps soon */
	p->ts = 0xfffffe00;
}

void rig_peer_close(struct rig_peer *p)
{
	close(p->fd);
	close(p->rtcp_fd);
}

void rig_remote(struct media_port *rtp, const struct rig_peer *p, int law, unsigned ptime, uint8_t dtmf, int dir)
{
	struct media_rtp_remote remote = { .payload = law == HW_ALAW ? 8 : 0, .law = (enum hw_law)law,
					   .dtmf_payload = dtmf, .ptime_ms = ptime, .dir = (enum media_dir)dir };
	struct sockaddr_in *a = (struct sockaddr_in *)&remote.rtp;

	a->sin_family = AF_INET;
	a->sin_port = htons(p->port);
	a->sin_addr.s_addr = rig_address();
	MUST(media_rtp_remote(rtp, &remote) == 0);
}

void rig_send(struct rig_peer *p, int payload, bool marker, const uint8_t *data, unsigned n)
{
	uint8_t buf[12 + 1500] = { 0x80, (uint8_t)(payload | (marker ? 0x80 : 0)) };
	uint32_t ts = htonl(p->ts), ssrc = htonl(p->ssrc);
	uint16_t seq = htons(p->seq);

	memcpy(buf + 2, &seq, 2);
	memcpy(buf + 4, &ts, 4);
	memcpy(buf + 8, &ssrc, 4);
	memcpy(buf + 12, data, n);
	p->seq++;
	MUST(sendto(p->fd, buf, 12 + n, 0, (struct sockaddr *)&p->to, sizeof(p->to)) == (ssize_t)(12 + n));
}

int rig_recv(struct rig_peer *p, uint8_t *header, uint8_t *payload, unsigned size, int timeout_ms)
{
	struct pollfd f = { .fd = p->fd, .events = POLLIN };
	uint8_t buf[2048];
	ssize_t n;

	if (poll(&f, 1, timeout_ms) <= 0)
		return -1;
	n = recv(p->fd, buf, sizeof(buf), 0);
	MUST(n >= 12 && (unsigned)n - 12 <= size);
	if (header)
		memcpy(header, buf, 12);
	memcpy(payload, buf + 12, (size_t)n - 12);
	return (int)n - 12;
}
