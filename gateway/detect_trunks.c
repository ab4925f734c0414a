/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trunks.yaml and dids of `tipring detect`. See detect.h. */
#include <string.h>

#include "gateway/detect_private.h"

static bool in_country(const struct detect *d, const char *code)
{
	return strcmp(d->site.country, code) == 0;
}

static const char *dialect_for(const struct detect *d, const struct hw_span *s)
{
	return s->type == HW_SPAN_T1 && in_country(d, "1") ? "ni2" : "euroisdn";
}

static int put_digital(const struct detect *d, FILE *f)
{
	char text[320];
	int n = 0;

	for (int i = 0; i < d->n_spans; i++) {
		const struct hw_span *s = &d->spans[i];

		if (!detect_is_digital(s))
			continue;
		if (!n++)
			fprintf(f, "  # One trunk for each line; lines that serve the same numbers can be one: spans: [1, 2].\n"
				   "  # T1 lines that share a D channel are one too: nfas: {primary: 1, backup: 2}; in system.conf the\n"
				   "  # channel 24 of those that bear none is bchan (man trunks.yaml).\n");
		detect_about(s, text, sizeof(text));
		fprintf(f, "  # %s\n", text);
		fprintf(f, "  line%d:\n    isdn:\n      spans: [%d]\n", s->no, s->no);
		fprintf(f, "      dialect: %-12s # <- %s\n", dialect_for(d, s),
			s->type == HW_SPAN_E1 ? "or qsig, between PBXs" : "euroisdn, ni1, ni2, dms100, 4ess, 5ess or qsig");
		fprintf(f, "      side: user            # <- user towards an exchange, network towards a PBX\n");
	}
	return n;
}

static int put_analog(const struct detect *d, FILE *f)
{
	char ports[1024];
	int n = 0;

	if (detect_ports(d, HW_CHAN_FXS, ports, sizeof(ports)) && ++n)
		fprintf(f, "  phones:                   # ports that have a telephone\n    fxs:\n      lines: [%s]\n"
			   "      # numbers: {LINE: \"+NUMBER\"}  # <- of each telephone\n", ports);
	if (detect_ports(d, HW_CHAN_FXO, ports, sizeof(ports)) && ++n)
		fprintf(f, "  copper:                   # ports that are a telephone, towards an exchange\n    fxo:\n"
			   "      lines: [%s]\n"
			   "      # numbers: {LINE: \"+NUMBER\"}  # <- the called number of calls that come in on it\n", ports);
	return n;
}

void detect_trunks_yaml(const struct detect *d, FILE *f)
{
	fprintf(f, "# trunks.yaml, a first draft of what the card has; \"tipring detect\" wrote it.\n"
		   "# Change what is marked with \"<-\", then: tipring check\n\n");
	fprintf(f, *d->site.area ? "site: {country: %s, area: %s}\n" : "site: {country: %s}%s\n", d->site.country, d->site.area);
	fprintf(f, "card: dahdi\nsip:\n  listen: [\"0.0.0.0:5060\"]  # <- addresses of this host\n\ntrunks:\n");
	put_digital(d, f);
	put_analog(d, f);
	fprintf(f, "  office:\n    sip:\n      peer: \"192.0.2.10:5060\"  # <- your SIP system\n");
}

void detect_dids(const struct detect *d, FILE *f)
{
	const char *out = NULL;
	char ports[1024], line[24];

	for (int i = 0; !out && i < d->n_spans; i++)
		if (detect_is_digital(&d->spans[i])) {
			snprintf(line, sizeof(line), "line%d", d->spans[i].no);
			out = line;
		}
	if (!out && detect_ports(d, HW_CHAN_FXO, ports, sizeof(ports)))
		out = "copper";
	fprintf(f, "# dids, a first draft; \"tipring detect\" wrote it. What no row allows is refused, so until rows are\n"
		   "# written here no call goes anywhere: see dids(5).\n\n# Calls from the SIP system.\n[office]\n");
	if (out)
		fprintf(f, "# +%s*   %s   # <- calls within the country\n", d->site.country, out);
	for (int i = 0; i < d->n_spans; i++)
		if (detect_is_digital(&d->spans[i]))
			fprintf(f, "\n[line%d]\n# +%s...xx   office/{last:4}   # <- your numbers on this line\n", d->spans[i].no,
				d->site.country);
	if (detect_ports(d, HW_CHAN_FXS, ports, sizeof(ports)))
		fprintf(f, "\n[phones]\n# +%s*   office   # <- what telephones may call\n", d->site.country);
	if (detect_ports(d, HW_CHAN_FXO, ports, sizeof(ports)))
		fprintf(f, "\n[copper]\n# +%s...   office   # <- the number of each line\n", d->site.country);
}
