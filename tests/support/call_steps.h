/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/call_steps.h: a call between the legs of call_fakes.h, step by step: begun, transferred, over. */
#ifndef TESTS_SUPPORT_CALL_STEPS_H
#define TESTS_SUPPORT_CALL_STEPS_H

#include "tests/support/call_fakes.h"

static const struct leg_event ev_answered = { .kind = LEG_ANSWERED };

static inline void gone_with(struct leg *l, int cause)
{
	struct leg_event gone = { .kind = LEG_CLEARED, .cause = { .q850 = (uint8_t)cause }, .by_far_end = true };

	leg_report(l, &gone);
}

static inline void begin(const char *called)
{
	struct leg_offer offer = { .complete = true };

	n_out = n_port = n_closing = joins = n_records = 0;
	in = (struct leg){ .ops = &ops, .incoming = true, .port = (struct media_port *)&in };
	snprintf(offer.called.digits, sizeof(offer.called.digits), "%s", called);
	call_offered(&gw, &office, &in, &offer);
	did[0] = 0;
}

static inline void all_over(void)
{
	gone_with(&in, 16);
	for (int i = 0; i < n_out; i++)
		if (out[i].fn && gw.calls)
			gone_with(&out[i], 16);
	close_ports();
	assert_null(gw.calls);
	assert_int_equal(n_records, 1);
	assert_int_equal(office.calls, 0);
	assert_int_equal(telco.calls, 0);
}

/* L asks for its far end to be sent on to DIGITS. */
static inline void refer(struct leg *l, const char *digits)
{
	struct leg_divert d = { .reason = 0 };
	struct leg_event ev = { .kind = LEG_REFER, .divert = &d };

	snprintf(d.to.digits, sizeof(d.to.digits), "%s", digits);
	did[0] = 0;
	leg_report(l, &ev);
}

#endif
