/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/fuzz/fuzz_q931.c: the reader of D-channel frames. Seeds: tests/corpus/q931/, frames from address to
 * the last octet of information. */
#include <stdlib.h>
#include <string.h>

#include "channels/pri_trace.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[Q931_DETAIL_MAX];
	struct q921_seq seq = { 0 };
	struct q931_msg m, again;

	q921_kind(data, size);
	q921_first(&seq, data, size);
	if (!q931_read(data, size, &m, text))
		return 0;
	if (strlen(text) >= sizeof(text) || m.location_at >= size || m.type > 0x7f || m.cr > 0x7fff)
		abort();
	if (!q931_read(data, size, &again, NULL) || again.location_at != m.location_at)
		abort();
	return 0;
}
