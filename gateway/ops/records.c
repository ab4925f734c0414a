/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The records thread. records_put() hangs a copy in a queue under a lock that is held for a few
 * instructions only; the thread writes what waits, a batch to a transaction, and takes it off the queue once it is
 * committed. When the file fails (no such folder, full, locked, removed) it is tried again, at
 * first soon and then every RETRY_MAX_MS, and the queue grows to WAITING_MAX.
 *
 * What could not be written when the daemon ends goes to the log, a line each.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "gateway/log.h"
#include "gateway/ops/records_db.h"
#include "gateway/ops/text.h"

#define WAITING_MAX 10000
#define BATCH 500
#define RETRY_MIN_MS 200
#define RETRY_MAX_MS 5000
#define CLOSE_MS 5000
#define READ_MAX 1000

struct read_job {
	struct read_job *next;
	int n;
	records_read_fn *fn;
	void *arg;
	struct json_object *body;
	char why[RECORDS_ERROR_SIZE];
};
struct records {
	char *path;
	int event;			/* eventfd: there is something in DONE */
	pthread_t thread;
	bool started;
	struct records_db *db;		/* the thread's own */

	pthread_mutex_t lock;		/* for all below */
	pthread_cond_t wake;
	struct record_node *first, **last;
	struct read_job *jobs, *done;
	struct records_status status;
	int64_t retry_at, retry_ms;	/* no attempt before that; the pause that led to it */
	int64_t give_up_at;		/* once STOP is set */
	bool probe;			/* try the file though nothing waits: at start, and while it fails */
	bool stop;
};

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* --- The thread ------------------------------------------------------------------------------- */

/* Called with the lock held. */
static void note_failure(struct records *r, const char *error)
{
	if (strcmp(error, r->status.error) != 0)
		log_line(LOG_L_ERROR, "records %s: %s; %llu wait in memory", r->path, error,
			 (unsigned long long)r->status.waiting);
	snprintf(r->status.error, sizeof(r->status.error), "%s", error);
	r->retry_ms = r->retry_ms ? r->retry_ms * 2 : RETRY_MIN_MS;
	if (r->retry_ms > RETRY_MAX_MS)
		r->retry_ms = RETRY_MAX_MS;
	r->retry_at = now_ms() + r->retry_ms;
	r->probe = true;
}

static void note_success(struct records *r, int n, int refused)
{
	if (r->status.error[0])
		log_line(LOG_L_NOTICE, "records %s: written again", r->path);
	if (refused)
		log_line(LOG_L_ERROR, "records %s: %d records were refused and are lost", r->path, refused);
	r->status.error[0] = 0;
	r->retry_ms = 0;
	r->retry_at = 0;
	r->probe = false;
	r->status.written += (uint64_t)(n - refused);
	r->status.lost += (uint64_t)refused;
}

/* Takes N nodes off the queue, with the lock held. */
static struct record_node *take(struct records *r, int n)
{
	struct record_node *head = r->first, *end = head;

	if (n == 0)
		return NULL;
	for (int i = 1; i < n; i++)
		end = end->next;
	r->first = end->next;
	if (!r->first)
		r->last = &r->first;
	end->next = NULL;
	r->status.waiting -= (uint64_t)n;
	return head;
}

static void nodes_free(struct record_node *n)
{
	struct record_node *next;

	for (; n; n = next) {
		next = n->next;
		free(n);
	}
}

static int open_db(struct records *r, char *error)
{
	return r->db ? 0 : records_db_open(&r->db, r->path, error);
}

/* One batch, or none at all to see whether the file can be written; called and returns with the lock held. */
static void write_some(struct records *r)
{
	int n = r->status.waiting > BATCH ? BATCH : (int)r->status.waiting, refused = 0, err;
	const struct record_node *first = r->first;
	struct record_node *written = NULL;
	char error[RECORDS_ERROR_SIZE] = "";

	pthread_mutex_unlock(&r->lock);
	err = open_db(r, error);
	if (!err)
		err = records_db_write(r->db, first, n, &refused, error);
	if (err && err != -EBUSY && err != -ENOSPC) {
		records_db_close(r->db);
		r->db = NULL;
	}
	pthread_mutex_lock(&r->lock);
	if (err) {
		note_failure(r, error);
		return;
	}
	written = take(r, n);
	note_success(r, n, refused);
	pthread_mutex_unlock(&r->lock);
	nodes_free(written);
	pthread_mutex_lock(&r->lock);
}

/* One read job; called and returns with the lock held. */
static void read_some(struct records *r)
{
	struct read_job *job = r->jobs;
	struct read_job **at = &r->done;
	uint64_t one = 1;

	r->jobs = job->next;
	job->next = NULL;
	pthread_mutex_unlock(&r->lock);
	if (open_db(r, job->why) == 0)
		records_db_read(r->db, job->n, &job->body, job->why);
	pthread_mutex_lock(&r->lock);
	while (*at)
		at = &(*at)->next;
	*at = job;
	if (write(r->event, &one, sizeof(one)) < 0)
		log_line(LOG_L_ERROR, "records %s: eventfd: %s", r->path, strerror(errno));
}

static void wait_until(struct records *r, int64_t ms)
{
	struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	if (ms < 0)
		pthread_cond_wait(&r->wake, &r->lock);
	else
		pthread_cond_timedwait(&r->wake, &r->lock, &ts);
}

static void *records_main(void *arg)
{
	struct records *r = arg;
	int64_t until;

	pthread_mutex_lock(&r->lock);
	for (;;) {
		if ((r->first || r->probe) && now_ms() >= r->retry_at) {
			write_some(r);
		} else if (r->jobs) {
			read_some(r);
		} else if (r->stop && (!r->first || now_ms() >= r->give_up_at)) {
			break;
		} else {
			until = r->first || r->probe ? r->retry_at : -1;
			if (r->stop && until > now_ms() + RETRY_MIN_MS)
				until = r->retry_at = now_ms() + RETRY_MIN_MS;
			wait_until(r, until);
		}
	}
	pthread_mutex_unlock(&r->lock);
	records_db_close(r->db);
	r->db = NULL;
	return NULL;
}

/* --- The loop's side -------------------------------------------------------------------------- */

static int start_thread(struct records *r)
{
	sigset_t all, old;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);	/* signals are the loop's */
	err = pthread_create(&r->thread, NULL, records_main, r);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	r->started = err == 0;
	return -err;
}

int records_open(struct records **out, const char *path)
{
	struct records *r = calloc(1, sizeof(*r));
	pthread_condattr_t attr;
	int err;

	if (!r)
		return -ENOMEM;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&r->wake, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_init(&r->lock, NULL);
	r->last = &r->first;
	r->probe = true;
	r->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	err = r->event < 0 ? -errno : 0;
	if (!err && !(r->path = strdup(path)))
		err = -ENOMEM;
	if (!err)
		err = start_thread(r);
	if (err) {
		records_close(r);
		return err;
	}
	*out = r;
	return 0;
}

/* The daemon ends and the file would not have them: the log is the last place to keep them. */
static void log_rest(struct records *r)
{
	for (const struct record_node *n = r->first; n; n = n->next) {
		const struct call_record *c = &n->rec;
		char start[TEXT_ISO_SIZE];

		text_iso(start, c->start_ms);
		log_line(LOG_L_ERROR,
			 "call %llu: not recorded: %s started %s, %s %s to %s, %s %s, talked %lld ms, cause %d, %s",
			 (unsigned long long)c->id, c->uuid, start, c->in.trunk, c->in.calling, c->in.called,
			 c->out.trunk, c->out.line, (long long)(c->answer_ms ? c->end_ms - c->answer_ms : 0),
			 c->cause, c->why);
	}
	nodes_free(r->first);
}

void records_close(struct records *r)
{
	if (!r)
		return;
	if (r->started) {
		pthread_mutex_lock(&r->lock);
		r->stop = true;
		r->retry_at = 0;
		r->give_up_at = now_ms() + CLOSE_MS;
		pthread_cond_signal(&r->wake);
		pthread_mutex_unlock(&r->lock);
		pthread_join(r->thread, NULL);
		records_service(r);
	}
	log_rest(r);
	if (r->event >= 0)
		close(r->event);
	pthread_cond_destroy(&r->wake);
	pthread_mutex_destroy(&r->lock);
	free(r->path);
	free(r);
}

int records_put(struct records *r, const struct call_record *rec)
{
	struct record_node *n = malloc(sizeof(*n));
	int err = n ? 0 : -ENOMEM;

	if (n) {
		n->next = NULL;
		n->rec = *rec;
	}
	pthread_mutex_lock(&r->lock);
	if (!err && r->status.waiting >= WAITING_MAX)
		err = -ENOSPC;
	if (err) {
		r->status.lost++;
	} else {
		*r->last = n;
		r->last = &n->next;
		r->status.waiting++;
		pthread_cond_signal(&r->wake);
	}
	pthread_mutex_unlock(&r->lock);
	if (err)
		free(n);
	return err;
}

void records_status(struct records *r, struct records_status *out)
{
	pthread_mutex_lock(&r->lock);
	*out = r->status;
	pthread_mutex_unlock(&r->lock);
}

int records_read(struct records *r, int n, records_read_fn *fn, void *arg)
{
	struct read_job *job = calloc(1, sizeof(*job)), **at;

	if (!job)
		return -ENOMEM;
	job->n = n < 1 ? 1 : n > READ_MAX ? READ_MAX : n;
	job->fn = fn;
	job->arg = arg;
	pthread_mutex_lock(&r->lock);
	for (at = &r->jobs; *at; at = &(*at)->next)
		;
	*at = job;
	pthread_cond_signal(&r->wake);
	pthread_mutex_unlock(&r->lock);
	return 0;
}

int records_fd(const struct records *r)
{
	return r->event;
}

void records_service(struct records *r)
{
	struct read_job *job, *next;
	uint64_t n;

	if (read(r->event, &n, sizeof(n)) < 0 && errno != EAGAIN)
		return;
	pthread_mutex_lock(&r->lock);
	job = r->done;
	r->done = NULL;
	pthread_mutex_unlock(&r->lock);
	for (; job; job = next) {
		next = job->next;
		job->fn(job->arg, job->body, job->why);
		free(job);
	}
}
