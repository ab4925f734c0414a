/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/pair_test_private.h: between pair_test.c (the steps, the legs, the end), pair_test_begin.c (what is asked for, and whether it
 * can be made) and pair_test_heard.c (levels, noise, keys). Loop thread only.
 */
#ifndef GATEWAY_PAIR_TEST_PRIVATE_H
#define GATEWAY_PAIR_TEST_PRIVATE_H

#include "gateway/line_report.h"
#include "gateway/pair_test.h"

#define PAIR_NUMBER "1234567890"	/* shown as the caller */
#define PAIR_NAME "Tipring test"
#define PAIR_DIGITS "0123456789*#ABCD"
#define PAIR_POLL_MS 50
#define PAIR_CLEAR_MS 15000	/* a tone of clearing has to be heard for some cycles */

enum { FXS, FXO };		/* index of the end */
enum pair_step { RING, ANSWER, TONE_TO_FXO, TONE_TO_FXS, NOISE, DIGITS_TO_FXO, DIGITS_TO_FXS, CLEAR, IDLE };

struct pair_end {
	struct trunk *trunk;
	struct trunk_line line;
	struct leg *leg;
	struct media_port *probe;
	char heard[sizeof(PAIR_DIGITS) + 8];	/* digits */
};

struct pair_test {
	struct gateway *gw;
	struct control_request *req;
	struct report report;
	struct pair_end end[2];
	struct media_port *tone;
	unsigned ports;			/* of ours whose MEDIA_CLOSED is still to come */
	enum pair_step step;
	int64_t since_us, ring_us;	/* of the step; when the FXO port first saw ring voltage, 0 */
	unsigned digit;
	char aborted[120];
	struct loop_timer *timer;
	bool over;			/* answered; waits for its ports */
};

/* pair_test.c */
void pair_wait(struct pair_test *p, unsigned ms);			/* the step's next look */
void pair_go(struct pair_test *p, enum pair_step step, unsigned ms);		/* the next step, with its first look or its limit */
const char *pair_name(const struct pair_test *p, int which);		/* "phones/1" */
void pair_clear_leg(struct pair_test *p, int which);
void pair_abort(struct pair_test *p, const char *why);			/* once; the lines are cleared and waited for */
void pair_free_if_over(struct pair_test *p);
void pair_fxs_event(void *arg, struct leg *leg, const struct leg_event *ev);

/* pair_test_heard.c: LISTENER is the end that listens, the other one sends. */
void pair_tone_to(struct pair_test *p, int listener);
void pair_tone_heard(struct pair_test *p, int listener);
void pair_begin_noise(struct pair_test *p);
void pair_noise_heard(struct pair_test *p);
void pair_begin_digits(struct pair_test *p);
void pair_next_digit(struct pair_test *p, int listener);

#endif
