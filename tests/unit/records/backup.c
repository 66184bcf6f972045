/* SPDX-License-Identifier: Apache-2.0 */
#include "records/backup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "fixture.h"
#include "house.h"
#include "records/blob.h"
#include "records/db.h"
#include "records/outbox.h"
#include "records/sql.h"
#include "records/trail.h"
#include "records/writer.h"
#include "sys/fs.h"

static const struct blob_quota quotas[] = { { "scan", 1 << 30 } };

struct place {
	struct house house;
	struct blob_store *blobs;
	char folder[200];
};

static void place_open(struct place *place, const char *conf)
{
	static unsigned made;
	house_open(&place->house, conf);
	(void)snprintf(
		place->folder, sizeof(place->folder), "%s/place%u", fixture_dir(), ++made);
	assert_int_equal(blob_store_open(fs_real(), place->folder, db_kind(place->house.db),
				 quotas, 1, &place->blobs),
		0);
}

static void place_close(struct place *place)
{
	(void)blob_store_close(place->blobs);
	house_close(&place->house);
}

/* What backup wants to know: the folder where contents are files. */
static const char *files_of(const struct place *place)
{
	return db_kind(place->house.db) == DB_SQLITE ? place->folder : NULL;
}

struct wish {
	struct blob_stage *stage;
	int64_t blob_id;
};

static int act(struct txn *txn, void *arg)
{
	struct wish *wish = arg;
	int64_t number = 0;
	int error = txn_number(txn, "notice", 2026, &number);
	trail_act(txn, &(struct trail_act) { .act = SLICE("setting.make"), .actor = 1 });
	if (error == 0 && wish != NULL) {
		error = blob_name(txn, "scan", wish->stage, &wish->blob_id);
	}
	AUTO_BUF struct buf key;
	buf_init(&key, 32);
	buf_put_i64(&key, number);
	int64_t id = txn_id(txn);
	int64_t rows =
		error < 0
			? error
			: sql_run(txn_db(txn),
				  "INSERT INTO setting (id, version, key, value) VALUES ($1, 1, $2, '值')",
				  SQL_INT(id), SQL_TEXT(buf_slice(&key)));
	error = rows < 0 ? (int)rows : trail_row(txn, "setting", id);
	error = error < 0 ? error : trail_personal(txn, 0, "phone", SLICE("13800000000"));
	struct outbox_item item = { .kind = SLICE("mail"),
		.effect = buf_slice(&key),
		.record_kind = SLICE("setting"),
		.record_id = id,
		.payload = SLICE("{}") };
	error = error < 0 ? error : outbox_put(txn, &item);
	return error < 0 ? error : 0;
}

static int64_t fill(struct place *place)
{
	static uint8_t octets[BLOB_CHUNK_OCTETS + 5000];
	struct wish wish = { 0 };
	struct blob_ref ref = { 0 };
	for (size_t i = 0; i < sizeof(octets); i++) {
		octets[i] = (uint8_t)(i * 13 + i / 257);
	}
	assert_int_equal(blob_stage_begin(place->blobs, &wish.stage), 0);
	assert_int_equal(blob_stage_put(wish.stage, slice_of(octets, sizeof(octets))), 0);
	assert_int_equal(blob_stage_end(wish.stage, &ref), 0);
	assert_int_equal(house_run(&place->house, act, &wish), 0);
	(void)blob_stage_drop(wish.stage);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(house_run(&place->house, act, NULL), 0);
	}
	return wish.blob_id;
}

static const char *new_backup(void)
{
	static char folder[200];
	static unsigned made;
	(void)snprintf(folder, sizeof(folder), "%s/backup%u", fixture_dir(), ++made);
	return folder;
}

static int try_make(struct db *db, struct place *place, const char *folder,
	struct backup_report *ret_report, struct diag *diag)
{
	const struct backup_source source = { .db = db, .blob_folder = files_of(place) };
	return backup_make(&source, folder, ret_report, diag);
}

static struct backup_report make(struct place *place, const char *conf, const char *folder)
{
	struct db *reader = NULL;
	struct backup_report report = { 0 };
	struct diag diag = { 0 };
	assert_int_equal(db_open(conf, DB_READONLY, &reader, NULL), 0);
	if (try_make(reader, place, folder, &report, &diag) < 0) {
		fail_msg("%s", diag.text);
	}
	(void)db_close(reader);
	return report;
}

static void restore_into(const char *conf, const char *folder, int64_t blob_id)
{
	struct place place;
	place_open(&place, conf);
	assert_int_equal(house_run(&place.house, act, NULL), 0);
	place.house.batch = batch_destroy(place.house.batch);
	struct backup_report report = { 0 };
	struct diag diag = { 0 };
	if (backup_restore(place.house.db, files_of(&place), folder, &report, &diag) < 0) {
		fail_msg("%s", diag.text);
	}
	assert_int_equal(report.blobs, 1);
	house_again(&place.house, conf);
	assert_int_equal(house_number(&place.house, "SELECT count(*) FROM setting"), 21);
	assert_int_equal(house_number(&place.house,
				 "SELECT count(*) FROM outbox WHERE state = 'restored'"),
		21);
	int fd = -1;
	struct blob_ref ref = { 0 };
	assert_int_equal(blob_open(place.blobs, place.house.db, blob_id, &fd, &ref), 0);
	(void)close(fd);
	/* Numbering and the log go on where the backup stood. */
	assert_int_equal(house_run(&place.house, act, NULL), 0);
	assert_int_equal(
		house_number(&place.house, "SELECT value FROM counter WHERE series = 'notice'"),
		22);
	assert_int_equal(house_number(&place.house, "SELECT max(seq) FROM audit_entry"), 22);
	place_close(&place);
}

static void a_backup_is_restored_on_either_store(const char *conf)
{
	struct place place;
	place_open(&place, conf);
	int64_t blob_id = fill(&place);
	const char *folder = new_backup();
	struct backup_report report = make(&place, conf, folder);
	assert_int_equal(report.blobs, 1);
	assert_int_equal(report.entries, 21);
	struct db *reader = NULL;
	assert_int_equal(db_open(conf, DB_READONLY, &reader, NULL), 0);
	assert_int_equal(try_make(reader, &place, folder, &report, NULL), E_EXISTS);
	(void)db_close(reader);
	place_close(&place);
	restore_into(fixture_sqlite(), folder, blob_id);
	const char *postgres = fixture_postgres();
	if (postgres != NULL) {
		char other[200];
		(void)snprintf(other, sizeof(other), "%s", postgres);
		restore_into(other, folder, blob_id);
	}
}

static void change_octet(const char *path, long at)
{
	FILE *file = fopen(path, "r+b");
	assert_non_null(file);
	assert_int_equal(fseek(file, at, SEEK_SET), 0);
	int c = fgetc(file);
	assert_int_equal(fseek(file, at, SEEK_SET), 0);
	(void)fputc(c ^ 1, file);
	assert_int_equal(fclose(file), 0);
}

static void blob_path(struct place *place, int64_t id, const char *folder, char path[400])
{
	struct blob_ref ref = { 0 };
	int fd = -1;
	assert_int_equal(blob_open(place->blobs, place->house.db, id, &fd, &ref), 0);
	(void)close(fd);
	char hex[2 * DIGEST_OCTETS + 1];
	digest_hex(&ref.sm3, hex);
	(void)snprintf(path, 400, "%s/%.2s/%s", folder, hex, hex + 2);
}

static void a_damaged_content_stops_backup_and_restore(const char *conf)
{
	struct place place;
	place_open(&place, conf);
	int64_t id = fill(&place);
	const char *folder = new_backup();
	struct backup_report report = make(&place, conf, folder);
	char blobs[300];
	char path[400];
	(void)snprintf(blobs, sizeof(blobs), "%s/blobs", folder);
	blob_path(&place, id, blobs, path);
	assert_int_equal(backup_check(folder, &report, NULL), 0);
	change_octet(path, 1000);
	struct diag diag = { 0 };
	assert_int_equal(backup_check(folder, &report, &diag), E_DIGEST);
	assert_true(diag.text[0] != '\0');
	assert_int_equal(
		backup_restore(place.house.db, files_of(&place), folder, &report, NULL),
		E_DIGEST);
	if (files_of(&place) != NULL) {
		blob_path(&place, id, place.folder, path);
		change_octet(path, 1000);
	} else {
		assert_int_equal(
			db_exec(place.house.db, "UPDATE blob_chunk SET octets = 'x'"), 0);
	}
	struct db *reader = NULL;
	assert_int_equal(db_open(conf, DB_READONLY, &reader, NULL), 0);
	folder = new_backup();
	assert_int_equal(try_make(reader, &place, folder, &report, NULL), E_DIGEST);
	assert_int_equal(access(folder, F_OK), -1);
	(void)db_close(reader);
	place_close(&place);
}

static void a_file_of_a_backup_that_is_cut_is_named(const char *conf)
{
	struct place place;
	place_open(&place, conf);
	(void)fill(&place);
	const char *folder = new_backup();
	struct backup_report report = make(&place, conf, folder);
	char path[300];
	struct diag diag = { 0 };
	(void)snprintf(path, sizeof(path), "%s/records.db", folder);
	assert_int_equal(truncate(path, 5000), 0);
	assert_int_equal(backup_check(folder, &report, &diag), E_SHORT);
	assert_true(slice_find(slice_str(diag.text), SLICE("records.db")) != SIZE_MAX);
	(void)snprintf(path, sizeof(path), "%s/backup.json", folder);
	assert_int_equal(truncate(path, 60), 0);
	assert_int_equal(backup_check(folder, &report, &diag), E_FORMAT);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(backup_check(folder, &report, &diag), E_ABSENT);
	place_close(&place);
}

static void answered(struct command *command)
{
	assert_int_equal(command->status, 0);
	command_fini(command);
}

static void commands_go_on_during_a_backup(const char *conf)
{
	struct place place;
	place_open(&place, conf);
	(void)fill(&place);
	struct writer_conf writer_conf = { .batch = place.house.batch };
	static struct command commands[400];
	struct writer *writer = NULL;
	assert_int_equal(writer_start(&writer_conf, &writer), 0);
	for (size_t i = 0; i < 400; i++) {
		command_init(&commands[i]);
		commands[i].run = act;
		commands[i].done = answered;
		assert_int_equal(writer_submit(writer, &commands[i]), 0);
	}
	struct backup_report report = make(&place, conf, new_backup());
	assert_int_equal(report.blobs, 1);
	(void)writer_stop(writer);
	int64_t all = house_number(&place.house, "SELECT max(seq) FROM audit_entry");
	/* One moment of the log, whole, and somewhere before its end. */
	assert_true(report.entries >= 21 && (int64_t)report.entries <= all);
	assert_int_equal(all, 421);
	place_close(&place);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "a backup is restored on either store", a_backup_is_restored_on_either_store,
			false },
		{ "a damaged content stops backup and restore",
			a_damaged_content_stops_backup_and_restore, false },
		{ "a file of a backup that is cut is named",
			a_file_of_a_backup_that_is_cut_is_named, false },
		{ "commands go on during a backup", commands_go_on_during_a_backup, false },
	};
	return fixture_both(cases, sizeof(cases) / sizeof(cases[0]));
}
