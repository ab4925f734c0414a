/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU of the media path per bridged call, line to RTP on the simulated card, against the bare loop: one
 * thread and one poll that read 20 ms of each line, send it, receive and write. Both talk to the same
 * reflector, a process of its own that answers each packet with speech; only the gateway's side is counted.
 * Then the audio delay there and back through test/echo.   bench_media [SECONDS [CALLS [WAV]]]
 */
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "channels/sound/g711.h"
#include "gateway/media/wav.h"
#include "tests/support/mediarig.h"
#include "tests/support/reflector.h"

#define N 160
#define CALLS_MAX 480
#define PER_SPAN 30
#define PORT_FIRST 22000

static const int sizes[] = { 1, 10, 30, 120, 480 };
static int seconds = 4, only;	/* ONLY: one size, 0 for all */

enum way { BARE, PLAIN, DTMF };
struct result {
	double cpu_us;		/* per call and 20 ms */
	uint64_t in, out, inserted, dropped, underrun;
	double wakes;		/* per second */
};

/* --- The two ways --------------------------------------------------------------------------------------- */

static struct hw *card(int calls, struct hw_line **lines)
{
	struct sim_span spans[2 * CALLS_MAX / PER_SPAN];
	struct sim_wire wires[CALLS_MAX / PER_SPAN];
	int pairs = (calls + 2 * PER_SPAN - 1) / (2 * PER_SPAN);
	struct sim_conf conf = {.spans = spans, .n_spans = 2 * pairs, .wires = wires, .n_wires = pairs};
	struct hw *hw;

	for (int i = 0; i < pairs; i++) {
		spans[2 * i] = (struct sim_span){.no = 2 * i + 1, .type = HW_SPAN_E1};
		spans[2 * i + 1] = (struct sim_span){.no = 2 * i + 2, .type = HW_SPAN_E1};
		wires[i] = (struct sim_wire){ 2 * i + 1, 2 * i + 2, 0 };
	}
	if (hw_sim_open(&hw, &conf))
		abort();
	for (int i = 0; i < calls; i++) {	/* both ends of a wire are calls: one hears what the other is sent */
		int slot = i / 2 % PER_SPAN, span = i / (2 * PER_SPAN) * 2 + i % 2;

		if (hw_line_open(hw, span * 31 + 1 + slot + (slot >= 15), NULL, NULL, &lines[i]))
			abort();
	}
	return hw;
}

static int64_t cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000ll + t.tv_nsec / 1000;
}

static void bare(int calls, struct result *out)
{
	static struct hw_line *lines[CALLS_MAX];
	static int fds[CALLS_MAX];
	struct hw *hw = card(calls, lines);
	struct hw_audio audio = { .block = N, .buffers = 4 };
	struct sockaddr_in to = reflector_address();
	uint8_t buf[12 + N] = { 0x80, 8 };
	struct pollfd p;
	int64_t start = 0, end = rig_now_us() + (seconds + 1) * 1000000ll, from = rig_now_us() + 1000000, began = 0;
	struct sched_param priority = { .sched_priority = 10 };
	uint16_t seq = 0;

	sched_setscheduler(0, SCHED_FIFO, &priority);	/* as the media thread; refusal does no harm */
	hw_clock_start(hw, N);
	for (int i = 0; i < calls; i++) {
		struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = rig_address() };

		fds[i] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
		if (bind(fds[i], (struct sockaddr *)&a, sizeof(a)) || connect(fds[i], (struct sockaddr *)&to, sizeof(to)) ||
		    hw_line_start(lines[i], &audio))
			abort();
	}
	hw_clock_poll(hw, &p);
	for (int64_t now = rig_now_us(); now < end; now = rig_now_us()) {
		if (!start && now >= from) {
			start = cpu_us();
			began = now;
			out->in = out->out = 0;
		}
		poll(&p, 1, -1);
		hw_clock_tick(hw, rig_now_us());
		seq++;
		buf[2] = (uint8_t)(seq >> 8);
		buf[3] = (uint8_t)seq;
		for (int i = 0; i < calls; i++) {
			if (hw_line_read(lines[i], buf + 12, N) == N)
				out->out += send(fds[i], buf, sizeof(buf), 0) > 0;
			if (recv(fds[i], buf, sizeof(buf), 0) == (ssize_t)sizeof(buf)) {
				hw_line_write(lines[i], buf + 12, N);
				out->in++;
			}
		}
	}
	out->cpu_us = (double)(cpu_us() - start) / calls / ((double)(rig_now_us() - began) / 20000);
}

static void ours(int calls, bool dtmf, struct result *out)
{
	static struct hw_line *lines[CALLS_MAX];
	static struct media_port *line[CALLS_MAX], *rtp[CALLS_MAX];
	struct media_conf conf = { .rtp_first = PORT_FIRST, .rtp_last = PORT_FIRST + 2 * CALLS_MAX - 1,
				   .realtime = true };
	struct media_line_conf lc = { .dtmf = dtmf };
	struct media_rtp_conf rc = { .cname = "bench@localhost" };
	struct media_rtp_remote remote = { .payload = 8, .law = HW_ALAW, .dtmf_payload = 101, .ptime_ms = 20,
					   .dir = MEDIA_SENDRECV };
	struct sockaddr_in local = { .sin_family = AF_INET, .sin_addr.s_addr = rig_address() }, to = reflector_address();
	struct hw *hw = card(calls, lines);
	int64_t start, began;
	uint64_t beats;
	struct media *m;
	double packets;

	memcpy(&rc.local, &local, sizeof(local));
	memcpy(&remote.rtp, &to, sizeof(to));
	if (media_open(&m, hw, &conf))
		abort();
	for (int i = 0; i < calls; i++) {
		struct timespec apart = { 0, 20000000 / calls };	/* calls begin at any moment */

		if (media_line_port(m, lines[i], &lc, NULL, NULL, &line[i]) ||
		    media_rtp_port(m, &rc, NULL, NULL, &rtp[i]) || media_rtp_remote(rtp[i], &remote) ||
		    media_join(line[i], rtp[i]))
			abort();
		nanosleep(&apart, NULL);
	}
	sleep(1);
	start = cpu_us();
	began = rig_now_us();
	beats = media_beats(m);
	sleep((unsigned)seconds);
	packets = (double)(rig_now_us() - began) / 20000;
	out->cpu_us = (double)(cpu_us() - start) / calls / packets;
	out->wakes = (double)(media_beats(m) - beats) / seconds;
	for (int i = 0; i < calls; i++) {
		struct media_stats s;

		media_port_stats(rtp[i], &s);
		out->in += s.packets_in;
		out->out += s.packets_out;
		out->inserted += s.inserted;
		out->dropped += s.dropped;
		media_port_stats(line[i], &s);
		out->underrun += s.line_underrun;
	}
}

/* Each in a process of its own, so that its CPU time is all there is. */
static struct result measure(enum way way, int calls)
{
	struct result r = { 0 };
	int fd[2];
	pid_t pid;

	if (pipe(fd))
		abort();
	pid = fork();
	if (!pid) {
		if (way == BARE)
			bare(calls, &r);
		else
			ours(calls, way == DTMF, &r);
		_exit(write(fd[1], &r, sizeof(r)) == sizeof(r) ? 0 : 1);
	}
	close(fd[1]);
	if (read(fd[0], &r, sizeof(r)) != sizeof(r))
		fprintf(stderr, "bench_media: a run ended early\n");
	close(fd[0]);
	waitpid(pid, NULL, 0);
	return r;
}

static void table(void)
{
	printf("CPU of the media path, us per call and 20 ms (target: 1.0 of the bare loop, 1.2 with DTMF detection)\n");
	printf("%5s %8s %8s %6s %8s %6s %8s %9s %8s %9s\n", "calls", "bare", "media", "ratio", "dtmf", "ratio",
	       "wakes/s", "inserted", "dropped", "underrun");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (only && only != sizes[i])
			continue;
		struct result b = measure(BARE, sizes[i]), p = measure(PLAIN, sizes[i]), d = measure(DTMF, sizes[i]);

		printf("%5d %8.2f %8.2f %6.2f %8.2f %6.2f %8.0f %9llu %8llu %9llu\n", sizes[i], b.cpu_us, p.cpu_us,
		       p.cpu_us / b.cpu_us, d.cpu_us, d.cpu_us / b.cpu_us, p.wakes, (unsigned long long)p.inserted,
		       (unsigned long long)p.dropped, (unsigned long long)p.underrun);
		fflush(stdout);
	}
}

/* --- Delay ---------------------------------------------------------------------------------------------- */

#define DELAY_PACKETS 200

/* When a sample that was sent in packet k at its time comes back: what is beyond the 20 ms that the packet holds. */
static double delay_of(const uint8_t *said, const uint8_t *heard, int64_t sent_us, int64_t got_us, int k, bool *found)
{
	for (int back = 0; back < 4 && k - back >= 0; back++) {
		const uint8_t *from = said + (k - back) * N, *at = memmem(from, 2 * N, heard, N);

		if (!at)
			continue;
		*found = true;
		return (double)(got_us - (sent_us - back * 20000ll)) - (double)(at - from) * 125 - 20000;
	}
	return 0;
}

static void delay(void)
{
	static uint8_t said[(DELAY_PACKETS + 2) * N];
	struct media_port *line, *far, *rtp, *echo;
	struct hw_line *hl, *hf;
	double sum = 0, worst = 0;
	int64_t start, next;
	struct rig_peer p;
	struct media_stats st;
	struct rig r;
	struct sched_param priority = { .sched_priority = 5 };
	int n = 0, lost = 0;

	for (size_t i = 0; i < sizeof(said); i++)
		said[i] = (uint8_t)(i * 2654435761u >> 13 ^ i >> 5);
	rig_open_jitter(&r, false, PORT_FIRST, 0);
	line = rig_line(&r, 1, &hl, false);
	far = rig_line(&r, 1 + RIG_FAR, &hf, false);
	rtp = rig_rtp(&r, 0, false);
	echo = rig_test(&r, "echo");
	rig_peer_open(&p, rtp);
	rig_remote(rtp, &p, HW_ALAW, 20, 0, MEDIA_SENDRECV);
	if (media_join(line, rtp) || media_join(far, echo))
		abort();
	rig_run(&r, 100);
	sched_setscheduler(0, SCHED_FIFO, &priority);	/* the sender is not what is measured */
	start = rig_now_us();
	for (int k = 0; k < DELAY_PACKETS; k++) {
		int64_t sent = rig_now_us();

		rig_send(&p, 8, k == 0, said + k * N, N);
		p.ts += N;
		next = start + (k + 1) * 20000ll;
		while (rig_now_us() < next) {
			uint8_t heard[1500];
			bool found = false;
			double d;

			if (rig_recv(&p, NULL, heard, sizeof(heard), (int)((next - rig_now_us()) / 1000)) != N)
				continue;
			d = delay_of(said, heard, sent, rig_now_us(), k, &found);
			if (k < 10)
				continue;
			n += found;
			lost += !found;
			sum += found ? d : 0;
			worst = found && d > worst ? d : worst;
		}
	}
	media_port_stats(rtp, &st);
	printf("\nDelay there and back through test/echo beyond the packet's 20 ms (target 5 ms): mean %.2f ms, "
	       "worst %.2f ms;\n%d packets whole, %d not found; inserted %llu, dropped %llu samples\n",
	       n ? sum / n / 1000 : 0, worst / 1000, n, lost, (unsigned long long)st.inserted,
	       (unsigned long long)st.dropped);
	rig_port_close(&r, rtp);
	rig_port_close(&r, echo);
	rig_port_close(&r, line);
	rig_port_close(&r, far);
	hw_line_close(hl);
	hw_line_close(hf);
	rig_close(&r);
	rig_peer_close(&p);
}

int main(int argc, char **argv)
{
	pid_t pid;

	if (argc > 1)
		seconds = atoi(argv[1]) > 0 ? atoi(argv[1]) : seconds;
	if (argc > 2)
		only = atoi(argv[2]);
	law_init();
	rig_address_fix();	/* the children speak to the parent's address */
	pid = reflector_start(argc > 3 ? argv[3] : NULL);
	usleep(200000);
	table();
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	delay();
	return 0;
}
