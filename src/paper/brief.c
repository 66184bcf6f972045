/* SPDX-License-Identifier: Apache-2.0 */
/* 汇报单: one page for the leader in charge, to read and write on. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "paper/kind_priv.h"

enum { LIST_OCTETS_MAX = 8192, LISTED_MAX = 4 };

/* "1．…；2．…": what the page has room for, and how many more there are. */
static struct slice listing(
	const struct kind *kind, const char *array, const char *member, const char *beside)
{
	AUTO_BUF struct buf text;
	unsigned number = 0;
	const struct json *items = json_get(kind->data, array);
	buf_init(&text, LIST_OCTETS_MAX);
	for (const struct json *i = json_first(items); i != NULL && number < LISTED_MAX;
		i = json_next(i)) {
		struct slice side = json_get_str(i, beside);
		buf_printf(&text, "%s%u．%.*s", number > 0 ? "\n" : "", number + 1,
			SLICE_FMT(json_get_str(i, member)));
		if (side.n > 0) {
			buf_printf(&text, "（%.*s）", SLICE_FMT(side));
		}
		number++;
	}
	if (json_count(items) > number) {
		buf_printf(&text, "\n另有%zu项，详见平台。", json_count(items) - number);
	}
	return text.failed ? SLICE("详见平台。") : arena_dup(kind->arena, buf_slice(&text));
}

void brief_write(const struct kind *kind)
{
	struct slice none = { 0 };
	struct slice conclusion = kind_text(kind, "conclusion");
	kind_head(kind, SLICE(""), SLICE("网络安全隐患整改情况汇报单"));
	sheet_row(kind->sheet, SLICE("事由"), kind_text(kind, "title"), none, none);
	sheet_row(kind->sheet, SLICE("责任单位"), kind_text(kind, "unit"), SLICE("隐患等级"),
		kind_text(kind, "grade"));
	sheet_row(kind->sheet, SLICE("整改期限"), kind_text(kind, "due"), SLICE("整改轮次"),
		kind_printf(kind, "第%lld轮", (long long)json_get_int(kind->data, "round", 1)));
	sheet_row(kind->sheet, SLICE("隐患情况"), listing(kind, "problems", "title", "grade"),
		none, none);
	if (json_count(json_get(kind->data, "items")) > 0) {
		sheet_row(kind->sheet, SLICE("整改情况"),
			listing(kind, "items", "measure", "done"), none, none);
	}
	if (conclusion.n > 0) {
		sheet_row(kind->sheet, SLICE("复核结论"), conclusion, none, none);
	}
	if (kind_text(kind, "note").n > 0) {
		sheet_row(kind->sheet, SLICE("建议"), kind_text(kind, "note"), none, none);
	}
	sheet_row(kind->sheet, SLICE("报送人"), kind_text(kind, "actor"), SLICE("报送日期"),
		kind_text(kind, "date"));
	sheet_box(kind->sheet, SLICE("领导批示"), 4);
	kind_foot(kind);
}
