/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sipcall: a SIP and RTP test peer that shares no code with the gateway. It places calls, answers those
 * that come back, checks the audio octet by octet both ways and prints a report in JSON. `sipcall -h`.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/sipcall.h"

#define TAIL 1600	/* octets that a hang-up may cut: 200 ms */

static volatile sig_atomic_t stop;
static uint8_t maps[4][256];

static const char usage[] =
	"usage: sipcall [options]\n"
	"  -l ADDR:PORT   own address (127.0.0.1:5070)     -r ADDR:PORT  the gateway (127.0.0.1:5060)\n"
	"  -n PATTERN     called number, %u is the call's number modulo -m (100)\n"
	"  -f PATTERN     calling number                   -k N          last digits that tie both ends (2)\n"
	"  -c N           calls to place (1); 0: answer only, until SIGTERM\n"
	"  -x N           at most so many at once (30)     -R RATE       calls a second (10)\n"
	"  -t MS          hold after answer (3000)         -g MS         ringing time at the called end (0)\n"
	"  -C MS          CANCEL so long after INVITE      -G MS         give up a call not answered (20000)\n"
	"  -u STATUS      answer calls with it; \"number\": the called number's last three digits; \"no\": none\n"
	"  -q REASON      Reason header of a refusal       -Q REASON     Reason header of BYE\n"
	"  -e             183 with audio instead of 180    -b            the called end hangs up\n"
	"  -E             what comes back is the call's own audio (echo)\n"
	"  -p PT[,PT]     payload type, 0, 8 or 97 (CLEARMODE), of the calling and of the called end (8);\n"
	"                 97+8: CLEARMODE, and PCMA behind it\n"
	"  -i MS          packet time (20)                 -P PORT       first RTP port (30000)\n"
	"  -a KIND        seq, quiet, none, or a file of raw G.711 octets\n"
	"  -M CHAIN       laws the audio passes from the calling end up: a, mu:a, a:mu, mu:a:mu ...\n"
	"  -d DIGITS      RFC 4733 digits of the caller    -D DIGITS     of the called end\n"
	"  -o DIR         keep what was received           -H LINE       a further header line of INVITE\n";

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static int64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

static void address(const char *text, struct sockaddr_in *out)
{
	char ip[64];
	unsigned port;

	*out = (struct sockaddr_in){ .sin_family = AF_INET };
	if (sscanf(text, "%63[0-9.]:%u", ip, &port) != 2 || inet_pton(AF_INET, ip, &out->sin_addr) != 1) {
		fprintf(stderr, "sipcall: not ADDR:PORT: %s\n", text);
		exit(2);
	}
	out->sin_port = htons((uint16_t)port);
}

/* "mu:a:mu" -> what becomes of each octet on the way, and on the way back. NULL where it is nothing. */
static void chain(const char *text, struct sc_conf *c)
{
	char word[8][4];
	int n = sscanf(text, "%3[amu]:%3[amu]:%3[amu]:%3[amu]", word[0], word[1], word[2], word[3]);

	for (int way = 0; way < 2; way++) {
		uint8_t *map = maps[way];

		for (int o = 0; o < 256; o++)
			map[o] = (uint8_t)o;
		for (int i = 0; i + 1 < n; i++) {
			const char *a = word[way ? n - 1 - i : i], *b = word[way ? n - 2 - i : i + 1];

			for (int o = 0; strcmp(a, b) != 0 && o < 256; o++)
				map[o] = a[0] == 'm' ? g711_mu_to_a(map[o]) : g711_a_to_mu(map[o]);
		}
	}
	c->map_up = maps[0];
	c->map_down = maps[1];
}

static void pattern(const char *text)
{
	const char *p = strchr(text, '%');

	if (p && (p[1 + strspn(p + 1, "0123456789")] != 'u' || strchr(p + 1, '%'))) {
		fprintf(stderr, "sipcall: one %%u at most in '%s'\n", text);
		exit(2);
	}
}

static void audio(struct sc_conf *c, const char *text)
{
	if (!strcmp(text, "seq"))
		c->audio = SC_AUDIO_SEQ;
	else if (!strcmp(text, "quiet"))
		c->audio = SC_AUDIO_QUIET;
	else if (!strcmp(text, "none"))
		c->audio = SC_AUDIO_NONE;
	else {
		c->audio = SC_AUDIO_FILE;
		c->file = text;
	}
}

static bool option_text(struct sc_conf *c, int o, const char *v)
{
	static char extra[1024];

	switch (o) {
	case 'l': address(v, &c->local); break;
	case 'r': address(v, &c->remote); break;
	case 'n': c->number = v; break;
	case 'f': c->from = v; break;
	case 'q': c->uas_reason = v; break;
	case 'Q': c->bye_reason = v; break;
	case 'a': audio(c, v); break;
	case 'M': chain(v, c); break;
	case 'd': c->dtmf = v; break;
	case 'D': c->uas_dtmf = v; break;
	case 'o': c->record = v; break;
	case 'H':
		snprintf(extra + strlen(extra), sizeof(extra) - strlen(extra), "%s\r\n", v);
		c->extra_headers = extra;
		break;
	default: return false;
	}
	return true;
}

static bool option_number(struct sc_conf *c, int o, const char *v)
{
	unsigned n = v ? (unsigned)strtoul(v, NULL, 10) : 0;

	switch (o) {
	case 'm': c->modulo = n ? n : 1; break;
	case 'k': c->match = n; break;
	case 'c': c->count = n; break;
	case 'x': c->max_now = n; break;
	case 'R': c->rate = atof(v); break;
	case 't': c->hold_ms = n; break;
	case 'g': c->ring_ms = n; break;
	case 'C': c->cancel_ms = n; break;
	case 'G': c->give_up_ms = n; break;
	case 'u':
		c->uas = strcmp(v, "no") != 0;
		c->uas_status = strcmp(v, "number") != 0 ? (int)n : 0;
		break;
	case 'e': c->uas_early = true; break;
	case 'b': c->uas_bye = true; break;
	case 'E': c->echo = true; break;
	case 'p':
		c->payload = c->uas_payload = (int)n;
		c->pcma_too = strstr(v, "+8");
		if (strchr(v, ','))
			c->uas_payload = atoi(strchr(v, ',') + 1);
		break;
	case 'i': c->ptime = n; break;
	case 'P': c->rtp_first = (uint16_t)n; break;
	default: return false;
	}
	return true;
}

static void options(struct sc_conf *c, int argc, char **argv)
{
	int o;

	*c = (struct sc_conf){ .number = "+4420794602%02u", .from = "+44207183%04u", .modulo = 100, .match = 2,
			       .extra_headers = "", .count = 1, .max_now = 30, .rate = 10, .hold_ms = 3000,
			       .give_up_ms = 20000, .uas = true, .uas_status = 200, .payload = 8, .uas_payload = 8,
			       .ptime = 20, .rtp_first = 30000 };
	address("127.0.0.1:5070", &c->local);
	address("127.0.0.1:5060", &c->remote);
	while ((o = getopt(argc, argv, "l:r:n:f:m:k:c:x:R:t:g:C:G:u:q:Q:ebEp:i:P:a:M:d:D:o:H:h")) != -1) {
		if (!option_text(c, o, optarg) && !option_number(c, o, optarg)) {
			fputs(usage, o == 'h' ? stdout : stderr);
			exit(o == 'h' ? 0 : 2);
		}
	}
	if (c->ptime < 5 || c->ptime > 60 || c->rate <= 0) {
		fputs(usage, stderr);
		exit(2);
	}
	pattern(c->number);
	pattern(c->from);
}

/* --- The report ------------------------------------------------------------------------------- */

static void text_member(const char *name, const char *value)
{
	if (!value[0])
		return;
	printf(",\"%s\":\"", name);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			putchar('\\');
		putchar((unsigned char)*value < 32 ? ' ' : *value);
	}
	putchar('"');
}

static void time_member(const char *name, int64_t at, int64_t since)
{
	if (at)
		printf(",\"%s\":%.3f", name, (double)(at - since) / 1000);
}

static void print_end(struct sc_end *e)
{
	struct audio_track *t = &e->track;

	audio_track_finish(t, TAIL);

	printf("{\"end\":\"%s\",\"n\":%u,\"status\":%d,\"failed\":%s,\"cancelled\":%s,\"remote_bye\":%s,\"reinvites\":%u",
	       e->uac ? "uac" : "uas", e->index, e->status, e->failed ? "true" : "false",
	       e->cancelled ? "true" : "false", e->remote_bye ? "true" : "false", e->reinvites);
	text_member("called", e->called);
	text_member("calling", e->calling);
	text_member("from", e->from);
	text_member("pai", e->pai);
	text_member("privacy", e->privacy);
	text_member("diversion", e->diversion);
	text_member("reason", e->reason);
	text_member("bye_reason", e->bye_reason);
	text_member("dtmf", e->seen_dtmf);
	text_member("call_id", e->call_id);
	time_member("t100", e->t_100, e->t_invite);
	time_member("t180", e->t_180, e->t_invite);
	time_member("t183", e->t_183, e->t_invite);
	time_member("t200", e->t_200, e->t_invite);
	time_member("t_end", e->t_end, e->t_invite);
	printf(",\"packets_in\":%u,\"packets_out\":%u,\"foreign\":%u,\"octets\":%llu,\"before\":%llu,\"verified\":%llu,"
	       "\"errors\":%llu,\"lost\":%llu,\"inserted\":%llu,\"breaks\":%u,\"first_bad\":%llu",
	       e->packets_in, e->packets_out, e->foreign, (unsigned long long)t->octets, (unsigned long long)t->before,
	       (unsigned long long)t->verified, (unsigned long long)t->errors, (unsigned long long)t->lost,
	       (unsigned long long)t->inserted, t->breaks, (unsigned long long)t->first_bad);
	if (e->delays)
		printf(",\"delay_ms\":{\"min\":%.3f,\"mean\":%.3f,\"max\":%.3f}", (double)e->delay_min / 1000,
		       (double)e->delay_sum / 1000 / e->delays, (double)e->delay_max / 1000);
	printf("}");
}

static void report(const struct sc *s)
{
	unsigned ok = 0, failed = 0;

	for (unsigned i = 0; i < s->n_ends; i++) {
		const struct sc_end *e = s->ends[i];

		if (e->uac && !e->failed && e->status == 200)
			ok++;
		else if (e->uac)
			failed++;
	}
	printf("{\"placed\":%u,\"answered\":%u,\"not_answered\":%u,\"unexpected\":%u", s->started, ok, failed,
	       s->unexpected);
	text_member("unexpected_text", s->unexpected_text);
	printf(",\"ends\":[");
	for (unsigned i = 0; i < s->n_ends; i++) {
		printf(i ? ",\n" : "\n");
		print_end(s->ends[i]);
	}
	printf("]}\n");
}

/* --- The loop --------------------------------------------------------------------------------- */

static void receive_sip(struct sc *s)
{
	char buf[SIPMSG_MAX];
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	ssize_t n;

	while ((n = recvfrom(s->fd, buf, sizeof(buf) - 1, MSG_DONTWAIT, (struct sockaddr *)&from, &len)) > 0)
		sc_message(s, buf, (size_t)n, now_us());
}

/* Serves every end that is alive; returns how many are, and the next deadline. */
static unsigned serve(struct sc *s, int64_t now, int64_t *next, struct pollfd *p, unsigned *n_p)
{
	unsigned live = 0;

	while (s->first_live < s->n_ends && s->ends[s->first_live]->state == SC_DONE)
		s->first_live++;
	for (unsigned i = s->first_live; i < s->n_ends; i++) {
		struct sc_end *e = s->ends[i];
		int64_t at;

		if (e->state == SC_DONE)
			continue;
		sc_rtp_receive(s, e, now);
		sc_rtp_send(s, e, now);
		sc_end_timers(s, e, now);
		if (e->state == SC_DONE)
			continue;
		live += e->uac || s->conf.count == 0;
		if (e->fd >= 0 && *n_p < SC_ENDS)
			p[(*n_p)++] = (struct pollfd){ .fd = e->fd, .events = POLLIN };
		at = sc_end_deadline(e);
		if (at < *next)
			*next = at;
	}
	return live;
}

static void run(struct sc *s)
{
	static struct pollfd p[SC_ENDS + 1];
	int64_t now = now_us(), next_call = now, over = 0;

	while (!over || now < over) {
		int64_t next = now + 1000000;
		unsigned n_p = 1, live;

		receive_sip(s);
		p[0] = (struct pollfd){ .fd = s->fd, .events = POLLIN };
		live = serve(s, now, &next, p, &n_p);
		if (!stop && s->started < s->conf.count && live < s->conf.max_now && now >= next_call) {
			sc_place(s, s->started++, now);
			next_call += (int64_t)(1e6 / s->conf.rate);
			continue;
		}
		if (s->started < s->conf.count && live < s->conf.max_now && next_call < next)
			next = next_call;
		/* When all is done, half a second more for what may still come. */
		if (!over && (stop || (s->conf.count && !live && s->started >= s->conf.count)))
			over = now + 500000;
		if (over && over < next)
			next = over;
		if (stop)
			for (unsigned i = s->first_live; i < s->n_ends; i++)
				sc_hangup(s, s->ends[i], now);
		now = now_us();
		poll(p, n_p, next > now ? (int)((next - now + 999) / 1000) : 0);
		now = now_us();
	}
}

int main(int argc, char **argv)
{
	static struct sc s;
	int size = 4 << 20, err;

	options(&s.conf, argc, argv);
	if (s.conf.count > SC_ENDS / 2) {
		fprintf(stderr, "sipcall: %d calls at most\n", SC_ENDS / 2);
		return 2;
	}
	/* A packet sent late would be the tester's fault: where it is allowed, other programs do not delay it. */
	sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){ .sched_priority = 5 });
	srand((unsigned)getpid() * 7919u ^ (unsigned)now_us());
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	s.fd = socket(AF_INET, SOCK_DGRAM, 0);
	setsockopt(s.fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (bind(s.fd, (struct sockaddr *)&s.conf.local, sizeof(s.conf.local))) {
		fprintf(stderr, "sipcall: cannot use the local address: %s\n", strerror(errno));
		return 2;
	}
	err = s.conf.audio == SC_AUDIO_FILE ? audio_source_file(&s.src, s.conf.file, s.conf.payload ? 0xd5 : 0xff) :
					      audio_source_random(&s.src, 1, 4 << 20);
	if (err) {
		fprintf(stderr, "sipcall: audio: %s\n", strerror(-err));
		return 2;
	}
	fprintf(stderr, "sipcall: ready\n");
	run(&s);
	report(&s);
	for (unsigned i = 0; i < s.n_ends; i++) {
		sc_rtp_stop(s.ends[i]);
		free(s.ends[i]->vias);
		free(s.ends[i]);
	}
	audio_source_free(&s.src);
	close(s.fd);
	return 0;
}
