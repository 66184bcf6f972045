/* SPDX-License-Identifier: Apache-2.0 */
#include "view/exports.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/json.h"
#include "model/alert.h"
#include "model/finding.h"
#include "model/notice.h"
#include "model/scale.h"
#include "model/sentence.h"
#include "records/sql.h"
#include "view/table_out.h"
#include "view/view.h"

enum { PAGE = 1000, COLUMNS_MAX = 16 };

enum kind {
	END,
	TEXT,
	WORD,     /* of a table */
	MOMENT,   /* unix ms */
	SENTENCE, /* code; its args are the column behind, which is not written */
};

struct column {
	const char *heading;
	enum kind kind;
	const struct name_table *words;
	unsigned width;
};

static const struct name_row unit_rows[] = { { "department", "部门", "department" },
	{ "faculty", "学院", "faculty" }, { "centre", "中心", "centre" },
	{ "other", "其他", "other" } };
static const struct name_table unit_kind_words = { "unit kind", unit_rows, 4 };

/* $1 the id after which, $2 the unit or 0, $3 how many; column 0 is the id. */
static const struct {
	enum route_id route;
	const char *name;
	const char *sql;
	struct column column[COLUMNS_MAX];
} exports[] = {
	{ ROUTE_UNITS_EXPORT, "单位清单",
		"SELECT u.id, u.name, u.short_name, u.kind, p.name FROM unit u"
		" LEFT JOIN unit p ON p.id = u.parent_id WHERE u.id > $1 AND ($2 = 0 OR u.id = $2)"
		" AND u.valid_to_ms IS NULL ORDER BY u.id LIMIT $3",
		{ { "单位名称", TEXT, NULL, 26 }, { "简称", TEXT, NULL, 14 },
			{ "类别", WORD, &unit_kind_words, 10 },
			{ "上级单位", TEXT, NULL, 26 } } },
	{ ROUTE_PEOPLE_EXPORT, "人员清单",
		"SELECT p.id, p.name, u.name, p.phone, p.phone2, p.mail, p.title,"
		" CASE WHEN a.id IS NULL THEN '' WHEN EXISTS (SELECT 1 FROM second_factor f"
		" WHERE f.account_id = a.id AND f.on_at_ms > 0) THEN '已启用' ELSE '未启用' END"
		" FROM person p LEFT JOIN account a ON a.person_id = p.id"
		" LEFT JOIN unit u ON u.id = p.unit_id WHERE p.id > $1"
		" AND ($2 = 0 OR p.unit_id = $2) AND p.erased_at_ms IS NULL"
		" AND p.withdrawn_at_ms IS NULL ORDER BY p.id LIMIT $3",
		{ { "姓名", TEXT, NULL, 12 }, { "单位", TEXT, NULL, 26 },
			{ "手机", TEXT, NULL, 16 }, { "办公电话", TEXT, NULL, 16 },
			{ "邮箱", TEXT, NULL, 28 }, { "职务", TEXT, NULL, 14 },
			{ "动态口令", TEXT, NULL, 10 } } },
	{ ROUTE_FINDINGS_EXPORT, "隐患清单",
		"SELECT f.id, f.title, f.kind, f.grade, f.state, f.source, a.name, u.name,"
		" f.found_at_ms, f.reported_at_ms, f.handled_at_ms, n.number FROM finding f"
		" LEFT JOIN asset a ON a.id = f.asset_id LEFT JOIN unit u ON u.id = f.unit_id"
		" LEFT JOIN notice n ON n.id = f.notice_id WHERE f.id > $1"
		" AND ($2 = 0 OR f.unit_id = $2) ORDER BY f.id LIMIT $3",
		{ { "隐患", TEXT, NULL, 40 }, { "类型", WORD, &finding_kind_names, 16 },
			{ "等级", WORD, &grade_names, 8 },
			{ "状态", WORD, &finding_state_names, 12 },
			{ "来源", WORD, &source_names, 12 }, { "资产", TEXT, NULL, 24 },
			{ "责任单位", TEXT, NULL, 20 }, { "发现时间", MOMENT, NULL, 18 },
			{ "报告时间", MOMENT, NULL, 18 }, { "处置时间", MOMENT, NULL, 18 },
			{ "通报文号", TEXT, NULL, 24 } } },
	{ ROUTE_NOTICES_EXPORT, "通报清单",
		"SELECT n.id, n.number, n.office_number, n.title, n.grade, n.state, u.name,"
		" n.issued_at_ms, n.signed_at_ms, n.due_at_ms, n.closed_at_ms FROM notice n"
		" JOIN unit u ON u.id = n.unit_id WHERE n.id > $1 AND ($2 = 0 OR n.unit_id = $2)"
		" ORDER BY n.id LIMIT $3",
		{ { "文号", TEXT, NULL, 24 }, { "学校发文字号", TEXT, NULL, 20 },
			{ "标题", TEXT, NULL, 44 }, { "等级", WORD, &grade_names, 8 },
			{ "状态", WORD, &notice_state_names, 12 },
			{ "责任单位", TEXT, NULL, 20 }, { "签发时间", MOMENT, NULL, 18 },
			{ "签收时间", MOMENT, NULL, 18 }, { "整改期限", MOMENT, NULL, 18 },
			{ "办结时间", MOMENT, NULL, 18 } } },
	{ ROUTE_ALERTS_EXPORT, "告警清单",
		"SELECT l.id, l.code, l.args, l.severity, l.state, a.name, u.name, l.first_at_ms,"
		" l.live_last_at_ms, l.resolved_at_ms FROM alert l LEFT JOIN asset a"
		" ON a.id = l.asset_id LEFT JOIN unit u ON u.id = l.unit_id WHERE l.id > $1"
		" AND ($2 = 0 OR l.unit_id = $2) ORDER BY l.id LIMIT $3",
		{ { "告警", SENTENCE, NULL, 44 }, { "级别", WORD, &alert_severity_names, 8 },
			{ "状态", WORD, &alert_state_names, 10 }, { "资产", TEXT, NULL, 24 },
			{ "责任单位", TEXT, NULL, 20 }, { "首次", MOMENT, NULL, 18 },
			{ "最近", MOMENT, NULL, 18 }, { "恢复", MOMENT, NULL, 18 } } },
};
enum { EXPORTS = sizeof(exports) / sizeof(exports[0]) };

static struct slice word(const struct name_table *words, struct slice id)
{
	int value = name_parse(words, id);
	return value < 0 ? id : slice_str(name_text(words, (unsigned)value, LANG_ZH));
}

static struct slice moment(struct stmt *q, unsigned column, char room[24])
{
	struct civil at = civil_of_ms(db_col_int64(q, column), CIVIL_CHINA_OFFSET_MIN);
	int n = db_col_is_null(q, column)
			? 0
			: snprintf(room, 24, "%04d-%02u-%02u %02u:%02u", (int)at.year, at.month,
				  at.day, at.hour, at.minute);
	return slice_of(room, n > 0 && n < 24 ? (size_t)n : 0);
}

static void sentence_cell(struct table_out *out, struct stmt *q, unsigned column)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	AUTO_BUF struct buf text;
	const struct json *args = NULL;
	buf_init(&text, 4096);
	if (json_parse(arena, db_col_text(q, column + 1), 0, &args, NULL) < 0) {
		args = NULL;
	}
	sentence_put(&text, LANG_ZH, db_col_text(q, column), args);
	table_out_cell(out, buf_slice(&text));
}

static void row_put(struct table_out *out, const struct column *columns, struct stmt *q)
{
	char room[24];
	unsigned at = 1;
	table_out_row(out);
	for (size_t i = 0; i < COLUMNS_MAX && columns[i].kind != END; i++, at++) {
		switch (columns[i].kind) {
		case TEXT:
			table_out_cell(out, db_col_text(q, at));
			break;
		case WORD:
			table_out_cell(out, word(columns[i].words, db_col_text(q, at)));
			break;
		case MOMENT:
			table_out_cell(out, moment(q, at, room));
			break;
		case SENTENCE:
			sentence_cell(out, q, at++);
			break;
		case END:
			break;
		}
	}
}

/* A page at a time: PostgreSQL holds all rows of one query in memory. */
static int page_put(struct view *view, struct table_out *out, size_t which, int64_t *after_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int count = 0;
	int row = sql_query(view->db, exports[which].sql, &q, SQL_INT(*after_id),
		SQL_INT(view_unit_filter(view)), SQL_INT(PAGE));
	while (row >= 0 && (row = db_step(q)) == 1) {
		*after_id = db_col_int64(q, 0);
		row_put(out, exports[which].column, q);
		count++;
	}
	return row < 0 ? row : count;
}

static int all_put(struct view *view, struct table_out *out, size_t which)
{
	unsigned width[COLUMNS_MAX] = { 0 };
	size_t columns = 0;
	while (columns < COLUMNS_MAX && exports[which].column[columns].kind != END) {
		width[columns] = exports[which].column[columns].width;
		columns++;
	}
	table_out_begin(out, view, exports[which].name, width, columns);
	table_out_row(out);
	for (size_t i = 0; i < columns; i++) {
		table_out_heading(out, slice_str(exports[which].column[i].heading));
	}
	int64_t after_id = 0;
	int count = PAGE;
	while (count == PAGE && !table_out_full(out)) {
		count = page_put(view, out, which, &after_id);
	}
	return count < 0 ? count : table_out_end(out, view, exports[which].name);
}

int view_export(struct view *view)
{
	for (size_t i = 0; i < EXPORTS; i++) {
		if (exports[i].route == view->call->route) {
			struct table_out out = { 0 };
			int error = all_put(view, &out, i);
			table_out_fini(&out);
			return error;
		}
	}
	return E_ABSENT;
}
