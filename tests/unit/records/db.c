/* SPDX-License-Identifier: Apache-2.0 */
#include "records/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/diag.h"
#include "base/err.h"
#include "fixture.h"
#include "records/stmt.h"

static struct db *open_with_table(const char *conf)
{
	struct db *db = NULL;
	struct diag diag = { 0 };
	if (db_open(conf, 0, &db, &diag) < 0) {
		fail_msg("%s", diag.text);
	}
	const char *blob = db_kind(db) == DB_SQLITE ? "BLOB" : "BYTEA";
	char sql[300];
	(void)snprintf(sql, sizeof(sql),
		"CREATE TABLE owner(id BIGINT PRIMARY KEY);"
		"CREATE TABLE thing(id BIGINT PRIMARY KEY, name TEXT UNIQUE, octets %s,"
		" size BIGINT CHECK (size >= 0), owner BIGINT REFERENCES owner(id))",
		blob);
	assert_int_equal(db_exec(db, sql), 0);
	return db;
}

static int64_t put(struct db *db, int64_t id, const char *name, int64_t size)
{
	AUTO_STMT struct stmt *q = NULL;
	int error = db_prepare(db, "INSERT INTO thing(size, name, id) VALUES ($3, $2, $1)", &q);
	if (error < 0) {
		return error;
	}
	db_bind_int64(q, 1, id);
	if (name == NULL) {
		db_bind_null(q, 2);
	} else {
		db_bind_text(q, 2, slice_str(name));
	}
	db_bind_int64(q, 3, size);
	return db_run(q);
}

static int64_t count(struct db *db)
{
	AUTO_STMT struct stmt *q = NULL;
	assert_int_equal(db_prepare(db, "SELECT count(*) FROM thing", &q), 0);
	assert_int_equal(db_step(q), 1);
	return db_col_int64(q, 0);
}

static void parameters_go_by_name(const char *conf)
{
	struct db *db = open_with_table(conf);
	struct stmt *q = NULL;
	assert_int_equal(
		db_prepare(db, "SELECT CAST($2 AS TEXT), CAST($1 AS BIGINT), CAST($2 AS TEXT)",
			&q),
		0);
	db_bind_int64(q, 1, INT64_MIN);
	db_bind_text(q, 2, SLICE("二"));
	assert_int_equal(db_step(q), 1);
	assert_true(slice_is(db_col_text(q, 0), "二"));
	assert_int_equal(db_col_int64(q, 1), INT64_MIN);
	assert_true(slice_is(db_col_text(q, 2), "二"));
	assert_int_equal(db_step(q), 0);
	db_done(q);
	/* One more, one fewer or one skipped is refused by both. */
	assert_int_equal(db_prepare(db, "SELECT id FROM thing WHERE id = $1", &q), 0);
	assert_int_equal(db_step(q), E_STORE);
	db_bind_int64(q, 2, 1);
	assert_int_equal(db_step(q), E_STORE);
	db_done(q);
	(void)db_close(db);
}

static void values_come_back_as_they_went(const char *conf)
{
	struct db *db = open_with_table(conf);
	static const uint8_t octets[] = { 0, 255, '\\', 'x', 0 };
	struct stmt *q = NULL;
	assert_int_equal(
		db_prepare(db,
			"INSERT INTO thing(id, name, octets, size) VALUES ($1, $2, $3, $4)",
			&q),
		0);
	for (int64_t i = 0; i < 2; i++) {
		db_bind_int64(q, 1, i);
		db_bind_text(q, 2, i == 0 ? SLICE("") : SLICE("烽燧"));
		db_bind_blob(
			q, 3, i == 0 ? slice_of(NULL, 0) : slice_of(octets, sizeof(octets)));
		db_bind_null(q, 4);
		assert_int_equal(db_run(q), 1);
	}
	db_done(q);
	assert_int_equal(
		db_prepare(db, "SELECT name, octets, size, octets FROM thing ORDER BY id", &q),
		0);
	assert_int_equal(db_step(q), 1);
	assert_false(db_col_is_null(q, 0));
	assert_int_equal(db_col_text(q, 0).n, 0);
	assert_false(db_col_is_null(q, 1));
	assert_int_equal(db_col_blob(q, 1).n, 0);
	assert_true(db_col_is_null(q, 2));
	assert_int_equal(db_step(q), 1);
	assert_true(slice_is(db_col_text(q, 0), "烽燧"));
	struct slice first = db_col_blob(q, 1);
	struct slice second = db_col_blob(q, 3);
	assert_true(slice_eq(first, slice_of(octets, sizeof(octets))));
	assert_true(slice_eq(second, first));
	assert_int_equal(db_step(q), 0);
	db_done(q);
	(void)db_close(db);
}

static void kinds_of_refusal_are_told_apart(const char *conf)
{
	struct db *db = open_with_table(conf);
	assert_int_equal(put(db, 1, "a", 1), 1);
	assert_int_equal(put(db, 1, "b", 1), E_EXISTS);
	assert_int_equal(put(db, 2, "a", 1), E_EXISTS);
	assert_int_equal(put(db, 2, "b", -1), E_INPUT);
	assert_int_equal(put(db, 2, "\xff", 1), E_INPUT);
	struct stmt *q = NULL;
	assert_int_equal(db_prepare(db, "INSERT INTO thing(id, owner) VALUES (3, $1)", &q), 0);
	db_bind_int64(q, 1, 77);
	assert_int_equal(db_run(q), E_CONFLICT);
	db_done(q);
	assert_int_equal(db_exec(db, "SELECT nonsense FROM nowhere"), E_STORE);
	struct diag diag = { 0 };
	assert_int_equal(db_error(db, E_STORE, &diag), E_STORE);
	assert_true(strlen(diag.text) > 5);
	(void)db_close(db);
}

static void a_failed_transaction_takes_nothing_more(const char *conf)
{
	struct db *db = open_with_table(conf);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_begin(db), E_STATE);
	assert_int_equal(put(db, 1, "a", 1), 1);
	assert_int_equal(put(db, 1, "a", 1), E_EXISTS);
	assert_int_equal(put(db, 2, "b", 1), E_STATE);
	assert_int_equal(db_commit(db), E_STATE);
	assert_int_equal(count(db), 0);
	(void)db_close(db);
}

static void a_failed_part_leaves_the_rest(const char *conf)
{
	struct db *db = open_with_table(conf);
	assert_int_equal(db_begin(db), 0);
	for (int64_t i = 1; i <= 3; i++) {
		assert_int_equal(db_savepoint(db), 0);
		assert_int_equal(put(db, i, NULL, 1), 1);
		if (i == 2) {
			assert_int_equal(put(db, 1, NULL, 1), E_EXISTS);
			assert_int_equal(db_rollback_to(db), 0);
		} else {
			assert_int_equal(db_release(db), 0);
		}
	}
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(count(db), 2);
	(void)db_close(db);
}

static void a_type_may_change_between_runs(const char *conf)
{
	struct db *db = open_with_table(conf);
	assert_int_equal(put(db, 1, NULL, 1), 1);
	assert_int_equal(put(db, 2, "x", 1), 1);
	assert_int_equal(put(db, 3, NULL, 1), 1);
	assert_int_equal(count(db), 3);
	(void)db_close(db);
}

static void the_same_text_can_run_within_itself(const char *conf)
{
	struct db *db = open_with_table(conf);
	for (int64_t i = 0; i < 3; i++) {
		assert_int_equal(put(db, i, NULL, 1), 1);
	}
	static const char sql[] = "SELECT id FROM thing ORDER BY id";
	struct stmt *outer = NULL;
	assert_int_equal(db_prepare(db, sql, &outer), 0);
	int64_t pairs = 0;
	while (db_step(outer) == 1) {
		AUTO_STMT struct stmt *inner = NULL;
		assert_int_equal(db_prepare(db, sql, &inner), 0);
		while (db_step(inner) == 1) {
			pairs++;
		}
	}
	db_done(outer);
	assert_int_equal(pairs, 9);
	(void)db_close(db);
}

static void statements_have_a_limit(const char *conf)
{
	struct db *db = open_with_table(conf);
	static struct stmt *held[DB_STATEMENTS_MAX];
	for (size_t i = 0; i < DB_STATEMENTS_MAX; i++) {
		assert_int_equal(db_prepare(db, "SELECT 1", &held[i]), 0);
	}
	struct stmt *more = NULL;
	assert_int_equal(db_prepare(db, "SELECT 1", &more), E_LIMIT);
	for (size_t i = 0; i < DB_STATEMENTS_MAX; i++) {
		db_done(held[i]);
	}
	assert_int_equal(db_prepare(db, "SELECT 1", &more), 0);
	db_done(more);
	(void)db_close(db);
}

static void changed_rows_are_counted(const char *conf)
{
	struct db *db = open_with_table(conf);
	assert_int_equal(put(db, 1, "a", 1), 1);
	assert_int_equal(put(db, 2, "b", 1), 1);
	static const struct {
		const char *sql;
		int64_t want;
	} cases[] = {
		{ "UPDATE thing SET size = 5 WHERE id = 1", 1 },
		{ "UPDATE thing SET size = 5 WHERE id = 9", 0 },
		{ "SELECT id FROM thing", 0 },
		{ "UPDATE thing SET size = size + 1 RETURNING id", 2 },
		{ "INSERT INTO thing(id, name) VALUES (1, 'a') ON CONFLICT (id) DO NOTHING",
			0 },
		{ "DELETE FROM thing", 2 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_STMT struct stmt *q = NULL;
		assert_int_equal(db_prepare(db, cases[i].sql, &q), 0);
		int64_t got = db_run(q);
		if (got != cases[i].want) {
			fail_msg("%s: %lld", cases[i].sql, (long long)got);
		}
	}
	(void)db_close(db);
}

static void a_reader_sees_one_moment_and_cannot_write(const char *conf)
{
	struct db *writer = open_with_table(conf);
	assert_int_equal(put(writer, 1, "a", 1), 1);
	struct db *reader = NULL;
	assert_int_equal(db_open(conf, DB_READONLY, &reader, NULL), 0);
	assert_int_equal(db_begin(reader), 0);
	assert_int_equal(count(reader), 1);
	assert_int_equal(put(writer, 2, "b", 1), 1);
	assert_int_equal(count(reader), 1);
	assert_int_equal(db_commit(reader), 0);
	assert_int_equal(count(reader), 2);
	assert_int_equal(put(reader, 3, "c", 1), E_STORE);
	(void)db_close(reader);
	(void)db_close(writer);
	/* With the writer gone the log stays, so a reader without rights to make one opens. */
	if (strncmp(conf, "sqlite:", 7) == 0) {
		char wal[220];
		(void)snprintf(wal, sizeof(wal), "%s-wal", conf + 7);
		assert_int_equal(access(wal, F_OK), 0);
	}
	assert_int_equal(db_open(conf, DB_READONLY, &reader, NULL), 0);
	assert_int_equal(count(reader), 2);
	(void)db_close(reader);
}

static void a_lost_connection_is_said_and_opened_anew(const char *conf)
{
	struct db *db = open_with_table(conf);
	struct db *killer = NULL;
	assert_int_equal(db_open(conf, 0, &killer, NULL), 0);
	assert_int_equal(put(db, 1, "a", 1), 1);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(put(db, 2, "b", 1), 1);
	assert_int_equal(
		db_exec(killer,
			"SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
			" WHERE pid <> pg_backend_pid() AND datname = current_database()"),
		0);
	(void)usleep(100000);
	assert_int_equal(put(db, 3, "c", 1), E_STORE);
	assert_int_equal(db_rollback_to(db), E_STORE);
	assert_int_equal(db_commit(db), E_STORE);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(put(db, 4, "d", 1), 1);
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(count(db), 2);
	(void)db_close(killer);
	(void)db_close(db);
}

static void one_platform_has_a_database(const char *conf)
{
	struct db *first = NULL;
	struct db *other = NULL;
	struct db *second = NULL;
	assert_int_equal(db_open(conf, DB_OWNER, &first, NULL), 0);
	assert_int_equal(db_open(conf, 0, &other, NULL), 0);
	assert_int_equal(
		db_exec(other,
			"SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
			" WHERE pid <> pg_backend_pid() AND datname = current_database()"),
		0);
	assert_int_equal(db_open(conf, DB_OWNER, &second, NULL), 0);
	assert_int_equal(db_exec(first, "SELECT 1"), E_STORE);
	assert_int_equal(db_begin(first), E_BUSY);
	second = db_close(second);
	(void)usleep(100000);
	assert_int_equal(db_begin(first), 0);
	(void)db_close(first);
	(void)db_close(other);
}

static void a_store_that_forgets_is_refused(const char *conf)
{
	static const char *const settings[] = { "fsync", "synchronous_commit",
		"full_page_writes" };
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		struct db *db = NULL;
		struct diag diag = { 0 };
		fixture_postgres_set(settings[i], "off");
		int error = db_open(conf, 0, &db, &diag);
		fixture_postgres_set(settings[i], "on");
		assert_int_equal(error, E_UNSUPPORTED);
		assert_non_null(strstr(diag.text, settings[i]));
	}
}

static void names_of_no_store_are_refused(const char *conf)
{
	(void)conf;
	static const struct {
		const char *conf;
		unsigned flags;
		int error;
	} cases[] = {
		{ "", 0, E_INPUT },
		{ "sqlite:", 0, E_INPUT },
		{ "mysql://x", 0, E_INPUT },
		{ "sqlite:/nonexistent/a.db", 0, E_STORE },
		{ "sqlite:/nonexistent/a.db", DB_READONLY, E_ABSENT },
		{ "postgresql:///x?host=/nonexistent", 0, E_STORE },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct db *db = NULL;
		struct diag diag = { 0 };
		assert_int_equal(
			db_open(cases[i].conf, cases[i].flags, &db, &diag), cases[i].error);
		assert_null(db);
		assert_true(diag.text[0] != '\0');
	}
}

/* Does a file of the store hold these octets? */
static bool file_holds(const char *path, const char *end, const char *what)
{
	char name[4096];
	static uint8_t octets[4 * 1024 * 1024];
	(void)snprintf(name, sizeof(name), "%s%s", path, end);
	FILE *file = fopen(name, "rbe");
	size_t n = file != NULL ? fread(octets, 1, sizeof(octets), file) : 0;
	if (file != NULL) {
		(void)fclose(file);
	}
	return slice_find(slice_of(octets, n), slice_str(what)) != SIZE_MAX;
}

static void what_is_overwritten_is_nowhere(const char *conf)
{
	struct db *db = open_with_table(conf);
	const char *path = conf + sizeof("sqlite:") - 1;
	bool files = db_kind(db) == DB_SQLITE;
	assert_int_equal(put(db, 1, "13912345678", 1), 1);
	assert_int_equal(put(db, 2, "13912345678-again", 1), 1);
	assert_true(!files || file_holds(path, "-wal", "13912345678"));
	assert_int_equal(db_exec(db, "UPDATE thing SET name = 'x' WHERE id = 1"), 0);
	assert_int_equal(db_exec(db, "DELETE FROM thing WHERE id = 2"), 0);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_forget(db), E_STATE);
	db_rollback(db);
	assert_int_equal(db_forget(db), 0);
	assert_false(files && file_holds(path, "", "13912345678"));
	assert_false(files && file_holds(path, "-wal", "13912345678"));
	db_close(db);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "parameters go by name", parameters_go_by_name, false },
		{ "values come back as they went", values_come_back_as_they_went, false },
		{ "kinds of refusal are told apart", kinds_of_refusal_are_told_apart, false },
		{ "a failed transaction takes nothing more",
			a_failed_transaction_takes_nothing_more, false },
		{ "a failed part leaves the rest", a_failed_part_leaves_the_rest, false },
		{ "a type may change between runs", a_type_may_change_between_runs, false },
		{ "the same text can run within itself", the_same_text_can_run_within_itself,
			false },
		{ "statements have a limit", statements_have_a_limit, false },
		{ "changed rows are counted", changed_rows_are_counted, false },
		{ "a reader sees one moment and cannot write",
			a_reader_sees_one_moment_and_cannot_write, false },
		{ "a lost connection is said and opened anew",
			a_lost_connection_is_said_and_opened_anew, true },
		{ "one platform has a database", one_platform_has_a_database, true },
		{ "a store that forgets is refused", a_store_that_forgets_is_refused, true },
		{ "what is overwritten is nowhere", what_is_overwritten_is_nowhere, false },
		{ "names of no store are refused", names_of_no_store_are_refused, false },
	};
	return fixture_both(cases, sizeof(cases) / sizeof(cases[0]));
}
