/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/detect.h: `tipring detect`: what the card has, written as a first configuration that passes its own
 * check: DAHDI's system.conf, trunks.yaml and dids. Reads the card and disturbs nothing on it: no channel is
 * opened, so the daemon may be running. Any thread.
 */
#ifndef GATEWAY_DETECT_H
#define GATEWAY_DETECT_H

#include <stdio.h>

#include "conf/trunks.h"

struct hw;

struct detect_site {
	const char *country, *area;	/* "44", "20" ("" for none) */
	const struct conf *conf;	/* a configuration whose card is read, or NULL: DAHDI's */
};

struct detect;
/* Reads the card. -ENODEV: it has no span; else a negative errno. */
int detect_open(struct detect **out, const struct detect_site *site);
void detect_close(struct detect *d);	/* NULL is fine */

/* The three files. */
void detect_system_conf(const struct detect *d, FILE *f);
void detect_trunks_yaml(const struct detect *d, FILE *f);
void detect_dids(const struct detect *d, FILE *f);

#endif
