/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Offer and answer; see sdp.h. */
#include "gateway/sip/sdp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <sofia-sip/sdp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define OFFER_DTMF_PAYLOAD 101

static const struct {
	const char *name;
	uint8_t payload;	/* RFC 3551 table 4 */
	enum hw_law law;
} codecs[] = {
	[CONF_PCMA] = { "PCMA", 8, HW_ALAW },
	[CONF_PCMU] = { "PCMU", 0, HW_MULAW },
};
#define N_CODECS (sizeof(codecs) / sizeof(*codecs))

const char *sdp_codec_name(enum conf_codec codec)
{
	return codecs[codec].name;
}

/* --- Reading ---------------------------------------------------------------------------------- */

static int read_address(const char *text, unsigned long port, struct sockaddr_storage *out)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;

	memset(out, 0, sizeof(*out));
	if (!text || port > 65535)
		return -EINVAL;
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)port);
		return 0;
	}
	if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)port);
		return 0;
	}
	return -EINVAL;
}

static bool is_any(const struct sockaddr_storage *a)
{
	if (a->ss_family == AF_INET)
		return ((const struct sockaddr_in *)a)->sin_addr.s_addr == INADDR_ANY;
	return IN6_IS_ADDR_UNSPECIFIED(&((const struct sockaddr_in6 *)a)->sin6_addr);
}

static void read_formats(const sdp_media_t *m, struct sdp *out)
{
	const sdp_rtpmap_t *rm;
	size_t i;

	for (rm = m->m_rtpmaps; rm; rm = rm->rm_next) {
		if (!rm->rm_encoding || rm->rm_rate != 8000)
			continue;
		if (strcasecmp(rm->rm_encoding, "telephone-event") == 0 && !out->dtmf_payload)
			out->dtmf_payload = (uint8_t)rm->rm_pt;
		for (i = 0; i < N_CODECS && out->n_codecs < SDP_CODECS_MAX; i++) {
			if (strcasecmp(rm->rm_encoding, codecs[i].name) != 0 ||
			    (rm->rm_params && strcmp(rm->rm_params, "1") != 0))
				continue;
			out->codecs[out->n_codecs].codec = (enum conf_codec)i;
			out->codecs[out->n_codecs++].payload = (uint8_t)rm->rm_pt;
		}
	}
}

static unsigned attribute_number(const sdp_media_t *m, const char *name)
{
	const sdp_attribute_t *a = sdp_attribute_find(m->m_attributes, name);
	unsigned long v = a && a->a_value ? strtoul(a->a_value, NULL, 10) : 0;

	return v <= 1000 ? (unsigned)v : 0;
}

/* RFC 3605: a=rtcp:PORT [IN IP4 ADDRESS] */
static void read_rtcp(const sdp_media_t *m, const char *address, struct sdp *out)
{
	const sdp_attribute_t *a = sdp_attribute_find(m->m_attributes, "rtcp");
	char host[64] = "", *end;
	unsigned long port;

	if (!a || !a->a_value)
		return;
	port = strtoul(a->a_value, &end, 10);
	if (port == 0 || port > 65535)
		return;
	if (sscanf(end, " IN IP%*[46] %63s", host) == 1)
		address = host;
	if (read_address(address, port, &out->rtcp) < 0)
		memset(&out->rtcp, 0, sizeof(out->rtcp));
}

static int read_audio(sdp_media_t *m, struct sdp *out)
{
	const sdp_connection_t *c = sdp_media_connections(m);
	const char *address = c ? c->c_address : NULL;

	if (!c || c->c_mcast || read_address(address, m->m_port, &out->rtp) < 0)
		return -EINVAL;
	read_formats(m, out);
	read_rtcp(m, address, out);
	out->ptime = attribute_number(m, "ptime");
	out->maxptime = attribute_number(m, "maxptime");
	out->dir = (enum media_dir)m->m_mode;
	/* RFC 3264 8.4: the old way to hold. */
	if (is_any(&out->rtp))
		out->dir = (enum media_dir)(out->dir & ~MEDIA_RECV);
	return 0;
}

static void copy_word(char *out, const char *text)
{
	snprintf(out, SDP_WORD_MAX, "%s", text ? text : "");
}

static void read_line(const sdp_media_t *m, int at, struct sdp *out)
{
	copy_word(out->media[at].type, m->m_type_name);
	copy_word(out->media[at].proto, m->m_proto_name);
	if (m->m_format)
		copy_word(out->media[at].format, m->m_format->l_text);
	else if (m->m_rtpmaps)
		snprintf(out->media[at].format, SDP_WORD_MAX, "%u", (unsigned)m->m_rtpmaps->rm_pt);
	else
		copy_word(out->media[at].format, "0");
}

static int read_session(sdp_session_t *s, struct sdp *out)
{
	sdp_media_t *m;
	int err;

	out->session = s->sdp_origin ? s->sdp_origin->o_id : 0;
	out->version = s->sdp_origin ? s->sdp_origin->o_version : 0;
	for (m = s->sdp_media; m; m = m->m_next) {
		if (out->n_media >= SDP_MEDIA_MAX)
			return -E2BIG;
		read_line(m, out->n_media, out);
		if (out->audio < 0 && m->m_type == sdp_media_audio && m->m_proto == sdp_proto_rtp && m->m_port) {
			err = read_audio(m, out);
			if (err)
				return err;
			out->audio = out->n_media;
		}
		out->n_media++;
	}
	return 0;
}

int sdp_read(const char *text, size_t len, struct sdp *out)
{
	sdp_parser_t *p;
	sdp_session_t *s;
	int err;

	memset(out, 0, sizeof(*out));
	out->audio = -1;
	if (len > SDP_IN_MAX)
		return -E2BIG;
	if (len == 0 || memchr(text, 0, len))
		return -EINVAL;
	p = sdp_parse(NULL, text, (issize_t)len, sdp_f_c_missing);
	if (!p)
		return -ENOMEM;
	s = sdp_session(p);
	err = s ? read_session(s, out) : -EINVAL;
	sdp_parser_free(p);
	return err;
}

/* --- Choosing --------------------------------------------------------------------------------- */

static bool wanted(const struct sdp_local *ours, enum conf_codec codec)
{
	int i;

	for (i = 0; i < ours->n_codecs; i++)
		if (ours->codecs[i] == codec)
			return true;
	return false;
}

static const struct sdp_codec *their_codec(const struct sdp *theirs, enum conf_codec codec)
{
	int i;

	for (i = 0; i < theirs->n_codecs; i++)
		if (theirs->codecs[i].codec == codec)
			return &theirs->codecs[i];
	return NULL;
}

static const struct sdp_codec *choose(const struct sdp_local *ours, const struct sdp *theirs, bool answer)
{
	const struct sdp_codec *c = NULL;
	int i;

	for (i = 0; answer && i < theirs->n_codecs; i++)
		if (wanted(ours, theirs->codecs[i].codec))
			return &theirs->codecs[i];
	for (i = 0; !answer && !c && i < ours->n_codecs; i++)
		c = their_codec(theirs, ours->codecs[i]);
	return c;
}

/* What we send: what they would like, if we can; never more than they can take. */
static unsigned choose_ptime(const struct sdp_local *ours, const struct sdp *theirs)
{
	unsigned p = theirs->ptime;

	if (p != 10 && p != 20 && p != 30)
		p = ours->ptime;
	while (theirs->maxptime && p > theirs->maxptime && p > 10)
		p -= 10;
	return p;
}

int sdp_agree(const struct sdp_local *ours, const struct sdp *theirs, bool answer, struct sdp_agreed *out)
{
	const struct sdp_codec *c = theirs->audio >= 0 ? choose(ours, theirs, answer) : NULL;

	memset(out, 0, sizeof(*out));
	if (!c)
		return -ENOENT;
	out->codec = *c;
	out->dtmf_payload = theirs->dtmf_payload;
	out->ptime = choose_ptime(ours, theirs);
	out->dir = (enum media_dir)((theirs->dir & MEDIA_SEND ? MEDIA_RECV : 0) |
				    (theirs->dir & MEDIA_RECV ? MEDIA_SEND : 0));
	return 0;
}

void sdp_remote(const struct sdp *theirs, const struct sdp_agreed *agreed, struct media_rtp_remote *out)
{
	memset(out, 0, sizeof(*out));
	out->rtp = theirs->rtp;
	out->rtcp = theirs->rtcp;
	out->payload = agreed->codec.payload;
	out->law = codecs[agreed->codec.codec].law;
	out->dtmf_payload = agreed->dtmf_payload;
	out->ptime_ms = agreed->ptime;
	out->dir = agreed->dir;
}

/* --- Writing ---------------------------------------------------------------------------------- */

struct text {
	char *at;
	size_t left;
};

static void put(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void put(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->at, t->left, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= t->left)
		n = (int)t->left - 1;
	t->at += n;
	t->left -= (size_t)n;
}

static void put_head(struct text *t, const struct sdp_local *ours)
{
	int family = strchr(ours->address, ':') ? 6 : 4;

	put(t, "v=0\r\no=- %" PRIu64 " %" PRIu64 " IN IP%d %s\r\ns=-\r\nc=IN IP%d %s\r\nt=0 0\r\n", ours->session,
	    ours->version, family, ours->address, family, ours->address);
}

static void put_dtmf(struct text *t, unsigned payload)
{
	put(t, "a=rtpmap:%u telephone-event/8000\r\na=fmtp:%u 0-15\r\n", payload, payload);
}

void sdp_offer(const struct sdp_local *ours, char *out)
{
	struct text t = { out, SDP_OUT_MAX };
	int i;

	put_head(&t, ours);
	put(&t, "m=audio %u RTP/AVP", ours->port);
	for (i = 0; i < ours->n_codecs; i++)
		put(&t, " %u", codecs[ours->codecs[i]].payload);
	put(&t, " %u\r\n", OFFER_DTMF_PAYLOAD);
	for (i = 0; i < ours->n_codecs; i++)
		put(&t, "a=rtpmap:%u %s/8000\r\n", codecs[ours->codecs[i]].payload, codecs[ours->codecs[i]].name);
	put_dtmf(&t, OFFER_DTMF_PAYLOAD);
	put(&t, "a=ptime:%u\r\na=sendrecv\r\n", ours->ptime);
}

static void put_answer_audio(struct text *t, const struct sdp_local *ours, const struct sdp_agreed *agreed)
{
	static const char *const dirs[] = { "inactive", "sendonly", "recvonly", "sendrecv" };

	put(t, "m=audio %u RTP/AVP %u", ours->port, agreed->codec.payload);
	if (agreed->dtmf_payload)
		put(t, " %u", agreed->dtmf_payload);
	put(t, "\r\na=rtpmap:%u %s/8000\r\n", agreed->codec.payload, codecs[agreed->codec.codec].name);
	if (agreed->dtmf_payload)
		put_dtmf(t, agreed->dtmf_payload);
	put(t, "a=ptime:%u\r\na=%s\r\n", agreed->ptime, dirs[agreed->dir & MEDIA_SENDRECV]);
}

void sdp_answer(const struct sdp_local *ours, const struct sdp *theirs, const struct sdp_agreed *agreed, char *out)
{
	struct text t = { out, SDP_OUT_MAX };
	int i;

	put_head(&t, ours);
	for (i = 0; i < theirs->n_media; i++) {
		if (i == theirs->audio)
			put_answer_audio(&t, ours, agreed);
		else	/* RFC 3264 6: a stream that is not wanted */
			put(&t, "m=%s 0 %s %s\r\n", theirs->media[i].type, theirs->media[i].proto,
			    theirs->media[i].format);
	}
}

void sdp_words(const struct sdp *theirs, char *out, size_t size)
{
	static const char *const holds[] = { ", inactive", ", sendonly", ", recvonly", "" };
	const struct sockaddr_storage *a = &theirs->rtp;
	char host[INET6_ADDRSTRLEN] = "?", names[48] = "";
	struct text t = { names, sizeof(names) };
	unsigned port = 0;
	int i;

	if (theirs->audio < 0) {
		snprintf(out, size, "no audio");
		return;
	}
	if (a->ss_family == AF_INET) {
		inet_ntop(AF_INET, &((const struct sockaddr_in *)a)->sin_addr, host, sizeof(host));
		port = ntohs(((const struct sockaddr_in *)a)->sin_port);
	} else {
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)a)->sin6_addr, host, sizeof(host));
		port = ntohs(((const struct sockaddr_in6 *)a)->sin6_port);
	}
	for (i = 0; i < theirs->n_codecs; i++)
		put(&t, "%s%s", i ? " " : "", codecs[theirs->codecs[i].codec].name);
	if (theirs->ptime)
		put(&t, " ptime %u", theirs->ptime);
	snprintf(out, size, "%s from %s%s%s:%u%s", theirs->n_codecs ? names : "no codec known",
		 a->ss_family == AF_INET6 ? "[" : "", host, a->ss_family == AF_INET6 ? "]" : "", port,
		 holds[theirs->dir & MEDIA_SENDRECV]);
}
