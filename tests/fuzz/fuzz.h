/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/fuzz/fuzz.h: what a fuzzer gives to libFuzzer, and to replay.c, which calls it on kept inputs. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
