/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The DID file: which row wins, what is sent, which pairs of rows are refused, what is explained. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>

#include "dialplan/did.h"

static bool known(void *arg, const char *name)
{
	(void)arg;
	return strcmp(name, "telco") == 0 || strcmp(name, "office") == 0 || strcmp(name, "phones") == 0;
}

struct said {
	int n, line, column;
	char message[200];
};

static void on_error(void *arg, const struct did_error *e)
{
	struct said *s = arg;

	s->n++;
	s->line = e->line;
	s->column = e->column;
	snprintf(s->message, sizeof(s->message), "%s", e->message);
	assert_true(*e->suggestion);
}

static struct did_table *load(const char *text, struct said *said)
{
	const struct did_trunks trunks = { .known = known };
	struct did_table *t = NULL;
	int err;

	memset(said, 0, sizeof(*said));
	err = did_load(&t, "dids", text, strlen(text), &trunks, on_error, said);
	assert_int_equal(err, said->n ? -EINVAL : 0);
	return t;
}

/* The line of the row that wins; 0 for none. */
static void specific(void **state)
{
	static const char text[] = "[telco]\n"
				   "+442071838750 office\n"		/* 2 */
				   "+44207183875x office\n"		/* 3 */
				   "+442071838760..79 office\n"		/* 4 */
				   "+442071838755..83 office\n"		/* 5 */
				   "+4420718387[0-4]x office\n"		/* 6 */
				   "+44207183870[1-3] office\n"		/* 7 */
				   "+4420718387* office\n"		/* 8 */
				   "+44x* office\n"			/* 9 */
				   "+44* office\n"			/* 10 */
				   "+* office\n"			/* 11 */
				   "+44 busy\n"				/* 12 */
				   "*57 phones\n"			/* 13 */
				   "1\\* phones\n"			/* 14 */
				   "\\#31\\# phones\n"			/* 15 */
				   "[2-4][5-7] phones\n"		/* 16 */
				   "[3-5]5 phones\n"			/* 17 */
				   "9098..9107 phones\n"		/* 18 */
				   "910x phones\n";			/* 19 */
	static const struct { const char *why, *number; int line; } rows[] = {
		{ "exact", "+442071838750", 2 },
		{ "x", "+442071838751", 3 },
		{ "x and a range that begins later: fewer choices at the tens", "+442071838757", 3 },
		{ "the smaller of two ranges", "+442071838769", 4 },
		{ "first of a range", "+442071838760", 4 },
		{ "last of a range", "+442071838779", 4 },
		{ "beyond the smaller range", "+442071838780", 5 },
		{ "last of the larger range", "+442071838783", 5 },
		{ "beyond both", "+442071838784", 8 },
		{ "set and x", "+442071838740", 6 },
		{ "a digit before a set, then a set", "+442071838702", 7 },
		{ "outside the set", "+442071838704", 6 },
		{ "one digit short goes to the wildcard", "+44207183870", 8 },
		{ "one digit more too", "+4420718387021", 8 },
		{ "wildcard matches nothing more", "+4420718387", 8 },
		{ "x before the wildcard", "+441", 9 },
		{ "end before the wildcard", "+44", 12 },
		{ "plus and anything", "+15550100", 11 },
		{ "no E.164, no row", "112", 0 },
		{ "star in front is a key", "*57", 13 },
		{ "escaped star", "1*", 14 },
		{ "escaped star is no wildcard", "12", 0 },
		{ "escaped number sign", "#31#", 15 },
		{ "sets of one size: the digit behind decides", "35", 17 },
		{ "sets of one size: only one matches behind", "36", 16 },
		{ "sets of one size: only one matches in front", "25", 16 },
		{ "x behind digits, against a range that parts earlier", "9103", 19 },
		{ "the part of a range that only it has", "9098", 18 },
		{ "nothing", "", 0 },
	};
	struct said said;
	struct did_table *t = load(text, &said);

	(void)state;
	if (!t)
		fail_msg("line %d: %s", said.line, said.message);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct did_route r;
		int err = did_lookup(t, "telco", rows[i].number, &r);

		if (r.line != rows[i].line || err != (rows[i].line ? 0 : -ENOENT) || !r.n_dests != !rows[i].line)
			fail_msg("%s: %s goes to line %d", rows[i].why, rows[i].number, r.line);
	}
	assert_int_equal(did_rows(t, NULL), 18);
	assert_int_equal(did_rows(t, "office"), 0);
	did_free(t);
}

static void conflicts(void **state)
{
	static const struct { const char *why, *a, *b; bool conflict; } rows[] = {
		{ "the same number", "123", "123", true },
		{ "the same wildcard", "12*", "12*", true },
		{ "x and a set of all digits", "12x", "12[0-9]", true },
		{ "overlapping sets of one size", "1[2-4]", "1[4-6]", true },
		{ "sets of one size apart", "1[2-4]", "1[5-7]", false },
		{ "a set within a larger one", "1[2-4]", "1[2-5]", false },
		{ "sets overlap, digits behind do not", "1[2-4]5", "1[2-4]6", false },
		{ "sets overlap at one place, not at the other", "[12][34]", "[23][56]", false },
		{ "sets overlap at both", "[12][34]", "[23][45]", true },
		{ "set in front and set behind: the first decides", "[12]x", "x[12]", false },
		{ "one size in another order of digits", "[13]x", "[35]x", true },
		{ "lengths differ", "12x", "12xx", false },
		{ "wildcard and end", "12x*", "12x", false },
		{ "a range that is x", "120..129", "12x", true },
		{ "a range that is a set and x", "160..79", "1[67]x", true },
		{ "ranges of one size overlap", "105..124", "115..134", true },
		{ "ranges of one size side by side", "105..124", "125..144", false },
		{ "ranges of two sizes overlap", "105..124", "115..139", false },
		{ "a range of one number", "105..105", "105", true },
		{ "a range and a set of equal choices", "110..125", "1[12][0-7]", true },
		{ "the same, apart", "110..125", "1[12][89]", false },
		{ "plus is a symbol", "+105..124", "105..124", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (int order = 0; order < 2; order++) {
			char text[200];
			struct said said;
			struct did_table *t;

			snprintf(text, sizeof(text), "[telco]\n%s office\n\n%s busy\n", order ? rows[i].b : rows[i].a,
				 order ? rows[i].a : rows[i].b);
			t = load(text, &said);
			did_free(t);
			if (said.n != rows[i].conflict)
				fail_msg("%s: %d errors: %s", rows[i].why, said.n, said.message);
			if (said.n) {
				assert_int_equal(said.line, 4);
				assert_string_equal(said.message, "two rows match equally: this one and line 2");
			}
		}
}

static void templates(void **state)
{
	static const struct { const char *why, *dest, *number; enum did_dest_kind kind; const char *want; int cause; } rows[] = {
		{ "as it is", "office", "+442071838754", DID_TRUNK, "+442071838754", 0 },
		{ "{all}", "office/{all}", "+442071838754", DID_TRUNK, "+442071838754", 0 },
		{ "{last:4}", "office/{last:4}", "+442071838754", DID_TRUNK, "8754", 0 },
		{ "{last} of a short number", "office/{last:4}", "57", DID_TRUNK, "57", 0 },
		{ "{last} leaves the plus out", "office/{last:63}", "+44", DID_TRUNK, "44", 0 },
		{ "{from:3}", "office/{from:3}", "+442071838754", DID_TRUNK, "2071838754", 0 },
		{ "{from:1} leaves the plus out", "office/00{from:1}", "+44207", DID_TRUNK, "0044207", 0 },
		{ "{from} beyond the end", "office/9{from:9}", "+44207", DID_TRUNK, "9", 0 },
		{ "literal", "phones/1", "+44207", DID_TRUNK, "1", 0 },
		{ "name", "office/reception", "+44207", DID_TRUNK, "reception", 0 },
		{ "mixed", "office/+44{last:3}*1", "+44207", DID_TRUNK, "+44207*1", 0 },
		{ "test line", "test/milliwatt", "+44207", DID_TEST, "milliwatt", 0 },
		{ "test line with a file", "test/play:a.wav", "+44207", DID_TEST, "play:a.wav", 0 },
		{ "busy", "busy", "+44207", DID_BUSY, "", 17 },
		{ "congestion", "congestion", "+44207", DID_CONGESTION, "", 42 },
		{ "reject", "reject:21", "+44207", DID_REJECT, "", 21 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[200];
		struct said said;
		struct did_route r;
		struct did_table *t;

		snprintf(text, sizeof(text), "[telco]\n* %s name=\"a # b\" max=7 emergency ring=3 # comment\n", rows[i].dest);
		t = load(text, &said);
		if (!t)
			fail_msg("%s: %s", rows[i].why, said.message);
		assert_int_equal(did_lookup(t, "telco", rows[i].number, &r), 0);
		if (r.dests[0].kind != rows[i].kind || strcmp(r.dests[0].number, rows[i].want) ||
		    r.dests[0].cause != rows[i].cause)
			fail_msg("%s: kind %d, %s", rows[i].why, r.dests[0].kind, r.dests[0].number);
		assert_string_equal(r.name, "a # b");
		assert_int_equal(r.max, 7);
		assert_true(r.emergency);
		assert_string_equal(r.ring, "3");
		did_free(t);
	}
}

static void one_line(void *arg, int line, const char *row, bool won, const char *why)
{
	char *out = arg;

	(void)row;
	sprintf(out + strlen(out), "%d%s %s\n", line, won ? " won" : "", why);
}

static void rings(void **state)
{
	static const struct { const char *why, *options, *name, *ring; } rows[] = {
		{ "none", "", "", "" },
		{ "a cadence", "ring=1", "", "1" },
		{ "the last cadence, quoted", "ring=\"5\"", "", "5" },
		{ "a name of 20", "ring=\"Bellcore-dr2 outside\"", "", "Bellcore-dr2 outside" },
		{ "before a name", "ring=2 name=Desk", "Desk", "2" },
		{ "after a name", "name=Desk ring=2", "Desk", "2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[200], out[300] = "";
		struct said said;
		struct did_route r;
		struct did_table *t;

		snprintf(text, sizeof(text), "[telco]\n1 office, busy %s\n", rows[i].options);
		t = load(text, &said);
		if (!t)
			fail_msg("%s: %s", rows[i].why, said.message);
		assert_int_equal(did_explain(t, "telco", "1", one_line, out, &r), 0);	/* reads the row's text, too */
		assert_int_equal(did_lookup(t, "telco", "1", &r), 0);
		if (strcmp(r.name, rows[i].name) || strcmp(r.ring, rows[i].ring) || r.n_dests != 2)
			fail_msg("%s: name %s, ring %s, %d destinations", rows[i].why, r.name, r.ring, r.n_dests);
		assert_int_equal(did_lookup(t, "telco", "2", &r), -ENOENT);
		assert_string_equal(r.ring, "");
		did_free(t);
	}
}

static void explain(void **state)
{
	struct said said;
	struct did_route r;
	char out[2000] = "";
	struct did_table *t = load("[telco]\n+44207[2-4]xx office\n+44207* busy\n+442071..5 office\n+331 office\n", &said);

	(void)state;
	assert_non_null(t);
	assert_int_equal(did_explain(t, "telco", "+44207599", one_line, out, &r), 0);
	assert_string_equal(out, "3 won the most specific row that matches\n"
				 "4 has 6 digits, the number 8\n"
				 "2 does not match at digit 6: 5 is not in [2-4]\n");
	did_free(t);
}

static void expectations(void **state)
{
	static const struct { const char *why, *row; int errors; } rows[] = {
		{ "holds", "expect telco +442071838754 -> office/8754, busy", 0 },
		{ "templates are filled in", "expect telco +442071838754 -> office/{last:4}, busy", 0 },
		{ "another number", "expect telco +442071838754 -> office/8755, busy", 1 },
		{ "a destination less", "expect telco +442071838754 -> office/8754", 1 },
		{ "another order", "expect telco +442071838754 -> office/8754, congestion", 1 },
		{ "refused where a row is", "expect telco +442071838754 -> refused", 1 },
		{ "refused holds", "expect telco +442071838764 -> refused", 0 },
		{ "refused fails", "expect telco +442071838764 -> office", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[200];
		struct said said;
		struct did_table *t;

		snprintf(text, sizeof(text), "[telco]\r\n+44207183875x office/{last:4}, busy\r\n%s", rows[i].row);
		t = load(text, &said);
		if (said.n != rows[i].errors || (t && did_expects(t) != 1))
			fail_msg("%s: %d errors", rows[i].why, said.n);
		did_free(t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(specific), cmocka_unit_test(conflicts),    cmocka_unit_test(templates),
		cmocka_unit_test(explain),  cmocka_unit_test(expectations), cmocka_unit_test(rings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
