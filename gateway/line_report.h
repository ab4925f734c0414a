/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/line_report.h: what was measured of a line, step by step with verdicts, as the answer to a request. Loop thread only. */
#ifndef GATEWAY_LINE_REPORT_H
#define GATEWAY_LINE_REPORT_H

#include <json-c/json.h>

#include "gateway/ops/control.h"

#define NOISE_MAX_DBM0 (-45)	/* more is heard as a hiss between words */

enum report_verdict { REPORT_GOOD, REPORT_BAD, REPORT_CANNOT };

struct report {
	struct json_object *steps;	/* an array, made by the owner; report_answer() takes it */
	int bad;
};

void report_step(struct report *r, const char *name, enum report_verdict v, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void report_value(struct report *r, double v, const char *unit);	/* of the step told last */
void report_noise(struct report *r, const char *name, double dbm0);	/* a step of its own; NAN: none */
/* ABORTED: why it was cut short, or "". */
void report_answer(struct report *r, const char *line, const char *kind, const char *aborted, struct control_request *req);

#endif
