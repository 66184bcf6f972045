/* SPDX-License-Identifier: Apache-2.0 */
#include "records/search.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "fixture.h"
#include "house.h"
#include "records/sql.h"
#include "records/txn.h"

static bool put_token(void *arg, struct slice token, bool open)
{
	struct buf *out = arg;
	(void)open;
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
		{ "弱口令,OA", "弱|弱口|口|口令|令|oa|a|", "弱口|口令|oa|" },
		{ "CVE-2026-1234",
			"cve-2026-1234|ve-2026-1234|e-2026-1234|2026-1234|026-1234|26-1234|6-1234|"
			"1234|234|34|4|",
			"cve-2026-1234|" },
		{ "（１０．1.2.3）", "10.1.2.3|0.1.2.3|1.2.3|2.3|3|", "10.1.2.3|" },
		{ "end. of-", "end|nd|d|of|f|", "end|of|" },
		{ "Ｗｅｂ服务器", "web|eb|b|服|服务|务|务器|器|", "web|服务|务器|" },
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
		{ "lib web", 1, { 4 } },
		{ "brary rver", 1, { 4 } },
		{ "026-12", 1, { 1 } },
		{ "lib 挖矿", 0, { 0 } },
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

/* Whatever stands in a text without a blank between is found by it: as LIKE '%…%' would. */
static void every_stretch_of_a_text_finds_it(const char *conf)
{
	static const char *const stretches[] = { "馆服", "务器弱", "CVE-2026-1234", "E-2026",
		"26-123", "4", "统挖矿木马", "0.1.2", "1.2.33", "brary", "we", "器弱口令" };
	struct house house;
	house_open(&house, conf);
	assert_int_equal(house_run(&house, put_texts, NULL), 0);
	for (size_t i = 0; i < sizeof(stretches) / sizeof(stretches[0]); i++) {
		int64_t ids[8] = { 0 };
		int n = search_find(house.db, "notice", slice_str(stretches[i]), ids, 8);
		for (size_t t = 0; t < sizeof(texts) / sizeof(texts[0]); t++) {
			bool in_text = strcasestr(texts[t], stretches[i]) != NULL;
			bool found = false;
			for (int k = 0; k < n; k++) {
				found = found || ids[k] == (int64_t)t + 1;
			}
			if (in_text && !found) {
				fail_msg("'%s' does not find '%s'", stretches[i], texts[t]);
			}
		}
	}
	house_close(&house);
}

static int put_units(struct txn *txn, void *arg)
{
	(void)arg;
	for (int64_t i = 1; i <= 6000; i++) {
		int64_t done = sql_run(txn_db(txn),
			"INSERT INTO unit (id, version, name, kind, parent_id, valid_from_ms)"
			" VALUES ($1, 1, CAST($1 AS TEXT), 'other', NULL, $2)",
			SQL_INT(i), SQL_INT(i % 100));
		if (done < 0 || search_put(txn, "unit", i, SLICE("学院 x1")) < 0) {
			return E_STORE;
		}
	}
	return 0;
}

static void only_those_among_whom_one_looks_are_found(const char *conf)
{
	struct house house;
	int64_t ids[100] = { 0 };
	house_open(&house, conf);
	assert_int_equal(house_run(&house, put_units, NULL), 0);
	static const char *const words[] = { "学院", "学院 x", "x1" };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct search_want want = { .kind = "unit",
			.query = slice_str(words[i]),
			.among = "unit r WHERE r.valid_from_ms = $3",
			.unit_id = 7,
			.count_max = 100 };
		assert_int_equal(search_find_among(house.db, &want, ids), 60);
		assert_int_equal(ids[0], 5907);
		assert_int_equal(ids[59], 7);
	}
	house_close(&house);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "text is split into tokens", text_is_split_into_tokens, false },
		{ "records are found by every word", records_are_found_by_every_word, false },
		{ "every stretch of a text finds it", every_stretch_of_a_text_finds_it, false },
		{ "only those among whom one looks are found",
			only_those_among_whom_one_looks_are_found, false },
	};
	return fixture_both(cases, sizeof(cases) / sizeof(cases[0]));
}
