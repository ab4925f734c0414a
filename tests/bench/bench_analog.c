/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU of an idle and of a busy analog line, on analog ports of the simulated card, against a call on the same lines as a B
 * channel has it. The calls talk with the reflector's speech, both ends of a pair being calls, so each line hears speech.
 * bench_analog [SECONDS [PAIRS]]
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "channels/sound/g711.h"
#include "tests/support/mediarig.h"
#include "tests/support/reflector.h"

#define PAIRS_MAX 60
#define PORT_FIRST 22000

static int seconds = 4, pairs = 30;

static const struct row {
	const char *what;
	bool calls, fxo_alone;		/* all lines are calls; else idle: both ends, or the FXO ends alone */
	bool as_b;			/* a line port as B channels have it, with DTMF detection */
	unsigned listen, keep_ms;
} rows[] = {
	{ "idle FXS line", false, false, false, 0, 0 },
	{ "idle FXO line, 6 s kept", false, true, false, 0, 6000 },
	{ "idle FXO line, caller ID awaited", false, true, false, LISTEN_CALLERID, 6000 },
	{ "call as on a B channel, DTMF", true, false, true, 0, 0 },
	{ "call, DTMF (FXS)", true, false, false, LISTEN_DTMF, 0 },
	{ "call, supervised (FXO)", true, false, false, LISTEN_TONES | LISTEN_SPEECH, 6000 },
	{ "call, supervised, waiting call's ID", true, false, false, LISTEN_TONES | LISTEN_SPEECH | LISTEN_CAS, 6000 },
};

struct result {
	double cpu_us;			/* per line and 20 ms */
	double wakes;			/* per second */
};

static int64_t cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000ll + t.tv_nsec / 1000;
}

static void on_line(void *arg, enum hw_event ev)
{
	(void)arg, (void)ev;
}

static struct hw *card(void)
{
	struct sim_span span = { .no = 1, .type = HW_SPAN_ANALOG, .fxs = pairs, .fxo = pairs, .law = HW_ALAW };
	struct sim_pair pair[PAIRS_MAX] = { 0 };
	struct sim_conf conf = { .spans = &span, .n_spans = 1, .pairs = pair, .n_pairs = pairs };
	struct hw *hw;

	for (int i = 0; i < pairs; i++) {
		pair[i].fxs = i + 1;
		pair[i].fxo = i + 1 + pairs;
	}
	if (hw_sim_open(&hw, &conf))
		abort();
	return hw;
}

static struct media_port *port(struct media *m, struct hw_line *line, const struct row *row)
{
	struct media_analog_conf conf = { .country = country_find("uk"), .keep_ms = row->keep_ms };
	struct media_line_conf as_b = { .dtmf = true };
	struct media_port *p;

	if (row->as_b ? media_line_port(m, line, &as_b, NULL, NULL, &p) : media_analog_port(m, line, &conf, NULL, NULL, &p))
		abort();
	if (!row->as_b && media_listen(p, row->listen))
		abort();
	return p;
}

static void call(struct media *m, struct media_port *line)
{
	struct media_rtp_remote remote = { .payload = 8, .law = HW_ALAW, .dtmf_payload = 101, .ptime_ms = 20,
					   .dir = MEDIA_SENDRECV };
	struct sockaddr_in local = { .sin_family = AF_INET, .sin_addr.s_addr = rig_address() }, to = reflector_address();
	struct media_rtp_conf conf = { .cname = "bench@localhost" };
	struct media_port *rtp;

	memcpy(&conf.local, &local, sizeof(local));
	memcpy(&remote.rtp, &to, sizeof(to));
	if (media_rtp_port(m, &conf, NULL, NULL, &rtp) || media_rtp_remote(rtp, &remote) || media_join(line, rtp))
		abort();
}

static void run(const struct row *row, struct result *out)
{
	struct media_conf conf = { .rtp_first = PORT_FIRST, .rtp_last = PORT_FIRST + 4 * PAIRS_MAX - 1, .realtime = true };
	struct timespec apart = { 0, 20000000 / (2 * pairs) };	/* calls begin at any moment */
	struct hw *hw = card();
	int lines = 0;
	int64_t start, began;
	uint64_t beats;
	struct media *m;

	if (media_open(&m, hw, &conf))
		abort();
	hw_service(hw, rig_now_us());
	for (int i = row->fxo_alone ? pairs : 0; i < (row->calls || row->fxo_alone ? 2 * pairs : pairs); i++, lines++) {
		struct hw_line *line;
		struct media_port *p;

		if (hw_line_open(hw, i + 1, on_line, NULL, &line) || (row->calls && hw_hook(line, HW_OFFHOOK)))
			abort();
		p = port(m, line, row);
		if (row->calls)
			call(m, p);
		nanosleep(&apart, NULL);
	}
	hw_service(hw, rig_now_us());
	sleep(2);
	start = cpu_us();
	began = rig_now_us();
	beats = media_beats(m);
	sleep((unsigned)seconds);
	out->cpu_us = (double)(cpu_us() - start) / lines / ((double)(rig_now_us() - began) / 20000);
	out->wakes = (double)(media_beats(m) - beats) / seconds;
}

/* Each in a process of its own, so that its CPU time is all there is. */
static struct result measure(const struct row *row)
{
	struct result r = { 0 };
	int fd[2];
	pid_t pid;

	if (pipe(fd))
		abort();
	pid = fork();
	if (!pid) {
		run(row, &r);
		_exit(write(fd[1], &r, sizeof(r)) == sizeof(r) ? 0 : 1);
	}
	close(fd[1]);
	if (read(fd[0], &r, sizeof(r)) != sizeof(r))
		fprintf(stderr, "bench_analog: a run ended early\n");
	close(fd[0]);
	waitpid(pid, NULL, 0);
	return r;
}

int main(int argc, char **argv)
{
	struct result r[sizeof(rows) / sizeof(rows[0])];
	double call_us = 0;
	pid_t pid;

	if (argc > 1)
		seconds = atoi(argv[1]) > 0 ? atoi(argv[1]) : seconds;
	if (argc > 2)
		pairs = atoi(argv[2]) > 0 && atoi(argv[2]) <= PAIRS_MAX ? atoi(argv[2]) : pairs;
	law_init();
	rig_address_fix();	/* the children speak to the parent's address */
	pid = reflector_start(NULL);
	usleep(200000);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		r[i] = measure(&rows[i]);
		if (rows[i].as_b)
			call_us = r[i].cpu_us;
	}
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	printf("CPU of analog lines, us per line and 20 ms, %d pairs\n", pairs);
	printf("%-38s %8s %8s %8s %10s\n", "", "us", "ratio", "% core", "wakes/s");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		printf("%-38s %8.2f %8.2f %8.3f %10.0f\n", rows[i].what, r[i].cpu_us, r[i].cpu_us / call_us, r[i].cpu_us / 200,
		       r[i].wakes);
	return 0;
}
