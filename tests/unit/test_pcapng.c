/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_pcapng.c: which interface a D channel's frames are of, when its dialect becomes another one meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gateway/ops/pcapng.h"

static const char *dialect;

static const char *about(void *arg, int span)
{
	(void)arg;
	(void)span;
	return dialect;
}

static uint32_t word(const struct pcapng *p, size_t at)
{
	uint32_t w;

	assert_true(at + sizeof(w) <= p->n);
	memcpy(&w, p->data + at, sizeof(w));
	return w;
}

/* "i" for each interface that is described, a number for each packet: that of its interface. */
static const char *blocks(const struct pcapng *p)
{
	static char text[200];

	text[0] = 0;
	for (size_t at = 0; at < p->n; at += word(p, at + 4)) {
		size_t n = strlen(text);

		if (word(p, at) == 1)
			snprintf(text + n, sizeof(text) - n, "i");
		else if (word(p, at) == 6)
			snprintf(text + n, sizeof(text) - n, "%u", word(p, at + 8));
	}
	return text;
}

static void test_dialect_changes(void **state)
{
	static const struct { int span; const char *dialect; } frames[] = {
		{ 1, "euroisdn" }, { 2, "euroisdn" }, { 1, "euroisdn" }, { 1, "qsig" }, { 1, "qsig" }, { 2, "euroisdn" }, { 1, "euroisdn" },
	};
	static struct pcapng p;
	const uint8_t frame[] = { 0x02, 0x01, 0x7f };

	(void)state;
	pcapng_begin(&p, "test");
	p.about = about;
	for (size_t i = 0; i < sizeof(frames) / sizeof(*frames); i++) {
		dialect = frames[i].dialect;
		pcapng_lapd(&p, frames[i].span, 0, false, frame, sizeof(frame));
	}
	assert_string_equal(blocks(&p), "i0i10i2210");
	pcapng_end(&p);
}

/* There is no room for another: it stays with what was said last, and is no other channel's. */
static void test_full(void **state)
{
	static struct pcapng p;
	static const char names[PCAPNG_INTERFACES + 1];
	const uint8_t frame[] = { 0x02, 0x01, 0x7f };
	size_t n = 0;

	(void)state;
	pcapng_begin(&p, "test");
	p.about = about;
	dialect = "euroisdn";
	pcapng_lapd(&p, 2, 0, false, frame, sizeof(frame));
	for (int i = 0; i <= PCAPNG_INTERFACES; i++) {
		dialect = &names[i];
		n = p.n;
		pcapng_lapd(&p, 1, 0, false, frame, sizeof(frame));
	}
	assert_int_equal(p.n_interfaces, PCAPNG_INTERFACES);
	assert_int_equal(word(&p, n), 6);
	assert_int_equal(word(&p, n + 8), PCAPNG_INTERFACES - 1);
	pcapng_end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dialect_changes),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
