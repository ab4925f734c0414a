/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dialplan/number.h: numbers. Inside they are E.164 with a leading "+"; type of number, numbering plan and
 * dialling prefixes live at the edge and are turned here, by a trunk's own rules. Pure; any thread.
 */
#ifndef DIALPLAN_NUMBER_H
#define DIALPLAN_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#define NUMBER_MAX 64		/* characters of a number inside, with the ending zero */

/* Digits: what is shorter is no number of that kind but a service code (112, 000 in Australia). */
#define NUMBER_NATIONAL_MIN 5		/* of the shortest national (significant) number */
#define NUMBER_NANP_NATIONAL 10		/* of every national number in country code 1 */
#define NUMBER_INTERNATIONAL_MIN 7	/* after an international prefix */
#define NUMBER_E164_MAX 15		/* E.164 6.1, country code and all */

#define NUMBER_ALLOWED_MAX 32		/* patterns of calling numbers of one trunk */

/* How numbers are written on one trunk. Strings of digits; "" where there is none. */
struct number_rules {
	char country[8];	/* country code, "44" */
	char area[8];		/* area code without trunk prefix, "20" */
	char international[8];	/* prefix before a country code, "00" */
	char national[8];	/* trunk prefix before an area code, "0" */
	/* What goes out: type of number that called and calling numbers get (Q.931 4.5.8), see number_out(). */
	enum number_style {
		NUMBER_STYLE_TYPED,		/* national type inside the country, international outside */
		NUMBER_STYLE_INTERNATIONAL,	/* international type for all E.164 */
		NUMBER_STYLE_DIALLED,		/* type unknown, as a person dials: 020.., 00.. */
		NUMBER_STYLE_PLUS,		/* "+" and E.164, for SIP */
		NUMBER_STYLE_LOCAL,		/* as typed; subscriber type inside the area */
	} called_style, calling_style;
	/* What the switch wants on every number, whatever the style: 0 as the style has it, else one of the below. */
	int called_type, called_plan, calling_type, calling_plan;
	int n_allowed;			/* calling numbers that may go out; 0 for all */
	char allowed[NUMBER_ALLOWED_MAX][32];	/* digits with "?" for any one, and "*" at the end for any more */
	char calling_default[32];	/* in the place of any other, or of none; "" for none */
};

/* type: and plan: of a trunk, in the order of its words; the values of Q.931 4.5.8 are another. */
enum number_type { NUMBER_TYPE_AUTO, NUMBER_TYPE_UNKNOWN, NUMBER_TYPE_INTERNATIONAL, NUMBER_TYPE_NATIONAL,
		   NUMBER_TYPE_NETWORK, NUMBER_TYPE_SUBSCRIBER, NUMBER_TYPE_ABBREVIATED };
enum number_plan { NUMBER_PLAN_AUTO, NUMBER_PLAN_UNKNOWN, NUMBER_PLAN_ISDN, NUMBER_PLAN_DATA, NUMBER_PLAN_TELEX,
		   NUMBER_PLAN_NATIONAL, NUMBER_PLAN_PRIVATE };

/* Digits and type of number (Q.931 4.5.8) as they came -> inside form in OUT (NUMBER_MAX octets). A number that
 * cannot be made E.164 (an extension, 112 with type unknown, *57) stays as it came. With TON unknown,
 * the international and national prefixes are recognised; digits alone are not guessed at. Visual separators "-.() " are dropped. Returns 0, or -EINVAL for a
 * character that no number has, -ENAMETOOLONG. */
int number_in(const struct number_rules *r, const char *digits, unsigned ton, char *out);

/* Inside form -> digits and type of number as the trunk wants it. DIGITS has NUMBER_MAX octets. */
void number_out(const struct number_rules *r, enum number_style style, const char *number, char *digits,
		unsigned *ton);

/* The fixed type and plan of the trunk in the place of *TON and *NPI, where it has them. */
void number_fix(const struct number_rules *r, bool calling, unsigned *ton, unsigned *npi);

/* May NUMBER (inside form) go out as a calling number? */
bool number_allowed(const struct number_rules *r, const char *number);

#endif
