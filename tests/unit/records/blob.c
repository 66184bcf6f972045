/* SPDX-License-Identifier: Apache-2.0 */
#include "records/blob.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "fixture.h"
#include "house.h"
#include "records/trail.h"
#include "sys/fs.h"

static const struct blob_quota quotas[] = { { "scan", 1000000 }, { "pdf", 10 } };

struct naming {
	struct blob_store *store;
	struct blob_stage *stage;
	const char *kind;
	int64_t id;
	int made;
	int fail;
};

static const char *new_folder(void)
{
	static char folder[128];
	static unsigned made;
	(void)snprintf(folder, sizeof(folder), "%s/blobs%u", fixture_dir(), ++made);
	return folder;
}

static int name_it(struct txn *txn, void *arg)
{
	struct naming *naming = arg;
	trail_act(txn, &(struct trail_act) { .act = SLICE("blob.store") });
	naming->made = blob_name(txn, naming->kind, naming->stage, &naming->id);
	return naming->made < 0 ? naming->made : naming->fail;
}

static int keep(struct house *house, struct naming *naming, struct slice content)
{
	struct blob_ref ref = { 0 };
	assert_int_equal(blob_stage_begin(naming->store, &naming->stage), 0);
	while (content.n > 0) {
		struct slice part = slice_head(content, 100000);
		assert_int_equal(blob_stage_put(naming->stage, part), 0);
		content = slice_skip(content, part.n);
	}
	assert_int_equal(blob_stage_end(naming->stage, &ref), 0);
	int status = house_run(house, name_it, naming);
	naming->stage = blob_stage_drop(naming->stage);
	return status;
}

static void open_both(
	struct house *house, const char *conf, struct naming *naming, const char *folder)
{
	house_open(house, conf);
	*naming = (struct naming) { .kind = "scan" };
	assert_int_equal(blob_store_open(fs_real(), folder, db_kind(house->db), quotas, 2,
				 &naming->store),
		0);
}

static struct slice big(void)
{
	static uint8_t octets[600001];
	for (size_t i = 0; i < sizeof(octets); i++) {
		octets[i] = (uint8_t)(i * 7 + i / 251);
	}
	return slice_of(octets, sizeof(octets));
}

static void content_comes_back_by_its_id(const char *conf)
{
	struct house house;
	struct naming naming;
	open_both(&house, conf, &naming, new_folder());
	const struct slice contents[] = { big(), SLICE("short"), SLICE("") };
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(keep(&house, &naming, contents[i]), 0);
		assert_int_equal(naming.made, 1);
		int fd = -1;
		struct blob_ref ref = { 0 };
		assert_int_equal(blob_open(naming.store, house.db, naming.id, &fd, &ref), 0);
		uint8_t *got = malloc(contents[i].n + 1);
		assert_int_equal(read(fd, got, contents[i].n + 1), contents[i].n);
		assert_true(slice_eq(slice_of(got, contents[i].n), contents[i]));
		assert_true(write(fd, "x", 1) < 0);
		struct digest sha256 = digest_of(DIGEST_SHA256, contents[i]);
		assert_true(digest_eq(&ref.sha256, &sha256));
		free(got);
		(void)close(fd);
		/* The same content again has the same id. */
		int64_t id = naming.id;
		assert_int_equal(keep(&house, &naming, contents[i]), 0);
		assert_int_equal(naming.made, 0);
		assert_int_equal(naming.id, id);
	}
	assert_int_equal(house_number(&house, "SELECT count(*) FROM audit_entry"), 6);
	int fd = -1;
	struct blob_ref ref = { 0 };
	assert_int_equal(blob_open(naming.store, house.db, 12345, &fd, &ref), E_ABSENT);
	(void)blob_store_close(naming.store);
	house_close(&house);
}

static void a_quota_refuses_by_kind(const char *conf)
{
	struct house house;
	struct naming naming;
	open_both(&house, conf, &naming, new_folder());
	naming.kind = "pdf";
	assert_int_equal(keep(&house, &naming, SLICE("12345678")), 0);
	assert_int_equal(keep(&house, &naming, SLICE("abc")), E_LIMIT);
	assert_int_equal(keep(&house, &naming, SLICE("ab")), 0);
	naming.kind = "other";
	assert_int_equal(keep(&house, &naming, SLICE("abc")), E_INPUT);
	assert_int_equal(house_number(&house, "SELECT count(*) FROM blob"), 2);
	(void)blob_store_close(naming.store);
	house_close(&house);
}

static void damaged_content_is_not_given_out(const char *conf)
{
	struct house house;
	struct naming naming;
	const char *folder = new_folder();
	open_both(&house, conf, &naming, folder);
	assert_int_equal(keep(&house, &naming, SLICE("evidence")), 0);
	if (db_kind(house.db) == DB_SQLITE) {
		struct digest sm3 = digest_of(DIGEST_SM3, SLICE("evidence"));
		char hex[2 * DIGEST_OCTETS + 1];
		char path[300];
		digest_hex(&sm3, hex);
		(void)snprintf(path, sizeof(path), "%s/%.2s/%s", folder, hex, hex + 2);
		assert_int_equal(truncate(path, 3), 0);
	} else {
		assert_int_equal(
			db_exec(house.db, "UPDATE blob_chunk SET octets = 'evidencf'"), 0);
	}
	int fd = -1;
	struct blob_ref ref = { 0 };
	assert_int_equal(blob_open(naming.store, house.db, naming.id, &fd, &ref), E_DIGEST);
	(void)blob_store_close(naming.store);
	house_close(&house);
}

static void the_folder_alone_is_enough_to_read(const char *conf)
{
	struct house house;
	struct naming naming;
	const char *folder = new_folder();
	open_both(&house, conf, &naming, folder);
	assert_int_equal(keep(&house, &naming, big()), 0);
	int at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = -1;
	assert_int_equal(blob_open_at(at, house.db, naming.id, &fd), 0);
	uint8_t *got = malloc(big().n + 1);
	assert_int_equal(read(fd, got, big().n + 1), big().n);
	assert_true(slice_eq(slice_of(got, big().n), big()));
	free(got);
	(void)close(fd);
	assert_int_equal(blob_open_at(at, house.db, naming.id + 1000, &fd), E_ABSENT);
	(void)close(at);
	(void)blob_store_close(naming.store);
	house_close(&house);
}

static void orphans_are_swept_when_old(const char *conf)
{
	struct house house;
	struct naming naming;
	const char *folder = new_folder();
	open_both(&house, conf, &naming, folder);
	assert_int_equal(keep(&house, &naming, SLICE("named")), 0);
	naming.fail = E_STATE;
	assert_int_equal(keep(&house, &naming, SLICE("never named")), E_STATE);
	int64_t now_ms = (int64_t)time(NULL) * 1000;
	assert_int_equal(blob_sweep(naming.store, house.db, now_ms), 0);
	int64_t orphans = db_kind(house.db) == DB_SQLITE ? 1 : 0;
	now_ms += BLOB_ORPHAN_AGE_MS + 2000;
	assert_int_equal(blob_sweep(naming.store, house.db, now_ms), orphans);
	assert_int_equal(blob_sweep(naming.store, house.db, now_ms), 0);
	int fd = -1;
	struct blob_ref ref = { 0 };
	assert_int_equal(house_number(&house, "SELECT max(id) FROM blob"),
		house_number(&house, "SELECT min(id) FROM blob"));
	assert_int_equal(blob_open(naming.store, house.db,
				 house_number(&house, "SELECT max(id) FROM blob"), &fd, &ref),
		0);
	(void)close(fd);
	(void)blob_store_close(naming.store);
	house_close(&house);
}

static void stages_of_a_run_before_are_cleared(const char *conf)
{
	struct house house;
	struct naming naming;
	const char *folder = new_folder();
	open_both(&house, conf, &naming, folder);
	char path[200];
	(void)snprintf(path, sizeof(path), "%s/tmp/left", folder);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	(void)fclose(file);
	(void)blob_store_close(naming.store);
	assert_int_equal(
		blob_store_open(fs_real(), folder, DB_SQLITE, quotas, 2, &naming.store), 0);
	assert_int_equal(access(path, F_OK), -1);
	(void)blob_store_close(naming.store);
	house_close(&house);
}

static void the_reserve_is_the_smaller_of_two(const char *conf)
{
	(void)conf;
	static const struct {
		int64_t total;
		int64_t left;
		bool below;
	} cases[] = {
		{ INT64_C(10) << 30, INT64_C(512) << 20, false },
		{ INT64_C(10) << 30, INT64_C(511) << 20, true },
		{ INT64_C(1000) << 30, INT64_C(2) << 30, false },
		{ INT64_C(1000) << 30, (INT64_C(2) << 30) - 1, true },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
			fs_below_reserve(cases[i].total, cases[i].left), cases[i].below);
	}
	struct fs_space space = { 0 };
	assert_int_equal(fs_space_of("/", &space), 0);
	assert_true(space.total_octets > space.free_octets);
	assert_true(fs_space_of("/nonexistent", &space) < 0);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "content comes back by its id", content_comes_back_by_its_id, false },
		{ "a quota refuses by kind", a_quota_refuses_by_kind, false },
		{ "damaged content is not given out", damaged_content_is_not_given_out, false },
		{ "the folder alone is enough to read", the_folder_alone_is_enough_to_read,
			false },
		{ "orphans are swept when old", orphans_are_swept_when_old, false },
		{ "stages of a run before are cleared", stages_of_a_run_before_are_cleared,
			false },
		{ "the reserve is the smaller of two", the_reserve_is_the_smaller_of_two,
			false },
	};
	return fixture_both(cases, sizeof(cases) / sizeof(cases[0]));
}
