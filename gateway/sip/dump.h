/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/sip/dump.h: every SIP message as it passed the sockets. sofia-sip's transport layer writes what it sends and receives
 * to a file that it is given by name (TPTAG_DUMP); ours is a piece of memory, read and emptied by dump_read(). Loop thread.
 */
#ifndef GATEWAY_SIP_DUMP_H
#define GATEWAY_SIP_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct sip_dump;

struct dump_message {
	int64_t wall_us;		/* since 1970 */
	bool out;			/* we sent it */
	char transport[8];		/* "udp", "tcp" */
	struct sockaddr_storage remote;
	const char *text;		/* not ended by a zero */
	size_t len;
	size_t missing;			/* octets of the body that are not there: of what is sent, sofia-sip writes the header alone */
};
typedef void dump_fn(void *arg, const struct dump_message *m);

int dump_open(struct sip_dump **out);	/* -errno of memfd_create(), -ENOMEM */
void dump_close(struct sip_dump *d);	/* NULL is fine; sofia-sip's own descriptor lives on with its agent */
const char *dump_path(const struct sip_dump *d);	/* for TPTAG_DUMP */
/* Tells of each message since the last time. NOW_US is the wall clock, from which the day is taken. */
void dump_read(struct sip_dump *d, int64_t now_us, dump_fn *fn, void *arg);
/* The same from a text, as dump_read() finds it; returns the octets that were whole messages. Pure. */
size_t dump_parse(const char *text, size_t len, int64_t now_us, dump_fn *fn, void *arg);

#endif
