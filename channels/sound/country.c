/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "channels/sound/country.h"

#include <stddef.h>
#include <strings.h>

#include "channels/sound/country_data.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct country *const regions[] = {
	country_america, country_isles, country_west, country_north, country_east, country_asia,
};

/* ISO 3166 where our name differs, and what people type. */
static const struct { const char *name, *row; } synonyms[] = {
	{ "gb", "uk" }, { "usa", "us" },
};

static const char *const ids[TONE_IDS] = {
	[TONE_NONE] = "none", [TONE_DIAL] = "dial", [TONE_STUTTER] = "stutter", [TONE_RINGBACK] = "ringback",
	[TONE_BUSY] = "busy", [TONE_CONGESTION] = "congestion", [TONE_SIT] = "sit",
	[TONE_CALL_WAITING] = "call-waiting", [TONE_CONFIRM] = "confirm", [TONE_HOWLER] = "howler",
};

/* What a country has that documents none of its own: ITU-T E.180 clauses 4.2 to 4.9 and 5, the howler of GR-506. */
static const struct tone_def common[TONE_IDS] = {
	DIAL(-10, P(0, 425)),
	STUTTER_BURSTS(-10, 425),
	RINGBACK(-10, P(1000, 425), S(4000)),
	BUSY(-10, P(500, 425), S(500)),
	CONGESTION(-10, P(250, 425), S(250)),
	SIT_E180(-10),
	CALL_WAITING(-10, 0, P(200, 425), S(600), P(200, 425), S(3000)),
	CONFIRM_BURSTS(-10, 425),
	HOWLER(-9.5f, P(100, 1400, 2060, 2450, 2600), S(100)),
};

const char *tone_id_name(enum tone_id t)
{
	return (unsigned)t < TONE_IDS ? ids[t] : ids[TONE_NONE];
}

enum tone_id tone_id_find(const char *name)
{
	for (int t = TONE_NONE + 1; t < TONE_IDS; t++)
		if (!strcasecmp(ids[t], name))
			return (enum tone_id)t;
	return TONE_NONE;
}

const struct country *country_at(unsigned i)
{
	for (size_t r = 0; r < COUNT(regions); r++)
		for (const struct country *c = regions[r]; c->name; c++)
			if (!i--)
				return c;
	return NULL;
}

const struct country *country_find(const char *name)
{
	const struct country *c;

	for (size_t i = 0; i < COUNT(synonyms); i++)
		if (!strcasecmp(synonyms[i].name, name))
			name = synonyms[i].row;
	for (unsigned i = 0; (c = country_at(i)); i++)
		if (!strcasecmp(c->name, name))
			return c;
	return NULL;
}

const struct country *country_by_code(unsigned e164)
{
	const struct country *c;

	for (unsigned i = 0; (c = country_at(i)); i++)
		if (c->code == e164)
			return c;
	return NULL;
}

const struct tone_def *tone_of(const struct country *c, enum tone_id t)
{
	if ((unsigned)t >= TONE_IDS || t == TONE_NONE)
		t = TONE_BUSY;
	if (c->tones[t].n_parts)
		return &c->tones[t];
	if (t == TONE_STUTTER && c->tones[TONE_DIAL].n_parts)
		return &c->tones[TONE_DIAL];
	if (t == TONE_CONGESTION && c->tones[TONE_BUSY].n_parts)
		return &c->tones[TONE_BUSY];
	return &common[t];
}
