/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "paper/kind_priv.h"

struct slice kind_text(const struct kind *kind, const char *name)
{
	return slice_trim(json_get_str(kind->data, name));
}

struct slice kind_printf(const struct kind *kind, const char *format, ...)
{
	va_list args;
	va_list again;
	va_start(args, format);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	size_t octets = n > 0 ? (size_t)n : 0;
	char *text = arena_take(kind->arena, octets + 1);
	(void)vsnprintf(text, octets + 1, format, again);
	va_end(again);
	va_end(args);
	return slice_of(text, octets);
}

struct slice kind_numeral(const struct kind *kind, unsigned n)
{
	static const char *const digit[] = { "", "一", "二", "三", "四", "五", "六", "七", "八",
		"九" };
	if (n == 0 || n > 99) {
		return kind_printf(kind, "%u", n);
	}
	return kind_printf(kind, "%s%s%s", n >= 20 ? digit[n / 10] : "", n >= 10 ? "十" : "",
		digit[n % 10]);
}

void kind_head(const struct kind *kind, struct slice mark, struct slice title)
{
	struct slice school = kind_text(kind, "school");
	sheet_sides(kind->sheet,
		kind_printf(kind, "编号：%.*s", SLICE_FMT(kind_text(kind, "number"))), mark);
	sheet_gap(kind->sheet, 1500);
	sheet_title(kind->sheet, school.n > 0 ? kind_printf(kind, "%.*s\n%.*s",
							SLICE_FMT(school), SLICE_FMT(title))
					      : title);
	sheet_gap(kind->sheet, 1000);
}

void kind_section(const struct kind *kind, unsigned *section, const char *name)
{
	struct slice numeral = kind_numeral(kind, ++*section);
	sheet_heading(kind->sheet, DRAW_HEADING,
		kind_printf(kind, "%.*s、%s", SLICE_FMT(numeral), name));
}

/* A full stop where the writer put none. */
static const char *stop_for(struct slice value)
{
	static const char *const ends[] = { "。", "！", "？", "；", "：", "…", "." };
	for (unsigned i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (slice_ends(value, slice_str(ends[i]))) {
			return "";
		}
	}
	return "。";
}

void kind_line(const struct kind *kind, const char *label, struct slice value)
{
	if (value.n > 0) {
		sheet_text(kind->sheet, DRAW_BODY, 2,
			kind_printf(
				kind, "%s：%.*s%s", label, SLICE_FMT(value), stop_for(value)));
	}
}

static void problem_put(const struct kind *kind, unsigned number, const struct json *problem)
{
	static const struct {
		const char *member;
		const char *label;
	} facts[] = {
		{ "asset", "涉及资产" },
		{ "location", "位置" },
		{ "found", "发现时间" },
		{ "source", "来源" },
		{ "description", "情况说明" },
		{ "harm", "危害" },
		{ "advice", "处置建议" },
	};
	struct slice numeral = kind_numeral(kind, number);
	struct slice grade = json_get_str(problem, "grade");
	struct slice title = slice_trim(json_get_str(problem, "title"));
	struct slice heading =
		kind_printf(kind, grade.n > 0 ? "（%.*s）%.*s（%.*s）" : "（%.*s）%.*s%.*s",
			SLICE_FMT(numeral), SLICE_FMT(title), SLICE_FMT(grade));
	sheet_heading(kind->sheet, DRAW_SUBHEADING, heading);
	for (unsigned i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		kind_line(kind, facts[i].label,
			slice_trim(json_get_str(problem, facts[i].member)));
	}
}

void kind_problems(const struct kind *kind)
{
	unsigned number = 0;
	const struct json *problems = json_get(kind->data, "problems");
	for (const struct json *p = json_first(problems); p != NULL; p = json_next(p)) {
		problem_put(kind, ++number, p);
	}
}

void kind_contact(const struct kind *kind, unsigned *section)
{
	struct slice contact = kind_text(kind, "contact");
	if (contact.n > 0) {
		kind_section(kind, section, "联系方式");
		kind_line(kind, "联系人及电话", contact);
	}
	kind_line(kind, "备注", kind_text(kind, "note"));
}

void kind_foot(const struct kind *kind)
{
	struct slice code = kind_text(kind, "check_code");
	struct slice link = kind_text(kind, "verify_url");
	struct slice plain = kind_printf(
		kind, "%.*s %.*s", SLICE_FMT(kind_text(kind, "number")), SLICE_FMT(code));
	struct sheet_foot foot = { .check_code = code,
		.basis = kind_text(kind, "basis"),
		.hint = SLICE(
			"凭编号和校验码可在平台上核对本件；盖章扫描件上的校验码须与平台所存一致。"),
		.scan = link.n > 0 ? link : plain };
	sheet_foot(kind->sheet, &foot);
}
