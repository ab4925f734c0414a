/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/sip/sdp.h: offer and answer (RFC 3264) for one stream of G.711 audio, or of
 * CLEARMODE (RFC 4040): 64 kbit/s of data, octet by octet. Pure: text in (RFC
 * 4566), a struct out, and back. Used by session.c.
 */
#ifndef GATEWAY_SIP_SDP_H
#define GATEWAY_SIP_SDP_H

#include <stddef.h>

#include "conf/trunks.h"
#include "gateway/media/media.h"

#define SDP_IN_MAX 16384	/* octets of a description that is read */
#define SDP_OUT_MAX 1536	/* octets of one that we write, with the ending zero */
#define SDP_MEDIA_MAX 8		/* m= lines; an offer with more is refused */
#define SDP_CODECS_MAX 4	/* G.711 formats of the audio line that are remembered */
#define SDP_WORD_MAX 24		/* characters of a media type, protocol or format that is mirrored */

struct sdp_codec {
	enum conf_codec codec;
	uint8_t payload;
};

/* What the other end's description says, as far as a gateway needs it. */
struct sdp {
	uint64_t session, version;	/* o= */
	int n_media, audio;		/* m= lines, and which of them is the audio used; -1 for none */
	struct {
		char type[SDP_WORD_MAX], proto[SDP_WORD_MAX], format[SDP_WORD_MAX];
	} media[SDP_MEDIA_MAX];
	struct sockaddr_storage rtp, rtcp;	/* rtcp.ss_family 0: not said */
	struct sdp_codec codecs[SDP_CODECS_MAX];	/* in their order */
	int n_codecs;
	uint8_t dtmf_payload;		/* telephone-event/8000 (RFC 4733), 0 for none */
	unsigned ptime, maxptime;	/* ms, 0 when not said */
	enum media_dir dir;		/* what THEY do: MEDIA_SEND for sendonly */
};

/* Our side of it. */
struct sdp_local {
	char address[64];		/* as named in c= */
	uint16_t port;
	uint64_t session, version;
	enum conf_codec codecs[2];	/* in the order wanted */
	int n_codecs;			/* CLEARMODE is alone: a call is speech or data */
	unsigned ptime;
	bool hold;			/* we hear nothing: sendonly, inactive when they do not listen either */
};

/* What both agreed on. */
struct sdp_agreed {
	struct sdp_codec codec;
	uint8_t dtmf_payload;
	unsigned ptime;			/* of the packets we send; also what we ask for in an answer */
	enum media_dir dir;		/* what WE do */
};

/* Errors: -EINVAL (not SDP, or a name where an address must be), -E2BIG (too long, too many m= lines). A
 * description with no usable audio is not an error: audio is -1 or n_codecs 0. */
int sdp_read(const char *text, size_t len, struct sdp *out);
/* Chooses. For THEIR offer our order counts, for their answer theirs does (it is what they will send). Errors:
 * -ENOENT, nothing in common. */
int sdp_agree(const struct sdp_local *ours, const struct sdp *theirs, bool answer, struct sdp_agreed *out);
/* Does THEIR offer ask for data first of all? */
bool sdp_wants_data(const struct sdp *theirs);
/* For the media path. */
void sdp_remote(const struct sdp *theirs, const struct sdp_agreed *agreed, struct media_rtp_remote *out);

/* Write a description into OUT (SDP_OUT_MAX octets). */
void sdp_offer(const struct sdp_local *ours, char *out);
void sdp_answer(const struct sdp_local *ours, const struct sdp *theirs, const struct sdp_agreed *agreed, char *out);

const char *sdp_codec_name(enum conf_codec codec);
/* "PCMA ptime 20 from 192.0.2.7:4000", for ladders. OUT has SIZE octets. */
void sdp_words(const struct sdp *theirs, char *out, size_t size);

#endif
