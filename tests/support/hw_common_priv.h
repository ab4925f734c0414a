/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/hw_common_priv.h: between the files of the common driver test. */
#ifndef TESTS_SUPPORT_HW_COMMON_PRIV_H
#define TESTS_SUPPORT_HW_COMMON_PRIV_H

#include "tests/support/hw_common.h"

struct hwc_end { /* one end of a wire: a D channel, or a line */
	struct hw_dchan *d;
	struct hw_line *l;
	int events[HW_EV_PULSE_LAST + 1];
	void (*on_readable)(struct hwc_end *e);
	/* D channels: frames counted from 0, the content follows from the count */
	int sent, got;
	/* lines */
	uint32_t tx_state, rx_state;
	unsigned block, owed, reads;
	bool begun;
	long octets;
	const char *bad;
};

struct hwc_check {
	const char *what;
	const char *(*check)(struct hw_common *t);
};
void hwc_run_checks(struct hw_common *t, const struct hwc_check *checks, size_t n, unsigned period);

void hwc_on_event(void *arg, enum hw_event ev);
void hwc_run_ms(struct hw_common *t, int ms);
bool hwc_span(struct hw_common *t, int no, struct hw_span *out);
int hwc_chan(struct hw_common *t, int span, int pos);

/* Exact octets both ways over two lines that are started with A, AHEAD blocks queued at first. */
const char *hwc_audio_exact(struct hw_common *t, struct hwc_end e[2], const struct hw_audio *a,
			    unsigned ahead, long octets);

const char *hwc_check_frames(struct hw_common *t);
const char *hwc_check_queue(struct hw_common *t);
const char *hwc_check_audio_8(struct hw_common *t);
const char *hwc_check_audio_40(struct hw_common *t);
const char *hwc_check_audio_160(struct hw_common *t);
const char *hwc_check_silence(struct hw_common *t);
const char *hwc_check_clear(struct hw_common *t);
const char *hwc_check_overrun(struct hw_common *t);
const char *hwc_check_lost(struct hw_common *t);

#endif
