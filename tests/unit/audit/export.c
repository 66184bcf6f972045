/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/export.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* One of each kind, with awkward text. */
static size_t samples(struct audit_item item[6])
{
	struct digest abc = digest_of(DIGEST_SM3, SLICE("abc"));
	item[0] = (struct audit_item) { .kind = AUDIT_ITEM_BEGIN };
	item[1] = (struct audit_item) { .kind = AUDIT_ITEM_ENTRY,
		.seq = 9,
		.at_unix_ms = 17,
		.text = SLICE("{\"reason\":\"\xe6\x8c\x89\\n\"}"),
		.leaf = abc };
	item[2] = (struct audit_item) { .kind = AUDIT_ITEM_PERSONAL,
		.seq = 9,
		.n = 1,
		.salt = SLICE("\x00\xff"),
		.text = SLICE("13800000000\n\"") };
	item[3] = (struct audit_item) {
		.kind = AUDIT_ITEM_PERSONAL, .seq = 9, .n = 2, .gone = true, .erased_by = 11
	};
	item[4] = (struct audit_item) { .kind = AUDIT_ITEM_HEAD,
		.seq = 9,
		.head = { .size = 9, .root = abc, .at_unix_ms = 18 } };
	item[5] = (struct audit_item) { .kind = AUDIT_ITEM_END, .seq = 9, .n = 2, .heads = 1 };
	return 6;
}

static void every_line_reads_back(void **state)
{
	(void)state;
	struct audit_item item[6];
	size_t count = samples(item);
	for (size_t i = 0; i < count; i++) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		AUTO_BUF struct buf line;
		buf_init(&line, AUDIT_LINE_MAX_OCTETS);
		audit_export_put(&line, &item[i]);
		struct audit_item back = { 0 };
		struct slice text = slice_head(buf_slice(&line), line.n - 1);
		assert_int_equal(audit_export_parse(arena, text, &back, NULL), 0);
		assert_int_equal(back.kind, item[i].kind);
		assert_int_equal(back.seq, item[i].seq);
		assert_int_equal(back.n, item[i].n);
		assert_int_equal(back.erased_by, item[i].erased_by);
		assert_true(slice_eq(back.text, item[i].text));
		assert_true(slice_eq(back.salt, item[i].salt));
		assert_true(digest_eq(&back.leaf, &item[i].leaf));
	}
}

/* No octet of a line may be changed and read as the same thing. */
static void no_octet_is_without_meaning(void **state)
{
	(void)state;
	struct audit_item item[6];
	size_t count = samples(item);
	for (size_t i = 0; i < count; i++) {
		AUTO_BUF struct buf line;
		buf_init(&line, AUDIT_LINE_MAX_OCTETS);
		audit_export_put(&line, &item[i]);
		for (size_t at = 0; at + 1 < line.n; at++) {
			AUTO_ARENA struct arena *arena = arena_create(0);
			AUTO_BUF struct buf again;
			buf_init(&again, AUDIT_LINE_MAX_OCTETS);
			struct audit_item back = { 0 };
			line.p[at] ^= 0x20;
			struct slice text = slice_head(buf_slice(&line), line.n - 1);
			if (audit_export_parse(arena, text, &back, NULL) == 0) {
				audit_export_put(&again, &back);
				assert_true(slice_eq(buf_slice(&again), buf_slice(&line)));
			}
			line.p[at] ^= 0x20;
		}
	}
}

static void other_spellings_are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "{}", "[]",
		"{\"fengsui\":\"audit export\",\"version\":2}",
		"{\"fengsui\": \"audit export\",\"version\":1}",
		"{\"end\":1,\"heads\":0,\"personal\":0}",
		"{\"end\":01,\"personal\":0,\"heads\":0}", "{\"entry\":\"\",\"seq\":1}",
		"{\"personal\":1,\"n\":0,\"salt\":\"AA\",\"value\":\"\",\"erased_by\":null}" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		struct audit_item item = { 0 };
		assert_true(audit_export_parse(arena, slice_str(bad[i]), &item, NULL) < 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_reads_back),
		cmocka_unit_test(no_octet_is_without_meaning),
		cmocka_unit_test(other_spellings_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
