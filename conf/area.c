/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf/area.c: an area code that was written with its trunk prefix, as people say it: 020 for London. */
#include <string.h>

#include "conf/reader.h"
#include "conf/site_defaults.h"

/* No area code begins with these where they are the trunk prefix; with 8 (country 7) some do. */
static size_t prefix_in(const char *national, const char *area)
{
	bool clear = strcmp(national, "0") == 0 || strcmp(national, "1") == 0;

	return clear && *area == *national ? strlen(national) : 0;
}

size_t conf_area_prefix(const char *country, const char *area)
{
	char international[8], national[8];

	conf_prefixes(country, international, national);
	return prefix_in(national, area);
}

static void check_one(struct reader *r, const struct yaml *map, const char *national, const char *area)
{
	const struct yaml *n = yaml_get(map, "area");
	size_t len = n ? prefix_in(national, area) : 0;
	char hint[80];

	if (!len)
		return;
	snprintf(hint, sizeof(hint), area[len] ? "write %s" : "leave area out", area + len);
	report(r, n, hint, "area %s begins with the trunk prefix %s, which is no part of an area code", area, national);
}

void check_areas(struct reader *r)
{
	const struct conf *c = r->conf;

	check_one(r, yaml_get(r->root, "site"), c->site.national, c->site.area);
	for (int i = 0; i < c->n_trunks; i++)
		check_one(r, yaml_get(yaml_get(yaml_get(r->root, "trunks"), c->trunks[i].name), "numbers"), c->trunks[i].national,
			  c->trunks[i].area);
}
