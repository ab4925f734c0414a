/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names to addresses against a name server of our own in the same loop: nothing waits but the question. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/sip/resolve.h"

#define SERVER_PORT 21730
#define SERVER "127.0.0.1:21730"

struct world {
	su_root_t *root;
	struct resolver *r;
	int fd;			/* the name server */
	bool silent;
	int questions, answers;
	struct resolve_answer last;
};

static void world_open(struct world *w, const char *servers)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(SERVER_PORT), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	memset(w, 0, sizeof(*w));
	su_init();
	w->root = su_root_create(NULL);
	su_root_threading(w->root, 0);
	assert_int_equal(resolver_open(&w->r, w->root, servers), 0);
	w->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(w->fd, (struct sockaddr *)&a, sizeof(a)), 0);
}

static void world_close(struct world *w)
{
	resolver_close(w->r);
	close(w->fd);
	su_root_destroy(w->root);
	su_deinit();
}

/* "two.example" has A 192.0.2.1 and .2 with TTL 7 and 30, "six.example" AAAA 2001:db8::1; others do not exist. */
static void serve(struct world *w)
{
	static const uint8_t two[] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, 192, 0, 2, 1,
				       0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 7,  0, 4, 192, 0, 2, 2 };
	static const uint8_t six[] = { 0xc0, 12, 0, 28, 0, 1, 0, 0, 0, 9, 0, 16, 0x20, 1, 0x0d, 0xb8,
				       0,    0,	 0, 0,	0, 0, 0, 0, 0, 0, 0, 1 };
	uint8_t q[512];
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	ssize_t n = recvfrom(w->fd, q, sizeof(q) - 64, 0, (struct sockaddr *)&from, &len);
	int type;

	if (n < 17)
		return;
	w->questions++;
	if (w->silent)
		return;
	for (n = 12; q[n]; n += q[n] + 1)	/* the question's name; an OPT record behind it is dropped */
		;
	n += 5;
	type = q[n - 3];
	q[2] |= 0x80;
	q[7] = q[11] = 0;
	if (memcmp(q + 13, "two", 3) == 0 && type == 1) {
		q[7] = 2;
		memcpy(q + n, two, sizeof(two));
		n += (ssize_t)sizeof(two);
	} else if (memcmp(q + 13, "six", 3) == 0 && type == 28) {
		q[7] = 1;
		memcpy(q + n, six, sizeof(six));
		n += (ssize_t)sizeof(six);
	} else if (memcmp(q + 13, "two", 3) != 0 && memcmp(q + 13, "six", 3) != 0) {
		q[3] |= 3;	/* NXDOMAIN */
	}
	sendto(w->fd, q, (size_t)n, 0, (struct sockaddr *)&from, len);
}

static void on_answer(void *arg, const struct resolve_answer *a)
{
	struct world *w = arg;

	w->answers++;
	w->last = *a;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The turns of the loop until the answer: a lookup that blocks would leave it one. */
static int ask(struct world *w, const char *name)
{
	struct resolve *q = NULL;
	int64_t end = now_ms() + 30000;
	int had = w->answers, turns = 0;

	assert_int_equal(resolve_start(w->r, name, on_answer, w, &q), 0);
	for (; w->answers == had && now_ms() < end; turns++) {
		serve(w);
		su_root_step(w->root, 5);
	}
	assert_int_equal(w->answers, had + 1);
	assert_null(q);
	return turns;
}

static void test_answers(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, SERVER);
	ask(&w, "two.example");
	assert_int_equal(w.last.err, 0);
	assert_int_equal(w.last.n, 2);
	assert_int_equal(w.last.ttl_s, 7);
	assert_int_equal(w.last.addrs[0].ss_family, AF_INET);
	assert_int_equal(ntohl(((struct sockaddr_in *)&w.last.addrs[0])->sin_addr.s_addr) >> 8, 0xc00002);
	ask(&w, "six.example");
	assert_int_equal(w.last.err, 0);
	assert_int_equal(w.last.n, 1);
	assert_int_equal(w.last.addrs[0].ss_family, AF_INET6);
	ask(&w, "none.example");
	assert_int_equal(w.last.err, -ENOENT);
	assert_int_equal(w.last.n, 0);
	world_close(&w);
}

/* /etc/hosts comes first: no server is asked. */
static void test_hosts(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, SERVER);
	ask(&w, "localhost");
	assert_int_equal(w.last.err, 0);
	assert_true(w.last.n >= 1);
	assert_int_equal(w.questions, 0);
	world_close(&w);
}

/* A name server that never answers: the loop turns on, and the question ends. */
static void test_silent_server(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, SERVER);
	w.silent = true;
	assert_true(ask(&w, "two.example") > 20);
	assert_int_equal(w.last.err, -ETIMEDOUT);
	assert_true(w.questions >= 2);
	world_close(&w);
}

static void test_no_server(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, "127.0.0.1:21731");
	ask(&w, "two.example");
	assert_int_equal(w.last.err, -ECONNREFUSED);
	world_close(&w);
}

static void test_cancel(void **state)
{
	struct resolve *q = NULL;
	struct world w;
	int i;

	(void)state;
	world_open(&w, SERVER);
	assert_int_equal(resolve_start(w.r, "two.example", on_answer, &w, &q), 0);
	resolve_cancel(&q);
	assert_null(q);
	resolve_cancel(&q);
	for (i = 0; i < 50; i++) {
		serve(&w);
		su_root_step(w.root, 2);
	}
	assert_int_equal(w.answers, 0);
	/* Closed with a question open: dropped. */
	assert_int_equal(resolve_start(w.r, "six.example", on_answer, &w, &q), 0);
	resolver_close(w.r);
	w.r = NULL;
	assert_int_equal(w.answers, 0);
	assert_null(q);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),	  cmocka_unit_test(test_hosts),	 cmocka_unit_test(test_silent_server),
		cmocka_unit_test(test_no_server), cmocka_unit_test(test_cancel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
