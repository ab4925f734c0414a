/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dialplan/did_table.h: a loaded DID file, private to dialplan/.
 *
 * A row is a few octets of BLOB. The rows of a section are found through a trie: every pattern (a range: every
 * piece of it) is a string of codes in POOL, one for each position, and strings share their beginnings. A million
 * rows take some 30 octets of nodes each, and a look-up reads a handful of nodes.
 */
#ifndef DIALPLAN_DID_TABLE_H
#define DIALPLAN_DID_TABLE_H

#include "dialplan/did.h"
#include "dialplan/did_pattern.h"

enum {
	DID_LINE_MAX = 4000,		/* octets of a line */
	DID_ROWS_LIMIT = 8000000,
	DID_SECTIONS_MAX = 256,
	DID_EXPECT_MAX = 10000,
	DID_ERRORS_MAX = 100,		/* errors reported of one file */
	DID_MAX_CALLS = 100000,		/* max= */
};
#define DID_TEXT_MAX (512u << 20)	/* octets of a file */

/* Codes of positions. Exact symbols come first, then x, then the sets in use; two codes end a string. */
enum {
	CODE_END = 0,
	CODE_SYMBOL = 1,		/* + number of the symbol */
	CODE_X = CODE_SYMBOL + SYMBOLS,
	CODE_SET,
	CODE_STAR = 255,
};

#define NO_ROW UINT32_MAX

struct did_node {
	uint32_t exact;			/* children by symbol, one bit each; NODE_RANGES */
	uint32_t first;			/* first child: the exact ones by symbol, then the sets by size; in a node
					 * without children where its row is in BLOB, to fetch both at once */
	union {				/* codes to match first: here if they fit, else in POOL */
		uint32_t at;
		uint8_t here[4];
	} skip;
	uint32_t end, star;		/* row that ends here, row that ends here with "*" */
	uint8_t skip_len, label, sets;	/* label: the code that leads here; sets: children that are sets */
};
#define NODE_RANGES (1u << 31)		/* a piece of a range ends in or below this node */

struct did_row {
	uint32_t line, blob;
	uint16_t section;
	uint16_t flags;
};
enum { ROW_EMERGENCY = 1, ROW_RANGE = 2, ROW_SETS = 4, ROW_RING = 8 };	/* RANGE: in pieces; SETS: has sets, not only x */

struct did_section {
	char name[DID_NAME_MAX];
	int line;
	uint32_t root;			/* node */
	uint32_t first_row, rows;
};

struct did_expect {			/* an expect row, kept while the file is loaded */
	uint32_t line, at;		/* offset of the line in the text */
	uint32_t len;
};

struct did_table {
	uint8_t *pool, *blob;
	struct did_node *nodes;
	struct did_row *rows;
	struct did_section *sections;
	size_t pool_len, pool_room, blob_len, blob_room, nodes_len, nodes_room, rows_len, rows_room;
	int n_sections;
	uint32_t masks[256];		/* of each code */
	uint8_t sizes[256];		/* symbols in each mask */
	int n_codes;			/* codes in use below this */
	size_t expects;
};

/* A piece waits for the trie. */
struct did_piece {
	uint32_t str, row;
};

struct did_loader {
	struct did_table *t;
	const char *file, *text;
	size_t len;
	const struct did_trunks *trunks;
	did_error_fn *fn;
	void *arg;
	int errors;
	struct did_piece *pieces;
	size_t pieces_len, pieces_room;
	struct did_expect *expects;
	size_t expects_len, expects_room;
	char known[DID_NAME_MAX];	/* the trunk that was asked for last, and exists */
};

/* did_load.c */
int did_grow(void *list, size_t *room, size_t need, size_t item);	/* LIST points to the pointer; -ENOMEM */
/* An error at octets AT .. AT + LEN of the line of LINE_LEN octets at TEXT. */
void did_report(struct did_loader *l, int line, const char *text, size_t line_len, const struct fault *f);
/* The same for the pattern of a row that has been read. */
void did_report_row(struct did_loader *l, uint32_t row, const char *suggestion, const char *message);
bool did_trunk_known(struct did_loader *l, const char *name);
void did_unknown_trunk(struct did_loader *l, const char *name, size_t at, size_t len, struct fault *f);

/* did_dest.c. A destination in the blob is its kind, a length, and what follows from the kind. */
enum { TEMPLATE_ALL = 1, TEMPLATE_LAST, TEMPLATE_FROM };	/* the latter two with a count behind */
struct dest {
	enum did_dest_kind kind;
	char trunk[DID_NAME_MAX];
	char text[NUMBER_MAX * 2];	/* template, test line */
	size_t len;
	int cause;
};
int dest_parse(struct did_loader *l, const char *text, size_t len, size_t at, struct dest *d, struct fault *f);
void dest_expand(const struct dest *d, const char *number, struct did_dest *out);
void dest_print(const struct dest *d, char *out, size_t size);

/* did_row.c */
int row_parse(struct did_loader *l, int line, const char *text, size_t len, struct fault *f);
/* Reads TEXT[*AT..LEN) up to white space or a comma as destinations; used for expect rows too. */
int dests_parse(struct did_loader *l, const char *text, size_t len, size_t *at, struct dest *out, int *n,
		struct fault *f);
void row_pattern(const struct did_table *t, uint32_t row, struct pattern *p);
size_t row_text(const struct did_table *t, uint32_t row, char *out, size_t size);	/* as in the file */
void row_route(const struct did_table *t, uint32_t row, const char *number, struct did_route *out);

/* did_index.c, did_conflict.c */
int index_build(struct did_loader *l);
int conflict_check(struct did_loader *l);
void conflict_report(struct did_loader *l, uint32_t a, uint32_t b);

/* did_expect.c */
int expect_parse(struct did_loader *l, int line, const char *text, size_t len, struct fault *f);
int expect_run(struct did_loader *l);

/* did_lookup.c */
const struct did_section *section_find(const struct did_table *t, const char *trunk);
uint32_t lookup_row(const struct did_table *t, const struct did_section *s, const char *number);
static inline const uint8_t *node_skip(const struct did_table *t, const struct did_node *n)
{
	return n->skip_len <= sizeof(n->skip.here) ? n->skip.here : t->pool + n->skip.at;
}
static inline bool code_matches(const struct did_table *t, uint8_t code, uint32_t bit)
{
	return t->masks[code] & bit;
}

#endif
