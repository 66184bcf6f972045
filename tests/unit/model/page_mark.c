/* SPDX-License-Identifier: Apache-2.0 */
#include "model/page_mark.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/err.h"

/* A front page: articles of a sentence or two, with a date and a counter each. */
static void put_page(struct buf *buf, unsigned articles, unsigned seed, unsigned day)
{
	static const char *const words[] = { "学院", "举行", "网络安全", "宣传周", "活动",
		"教师", "参加", "培训", "实训室", "建成", "就业", "招聘", "图书馆", "开放",
		"通知", "关于", "期末", "考试", "安排", "领导", "调研", "志愿者", "运动会",
		"闭幕" };
	for (unsigned i = 0; i < articles; i++) {
		uint32_t x = (seed + i) * 2654435761u + 12345u;
		for (unsigned w = 0; w < 12; w++) {
			x = x * 1664525u + 1013904223u;
			buf_put_str(buf, words[(x >> 16) % (sizeof(words) / sizeof(words[0]))]);
		}
		buf_printf(buf, " 2026-11-%02u 浏览 %u 次\n", day, day * 37 + i);
	}
}

static struct page_mark mark_of(unsigned articles, unsigned seed, unsigned day)
{
	AUTO_BUF struct buf text;
	buf_init(&text, 65536);
	put_page(&text, articles, seed, day);
	return page_mark_of(SLICE("首页"), buf_slice(&text), (struct slice) { 0 });
}

static void likeness_follows_the_text(void **state)
{
	(void)state;
	struct page_mark today = mark_of(30, 1, 1);
	struct page_mark counted = mark_of(30, 1, 28);
	struct page_mark tomorrow = mark_of(30, 4, 2); /* three new articles, three gone */
	struct page_mark other = mark_of(30, 900, 1);
	struct page_mark empty = page_mark_of(SLICE("x"), SLICE(""), SLICE(""));
	assert_int_equal(page_mark_likeness(&today, &today), 100);
	assert_int_equal(page_mark_likeness(&today, &counted), 100);
	assert_in_range(page_mark_likeness(&today, &tomorrow), 60, 99);
	assert_in_range(page_mark_likeness(&today, &other), 0, 30);
	assert_int_equal(page_mark_likeness(&today, &empty), 0);
	assert_int_equal(page_mark_likeness(&empty, &empty), 100);
}

static void hosts_are_known_again(void **state)
{
	(void)state;
	struct page_mark mark =
		page_mark_of(SLICE("t"), SLICE("text"), SLICE("a.example\nb.example\n"));
	assert_int_equal(mark.hosts, 2);
	assert_true(page_mark_knows(&mark, SLICE("a.example")));
	assert_true(page_mark_knows(&mark, SLICE("b.example")));
	assert_false(page_mark_knows(&mark, SLICE("c.example")));
}

static void a_mark_reads_back_as_it_was_put(void **state)
{
	(void)state;
	AUTO_BUF struct buf hosts;
	AUTO_BUF struct buf text;
	buf_init(&hosts, 65536);
	buf_init(&text, PAGE_MARK_TEXT_MAX);
	for (unsigned i = 0; i < PAGE_MARK_HOSTS_MAX + 5; i++) {
		buf_printf(&hosts, "h%u.example\n", i);
	}
	struct page_mark mark =
		page_mark_of(SLICE("首页"), SLICE("一段文字在这里"), buf_slice(&hosts));
	struct page_mark again;
	page_mark_put(&text, &mark);
	assert_false(text.failed);
	assert_int_equal(page_mark_read(buf_slice(&text), &again), 0);
	assert_int_equal(again.hosts, PAGE_MARK_HOSTS_MAX);
	assert_int_equal(again.title, mark.title);
	assert_int_equal(page_mark_likeness(&mark, &again), 100);
	static const char *const broken[] = { "", "AAAA", "!!!!", "AQ==" };
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		assert_int_equal(page_mark_read(slice_str(broken[i]), &again), E_FORMAT);
	}
	/* Whole hosts only: 348 characters hold none, 352 three octets of one. */
	assert_int_equal(page_mark_read(slice_head(buf_slice(&text), 348), &again), 0);
	assert_int_equal(again.hosts, 0);
	assert_int_equal(page_mark_read(slice_head(buf_slice(&text), 352), &again), E_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(likeness_follows_the_text),
		cmocka_unit_test(hosts_are_known_again),
		cmocka_unit_test(a_mark_reads_back_as_it_was_put),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
