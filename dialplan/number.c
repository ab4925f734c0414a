/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dialplan/number.c: numbers at the edge and inside. Called by the gateway for every number that comes in
 * (number_in) or goes out (number_out); pure, any thread.
 *
 * Type of number: Q.931 4.5.8. Lengths: E.164 6.2. What looks like a national or international number but
 * is shorter than any such number can be is a service code (112, 000 in Australia) and stays as it came.
 */
#include "dialplan/number.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { TON_UNKNOWN = 0, TON_INTERNATIONAL = 1, TON_NATIONAL = 2, TON_SUBSCRIBER = 4 };

enum {
	SUBSCRIBER_MIN = 4,	/* digits of the shortest number without its area code */
};

/* Copies DIGITS without separators to OUT. */
static int clean(const char *digits, char *out)
{
	size_t n = 0;

	for (const char *p = digits; *p; p++) {
		if (strchr("-.() ", *p))
			continue;
		if (!strchr("0123456789*#ABCD", *p) && !(*p == '+' && n == 0))
			return -EINVAL;
		if (n + 1 >= NUMBER_MAX)
			return -ENAMETOOLONG;
		out[n++] = *p;
	}
	out[n] = '\0';
	return 0;
}

static bool all_digits(const char *s)
{
	return *s && s[strspn(s, "0123456789")] == '\0';
}

/* The rest of S after PREFIX, or NULL when S does not begin with it; an empty prefix is none. */
static const char *after(const char *s, const char *prefix)
{
	size_t n = strlen(prefix);

	return n && strncmp(s, prefix, n) == 0 ? s + n : NULL;
}

static bool national_length(const struct number_rules *r, const char *rest)
{
	size_t n = strlen(rest);

	return strcmp(r->country, "1") == 0 ? n == NUMBER_NANP_NATIONAL : n >= NUMBER_NATIONAL_MIN;
}

static bool can_be_international(const char *rest)
{
	return rest[0] != '0' && strlen(rest) >= NUMBER_INTERNATIONAL_MIN;
}

/* "+", A, B and C joined, into OUT. */
static int join(char *out, const char *a, const char *b, const char *c)
{
	char whole[NUMBER_MAX];
	int n = snprintf(whole, sizeof(whole), "+%s%s%s", a, b, c);

	if (n < 0 || (size_t)n >= sizeof(whole))
		return -ENAMETOOLONG;
	memcpy(out, whole, (size_t)n + 1);
	return 0;
}

static int in_unknown(const struct number_rules *r, const char *s, char *out)
{
	const char *rest = after(s, r->international);

	if (rest)	/* and never national: after 0 no national number goes on with another 0 */
		return can_be_international(rest) ? join(out, rest, "", "") : 0;
	rest = after(s, r->national);
	if (rest && r->country[0] && national_length(r, rest))
		return join(out, r->country, rest, "");
	return 0;
}

int number_in(const struct number_rules *r, const char *digits, unsigned ton, char *out)
{
	char s[NUMBER_MAX];
	int err = clean(digits, s);

	if (err)
		return err;
	if (s[0] == '+' && (!all_digits(s + 1) || s[1] == '0'))
		return -EINVAL;
	memcpy(out, s, strlen(s) + 1);
	if (s[0] == '+' || !all_digits(s))
		return 0;
	switch (ton) {
	case TON_INTERNATIONAL:
		return s[0] == '0' ? 0 : join(out, s, "", "");
	case TON_NATIONAL:
		return r->country[0] && national_length(r, s) ? join(out, r->country, s, "") : 0;
	case TON_SUBSCRIBER:
		if (!r->country[0] || !r->area[0] || strlen(s) < SUBSCRIBER_MIN)
			return 0;
		return join(out, r->country, r->area, s);
	case TON_UNKNOWN:
		return in_unknown(r, s, out);
	default:
		return 0;	/* network specific, abbreviated: known to the network alone */
	}
}

static void put(char *digits, const char *prefix, const char *rest)
{
	/* A number inside leaves room for the prefix: E.164 has 15 digits. Longer ones are cut. */
	snprintf(digits, NUMBER_MAX, "%s%.*s", prefix, (int)(NUMBER_MAX - 1 - strlen(prefix)), rest);
}

/* The digits after the country and the area code, when NUMBER is in the trunk's own area; else NULL. */
static const char *in_area(const struct number_rules *r, const char *national)
{
	const char *rest = national ? after(national, r->area) : NULL;

	return rest && strlen(rest) >= SUBSCRIBER_MIN ? rest : NULL;
}

void number_out(const struct number_rules *r, enum number_style style, const char *number, char *digits,
		unsigned *ton)
{
	const char *national = number[0] == '+' ? after(number + 1, r->country) : NULL;

	*ton = TON_UNKNOWN;
	if (number[0] != '+' || style == NUMBER_STYLE_PLUS) {
		put(digits, "", number);
		return;
	}
	if (national && !national_length(r, national))
		national = NULL;	/* would not be understood as national */
	switch (style) {
	case NUMBER_STYLE_DIALLED:
		if (national)
			put(digits, r->national, national);
		else
			put(digits, r->international, number + 1);
		return;
	case NUMBER_STYLE_LOCAL:
		if (in_area(r, national)) {
			put(digits, "", in_area(r, national));
			*ton = TON_SUBSCRIBER;
			return;
		}
		/* fall through */
	case NUMBER_STYLE_TYPED:
		if (national) {
			put(digits, "", national);
			*ton = TON_NATIONAL;
			return;
		}
		break;
	case NUMBER_STYLE_INTERNATIONAL:
	case NUMBER_STYLE_PLUS:
		break;
	}
	put(digits, "", number + 1);
	*ton = TON_INTERNATIONAL;
}

void number_fix(const struct number_rules *r, bool calling, unsigned *ton, unsigned *npi)
{
	static const unsigned tons[] = { 0, 0, 1, 2, 3, 4, 6 }, npis[] = { 0, 0, 1, 3, 4, 8, 9 };
	int type = calling ? r->calling_type : r->called_type, plan = calling ? r->calling_plan : r->called_plan;

	if (type > NUMBER_TYPE_AUTO && type <= NUMBER_TYPE_ABBREVIATED)
		*ton = tons[type];
	if (plan > NUMBER_PLAN_AUTO && plan <= NUMBER_PLAN_PRIVATE)
		*npi = npis[plan];
}

static bool matches(const char *pattern, const char *number)
{
	for (; *pattern && *pattern != '*'; pattern++, number++)
		if (!*number || (*pattern == '?' ? *number < '0' || *number > '9' : *pattern != *number))
			return false;
	return *pattern == '*' || !*number;
}

bool number_allowed(const struct number_rules *r, const char *number)
{
	for (int i = 0; i < r->n_allowed; i++)
		if (matches(r->allowed[i], number))
			return true;
	return r->n_allowed == 0 || (r->calling_default[0] && strcmp(number, r->calling_default) == 0);
}
