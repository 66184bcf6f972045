/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "An acknowledged command is never lost": the writer's own code over a disk
 * that forgets, the power cut after 500 writes and syncs drawn over all of a
 * run, and what survived opened by the real file system.  Four broken builds
 * must be caught by the same checks.
 */
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "fixture.h"
#include "house.h"
#include "powercut_disk.h"
#include "records/blob.h"
#include "records/db.h"
#include "records/outbox.h"
#include "records/rowdigest.h"
#include "records/sql.h"
#include "records/trail.h"

enum { CUTS = 500, ROUNDS = 16, PER_ROUND = 3, COMMANDS = ROUNDS * PER_ROUND };

enum place {
	BEFORE_BLOB_SYNC,
	BLOB_TO_COMMIT,
	IN_COMMIT,
	COMMIT_TO_ANSWER,
	CHECKPOINT,
	PLACES
};

static const char *const place_names[PLACES] = { "before blob sync", "blob to commit",
	"in a commit without blob", "commit to answer", "checkpoint" };

static const struct blob_quota quotas[] = { { "scan", 1 << 30 } };

struct wish {
	int64_t n;
	struct blob_stage *stage;
	int64_t blob_id;
	bool answered;
};

static struct {
	struct wish wish[COMMANDS];
	enum place place;
	enum place cut_place;
	bool blob_waits; /* some blob is durable and not yet named */
	bool answer_early;
	char base[PATH_MAX];
	char sim[PATH_MAX];
	char back[PATH_MAX];
	struct blob_store *blobs; /* what survived of them */
} run;

/* Where in a command's life the disk stands after this operation. */
static void seen(enum disk_op op, const char *path)
{
	size_t n = strlen(path);
	bool wal = n > 4 && strcmp(path + n - 4, "-wal") == 0;
	bool blob = strstr(path, "/blobs/") != NULL;
	enum place commit = run.blob_waits ? BLOB_TO_COMMIT : IN_COMMIT;
	if (blob) {
		run.blob_waits = run.blob_waits || op == DISK_SYNC;
		run.place =
			op == DISK_SYNC || op == DISK_SYNC_DIR || strstr(path, "/tmp/") == NULL
				? BLOB_TO_COMMIT
				: BEFORE_BLOB_SYNC;
	} else if (wal) {
		run.place = op == DISK_SYNC ? COMMIT_TO_ANSWER : commit;
	} else {
		run.place = CHECKPOINT;
	}
	run.cut_place = run.place;
}

static int act(struct txn *txn, void *arg)
{
	struct wish *wish = arg;
	int64_t number = 0;
	int error = txn_number(txn, "notice", 2026, &number);
	if (error == 0 && wish->stage != NULL) {
		error = blob_name(txn, "scan", wish->stage, &wish->blob_id);
	}
	if (error < 0) {
		return error;
	}
	AUTO_BUF struct buf key;
	AUTO_BUF struct buf value;
	buf_init(&key, 32);
	buf_init(&value, 4096);
	buf_put_i64(&key, number);
	buf_printf(&value, "%lld %0*d", (long long)wish->n, 40 + (int)(wish->n * 67 % 900), 0);
	int64_t id = txn_id(txn);
	int64_t rows = sql_run(txn_db(txn),
		"INSERT INTO setting (id, version, key, value) VALUES ($1, $2, $3, $4)",
		SQL_INT(id), SQL_INT(wish->n + 1), SQL_TEXT(buf_slice(&key)),
		SQL_TEXT(buf_slice(&value)));
	if (rows < 0) {
		return (int)rows;
	}
	trail_act(txn, &(struct trail_act) { .act = SLICE("setting.make"), .id = id });
	error = trail_row(txn, "setting", id);
	error = error < 0 ? error : txn_change(txn, "setting", id, 1);
	struct outbox_item item = { .kind = SLICE("mail"),
		.effect = buf_slice(&key),
		.record_kind = SLICE("setting"),
		.record_id = id,
		.payload = SLICE("{}") };
	error = error < 0 ? error : outbox_put(txn, &item);
	wish->answered = run.answer_early && error >= 0 && !disk_dead();
	return error < 0 ? error : 0;
}

static void stage_blob(struct blob_store *store, struct wish *wish)
{
	uint8_t octets[9000];
	for (size_t i = 0; i < sizeof(octets); i++) {
		octets[i] = (uint8_t)(wish->n * 31 + (int64_t)i * (wish->n + 3));
	}
	struct blob_ref ref = { 0 };
	int error = blob_stage_begin(store, &wish->stage);
	for (size_t part = 0; part < 3 && error == 0; part++) {
		error = blob_stage_put(wish->stage, slice_of(octets + part * 3000, 3000));
	}
	error = error < 0 ? error : blob_stage_end(wish->stage, &ref);
	if (error < 0) {
		wish->stage = blob_stage_drop(wish->stage);
	}
}

static void round_of(struct house *house, struct blob_store *store, size_t first)
{
	struct command commands[PER_ROUND];
	struct command *list[PER_ROUND];
	for (size_t i = 0; i < PER_ROUND; i++) {
		struct wish *wish = &run.wish[first + i];
		wish->n = (int64_t)(first + i);
		if ((first + i) % 4 == 1 && !disk_dead()) {
			stage_blob(store, wish);
		}
		command_init(&commands[i]);
		commands[i].run = act;
		commands[i].arg = wish;
		list[i] = &commands[i];
	}
	if (!disk_dead()) {
		batch_run(house->batch, list, PER_ROUND);
	}
	run.blob_waits = false;
	for (size_t i = 0; i < PER_ROUND; i++) {
		struct wish *wish = &run.wish[first + i];
		/* With the power gone nobody is there to answer. */
		if (commands[i].status >= 0 && commands[i].commit_seq > 0 && !disk_dead()) {
			wish->answered = true;
		}
		wish->stage = blob_stage_drop(wish->stage);
		command_fini(&commands[i]);
	}
}

static void load_file(const char *path, const char *as)
{
	FILE *file = fopen(path, "rb");
	if (file == NULL) {
		return;
	}
	AUTO_BUF struct buf octets;
	buf_init(&octets, 1 << 26);
	uint8_t *room = buf_reserve(&octets, 1 << 24);
	size_t n = fread(room, 1, 1 << 24, file);
	(void)fclose(file);
	disk_load(as, slice_of(room, n));
}

static void make_base(void)
{
	struct house house;
	char conf[PATH_MAX + 16];
	(void)snprintf(run.base, sizeof(run.base), "%s/base.db", fixture_dir());
	(void)snprintf(run.sim, sizeof(run.sim), "%s/sim", fixture_dir());
	(void)snprintf(run.back, sizeof(run.back), "%s/back", fixture_dir());
	(void)snprintf(conf, sizeof(conf), "sqlite:%s", run.base);
	house_open(&house, conf);
	house_close(&house);
	assert_int_equal(mkdir(run.sim, 0700), 0);
	assert_int_equal(mkdir(run.back, 0700), 0);
	/* The folders of the contents are there before any survivor is put back. */
	char blobs[PATH_MAX + 16];
	(void)snprintf(blobs, sizeof(blobs), "%s/blobs", run.back);
	assert_int_equal(
		blob_store_open(fs_real(), blobs, DB_SQLITE, quotas, 1, &run.blobs), 0);
}

/* One life of the house on the forgetful disk.  Returns: operations seen. */
static uint64_t live(const struct disk_conf *conf, uint64_t cut)
{
	char path[PATH_MAX + 32];
	char as[PATH_MAX + 32];
	memset(run.wish, 0, sizeof(run.wish));
	run.blob_waits = false;
	disk_start(conf);
	(void)snprintf(as, sizeof(as), "%s/records.db", run.sim);
	load_file(run.base, as);
	(void)snprintf(path, sizeof(path), "%s-wal", run.base);
	(void)snprintf(as, sizeof(as), "%s/records.db-wal", run.sim);
	load_file(path, as);
	disk_vfs(true);
	struct house house;
	struct blob_store *store = NULL;
	(void)snprintf(as, sizeof(as), "sqlite:%s/records.db", run.sim);
	house_open(&house, as);
	/* Small, so that checkpoints come often. */
	assert_int_equal(db_exec(house.db, "PRAGMA wal_autocheckpoint = 40"), 0);
	(void)snprintf(path, sizeof(path), "%s/blobs", run.sim);
	assert_int_equal(blob_store_open(disk_fs(), path, DB_SQLITE, quotas, 1, &store), 0);
	disk_arm(cut);
	for (size_t first = 0; first < COMMANDS && !disk_dead(); first += PER_ROUND) {
		round_of(&house, store, first);
	}
	uint64_t ops = disk_ops();
	(void)blob_store_close(store);
	house_close(&house);
	disk_vfs(false);
	return ops;
}

static void give_back(void *arg, const char *path, struct slice octets)
{
	(void)arg;
	char to[PATH_MAX * 2];
	(void)snprintf(to, sizeof(to), "%s%s", run.back, path + strlen(run.sim));
	int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, octets.p, octets.n) != (ssize_t)octets.n) {
		fail_msg("cannot write %s", to);
	}
	(void)close(fd);
}

/* The checks return what is wrong, NULL when nothing is. */

static const char *check_answered(struct house *house)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		int64_t key = 0;
		int row = sql_int(house->db, "SELECT count(*) FROM setting WHERE version = $1",
			&key, SQL_INT((int64_t)i + 1));
		if (row != 1 || key > 1) {
			return "a command is there twice";
		}
		if (run.wish[i].answered && key != 1) {
			return "an answered command is missing";
		}
	}
	return NULL;
}

static const char *check_whole(struct house *house)
{
	int64_t n = house_number(house, "SELECT count(*) FROM setting");
	static const char *const same[] = {
		"SELECT count(*) FROM audit_entry",
		"SELECT count(*) FROM outbox",
		"SELECT count(*) FROM change",
		"SELECT value FROM counter WHERE series = 'commit'",
		"SELECT COALESCE(max(CAST(key AS BIGINT)), 0) FROM setting",
		"SELECT COALESCE(max(value), 0) FROM counter WHERE series = 'notice'",
	};
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		if (house_number(house, same[i]) != n) {
			return same[i];
		}
	}
	int64_t blobs =
		house_number(house, "SELECT count(*) FROM setting WHERE version % 4 = 2");
	if (house_number(house, "SELECT count(*) FROM blob") != blobs) {
		return "a command is half there";
	}
	return NULL;
}

static const char *check_blobs(struct house *house)
{
	AUTO_STMT struct stmt *q = NULL;
	assert_int_equal(db_prepare(house->db, "SELECT id FROM blob ORDER BY id", &q), 0);
	while (db_step(q) == 1) {
		int fd = -1;
		struct blob_ref ref = { 0 };
		if (blob_open(run.blobs, house->db, db_col_int64(q, 0), &fd, &ref) < 0) {
			return "a named blob is missing";
		}
		uint8_t octets[9000];
		ssize_t n = read(fd, octets, sizeof(octets));
		(void)close(fd);
		struct digest sm3 =
			digest_of(DIGEST_SM3, slice_of(octets, n < 0 ? 0 : (size_t)n));
		if (!digest_eq(&sm3, &ref.sm3)) {
			return "a named blob is damaged";
		}
	}
	return NULL;
}

static const char *check_file(struct house *house)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = db_prepare(house->db, "PRAGMA integrity_check", &q);
	row = row < 0 ? row : db_step(q);
	return row == 1 && slice_is(db_col_text(q, 0), "ok") ? NULL : "the store is damaged";
}

static int64_t clock_of(void *arg)
{
	(void)arg;
	return 2000000;
}

static const char *open_survivor(struct house *house)
{
	char path[PATH_MAX + 32];
	*house = (struct house) { 0 };
	(void)snprintf(path, sizeof(path), "sqlite:%s/records.db", run.back);
	if (db_open(path, 0, &house->db, NULL) < 0) {
		return "the store does not open";
	}
	if (batch_create(house->db, clock_of, NULL, &house->batch, NULL) < 0) {
		return "the writer refuses the store";
	}
	/* Only looked at: this machine's own disk need not be waited for. */
	return db_exec(house->db, "PRAGMA synchronous = OFF") < 0 ? "the store is locked"
								  : NULL;
}

static const char *inspect(void)
{
	struct house house;
	const char *wrong = open_survivor(&house);
	wrong = wrong != NULL ? wrong : check_file(&house);
	wrong = wrong != NULL ? wrong : check_answered(&house);
	wrong = wrong != NULL ? wrong : check_whole(&house);
	wrong = wrong != NULL ? wrong : check_blobs(&house);
	if (wrong == NULL) {
		/* Life goes on: the next command takes the next number. */
		struct wish next = { .n = COMMANDS };
		wrong = house_run(&house, act, &next) == 0 ? check_whole(&house)
							   : "no command can be run";
	}
	house_close(&house);
	return wrong;
}

static void clear_back(void)
{
	static const char *const names[] = { "records.db", "records.db-wal", "records.db-shm" };
	char path[PATH_MAX + 80];
	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", run.back, names[i]);
		(void)unlink(path);
	}
	/* Contents are made by number, so their names are known. */
	for (int64_t n = 1; n < COMMANDS; n += 4) {
		uint8_t octets[9000];
		for (size_t i = 0; i < sizeof(octets); i++) {
			octets[i] = (uint8_t)(n * 31 + (int64_t)i * (n + 3));
		}
		struct digest sm3 = digest_of(DIGEST_SM3, slice_of(octets, sizeof(octets)));
		char hex[2 * DIGEST_OCTETS + 1];
		digest_hex(&sm3, hex);
		(void)snprintf(path, sizeof(path), "%s/blobs/%.2s/%s", run.back, hex, hex + 2);
		(void)unlink(path);
	}
}

static const char *cut_once(const struct disk_lies *lies, uint64_t cut, uint64_t seed)
{
	struct disk_conf conf = { *lies, seed, seen };
	(void)live(&conf, cut);
	clear_back();
	disk_survivors(give_back, NULL);
	disk_end();
	return inspect();
}

static uint64_t all_ops(void)
{
	struct disk_conf conf = { .seed = 1, .seen = seen };
	uint64_t ops = live(&conf, 0);
	disk_end();
	assert_true(ops > 100);
	return ops;
}

/* The i-th of CUTS, spread over every operation and shifted within its share. */
static uint64_t place_of_cut(uint64_t i, uint64_t ops)
{
	return 1 + (i * ops + (i * 2654435761U) % ops) / CUTS % ops;
}

static void five_hundred_cuts_lose_nothing_answered(void **state)
{
	(void)state;
	static const struct disk_lies honest = { 0 };
	unsigned count[PLACES] = { 0 };
	run.answer_early = false;
	uint64_t ops = all_ops();
	for (uint64_t i = 0; i < CUTS; i++) {
		uint64_t cut = place_of_cut(i, ops);
		const char *wrong = cut_once(&honest, cut, i + 1);
		if (wrong != NULL) {
			fail_msg("cut %llu after operation %llu (%s): %s",
				(unsigned long long)i, (unsigned long long)cut,
				place_names[run.cut_place], wrong);
		}
		count[run.cut_place]++;
	}
	print_message("#! %d cuts over %llu writes, syncs and names:\n", CUTS,
		(unsigned long long)ops);
	for (size_t p = 0; p < PLACES; p++) {
		print_message("#! %s: %u\n", place_names[p], count[p]);
		assert_true(count[p] > 0);
	}
}

static void broken_builds_are_caught(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		struct disk_lies lies;
		bool answer_early;
	} builds[] = {
		{ "no WAL sync", { .no_wal_sync = true }, false },
		{ "no blob sync", { .no_blob_sync = true }, false },
		{ "no directory sync", { .no_dir_sync = true }, false },
		{ "answer before commit", { 0 }, true },
	};
	for (size_t b = 0; b < sizeof(builds) / sizeof(builds[0]); b++) {
		run.answer_early = false;
		uint64_t ops = all_ops();
		run.answer_early = builds[b].answer_early;
		const char *wrong = NULL;
		uint64_t i = 0;
		for (; i < CUTS && wrong == NULL; i++) {
			/* Not in order, so that an early and a late cut come soon. */
			wrong = cut_once(
				&builds[b].lies, place_of_cut(i * 149 % CUTS, ops), i + 1);
		}
		if (wrong == NULL) {
			fail_msg("%s was not caught", builds[b].name);
		}
		print_message("#! %s: caught at cut %llu: %s\n", builds[b].name,
			(unsigned long long)i, wrong);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(five_hundred_cuts_lose_nothing_answered),
		cmocka_unit_test(broken_builds_are_caught),
	};
	make_base();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	(void)blob_store_close(run.blobs);
	return failed;
}
