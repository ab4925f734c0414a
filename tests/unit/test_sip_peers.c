/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may call: the source against the configured peers, a row a case. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/sip/internal.h"
#define FAKE_MEDIA
#include "tests/support/fake_media.c"

static const char *const conf_text =
	"site: {country: 44}\ncard: sim\nsim: {spans: {1: e1, 2: e1}, wires: [1-2]}\n"
	"sip: {listen: [\"127.0.0.1:21720\", \"[::1]:21720\"]}\n"
	"trunks:\n"
	"  one: {sip: {peer: \"127.0.0.1:5070\", health: 0s}}\n"
	"  two: {sip: {peer: \"127.0.0.1:5080\", health: 0s}}\n"
	"  nets: {sip: {from: [192.0.2.0/24, \"2001:db8::/32\"], health: 0s}}\n"
	"  inner: {sip: {from: [192.0.2.128/25], health: 0s}}\n"
	"  host: {sip: {from: [192.0.2.200], health: 0s}}\n"
	"  secure: {sip: {peer: \"127.0.0.9:5060\", transport: tcp, health: 0s}}\n"
	"  named: {sip: {peer: \"localhost:5099\", health: 0s}}\n"
	"  lost: {sip: {peer: \"no-such-host.invalid\", health: 0s}}\n"
	"  six: {sip: {peer: \"[::1]:5060\", health: 0s}}\n";

static const struct {
	const char *why, *ip;
	uint16_t port;
	enum conf_transport transport;
	const char *trunk;	/* NULL: a stranger */
} rows[] = {
	{ "address and port", "127.0.0.1", 5070, CONF_UDP, "one" },
	{ "the other port, the other peer", "127.0.0.1", 5080, CONF_UDP, "two" },
	{ "an address that two have, another port: the first", "127.0.0.1", 40000, CONF_UDP, "one" },
	{ "a peer on UDP may come by TCP", "127.0.0.1", 40000, CONF_TCP, "one" },
	{ "a peer on TCP is not believed on UDP", "127.0.0.9", 5060, CONF_UDP, NULL },
	{ "on TCP it is, from any port", "127.0.0.9", 40000, CONF_TCP, "secure" },
	{ "a net", "192.0.2.1", 1, CONF_UDP, "nets" },
	{ "the last address below the inner net", "192.0.2.127", 1, CONF_UDP, "nets" },
	{ "longest prefix wins", "192.0.2.128", 1, CONF_UDP, "inner" },
	{ "a host in nets", "192.0.2.200", 1, CONF_UDP, "host" },
	{ "next to that host", "192.0.2.201", 1, CONF_UDP, "inner" },
	{ "one below the net", "192.0.1.255", 1, CONF_UDP, NULL },
	{ "one above the net", "192.0.3.0", 1, CONF_UDP, NULL },
	{ "a net in IPv6", "2001:db8:ffff::1", 1, CONF_UDP, "nets" },
	{ "outside that net", "2001:db9::1", 1, CONF_UDP, NULL },
	{ "IPv6 address", "::1", 5060, CONF_UDP, "six" },
	{ "a peer by its name (/etc/hosts)", "127.0.0.1", 5099, CONF_UDP, "named" },
	{ "nobody", "198.51.100.1", 5060, CONF_UDP, NULL },
};

static void conf_failed(void *arg, const struct conf_error *e)
{
	(void)arg;
	fail_msg("%d:%d: %s", e->line, e->column, e->message);
}

static void test_sources(void **state)
{
	struct sip_handlers h = { 0 };
	struct media media = { 0 };
	struct conf *c = NULL;
	struct sip_ua *ua = NULL;
	struct sip_peer *p;
	struct leg *leg;
	struct sip_hop hop;
	su_root_t *root;
	size_t i;

	(void)state;
	su_init();
	root = su_root_create(NULL);
	su_root_threading(root, 0);
	assert_int_equal(conf_parse(&c, "test", conf_text, strlen(conf_text), conf_failed, NULL), 0);
	assert_int_equal(sip_ua_open(&ua, root, &media, c, &h), 0);
	conf_free(c);
	assert_true(sip_peer_find(ua, "one")->up);
	assert_true(sip_peer_find(ua, "named")->up);
	assert_false(sip_peer_find(ua, "lost")->up);
	assert_int_equal(sip_ua_call(ua, "lost", &(struct leg_offer){ 0 }, NULL, NULL, &leg), -EHOSTDOWN);
	assert_int_equal(sip_ua_call(ua, "nets", &(struct leg_offer){ 0 }, NULL, NULL, &leg), -EHOSTDOWN);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		hop.transport = rows[i].transport;
		assert_int_equal(sip_addr_parse(rows[i].ip, rows[i].port, &hop.addr), 0);
		p = sip_peer_match(ua, &hop);
		if (strcmp(p ? p->trunk : "", rows[i].trunk ? rows[i].trunk : "") != 0)
			fail_msg("%s: %s", rows[i].why, p ? p->trunk : "stranger");
	}
	sip_ua_close(ua);
	su_root_destroy(root);
	su_deinit();
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_sources) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
