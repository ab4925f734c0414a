/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The watchdog on a loop that hangs: in a child process, whose last words are read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/watchdog.h"

static uint64_t beats;
static bool calls_up;

uint64_t media_beats(const struct media *m)
{
	(void)m;
	return beats;
}

static bool busy(void *arg)
{
	(void)arg;
	return calls_up;
}

static void hang(void *arg)
{
	(void)arg;
	for (;;)
		usleep(1000);
}

static void stop(void *arg)
{
	loop_stop(arg);
}

static void child(bool hangs)
{
	struct watchdog_conf wc = { { .beat = 20, .look = 20, .tell = 100, .abort = 300 }, NULL, busy, NULL };
	struct rlimit none = { 0, 0 };
	struct watchdog *w;
	struct loop *loop;

	setrlimit(RLIMIT_CORE, &none);
	signal(SIGABRT, SIG_DFL);
	if (loop_open(&loop) || watchdog_open(&w, loop, &wc))
		_exit(3);
	if (hangs)
		loop_timer(loop, 50000, hang, NULL, NULL);
	loop_timer(loop, 800000, stop, loop, NULL);
	loop_run(loop);
	watchdog_close(w);
	loop_close(loop);
	_exit(0);
}

/* Runs a child and returns its wait status and what it wrote on standard error. */
static int last_words(bool hangs, char *buf, size_t size)
{
	int fd[2], status;
	size_t n = 0;
	ssize_t r;
	pid_t pid;

	assert_int_equal(pipe(fd), 0);
	pid = fork();
	if (!pid) {
		dup2(fd[1], 2);
		close(fd[0]);
		child(hangs);
	}
	close(fd[1]);
	while (n + 1 < size && (r = read(fd[0], buf + n, size - n - 1)) > 0)
		n += (size_t)r;
	buf[n] = 0;
	close(fd[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void loop_hangs(void **state)
{
	char words[8192];
	int status = last_words(true, words, sizeof(words));

	(void)state;
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	assert_non_null(strstr(words, "the loop has not turned"));
	assert_non_null(strstr(words, "the loop stands here"));
	assert_non_null(strstr(words, "usleep")); /* where it stands */
}

static void media_stands(void **state)
{
	char words[8192];
	int status;

	(void)state;
	calls_up = true;
	status = last_words(false, words, sizeof(words));
	calls_up = false;
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	assert_non_null(strstr(words, "has not moved audio"));
}

static void all_is_well(void **state)
{
	char words[8192];
	int status = last_words(false, words, sizeof(words)); /* no calls: media may rest */

	(void)state;
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_string_equal(words, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loop_hangs),
		cmocka_unit_test(media_stands),
		cmocka_unit_test(all_is_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
