/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static void pages_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *html;
		const char *title;
		const char *text;
		const char *hosts;
	} cases[] = {
		{ "an empty page says nothing", "", "", "", "" },
		{ "title and blocks",
			"<html><title> 示例\n学院 </title><h1>新闻</h1><p>第<b>一</b>条</p>尾",
			"示例 学院", "新闻\n第一条\n尾\n", "" },
		{ "references are resolved and white space is folded",
			"a&nbsp; \t b &#20013;&#x6587; &amp;lt; &nope; & c", "",
			"a b 中文 &lt; &nope; & c\n", "" },
		{ "scripts, styles and comments say nothing",
			"x<script>var a='<p>no</p>'</SCRIPT >y<style>p{}</style><!-- z -->w",
			"", "x\ny\nw\n", "" },
		{ "an unended script takes the rest", "x<script>y<p>z", "", "x\n", "" },
		{ "hosts of the same site are not outward",
			"<a href='https://news.school.edu.cn/a'>n</a><img src=//img.school.edu.cn/b>"
			"<a href=/c>",
			"", "n\n", "" },
		{ "another school is", "<a href=http://www.other.edu.cn>n</a>", "", "n\n",
			"www.other.edu.cn\n" },
		{ "each host once, lower case, without user and port",
			"<a href='HTTP://U@A.Example:81/x'><a href=\"//a.example?y\">"
			"<form action='https://b.example#f'>",
			"", "", "a.example\nb.example\n" },
		{ "a backslash is a slash", "<a href='https:\\\\c.example\\x'>", "", "",
			"c.example\n" },
		{ "a frame, a script and a refresh lead outward too",
			"<iframe src=//f.example></iframe><script src=//s.example/x.js></script>"
			"<meta http-equiv=refresh content='0; URL=\"http://r.example/\"'>",
			"", "", "f.example\ns.example\nr.example\n" },
		{ "an attribute's quotes may hold what ends a tag",
			"<a title='a>b' href=//d.example>t</a>", "", "t\n", "d.example\n" },
		{ "what is no markup is text", "1 < 2 <> <3", "", "1 < 2 <> <3\n", "" },
		{ "an address is a site of its own",
			"<a href=http://10.1.2.3/><a href='http://[2001:db8::1]:80/'>", "", "",
			"10.1.2.3\n[2001:db8::1]\n" },
		{ "mail and script links lead nowhere",
			"<a href='mailto:a@b.example'><a href='javascript:void(0)'>", "", "",
			"" },
		{ "a title in the text stays the first",
			"<title>one</title><svg><title>two</title></svg>", "one", "two\n", "" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct page page;
		print_message("# %s\n", cases[i].name);
		page_init(&page);
		page_read(&page, slice_str(cases[i].html), SLICE("www.school.edu.cn"));
		assert_true(slice_is(buf_slice(&page.title), cases[i].title));
		assert_true(slice_is(buf_slice(&page.text), cases[i].text));
		assert_true(slice_is(buf_slice(&page.hosts), cases[i].hosts));
		page_fini(&page);
	}
}

static void sites_are_told(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "www.school.edu.cn", "school.edu.cn" },
		{ "school.edu.cn", "school.edu.cn" },
		{ "a.b.example.com", "example.com" },
		{ "www.gov.uk", "www.gov.uk" },
		{ "x.school.cn", "school.cn" },
		{ "localhost", "localhost" },
		{ "10.1.2.3", "10.1.2.3" },
		{ "[2001:db8::1]", "[2001:db8::1]" },
		{ "edu.cn", "edu.cn" },
		{ "", "" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(slice_is(page_site(slice_str(cases[i][0])), cases[i][1]));
	}
}

static void bounds_hold(void **state)
{
	(void)state;
	AUTO_BUF struct buf html;
	struct page page;
	buf_init(&html, 4 * 1024 * 1024);
	for (unsigned i = 0; i < PAGE_HOSTS_MAX + 10; i++) {
		buf_printf(&html, "<a href=//h%u.example>字字字字字字字字</a> ", i);
	}
	for (unsigned i = 0; i < 2 * PAGE_TEXT_MAX / 3; i++) {
		buf_put_str(&html, "满");
	}
	page_init(&page);
	page_read(&page, buf_slice(&html), SLICE("school.example"));
	assert_int_equal(page.host_count, PAGE_HOSTS_MAX);
	assert_int_equal(page.hosts_refused, 10);
	assert_true(page.text_cut);
	assert_false(page.text.failed);
	assert_in_range(page.text.n, PAGE_TEXT_MAX - 8, PAGE_TEXT_MAX);
	page_fini(&page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_are_read),
		cmocka_unit_test(sites_are_told),
		cmocka_unit_test(bounds_hold),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
