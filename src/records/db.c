/* SPDX-License-Identifier: Apache-2.0 */
#include "records/db.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/diag.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/utf8.h"
#include "records/db_priv.h"

int db_say(struct db *db, int error, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	(void)vsnprintf(db->message, sizeof(db->message), format, args);
	va_end(args);
	size_t n = strlen(db->message);
	while (n > 0 && (db->message[n - 1] == '\n' || db->message[n - 1] == ' ')) {
		db->message[--n] = '\0';
	}
	return error;
}

int db_error(const struct db *db, int error, struct diag *diag)
{
	return diag_set(diag, error, 0, 0, "%s", db->message);
}

int db_open(const char *conf, unsigned flags, struct db **ret_db, struct diag *diag)
{
	struct slice text = slice_str(conf);
	struct slice sqlite = SLICE("sqlite:");
	if (slice_starts(text, sqlite) && text.n > sqlite.n) {
		return db_sqlite_open(conf + sqlite.n, flags, ret_db, diag);
	}
	if (slice_starts(text, SLICE("postgresql://")) ||
		slice_starts(text, SLICE("postgres://"))) {
		return db_postgres_open(conf, flags, ret_db, diag);
	}
	return diag_set(
		diag, E_INPUT, 0, 0, "the record store must be sqlite:PATH or postgresql://…");
}

/* Free every statement, in use or not: the connection goes. */
static void forget(struct db *db)
{
	for (size_t b = 0; b < DB_BUCKETS; b++) {
		for (struct stmt *stmt = db->bucket[b]; stmt != NULL;) {
			struct stmt *next = stmt->next;
			db->ops->finalize(stmt);
			free(stmt->sql);
			free(stmt);
			stmt = next;
		}
	}
}

struct db *db_close(struct db *db)
{
	if (db != NULL) {
		db_rollback(db);
		forget(db);
		db->ops->close(db);
	}
	return NULL;
}

enum db_kind db_kind(const struct db *db)
{
	return db->kind;
}

/* Take note that a statement failed, so that both stores refuse to go on. */
static int note(struct db *db, int result)
{
	if (result < 0 && db->in_transaction) {
		db->failed = true;
	}
	return result;
}

/* May a statement be sent now?  Outside a transaction a lost connection is opened anew. */
static int usable(struct db *db)
{
	if (db->failed) {
		return db_say(db, E_STATE, "an earlier statement of this transaction failed");
	}
	if (!db->lost) {
		return 0;
	}
	if (db->in_transaction) {
		return db_say(db, E_STORE, "the connection to the record store was lost");
	}
	int error = db->ops->reopen(db);
	db->lost = error < 0;
	return error;
}

int db_exec(struct db *db, const char *sql)
{
	int error = usable(db);
	return error < 0 ? error : note(db, db->ops->exec(db, sql));
}

int db_forget(struct db *db)
{
	if (db->in_transaction) {
		return db_say(db, E_STATE, "a transaction is open");
	}
	return db->ops->forget == NULL ? 0 : db->ops->forget(db);
}

int db_begin(struct db *db)
{
	if (db->in_transaction) {
		return db_say(db, E_STATE, "a transaction is open already");
	}
	int error = usable(db);
	if (error < 0) {
		return error;
	}
	bool reader = (db->flags & DB_READONLY) != 0;
	error = db->ops->exec(db, reader ? db->ops->begin_read : db->ops->begin_write);
	if (error < 0) {
		return error;
	}
	db->in_transaction = true;
	db->failed = false;
	return 0;
}

/* No cursor survives the end of its transaction, or it would hold a snapshot. */
static void reset_all(struct db *db)
{
	for (size_t b = 0; b < DB_BUCKETS; b++) {
		for (struct stmt *stmt = db->bucket[b]; stmt != NULL; stmt = stmt->next) {
			if (stmt->running) {
				db->ops->reset(stmt);
				stmt->running = false;
			}
		}
	}
}

int db_commit(struct db *db)
{
	if (!db->in_transaction) {
		return db_say(db, E_STATE, "no transaction is open");
	}
	reset_all(db);
	int error = usable(db);
	if (error == 0) {
		error = db->ops->exec(db, "COMMIT");
	}
	if (error < 0) {
		char message[DB_MESSAGE_MAX];
		memcpy(message, db->message, sizeof(message));
		db_rollback(db);
		memcpy(db->message, message, sizeof(message));
		return error;
	}
	db->in_transaction = false;
	return 0;
}

void db_rollback(struct db *db)
{
	if (db->in_transaction) {
		reset_all(db);
		if (!db->lost) {
			(void)db->ops->exec(db, "ROLLBACK");
		}
		db->in_transaction = false;
		db->failed = false;
	}
}

int db_savepoint(struct db *db)
{
	return db_exec(db, "SAVEPOINT part");
}

int db_release(struct db *db)
{
	return db_exec(db, "RELEASE SAVEPOINT part");
}

int db_rollback_to(struct db *db)
{
	reset_all(db);
	db->failed = false;
	int error = db_exec(db, "ROLLBACK TO SAVEPOINT part");
	if (error < 0) {
		return E_STORE;
	}
	return db_release(db);
}

int db_prepare(struct db *db, const char *sql, struct stmt **ret_stmt)
{
	int error = usable(db);
	if (error < 0) {
		return error;
	}
	uint64_t hash = digest_xxh3(slice_str(sql));
	struct stmt **bucket = &db->bucket[hash % DB_BUCKETS];
	for (struct stmt *s = *bucket; s != NULL; s = s->next) {
		if (!s->in_use && s->hash == hash && strcmp(s->sql, sql) == 0) {
			s->in_use = true;
			*ret_stmt = s;
			return 0;
		}
	}
	if (db->statements >= DB_STATEMENTS_MAX) {
		return db_say(db, E_LIMIT, "more than %d statements", DB_STATEMENTS_MAX);
	}
	struct stmt *stmt = calloc(1, db->ops->stmt_octets);
	if (stmt == NULL) {
		abort();
	}
	char *copy = strdup(sql);
	if (copy == NULL) {
		abort();
	}
	*stmt = (struct stmt) { .db = db, .sql = copy, .hash = hash, .in_use = true };
	error = db->ops->prepare(db, stmt);
	if (error < 0) {
		free(copy);
		free(stmt);
		return note(db, error);
	}
	stmt->next = *bucket;
	*bucket = stmt;
	db->statements++;
	*ret_stmt = stmt;
	return 0;
}

static void bind(struct stmt *stmt, unsigned n, struct param param)
{
	if (stmt->running) {
		stmt->db->ops->reset(stmt);
		stmt->running = false;
	}
	if (n == 0 || n > DB_PARAMS_MAX) {
		stmt->bad_number = true;
		return;
	}
	stmt->param[n - 1] = param;
	stmt->params = n > stmt->params ? n : stmt->params;
}

void db_bind_int64(struct stmt *stmt, unsigned n, int64_t value)
{
	bind(stmt, n, (struct param) { .kind = PARAM_INT, .number = value });
}

void db_bind_text(struct stmt *stmt, unsigned n, struct slice text)
{
	if (text.n > 0 && (memchr(text.p, 0, text.n) != NULL || !utf8_valid(text))) {
		stmt->bad_text = true;
	}
	bind(stmt, n, (struct param) { .kind = PARAM_TEXT, .octets = text });
}

void db_bind_blob(struct stmt *stmt, unsigned n, struct slice octets)
{
	bind(stmt, n, (struct param) { .kind = PARAM_BLOB, .octets = octets });
}

void db_bind_null(struct stmt *stmt, unsigned n)
{
	bind(stmt, n, (struct param) { .kind = PARAM_NULL });
}

static int refuse_bind(struct stmt *stmt)
{
	struct db *db = stmt->db;
	if (stmt->bad_text) {
		return db_say(db, E_INPUT, "text is not UTF-8 or holds a NUL");
	}
	if (stmt->bad_number) {
		return db_say(db, E_STORE, "parameters end at $%d", DB_PARAMS_MAX);
	}
	for (unsigned i = 0; i < stmt->params; i++) {
		if (stmt->param[i].kind == PARAM_UNBOUND) {
			return db_say(db, E_STORE, "parameter $%u is not bound", i + 1);
		}
	}
	return 0;
}

int db_step(struct stmt *stmt)
{
	struct db *db = stmt->db;
	int error = usable(db);
	if (error < 0) {
		return error;
	}
	if (!stmt->running) {
		error = refuse_bind(stmt);
		if (error < 0) {
			return note(db, error);
		}
	}
	stmt->running = true;
	int row = note(db, db->ops->step(stmt));
	if (row <= 0) {
		/* Nothing is held open once the last row is gone. */
		db->ops->reset(stmt);
		stmt->running = false;
	}
	return row;
}

int64_t db_run(struct stmt *stmt)
{
	int row = db_step(stmt);
	while (row > 0) {
		row = db_step(stmt);
	}
	return row < 0 ? row : stmt->db->ops->changes(stmt);
}

int64_t db_col_int64(struct stmt *stmt, unsigned column)
{
	return stmt->running ? stmt->db->ops->col_int64(stmt, column) : 0;
}

struct slice db_col_text(struct stmt *stmt, unsigned column)
{
	return stmt->running ? stmt->db->ops->col_octets(stmt, column, false)
			     : slice_of(NULL, 0);
}

struct slice db_col_blob(struct stmt *stmt, unsigned column)
{
	return stmt->running ? stmt->db->ops->col_octets(stmt, column, true)
			     : slice_of(NULL, 0);
}

bool db_col_is_null(struct stmt *stmt, unsigned column)
{
	return !stmt->running || stmt->db->ops->type(stmt, column) == PARAM_NULL;
}

unsigned db_col_count(struct stmt *stmt)
{
	return stmt->db->ops->columns(stmt);
}

const char *db_col_name(struct stmt *stmt, unsigned column)
{
	return stmt->db->ops->name(stmt, column);
}

enum param_kind db_col_type(struct stmt *stmt, unsigned column)
{
	return stmt->db->ops->type(stmt, column);
}

void db_done(struct stmt *stmt)
{
	if (stmt != NULL) {
		if (stmt->running) {
			stmt->db->ops->reset(stmt);
			stmt->running = false;
		}
		memset(stmt->param, 0, sizeof(stmt->param[0]) * stmt->params);
		stmt->params = 0;
		stmt->bad_text = false;
		stmt->bad_number = false;
		stmt->in_use = false;
	}
}
