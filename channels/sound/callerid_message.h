/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/sound/callerid_message.h: caller ID messages as octets and as DTMF strings, apart from the sound that carries
 * them. For callerid_sound.c and callerid_rx.c, and for the fuzzers. Pure.
 */
#ifndef CHANNELS_SOUND_CALLERID_MESSAGE_H
#define CHANNELS_SOUND_CALLERID_MESSAGE_H

#include "channels/sound/callerid.h"

#define CALLERID_OCTETS_MAX 258		/* type, length, 255 octets, checksum */
#define CALLERID_DTMF_MAX 64		/* digits of a DTMF message, start and end with them */
#define CALLERID_NUMBER_MAX 20		/* EN 300 659-3 5.4.2 */
#define CALLERID_NAME_BELL_MAX 15	/* GR-1188 */
#define CALLERID_NAME_NTT_MAX 20
#define CALLERID_NAME_V23_MAX 50	/* EN 300 659-3 5.4.5 */

/* Bell 202 and V.23 carry the same messages with few differences: type, length, parameters, sum of all 0 modulo 256. */
int callerid_fsk_octets(const struct callerid *c, enum cid_method method, uint8_t *out, size_t max);	/* count, or -EINVAL */
/* 0; -EBADMSG: broken; -ENOMSG: whole, but of another kind. METHOD and the rest of OUT are set for 0 alone. */
int callerid_fsk_parse(const uint8_t *msg, size_t n, enum cid_method method, struct callerid *out);
bool callerid_fsk_type(uint8_t type);		/* could a message begin with it? */

/* NTT: from DLE SOH to the check sequence, with parity. callerid_ntt_end(): how many of N octets are a whole frame, 0 for
 * not yet, -EBADMSG when they cannot be the beginning of one. */
int callerid_ntt_octets(const struct callerid *c, uint8_t *out, size_t max);
int callerid_ntt_parse(const uint8_t *msg, size_t n, struct callerid *out);
int callerid_ntt_end(const uint8_t *msg, size_t n);

/* DTMF strings: 0 to 9, *, #, A to D. callerid_dtmf_string() terminates with a nul. */
int callerid_dtmf_string(const struct callerid *c, char *out, size_t max);
int callerid_dtmf_parse(const char *digits, size_t n, struct callerid *out);

/* Text. Each cuts at MAX octets (a nul with them, where the result is a string), at a character's bound. */
size_t callerid_name_to_latin1(const char *utf8, bool ascii, uint8_t *out, size_t max);
void callerid_name_from_line(const uint8_t *in, size_t n, char *out, size_t max);	/* ISO 8859-1 or UTF-8, printable */
size_t callerid_number_to_line(const char *number, bool plus, uint8_t *out, size_t max);
void callerid_number_from_line(const uint8_t *in, size_t n, char *out, size_t max);
void callerid_date_from_line(const uint8_t *in, size_t n, struct callerid *out);	/* "MMDDHHMM", else no change */

#endif
