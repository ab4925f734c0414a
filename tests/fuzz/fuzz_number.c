/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzer of numbers at the edge: the first octets choose the trunk's rules and the type of number, the rest are the
 * digits. A number inside that goes out in any style fits its place; one of ordinary length that goes out typed,
 * international or with its plus comes back the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dialplan/number.h"
#include "tests/fuzz/fuzz.h"

static const struct number_rules rules[] = {
	{ .country = "44", .area = "20", .international = "00", .national = "0" },
	{ .country = "1", .area = "212", .international = "011", .national = "1" },
	{ .country = "39", .area = "06", .international = "00" },
	{ .country = "7", .international = "810", .national = "8" },
	{ .country = "" },
};

static const struct number_rules limited = { .n_allowed = 2, .allowed = { "+4420*", "+1???555????" } };

static void check_out(const struct number_rules *r, const char *number)
{
	size_t len = strlen(number);

	for (int style = NUMBER_STYLE_TYPED; style <= NUMBER_STYLE_LOCAL; style++) {
		char digits[NUMBER_MAX], back[NUMBER_MAX];
		unsigned ton = 99;

		number_out(r, (enum number_style)style, number, digits, &ton);
		if (strnlen(digits, sizeof(digits)) == sizeof(digits) || ton > 7)
			abort();
		if (number[0] != '+' || len > 40 || style == NUMBER_STYLE_DIALLED)
			continue;
		if (number_in(r, digits, ton, back) || strcmp(back, number))
			abort();
	}
	number_allowed(&limited, number);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char digits[200], number[NUMBER_MAX];
	const struct number_rules *r;

	if (size < 2 || size - 2 >= sizeof(digits))
		return 0;
	r = &rules[data[0] % (sizeof(rules) / sizeof(rules[0]))];
	memcpy(digits, data + 2, size - 2);
	digits[size - 2] = '\0';
	if (number_in(r, digits, data[1] & 7, number) == 0) {
		if (strnlen(number, sizeof(number)) == sizeof(number))
			abort();
		check_out(r, number);
	}
	return 0;
}
