/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf/site_defaults.h: dialling prefixes by country (ITU-T operational bulletin list of dialling
 * procedures); a country that is not here has 00 and 0. Private to conf/. */
#ifndef CONF_SITE_DEFAULTS_H
#define CONF_SITE_DEFAULTS_H

/* Fills INTERNATIONAL and NATIONAL (8 octets each) for COUNTRY. */
void conf_prefixes(const char *country, char *international, char *national);

#endif
