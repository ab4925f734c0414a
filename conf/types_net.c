/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf/types_net.c: the types that name a place on the network: listen, from, peer, rtp-ports, rtp-address. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "conf/reader.h"

enum { SIP_PORT = 5060 };

static const char literal_hint[] = "a literal address, as \"192.0.2.1\" or \"[2001:db8::1]\"; names are not looked up here";

/* "HOST", "HOST:PORT", "[V6]", "[V6]:PORT" or a bare V6. False when there is no port where one begins. */
static bool split_host(const char *text, char *host, size_t size, long *port)
{
	const char *end = text + strlen(text), *colon;

	*port = SIP_PORT;
	if (*text == '[') {
		end = strchr(++text, ']');
		if (!end || (end[1] && end[1] != ':'))
			return false;
		colon = end[1] ? end + 1 : NULL;
	} else {
		colon = strchr(text, ':');
		if (colon && strchr(colon + 1, ':'))
			colon = NULL;	/* a bare IPv6 address */
		if (colon)
			end = colon;
	}
	if (end == text || (size_t)(end - text) >= size)
		return false;
	memcpy(host, text, (size_t)(end - text));
	host[end - text] = '\0';
	return !colon || whole_number(colon + 1, 0, 99999, port);
}

static bool port_ok(struct reader *r, const struct conf_key *k, const struct yaml *n, long port)
{
	if (port >= 1 && port <= 65535)
		return true;
	report(r, n, "a port is a number from 1 to 65535; 5060 is usual for SIP", "%s: port %ld is out of range",
	       k->name, port);
	return false;
}

/* Binary address, IPv4 as ::ffff:a.b.c.d. */
static bool parse_address(const char *text, uint8_t out[16], bool *v4)
{
	memset(out, 0, 16);
	*v4 = inet_pton(AF_INET, text, out + 12) == 1;
	if (*v4) {
		out[10] = out[11] = 0xff;
		return true;
	}
	return inet_pton(AF_INET6, text, out) == 1;
}

/* --- listen: ---------------------------------------------------------------------------------- */

static void listen_one(struct reader *r, const struct conf_key *k, const struct yaml *n, struct conf_sip_listen *s)
{
	const char *text = scalar(r, k, n);
	struct conf_listen l = { .line = n->line }, *more;
	uint8_t addr[16];
	long port;
	bool v4;

	if (!text)
		return;
	if (!split_host(text, l.host, sizeof(l.host), &port)) {
		report(r, n, "write \"ADDRESS:PORT\", as \"0.0.0.0:5060\" or \"[::]:5060\"", "%s: \"%.60s\" is no address and port",
		       k->name, text);
		return;
	}
	if (!parse_address(l.host, addr, &v4)) {
		report(r, n, literal_hint, "%s: \"%.60s\" is no literal address", k->name, l.host);
		return;
	}
	if (!port_ok(r, k, n, port))
		return;
	l.port = (uint16_t)port;
	for (int i = 0; i < s->n_listen; i++)
		if (strcmp(s->listen[i].host, l.host) == 0 && s->listen[i].port == l.port) {
			report(r, n, "leave one of them out", "%s: \"%.60s\" is there twice", k->name, text);
			return;
		}
	if (s->n_listen == CONF_LISTEN_MAX) {
		report(r, n, "16 addresses at most", "%s: too many addresses", k->name);
		return;
	}
	more = grow(r, s->listen, s->n_listen, sizeof(l));
	if (!more)
		return;
	s->listen = more;
	s->listen[s->n_listen++] = l;
}

static void listen_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	if (n->kind != YAML_LIST) {
		listen_one(r, k, n, base);
		return;
	}
	if (!n->child)
		report(r, n, "write [\"0.0.0.0:5060\"]", "%s is an empty list", k->name);
	for (const struct yaml *i = n->child; i; i = i->next)
		listen_one(r, k, i, base);
}

static void listen_print(FILE *f, const struct conf_key *k, const void *base)
{
	const struct conf_sip_listen *s = base;

	(void)k;
	fputc('[', f);
	for (int i = 0; i < s->n_listen; i++) {
		bool v6 = strchr(s->listen[i].host, ':');

		fprintf(f, "%s\"%s%s%s:%u\"", i ? ", " : "", v6 ? "[" : "", s->listen[i].host, v6 ? "]" : "",
			s->listen[i].port);
	}
	fputc(']', f);
}

const struct conf_type conf_type_listen = { listen_set, listen_print };

/* --- from: ------------------------------------------------------------------------------------ */

static bool host_bits_clear(const struct conf_net *net)
{
	for (int bit = net->bits; bit < 128; bit++)
		if (net->addr[bit / 8] & (0x80 >> bit % 8))
			return false;
	return true;
}

static void net_text(const struct conf_net *net, char *out, size_t size)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	bool v4 = memcmp(net->addr, mapped, 12) == 0 && net->bits >= 96;
	char addr[INET6_ADDRSTRLEN];

	inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? net->addr + 12 : net->addr, addr, sizeof(addr));
	if (net->bits == 128)
		snprintf(out, size, "%s", addr);
	else
		snprintf(out, size, "%s/%d", addr, net->bits - (v4 ? 96 : 0));
}

static bool parse_net(struct reader *r, const struct conf_key *k, const struct yaml *n, const char *text,
		      struct conf_net *net)
{
	char host[64], hint[120], fixed[64];
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	long bits;
	bool v4;

	if (len && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	snprintf(host, sizeof(host), "%.*s", (int)(len < sizeof(host) ? len : sizeof(host)), text);
	if (!parse_address(host, net->addr, &v4)) {
		report(r, n, "an address or a network, as 192.0.2.7 or 192.0.2.0/24 or 2001:db8::/32",
		       "%s: \"%.60s\" is no address", k->name, host);
		return false;
	}
	bits = v4 ? 32 : 128;
	if (slash && !whole_number(slash + 1, 0, bits, &bits)) {
		snprintf(hint, sizeof(hint), "a prefix length from 0 to %d, as in %s", v4 ? 32 : 128,
			 v4 ? "192.0.2.0/24" : "2001:db8::/32");
		report(r, n, hint, "%s: \"%.60s\" is no prefix length", k->name, slash + 1);
		return false;
	}
	net->bits = (uint8_t)(bits + (v4 ? 96 : 0));
	if (host_bits_clear(net))
		return true;
	for (int bit = net->bits; bit < 128; bit++)
		net->addr[bit / 8] &= (uint8_t)~(0x80 >> bit % 8);
	net_text(net, fixed, sizeof(fixed));
	snprintf(hint, sizeof(hint), "write %s for the network, or the address without a length", fixed);
	report(r, n, hint, "%s: address bits are set beyond the prefix length", k->name);
	return false;
}

static void net_one(struct reader *r, const struct conf_key *k, const struct yaml *n, struct conf_sip *s)
{
	const char *text = scalar(r, k, n);
	struct conf_net net, *more;

	if (!text || !parse_net(r, k, n, text, &net))
		return;
	if (s->n_from == CONF_NETS_MAX) {
		report(r, n, "256 entries at most; join them to networks", "%s: too many entries", k->name);
		return;
	}
	more = grow(r, s->from, s->n_from, sizeof(net));
	if (!more)
		return;
	s->from = more;
	s->from[s->n_from++] = net;
}

static void nets_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	if (n->kind != YAML_LIST) {
		net_one(r, k, n, base);
		return;
	}
	for (const struct yaml *i = n->child; i; i = i->next)
		net_one(r, k, i, base);
}

static void nets_print(FILE *f, const struct conf_key *k, const void *base)
{
	const struct conf_sip *s = base;
	char text[64];

	(void)k;
	fputc('[', f);
	for (int i = 0; i < s->n_from; i++) {
		net_text(&s->from[i], text, sizeof(text));
		fprintf(f, "%s%s", i ? ", " : "", text);
	}
	fputc(']', f);
}

const struct conf_type conf_type_nets = { nets_set, nets_print };

/* --- peer: ------------------------------------------------------------------------------------ */

static bool host_name(const char *s)
{
	uint8_t addr[16];
	bool v4;

	if (parse_address(s, addr, &v4))
		return true;
	if (strspn(s, "0123456789.") == strlen(s))
		return false;	/* an IPv4 address with a slip */
	for (const char *label = s;; label++) {
		size_t n = strspn(label, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

		if (n == 0 || n > 63 || label[0] == '-' || label[n - 1] == '-')
			return false;
		label += n;
		if (!*label)
			return true;
		if (*label != '.')
			return false;
	}
}

static void peer_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	static const char hint[] = "write \"HOST\" or \"HOST:PORT\", as \"pbx.example.com\" or \"192.0.2.7:5070\"";
	struct conf_sip *s = base;
	const char *text = scalar(r, k, n);
	char host[sizeof(s->peer_host)];
	long port;

	if (!text)
		return;
	if (strncmp(text, "sip:", 4) == 0 || strncmp(text, "sips:", 5) == 0 || strchr(text, '@') || strchr(text, ';')) {
		report(r, n, hint, "%s: \"%.80s\" is a SIP URI, not a host", k->name, text);
		return;
	}
	if (!split_host(text, host, sizeof(host), &port) || !host_name(host)) {
		report(r, n, hint, "%s: \"%.80s\" is no host", k->name, text);
		return;
	}
	if (!port_ok(r, k, n, port))
		return;
	memcpy(s->peer_host, host, strlen(host) + 1);
	s->peer_port = (uint16_t)port;
}

static void peer_print(FILE *f, const struct conf_key *k, const void *base)
{
	const struct conf_sip *s = base;
	bool v6 = strchr(s->peer_host, ':');

	(void)k;
	if (s->peer_host[0])
		fprintf(f, "\"%s%s%s:%u\"", v6 ? "[" : "", s->peer_host, v6 ? "]" : "", s->peer_port);
	else
		fputs("none", f);
}

const struct conf_type conf_type_peer = { peer_set, peer_print };

/* --- rtp-ports:, rtp-address: ----------------------------------------------------------------- */

static void ports_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	struct conf_sip_listen *s = base;
	const char *text = scalar(r, k, n), *dash;
	char first[8] = "";
	long a, b;

	if (!text)
		return;
	dash = strchr(text, '-');
	if (dash && (size_t)(dash - text) < sizeof(first))
		memcpy(first, text, (size_t)(dash - text));
	if (!dash || !whole_number(first, 0, 99999, &a) || !whole_number(dash + 1, 0, 99999, &b)) {
		report(r, n, "write FIRST-LAST, as 16384-32767", "%s: \"%.40s\" is no range of ports", k->name, text);
		return;
	}
	if (a < 1024 || b > 65535 || a >= b) {
		report(r, n, "from 1024 to 65535, the lower port first", "%s: %ld-%ld is out of range", k->name, a, b);
		return;
	}
	if (a % 2 || !(b % 2)) {
		report(r, n, "an even first port and an odd last one, as 16384-32767",
		       "%s: RTP and RTCP take ports in pairs, the even one first", k->name);
		return;
	}
	s->rtp_first = (uint16_t)a;
	s->rtp_last = (uint16_t)b;
}

static void ports_print(FILE *f, const struct conf_key *k, const void *base)
{
	const struct conf_sip_listen *s = base;

	(void)k;
	fprintf(f, "%u-%u", s->rtp_first, s->rtp_last);
}

const struct conf_type conf_type_ports = { ports_set, ports_print };

static void address_set(struct reader *r, const struct conf_key *k, const struct yaml *n, void *base)
{
	const char *text = scalar(r, k, n);
	uint8_t addr[16];
	bool v4;

	if (!text)
		return;
	if (strlen(text) >= (size_t)k->max || !parse_address(text, addr, &v4)) {
		report(r, n, "a literal address without a port, as 192.0.2.1 or 2001:db8::1", "%s: \"%.60s\" is no literal address",
		       k->name, text);
		return;
	}
	memcpy((char *)base + k->offset, text, strlen(text) + 1);
}

static void address_print(FILE *f, const struct conf_key *k, const void *base)
{
	fprintf(f, "\"%s\"", (const char *)base + k->offset);
}

const struct conf_type conf_type_address = { address_set, address_print };
