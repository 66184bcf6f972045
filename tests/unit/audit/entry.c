/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/entry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"

#define SM3_ABC "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"

static const char full[] =
	"{\"seq\":7,\"at\":1763796246123,\"asked\":1763796246100,\"trace\":\"00ff\",\"actor\":3,\"role\":\"operator\","
	"\"act\":\"notice.issue\",\"kind\":\"notice\",\"id\":12,\"version\":3,"
	"\"reason\":\"\xe6\x8c\x89\xe6\x9c\x9f\",\"rows\":[{\"t\":\"notice\",\"id\":12,\"v\":3,"
	"\"d\":\"" SM3_ABC "\"},{\"t\":\"draft\",\"id\":4,\"v\":9,\"d\":null}],"
	"\"personal\":[\"" SM3_ABC "\"],\"blobs\":[\"" SM3_ABC "\"],\"erases\":[[2,0],[5,1]]}";

static struct audit_entry full_entry(const struct digest *abc, const struct audit_row rows[2])
{
	static const struct audit_erase erases[] = { { 2, 0 }, { 5, 1 } };
	return (struct audit_entry) { .seq = 7,
		.at_unix_ms = 1763796246123,
		.asked_unix_ms = 1763796246100,
		.trace = SLICE("00ff"),
		.actor_id = 3,
		.role = SLICE("operator"),
		.act = SLICE("notice.issue"),
		.kind = SLICE("notice"),
		.id = 12,
		.version = 3,
		.reason = SLICE("\xe6\x8c\x89\xe6\x9c\x9f"),
		.rows = rows,
		.row_count = 2,
		.personal = abc,
		.personal_count = 1,
		.blobs = abc,
		.blob_count = 1,
		.erases = erases,
		.erase_count = 2 };
}

static void an_entry_has_one_spelling(void **state)
{
	(void)state;
	struct digest abc = digest_of(DIGEST_SM3, SLICE("abc"));
	const struct audit_row rows[] = {
		{ .table = SLICE("notice"), .id = 12, .version = 3, .digest = abc },
		{ .table = SLICE("draft"), .id = 4, .version = 9, .deleted = true },
	};
	struct audit_entry entry = full_entry(&abc, rows);
	AUTO_BUF struct buf text;
	buf_init(&text, AUDIT_ENTRY_MAX_OCTETS);
	audit_entry_put(&text, &entry);
	assert_string_equal((const char *)text.p, full);
}

static void what_was_written_reads_back(void **state)
{
	(void)state;
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct audit_entry entry = { 0 };
	assert_int_equal(audit_entry_parse(arena, slice_str(full), &entry, NULL), 0);
	assert_int_equal(entry.row_count, 2);
	assert_true(entry.rows[1].deleted);
	assert_int_equal(entry.erases[1].seq, 5);
	assert_int_equal(entry.asked_unix_ms, 1763796246100);
	AUTO_BUF struct buf text;
	buf_init(&text, AUDIT_ENTRY_MAX_OCTETS);
	audit_entry_put(&text, &entry);
	assert_string_equal((const char *)text.p, full);
}

static void nothing_is_written_as_null(void **state)
{
	(void)state;
	struct audit_entry entry = { .seq = 1, .act = SLICE("login.failed") };
	AUTO_BUF struct buf text;
	buf_init(&text, AUDIT_ENTRY_MAX_OCTETS);
	audit_entry_put(&text, &entry);
	assert_string_equal((const char *)text.p,
		"{\"seq\":1,\"at\":0,\"trace\":null,\"actor\":null,\"role\":null,"
		"\"act\":\"login.failed\",\"kind\":null,\"id\":null,\"version\":null,"
		"\"reason\":null,\"rows\":[],\"personal\":[],\"blobs\":[]}");
}

static void malformed_entries_are_refused_with_a_reason(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *text;
		int error;
	} cases[] = {
		{ "cut off", "{\"seq\":1", E_SHORT },
		{ "a list instead of an object", "[1]", E_FORMAT },
		{ "no number", "{\"act\":\"a\"}", E_FORMAT },
		{ "number zero", "{\"seq\":0,\"act\":\"a\"}", E_FORMAT },
		{ "no act", "{\"seq\":1}", E_FORMAT },
		{ "a number with a fraction", "{\"seq\":1.5,\"act\":\"a\"}", E_FORMAT },
		{ "rows that are no list", "{\"seq\":1,\"act\":\"a\",\"rows\":{}}", E_FORMAT },
		{ "a row without table",
			"{\"seq\":1,\"act\":\"a\",\"rows\":[{\"id\":1,\"v\":1,\"d\":null}]}",
			E_FORMAT },
		{ "a row without digest",
			"{\"seq\":1,\"act\":\"a\",\"rows\":[{\"t\":\"x\",\"id\":1,\"v\":1}]}",
			E_FORMAT },
		{ "a digest that is none", "{\"seq\":1,\"act\":\"a\",\"personal\":[\"66\"]}",
			E_FORMAT },
		{ "an erasure of three numbers",
			"{\"seq\":1,\"act\":\"a\",\"erases\":[[1,2,3]]}", E_FORMAT },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		struct audit_entry entry = { 0 };
		struct diag diag = { 0 };
		int error = audit_entry_parse(arena, slice_str(cases[i].text), &entry, &diag);
		if (error != cases[i].error || diag.text[0] == '\0') {
			fail_msg("%s: %d, \"%s\"", cases[i].name, error, diag.text);
		}
	}
}

static void lists_longer_than_their_limit_are_refused(void **state)
{
	(void)state;
	static struct digest many[AUDIT_ENTRY_PERSONAL_MAX + 1];
	struct audit_entry entry = { .seq = 1, .act = SLICE("a"), .personal = many };
	AUTO_BUF struct buf text;
	buf_init(&text, AUDIT_ENTRY_MAX_OCTETS);
	entry.personal_count = AUDIT_ENTRY_PERSONAL_MAX;
	audit_entry_put(&text, &entry);
	assert_false(text.failed);
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct audit_entry back = { 0 };
	assert_int_equal(audit_entry_parse(arena, buf_slice(&text), &back, NULL), 0);
	buf_clear(&text);
	entry.personal_count++;
	audit_entry_put(&text, &entry);
	assert_true(text.failed);
	assert_int_equal(audit_entry_parse(arena, buf_slice(&text), &back, NULL), E_LIMIT);
}

static void the_salt_hides_and_binds_the_value(void **state)
{
	(void)state;
	struct digest a =
		audit_personal_commit(SLICE("0123456789abcdef"), SLICE("13800000000"));
	struct digest b =
		audit_personal_commit(SLICE("0123456789abcdeg"), SLICE("13800000000"));
	struct digest c =
		audit_personal_commit(SLICE("0123456789abcdef"), SLICE("13800000001"));
	assert_false(digest_eq(&a, &b));
	assert_false(digest_eq(&a, &c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_has_one_spelling),
		cmocka_unit_test(what_was_written_reads_back),
		cmocka_unit_test(nothing_is_written_as_null),
		cmocka_unit_test(malformed_entries_are_refused_with_a_reason),
		cmocka_unit_test(lists_longer_than_their_limit_are_refused),
		cmocka_unit_test(the_salt_hides_and_binds_the_value),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
