/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/backup.h"

#include <getopt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "../records/house.h"
#include "records/db.h"
#include "records/sql.h"
#include "records/trail.h"

/* The command as a shell would run it; the words are writable, as getopt has it. */
static int run(int (*command)(int, char **), char *const words[])
{
	char verb[] = "verb";
	char *args[8] = { verb };
	int count = 1;
	for (; words[count - 1] != NULL; count++) {
		args[count] = words[count - 1];
	}
	optind = 0;
	int result = command(count, args);
	(void)fflush(stdout);
	return result;
}

#define WORDS(...)                                                                             \
	(char *[])                                                                             \
	{                                                                                      \
		__VA_ARGS__, NULL                                                              \
	}

static void path_of(char path[300], const char *name)
{
	static unsigned made;
	(void)snprintf(path, 300, "%s/%s%u", fixture_dir(), name, ++made);
}

static int unit_put(struct txn *txn, void *arg)
{
	(void)arg;
	int64_t id = txn_id(txn);
	trail_act(txn, &(struct trail_act) { .act = SLICE("unit.create"), .actor = 1 });
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO unit (id, version, name, kind, valid_from_ms)"
		" VALUES ($1, 1, '教务处', 'department', 1)",
		SQL_INT(id));
	return done < 0 ? (int)done : trail_row(txn, "unit", id);
}

static int64_t count(const char *conf, const char *sql)
{
	struct db *db = NULL;
	int64_t n = -1;
	assert_int_equal(db_open(conf, DB_READONLY, &db, NULL), 0);
	assert_int_equal(sql_int_args(db, sql, &n, NULL, 0), 1);
	(void)db_close(db);
	return n;
}

static void a_backup_goes_back_into_an_empty_place_only(const char *conf)
{
	char store[400];
	char folder[300];
	char data[300];
	char db[] = "--db";
	char where[] = "--data";
	char quiet[] = "--json";
	struct house house;
	struct stat st;
	house_open(&house, conf);
	assert_int_equal(house_run(&house, unit_put, NULL), 0);
	house_close(&house);
	(void)snprintf(store, sizeof(store), "%s", conf);
	path_of(folder, "kept");
	path_of(data, "data");
	assert_int_equal(run(cli_backup, WORDS(db, store, quiet, folder)), 0);
	assert_int_equal(run(cli_backup, WORDS(db, store, quiet, folder)), 1);
	assert_int_equal(run(cli_restore, WORDS(where, data, quiet, folder)), 0);
	(void)snprintf(store, sizeof(store), "sqlite:%s/records.db", data);
	assert_int_equal(count(store, "SELECT count(*) FROM unit WHERE name = '教务处'"), 1);
	/* Who restored stands in the log. */
	assert_int_equal(count(store, "SELECT count(*) FROM audit_entry"), 2);
	assert_int_equal(
		count(store, "SELECT count(*) FROM meta WHERE key = 'restored_at_ms'"), 1);
	assert_int_equal(stat(data, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0750);
	assert_int_equal(run(cli_restore, WORDS(where, data, quiet, folder)), 1);
}

static void wrong_use_is_told_from_what_cannot_run(const char *conf)
{
	char folder[300];
	char data[300];
	char where[] = "--data";
	char odd[] = "--odd";
	(void)conf;
	path_of(folder, "none");
	path_of(data, "none");
	assert_int_equal(run(cli_backup, (char *[]) { NULL }), 2);
	assert_int_equal(run(cli_backup, WORDS(odd, folder)), 2);
	assert_int_equal(run(cli_backup, WORDS(folder, data)), 2);
	assert_int_equal(run(cli_backup, WORDS(where, data, folder)), 3);
	assert_int_equal(access(folder, F_OK), -1);
	assert_int_equal(run(cli_restore, WORDS(where, data, folder)), 3);
	assert_int_equal(access(data, F_OK), -1);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "a backup goes back into an empty place only",
			a_backup_goes_back_into_an_empty_place_only, false },
		{ "wrong use is told from what cannot run",
			wrong_use_is_told_from_what_cannot_run, false },
	};
	return fixture_both(cases, sizeof(cases) / sizeof(cases[0]));
}
