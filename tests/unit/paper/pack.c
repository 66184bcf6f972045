/* SPDX-License-Identifier: Apache-2.0 */
#include "paper/pack.h"

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"

static void test_round_trip(void **state)
{
	const struct pack_part parts[] = { { SLICE("a.xml"), SLICE("<a/>") },
		{ SLICE("word/文.xml"), SLICE("") } };
	AUTO_ARENA struct arena *arena = arena_create(0);
	AUTO_BUF struct buf first;
	AUTO_BUF struct buf second;
	struct pack_part *read = NULL;
	struct diag diag = { 0 };
	(void)state;
	buf_init(&first, 65536);
	buf_init(&second, 65536);
	assert_int_equal(pack_write(parts, 2, &first), 0);
	assert_int_equal(pack_write(parts, 2, &second), 0);
	assert_true(slice_eq(buf_slice(&first), buf_slice(&second)));
	assert_int_equal(pack_read(buf_slice(&first), arena, &read, &diag), 2);
	for (unsigned i = 0; i < 2; i++) {
		assert_true(slice_eq(read[i].name, parts[i].name));
		assert_true(slice_eq(read[i].octets, parts[i].octets));
	}
}

/* What one part of so many zeros packs to. */
static void zeros(struct buf *out, const char *name, size_t octets)
{
	AUTO_BUF struct buf all;
	buf_init(&all, octets + 1);
	uint8_t *to = buf_reserve(&all, octets + 1);
	memset(to, 0, octets);
	buf_commit(&all, octets);
	struct pack_part part = { slice_str(name), buf_slice(&all) };
	buf_init(out, 4 * 1024 * 1024);
	assert_int_equal(pack_write(&part, 1, out), 0);
}

static int try(struct slice file, struct diag *diag)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct pack_part *parts = NULL;
	return pack_read(file, arena, &parts, diag);
}

static void test_refused(void **state)
{
	static const struct {
		const char *name;
		const char *part;
		size_t octets;
		int want;
		const char *says;
	} cases[] = {
		{ "a part that unpacks to too much", "a", PACK_PART_OCTETS_MAX + 1, E_LIMIT,
			"a: unpacks to more than is allowed" },
		{ "a part that unpacks to a thousand times its size", "a", 4 * 1024 * 1024,
			E_LIMIT, "a: unpacks to a suspicious size" },
		{ "a name that leads out", "../a", 10, E_FORMAT,
			"../a: no part of a Word file" },
		{ "a name from the root", "/a", 10, E_FORMAT, "/a: no part of a Word file" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_BUF struct buf file;
		struct diag diag = { 0 };
		zeros(&file, cases[i].part, cases[i].octets);
		int error = try(buf_slice(&file), &diag);
		if (error != cases[i].want || strcmp(diag.text, cases[i].says) != 0) {
			fail_msg("%s: %d %s", cases[i].name, error, diag.text);
		}
	}
}

static void test_many_parts(void **state)
{
	struct pack_part parts[PACK_PARTS_MAX + 1];
	AUTO_ARENA struct arena *arena = arena_create(0);
	AUTO_BUF struct buf file;
	struct diag diag = { 0 };
	(void)state;
	for (unsigned i = 0; i <= PACK_PARTS_MAX; i++) {
		parts[i] = (struct pack_part) { arena_printf(arena, "p%u", i), SLICE("x") };
	}
	buf_init(&file, 4 * 1024 * 1024);
	assert_int_equal(pack_write(parts, PACK_PARTS_MAX + 1, &file), 0);
	assert_int_equal(try(buf_slice(&file), &diag), E_LIMIT);
}

static void test_damaged(void **state)
{
	AUTO_BUF struct buf file;
	struct diag diag = { 0 };
	(void)state;
	zeros(&file, "a.xml", 1000);
	/* Every octet changed, and every length cut: refused or read, never more. */
	for (size_t i = 0; i < file.n; i++) {
		file.p[i] ^= 0x55;
		(void)try(buf_slice(&file), &diag);
		file.p[i] ^= 0x55;
		assert_true(try(slice_head(buf_slice(&file), i), &diag) < 0);
	}
	assert_int_equal(try(SLICE(""), &diag), E_FORMAT);
	assert_int_equal(try(SLICE("%PDF-1.4"), &diag), E_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "what is packed is read again, the same octets twice", test_round_trip, NULL,
			NULL, NULL },
		{ "bombs and names that lead out are refused", test_refused, NULL, NULL, NULL },
		{ "more parts than allowed are refused", test_many_parts, NULL, NULL, NULL },
		{ "a damaged or cut file is refused", test_damaged, NULL, NULL, NULL },
	};
	return cmocka_run_group_tests_name("paper pack", tests, NULL, NULL);
}
