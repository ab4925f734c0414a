/* SPDX-License-Identifier: GPL-2.0-or-later */
/* G.711: the tables against spandsp's, which were made independently, and against the recommendation's own figures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <spandsp.h>

#include "channels/sound/g711.h"

static void decoders(void **state)
{
	(void)state;
	for (int i = 0; i < 256; i++) {
		assert_int_equal(law_linear[HW_ALAW][i], alaw_to_linear((uint8_t)i));
		assert_int_equal(law_linear[HW_MULAW][i], ulaw_to_linear((uint8_t)i));
	}
}

static void conversions(void **state)
{
	const uint8_t *a2u = law_table(HW_ALAW, HW_MULAW), *u2a = law_table(HW_MULAW, HW_ALAW);

	(void)state;
	for (int i = 0; i < 256; i++) {
		assert_int_equal(u2a[i], ulaw_to_alaw((uint8_t)i));
		assert_int_equal(a2u[i], alaw_to_ulaw((uint8_t)i));
	}
	assert_null(law_table(HW_ALAW, HW_ALAW));
	assert_null(law_table(HW_MULAW, HW_MULAW));
}

/* Every octet survives decoding and encoding, but for mu-law's negative zero, which is the same sound. */
static void there_and_back(void **state)
{
	(void)state;
	for (int i = 0; i < 256; i++) {
		assert_int_equal(law_encode(HW_ALAW, law_linear[HW_ALAW][i]), i);
		assert_int_equal(law_encode(HW_MULAW, law_linear[HW_MULAW][i]), i == 0x7f ? 0xff : i);
	}
}

/* The decision values, over the whole 16-bit range; below zero the same by 1's complement (ITU-T G.191). */
static void encoders(void **state)
{
	(void)state;
	for (int v = 0; v <= 32767; v++) {
		uint8_t a = law_encode(HW_ALAW, (int16_t)v), u = law_encode(HW_MULAW, (int16_t)v);

		assert_int_equal(a, linear_to_alaw(v));
		assert_int_equal(u, linear_to_ulaw(v));
		assert_int_equal(law_encode(HW_ALAW, (int16_t)~v), a ^ 0x80);
		assert_int_equal(law_encode(HW_MULAW, (int16_t)~v), u ^ 0x80);
	}
}

/* Tables 5 and 6: these eight octets, repeated, are 1 kHz at 0 dBm0. */
static void digital_milliwatt(void **state)
{
	static const struct { enum hw_law law; uint8_t octet[8]; } rows[] = {
		{ HW_ALAW, { 0x34, 0x21, 0x21, 0x34, 0xb4, 0xa1, 0xa1, 0xb4 } },
		{ HW_MULAW, { 0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e } },
	};

	(void)state;
	for (int r = 0; r < 2; r++) {
		double power = 0;

		for (int i = 0; i < 8; i++)
			power += (double)law_linear[rows[r].law][rows[r].octet[i]] *
				 law_linear[rows[r].law][rows[r].octet[i]] / 8;
		assert_true(law_dbm0(rows[r].law, power) > -0.05 && law_dbm0(rows[r].law, power) < 0.05);
	}
	assert_true(law_dbm0(HW_ALAW, 0) == -99);
}

static int prepare(void **state)
{
	(void)state;
	law_init();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decoders),	   cmocka_unit_test(conversions),
		cmocka_unit_test(there_and_back),  cmocka_unit_test(encoders),
		cmocka_unit_test(digital_milliwatt),
	};

	return cmocka_run_group_tests(tests, prepare, NULL);
}
