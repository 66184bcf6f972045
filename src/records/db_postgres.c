/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/diag.h"
#include "base/err.h"
#include "base/num.h"
#include "records/db_priv.h"

/* Source: PostgreSQL 15 src/include/catalog/pg_type.dat; these numbers never change. */
enum {
	OID_BOOL = 16,
	OID_BYTEA = 17,
	OID_INT8 = 20,
	OID_INT2 = 21,
	OID_INT4 = 23,
	OID_TEXT = 25
};

/* Of the database, not of the server: "fengsui\0" as a number. */
#define OWNER_LOCK "7378424955114187008"

enum { OWNER_WAIT_STEP_MS = 50, OWNER_WAIT_STEPS = 300 };

struct pg_db {
	struct db db;
	PGconn *conn;
	char *uri;
	uint64_t prepared; /* names handed out on this connection */
};

struct pg_stmt {
	struct stmt stmt;
	uint64_t name; /* 0 = not prepared on this connection */
	Oid oid[DB_PARAMS_MAX];
	PGresult *result;
	int row;
	int64_t changes;
	uint8_t **decoded; /* by column: octets of a bytea asked for in this row */
};

static struct pg_db *own_db(struct db *db)
{
	return (struct pg_db *)(void *)db;
}

static struct pg_stmt *own(struct stmt *stmt)
{
	return (struct pg_stmt *)(void *)stmt;
}

/* Source: PostgreSQL 15 manual, appendix A (SQLSTATE). */
static int error_of_state(const char *state)
{
	static const struct {
		const char *prefix;
		int error;
	} table[] = {
		{ "23505", E_EXISTS },
		{ "23503", E_CONFLICT },
		{ "23", E_INPUT },
		{ "22", E_INPUT },
		{ "40", E_BUSY },
		{ "55P03", E_BUSY },
		{ "53100", -ENOSPC },
	};
	for (size_t i = 0; state != NULL && i < sizeof(table) / sizeof(table[0]); i++) {
		if (slice_starts(slice_str(state), slice_str(table[i].prefix))) {
			return table[i].error;
		}
	}
	return E_STORE;
}

/* Swallows result. */
static int fail(struct db *db, PGresult *result)
{
	PGconn *conn = own_db(db)->conn;
	const char *text = result != NULL ? PQresultErrorMessage(result) : "";
	(void)db_say(db, 0, "%s", text[0] != '\0' ? text : PQerrorMessage(conn));
	int error = error_of_state(
		result != NULL ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL);
	PQclear(result);
	if (PQstatus(conn) == CONNECTION_BAD) {
		db->lost = true;
		error = E_STORE;
	}
	return error;
}

static int pg_exec(struct db *db, const char *sql)
{
	PGresult *result = PQexec(own_db(db)->conn, sql);
	ExecStatusType status = PQresultStatus(result);
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
		status != PGRES_EMPTY_QUERY) {
		return fail(db, result);
	}
	/* COMMIT of a transaction that failed says ROLLBACK, and calls it a success. */
	bool undone = strcmp(sql, "COMMIT") == 0 && strcmp(PQcmdStatus(result), "COMMIT") != 0;
	PQclear(result);
	return undone ? db_say(db, E_STORE, "the store rolled back instead of committing") : 0;
}

/* Prepared at the first step, when the types of the parameters are known. */
static int pg_prepare(struct db *db, struct stmt *stmt)
{
	(void)db;
	(void)stmt;
	return 0;
}

static Oid oid_of(enum param_kind kind)
{
	switch (kind) {
	case PARAM_INT:
		return OID_INT8;
	case PARAM_TEXT:
		return OID_TEXT;
	case PARAM_BLOB:
		return OID_BYTEA;
	case PARAM_UNBOUND:
	case PARAM_NULL:
		break;
	}
	return 0;
}

static void name_of(uint64_t number, char ret_name[24])
{
	(void)snprintf(ret_name, 24, "s%llu", (unsigned long long)number);
}

/* Prepare anew only when a parameter has another type than last time; NULL fits any. */
static int ensure_prepared(struct pg_stmt *s)
{
	struct pg_db *pg = own_db(s->stmt.db);
	bool fits = s->name != 0;
	for (unsigned i = 0; i < s->stmt.params; i++) {
		Oid oid = oid_of(s->stmt.param[i].kind);
		if (oid != 0 && oid != s->oid[i]) {
			s->oid[i] = oid;
			fits = false;
		}
	}
	if (fits) {
		return 0;
	}
	char name[24];
	if (s->name != 0) {
		char sql[40];
		name_of(s->name, name);
		(void)snprintf(sql, sizeof(sql), "DEALLOCATE %s", name);
		s->name = 0;
		int error = pg_exec(&pg->db, sql);
		if (error < 0) {
			return error;
		}
	}
	uint64_t number = ++pg->prepared;
	name_of(number, name);
	PGresult *result = PQprepare(pg->conn, name, s->stmt.sql, (int)s->stmt.params, s->oid);
	if (PQresultStatus(result) != PGRES_COMMAND_OK) {
		return fail(&pg->db, result);
	}
	PQclear(result);
	s->name = number;
	return 0;
}

struct wire {
	const char *value[DB_PARAMS_MAX];
	int octets[DB_PARAMS_MAX];
	int format[DB_PARAMS_MAX];
	uint64_t number[DB_PARAMS_MAX]; /* big-endian */
};

static int put_wire(struct pg_stmt *s, struct wire *wire)
{
	for (unsigned i = 0; i < s->stmt.params; i++) {
		const struct param *param = &s->stmt.param[i];
		wire->format[i] = 1;
		if (param->kind == PARAM_INT) {
			wire->number[i] = __builtin_bswap64((uint64_t)param->number);
			wire->value[i] = (const char *)&wire->number[i];
			wire->octets[i] = (int)sizeof(wire->number[i]);
		} else if (param->kind != PARAM_NULL) {
			if (param->octets.n > INT32_MAX / 2) {
				return db_say(s->stmt.db, E_INPUT, "a value is over 1 GiB");
			}
			wire->value[i] =
				param->octets.n > 0 ? (const char *)param->octets.p : "";
			wire->octets[i] = (int)param->octets.n;
		}
	}
	return 0;
}

static int execute(struct pg_stmt *s)
{
	struct wire wire = { 0 };
	int error = ensure_prepared(s);
	if (error == 0) {
		error = put_wire(s, &wire);
	}
	if (error < 0) {
		return error;
	}
	char name[24];
	name_of(s->name, name);
	PGresult *result = PQexecPrepared(own_db(s->stmt.db)->conn, name, (int)s->stmt.params,
		wire.value, wire.octets, wire.format, 0);
	ExecStatusType status = PQresultStatus(result);
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
		return fail(s->stmt.db, result);
	}
	s->result = result;
	s->row = -1;
	s->changes = 0;
	/* The tag of a SELECT counts rows too; only changes are changes. */
	if (!slice_starts(slice_str(PQcmdStatus(result)), SLICE("SELECT"))) {
		(void)!num_i64(slice_str(PQcmdTuples(result)), 0, INT64_MAX, &s->changes);
	}
	return 0;
}

static void drop_decoded(struct pg_stmt *s)
{
	int columns = s->decoded != NULL ? PQnfields(s->result) : 0;
	for (int i = 0; i < columns; i++) {
		PQfreemem(s->decoded[i]);
	}
	free(s->decoded);
	s->decoded = NULL;
}

static int pg_step(struct stmt *stmt)
{
	struct pg_stmt *s = own(stmt);
	if (s->result == NULL) {
		int error = execute(s);
		if (error < 0) {
			return error;
		}
	}
	drop_decoded(s);
	s->row++;
	return s->row < PQntuples(s->result) ? 1 : 0;
}

static int64_t pg_changes(struct stmt *stmt)
{
	return own(stmt)->changes;
}

static void pg_reset(struct stmt *stmt)
{
	struct pg_stmt *s = own(stmt);
	drop_decoded(s);
	PQclear(s->result);
	s->result = NULL;
}

static void pg_finalize(struct stmt *stmt)
{
	pg_reset(stmt);
	own(stmt)->name = 0;
}

static unsigned pg_columns(struct stmt *stmt)
{
	return (unsigned)PQnfields(own(stmt)->result);
}

static const char *pg_name(struct stmt *stmt, unsigned column)
{
	return PQfname(own(stmt)->result, (int)column);
}

static bool is_null(struct pg_stmt *s, unsigned column)
{
	return PQgetisnull(s->result, s->row, (int)column) != 0;
}

static enum param_kind pg_type(struct stmt *stmt, unsigned column)
{
	struct pg_stmt *s = own(stmt);
	if (is_null(s, column)) {
		return PARAM_NULL;
	}
	switch (PQftype(s->result, (int)column)) {
	case OID_BOOL:
	case OID_INT2:
	case OID_INT4:
	case OID_INT8:
		return PARAM_INT;
	case OID_TEXT:
		return PARAM_TEXT;
	case OID_BYTEA:
		return PARAM_BLOB;
	default:
		return PARAM_UNBOUND;
	}
}

static struct slice value_of(struct pg_stmt *s, unsigned column)
{
	if (is_null(s, column)) {
		return slice_of(NULL, 0);
	}
	return slice_of(PQgetvalue(s->result, s->row, (int)column),
		(size_t)PQgetlength(s->result, s->row, (int)column));
}

static int64_t pg_col_int64(struct stmt *stmt, unsigned column)
{
	struct pg_stmt *s = own(stmt);
	struct slice text = value_of(s, column);
	if (PQftype(s->result, (int)column) == OID_BOOL) {
		return slice_is(text, "t") ? 1 : 0;
	}
	int64_t value = 0;
	return num_i64(text, INT64_MIN, INT64_MAX, &value) == 0 ? value : 0;
}

static struct slice pg_col_octets(struct stmt *stmt, unsigned column, bool blob)
{
	struct pg_stmt *s = own(stmt);
	struct slice text = value_of(s, column);
	if (!blob || PQftype(s->result, (int)column) != OID_BYTEA || text.p == NULL) {
		return text;
	}
	if (s->decoded == NULL) {
		s->decoded = calloc((size_t)PQnfields(s->result), sizeof(*s->decoded));
	}
	if (s->decoded == NULL) {
		abort();
	}
	size_t octets = text.n >= 2 ? (text.n - 2) / 2 : 0;
	if (s->decoded[column] == NULL) {
		s->decoded[column] = PQunescapeBytea(text.p, &octets);
	}
	if (s->decoded[column] == NULL) {
		abort();
	}
	return slice_of(s->decoded[column], octets);
}

static void quiet(void *arg, const PGresult *result)
{
	(void)arg;
	(void)result;
}

/* A server that forgets acknowledged commits is worse than none. */
static int check_setting(struct db *db, const char *name, const char *refused)
{
	char sql[64];
	(void)snprintf(sql, sizeof(sql), "SHOW %s", name);
	PGresult *result = PQexec(own_db(db)->conn, sql);
	if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1) {
		return fail(db, result);
	}
	bool bad = strcmp(PQgetvalue(result, 0, 0), refused) == 0;
	PQclear(result);
	return bad ? db_say(db, E_UNSUPPORTED, "the server runs with %s = %s", name, refused)
		   : 0;
}

static int check_encoding(struct db *db)
{
	const char *encoding = PQparameterStatus(own_db(db)->conn, "server_encoding");
	if (encoding == NULL || strcmp(encoding, "UTF8") != 0) {
		return db_say(db, E_UNSUPPORTED, "the database is not in UTF8");
	}
	return 0;
}

/* Returns: 1 taken, 0 somebody has it, or as db_step. */
static int owner_try(struct db *db)
{
	PGresult *result =
		PQexec(own_db(db)->conn, "SELECT pg_try_advisory_lock(" OWNER_LOCK ")");
	if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1) {
		return fail(db, result);
	}
	int taken = PQgetvalue(result, 0, 0)[0] == 't' ? 1 : 0;
	PQclear(result);
	return taken;
}

/*
 * The lock goes with the connection, so the server must notice when our end of
 * it is gone sooner (11 s) than the next core of this platform stops waiting.
 */
static int owner_take(struct db *db, int steps)
{
	int error = pg_exec(db, "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 3;"
				"SET tcp_keepalives_count = 2");
	for (int step = 0; error == 0; step++) {
		int taken = owner_try(db);
		if (taken != 0) {
			return taken < 0 ? taken : 0;
		}
		if (step == steps) {
			error = db_say(db, E_BUSY,
				"another platform keeps its records in this database");
			break;
		}
		const struct timespec pause = { 0, OWNER_WAIT_STEP_MS * 1000000L };
		(void)nanosleep(&pause, NULL);
	}
	return error;
}

static int connect_now(struct db *db, int owner_steps)
{
	static const char *const keys[] = { "connect_timeout", "keepalives_idle",
		"tcp_user_timeout", "application_name", "client_encoding", "dbname", NULL };
	struct pg_db *pg = own_db(db);
	const char *const values[] = { "10", "30", "10000", "fengsui", "UTF8", pg->uri, NULL };
	pg->conn = PQconnectdbParams(keys, values, 1);
	if (pg->conn == NULL) {
		abort();
	}
	if (PQstatus(pg->conn) != CONNECTION_OK) {
		return db_say(db, E_STORE, "%s", PQerrorMessage(pg->conn));
	}
	(void)PQsetNoticeReceiver(pg->conn, quiet, NULL);
	int error = check_encoding(db);
	error = error < 0 ? error : check_setting(db, "fsync", "off");
	error = error < 0 ? error : check_setting(db, "full_page_writes", "off");
	error = error < 0 ? error : check_setting(db, "synchronous_commit", "off");
	if (error == 0) {
		error = pg_exec(db, "SET bytea_output = hex; SET TIME ZONE 'UTC';"
				    "SET lock_timeout = '5s';"
				    "SET idle_in_transaction_session_timeout = '60s'");
	}
	if (error == 0 && (db->flags & DB_READONLY) != 0) {
		error = pg_exec(db, "SET default_transaction_read_only = on");
	}
	if (error == 0 && (db->flags & DB_OWNER) != 0) {
		error = owner_take(db, owner_steps);
	}
	return error;
}

/* Statements prepared on the old connection are prepared again when next run. */
static int pg_reopen(struct db *db)
{
	for (size_t b = 0; b < DB_BUCKETS; b++) {
		for (struct stmt *stmt = db->bucket[b]; stmt != NULL; stmt = stmt->next) {
			pg_finalize(stmt);
			stmt->running = false;
		}
	}
	PQfinish(own_db(db)->conn);
	/* Whoever asks has waited already: it is tried again with the next command. */
	return connect_now(db, 0);
}

static void pg_close(struct db *db)
{
	PQfinish(own_db(db)->conn);
	free(own_db(db)->uri);
	free(db);
}

static const struct db_ops ops = {
	.exec = pg_exec,
	.prepare = pg_prepare,
	.step = pg_step,
	.changes = pg_changes,
	.reset = pg_reset,
	.finalize = pg_finalize,
	.columns = pg_columns,
	.name = pg_name,
	.type = pg_type,
	.col_int64 = pg_col_int64,
	.col_octets = pg_col_octets,
	.reopen = pg_reopen,
	.close = pg_close,
	.begin_write = "BEGIN",
	.begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
	.stmt_octets = sizeof(struct pg_stmt),
};

int db_postgres_open(const char *uri, unsigned flags, struct db **ret_db, struct diag *diag)
{
	struct pg_db *pg = calloc(1, sizeof(*pg));
	char *copy = strdup(uri);
	if (pg == NULL || copy == NULL) {
		abort();
	}
	pg->db.ops = &ops;
	pg->db.kind = DB_POSTGRES;
	pg->db.flags = flags;
	pg->uri = copy;
	int error = connect_now(&pg->db, OWNER_WAIT_STEPS);
	if (error < 0) {
		(void)db_error(&pg->db, error, diag);
		pg_close(&pg->db);
		return error;
	}
	*ret_db = &pg->db;
	return 0;
}
