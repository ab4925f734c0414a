/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both files of a folder together: the demo, errors of both at once, and how an error is printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>

#include "gateway/site.h"

static void on_error(void *arg, const struct site_error *e)
{
	char *out = arg;
	const char *name = strrchr(e->file, '/');

	sprintf(out + strlen(out), "%s:%d:%d\n", name ? name + 1 : e->file, e->line, e->column);
}

static void demo(void **state)
{
	char out[2000] = "";
	struct site *s = NULL;
	struct number_rules r;
	struct did_route route;

	(void)state;
	assert_int_equal(site_load(&s, "conf/demo/", on_error, out), 0);
	assert_string_equal(out, "");
	assert_int_equal(s->conf->n_trunks, 5);
	site_number_rules(conf_trunk(s->conf, "office"), &r);
	assert_string_equal(r.country, "44");
	assert_int_equal(r.called_style, NUMBER_STYLE_PLUS);
	assert_int_equal(did_lookup(s->dids, "exchange", "+442079460212", &route), 0);
	assert_string_equal(route.dests[0].trunk, "office");
	assert_string_equal(route.dests[0].number, "+442079460212");
	site_free(s);
}

static void samples(void **state)
{
	static const char *const dirs[] = { "conf/sample/e1", "conf/sample/t1", "conf/sample/nfas", "conf/sample/analog" };

	(void)state;
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		char out[2000] = "";
		struct site *s = NULL;

		if (site_load(&s, dirs[i], on_error, out))
			fail_msg("%s: %s", dirs[i], out);
		site_free(s);
	}
}

static void both(void **state)
{
	char out[2000] = "";
	struct site *s = NULL;

	(void)state;
	assert_int_equal(site_load(&s, "tests/conf-bad/104-dids-both-files", on_error, out), -EINVAL);
	assert_string_equal(out, "trunks.yaml:7:30\ndids:2:4\n");
	assert_null(s);
	out[0] = '\0';
	assert_int_equal(site_load(&s, "tests/conf-bad/there-is-no-such-folder", on_error, out), -EINVAL);
	assert_string_equal(out, "trunks.yaml:1:1\ndids:1:1\n");
}

static void printed(void **state)
{
	static const struct { const char *why; struct site_error e; const char *want; } rows[] = {
		{ "caret", { "t", 7, 5, 4, "unknown key", "did you mean \"isdn\"?", "    isnd: x" },
		  "t:7:5: error: unknown key\n        isnd: x\n        ^~~~\n  did you mean \"isdn\"?\n" },
		{ "a tab stays a tab", { "d", 1, 4, 1, "m", "", "12\tx" }, "d:1:4: error: m\n    12\tx\n      \t^\n" },
		{ "characters, not octets", { "d", 1, 3, 2, "m", "", "\xc3\xa9 ab" }, "d:1:3: error: m\n    \xc3\xa9 ab\n      ^~\n" },
		{ "no line, no caret", { "d", 1, 1, 1, "m", "s", "" }, "d:1:1: error: m\n  s\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *text = NULL;
		size_t len = 0;
		FILE *f = open_memstream(&text, &len);

		assert_non_null(f);
		site_print_error(f, &rows[i].e);
		fclose(f);
		if (strcmp(text, rows[i].want))
			fail_msg("%s:\n%s", rows[i].why, text);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(demo), cmocka_unit_test(samples), cmocka_unit_test(both),
					   cmocka_unit_test(printed) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
