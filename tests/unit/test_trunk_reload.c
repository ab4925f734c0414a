/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/unit/test_trunk_reload.c: a reload that fails half way, names that are taken, and one that waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/commands.h"
#include "gateway/log.h"
#include "gateway/site.h"
#include "gateway/trunk.h"
#include "hw/sim.h"

#define TOP "site: {country: 44, area: 20}\ncard: dahdi\nsip: {listen: [\"127.0.0.1:5060\"]}\ntrunks:\n"
#define OFFICE "  office: {sip: {peer: \"192.0.2.10:5060\"}}\n"

struct world {
	struct gateway gw;
	struct site sites[2];	/* in force at the start, and what is to be */
};

static void on_error(void *arg, const struct conf_error *e)
{
	(void)arg;
	print_message("%d:%d: %s\n", e->line, e->column, e->message);
}

static void parse(struct site *s, const char *text)
{
	assert_int_equal(conf_parse(&s->conf, "trunks.yaml", text, strlen(text), on_error, NULL), 0);
}

/* E1 spans 1 to 3 with no wire, and the trunks of OLD; FRESH is sites[1]. */
static void begin(struct world *w, const char *old, const char *fresh)
{
	static const struct sim_span spans[] = { { .no = 1, .type = HW_SPAN_E1 }, { .no = 2, .type = HW_SPAN_E1 },
						 { .no = 3, .type = HW_SPAN_E1 } };

	memset(w, 0, sizeof(*w));
	log_set_level(-1);	/* a span in alarm is nothing to tell here */
	assert_int_equal(hw_sim_open(&w->gw.hw, &(struct sim_conf){ .spans = spans, .n_spans = 3 }), 0);
	parse(&w->sites[0], old);
	parse(&w->sites[1], fresh);
	w->gw.site = &w->sites[0];
	for (int i = 0; i < w->gw.site->conf->n_trunks; i++)
		assert_int_equal(trunk_add(&w->gw, &w->gw.site->conf->trunks[i]), 0);
}

static void end(struct world *w)
{
	struct trunk *t;

	while ((t = w->gw.trunks)) {
		w->gw.trunks = t->next;
		if (t->is->close)
			t->is->close(t);
		free(t);
	}
	hw_close(w->gw.hw);
	conf_free(w->sites[0].conf);
	conf_free(w->sites[1].conf);
}

static bool taken_out(struct gateway *gw, const char *trunk, int pos)
{
	struct pri_line_info l[40];
	struct trunk *t = trunk_find(gw, trunk);
	int n = t ? pri_trunk_lines(t->pri, l, 40) : 0;

	for (int i = 0; i < n; i++)
		if (l[i].pos == pos)
			return l[i].taken_out;
	fail_msg("%s has no line %d", trunk, pos);
	return false;
}

static const char *names(const struct gateway *gw)
{
	static char text[200];

	text[0] = 0;
	for (const struct trunk *t = gw->trunks; t; t = t->next)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s ", t->name);
	return text;
}

/* The card cannot carry the second trunk's dialect, which is known when the first one has been made anew already: all is as it was,
 * and a line on which somebody works is not put back into service. */
static void test_fails_half_way(void **state)
{
	static struct world w;
	char why[200];

	(void)state;
	begin(&w, TOP "  first: {isdn: {spans: 1}}\n  second: {isdn: {spans: 2}}\n" OFFICE,
	      TOP "  first: {isdn: {spans: 1, side: network}}\n  second: {isdn: {spans: 2, dialect: ni2}}\n  third: {isdn: {spans: 3}}\n");
	pri_trunk_take_out(trunk_find(&w.gw, "first")->pri, 1, 7, true);
	pri_trunk_take_out(trunk_find(&w.gw, "second")->pri, 2, 8, true);
	assert_int_equal(trunks_may_reload(&w.gw, w.sites[1].conf, why, sizeof(why)), 0);
	w.gw.site = &w.sites[1];
	assert_int_equal(trunks_reload(&w.gw, &w.sites[0]), -EINVAL);
	assert_ptr_equal(w.gw.site, &w.sites[0]);
	assert_string_equal(names(&w.gw), "first second office ");
	assert_true(taken_out(&w.gw, "first", 7));
	assert_true(taken_out(&w.gw, "second", 8));
	assert_false(taken_out(&w.gw, "first", 8));
	end(&w);
}

/* A SIP trunk that was removed has calls yet: until they are over its name is no ISDN trunk's. */
static void test_name_is_taken(void **state)
{
	static struct world w;
	struct conf *both;
	char why[200];

	(void)state;
	begin(&w, TOP "  first: {isdn: {spans: 1}}\n" OFFICE, TOP "  first: {isdn: {spans: 1}}\n");
	both = w.sites[0].conf;
	trunk_find(&w.gw, "office")->calls = 1;
	assert_int_equal(trunks_may_reload(&w.gw, w.sites[1].conf, why, sizeof(why)), 0);
	w.gw.site = &w.sites[1];
	assert_int_equal(trunks_reload(&w.gw, &w.sites[0]), 0);
	assert_string_equal(names(&w.gw), "first office ");
	w.sites[0].conf = NULL;
	parse(&w.sites[0], TOP "  first: {isdn: {spans: 1}}\n  office: {isdn: {spans: 2}}\n");
	assert_int_equal(trunks_may_reload(&w.gw, w.sites[0].conf, why, sizeof(why)), -EBUSY);
	assert_string_equal(why, "office was removed, and still has 1 call: another office when it has ended");
	assert_int_equal(trunks_may_reload(&w.gw, both, why, sizeof(why)), 0);
	trunk_find(&w.gw, "office")->calls = 0;
	assert_int_equal(trunks_may_reload(&w.gw, w.sites[0].conf, why, sizeof(why)), 0);
	w.gw.site = &w.sites[0];
	assert_int_equal(trunks_reload(&w.gw, &w.sites[1]), 0);
	assert_non_null(trunk_find(&w.gw, "office")->pri);
	conf_free(both);
	end(&w);
}

static bool never_quiet(struct trunk *t)
{
	(void)t;
	return false;
}

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[100];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* A tone still plays on a line of the trunk: the reload is tried again, until it is too late. One does not begin then. */
static void test_stops_while_it_waits(void **state)
{
	static const char fresh[] = TOP "  first: {isdn: {spans: 1, side: network}}\n" OFFICE;
	static struct world w;
	char dir[] = "/tmp/tipring-test-XXXXXX", path[100];
	struct trunk_kind kind = trunk_isdn;

	(void)state;
	assert_non_null(mkdtemp(dir));
	write_file(dir, "trunks.yaml", fresh);
	write_file(dir, "dids", "[office]\n999 first\n");
	begin(&w, TOP "  first: {isdn: {spans: 1}}\n" OFFICE, fresh);
	assert_int_equal(loop_open(&w.gw.loop), 0);
	w.gw.args.dir = dir;
	kind.quiet = never_quiet;
	w.gw.trunks->is = &kind;
	commands_reload(&w.gw);
	commands_reload(&w.gw);
	assert_non_null(w.gw.reloads);
	commands_reload_stop(&w.gw);
	assert_null(w.gw.reloads);
	w.gw.stopping = true;
	commands_reload(&w.gw);
	assert_null(w.gw.reloads);
	assert_ptr_equal(w.gw.site, &w.sites[0]);
	w.gw.trunks->is = &trunk_isdn;
	loop_close(w.gw.loop);
	end(&w);
	snprintf(path, sizeof(path), "%s/trunks.yaml", dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/dids", dir);
	unlink(path);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fails_half_way),
		cmocka_unit_test(test_name_is_taken),
		cmocka_unit_test(test_stops_while_it_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
