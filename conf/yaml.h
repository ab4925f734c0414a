/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conf/yaml.h: a YAML text as a tree with a place in the file for every node. Private to conf/. Only what a
 * configuration needs: mappings, lists and scalars, one document. Anchors, aliases, tags and merge keys are
 * refused, so a small file cannot become a large tree.
 */
#ifndef CONF_YAML_H
#define CONF_YAML_H

#include <stdbool.h>
#include <stddef.h>

#define SAMPLES "conf/sample/ (installed: share/doc/tipring/examples/)"

#define YAML_SIZE_MAX (4u << 20)	/* octets of a file */
#define YAML_NODES_MAX 100000		/* nodes of a tree */
#define YAML_DEPTH_MAX 12		/* levels of nesting */

enum yaml_kind { YAML_SCALAR, YAML_MAP, YAML_LIST };

struct yaml {
	enum yaml_kind kind;
	char *text;		/* scalar, with an ending zero; "" otherwise, never NULL */
	size_t len;		/* of text; a zero octet inside makes it longer than strlen(text) */
	bool quoted;		/* scalar in quotes */
	int line, column;	/* from 1 */
	int length;		/* characters on its first line, at least 1 */
	struct yaml *child;	/* first item of a list; first key of a mapping, whose value is its next */
	struct yaml *next;	/* the one after this in its list or mapping */
	struct yaml *all;	/* every node of the tree, from the root, for freeing */
};

/* One thing wrong with the text. */
typedef void yaml_error_fn(void *arg, int line, int column, int length, const char *suggestion,
			   const char *message);

/* Returns 0 with the root in *OUT (NULL for a text without a document), -EINVAL after an error was
 * reported, -ENOMEM. TEXT need not end in zero. */
int yaml_parse(struct yaml **out, const char *text, size_t len, yaml_error_fn *fn, void *arg);
void yaml_free(struct yaml *root);	/* NULL is fine */

/* The value of KEY in mapping MAP (which may be NULL or no mapping), or NULL. */
const struct yaml *yaml_get(const struct yaml *map, const char *key);

#endif
