/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gateway/ops/records_db.h: the file of the call records. Records thread only; used by records.c alone.
 * Errors are negative errno with one line of text for people in ERROR (RECORDS_ERROR_SIZE octets).
 */
#ifndef GATEWAY_OPS_RECORDS_DB_H
#define GATEWAY_OPS_RECORDS_DB_H

#include <stddef.h>

#include "gateway/ops/records.h"

#define RECORDS_ERROR_SIZE 128
#define RECORDS_SCHEMA 4		/* PRAGMA user_version of the file */

struct records_db;
struct record_node {
	struct record_node *next;
	struct call_record rec;
};

int records_db_open(struct records_db **out, const char *path, char *error);
void records_db_close(struct records_db *db);	/* NULL is fine */

/* Writes N records from FIRST on in one transaction, all or none. *REFUSED is the number that the file
 * does not take, whatever is tried; they are left out. After -EIO the file is to be closed and opened again. */
int records_db_write(struct records_db *db, const struct record_node *first, int n, int *refused, char *error);
/* The last N records, oldest first. */
int records_db_read(struct records_db *db, int n, struct json_object **out, char *error);

/* The statements made from the table of columns, for sqlite3_free(). */
char *records_sql_schema(void);
char *records_sql_insert(void);
/* From schema VERSION to the next; NULL when there is no such step. */
char *records_sql_step(int version);
struct sqlite3_stmt;
int records_bind(struct sqlite3_stmt *st, const struct call_record *rec);	/* an SQLite result code */

#endif
