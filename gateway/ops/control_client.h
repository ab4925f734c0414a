/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/ops/control_client.h: who is connected to the control socket. Between control.c (the socket) and
 * control_client.c (a client: its requests, the answers); control.h has the answering.
 */
#ifndef GATEWAY_OPS_CONTROL_CLIENT_H
#define GATEWAY_OPS_CONTROL_CLIENT_H

#include "gateway/ops/control.h"

struct control_client;
struct control_clients {
	struct loop *loop;
	const struct control_command *commands;
	void *arg;			/* of the commands */
	struct control_client *first;
	int n;
};

/* FD is given away: closed at once when there is no room. */
void control_client_add(struct control_clients *all, int fd);
void control_clients_end(struct control_clients *all);	/* see control_close() */

#endif
