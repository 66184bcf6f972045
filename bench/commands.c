/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Durable commands a second: the writer with 64 askers, each command a record,
 * its audit entry, an outbox row, a timer and a stream event, answered when it
 * is on disk; beside raw SQLite inserting one row a transaction with the same
 * synchronous=FULL.  On the disk of /var/tmp.
 */
#include <ftw.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "records/batch.h"
#include "records/db.h"
#include "records/migrate.h"
#include "records/outbox.h"
#include "records/sql.h"
#include "records/timer.h"
#include "records/trail.h"
#include "records/txn.h"
#include "records/writer.h"
#include "sys/clock.h"

enum { RUNS = 5, COMMANDS = 4000, ASKERS = 64 };

static char folder[] = "/var/tmp/fengsui-bench-XXXXXX";

static void fail(const char *why)
{
	fprintf(stderr, "bench-commands: %s\n", why);
	exit(3);
}

static int64_t now_of(void *clock)
{
	(void)clock;
	return clock_unix_ms();
}

static int act(struct txn *txn, void *arg)
{
	(void)arg;
	int64_t number = 0;
	int error = txn_number(txn, "notice", 2026, &number);
	AUTO_BUF struct buf key;
	buf_init(&key, 32);
	buf_put_i64(&key, number);
	int64_t id = txn_id(txn);
	int64_t rows =
		error < 0
			? error
			: sql_run(txn_db(txn),
				  "INSERT INTO setting (id, version, key, value) VALUES ($1, 1, $2, $3)",
				  SQL_INT(id), SQL_TEXT(buf_slice(&key)),
				  SQL_STR("图书馆服务器存在弱口令，请于三个工作日内整改"));
	trail_act(txn, &(struct trail_act) { .act = SLICE("notice.issue"),
			       .actor = 7,
			       .role = SLICE("reviewer"),
			       .kind = SLICE("notice"),
			       .id = id,
			       .version = 1 });
	error = rows < 0 ? (int)rows : trail_row(txn, "setting", id);
	error = error < 0 ? error : txn_change(txn, "notice", id, 1);
	struct outbox_item item = { .kind = SLICE("mail"),
		.effect = buf_slice(&key),
		.record_kind = SLICE("notice"),
		.record_id = id,
		.payload = SLICE("{\"code\":\"x\"}") };
	error = error < 0 ? error : outbox_put(txn, &item);
	struct timer timer = { .kind = SLICE("due"),
		.record_kind = SLICE("notice"),
		.record_id = id,
		.seq = 1,
		.fire_at_ms = txn_now_ms(txn) + 86400000 };
	return error < 0 ? error : timer_set(txn, &timer);
}

struct asking {
	struct writer *writer;
	int fd;
	unsigned asked;
	unsigned answered;
	unsigned total;
};

static struct asking asking;

static void wake(void *arg)
{
	uint64_t one = 1;
	(void)!write(*(int *)arg, &one, sizeof(one));
}

static void done(struct command *command)
{
	if (command->status < 0) {
		fail(command->diag.text);
	}
	asking.answered++;
	if (asking.asked < asking.total) {
		asking.asked++;
		if (writer_submit(asking.writer, command) < 0) {
			fail("the queue is full");
		}
	}
}

static double ask_all(struct writer *writer, unsigned askers, unsigned total)
{
	static struct command commands[ASKERS];
	asking.writer = writer;
	asking.asked = askers;
	asking.answered = 0;
	asking.total = total;
	int64_t began_us = clock_mono_us();
	for (unsigned i = 0; i < askers; i++) {
		command_init(&commands[i]);
		commands[i].run = act;
		commands[i].done = done;
		if (writer_submit(writer, &commands[i]) < 0) {
			fail("the queue is full");
		}
	}
	while (asking.answered < total) {
		uint64_t n = 0;
		if (read(asking.fd, &n, sizeof(n)) != (ssize_t)sizeof(n)) {
			fail("eventfd");
		}
		(void)writer_deliver(writer);
	}
	return total / ((double)(clock_mono_us() - began_us) / 1e6);
}

/* A fresh store a run, as a fresh file is for the peer. */
static double run_ours(unsigned run, double *ret_alone)
{
	char conf[128];
	struct db *db = NULL;
	struct batch *batch = NULL;
	struct writer *writer = NULL;
	struct diag diag = { 0 };
	(void)snprintf(conf, sizeof(conf), "sqlite:%s/ours%u.db", folder, run);
	struct writer_conf writer_conf = { .wake = wake, .wake_arg = &asking.fd };
	if (db_open(conf, 0, &db, &diag) < 0 ||
		migrate_to(db, migrate_latest(), NULL, &diag) < 0 ||
		batch_create(db, now_of, NULL, &batch, &diag) < 0) {
		fail(diag.text);
	}
	writer_conf.batch = batch;
	if (writer_start(&writer_conf, &writer) < 0) {
		fail("no thread");
	}
	double rate = ask_all(writer, ASKERS, COMMANDS);
	*ret_alone = ask_all(writer, 1, COMMANDS / 8);
	(void)writer_stop(writer);
	(void)batch_destroy(batch);
	(void)db_close(db);
	return rate;
}

static void must(int code, sqlite3 *db)
{
	if (code != SQLITE_OK && code != SQLITE_DONE) {
		fail(sqlite3_errmsg(db));
	}
}

static double run_peer(unsigned run)
{
	char path[128];
	sqlite3 *db = NULL;
	sqlite3_stmt *put = NULL;
	(void)snprintf(path, sizeof(path), "%s/peer%u.db", folder, run);
	must(sqlite3_open(path, &db), db);
	must(sqlite3_exec(db,
		     "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
		     "CREATE TABLE notice (id INTEGER PRIMARY KEY, title TEXT)",
		     NULL, NULL, NULL),
		db);
	must(sqlite3_prepare_v2(db, "INSERT INTO notice (title) VALUES (?1)", -1, &put, NULL),
		db);
	int64_t began_us = clock_mono_us();
	for (unsigned i = 0; i < COMMANDS; i++) {
		must(sqlite3_bind_text(put, 1, "图书馆服务器存在弱口令", -1, SQLITE_STATIC),
			db);
		must(sqlite3_step(put), db);
		must(sqlite3_reset(put), db);
	}
	double rate = COMMANDS / ((double)(clock_mono_us() - began_us) / 1e6);
	must(sqlite3_finalize(put), db);
	must(sqlite3_close(db), NULL);
	return rate;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(double *values)
{
	qsort(values, RUNS, sizeof(*values), by_value);
	return values[RUNS / 2];
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int main(void)
{
	double ours[RUNS];
	double peer[RUNS];
	double ratio[RUNS];
	double alone[RUNS];
	if (mkdtemp(folder) == NULL) {
		fail("no scratch folder");
	}
	asking.fd = eventfd(0, EFD_CLOEXEC);
	for (unsigned i = 0; i < RUNS; i++) {
		if (i % 2 != 0) {
			peer[i] = run_peer(i);
		}
		ours[i] = run_ours(i, &alone[i]);
		if (i % 2 == 0) {
			peer[i] = run_peer(i);
		}
		ratio[i] = ours[i] / peer[i];
		fprintf(stderr, "pair %u: ours %.0f/s (one asker %.0f/s), raw SQLite %.0f/s\n",
			i + 1, ours[i], alone[i], peer[i]);
	}
	(void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	double o = median(ours);
	double p = median(peer);
	printf("{\"bench\":\"commands\",\"metric\":\"durable commands/s\",\"better\":\"higher\","
	       "\"ours\":%.0f,\"peer\":%.0f,\"ratio\":%.2f,\"unit\":\"1/s\",\"runs\":%d,"
	       "\"peer_name\":\"raw SQLite commits, one row each\",\"target\":1000,\"one_asker\":%.0f}\n",
		o, p, median(ratio), RUNS, median(alone));
	printf("\n%d commands of five rows each, 64 askers, answered when on disk\n", COMMANDS);
	printf("%-28s %10s\n%-28s %10.0f\n%-28s %10.0f\n%-28s %10.0f\n", "", "1/s, median",
		"fengsui, 64 askers", o, "fengsui, one asker", median(alone),
		"raw SQLite, one row a commit", p);
	return 0;
}
