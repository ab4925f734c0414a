/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/tools/callerid_file.c: caller ID to and from other programs, as signed 16 bit at 8 kHz.
 *   callerid_file read                            stdin; a line for each message: method number name month day hour minute
 *   callerid_file write bell|v23 NUMBER NAME      stdout; half a second of silence either side
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "channels/sound/callerid.h"
#include "channels/sound/g711.h"

static int read_all(void)
{
	static const char *method[] = { "none", "bell", "v23", "dtmf", "ntt" };
	struct callerid_rx *r;
	struct callerid c;
	int16_t x[160];
	size_t n;
	int count = 0;

	if (callerid_rx_open(&r, HW_ALAW))
		return 2;
	while ((n = fread(x, sizeof(*x), 160, stdin)) > 0)
		if (callerid_rx_feed(r, x, n, &c, NULL)) {
			printf("%s %s %s %u %u %u %u\n", method[c.method], c.number, c.name, c.month, c.day, c.hour, c.minute);
			count++;
		}
	callerid_rx_close(r);
	return count ? 0 : 1;
}

static int write_one(const char *method, const char *number, const char *name)
{
	static const int16_t silence[4000];
	struct callerid c = { .month = 12, .day = 24, .hour = 18, .minute = 30 };
	int16_t *x;
	size_t n;

	snprintf(c.number, sizeof(c.number), "%s", number);
	snprintf(c.name, sizeof(c.name), "%s", name);
	if (callerid_sound(&c, strcmp(method, "bell") ? CID_V23 : CID_BELL202, false, HW_ALAW, -13, &x, &n))
		return 2;
	fwrite(silence, sizeof(*silence), 4000, stdout);
	fwrite(x, sizeof(*x), n, stdout);
	fwrite(silence, sizeof(*silence), 4000, stdout);
	free(x);
	return 0;
}

int main(int argc, char **argv)
{
	law_init();
	if (argc == 2 && !strcmp(argv[1], "read"))
		return read_all();
	if (argc == 5 && !strcmp(argv[1], "write"))
		return write_one(argv[2], argv[3], argv[4]);
	fprintf(stderr, "usage: callerid_file read | write bell|v23 NUMBER NAME\n");
	return 2;
}
