/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/notify.h: what the service manager is told (sd_notify(3)'s protocol). Any thread. Nothing happens without NOTIFY_SOCKET. */
#ifndef GATEWAY_NOTIFY_H
#define GATEWAY_NOTIFY_H

void notify_service_manager(const char *state);	/* "READY=1", "STOPPING=1", "WATCHDOG=1" */

#endif
