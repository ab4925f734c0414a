/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "gateway/media/digits.h"
#include "channels/sound/g711.h"

bool digits_add(struct digits *d, char digit, unsigned ms)
{
	unsigned at = (d->first + d->count) % DIGITS_MAX;

	if (!tone_dtmf(digit) || d->count == DIGITS_MAX)
		return false;
	d->queue[at].digit = digit;
	d->queue[at].ms = (uint16_t)(ms < DIGIT_MIN_MS ? DIGIT_MIN_MS : ms > DIGIT_MAX_MS ? DIGIT_MAX_MS : ms);
	d->count++;
	return true;
}

void digits_event(struct digits *d, char digit, uint32_t duration, bool first, bool end, enum hw_law law)
{
	const struct tone_def *def = tone_dtmf(digit);

	if (first && def) {
		tone_start(&d->tone, def, law);
		d->sounding = d->open = true;
		d->sounded = d->gap = 0;
	}
	if (!d->open)
		return;
	if (!end) {
		d->left = (duration > d->sounded ? duration - d->sounded : 0) + EVENT_LOST_SAMPLES;
		return;
	}
	d->open = false;
	d->left = duration > d->sounded ? duration - d->sounded : 0;
}

bool digits_active(const struct digits *d)
{
	return d->sounding || d->count;
}

void digits_stop(struct digits *d)
{
	d->sounding = d->open = false;
	d->count = 0;
}

static void next_digit(struct digits *d, enum hw_law law)
{
	tone_start(&d->tone, tone_dtmf(d->queue[d->first].digit), law);
	d->left = d->queue[d->first].ms * 8u;
	d->gap = DIGIT_GAP_MS * 8;
	d->sounded = 0;
	d->sounding = true;
	d->first = (d->first + 1) % DIGITS_MAX;
	d->count--;
}

unsigned digits_samples(struct digits *d, enum hw_law law, uint8_t *buf, unsigned n)
{
	unsigned done = 0, part;

	if (!digits_active(d))
		return 0;
	while (done < n) {
		if (!d->sounding && d->count)
			next_digit(d, law);
		if (!d->sounding) {
			memset(buf + done, law_silence(law), n - done);
			break;
		}
		part = d->left ? d->left : d->gap;
		if (part > n - done)
			part = n - done;
		if (d->left) {
			tone_samples(&d->tone, law, buf + done, part);
			d->left -= part;
			d->sounded += part;
		} else {
			memset(buf + done, law_silence(law), part);
			d->gap -= part;
		}
		done += part;
		d->sounding = d->left || d->gap;
		d->open = d->open && d->sounding;
	}
	return n;
}
