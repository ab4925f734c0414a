/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/line_report.c: see line_report.h. */
#include "gateway/line_report.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "gateway/put.h"

void report_step(struct report *r, const char *name, enum report_verdict v, const char *fmt, ...)
{
	static const char *const verdicts[] = { "good", "bad", "cannot be measured" };
	struct json_object *o = json_object_new_object();
	char text[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	put_str(o, "step", name);
	put_str(o, "result", text);
	put_str(o, "verdict", verdicts[v]);
	json_object_array_add(r->steps, o);
	r->bad += v == REPORT_BAD;
}

void report_value(struct report *r, double v, const char *unit)
{
	struct json_object *o = json_object_array_get_idx(r->steps, json_object_array_length(r->steps) - 1);

	put_dbl(o, "value", round(v * 10) / 10);
	put_str(o, "unit", unit);
}

void report_noise(struct report *r, const char *name, double dbm0)
{
	if (isnan(dbm0))
		return;
	if (dbm0 <= -99)
		report_step(r, name, REPORT_GOOD, "silent");
	else
		report_step(r, name, dbm0 > NOISE_MAX_DBM0 ? REPORT_BAD : REPORT_GOOD, "%.1f dBm0", dbm0);
	report_value(r, dbm0, "dBm0");
}

void report_answer(struct report *r, const char *line, const char *kind, const char *aborted, struct control_request *req)
{
	struct json_object *o = json_object_new_object();

	put_str(o, "line", line);
	put_str(o, "kind", kind);
	json_object_object_add(o, "steps", r->steps);
	r->steps = NULL;
	put_int(o, "bad", r->bad);
	if (*aborted)
		put_str(o, "aborted", aborted);
	control_answer(req, o);
}
