/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzzer of trunks.yaml: no crash, no leak, every error with its place and a suggestion; what is read equals itself. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "conf/trunks.h"
#include "tests/fuzz/fuzz.h"

static void on_error(void *arg, const struct conf_error *e)
{
	++*(int *)arg;
	if (e->line < 1 || e->column < 1 || e->length < 1 || !*e->message || !*e->suggestion || !e->source)
		abort();
}

static void on_diff(void *arg, const char *text, enum conf_change how)
{
	(void)arg;
	(void)text;
	(void)how;
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf *c = NULL;
	int errors = 0;
	int err = conf_parse(&c, "trunks.yaml", (const char *)data, size, on_error, &errors);

	if ((err == 0) != (errors == 0))
		abort();
	if (err)
		return 0;
	conf_diff(c, c, on_diff, NULL);
	conf_free(c);
	return 0;
}
