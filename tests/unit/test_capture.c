/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What passes, kept and written: the ring of packets, what is masked, sofia-sip's record of messages, files off the loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/ops/capture.h"
#include "gateway/files.h"
#include "gateway/ops/mask.h"
#include "gateway/sip/dump.h"

/* --- The ring ------------------------------------------------------------------------------------ */

struct seen {
	unsigned n;
	int64_t first, last;
};

/* Each packet's octets are its number, repeated; numbers follow each other. */
static bool look(void *arg, const struct capture_packet *p, const uint8_t *octets)
{
	struct seen *s = arg;

	if (!s->n)
		s->first = p->wall_us;
	else
		assert_int_equal(p->wall_us, s->last + 1);
	s->last = p->wall_us;
	s->n++;
	for (unsigned i = 0; i < p->len; i++)
		assert_int_equal(octets[i], (uint8_t)p->wall_us);
	return true;
}

static void put(struct capture *c, int64_t no, unsigned len)
{
	struct capture_packet p = { .wall_us = no, .kind = CAPTURE_LAPD, .span = 1, .len = (uint16_t)len, .whole = (uint16_t)len };
	uint8_t octets[65536];

	memset(octets, (int)(uint8_t)no, len);
	capture_put(c, &p, octets);
}

/* Lengths of every kind, many times round: always the newest, without a hole, and as many as fit. */
static void test_ring(void **state)
{
	struct capture_status st;
	struct capture *c;
	uint32_t random = 1;
	int64_t no = 1000;

	(void)state;
	assert_int_equal(capture_open(&c, 65535), -EINVAL);
	assert_int_equal(capture_open(&c, 65536), 0);
	capture_status(c, &st);
	assert_int_equal(st.packets, 0);
	for (int i = 0; i < 20000; i++) {
		struct seen s = { 0 };
		unsigned len;

		random = random * 1664525 + 1013904223;
		len = random >> 16;
		len = i % 50 == 0 ? len % 20000 : i % 7 ? len % 300 : 0;
		put(c, ++no, len);
		capture_each(c, look, &s);
		capture_status(c, &st);
		assert_int_equal(s.last, no);
		assert_int_equal(s.n, st.packets);
		assert_int_equal(s.first, st.oldest_us);
		assert_true(st.used <= st.octets);
		if (i > 1000)	/* a packet and its header are less than 400 octets, the large ones less than 20,100 */
			assert_true(st.used > st.octets - 2 * 20100);
	}
	put(c, ++no, 60000);	/* more than half of it: left out */
	capture_status(c, &st);
	assert_true(st.packets > 0);
	capture_close(c);
	capture_close(NULL);
}

/* --- What is masked -------------------------------------------------------------------------------- */

static const struct { const char *why, *text, *want; } sip_rows[] = {
	{ "request URI", "INVITE sip:+442079460100@192.0.2.10:5060 SIP/2.0\r\n", "INVITE sip:+4420********@192.0.2.10:5060 SIP/2.0\r\n" },
	{ "an extension stays", "To: <sip:8752@pbx>\r\n", "To: <sip:8752@pbx>\r\n" },
	{ "a name in quotes", "From: \"Bob 02079460100\" <sip:bob@pbx>\r\n", "From: \"Bob 0207*******\" <sip:bob@pbx>\r\n" },
	{ "tel has no host", "P-Asserted-Identity: <tel:+12125550100>\r\n", "P-Asserted-Identity: <tel:+1212*******>\r\n" },
	{ "any case", "Contact: <SIPS:442079460100@h>\r\n", "Contact: <SIPS:4420********@h>\r\n" },
	{ "a host is no number", "Route: <sip:192.168.100.200:50600>\r\n", "Route: <sip:192.168.100.200:50600>\r\n" },
	{ "parameters of the user", "To: <sip:442079460100;isub=1@h>\r\n", "To: <sip:4420********;isub=1@h>\r\n" },
	{ "a subaddress", "To: <sip:442079460100;isub=1234567@h>\r\n", "To: <sip:4420********;isub=1234***@h>\r\n" },
	{ "parameters of the URI", "Contact: <sip:h;x=1234567>\r\n", "Contact: <sip:h;x=1234567>\r\n" },
	{ "others are no numbers", "CSeq: 1234567 INVITE\r\nContent-Length: 12345\r\n", "CSeq: 1234567 INVITE\r\nContent-Length: 12345\r\n" },
	{ "the body stays", "\r\n\r\no=- 1234567 1 IN IP4 sip:1234567@h", "\r\n\r\no=- 1234567 1 IN IP4 sip:1234567@h" },
	{ "a name without quotes", "From: 02079460100 <sip:bob@pbx>\r\n", "From: 0207******* <sip:bob@pbx>\r\n" },
	{ "several of them", "Diversion: A 5551234 <tel:+12125551234>,\r\n 555 5678 <sip:b@h>\r\nCSeq: 123456 INVITE\r\n",
	  "Diversion: A 5551*** <tel:+1212*******>,\r\n 555 5*** <sip:b@h>\r\nCSeq: 123456 INVITE\r\n" },
	{ "a quote that does not end", "From: \"12345678\r\nTo: <sip:12345678@h>", "From: \"1234****\r\nTo: <sip:1234****@h>" },
	{ "separators", "To: <tel:+44-20-7946-0100>,<sip:(020)7946.0100@h>\r\n", "To: <tel:+44-20-****-****>,<sip:(020)7***.****@h>\r\n" },
	{ "a name with spaces", "From: \"020 7946 0100\" <sip:bob@h>\r\n", "From: \"020 7*** ****\" <sip:bob@h>\r\n" },
	{ "an escape is no digit", "To: <sip:*21*0207%23@h>\r\n", "To: <sip:*21*02**%23@h>\r\n" },
	{ "cut short", "To: <sip:12345", "To: <sip:12345" },
	{ "user-user information", "User-to-User: 0430323037;encoding=hex;purpose=isdn-uui\r\nTo: <sip:12345@h>",
	  "User-to-User: 042a2a2a2a;encoding=hex;purpose=isdn-uui\r\nTo: <sip:1234*@h>" },
	{ "in quotes, any case", "user-TO-user : \"04aBCd\";encoding=hex\r\n", "user-TO-user : \"042a2a\";encoding=hex\r\n" },
	{ "several, and a line that goes on", "User-to-User: 0401,\r\n 0402;encoding=hex, 0403\r\nCSeq: 1234567 BYE\r\n",
	  "User-to-User: 042a,\r\n 042a;encoding=hex, 042a\r\nCSeq: 1234567 BYE\r\n" },
	{ "the first octet alone", "User-to-User: 04\r\n", "User-to-User: 04\r\n" },
	{ "no hex", "User-to-User: Anna-5;encoding=text\r\n", "User-to-User: An****;encoding=text\r\n" },
	{ "an odd number of digits", "User-to-User: 04302\r\n", "User-to-User: 04***\r\n" },
	{ "with a URI", "Contact: <sip:8752@h?User-to-User=0430313233&x=1234567>\r\n", "Contact: <sip:8752@h?User-to-User=042a2a2a2a&x=1234567>\r\n" },
	{ "empty", "User-to-User:\r\n", "User-to-User:\r\n" },
	{ "and cut short", "User-to-User: \"0431", "User-to-User: \"042a" },
	{ "another header", "User-to-Users: 0430323037\r\nX-User-to-User", "User-to-Users: 0430323037\r\nX-User-to-User" },
};

/* From protocol discriminator on. */
#define SETUP "\x08\x02\x00\x01\x05"
#define INFORMATION "\x08\x02\x00\x01\x7b"
#define ROW(why, a, b) { why, a, b, sizeof(a) - 1 }
static const struct { const char *why, *octets, *want; size_t len; } lapd_rows[] = {
	ROW("an incomplete number", SETUP "\x70\x03\x80" "02", SETUP "\x70\x03\x80" "02"),
	ROW("the digits that follow", INFORMATION "\x70\x02\x80" "7", INFORMATION "\x70\x02\x80" "*"),
	ROW("many in one message", INFORMATION "\x70\x05\x80" "7946", INFORMATION "\x70\x05\x80" "****"),
	ROW("by keypad", INFORMATION "\x2c\x03" "1#2", INFORMATION "\x2c\x03" "*#*"),
	ROW("its other elements", INFORMATION "\x28\x05" "12345" "\xa1", INFORMATION "\x28\x05" "1234*" "\xa1"),
	ROW("of another codeset", INFORMATION "\x9d\x70\x02\x80" "7" "\x70\x02\x80" "7",
	    INFORMATION "\x9d\x70\x02\x80" "7" "\x70\x02\x80" "*"),
	ROW("a service code and a number", SETUP "\x2c\x0b" "*21*020794#", SETUP "\x2c\x0b" "*21*02****#"),
	ROW("an identifier that looks like a digit", SETUP "\x2c\x05" "12345" "\x34\x01\x40", SETUP "\x2c\x05" "1234*" "\x34\x01\x40"),
	ROW("a plan that looks like a digit", SETUP "\x6c\x06\x31\x80" "1234", SETUP "\x6c\x06\x31\x80" "1234"),
	ROW("and that cut short", INFORMATION "\x70\x04\x80" "7", INFORMATION "\x70\x04\x80" "*"),
	ROW("cut short", SETUP "\x70\x0b\x80" "02079460", SETUP "\x70\x0b\x80" "0207****"),
};

static void test_mask_lapd(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lapd_rows) / sizeof(lapd_rows[0]); i++) {
		uint8_t frame[64] = { 0, 1, 0, 0 };
		size_t n = lapd_rows[i].len;

		memcpy(frame + 4, lapd_rows[i].octets, n);
		mask_lapd(frame, 4 + n);
		if (memcmp(frame + 4, lapd_rows[i].want, n) != 0)
			fail_msg("%s: %.*s", lapd_rows[i].why, (int)n - 5, (const char *)frame + 9);
	}
}

static void test_mask(void **state)
{
	uint8_t frame[] = { 0, 1, 0, 0, 8, 2, 0, 1, 5, 0x70, 9, 0xa1, '2', '0', '7', '9', '4', '6', '0', '1', 0x6c, 4, 0x21, 0x80, '1', '2' };

	uint8_t uui[] = { 0, 1, 0, 0, 8, 2, 0, 1, 7, 0x7e, 6, 4, 'A', 'n', 0x12, 0x34, '5', 0x7e, 1, 4 };

	(void)state;
	for (size_t i = 0; i < sizeof(sip_rows) / sizeof(sip_rows[0]); i++) {
		char text[256];

		snprintf(text, sizeof(text), "%s", sip_rows[i].text);
		mask_sip(text, strlen(text));
		if (strcmp(text, sip_rows[i].want))
			fail_msg("%s: %s", sip_rows[i].why, text);
	}
	mask_lapd(frame, sizeof(frame));
	assert_memory_equal(frame + 12, "2079****", 8);
	assert_memory_equal(frame + 24, "12", 2);
	mask_lapd(uui, sizeof(uui));
	assert_memory_equal(uui + 9, "\x7e\x06\x04*****\x7e\x01\x04", 11);
}

/* --- sofia-sip's record ------------------------------------------------------------------------------ */

#define NOON 1795780800000000ll	/* 2026-11-27T12:00:00Z */
static unsigned told;
static struct dump_message last;
static char last_text[64];

static void tell(void *arg, const struct dump_message *m)
{
	(void)arg;
	told++;
	last = *m;
	snprintf(last_text, sizeof(last_text), "%.*s", (int)m->len, m->text);
}

static const struct { const char *why, *text; unsigned told; size_t left; int64_t us; } dump_rows[] = {
	{ "received", "recv 3 bytes from udp/[192.0.2.7]:5060 at 12:00:01.000002:\nabc\v\n", 1, 0, NOON + 1000002 },
	{ "after what else stands there", "dump started at x\n\n\nsent 3 bytes to tcp/[2001:db8::1]:5061 at 11:59:59.0:\nabc\v\n", 1, 0,
	  NOON - 1000000 },
	{ "just after midnight, told of before it", "recv 3 bytes from udp/[192.0.2.7]:5060 at 23:59:59.5:\nabc\v\n", 1, 0,
	  NOON + 43199000005ll },
	{ "not all there", "recv 9 bytes from udp/[192.0.2.7]:5060 at 12:00:01.000002:\nabc\v\n", 0, 64, 0 },
	{ "sent, without its body", "sent 9 bytes to udp/[192.0.2.7]:5060 at 12:00:01.0:\nabc\v\n", 1, 0, NOON + 1000000 },
	{ "sent, without its body, and another",
	  "sent 9 bytes to udp/[192.0.2.7]:5060 at 12:00:01.0:\nabc\v\nrecv 3 bytes from udp/[192.0.2.7]:5060 at 12:00:01.0:\nabc\v\n", 2,
	  0, NOON + 1000000 },
	{ "half a line", "recv 9 bytes from ud", 0, 20, 0 },
	{ "a length that is wrong, then a good one",
	  "recv 2 bytes from udp/[192.0.2.7]:5060 at 12:00:01.0:\nabc\v\nrecv 3 bytes from udp/[192.0.2.7]:5060 at 12:00:01.0:\nabc\v\n",
	  1, 0, NOON + 1000000 },
	{ "no address", "recv 3 bytes from udp/[pbx.example.com]:5060 at 12:00:01.000002:\nabc\v\n", 0, 0, 0 },
	{ "a line like it inside a message",
	  "recv 70 bytes from udp/[192.0.2.7]:5060 at 12:00:01.0:\nrecv 3 bytes from udp/[192.0.2.8]:5060 at 12:00:01.0:\nabc\v\n1234567890123\v\n",
	  1, 0, NOON + 1000000 },
};

static void test_dump(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(dump_rows) / sizeof(dump_rows[0]); i++) {
		size_t len = strlen(dump_rows[i].text), done;

		told = 0;
		done = dump_parse(dump_rows[i].text, len, NOON, tell, NULL);
		if (told != dump_rows[i].told || len - done != dump_rows[i].left ||
		    (told && last.wall_us != dump_rows[i].us))
			fail_msg("%s: %u told, %zu left, at %lld", dump_rows[i].why, told, len - done,
				 (long long)(last.wall_us - NOON));
	}
}

/* The piece of memory that takes the place of a file. */
static void test_dump_read(void **state)
{
	struct sip_dump *d;
	FILE *f;

	(void)state;
	assert_int_equal(dump_open(&d), 0);
	f = fopen(dump_path(d), "ab");
	assert_non_null(f);
	for (int i = 0; i < 3; i++) {
		told = 0;
		dump_read(d, NOON, tell, NULL);
		assert_int_equal(told, 0);
		fprintf(f, "sent 5 bytes to udp/[127.0.0.1]:%d at 12:00:00.000000:\nhello\v\n", 5060 + i);
		fflush(f);
		dump_read(d, NOON, tell, NULL);
		assert_int_equal(told, 1);
		assert_true(last.out);
		assert_string_equal(last_text, "hello");
		assert_int_equal(ntohs(((struct sockaddr_in *)&last.remote)->sin_port), 5060 + i);
	}
	fclose(f);
	dump_close(d);
	dump_close(NULL);
}

/* --- Files ------------------------------------------------------------------------------------------- */

static int errors[16];
static unsigned n_errors;

static void on_file(void *arg, const char *path, int err)
{
	(void)arg;
	assert_non_null(path);
	errors[n_errors++] = err;
}

static void job(struct files *f, const char *path, const char *text, bool append, unsigned keep)
{
	files_put(f, &(struct files_job){ .path = path, .data = (uint8_t *)strdup(text), .len = strlen(text), .append = append,
					  .prune = keep ? "kept-" : NULL, .keep = keep, .fn = on_file });
}

static void wait_for(struct files *f, unsigned n)
{
	struct pollfd p = { files_fd(f), POLLIN, 0 };

	while (n_errors < n) {
		assert_int_equal(poll(&p, 1, 10000), 1);
		files_service(f);
	}
	assert_int_equal(files_waiting(f), 0);
}

static unsigned files_in(const char *folder)
{
	DIR *d = opendir(folder);
	unsigned n = 0;

	assert_non_null(d);
	for (const struct dirent *e = readdir(d); e; e = readdir(d))
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static void test_files(void **state)
{
	char dir[] = "/tmp/test_capture.XXXXXX", path[128], folder[64], cmd[96], text[32] = "";
	struct files *f;
	FILE *in;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(folder, sizeof(folder), "%s/traces", dir);
	snprintf(path, sizeof(path), "%s/one", folder);
	assert_int_equal(files_open(&f), 0);
	n_errors = 0;
	job(f, path, "first ", false, 0);	/* its folder is made */
	job(f, path, "second", true, 0);
	job(f, path, "third", false, 0);	/* it is there already */
	job(f, "/nowhere/at/all", "x", false, 0);
	wait_for(f, 4);
	assert_int_equal(errors[0], 0);
	assert_int_equal(errors[1], 0);
	assert_int_equal(errors[2], -EEXIST);
	assert_int_equal(errors[3], -ENOENT);
	in = fopen(path, "r");
	assert_non_null(in);
	assert_int_equal(fread(text, 1, sizeof(text) - 1, in), 12);
	fclose(in);
	assert_string_equal(text, "first second");
	for (int i = 0; i < 5; i++) {
		snprintf(path, sizeof(path), "%s/kept-%d", folder, i);
		job(f, path, "x", false, 2);
	}
	wait_for(f, 9);
	assert_int_equal(files_in(folder), 3);
	assert_int_equal(access(path, F_OK), 0);	/* the newest stays */
	snprintf(path, sizeof(path), "%s/last", folder);
	job(f, path, "x", false, 0);
	files_close(f);		/* waits for it, and tells */
	assert_int_equal(n_errors, 10);
	assert_int_equal(access(path, F_OK), 0);
	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", dir);
	assert_int_equal(system(cmd), 0);
}

/* A file that somebody else has opened: written until the last job, whatever is at that name; a pipe is none. */
static void test_given_files(void **state)
{
	FILE *own = tmpfile();
	char text[32] = "";
	struct files *f;
	int p[2];

	(void)state;
	assert_non_null(own);
	assert_int_equal(files_open(&f), 0);
	n_errors = 0;
	assert_int_equal(files_give(f, "/nowhere/at/all", dup(fileno(own))), 0);
	assert_int_equal(files_give(f, "/nowhere/at/all", dup(fileno(own))), -EEXIST);
	files_put(f, &(struct files_job){ .path = "/nowhere/at/all", .data = (uint8_t *)strdup("one "), .len = 4, .more = true,
					  .fn = on_file });
	job(f, "/nowhere/at/all", "two", true, 0);
	job(f, "/nowhere/at/all", "three", false, 0);	/* forgotten: a name as any other */
	wait_for(f, 3);
	assert_int_equal(errors[0], 0);
	assert_int_equal(errors[1], 0);
	assert_int_equal(errors[2], -ENOENT);
	rewind(own);
	assert_int_equal(fread(text, 1, sizeof(text) - 1, own), 7);
	assert_string_equal(text, "one two");
	fclose(own);
	assert_int_equal(pipe2(p, O_CLOEXEC), 0);
	assert_int_equal(files_give(f, "/a/pipe", p[1]), 0);
	job(f, "/a/pipe", "x", false, 0);
	wait_for(f, 4);
	assert_int_equal(errors[3], -EINVAL);
	assert_int_equal(files_give(f, "/kept", dup(p[0])), 0);	/* closed with the rest */
	files_close(f);
	assert_int_equal(read(p[0], text, sizeof(text)), 0);
	close(p[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ring), cmocka_unit_test(test_mask), cmocka_unit_test(test_mask_lapd), cmocka_unit_test(test_dump),
		cmocka_unit_test(test_dump_read), cmocka_unit_test(test_files), cmocka_unit_test(test_given_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
