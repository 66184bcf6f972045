/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/diag.h"
#include "base/err.h"
#include "records/db_priv.h"

enum { BUSY_TIMEOUT_MS = 5000, FORGET_TIMEOUT_MS = 200 };

struct sqlite_db {
	struct db db;
	sqlite3 *handle;
};

struct sqlite_stmt {
	struct stmt stmt;
	sqlite3_stmt *handle;
	int64_t changes;
	uint8_t index[DB_PARAMS_MAX]; /* SQLite's number of $n; 0 = not in the text */
};

static sqlite3 *handle_of(struct db *db)
{
	return ((struct sqlite_db *)(void *)db)->handle;
}

static struct sqlite_stmt *own(struct stmt *stmt)
{
	return (struct sqlite_stmt *)(void *)stmt;
}

/* Source: https://www.sqlite.org/rescode.html, extended codes. */
static int error_of(struct db *db, int code)
{
	(void)db_say(db, 0, "%s", sqlite3_errmsg(handle_of(db)));
	if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ||
		code == SQLITE_CONSTRAINT_ROWID) {
		return E_EXISTS;
	}
	if (code == SQLITE_CONSTRAINT_FOREIGNKEY) {
		return E_CONFLICT;
	}
	switch (code & 0xff) {
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_TOOBIG:
		return E_INPUT;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return E_BUSY;
	case SQLITE_FULL:
		return -ENOSPC;
	default:
		return E_STORE;
	}
}

/*
 * A full disk or an input/output error may have ended the whole transaction;
 * what follows must not slip in as a transaction of its own.
 */
static bool ended_itself(struct db *db)
{
	return db->in_transaction && sqlite3_get_autocommit(handle_of(db)) != 0;
}

static int sqlite_exec(struct db *db, const char *sql)
{
	if (ended_itself(db)) {
		return db_say(db, E_STORE, "the store ended the transaction by itself");
	}
	int code = sqlite3_exec(handle_of(db), sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? 0 : error_of(db, code);
}

static int sqlite_prepare(struct db *db, struct stmt *stmt)
{
	struct sqlite_stmt *s = own(stmt);
	int code = sqlite3_prepare_v3(
		handle_of(db), stmt->sql, -1, SQLITE_PREPARE_PERSISTENT, &s->handle, NULL);
	if (code != SQLITE_OK) {
		return error_of(db, code);
	}
	for (int n = 1; n <= DB_PARAMS_MAX; n++) {
		char name[8];
		(void)snprintf(name, sizeof(name), "$%d", n);
		s->index[n - 1] = (uint8_t)sqlite3_bind_parameter_index(s->handle, name);
	}
	return 0;
}

static int bind_one(sqlite3_stmt *handle, int index, const struct param *param)
{
	const char *octets = param->octets.n > 0 ? (const char *)param->octets.p : "";
	switch (param->kind) {
	case PARAM_INT:
		return sqlite3_bind_int64(handle, index, param->number);
	case PARAM_TEXT:
		return sqlite3_bind_text64(
			handle, index, octets, param->octets.n, SQLITE_TRANSIENT, SQLITE_UTF8);
	case PARAM_BLOB:
		return sqlite3_bind_blob64(
			handle, index, octets, param->octets.n, SQLITE_TRANSIENT);
	case PARAM_UNBOUND:
	case PARAM_NULL:
		break;
	}
	return sqlite3_bind_null(handle, index);
}

static int bind_all(struct sqlite_stmt *s)
{
	struct db *db = s->stmt.db;
	int count = sqlite3_bind_parameter_count(s->handle);
	if (count != (int)s->stmt.params) {
		return db_say(db, E_STORE, "%u parameters bound, the statement has %d",
			s->stmt.params, count);
	}
	for (unsigned i = 0; i < s->stmt.params; i++) {
		if (s->index[i] == 0) {
			return db_say(db, E_STORE, "the statement has no $%u", i + 1);
		}
		int code = bind_one(s->handle, s->index[i], &s->stmt.param[i]);
		if (code != SQLITE_OK) {
			return error_of(db, code);
		}
	}
	return 0;
}

static int sqlite_step(struct stmt *stmt)
{
	struct sqlite_stmt *s = own(stmt);
	if (ended_itself(stmt->db)) {
		return db_say(stmt->db, E_STORE, "the store ended the transaction by itself");
	}
	if (!sqlite3_stmt_busy(s->handle)) {
		int error = bind_all(s);
		if (error < 0) {
			return error;
		}
	}
	int code = sqlite3_step(s->handle);
	if (code == SQLITE_ROW) {
		return 1;
	}
	if (code != SQLITE_DONE) {
		return error_of(stmt->db, code);
	}
	s->changes = sqlite3_stmt_readonly(s->handle) != 0
			     ? 0
			     : sqlite3_changes64(handle_of(stmt->db));
	return 0;
}

static int64_t sqlite_changes(struct stmt *stmt)
{
	return own(stmt)->changes;
}

static void sqlite_reset(struct stmt *stmt)
{
	(void)sqlite3_reset(own(stmt)->handle);
	(void)sqlite3_clear_bindings(own(stmt)->handle);
}

static void sqlite_finalize(struct stmt *stmt)
{
	(void)sqlite3_finalize(own(stmt)->handle);
	own(stmt)->handle = NULL;
}

static unsigned sqlite_columns(struct stmt *stmt)
{
	return (unsigned)sqlite3_column_count(own(stmt)->handle);
}

static const char *sqlite_name(struct stmt *stmt, unsigned column)
{
	return sqlite3_column_name(own(stmt)->handle, (int)column);
}

static enum param_kind sqlite_type(struct stmt *stmt, unsigned column)
{
	switch (sqlite3_column_type(own(stmt)->handle, (int)column)) {
	case SQLITE_NULL:
		return PARAM_NULL;
	case SQLITE_INTEGER:
		return PARAM_INT;
	case SQLITE_TEXT:
		return PARAM_TEXT;
	case SQLITE_BLOB:
		return PARAM_BLOB;
	default:
		return PARAM_UNBOUND;
	}
}

static int64_t sqlite_col_int64(struct stmt *stmt, unsigned column)
{
	return sqlite3_column_int64(own(stmt)->handle, (int)column);
}

static struct slice sqlite_col_octets(struct stmt *stmt, unsigned column, bool blob)
{
	sqlite3_stmt *handle = own(stmt)->handle;
	const void *p = blob ? sqlite3_column_blob(handle, (int)column)
			     : (const void *)sqlite3_column_text(handle, (int)column);
	return slice_of(p, (size_t)sqlite3_column_bytes(handle, (int)column));
}

static int sqlite_reopen(struct db *db)
{
	return db_say(db, E_STORE, "an embedded store is not lost");
}

/* Old pages lie in the log until it is cut off, which waits for its readers: not long, others wait too. */
static int sqlite_forget(struct db *db)
{
	sqlite3 *handle = handle_of(db);
	(void)sqlite3_busy_timeout(handle, FORGET_TIMEOUT_MS);
	int code =
		sqlite3_wal_checkpoint_v2(handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	(void)sqlite3_busy_timeout(handle, BUSY_TIMEOUT_MS);
	return code == SQLITE_OK ? 0 : error_of(db, code);
}

static void sqlite_close(struct db *db)
{
	(void)sqlite3_close(handle_of(db));
	free(db);
}

static const struct db_ops ops = {
	.exec = sqlite_exec,
	.prepare = sqlite_prepare,
	.step = sqlite_step,
	.changes = sqlite_changes,
	.reset = sqlite_reset,
	.finalize = sqlite_finalize,
	.columns = sqlite_columns,
	.name = sqlite_name,
	.type = sqlite_type,
	.col_int64 = sqlite_col_int64,
	.col_octets = sqlite_col_octets,
	.reopen = sqlite_reopen,
	.forget = sqlite_forget,
	.close = sqlite_close,
	.begin_write = "BEGIN IMMEDIATE",
	.begin_read = "BEGIN",
	.stmt_octets = sizeof(struct sqlite_stmt),
};

/*
 * WAL stays on close, or a read-only reader could not open the store while no
 * writer runs.  cell_size_check finds torn pages early.  secure_delete wipes
 * what is freed, so that personal values erased by order are gone.
 */
static int configure(struct db *db)
{
	sqlite3 *handle = handle_of(db);
	(void)sqlite3_extended_result_codes(handle, 1);
	(void)sqlite3_busy_timeout(handle, BUSY_TIMEOUT_MS);
	(void)sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	(void)sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	(void)sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	int error = sqlite_exec(db, "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
				    "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;");
	if (error < 0 || (db->flags & DB_READONLY) != 0) {
		return error < 0 ? error : sqlite_exec(db, "PRAGMA query_only = ON");
	}
	error = sqlite_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
				"PRAGMA wal_autocheckpoint = 1000; PRAGMA secure_delete = ON;"
				"PRAGMA journal_size_limit = 67108864;");
	int keep = 1;
	if (error == 0 && sqlite3_file_control(handle, "main", SQLITE_FCNTL_PERSIST_WAL,
				  &keep) != SQLITE_OK) {
		error = db_say(db, E_STORE, "cannot keep the write-ahead log on close");
	}
	return error;
}

int db_sqlite_open(const char *path, unsigned flags, struct db **ret_db, struct diag *diag)
{
	struct sqlite_db *s = calloc(1, sizeof(*s));
	if (s == NULL) {
		abort();
	}
	s->db.ops = &ops;
	s->db.kind = DB_SQLITE;
	s->db.flags = flags;
	int mode = (flags & DB_READONLY) != 0 ? SQLITE_OPEN_READONLY
					      : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	int code = sqlite3_open_v2(
		path, &s->handle, mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	int error = code == SQLITE_OK ? configure(&s->db) : error_of(&s->db, code);
	if (error < 0) {
		if ((code & 0xff) == SQLITE_CANTOPEN && (flags & DB_READONLY) != 0) {
			error = E_ABSENT;
		}
		(void)db_error(&s->db, error, diag);
		sqlite_close(&s->db);
		return error;
	}
	*ret_db = &s->db;
	return 0;
}
