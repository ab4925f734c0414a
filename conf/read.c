/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf/read.c: reads trunks.yaml: the file, its tree, every mapping by its table of keys, then the whole. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "conf/reader.h"

static const struct conf_key *find_key(const struct conf_keys *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->keys[i].name, name) == 0)
			return &t->keys[i];
	return NULL;
}

static void unknown_key(struct reader *r, const struct conf_keys *t, const struct yaml *key)
{
	const char *names[32];
	size_t n = 0;
	char hint[400];

	for (size_t i = 0; i < t->n && n < 31; i++)
		if (t->keys[i].type != &conf_type_later)
			names[n++] = t->keys[i].name;
	names[n] = NULL;
	if (t == &conf_isdn_keys && find_key(&conf_trunk_keys, key->text))
		snprintf(hint, sizeof(hint), "it belongs one level up: \"%.40s: ...\" beside isdn:", key->text);
	else
		suggest_word(hint, sizeof(hint), key->text, names);
	report(r, key, hint, "unknown key \"%.40s\" in %s", key->text, t->where);
}

/* The first key of the same name before KEY, or NULL. */
static const struct yaml *earlier(const struct yaml *map, const struct yaml *key)
{
	for (const struct yaml *k = map->child; k != key; k = k->next->next)
		if (k->kind == YAML_SCALAR && strcmp(k->text, key->text) == 0)
			return k;
	return NULL;
}

static void read_one(struct reader *r, const struct conf_keys *t, const struct yaml *map, const struct yaml *key,
		     void *base, bool late)
{
	const struct conf_key *k = key->kind == YAML_SCALAR ? find_key(t, key->text) : NULL;
	const struct yaml *first;
	char hint[80];

	if (late != (k && k->late))
		return;
	if (key->kind != YAML_SCALAR) {
		report(r, key, "a key is one word", "a mapping or list where %s has a key", t->where);
		return;
	}
	if (!k) {
		unknown_key(r, t, key);
		return;
	}
	first = earlier(map, key);
	if (first) {
		snprintf(hint, sizeof(hint), "join it with the one at line %d", first->line);
		report(r, key, hint, "%s is there twice in %s", key->text, t->where);
		return;
	}
	k->type->set(r, k, k->type == &conf_type_later ? key : key->next, base);
}

void keys_read(struct reader *r, const struct conf_keys *t, const struct yaml *map, void *base)
{
	if (map->kind != YAML_MAP) {
		char hint[200] = "one of: ";
		size_t at = strlen(hint);

		for (size_t i = 0; i < t->n && at < sizeof(hint); i++)
			at += (size_t)snprintf(hint + at, sizeof(hint) - at, "%s%s", i ? ", " : "", t->keys[i].name);
		report(r, map, hint, "%s wants a mapping of keys to values", t->where);
		return;
	}
	for (int late = 0; late < 2; late++)
		for (const struct yaml *key = map->child; key && key->next; key = key->next->next)
			read_one(r, t, map, key, base, late);
	for (size_t i = 0; i < t->n; i++)
		if (t->keys[i].required && !yaml_get(map, t->keys[i].name)) {
			char hint[120];

			bool whole = strncmp(t->keys[i].help, t->keys[i].name, strlen(t->keys[i].name)) == 0;

			snprintf(hint, sizeof(hint), "add %s%s%s", whole ? "" : t->keys[i].name, whole ? "" : ": ",
				 t->keys[i].help);
			report(r, map, hint, "%s is missing in %s", t->keys[i].name, t->where);
		}
}

void keys_defaults(struct reader *r, const struct conf_keys *t, void *base)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct conf_key *k = &t->keys[i];
		struct yaml n = { .kind = YAML_SCALAR, .line = 1, .column = 1, .length = 1 };
		char text[32];

		if (!k->def)
			continue;
		n.len = (size_t)snprintf(text, sizeof(text), "%s", k->def);
		n.text = text;
		k->type->set(r, k, &n, base);
	}
}

/* --- The file --------------------------------------------------------------------------------- */

static int read_file(struct reader *r, char **out, size_t *len)
{
	struct stat st = { 0 };
	FILE *f = fopen(r->file, "r");
	char message[300], *text = NULL;
	int err = f ? 0 : errno;
	size_t n = 0;

	if (f && fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode))
		err = EISDIR;
	if (!err && !(text = malloc(YAML_SIZE_MAX + 1)))
		err = ENOMEM;
	if (!err) {
		n = fread(text, 1, YAML_SIZE_MAX + 1, f);
		if (ferror(f))
			err = EIO;
		else if (n > YAML_SIZE_MAX)
			err = EFBIG;
	}
	if (f)
		fclose(f);
	if (err) {
		free(text);
		snprintf(message, sizeof(message), "cannot read the file: %s", strerror(err));
		report_at(r, 1, 1, 1, err == ENOENT ? "write one; " SAMPLES " has examples to begin with" : "see that it is a file of less than 4 MiB that this user may read",
			  message);
		return -err;
	}
	*out = text;
	*len = n;
	return 0;
}

static void on_yaml_error(void *arg, int line, int column, int length, const char *suggestion, const char *message)
{
	report_at(arg, line, column, length, suggestion, message);
}

static void read_tree(struct reader *r)
{
	struct yaml *root = NULL;
	int err = yaml_parse(&root, r->text, r->len, on_yaml_error, r);

	if (err == -ENOMEM)
		r->no_memory = true;
	if (err)
		return;
	if (!root || (root->kind == YAML_SCALAR && root->len == 0)) {
		report_at(r, 1, 1, 1, "begin with site: and trunks:; " SAMPLES " has examples", "the file is empty");
	} else {
		keys_defaults(r, &conf_top_keys, r->conf);
		keys_defaults(r, &conf_sip_listen_keys, &r->conf->sip);
		keys_defaults(r, &conf_trace_keys, &r->conf->trace);
		r->root = root;
		keys_read(r, &conf_top_keys, root, r->conf);
		check_whole(r);
	}
	yaml_free(root);
}

static int parse(struct conf **out, struct reader *r, conf_error_fn *fn, void *arg)
{
	int errors;

	r->conf = calloc(1, sizeof(*r->conf));
	if (!r->conf)
		return -ENOMEM;
	if (r->len > YAML_SIZE_MAX)
		report_at(r, 1, 1, 1, "4 MiB at most", "the file is too large");
	else
		read_tree(r);
	errors = r->n_held;
	report_all(r, fn, arg);
	if (errors || r->no_memory) {
		conf_free(r->conf);
		return errors ? -EINVAL : -ENOMEM;
	}
	*out = r->conf;
	return 0;
}

int conf_parse(struct conf **out, const char *file, const char *text, size_t len, conf_error_fn *fn, void *arg)
{
	struct reader r = { .file = file, .text = text, .len = len };

	return parse(out, &r, fn, arg);
}

int conf_load(struct conf **out, const char *file, const struct conf_countries *countries, conf_error_fn *fn, void *arg)
{
	struct reader r = { .file = file, .text = "", .countries = countries };
	char *text = NULL;
	int err = read_file(&r, &text, &r.len);

	if (err) {
		report_all(&r, fn, arg);
		return err == -ENOMEM ? err : -EINVAL;
	}
	r.text = text;
	err = parse(out, &r, fn, arg);
	free(text);
	return err;
}

void conf_free(struct conf *c)
{
	if (!c)
		return;
	for (int i = 0; i < c->n_trunks; i++) {
		struct conf_trunk *t = &c->trunks[i];

		free(t->kind == CONF_TRUNK_ISDN ? t->isdn.spans : NULL);
		free(t->kind == CONF_TRUNK_SIP ? t->sip.from : NULL);
		free(t->kind == CONF_TRUNK_FXS ? t->fxs.lines.line : NULL);
		free(t->kind == CONF_TRUNK_FXO ? t->fxo.lines.line : NULL);
	}
	free(c->trunks);
	free(c->sim.spans);
	free(c->sim.wires);
	free(c->sim.pairs);
	free(c->sip.listen);
	free(c);
}

const char *conf_kind_name(enum conf_trunk_kind kind)
{
	static const char *const names[] = { "isdn", "sip", "fxs", "fxo" };

	return names[kind];
}

const struct conf_trunk *conf_trunk(const struct conf *c, const char *name)
{
	for (int i = 0; i < c->n_trunks; i++)
		if (strcmp(c->trunks[i].name, name) == 0)
			return &c->trunks[i];
	return NULL;
}
