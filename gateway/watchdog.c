/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See watchdog.h. The loop's beat is a timer of its own; the service manager is told from it, so that it
 * hears nothing when the loop stands still. */
#include "gateway/watchdog.h"

#include <errno.h>
#include <execinfo.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/log.h"
#include "gateway/notify.h"

const struct watchdog_limits watchdog_defaults = { .beat = 1000, .look = 2000, .tell = 5000, .abort = 15000 };

struct watchdog {
	struct loop *loop;
	struct watchdog_conf conf;
	uint64_t media_beats;
	int media_still;	/* ms without a beat of media's */
	struct loop_timer *beat;
	atomic_ulong beats;
	pthread_t loop_thread, thread;
	bool running;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stop;
};

/* Runs in the loop thread, wherever it hangs: only async-signal-safe calls. */
static void say_where(int sig)
{
	static const char head[] = "watchdog: the loop stands here:\n";
	void *frames[64];
	int saved = errno;

	(void)sig;
	if (write(STDERR_FILENO, head, sizeof(head) - 1) > 0)
		backtrace_symbols_fd(frames, backtrace(frames, 64), STDERR_FILENO);
	errno = saved;
}

static void look_at_media(struct watchdog *w)
{
	uint64_t now = media_beats(w->conf.media);
	bool told = w->media_still >= w->conf.limits.tell;

	if (now != w->media_beats || !w->conf.busy(w->conf.arg)) {
		w->media_beats = now;
		w->media_still = 0;
		return;
	}
	w->media_still += w->conf.limits.beat;
	if (w->media_still >= w->conf.limits.tell && !told)
		log_line(LOG_L_ERROR, "watchdog: the media thread has not moved audio for %d ms", w->media_still);
	if (w->media_still >= w->conf.limits.abort) {
		log_line(LOG_L_ERROR, "watchdog: no audio for %d ms with calls up: aborting", w->media_still);
		abort();
	}
}

static void beat(void *arg)
{
	struct watchdog *w = arg;

	atomic_fetch_add(&w->beats, 1);
	look_at_media(w);
	notify_service_manager("WATCHDOG=1");
	loop_timer(w->loop, (int64_t)w->conf.limits.beat * 1000, beat, w, &w->beat);
}

static void add_ms(struct timespec *t, int ms)
{
	t->tv_nsec += (long)ms * 1000000;
	t->tv_sec += t->tv_nsec / 1000000000;
	t->tv_nsec %= 1000000000;
}

/* Waits until the next look; true when it is time to end. */
static bool wait_or_stop(struct watchdog *w)
{
	struct timespec until;
	bool stop;

	clock_gettime(CLOCK_MONOTONIC, &until);
	add_ms(&until, w->conf.limits.look);
	pthread_mutex_lock(&w->lock);
	while (!w->stop && pthread_cond_timedwait(&w->wake, &w->lock, &until) == 0)
		;
	stop = w->stop;
	pthread_mutex_unlock(&w->lock);
	return stop;
}

static void *watch(void *arg)
{
	struct watchdog *w = arg;
	unsigned long last = 0, now;
	struct timespec t, since;
	long still;
	bool told = false;

	clock_gettime(CLOCK_MONOTONIC, &since);
	while (!wait_or_stop(w)) {
		clock_gettime(CLOCK_MONOTONIC, &t);
		now = atomic_load(&w->beats);
		if (now != last) {
			last = now;
			since = t;
			told = false;
			continue;
		}
		still = (t.tv_sec - since.tv_sec) * 1000 + (t.tv_nsec - since.tv_nsec) / 1000000;
		if (still >= w->conf.limits.tell && !told) {
			log_line(LOG_L_ERROR, "watchdog: the loop has not turned for %ld ms", still);
			pthread_kill(w->loop_thread, SIGUSR2);
			told = true;
		}
		if (still >= w->conf.limits.abort) {
			log_line(LOG_L_ERROR, "watchdog: giving up: aborting");
			abort();
		}
	}
	return NULL;
}

int watchdog_open(struct watchdog **out, struct loop *loop, const struct watchdog_conf *conf)
{
	struct watchdog *w = calloc(1, sizeof(*w));
	struct sigaction sa = { .sa_handler = say_where, .sa_flags = SA_RESTART };
	pthread_condattr_t ca;
	void *warm[1];
	int err;

	if (!w)
		return -ENOMEM;
	backtrace(warm, 1); /* loads what it needs now, not in the handler */
	w->loop = loop;
	w->conf = *conf;
	w->loop_thread = pthread_self();
	sigaction(SIGUSR2, &sa, NULL);
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&ca);
	pthread_condattr_setclock(&ca, CLOCK_MONOTONIC);
	pthread_cond_init(&w->wake, &ca);
	pthread_condattr_destroy(&ca);
	err = loop_timer(loop, 0, beat, w, &w->beat);
	if (!err)
		err = -pthread_create(&w->thread, NULL, watch, w);
	if (err) {
		watchdog_close(w);
		return err;
	}
	pthread_setname_np(w->thread, "watchdog");
	w->running = true;
	*out = w;
	return 0;
}

void watchdog_close(struct watchdog *w)
{
	if (!w)
		return;
	if (w->running) {
		pthread_mutex_lock(&w->lock);
		w->stop = true;
		pthread_cond_signal(&w->wake);
		pthread_mutex_unlock(&w->lock);
		pthread_join(w->thread, NULL);
	}
	loop_timer_cancel(w->loop, &w->beat);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
