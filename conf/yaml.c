/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conf/yaml.c: from libfyaml's events to our tree. The events are used, and not its documents, so that
 * depth, size and everything refused are decided before anything is built from a hostile file.
 */
#include "conf/yaml.h"

#include <errno.h>
#include <libfyaml.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct builder {
	struct fy_parser *fyp;
	const char *text;		/* what is read, LEN octets */
	size_t len;
	yaml_error_fn *fn;
	void *arg;
	struct yaml *root, *last_made;
	struct yaml *open[YAML_DEPTH_MAX];	/* mappings and lists that are being filled */
	struct yaml *tail[YAML_DEPTH_MAX];	/* the last child of each */
	int depth, documents;
	size_t nodes;
};

static const char aliases_hint[] = "write the value out where it is needed";

void yaml_free(struct yaml *root)
{
	while (root) {
		struct yaml *next = root->all;

		free(root->text);
		free(root);
		root = next;
	}
}

const struct yaml *yaml_get(const struct yaml *map, const char *key)
{
	if (!map || map->kind != YAML_MAP)
		return NULL;
	for (const struct yaml *k = map->child; k && k->next; k = k->next->next)
		if (k->kind == YAML_SCALAR && strcmp(k->text, key) == 0)
			return k->next;
	return NULL;
}

static int fail(struct builder *b, const struct fy_mark *m, const char *suggestion, const char *message)
{
	b->fn(b->arg, m ? m->line + 1 : 1, m ? m->column + 1 : 1, 1, suggestion, message);
	return -EINVAL;
}

/* The text of a scalar, to be freed. libfyaml 0.7.12 loses memory at every text in single quotes with a dozen '' in
 * it, so these are read here: from mark to mark, '' is a quote. */
static char *scalar_text(const struct builder *b, struct fy_event *ev, struct fy_token *value, size_t *len)
{
	const struct fy_mark *m = fy_event_start_mark(ev), *end = fy_event_end_mark(ev);
	const char *text = "";
	char *out;

	*len = 0;
	if (value && fy_token_scalar_style(value) != FYSS_SINGLE_QUOTED) {
		text = fy_token_get_text(value, len);
		out = malloc(*len + 1);
		if (out && text)
			memcpy(out, text, *len);
	} else {
		size_t at = m ? m->input_pos : 0, stop = at;

		if (value && m && end && end->input_pos > at && end->input_pos <= b->len)
			stop = end->input_pos;
		out = malloc(stop - at + 1);
		for (; out && at < stop; at++) {
			out[(*len)++] = b->text[at];
			if (b->text[at] == '\'' && at + 1 < stop && b->text[at + 1] == '\'')
				at++;
		}
	}
	if (out)
		out[*len] = '\0';
	return out;
}

/* Into the tree, after what is there. Returns 0. */
static int hang(struct builder *b, struct yaml *n)
{
	if (b->last_made)
		b->last_made->all = n;
	else
		b->root = n;
	b->last_made = n;
	if (b->depth > 0) {
		struct yaml **tail = &b->tail[b->depth - 1];

		if (*tail)
			(*tail)->next = n;
		else
			b->open[b->depth - 1]->child = n;
		*tail = n;
	}
	return 0;
}

/* A node that EV begins, hung into the tree. */
static int add(struct builder *b, struct fy_event *ev, enum yaml_kind kind, struct fy_token *value)
{
	const struct fy_mark *m = fy_event_start_mark(ev), *end = fy_event_end_mark(ev);
	size_t len = 0;
	struct yaml *n;

	if (++b->nodes > YAML_NODES_MAX)
		return fail(b, m, "split the file or make it smaller", "too many values in one file");
	n = calloc(1, sizeof(*n));
	if (!n || !(n->text = scalar_text(b, ev, value, &len))) {
		free(n);
		return -ENOMEM;
	}
	n->len = len;
	n->kind = kind;
	if (kind == YAML_SCALAR && len == 0 && b->last_made &&
	    (!value || fy_token_scalar_style(value) == FYSS_PLAIN)) {
		/* Nothing has no place of its own: it is where its key is. */
		n->line = b->last_made->line;
		n->column = b->last_made->column;
		n->length = b->last_made->length;
		return hang(b, n);
	}
	n->line = m ? m->line + 1 : 1;
	n->column = m ? m->column + 1 : 1;
	n->length = m && end && end->line == m->line && end->column > m->column ? end->column - m->column : 1;
	n->quoted = value && fy_token_scalar_style(value) != FYSS_PLAIN;
	hang(b, n);
	if (kind == YAML_SCALAR)
		return 0;
	if (b->depth == YAML_DEPTH_MAX)
		return fail(b, m, "no key of this file is nested so deeply", "nested too deeply");
	b->open[b->depth] = n;
	b->tail[b->depth++] = NULL;
	return 0;
}

static int refuse_extras(struct builder *b, struct fy_event *ev, struct fy_token *anchor, struct fy_token *tag)
{
	if (anchor)
		return fail(b, fy_event_start_mark(ev), aliases_hint, "anchors (&name) are not used in this file");
	if (tag)
		return fail(b, fy_event_start_mark(ev), "leave the tag out", "tags (!name) are not used in this file");
	return 0;
}

static int on_event(struct builder *b, struct fy_event *ev)
{
	int err;

	switch (ev->type) {
	case FYET_DOCUMENT_START:
		if (b->documents++)
			return fail(b, fy_event_start_mark(ev), "keep everything in one document, without ---",
				    "a second document begins here");
		return 0;
	case FYET_ALIAS:
		return fail(b, fy_event_start_mark(ev), aliases_hint, "aliases (*name) are not used in this file");
	case FYET_SCALAR:
		err = refuse_extras(b, ev, ev->scalar.anchor, ev->scalar.tag);
		return err ? err : add(b, ev, YAML_SCALAR, ev->scalar.value);
	case FYET_MAPPING_START:
		err = refuse_extras(b, ev, ev->mapping_start.anchor, ev->mapping_start.tag);
		return err ? err : add(b, ev, YAML_MAP, NULL);
	case FYET_SEQUENCE_START:
		err = refuse_extras(b, ev, ev->sequence_start.anchor, ev->sequence_start.tag);
		return err ? err : add(b, ev, YAML_LIST, NULL);
	case FYET_MAPPING_END:
	case FYET_SEQUENCE_END:
		if (b->depth > 0)
			b->depth--;
		return 0;
	default:
		return 0;
	}
}

/* What libfyaml has against the text, in its words. */
static int syntax_error(struct builder *b, struct fy_diag *diag)
{
	void *it = NULL;
	const struct fy_diag_error *e = fy_diag_errors_iterate(diag, &it);

	if (!e) {
		b->fn(b->arg, 1, 1, 1, "see a sample in " SAMPLES, "this is not YAML");
		return -EINVAL;
	}
	b->fn(b->arg, e->line > 0 ? e->line : 1, e->column > 0 ? e->column : 1, 1,
	      "look for an unclosed quote or bracket, a missing \": \" or a wrong indentation here or just above",
	      e->msg);
	return -EINVAL;
}

static int run(struct builder *b, struct fy_diag *diag)
{
	struct fy_event *ev;
	int err = 0;

	while (!err && (ev = fy_parser_parse(b->fyp))) {
		bool end = ev->type == FYET_STREAM_END;

		err = on_event(b, ev);
		fy_parser_event_free(b->fyp, ev);
		if (end)
			return err;
	}
	if (err)
		return err;
	return syntax_error(b, diag);
}

/* Length of the UTF-8 character at P, 0 when it is none (RFC 3629). */
static int utf8_length(const unsigned char *p, size_t left)
{
	int n = *p < 0x80 ? 1 : *p >= 0xc2 && *p < 0xe0 ? 2 : *p >= 0xe0 && *p < 0xf0 ? 3 : *p >= 0xf0 && *p < 0xf5 ? 4 : 0;

	if (!n || (size_t)n > left)
		return 0;
	for (int i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f) || (*p == 0xf0 && p[1] < 0x90) ||
	    (*p == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

/* Is the "?" at I the sign of a complex key? LAST is the last character before it on its line that is no space. */
static bool complex_key(const char *text, size_t len, size_t i, char last)
{
	return text[i] == '?' && (i + 1 == len || strchr(" \t\r\n", text[i + 1])) && (!last || strchr("{[,-?:", last));
}

/* Only text goes to the library: whole UTF-8, no control characters, no tab in an indentation, and no complex keys:
 * libfyaml 0.7.12 reads wild memory at one with a tab in it. */
static int check_text(struct builder *b, const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text;
	int line = 1, column = 1;
	char last = '\0';

	for (size_t i = 0; i < len; column++) {
		int n = utf8_length(p + i, len - i);
		const char *hint = NULL, *what = NULL;

		if (!n) {
			what = "this is not UTF-8 text";
			hint = "save the file as UTF-8; is it really a configuration?";
		} else if ((p[i] < 0x20 && !strchr("\t\n\r", p[i])) || p[i] == 0 || p[i] == 0x7f) {
			what = "a control character";
			hint = "remove it; is this really a configuration?";
		} else if (p[i] == '\r' && (i + 1 == len || p[i + 1] != '\n')) {
			what = "a carriage return without its line feed";
			hint = "save the file with ordinary line ends";
		} else if (p[i] == '%' && column == 1) {
			what = "directives (%) are not used in this file";
			hint = "leave the line out";
		} else if (p[i] == '\t' && !last) {
			what = "a tab in the indentation";
			hint = "YAML is indented with spaces";
		} else if (complex_key(text, len, i, last)) {
			what = "complex keys (?) are not used in this file";
			hint = "write key: value";
		}
		if (what) {
			b->fn(b->arg, line, column, 1, hint, what);
			return -EINVAL;
		}
		if (p[i] == '\n') {
			line++;
			column = 0;
			last = '\0';
		} else if (p[i] != ' ' && p[i] != '\t') {
			last = (char)p[i];
		}
		i += (size_t)n;
	}
	return 0;
}

int yaml_parse(struct yaml **out, const char *text, size_t len, yaml_error_fn *fn, void *arg)
{
	struct builder b = { .text = text, .len = len, .fn = fn, .arg = arg };
	struct fy_diag_cfg dc;
	struct fy_diag *diag;
	struct fy_parse_cfg pc = { .flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_DEFAULT_VERSION_1_2 |
					    FYPCF_JSON_NONE };
	int err = check_text(&b, text, len);

	*out = NULL;
	if (err)
		return err;
	fy_diag_cfg_default(&dc);
	dc.fp = NULL;
	diag = fy_diag_create(&dc);
	if (!diag)
		return -ENOMEM;
	fy_diag_set_collect_errors(diag, true);
	pc.diag = diag;
	b.fyp = fy_parser_create(&pc);
	if (!b.fyp || fy_parser_set_string(b.fyp, text, len))
		err = -ENOMEM;
	if (!err)
		err = run(&b, diag);
	fy_parser_destroy(b.fyp);
	fy_diag_destroy(diag);
	if (err) {
		yaml_free(b.root);
		return err;
	}
	*out = b.root;
	return 0;
}
