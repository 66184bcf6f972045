/* SPDX-License-Identifier: Apache-2.0 */
#include "house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/diag.h"
#include "fixture.h"
#include "records/db.h"
#include "records/migrate.h"
#include "records/sql.h"

static int64_t now_of(void *clock)
{
	return ((struct house *)clock)->now_ms;
}

static void fill(const char *conf)
{
	struct diag diag = { 0 };
	struct db *db = NULL;
	if (db_open(conf, 0, &db, &diag) < 0 ||
		migrate_to(db, migrate_latest(), NULL, &diag) < 0) {
		print_error("%s\n", diag.text);
		abort();
	}
	(void)db_close(db);
}

int house_both(const struct fixture_case *cases, size_t count)
{
	return fixture_filled(cases, count, fill);
}

void house_open(struct house *house, const char *conf)
{
	struct diag diag = { 0 };
	*house = (struct house) { .now_ms = 1000000 };
	if (db_open(conf, 0, &house->db, &diag) < 0 ||
		migrate_to(house->db, migrate_latest(), NULL, &diag) < 0 ||
		batch_create(house->db, now_of, house, &house->batch, &diag) < 0) {
		fail_msg("%s", diag.text);
	}
}

void house_close(struct house *house)
{
	house->batch = batch_destroy(house->batch);
	house->db = db_close(house->db);
}

void house_again(struct house *house, const char *conf)
{
	int64_t now_ms = house->now_ms;
	house_close(house);
	house_open(house, conf);
	house->now_ms = now_ms;
}

int house_run(struct house *house, int (*run)(struct txn *txn, void *arg), void *arg)
{
	struct command command;
	struct command *list[] = { &command };
	command_init(&command);
	command.run = run;
	command.arg = arg;
	batch_run(house->batch, list, 1);
	int status = command.status;
	if (status < 0 && command.diag.text[0] != '\0') {
		print_message("# %s\n", command.diag.text);
	}
	command_fini(&command);
	return status;
}

int64_t house_number(struct house *house, const char *sql)
{
	int64_t value = 0;
	int row = sql_int_args(house->db, sql, &value, NULL, 0);
	if (row != 1) {
		struct diag diag = { 0 };
		(void)db_error(house->db, 0, &diag);
		fail_msg("%s: %s", sql, row < 0 ? diag.text : "no row");
	}
	return value;
}
