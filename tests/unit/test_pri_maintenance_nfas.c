/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/unit/test_pri_maintenance_nfas.c: SERVICE where one D channel serves several spans: of B channels, whose interface is
 * named, and of the D channels themselves, primary and backup.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/pri_maintenance.h"
#include "tests/support/pri_nfas.h"
#include "tests/support/pri_tap.h"

/* --- B channels: the interface is named ------------------------------------------------------ */

static unsigned named[2][32];	/* SERVICE of the user's end, by interface and channel */

static bool tap_nfas(struct bench *b, int span, uint8_t *frame, size_t *len)
{
	struct q931_msg m;
	const uint8_t *e = frame + 9;

	(void)b;
	if (!q931_read(frame, *len, &m, NULL) || m.service != Q931_SERVICE)
		return true;
	assert_int_equal(*len, 18);
	assert_memory_equal(e + 3, "\x18\x04\xe9", 3);
	assert_in_range(e[6], 0x80, 0x81);
	assert_int_equal(e[7], 0x83);
	if (span <= 2) {
		named[e[6] & 1][e[8] & 0x7f]++;
	} else if (alter.chan == (e[8] & 0x7f)) {
		*len = service_alter(frame, m.elements_at);
	}
	return true;
}

/* Lines of one span that the far end has out. */
static int far_out(struct bench *b, int end, int span)
{
	struct pri_line_info lines[64];
	int n = pri_trunk_lines(b->end[end].trunk, lines, 64), count = 0;

	for (int i = 0; i < n; i++)
		count += lines[i].span == span && lines[i].state == PRI_LINE_FAR_OUT;
	return count;
}

/* One D channel for two spans, 47 channels: and the same with a backup, 46. */
static void interfaces_named(int dchans)
{
	struct bench *b;
	struct bench_leg *l;

	maintenance_forget();
	memset(named, 0, sizeof(named));
	b = bench_open(&(struct bench_conf){ .type = HW_SPAN_T1, .dialect = PRI_4ESS, .spans = 2, .nfas = dchans, .tap = tap_nfas });
	bench_run(b, 10000);
	for (int pos = 1; pos <= 24; pos++) {
		assert_int_equal(named[0][pos] != 0, pos < 24);
		assert_int_equal(named[1][pos] != 0, pos < 24 || dchans == 1);
	}
	pri_trunk_take_out(b->end[USER].trunk, 1, 0, true);
	pri_trunk_take_out(b->end[USER].trunk, 2, 23, true);
	bench_run(b, 1000);
	assert_int_equal(far_out(b, NET, 3), 23);
	assert_int_equal(far_out(b, NET, 4), 1);
	l = bench_call_up(b, NET, "1");
	assert_int_equal(bench_pos(l), 1);
	bench_end_all(b);
	pri_trunk_take_out(b->end[USER].trunk, 0, 0, false);
	bench_run(b, 5000);
	assert_int_equal(far_out(b, NET, 3) + far_out(b, NET, 4), 0);
	service_becomes(5, "\x01\x01\xc2\x18\x02\xe9\x81", 7);
	pri_trunk_take_out(b->end[NET].trunk, 4, 5, false);
	bench_run(b, 500);
	assert_int_equal(far_out(b, USER, 1), 0);
	assert_int_equal(far_out(b, USER, 2), dchans == 1 ? 24 : 23);
	alter.elements[6] = 0x87;
	pri_trunk_take_out(b->end[NET].trunk, 4, 5, false);
	bench_run(b, 500);
	assert_int_equal(far_out(b, USER, 1), 0);
	assert_non_null(strstr(b->end[USER].log, "interface that is none of ours"));
	alter.chan = 0;
	pri_trunk_take_out(b->end[NET].trunk, 0, 0, false);
	bench_run(b, SERVICE_TWICE_MS);
	assert_null(strstr(b->end[USER].log, "no acknowledgement"));
	bench_over(b);
}

static void test_nfas(void **state)
{
	(void)state;
	interfaces_named(1);
	interfaces_named(2);
}

/* --- D channels ------------------------------------------------------------------------------ */

/* Octets of the message on the span that sent it, and channel 23 made 24 when asked. */
static struct { int span; uint8_t ie[8]; size_t n; bool as_dchan; } service;

static bool look_service(struct bench *b, int no, uint8_t *f, size_t *len)
{
	const uint8_t *e;

	(void)b;
	if (*len < 16 || (f[2] & 1) || f[4] != 3 || f[8] != 0x0f)
		return true;
	e = pri_tap_element(f, *len, 0x18);
	assert_true(e && e[1] > 3);
	if (service.as_dchan && (f[*len - 1] & 0x7f) == 23)
		f[*len - 1]++;
	if ((f[*len - 1] & 0x7f) != 24 || (e[3] & 0x7f) == 2) /* of the third span it is a B channel */
		return true;
	service.span = no;
	service.n = (size_t)(f + *len - e) - 2;
	memcpy(service.ie, e + 2, service.n < sizeof(service.ie) ? service.n : sizeof(service.ie));
	return true;
}

/* The end that changes over tells the other by SERVICE: D channel, explicit interface. */
static void test_service_of_dchan(void **state)
{
	static const uint8_t backup[] = {0xed, 0x81, 0x83, 0x98};
	struct bench *b = nfas_open(2, PRI_4ESS, PRI_ASCENDING);

	(void)state;
	memset(&service, 0, sizeof(service));
	b->tap = look_service;
	nfas_layer2_lost(b, PRIMARY);
	bench_run(b, 500);
	assert_true(service.span % SPANS == BACKUP);
	assert_int_equal(service.n, sizeof(backup));
	assert_memory_equal(service.ie, backup, sizeof(backup));
	assert_non_null(strstr(b->end[service.span > SPANS ? USER : NET].log, "the far end has its D channel in service"));
	nfas_assert_active(b, BACKUP);
	nfas_layer2_passes(b, PRIMARY);
	bench_run(b, 20000);
	bench_over(b);
}

/* The exchange takes the primary D channel out of service, and nothing has failed. */
static void test_far_end_orders(void **state)
{
	struct bench *b = nfas_open(2, PRI_5ESS, PRI_ASCENDING);

	(void)state;
	memset(&service, 0, sizeof(service));
	b->tap = look_service;
	service.as_dchan = true;
	bench_call_up(b, USER, "2125553001");
	assert_int_equal(pri_trunk_take_out(b->end[NET].trunk, SPANS + PRIMARY, 23, true), 1);
	bench_run(b, 500);
	assert_true(nfas_span(b, USER, BACKUP).active);
	assert_true(nfas_span(b, NET, BACKUP).active);	/* it hears us there */
	assert_int_equal(nfas_span(b, USER, PRIMARY).switchovers, 1);
	assert_int_equal(bench_count(b, USER, PRI_LINE_UP), 1);
	bench_end_all(b);
	service.as_dchan = false;
	pri_trunk_take_out(b->end[NET].trunk, SPANS + PRIMARY, 23, false);
	bench_run(b, 5000);
	bench_over(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nfas),
		cmocka_unit_test(test_service_of_dchan),
		cmocka_unit_test(test_far_end_orders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
