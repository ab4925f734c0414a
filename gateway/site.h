/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/site.h: one configuration: the trunk file and the DID file of a folder, read and checked
 * together. Used by the daemon at start and reload and by `tipring check`. Any thread.
 */
#ifndef GATEWAY_SITE_H
#define GATEWAY_SITE_H

#include <stdio.h>

#include "conf/trunks.h"
#include "dialplan/did.h"

struct site {
	struct conf *conf;		/* DIR/trunks.yaml */
	struct did_table *dids;		/* DIR/dids */
};

struct site_error {
	const char *file;
	int line, column, length;	/* from 1; length in characters */
	const char *message, *suggestion, *source;
};
typedef void site_error_fn(void *arg, const struct site_error *e);

/* Reports all errors of both files; the DID file is checked against the trunk file when that is sound.
 * Returns 0, -EINVAL (errors were reported), -ENOMEM. */
int site_load(struct site **out, const char *dir, site_error_fn *fn, void *arg);
void site_free(struct site *s);		/* NULL is fine */

/* As a compiler does: file:line:column: error: message, the line, a caret, the suggestion. */
void site_print_error(FILE *to, const struct site_error *e);

/* The rules by which a trunk writes its numbers. */
void site_number_rules(const struct conf_trunk *t, struct number_rules *out);

struct country;
/* Whose tones an analog trunk has: TONES (the trunk's own, "" for none), else the site's, else those of the site's country code.
 * site_load() has seen to it that there are some. */
const struct country *site_country(const struct conf *c, const char *tones);

#endif
