/* SPDX-License-Identifier: GPL-2.0-or-later */
/* system.conf of `tipring detect`, as dahdi_cfg(8) reads it. See detect.h. */
#include <stdlib.h>
#include <string.h>

#include "channels/sound/country.h"
#include "gateway/detect_private.h"

/* Zones of tones that DAHDI's libtonezone has; Tipring makes its own tones, so a stand-in does no harm. */
static const char *zone_of(const char *country, bool *stand_in)
{
	static const char zones[] = " ae ar at au be bg br ch cl cn cr cz de dk ee es fi fr gr hu il in it jp lt mo mx my nl"
				    " no nz pa ph pl pt ru se sg th tr tw uk us ve za ";
	const struct country *c = country_by_code((unsigned)strtoul(country, NULL, 10));
	char word[16];

	snprintf(word, sizeof(word), " %s ", c ? c->name : "?");
	*stand_in = !strstr(zones, word);
	return *stand_in ? "us" : c->name;
}

static void put_span(const struct hw_span *s, int timing, FILE *f)
{
	bool e1 = s->type == HW_SPAN_E1;
	const char *coding = s->framing & HW_FRAME_AMI ? "ami" : e1 ? "hdb3" : "b8zs";
	bool crc4 = !(s->framing & HW_FRAME_SET) || s->framing & HW_FRAME_CRC4;

	if (s->framing & HW_FRAME_DYNAMIC)
		fprintf(f, "# A dynamic span has no line: framing and timing are accepted and mean nothing. Its dynamic= line must\n"
			   "# stand above, as whoever made the span has it.\n");
	if (s->type == HW_SPAN_J1)
		fprintf(f, "# J1 is chosen in the card's driver (a jumper, or its module's option); here it is written as a T1.\n");
	if (e1)
		fprintf(f, "span=%d,%d,%d,ccs,%s%s\n", s->no, timing, s->lbo, coding, crc4 ? ",crc4" : "");
	else
		fprintf(f, "span=%d,%d,%d,%s,%s\n", s->no, timing, s->lbo, s->framing & HW_FRAME_D4 ? "d4" : "esf", coding);
}

/* The B channels on both sides of the D channel, as "1-15,17-31". */
static void b_channels(const struct hw_span *s, char buf[48])
{
	int d = detect_dchan(s), last = s->first_chan + s->chans - 1;

	if (d < last)
		snprintf(buf, 48, "%d-%d,%d-%d", s->first_chan, d - 1, d + 1, last);
	else
		snprintf(buf, 48, "%d-%d", s->first_chan, d - 1);
}

static void put_digital(const struct detect *d, FILE *f)
{
	bool first = true;
	int timing = 0;
	char text[320], b[48];

	for (int i = 0; i < d->n_spans; i++) {
		const struct hw_span *s = &d->spans[i];

		if (!detect_is_digital(s))
			continue;
		if (first)
			fprintf(f, "# span=NUMBER,TIMING,LINE BUILD-OUT,FRAMING,CODING. Timing 1 is where the card takes its clock from, 2 its\n"
				   "# reserve, and so on: exchanges in the order of your trust in them; 0 for a line to which this end gives\n"
				   "# the clock (a PBX: side: network in trunks.yaml). Framing and coding are the line's: ask whoever runs it.\n"
				   "# E1: ccs,hdb3,crc4 (leave crc4 out when the span stays in alarm). T1: esf,b8zs, older lines d4,ami.\n");
		first = false;
		detect_about(s, text, sizeof(text));
		fprintf(f, "\n# %s\n", text);
		put_span(s, s->framing & HW_FRAME_DYNAMIC ? 0 : ++timing, f);
		b_channels(s, b);
		fprintf(f, "bchan=%s\ndchan=%d\n%s=%d-%d\nechocanceller=oslec,%s\n", b, detect_dchan(s),
			s->type == HW_SPAN_E1 ? "alaw" : "mulaw", s->first_chan, s->first_chan + s->chans - 1, b);
	}
}

static void put_analog(const struct detect *d, FILE *f)
{
	static const struct {
		enum hw_chan_kind kind;
		const char *key, *what;
	} kinds[] = {
		{ HW_CHAN_FXS, "fxoks", "Ports that have a telephone (FXS) are signalled as the other kind, fxo; ks is kewl start." },
		{ HW_CHAN_FXO, "fxsks", "Ports that are a telephone, towards an exchange (FXO): fxs." },
	};
	const char *law = strcmp(d->site.country, "1") == 0 || strcmp(d->site.country, "81") == 0 ? "mulaw" : "alaw";
	char text[320], ports[1024];

	for (int i = 0; i < d->n_spans; i++)
		if (!detect_is_digital(&d->spans[i])) {
			detect_about(&d->spans[i], text, sizeof(text));
			fprintf(f, "\n# %s", text);
		}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (detect_ports(d, kinds[i].kind, ports, sizeof(ports)))
			fprintf(f, "\n# %s\n%s=%s\n%s=%s\nechocanceller=oslec,%s\n", kinds[i].what, kinds[i].key, ports, law,
				ports, ports);
}

void detect_system_conf(const struct detect *d, FILE *f)
{
	bool stand_in;
	const char *zone = zone_of(d->site.country, &stand_in);

	fprintf(f, "# /etc/dahdi/system.conf, a first draft of what the card has; \"tipring detect\" wrote it.\n"
		   "# Apply with: dahdi_cfg -vv (the daemon must not be running)\n\n");
	put_digital(d, f);
	put_analog(d, f);
	fprintf(f, "\n%sloadzone=%s\ndefaultzone=%s\n",
		stand_in ? "# DAHDI has no tones of this country. Tipring makes its own, so any zone will do.\n" : "", zone, zone);
}
