/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzes the receivers with raw samples: octets of a law, the first of the input says which one and how they are cut into pieces. An
 * input that begins with 'M' is instead a message's octets, which are modulated first, so that the fuzzer reaches what is behind the
 * demodulator.
 */
#include <stdlib.h>
#include <string.h>

#include "channels/sound/callerid_message.h"
#include "channels/sound/g711.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/cidline.h"

static void hear(const int16_t *x, size_t n, enum hw_law law, size_t piece)
{
	struct callerid_rx *r;
	struct cas_rx *cas;
	struct callerid c;
	bool bad;

	if (callerid_rx_open(&r, law))
		return;
	if (cas_rx_open(&cas, law)) {
		callerid_rx_close(r);
		return;
	}
	for (size_t at = 0; at < n; at += piece) {
		size_t part = n - at < piece ? n - at : piece;

		memset(&c, 0x7e, sizeof(c));
		cas_rx_feed(cas, x + at, part);
		if (callerid_rx_feed(r, x + at, part, &c, &bad) &&
		    (bad || !memchr(c.number, 0, sizeof(c.number)) || !memchr(c.name, 0, sizeof(c.name)) ||
		     !memchr(c.redirecting, 0, sizeof(c.redirecting)) || c.month > 12 || c.method == CID_NONE))
			abort();
	}
	callerid_rx_close(r);
	cas_rx_close(cas);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum hw_law law;
	int16_t *x;
	size_t n;

	law_init();
	if (size < 2 || size > 60000)
		return 0;
	law = data[0] & 1 ? HW_MULAW : HW_ALAW;
	if (data[0] == 'M') {
		struct cid_line l = { .law = HW_ALAW, .level_dbm0 = -15 };
		enum cid_method method = (enum cid_method)(CID_BELL202 + data[1] % 4);
		bool type2 = data[1] & 0x80;

		if (method == CID_DTMF || size > 300)
			return 0;
		x = cid_line_fsk(&l, method, type2, data + 2, size - 2, &n);
	} else {
		n = size - 1;
		x = malloc(n * sizeof(*x));
		for (size_t i = 0; x && i < n; i++)
			x[i] = law_linear[law][data[1 + i]];
	}
	if (x)
		hear(x, n, law, 1 + (data[0] >> 1));
	free(x);
	return 0;
}
