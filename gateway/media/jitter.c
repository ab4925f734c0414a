/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gateway/media/jitter.h"

#include <limits.h>
#include <string.h>

#include "channels/sound/g711.h"

#define RESYNC 8000		/* samples: a jump this far is a new stream, not a gap */
#define FADE 160		/* samples: concealment halves after each of these */

static void window_anew(struct jitter *j)
{
	j->window_end_us = 0;
	j->window_min_us = INT32_MAX;
	j->excess_us = 0;
	j->gave_back = false;
}

/* The delay has grown. If that is what was given back before, what comes late does so more seldom than we waited. */
static void grown(struct jitter *j)
{
	if (j->gave_back && j->window_us < JITTER_WINDOW_MAX_US)
		j->window_us *= 4;
	window_anew(j);
}

void jitter_pause(struct jitter *j)
{
	j->synced = false;
	j->credit = j->held = 0;
}

void jitter_reset(struct jitter *j, enum hw_law law)
{
	j->law = law;
	j->synced = false;
	j->credit = j->held = j->run = 0;
	j->hist_len = j->hist_pos = 0;
	j->window_us = JITTER_WINDOW_US;
	window_anew(j);
}

static void remember(struct jitter *j, const uint8_t *data, unsigned len)
{
	unsigned n = len < sizeof(j->hist) ? len : sizeof(j->hist);

	memcpy(j->hist, data + len - n, n);
	j->hist_len = n;
	j->hist_pos = j->run = 0;
}

static void played(struct jitter *j, uint32_t ts, const uint8_t *data, unsigned len)
{
	j->next_ts = ts + len;
	j->inserted += j->credit;	/* only now: at the end of a stream nothing was missing */
	j->credit = 0;
	remember(j, data, len);
}

static void keep_one(struct jitter *j, uint16_t seq, uint32_t ts, const uint8_t *data, unsigned len)
{
	unsigned at = j->held;

	while (at > 0 && (int32_t)(j->seg[at - 1].ts - ts) > 0)
		at--;
	if (j->held == JITTER_SLOTS || (at > 0 && j->seg[at - 1].ts == ts))
		return;
	memmove(&j->seg[at + 1], &j->seg[at], (j->held - at) * sizeof(j->seg[0]));
	j->seg[at].ts = ts;
	j->seg[at].seq = seq;
	j->seg[at].len = (uint16_t)len;
	memcpy(j->seg[at].data, data, len);
	j->held++;
}

static bool keep(struct jitter *j, uint16_t seq, uint32_t ts, const uint8_t *data, unsigned len)
{
	unsigned need = (len + JITTER_SEGMENT - 1) / JITTER_SEGMENT;

	if (j->held + need > JITTER_SLOTS)
		return false;
	for (unsigned done = 0; done < len; done += JITTER_SEGMENT)
		keep_one(j, seq, ts + done, data + done,
			 len - done < JITTER_SEGMENT ? len - done : JITTER_SEGMENT);
	return true;
}

enum jitter_verdict jitter_put(struct jitter *j, uint16_t seq, uint32_t ts, const uint8_t *data, unsigned len)
{
	int32_t ahead = (int32_t)(ts - j->next_ts);
	bool in_order = seq == j->next_seq;

	if (j->synced && ahead != 0 && ahead > -RESYNC && ahead < RESYNC && !in_order) {
		if (ahead < 0) {
			j->late++;
			return JITTER_LATE;
		}
		if ((uint32_t)ahead > j->credit && keep(j, seq, ts, data, len))
			return JITTER_HELD;
	}
	if (ahead <= -RESYNC || ahead >= RESYNC || !j->synced)
		j->held = 0;
	if (j->synced && j->credit && !ahead)
		grown(j);
	j->synced = true;
	j->next_seq = (uint16_t)(seq + 1);
	played(j, ts, data, len);
	return JITTER_PLAY;
}

static void invent(struct jitter *j, uint8_t *out, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		unsigned fade = j->run++ / FADE;

		if (j->data || !j->hist_len || fade > 2) {
			out[i] = j->data ? 0xff : law_silence(j->law);
			continue;
		}
		out[i] = j->hist[j->hist_pos];
		j->hist_pos = (j->hist_pos + 1) % j->hist_len;
		if (fade)
			out[i] = law_encode(j->law, (int16_t)(law_linear[j->law][out[i]] / (1 << fade)));
	}
	j->credit += n;
}

unsigned jitter_pop(struct jitter *j, uint8_t *out, bool force)
{
	struct jitter_segment *s = &j->seg[0];
	uint32_t gap;
	unsigned n;

	/* A segment that was passed over (an overlap after a change of packet time) has no place any more. */
	while (j->held && (int32_t)(s->ts - j->next_ts) < 0)
		memmove(s, s + 1, --j->held * sizeof(*s));
	if (!j->held)
		return 0;
	gap = s->ts - j->next_ts;
	if (gap > j->credit) {
		if (!force)
			return 0;
		n = gap - j->credit < JITTER_SEGMENT ? gap - j->credit : JITTER_SEGMENT;
		invent(j, out, n);
		return n;
	}
	n = s->len;
	memcpy(out, s->data, n);
	played(j, s->ts, out, n);
	j->next_seq = (uint16_t)(s->seq + 1);
	memmove(s, s + 1, --j->held * sizeof(*s));
	return n;
}

uint32_t jitter_skip(struct jitter *j)
{
	uint32_t gap = 0;

	if (j->held && (int32_t)(j->seg[0].ts - j->next_ts) > 0) {
		gap = j->seg[0].ts - j->next_ts;
		j->next_ts = j->seg[0].ts;
	}
	return gap;
}

unsigned jitter_starve(struct jitter *j, uint8_t *out, unsigned n)
{
	if (!j->synced || j->run >= JITTER_CONCEAL_MAX)
		return 0;
	invent(j, out, n);
	return n;
}

void jitter_dry(struct jitter *j, unsigned n)
{
	j->inserted += n;
	grown(j);
}

unsigned jitter_slack(struct jitter *j, int64_t slack_us, unsigned len, int64_t now_us)
{
	int32_t slack = slack_us > INT_MAX ? INT_MAX : slack_us < INT_MIN ? INT_MIN : (int32_t)slack_us;

	if (slack > JITTER_MAX_US) {
		j->dropped += len;
		return len;
	}
	if (j->data)
		return 0;
	if (now_us >= j->window_end_us) {
		if (j->window_end_us && j->window_min_us != INT32_MAX)
			j->excess_us = j->window_min_us > JITTER_TARGET_US + JITTER_HYSTERESIS_US ?
					       j->window_min_us - JITTER_TARGET_US :
					       0;
		j->window_end_us = now_us + j->window_us;
		j->window_min_us = INT32_MAX;
	}
	if (slack < j->window_min_us)
		j->window_min_us = slack;
	if (j->excess_us < 125 || len < 2)
		return 0;
	j->excess_us -= 125;
	j->gave_back = true;
	j->dropped++;
	return 1;
}
