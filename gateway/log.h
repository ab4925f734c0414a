/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/log.h: the daemon's log: lines on standard error with syslog priority prefixes when a journal
 * reads them (JOURNAL_STREAM), plain otherwise. Any thread but media. The object comes first, then what happened:
 * "call 12 telco 1/7: alerting -> clearing, cause 17 (user busy)".
 */
#ifndef GATEWAY_LOG_H
#define GATEWAY_LOG_H

enum { LOG_L_ERROR = 3, LOG_L_WARNING = 4, LOG_L_NOTICE = 5, LOG_L_INFO = 6, LOG_L_DEBUG = 7 };
void log_set_level(int level);		/* what is above it is not printed; default LOG_L_INFO */
void log_line(int level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int log_level_from_name(const char *name);	/* "error" .. "debug", or -1 */
/* At most N lines a second from one place in the code; what was held back is counted in the next one. */
struct log_limit { long long second; int count, held; };
void log_limited(struct log_limit *lim, int per_second, int level, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
