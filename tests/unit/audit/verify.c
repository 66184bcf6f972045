/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "fixture.h"
#include "world.h"

static void expect_clean(struct world *world)
{
	if (world_verify(world) != 0) {
		world_show(world);
		fail_msg("the untouched store is not clean");
	}
}

static void an_untouched_store_is_clean(const char *conf)
{
	static struct world world;
	world_build(&world, conf);
	expect_clean(&world);
	assert_int_equal(world.report.last, WORLD_ENTRIES);
	assert_int_equal(world.report.confirmed, WORLD_ENTRIES);
	assert_int_equal(world.report.heads, 6);
	assert_int_equal(world.report.personal, 100);
	assert_int_equal(world.report.erased, 2);
	assert_int_equal(world.report.rows, 31 + 58);
	assert_int_equal(world.report.blobs, 58);
	AUTO_BUF struct buf text;
	buf_init(&text, 4096);
	audit_report_put(&text, &world.report, AUDIT_CHINESE);
	assert_true(slice_starts(buf_slice(&text), SLICE("1–300 连续，未发现改动；")));
	world_fini(&world);
}

static void what_changes_without_entry_is_not_accused(const char *conf)
{
	static struct world world;
	world_build(&world, conf);
	assert_true(world_try(&world, "UPDATE notice SET live_seen = 9", NULL, 0));
	assert_true(world_try(&world, "UPDATE web_session SET seen_at_ms = 6", NULL, 0));
	expect_clean(&world);
	world_fini(&world);
}

/* Acts larger than a byte, each on a store of its own making and put right again. */
static void larger_acts_are_named(const char *conf)
{
	static struct world world;
	static const struct {
		const char *name;
		const char *acts[3];
		const char *family;
		int64_t seq;
		const char *what;
	} cases[] = {
		{ "an entry deleted", { "DELETE FROM audit_entry WHERE seq = 77" },
			"entry.missing", 77, NULL },
		{ "the last entries deleted", { "DELETE FROM audit_entry WHERE seq > 290" },
			"log.truncated", 291, NULL },
		{ "entries deleted behind the last head, counter and all",
			{ "DELETE FROM audit_entry WHERE seq > 295",
				"DELETE FROM audit_head WHERE size > 290",
				"UPDATE counter SET value = 295" },
			"row.changed", 0, "notice #33" },
		{ "a head deleted and its successor kept",
			{ "DELETE FROM audit_head WHERE size = 100",
				"UPDATE audit_entry SET leaf = (SELECT leaf"
				" FROM audit_entry WHERE seq = 4) WHERE seq = 90" },
			"entry.changed", 90, NULL },
		{ "two entries swapped",
			{ "UPDATE audit_entry SET seq = -1 WHERE seq = 50",
				"UPDATE audit_entry SET seq = 50 WHERE seq = 51",
				"UPDATE audit_entry SET seq = 51 WHERE seq = -1" },
			"entry.swapped", 50, NULL },
		{ "a personal value deleted",
			{ "DELETE FROM audit_personal WHERE seq = 18 AND n = 1" },
			"personal.missing", 18, NULL },
		{ "a personal value made up",
			{ "INSERT INTO audit_personal (seq, n, value) VALUES (7, 0, 'x')" },
			"personal.extra", 7, NULL },
		{ "a personal value erased without order",
			{ "UPDATE audit_personal SET salt = NULL, value = NULL, erased_by = 200"
			  " WHERE seq = 18 AND n = 0" },
			"personal.erased", 18, NULL },
		{ "the end of a salt moved into its value",
			{ "UPDATE audit_personal SET salt = substr(salt, 1, 15), value = 's' "
			  "|| value"
			  " WHERE seq = 18 AND n = 0" },
			"personal.changed", 18, NULL },
		{ "an erasure laid on another entry",
			{ "UPDATE audit_personal SET erased_by = 201 WHERE seq = 6 AND n = 0" },
			"personal.", 6, NULL },
		{ "a row deleted", { "DELETE FROM notice WHERE id = 9" }, "row.missing", 0,
			"notice #9" },
		{ "a row made up",
			{ "INSERT INTO notice (id, version, title) VALUES (900, 1, 'x')" },
			"row.unnamed", 0, "notice #900" },
		{ "a deleted row brought back",
			{ "INSERT INTO notice (id, version, title) VALUES (3, 1, 'x')" },
			"row.revived", 150, "notice #3" },
		{ "a whole table emptied", { "DELETE FROM blob" }, "row.missing", 0,
			"blob #5" },
	};
	(void)conf;
	bool postgres = !slice_starts(slice_str(conf), SLICE("sqlite:"));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		world_build(&world, postgres ? fixture_postgres() : fixture_sqlite());
		for (size_t k = 0; k < 3 && cases[i].acts[k] != NULL; k++) {
			assert_true(world_try(&world, cases[i].acts[k], NULL, 0));
		}
		int found = world_verify(&world);
		if (found != 1 ||
			!world_named(&world, cases[i].family, cases[i].seq, cases[i].what)) {
			world_show(&world);
			fail_msg("%s: not named (%d)", cases[i].name, found);
		}
		world_fini(&world);
	}
}

/* Somebody rewrites an entry with its leaf: only a signed root can tell. */
static void a_rewritten_leaf_is_bracketed_by_heads(const char *conf)
{
	static struct world world;
	world_build(&world, conf);
	assert_true(world_try(&world,
		"UPDATE audit_entry SET entry = (SELECT entry FROM audit_entry"
		" WHERE seq = 120), leaf = (SELECT leaf FROM audit_entry WHERE seq = 120)"
		" WHERE seq = 121",
		NULL, 0));
	assert_int_equal(world_verify(&world), 1);
	assert_true(world_named(&world, "entry.swapped", 121, NULL));
	bool bracketed = false;
	for (size_t i = 0; i < world.problems; i++) {
		bracketed = bracketed || (world.problem[i].code == AUDIT_HEAD_MISMATCH &&
						 world.problem[i].seq == 150 &&
						 world.problem[i].other == 101);
	}
	assert_true(bracketed);
	world_fini(&world);
}

static void another_key_or_a_kept_head_exposes_a_forger(const char *conf)
{
	static struct world world;
	world_build(&world, conf);
	AUTO_AUDIT_KEY struct audit_key *other = audit_key_create();
	struct audit_target target = {
		.store = world.conf, .blob_folder = world.folder, .key = other
	};
	assert_int_equal(world_verify_target(&world, &target), 1);
	assert_true(world_named(&world, "head.forged", 50, NULL));
	assert_true(world_named(&world, "head.forged", 300, NULL));
	struct audit_head kept = { .size = 310, .root = digest_of(DIGEST_SM3, SLICE("x")) };
	assert_int_equal(audit_head_sign(world.key, &kept), 0);
	target.key = world.key;
	target.head = &kept;
	assert_int_equal(world_verify_target(&world, &target), 1);
	assert_true(world_named(&world, "log.truncated", 301, NULL));
	kept.size = 120;
	assert_int_equal(audit_head_sign(world.key, &kept), 0);
	assert_int_equal(world_verify_target(&world, &target), 1);
	assert_true(world_named(&world, "head.mismatch", 120, NULL));
	world_fini(&world);
}

static int append(void *context, struct slice lines)
{
	return fwrite(lines.p, 1, lines.n, context) == lines.n ? 0 : -5;
}

/* Export the store to a file beside it. */
static void export_to(const struct world *world, const char *path)
{
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	const struct audit_target target = { .store = world->conf };
	struct diag diag = { 0 };
	assert_int_equal(audit_export(&target, append, file, &diag), 0);
	assert_int_equal(fclose(file), 0);
}

static void write_file(const char *path, struct slice octets)
{
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(octets.p, 1, octets.n, file), octets.n);
	assert_int_equal(fclose(file), 0);
}

static size_t read_file(const char *path, uint8_t *out, size_t room)
{
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	size_t n = fread(out, 1, room, file);
	assert_true(n < room);
	assert_int_equal(fclose(file), 0);
	return n;
}

static void no_octet_of_an_export_can_be_changed_unseen(const char *conf)
{
	static struct world world;
	static uint8_t octets[1024 * 1024];
	char path[300];
	world_build(&world, conf);
	(void)snprintf(path, sizeof(path), "%s/export.ndjson", fixture_dir());
	export_to(&world, path);
	const struct audit_target target = { .export_path = path, .key = world.key };
	int clean = world_verify_target(&world, &target);
	if (clean != 0) {
		world_show(&world);
	}
	assert_int_equal(clean, 0);
	assert_int_equal(world.report.confirmed, WORLD_ENTRIES);
	size_t n = read_file(path, octets, sizeof(octets));
	uint32_t random = 7;
	for (int i = 0; i < 250; i++) {
		random = random * 1664525u + 1013904223u;
		size_t at = random % n;
		uint8_t bit = (uint8_t)(1 << (random >> 29));
		octets[at] ^= bit;
		write_file(path, slice_of(octets, n));
		if (world_verify_target(&world, &target) != 1) {
			fail_msg("octet %zu of %zu changed unseen", at, n);
		}
		octets[at] ^= bit;
	}
	for (size_t cut = 1; cut < n; cut += n / 20) {
		write_file(path, slice_of(octets, n - cut));
		assert_int_equal(world_verify_target(&world, &target), 1);
	}
	world_fini(&world);
}

static void what_cannot_be_run_says_so(const char *conf)
{
	static struct world world;
	(void)conf;
	static const struct {
		struct audit_target target;
		int error;
	} cases[] = {
		{ { .store = "sqlite:/nonexistent/records.db" }, E_ABSENT },
		{ { .store = "sqlite:/etc/passwd" }, E_STORE },
		{ { .store = "mysql://" }, E_INPUT },
		{ { .store = "postgresql:///none?host=/nonexistent" }, E_STORE },
		{ { .export_path = "/nonexistent" }, E_ABSENT },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(world_verify_target(&world, &cases[i].target), cases[i].error);
	}
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "an untouched store is clean", an_untouched_store_is_clean, false },
		{ "what changes without an entry is not accused",
			what_changes_without_entry_is_not_accused, false },
		{ "larger acts are named", larger_acts_are_named, false },
		{ "a rewritten leaf is bracketed by heads",
			a_rewritten_leaf_is_bracketed_by_heads, false },
		{ "another key or a kept head exposes a forger",
			another_key_or_a_kept_head_exposes_a_forger, false },
		{ "no octet of an export can be changed unseen",
			no_octet_of_an_export_can_be_changed_unseen, false },
		{ "what cannot be run says so", what_cannot_be_run_says_so, false },
	};
	return fixture_both(cases, sizeof(cases) / sizeof(cases[0]));
}
