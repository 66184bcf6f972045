/* SPDX-License-Identifier: Apache-2.0 */
#include "records/copy.h"

#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/digest.h"
#include "base/err.h"
#include "records/db.h"
#include "records/db_priv.h"
#include "records/migrate.h"
#include "sys/fs.h"

enum { SQL_MAX_OCTETS = 64 * 1024, FETCH_ROWS = 200, ROW_MAX_OCTETS = 64 * 1024 * 1024 };

struct table {
	const char *name;
	int64_t rows;
	uint64_t sum; /* of the rows' hashes: the order of reading does not matter */
};

struct job {
	struct db *from;
	struct db *to; /* NULL: only read and sum */
	struct arena *arena;
	struct buf sql;
	struct buf row;
	bool no_contents;
	size_t count;
	struct table table[COPY_TABLES_MAX];
};

static void job_init(struct job *job, struct db *from, struct db *to)
{
	*job = (struct job) { .from = from, .to = to, .arena = arena_create(0) };
	from->message[0] = '\0';
	if (to != NULL) {
		to->message[0] = '\0';
	}
	buf_init(&job->sql, SQL_MAX_OCTETS);
	buf_init(&job->row, ROW_MAX_OCTETS);
}

static void job_fini(struct job *job)
{
	job->arena = arena_destroy(job->arena);
	buf_fini(&job->sql);
	buf_fini(&job->row);
}

static const char *sql_of(
	struct job *job, const char *before, const char *name, const char *after)
{
	buf_clear(&job->sql);
	buf_printf(&job->sql, "%s%s%s", before, name, after);
	return (const char *)job->sql.p;
}

static int list_tables(struct job *job)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = db_prepare(job->from,
		db_kind(job->from) == DB_SQLITE
			? "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'secret'"
			  " AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name"
			: "SELECT CAST(table_name AS TEXT) FROM information_schema.tables"
			  " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
			  " AND table_name <> 'secret' ORDER BY 1",
		&q);
	row = row < 0 ? row : db_step(q);
	for (; row == 1; row = db_step(q)) {
		if (job->no_contents && slice_is(db_col_text(q, 0), "blob_chunk")) {
			continue;
		}
		if (job->count == COPY_TABLES_MAX) {
			return E_LIMIT;
		}
		job->table[job->count++].name = arena_dup_str(job->arena, db_col_text(q, 0));
	}
	return row;
}

/* One row's octets, unambiguous: a tag, a length and the value by column. */
static void hash_row(struct job *job, struct stmt *q, struct table *table)
{
	uint64_t sum = 0;
	for (unsigned i = 0; i < db_col_count(q); i++) {
		/* Columns may come in another order after a migration, so add them up. */
		buf_clear(&job->row);
		buf_put_str(&job->row, db_col_name(q, i));
		enum param_kind kind = db_col_type(q, i);
		buf_put_u8(&job->row, (uint8_t)kind);
		if (kind == PARAM_INT) {
			buf_put_i64(&job->row, db_col_int64(q, i));
		} else if (kind == PARAM_TEXT) {
			buf_put(&job->row, db_col_text(q, i));
		} else if (kind == PARAM_BLOB) {
			buf_put(&job->row, db_col_blob(q, i));
		}
		sum += digest_xxh3(buf_slice(&job->row));
	}
	uint8_t octets[8];
	memcpy(octets, &sum, sizeof(octets));
	table->sum += digest_xxh3(slice_of(octets, sizeof(octets)));
	table->rows++;
}

static const char *insert_text(struct job *job, struct stmt *q, const char *name)
{
	buf_clear(&job->sql);
	buf_printf(&job->sql, "INSERT INTO %s (", name);
	for (unsigned i = 0; i < db_col_count(q); i++) {
		buf_printf(&job->sql, "%s%s", i > 0 ? ", " : "", db_col_name(q, i));
	}
	buf_put_str(&job->sql, ") VALUES (");
	for (unsigned i = 0; i < db_col_count(q); i++) {
		buf_printf(&job->sql, "%s$%u", i > 0 ? ", " : "", i + 1);
	}
	buf_put_str(&job->sql, ")");
	return (const char *)job->sql.p;
}

static int put_row(struct job *job, struct stmt *q, struct stmt *put)
{
	for (unsigned i = 0; i < db_col_count(q); i++) {
		switch (db_col_type(q, i)) {
		case PARAM_INT:
			db_bind_int64(put, i + 1, db_col_int64(q, i));
			break;
		case PARAM_TEXT:
			db_bind_text(put, i + 1, db_col_text(q, i));
			break;
		case PARAM_BLOB:
			db_bind_blob(put, i + 1, db_col_blob(q, i));
			break;
		case PARAM_NULL:
			db_bind_null(put, i + 1);
			break;
		case PARAM_UNBOUND:
			return db_say(job->to, E_STORE, "column %s has a foreign type",
				db_col_name(q, i));
		}
	}
	int64_t rows = db_run(put);
	return rows < 0 ? (int)rows : 0;
}

static int take_rows(struct job *job, struct table *table, struct stmt *q, int64_t *ret_rows)
{
	AUTO_STMT struct stmt *put = NULL;
	int64_t rows = 0;
	int row = db_step(q);
	for (; row == 1; row = db_step(q)) {
		int error = 0;
		if (job->to != NULL && put == NULL) {
			error = db_prepare(job->to, insert_text(job, q, table->name), &put);
		}
		if (error == 0 && put != NULL) {
			error = put_row(job, q, put);
		}
		if (error < 0) {
			return error;
		}
		hash_row(job, q, table);
		rows++;
	}
	*ret_rows = rows;
	return row;
}

/* PostgreSQL would hold a whole table in memory, so there a cursor pages it. */
static int walk_table(struct job *job, struct table *table)
{
	int64_t rows = 0;
	if (db_kind(job->from) == DB_SQLITE) {
		AUTO_STMT struct stmt *q = NULL;
		int error = db_prepare(
			job->from, sql_of(job, "SELECT * FROM ", table->name, ""), &q);
		return error < 0 ? error : take_rows(job, table, q, &rows);
	}
	buf_clear(&job->sql);
	buf_printf(&job->sql, "DECLARE walk_%s NO SCROLL CURSOR FOR SELECT * FROM %s",
		table->name, table->name);
	int error = db_exec(job->from, (const char *)job->sql.p);
	AUTO_STMT struct stmt *q = NULL;
	if (error == 0) {
		buf_clear(&job->sql);
		buf_printf(&job->sql, "FETCH %d FROM walk_%s", FETCH_ROWS, table->name);
		error = db_prepare(job->from, (const char *)job->sql.p, &q);
	}
	do {
		error = error < 0 ? error : take_rows(job, table, q, &rows);
	} while (error == 0 && rows == FETCH_ROWS);
	return error < 0 ? error
			 : db_exec(job->from, sql_of(job, "CLOSE walk_", table->name, ""));
}

/* Rows come in any order, so references are checked at the end. */
static int defer_references(struct job *job)
{
	if (db_kind(job->to) == DB_SQLITE) {
		return db_exec(job->to, "PRAGMA defer_foreign_keys = ON");
	}
	return db_exec(job->to,
		"DO $$ DECLARE c record; BEGIN FOR c IN SELECT conname, conrelid FROM pg_constraint"
		" WHERE contype = 'f' AND connamespace = current_schema()::regnamespace LOOP"
		" EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I DEFERRABLE INITIALLY DEFERRED',"
		" c.conrelid::regclass, c.conname); END LOOP; END $$;"
		"SET CONSTRAINTS ALL DEFERRED");
}

static int restore_references(struct job *job)
{
	if (db_kind(job->to) == DB_SQLITE) {
		return 0;
	}
	return db_exec(job->to,
		"SET CONSTRAINTS ALL IMMEDIATE;"
		"DO $$ DECLARE c record; BEGIN FOR c IN SELECT conname, conrelid FROM pg_constraint"
		" WHERE contype = 'f' AND connamespace = current_schema()::regnamespace LOOP"
		" EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I NOT DEFERRABLE',"
		" c.conrelid::regclass, c.conname); END LOOP; END $$");
}

static int empty_target(struct job *job)
{
	int error = defer_references(job);
	for (size_t i = 0; i < job->count && error == 0; i++) {
		error = db_exec(job->to, sql_of(job, "DELETE FROM ", job->table[i].name, ""));
	}
	return error;
}

/*
 * A restored store must not send what was sent before the backup was needed;
 * documents and proofs that were asked for are made all the same.
 */
static int retire(struct db *db)
{
	return db_exec(db, "UPDATE outbox SET state = 'restored', lease_until_ms = NULL"
			   " WHERE kind = 'mail' AND state IN ('waiting', 'leased')");
}

static int fill(struct job *job, bool restoring)
{
	int error = db_begin(job->to);
	error = error < 0 ? error : empty_target(job);
	for (size_t i = 0; i < job->count && error == 0; i++) {
		error = walk_table(job, &job->table[i]);
	}
	error = error < 0 ? error : restore_references(job);
	if (error == 0 && restoring) {
		error = retire(job->to);
	}
	if (error < 0) {
		db_rollback(job->to);
		return error;
	}
	return db_commit(job->to);
}

static int run(struct job *job, bool restoring)
{
	int error = db_begin(job->from);
	error = error < 0 ? error : list_tables(job);
	if (error == 0 && job->to != NULL) {
		error = fill(job, restoring);
	}
	for (size_t i = 0; job->to == NULL && i < job->count && error == 0; i++) {
		error = walk_table(job, &job->table[i]);
	}
	db_rollback(job->from);
	return error;
}

static int64_t rows_of(const struct job *job)
{
	int64_t rows = 0;
	for (size_t i = 0; i < job->count; i++) {
		rows += job->table[i].rows;
	}
	return rows;
}

/* Back to one file without a log beside it, durable with its name. */
static int finish_file(struct db *file, const char *path, struct diag *diag)
{
	int error = db_exec(file, "PRAGMA journal_mode = DELETE");
	if (error < 0) {
		error = db_error(file, error, diag);
	}
	(void)db_close(file);
	char folder[PATH_MAX];
	(void)snprintf(folder, sizeof(folder), "%s", path);
	int fd = error < 0 ? error : fs_open(fs_real(), path, O_RDONLY);
	if (fd < 0) {
		return fd;
	}
	error = fs_sync(fs_real(), fd);
	(void)close(fd);
	return error < 0 ? error : fs_sync_dir(fs_real(), dirname(folder));
}

/* Read the file with fresh eyes and compare it with what was copied. */
static int compare(const char *path, const struct job *want, struct diag *diag)
{
	char conf[PATH_MAX + 16];
	(void)snprintf(conf, sizeof(conf), "sqlite:%s", path);
	struct db *file = NULL;
	int error = db_open(conf, DB_READONLY, &file, diag);
	if (error < 0) {
		return error;
	}
	struct job got;
	job_init(&got, file, NULL);
	got.no_contents = want->no_contents;
	error = run(&got, false);
	bool same = error == 0 && got.count == want->count;
	for (size_t i = 0; same && i < got.count; i++) {
		same = strcmp(got.table[i].name, want->table[i].name) == 0 &&
		       got.table[i].rows == want->table[i].rows &&
		       got.table[i].sum == want->table[i].sum;
	}
	job_fini(&got);
	(void)db_close(file);
	return same ? 0
		    : diag_set(diag, E_DIGEST, 0, 0, "the copy does not read back as written");
}

static int say(const struct job *job, int error, struct diag *diag)
{
	bool target = job->to != NULL && job->to->message[0] != '\0';
	return error < 0 ? db_error(target ? job->to : job->from, error, diag) : error;
}

int64_t copy_to_file(struct db *db, const char *path, unsigned flags, struct diag *diag)
{
	char conf[PATH_MAX + 16];
	(void)snprintf(conf, sizeof(conf), "sqlite:%s", path);
	if (access(path, F_OK) == 0) {
		return diag_set(diag, E_EXISTS, 0, 0, "%s is there already", path);
	}
	int version = migrate_version(db);
	if (version <= 0) {
		return diag_set(diag, version < 0 ? version : E_VERSION, 0, 0,
			"the store has no schema");
	}
	struct db *file = NULL;
	int error = db_open(conf, 0, &file, diag);
	error = error < 0 ? error : migrate_to(file, (unsigned)version, NULL, diag);
	if (error < 0) {
		(void)db_close(file);
		return error;
	}
	struct job job;
	job_init(&job, db, file);
	job.no_contents = (flags & COPY_NO_CONTENTS) != 0;
	error = say(&job, run(&job, false), diag);
	if (error < 0) {
		(void)db_close(file);
	} else {
		error = finish_file(file, path, diag);
	}
	error = error < 0 ? error : compare(path, &job, diag);
	int64_t rows = rows_of(&job);
	job_fini(&job);
	return error < 0 ? error : rows;
}

/* Is the file whole, as SQLite itself sees it? */
static int check_file(struct db *file, struct diag *diag)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = db_prepare(file, "PRAGMA integrity_check", &q);
	row = row < 0 ? row : db_step(q);
	if (row == 1 && slice_is(db_col_text(q, 0), "ok")) {
		return 0;
	}
	return diag_set(diag, E_DIGEST, 0, 0, "the backup's file is damaged");
}

int64_t copy_from_file(struct db *db, const char *path, struct diag *diag)
{
	char conf[PATH_MAX + 16];
	(void)snprintf(conf, sizeof(conf), "sqlite:%s", path);
	struct db *file = NULL;
	int error = db_open(conf, DB_READONLY, &file, diag);
	if (error < 0) {
		return error;
	}
	int64_t rows = 0;
	int version = 0;
	error = check_file(file, diag);
	if (error == 0) {
		version = migrate_version(file);
		error = version > 0 ? migrate_to(db, (unsigned)version, NULL, diag) : E_VERSION;
	}
	if (error >= 0) {
		struct job job;
		job_init(&job, file, db);
		error = say(&job, run(&job, true), diag);
		rows = rows_of(&job);
		job_fini(&job);
	}
	(void)db_close(file);
	return error < 0 ? error : rows;
}
