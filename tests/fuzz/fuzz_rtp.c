/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RTP, RTCP, telephone events and WAV files from anywhere; then the jitter buffer with what RTP said. */
#include <stdlib.h>
#include <string.h>

#include "channels/sound/g711.h"
#include "gateway/media/jitter.h"
#include "gateway/media/rtp_wire.h"
#include "gateway/media/wav.h"
#include "tests/fuzz/fuzz.h"

/* The input as a row of datagrams, a length octet before each. */
static void stream(const uint8_t *data, size_t size)
{
	static struct jitter j;
	uint8_t out[JITTER_SEGMENT];

	memset(&j, 0, sizeof(j));
	jitter_reset(&j, HW_MULAW);
	while (size > 1) {
		size_t n = data[0] < size - 1 ? data[0] : size - 1;
		struct rtp_packet p = { 0 };

		if (!rtp_parse(data + 1, n, &p) && p.len)
			jitter_put(&j, p.seq, p.ts, data + 1 + p.at, (unsigned)p.len);
		while (jitter_pop(&j, out, p.marker))
			;
		if (n & 1)
			jitter_starve(&j, out, 16);
		data += n + 1;
		size -= n + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rtcp_report report;
	struct rtp_packet p = { 0 };
	struct rtp_event e;
	struct wav w = { 0 };

	law_init();
	if (!rtp_parse(data, size, &p) && p.at + p.len > size)
		abort();
	rtcp_parse(data, size, 0x12345678, &report);
	rtp_event_parse(data, size, &e);
	if (!wav_parse(data, size, &w))
		wav_free(&w);
	stream(data, size);
	return 0;
}
