/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "model/page_mark.h"
#include "probe/http/page_compare.h"
#include "world.h"

#define NEWS                                                                                                                \
	"<p>学院召开网络安全工作会议部署下半年任务</p><p>图书馆寒假开放时间调整的通知</p>" \
	"<p>机电工程系学生在全省技能大赛中获一等奖</p><p>关于做好期末考试工作安排的通知</p>"
#define PAGE(title, text, more) "<html><title>" title "</title>" text more "</html>"

static char mark_text[PAGE_MARK_TEXT_MAX + 1];

static void keep_mark(void *user, const struct check_spec *spec, const struct page *page,
	const struct page_mark *mark)
{
	AUTO_BUF struct buf text;
	(void)spec;
	(void)page;
	buf_init(&text, PAGE_MARK_TEXT_MAX);
	page_mark_put(&text, mark);
	assert_false(text.failed);
	memcpy(mark_text, text.p, text.n);
	mark_text[text.n] = '\0';
	*(unsigned *)user += 1;
}

static struct check_result compare(
	const char *baseline, struct slice body, const char *location)
{
	struct check_value values[CHECK_VALUES_MAX] = { 0 };
	struct check_result result;
	unsigned seen = 0;
	struct check_spec spec = {
		.id = 5, .kind = CHECK_HTTP, .name = "www.school.edu.cn", .values = values
	};
	values[HTTP_BASELINE] =
		(struct check_value) { .text = baseline, .given = baseline != NULL };
	struct page_sink sink = { keep_mark, &seen };
	check_result_init(&result, &spec, 1);
	check_result_set(&result, CHECK_UP, "http.ok");
	bool same = page_compare(&spec, body, location, &sink, &result);
	assert_int_equal(same, result.state == CHECK_UP);
	assert_int_equal(seen, 1);
	return result;
}

static void a_page_is_held_against_the_confirmed_one(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *body;
		const char *location;
		const char *code;
		const char *arg;
		const char *value;
	} cases[] = {
		{ "the same", PAGE("首页", NEWS, "<a href=//ok.example>"), "", "http.ok", NULL,
			NULL },
		{ "one article more", PAGE("首页", NEWS "<p>新生报到须知</p>", ""), "",
			"http.ok", NULL, NULL },
		{ "a hidden link",
			PAGE("首页", NEWS,
				"<div style='display:none'><a href=http://bet.example>"),
			"", "page.new_hosts", "hosts", "bet.example" },
		{ "two new hosts",
			PAGE("首页", NEWS, "<a href=//a.example><a href=//b.example>"), "",
			"page.new_hosts", "hosts", "a.example, b.example" },
		{ "another title", PAGE("Hacked", NEWS, ""), "", "page.title_changed", "title",
			"Hacked" },
		{ "another text", PAGE("首页", "<p>今夜三点直播精彩赛事注册送彩金</p>", ""), "",
			"page.text_changed", NULL, NULL },
		{ "led elsewhere", PAGE("首页", NEWS, ""), "http://gone.example/x",
			"page.new_hosts", "hosts", "gone.example" },
		{ "led within the school", PAGE("首页", NEWS, ""), "https://sso.school.edu.cn/",
			"http.ok", NULL, NULL },
		{ "an empty page", "", "", "page.title_changed", NULL, NULL },
	};
	(void)compare(NULL, slice_str(PAGE("首页", NEWS, "<a href=//ok.example>")), "");
	char *baseline = strdup(mark_text);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct check_result result =
			compare(baseline, slice_str(cases[i].body), cases[i].location);
		print_message("# %s: %s\n", cases[i].name, result.code);
		assert_string_equal(result.code, cases[i].code);
		if (cases[i].arg != NULL) {
			assert_string_equal(world_arg(&result, cases[i].arg), cases[i].value);
		}
	}
	free(baseline);
}

static void without_a_confirmed_page_nothing_is_judged(void **state)
{
	(void)state;
	static const char *const baselines[] = { NULL, "", "not a mark" };
	for (size_t i = 0; i < sizeof(baselines) / sizeof(baselines[0]); i++) {
		struct check_result result =
			compare(baselines[i], SLICE("<a href=//x.example>"), "");
		assert_string_equal(result.code, "http.ok");
	}
}

static void a_page_in_gbk_is_the_same_page(void **state)
{
	(void)state;
	assert_int_equal(gb18030_init(), 0);
	/* 首页 and 学院新闻通知公告, then the same in GBK. */
	(void)compare(NULL, SLICE("<title>首页</title>学院新闻通知公告"), "");
	char *baseline = strdup(mark_text);
	struct check_result result = compare(baseline,
		SLICE("<title>\xca\xd7\xd2\xb3</title>\xd1\xa7\xd4\xba\xd0\xc2\xce\xc5"
		      "\xcd\xa8\xd6\xaa\xb9\xab\xb8\xe6"),
		"");
	assert_string_equal(result.code, "http.ok");
	free(baseline);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_is_held_against_the_confirmed_one),
		cmocka_unit_test(without_a_confirmed_page_nothing_is_judged),
		cmocka_unit_test(a_page_in_gbk_is_the_same_page),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
