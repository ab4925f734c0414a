/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/reflector.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "channels/sound/g711.h"
#include "gateway/media/wav.h"
#include "tests/support/mediarig.h"

#define N 160

struct sockaddr_in reflector_address(void)
{
	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(REFLECTOR_PORT),
				     .sin_addr.s_addr = rig_address() };
}

/* Speech from a file, or what has its pauses, pitch and formants roughly. */
static uint8_t *speech(const char *path, size_t *n)
{
	struct wav w = { 0 };
	uint8_t *out;

	if (path && wav_load(path, &w))
		fprintf(stderr, "reflector: %s cannot be used\n", path);
	*n = w.n > 8000 ? w.n : 80000;
	out = malloc(*n);
	if (!out)
		abort();
	srand(1);
	for (size_t i = 0; i < *n; i++) {
		double syllable = (i / 1600) % 5 < 3 ? 1 - (double)(i % 1600) / 1600 : 0;
		double pulse = (double)(i % 67) / 67, v = syllable * (6000 * (pulse - 0.5) + rand() % 1000 - 500);

		out[i] = law_encode(HW_ALAW, w.n > 8000 ? w.samples[i] : (int16_t)v);
	}
	wav_free(&w);
	return out;
}

static void reflect(const char *wav)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), big = 4 << 20;
	struct sockaddr_in a = reflector_address(), from;
	socklen_t size = sizeof(from);
	uint8_t buf[2048], *talk;
	size_t n, at;
	ssize_t len;

	talk = speech(wav, &n);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof(big));
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)))
		exit(1);
	/* It sleeps by the clock, not on the socket: waking it would be charged to who sends. */
	for (;;) {
		size = sizeof(from);
		len = recvfrom(fd, buf, sizeof(buf), MSG_DONTWAIT, (struct sockaddr *)&from, &size);
		if (len < 0)
			nanosleep(&(struct timespec){ 0, 500000 }, NULL);
		if (len != 12 + N)
			continue;
		at = ((size_t)(buf[2] << 8 | buf[3]) * N + ntohs(from.sin_port) * 997u) % (n - N);
		memcpy(buf + 12, talk + at, N);
		sendto(fd, buf, (size_t)len, 0, (struct sockaddr *)&from, size);
	}
}

pid_t reflector_start(const char *wav)
{
	pid_t pid = fork();

	if (!pid) {
		reflect(wav);
		_exit(0);
	}
	return pid;
}
