/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzes what listens on an analog line: two octets choose law, country and what is listened for; the rest is audio, in pieces of
 * every length, with what is listened for changed on the way. Short inputs are repeated, so that cadences come about.
 */
#include <stdlib.h>
#include <string.h>

#include "channels/sound/listener.h"
#include "tests/fuzz/fuzz.h"

#define AUDIO_MAX 32000		/* octets: 4 s */
#define KEEP_MS 300

static void check(bool right)
{
	if (!right)
		abort();
}

static void hear(void *arg, const struct heard *h)
{
	unsigned *listen = arg;

	switch (h->kind) {
	case HEARD_DIGIT_BEGIN:
	case HEARD_DIGIT:
		check(*listen & LISTEN_DTMF && h->digit && strchr("0123456789*#ABCD", h->digit));
		break;
	case HEARD_TONE:
	case HEARD_TONE_END:
		check(*listen & LISTEN_TONES && h->tone > TONE_NONE && h->tone <= TONE_SIT && h->tone != TONE_STUTTER);
		check(h->ms <= AUDIO_MAX / 8 + 1000);
		break;
	case HEARD_SPEECH:
	case HEARD_SILENCE:
		check(*listen & LISTEN_SPEECH && h->ms <= AUDIO_MAX / 8);
		break;
	case HEARD_CALLERID:
	case HEARD_CALLERID_BAD:
		check(*listen & LISTEN_CALLERID && memchr(h->callerid.number, 0, sizeof(h->callerid.number)));
		break;
	case HEARD_CAS:
		check(*listen & LISTEN_CAS);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned wants[] = { 63, LISTEN_TONES, LISTEN_SPEECH, 0, LISTEN_DTMF | LISTEN_CALLERID, 63 };
	unsigned listen = 63, done = 0, change = 0, kept;
	const struct country *c;
	uint8_t out[KEEP_MS * 8 + 8];
	struct listener *l;

	if (size < 3)
		return 0;
	c = country_at(data[0] % 32);
	if (!c || listener_open(&l, c, data[1] & 1 ? HW_MULAW : HW_ALAW, data[1] & 2 ? KEEP_MS : 0))
		return 0;
	listener_want(l, listen);
	data += 2;
	size -= 2;
	while (done < AUDIO_MAX) {
		size_t at = done % size, n = 1 + (done * 7 + change) % 200;

		n = n < size - at ? n : size - at;
		listener_feed(l, data + at, (unsigned)n, hear, &listen);
		done += (unsigned)n;
		if (done / 4000 != change) {
			change = done / 4000;
			listen = wants[change % (sizeof(wants) / sizeof(wants[0]))];
			listener_want(l, listen);
		}
	}
	kept = listener_kept(l, out, sizeof(out));
	check(kept <= KEEP_MS * 8);
	check(listener_level(l) < 10);
	listener_close(l);
	return 0;
}
