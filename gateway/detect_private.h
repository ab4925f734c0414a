/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/detect_private.h: what the files of `tipring detect` share: the card as it was read. */
#ifndef GATEWAY_DETECT_PRIVATE_H
#define GATEWAY_DETECT_PRIVATE_H

#include "gateway/detect.h"
#include "hw/hw.h"

#define DETECT_SPANS_MAX 128

struct detect {
	struct detect_site site;
	struct hw_span spans[DETECT_SPANS_MAX];
	int n_spans;
	struct hw_chan *chans;
	int n_chans;
};

/* E1, T1, J1: has a D channel. */
bool detect_is_digital(const struct hw_span *s);
/* Channel number of the D channel of a digital span (timeslot 16 of an E1, else 24). */
int detect_dchan(const struct hw_span *s);
/* "1-4,9" of all ports of one kind (HW_CHAN_FXS, HW_CHAN_FXO) of the card; returns how many. */
int detect_ports(const struct detect *d, enum hw_chan_kind kind, char *buf, size_t size);
/* One line about a span, for comments. */
void detect_about(const struct hw_span *s, char *buf, size_t size);

#endif
