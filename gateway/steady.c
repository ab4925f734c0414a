/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/steady.c: libpri's clock. Its timers end at times of gettimeofday(), so when the clock of the host is set (NTP after a
 * start without a battery, a virtual machine that was asleep) all of them end at once, T309 with the calls that it keeps, or none
 * for hours: then a lost frame is not sent again (T200) and layer 2 stays down. This gettimeofday() stands before libc's. libpri
 * and this program, who compare times and show none, get the time of the start and what has passed since by the monotonic clock;
 * everybody else gets what the host says. Any thread.
 */
#include <link.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/time.h>
#include <time.h>

#include "channels/pri.h"

struct range { uintptr_t from, to; };	/* addresses of a program or library */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct range steady[2];		/* libpri and this program */
static int64_t wall_minus_mono;		/* at the start, nanoseconds */

static int64_t now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static bool within(const struct range *r, uintptr_t at)
{
	return at >= r->from && at < r->to;
}

static int look_at(struct dl_phdr_info *info, size_t size, void *arg)
{
	const uintptr_t wanted[] = { (uintptr_t)pri_library(), (uintptr_t)gettimeofday };
	struct range r = { UINTPTR_MAX, 0 };

	(void)size;
	(void)arg;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		uintptr_t from = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr, to = from + info->dlpi_phdr[i].p_memsz;

		if (info->dlpi_phdr[i].p_type != PT_LOAD)
			continue;
		r.from = from < r.from ? from : r.from;
		r.to = to > r.to ? to : r.to;
	}
	for (int i = 0; i < 2; i++)
		if (within(&r, wanted[i]))
			steady[i] = r;
	return 0;
}

static void start(void)
{
	dl_iterate_phdr(look_at, NULL);
	wall_minus_mono = now_ns(CLOCK_REALTIME) - now_ns(CLOCK_MONOTONIC);
}

int gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
	uintptr_t caller = (uintptr_t)__builtin_return_address(0);
	int64_t ns;

	(void)tz;
	pthread_once(&once, start);
	if (within(&steady[0], caller) || within(&steady[1], caller))
		ns = now_ns(CLOCK_MONOTONIC) + wall_minus_mono;
	else
		ns = now_ns(CLOCK_REALTIME);
	tv->tv_sec = (time_t)(ns / 1000000000);
	tv->tv_usec = (suseconds_t)(ns % 1000000000 / 1000);
	return 0;
}
