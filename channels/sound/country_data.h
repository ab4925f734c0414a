/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * channels/sound/country_data.h: how the rows of country.h are written, in country_*.c only. A tone is its level in dBm0 for each of its
 * frequencies and its parts: P(ms, Hz...) sounds, S(ms) is silent, 0 ms is for ever. "f x m" of a table is written f-m, f+m.
 *
 * Tones and cadences are those of ITU-T E.180 Supplement 2 where the row's source says E.180; what a national document says otherwise wins.
 * Flash, pulse ratio, caller ID and clear signals are not in E.180: they are of the national documents named, and where none is
 * named but E.180 and ES 201 970, they are that standard's common values.
 */
#ifndef CHANNELS_SOUND_COUNTRY_DATA_H
#define CHANNELS_SOUND_COUNTRY_DATA_H

#include "channels/sound/country.h"

/* clang-format off */
#define P(t, ...) { { __VA_ARGS__ }, t }
#define S(t) { { 0 }, t }
#define TONE(id, label, db, from, ...) \
	[id] = { .name = label, .dbm0 = { db, db, db, db }, \
		 .n_parts = sizeof((struct tone_part[]){ __VA_ARGS__ }) / sizeof(struct tone_part), \
		 .repeat_from = from, .parts = { __VA_ARGS__ } }

#define DIAL(db, ...) TONE(TONE_DIAL, "dial", db, 0, __VA_ARGS__)
#define STUTTER(db, from, ...) TONE(TONE_STUTTER, "stutter", db, from, __VA_ARGS__)
#define RINGBACK(db, ...) TONE(TONE_RINGBACK, "ringback", db, 0, __VA_ARGS__)
#define BUSY(db, ...) TONE(TONE_BUSY, "busy", db, 0, __VA_ARGS__)
#define CONGESTION(db, ...) TONE(TONE_CONGESTION, "congestion", db, 0, __VA_ARGS__)
#define SIT(db, ...) TONE(TONE_SIT, "sit", db, 0, __VA_ARGS__)
#define CALL_WAITING(db, from, ...) TONE(TONE_CALL_WAITING, "call-waiting", db, from, __VA_ARGS__)
#define CONFIRM(db, from, ...) TONE(TONE_CONFIRM, "confirm", db, from, __VA_ARGS__)
#define HOWLER(db, ...) TONE(TONE_HOWLER, "howler", db, 0, __VA_ARGS__)

/* ON ms of the frequencies and as much silence, so many times. */
#define X1(on, ...) P(on, __VA_ARGS__), S(on)
#define X2(on, ...) X1(on, __VA_ARGS__), X1(on, __VA_ARGS__)
#define X3(on, ...) X2(on, __VA_ARGS__), X1(on, __VA_ARGS__)
#define X6(on, ...) X3(on, __VA_ARGS__), X3(on, __VA_ARGS__)
#define X10(on, ...) X6(on, __VA_ARGS__), X3(on, __VA_ARGS__), X1(on, __VA_ARGS__)

/* E.180 clause 4.7: three frequencies of 330 ms, 1 s of pause. */
#define SIT_E180(db) SIT(db, P(330, 950), P(330, 1400), P(330, 1800), S(1000))
/* The frequencies and cadence E.180 clauses 4.2 to 4.9 recommend and most of Europe has. */
#define STUTTER_BURSTS(db, ...) STUTTER(db, 12, X6(100, __VA_ARGS__), P(0, __VA_ARGS__))
#define CONFIRM_BURSTS(db, ...) CONFIRM(db, 6, X3(100, __VA_ARGS__), S(0))

#define RING(...) .ring_ms = { __VA_ARGS__ }
#define CALLER_ID(method, time, alert) .cid = method, .cid_when = time, .cid_dtas = alert
#define FLASH(from, to, out) .flash_min_ms = from, .flash_max_ms = to, .flash_out_ms = out
#define PULSE(make, brk) .pulse_make_ms = make, .pulse_break_ms = brk
/* clang-format on */

/* Each ends with a row whose name is NULL. */
extern const struct country country_america[], country_isles[], country_west[], country_north[], country_east[], country_asia[];

#endif
