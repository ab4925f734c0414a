/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/loop.h: the loop thread: sofia-sip's root, one epoll set beside it for everything else, timers
 * with names, and functions to run at every turn. Loop thread only, but for loop_stop().
 */
#ifndef GATEWAY_LOOP_H
#define GATEWAY_LOOP_H

#include <sofia-sip/su_wait.h>
#include <stdint.h>

struct loop;
struct loop_timer;

int loop_open(struct loop **out);
void loop_close(struct loop *l);
su_root_t *loop_root(struct loop *l);
/* One turn: what is due, then what comes within MAX_US at the latest. */
void loop_step(struct loop *l, int64_t max_us);
/* Runs until loop_stop(). */
void loop_run(struct loop *l);
void loop_stop(struct loop *l);		/* any thread, and from a signal handler */
int64_t loop_now_us(void);		/* CLOCK_MONOTONIC */

/* FN is called when FD is ready for EVENTS (EPOLLIN, EPOLLOUT, EPOLLPRI). One entry for a descriptor. */
typedef void loop_fd_fn(void *arg, uint32_t events);
int loop_add_fd(struct loop *l, int fd, uint32_t events, loop_fd_fn *fn, void *arg);
void loop_mod_fd(struct loop *l, int fd, uint32_t events);
void loop_del_fd(struct loop *l, int fd);

/* FN runs once a turn before the loop sleeps and returns the time of its next deadline, -1 for none. */
typedef int64_t loop_turn_fn(void *arg, int64_t now_us);
int loop_add_turn(struct loop *l, loop_turn_fn *fn, void *arg);
void loop_del_turn(struct loop *l, loop_turn_fn *fn, void *arg);

/* A one-shot timer; OUT may be NULL. It is freed when it has fired (then *OUT is set to NULL before FN runs) or by loop_timer_cancel(). */
typedef void loop_timer_fn(void *arg);
int loop_timer(struct loop *l, int64_t delay_us, loop_timer_fn *fn, void *arg, struct loop_timer **out);
void loop_timer_cancel(struct loop *l, struct loop_timer **t);	/* NULL content is fine; sets it to NULL */

#endif
