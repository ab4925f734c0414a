/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One question to the daemon and its answer; a sentence that helps when there is none. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/cli/cli.h"
#include "gateway/ops/text.h"

#define ANSWER_MAX (64u << 20)

static int no_daemon(const struct cli *cli, int err)
{
	struct stat st;

	if (err == ECONNREFUSED && stat(cli->socket, &st) == 0 && !S_ISSOCK(st.st_mode))
		err = ENOTSOCK;
	fprintf(stderr, "tipring: ");
	switch (err) {
	case ENOENT:
		fprintf(stderr, "there is no daemon at %s: it is not running, or it was started with another -s PATH\n"
			"  start it with \"systemctl start tipring\", or \"tipringd -c DIR\"\n", cli->socket);
		break;
	case ECONNREFUSED:
		fprintf(stderr, "the daemon that served %s has stopped\n"
			"  start it with \"systemctl start tipring\"; \"journalctl -u tipring\" says why it stopped\n",
			cli->socket);
		break;
	case EACCES:
	case EPERM:
		fprintf(stderr, "you may not use %s: ask as root, or as a member of its group\n", cli->socket);
		break;
	case EAGAIN:
		fprintf(stderr, "the daemon at %s takes the question but does not answer\n"
			"  \"journalctl -u tipring\" tells whether it is stuck\n", cli->socket);
		break;
	case EPIPE:
	case ECONNRESET:
		fprintf(stderr, "the daemon at %s went away before it answered\n", cli->socket);
		break;
	default:
		fprintf(stderr, "cannot ask the daemon at %s: %s\n", cli->socket, strerror(err));
	}
	return CLI_NO_DAEMON;
}

static int dial(const struct cli *cli, int seconds)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	struct timeval tv = { .tv_sec = seconds };
	int fd;

	if (strlen(cli->socket) >= sizeof(sa.sun_path))
		return -ENAMETOOLONG;
	strcpy(sa.sun_path, cli->socket);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0) {
		int err = errno;

		close(fd);
		return -err;
	}
	return fd;
}

/* The first octet goes with the file GIVEN; -1: none. */
static ssize_t send_first(int fd, const char *text, int given)
{
	union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; } control = { 0 };
	struct iovec v = { (char *)text, 1 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };

	if (given >= 0) {
		m.msg_control = &control;
		m.msg_controllen = sizeof(control);
		control.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET,
						 .cmsg_type = SCM_RIGHTS };
		memcpy(CMSG_DATA(&control.head), &given, sizeof(given));
	}
	return sendmsg(fd, &m, MSG_NOSIGNAL);
}

static int send_line(int fd, struct json_object *request, int given)
{
	const char *text = json_object_to_json_string_ext(request, JSON_C_TO_STRING_PLAIN);
	size_t len = strlen(text), at = 0;
	ssize_t n = send_first(fd, text, given);

	at += n > 0;
	while (n > 0 && at < len && (n = send(fd, text + at, len - at, MSG_NOSIGNAL)) > 0)
		at += (size_t)n;
	if (n > 0)
		n = send(fd, "\n", 1, MSG_NOSIGNAL);
	return n > 0 ? 0 : -errno;
}

/* The answer's line without its newline, for the caller to free. */
static int read_line(int fd, char **line)
{
	size_t len = 0, room = 0;
	char *buf = NULL, *more;
	ssize_t n = 0;

	for (;;) {
		if (room - len < 2 && room < ANSWER_MAX) {
			more = realloc(buf, room = room ? room * 2 : 65536);
			if (!more) {
				n = -1;
				break;
			}
			buf = more;
		}
		n = recv(fd, buf + len, room - len - 1, 0);
		if (n <= 0)
			break;
		len += (size_t)n;
		if (buf[len - 1] == '\n') {
			buf[len - 1] = 0;
			*line = buf;
			return 0;
		}
	}
	n = n == 0 ? ECONNRESET : errno;
	free(buf);
	return -(int)n;
}

static int said_no(struct json_object *answer)
{
	char text[512];

	text_clean(text, sizeof(text), js(answer, "error"), strlen(js(answer, "error")));
	fprintf(stderr, "tipring: %s\n", *text ? text : "the daemon said no");
	text_clean(text, sizeof(text), js(answer, "hint"), strlen(js(answer, "hint")));
	if (*text)
		fprintf(stderr, "  %s\n", text);
	return CLI_NO;
}

static int ask(const struct cli *cli, struct json_object *request, int given, int seconds, struct json_object **answer)
{
	int fd = dial(cli, seconds), err;
	char *line = NULL;
	bool ok;

	*answer = NULL;
	err = fd < 0 ? fd : send_line(fd, request, given);
	json_object_put(request);
	if (!err)
		err = read_line(fd, &line);
	if (fd >= 0)
		close(fd);
	if (err)
		return no_daemon(cli, -err);
	*answer = json_tokener_parse(line);
	ok = jb(*answer, "ok");
	if (cli->json)
		puts(line);
	else if (!ok)
		said_no(*answer);
	free(line);
	if (ok)
		return CLI_OK;
	json_object_put(*answer);
	*answer = NULL;
	return CLI_NO;
}

int cli_ask(const struct cli *cli, struct json_object *request, int seconds, struct json_object **answer)
{
	return ask(cli, request, -1, seconds, answer);
}

/* What was to be asked cannot be. */
static int no_file(const struct cli *cli, const char *path)
{
	struct json_object *o = json_object_new_object();
	char text[1200];

	snprintf(text, sizeof(text), "cannot write to %s: %s", path, strerror(errno));
	json_object_object_add(o, "ok", json_object_new_boolean(false));
	json_object_object_add(o, "error", json_object_new_string(text));
	if (cli->json)
		puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	else
		said_no(o);
	json_object_put(o);
	return CLI_NO;
}

int cli_ask_file(const struct cli *cli, struct json_object *request, const char *name, int seconds, struct json_object **answer)
{
	char folder[400] = "", path[800];
	int fd, rc;

	*answer = NULL;
	if (*name != '/' && !getcwd(folder, sizeof(folder)))
		folder[0] = 0;
	snprintf(path, sizeof(path), "%s%s%s", folder, *folder ? "/" : "", name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0640);
	if (fd < 0) {
		json_object_put(request);
		return no_file(cli, path);
	}
	json_object_object_add(request, "file", json_object_new_string(path));
	rc = ask(cli, request, fd, seconds, answer);
	close(fd);
	if (rc != CLI_OK)
		unlink(path);
	return rc;
}

struct json_object *cli_request(const char *what)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "do", json_object_new_string(what));
	return o;
}

/* --- Members ---------------------------------------------------------------------------------- */

struct json_object *jo(struct json_object *o, const char *key)
{
	struct json_object *v = NULL;

	if (json_object_is_type(o, json_type_object))
		json_object_object_get_ex(o, key, &v);
	return v;
}

const char *js(struct json_object *o, const char *key)
{
	struct json_object *v = jo(o, key);

	return v ? json_object_get_string(v) : "";
}

int64_t ji(struct json_object *o, const char *key)
{
	return json_object_get_int64(jo(o, key));
}

double jd(struct json_object *o, const char *key)
{
	return json_object_get_double(jo(o, key));
}

bool jb(struct json_object *o, const char *key)
{
	return json_object_get_boolean(jo(o, key));
}

size_t jlen(struct json_object *array)
{
	return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}

struct json_object *jat(struct json_object *array, size_t i)
{
	return json_object_array_get_idx(array, i);
}
