/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/annex.h"

#include <stddef.h>

#include "base/err.h"

static const struct name_row fact_rows[ANNEX_FACT_COUNT] = {
	[ANNEX_SCHOOL] = { "school", "填报单位", "school" },
	[ANNEX_SUPERIOR] = { "superior", "来文单位", "superior" },
	[ANNEX_PAPER_NO] = { "paper_no", "来文文号", "number of the paper" },
	[ANNEX_PAPER_TITLE] = { "paper_title", "来文标题", "title of the paper" },
	[ANNEX_RECEIVED] = { "received", "收文日期", "received on" },
	[ANNEX_REPLY_DUE] = { "reply_due", "反馈时限", "answer due" },
	[ANNEX_TODAY] = { "today", "填报日期", "date of filling in" },
	[ANNEX_FILLER] = { "filler", "填报人", "filled in by" },
	[ANNEX_FILLER_PHONE] = { "filler_phone", "填报人电话", "their telephone" },
	[ANNEX_HANDLER] = { "handler", "承办人", "handled by" },
	[ANNEX_HANDLER_PHONE] = { "handler_phone", "承办人电话", "handler's telephone" },
	[ANNEX_ANSWER] = { "answer", "办理结果", "result" },
	[ANNEX_COUNT_ALL] = { "count_all", "问题总数", "findings" },
	[ANNEX_COUNT_FIXED] = { "count_fixed", "已整改数", "findings put right" },
	[ANNEX_COUNT_OPEN] = { "count_open", "未整改数", "findings still open" },
	[ANNEX_ALL_FIXED] = { "all_fixed", "是否全部整改", "all put right" },
	[ANNEX_N] = { "n", "序号", "number in the list" },
	[ANNEX_UNIT] = { "unit", "单位", "unit" },
	[ANNEX_PROBLEM] = { "problem", "问题", "finding" },
	[ANNEX_DETAIL] = { "detail", "问题描述", "description" },
	[ANNEX_SYSTEM] = { "system", "系统名称", "system" },
	[ANNEX_FOUND] = { "found", "发现时间", "found on" },
	[ANNEX_GRADE] = { "grade", "危害等级", "grade" },
	[ANNEX_NUMBER] = { "number", "通报文号", "number of the notice" },
	[ANNEX_CAUSE] = { "cause", "原因分析", "cause" },
	[ANNEX_MEASURE] = { "measure", "整改措施", "measure" },
	[ANNEX_DUE] = { "due", "整改期限", "due" },
	[ANNEX_DONE] = { "done", "完成时间", "done on" },
	[ANNEX_RESPONSIBLE] = { "responsible", "责任人", "responsible" },
	[ANNEX_PHONE] = { "phone", "联系电话", "telephone" },
	[ANNEX_VERDICT] = { "verdict", "复核结论", "verdict" },
	[ANNEX_FIXED] = { "fixed", "是否整改", "put right" },
	[ANNEX_STATE] = { "state", "整改状态", "state" },
};
const struct name_table annex_fact_names = { "fact of a form", fact_rows, ANNEX_FACT_COUNT };

/* The first word a label holds decides: longer and rarer ones come first. */
static const struct {
	const char *word;
	int single; /* -1 = none such outside a list */
	int row;    /* -1 = none such in a list */
} words[] = {
	{ "是否全部整改", ANNEX_ALL_FIXED, ANNEX_FIXED },
	{ "是否", ANNEX_ALL_FIXED, ANNEX_FIXED },
	{ "已整改数", ANNEX_COUNT_FIXED, -1 },
	{ "已完成数", ANNEX_COUNT_FIXED, -1 },
	{ "未整改数", ANNEX_COUNT_OPEN, -1 },
	{ "未完成数", ANNEX_COUNT_OPEN, -1 },
	{ "总数", ANNEX_COUNT_ALL, -1 },
	{ "问题数", ANNEX_COUNT_ALL, -1 },
	{ "隐患数", ANNEX_COUNT_ALL, -1 },
	{ "漏洞数", ANNEX_COUNT_ALL, -1 },
	{ "来文文号", ANNEX_PAPER_NO, ANNEX_PAPER_NO },
	{ "来文标题", ANNEX_PAPER_TITLE, ANNEX_PAPER_TITLE },
	{ "来文单位", ANNEX_SUPERIOR, ANNEX_SUPERIOR },
	{ "发文单位", ANNEX_SUPERIOR, ANNEX_SUPERIOR },
	{ "通报编号", ANNEX_PAPER_NO, ANNEX_NUMBER },
	{ "文号", ANNEX_PAPER_NO, ANNEX_NUMBER },
	{ "编号", ANNEX_PAPER_NO, ANNEX_NUMBER },
	{ "序号", -1, ANNEX_N },
	{ "复核", -1, ANNEX_VERDICT },
	{ "复测", -1, ANNEX_VERDICT },
	{ "验证", -1, ANNEX_VERDICT },
	{ "原因", -1, ANNEX_CAUSE },
	{ "措施", ANNEX_MEASURE, ANNEX_MEASURE },
	{ "整改情况", ANNEX_ANSWER, ANNEX_MEASURE },
	{ "处置情况", ANNEX_ANSWER, ANNEX_MEASURE },
	{ "办理结果", ANNEX_ANSWER, ANNEX_MEASURE },
	{ "办理情况", ANNEX_ANSWER, ANNEX_MEASURE },
	{ "整改期限", ANNEX_DUE, ANNEX_DUE },
	{ "整改时限", ANNEX_DUE, ANNEX_DUE },
	{ "反馈时限", ANNEX_REPLY_DUE, -1 },
	{ "反馈期限", ANNEX_REPLY_DUE, -1 },
	{ "完成时间", ANNEX_DONE, ANNEX_DONE },
	{ "完成日期", ANNEX_DONE, ANNEX_DONE },
	{ "整改时间", ANNEX_DONE, ANNEX_DONE },
	{ "发现时间", ANNEX_FOUND, ANNEX_FOUND },
	{ "发现日期", ANNEX_FOUND, ANNEX_FOUND },
	{ "收文", ANNEX_RECEIVED, -1 },
	{ "等级", ANNEX_GRADE, ANNEX_GRADE },
	{ "级别", ANNEX_GRADE, ANNEX_GRADE },
	{ "整改状态", -1, ANNEX_STATE },
	{ "状态", -1, ANNEX_STATE },
	{ "系统", ANNEX_SYSTEM, ANNEX_SYSTEM },
	{ "网站", ANNEX_SYSTEM, ANNEX_SYSTEM },
	{ "资产", ANNEX_SYSTEM, ANNEX_SYSTEM },
	{ "描述", ANNEX_DETAIL, ANNEX_DETAIL },
	{ "详情", ANNEX_DETAIL, ANNEX_DETAIL },
	{ "承办人", ANNEX_HANDLER, ANNEX_HANDLER },
	{ "责任人", ANNEX_RESPONSIBLE, ANNEX_RESPONSIBLE },
	{ "负责人", ANNEX_RESPONSIBLE, ANNEX_RESPONSIBLE },
	{ "电话", ANNEX_FILLER_PHONE, ANNEX_PHONE },
	{ "手机", ANNEX_FILLER_PHONE, ANNEX_PHONE },
	{ "联系方式", ANNEX_FILLER_PHONE, ANNEX_PHONE },
	{ "填报人", ANNEX_FILLER, ANNEX_FILLER },
	{ "填表人", ANNEX_FILLER, ANNEX_FILLER },
	{ "联系人", ANNEX_FILLER, ANNEX_RESPONSIBLE },
	{ "填报单位", ANNEX_SCHOOL, ANNEX_SCHOOL },
	{ "填表单位", ANNEX_SCHOOL, ANNEX_SCHOOL },
	{ "学校名称", ANNEX_SCHOOL, ANNEX_SCHOOL },
	{ "部门", ANNEX_UNIT, ANNEX_UNIT },
	{ "责任单位", ANNEX_UNIT, ANNEX_UNIT },
	{ "单位", ANNEX_SCHOOL, ANNEX_UNIT },
	{ "日期", ANNEX_TODAY, ANNEX_DONE },
	{ "填报时间", ANNEX_TODAY, -1 },
	{ "问题", ANNEX_PROBLEM, ANNEX_PROBLEM },
	{ "隐患", ANNEX_PROBLEM, ANNEX_PROBLEM },
	{ "漏洞", ANNEX_PROBLEM, ANNEX_PROBLEM },
};

enum { LABEL_OCTETS_MAX = 90 }; /* 30 characters: what is longer explains something */

int annex_guess(struct slice label, bool in_row)
{
	label = slice_trim(label);
	if (label.n == 0 || label.n > LABEL_OCTETS_MAX) {
		return E_ABSENT;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		int fact = in_row ? words[i].row : words[i].single;
		if (fact >= 0 && slice_find(label, slice_str(words[i].word)) != SIZE_MAX) {
			return fact;
		}
	}
	return E_ABSENT;
}
