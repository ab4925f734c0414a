/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/switch/main.c: options, the loop, events out. See switch.h.
 */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "tests/switch/switch.h"

static const char usage[] =
	"isdn_switch: an ISDN exchange for tests, on a DAHDI D channel\n"
	"  isdn_switch -d DCHAN -f FIRST-CHANNEL-OF-ITS-SPAN [-u] [-t DIALECT] [-o] [-w FILE]\n"
	"  NFAS: -d PRIMARY,BACKUP -f FIRST,FIRST,...: of the spans with interface identifier 0, 1 and so on\n"
	"  -u  user side (a PBX), not the network's     -t  euroisdn (default), euroisdn-t1, ni2, dms100, 4ess,\n"
	"  -o  overlap receiving                            5ess, ni1, qsig\n"
	"  -w  capture of the D channel\n"
	"Commands on standard input, events as JSON lines on standard output: tests/switch/command.c.\n";

#define E1_DCHAN 16	/* timeslot; an E1 is A-law */

static const struct {
	const char *name;
	int type;
} dialects[] = {
	{"euroisdn", PRI_SWITCH_EUROISDN_E1}, {"euroisdn-t1", PRI_SWITCH_EUROISDN_T1}, {"ni2", PRI_SWITCH_NI2},
	{"dms100", PRI_SWITCH_DMS100},        {"4ess", PRI_SWITCH_ATT4ESS},            {"5ess", PRI_SWITCH_LUCENT5E},
	{"ni1", PRI_SWITCH_NI1},              {"qsig", PRI_SWITCH_QSIG},
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

const char *quoted(const char *s)
{
	static char text[8][520];
	static unsigned turn;
	char *out = text[turn++ % 8], *p = out;

	*p++ = '"';
	for (; *s && p < out + sizeof(text[0]) - 8; s++) {
		if (*s == '"' || *s == '\\')
			*p++ = '\\';
		*p++ = (unsigned char)*s < 32 ? ' ' : *s;
	}
	*p++ = '"';
	*p = '\0';
	return out;
}

void event(const struct sw *sw, const char *name, const char *fmt, ...)
{
	va_list ap;

	printf("{\"event\":\"%s\",\"ms\":%lld", name, (long long)sw->now);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	puts("}");
	fflush(stdout);
}

static int dialect(const char *name)
{
	for (size_t i = 0; i < sizeof(dialects) / sizeof(dialects[0]); i++)
		if (!strcmp(dialects[i].name, name))
			return dialects[i].type;
	fprintf(stderr, "isdn_switch: no dialect '%s'\n", name);
	exit(2);
}

/* Lines of standard input; its end is the end of the program. */
static void read_commands(struct sw *sw)
{
	static char text[LINE_MAX];
	static size_t used;
	ssize_t n = read(STDIN_FILENO, text + used, sizeof(text) - 1 - used);
	char *end;

	if (n <= 0) {
		sw->over = n == 0 || errno != EINTR;
		return;
	}
	used += (size_t)n;
	text[used] = '\0';
	while ((end = strchr(text, '\n'))) {
		*end = '\0';
		command(sw, text);
		used -= (size_t)(end + 1 - text);
		memmove(text, end + 1, used + 1);
	}
	if (used == sizeof(text) - 1) {
		fprintf(stderr, "isdn_switch: a line is too long\n");
		exit(2);
	}
}

/* libpri's next deadline is a time of day. */
static int64_t libpri_wait(struct pri *pri)
{
	struct timeval *next = pri_schedule_next(pri), now;
	int64_t ms;

	if (!next)
		return 1000;
	gettimeofday(&now, NULL);
	ms = (int64_t)(next->tv_sec - now.tv_sec) * 1000 + (next->tv_usec - now.tv_usec + 999) / 1000;
	return ms > 0 ? ms : 0;
}

static void turn(struct sw *sw)
{
	struct pollfd p[1 + DCHANS_MAX + CALLS_MAX] = {{.fd = STDIN_FILENO, .events = POLLIN}};
	int64_t wait = 1000, steps = call_next(sw) - sw->now;
	pri_event *ev;
	nfds_t n = 1;

	for (int i = 0; i < sw->n_d; i++) {
		int64_t next = libpri_wait(sw->d[i].pri);

		p[n++] = (struct pollfd){.fd = sw->d[i].fd, .events = sw->hold ? 0 : POLLIN | POLLPRI};
		wait = next < wait ? next : wait;
	}
	for (int i = 0; i < CALLS_MAX; i++)
		if (sw->calls[i].id && sw->calls[i].b.fd >= 0)
			p[n++] = (struct pollfd){.fd = sw->calls[i].b.fd, .events = POLLIN};
	if (steps < wait)
		wait = steps > 0 ? steps : 0;
	poll(p, n, (int)(wait < 1000 ? wait : 1000));
	sw->now = now_ms();
	for (int i = 0; i < CALLS_MAX; i++)
		if (sw->calls[i].id && sw->calls[i].b.fd >= 0)
			bchan_serve(&sw->calls[i]);
	for (int i = 0; i < sw->n_d; i++)
		if (p[1 + i].revents && !sw->hold)
			dchan_read(&sw->d[i]);
	if (p[0].revents)
		read_commands(sw);
	for (int i = 0; i < sw->n_d; i++)
		while ((ev = pri_schedule_run(sw->d[i].pri)))
			on_event(&sw->d[i], ev);
	call_run(sw);
}

/* "24,48": how many, MAX at most. */
static int numbers(const char *text, int *out, int max)
{
	int n = 0;

	for (const char *at = text; at && n < max; at = strchr(at, ','), at = at ? at + 1 : NULL)
		out[n++] = atoi(at);
	return n;
}

/* Redirecting numbers, and names, go as operations. */
static bool facility(int type)
{
	return type == PRI_SWITCH_EUROISDN_E1 || type == PRI_SWITCH_EUROISDN_T1 || type == PRI_SWITCH_QSIG ||
	       type == PRI_SWITCH_NI2;
}

int main(int argc, char **argv)
{
	static struct sw sw;
	int dchans[DCHANS_MAX] = {0};
	int o, node = PRI_NETWORK, type = PRI_SWITCH_EUROISDN_E1;
	bool overlap = false;

	while ((o = getopt(argc, argv, "d:f:ut:ow:h")) != -1) {
		switch (o) {
		case 'd': sw.n_d = numbers(optarg, dchans, DCHANS_MAX); break;
		case 'f': sw.n_spans = numbers(optarg, sw.first, SPANS_MAX); break;
		case 'u': node = PRI_CPE; break;
		case 't': type = dialect(optarg); break;
		case 'o': overlap = true; break;
		case 'w':
			if (capture_open(optarg))
				return 2;
			break;
		default:
			fputs(usage, o == 'h' ? stdout : stderr);
			return o == 'h' ? 0 : 2;
		}
	}
	if (!dchans[0] || !sw.first[0]) {
		fputs(usage, stderr);
		return 2;
	}
	sw.alaw = dchans[0] - sw.first[0] == E1_DCHAN - 1;
	sw.now = now_ms();
	for (int i = 0; i < sw.n_d; i++)
		sw.d[i].chan = dchans[i];
	if (dchan_open(&sw, node, type))
		return 1;
	for (int i = 0; i < sw.n_d; i++) {
		pri_set_overlapdial(sw.d[i].pri, overlap);
		if (facility(type))
			pri_facility_enable(sw.d[i].pri);
	}
	event(&sw, "ready", ",\"libpri\":%s", quoted(pri_get_version()));
	while (!sw.over)
		turn(&sw);
	return 0;
}
