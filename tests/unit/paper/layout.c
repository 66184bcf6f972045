/* SPDX-License-Identifier: Apache-2.0 */
#include "paper/layout.h"

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* Latin letters half a cell wide. */
static int32_t half(void *ctx, struct slice run)
{
	(void)ctx;
	return (int32_t)run.n * LAYOUT_CELL / 2;
}

/* Lines joined by "|". */
static int break_text(const char *text, int columns, int indent, struct buf *out)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct layout_line *lines = NULL;
	struct layout_paragraph paragraph = { .text = slice_str(text),
		.width = columns * LAYOUT_CELL,
		.first_indent = indent * LAYOUT_CELL,
		.measure = half };
	int count = layout_break(&paragraph, arena, &lines);
	buf_init(out, 65536);
	for (int i = 0; i < count; i++) {
		buf_put_str(out, i > 0 ? "|" : "");
		for (size_t j = 0; j < lines[i].count; j++) {
			buf_put(out, lines[i].tokens[j].text);
		}
	}
	return count;
}

static void test_breaks(void **state)
{
	static const struct {
		const char *name;
		const char *text;
		int columns;
		int indent;
		const char *want;
	} cases[] = {
		{ "nothing is one empty line", "", 4, 0, "" },
		{ "one character a cell", "一二三四五六七八九", 4, 0, "一二三四|五六七八|九" },
		{ "the first line is indented", "一二三四五六", 4, 2, "一二|三四五六" },
		{ "a lone comma hangs in the margin", "一二三四，五六七八", 4, 0,
			"一二三四，|五六七八" },
		{ "a stop at the very end hangs", "一二三四。", 4, 0, "一二三四。" },
		{ "a closing bracket takes its character down", "一二三四）五六", 4, 0,
			"一二三|四）五六" },
		{ "two closing marks go down together", "一二三四）。五六", 4, 0,
			"一二三|四）。五|六" },
		{ "a closing mark does not hang before another", "一二三四。”五六", 4, 0,
			"一二三|四。”五|六" },
		{ "an opening bracket never ends a line", "一二三（四五六）", 4, 0,
			"一二三|（四五|六）" },
		{ "opening marks in a row go down together", "一二（“三四五", 4, 0,
			"一二|（“三四|五" },
		{ "a pair of dashes is one sign", "一二三——四", 4, 0, "一二三|——四" },
		{ "a pair of dots may start a line", "一二三四……五", 4, 0, "一二三四|……五" },
		{ "a number stays whole", "一二三2026年", 4, 0, "一二三|2026年" },
		{ "an address stays whole", "一二三四10.0.0.1五", 6, 0, "一二三四|10.0.0.1五" },
		{ "words part at spaces, which no line starts with", "ab cd efgh ij", 4, 0,
			"abcd|efghij" },
		{ "a run longer than a line is cut", "aaaaaaaaaabb", 4, 0, "aaaaaaaa|aabb" },
		{ "a line feed starts a line", "一\n二", 4, 0, "一|二" },
		{ "marks only are cut where they must", "。。。。。。", 4, 0, "。。。。|。。" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_BUF struct buf out;
		int count = break_text(cases[i].text, cases[i].columns, cases[i].indent, &out);
		if (count < 1 || !slice_is(buf_slice(&out), cases[i].want)) {
			fail_msg("%s: %.*s", cases[i].name, SLICE_FMT(buf_slice(&out)));
		}
	}
}

static void test_grid(void **state)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	AUTO_BUF struct buf text;
	struct layout_line *lines = NULL;
	(void)state;
	buf_init(&text, 4096);
	for (int i = 0; i < 60; i++) {
		buf_put_str(&text, "国");
	}
	struct layout_paragraph paragraph = {
		.text = buf_slice(&text), .width = LAYOUT_COLUMNS * LAYOUT_CELL, .measure = half
	};
	assert_int_equal(layout_break(&paragraph, arena, &lines), 3);
	for (size_t i = 0; i < LAYOUT_COLUMNS; i++) {
		assert_int_equal(lines[0].tokens[i].at, i * LAYOUT_CELL);
	}
	assert_int_equal(lines[0].count, LAYOUT_COLUMNS);
	assert_int_equal(lines[2].count, 60 - 2 * LAYOUT_COLUMNS);
}

static void test_spread(void **state)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct layout_line *lines = NULL;
	struct layout_paragraph paragraph = { .text = SLICE("一二三四五六七八九十一二三2026年"),
		.width = 14 * LAYOUT_CELL,
		.measure = half };
	(void)state;
	assert_int_equal(layout_break(&paragraph, arena, &lines), 2);
	assert_int_equal(lines[0].count, 13);
	assert_int_equal(lines[0].tokens[12].at + lines[0].tokens[12].width, 14 * LAYOUT_CELL);
	assert_int_equal(lines[1].tokens[0].at, 0);
	/* Too much to spread stays ragged. */
	paragraph.text = SLICE("一二三四五六七八九十10.20.30.40:8443");
	assert_int_equal(layout_break(&paragraph, arena, &lines), 2);
	assert_int_equal(lines[0].width, 10 * LAYOUT_CELL);
}

static void test_refused(void **state)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct layout_line *lines = NULL;
	struct layout_paragraph paragraph = {
		.text = SLICE("\xff"), .width = 4000, .measure = half
	};
	(void)state;
	assert_int_equal(layout_break(&paragraph, arena, &lines), E_UTF8);
	paragraph.text = SLICE("一");
	paragraph.width = 1000;
	assert_int_equal(layout_break(&paragraph, arena, &lines), E_RANGE);
	AUTO_BUF struct buf text;
	buf_init(&text, 4 * LAYOUT_TOKENS_MAX);
	for (int i = 0; i <= LAYOUT_TOKENS_MAX; i++) {
		buf_put_str(&text, "一");
	}
	paragraph.text = buf_slice(&text);
	paragraph.width = 28000;
	assert_int_equal(layout_break(&paragraph, arena, &lines), E_LIMIT);
}

static void test_pages(void **state)
{
	struct layout_block blocks[30] = { 0 };
	struct layout_place places[30];
	(void)state;
	for (size_t i = 0; i < 30; i++) {
		blocks[i].height = LAYOUT_LINE;
	}
	assert_int_equal(layout_pages(blocks, 30, LAYOUT_ROWS * LAYOUT_LINE, places), 2);
	assert_int_equal(places[21].page, 0);
	assert_int_equal(places[21].at, 21 * LAYOUT_LINE);
	assert_int_equal(places[22].page, 1);
	assert_int_equal(places[22].at, 0);
	/* A heading goes over with its text. */
	blocks[20].keep_next = true;
	blocks[21].keep_next = true;
	assert_int_equal(layout_pages(blocks, 30, LAYOUT_ROWS * LAYOUT_LINE, places), 2);
	assert_int_equal(places[19].page, 0);
	assert_int_equal(places[20].page, 1);
	assert_int_equal(places[20].at, 0);
	/* What is kept together and fills more than a page parts anyway. */
	for (size_t i = 0; i < 30; i++) {
		blocks[i].keep_next = true;
	}
	assert_int_equal(layout_pages(blocks, 30, LAYOUT_ROWS * LAYOUT_LINE, places), 2);
	blocks[3].height = 23 * LAYOUT_LINE;
	assert_int_equal(layout_pages(blocks, 30, LAYOUT_ROWS * LAYOUT_LINE, places), E_RANGE);
	assert_int_equal(layout_pages(blocks, 0, LAYOUT_ROWS * LAYOUT_LINE, places), 1);
}

static void test_page_limit(void **state)
{
	static struct layout_block blocks[LAYOUT_BLOCKS_MAX];
	static struct layout_place places[LAYOUT_BLOCKS_MAX];
	(void)state;
	for (size_t i = 0; i < LAYOUT_BLOCKS_MAX; i++) {
		blocks[i].height = LAYOUT_LINE;
	}
	assert_int_equal(layout_pages(blocks, LAYOUT_PAGES_MAX * LAYOUT_ROWS,
				 LAYOUT_ROWS * LAYOUT_LINE, places),
		LAYOUT_PAGES_MAX);
	assert_int_equal(layout_pages(blocks, LAYOUT_PAGES_MAX * LAYOUT_ROWS + 1,
				 LAYOUT_ROWS * LAYOUT_LINE, places),
		E_LIMIT);
	assert_int_equal(
		layout_pages(blocks, LAYOUT_BLOCKS_MAX + 1, LAYOUT_ROWS * LAYOUT_LINE, places),
		E_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "lines break where Chinese typesetting allows", test_breaks, NULL, NULL,
			NULL },
		{ "28 characters stand in 28 cells", test_grid, NULL, NULL, NULL },
		{ "a line short of a cell is spread, a shorter one is not", test_spread, NULL,
			NULL, NULL },
		{ "bad text, narrow columns and endless text are refused", test_refused, NULL,
			NULL, NULL },
		{ "22 lines make a page, headings stay with their text", test_pages, NULL, NULL,
			NULL },
		{ "pages and blocks have a limit", test_page_limit, NULL, NULL, NULL },
	};
	return cmocka_run_group_tests_name("paper layout", tests, NULL, NULL);
}
