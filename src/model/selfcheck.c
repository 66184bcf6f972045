/* SPDX-License-Identifier: Apache-2.0 */
#include "model/selfcheck.h"

#include "base/slice.h"

static const struct name_row state_rows[SELFCHECK_COUNT] = {
	[SELFCHECK_SCHEDULED] = { "scheduled", "待分派（无人可派）", "waits for somebody" },
	[SELFCHECK_ASSIGNED] = { "assigned", "待办", "to do" },
	[SELFCHECK_SUBMITTED] = { "submitted", "已提交", "submitted" },
	[SELFCHECK_SAMPLED] = { "sampled", "抽查中", "being looked at" },
	[SELFCHECK_CONFIRMED] = { "confirmed", "抽查属实", "found true" },
	[SELFCHECK_CONTRADICTED] = { "contradicted", "抽查不符", "contradicted" },
	[SELFCHECK_CLOSED] = { "closed", "已归档", "closed" },
	[SELFCHECK_MISSED] = { "missed", "漏查", "missed" },
	[SELFCHECK_VOIDED] = { "voided", "已作废", "void" },
};
const struct name_table selfcheck_state_names = { "self-check state", state_rows,
	SELFCHECK_COUNT };

static const struct name_row kind_rows[SELFCHECK_KIND_COUNT] = {
	[SELFCHECK_WEEK] = { "week", "每周自查", "weekly self-check" },
	[SELFCHECK_DAY] = { "day", "重保期间每日自查", "daily self-check" },
	[SELFCHECK_KEY] = { "key", "重点系统每日自查", "daily check of key systems" },
	[SELFCHECK_ZERO] = { "zero", "零报告", "zero report" },
};
const struct name_table selfcheck_kind_names = { "self-check kind", kind_rows,
	SELFCHECK_KIND_COUNT };

static const struct name_row answer_rows[SELFCHECK_ANSWER_COUNT] = {
	[SELFCHECK_NONE] = { "none", "无", "no" },
	[SELFCHECK_SOME] = { "some", "有（填报）", "yes (reported)" },
	[SELFCHECK_NOT_APPLICABLE] = { "not_applicable", "不适用", "not applicable" },
};
const struct name_table selfcheck_answer_names = { "self-check answer", answer_rows,
	SELFCHECK_ANSWER_COUNT };

static const struct name_row sample_rows[SELFCHECK_SAMPLE_COUNT] = {
	[SELFCHECK_SAMPLE_DRAWN] = { "drawn", "每周随机抽取", "drawn this week" },
	[SELFCHECK_SAMPLE_TERM] = { "term", "每学期一次", "once a term" },
	[SELFCHECK_SAMPLE_SAME_TEXT] = { "same_text", "文字连续雷同",
		"the same words again and again" },
	[SELFCHECK_SAMPLE_CONTRADICTION] = { "contradiction", "与监测结果不一致",
		"what the platform sees says otherwise" },
	[SELFCHECK_SAMPLE_BY_HAND] = { "by_hand", "人工抽取", "chosen by hand" },
};
const struct name_table selfcheck_sample_names = { "self-check sample", sample_rows,
	SELFCHECK_SAMPLE_COUNT };

/* Source: 美珈院〔2023〕75号, article 10 (1) to (4). */
const struct selfcheck_question selfcheck_questions[SELFCHECK_FIXED] = {
	{ "abnormal", 1, "信息系统和网站有无异常情况？",
		"Is anything wrong with systems or websites?", "最近一次逐个打开查看的日期",
		"Day each system was last opened and looked at", "service_fault" },
	{ "password_rules", 2,
		"账号密码管理有无不规范的情况（共用账号、离岗账号未清理、密码外传）？",
		"Is anything amiss with accounts (shared ones, ones of people who left, passwords passed on)?",
		"最近一次清理账号的日期", "Day accounts were last cleared up", "other" },
	{ "weak_password", 2, "有无弱密码？", "Are there weak passwords?",
		"最近一次排查弱密码的日期", "Day weak passwords were last looked for",
		"weak_password" },
	{ "password_change", 2, "重要业务系统的管理账号有无未定期更换密码的情况？",
		"Do administrator passwords of key systems go unchanged for too long?",
		"管理账号最近一次更换密码的日期",
		"Day administrator passwords were last changed", "other" },
	{ "backup", 3, "服务器重要数据有无未定期备份的情况？",
		"Do important data of servers go without regular backup?", "最近一次备份的日期",
		"Day of the last backup", "backup" },
	{ "upgrade", 4, "服务器操作系统、杀毒软件有无未定期升级的情况？",
		"Do operating systems or anti-virus software go without regular updates?",
		"操作系统补丁级别或最近升级日期", "Patch level or day of the last update",
		"vulnerability" },
};

int selfcheck_question_find(struct slice id)
{
	for (int i = 0; i < SELFCHECK_FIXED; i++) {
		if (slice_is(id, selfcheck_questions[i].id)) {
			return i;
		}
	}
	return -1;
}
