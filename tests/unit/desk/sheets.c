/* SPDX-License-Identifier: Apache-2.0 */
/* Sheets in the store: understood, confirmed, imported, taken back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"
#include "fixture.h"
#include "grid/grid.h"
#include "sys/memfd.h"

static struct school school;
static struct hat operator;
static int64_t academic;

static void begin(const char *conf)
{
	school_open(&school, conf);
	operator= school_hat(&school, school_person(&school, "赵强", 0), "operator", 0);
	academic = school_unit(&school, "教务处", false);
	(void)school_unit(&school, "信息工程学院", false);
	(void)school_unit(&school, "图书馆", false);
}

/* Rows parted by newlines, cells by |; "" leaves a cell empty. */
static int64_t sheet(const char *text)
{
	AUTO_BUF struct buf grid;
	buf_init(&grid, GRID_OCTETS_MAX);
	grid_put_sheet(&grid, SLICE("Sheet1"), 0);
	struct slice left = slice_str(text);
	for (uint32_t number = 1; left.n > 0; number++) {
		struct slice line = { 0 };
		struct grid_row row = { .number = number };
		(void)slice_cut(left, '\n', &line, &left);
		for (bool more = true; more;) {
			more = slice_cut(line, '|', &row.cell[row.cells], &line);
			row.cells++;
		}
		grid_put_row(&grid, &row);
	}
	school.call.upload_cells = buf_slice(&grid);
	school.call.upload_name = SLICE("资产.xlsx");
	assert_int_equal(desk_do(&school, &operator, ROUTE_IMPORTS_CREATE, 0, NULL), 0);
	return school.answer_id;
}

static int run(int64_t id, const char *body)
{
	return desk_do(&school, &operator, ROUTE_IMPORTS_RUN, id, body);
}

static int64_t count(const char *sql)
{
	return house_number(&school.house, sql);
}

static const char messy[] =
	"2026 年信息资产台账\n"
	"序号|系统名称|责任部门|责任人及电话|服务器IP|重要程度|备案号\n"
	"1|教务系统|教务处（招生办）|张三 13800000001|10.1.2.3、10.1.2.4|核心|鄂ICP备1号\n"
	"2|图书系统|图书馆|李四（１３８００００００２２）|10.1.2.8-10.1.2.11\n"
	"3|就业网|学工部||10.1.2.999|一般\n"
	"4|题库|教务处（招生办）|王五||重要\n";

static void a_messy_sheet_is_understood(const char *conf)
{
	begin(conf);
	int64_t id = sheet(messy);
	assert_int_equal(
		run(id, "{\"kind\":\"asset\",\"dry_run\":true,\"columns\":null,\"heading_row\":null,"
			"\"fill\":null,\"units\":null}"),
		0);
	assert_int_equal(answer_int(&school, "report.heading_row"), 2);
	answer_is(&school, "report.columns.1.field", "name");
	answer_is(&school, "report.columns.2.field", "owner_unit");
	answer_is(&school, "report.columns.3.field", "person");
	answer_is(&school, "report.columns.4.field", "address");
	answer_is(&school, "report.columns.6.field", "icp_number");
	assert_int_equal(answer_int(&school, "report.rows"), 4);
	/* 教务处（招生办） is asked about, not taken for granted. */
	answer_is(&school, "report.units.0.text", "教务处（招生办）");
	answer_is(&school, "report.units.0.candidates.0.name", "教务处");
	assert_int_equal(answer_int(&school, "report.units.0.rows"), 2);
	answer_is(&school, "report.units.1.text", "学工部");
	assert_int_equal(answer_int(&school, "report.refused"), 3);
	assert_int_equal(count("SELECT count(*) FROM asset"), 0);
	school_close(&school);
}

static void confirm(int64_t id, bool dry_run, bool skip_bad)
{
	assert_int_equal(
		desk_dof(&school, &operator, ROUTE_IMPORTS_RUN, id,
			"{\"kind\":\"asset\",\"dry_run\":%s,\"skip_bad\":%s,\"units\":["
			"{\"text\":\"教务处（招生办）\",\"unit_id\":%lld,\"remember\":true},"
			"{\"text\":\"学工部\",\"unit_id\":-1}]}",
			dry_run ? "true" : "false", skip_bad ? "true" : "false",
			(long long)academic),
		0);
}

static void what_was_confirmed_is_imported_and_remembered(const char *conf)
{
	begin(conf);
	int64_t id = sheet(messy);
	confirm(id, true, false);
	assert_int_equal(answer_int(&school, "report.added"), 3);
	assert_int_equal(answer_int(&school, "report.refused"), 1);
	answer_is(&school, "report.errors.0.code", "invalid");
	answer_is(&school, "report.errors.0.column", "服务器IP");
	assert_int_equal(answer_int(&school, "report.errors.0.row"), 5);
	confirm(id, false, true);
	assert_int_equal(count("SELECT count(*) FROM asset"), 3);
	assert_int_equal(
		count("SELECT count(*) FROM asset a JOIN unit u ON u.id = a.owner_unit_id WHERE u.name = '教务处'"),
		2);
	/* A range is the networks it is made of; a name goes without its number. */
	assert_int_equal(count("SELECT count(*) FROM asset WHERE address = '10.1.2.8/30'"), 1);
	assert_int_equal(
		count("SELECT count(*) FROM person WHERE name = '李四' AND phone = '13800000022'"),
		1);
	assert_int_equal(
		count("SELECT count(*) FROM unit_alias WHERE alias = '教务处（招生办）'"), 1);
	/* The next sheet needs no word about it. */
	id = sheet(messy);
	assert_int_equal(run(id, "{\"kind\":\"asset\",\"dry_run\":true}"), 0);
	assert_int_equal(answer_int(&school, "report.same"), 3);
	assert_null(answer_at(&school, "report.units.0"));
	school_close(&school);
}

static void what_came_is_taken_back(const char *conf)
{
	begin(conf);
	assert_int_equal(desk_do(&school, &operator, ROUTE_ASSETS_CREATE, 0,
				 "{\"name\":\"图书系统\",\"kind\":\"system\",\"note\":\"旧\"}"),
		0);
	int64_t old = school.answer_id;
	int64_t id = sheet(messy);
	confirm(id, false, true);
	int64_t touched = count("SELECT id FROM asset WHERE name = '题库'");
	assert_int_equal(desk_do(&school, &operator, ROUTE_ASSETS_UPDATE, touched,
				 "{\"note\":\"改过\"}"),
		0);
	assert_int_equal(
		desk_do(&school, &operator, ROUTE_IMPORTS_UNDO, id, "{\"dry_run\":true}"), 0);
	assert_int_equal(answer_int(&school, "report.refused"), 1);
	answer_is(&school, "report.errors.0.value", "题库");
	assert_int_equal(count("SELECT count(*) FROM asset"), 3);
	assert_int_equal(
		desk_do(&school, &operator, ROUTE_IMPORTS_UNDO, id, "{\"dry_run\":false}"), 0);
	assert_int_equal(count("SELECT count(*) FROM asset WHERE name = '教务系统'"), 0);
	assert_int_equal(count("SELECT count(*) FROM asset WHERE name = '题库'"), 1);
	assert_int_equal(
		count("SELECT count(*) FROM asset WHERE address IS NULL AND note = '旧'"), 1);
	assert_int_equal(count("SELECT version FROM asset WHERE note = '旧'"), 3);
	assert_true(old > 0);
	assert_int_equal(count("SELECT count(*) FROM unit WHERE name = '学工部'"), 0);
	assert_int_equal(count("SELECT count(*) FROM unit_alias"), 0);
	assert_int_equal(
		count("SELECT count(*) FROM person WHERE phone IS NOT NULL AND name IN ('张三', '李四')"),
		0);
	assert_int_equal(
		desk_do(&school, &operator, ROUTE_IMPORTS_UNDO, id, "{\"dry_run\":false}"),
		E_STATE);
	assert_string_equal(school.code, "import.not_done");
	school_close(&school);
}

static void columns_are_what_people_say(const char *conf)
{
	begin(conf);
	int64_t id = sheet("甲|乙|丙\n主页|教务处|10.1.1.1\n|图书馆|\n选课||10.1.1.2\n");
	assert_int_equal(run(id, "{\"kind\":\"asset\",\"dry_run\":true,\"heading_row\":1}"), 0);
	answer_is(&school, "report.columns.2.field", "address");
	assert_int_equal(answer_int(&school, "report.refused"), 2);
	assert_int_equal(
		run(id, "{\"kind\":\"asset\",\"dry_run\":false,\"heading_row\":1,\"skip_bad\":true,"
			"\"columns\":[\"name\",\"owner_unit\",\"address\"],\"fill\":[1]}"),
		0);
	assert_int_equal(
		count("SELECT count(*) FROM asset a JOIN unit u ON u.id = a.owner_unit_id WHERE a.name = '选课'"
		      " AND u.name = '图书馆'"),
		1);
	assert_int_equal(run(id, "{\"kind\":\"asset\",\"dry_run\":true}"), E_STATE);
	assert_string_equal(school.code, "import.done");
	id = sheet("名称\n甲\n");
	static const char *const bad[] = { "[\"name\",\"name\"]", "[\"nonsense\"]",
		"[\"name\",\"kind\"]" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(
			desk_dof(&school, &operator, ROUTE_IMPORTS_RUN, id,
				"{\"kind\":\"asset\",\"dry_run\":true,\"columns\":%s}", bad[i]),
			E_INPUT);
		assert_string_equal(school.code, "import.mapping");
	}
	school_close(&school);
}

static void people_come_from_a_sheet(const char *conf)
{
	begin(conf);
	int64_t id = sheet("姓名|部门|联系方式|邮箱|职务\n"
			   "张三|教务处|1.38E+10||科长\n"
			   "李四 13800000003|图书馆||li@example.edu.cn|\n"
			   "王五|图书馆|13800000004.0|不是|\n"
			   "赵六|教务处|０571-8000 0000||\n");
	assert_int_equal(run(id, "{\"kind\":\"person\",\"dry_run\":true}"), 0);
	assert_int_equal(answer_int(&school, "report.added"), 2);
	answer_is(&school, "report.errors.0.code", "digits_lost");
	answer_is(&school, "report.errors.1.code", "invalid");
	assert_int_equal(run(id, "{\"kind\":\"person\",\"dry_run\":false}"), E_INPUT);
	assert_int_equal(
		run(id, "{\"kind\":\"person\",\"dry_run\":false,\"skip_bad\":true}"), 0);
	assert_int_equal(
		count("SELECT count(*) FROM person WHERE name = '李四' AND phone = '13800000003'"
		      " AND mail = 'li@example.edu.cn'"),
		1);
	assert_int_equal(
		count("SELECT count(*) FROM person WHERE phone = '0571-8000 0000'"), 1);
	assert_int_equal(view_do(&school, &operator, ROUTE_IMPORTS_ERRORS, id, NULL), 0);
	assert_true(school.download_fd >= 0);
	assert_int_equal(view_do(&school, &operator, ROUTE_IMPORTS_LIST, 0, NULL), 0);
	answer_is(&school, "items.0.kind", "person");
	school_close(&school);
}

/* Erased by order: no sheet and no undo brings his number back. */
static void who_is_erased_comes_back_in_no_sheet(const char *conf)
{
	begin(conf);
	struct hat admin =
		school_hat(&school, school_person(&school, "何静", 0), "sysadmin", 0);
	int64_t id = sheet("姓名|电话\n张三|13800000001\n");
	assert_int_equal(run(id, "{\"kind\":\"person\",\"dry_run\":false}"), 0);
	int64_t person = count("SELECT id FROM person WHERE name = '张三'");
	id = sheet("姓名|电话\n张三|13800000002\n");
	assert_int_equal(run(id, "{\"kind\":\"person\",\"dry_run\":false}"), 0);
	assert_int_equal(
		count("SELECT count(*) FROM sheet_import_change WHERE was LIKE '%13800000001%'"),
		1);
	school.call.password_ok = true;
	assert_int_equal(
		desk_do(&school, &admin, ROUTE_PEOPLE_ERASE, person,
			"{\"order\":\"1号\",\"reason\":\"本人要求删除\",\"password\":\"x\"}"),
		0);
	assert_int_equal(count("SELECT count(*) FROM sheet_import_change"), 0);
	assert_int_equal(count("SELECT count(*) FROM sheet_import_page"), 0);
	school_close(&school);
}

static void a_unit_left_out_leaves_its_rows(const char *conf)
{
	begin(conf);
	int64_t id = sheet("名称|单位\n甲|体育部\n乙|教务处\n");
	assert_int_equal(
		run(id, "{\"kind\":\"asset\",\"dry_run\":false,\"skip_bad\":true,\"units\":["
			"{\"text\":\"体育部\",\"unit_id\":0}]}"),
		0);
	answer_is(&school, "report.errors.0.code", "unit_left_out");
	assert_int_equal(count("SELECT count(*) FROM asset"), 1);
	school_close(&school);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "a messy sheet is understood", a_messy_sheet_is_understood, false },
		{ "what was confirmed is imported and remembered",
			what_was_confirmed_is_imported_and_remembered, false },
		{ "what came is taken back, but for what was touched", what_came_is_taken_back,
			false },
		{ "columns are what people say they are", columns_are_what_people_say, false },
		{ "people come from a sheet", people_come_from_a_sheet, false },
		{ "who is erased comes back in no sheet", who_is_erased_comes_back_in_no_sheet,
			false },
		{ "a unit that is left out leaves its rows out",
			a_unit_left_out_leaves_its_rows, false },
	};
	return house_both(cases, sizeof(cases) / sizeof(cases[0]));
}
