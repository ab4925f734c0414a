/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The drivers' table of line audio (channels/line_audio.h) on the media path, on a pair of analog ports of the simulated card: what
 * is played at one end is heard at the other; caller ID on hook, also out of what was kept; three-way; files; the end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "channels/sound/g711.h"
#include "gateway/line_audio.h"
#include "tests/support/mediarig.h"

#define HEARD_MAX 32

struct end {
	struct hw_line *line;
	struct line_audio *audio;
	struct heard heard[HEARD_MAX];
	unsigned n, played, closed, lost;
};
struct world {
	struct rig rig;
	struct line_audios *all;
	char folder[40], kept[64];
	struct end fxs, fxo;
};

static const struct line_audio_ops *ops = &line_audio_media;

static void on_audio(void *arg, struct line_audio *a, const struct line_audio_event *ev)
{
	struct end *e = arg;

	assert_int_equal(e->closed, 0);
	assert_ptr_equal(a, e->audio);
	if (ev->kind == LINE_HEARD && e->n < HEARD_MAX)
		e->heard[e->n++] = *ev->heard;
	e->played += ev->kind == LINE_PLAYED;
	e->lost += ev->kind == LINE_RTP_LOST;
	e->closed += ev->kind == LINE_CLOSED;
}

static void on_line(void *arg, enum hw_event ev)
{
	(void)arg, (void)ev;	/* hook and battery are the drivers' */
}

static void end_open(struct world *w, struct end *e, int chan, unsigned keep_ms)
{
	struct line_audio_conf conf = { .country = country_find("uk"), .echo_taps = 128, .keep_ms = keep_ms };

	assert_int_equal(hw_line_open(w->rig.hw, chan, on_line, NULL, &e->line), 0);
	assert_int_equal(ops->open(w->all, e->line, &conf, on_audio, e, &e->audio), 0);
}

static void world_open(struct world *w)
{
	memset(w, 0, sizeof(*w));
	snprintf(w->folder, sizeof(w->folder), "/tmp/test_line_audio.XXXXXX");
	assert_non_null(mkdtemp(w->folder));
	snprintf(w->kept, sizeof(w->kept), "%s/audio", w->folder);
	rig_open_analog(&w->rig, 22000);
	assert_int_equal(line_audios_open(&w->all, w->rig.media, w->kept), 0);
	end_open(w, &w->fxs, 1, 0);
	end_open(w, &w->fxo, 1 + RIG_PAIRS, 4000);
}

static void wait_for(struct world *w, const unsigned *what, unsigned want)
{
	assert_true(rig_wait(&w->rig, what, want, 6000));
}

static void world_close(struct world *w)
{
	ops->close(w->fxs.audio);
	ops->close(w->fxo.audio);
	wait_for(w, &w->fxs.closed, 1);
	wait_for(w, &w->fxo.closed, 1);
	assert_null(line_audio_find(w->all, 1));
	hw_line_close(w->fxs.line);
	hw_line_close(w->fxo.line);
	rig_close(&w->rig);
	line_audios_close(w->all);
	rmdir(w->kept);
	assert_int_equal(rmdir(w->folder), 0);
}

static void off_hook(struct world *w)
{
	hw_service(w->rig.hw, rig_now_us());
	assert_int_equal(hw_hook(w->fxs.line, HW_OFFHOOK), 0);
	assert_int_equal(hw_hook(w->fxo.line, HW_OFFHOOK), 0);
	rig_run(&w->rig, 50);
}

static const struct heard *heard(const struct end *e, enum heard_kind k)
{
	for (unsigned i = 0; i < e->n; i++)
		if (e->heard[i].kind == k)
			return &e->heard[i];
	return NULL;
}

static void until_heard(struct world *w, const struct end *e, enum heard_kind k)
{
	for (int i = 0; i < 120 && !heard(e, k); i++)
		rig_run(&w->rig, 50);
	if (!heard(e, k))
		fail_msg("not heard: kind %d, among %u", k, e->n);
}

/* The exchange's dial tone, and what a telephone dials into it. */
static void dial_tone_and_digits(void **state)
{
	const struct country *uk = country_find("uk");
	const struct play_item dial = { .kind = PLAY_TONE, .tone = tone_of(uk, TONE_DIAL) };
	const struct play_item number = { .kind = PLAY_DIGITS, .digits = "112" };
	struct world w;

	(void)state;
	world_open(&w);
	off_hook(&w);
	assert_int_equal(ops->listen(w.fxo.audio, LISTEN_TONES), 0);
	assert_int_equal(ops->listen(w.fxs.audio, LISTEN_DTMF), 0);
	assert_int_equal(ops->play(w.fxs.audio, &dial, 1), 0);
	until_heard(&w, &w.fxo, HEARD_TONE);
	assert_int_equal(heard(&w.fxo, HEARD_TONE)->tone, TONE_DIAL);
	assert_int_equal(ops->play(w.fxo.audio, &number, 1), 0);
	wait_for(&w, &w.fxo.played, 1);
	wait_for(&w, &w.fxs.n, 6);
	for (int i = 0; i < 6; i++)
		assert_int_equal(w.fxs.heard[i].digit, "112"[i / 2]);
	assert_int_equal(ops->play(w.fxs.audio, NULL, 0), 0);
	until_heard(&w, &w.fxo, HEARD_TONE_END);
	assert_int_equal(w.fxs.played, 0);
	world_close(&w);
}

static void send_caller_id(struct world *w)
{
	const struct callerid c = { .number = "02071838750", .name = "Front desk", .month = 11, .day = 23, .hour = 9, .minute = 5 };
	struct play_item item = { .kind = PLAY_SAMPLES };
	int16_t *x;

	assert_int_equal(callerid_sound(&c, CID_V23, false, HW_ALAW, -14, &x, &item.n), 0);
	item.samples = x;
	assert_int_equal(hw_onhook_transfer(w->fxs.line, 4000), 0);
	rig_service(&w->rig);	/* it counts from the next service on */
	assert_int_equal(ops->play(w->fxs.audio, &item, 1), 0);
	free(x);	/* it was copied */
	wait_for(w, &w->fxs.played, w->fxs.played + 1);
}

static void check_caller_id(struct world *w)
{
	until_heard(w, &w->fxo, HEARD_CALLERID);
	assert_string_equal(heard(&w->fxo, HEARD_CALLERID)->callerid.number, "02071838750");
	assert_string_equal(heard(&w->fxo, HEARD_CALLERID)->callerid.name, "Front desk");
	assert_int_equal(heard(&w->fxo, HEARD_CALLERID)->callerid.minute, 5);
}

static void caller_id(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	rig_run(&w.rig, 400);		/* an FXO line with something kept runs by itself */
	assert_int_equal(ops->listen(w.fxo.audio, LISTEN_CALLERID), 0);
	send_caller_id(&w);
	check_caller_id(&w);
	world_close(&w);
}

/* It was over before anybody listened, as where it comes before the ring. */
static void caller_id_that_was_kept(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	rig_run(&w.rig, 400);
	send_caller_id(&w);
	assert_int_equal(w.fxo.n, 0);
	assert_int_equal(ops->listen(w.fxo.audio, LISTEN_CALLERID), 0);
	check_caller_id(&w);
	world_close(&w);
}

static unsigned files(const struct world *w, char *name, size_t size)
{
	DIR *d = opendir(w->kept);
	struct dirent *e;
	unsigned n = 0;

	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.') {
			snprintf(name, size, "%s/%s", w->kept, e->d_name);
			n++;
		}
	if (d)
		closedir(d);
	return n;
}

static void audio_in_files(void **state)
{
	struct world w;
	char path[400] = "";

	(void)state;
	world_open(&w);
	rig_run(&w.rig, 600);
	ops->keep(w.fxo.audio, "caller id: bad/../../x");
	for (int i = 0; i < 60 && !files(&w, path, sizeof(path)); i++)
		rig_run(&w.rig, 50);
	assert_int_equal(files(&w, path, sizeof(path)), 1);
	assert_non_null(strstr(path, "-5-caller-id--bad-------x.wav"));
	rig_run(&w.rig, 100);
	unlink(path);
	assert_int_equal(line_audio_record(w.fxs.audio, "", 1, rig_file, &w.rig), -EINVAL);
	assert_ptr_equal(line_audio_find(w.all, 1), w.fxs.audio);
	assert_null(line_audio_find(w.all, 2));
	assert_int_equal(line_audio_record(w.fxs.audio, "one.wav", 1, rig_file, &w.rig), 0);
	wait_for(&w, &w.rig.files, 1);
	assert_int_equal(w.rig.file_err, 0);
	assert_int_equal(files(&w, path, sizeof(path)), 1);
	assert_non_null(strstr(path, "/audio/one.wav"));
	unlink(path);
	world_close(&w);
}

/* The two far ends are heard on the line together; closing in the middle of it closes everything. */
static void three_way(void **state)
{
	struct media_port *out[2], *milliwatt;
	struct media_stats st;
	struct world w;

	(void)state;
	world_open(&w);
	off_hook(&w);
	milliwatt = rig_test(&w.rig, "milliwatt");
	assert_int_equal(ops->conference(w.fxs.audio, out), 0);
	assert_int_equal(ops->conference(w.fxs.audio, out), -EBUSY);
	assert_int_equal(media_join(out[1], milliwatt), 0);
	assert_int_equal(ops->listen(w.fxo.audio, LISTEN_SPEECH), 0);
	rig_run(&w.rig, 2500);
	media_port_stats(ops->port(w.fxo.audio), &st);
	assert_in_range((int)(st.level_in_dbm0 * 10 + 1000), 995, 1005);	/* 0 dBm0 */
	ops->conference_end(w.fxs.audio);
	assert_int_equal(ops->conference(w.fxs.audio, out), 0);		/* and again at once */
	rig_run(&w.rig, 100);
	rig_port_close(&w.rig, milliwatt);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dial_tone_and_digits),
		cmocka_unit_test(caller_id),
		cmocka_unit_test(caller_id_that_was_kept),
		cmocka_unit_test(audio_in_files),
		cmocka_unit_test(three_way),
	};

	law_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
