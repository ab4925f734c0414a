/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dialplan/did.h: the DID file: which called number goes where. Pure: text in, a table out; a number in, a
 * decision and its reasons out. No clock, no log, no lock: a table never changes once it is loaded, so any
 * number of threads may look numbers up in it.
 *
 *	[TRUNK]                                         the trunk that calls come from; one section each
 *	PATTERN  DEST[, DEST...]  name="..." max=N ring=N emergency
 *	expect TRUNK NUMBER -> DEST[, DEST...]          or "-> refused"; checked at every load
 *	# comment                                       at the beginning of a line or after white space
 *
 * PATTERN: digits, * and # (and A to D) stand for themselves, with + in front for E.164; x is one digit, [2-46] one
 * of a set; a..b at the end a range, where b replaces the last digits of a; * at the end means that anything may
 * follow, also nothing ("+44*" matches "+44"). A star at the end that is meant as the key is written \*, a
 * number sign in front \#. A pattern matches the whole number.
 * DEST: TRUNK (the number as it is), TRUNK/WHAT with {all} (the number), {last:n} (its last n digits), {from:n}
 * (from its n-th digit on; the + is not counted), test/LINE, busy, congestion, reject:CAUSE.
 *
 * The most specific row wins: go through two patterns from the left; at the first position where one leaves
 * fewer possibilities than the other, that one is more specific. So a digit goes before a set, a small set before a
 * larger one, that before x, and anything before the * at the end. A range leaves as many as it has different
 * beginnings of that length: 1055..1079 leaves 1, 1, 3, 25. Two rows that are equally specific and match a
 * number in common are an error.
 */
#ifndef DIALPLAN_DID_H
#define DIALPLAN_DID_H

#include <stdbool.h>
#include <stddef.h>

#include "dialplan/number.h"

#define DID_DESTS_MAX 8		/* destinations of one row */
#define DID_NAME_MAX 64		/* a trunk's or a row's name with the ending zero */
#define DID_RING_MAX 24		/* a ring's name with the ending zero */

struct did_table;

/* One error or warning. Line and column from 1. */
struct did_error {
	const char *file;	/* as given to did_load() */
	int line, column;
	int length;		/* characters of the offending text, at least 1 */
	const char *message;	/* "two rows match equally: this one and line 12" */
	const char *suggestion;	/* "" when there is none */
	const char *source;	/* the whole line, for the caret below it */
};
typedef void did_error_fn(void *arg, const struct did_error *e);

/* What a table needs to know of the trunk file: is there a trunk of that name, and how does it write its
 * numbers (number_rules of the section's trunk: national numbers in expect rows and lookups). */
struct did_trunks {
	bool (*known)(void *arg, const char *name);
	/* nearest known name, or NULL: "did you mean" */
	const char *(*nearest)(void *arg, const char *name);
	void *arg;
	/* Can a call go to WHAT on this trunk (a row's TRUNK/WHAT without templates)? False: HINT says what can. NULL: to all. */
	bool (*takes)(void *arg, const char *name, const char *what, char *hint, size_t size);
};

/* Loads TEXT (LEN octets, need not end in zero). All errors are reported, not only the first. Returns 0
 * and a table that the caller frees, -EINVAL after at least one error was reported, -ENOMEM. The expect
 * rows are run: one that fails is an error. */
int did_load(struct did_table **out, const char *file, const char *text, size_t len,
	     const struct did_trunks *trunks, did_error_fn *fn, void *arg);
void did_free(struct did_table *t);			/* NULL is fine */

enum did_dest_kind {
	DID_TRUNK,		/* trunk, and the number to call on it */
	DID_TEST,		/* a test line: "milliwatt", "play:FILE.wav" */
	DID_BUSY,		/* ending: cause 17 */
	DID_CONGESTION,		/* ending: cause 42 */
	DID_REJECT,		/* ending: cause given */
};
struct did_dest {
	enum did_dest_kind kind;
	char trunk[DID_NAME_MAX];	/* DID_TRUNK */
	char number[NUMBER_MAX * 2];	/* DID_TRUNK: inside form, templates filled in; DID_TEST: the line and its argument */
	int cause;			/* endings: Q.850 cause */
};

/* A decision. */
struct did_route {
	int row;			/* which row, for counting and for max=; -1 for none */
	int line;			/* its line in the file */
	struct did_dest dests[DID_DESTS_MAX];
	int n_dests;			/* 0 when no row allows the call */
	char name[DID_NAME_MAX];	/* name= or "" */
	char budget[DID_NAME_MAX];	/* budget= or "" */
	int max;			/* max=: calls at once on this row; 0 for no limit */
	char ring[DID_RING_MAX];	/* ring=: "1" to "5", or the name of a ring; "" for none */
	bool emergency;
};

/* Looks NUMBER (inside form, number_in()) up among the rows of section TRUNK. Returns 0, or -ENOENT (no
 * row allows it). */
int did_lookup(const struct did_table *t, const char *trunk, const char *number, struct did_route *out);

/* The same, telling each row considered and why it won or lost: for `tipring explain`. */
typedef void did_explain_fn(void *arg, int line, const char *row, bool won, const char *why);
int did_explain(const struct did_table *t, const char *trunk, const char *number, did_explain_fn *fn,
		void *arg, struct did_route *out);

/* Is what was dialled so far a number of section TRUNK? For ports on which digits come one at a time. DIGITS are as dialled,
 * 0-9 * # A-D (or "+" and E.164): the rules of the trunk apply, so that 02079 may become +442079. */
enum did_digits {
	DID_DIGITS_MORE,		/* no, a longer one may be */
	DID_DIGITS_COMPLETE,		/* yes, and none that is longer begins with it */
	DID_DIGITS_COMPLETE_OR_MORE,	/* yes, but a longer one may be meant: a row with * at the end leaves all lengths up to E.164's */
	DID_DIGITS_NONE,		/* no row begins like this */
};
enum did_digits did_digits(const struct did_table *t, const char *trunk, const struct number_rules *r, const char *digits);

/* Is the row of NUMBER (inside form) that of every longer number that begins with it? */
bool did_settled(const struct did_table *t, const char *trunk, const char *number);

/* How many rows (of section TRUNK, or all for NULL), and how many rows in all have an index below this. */
size_t did_rows(const struct did_table *t, const char *trunk);
size_t did_expects(const struct did_table *t);	/* expect rows, all of which held */

#endif
