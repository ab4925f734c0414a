/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/ops/text.h: words that came off the wire, made fit for a terminal, a log and JSON. Pure; any
 * thread.
 */
#ifndef GATEWAY_OPS_TEXT_H
#define GATEWAY_OPS_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Copies SRC (LEN octets) into DST (SIZE, always ended by a zero): control characters (C0, DEL, C1) become ".", what is
 * not UTF-8 becomes "?", and a character is never cut in half. Returns the octets written. */
size_t text_clean(char *dst, size_t size, const char *src, size_t len);

#define TEXT_ISO_SIZE 32
/* "2026-11-22T19:42:01.123Z" (ISO 8601, UTC) into DST (TEXT_ISO_SIZE octets) for MS since 1970; "" for 0. */
void text_iso(char *dst, int64_t ms);

#endif
