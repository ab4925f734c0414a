/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon's log on standard error. One write per line, so that lines of two threads do not mix. */
#include "gateway/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static atomic_int max_level = LOG_L_INFO;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int in_journal;

static void look(void)
{
	in_journal = getenv("JOURNAL_STREAM") != NULL;
}

void log_set_level(int level)
{
	atomic_store(&max_level, level);
}

static const char *const names[] = { "", "", "", "error", "warning", "notice", "info", "debug" };

int log_level_from_name(const char *name)
{
	for (int i = LOG_L_ERROR; i <= LOG_L_DEBUG; i++)
		if (!strcmp(name, names[i]))
			return i;
	return -1;
}

static void emit(int level, const char *fmt, va_list ap)
{
	char line[1024];
	size_t n;

	pthread_once(&once, look);
	if (in_journal) {
		n = (size_t)snprintf(line, sizeof(line), "<%d>", level);
	} else {
		struct timespec ts;
		struct tm tm;

		clock_gettime(CLOCK_REALTIME, &ts);
		localtime_r(&ts.tv_sec, &tm);
		n = strftime(line, sizeof(line), "%H:%M:%S", &tm);
		n += (size_t)snprintf(line + n, sizeof(line) - n, ".%03ld %s: ", ts.tv_nsec / 1000000,
				      names[level & 7]);
	}
	vsnprintf(line + n, sizeof(line) - n - 1, fmt, ap);
	n = strlen(line);
	while (n && line[n - 1] == '\n')
		n--;
	line[n++] = '\n';
	if (write(STDERR_FILENO, line, n) < 0)
		return; /* nobody reads the log: nothing to tell it to */
}

void log_line(int level, const char *fmt, ...)
{
	va_list ap;

	if (level > atomic_load(&max_level))
		return;
	va_start(ap, fmt);
	emit(level, fmt, ap);
	va_end(ap);
}

void log_limited(struct log_limit *lim, int per_second, int level, const char *fmt, ...)
{
	struct timespec ts;
	char text[900];
	va_list ap;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	if (ts.tv_sec != lim->second) {
		lim->second = ts.tv_sec;
		lim->count = 0;
	}
	if (lim->count >= per_second) {
		lim->held++;
		return;
	}
	lim->count++;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (lim->held)
		log_line(level, "%s (and %d more like it held back)", text, lim->held);
	else
		log_line(level, "%s", text);
	lim->held = 0;
}
