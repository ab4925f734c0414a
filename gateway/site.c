/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gateway/site.c: one configuration: DIR/trunks.yaml and DIR/dids, read and checked together. */
#include "gateway/site.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "channels/sound/country.h"

struct loading {
	struct conf *conf;
	site_error_fn *fn;
	void *arg;
};

static void on_conf_error(void *arg, const struct conf_error *e)
{
	const struct loading *l = arg;
	const struct site_error out = { .file = e->file, .line = e->line, .column = e->column, .length = e->length,
					.message = e->message, .suggestion = e->suggestion, .source = e->source };

	l->fn(l->arg, &out);
}

static void on_did_error(void *arg, const struct did_error *e)
{
	const struct loading *l = arg;
	const struct site_error out = { .file = e->file, .line = e->line, .column = e->column, .length = e->length,
					.message = e->message, .suggestion = e->suggestion, .source = e->source };

	l->fn(l->arg, &out);
}

/* --- What the trunk file asks of the table of countries --------------------------------------- */

static bool country_known(const char *name)
{
	return country_find(name) != NULL;
}

static const char *country_nearest(const char *name)
{
	const struct country *c;
	const char *names[256];
	size_t n = 0;

	while (n < 256 && (c = country_at((unsigned)n)))
		names[n++] = c->name;
	return conf_nearest(name, names, n);
}

static bool country_has_code(unsigned code)
{
	return country_by_code(code) != NULL;
}

static const struct conf_countries countries = { country_known, country_nearest, country_has_code };

/* --- What the DID file asks of the trunk file ------------------------------------------------- */

/* Without a sound trunk file every name is taken as known: its errors are told already. */
static bool trunk_known(void *arg, const char *name)
{
	const struct loading *l = arg;

	return !l->conf || conf_trunk(l->conf, name);
}

static const char *trunk_nearest(void *arg, const char *name)
{
	const struct loading *l = arg;
	const char *names[256];
	size_t n = 0;

	for (int i = 0; l->conf && i < l->conf->n_trunks && n < 256; i++)
		names[n++] = l->conf->trunks[i].name;
	return conf_nearest(name, names, n);
}

/* A call to telephones names one: by its port, or by its own number. */
static bool trunk_takes(void *arg, const char *name, const char *what, char *hint, size_t size)
{
	const struct loading *l = arg;
	const struct conf_trunk *t = l->conf ? conf_trunk(l->conf, name) : NULL;
	const struct conf_lines *lines = t && t->kind == CONF_TRUNK_FXS ? &t->fxs.lines : NULL;
	char port[16];

	for (int i = 0; lines && i < lines->n; i++) {
		snprintf(port, sizeof(port), "%d", i + 1);
		if (!strcmp(port, what) || !strcmp(lines->line[i].number, what))
			return true;
	}
	if (lines)
		snprintf(hint, size, "its ports are 1 to %d; a telephone can be called by its own number, too", lines->n);
	return !lines;
}

/* --- The files -------------------------------------------------------------------------------- */

static int read_all(const char *path, char **out, size_t *len)
{
	FILE *f = fopen(path, "r");
	struct stat st;
	size_t room = 0;
	int err = f ? 0 : -errno;

	*out = NULL;
	*len = 0;
	if (!err && fstat(fileno(f), &st) == 0)
		err = S_ISDIR(st.st_mode) ? -EISDIR : 0;
	while (!err && !feof(f)) {
		char *more;

		if (*len == room) {
			room = room ? room * 2 : st.st_size > 0 ? (size_t)st.st_size + 1 : 65536;
			more = realloc(*out, room);
			if (!more) {
				err = -ENOMEM;
				break;
			}
			*out = more;
		}
		*len += fread(*out + *len, 1, room - *len, f);
		if (ferror(f))
			err = -EIO;
	}
	if (f)
		fclose(f);
	if (err)
		free(*out);
	return err;
}

static int load_dids(struct site *s, struct loading *l, const char *path)
{
	const struct did_trunks trunks = { trunk_known, trunk_nearest, l, trunk_takes };
	char *text, message[200];
	size_t len;
	int err = read_all(path, &text, &len);

	if (err == -ENOMEM)
		return err;
	if (err) {
		const struct site_error e = { .file = path, .line = 1, .column = 1, .length = 1, .message = message,
					      .suggestion = err == -ENOENT ? "write one; conf/sample/e1/dids (installed: share/doc/tipring/examples/e1/dids) is an example"
									   : "see that it is a file that this user may read",
					      .source = "" };

		snprintf(message, sizeof(message), "cannot read the file: %s", strerror(-err));
		l->fn(l->arg, &e);
		return -EINVAL;
	}
	err = did_load(&s->dids, path, text, len, &trunks, on_did_error, l);
	free(text);
	return err;
}

int site_load(struct site **out, const char *dir, site_error_fn *fn, void *arg)
{
	struct loading l = { .fn = fn, .arg = arg };
	struct site *s = calloc(1, sizeof(*s));
	size_t n = strlen(dir);
	const char *slash = n && dir[n - 1] == '/' ? "" : "/";
	char *path = NULL;
	int err = -ENOMEM, dids = 0;

	if (s && asprintf(&path, "%s%strunks.yaml", dir, slash) >= 0) {
		err = conf_load(&s->conf, path, &countries, on_conf_error, &l);
		free(path);
		l.conf = s->conf;
	}
	if (err != -ENOMEM) {
		dids = -ENOMEM;
		if (asprintf(&path, "%s%sdids", dir, slash) >= 0) {
			dids = load_dids(s, &l, path);
			free(path);
		}
	}
	if (!err)
		err = dids;
	if (err) {
		site_free(s);
		return err;
	}
	*out = s;
	return 0;
}

void site_free(struct site *s)
{
	if (!s)
		return;
	did_free(s->dids);
	conf_free(s->conf);
	free(s);
}

/* --- For people ------------------------------------------------------------------------------- */

void site_print_error(FILE *to, const struct site_error *e)
{
	const char *p = e->source;
	int column = 1;

	fprintf(to, "%s:%d:%d: error: %s\n", e->file, e->line, e->column, e->message);
	if (*e->source) {
		fprintf(to, "    %s\n    ", e->source);
		/* A tab before the place stays a tab, so that the caret is under it; a character may be several octets. */
		for (; *p && column < e->column; p++) {
			if (((unsigned char)p[1] & 0xc0) == 0x80)
				continue;
			fputc(*p == '\t' ? '\t' : ' ', to);
			column++;
		}
		fputc('^', to);
		for (int i = 1; i < e->length && i < 200; i++)
			fputc('~', to);
		fputc('\n', to);
	}
	if (*e->suggestion)
		fprintf(to, "  %s\n", e->suggestion);
}

_Static_assert((int)CONF_STYLE_PLUS == (int)NUMBER_STYLE_PLUS && (int)CONF_STYLE_DIALLED == (int)NUMBER_STYLE_DIALLED,
	       "the two enums are one");

void site_number_rules(const struct conf_trunk *t, struct number_rules *out)
{
	memcpy(out->country, t->country, sizeof(out->country));
	memcpy(out->area, t->area, sizeof(out->area));
	memcpy(out->international, t->international, sizeof(out->international));
	memcpy(out->national, t->national, sizeof(out->national));
	out->called_style = (enum number_style)t->called_style;
	out->calling_style = (enum number_style)t->calling_style;
	out->called_type = t->called_type;
	out->called_plan = t->called_plan;
	out->calling_type = t->calling_type;
	out->calling_plan = t->calling_plan;
	_Static_assert(sizeof(out->allowed) == sizeof(t->calling_allowed.pattern), "patterns of conf and of dialplan");
	memcpy(out->allowed, t->calling_allowed.pattern, sizeof(out->allowed));
	out->n_allowed = t->calling_allowed.n;
	memcpy(out->calling_default, t->calling_default, sizeof(out->calling_default));
}

const struct country *site_country(const struct conf *c, const char *tones)
{
	if (!*tones)
		tones = c->site.tones;
	return *tones ? country_find(tones) : country_by_code((unsigned)strtoul(c->site.country, NULL, 10));
}
