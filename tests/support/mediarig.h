/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/mediarig.h: a media path on a simulated E1 pair, with RTP peers that a test speaks through. */
#ifndef TESTS_SUPPORT_MEDIARIG_H
#define TESTS_SUPPORT_MEDIARIG_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "gateway/files.h"
#include "gateway/media/analog.h"
#include "gateway/media/media.h"
#include "hw/sim.h"

#define RIG_FAR 31		/* channel N of span 1 is wired to channel N + RIG_FAR of span 2 */

#define RIG_HEARD 64

struct rig {
	struct hw *hw;
	struct files *writer;	/* of recordings */
	struct media *media;
	int open_ports;
	char digits[64];	/* MEDIA_DIGIT as they came, any port */
	unsigned digit_ms[64];
	unsigned n_digits, first_rtp, lost, back, timeout, played, closed, partner_lost, partner_back;
	struct heard heard[RIG_HEARD];	/* MEDIA_HEARD as they came, any port */
	unsigned n_heard;
	unsigned files;			/* rig_file() called */
	int file_err;			/* of the last */
	struct media_stats last;	/* of the last port that was closed */
};
struct rig_peer {		/* an RTP endpoint of the test's own */
	int fd, rtcp_fd;
	uint16_t port;
	struct sockaddr_in to;
	uint32_t ssrc, ts;
	uint16_t seq;
};

void rig_open(struct rig *r, bool mulaw, uint16_t first_port);	/* MULAW: a T1 pair instead of E1 (24 channels) */
void rig_open_jitter(struct rig *r, bool mulaw, uint16_t first_port, unsigned jitter_ms);	/* 0: the default */
/* RIG_PAIRS FXS ports, channels 1 and up, each on a pair with the FXO port RIG_PAIRS above it. */
#define RIG_PAIRS 4
void rig_open_analog(struct rig *r, uint16_t first_port);
void rig_close(struct rig *r);		/* fails the test when a port stays open */
void rig_service(struct rig *r);
/* Serves reports until *WHAT >= WANT, or the time is over; returns whether it is. */
bool rig_wait(struct rig *r, const unsigned *what, unsigned want, int timeout_ms);
void rig_run(struct rig *r, int ms);	/* serves reports for that long */
int64_t rig_now_us(void);
in_addr_t rig_address(void);	/* a loopback address of this process's own */
void rig_address_fix(void);	/* children made from here on share it */

struct media_port *rig_line(struct rig *r, int chan, struct hw_line **line, bool dtmf);
/* A port as analog lines have it, on any channel; the United Kingdom's tones. */
struct media_port *rig_analog(struct rig *r, int chan, struct hw_line **line, unsigned keep_ms);
struct media_port *rig_rtp(struct rig *r, unsigned timeout_ms, bool symmetric);
struct media_port *rig_test(struct rig *r, const char *spec);
void rig_file(void *rig, const char *path, int err);		/* a media_file_fn */
void rig_port_close(struct rig *r, struct media_port *p);	/* and waits for MEDIA_CLOSED */

void rig_peer_open(struct rig_peer *p, struct media_port *rtp);
void rig_peer_close(struct rig_peer *p);
void rig_remote(struct media_port *rtp, const struct rig_peer *p, int law, unsigned ptime, uint8_t dtmf, int dir);
void rig_send(struct rig_peer *p, int payload, bool marker, const uint8_t *data, unsigned n);	/* seq goes on */
/* One packet: its payload length, -1 for none within the time. HEADER gets 12 octets; may be NULL. */
int rig_recv(struct rig_peer *p, uint8_t *header, uint8_t *payload, unsigned size, int timeout_ms);

#endif
