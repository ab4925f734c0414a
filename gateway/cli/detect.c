/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/cli/detect.c: `tipring detect`: a first configuration of what the card has, printed or written into a
 * folder. Needs no daemon and does not mind one.
 */
#include "gateway/detect.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/trunks.h"
#include "gateway/cli/cli.h"
#include "gateway/site.h"

static const struct {
	const char *name;
	void (*write)(const struct detect *d, FILE *f);
} files[] = {
	{ "system.conf", detect_system_conf },
	{ "trunks.yaml", detect_trunks_yaml },
	{ "dids", detect_dids },
};
enum { FILES = sizeof(files) / sizeof(files[0]) };

static int print_all(const struct detect *d)
{
	for (int i = 0; i < FILES; i++) {
		printf("%s### %s\n", i ? "\n" : "", files[i].name);
		files[i].write(d, stdout);
	}
	return CLI_OK;
}

/* Created anew or not at all: what people have written is never written over. */
static int write_file(const struct detect *d, const char *path, int i)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	int err = 0;

	if (!f) {
		err = errno;
		if (fd >= 0)
			close(fd);
		return -err;
	}
	files[i].write(d, f);
	if (ferror(f))
		err = EIO;
	if (fclose(f) && !err)
		err = errno;
	return -err;
}

static int write_all(const struct detect *d, const char *dir)
{
	char path[PATH_MAX];

	for (int i = 0; i < FILES; i++) {
		struct stat st;

		snprintf(path, sizeof(path), "%s/%s", dir, files[i].name);
		if (lstat(path, &st) == 0) {
			fprintf(stderr, "tipring: %s is there already; nothing was written. Move it away, or choose another folder\n",
				path);
			return CLI_NO;
		}
	}
	if (mkdir(dir, 0755) && errno != EEXIST) {
		fprintf(stderr, "tipring: %s: %s\n", dir, strerror(errno));
		return CLI_NO;
	}
	for (int i = 0; i < FILES; i++) {
		int err;

		snprintf(path, sizeof(path), "%s/%s", dir, files[i].name);
		err = write_file(d, path, i);
		if (err) {
			fprintf(stderr, "tipring: %s: %s\n", path, strerror(-err));
			return CLI_NO;
		}
		printf("%s\n", path);
	}
	return CLI_OK;
}

static void on_error(void *arg, const struct site_error *e)
{
	(void)arg;
	site_print_error(stderr, e);
}

static bool digits(const char *text, size_t max)
{
	return strlen(text) <= max && strspn(text, "0123456789") == strlen(text);
}

int cli_detect(const struct cli *cli, int argc, char **argv)
{
	struct detect_site where = { .country = cli->country, .area = cli->area ? cli->area : "" };
	struct site *site = NULL;
	struct detect *d = NULL;
	int err, rc = CLI_NO;

	if (!where.country || !*where.country || !digits(where.country, 3) || !digits(where.area, 7)) {
		fprintf(stderr, "tipring: say where the lines are: --country 44 --area 20 (digits alone, no prefix)\n");
		return CLI_USAGE;
	}
	if (conf_area_prefix(where.country, where.area)) {
		const char *rest = where.area + conf_area_prefix(where.country, where.area);

		fprintf(stderr, "tipring: area %s begins with the trunk prefix of country %s; %s%s\n", where.area, where.country,
			*rest ? "write --area " : "leave --area out", rest);
		return CLI_USAGE;
	}
	if (argc && site_load(&site, argv[0], on_error, NULL))
		return CLI_NO;
	where.conf = site ? site->conf : NULL;
	err = detect_open(&d, &where);
	if (err == -ENODEV)
		fprintf(stderr, "tipring: DAHDI has no spans: is the card's driver loaded? (lsdahdi shows what it sees)\n");
	else if (err)
		fprintf(stderr, "tipring: the card cannot be read: %s\n", strerror(-err));
	else
		rc = cli->output ? write_all(d, cli->output) : print_all(d);
	detect_close(d);
	site_free(site);
	return rc;
}
