/* SPDX-License-Identifier: Apache-2.0 */
#include "records/migrate.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/num.h"
#include "records/copy.h"
#include "records/db.h"
#include "records/migrate_priv.h"
#include "records/stmt.h"

enum { MIGRATION_MAX_OCTETS = 1024 * 1024 };

static const struct {
	const char *word;
	const char *text[2]; /* by enum db_kind */
} dialect[] = {
	{ "{INT}", { "INTEGER", "BIGINT" } },
	{ "{TEXT}", { "TEXT", "TEXT COLLATE \"C\"" } },
	{ "{BLOB}", { "BLOB", "BYTEA" } },
	{ "{STRICT}", { "STRICT", "" } },
	{ "{KEYED}", { "STRICT, WITHOUT ROWID", "" } },
};

unsigned migrate_latest(void)
{
	return migrate_count;
}

static int fill_in(enum db_kind kind, struct slice text, struct buf *out)
{
	while (text.n > 0) {
		struct slice before = slice_head(text, slice_find(text, SLICE("{")));
		buf_put(out, before);
		text = slice_skip(text, before.n);
		size_t known = 0;
		for (size_t i = 0; i < sizeof(dialect) / sizeof(dialect[0]); i++) {
			struct slice word = slice_str(dialect[i].word);
			if (known == 0 && slice_starts(text, word)) {
				known = word.n;
				buf_put_str(out, dialect[i].text[kind]);
			}
		}
		if (text.n > 0 && known == 0) {
			return E_FORMAT;
		}
		text = slice_skip(text, known);
	}
	return out->failed ? E_LIMIT : 0;
}

static int has_meta(struct db *db)
{
	AUTO_STMT struct stmt *q = NULL;
	int error = db_prepare(db,
		db_kind(db) == DB_SQLITE
			? "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'meta'"
			: "SELECT count(*) FROM information_schema.tables"
			  " WHERE table_schema = current_schema() AND table_name = 'meta'",
		&q);
	error = error < 0 ? error : db_step(q);
	return error < 0 ? error : db_col_int64(q, 0) > 0;
}

int migrate_version(struct db *db)
{
	int found = has_meta(db);
	if (found <= 0) {
		return found;
	}
	AUTO_STMT struct stmt *q = NULL;
	int row = db_prepare(db, "SELECT value FROM meta WHERE key = 'schema'", &q);
	row = row < 0 ? row : db_step(q);
	int64_t version = 0;
	if (row < 0) {
		return row;
	}
	if (row == 0 || num_i64(db_col_text(q, 0), 1, 9999, &version) < 0) {
		return E_STORE;
	}
	return (int)version;
}

static int set_version(struct db *db, unsigned version)
{
	AUTO_STMT struct stmt *q = NULL;
	int error = db_prepare(db,
		"INSERT INTO meta (key, value) VALUES ('schema', $1)"
		" ON CONFLICT (key) DO UPDATE SET value = excluded.value",
		&q);
	if (error < 0) {
		return error;
	}
	char text[16];
	(void)snprintf(text, sizeof(text), "%u", version);
	db_bind_text(q, 1, slice_str(text));
	int64_t rows = db_run(q);
	return rows < 0 ? (int)rows : 0;
}

static int step(struct db *db, unsigned version)
{
	AUTO_BUF struct buf sql;
	buf_init(&sql, MIGRATION_MAX_OCTETS);
	int error = fill_in(db_kind(db), slice_str(migrate_texts[version - 1]), &sql);
	error = error < 0 ? error : db_begin(db);
	if (error < 0) {
		return error;
	}
	error = db_exec(db, (const char *)sql.p);
	error = error < 0 ? error : set_version(db, version);
	if (error < 0) {
		db_rollback(db);
		return error;
	}
	return db_commit(db);
}

int migrate_to(struct db *db, unsigned version, const char *backup_path, struct diag *diag)
{
	int have = migrate_version(db);
	if (have < 0) {
		return db_error(db, have, diag);
	}
	if ((unsigned)have > version || version > migrate_count) {
		return diag_set(diag, E_VERSION, 0, 0,
			"the store has schema %d, this program knows up to %u", have, version);
	}
	if ((unsigned)have == version) {
		return 0;
	}
	if (have > 0 && backup_path == NULL) {
		return diag_set(diag, E_STATE, 0, 0, "a store with data needs a backup first");
	}
	if (have > 0 && backup_path[0] != '\0') {
		int64_t rows = copy_to_file(db, backup_path, 0, diag);
		if (rows < 0) {
			return (int)rows;
		}
	}
	for (unsigned next = (unsigned)have + 1; next <= version; next++) {
		int error = step(db, next);
		if (error < 0) {
			return db_error(db, error, diag);
		}
	}
	return (int)version - have;
}
