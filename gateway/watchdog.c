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

enum { BEAT_US = 1000000, LOOK_S = 2, TELL_S = 5, ABORT_S = 15 };

struct watchdog {
	struct loop *loop;
	struct media *media;
	bool (*busy)(void *arg);
	void *arg;
	uint64_t media_beats;
	int media_still;	/* beats of ours without one of media's */
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
	uint64_t now = media_beats(w->media);

	if (now != w->media_beats || !w->busy(w->arg)) {
		w->media_beats = now;
		w->media_still = 0;
		return;
	}
	if (++w->media_still == TELL_S)
		log_line(LOG_L_ERROR, "watchdog: the media thread has not moved audio for %d s", TELL_S);
	if (w->media_still >= ABORT_S) {
		log_line(LOG_L_ERROR, "watchdog: no audio for %d s with calls up: aborting", ABORT_S);
		abort();
	}
}

static void beat(void *arg)
{
	struct watchdog *w = arg;

	atomic_fetch_add(&w->beats, 1);
	look_at_media(w);
	notify_service_manager("WATCHDOG=1");
	loop_timer(w->loop, BEAT_US, beat, w, &w->beat);
}

/* Waits LOOK_S; true when it is time to end. */
static bool wait_or_stop(struct watchdog *w)
{
	struct timespec until;
	bool stop;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += LOOK_S;
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
		still = t.tv_sec - since.tv_sec;
		if (still >= TELL_S && !told) {
			log_line(LOG_L_ERROR, "watchdog: the loop has not turned for %ld s", still);
			pthread_kill(w->loop_thread, SIGUSR2);
			told = true;
		}
		if (still >= ABORT_S) {
			log_line(LOG_L_ERROR, "watchdog: giving up: aborting");
			abort();
		}
	}
	return NULL;
}

int watchdog_open(struct watchdog **out, struct loop *loop, struct media *m, bool (*busy)(void *arg), void *arg)
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
	w->media = m;
	w->busy = busy;
	w->arg = arg;
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
