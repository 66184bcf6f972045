/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One raw octet of the SQLite file changed: named, or the file refuses to
 * open.  The one honest exception is an octet that changes nothing anybody
 * can read from the audited tables: free space, page links, index copies, the
 * file's own counters.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/digest.h"
#include "fixture.h"
#include "world.h"

enum { RAW_PLACES = 500, RAW_TRIES_MAX = 20000 };

static uint32_t state_of_random = 2023075;

static uint32_t random_below(uint32_t limit)
{
	state_of_random = state_of_random * 1664525u + 1013904223u;
	return (state_of_random >> 8) % limit;
}

/* Digest of everything audited that SQL can read, types included; false when it cannot. */
static bool readable(const char *path, struct digest *ret_digest)
{
	static const char *const dump[] = { "audit_entry", "audit_personal", "audit_head",
		"notice", "blob" };
	sqlite3 *db = NULL;
	bool good = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK;
	struct digest_stream *stream = digest_stream_create(DIGEST_SM3);
	for (size_t i = 0; good && i < sizeof(dump) / sizeof(dump[0]); i++) {
		char sql[200];
		sqlite3_stmt *stmt = NULL;
		(void)snprintf(sql, sizeof(sql), "SELECT * FROM %s NOT INDEXED ORDER BY 1, 2",
			dump[i]);
		int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
		for (code = code == SQLITE_OK ? sqlite3_step(stmt) : code; code == SQLITE_ROW;
			code = sqlite3_step(stmt)) {
			int columns = sqlite3_column_count(stmt);
			for (int c = 0; c < columns; c++) {
				if (slice_is(slice_str(sqlite3_column_name(stmt, c)),
					    "live_seen")) {
					continue;
				}
				uint8_t type = (uint8_t)sqlite3_column_type(stmt, c);
				const void *p = sqlite3_column_blob(stmt, c);
				int n = sqlite3_column_bytes(stmt, c);
				digest_stream_add(stream, slice_of(&type, 1));
				digest_stream_add(stream, slice_of(&n, sizeof(n)));
				digest_stream_add(
					stream, slice_of(p, p != NULL ? (size_t)n : 0));
			}
		}
		good = code == SQLITE_DONE;
		(void)sqlite3_finalize(stmt);
	}
	(void)sqlite3_close(db);
	*ret_digest = digest_stream_end(stream);
	(void)digest_stream_destroy(stream);
	return good;
}

struct tally {
	int named;
	int refused;
	int without_effect;
};

static void one_raw_octet(struct world *world, const struct digest *clean, struct tally *tally)
{
	const char *path = world->conf + sizeof("sqlite:") - 1;
	int fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	uint32_t size = (uint32_t)lseek(fd, 0, SEEK_END);
	off_t at = (off_t)random_below(size);
	uint8_t octet = 0;
	assert_int_equal(pread(fd, &octet, 1, at), 1);
	uint8_t bent = octet ^ (uint8_t)(1 + random_below(255));
	assert_int_equal(pwrite(fd, &bent, 1, at), 1);
	int found = world_verify(world);
	struct digest now;
	if (found == 1) {
		tally->named++;
	} else if (found < 0) {
		tally->refused++;
	} else if (readable(path, &now) && digest_eq(&now, clean)) {
		tally->without_effect++;
	} else {
		fail_msg("octet %lld of the file, %02x to %02x: readable change not named",
			(long long)at, octet, bent);
	}
	assert_int_equal(pwrite(fd, &octet, 1, at), 1);
	assert_int_equal(close(fd), 0);
}

static void one_raw_octet_of_the_file_is_named_or_without_effect(void **state)
{
	static struct world world;
	(void)state;
	struct tally tally = { 0 };
	struct digest clean;
	world_build(&world, fixture_sqlite());
	world_detach(&world);
	assert_true(readable(world.conf + sizeof("sqlite:") - 1, &clean));
	for (int i = 0; i < RAW_TRIES_MAX && tally.named + tally.refused < RAW_PLACES; i++) {
		one_raw_octet(&world, &clean, &tally);
	}
	(void)fprintf(stderr, "# raw octets: %d named, %d refused to open, %d without effect\n",
		tally.named, tally.refused, tally.without_effect);
	assert_int_equal(tally.named + tally.refused, RAW_PLACES);
	assert_int_equal(world_verify(&world), 0);
	world_fini(&world);
}

/*
 * The table says one place, its index still another: value 0 of an entry is
 * made value 1 in the table alone.  In SQLite's record format the numbers 0
 * and 1 are the types 8 and 9 of the header.
 */
static void what_only_the_index_still_says_does_not_hide_a_change(void **state)
{
	static struct world world;
	static uint8_t octets[1024 * 1024];
	(void)state;
	world_build(&world, fixture_sqlite());
	world_detach(&world);
	const char *path = world.conf + sizeof("sqlite:") - 1;
	int fd = open(path, O_RDWR | O_CLOEXEC);
	ssize_t size = pread(fd, octets, sizeof(octets), 0);
	assert_true(size > 0 && size < (ssize_t)sizeof(octets));
	/* Types: one-octet seq, n = 0, salt of 16, value of 11, nobody erased it. */
	size_t at = slice_find(slice_of(octets, (size_t)size), SLICE("\x06\x01\x08\x2c\x23"));
	assert_true(at != SIZE_MAX);
	assert_int_equal(pwrite(fd, "\x09", 1, (off_t)at + 2), 1);
	assert_int_equal(close(fd), 0);
	assert_int_equal(world_verify(&world), 1);
	world_show(&world);
	world_fini(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_only_the_index_still_says_does_not_hide_a_change),
		cmocka_unit_test(one_raw_octet_of_the_file_is_named_or_without_effect),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
