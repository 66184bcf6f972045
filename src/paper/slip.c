/* SPDX-License-Identifier: Apache-2.0 */
/* The line's lesser papers, all one form: what it is about, what is said, who and when. */
#include "base/json.h"
#include "paper/kind_priv.h"

void slip_write(const struct kind *kind, const char *title)
{
	struct slice none = { 0 };
	struct slice heading = kind_text(kind, "heading");
	struct slice actor = kind_text(kind, "actor");
	struct slice note = kind_text(kind, "note");
	const struct json *problems = json_get(kind->data, "problems");
	kind_head(kind, SLICE(""), heading.n > 0 ? heading : slice_str(title));
	sheet_row(kind->sheet, SLICE("事由"), kind_text(kind, "title"), none, none);
	sheet_row(kind->sheet, SLICE("责任单位"), kind_text(kind, "unit"), SLICE("隐患等级"),
		kind_text(kind, "grade"));
	struct slice round =
		kind_printf(kind, "第%lld轮", (long long)json_get_int(kind->data, "round", 1));
	sheet_row(kind->sheet, SLICE("整改期限"), kind_text(kind, "due"), SLICE("整改轮次"),
		round);
	for (const struct json *p = json_first(problems); p != NULL; p = json_next(p)) {
		struct slice asset = json_get_str(p, "asset");
		sheet_row(kind->sheet, SLICE("隐患"),
			kind_printf(kind, asset.n > 0 ? "%.*s（%.*s）" : "%.*s%.*s",
				SLICE_FMT(json_get_str(p, "title")), SLICE_FMT(asset)),
			none, none);
	}
	if (kind_text(kind, "requirement").n > 0) {
		sheet_row(kind->sheet, SLICE("整改要求"), kind_text(kind, "requirement"), none,
			none);
	}
	if (note.n > 0) {
		sheet_row(kind->sheet, SLICE("说明"), note, none, none);
	}
	sheet_row(kind->sheet, SLICE("经办人"), actor, SLICE("日期"), kind_text(kind, "date"));
	kind_foot(kind);
}
