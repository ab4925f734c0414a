/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control socket with a real loop in a thread of its own and clients here. No sleeps: each step waits
 * for what the other side does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/ops/control.h"
#include "gateway/ops/control_line.h"

struct server {
	char dir[64], path[96];
	pthread_t thread;
	sem_t ready, gone, stopped;
	struct loop *loop;
	struct control *control;
	int err;
	struct control_request *held;	/* by "hold", answered by "release" */
	atomic_int served;
};

static void do_echo(void *arg, struct control_request *r, struct json_object *args)
{
	struct server *s = arg;
	struct json_object *o = json_object_new_object();

	atomic_fetch_add(&s->served, 1);
	json_object_object_add(o, "text", json_object_get(json_object_object_get(args, "text")));
	control_answer(r, o);
}

static void do_nothing(void *arg, struct control_request *r, struct json_object *args)
{
	(void)arg;
	(void)args;
	control_answer(r, NULL);
}

static void do_no(void *arg, struct control_request *r, struct json_object *args)
{
	(void)arg;
	(void)args;
	control_fail(r, "ask later", "no \"%d\" here\n", 7);
}

static void do_big(void *arg, struct control_request *r, struct json_object *args)
{
	struct json_object *o = json_object_new_object();
	int n = json_object_get_int(json_object_object_get(args, "n"));
	char *text = calloc(1, (size_t)n + 1);

	(void)arg;
	memset(text, 'x', (size_t)n);
	json_object_object_add(o, "text", json_object_new_string(text));
	free(text);
	control_answer(r, o);
}

static void on_later(void *arg)
{
	control_answer(arg, NULL);
}

static void do_later(void *arg, struct control_request *r, struct json_object *args)
{
	struct server *s = arg;

	(void)args;
	assert_int_equal(loop_timer(s->loop, 1000, on_later, r, NULL), 0);
}

static void on_gone(void *arg)
{
	struct server *s = arg;

	sem_post(&s->gone);
}

static void do_hold(void *arg, struct control_request *r, struct json_object *args)
{
	struct server *s = arg;

	(void)args;
	s->held = r;
	control_on_gone(r, on_gone, s);
	sem_post(&s->ready);
}

static void do_release(void *arg, struct control_request *r, struct json_object *args)
{
	struct server *s = arg;

	(void)args;
	control_answer(s->held, NULL);
	s->held = NULL;
	control_answer(r, NULL);
}

/* Writes into the file that came with it. */
static void do_given(void *arg, struct control_request *r, struct json_object *args)
{
	int fd = control_take_fd(r);

	(void)arg;
	(void)args;
	assert_int_equal(control_take_fd(r), -1);
	if (fd < 0) {
		control_fail(r, "", "no file came");
		return;
	}
	assert_int_equal(write(fd, "here", 4), 4);
	close(fd);
	control_answer(r, NULL);
}

static const struct control_command commands[] = {
	{ "given", do_given },
	{ "echo", do_echo }, { "nothing", do_nothing }, { "no", do_no }, { "big", do_big },
	{ "later", do_later }, { "hold", do_hold }, { "release", do_release }, { NULL, NULL },
};

static void *server_main(void *arg)
{
	struct server *s = arg;

	s->err = loop_open(&s->loop);
	if (!s->err)
		s->err = control_open(&s->control, s->loop, s->path, commands, s);
	sem_post(&s->ready);
	if (!s->err)
		loop_run(s->loop);
	control_close(s->control);
	if (!s->err)
		sem_wait(&s->stopped);	/* loop_stop() has returned */
	loop_close(s->loop);
	return NULL;
}

static int server_start(void **state)
{
	struct server *s = calloc(1, sizeof(*s));

	strcpy(s->dir, "/tmp/test_control.XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	snprintf(s->path, sizeof(s->path), "%s/control", s->dir);
	sem_init(&s->ready, 0, 0);
	sem_init(&s->gone, 0, 0);
	sem_init(&s->stopped, 0, 0);
	pthread_create(&s->thread, NULL, server_main, s);
	sem_wait(&s->ready);
	assert_int_equal(s->err, 0);
	*state = s;
	return 0;
}

static int server_stop(void **state)
{
	struct server *s = *state;
	struct stat st;

	loop_stop(s->loop);
	sem_post(&s->stopped);
	pthread_join(s->thread, NULL);
	assert_int_equal(lstat(s->path, &st), -1);	/* the socket file is removed */
	assert_int_equal(rmdir(s->dir), 0);
	free(s);
	return 0;
}

static int dial(const struct server *s)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	struct timeval tv = { .tv_sec = 20 };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", s->path);
	assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	return fd;
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* One line, or "" at the end of the stream. */
static const char *hear(int fd)
{
	static char line[4096];
	size_t n = 0;

	while (n + 1 < sizeof(line)) {
		ssize_t r = recv(fd, line + n, 1, 0);

		if (r == 0 || (r < 0 && errno == ECONNRESET))
			break;
		assert_int_equal(r, 1);
		if (line[n] == '\n')
			break;
		n++;
	}
	line[n] = 0;
	return line;
}

static void test_rows(void **state)
{
	static const struct { const char *why, *ask, *answer; bool dropped; } rows[] = {
		{ "an answer with a body", "{\"do\":\"echo\",\"text\":\"a/b\"}\n",
		  "{\"ok\":true,\"text\":\"a/b\"}", false },
		{ "a line end inside a string stays one line", "{\"do\":\"echo\",\"text\":\"a\\nb\"}\n",
		  "{\"ok\":true,\"text\":\"a\\nb\"}", false },
		{ "an answer without one", "{\"do\":\"nothing\"}\n", "{\"ok\":true}", false },
		{ "spaces around it", "  {\"do\" : \"nothing\"} \r\n", "{\"ok\":true}", false },
		{ "a failure with a hint", "{\"do\":\"no\"}\n",
		  "{\"ok\":false,\"error\":\"no \\\"7\\\" here.\",\"hint\":\"ask later\"}", false },
		{ "later", "{\"do\":\"later\"}\n", "{\"ok\":true}", false },
		{ "unknown", "{\"do\":\"statsu\"}\n",
		  "{\"ok\":false,\"error\":\"there is no command \\\"statsu\\\"\",\"hint\":\"known commands: given, echo, "
		  "nothing, no, big, later, hold, release\"}", false },
		{ "two in one packet, in order", "{\"do\":\"later\"}\n{\"do\":\"echo\",\"text\":2}\n",
		  "{\"ok\":true}\n{\"ok\":true,\"text\":2}", false },
		{ "not JSON", "GET / HTTP/1.1\n", "{\"ok\":false,\"error\":\"", true },
		{ "an empty line", "\n", "{\"ok\":false,\"error\":\"", true },
		{ "no object", "[1]\n", "{\"ok\":false,\"error\":\"a request is a JSON object", true },
		{ "no command", "{\"text\":1}\n", "{\"ok\":false,\"error\":\"a request names its command", true },
		{ "a command that is no string", "{\"do\":1}\n",
		  "{\"ok\":false,\"error\":\"a request names its command", true },
		{ "half an object", "{\"do\":\"nothing\"\n",
		  "{\"ok\":false,\"error\":\"the line ends inside its JSON", true },
		{ "two objects on a line", "{\"do\":\"nothing\"}{}\n", "{\"ok\":false,\"error\":\"", true },
		{ "broken UTF-8", "{\"do\":\"\xff\"}\n", "{\"ok\":false,\"error\":\"", true },
		{ "too deep", "{\"do\":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}\n",
		  "{\"ok\":false,\"error\":\"", true },
	};

	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		int fd = dial(*state);
		const char *want = rows[r].answer, *end;

		print_message("%s\n", rows[r].why);
		say(fd, rows[r].ask);
		while ((end = strchr(want, '\n'))) {
			assert_memory_equal(hear(fd), want, (size_t)(end - want));
			want = end + 1;
		}
		if (rows[r].dropped) {
			assert_memory_equal(hear(fd), want, strlen(want));
			assert_string_equal(hear(fd), "");
		} else {
			assert_string_equal(hear(fd), want);
			say(fd, "{\"do\":\"nothing\"}\n");	/* and it goes on */
			assert_string_equal(hear(fd), "{\"ok\":true}");
		}
		close(fd);
	}
}

static void test_zero_octet(void **state)
{
	int fd = dial(*state);
	static const char ask[] = "{\"do\":\"nothing\"}\0\n";

	assert_int_equal(send(fd, ask, sizeof(ask) - 1, MSG_NOSIGNAL), sizeof(ask) - 1);
	assert_memory_equal(hear(fd), "{\"ok\":false", 11);
	assert_string_equal(hear(fd), "");
	close(fd);
}

/* A line in one-octet pieces, and one as long as may be, and one octet longer. */
static void test_line_length(void **state)
{
	static const char head[] = "{\"do\":\"nothing\",\"x\":\"", tail[] = "\"}";
	static char line[CONTROL_LINE_MAX + 8];
	int fd = dial(*state);

	for (const char *p = "{\"do\":\"nothing\"}\n"; *p; p++)
		assert_int_equal(send(fd, p, 1, MSG_NOSIGNAL), 1);
	assert_string_equal(hear(fd), "{\"ok\":true}");
	for (int over = 0; over < 2; over++) {
		size_t n = CONTROL_LINE_MAX + (size_t)over;

		memset(line, 'y', sizeof(line));
		memcpy(line, head, sizeof(head) - 1);
		memcpy(line + n - 3, tail, 2);
		line[n - 1] = '\n';
		line[n] = 0;
		say(fd, line);
		if (over)
			assert_memory_equal(hear(fd), "{\"ok\":false,\"error\":\"the line is too long", 40);
		else
			assert_string_equal(hear(fd), "{\"ok\":true}");
	}
	assert_string_equal(hear(fd), "");
	close(fd);
}

static void say_with(int fd, const char *text, const int *given, unsigned n)
{
	union { struct cmsghdr head; char room[CMSG_SPACE(2 * sizeof(int))]; } control = { 0 };
	struct iovec v = { (char *)text, strlen(text) };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = CMSG_SPACE(n * sizeof(int)) };

	control.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(n * sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
	memcpy(CMSG_DATA(&control.head), given, n * sizeof(int));
	assert_int_equal(sendmsg(fd, &m, MSG_NOSIGNAL), strlen(text));
}

/* The first file that comes with a request is the command's; what nobody takes is closed: its reader sees the end. */
static void test_given_file(void **state)
{
	int fd = dial(*state), one[2], two[2];
	char buf[8];

	assert_int_equal(pipe2(one, O_CLOEXEC), 0);
	assert_int_equal(pipe2(two, O_CLOEXEC), 0);
	say_with(fd, "{\"do\":\"given\"}\n", (int[]){ one[1], two[1] }, 2);
	assert_string_equal(hear(fd), "{\"ok\":true}");
	close(one[1]);
	close(two[1]);
	assert_int_equal(read(one[0], buf, sizeof(buf)), 4);
	assert_memory_equal(buf, "here", 4);
	assert_int_equal(read(one[0], buf, sizeof(buf)), 0);
	assert_int_equal(read(two[0], buf, sizeof(buf)), 0);
	close(one[0]);
	say(fd, "{\"do\":\"given\"}\n");
	assert_string_equal(hear(fd), "{\"ok\":false,\"error\":\"no file came\"}");
	assert_int_equal(pipe2(one, O_CLOEXEC), 0);
	say_with(fd, "{\"do\":\"nothing\"}\n", &one[1], 1);
	assert_string_equal(hear(fd), "{\"ok\":true}");
	close(one[1]);
	assert_int_equal(read(one[0], buf, sizeof(buf)), 0);
	assert_int_equal(pipe2(one, O_CLOEXEC), 0);
	say_with(fd, "{", &one[1], 1);	/* and with half a request */
	close(one[1]);
	close(fd);
	assert_int_equal(read(one[0], buf, sizeof(buf)), 0);
	close(one[0]);
	close(two[0]);
}

/* It asked and closed only its sending side, as "nc -N" does: it is answered, then closed. */
static void test_half_close(void **state)
{
	int fd = dial(*state);

	say(fd, "{\"do\":\"later\"}\n{\"do\":\"later\"}\n{\"do\"");
	shutdown(fd, SHUT_WR);
	assert_string_equal(hear(fd), "{\"ok\":true}");
	assert_string_equal(hear(fd), "{\"ok\":true}");
	assert_string_equal(hear(fd), "");
	close(fd);
}

static void test_gone_before_answer(void **state)
{
	struct server *s = *state;
	int fd = dial(s), other = dial(s);
	struct control_request *held;

	say(fd, "{\"do\":\"hold\"}\n");
	close(fd);
	sem_wait(&s->gone);
	say(other, "{\"do\":\"release\"}\n");	/* the request is still good to answer */
	assert_string_equal(hear(other), "{\"ok\":true}");
	sem_wait(&s->ready);
	say(other, "{\"do\":\"hold\"}\n");	/* and one that is open when the daemon ends */
	sem_wait(&s->ready);
	held = s->held;
	server_stop(state);
	control_answer(held, NULL);	/* late, and harmless */
	assert_memory_equal(hear(other), "{\"ok\":false,\"error\":\"the daemon is shutting down", 47);
	close(other);
}

/* A client that takes nothing: others are served; then it reads all of a big answer after all. */
static void test_reads_nothing(void **state)
{
	struct server *s = *state;
	int slow = dial(s), other = dial(s);
	size_t got = 0, want = 3000000 + strlen("{\"ok\":true,\"text\":\"\"}\n");
	static char buf[65536];

	say(slow, "{\"do\":\"big\",\"n\":3000000}\n{\"do\":\"echo\",\"text\":\"after\"}\n");
	for (int i = 0; i < 1000; i++) {
		say(other, "{\"do\":\"nothing\"}\n");
		assert_string_equal(hear(other), "{\"ok\":true}");
	}
	assert_int_equal(atomic_load(&s->served), 0);	/* the next request waits for the reader */
	while (got < want) {
		ssize_t n = recv(slow, buf, want - got < sizeof(buf) ? want - got : sizeof(buf), 0);

		assert_true(n > 0);
		got += (size_t)n;
	}
	assert_int_equal(buf[0] == 'x' || buf[0] == '{', 1);
	assert_string_equal(hear(slow), "{\"ok\":true,\"text\":\"after\"}");
	close(slow);
	close(other);
}

/* More clients than there is room for: those that wait for an answer stay, the idle ones make room. */
static void test_many(void **state)
{
	struct server *s = *state;
	int waits = dial(s), fd[200];

	say(waits, "{\"do\":\"hold\"}\n");
	for (int i = 0; i < 200; i++) {
		fd[i] = dial(s);
		say(fd[i], "{\"do\":\"nothing\"}\n");
		assert_string_equal(hear(fd[i]), "{\"ok\":true}");
	}
	assert_string_equal(hear(fd[0]), "");	/* idle longest: dropped */
	say(fd[199], "{\"do\":\"release\"}\n");
	assert_string_equal(hear(fd[199]), "{\"ok\":true}");
	assert_string_equal(hear(waits), "{\"ok\":true}");
	for (int i = 0; i < 200; i++)
		close(fd[i]);
	close(waits);
}

static void test_address(void **state)
{
	struct server *s = *state;
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	struct control *second = NULL;
	struct loop *loop;
	struct stat st;
	char file[104], longer[200];
	int fd;

	assert_int_equal(lstat(s->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	assert_int_equal(loop_open(&loop), 0);
	assert_int_equal(control_open(&second, loop, s->path, commands, s), -EADDRINUSE);
	memset(longer, 'a', sizeof(longer));
	longer[sizeof(longer) - 1] = 0;
	assert_int_equal(control_open(&second, loop, longer, commands, s), -ENAMETOOLONG);
	assert_int_equal(control_open(&second, loop, "/no/such/folder/x", commands, s), -ENOENT);
	snprintf(file, sizeof(file), "%s/file", s->dir);
	fd = open(file, O_CREAT | O_WRONLY, 0600);
	close(fd);
	assert_int_equal(control_open(&second, loop, file, commands, s), -EEXIST);
	assert_int_equal(unlink(file), 0);
	/* A socket file left behind by a daemon that was killed. */
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", file);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	close(fd);
	assert_int_equal(control_open(&second, loop, file, commands, s), 0);
	control_close(second);
	control_close(NULL);
	assert_int_equal(lstat(file, &st), -1);
	loop_close(loop);
	fd = dial(s);		/* the first daemon's socket was left alone */
	say(fd, "{\"do\":\"nothing\"}\n");
	assert_string_equal(hear(fd), "{\"ok\":true}");
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_rows, server_start, server_stop),
		cmocka_unit_test_setup_teardown(test_zero_octet, server_start, server_stop),
		cmocka_unit_test_setup_teardown(test_line_length, server_start, server_stop),
		cmocka_unit_test_setup_teardown(test_given_file, server_start, server_stop),
		cmocka_unit_test_setup_teardown(test_half_close, server_start, server_stop),
		cmocka_unit_test_setup(test_gone_before_answer, server_start),
		cmocka_unit_test_setup_teardown(test_reads_nothing, server_start, server_stop),
		cmocka_unit_test_setup_teardown(test_many, server_start, server_stop),
		cmocka_unit_test_setup_teardown(test_address, server_start, server_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
