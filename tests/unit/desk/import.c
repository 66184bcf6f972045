/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/jw.h"
#include "base/utf8.h"
#include "fixture.h"
#include "sys/memfd.h"

static struct school school;
static struct hat operator;

struct how {
	const char *format;
	const char *charset;
	bool base64;
	bool dry_run;
	bool skip_bad;
};

static const struct how dry = { .dry_run = true };
static const struct how strict = { 0 };
static const struct how skipping = { .skip_bad = true };

static void begin(const char *conf)
{
	assert_int_equal(gb18030_init(), 0);
	school_open(&school, conf);
	operator= school_hat(&school, school_person(&school, "赵强", 0), "operator", 0);
	(void)school_row(&school,
		"INSERT INTO unit (id, version, name, short_name, kind, valid_from_ms)"
		" VALUES ($1, 1, '信息工程学院', '信工', 'faculty', 0)");
	(void)school_unit(&school, "教务处", false);
	(void)school_unit(&school, "图书馆（档案馆）", false);
	(void)school_unit(&school, "后勤处（东）", false);
	(void)school_unit(&school, "后勤处（西）", false);
}

static int import(enum route_id route, struct slice text, struct how how)
{
	AUTO_BUF struct buf body;
	AUTO_BUF struct buf coded;
	buf_init(&body, 64 << 20);
	buf_init(&coded, 32 << 20);
	struct jw jw;
	jw_init(&jw, &body);
	jw_object(&jw);
	if (how.base64) {
		buf_put_base64(&coded, text);
		jw_kv_bool(&jw, "base64", true);
	}
	jw_kv_str(&jw, "text", how.base64 ? buf_slice(&coded) : text);
	jw_kv_str(&jw, "format", slice_str(how.format != NULL ? how.format : "csv"));
	jw_kv_str(&jw, "charset", slice_str(how.charset != NULL ? how.charset : "auto"));
	jw_kv_bool(&jw, "dry_run", how.dry_run);
	jw_kv_bool(&jw, "skip_bad", how.skip_bad);
	jw_end(&jw);
	assert_false(body.failed);
	return desk_do(&school, &operator, route, 0, (const char *)body.p);
}

static int assets(const char *text, struct how how)
{
	return import(ROUTE_ASSETS_IMPORT, slice_str(text), how);
}

static void report_is(
	int64_t rows, int64_t added, int64_t changed, int64_t same, int64_t refused)
{
	assert_int_equal(answer_int(&school, "report.rows"), rows);
	assert_int_equal(answer_int(&school, "report.added"), added);
	assert_int_equal(answer_int(&school, "report.changed"), changed);
	assert_int_equal(answer_int(&school, "report.same"), same);
	assert_int_equal(answer_int(&school, "report.refused"), refused);
}

static void a_sheet_is_taken_as_it_is(const char *conf)
{
	static char octets[4096];
	char path[512];
	(void)snprintf(
		path, sizeof(path), "%s/assets-gb18030.csv", getenv("FENGSUI_DATA_DESK"));
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	size_t n = fread(octets, 1, sizeof(octets), file);
	(void)fclose(file);
	begin(conf);
	struct slice text = slice_of(octets, n);
	struct how how = { .base64 = true, .dry_run = true };
	assert_int_equal(import(ROUTE_ASSETS_IMPORT, text, how), 0);
	report_is(3, 3, 0, 0, 0);
	answer_is(&school, "report.preview.0.name", "教务系统");
	assert_int_equal(answer_int(&school, "report.preview.0.row"), 4);
	assert_int_equal(house_number(&school.house, "SELECT count(*) FROM asset"), 0);
	how.dry_run = false;
	how.charset = "utf-8";
	assert_int_equal(import(ROUTE_ASSETS_IMPORT, text, how), E_INPUT);
	assert_string_equal(school.code, "import.charset");
	how.charset = "gb18030";
	assert_int_equal(import(ROUTE_ASSETS_IMPORT, text, how), 0);
	report_is(3, 3, 0, 0, 0);
	assert_int_equal(
		house_number(&school.house,
			"SELECT count(*) FROM asset a JOIN unit u ON u.id = a.owner_unit_id"
			" WHERE a.name = '教务系统' AND u.name = '教务处' AND a.mlps_level = 3 AND a.note = '含 \"选课\" 模块'"),
		1);
	assert_int_equal(
		house_number(&school.house,
			"SELECT count(*) FROM asset a JOIN unit u ON u.id = a.owner_unit_id"
			" WHERE a.kind = 'site' AND u.name = '图书馆（档案馆）' AND a.mlps_level IS NULL"),
		1);
	assert_int_equal(
		house_number(&school.house,
			"SELECT count(*) FROM asset WHERE name = '㐂庆䶮平台' AND mlps_level = 3"),
		1);
	assert_int_equal(
		house_number(&school.house,
			"SELECT count(*) FROM asset_key WHERE key = 'jw.example.edu.cn'"),
		1);
	/* Again: nothing is new. */
	assert_int_equal(import(ROUTE_ASSETS_IMPORT, text, how), 0);
	report_is(3, 0, 0, 3, 0);
	school_close(&school);
}

static void every_fault_has_its_place(const char *conf)
{
	static const struct {
		const char *row;
		const char *column;
		const char *code;
		const char *value;
	} bad[] = {
		{ ",网站,,,,", "名称", "required", NULL },
		{ "甲,飞船,,,,", "类型", "invalid", "飞船" },
		{ "乙,网站,10.1.2.999,,,", "IP", "invalid", "10.1.2.999" },
		{ "丙,网站,10.1.2.3;10.1/8,,,", "IP", "invalid", "10.1/8" },
		{ "丁,网站,,a..b,,", "域名", "invalid", "a..b" },
		{ "戊,网站,,,体育部,", "主管单位", "unknown_unit", "体育部" },
		{ "己,网站,,,后勤处,", "主管单位", "ambiguous_unit", "后勤处" },
		{ "庚,网站,,,,九级", "等保级别", "invalid", "九级" },
		{ "好,网站,,,,二级", "名称", "duplicate", "好" },
		{ "辛,网站,,,,,2027-02-30", "域名到期日", "bad_day", "2027-02-30" },
		{ "壬,网站,,,,,明年,", "域名到期日", "bad_day", "明年" },
		{ "癸,网站,,,,,,2027年13月1日", "备案到期日", "bad_day", "2027年13月1日" },
	};
	begin(conf);
	AUTO_BUF struct buf text;
	buf_init(&text, 4096);
	buf_put_str(&text, "名称,类型,IP,域名,主管单位,等保级别,域名到期日,备案到期日\n"
			   "好,网站,,,信工,二级,2027/6/30,20280101\n");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		buf_printf(&text, "%s\n", bad[i].row);
	}
	assert_int_equal(assets((const char *)text.p, dry), 0);
	report_is(13, 1, 0, 0, 12);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		bool found = false;
		for (const struct json *e = json_first(answer_at(&school, "report.errors"));
			e != NULL; e = json_next(e)) {
			found |= json_get_int(e, "row", 0) == (int64_t)i + 3 &&
				 slice_is(json_get_str(e, "code"), bad[i].code) &&
				 slice_is(json_get_str(e, "column"), bad[i].column) &&
				 (bad[i].value == NULL ||
					 slice_is(json_get_str(e, "value"), bad[i].value));
		}
		if (!found) {
			fail_msg("%s: %.*s", bad[i].row, SLICE_FMT(buf_slice(&school.text)));
		}
	}
	/* All or nothing, unless the bad ones are to be left out. */
	assert_int_equal(assets((const char *)text.p, strict), E_INPUT);
	assert_string_equal(school.code, "import.bad_rows");
	assert_int_equal(house_number(&school.house, "SELECT count(*) FROM asset"), 0);
	assert_int_equal(assets((const char *)text.p, skipping), 0);
	report_is(13, 1, 0, 0, 12);
	assert_int_equal(house_number(&school.house, "SELECT count(*) FROM asset"), 1);
	/* Half past five by China's clock, and somebody will be reminded. */
	assert_int_equal(house_number(&school.house, "SELECT domain_end_ms FROM asset"),
		INT64_C(1814347800000));
	assert_int_equal(house_number(&school.house,
				 "SELECT count(*) FROM timer WHERE kind IN ('expiry.domain',"
				 " 'expiry.icp') AND cancelled_at_ms IS NULL") >= 2,
		1);
	school_close(&school);
}

static void an_empty_cell_keeps_what_is_there(const char *conf)
{
	begin(conf);
	assert_int_equal(
		assets("名称,类型,IP,供应商,重要性\n主页,网站,10.1.1.1,甲公司,核心\n", strict),
		0);
	assert_int_equal(assets("资产名称\tIP\t供应商\n主页\t\"10.1.1.2\n10.1.1.3\"\t\n",
				 (struct how) { .format = "cells" }),
		0);
	report_is(1, 0, 1, 0, 0);
	assert_int_equal(
		house_number(&school.house,
			"SELECT count(*) FROM asset WHERE vendor = '甲公司' AND kind = 'site'"
			" AND importance = 'core' AND version = 2"),
		1);
	assert_int_equal(house_number(&school.house, "SELECT count(*) FROM asset_key"), 2);
	school_close(&school);
}

static void what_is_no_sheet_is_refused(const char *conf)
{
	static const struct {
		const char *text;
		struct how how;
		const char *code;
	} cases[] = {
		{ "", { 0 }, "import.empty" },
		{ " \n,,\n", { 0 }, "import.empty" },
		{ "甲,乙\n1,2\n", { 0 }, "import.no_header" },
		{ "IP,域名\n1,2\n", { 0 }, "import.no_header" },
		{ "名称,IP\n\"甲,2\n", { 0 }, "import.quotes" },
		{ "名称", { .format = "xlsx" }, "input.word" },
	};
	begin(conf);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(assets(cases[i].text, cases[i].how) < 0);
		assert_string_equal(school.code, cases[i].code);
	}
	AUTO_BUF struct buf text;
	buf_init(&text, 1 << 20);
	buf_put_str(&text, "名称\n");
	for (int i = 0; i < 10001; i++) {
		buf_printf(&text, "a%d\n", i);
	}
	assert_int_equal(assets((const char *)text.p, dry), E_LIMIT);
	assert_string_equal(school.code, "import.rows");
	school_close(&school);
}

static void the_export_imports_again(const char *conf)
{
	begin(conf);
	static const char *const names[] = { "=1+1", "+86", "-x", "@y", "'=z", "''=z", "a,b",
		"q\\\"q", "两\\n行" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(
			desk_dof(&school, &operator, ROUTE_ASSETS_CREATE, 0,
				"{\"name\":\"%s\",\"kind\":\"link\",\"exposure\":\"isolated\",\"mlps_level\":%zu,"
				"\"note\":\"=HYPERLINK(\\\"x\\\")\",\"vendor_phone\":\"+86 571 8699\"}",
				names[i], i % 6),
			0);
	}
	assert_int_equal(
		assets("名称,类型,IP,域名,主管单位,使用单位,等保级别,重要性,暴露面,域名到期日,ICP备案号,ICP备案到期日\n"
		       "主页,网站,10.1.1.1、10.1.1.2,www.example.edu.cn,图书馆,信工,二级,核心,互联网,"
		       "2027.1.5,鄂ICP备1号,2028年2月29日\n",
			strict),
		0);
	assert_int_equal(view_do(&school, &operator, ROUTE_ASSETS_EXPORT, 0, NULL), 0);
	struct memfd_map map;
	assert_int_equal(memfd_map(school.download_fd, 1 << 20, &map), 0);
	assert_true(slice_starts(map.octets, SLICE("\xef\xbb\xbf\"资产名称\",")));
	assert_true(slice_find(map.octets,
			    SLICE("\"2027-01-05\",\"鄂ICP备1号\",\"2028-02-29\"")) != SIZE_MAX);
	/* No cell is a formula. */
	assert_true(slice_find(map.octets, SLICE("\"=")) == SIZE_MAX);
	assert_true(slice_find(map.octets, SLICE("\"+")) == SIZE_MAX);
	AUTO_BUF struct buf copy;
	buf_init(&copy, 1 << 20);
	buf_put(&copy, map.octets);
	memfd_unmap(&map);
	int64_t entries = house_number(&school.house, "SELECT max(seq) FROM audit_entry");
	assert_int_equal(
		import(ROUTE_ASSETS_IMPORT, buf_slice(&copy), (struct how) { .base64 = true }),
		0);
	report_is(10, 0, 0, 10, 0);
	assert_int_equal(
		house_number(&school.house, "SELECT max(seq) FROM audit_entry"), entries);
	school_close(&school);
}

static void units_come_with_their_tree(const char *conf)
{
	begin(conf);
	static const char *const sheet =
		"单位一览表\n名称\t简称\t类别\t上级\n网络所\t\t\t信息学院\n信息学院\t信院\t教学单位\t\n"
		"教务处\t教务\t\t\n考试中心\t\t\t教务\n";
	struct how how = { .format = "cells", .dry_run = true };
	assert_int_equal(import(ROUTE_UNITS_IMPORT, slice_str(sheet), how), 0);
	/* 教务 is nobody's short name yet: 考试中心 names a unit this sheet only now gives it. */
	report_is(4, 2, 1, 0, 1);
	answer_is(&school, "report.errors.0.code", "unknown_unit");
	how.dry_run = false;
	how.skip_bad = true;
	assert_int_equal(import(ROUTE_UNITS_IMPORT, slice_str(sheet), how), 0);
	assert_int_equal(import(ROUTE_UNITS_IMPORT, slice_str(sheet), how), 0);
	report_is(4, 1, 0, 3, 0);
	assert_int_equal(
		house_number(&school.house,
			"SELECT count(*) FROM unit u JOIN unit p ON p.id = u.parent_id"
			" WHERE (u.name = '网络所' AND p.name = '信息学院') OR (u.name = '考试中心' AND p.name = '教务处'"
			" AND u.kind = 'centre')"),
		2);
	/* A circle within the sheet. */
	assert_int_equal(import(ROUTE_UNITS_IMPORT,
				 SLICE("名称,上级\n甲,乙\n乙,丙\n丙,甲\n丁,\n"), skipping),
		0);
	report_is(4, 1, 0, 0, 3);
	school_close(&school);
}

static void ten_thousand_rows_go_in(const char *conf)
{
	begin(conf);
	AUTO_BUF struct buf text;
	buf_init(&text, 8 << 20);
	buf_put_str(&text, "资产名称,类型,IP,域名,主管单位,等保级别,备注\n");
	for (int i = 0; i < 10000; i++) {
		bool bad = i % 33 == 0 && i < 9900;
		buf_printf(&text,
			"业务系统%05d,信息系统,10.%d.%d.%d,s%05d.example.edu.cn,%s,%s,\"批量, 导入\"\n",
			i, i / 65536, i / 256 % 256, bad ? 999 : i % 256, i,
			i % 2 == 0 ? "信工" : "教务处", i % 3 == 0 ? "二级" : "");
	}
	struct timespec from;
	struct timespec to;
	for (int dry_run = 1; dry_run >= 0; dry_run--) {
		(void)clock_gettime(CLOCK_MONOTONIC, &from);
		assert_int_equal(
			assets((const char *)text.p, dry_run == 1 ? dry : skipping), 0);
		(void)clock_gettime(CLOCK_MONOTONIC, &to);
		report_is(10000, 9700, 0, 0, 300);
		assert_int_equal(json_count(answer_at(&school, "report.errors")), 300);
		print_message("# %s of 10,000 rows with 300 bad ones: %lld ms\n",
			dry_run == 1 ? "dry run" : "import",
			(long long)((to.tv_sec - from.tv_sec) * 1000 +
				    (to.tv_nsec - from.tv_nsec) / 1000000));
	}
	assert_int_equal(house_number(&school.house, "SELECT count(*) FROM asset"), 9700);
	school_close(&school);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "a sheet is taken as the school keeps it, in GB18030",
			a_sheet_is_taken_as_it_is, false },
		{ "every fault has its row, column and reason", every_fault_has_its_place,
			false },
		{ "an empty cell keeps what is there", an_empty_cell_keeps_what_is_there,
			false },
		{ "what is no sheet is refused with a reason", what_is_no_sheet_is_refused,
			false },
		{ "the export imports again and changes nothing", the_export_imports_again,
			false },
		{ "units come with their tree", units_come_with_their_tree, false },
		{ "ten thousand rows go in", ten_thousand_rows_go_in, false },
	};
	return house_both(cases, sizeof(cases) / sizeof(cases[0]));
}
