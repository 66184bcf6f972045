/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "audit/verify.h"
#include "base/buf.h"

/* {s} is seq, {o} is other, {w} is what. */
static const struct {
	const char *name;
	const char *sentence[2]; /* by enum audit_language */
} words[AUDIT_PROBLEM_CODES] = {
	[AUDIT_ENTRY_CHANGED] = { "entry.changed",
		{ "第 {s} 条被改动：正文与叶值不符",
			"entry {s} was changed: text and leaf disagree" } },
	[AUDIT_ENTRY_COLUMN] = { "entry.column",
		{ "第 {s} 条被改动：列 {w} 与正文不符",
			"entry {s} was changed: column {w} disagrees with its text" } },
	[AUDIT_ENTRY_UNREADABLE] = { "entry.unreadable",
		{ "第 {s} 条不是审计条目：{w}", "entry {s} is no audit entry: {w}" } },
	[AUDIT_ENTRY_MISSING] = { "entry.missing",
		{ "第 {s}–{o} 条缺失", "entries {s} to {o} are missing" } },
	[AUDIT_ENTRY_SWAPPED] = { "entry.swapped",
		{ "第 {s} 条的位置上是自称第 {o} 条的条目，顺序被改动",
			"where entry {s} belongs stands one that calls itself {o}" } },
	[AUDIT_LOG_TRUNCATED] = { "log.truncated",
		{ "末尾被截去：第 {s}–{o} 条不见了（依据：{w}）",
			"the log was cut off: entries {s} to {o} are gone (known from {w})" } },
	[AUDIT_HEAD_MISMATCH] = { "head.mismatch",
		{ "第 {s} 条处的树头对不上：第 {o}–{s} 条之间有改动",
			"the head over {s} entries does not fit: something in {o} to {s} was"
			" changed" } },
	[AUDIT_HEAD_FORGED] = { "head.forged",
		{ "第 {s} 条处的树头不是由此密钥签署，或签署后被改动",
			"the head over {s} entries was not signed by this key,"
			" or was changed since" } },
	[AUDIT_HEAD_MALFORMED] = { "head.malformed",
		{ "第 {s} 条处的树头损坏：{w}",
			"the head over {s} entries is malformed: {w}" } },
	[AUDIT_PERSONAL_CHANGED] = { "personal.changed",
		{ "第 {s} 条的个人信息 {o} 被改动",
			"personal value {o} of entry {s} was changed" } },
	[AUDIT_PERSONAL_MISSING] = { "personal.missing",
		{ "第 {s} 条的个人信息 {o} 缺失",
			"personal value {o} of entry {s} is missing" } },
	[AUDIT_PERSONAL_EXTRA] = { "personal.extra",
		{ "第 {s} 条没有编号为 {o} 的个人信息，库中却有",
			"entry {s} has no personal value {o}, yet one is stored" } },
	[AUDIT_PERSONAL_ERASED] = { "personal.erased",
		{ "第 {s} 条的个人信息 {w} 称由第 {o} 条删除，第 {o} 条却不是删除它的记录",
			"personal value {w} of entry {s} says erased by #{o},"
			" which did not erase it" } },
	[AUDIT_PERSONAL_KEPT] = { "personal.kept",
		{ "第 {s} 条的个人信息 {w} 应已由第 {o} 条删除，却不是这样",
			"personal value {w} of entry {s} was erased by #{o},"
			" yet is not marked so" } },
	[AUDIT_ROW_CHANGED] = { "row.changed",
		{ "{w} 与第 {s} 条所记不符", "{w} differs from entry {s}" } },
	[AUDIT_ROW_MISSING] = { "row.missing",
		{ "{w} 不见了（最后见于第 {s} 条）",
			"{w} is gone (last named in entry {s})" } },
	[AUDIT_ROW_REVIVED] = { "row.revived",
		{ "{w} 已由第 {s} 条删除，却又在库中",
			"{w} was deleted in entry {s}, yet is there" } },
	[AUDIT_ROW_UNNAMED] = { "row.unnamed",
		{ "{w} 没有任何审计条目", "{w} has no audit entry" } },
	[AUDIT_BLOB_CHANGED] = { "blob.changed",
		{ "附件 {w} 被改动（见第 {s} 条）",
			"blob {w} was changed (named in entry {s})" } },
	[AUDIT_BLOB_MISSING] = { "blob.missing",
		{ "附件 {w} 不见了（见第 {s} 条）", "blob {w} is gone (named in entry {s})" } },
	[AUDIT_EXPORT_LINE] = { "export.line",
		{ "导出文件第 {s} 行有误：{w}", "line {s} of the export is wrong: {w}" } },
	[AUDIT_STORE_DAMAGED] = { "store.damaged",
		{ "数据库在第 {s} 条之后读不下去：{w}",
			"the store cannot be read on after entry {s}: {w}" } },
};

const char *audit_problem_name(enum audit_problem_code code)
{
	return words[code].name;
}

/* 48210 as 48,210. */
static void put_count(struct buf *buf, int64_t value)
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%lld", (long long)value);
	for (int i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0 && digits[i - 1] != '-') {
			buf_put_byte(buf, ',');
		}
		buf_put_byte(buf, (uint8_t)digits[i]);
	}
}

/* What a sentence may speak of. */
struct values {
	int64_t seq;
	int64_t other;
	struct slice what;
};

static void put_sentence(struct buf *buf, const char *sentence, const struct values *values)
{
	for (const char *c = sentence; *c != '\0'; c++) {
		if (c[0] != '{' || c[1] == '\0' || c[2] != '}') {
			buf_put_byte(buf, (uint8_t)*c);
			continue;
		}
		if (c[1] == 'w') {
			buf_put(buf, values->what);
		} else {
			put_count(buf, c[1] == 's' ? values->seq : values->other);
		}
		c += 2;
	}
}

void audit_problem_put(
	struct buf *buf, const struct audit_problem *problem, enum audit_language language)
{
	const struct values values = { problem->seq, problem->other, slice_str(problem->what) };
	put_sentence(buf, words[problem->code].sentence[language], &values);
}

/* One clause of the closing sentence, where it applies. */
struct clause {
	bool applies;
	int64_t seq;
	int64_t other;
	const char *sentence[2];
};

/* "（#12、#40）": by which entries, the first few of them. */
static void put_erasers(
	struct buf *buf, const struct audit_report *report, enum audit_language language)
{
	bool chinese = language == AUDIT_CHINESE;
	uint64_t named =
		report->erasers < AUDIT_ERASERS_MAX ? report->erasers : AUDIT_ERASERS_MAX;
	for (uint64_t i = 0; i < named; i++) {
		buf_put_str(buf, i > 0 ? (chinese ? "、" : ", ") : chinese ? "（" : " (");
		buf_printf(buf, "#%lld", (long long)report->eraser[i]);
	}
	if (named > 0) {
		buf_put_str(buf, named < report->erasers ? (chinese ? " 等" : " …") : "");
		buf_put_str(buf, chinese ? "）" : ")");
	}
}

void audit_report_put(
	struct buf *buf, const struct audit_report *report, enum audit_language language)
{
	bool clean = report->problems == 0;
	const struct clause clauses[] = {
		{ clean && report->last > 0, report->first, report->last,
			{ "{s}–{o} 连续，未发现改动",
				"{s}–{o} without gap, no change found" } },
		{ clean && report->last == 0, 0, 0,
			{ "审计日志为空", "the audit log is empty" } },
		{ !clean, (int64_t)report->problems, report->last,
			{ "截至第 {o} 条，发现 {s} 处问题",
				"{s} problems found in entries up to {o}" } },
		{ true, (int64_t)report->heads, report->confirmed,
			{ "；{s} 个树头，确认到第 {o} 条",
				"; {s} heads, confirmed up to {o}" } },
		{ !report->signatures_checked, 0, 0,
			{ "（未给公钥，签名未核对）",
				" (no public key given, signatures not checked)" } },
		{ report->personal > 0, (int64_t)report->personal, (int64_t)report->erased,
			{ "；个人信息 {s} 项，其中 {o} 项已依法清除{w}",
				"; {s} personal values, {o} of them erased by order{w}" } },
		{ report->rows_checked, (int64_t)report->rows, (int64_t)report->blobs,
			{ "；核对 {s} 行、{o} 个附件", "; {s} rows and {o} blobs compared" } },
		{ !report->rows_checked, 0, 0,
			{ "；行与附件未核对", "; rows and blobs not compared" } },
	};
	AUTO_BUF struct buf by;
	buf_init(&by, 1024);
	put_erasers(&by, report, language);
	for (size_t i = 0; i < sizeof(clauses) / sizeof(clauses[0]); i++) {
		if (clauses[i].applies) {
			const struct values values = { clauses[i].seq, clauses[i].other,
				buf_slice(&by) };
			put_sentence(buf, clauses[i].sentence[language], &values);
		}
	}
	buf_put_str(buf, language == AUDIT_CHINESE ? "。" : ".");
}
