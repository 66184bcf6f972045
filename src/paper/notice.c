/* SPDX-License-Identifier: Apache-2.0 */
/* 隐患通报、限期整改通知书: from the centre to the responsible unit. */
#include "base/json.h"
#include "paper/kind_priv.h"

static struct slice title_of(const struct kind *kind)
{
	struct slice heading = kind_text(kind, "heading");
	return heading.n > 0 ? heading : SLICE("网络安全隐患限期整改通知书");
}

static void opening(const struct kind *kind)
{
	int64_t round = json_get_int(kind->data, "round", 1);
	struct slice basis = kind_text(kind, "basis");
	struct slice title = kind_text(kind, "title");
	struct slice by =
		basis.n > 0 ? kind_printf(kind, "根据%.*s规定，", SLICE_FMT(basis)) : SLICE("");
	struct slice about =
		title.n > 0 ? kind_printf(kind, "现就“%.*s”", SLICE_FMT(title)) : SLICE("现");
	const char *again = "经核查，你单位存在以下网络安全隐患，";
	again = round > 1 ? "经复核，以下网络安全隐患未整改到位，" : again;
	sheet_text(kind->sheet, DRAW_BODY, 2,
		kind_printf(kind, "%.*s%s%.*s予以通报，请按要求限期整改。", SLICE_FMT(by),
			again, SLICE_FMT(about)));
}

void notice_write(const struct kind *kind)
{
	unsigned section = 0;
	struct slice grade = kind_text(kind, "grade");
	struct slice due = kind_text(kind, "due");
	struct slice mark =
		grade.n > 0 ? kind_printf(kind, "隐患等级：%.*s", SLICE_FMT(grade)) : SLICE("");
	kind_head(kind, mark, title_of(kind));
	sheet_text(kind->sheet, DRAW_BODY, 0,
		kind_printf(kind, "%.*s：", SLICE_FMT(kind_text(kind, "unit"))));
	opening(kind);
	kind_section(kind, &section, "隐患情况");
	kind_problems(kind);
	kind_section(kind, &section, "整改要求");
	sheet_text(kind->sheet, DRAW_BODY, 2, kind_text(kind, "requirement"));
	if (due.n > 0) {
		kind_section(kind, &section, "整改期限");
		sheet_text(kind->sheet, DRAW_BODY, 2,
			kind_printf(kind,
				"请于%.*s前完成整改，并提交加盖公章的整改报告扫描件。逾期未整改的，"
				"按规定报分管校领导处理。",
				SLICE_FMT(due)));
	}
	kind_contact(kind, &section);
	sheet_gap(kind->sheet, 2000);
	sheet_sign(kind->sheet, kind_text(kind, "from"), kind_text(kind, "date"));
	kind_foot(kind);
}
