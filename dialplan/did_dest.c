/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dialplan/did_dest.c: destinations of the DID file: a trunk with a template, a test line, an ending. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialplan/did_table.h"

static const char what_fits[] = "a trunk of trunks.yaml, TRUNK/NUMBER, test/NAME, busy, congestion or reject:CAUSE";

/* --- Templates: digits, letters and {all}, {last:4}, {from:3} --------------------------------- */

static int put(struct dest *d, char c)
{
	if (d->len + 1 >= sizeof(d->text))
		return -EINVAL;
	d->text[d->len++] = c;
	d->text[d->len] = '\0';
	return 0;
}

/* "{...}" of LEN octets at TEXT. *ROOM: octets that it may become. */
static int template(struct dest *d, const char *text, size_t len, size_t *room)
{
	char word[16] = "", *end = NULL;
	long n = 0;
	int kind;

	if (len < 2 || len - 2 >= sizeof(word))
		return -EINVAL;
	memcpy(word, text + 1, len - 2);
	if (strcmp(word, "all") == 0) {
		*room += NUMBER_MAX - 1;
		return put(d, TEMPLATE_ALL);
	}
	kind = strncmp(word, "last:", 5) == 0 ? TEMPLATE_LAST : strncmp(word, "from:", 5) == 0 ? TEMPLATE_FROM : 0;
	if (kind && isdigit((unsigned char)word[5]))
		n = strtol(word + 5, &end, 10);
	if (!end || *end || n < 1 || n >= NUMBER_MAX)
		return -EINVAL;
	*room += kind == TEMPLATE_LAST ? (size_t)n : NUMBER_MAX - 1;
	if (put(d, (char)kind))
		return -EINVAL;
	return put(d, (char)n);
}

static int number_parse(struct dest *d, const char *text, size_t len, size_t at, struct fault *f)
{
	size_t room = 0;

	if (len == 0) {
		fault_set(f, at - 1, 1, "TRUNK alone sends the number as it is; TRUNK/{last:4} its end", "nothing after the /");
		return -EINVAL;
	}
	for (size_t i = 0; i < len;) {
		const char *close = text[i] == '{' ? memchr(text + i, '}', len - i) : NULL;
		size_t n = close ? (size_t)(close - text) - i + 1 : 1;
		int err = 0;

		if (text[i] == '{') {
			err = close ? template(d, text + i, n, &room) : -EINVAL;
			if (err) {
				fault_set(f, at + i, close ? n : len - i, "{all}, {last:N} or {from:N} with N from 1 to 63",
					  "unknown template");
				return err;
			}
		} else if (isalnum((unsigned char)text[i]) || strchr("*#._-", text[i]) || (text[i] == '+' && i == 0)) {
			room++;
			err = put(d, text[i]);
		} else {
			fault_set(f, at + i, 1, "digits, letters, * # . _ - and {all}, {last:N}, {from:N}",
				  "'%c' in the number to call", isprint((unsigned char)text[i]) ? text[i] : '?');
			return -EINVAL;
		}
		if (err || room >= NUMBER_MAX * 2) {
			fault_set(f, at, len, "127 characters at most, templates filled in", "the number to call is too long");
			return -EINVAL;
		}
		i += n;
	}
	return 0;
}

void dest_expand(const struct dest *d, const char *number, struct did_dest *out)
{
	size_t at = 0, len = strnlen(number, NUMBER_MAX - 1), plus = number[0] == '+';

	out->kind = d->kind;
	out->cause = d->cause;
	memcpy(out->trunk, d->trunk, sizeof(out->trunk));
	if (d->kind == DID_TRUNK && d->len == 0) {
		memcpy(out->number, number, len);
		out->number[len] = '\0';
		return;
	}
	for (size_t i = 0; i < d->len; i++) {
		const char *from = &d->text[i];
		size_t n = 1;

		if (d->kind == DID_TRUNK && *from == TEMPLATE_ALL) {
			from = number;
			n = len;
		} else if (d->kind == DID_TRUNK && *from == TEMPLATE_LAST) {
			size_t want = (size_t)d->text[++i], have = len - plus;

			n = want < have ? want : have;
			from = number + len - n;
		} else if (d->kind == DID_TRUNK && *from == TEMPLATE_FROM) {
			size_t skip = (size_t)d->text[++i] - 1 + plus;

			from = skip < len ? number + skip : "";
			n = skip < len ? len - skip : 0;
		}
		if (at + n >= sizeof(out->number))
			break;
		memcpy(out->number + at, from, n);
		at += n;
	}
	out->number[at] = '\0';
}

/* --- Test lines and endings ------------------------------------------------------------------- */

static int test_parse(struct dest *d, const char *text, size_t len, size_t at, struct fault *f)
{
	static const char *const lines[] = { "milliwatt", "quiet", "echo", "busy", "noanswer" };
	static const char hint[] = "test/milliwatt, quiet, echo, busy, noanswer or play:FILE.wav";

	d->kind = DID_TEST;
	if (len == 0 || len >= sizeof(d->text)) {
		fault_set(f, at, len, hint, "no such test line");
		return -EINVAL;
	}
	memcpy(d->text, text, len);
	d->text[len] = '\0';
	d->len = len;
	if (strncmp(d->text, "play:", 5) == 0 && len > 5)
		return 0;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (strcmp(lines[i], d->text) == 0)
			return 0;
	if (strcmp(d->text, "fax") == 0)
		fault_set(f, at, len, hint, "test/fax is not supported by this version");
	else if (strcmp(d->text, "play") == 0 || strcmp(d->text, "play:") == 0)
		fault_set(f, at, len, "test/play:FILE.wav", "test/play without its file");
	else
		fault_set(f, at, len, hint, "no such test line");
	return -EINVAL;
}

static int reject_parse(struct dest *d, const char *text, size_t len, size_t at, struct fault *f)
{
	char word[8] = "", *end = word;
	long v = 0;

	d->kind = DID_REJECT;
	if (len > 0 && len < sizeof(word)) {
		memcpy(word, text, len);
		if (isdigit((unsigned char)*word))
			v = strtol(word, &end, 10);
	}
	if (*end || v < 1 || v > 127) {
		fault_set(f, at, len, "a Q.850 cause from 1 to 127, as reject:21 (call rejected)", "reject: wants a cause");
		return -EINVAL;
	}
	d->cause = (int)v;
	return 0;
}

/* TRUNK/WHAT where only the trunk file knows what there is: ports. */
static int there(struct did_loader *l, const struct dest *d, size_t at, size_t len, struct fault *f)
{
	char hint[160] = "";

	for (size_t i = 0; i < d->len; i++)
		if ((unsigned char)d->text[i] <= TEMPLATE_FROM)
			return 0;
	if (!l->trunks->takes || l->trunks->takes(l->trunks->arg, d->trunk, d->text, hint, sizeof(hint)))
		return 0;
	fault_set(f, at, len, hint, "trunk %s has no %.40s", d->trunk, d->text);
	return -EINVAL;
}

static int trunk_parse(struct did_loader *l, const char *text, size_t len, size_t at, struct dest *d, struct fault *f)
{
	const char *slash = memchr(text, '/', len);
	size_t n = slash ? (size_t)(slash - text) : len;

	d->kind = DID_TRUNK;
	if (n == 0) {
		fault_set(f, at, 1, what_fits, "no destination");
		return -EINVAL;
	}
	if (n >= sizeof(d->trunk)) {
		fault_set(f, at, n, what_fits, "no trunk has so long a name");
		return -EINVAL;
	}
	memcpy(d->trunk, text, n);
	d->trunk[n] = '\0';
	if (!did_trunk_known(l, d->trunk)) {
		did_unknown_trunk(l, d->trunk, at, n, f);
		return -EINVAL;
	}
	if (!slash)
		return 0;
	n++;
	if (number_parse(d, slash + 1, len - n, at + n, f))
		return -EINVAL;
	return there(l, d, at + n, len - n, f);
}

static bool begins(const char *text, size_t len, const char *word)
{
	return len >= strlen(word) && memcmp(text, word, strlen(word)) == 0;
}

int dest_parse(struct did_loader *l, const char *text, size_t len, size_t at, struct dest *d, struct fault *f)
{
	d->trunk[0] = d->text[0] = '\0';
	d->len = 0;
	d->cause = 0;
	if (len == 4 && begins(text, len, "busy")) {
		d->kind = DID_BUSY;
		d->cause = 17;	/* Q.850: user busy */
		return 0;
	}
	if (len == 10 && begins(text, len, "congestion")) {
		d->kind = DID_CONGESTION;
		d->cause = 42;	/* Q.850: switching equipment congestion */
		return 0;
	}
	if (begins(text, len, "reject:"))
		return reject_parse(d, text + 7, len - 7, at + 7, f);
	if (len == 6 && begins(text, len, "reject")) {
		fault_set(f, at, len, "reject:CAUSE, as reject:21 (call rejected)", "reject without its cause");
		return -EINVAL;
	}
	if (begins(text, len, "test/"))
		return test_parse(d, text + 5, len - 5, at + 5, f);
	return trunk_parse(l, text, len, at, d, f);
}

void dest_print(const struct dest *d, char *out, size_t size)
{
	size_t at;

	switch (d->kind) {
	case DID_BUSY:
		snprintf(out, size, "busy");
		return;
	case DID_CONGESTION:
		snprintf(out, size, "congestion");
		return;
	case DID_REJECT:
		snprintf(out, size, "reject:%d", d->cause);
		return;
	case DID_TEST:
		snprintf(out, size, "test/%s", d->text);
		return;
	case DID_TRUNK:
		break;
	}
	at = (size_t)snprintf(out, size, "%s%s", d->trunk, d->len ? "/" : "");
	for (size_t i = 0; i < d->len && at < size; i++) {
		char c = d->text[i];

		if (c == TEMPLATE_ALL)
			at += (size_t)snprintf(out + at, size - at, "{all}");
		else if (c == TEMPLATE_LAST || c == TEMPLATE_FROM)
			at += (size_t)snprintf(out + at, size - at, "{%s:%d}", c == TEMPLATE_LAST ? "last" : "from",
					       d->text[++i]);
		else
			at += (size_t)snprintf(out + at, size - at, "%c", c);
	}
}
