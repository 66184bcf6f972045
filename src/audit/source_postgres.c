/* SPDX-License-Identifier: Apache-2.0 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "audit/row.h"
#include "audit/source_priv.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/rd.h"

/* Type numbers of pg_type are fixed: bytea 17, int8 20, int2 21, int4 23. */
enum { TYPE_BYTEA = 17 };

enum { PAGE_ROWS = 500 };

enum pg_cursor { CURSOR_ROWS = SOURCE_STREAMS, CURSOR_BLOBS, CURSORS };

static const char *const cursor_sql[CURSORS] = {
	"SELECT CAST(seq AS BIGINT), CAST(at_ms AS BIGINT), CAST(entry AS TEXT), leaf"
	" FROM audit_entry ORDER BY seq",
	"SELECT CAST(seq AS BIGINT), CAST(n AS BIGINT), salt, CAST(value AS TEXT),"
	" CAST(erased_by AS BIGINT) FROM audit_personal ORDER BY seq, n",
	"SELECT CAST(size AS BIGINT), root, CAST(at_ms AS BIGINT), signature"
	" FROM audit_head ORDER BY size",
	NULL, /* written for each table */
	"SELECT sm3, sha256, CAST(octets AS BIGINT) FROM blob ORDER BY sm3, id",
};

static const char tables_sql[] =
	"SELECT c.relname FROM pg_class AS c WHERE c.relkind IN ('r', 'p')"
	" AND c.relnamespace = CAST(current_schema() AS REGNAMESPACE)"
	" AND (SELECT count(*) FROM pg_attribute AS a WHERE a.attrelid = c.oid"
	" AND a.attname IN ('id', 'version') AND NOT a.attisdropped) = 2"
	" ORDER BY c.relname COLLATE \"C\"";

static const char columns_sql[] =
	"SELECT a.attname, CAST(CAST(a.atttypid AS BIGINT) AS TEXT) FROM pg_attribute AS a"
	" JOIN pg_class AS c ON c.oid = a.attrelid WHERE c.relname = $1"
	" AND c.relnamespace = CAST(current_schema() AS REGNAMESPACE)"
	" AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attname COLLATE \"C\"";

/* A cursor in the server and the page of it at hand. */
struct page {
	PGresult *result;
	int row;
	bool open;
	bool last;
};

struct pg_source {
	struct source source;
	PGconn *conn;
	struct arena *arena;
	struct page page[CURSORS];
	PGresult *piece;
	struct slice table[SOURCE_TABLES_MAX];
	size_t table_count;
	size_t table_next;
	struct slice column[SOURCE_COLUMNS_MAX];
	char tag[SOURCE_COLUMNS_MAX]; /* i, b or t */
	size_t column_count;
	struct buf row;
};

static struct pg_source *own(struct source *source)
{
	return (struct pg_source *)(void *)source;
}

static int say(struct pg_source *s, const char *where)
{
	struct slice why = slice_trim(slice_str(PQerrorMessage(s->conn)));
	return diag_set(&s->source.diag, E_STORE, 0, 0, "%s: %.*s", where,
		(int)(why.n < 160 ? why.n : 160), (const char *)why.p);
}

static int run(struct pg_source *s, const char *sql)
{
	PGresult *result = PQexec(s->conn, sql);
	bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	return good ? 0 : say(s, "store");
}

static struct slice octets_at(const PGresult *result, int row, int column)
{
	return slice_of(
		PQgetvalue(result, row, column), (size_t)PQgetlength(result, row, column));
}

/* Binary int8: network order. */
static int64_t int_at(const PGresult *result, int row, int column, bool *odd)
{
	struct rd rd = rd_of(octets_at(result, row, column));
	uint64_t value = rd_u64be(&rd);
	*odd = *odd || PQgetisnull(result, row, column) != 0 || !rd_done(&rd);
	return (int64_t)value;
}

static void fixed_at(
	const PGresult *result, int row, int column, uint8_t *out, size_t octets, bool *odd)
{
	struct slice value = octets_at(result, row, column);
	if (value.n != octets) {
		*odd = true;
		return;
	}
	memcpy(out, value.p, octets);
}

/* Declare a cursor; the number is its name. */
static int declare(struct pg_source *s, unsigned cursor, const char *select)
{
	AUTO_BUF struct buf sql;
	buf_init(&sql, SOURCE_SQL_MAX);
	buf_printf(&sql, "DECLARE c%u NO SCROLL CURSOR FOR %s", cursor, select);
	if (sql.failed) {
		return diag_set(&s->source.diag, E_LIMIT, 0, 0, "a table has too many columns");
	}
	s->page[cursor] = (struct page) { .open = true };
	return run(s, (const char *)sql.p);
}

/* The next row of a cursor: 1 with page->row set, 0 at its end. */
static int step(struct pg_source *s, unsigned cursor)
{
	struct page *page = &s->page[cursor];
	if (!page->open) {
		return 0;
	}
	if (page->result != NULL && ++page->row < PQntuples(page->result)) {
		return 1;
	}
	PQclear(page->result);
	page->result = NULL;
	if (page->last) {
		return 0;
	}
	char sql[64];
	(void)snprintf(sql, sizeof(sql), "FETCH FORWARD %d FROM c%u", PAGE_ROWS, cursor);
	page->result = PQexecParams(s->conn, sql, 0, NULL, NULL, NULL, NULL, 1);
	if (PQresultStatus(page->result) != PGRES_TUPLES_OK) {
		page->last = true;
		return say(s, "store");
	}
	page->row = 0;
	page->last = PQntuples(page->result) < PAGE_ROWS;
	if (PQntuples(page->result) > 0) {
		return 1;
	}
	PQclear(page->result);
	page->result = NULL;
	return 0;
}

static void take_personal(const PGresult *result, int row, struct audit_item *item)
{
	item->kind = AUDIT_ITEM_PERSONAL;
	item->seq = int_at(result, row, 0, &item->odd);
	item->n = int_at(result, row, 1, &item->odd);
	bool no_salt = PQgetisnull(result, row, 2) != 0;
	bool no_value = PQgetisnull(result, row, 3) != 0;
	item->gone = no_salt && no_value;
	item->odd = item->odd || no_salt != no_value;
	if (!item->gone) {
		item->salt = octets_at(result, row, 2);
		item->text = octets_at(result, row, 3);
	}
	if (PQgetisnull(result, row, 4) == 0) {
		item->erased_by = int_at(result, row, 4, &item->odd);
	}
}

static int pg_fetch(
	struct source *source, enum source_stream stream, struct audit_item *ret_item)
{
	struct pg_source *s = own(source);
	int got = step(s, stream);
	if (got <= 0) {
		return got;
	}
	const PGresult *result = s->page[stream].result;
	int row = s->page[stream].row;
	struct audit_item item = { 0 };
	if (stream == SOURCE_ENTRIES) {
		item.kind = AUDIT_ITEM_ENTRY;
		item.seq = int_at(result, row, 0, &item.odd);
		item.at_unix_ms = int_at(result, row, 1, &item.odd);
		item.text = octets_at(result, row, 2);
		fixed_at(result, row, 3, item.leaf.octet, DIGEST_OCTETS, &item.odd);
	} else if (stream == SOURCE_PERSONAL) {
		take_personal(result, row, &item);
	} else {
		struct audit_head *head = &item.head;
		item.kind = AUDIT_ITEM_HEAD;
		item.seq = head->size = int_at(result, row, 0, &item.odd);
		fixed_at(result, row, 1, head->root.octet, DIGEST_OCTETS, &item.odd);
		head->at_unix_ms = int_at(result, row, 2, &item.odd);
		fixed_at(result, row, 3, head->signature, AUDIT_SIGNATURE_OCTETS, &item.odd);
	}
	*ret_item = item;
	return 1;
}

static char tag_of(struct slice type_number)
{
	static const struct {
		const char *number;
		char tag;
	} known[] = { { "17", 'b' }, { "20", 'i' }, { "21", 'i' }, { "23", 'i' } };
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (slice_is(type_number, known[i].number)) {
			return known[i].tag;
		}
	}
	return 't';
}

static int columns_of(struct pg_source *s, struct slice table)
{
	const char *values[] = { arena_dup_str(s->arena, table) };
	PGresult *result = PQexecParams(s->conn, columns_sql, 1, NULL, values, NULL, NULL, 0);
	int error = 0;
	int count = PQntuples(result);
	if (PQresultStatus(result) != PGRES_TUPLES_OK) {
		error = say(s, "schema");
	} else if (count > SOURCE_COLUMNS_MAX) {
		error = diag_set(
			&s->source.diag, E_LIMIT, 0, 0, "a table has too many columns");
	}
	for (int i = 0; error == 0 && i < count; i++) {
		s->column[i] = arena_dup(s->arena, octets_at(result, i, 0));
		s->tag[i] = tag_of(octets_at(result, i, 1));
	}
	s->column_count = (size_t)count;
	PQclear(result);
	return error;
}

static int open_table(struct pg_source *s)
{
	struct slice table = s->table[s->table_next++];
	int error = columns_of(s, table);
	if (error < 0) {
		return error;
	}
	AUTO_BUF struct buf sql;
	buf_init(&sql, SOURCE_SQL_MAX);
	buf_put_str(&sql, "SELECT CAST(id AS BIGINT), CAST(version AS BIGINT)");
	for (size_t i = 0; i < s->column_count; i++) {
		const char *type = s->tag[i] == 'i' ? " AS BIGINT)" : " AS TEXT)";
		buf_put_str(&sql, s->tag[i] == 'b' ? ", (" : ", CAST(");
		source_put_name(&sql, s->column[i]);
		buf_put_str(&sql, s->tag[i] == 'b' ? ")" : type);
	}
	buf_put_str(&sql, " FROM ");
	source_put_name(&sql, table);
	buf_put_byte(&sql, '\0');
	return declare(s, CURSOR_ROWS, sql.failed ? "" : (const char *)sql.p);
}

/* Stand on the next audited row, table after table. */
static int next_row(struct pg_source *s)
{
	for (;;) {
		int got = step(s, CURSOR_ROWS);
		if (got != 0) {
			return got;
		}
		if (s->page[CURSOR_ROWS].open) {
			s->page[CURSOR_ROWS].open = false;
			int error = run(s, "CLOSE c3");
			if (error < 0) {
				return error;
			}
		}
		if (s->table_next == s->table_count) {
			return 0;
		}
		int error = open_table(s);
		if (error < 0) {
			return error;
		}
	}
}

static int pg_row(struct source *source, struct source_row *ret_row)
{
	struct pg_source *s = own(source);
	int got = next_row(s);
	if (got <= 0) {
		return got;
	}
	const PGresult *result = s->page[CURSOR_ROWS].result;
	int at = s->page[CURSOR_ROWS].row;
	struct source_row row = { .table = s->table[s->table_next - 1] };
	row.id = int_at(result, at, 0, &row.odd);
	row.version = int_at(result, at, 1, &row.odd);
	buf_clear(&s->row);
	for (size_t i = 0; i < s->column_count; i++) {
		int column = (int)i + 2;
		if (PQgetisnull(result, at, column) != 0) {
			audit_row_put_null(&s->row, s->column[i]);
		} else if (s->tag[i] == 'i') {
			bool odd = false;
			audit_row_put_int(
				&s->row, s->column[i], int_at(result, at, column, &odd));
		} else if (s->tag[i] == 'b') {
			audit_row_put_blob(
				&s->row, s->column[i], octets_at(result, at, column));
		} else {
			audit_row_put_text(
				&s->row, s->column[i], octets_at(result, at, column));
		}
	}
	row.odd = row.odd || s->row.failed;
	row.digest = audit_row_digest(&s->row);
	*ret_row = row;
	return 1;
}

static int pg_blob(struct source *source, struct source_blob *ret_blob)
{
	struct pg_source *s = own(source);
	int got = step(s, CURSOR_BLOBS);
	if (got <= 0) {
		return got;
	}
	const PGresult *result = s->page[CURSOR_BLOBS].result;
	int row = s->page[CURSOR_BLOBS].row;
	struct source_blob blob = { 0 };
	fixed_at(result, row, 0, blob.sm3.octet, DIGEST_OCTETS, &blob.odd);
	fixed_at(result, row, 1, blob.sha256.octet, DIGEST_OCTETS, &blob.odd);
	blob.octets = int_at(result, row, 2, &blob.odd);
	*ret_blob = blob;
	return 1;
}

/* An index leads to a row; what the row itself says of its place is what counts. */
static bool piece_is(const PGresult *result, const struct digest *sm3, int64_t n)
{
	struct digest name = { 0 };
	bool odd = false;
	fixed_at(result, 0, 1, name.octet, DIGEST_OCTETS, &odd);
	int64_t place = int_at(result, 0, 2, &odd);
	return !odd && place == n && digest_eq(&name, sm3);
}

static int pg_piece(
	struct source *source, const struct digest *sm3, int64_t n, struct slice *ret_piece)
{
	struct pg_source *s = own(source);
	if (!s->page[CURSOR_BLOBS].open) {
		return 0;
	}
	char number[24];
	int octets = snprintf(number, sizeof(number), "%lld", (long long)n);
	const Oid types[] = { TYPE_BYTEA, 0 };
	const char *values[] = { (const char *)sm3->octet, number };
	const int lengths[] = { DIGEST_OCTETS, octets };
	const int formats[] = { 1, 0 };
	PQclear(s->piece);
	s->piece = PQexecParams(s->conn,
		"SELECT octets, sm3, CAST(n AS BIGINT) FROM blob_chunk"
		" WHERE sm3 = $1 AND n = CAST($2 AS BIGINT)",
		2, types, values, lengths, formats, 1);
	if (PQresultStatus(s->piece) != PGRES_TUPLES_OK) {
		return say(s, "blob_chunk");
	}
	if (PQntuples(s->piece) == 0 || !piece_is(s->piece, sm3, n)) {
		return 0;
	}
	*ret_piece = octets_at(s->piece, 0, 0);
	return 1;
}

/* Is there such a table where unqualified names are looked up? */
static bool has_table(struct pg_source *s, const char *name)
{
	const char *values[] = { name };
	PGresult *result = PQexecParams(s->conn, "SELECT 1 WHERE to_regclass($1) IS NOT NULL",
		1, NULL, values, NULL, NULL, 0);
	bool has = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1;
	PQclear(result);
	return has;
}

static int pg_last(struct source *source, int64_t *ret_seq)
{
	struct pg_source *s = own(source);
	if (!has_table(s, "counter")) {
		return 0;
	}
	PGresult *result = PQexecParams(s->conn,
		"SELECT CAST(value AS BIGINT) FROM counter WHERE series = 'audit' AND year = 0",
		0, NULL, NULL, NULL, NULL, 1);
	int got = PQresultStatus(result) == PGRES_TUPLES_OK ? PQntuples(result)
							    : say(s, "counter");
	if (got == 1) {
		bool odd = false;
		*ret_seq = int_at(result, 0, 0, &odd);
	}
	PQclear(result);
	return got;
}

static void pg_close(struct source *source)
{
	struct pg_source *s = own(source);
	for (size_t k = 0; k < CURSORS; k++) {
		PQclear(s->page[k].result);
	}
	PQclear(s->piece);
	PQfinish(s->conn);
	buf_fini(&s->row);
	s->arena = arena_destroy(s->arena);
	free(s);
}

static const struct source_ops ops = {
	.fetch = pg_fetch,
	.row = pg_row,
	.blob = pg_blob,
	.piece = pg_piece,
	.last = pg_last,
	.close = pg_close,
};

static int tables_of(struct pg_source *s)
{
	PGresult *result = PQexec(s->conn, tables_sql);
	int error = 0;
	int count = PQntuples(result);
	if (PQresultStatus(result) != PGRES_TUPLES_OK) {
		error = say(s, "schema");
	} else if (count > SOURCE_TABLES_MAX) {
		error = diag_set(
			&s->source.diag, E_LIMIT, 0, 0, "the store has too many tables");
	}
	for (int i = 0; error == 0 && i < count; i++) {
		s->table[i] = arena_dup(s->arena, octets_at(result, i, 0));
	}
	s->table_count = error == 0 ? (size_t)count : 0;
	PQclear(result);
	return error;
}

static void no_notice(void *context, const char *message)
{
	(void)context;
	(void)message;
}

/* One snapshot for the whole run. */
static int begin(struct pg_source *s)
{
	int error = 0;
	if (PQstatus(s->conn) != CONNECTION_OK) {
		return say(s, "cannot connect");
	}
	(void)PQsetNoticeProcessor(s->conn, no_notice, NULL);
	if (PQsetClientEncoding(s->conn, "UTF8") != 0) {
		return say(s, "encoding");
	}
	error = run(s, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
	for (unsigned k = 0; error == 0 && k < CURSOR_ROWS; k++) {
		error = declare(s, k, cursor_sql[k]);
	}
	if (error == 0 && has_table(s, "blob")) {
		error = declare(s, CURSOR_BLOBS, cursor_sql[CURSOR_BLOBS]);
	}
	return error == 0 ? tables_of(s) : error;
}

int source_open_postgres(const char *uri, struct source **ret_source, struct diag *diag)
{
	struct pg_source *s = calloc(1, sizeof(*s));
	if (s == NULL) {
		abort();
	}
	s->source.ops = &ops;
	s->arena = arena_create(0);
	buf_init(&s->row, AUDIT_ROW_MAX_OCTETS);
	s->conn = PQconnectdb(uri);
	int error = begin(s);
	if (error < 0) {
		if (diag != NULL) {
			*diag = s->source.diag;
		}
		pg_close(&s->source);
		return error;
	}
	*ret_source = &s->source;
	return 0;
}
