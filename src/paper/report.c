/* SPDX-License-Identifier: Apache-2.0 */
/* 整改报告: printed by the unit, signed, sealed, scanned and handed in. */
#include "base/json.h"
#include "paper/kind_priv.h"

static void item_put(const struct kind *kind, unsigned number, const struct json *item)
{
	struct slice numeral = kind_numeral(kind, number);
	struct slice problem = slice_trim(json_get_str(item, "problem"));
	sheet_heading(kind->sheet, DRAW_SUBHEADING,
		kind_printf(kind, "（%.*s）%.*s", SLICE_FMT(numeral), SLICE_FMT(problem)));
	kind_line(kind, "原因分析", slice_trim(json_get_str(item, "cause")));
	kind_line(kind, "整改措施", slice_trim(json_get_str(item, "measure")));
	kind_line(kind, "整改证据", slice_trim(json_get_str(item, "evidence")));
	kind_line(kind, "完成时间", slice_trim(json_get_str(item, "done")));
	kind_line(kind, "遗留风险", slice_trim(json_get_str(item, "residual")));
}

static void signatures(const struct kind *kind)
{
	sheet_gap(kind->sheet, 1000);
	sheet_heading(
		kind->sheet, DRAW_BODY, SLICE("整改责任人（签字）：＿＿＿＿＿＿＿＿＿＿"));
	sheet_heading(
		kind->sheet, DRAW_BODY, SLICE("单位负责人（签字）：＿＿＿＿＿＿＿＿＿＿"));
	/* Room for a seal of 42 mm over unit and date. */
	sheet_gap(kind->sheet, 2000);
	sheet_sign(kind->sheet,
		kind_printf(kind, "%.*s（公章）", SLICE_FMT(kind_text(kind, "unit"))),
		SLICE("　　　　年　　月　　日"));
}

void report_write(const struct kind *kind)
{
	unsigned section = 0;
	unsigned number = 0;
	int64_t round = json_get_int(kind->data, "round", 1);
	struct slice title = kind_text(kind, "title");
	struct slice mark = kind_printf(kind, "第%lld轮", (long long)(round > 0 ? round : 1));
	kind_head(kind, mark, SLICE("网络安全隐患整改报告"));
	struct slice to = kind_text(kind, "from");
	if (to.n > 0) {
		sheet_text(
			kind->sheet, DRAW_BODY, 0, kind_printf(kind, "%.*s：", SLICE_FMT(to)));
	}
	sheet_text(kind->sheet, DRAW_BODY, 2,
		kind_printf(kind,
			"我单位已收到“%.*s”的通报（编号：%.*s），现将整改情况报告如下。",
			SLICE_FMT(title), SLICE_FMT(kind_text(kind, "number"))));
	kind_section(kind, &section, "整改情况");
	const struct json *items = json_get(kind->data, "items");
	for (const struct json *i = json_first(items); i != NULL; i = json_next(i)) {
		item_put(kind, ++number, i);
	}
	if (number == 0) {
		kind_problems(kind);
	}
	if (kind_text(kind, "sweep").n > 0 || kind_text(kind, "lesson").n > 0) {
		kind_section(kind, &section, "举一反三与防范");
		kind_line(kind, "同类排查", kind_text(kind, "sweep"));
		kind_line(kind, "防范措施", kind_text(kind, "lesson"));
	}
	kind_section(kind, &section, "结论");
	sheet_text(kind->sheet, DRAW_BODY, 2, SLICE("上述内容属实，请予复核。"));
	kind_line(kind, "备注", kind_text(kind, "note"));
	signatures(kind);
	kind_foot(kind);
}
