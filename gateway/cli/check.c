/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/cli/check.c: `tipring check DIR`: the configuration read as the daemon would read it, and what is wrong. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/cli/cli.h"
#include "gateway/site.h"

struct check {
	struct json_object *errors;	/* NULL: print them as they come */
	int n;
};

static void on_error(void *arg, const struct site_error *e)
{
	struct check *c = arg;
	struct json_object *o;

	c->n++;
	if (!c->errors) {
		site_print_error(stdout, e);
		return;
	}
	o = json_object_new_object();
	json_object_object_add(o, "file", json_object_new_string(e->file));
	json_object_object_add(o, "line", json_object_new_int(e->line));
	json_object_object_add(o, "column", json_object_new_int(e->column));
	json_object_object_add(o, "length", json_object_new_int(e->length));
	json_object_object_add(o, "message", json_object_new_string(e->message));
	json_object_object_add(o, "suggestion", json_object_new_string(e->suggestion));
	json_object_object_add(o, "source", json_object_new_string(e->source));
	json_object_array_add(c->errors, o);
}

static void print_json(const struct check *c, const struct site *s)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "ok", json_object_new_boolean(s != NULL));
	json_object_object_add(o, "errors", c->errors);
	if (s) {
		json_object_object_add(o, "trunks", json_object_new_int(s->conf->n_trunks));
		json_object_object_add(o, "rows", json_object_new_int64((int64_t)did_rows(s->dids, NULL)));
		json_object_object_add(o, "expectations", json_object_new_int64((int64_t)did_expects(s->dids)));
	}
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
}

static void count(size_t n, const char *what, const char *end)
{
	printf("%zu %s%s%s", n, what, n == 1 ? "" : "s", end);
}

int cli_check(const char *dir, bool json)
{
	struct check c = { .errors = json ? json_object_new_array() : NULL };
	struct site *s = NULL;
	int err = site_load(&s, dir, on_error, &c);

	if (json) {
		print_json(&c, s);
	} else if (s) {
		count((size_t)s->conf->n_trunks, "trunk", ", ");
		count(did_rows(s->dids, NULL), "row", ", ");
		count(did_expects(s->dids), "expectation", ": OK\n");
	} else if (c.n) {
		count((size_t)c.n, "error", "\n");
	} else {
		fprintf(stderr, "tipring: %s: %s\n", dir, strerror(-err));
	}
	site_free(s);
	return s ? CLI_OK : CLI_NO;
}
