/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ports of analog lines: listening and playing with no partner, telephone events, files, streams that stop. On a wire of the
 * simulated card, in real time; whatever the host's pace, what is compared are octets, not moments.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "channels/sound/g711.h"
#include "gateway/media/rtp_wire.h"
#include "gateway/media/wav.h"
#include "tests/support/conversation.h"
#include "tests/support/mediarig.h"

struct pair {			/* two analog ports at the ends of a wire */
	struct rig rig;
	struct media_port *a, *b;
	struct hw_line *ha, *hb;
};

static void pair_open(struct pair *p, unsigned keep_ms)
{
	rig_open(&p->rig, false, 22000);
	p->a = rig_analog(&p->rig, 5, &p->ha, 0);
	p->b = rig_analog(&p->rig, 5 + RIG_FAR, &p->hb, keep_ms);
}

static void pair_close(struct pair *p)
{
	unsigned want = p->rig.closed + 2;

	media_port_close(p->a);
	media_port_close(p->b);
	assert_true(rig_wait(&p->rig, &p->rig.closed, want, 3000));
	hw_line_close(p->ha);
	hw_line_close(p->hb);
	rig_close(&p->rig);
}

static const struct heard *heard(const struct rig *r, enum heard_kind k, unsigned nth)
{
	for (unsigned i = 0; i < r->n_heard && i < RIG_HEARD; i++)
		if (r->heard[i].kind == k && !nth--)
			return &r->heard[i];
	return NULL;
}

static void wait_heard(struct rig *r, enum heard_kind k, unsigned times)
{
	for (int i = 0; i < 100 && !heard(r, k, times - 1); i++)
		rig_run(r, 50);
	if (!heard(r, k, times - 1))
		fail_msg("heard %u things, not %u of kind %d", r->n_heard, times, k);
}

static char folder[64];

static const char *file_name(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

/* The octets of a WAV file as we write it, after its header. */
static size_t octets_of(const char *path, uint8_t *out, size_t max, unsigned *channels)
{
	uint8_t head[58];
	FILE *f = fopen(path, "rb");
	size_t n;

	assert_non_null(f);
	assert_int_equal(fread(head, 1, sizeof(head), f), sizeof(head));
	n = fread(out, 1, max, f);
	fclose(f);
	assert_memory_equal(head, "RIFF", 4);
	assert_int_equal(head[20], 6);	/* A-law */
	*channels = head[22];
	return n;
}

static void split(const uint8_t *both, size_t n, uint8_t *left, uint8_t *right)
{
	for (size_t i = 0; i < n; i++) {
		left[i] = both[2 * i];
		right[i] = both[2 * i + 1];
	}
}

/* --- Listening and playing ------------------------------------------------------------------------- */

static void stands_still(void **state)
{
	struct pair p;
	uint64_t beats;

	(void)state;
	pair_open(&p, 0);
	rig_run(&p.rig, 100);
	beats = media_beats(p.rig.media);
	rig_run(&p.rig, 1000);
	beats = media_beats(p.rig.media) - beats;
	assert_in_range(beats, 1, 12);	/* a sweep four times a second, and no line */
	assert_int_equal(media_listen(p.b, LISTEN_DTMF), 0);
	rig_run(&p.rig, 1000);
	assert_true(media_beats(p.rig.media) > beats + 20);
	assert_int_equal(media_listen(p.b, 0), 0);
	rig_run(&p.rig, 500);
	beats = media_beats(p.rig.media);
	rig_run(&p.rig, 1000);
	assert_in_range(media_beats(p.rig.media) - beats, 1, 12);
	pair_close(&p);
}

static void digits_played_and_heard(void **state)
{
	static const char digits[] = "0123456789*#";
	const struct play_item item = { .kind = PLAY_DIGITS, .digits = digits, .on_ms = 70, .off_ms = 70 };
	struct pair p;

	(void)state;
	pair_open(&p, 0);
	assert_int_equal(media_listen(p.b, LISTEN_DTMF), 0);
	assert_int_equal(media_play(p.a, &item, 1), 0);
	assert_true(rig_wait(&p.rig, &p.rig.played, 1, 10000));
	wait_heard(&p.rig, HEARD_DIGIT, 12);
	for (unsigned i = 0; i < 12; i++) {
		assert_int_equal(heard(&p.rig, HEARD_DIGIT, i)->digit, digits[i]);
		assert_in_range(heard(&p.rig, HEARD_DIGIT, i)->ms, 40, 100);
	}
	assert_int_equal(p.rig.n_heard, 24);	/* each began and ended; nothing else was asked for */
	assert_int_equal(media_listen(p.b, 0), 0);
	assert_int_equal(media_play(p.a, &item, 1), 0);
	assert_true(rig_wait(&p.rig, &p.rig.played, 2, 10000));
	assert_int_equal(p.rig.n_heard, 24);
	pair_close(&p);
}

/* The last of it has left when MEDIA_PLAYED comes: stopping then cuts nothing. */
static void played_means_gone(void **state)
{
	int16_t samples[800];
	const struct play_item item = { .kind = PLAY_SAMPLES, .samples = samples, .n = 800 };
	static uint8_t both[40000], left[20000], right[20000];
	uint8_t want[800];
	unsigned channels;
	struct pair p;
	size_t n;

	(void)state;
	law_init();
	for (unsigned i = 0; i < 800; i++) {
		want[i] = octet_at(i);
		samples[i] = law_linear[HW_ALAW][want[i]];
	}
	pair_open(&p, 0);
	assert_int_equal(media_record(p.b, file_name("x.wav"), 1, rig_file, &p.rig), 0);
	rig_run(&p.rig, 100);
	assert_int_equal(media_play(p.a, &item, 1), 0);
	assert_true(rig_wait(&p.rig, &p.rig.played, 1, 5000));
	media_port_close(p.a);
	assert_true(rig_wait(&p.rig, &p.rig.files, 1, 5000));
	assert_int_equal(p.rig.file_err, 0);
	n = octets_of(file_name("x.wav"), both, sizeof(both), &channels) / 2;
	split(both, n, left, right);
	assert_true(find(left, n, want, 800) >= 0);
	unlink(file_name("x.wav"));
	media_port_close(p.b);
	assert_true(rig_wait(&p.rig, &p.rig.closed, 2, 3000));
	hw_line_close(p.ha);
	hw_line_close(p.hb);
	rig_close(&p.rig);
}

static void replaced_at_once(void **state)
{
	const struct play_item dial = { .kind = PLAY_TONE, .tone = tone_of(country_find("uk"), TONE_DIAL) };
	const struct play_item digit = { .kind = PLAY_DIGITS, .digits = "5" }, gap = { .kind = PLAY_SILENCE, .ms = 30 };
	struct pair p;

	(void)state;
	pair_open(&p, 0);
	assert_int_equal(media_listen(p.b, LISTEN_DTMF | LISTEN_TONES), 0);
	assert_int_equal(media_play(p.a, &dial, 1), 0);
	wait_heard(&p.rig, HEARD_TONE, 1);
	assert_int_equal(heard(&p.rig, HEARD_TONE, 0)->tone, TONE_DIAL);
	assert_int_equal(media_play(p.a, &gap, 1), 0);	/* over before the next order is given, told after */
	usleep(150000);
	assert_int_equal(media_play(p.a, &digit, 1), 0);
	assert_int_equal(p.rig.played, 0);
	wait_heard(&p.rig, HEARD_DIGIT, 1);
	assert_non_null(heard(&p.rig, HEARD_TONE_END, 0));
	assert_true(rig_wait(&p.rig, &p.rig.played, 1, 5000));
	assert_int_equal(media_play(p.a, &dial, 1), 0);
	rig_run(&p.rig, 100);
	assert_int_equal(media_play(p.a, NULL, 0), 0);
	rig_run(&p.rig, 300);
	assert_int_equal(p.rig.played, 1);	/* the gap's and the stopped tone's ends are nobody's business */
	pair_close(&p);
}

static void orders_refused(void **state)
{
	const struct play_item bad = { .kind = PLAY_DIGITS, .digits = "12x" };
	struct media_port *b, *out[2];
	struct hw_line *hb;
	struct pair p;

	(void)state;
	pair_open(&p, 0);
	b = rig_line(&p.rig, 6, &hb, true);
	assert_int_equal(media_play(p.a, &bad, 1), -EINVAL);
	assert_int_equal(media_listen(b, LISTEN_DTMF), -EINVAL);	/* a B channel */
	assert_int_equal(media_play(b, NULL, 0), -EINVAL);
	assert_int_equal(media_keep(b, "/nowhere", NULL, NULL), -EINVAL);
	assert_int_equal(media_conference(b, NULL, NULL, out), -EINVAL);
	assert_int_equal(media_record(b, "/nowhere", 0, NULL, NULL), -EINVAL);
	assert_int_equal(media_record(b, "/nowhere", MEDIA_RECORD_SECONDS + 1, NULL, NULL), -EINVAL);
	rig_port_close(&p.rig, b);
	hw_line_close(hb);
	pair_close(&p);
}

/* --- In a call ---------------------------------------------------------------------------------------- */

struct call {			/* an RTP stream on line A, whose far end is B */
	struct pair pair;
	struct media_port *rtp;
	struct rig_peer peer;
};

static void call_open(struct call *c, uint8_t dtmf, unsigned keep_ms)
{
	pair_open(&c->pair, keep_ms);
	c->rtp = rig_rtp(&c->pair.rig, 0, false);
	rig_peer_open(&c->peer, c->rtp);
	rig_remote(c->rtp, &c->peer, HW_ALAW, 20, dtmf, MEDIA_SENDRECV);
	assert_int_equal(media_join(c->pair.a, c->rtp), 0);
}

static void call_close(struct call *c)
{
	rig_port_close(&c->pair.rig, c->rtp);
	pair_close(&c->pair);
	rig_peer_close(&c->peer);
}

/* One detector for both: the stream gets events whatever is listened for, and the owner is told when it listens. */
static void digits_become_events(void **state)
{
	const struct play_item digits = { .kind = PLAY_DIGITS, .digits = "27A#" };
	char got[8] = "";
	unsigned n = 0, ends = 0;
	uint8_t h[12], payload[1500];
	uint32_t last_ts = 0;
	struct call c;

	(void)state;
	call_open(&c, 101, 0);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(media_listen(c.pair.a, round ? LISTEN_DTMF : 0), 0);
		rig_run(&c.pair.rig, 100);
		assert_int_equal(media_play(c.pair.b, &digits, 1), 0);
		for (int i = 0; i < 600 && ends < 3 * 4 * (unsigned)(round + 1); i++) {
			int len = rig_recv(&c.peer, h, payload, sizeof(payload), 20);
			uint32_t ts;

			rig_service(&c.pair.rig);
			if (len != 4 || (h[1] & 0x7f) != 101)
				continue;
			memcpy(&ts, h + 4, 4);
			if (ts != last_ts)
				got[n++] = rtp_event_digit(payload[0]);
			last_ts = ts;
			ends += payload[1] >> 7;
		}
		assert_int_equal(c.pair.rig.n_heard, round ? 8 : 0);
	}
	assert_memory_equal(got, "27A#27A#", 8);
	assert_int_equal(ends, 3 * 8);
	call_close(&c);
}

/* A tone takes the place of the far end, which is heard again after it; what the line says goes on. */
static void tone_in_a_call(void **state)
{
	const struct play_item beep = { .kind = PLAY_TONE, .tone = tone_of(country_find("uk"), TONE_DIAL), .ms = 900 };
	struct conversation *ca = conversation(7);
	uint8_t audio[N];
	struct call c;

	(void)state;
	call_open(&c, 0, 2000);
	assert_int_equal(media_listen(c.pair.b, LISTEN_TONES), 0);
	rig_run(&c.pair.rig, 50);
	assert_int_equal(media_play(c.pair.a, &beep, 1), 0);
	memset(audio, 0x2a, sizeof(audio));
	for (int i = 0; i < 40; i++, c.peer.ts += N) {
		rig_send(&c.peer, 8, false, audio, N);
		rig_run(&c.pair.rig, 20);
	}
	assert_true(rig_wait(&c.pair.rig, &c.pair.rig.played, 1, 3000));
	wait_heard(&c.pair.rig, HEARD_TONE_END, 1);
	assert_int_equal(heard(&c.pair.rig, HEARD_TONE, 0)->tone, TONE_DIAL);
	assert_int_equal(media_join(c.pair.b, c.rtp), 0);	/* parts it from A */
	rig_run(&c.pair.rig, 50);
	assert_int_equal(media_join(c.pair.a, c.rtp), 0);
	rig_run(&c.pair.rig, 50);
	free(ca);
	call_close(&c);
}

static void stream_lost(void **state)
{
	uint8_t audio[N];
	struct call c;
	struct rig *r = &c.pair.rig;

	(void)state;
	call_open(&c, 0, 0);
	memset(audio, LAW_ALAW_SILENCE, sizeof(audio));
	rig_send(&c.peer, 8, true, audio, N);
	assert_true(rig_wait(r, &r->partner_lost, 1, 6000));
	assert_int_equal(r->lost, 1);
	rig_send(&c.peer, 8, true, audio, N);
	assert_true(rig_wait(r, &r->partner_back, 1, 2000));
	assert_true(rig_wait(r, &r->partner_lost, 2, 6000));
	media_part(c.pair.a);		/* no stream, no loss */
	assert_true(rig_wait(r, &r->partner_back, 2, 2000));
	assert_int_equal(media_join(c.pair.a, c.rtp), 0);	/* one that has stopped already */
	assert_true(rig_wait(r, &r->partner_lost, 3, 2000));
	rig_remote(c.rtp, &c.peer, HW_ALAW, 20, 0, MEDIA_SEND);	/* on hold nothing is to come */
	assert_true(rig_wait(r, &r->partner_back, 3, 2000));
	call_close(&c);
}

/* --- Files -------------------------------------------------------------------------------------------- */

static void kept(void **state)
{
	struct conversation *ca = conversation(900);
	uint8_t octets[20000];
	struct wav w;
	unsigned channels;
	struct call c;
	size_t n;

	(void)state;
	call_open(&c, 0, 2000);
	assert_int_equal(media_listen(c.pair.b, LISTEN_SPEECH), 0);
	rig_run(&c.pair.rig, 60);
	converse(&c.pair.rig, &c.peer, ca, 8, NULL, NULL, 0);
	assert_int_equal(media_keep(c.pair.b, file_name("deep/kept-1.wav"), rig_file, &c.pair.rig), 0);
	assert_true(rig_wait(&c.pair.rig, &c.pair.rig.files, 1, 5000));
	assert_int_equal(c.pair.rig.file_err, 0);
	n = octets_of(file_name("deep/kept-1.wav"), octets, sizeof(octets), &channels);
	assert_int_equal(channels, 1);
	assert_in_range(n, PACKETS * N, 16000);
	assert_true(find(octets, n, ca->said, PACKETS * N) >= 0);
	assert_int_equal(wav_load(file_name("deep/kept-1.wav"), &w), 0);
	assert_int_equal(w.n, n);
	wav_free(&w);
	assert_int_equal(media_keep(c.pair.b, file_name("deep/kept-1.wav"), rig_file, &c.pair.rig), 0);
	assert_true(rig_wait(&c.pair.rig, &c.pair.rig.files, 2, 5000));
	assert_int_equal(c.pair.rig.file_err, -EEXIST);
	assert_int_equal(media_keep(c.pair.b, "/proc/nothing/kept-1.wav", rig_file, &c.pair.rig), 0);
	assert_true(rig_wait(&c.pair.rig, &c.pair.rig.files, 3, 5000));
	assert_int_equal(c.pair.rig.file_err, -ENOENT);
	unlink(file_name("deep/kept-1.wav"));
	rmdir(file_name("deep"));
	free(ca);
	call_close(&c);
}

/* An exchange's line on which nothing is wanted, and a telephone's port that sends caller ID into it. */
static void rest_open(struct pair *p)
{
	rig_open_analog(&p->rig, 22000);
	p->a = rig_analog(&p->rig, 1, &p->ha, 0);
	p->b = rig_analog(&p->rig, 1 + RIG_PAIRS, &p->hb, 6000);
	rig_run(&p->rig, 300);
	assert_int_equal(hw_onhook_transfer(p->ha, 5000), 0);
	rig_service(&p->rig);
}

static void send_callerid(struct pair *p)
{
	static const struct callerid who = { .number = "442079460123", .name = "Workshop" };
	struct play_item items[2] = { { .kind = PLAY_SAMPLES }, { .kind = PLAY_SILENCE, .ms = 60 } };
	int16_t *x;

	assert_int_equal(callerid_sound(&who, CID_BELL202, false, p->ha->law, -13.5, &x, &items[0].n), 0);
	items[0].samples = x;
	assert_int_equal(media_play(p->a, items, 2), 0);
	free(x);
	assert_true(rig_wait(&p->rig, &p->rig.played, p->rig.played + 1, 5000));
}

static bool reads_callerid(const uint8_t *octets, size_t n)
{
	struct callerid_rx *rx;
	struct callerid got;
	bool read = false;

	assert_int_equal(callerid_rx_open(&rx, HW_ALAW), 0);
	for (size_t i = 0; i < n && !read; i++) {
		int16_t x = law_linear[HW_ALAW][octets[i]];

		read = callerid_rx_feed(rx, &x, 1, &got, NULL);
	}
	callerid_rx_close(rx);
	return read && !strcmp(got.number, "442079460123") && !strcmp(got.name, "Workshop");
}

/* It costs as little as one that stands still, and loses nothing. */
static void rests(void **state)
{
	struct media_stats st;
	struct pair p;
	uint64_t beats;

	(void)state;
	rest_open(&p);
	beats = media_beats(p.rig.media);
	rig_run(&p.rig, 2000);
	assert_in_range(media_beats(p.rig.media) - beats, 1, 16);
	media_port_stats(p.b, &st);
	assert_int_equal(st.line_overrun, 0);
	assert_int_equal(media_listen(p.b, LISTEN_CALLERID), 0);
	rig_run(&p.rig, 100);
	beats = media_beats(p.rig.media);
	rig_run(&p.rig, 1000);
	assert_true(media_beats(p.rig.media) - beats > 25);	/* at its pace from the order on, and not at the next sweep */
	pair_close(&p);
}

/* Wherever in a sweep the order comes, what the line brought until then is in the file, to its last block. */
static void kept_at_rest(void **state)
{
	static uint8_t octets[60000];
	unsigned channels;
	struct pair p;

	(void)state;
	rest_open(&p);
	for (unsigned i = 1; i <= 4; i++) {
		size_t n;

		send_callerid(&p);
		assert_int_equal(media_keep(p.b, file_name("rest.wav"), rig_file, &p.rig), 0);
		assert_true(rig_wait(&p.rig, &p.rig.files, i, 5000));
		assert_int_equal(p.rig.file_err, 0);
		n = octets_of(file_name("rest.wav"), octets, sizeof(octets), &channels);
		unlink(file_name("rest.wav"));
		if (!reads_callerid(octets + (n > 16000 ? n - 16000 : 0), n > 16000 ? 16000 : n))
			fail_msg("round %u: the last of it is not in %zu octets", i, n);
		rig_run(&p.rig, 70);	/* another place in the sweep */
		assert_int_equal(hw_onhook_transfer(p.ha, 5000), 0);
		rig_service(&p.rig);
	}
	pair_close(&p);
}

/* Before a ring: nobody listened. The order that the ring brings finds it. */
static void heard_afterwards(void **state)
{
	struct pair p;

	(void)state;
	rest_open(&p);
	send_callerid(&p);
	assert_int_equal(p.rig.n_heard, 0);
	assert_int_equal(media_listen(p.b, LISTEN_CALLERID), 0);
	wait_heard(&p.rig, HEARD_CALLERID, 1);
	assert_string_equal(heard(&p.rig, HEARD_CALLERID, 0)->callerid.number, "442079460123");
	pair_close(&p);
}

/* Both directions at once, each on its side, and the moment the same: B loops back, so right comes before left. Returns by how
 * many samples, or -1 where one of them was broken by a host that stood still. */
static long record_once(void)
{
	struct conversation *ca = conversation(4200);
	static uint8_t both[40000], left[20000], right[20000];
	struct media_port *echo;
	struct call c;
	unsigned channels;
	long out, back;
	size_t n;

	call_open(&c, 0, 0);
	echo = rig_test(&c.pair.rig, "echo");
	assert_int_equal(media_join(c.pair.b, echo), 0);
	rig_run(&c.pair.rig, 60);
	assert_int_equal(media_record(c.pair.a, file_name("r.wav"), 1, rig_file, &c.pair.rig), 0);
	assert_int_equal(media_record(c.pair.a, file_name("s.wav"), 1, rig_file, &c.pair.rig), 0);
	assert_true(rig_wait(&c.pair.rig, &c.pair.rig.files, 1, 5000));
	assert_int_equal(c.pair.rig.file_err, -EBUSY);
	converse(&c.pair.rig, &c.peer, ca, 8, NULL, NULL, 0);
	assert_true(rig_wait(&c.pair.rig, &c.pair.rig.files, 2, 5000));
	assert_int_equal(c.pair.rig.file_err, 0);
	n = octets_of(file_name("r.wav"), both, sizeof(both), &channels);
	assert_int_equal(channels, 2);
	assert_int_equal(n, 16000);
	split(both, 8000, left, right);
	out = find(right, 8000, ca->said, PACKETS * N);
	back = find(left, 8000, ca->said, PACKETS * N);
	unlink(file_name("r.wav"));
	rig_port_close(&c.pair.rig, echo);
	call_close(&c);
	free(ca);
	return out >= 0 && back >= 0 ? back - out : -1;
}

static void recorded(void **state)
{
	long delay = -1;

	(void)state;
	for (int i = 0; i < 5 && (delay < 1 || delay > 400); i++)
		delay = record_once();
	assert_in_range(delay, 1, 400);		/* there and back through the echo */
}

/* A port that is closed in the middle leaves what there is; so does a media path that ends. */
static void cut_short(void **state)
{
	static uint8_t both[40000];
	struct hw_line *h;
	struct media_port *b;
	struct stat st;
	struct rig r;
	unsigned channels;

	(void)state;
	rig_open(&r, false, 22000);
	b = rig_line(&r, 4, &h, false);		/* a B channel can be recorded too */
	assert_int_equal(media_record(b, file_name("c.wav"), 60, rig_file, &r), 0);
	rig_run(&r, 300);
	rig_port_close(&r, b);
	hw_line_close(h);
	rig_close(&r);
	assert_int_equal(r.files, 1);
	assert_int_equal(r.file_err, 0);
	assert_int_equal(stat(file_name("c.wav"), &st), 0);
	assert_in_range(octets_of(file_name("c.wav"), both, sizeof(both), &channels), 2 * 1600, 2 * 8000);
	unlink(file_name("c.wav"));
}

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/test_media_analog.XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stands_still),
		cmocka_unit_test(digits_played_and_heard),
		cmocka_unit_test(played_means_gone),
		cmocka_unit_test(replaced_at_once),
		cmocka_unit_test(orders_refused),
		cmocka_unit_test(digits_become_events),
		cmocka_unit_test(tone_in_a_call),
		cmocka_unit_test(stream_lost),
		cmocka_unit_test(kept),
		cmocka_unit_test(rests),
		cmocka_unit_test(kept_at_rest),
		cmocka_unit_test(heard_afterwards),
		cmocka_unit_test(recorded),
		cmocka_unit_test(cut_short),
	};
	struct sched_param priority = { .sched_priority = 5 };

	sched_setscheduler(0, SCHED_FIFO, &priority);	/* the peers that the tests play send on time; refusal does no harm */
	return cmocka_run_group_tests(tests, setup, teardown);
}
