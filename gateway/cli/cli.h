/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/cli/cli.h: the command that people type. Asks the daemon over the control socket (gateway/ops/control.h) and
 * prints the answer: a table, or with --json the answer as it came.
 */
#ifndef GATEWAY_CLI_CLI_H
#define GATEWAY_CLI_CLI_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

/* Exit statuses; scripts trust them. */
enum { CLI_OK = 0, CLI_NO = 1, CLI_USAGE = 2, CLI_NO_DAEMON = 3 };

struct cli {
	const char *socket;
	bool json;
	const char *from;	/* call --from NUMBER, or NULL */
	const char *country, *area, *output;	/* detect's, or NULL */
	bool overlap;		/* call --overlap */
	int seconds;		/* call and phone --seconds N, 0 when not given */
};

struct cli_command {
	const char *name, *args, *summary;
	int min_args, max_args;
	int (*run)(const struct cli *cli, int argc, char **argv);
	const char *help;	/* what "help COMMAND" adds; "" for nothing */
};
const struct cli_command *cli_commands(void);	/* ends with a NULL name */

/* check.c: reads the configuration in DIR as the daemon would, prints what is wrong or a summary; CLI_OK or CLI_NO. */
int cli_check(const char *dir, bool json);

/* --- client.c: the daemon --------------------------------------------------------------------- */

/* Sends REQUEST (taken) and waits up to SECONDS. With CLI_OK, *ANSWER is the daemon's yes, for the caller to put. A
 * no, and a daemon that is not there, are printed here. With --json any answer is printed here. */
int cli_ask(const struct cli *cli, struct json_object *request, int seconds, struct json_object **answer);
/* The same for a request that has the file NAME written: it is made here, with the rights of who asks, and the daemon gets it
 * open. A file that is there is an error; when the daemon says no it is removed again. */
int cli_ask_file(const struct cli *cli, struct json_object *request, const char *name, int seconds, struct json_object **answer);
struct json_object *cli_request(const char *what);

/* Members of an object, with a default for what is missing. */
const char *js(struct json_object *o, const char *key);		/* "" */
int64_t ji(struct json_object *o, const char *key);		/* 0 */
double jd(struct json_object *o, const char *key);
bool jb(struct json_object *o, const char *key);
struct json_object *jo(struct json_object *o, const char *key);	/* NULL */
size_t jlen(struct json_object *array);				/* members of an array; 0 for NULL */
struct json_object *jat(struct json_object *array, size_t i);

/* --- table.c: what is printed ----------------------------------------------------------------- */

enum colour { PLAIN, GOOD, BAD, WARN, DIM, BOLD };
void put_colour(enum colour c);		/* nothing when standard output is no terminal; PLAIN ends it */
int put_width(void);			/* columns of the terminal, 0 when it is none */

struct table;
/* HEADINGS: one word for a column, "a|b|>c": ">" for a column of numbers. */
struct table *table_new(const char *headings);
void table_cell(struct table *t, enum colour c, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void table_print(struct table *t);	/* and frees it */

const char *put_age(int64_t seconds);	/* "3 h 12 m"; good until the fourth call from now */

/* --- The commands ----------------------------------------------------------------------------- */

int cli_detect(const struct cli *cli, int argc, char **argv);
int cli_timers(const struct cli *cli, int argc, char **argv);
int cli_status(const struct cli *cli, int argc, char **argv);
int cli_trunks(const struct cli *cli, int argc, char **argv);
int cli_spans(const struct cli *cli, int argc, char **argv);
int cli_lines(const struct cli *cli, int argc, char **argv);
int cli_calls(const struct cli *cli, int argc, char **argv);
int cli_records(const struct cli *cli, int argc, char **argv);
int cli_call(const struct cli *cli, int argc, char **argv);
int cli_mcid(const struct cli *cli, int argc, char **argv);
int cli_clear(const struct cli *cli, int argc, char **argv);
int cli_out(const struct cli *cli, int argc, char **argv);
int cli_in(const struct cli *cli, int argc, char **argv);
int cli_restart(const struct cli *cli, int argc, char **argv);
int cli_changeover(const struct cli *cli, int argc, char **argv);
int cli_drain(const struct cli *cli, int argc, char **argv);
int cli_line(const struct cli *cli, int argc, char **argv);
int cli_phone(const struct cli *cli, int argc, char **argv);
int cli_fault(const struct cli *cli, int argc, char **argv);
int cli_log(const struct cli *cli, int argc, char **argv);
int cli_reload(const struct cli *cli, int argc, char **argv);
int cli_explain(const struct cli *cli, int argc, char **argv);
int cli_cause(const struct cli *cli, int argc, char **argv);
int cli_trace(const struct cli *cli, int argc, char **argv);
int cli_ladder(const struct cli *cli, int argc, char **argv);
void cli_ladder_print(struct json_object *ladder);

#endif
