/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tests/switch/capture.c: every frame that passed the D channel, as a pcap file with link type
 * LINKTYPE_LINUX_LAPD (177): a header of 16 octets tells who sent it and on which side the capture was made.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/switch/switch.h"

static FILE *file;
static unsigned frames;

unsigned capture_count(void)
{
	return frames;
}

static void put32(uint32_t v)
{
	fwrite(&v, sizeof(v), 1, file);
}

int capture_open(const char *path)
{
	file = fopen(path, "wb");
	if (!file) {
		perror(path);
		return -1;
	}
	put32(0xa1b2c3d4);
	put32(4 << 16 | 2); /* version 2.4 */
	put32(0);
	put32(0);
	put32(FRAME_MAX + 16);
	put32(177);
	fflush(file);
	return 0;
}

void capture_frame(bool out, bool network, const uint8_t *frame, size_t len)
{
	uint8_t head[16] = {[1] = out ? 4 : 0, [6] = network, [14] = 0, [15] = 0x30};
	struct timespec t;

	frames++;
	if (!file)
		return;
	clock_gettime(CLOCK_REALTIME, &t);
	put32((uint32_t)t.tv_sec);
	put32((uint32_t)(t.tv_nsec / 1000));
	put32((uint32_t)(len + sizeof(head)));
	put32((uint32_t)(len + sizeof(head)));
	fwrite(head, sizeof(head), 1, file);
	fwrite(frame, len, 1, file);
	fflush(file);
}
