/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What ports of lines keep and record, and lines that rest while their last seconds are kept; as test_media_analog.c does it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "channels/sound/g711.h"
#include "gateway/media/wav.h"
#include "tests/support/conversation.h"
#include "tests/support/media_pair.h"

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

static void kept(void **state)
{
	struct conversation *ca = conversation(900);
	uint8_t octets[20000];
	struct wav w;
	unsigned channels;
	struct media_call c;
	size_t n;

	(void)state;
	media_call_open(&c, 0, 2000);
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
	media_call_close(&c);
}

/* An exchange's line on which nothing is wanted, and a telephone's port that sends caller ID into it. */
static void rest_open(struct media_pair *p)
{
	rig_open_analog(&p->rig, 22000);
	p->a = rig_analog(&p->rig, 1, &p->ha, 0);
	p->b = rig_analog(&p->rig, 1 + RIG_PAIRS, &p->hb, 6000);
	rig_run(&p->rig, 300);
	assert_int_equal(hw_onhook_transfer(p->ha, 5000), 0);
	rig_service(&p->rig);
}

static void send_callerid(struct media_pair *p)
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
	struct media_pair p;
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
	media_pair_close(&p);
}

/* Wherever in a sweep the order comes, what the line brought until then is in the file, to its last block. */
static void kept_at_rest(void **state)
{
	static uint8_t octets[60000];
	unsigned channels;
	struct media_pair p;

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
	media_pair_close(&p);
}

/* Before a ring: nobody listened. The order that the ring brings finds it. */
static void heard_afterwards(void **state)
{
	struct media_pair p;

	(void)state;
	rest_open(&p);
	send_callerid(&p);
	assert_int_equal(p.rig.n_heard, 0);
	assert_int_equal(media_listen(p.b, LISTEN_CALLERID), 0);
	rig_wait_heard(&p.rig, HEARD_CALLERID, 1);
	assert_string_equal(rig_heard(&p.rig, HEARD_CALLERID, 0)->callerid.number, "442079460123");
	media_pair_close(&p);
}

/* Both directions at once, each on its side, and the moment the same: B loops back, so right comes before left. Returns by how
 * many samples, or -1 where one of them was broken by a host that stood still. */
static long record_once(void)
{
	struct conversation *ca = conversation(4200);
	static uint8_t both[40000], left[20000], right[20000];
	struct media_port *echo;
	struct media_call c;
	unsigned channels;
	long out, back;
	size_t n;

	media_call_open(&c, 0, 0);
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
	media_call_close(&c);
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

/* The last of it has left when MEDIA_PLAYED comes: stopping then cuts nothing. */
static void played_means_gone(void **state)
{
	int16_t samples[800];
	const struct play_item item = { .kind = PLAY_SAMPLES, .samples = samples, .n = 800 };
	static uint8_t both[40000], left[20000], right[20000];
	uint8_t want[800];
	unsigned channels;
	struct media_pair p;
	size_t n;

	(void)state;
	law_init();
	for (unsigned i = 0; i < 800; i++) {
		want[i] = octet_at(i);
		samples[i] = law_linear[HW_ALAW][want[i]];
	}
	media_pair_open(&p, 0);
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

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/test_media_files.XXXXXX");
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
		cmocka_unit_test(kept),
		cmocka_unit_test(rests),
		cmocka_unit_test(kept_at_rest),
		cmocka_unit_test(heard_afterwards),
		cmocka_unit_test(recorded),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(played_means_gone),
	};
	struct sched_param priority = { .sched_priority = 5 };

	sched_setscheduler(0, SCHED_FIFO, &priority);	/* the peers that the tests play send on time; refusal does no harm */
	return cmocka_run_group_tests(tests, setup, teardown);
}
