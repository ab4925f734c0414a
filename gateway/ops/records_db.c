/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file of the call records: SQLite with a write-ahead log and synchronous=NORMAL, so a commit is an append
 * without fsync: what is committed outlives a killed daemon, and a power cut can cost the last ones but
 * not the file. Records thread only.
 */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/ops/records_db.h"

#define BUSY_MS 500		/* for another process's lock; then the batch is tried again later */

struct records_db {
	sqlite3 *sq;
	sqlite3_stmt *insert;
};

/* One line for people, and the errno of its class. */
static int failed(struct records_db *db, int rc, char *error)
{
	int sys = db->sq ? sqlite3_system_errno(db->sq) : 0;
	int class = rc & 0xff;

	snprintf(error, RECORDS_ERROR_SIZE, "%s%s%s%s", db->sq ? sqlite3_errmsg(db->sq) : sqlite3_errstr(rc),
		 sys ? " (" : "", sys ? strerror(sys) : "", sys ? ")" : "");
	switch (class) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_NOMEM:
		return -ENOMEM;
	default:
		return -EIO;
	}
}

static int run_sql(struct records_db *db, const char *sql, char *error)
{
	int rc = sql ? sqlite3_exec(db->sq, sql, NULL, NULL, NULL) : SQLITE_NOMEM;

	return rc == SQLITE_OK ? 0 : failed(db, rc, error);
}

static int get_version(struct records_db *db, int *version, char *error)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db->sq, "PRAGMA user_version", -1, &st, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		*version = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	return rc == SQLITE_ROW ? 0 : failed(db, rc, error);
}

static int make_schema(struct records_db *db, char *error)
{
	int version = 0;
	char *sql = records_sql_schema();
	int err = run_sql(db, "BEGIN IMMEDIATE", error);

	if (!err)
		err = get_version(db, &version, error);
	if (!err && version == 0)
		err = run_sql(db, sql, error);
	sqlite3_free(sql);
	for (int v = version; !err && v > 0 && v < RECORDS_SCHEMA; v++) {
		sql = records_sql_step(v);
		err = run_sql(db, sql, error);
		sqlite3_free(sql);
	}
	if (!err)
		err = run_sql(db, "COMMIT", error);
	if (!err && version > RECORDS_SCHEMA) {
		snprintf(error, RECORDS_ERROR_SIZE, "written by a newer Tipring (schema %d, this one knows %d)",
			 version, RECORDS_SCHEMA);
		err = -EPROTONOSUPPORT;
	}
	return err;
}

int records_db_open(struct records_db **out, const char *path, char *error)
{
	struct records_db *db = calloc(1, sizeof(*db));
	char *insert = records_sql_insert();
	int rc, err = db && insert ? 0 : -ENOMEM;

	if (!err) {
		rc = sqlite3_open_v2(path, &db->sq, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
				     SQLITE_OPEN_NOMUTEX, NULL);
		err = rc == SQLITE_OK ? 0 : failed(db, rc, error);
	}
	if (!err) {
		sqlite3_busy_timeout(db->sq, BUSY_MS);
		err = run_sql(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; "
				  "PRAGMA cache_size = -256", error);
	}
	if (!err)
		err = make_schema(db, error);
	if (!err) {
		rc = sqlite3_prepare_v2(db->sq, insert, -1, &db->insert, NULL);
		err = rc == SQLITE_OK ? 0 : failed(db, rc, error);
	}
	sqlite3_free(insert);
	if (err) {
		records_db_close(db);
		return err;
	}
	*out = db;
	return 0;
}

void records_db_close(struct records_db *db)
{
	if (!db)
		return;
	sqlite3_finalize(db->insert);
	sqlite3_close(db->sq);
	free(db);
}

/* The file was removed or renamed under us: what is written now, nobody would find. */
static int check_place(struct records_db *db, char *error)
{
	int moved = 0;

	if (sqlite3_file_control(db->sq, "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK || !moved)
		return 0;
	snprintf(error, RECORDS_ERROR_SIZE, "the file was removed or renamed; opening it anew");
	return -EIO;
}

/* Faults of the record, not of the file. */
static bool refuses(int rc)
{
	rc &= 0xff;
	return rc == SQLITE_CONSTRAINT || rc == SQLITE_TOOBIG || rc == SQLITE_MISMATCH || rc == SQLITE_RANGE;
}

int records_db_write(struct records_db *db, const struct record_node *first, int n, int *refused, char *error)
{
	int rc = SQLITE_OK, err = check_place(db, error);

	*refused = 0;
	if (!err)
		err = run_sql(db, "BEGIN IMMEDIATE", error);
	for (int i = 0; i < n && !err; i++) {
		rc = records_bind(db->insert, &first->rec);
		if (rc == SQLITE_OK)
			rc = sqlite3_step(db->insert);
		if (refuses(rc))
			++*refused;
		else if (rc != SQLITE_DONE)
			err = failed(db, rc, error);
		sqlite3_reset(db->insert);
		if (i + 1 < n)		/* the last one's next belongs to the queue */
			first = first->next;
	}
	if (!err)
		err = run_sql(db, "COMMIT", error);
	if (err && !sqlite3_get_autocommit(db->sq))
		sqlite3_exec(db->sq, "ROLLBACK", NULL, NULL, NULL);
	return err;
}

static struct json_object *value_json(sqlite3_stmt *st, int i)
{
	switch (sqlite3_column_type(st, i)) {
	case SQLITE_INTEGER:
		return json_object_new_int64(sqlite3_column_int64(st, i));
	case SQLITE_FLOAT:
		return json_object_new_double(sqlite3_column_double(st, i));
	case SQLITE_TEXT:
		return json_object_new_string((const char *)sqlite3_column_text(st, i));
	default:
		return NULL;
	}
}

int records_db_read(struct records_db *db, int n, struct json_object **out, char *error)
{
	static const char sql[] = "SELECT * FROM (SELECT * FROM calls ORDER BY row DESC LIMIT ?) ORDER BY row";
	struct json_object *list = json_object_new_array();
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db->sq, sql, -1, &st, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int(st, 1, n);
	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		struct json_object *o;

		rc = sqlite3_step(st);
		if (rc != SQLITE_ROW)
			break;
		o = json_object_new_object();
		for (int i = 0; i < sqlite3_column_count(st); i++)
			json_object_object_add(o, sqlite3_column_name(st, i), value_json(st, i));
		json_object_array_add(list, o);
	}
	sqlite3_finalize(st);
	if (rc != SQLITE_DONE) {
		json_object_put(list);
		return failed(db, rc, error);
	}
	*out = json_object_new_object();
	json_object_object_add(*out, "records", list);
	return 0;
}
