/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/support/reflector.h: a process of its own that answers each RTP packet of 20 ms with one of speech, for benchmarks. */
#ifndef TESTS_SUPPORT_REFLECTOR_H
#define TESTS_SUPPORT_REFLECTOR_H

#include <netinet/in.h>
#include <sys/types.h>

#define REFLECTOR_PORT 22990

struct sockaddr_in reflector_address(void);
/* Speech from a WAV file, or (NULL) what has its pauses, pitch and formants roughly. Returns its process, for kill(). */
pid_t reflector_start(const char *wav);

#endif
