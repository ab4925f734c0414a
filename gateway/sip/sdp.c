/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Offer and answer; see sdp.h. The reader is our own: sofia-sip's allocates without end on an m= line with a
 * character that is none of a token's (tests/corpus/sdp/endless). */
#include "gateway/sip/sdp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define OFFER_DTMF_PAYLOAD 101
#define NO_PAYLOAD 0xff	/* none is its own: RFC 4040 4 has a dynamic one */
#define OFFER_DATA_PAYLOAD 97

static const struct {
	const char *name;
	uint8_t payload;	/* RFC 3551 table 4 */
	uint8_t offered;	/* as we offer it */
	enum hw_law law;
} codecs[] = {
	[CONF_PCMA] = { "PCMA", 8, 8, HW_ALAW },
	[CONF_PCMU] = { "PCMU", 0, 0, HW_MULAW },
	[CONF_CLEARMODE] = { "CLEARMODE", NO_PAYLOAD, OFFER_DATA_PAYLOAD, HW_ALAW },
};
#define N_CODECS (sizeof(codecs) / sizeof(*codecs))

const char *sdp_codec_name(enum conf_codec codec)
{
	return codecs[codec].name;
}

/* --- Reading ---------------------------------------------------------------------------------- */

#define LINE_MAX_READ 512	/* octets of a line that is looked into, with the ending zero */
#define FORMATS_MAX 32		/* formats and rtpmap lines of the audio line */

/* What is collected of the audio line until its section ends. */
struct reader {
	struct sdp *out;
	bool media, audio;	/* inside an m= section; it is the audio that is used */
	char session_address[64], address[64], rtcp[80];
	int session_dir, dir;
	uint16_t port;
	uint8_t formats[FORMATS_MAX];
	int n_formats, n_maps;
	struct {
		unsigned payload, rate, channels;
		char name[SDP_WORD_MAX];
	} maps[FORMATS_MAX];
};

static int read_address(const char *text, uint16_t port, struct sockaddr_storage *out)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		return IN_MULTICAST(ntohl(v4->sin_addr.s_addr)) ? -EINVAL : 0;
	}
	if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		return IN6_IS_ADDR_MULTICAST(&v6->sin6_addr) ? -EINVAL : 0;
	}
	return -EINVAL;
}

static bool is_any(const struct sockaddr_storage *a)
{
	if (a->ss_family == AF_INET)
		return ((const struct sockaddr_in *)a)->sin_addr.s_addr == INADDR_ANY;
	return IN6_IS_ADDR_UNSPECIFIED(&((const struct sockaddr_in6 *)a)->sin6_addr);
}

/* Digits only, up to MAX; false for anything else. */
static bool read_number(const char *text, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (!text || !*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || v > (UINT64_MAX - 9) / 10)
			return false;
		v = v * 10 + (uint64_t)(*text - '0');
	}
	*out = v;
	return v <= max;
}

/* o=USER SESSION VERSION ... */
static int read_origin(struct reader *r, char *value)
{
	char *save, *user = strtok_r(value, " \t", &save);
	char *session = user ? strtok_r(NULL, " \t", &save) : NULL, *version = session ? strtok_r(NULL, " \t", &save) : NULL;

	return read_number(session, UINT64_MAX, &r->out->session) && read_number(version, UINT64_MAX, &r->out->version) ?
		       0 :
		       -EINVAL;
}

/* c=IN IP4 ADDRESS; what is no address is found out when it is used. */
static void read_connection(struct reader *r, char *value)
{
	char *save, *net = strtok_r(value, " \t", &save);
	char *type = net ? strtok_r(NULL, " \t", &save) : NULL, *address = type ? strtok_r(NULL, " \t", &save) : NULL;

	snprintf(r->media ? r->address : r->session_address, sizeof(r->address), "%s",
		 address && strcmp(net, "IN") == 0 ? address : "?");
}

static bool legal_word(const char *w)
{
	size_t n = 0;

	for (; w && w[n]; n++)
		if ((unsigned char)w[n] <= ' ' || (unsigned char)w[n] >= 0x7f)
			return false;
	return n > 0 && n < SDP_WORD_MAX;
}

static void read_format(struct reader *r, const char *word)
{
	uint64_t v;

	if (r->n_formats < FORMATS_MAX && read_number(word, 127, &v))
		r->formats[r->n_formats++] = (uint8_t)v;
}

/* m=TYPE PORT[/N] PROTO FORMAT... */
static int read_media(struct reader *r, char *value)
{
	struct sdp *out = r->out;
	char *save, *type = strtok_r(value, " \t", &save);
	char *port = type ? strtok_r(NULL, " \t", &save) : NULL, *proto = port ? strtok_r(NULL, " \t", &save) : NULL;
	char *format = proto ? strtok_r(NULL, " \t", &save) : NULL;
	uint64_t v;

	if (out->n_media >= SDP_MEDIA_MAX)
		return -E2BIG;
	if (port && strchr(port, '/'))
		*strchr(port, '/') = 0;
	if (!legal_word(type) || !legal_word(proto) || !legal_word(format) || !read_number(port, 65535, &v))
		return -EINVAL;
	snprintf(out->media[out->n_media].type, SDP_WORD_MAX, "%s", type);
	snprintf(out->media[out->n_media].proto, SDP_WORD_MAX, "%s", proto);
	snprintf(out->media[out->n_media].format, SDP_WORD_MAX, "%s", format);
	r->media = true;
	r->audio = out->audio < 0 && v && strcasecmp(type, "audio") == 0 && strcasecmp(proto, "RTP/AVP") == 0;
	if (r->audio) {
		out->audio = out->n_media;
		r->port = (uint16_t)v;
		for (; format; format = strtok_r(NULL, " \t", &save))
			read_format(r, format);
	}
	out->n_media++;
	return 0;
}

/* a=rtpmap:PAYLOAD NAME/RATE[/CHANNELS] */
static void read_rtpmap(struct reader *r, const char *value)
{
	int i = r->n_maps;

	if (i >= FORMATS_MAX)
		return;
	r->maps[i].channels = 1;
	if (sscanf(value, "%3u %23[^/ ]/%9u/%9u", &r->maps[i].payload, r->maps[i].name, &r->maps[i].rate,
		   &r->maps[i].channels) >= 3)
		r->n_maps++;
}

static void read_attribute(struct reader *r, char *value)
{
	static const char *const dirs[] = { "inactive", "sendonly", "recvonly", "sendrecv" };
	char *colon = strchr(value, ':'), *arg = colon ? colon + 1 : value + strlen(value);
	uint64_t v;
	int i;

	if (colon)
		*colon = 0;
	arg += strspn(arg, " \t");
	for (i = 0; i < 4; i++)
		if (strcasecmp(value, dirs[i]) == 0)
			*(r->media ? &r->dir : &r->session_dir) = i;
	if (!r->media)
		return;
	if (strcasecmp(value, "rtpmap") == 0)
		read_rtpmap(r, arg);
	else if (strcasecmp(value, "rtcp") == 0)
		snprintf(r->rtcp, sizeof(r->rtcp), "%.79s", arg);
	else if (strcasecmp(value, "ptime") == 0 && read_number(arg, 1000, &v))
		r->out->ptime = (unsigned)v;
	else if (strcasecmp(value, "maxptime") == 0 && read_number(arg, 1000, &v))
		r->out->maxptime = (unsigned)v;
}

/* What payload type PT is: by its rtpmap, else by RFC 3551's table. */
static void take_format(struct reader *r, uint8_t pt)
{
	struct sdp *out = r->out;
	const char *name = NULL;
	int i, c;

	for (i = 0; i < r->n_maps && !name; i++)
		if (r->maps[i].payload == pt)
			name = r->maps[i].rate == 8000 && r->maps[i].channels == 1 ? r->maps[i].name : "";
	for (c = 0; c < (int)N_CODECS; c++) {
		if (out->n_codecs >= SDP_CODECS_MAX || (name ? strcasecmp(name, codecs[c].name) : codecs[c].payload != pt))
			continue;
		out->codecs[out->n_codecs].codec = (enum conf_codec)c;
		out->codecs[out->n_codecs++].payload = pt;
	}
	if (name && strcasecmp(name, "telephone-event") == 0 && !out->dtmf_payload)
		out->dtmf_payload = pt;
}

/* RFC 3605: a=rtcp:PORT [IN IP4 ADDRESS] */
static void take_rtcp(struct reader *r, const char *address)
{
	char host[64] = "";
	unsigned port = 0;

	if (sscanf(r->rtcp, "%5u IN IP%*1[46] %63s", &port, host) < 1 || port == 0 || port > 65535)
		return;
	if (read_address(*host ? host : address, (uint16_t)port, &r->out->rtcp) < 0)
		memset(&r->out->rtcp, 0, sizeof(r->out->rtcp));
}

static int end_audio(struct reader *r)
{
	const char *address = r->address[0] ? r->address : r->session_address;
	struct sdp *out = r->out;
	int i, dir = r->dir >= 0 ? r->dir : r->session_dir >= 0 ? r->session_dir : MEDIA_SENDRECV;

	if (read_address(address, r->port, &out->rtp) < 0)
		return -EINVAL;
	for (i = 0; i < r->n_formats; i++)
		take_format(r, r->formats[i]);
	take_rtcp(r, address);
	/* RFC 3264 8.4: the old way to hold. */
	if (is_any(&out->rtp))
		dir &= ~MEDIA_RECV;
	out->dir = (enum media_dir)dir;
	return 0;
}

static int read_line(struct reader *r, char *line)
{
	int err = 0;

	if (!line[0])
		return 0;
	if (line[1] != '=')
		return -EINVAL;
	switch (line[0]) {
	case 'o':
		return read_origin(r, line + 2);
	case 'c':
		if (!r->media || r->audio)
			read_connection(r, line + 2);
		return 0;
	case 'm':
		if (r->audio)
			err = end_audio(r);
		r->audio = false;
		return err ? err : read_media(r, line + 2);
	case 'a':
		if (!r->media || r->audio)
			read_attribute(r, line + 2);
		return 0;
	default:
		return 0;
	}
}

int sdp_read(const char *text, size_t len, struct sdp *out)
{
	struct reader r = { .out = out, .session_dir = -1, .dir = -1 };
	const char *end = text + len, *eol;
	char line[LINE_MAX_READ];
	int err = 0;

	memset(out, 0, sizeof(*out));
	out->audio = -1;
	if (len > SDP_IN_MAX)
		return -E2BIG;
	if (len < 4 || memcmp(text, "v=0", 3) != 0 || (text[3] != '\r' && text[3] != '\n') || memchr(text, 0, len))
		return -EINVAL;
	for (; text < end && !err; text = eol < end ? eol + 1 : end) {
		size_t n;

		eol = memchr(text, '\n', (size_t)(end - text));
		if (!eol)
			eol = end;
		n = (size_t)(eol - text);
		if (n > 0 && text[n - 1] == '\r')
			n--;
		if (n >= sizeof(line)) {	/* nothing that we want is so long */
			err = *text == 'a' ? 0 : -EINVAL;
			continue;
		}
		memcpy(line, text, n);
		line[n] = 0;
		err = read_line(&r, line);
	}
	return !err && r.audio ? end_audio(&r) : err;
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
	out->dtmf_payload = c->codec == CONF_CLEARMODE ? 0 : theirs->dtmf_payload;
	out->ptime = choose_ptime(ours, theirs);
	out->dir = (enum media_dir)((theirs->dir & MEDIA_SEND ? MEDIA_RECV : 0) |
				    (theirs->dir & MEDIA_RECV ? MEDIA_SEND : 0));
	if (ours->hold)
		out->dir &= ~MEDIA_RECV;
	return 0;
}

bool sdp_wants_data(const struct sdp *theirs)
{
	return theirs->audio >= 0 && theirs->n_codecs && theirs->codecs[0].codec == CONF_CLEARMODE;
}

void sdp_remote(const struct sdp *theirs, const struct sdp_agreed *agreed, struct media_rtp_remote *out)
{
	memset(out, 0, sizeof(*out));
	out->rtp = theirs->rtp;
	out->rtcp = theirs->rtcp;
	out->payload = agreed->codec.payload;
	out->law = codecs[agreed->codec.codec].law;
	out->clear = agreed->codec.codec == CONF_CLEARMODE;
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
	put(t, "a=rtpmap:%u telephone-event/8000\r\na=fmtp:%u 0-16\r\n", payload, payload);
}

void sdp_offer(const struct sdp_local *ours, char *out)
{
	struct text t = { out, SDP_OUT_MAX };
	int i;

	put_head(&t, ours);
	put(&t, "m=audio %u RTP/AVP", ours->port);
	for (i = 0; i < ours->n_codecs; i++)
		put(&t, " %u", codecs[ours->codecs[i]].offered);
	if (ours->codecs[0] != CONF_CLEARMODE)
		put(&t, " %u", OFFER_DTMF_PAYLOAD);
	put(&t, "\r\n");
	for (i = 0; i < ours->n_codecs; i++)
		put(&t, "a=rtpmap:%u %s/8000\r\n", codecs[ours->codecs[i]].offered, codecs[ours->codecs[i]].name);
	if (ours->codecs[0] != CONF_CLEARMODE)
		put_dtmf(&t, OFFER_DTMF_PAYLOAD);
	put(&t, "a=ptime:%u\r\na=%s\r\n", ours->ptime, ours->hold ? "sendonly" : "sendrecv");
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
