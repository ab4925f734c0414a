/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tests/fuzz/replay.c: runs kept inputs through a fuzzer without libFuzzer: files and folders as arguments. */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "tests/fuzz/fuzz.h"

static int replayed;

static int run_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = NULL;
	struct stat st;
	size_t n = 0;
	int err = 0;

	if (!f || fstat(fileno(f), &st))
		err = -errno;
	/* Exactly as long as the input, so that the sanitizer sees a read beyond it. */
	if (!err && !(data = malloc(st.st_size ? (size_t)st.st_size : 1)))
		err = -ENOMEM;
	if (!err) {
		n = fread(data, 1, (size_t)st.st_size, f);
		LLVMFuzzerTestOneInput(data, n);
		replayed++;
	} else {
		fprintf(stderr, "%s: %s\n", path, strerror(-err));
	}
	free(data);
	if (f)
		fclose(f);
	return err;
}

static int run(const char *path)
{
	struct dirent **names;
	struct stat st;
	int err = 0, n;

	if (stat(path, &st) || !S_ISDIR(st.st_mode))
		return run_file(path);
	n = scandir(path, &names, NULL, alphasort);
	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++) {
		char *inner = NULL;

		if (names[i]->d_name[0] != '.' && asprintf(&inner, "%s/%s", path, names[i]->d_name) >= 0) {
			int e = run(inner);

			err = err ? err : e;
			free(inner);
		}
		free(names[i]);
	}
	free(names);
	return err;
}

int main(int argc, char **argv)
{
	int err = 0;

	for (int i = 1; i < argc; i++) {
		int e = run(argv[i]);

		err = err ? err : e;
	}
	printf("%d inputs replayed\n", replayed);
	return err || !replayed;
}
