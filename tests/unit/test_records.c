/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The call records: order, every column, and what happens when the disk does not do its part. The tests
 * wait for the thread's own counters, with a limit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/log.h"
#include "gateway/ops/records.h"

#define LIMIT_MS 20000

struct place {
	char dir[64], path[128];
};

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	strcpy(p->dir, "/tmp/test_records.XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->path, sizeof(p->path), "%s/records.db", p->dir);
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;
	char cmd[160];

	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", p->dir);
	assert_int_equal(system(cmd), 0);
	free(p);
	return 0;
}

static void fill(struct call_record *c, uint64_t id)
{
	memset(c, 0, sizeof(*c));
	c->id = id;
	snprintf(c->uuid, sizeof(c->uuid), "00000000-0000-4000-8000-%012llu", (unsigned long long)id);
	c->start_ms = 1700000000000 + (int64_t)id;
	c->end_ms = c->start_ms + 4500;
	strcpy(c->in.trunk, "office");
	strcpy(c->out.trunk, "telco");
	strcpy(c->out.line, "1/7");
	strcpy(c->in.called, "+442079460100");
	c->cause = 17;
}

/* Waits until COND, or fails the test. */
#define WAIT_FOR(r, st, cond)                                                     \
	do {                                                                      \
		int left = LIMIT_MS;                                              \
		records_status(r, &(st));                                         \
		while (!(cond) && left-- > 0) {                                   \
			poll(NULL, 0, 1);                                         \
			records_status(r, &(st));                                 \
		}                                                                 \
		assert_true(cond);                                                \
	} while (0)

/* What the sqlite3 command, a program of its own, prints for SQL. */
static const char *ask(const struct place *p, const char *sql)
{
	static char out[8192];
	char cmd[4096];
	FILE *f;
	size_t n;

	snprintf(cmd, sizeof(cmd), "sqlite3 '%s' \"%s\" 2>&1", p->path, sql);
	f = popen(cmd, "r");
	assert_non_null(f);
	n = fread(out, 1, sizeof(out) - 1, f);
	pclose(f);
	while (n && out[n - 1] == '\n')
		n--;
	out[n] = 0;
	return out;
}

static void test_order(void **state)
{
	struct place *p = *state;
	struct records *r;
	struct records_status st;
	struct call_record c;

	assert_int_equal(records_open(&r, p->path), 0);
	for (uint64_t i = 1; i <= 5000; i++) {
		fill(&c, i);
		assert_int_equal(records_put(r, &c), 0);
	}
	WAIT_FOR(r, st, st.written == 5000);
	assert_int_equal(st.waiting, 0);
	assert_int_equal(st.lost, 0);
	assert_string_equal(st.error, "");
	/* Read while the daemon is up, as an operator would. */
	assert_string_equal(ask(p, "SELECT count(*), min(row), max(row), sum(row = call) FROM calls"),
			    "5000|1|5000|5000");
	records_close(r);
	assert_string_equal(ask(p, "PRAGMA integrity_check"), "ok");
	records_close(NULL);
}

static void test_columns(void **state)
{
	static const struct { const char *why, *sql, *want; } rows[] = {
		{ "numbers and names", "SELECT call, uuid, attempts, did_line, did_name FROM calls",
		  "7|00000000-0000-4000-8000-000000000007|2|12|Front desk" },
		{ "times as text", "SELECT started, alerted, answered, ended FROM calls",
		  "2023-11-14T22:13:20.007Z|2023-11-14T22:13:21.000Z||2023-11-14T22:13:24.507Z" },
		{ "times as numbers; NULL for what did not happen",
		  "SELECT start_ms, alert_ms, answer_ms IS NULL, end_ms FROM calls",
		  "1700000000007|1700000001000|1|1700000004507" },
		{ "the clearing", "SELECT cause, location, cleared_by, why, in_cause, out_cause, out_location, in_sip "
		  "FROM calls", "17|2|out|the called party was busy|0|17|10|486" },
		{ "the incoming leg", "SELECT in_trunk, in_line, in_called, in_called_raw, in_called_ton, "
		  "in_calling, in_presentation, in_screening, in_id FROM calls",
		  "office||+442079460100|02079460100|0|+442079460001|1|3|abc@host" },
		{ "the outgoing leg", "SELECT out_trunk, out_line, out_calling_raw, out_calling_ton FROM calls",
		  "telco|1/7|2079460001|2" },
		{ "RTP of the incoming leg", "SELECT in_packets_in, in_packets_out, in_octets_in, in_octets_out, in_lost, "
		  "in_late, in_duplicate, in_reordered, in_malformed, in_wrong_source, in_wrong_payload FROM calls",
		  "101|102|103|104|105|106|107|108|109|110|111" },
		{ "its quality", "SELECT in_jitter_us, in_jitter_max_us, in_remote_lost, in_remote_jitter_us, in_rtt_us, "
		  "in_inserted, in_dropped FROM calls", "112|113|114|115|4000000000|116|117" },
		{ "the line", "SELECT out_line_underrun, out_line_overrun, out_level_dbm0, out_tone_hz FROM calls",
		  "118|119|-10.5|1004.0" },
		{ "the list for people", "SELECT called, came_from, went_to, answered, rang_s, talked_s, cause_name FROM "
		  "call_list", "+442079460100|office|telco 1/7|no|3.5||user busy" },
		{ "quality for people", "SELECT leg, packets_in, lost_percent, jitter_max_ms FROM call_quality",
		  "in|101|50.97|0.1" },
		{ "days", "SELECT * FROM daily", "2023-11-14|office|telco|1|0|0.0|0.0" },
		{ "the schema's number", "PRAGMA user_version", "4" },
		{ "the write-ahead log", "PRAGMA journal_mode", "wal" },
		{ "a hostile text is clean", "SELECT out_id FROM calls", "x.[31m'); DROP TABLE calls;--" },
	};
	struct place *p = *state;
	struct records *r;
	struct records_status st;
	struct call_record c;
	struct media_stats m = { 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115,
				 4000000000u, 116, 117, 118, 119, -10.5f, 1004, true };

	fill(&c, 7);
	c.alert_ms = 1700000001000;
	c.attempts = 2;
	c.did_line = 12;
	strcpy(c.did_name, "Front desk");
	c.location = 2;
	strcpy(c.side, "out");
	strcpy(c.why, "the called party was busy");
	c.in.sip = 486;
	c.out.cause = 17;
	c.out.location = 10;
	strcpy(c.in.called_raw, "02079460100");
	strcpy(c.in.calling, "+442079460001");
	c.in.presentation = 1;
	c.in.screening = 3;
	strcpy(c.in.id, "abc@host");
	strcpy(c.out.calling_raw, "2079460001");
	c.out.calling_ton = 2;
	strcpy(c.out.id, "x\033[31m'); DROP TABLE calls;--");
	c.in.media = m;
	c.out.media.line_underrun = 118;
	c.out.media.line_overrun = 119;
	c.out.media.level_in_dbm0 = -10.5f;
	c.out.media.freq_in_hz = 1004;
	assert_int_equal(records_open(&r, p->path), 0);
	assert_int_equal(records_put(r, &c), 0);
	WAIT_FOR(r, st, st.written == 1);
	records_close(r);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("%s\n", rows[i].why);
		assert_string_equal(ask(p, rows[i].sql), rows[i].want);
	}
}

/* No folder at start; then there is one; then it disappears with the file in it, and comes back. */
static void test_no_folder(void **state)
{
	struct place *p = *state;
	struct records *r;
	struct records_status st;
	struct call_record c;
	char moved[160];

	assert_int_equal(rmdir(p->dir), 0);
	assert_int_equal(records_open(&r, p->path), 0);
	WAIT_FOR(r, st, st.error[0] != 0);	/* known before the first call */
	assert_non_null(strstr(st.error, "No such file or directory"));
	for (uint64_t i = 1; i <= 3; i++) {
		fill(&c, i);
		assert_int_equal(records_put(r, &c), 0);
	}
	records_status(r, &st);
	assert_int_equal(st.waiting, 3);
	assert_int_equal(mkdir(p->dir, 0700), 0);
	WAIT_FOR(r, st, st.written == 3 && !st.error[0]);
	snprintf(moved, sizeof(moved), "%s.moved", p->dir);
	assert_int_equal(rename(p->dir, moved), 0);
	fill(&c, 4);
	assert_int_equal(records_put(r, &c), 0);
	WAIT_FOR(r, st, st.error[0] != 0 && st.waiting == 1);
	assert_int_equal(rename(moved, p->dir), 0);
	WAIT_FOR(r, st, st.written == 4 && !st.error[0]);
	assert_int_equal(st.lost, 0);
	records_close(r);
	assert_string_equal(ask(p, "SELECT group_concat(call) FROM calls"), "1,2,3,4");
}

/* A file size limit is the same to SQLite as a full disk: writes fail in the middle. */
static void test_full(void **state)
{
	struct place *p = *state;
	struct records *r;
	struct records_status st;
	struct call_record c;
	struct rlimit old, small;
	uint64_t n = 0;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = 400000;
	assert_int_equal(records_open(&r, p->path), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	do {
		fill(&c, ++n);
		assert_int_equal(records_put(r, &c), 0);
		records_status(r, &st);
		if (n % 50 == 0)
			poll(NULL, 0, 5);
	} while (!st.error[0] && n < 9000);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_true(n < 9000);
	WAIT_FOR(r, st, st.written == n && !st.error[0]);
	assert_int_equal(st.lost, 0);
	records_close(r);
	assert_string_equal(ask(p, "PRAGMA integrity_check"), "ok");
	assert_int_equal(strtoull(ask(p, "SELECT sum(row = call) FROM calls"), NULL, 10), n);
}

static void test_locked(void **state)
{
	struct place *p = *state;
	struct records *r;
	struct records_status st;
	struct call_record c;
	sqlite3 *other;

	assert_int_equal(records_open(&r, p->path), 0);
	fill(&c, 1);
	records_put(r, &c);
	WAIT_FOR(r, st, st.written == 1);
	assert_int_equal(sqlite3_open(p->path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
	fill(&c, 2);
	records_put(r, &c);
	WAIT_FOR(r, st, st.error[0]);
	assert_non_null(strstr(st.error, "locked"));
	sqlite3_exec(other, "COMMIT", NULL, NULL, NULL);
	sqlite3_close(other);
	WAIT_FOR(r, st, st.written == 2 && !st.error[0]);
	records_close(r);
}

/* The bound: what is over it is counted as lost and the caller is told. */
static void test_bound(void **state)
{
	struct place *p = *state;
	struct records *r;
	struct records_status st;
	struct call_record c;

	assert_int_equal(rmdir(p->dir), 0);
	assert_int_equal(records_open(&r, p->path), 0);
	fill(&c, 1);
	for (int i = 0; i < 10000; i++)
		assert_int_equal(records_put(r, &c), 0);
	assert_int_equal(records_put(r, &c), -ENOSPC);
	records_status(r, &st);
	assert_int_equal(st.waiting, 10000);
	assert_int_equal(st.lost, 1);
	assert_int_equal(mkdir(p->dir, 0700), 0);
	records_close(r);		/* writes what waits; one uuid is one row */
	assert_string_equal(ask(p, "SELECT count(*) FROM calls"), "1");
}

/* The columns of the first schema; those of a leg stand there twice, with in_ and out_. */
#define FIRST_CALL "'row', 'call', 'uuid', 'started', 'alerted', 'answered', 'ended', 'start_ms', 'alert_ms', 'answer_ms', " \
	"'end_ms', 'attempts', 'did_line', 'did_name', 'cause', 'location', 'cleared_by', 'why'"
#define FIRST_LEG "'trunk', 'line', 'called', 'calling', 'called_raw', 'calling_raw', 'called_ton', 'calling_ton', " \
	"'presentation', 'screening', 'id', 'cause', 'location', 'sip', 'packets_in', 'packets_out', 'octets_in', " \
	"'octets_out', 'lost', 'late', 'duplicate', 'reordered', 'malformed', 'wrong_source', 'wrong_payload', 'jitter_us', " \
	"'jitter_max_us', 'remote_lost', 'remote_jitter_us', 'rtt_us', 'inserted', 'dropped', 'line_underrun', " \
	"'line_overrun', 'level_dbm0', 'tone_hz'"

static void drop_newer(struct place *p)
{
	static const char newer[] =
		"SELECT min(name) FROM pragma_table_info('calls') WHERE name NOT IN (" FIRST_CALL ") AND NOT "
		"((name LIKE 'in!_%' ESCAPE '!' AND substr(name, 4) IN (" FIRST_LEG ")) OR "
		"(name LIKE 'out!_%' ESCAPE '!' AND substr(name, 5) IN (" FIRST_LEG ")))";
	char name[64], sql[128];

	for (snprintf(name, sizeof(name), "%s", ask(p, newer)); name[0]; snprintf(name, sizeof(name), "%s", ask(p, newer))) {
		snprintf(sql, sizeof(sql), "ALTER TABLE calls DROP COLUMN %s", name);
		ask(p, sql);
	}
}

/* A file of the first schema is brought up to this one with what it holds. */
static void test_older_file(void **state)
{
	struct place *p = *state;
	struct call_record c = { .id = 7, .uuid = "new", .cause = 16, .answered_how = "polarity", .cleared_how = "tone" };
	struct records_status st;
	struct records *r;

	assert_int_equal(records_open(&r, p->path), 0);
	records_close(r);
	drop_newer(p);
	ask(p, "PRAGMA user_version = 1; INSERT INTO calls (call, uuid) VALUES (3, 'old')");
	assert_int_equal(records_open(&r, p->path), 0);
	assert_int_equal(records_put(r, &c), 0);
	WAIT_FOR(r, st, st.written == 1);
	records_close(r);
	assert_string_equal(ask(p, "PRAGMA user_version"), "4");
	assert_string_equal(ask(p, "SELECT group_concat(call || coalesce(answered_how, '-') || coalesce(cleared_how, '-')) "
				   "FROM calls"), "3--,7polaritytone");
}

/* Not ours to write: a file of a newer version, and one that is no database. */
static void test_foreign(void **state)
{
	struct place *p = *state;
	struct records *r;
	struct records_status st;
	FILE *f;

	ask(p, "CREATE TABLE x (y); PRAGMA user_version = 9");
	assert_int_equal(records_open(&r, p->path), 0);
	WAIT_FOR(r, st, st.error[0]);
	assert_non_null(strstr(st.error, "newer Tipring (schema 9"));
	records_close(r);
	assert_string_equal(ask(p, "SELECT count(*) FROM sqlite_schema WHERE name = 'calls'"), "0");
	unlink(p->path);
	f = fopen(p->path, "w");
	for (int i = 0; i < 5000; i++)
		fputs("these are no records\n", f);
	fclose(f);
	assert_int_equal(records_open(&r, p->path), 0);
	WAIT_FOR(r, st, st.error[0]);
	assert_non_null(strstr(st.error, "not a database"));
	records_close(r);
}

/* A daemon killed while it writes: the file opens cleanly, in order, and goes on. */
static void test_killed(void **state)
{
	struct place *p = *state;
	struct records *r;
	struct records_status st;
	struct call_record c;
	unsigned long long kept;
	int pipes[2], status;
	char go;
	pid_t pid;

	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	if (pid == 0) {
		if (records_open(&r, p->path))
			_exit(1);
		for (uint64_t i = 1;; i++) {
			fill(&c, i);
			records_put(r, &c);
			records_status(r, &st);
			if (st.written >= 1000 && write(pipes[1], "x", 1) != 1)
				_exit(1);
		}
	}
	assert_int_equal(read(pipes[0], &go, 1), 1);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	close(pipes[0]);
	close(pipes[1]);
	assert_int_equal(records_open(&r, p->path), 0);
	fill(&c, 1000000);
	assert_int_equal(records_put(r, &c), 0);
	WAIT_FOR(r, st, st.written == 1);
	records_close(r);
	assert_string_equal(ask(p, "PRAGMA integrity_check"), "ok");
	kept = strtoull(ask(p, "SELECT count(*) - 1 FROM calls"), NULL, 10);
	assert_true(kept >= 1000);
	assert_int_equal(strtoull(ask(p, "SELECT sum(row = call) FROM calls"), NULL, 10), kept);
}

struct got {
	int calls;
	struct json_object *body;
	char why[128];
};

static void on_read(void *arg, struct json_object *body, const char *why)
{
	struct got *g = arg;

	g->calls++;
	g->body = body;
	snprintf(g->why, sizeof(g->why), "%s", why);
}

static void test_read(void **state)
{
	struct place *p = *state;
	struct records *r;
	struct call_record c;
	struct got g = { 0 };
	struct json_object *list, *last;
	struct pollfd pfd = { .events = POLLIN };

	assert_int_equal(records_open(&r, p->path), 0);
	for (uint64_t i = 1; i <= 20; i++) {
		fill(&c, i);
		records_put(r, &c);
	}
	assert_int_equal(records_read(r, 3, on_read, &g), 0);
	assert_int_equal(g.calls, 0);		/* never from inside */
	pfd.fd = records_fd(r);
	assert_int_equal(poll(&pfd, 1, LIMIT_MS), 1);
	records_service(r);
	assert_int_equal(g.calls, 1);
	list = json_object_object_get(g.body, "records");
	assert_int_equal(json_object_array_length(list), 3);
	last = json_object_array_get_idx(list, 2);
	assert_int_equal(json_object_get_int(json_object_object_get(last, "call")), 20);
	assert_string_equal(json_object_get_string(json_object_object_get(last, "out_line")), "1/7");
	assert_null(json_object_object_get(last, "answered"));
	json_object_put(g.body);
	assert_int_equal(poll(&pfd, 1, 0), 0);
	assert_int_equal(records_read(r, 100000, on_read, &g), 0);
	records_close(r);			/* delivers what was asked */
	assert_int_equal(g.calls, 2);
	assert_int_equal(json_object_array_length(json_object_object_get(g.body, "records")), 20);
	json_object_put(g.body);
	teardown(state);
	setup(state);
	p = *state;
	rmdir(p->dir);
	assert_int_equal(records_open(&r, p->path), 0);
	assert_int_equal(records_read(r, 1, on_read, &g), 0);
	records_close(r);
	assert_int_equal(g.calls, 3);
	assert_null(g.body);
	assert_non_null(strstr(g.why, "unable to open"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_killed, setup, teardown),	/* forks: before any thread */
		cmocka_unit_test_setup_teardown(test_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_columns, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_folder, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full, setup, teardown),
		cmocka_unit_test_setup_teardown(test_locked, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bound, setup, teardown),
		cmocka_unit_test_setup_teardown(test_older_file, setup, teardown),
		cmocka_unit_test_setup_teardown(test_foreign, setup, teardown),
		cmocka_unit_test_setup_teardown(test_read, setup, teardown),
	};

	log_set_level(LOG_L_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
