/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The columns of the call records, as data: each field of struct call_record has its row here, and the
 * CREATE and INSERT statements are made from the rows, and the steps from older schemas: a new column says in which
 * RECORDS_SCHEMA it came.
 */
#include <sqlite3.h>
#include <string.h>

#include "gateway/cause.h"
#include "gateway/ops/records_db.h"
#include "gateway/ops/text.h"

enum kind { TEXT, U8, U16, U32, U64, INT, F32, MS, ISO };
struct column {
	const char *name;
	enum kind kind;
	size_t at;		/* in struct call_record, or in struct record_leg */
	size_t size;		/* of a text */
	int since;		/* the schema that brought it */
};
#define CALL_SINCE(n, f) offsetof(struct call_record, f), sizeof(((struct call_record *)0)->f), n
#define LEG_SINCE(n, f) offsetof(struct record_leg, f), sizeof(((struct record_leg *)0)->f), n
#define CALL(f) CALL_SINCE(1, f)
#define LEG(f) LEG_SINCE(1, f)

static const struct column call_columns[] = {
	{ "call", U64, CALL(id) },
	{ "uuid", TEXT, CALL(uuid) },
	{ "started", ISO, CALL(start_ms) },
	{ "alerted", ISO, CALL(alert_ms) },
	{ "answered", ISO, CALL(answer_ms) },
	{ "ended", ISO, CALL(end_ms) },
	{ "start_ms", MS, CALL(start_ms) },
	{ "alert_ms", MS, CALL(alert_ms) },
	{ "answer_ms", MS, CALL(answer_ms) },
	{ "end_ms", MS, CALL(end_ms) },
	{ "attempts", INT, CALL(attempts) },
	{ "did_line", INT, CALL(did_line) },
	{ "did_name", TEXT, CALL(did_name) },
	{ "cause", U8, CALL(cause) },
	{ "location", U8, CALL(location) },
	{ "cleared_by", TEXT, CALL(side) },
	{ "why", TEXT, CALL(why) },
	{ "answered_how", TEXT, CALL_SINCE(2, answered_how) },
	{ "cleared_how", TEXT, CALL_SINCE(2, cleared_how) },
	{ "bearer", U8, CALL_SINCE(3, bearer) },
	{ "hlc", U8, CALL_SINCE(3, hlc) },
	{ "transferred_by", TEXT, CALL_SINCE(4, transferred_by) },
};
static const struct column leg_columns[] = {
	{ "trunk", TEXT, LEG(trunk) },
	{ "line", TEXT, LEG(line) },
	{ "called", TEXT, LEG(called) },
	{ "calling", TEXT, LEG(calling) },
	{ "called_raw", TEXT, LEG(called_raw) },
	{ "calling_raw", TEXT, LEG(calling_raw) },
	{ "called_ton", U8, LEG(called_ton) },
	{ "calling_ton", U8, LEG(calling_ton) },
	{ "presentation", U8, LEG(presentation) },
	{ "screening", U8, LEG(screening) },
	{ "id", TEXT, LEG(id) },
	{ "cause", U8, LEG(cause) },
	{ "location", U8, LEG(location) },
	{ "sip", U16, LEG(sip) },
	{ "cause_by", TEXT, LEG_SINCE(3, cause_by) },
	{ "cause_raw", TEXT, LEG_SINCE(3, cause_raw) },
	{ "cause_from", TEXT, LEG_SINCE(3, cause_from) },
	{ "far_end", U8, LEG_SINCE(3, far_end) },
	{ "charge", TEXT, LEG_SINCE(3, charge) },
	{ "charge_free", U8, LEG_SINCE(3, charge_free) },
	{ "charge_units", U32, LEG_SINCE(3, charge_units) },
	{ "charge_currency", TEXT, LEG_SINCE(3, charge_currency) },
	{ "charge_thousandths", U64, LEG_SINCE(3, charge_thousandths) },
	{ "charge_rates", TEXT, LEG_SINCE(3, charge_rates) },
	{ "malicious", TEXT, LEG_SINCE(3, malicious) },
	{ "packets_in", U64, LEG(media.packets_in) },
	{ "packets_out", U64, LEG(media.packets_out) },
	{ "octets_in", U64, LEG(media.octets_in) },
	{ "octets_out", U64, LEG(media.octets_out) },
	{ "lost", U64, LEG(media.lost) },
	{ "late", U64, LEG(media.late) },
	{ "duplicate", U64, LEG(media.duplicate) },
	{ "reordered", U64, LEG(media.reordered) },
	{ "malformed", U64, LEG(media.malformed) },
	{ "wrong_source", U64, LEG(media.wrong_source) },
	{ "wrong_payload", U64, LEG(media.wrong_payload) },
	{ "jitter_us", U32, LEG(media.jitter_us) },
	{ "jitter_max_us", U32, LEG(media.jitter_max_us) },
	{ "remote_lost", U32, LEG(media.remote_lost) },
	{ "remote_jitter_us", U32, LEG(media.remote_jitter_us) },
	{ "rtt_us", U32, LEG(media.rtt_us) },
	{ "inserted", U64, LEG(media.inserted) },
	{ "dropped", U64, LEG(media.dropped) },
	{ "line_underrun", U64, LEG(media.line_underrun) },
	{ "line_overrun", U64, LEG(media.line_overrun) },
	{ "level_dbm0", F32, LEG(media.level_in_dbm0) },
	{ "tone_hz", F32, LEG(media.freq_in_hz) },
	{ "called_npi", U8, LEG_SINCE(3, called_npi) },
	{ "calling_npi", U8, LEG_SINCE(3, calling_npi) },
	{ "calling_user_raw", TEXT, LEG_SINCE(3, calling_user_raw) },
	{ "calling_rule", TEXT, LEG_SINCE(3, calling_rule) },
	{ "redirecting_raw", TEXT, LEG_SINCE(3, redirecting_raw) },
	{ "redirecting_ton", U8, LEG_SINCE(3, redirecting_ton) },
	{ "redirecting_npi", U8, LEG_SINCE(3, redirecting_npi) },
	{ "redirecting_presentation", U8, LEG_SINCE(3, redirecting_presentation) },
	{ "redirecting_screening", U8, LEG_SINCE(3, redirecting_screening) },
	{ "redirect_reason", U8, LEG_SINCE(3, redirect_reason) },
	{ "redirect_count", U8, LEG_SINCE(3, redirect_count) },
	{ "original_raw", TEXT, LEG_SINCE(3, original_raw) },
	{ "connected_raw", TEXT, LEG_SINCE(3, connected_raw) },
	{ "connected_ton", U8, LEG_SINCE(3, connected_ton) },
	{ "connected_npi", U8, LEG_SINCE(3, connected_npi) },
	{ "connected_presentation", U8, LEG_SINCE(3, connected_presentation) },
	{ "connected_screening", U8, LEG_SINCE(3, connected_screening) },
	{ "date_time", TEXT, LEG_SINCE(3, date_time) },
	{ "called_ie", TEXT, LEG_SINCE(3, called_ie) },
	{ "calling_ie", TEXT, LEG_SINCE(3, calling_ie) },
	{ "calling_user_ie", TEXT, LEG_SINCE(3, calling_user_ie) },
	{ "redirecting_ie", TEXT, LEG_SINCE(3, redirecting_ie) },
	{ "connected_ie", TEXT, LEG_SINCE(3, connected_ie) },
};
#define N(a) (sizeof(a) / sizeof((a)[0]))

static const char *const sql_kinds[] = {
	[TEXT] = "TEXT", [U8] = "INTEGER", [U16] = "INTEGER", [U32] = "INTEGER", [U64] = "INTEGER",
	[INT] = "INTEGER", [F32] = "REAL", [MS] = "INTEGER", [ISO] = "TEXT",
};

/* Times in text are UTC; rings and talk in seconds. A time that did not come is NULL. */
static const char views[] =
	"CREATE VIEW call_list AS SELECT call, started, in_calling AS caller, in_called AS called, "
	"trim(in_trunk || ' ' || in_line) AS came_from, trim(out_trunk || ' ' || out_line) AS went_to, "
	"CASE WHEN answer_ms IS NULL THEN 'no' ELSE 'yes' END AS answered, "
	"round((coalesce(answer_ms, end_ms) - alert_ms) / 1000.0, 1) AS rang_s, "
	"round((end_ms - answer_ms) / 1000.0, 1) AS talked_s, "
	"c.cause, causes.name AS cause_name, cleared_by, why "
	"FROM calls c LEFT JOIN causes ON causes.cause = c.cause ORDER BY row;"
	"CREATE VIEW call_quality AS "
	"SELECT call, started, 'in' AS leg, in_trunk AS trunk, in_packets_in AS packets_in, "
	"in_packets_out AS packets_out, "
	"round(100.0 * in_lost / max(in_packets_in + in_lost, 1), 2) AS lost_percent, in_late AS late, "
	"round(in_jitter_max_us / 1000.0, 1) AS jitter_max_ms, in_remote_lost AS remote_lost, "
	"round(in_rtt_us / 1000.0, 1) AS rtt_ms, in_inserted AS inserted, in_dropped AS dropped "
	"FROM calls WHERE in_packets_in + in_packets_out > 0 UNION ALL "
	"SELECT call, started, 'out', out_trunk, out_packets_in, out_packets_out, "
	"round(100.0 * out_lost / max(out_packets_in + out_lost, 1), 2), out_late, "
	"round(out_jitter_max_us / 1000.0, 1), out_remote_lost, round(out_rtt_us / 1000.0, 1), out_inserted, "
	"out_dropped FROM calls WHERE out_packets_in + out_packets_out > 0;"
	"CREATE VIEW daily AS SELECT substr(started, 1, 10) AS day, in_trunk AS from_trunk, out_trunk AS to_trunk, "
	"count(*) AS calls, count(answer_ms) AS answered, "
	"round(100.0 * count(answer_ms) / count(*), 1) AS answered_percent, "
	"round(coalesce(sum(end_ms - answer_ms), 0) / 60000.0, 1) AS talked_minutes "
	"FROM calls GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;";

static void put_columns(sqlite3_str *s, const char *prefix, const struct column *c, size_t n, const char *end)
{
	for (size_t i = 0; i < n; i++)
		sqlite3_str_appendf(s, "%s%s%s%s%s", prefix, c[i].name, end ? " " : "",
				    end ? sql_kinds[c[i].kind] : "", i + 1 < n ? ", " : "");
}

static void put_all(sqlite3_str *s, const char *types)
{
	put_columns(s, "", call_columns, N(call_columns), types);
	sqlite3_str_appendall(s, ", ");
	put_columns(s, "in_", leg_columns, N(leg_columns), types);
	sqlite3_str_appendall(s, ", ");
	put_columns(s, "out_", leg_columns, N(leg_columns), types);
}

char *records_sql_schema(void)
{
	sqlite3_str *s = sqlite3_str_new(NULL);

	sqlite3_str_appendall(s, "CREATE TABLE calls (row INTEGER PRIMARY KEY, ");
	put_all(s, "type");
	sqlite3_str_appendall(s, ");"
		"CREATE UNIQUE INDEX calls_uuid ON calls (uuid) WHERE uuid <> '';"
		"CREATE INDEX calls_start ON calls (start_ms);"
		"CREATE TABLE causes (cause INTEGER PRIMARY KEY, name TEXT NOT NULL);");
	for (int q850 = 1; q850 < 128; q850++)
		sqlite3_str_appendf(s, "INSERT INTO causes VALUES (%d, %Q);", q850, cause_name(q850));
	sqlite3_str_appendall(s, views);
	sqlite3_str_appendf(s, "PRAGMA user_version = %d;", RECORDS_SCHEMA);
	return sqlite3_str_finish(s);
}

static void add_columns(sqlite3_str *s, const char *prefix, const struct column *c, size_t n, int since)
{
	for (size_t i = 0; i < n; i++)
		if (c[i].since == since)
			sqlite3_str_appendf(s, "ALTER TABLE calls ADD COLUMN %s%s %s;", prefix, c[i].name,
					    sql_kinds[c[i].kind]);
}

/* What makes a file of schema VERSION one of the next. */
char *records_sql_step(int version)
{
	sqlite3_str *s = sqlite3_str_new(NULL);

	add_columns(s, "", call_columns, N(call_columns), version + 1);
	add_columns(s, "in_", leg_columns, N(leg_columns), version + 1);
	add_columns(s, "out_", leg_columns, N(leg_columns), version + 1);
	sqlite3_str_appendf(s, "PRAGMA user_version = %d;", version + 1);
	return sqlite3_str_finish(s);
}

/* A record written already (its uuid is known: a commit whose answer was lost) is not written twice. */
char *records_sql_insert(void)
{
	sqlite3_str *s = sqlite3_str_new(NULL);

	sqlite3_str_appendall(s, "INSERT INTO calls (");
	put_all(s, NULL);
	sqlite3_str_appendall(s, ") VALUES (?");
	for (size_t i = 1; i < N(call_columns) + 2 * N(leg_columns); i++)
		sqlite3_str_appendall(s, ",?");
	sqlite3_str_appendall(s, ") ON CONFLICT DO NOTHING");
	return sqlite3_str_finish(s);
}

static int bind_time(sqlite3_stmt *st, int i, int64_t ms, enum kind kind)
{
	char iso[TEXT_ISO_SIZE];

	if (ms == 0)
		return sqlite3_bind_null(st, i);
	if (kind == MS)
		return sqlite3_bind_int64(st, i, ms);
	text_iso(iso, ms);
	return sqlite3_bind_text(st, i, iso, -1, SQLITE_TRANSIENT);
}

static int bind_one(sqlite3_stmt *st, int i, const struct column *c, const void *base)
{
	const char *at = (const char *)base + c->at;
	char clean[256];

	switch (c->kind) {
	case TEXT:
		text_clean(clean, sizeof(clean), at, strnlen(at, c->size));
		return sqlite3_bind_text(st, i, clean, -1, SQLITE_TRANSIENT);
	case U8:
		return sqlite3_bind_int(st, i, *(const uint8_t *)at);
	case U16:
		return sqlite3_bind_int(st, i, *(const uint16_t *)at);
	case U32:
		return sqlite3_bind_int64(st, i, *(const uint32_t *)at);
	case U64:
		return sqlite3_bind_int64(st, i, (sqlite3_int64)*(const uint64_t *)at);
	case INT:
		return sqlite3_bind_int(st, i, *(const int *)at);
	case F32:
		return sqlite3_bind_double(st, i, *(const float *)at);
	case MS:
	case ISO:
		return bind_time(st, i, *(const int64_t *)at, c->kind);
	}
	return SQLITE_MISUSE;
}

static int bind_columns(sqlite3_stmt *st, int *i, const struct column *c, size_t n, const void *base)
{
	int rc = SQLITE_OK;

	for (size_t k = 0; k < n && rc == SQLITE_OK; k++)
		rc = bind_one(st, ++*i, &c[k], base);
	return rc;
}

int records_bind(sqlite3_stmt *st, const struct call_record *rec)
{
	int i = 0;
	int rc = bind_columns(st, &i, call_columns, N(call_columns), rec);

	if (rc == SQLITE_OK)
		rc = bind_columns(st, &i, leg_columns, N(leg_columns), &rec->in);
	if (rc == SQLITE_OK)
		rc = bind_columns(st, &i, leg_columns, N(leg_columns), &rec->out);
	return rc;
}
