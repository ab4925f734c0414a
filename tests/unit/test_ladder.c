/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ladder: order, bounds, and what the wire may not do to a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/ops/ladder.h"
#include "gateway/ops/text.h"

static const char *str(struct json_object *o, const char *key)
{
	return json_object_get_string(json_object_object_get(o, key));
}

static struct json_object *at(struct json_object *ladder, size_t i)
{
	return json_object_array_get_idx(json_object_object_get(ladder, "steps"), i);
}

static size_t n_steps(struct json_object *ladder)
{
	return json_object_array_length(json_object_object_get(ladder, "steps"));
}

static void test_one_call(void **state)
{
	struct ladder *l;
	struct json_object *o;

	(void)state;
	assert_int_equal(ladder_open(&l), 0);
	assert_null(ladder_json(l, 0));
	ladder_title(l, 7, LADDER_IN, "office");
	ladder_step(l, 7, 1700000000000000, LADDER_IN, "SIP", false, "INVITE", "to +442079460100");
	ladder_title(l, 7, LADDER_OUT, "telco 1/7");
	ladder_step(l, 7, 1700000000012340, LADDER_OUT, "Q.931", true, "SETUP", NULL);
	ladder_step(l, 7, 1700000000020000, LADDER_CALL, "call", true, "routed", "row 12");
	o = ladder_json(l, 0);
	assert_non_null(o);
	assert_int_equal(json_object_get_int(json_object_object_get(o, "call")), 7);
	assert_string_equal(str(o, "in"), "office");
	assert_string_equal(str(o, "out"), "telco 1/7");
	assert_string_equal(str(o, "start"), "2023-11-14T22:13:20.000Z");
	assert_int_equal(n_steps(o), 3);
	assert_string_equal(str(at(o, 1), "ms"), "12.3");
	assert_string_equal(str(at(o, 1), "side"), "out");
	assert_string_equal(str(at(o, 1), "what"), "SETUP");
	assert_string_equal(str(at(o, 1), "detail"), "");
	assert_true(json_object_get_boolean(json_object_object_get(at(o, 1), "out")));
	assert_string_equal(str(at(o, 2), "side"), "call");
	assert_null(json_object_object_get(o, "left_out"));
	json_object_put(o);
	assert_null(ladder_json(l, 8));
	ladder_close(l);
	ladder_close(NULL);
}

static void test_steps_bound(void **state)
{
	static const struct { const char *why; int n, left_out; } rows[] = {
		{ "one below the bound",        LADDER_STEPS - 1,     0 },
		{ "at the bound all are kept",  LADDER_STEPS,         0 },
		{ "one over: one is left out",  LADDER_STEPS + 1,     1 },
		{ "the ring goes round twice",  LADDER_STEPS * 2 + 7, LADDER_STEPS + 7 },
	};

	(void)state;
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		struct ladder *l;
		struct json_object *o;
		char what[16];
		int seen = 0, jumps = 0;

		print_message("%s\n", rows[r].why);
		assert_int_equal(ladder_open(&l), 0);
		for (int i = 0; i < rows[r].n; i++) {
			snprintf(what, sizeof(what), "%d", i);
			ladder_step(l, 1, 1000 + i, LADDER_CALL, "call", true, what, "");
		}
		o = ladder_json(l, 1);
		assert_int_equal(n_steps(o), rows[r].n - rows[r].left_out);
		assert_int_equal(json_object_get_int(json_object_object_get(o, "left_out")), rows[r].left_out);
		for (size_t i = 0; i < n_steps(o); i++, seen++) {
			if (rows[r].left_out && i == LADDER_STEPS / 2) {
				seen += rows[r].left_out;
				jumps++;
			}
			snprintf(what, sizeof(what), "%d", seen);
			assert_string_equal(str(at(o, i), "what"), what);
		}
		assert_int_equal(seen, rows[r].n);
		assert_int_equal(jumps, rows[r].left_out ? 1 : 0);
		json_object_put(o);
		ladder_close(l);
	}
}

static void test_calls_bound(void **state)
{
	struct ladder *l;
	struct json_object *o;

	(void)state;
	assert_int_equal(ladder_open(&l), 0);
	for (uint64_t i = 1; i <= LADDER_CALLS; i++)
		ladder_step(l, i, 1, LADDER_CALL, "call", true, "begin", "");
	ladder_step(l, 9000, 1, LADDER_CALL, "call", true, "begin", "");
	assert_null(ladder_json(l, 9000));	/* all are up: nobody is pushed out */
	ladder_end(l, 300);
	ladder_end(l, 2);
	ladder_end(l, 300);			/* a second end changes nothing */
	ladder_step(l, 9001, 1, LADDER_CALL, "call", true, "begin", "");
	ladder_step(l, 9001, 2, LADDER_CALL, "call", true, "more", "");
	assert_null(ladder_json(l, 300));	/* the first that ended goes first */
	o = ladder_json(l, 2);
	assert_true(json_object_get_boolean(json_object_object_get(o, "ended")));
	json_object_put(o);
	o = ladder_json(l, 0);
	assert_int_equal(json_object_get_int(json_object_object_get(o, "call")), 9001);
	assert_int_equal(n_steps(o), 2);
	json_object_put(o);
	/* Many calls pass through; the bound holds and those that are up stay. */
	for (uint64_t i = 10000; i < 15000; i++) {
		ladder_step(l, i, 1, LADDER_CALL, "call", true, "begin", "");
		ladder_end(l, i);
	}
	o = ladder_json(l, 1);
	assert_non_null(o);
	json_object_put(o);
	assert_null(ladder_json(l, 2));
	ladder_close(l);
}

static void test_text(void **state)
{
	static const struct { const char *why, *in; size_t len, size; const char *want; } rows[] = {
		{ "plain",                        "Busy Here", 9, 64, "Busy Here" },
		{ "an escape sequence is broken", "\033[31mred\a", 9, 64, ".[31mred." },
		{ "a line end is broken",         "a\r\nb", 4, 64, "a..b" },
		{ "a zero octet",                 "a\0b", 3, 64, "a.b" },
		{ "UTF-8 stays",                  "Zo\xc3\xab", 4, 64, "Zo\xc3\xab" },
		{ "C1 control in UTF-8",          "a\xc2\x9b" "1m", 5, 64, "a.1m" },
		{ "a lone continuation octet",    "a\x80" "b", 3, 64, "a?b" },
		{ "an overlong slash",            "\xc0\xaf", 2, 64, "??" },
		{ "a surrogate",                  "\xed\xa0\x80", 3, 64, "???" },
		{ "above the last character",     "\xf4\x90\x80\x80", 4, 64, "????" },
		{ "cut at the end of input",      "a\xe2\x82", 3, 64, "a??" },
		{ "no room for the whole of it",  "ab\xe2\x82\xac", 5, 5, "ab" },
		{ "just room",                    "ab\xe2\x82\xac", 5, 6, "ab\xe2\x82\xac" },
		{ "room for nothing",             "ab", 2, 1, "" },
	};
	char out[64];

	(void)state;
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		print_message("%s\n", rows[r].why);
		assert_int_equal(text_clean(out, rows[r].size, rows[r].in, rows[r].len), strlen(rows[r].want));
		assert_string_equal(out, rows[r].want);
	}
}

static void test_iso(void **state)
{
	static const struct { const char *why; int64_t ms; const char *want; } rows[] = {
		{ "did not happen",      0,             "" },
		{ "the first",           1,             "1970-01-01T00:00:00.001Z" },
		{ "a leap day",          1709210096007, "2024-02-29T12:34:56.007Z" },
		{ "beyond 32 bits",      4102444800999, "2100-01-01T00:00:00.999Z" },
	};
	char out[TEXT_ISO_SIZE];

	(void)state;
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		print_message("%s\n", rows[r].why);
		text_iso(out, rows[r].ms);
		assert_string_equal(out, rows[r].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_call), cmocka_unit_test(test_steps_bound),
		cmocka_unit_test(test_calls_bound), cmocka_unit_test(test_text),
		cmocka_unit_test(test_iso),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
