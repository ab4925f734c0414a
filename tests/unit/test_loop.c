/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop: order of timers, cancelling from inside a callback, descriptors that go away in a batch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "gateway/loop.h"

struct bed {
	struct loop *loop;
	char seen[64];
	struct loop_timer *t[8];
	int fd[2], left;
};

static void note(struct bed *b, char c)
{
	size_t n = strlen(b->seen);

	b->seen[n] = c;
	b->seen[n + 1] = 0;
}

static void on_a(void *arg)
{
	note(arg, 'a');
}

static void on_b(void *arg)
{
	note(arg, 'b');
}

static void on_c(void *arg)
{
	struct bed *b = arg;

	note(b, 'c');
	loop_timer_cancel(b->loop, &b->t[3]);
	assert_null(b->t[2]); /* its own handle was emptied before it ran */
}

static void on_stop(void *arg)
{
	loop_stop(((struct bed *)arg)->loop);
}

static void timers(void **state)
{
	struct bed b = { 0 };

	(void)state;
	assert_int_equal(loop_open(&b.loop), 0);
	loop_timer(b.loop, 3000, on_b, &b, &b.t[0]);
	loop_timer(b.loop, 1000, on_a, &b, &b.t[1]);
	loop_timer(b.loop, 2000, on_c, &b, &b.t[2]);
	loop_timer(b.loop, 2500, on_a, &b, &b.t[3]); /* cancelled by c */
	loop_timer(b.loop, 5000, on_stop, &b, NULL);
	loop_timer(b.loop, 9000000, on_a, &b, &b.t[4]); /* freed by close */
	loop_run(b.loop);
	assert_string_equal(b.seen, "acb");
	assert_null(b.t[0]);
	loop_timer_cancel(b.loop, &b.t[0]); /* a handle that has fired is no error */
	loop_close(b.loop);
}

static void on_fd(void *arg, uint32_t events)
{
	struct bed *b = arg;

	assert_true(events & EPOLLIN);
	b->left--;
	/* Whichever comes first takes both away: the other must not be called in this batch. */
	loop_del_fd(b->loop, b->fd[0]);
	loop_del_fd(b->loop, b->fd[1]);
	loop_timer(b->loop, 1000, on_stop, b, NULL);
}

static void descriptors(void **state)
{
	struct bed b = { .left = 1 };

	(void)state;
	assert_int_equal(loop_open(&b.loop), 0);
	for (int i = 0; i < 2; i++) {
		b.fd[i] = eventfd(1, EFD_NONBLOCK);
		assert_int_equal(loop_add_fd(b.loop, b.fd[i], EPOLLIN, on_fd, &b), 0);
	}
	loop_run(b.loop);
	assert_int_equal(b.left, 0);
	close(b.fd[0]);
	close(b.fd[1]);
	loop_close(b.loop);
}

static int64_t on_turn(void *arg, int64_t now_us)
{
	struct bed *b = arg;

	if (b->left-- == 1)
		loop_stop(b->loop);
	return now_us + 500; /* asks to be called again soon */
}

static void turns(void **state)
{
	struct bed b = { .left = 5 };

	(void)state;
	assert_int_equal(loop_open(&b.loop), 0);
	loop_add_turn(b.loop, on_turn, &b);
	loop_run(b.loop);
	assert_int_equal(b.left, 0);
	loop_del_turn(b.loop, on_turn, &b);
	loop_close(b.loop);
}

static void many_timers(void **state)
{
	struct bed b = { 0 };
	static struct loop_timer *t[1000];

	(void)state;
	assert_int_equal(loop_open(&b.loop), 0);
	for (int i = 0; i < 1000; i++)
		loop_timer(b.loop, 1000000 + (i * 7919) % 1000, on_a, &b, &t[i]);
	for (int i = 0; i < 1000; i += 2)
		loop_timer_cancel(b.loop, &t[i]);
	loop_timer(b.loop, 0, on_stop, &b, NULL);
	loop_run(b.loop);
	assert_string_equal(b.seen, "");
	loop_close(b.loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers),
		cmocka_unit_test(descriptors),
		cmocka_unit_test(turns),
		cmocka_unit_test(many_timers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
