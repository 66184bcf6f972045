/* SPDX-License-Identifier: Apache-2.0 */
#include "records/migrate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "audit/verify.h"
#include "base/diag.h"
#include "base/err.h"
#include "fixture.h"
#include "house.h"
#include "records/copy.h"
#include "records/db.h"
#include "records/sql.h"
#include "records/stmt.h"
#include "records/trail.h"

static struct db *open_store(const char *conf)
{
	struct db *db = NULL;
	struct diag diag = { 0 };
	if (db_open(conf, 0, &db, &diag) < 0) {
		fail_msg("%s", diag.text);
	}
	return db;
}

static struct db *open_migrated(const char *conf)
{
	struct db *db = open_store(conf);
	struct diag diag = { 0 };
	if (migrate_to(db, migrate_latest(), NULL, &diag) < 0) {
		fail_msg("%s", diag.text);
	}
	return db;
}

static void run_sql(struct db *db, const char *sql)
{
	if (db_exec(db, sql) < 0) {
		struct diag diag = { 0 };
		(void)db_error(db, 0, &diag);
		fail_msg("%s: %s", sql, diag.text);
	}
}

static int64_t number(struct db *db, const char *sql)
{
	AUTO_STMT struct stmt *q = NULL;
	assert_int_equal(db_prepare(db, sql, &q), 0);
	assert_int_equal(db_step(q), 1);
	return db_col_int64(q, 0);
}

static const char *new_path(void)
{
	static char path[200];
	static unsigned made;
	(void)snprintf(path, sizeof(path), "%s/copy%u.db", fixture_dir(), ++made);
	return path;
}

static void an_empty_store_is_brought_to_the_latest(const char *conf)
{
	struct db *db = open_store(conf);
	assert_int_equal(migrate_version(db), 0);
	assert_int_equal(migrate_to(db, migrate_latest(), NULL, NULL), (int)migrate_latest());
	assert_int_equal(migrate_version(db), (int)migrate_latest());
	assert_int_equal(migrate_to(db, migrate_latest(), NULL, NULL), 0);
	assert_int_equal(number(db, "SELECT count(*) FROM counter"), 3);
	(void)db_close(db);
}

static void a_newer_schema_is_refused(const char *conf)
{
	struct db *db = open_migrated(conf);
	run_sql(db, "UPDATE meta SET value = '9000' WHERE key = 'schema'");
	struct diag diag = { 0 };
	assert_int_equal(migrate_to(db, migrate_latest(), NULL, &diag), E_VERSION);
	assert_non_null(strstr(diag.text, "9000"));
	(void)db_close(db);
}

static void add_rows(struct db *db)
{
	run_sql(db, "INSERT INTO meta (key, value) VALUES ('school', '学院')");
	run_sql(db, "INSERT INTO setting (id, version, key, value)"
		    " VALUES (7, 2, 'a', ''), (9223372036854775807, 1, 'b', '烽燧')");
	run_sql(db,
		"INSERT INTO outbox (id, kind, effect, state, record_kind, record_id, payload,"
		" trace, due_at_ms, created_at_ms) VALUES"
		" (1, 'mail', 'e1', 'waiting', 'alert', 1, '{}', '', 5, 5),"
		" (2, 'mail', 'e2', 'leased', 'alert', 1, '{}', '', 5, 5),"
		" (3, 'mail', 'e3', 'done', 'alert', 1, '{}', '', 5, 5)");
	AUTO_STMT struct stmt *q = NULL;
	assert_int_equal(db_prepare(db,
				 "INSERT INTO secret (name, sealed, changed_at_ms)"
				 " VALUES ('smtp', $1, 0)",
				 &q),
		0);
	db_bind_blob(q, 1, SLICE("\x01sealed"));
	assert_int_equal(db_run(q), 1);
	db_done(q);
	assert_int_equal(db_prepare(db,
				 "INSERT INTO blob_chunk (sm3, n, octets)"
				 " VALUES ($1, $2, $1)",
				 &q),
		0);
	for (int64_t i = 0; i < 450; i++) {
		db_bind_blob(q, 1, SLICE("\x00\xff\\"));
		db_bind_int64(q, 2, i);
		assert_int_equal(db_run(q), 1);
	}
}

static void a_copy_holds_everything_but_secrets(const char *conf)
{
	struct db *db = open_migrated(conf);
	add_rows(db);
	const char *path = new_path();
	struct diag diag = { 0 };
	int64_t rows = copy_to_file(db, path, 0, &diag);
	if (rows != 2 + 3 + 2 + 3 + 3 + 450) {
		fail_msg("%lld rows: %s", (long long)rows, diag.text);
	}
	assert_int_equal(copy_to_file(db, path, 0, &diag), E_EXISTS);
	char copy[220];
	(void)snprintf(copy, sizeof(copy), "sqlite:%s", path);
	struct db *file = open_store(copy);
	assert_int_equal(number(file, "SELECT count(*) FROM secret"), 0);
	assert_int_equal(number(file, "SELECT max(id) FROM setting"), INT64_MAX);
	assert_int_equal(
		number(file, "SELECT count(*) FROM outbox WHERE state = 'waiting'"), 1);
	(void)db_close(file);
	(void)db_close(db);
}

static void a_restored_store_sends_nothing_old(const char *conf)
{
	struct db *source = open_migrated(fixture_sqlite());
	add_rows(source);
	const char *path = new_path();
	assert_int_equal(copy_to_file(source, path, 0, NULL), 463);
	(void)db_close(source);
	struct db *db = open_store(conf);
	struct diag diag = { 0 };
	int64_t rows = copy_from_file(db, path, &diag);
	if (rows != 463) {
		fail_msg("%lld rows: %s", (long long)rows, diag.text);
	}
	assert_int_equal(number(db, "SELECT count(*) FROM outbox WHERE state = 'restored'"), 2);
	assert_int_equal(number(db, "SELECT count(*) FROM outbox WHERE state = 'done'"), 1);
	assert_int_equal(number(db, "SELECT count(*) FROM blob_chunk"), 450);
	/* References hold again, at once. */
	assert_int_equal(
		db_exec(db, "INSERT INTO audit_personal (seq, n, erased_by) VALUES (9, 0, 9)"),
		E_CONFLICT);
	(void)db_close(db);
}

static void a_damaged_file_is_not_restored(const char *conf)
{
	struct db *source = open_migrated(fixture_sqlite());
	add_rows(source);
	const char *path = new_path();
	assert_true(copy_to_file(source, path, 0, NULL) > 0);
	(void)db_close(source);
	FILE *file = fopen(path, "r+");
	assert_non_null(file);
	/* The header of the second page: every page after the first is some tree's. */
	assert_int_equal(fseek(file, 4096 + 3, SEEK_SET), 0);
	assert_int_equal(fwrite("\xff\xff\xff", 1, 3, file), 3);
	assert_int_equal(fclose(file), 0);
	struct db *db = open_store(conf);
	assert_int_equal(copy_from_file(db, path, NULL), E_DIGEST);
	assert_int_equal(copy_from_file(db, "/nonexistent", NULL), E_ABSENT);
	(void)db_close(db);
}

static int64_t noon(void *clock)
{
	(void)clock;
	return 1000000;
}

static int old_rows(struct txn *txn, void *arg)
{
	(void)arg;
	trail_act(txn, &(struct trail_act) { .act = SLICE("person.create") });
	assert_int_equal(sql_run_args(txn_db(txn),
				 "INSERT INTO person (id, version, name, phone) VALUES"
				 " (7, 1, '张三', '13912345678')",
				 NULL, 0),
		1);
	assert_int_equal(
		sql_run_args(txn_db(txn),
			"INSERT INTO delivery (id, version, channel, address, subject, body,"
			" message_id, about, about_id, queued_at_ms, state)"
			" VALUES (8, 1, 'mail', 'a@b.cn', '', '', 'm', 'notice', 1, 0, 'sent')",
			NULL, 0),
		1);
	assert_int_equal(trail_row(txn, "person", 7), 0);
	return trail_row(txn, "delivery", 8);
}

static void say_problem(void *context, const struct audit_problem *problem)
{
	(void)context;
	print_message("# %s %s\n", audit_problem_name(problem->code), problem->what);
}

/* Columns that came later are in no digest of before. */
static void a_log_from_before_a_step_holds_after_it(const char *conf)
{
	struct diag diag = { 0 };
	struct house house = { .db = open_store(conf) };
	assert_int_equal(migrate_to(house.db, 2, NULL, &diag), 2);
	assert_int_equal(batch_create(house.db, noon, NULL, &house.batch, &diag), 0);
	assert_int_equal(house_run(&house, old_rows, NULL), 0);
	house_close(&house);
	struct db *db = open_store(conf);
	assert_in_range(migrate_to(db, migrate_latest(), MIGRATE_COPY_EXISTS, &diag), 1, 9999);
	db_close(db);
	const struct audit_target target = { .store = conf };
	struct audit_report report = { 0 };
	assert_int_equal(audit_verify(&target, say_problem, NULL, &report, &diag), 0);
	assert_int_equal(report.rows, 2);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "an empty store is brought to the latest",
			an_empty_store_is_brought_to_the_latest, false },
		{ "a log from before a step holds after it",
			a_log_from_before_a_step_holds_after_it, false },
		{ "a newer schema is refused", a_newer_schema_is_refused, false },
		{ "a copy holds everything but secrets", a_copy_holds_everything_but_secrets,
			false },
		{ "a restored store sends nothing old", a_restored_store_sends_nothing_old,
			false },
		{ "a damaged file is not restored", a_damaged_file_is_not_restored, false },
	};
	return fixture_both(cases, sizeof(cases) / sizeof(cases[0]));
}
