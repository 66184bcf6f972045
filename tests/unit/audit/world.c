/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <libpq-fe.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "audit/entry.h"
#include "audit/row.h"
#include "audit/tree.h"
#include "base/buf.h"
#include "base/diag.h"

enum { PARAMS_MAX = 8, PIECE_OCTETS = 1000, CONTENT_MAX = 5000 };

static const char *const schema[] = {
	"CREATE TABLE counter (series TEXT, year BIGINT, value BIGINT)",
	"CREATE TABLE notice (id BIGINT PRIMARY KEY, version BIGINT, title TEXT,"
	" due_at_ms BIGINT, note TEXT, doc {BLOB}, live_seen BIGINT)",
	"CREATE TABLE blob (id BIGINT PRIMARY KEY, version BIGINT, kind TEXT, sm3 {BLOB},"
	" sha256 {BLOB}, octets BIGINT, created_at_ms BIGINT)",
	"CREATE TABLE blob_chunk (sm3 {BLOB}, n BIGINT, octets {BLOB}, PRIMARY KEY (sm3, n))",
	"CREATE TABLE web_session (id BIGINT PRIMARY KEY, seen_at_ms BIGINT)",
	"CREATE TABLE audit_entry (seq {KEY}, at_ms BIGINT, entry TEXT, leaf {BLOB})",
	"CREATE TABLE audit_personal (seq BIGINT, n BIGINT, salt {BLOB}, value TEXT,"
	" erased_by BIGINT, PRIMARY KEY (seq, n))",
	"CREATE TABLE audit_head (size {KEY}, root {BLOB}, at_ms BIGINT, signature {BLOB})",
};

static struct cell nothing(void)
{
	return (struct cell) { .type = 'n' };
}

static bool lite_try(
	struct world *world, const char *sql, const struct cell *cells, size_t count)
{
	sqlite3_stmt *stmt = NULL;
	if (sqlite3_prepare_v2(world->lite, sql, -1, &stmt, NULL) != SQLITE_OK) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		char name[24];
		(void)snprintf(name, sizeof(name), "$%zu", i + 1);
		int at = sqlite3_bind_parameter_index(stmt, name);
		struct slice s = cells[i].octets;
		const char *p = s.n > 0 ? (const char *)s.p : "";
		if (cells[i].type == 'i') {
			(void)sqlite3_bind_int64(stmt, at, cells[i].number);
		} else if (cells[i].type == 't') {
			(void)sqlite3_bind_text64(
				stmt, at, p, s.n, SQLITE_TRANSIENT, SQLITE_UTF8);
		} else if (cells[i].type == 'b') {
			(void)sqlite3_bind_blob64(stmt, at, p, s.n, SQLITE_TRANSIENT);
		}
	}
	int code = sqlite3_step(stmt);
	(void)sqlite3_finalize(stmt);
	return code == SQLITE_DONE || code == SQLITE_ROW;
}

static bool pg_try(struct world *world, const char *sql, const struct cell *cells, size_t count)
{
	Oid types[PARAMS_MAX] = { 0 };
	const char *values[PARAMS_MAX] = { NULL };
	int lengths[PARAMS_MAX] = { 0 };
	int formats[PARAMS_MAX] = { 0 };
	char number[PARAMS_MAX][24];
	char *text[PARAMS_MAX] = { NULL };
	for (size_t i = 0; i < count; i++) {
		if (cells[i].type == 'i') {
			(void)snprintf(number[i], sizeof(number[i]), "%lld",
				(long long)cells[i].number);
			values[i] = number[i];
			types[i] = 20;
		} else if (cells[i].type != 'n') {
			text[i] = calloc(cells[i].octets.n + 1, 1);
			assert_non_null(text[i]);
			if (cells[i].octets.n > 0) {
				memcpy(text[i], cells[i].octets.p, cells[i].octets.n);
			}
			values[i] = text[i];
			lengths[i] = (int)cells[i].octets.n;
			formats[i] = cells[i].type == 'b';
			types[i] = cells[i].type == 'b' ? 17 : 25;
		}
	}
	PGresult *result =
		PQexecParams(world->pg, sql, (int)count, types, values, lengths, formats, 0);
	ExecStatusType status = PQresultStatus(result);
	PQclear(result);
	for (size_t i = 0; i < count; i++) {
		free(text[i]);
	}
	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

bool world_try(struct world *world, const char *sql, const struct cell *cells, size_t count)
{
	return world->pg != NULL ? pg_try(world, sql, cells, count)
				 : lite_try(world, sql, cells, count);
}

static void put(struct world *world, const char *sql, const struct cell *cells, size_t count)
{
	if (!world_try(world, sql, cells, count)) {
		fail_msg("%s: %s", sql,
			world->pg != NULL ? PQerrorMessage(world->pg)
					  : sqlite3_errmsg(world->lite));
	}
}

static uint8_t held[64 * 1024];

static struct cell keep(struct cell cell, const void *p, size_t n)
{
	assert_true(n <= sizeof(held));
	if (n > 0) {
		memcpy(held, p, n);
	}
	cell.octets = slice_of(held, n);
	return cell;
}

static struct cell lite_get(struct world *world, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	struct cell cell = nothing();
	if (sqlite3_prepare_v2(world->lite, sql, -1, &stmt, NULL) != SQLITE_OK ||
		sqlite3_step(stmt) != SQLITE_ROW) {
		fail_msg("%s: %s", sql, sqlite3_errmsg(world->lite));
	}
	int type = sqlite3_column_type(stmt, 0);
	if (type == SQLITE_INTEGER) {
		cell = INT(sqlite3_column_int64(stmt, 0));
	} else if (type != SQLITE_NULL) {
		cell.type = type == SQLITE_BLOB ? 'b' : 't';
		const void *p = type == SQLITE_BLOB
					? sqlite3_column_blob(stmt, 0)
					: (const void *)sqlite3_column_text(stmt, 0);
		cell = keep(cell, p, (size_t)sqlite3_column_bytes(stmt, 0));
	}
	(void)sqlite3_finalize(stmt);
	return cell;
}

static struct cell pg_get(struct world *world, const char *sql)
{
	PGresult *result = PQexecParams(world->pg, sql, 0, NULL, NULL, NULL, NULL, 1);
	struct cell cell = nothing();
	if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) < 1) {
		fail_msg("%s: %s", sql, PQerrorMessage(world->pg));
	}
	const uint8_t *p = (const uint8_t *)PQgetvalue(result, 0, 0);
	size_t n = (size_t)PQgetlength(result, 0, 0);
	if (PQgetisnull(result, 0, 0) == 0) {
		Oid type = PQftype(result, 0);
		cell.type = type == 20 ? 'i' : type == 17 ? 'b' : 't';
		uint64_t number = 0;
		for (size_t i = 0; type == 20 && i < n; i++) {
			number = number << 8 | p[i];
		}
		cell.number = (int64_t)number;
		cell = keep(cell, p, n);
	}
	PQclear(result);
	return cell;
}

struct cell world_get(struct world *world, const char *sql)
{
	return world->pg != NULL ? pg_get(world, sql) : lite_get(world, sql);
}

void world_detach(struct world *world)
{
	if (world->lite != NULL) {
		assert_int_equal(sqlite3_close(world->lite), SQLITE_OK);
		world->lite = NULL;
	}
}

void world_attach(struct world *world)
{
	assert_int_equal(
		sqlite3_open(world->conf + sizeof("sqlite:") - 1, &world->lite), SQLITE_OK);
}

static void make_schema(struct world *world)
{
	for (size_t i = 0; i < sizeof(schema) / sizeof(schema[0]); i++) {
		AUTO_BUF struct buf sql;
		buf_init(&sql, 4096);
		for (struct slice rest = slice_str(schema[i]); rest.n > 0;) {
			if (slice_starts(rest, SLICE("{BLOB}"))) {
				buf_put_str(&sql, world->pg != NULL ? "BYTEA" : "BLOB");
				rest = slice_skip(rest, 6);
			} else if (slice_starts(rest, SLICE("{KEY}"))) {
				buf_put_str(&sql, world->pg != NULL ? "BIGINT PRIMARY KEY"
								    : "INTEGER PRIMARY KEY");
				rest = slice_skip(rest, 5);
			} else {
				buf_put_byte(&sql, rest.p[0]);
				rest = slice_skip(rest, 1);
			}
		}
		put(world, (const char *)sql.p, NULL, 0);
	}
}

/* What the writer keeps between entries. */
struct writer {
	struct audit_tree tree;
	int64_t version[WORLD_NOTICES + 1];
};

static struct audit_row write_notice(struct world *world, struct writer *writer, int64_t seq)
{
	int64_t id = seq * 7 % WORLD_NOTICES + 1;
	id = id == WORLD_DELETED && seq > WORLD_DELETED_IN ? id + 1 : id;
	int64_t version = ++writer->version[id];
	char title[64];
	int n = snprintf(title, sizeof(title), "\xe9\x80\x9a\xe6\x8a\xa5 %lld round %lld",
		(long long)id, (long long)version);
	struct slice text = slice_of(title, (size_t)n);
	struct cell note = id % 3 == 0 ? nothing() : TEXT(slice_skip(text, 3));
	uint8_t doc[16] = { (uint8_t)id, (uint8_t)version, 0, 0xff };
	const struct cell cells[] = { INT(id), INT(version), TEXT(text),
		INT(1763796246123 + seq), note, BLOB(doc, sizeof(doc)) };
	put(world, "DELETE FROM notice WHERE id = $1", cells, 1);
	put(world,
		"INSERT INTO notice (id, version, title, due_at_ms, note, doc, live_seen)"
		" VALUES ($1, $2, $3, $4, $5, $6, 0)",
		cells, 6);
	AUTO_BUF struct buf row;
	buf_init(&row, AUDIT_ROW_MAX_OCTETS);
	audit_row_put_blob(&row, SLICE("doc"), slice_of(doc, sizeof(doc)));
	audit_row_put_int(&row, SLICE("due_at_ms"), 1763796246123 + seq);
	audit_row_put_int(&row, SLICE("id"), id);
	if (note.type == 'n') {
		audit_row_put_null(&row, SLICE("note"));
	} else {
		audit_row_put_text(&row, SLICE("note"), note.octets);
	}
	audit_row_put_text(&row, SLICE("title"), text);
	audit_row_put_int(&row, SLICE("version"), version);
	return (struct audit_row) { SLICE("notice"), id, version, audit_row_digest(&row),
		false };
}

static void store_contents(struct world *world, const struct digest *sm3, struct slice contents)
{
	if (world->pg != NULL) {
		for (size_t at = 0; at < contents.n; at += PIECE_OCTETS) {
			struct slice piece = slice_head(slice_skip(contents, at), PIECE_OCTETS);
			const struct cell cells[] = { BLOB(sm3->octet, DIGEST_OCTETS),
				INT((int64_t)(at / PIECE_OCTETS)), BLOB(piece.p, piece.n) };
			put(world, "INSERT INTO blob_chunk VALUES ($1, $2, $3)", cells, 3);
		}
		return;
	}
	char hex[2 * DIGEST_OCTETS + 1];
	char path[400];
	digest_hex(sm3, hex);
	(void)snprintf(path, sizeof(path), "%s/%.2s", world->folder, hex);
	(void)mkdir(path, 0755);
	(void)snprintf(path, sizeof(path), "%s/%.2s/%s", world->folder, hex, hex + 2);
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(contents.p, 1, contents.n, file), contents.n);
	assert_int_equal(fclose(file), 0);
}

static struct audit_row write_blob(struct world *world, int64_t seq, struct digest *ret_sm3)
{
	static uint8_t octets[CONTENT_MAX];
	size_t n = (size_t)(seq * 97 % (CONTENT_MAX - 1)) + 1;
	for (size_t i = 0; i < n; i++) {
		octets[i] = (uint8_t)(seq * 31 + (int64_t)(i * i));
	}
	struct slice contents = slice_of(octets, n);
	struct digest sm3 = digest_of(DIGEST_SM3, contents);
	struct digest sha256 = digest_of(DIGEST_SHA256, contents);
	const struct cell cells[] = { INT(seq), BLOB(sm3.octet, DIGEST_OCTETS),
		BLOB(sha256.octet, DIGEST_OCTETS), INT((int64_t)n), INT(1763796246000 + seq) };
	store_contents(world, &sm3, contents);
	put(world,
		"INSERT INTO blob (id, version, kind, sm3, sha256, octets, created_at_ms)"
		" VALUES ($1, 1, 'evidence', $2, $3, $4, $5)",
		cells, 5);
	AUTO_BUF struct buf row;
	buf_init(&row, AUDIT_ROW_MAX_OCTETS);
	audit_row_put_int(&row, SLICE("created_at_ms"), 1763796246000 + seq);
	audit_row_put_int(&row, SLICE("id"), seq);
	audit_row_put_text(&row, SLICE("kind"), SLICE("evidence"));
	audit_row_put_int(&row, SLICE("octets"), (int64_t)n);
	audit_row_put_blob(&row, SLICE("sha256"), slice_of(sha256.octet, DIGEST_OCTETS));
	audit_row_put_blob(&row, SLICE("sm3"), slice_of(sm3.octet, DIGEST_OCTETS));
	audit_row_put_int(&row, SLICE("version"), 1);
	*ret_sm3 = sm3;
	return (struct audit_row) { SLICE("blob"), seq, 1, audit_row_digest(&row), false };
}

/* Two values beside an entry; those erased later are gone from the first. */
static void write_personal(struct world *world, int64_t seq, struct digest ret_commit[2])
{
	for (int64_t n = 0; n < 2; n++) {
		char value[32];
		int octets =
			snprintf(value, sizeof(value), "138%08lld", (long long)(seq * 10 + n));
		uint8_t salt[AUDIT_SALT_OCTETS] = { (uint8_t)seq, (uint8_t)n, 7 };
		salt[AUDIT_SALT_OCTETS - 1] = 's';
		struct slice text = slice_of(value, (size_t)octets);
		ret_commit[n] = audit_personal_commit(slice_of(salt, sizeof(salt)), text);
		bool gone = (seq == 6 && n == 0) || (seq == 12 && n == 1);
		const struct cell cells[] = { INT(seq), INT(n),
			gone ? nothing() : BLOB(salt, sizeof(salt)),
			gone ? nothing() : TEXT(text),
			gone ? INT(WORLD_ERASED_IN) : nothing() };
		put(world,
			gone ? "INSERT INTO audit_personal (seq, n, erased_by) VALUES ($1, $2, "
			       "$3)"
			     : "INSERT INTO audit_personal (seq, n, salt, value)"
			       " VALUES ($1, $2, $3, $4)",
			(const struct cell[]) {
				cells[0], cells[1], gone ? cells[4] : cells[2], cells[3] },
			gone ? 3 : 4);
	}
}

static void write_head(struct world *world, const struct writer *writer, int64_t seq)
{
	struct audit_head head = { .size = seq,
		.root = audit_tree_root(&writer->tree),
		.at_unix_ms = 1763796300000 + seq };
	assert_int_equal(audit_head_sign(world->key, &head), 0);
	const struct cell cells[] = { INT(seq), BLOB(head.root.octet, DIGEST_OCTETS),
		INT(head.at_unix_ms), BLOB(head.signature, AUDIT_SIGNATURE_OCTETS) };
	put(world, "INSERT INTO audit_head VALUES ($1, $2, $3, $4)", cells, 4);
}

static void write_entry(struct world *world, struct writer *writer, int64_t seq)
{
	static const struct audit_erase erases[] = { { 6, 0 }, { 12, 1 } };
	struct digest sm3;
	struct digest commit[2];
	struct audit_row row = { 0 };
	struct audit_entry entry = { .seq = seq,
		.at_unix_ms = 1763796246000 + seq * 10,
		.trace = SLICE("0a1b2c3d"),
		.actor_id = seq % 7 + 1,
		.role = SLICE("operator"),
		.act = SLICE("notice.issue"),
		.kind = SLICE("notice"),
		.reason = SLICE("\xe6\x8c\x89\xe7\xac\xac 15 \xe6\x9d\xa1"),
		.rows = &row,
		.row_count = 1 };
	if (seq == WORLD_DELETED_IN) {
		const struct cell id = INT(WORLD_DELETED);
		put(world, "DELETE FROM notice WHERE id = $1", &id, 1);
		row = (struct audit_row) { .table = SLICE("notice"),
			.id = WORLD_DELETED,
			.version = ++writer->version[WORLD_DELETED],
			.deleted = true };
	} else if (seq == WORLD_ERASED_IN) {
		entry.act = SLICE(AUDIT_ACT_ERASE);
		entry.row_count = 0;
		entry.erases = erases;
		entry.erase_count = 2;
	} else if (seq % 5 == 0) {
		row = write_blob(world, seq, &sm3);
		entry.blobs = &sm3;
		entry.blob_count = 1;
	} else {
		row = write_notice(world, writer, seq);
	}
	entry.id = row.id;
	entry.version = row.version;
	AUTO_BUF struct buf text;
	buf_init(&text, AUDIT_ENTRY_MAX_OCTETS);
	if (seq % 6 == 0) {
		write_personal(world, seq, commit);
		entry.personal = commit;
		entry.personal_count = 2;
	}
	audit_entry_put(&text, &entry);
	struct digest leaf = audit_entry_leaf(buf_slice(&text));
	audit_tree_append(&writer->tree, &leaf);
	const struct cell cells[] = { INT(seq), INT(entry.at_unix_ms), TEXT(buf_slice(&text)),
		BLOB(leaf.octet, DIGEST_OCTETS) };
	put(world, "INSERT INTO audit_entry VALUES ($1, $2, $3, $4)", cells, 4);
	if (seq % WORLD_HEAD_EVERY == 0) {
		write_head(world, writer, seq);
	}
}

void world_build(struct world *world, const char *conf)
{
	*world = (struct world) { 0 };
	(void)snprintf(world->conf, sizeof(world->conf), "%s", conf);
	if (slice_starts(slice_str(conf), SLICE("sqlite:"))) {
		world_attach(world);
		(void)snprintf(world->folder, sizeof(world->folder), "%s.blobs",
			conf + sizeof("sqlite:") - 1);
		assert_int_equal(mkdir(world->folder, 0755), 0);
	} else {
		world->pg = PQconnectdb(conf);
		assert_int_equal(PQstatus(world->pg), CONNECTION_OK);
	}
	world->key = audit_key_create();
	make_schema(world);
	struct writer writer = { 0 };
	audit_tree_init(&writer.tree, DIGEST_SM3);
	put(world, "BEGIN", NULL, 0);
	for (int64_t seq = 1; seq <= WORLD_ENTRIES; seq++) {
		write_entry(world, &writer, seq);
	}
	put(world, "INSERT INTO counter VALUES ('audit', 0, 300)", NULL, 0);
	put(world, "INSERT INTO web_session VALUES (1, 5)", NULL, 0);
	put(world, "COMMIT", NULL, 0);
}

void world_fini(struct world *world)
{
	if (world->pg != NULL) {
		PQfinish(world->pg);
	}
	world_detach(world);
	world->key = audit_key_destroy(world->key);
}

static void collect(void *context, const struct audit_problem *problem)
{
	struct world *world = context;
	if (world->problems < WORLD_PROBLEMS) {
		world->problem[world->problems++] = *problem;
	}
}

int world_verify_target(struct world *world, const struct audit_target *target)
{
	struct diag diag = { 0 };
	world->problems = 0;
	world->report = (struct audit_report) { 0 };
	return audit_verify(target, collect, world, &world->report, &diag);
}

int world_verify(struct world *world)
{
	const struct audit_target target = { .store = world->conf,
		.blob_folder = world->pg != NULL ? NULL : world->folder,
		.key = world->key };
	return world_verify_target(world, &target);
}

bool world_named(const struct world *world, const char *family, int64_t seq, const char *what)
{
	for (size_t i = 0; i < world->problems; i++) {
		const struct audit_problem *p = &world->problem[i];
		bool in_range = p->seq == seq || (p->seq <= seq && seq <= p->other);
		if (slice_starts(slice_str(audit_problem_name(p->code)), slice_str(family)) &&
			(what != NULL ? slice_is(slice_str(p->what), what) : in_range)) {
			return true;
		}
	}
	return false;
}

void world_show(const struct world *world)
{
	for (size_t i = 0; i < world->problems && i < 20; i++) {
		AUTO_BUF struct buf text;
		buf_init(&text, 4096);
		audit_problem_put(&text, &world->problem[i], AUDIT_ENGLISH);
		(void)fprintf(stderr, "  %.*s\n", SLICE_FMT(buf_slice(&text)));
	}
}
