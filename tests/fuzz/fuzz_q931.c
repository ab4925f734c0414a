/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/fuzz/fuzz_q931.c: the reader of D-channel frames. Seeds: tests/corpus/q931/, frames from address to
 * the last octet of information. */
#include <stdlib.h>
#include <string.h>

#include "channels/pri_ie.h"
#include "channels/pri_trace.h"
#include "tests/fuzz/fuzz.h"

/* Every element that the driver reads for itself, and one more put in: the frame is still one, with that element in it. */
static void elements(const uint8_t *data, size_t size)
{
	static const uint8_t ids[] = { IE_DATE_TIME, IE_CONNECTED, IE_CONNECTED_SUB, IE_CALLING, IE_CALLED, IE_REDIRECTING, IE_USER_USER };
	static const uint8_t added[] = { IE_USER_USER, 3, 0, 1, 2 };
	uint8_t frame[512];
	char text[LEG_ELEMENT_MAX], date[24];
	struct leg_number number;
	struct leg_uui uui;
	struct q931_msg m;
	size_t longer;

	for (size_t i = 0; i < sizeof(ids); i++) {
		struct q931_element e = q931_find(data, size, ids[i], i & 1);

		if (e.octets && (e.octets < data || e.octets + e.len > data + size))
			abort();
		q931_number(e, &number);
		q931_uui(e, &uui);
		q931_date_time(e, date);
		q931_hex(e, ids[i], text);
	}
	if (size > sizeof(frame) - 16)
		return;
	memcpy(frame, data, size);
	longer = q931_insert(frame, size, sizeof(frame), added, sizeof(added));
	if (longer != size && (longer != size + 5 || !q931_read(frame, longer, &m, NULL)))
		abort();
	for (size_t i = 0; i < sizeof(ids); i++) {
		size_t shorter = q931_take_out(frame, longer, ids[i], IE_MAX);

		if (shorter > longer || (longer != size && !q931_read(frame, shorter, &m, NULL)))
			abort();
		longer = shorter;
	}
}

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
	elements(data, size);
	if (!q931_read(data, size, &again, NULL) || again.location_at != m.location_at)
		abort();
	return 0;
}
