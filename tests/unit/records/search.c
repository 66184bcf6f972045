/* SPDX-License-Identifier: Apache-2.0 */
#include "records/search.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "fixture.h"
#include "house.h"

static bool put_token(void *arg, struct slice token)
{
	struct buf *out = arg;
	buf_put(out, token);
	buf_put_str(out, "|");
	return true;
}

static void text_is_split_into_tokens(const char *conf)
{
	(void)conf;
	static const struct {
		const char *text;
		const char *stored;
		const char *asked;
	} cases[] = {
		{ "挖矿", "挖|挖矿|矿|", "挖矿|" },
		{ "矿", "矿|", "矿|" },
		{ "弱口令,OA", "弱|弱口|口|口令|令|oa|", "弱口|口令|oa|" },
		{ "CVE-2026-1234", "cve|2026|1234|cve-2026-1234|", "cve-2026-1234|" },
		{ "（１０．1.2.3）", "10|1|2|3|10.1.2.3|", "10.1.2.3|" },
		{ "end. of-", "end|of|", "end|of|" },
		{ "Ｗｅｂ服务器", "web|服|服务|务|务器|器|", "web|服务|务器|" },
		{ "a--b", "a|b|", "a|b|" },
		{ "", "", "" },
		{ "，。！  ", "", "" },
		{ "\xff\xfe", "", "" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_BUF struct buf stored;
		AUTO_BUF struct buf asked;
		buf_init(&stored, 4096);
		buf_init(&asked, 4096);
		search_split(slice_str(cases[i].text), false, put_token, &stored);
		search_split(slice_str(cases[i].text), true, put_token, &asked);
		buf_put_str(&stored, "");
		buf_put_str(&asked, "");
		assert_true(slice_is(buf_slice(&asked), cases[i].asked));
		if (!slice_is(buf_slice(&stored), cases[i].stored)) {
			fail_msg("'%s' gave %s", cases[i].text, (const char *)stored.p);
		}
	}
}

static const char *const texts[] = { "图书馆服务器弱口令，涉及 CVE-2026-1234",
	"教务系统挖矿木马 10.1.2.3", "10.1.2.33 的服务器被挖空", "Library web server" };

static int put_texts(struct txn *txn, void *arg)
{
	(void)arg;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		/* Written twice: the second text replaces the first. */
		if (search_put(txn, "notice", (int64_t)i + 1, SLICE("旧文字")) < 0 ||
			search_put(txn, "notice", (int64_t)i + 1, slice_str(texts[i])) < 0) {
			return E_STORE;
		}
	}
	return search_put(txn, "asset", 9, SLICE("服务器")) < 0 ? E_STORE : 0;
}

static int put_long(struct txn *txn, void *arg)
{
	(void)arg;
	AUTO_BUF struct buf text;
	buf_init(&text, 1024 * 1024);
	for (int i = 0; i < SEARCH_TOKENS_MAX + 100; i++) {
		buf_printf(&text, "w%d ", i);
	}
	return (int)search_put(txn, "notice", 5, buf_slice(&text));
}

static void records_are_found_by_every_word(const char *conf)
{
	static const struct {
		const char *query;
		int count;
		int64_t ids[3];
	} cases[] = {
		{ "服务器", 2, { 3, 1 } },
		{ "挖矿", 1, { 2 } },
		{ "挖", 2, { 3, 2 } },
		{ "服务器 cve-2026-1234", 1, { 1 } },
		{ "cve-2026", 1, { 1 } },
		{ "1234", 1, { 1 } },
		{ "10.1.2.3", 2, { 3, 2 } },
		{ "10.1.2.33", 1, { 3 } },
		{ "１０．１．２．３ 木马", 1, { 2 } },
		{ "LIB", 1, { 4 } },
		{ "lib web", 0, { 0 } },
		{ "旧文字", 0, { 0 } },
		{ "，", E_INPUT, { 0 } },
	};
	struct house house;
	house_open(&house, conf);
	assert_int_equal(house_run(&house, put_texts, NULL), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t ids[8] = { 0 };
		int n = search_find(house.db, "notice", slice_str(cases[i].query), ids, 8);
		if (n != cases[i].count) {
			fail_msg("'%s': %d", cases[i].query, n);
		}
		for (int k = 0; k < n; k++) {
			assert_int_equal(ids[k], cases[i].ids[k]);
		}
	}
	assert_int_equal(house_run(&house, put_long, NULL), SEARCH_TOKENS_MAX);
	house_close(&house);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "text is split into tokens", text_is_split_into_tokens, false },
		{ "records are found by every word", records_are_found_by_every_word, false },
	};
	return fixture_both(cases, sizeof(cases) / sizeof(cases[0]));
}
