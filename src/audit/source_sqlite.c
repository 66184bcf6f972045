/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "audit/row.h"
#include "audit/source_priv.h"
#include "base/arena.h"
#include "base/err.h"

enum { BUSY_TIMEOUT_MS = 5000 };

/*
 * NOT INDEXED everywhere (an INTEGER PRIMARY KEY is not an index): an index
 * holds copies, and what is checked must be what the table itself holds.
 */
static const char *const stream_sql[SOURCE_STREAMS] = {
	"SELECT seq, at_ms, entry, leaf FROM audit_entry NOT INDEXED ORDER BY seq",
	"SELECT seq, n, salt, value, erased_by FROM audit_personal NOT INDEXED ORDER BY seq, n",
	"SELECT size, root, at_ms, signature FROM audit_head NOT INDEXED ORDER BY size",
};

static const char tables_sql[] =
	"SELECT m.name FROM sqlite_schema AS m WHERE m.type = 'table' AND"
	" (SELECT count(*) FROM pragma_table_info(m.name) WHERE name IN ('id', 'version')) = 2"
	" ORDER BY m.name";

struct sqlite_source {
	struct source source;
	sqlite3 *handle;
	sqlite3_stmt *stream[SOURCE_STREAMS];
	sqlite3_stmt *blobs;
	sqlite3_stmt *pieces;
	struct arena *arena; /* names of tables and columns */
	struct slice table[SOURCE_TABLES_MAX];
	size_t table_count;
	size_t table_next;
	sqlite3_stmt *rows;
	struct slice column[SOURCE_COLUMNS_MAX];
	size_t column_count;
	struct buf row;
};

static struct sqlite_source *own(struct source *source)
{
	return (struct sqlite_source *)(void *)source;
}

static int say(struct sqlite_source *s, const char *where)
{
	return diag_set(
		&s->source.diag, E_STORE, 0, 0, "%s: %s", where, sqlite3_errmsg(s->handle));
}

static struct slice octets_at(sqlite3_stmt *stmt, int column)
{
	const void *p = sqlite3_column_type(stmt, column) == SQLITE_BLOB
				? sqlite3_column_blob(stmt, column)
				: (const void *)sqlite3_column_text(stmt, column);
	return slice_of(p, p != NULL ? (size_t)sqlite3_column_bytes(stmt, column) : 0);
}

/* Whole numbers, texts and octets of the right kind, or the item is odd. */
static int64_t int_at(sqlite3_stmt *stmt, int column, bool *odd)
{
	*odd = *odd || sqlite3_column_type(stmt, column) != SQLITE_INTEGER;
	return sqlite3_column_int64(stmt, column);
}

static void fixed_at(sqlite3_stmt *stmt, int column, uint8_t *out, size_t octets, bool *odd)
{
	struct slice value = octets_at(stmt, column);
	if (sqlite3_column_type(stmt, column) != SQLITE_BLOB || value.n != octets) {
		*odd = true;
		return;
	}
	memcpy(out, value.p, octets);
}

static void take_personal(sqlite3_stmt *stmt, struct audit_item *item)
{
	item->kind = AUDIT_ITEM_PERSONAL;
	item->seq = int_at(stmt, 0, &item->odd);
	item->n = int_at(stmt, 1, &item->odd);
	int salt = sqlite3_column_type(stmt, 2);
	int value = sqlite3_column_type(stmt, 3);
	item->gone = salt == SQLITE_NULL && value == SQLITE_NULL;
	if (!item->gone) {
		item->odd = item->odd || salt != SQLITE_BLOB || value != SQLITE_TEXT;
		item->salt = octets_at(stmt, 2);
		item->text = octets_at(stmt, 3);
	}
	if (sqlite3_column_type(stmt, 4) != SQLITE_NULL) {
		item->erased_by = int_at(stmt, 4, &item->odd);
	}
}

static int sqlite_fetch(
	struct source *source, enum source_stream stream, struct audit_item *ret_item)
{
	static const char *const table[] = { "audit_entry", "audit_personal", "audit_head" };
	struct sqlite_source *s = own(source);
	sqlite3_stmt *stmt = s->stream[stream];
	int code = sqlite3_step(stmt);
	if (code != SQLITE_ROW) {
		return code == SQLITE_DONE ? 0 : say(s, table[stream]);
	}
	struct audit_item item = { 0 };
	switch (stream) {
	case SOURCE_ENTRIES:
		item.kind = AUDIT_ITEM_ENTRY;
		item.seq = int_at(stmt, 0, &item.odd);
		item.at_unix_ms = int_at(stmt, 1, &item.odd);
		item.odd = item.odd || sqlite3_column_type(stmt, 2) != SQLITE_TEXT;
		item.text = octets_at(stmt, 2);
		fixed_at(stmt, 3, item.leaf.octet, DIGEST_OCTETS, &item.odd);
		break;
	case SOURCE_PERSONAL:
		take_personal(stmt, &item);
		break;
	case SOURCE_HEADS:
	case SOURCE_STREAMS:
		item.kind = AUDIT_ITEM_HEAD;
		item.seq = item.head.size = int_at(stmt, 0, &item.odd);
		fixed_at(stmt, 1, item.head.root.octet, DIGEST_OCTETS, &item.odd);
		item.head.at_unix_ms = int_at(stmt, 2, &item.odd);
		fixed_at(stmt, 3, item.head.signature, AUDIT_SIGNATURE_OCTETS, &item.odd);
		break;
	}
	*ret_item = item;
	return 1;
}

/* Names in the first column of a statement with one text parameter or none. */
static int names_of(struct sqlite_source *s, const char *sql, struct slice parameter,
	struct slice *names, size_t max)
{
	sqlite3_stmt *stmt = NULL;
	if (sqlite3_prepare_v2(s->handle, sql, -1, &stmt, NULL) != SQLITE_OK) {
		return say(s, "schema");
	}
	if (parameter.n > 0) {
		(void)sqlite3_bind_text64(stmt, 1, (const char *)parameter.p, parameter.n,
			SQLITE_STATIC, SQLITE_UTF8);
	}
	size_t count = 0;
	int code = sqlite3_step(stmt);
	for (; code == SQLITE_ROW && count < max; code = sqlite3_step(stmt)) {
		names[count++] = arena_dup(s->arena, octets_at(stmt, 0));
	}
	int error = (int)count;
	if (code == SQLITE_ROW) {
		error = diag_set(&s->source.diag, E_LIMIT, 0, 0,
			"more than %zu names in the schema", max);
	} else if (code != SQLITE_DONE) {
		error = say(s, "schema");
	}
	(void)sqlite3_finalize(stmt);
	return error;
}

/* Begin to read the next audited table. */
static int open_table(struct sqlite_source *s)
{
	struct slice table = s->table[s->table_next++];
	int count = names_of(s, "SELECT name FROM pragma_table_info($1) ORDER BY name", table,
		s->column, SOURCE_COLUMNS_MAX);
	if (count < 0) {
		return count;
	}
	s->column_count = (size_t)count;
	AUTO_BUF struct buf sql;
	buf_init(&sql, SOURCE_SQL_MAX);
	buf_put_str(&sql, "SELECT id, version");
	for (size_t i = 0; i < s->column_count; i++) {
		buf_put_str(&sql, ", ");
		source_put_name(&sql, s->column[i]);
	}
	buf_put_str(&sql, " FROM ");
	source_put_name(&sql, table);
	buf_put_str(&sql, " NOT INDEXED");
	if (sql.failed) {
		return diag_set(&s->source.diag, E_LIMIT, 0, 0, "a table has too many columns");
	}
	if (sqlite3_prepare_v2(s->handle, (const char *)sql.p, (int)sql.n, &s->rows, NULL) !=
		SQLITE_OK) {
		return say(s, "audited table");
	}
	return 0;
}

static void feed(struct buf *row, struct slice name, sqlite3_stmt *stmt, int column)
{
	switch (sqlite3_column_type(stmt, column)) {
	case SQLITE_NULL:
		audit_row_put_null(row, name);
		break;
	case SQLITE_INTEGER:
		audit_row_put_int(row, name, sqlite3_column_int64(stmt, column));
		break;
	case SQLITE_TEXT:
		audit_row_put_text(row, name, octets_at(stmt, column));
		break;
	case SQLITE_BLOB:
		audit_row_put_blob(row, name, octets_at(stmt, column));
		break;
	default:
		audit_row_put_real(row, name, octets_at(stmt, column));
		break;
	}
}

static int sqlite_row(struct source *source, struct source_row *ret_row)
{
	struct sqlite_source *s = own(source);
	for (;;) {
		if (s->rows == NULL) {
			if (s->table_next == s->table_count) {
				return 0;
			}
			int error = open_table(s);
			if (error < 0) {
				return error;
			}
		}
		int code = sqlite3_step(s->rows);
		if (code == SQLITE_ROW) {
			break;
		}
		(void)sqlite3_finalize(s->rows);
		s->rows = NULL;
		if (code != SQLITE_DONE) {
			char where[128];
			struct slice table = s->table[s->table_next - 1];
			(void)snprintf(where, sizeof(where), "table %.*s", SLICE_FMT(table));
			return say(s, where);
		}
	}
	struct source_row row = { .table = s->table[s->table_next - 1] };
	row.id = int_at(s->rows, 0, &row.odd);
	row.version = int_at(s->rows, 1, &row.odd);
	buf_clear(&s->row);
	for (size_t i = 0; i < s->column_count; i++) {
		feed(&s->row, s->column[i], s->rows, (int)i + 2);
	}
	row.odd = row.odd || s->row.failed;
	row.digest = audit_row_digest(&s->row);
	*ret_row = row;
	return 1;
}

static int sqlite_blob(struct source *source, struct source_blob *ret_blob)
{
	struct sqlite_source *s = own(source);
	if (s->blobs == NULL) {
		return 0;
	}
	int code = sqlite3_step(s->blobs);
	if (code != SQLITE_ROW) {
		return code == SQLITE_DONE ? 0 : say(s, "blob");
	}
	struct source_blob blob = { 0 };
	fixed_at(s->blobs, 0, blob.sm3.octet, DIGEST_OCTETS, &blob.odd);
	fixed_at(s->blobs, 1, blob.sha256.octet, DIGEST_OCTETS, &blob.odd);
	blob.octets = int_at(s->blobs, 2, &blob.odd);
	*ret_blob = blob;
	return 1;
}

static int sqlite_piece(
	struct source *source, const struct digest *sm3, int64_t n, struct slice *ret_piece)
{
	struct sqlite_source *s = own(source);
	if (s->pieces == NULL) {
		return 0;
	}
	(void)sqlite3_reset(s->pieces);
	(void)sqlite3_bind_blob64(s->pieces, 1, sm3->octet, DIGEST_OCTETS, SQLITE_TRANSIENT);
	(void)sqlite3_bind_int64(s->pieces, 2, n);
	int code = sqlite3_step(s->pieces);
	if (code != SQLITE_ROW) {
		return code == SQLITE_DONE ? 0 : say(s, "blob_chunk");
	}
	*ret_piece = octets_at(s->pieces, 0);
	return 1;
}

static int sqlite_last(struct source *source, int64_t *ret_seq)
{
	struct sqlite_source *s = own(source);
	sqlite3_stmt *stmt = NULL;
	int error = 0;
	/* A store without counters (an old backup, a test) has no opinion. */
	if (sqlite3_prepare_v2(s->handle,
		    "SELECT value FROM counter NOT INDEXED WHERE series = 'audit' AND year = 0",
		    -1, &stmt, NULL) == SQLITE_OK) {
		int code = sqlite3_step(stmt);
		if (code == SQLITE_ROW) {
			*ret_seq = sqlite3_column_int64(stmt, 0);
			error = 1;
		} else if (code != SQLITE_DONE) {
			error = say(s, "counter");
		}
	}
	(void)sqlite3_finalize(stmt);
	return error;
}

static void sqlite_close_source(struct source *source)
{
	struct sqlite_source *s = own(source);
	for (size_t k = 0; k < SOURCE_STREAMS; k++) {
		(void)sqlite3_finalize(s->stream[k]);
	}
	(void)sqlite3_finalize(s->blobs);
	(void)sqlite3_finalize(s->pieces);
	(void)sqlite3_finalize(s->rows);
	(void)sqlite3_close(s->handle);
	buf_fini(&s->row);
	s->arena = arena_destroy(s->arena);
	free(s);
}

static const struct source_ops ops = {
	.fetch = sqlite_fetch,
	.row = sqlite_row,
	.blob = sqlite_blob,
	.piece = sqlite_piece,
	.last = sqlite_last,
	.close = sqlite_close_source,
};

/* A copy in WAL form without its -wal file cannot be opened read-only in the ordinary way. */
static int open_immutable(struct sqlite_source *s, const char *path)
{
	struct stat st;
	AUTO_BUF struct buf name;
	buf_init(&name, 8192);
	buf_printf(&name, "%s-wal", path);
	if (name.failed || (stat((const char *)name.p, &st) == 0 && st.st_size > 0)) {
		return SQLITE_CANTOPEN;
	}
	buf_clear(&name);
	buf_put_str(&name, "file:");
	for (const char *c = path; *c != '\0'; c++) {
		if (*c == '%' || *c == '?' || *c == '#') {
			buf_printf(&name, "%%%02x", (unsigned)*c);
		} else {
			buf_put_byte(&name, (uint8_t)*c);
		}
	}
	buf_put_str(&name, "?immutable=1");
	(void)sqlite3_close(s->handle);
	s->handle = NULL;
	return name.failed
		       ? SQLITE_CANTOPEN
		       : sqlite3_open_v2((const char *)name.p, &s->handle,
				 SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI,
				 NULL);
}

static int configure(struct sqlite_source *s)
{
	(void)sqlite3_busy_timeout(s->handle, BUSY_TIMEOUT_MS);
	(void)sqlite3_db_config(s->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	/* One snapshot for the whole run: the count makes the transaction begin to read. */
	return sqlite3_exec(s->handle,
		"PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = "
		"ON;"
		"BEGIN; SELECT count(*) FROM sqlite_schema",
		NULL, NULL, NULL);
}

static int prepare(struct sqlite_source *s)
{
	for (size_t k = 0; k < SOURCE_STREAMS; k++) {
		if (sqlite3_prepare_v2(s->handle, stream_sql[k], -1, &s->stream[k], NULL) !=
			SQLITE_OK) {
			return say(s, "this is no store of ours");
		}
	}
	/* Absent in a store that keeps no blobs: the statements stay NULL. */
	(void)sqlite3_prepare_v2(s->handle,
		"SELECT sm3, sha256, octets FROM blob NOT INDEXED ORDER BY sm3, id", -1,
		&s->blobs, NULL);
	(void)sqlite3_prepare_v2(s->handle,
		"SELECT octets FROM blob_chunk WHERE sm3 = ?1 AND n = ?2", -1, &s->pieces,
		NULL);
	int count = names_of(s, tables_sql, (struct slice) { 0 }, s->table, SOURCE_TABLES_MAX);
	s->table_count = count > 0 ? (size_t)count : 0;
	return count < 0 ? count : 0;
}

int source_open_sqlite(const char *path, struct source **ret_source, struct diag *diag)
{
	struct stat st;
	if (stat(path, &st) < 0) {
		return diag_set(diag, errno == ENOENT ? E_ABSENT : -errno, 0, 0,
			"cannot read %s", path);
	}
	struct sqlite_source *s = calloc(1, sizeof(*s));
	if (s == NULL) {
		abort();
	}
	s->source.ops = &ops;
	s->arena = arena_create(0);
	buf_init(&s->row, AUDIT_ROW_MAX_OCTETS);
	int code = sqlite3_open_v2(
		path, &s->handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
	if (code == SQLITE_OK) {
		code = configure(s) & 0xff;
	}
	if (code == SQLITE_CANTOPEN || code == SQLITE_READONLY) {
		code = open_immutable(s, path);
		if (code == SQLITE_OK) {
			code = configure(s);
		}
	}
	int error = code == SQLITE_OK ? prepare(s) : say(s, path);
	if (error < 0) {
		if (diag != NULL) {
			*diag = s->source.diag;
		}
		sqlite_close_source(&s->source);
		return error;
	}
	*ret_source = &s->source;
	return 0;
}
