/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "workflow/notice_priv.h"

static const struct name_row act_rows[NOTICE_ACT_COUNT] = {
	[NOTICE_ACT_REVIEW] = { "review", "送审", "send to review" },
	[NOTICE_ACT_REJECT] = { "reject", "退回修改", "reject" },
	[NOTICE_ACT_ISSUE] = { "issue", "签发", "issue" },
	[NOTICE_ACT_CONFIRM] = { "confirm", "补审确认", "confirm" },
	[NOTICE_ACT_DELIVER] = { "deliver", "送达", "deliver" },
	[NOTICE_ACT_SIGN] = { "sign", "签收", "sign for" },
	[NOTICE_ACT_PLAN] = { "plan", "制定计划并开始整改", "plan and start" },
	[NOTICE_ACT_SUBMIT] = { "submit", "提交整改报告", "submit" },
	[NOTICE_ACT_RETURN] = { "return", "退回补正", "return" },
	[NOTICE_ACT_VERIFY] = { "verify", "开始复核", "start verifying" },
	[NOTICE_ACT_SECOND_READ] = { "second_read", "第二人核阅", "second reading" },
	[NOTICE_ACT_PASS] = { "pass", "复核通过", "pass" },
	[NOTICE_ACT_FAIL] = { "fail", "复核不通过", "fail" },
	[NOTICE_ACT_BRIEF] = { "brief", "报分管校领导", "brief the leader" },
	[NOTICE_ACT_MARK_BRIEF] = { "mark_brief", "已阅或批示", "mark the brief" },
	[NOTICE_ACT_UPREPORT_NEEDED] = { "upreport_needed", "需要上报",
		"report upward: needed" },
	[NOTICE_ACT_UPREPORT_NOT_NEEDED] = { "upreport_not_needed", "无需上报",
		"report upward: not needed" },
	[NOTICE_ACT_UPREPORT_SENT] = { "upreport_sent", "已报送", "report upward: sent" },
	[NOTICE_ACT_UPREPORT_RECEIPTED] = { "upreport_receipted", "已收回执",
		"report upward: receipt" },
	[NOTICE_ACT_CLOSE] = { "close", "归档", "archive" },
	[NOTICE_ACT_WITHDRAW] = { "withdraw", "撤销", "withdraw" },
	[NOTICE_ACT_OBJECT] = { "object", "提出异议", "object" },
	[NOTICE_ACT_DISMISS] = { "dismiss", "异议不成立", "dismiss the objection" },
	[NOTICE_ACT_UPHOLD] = { "uphold", "异议成立", "uphold the objection" },
	[NOTICE_ACT_DROP] = { "drop", "异议成立并撤销", "uphold and withdraw" },
	[NOTICE_ACT_REASSIGN] = { "reassign", "异议成立并转派", "uphold and reassign" },
	[NOTICE_ACT_PARTIAL] = { "partial", "部分通过", "pass in part" },
	[NOTICE_ACT_CANNOT_VERIFY] = { "cannot_verify", "无法复核", "cannot verify" },
	[NOTICE_ACT_PASS_OFFLINE] = { "pass_offline", "已下线，通过", "pass: out of service" },
};
const struct name_table notice_act_names = { "notice act", act_rows, NOTICE_ACT_COUNT };

static const struct name_row guard_rows[NOTICE_GUARD_COUNT] = {
	[NOTICE_GUARD_FINDINGS] = { "findings", "通报没有隐患", "the notice has no finding" },
	[NOTICE_GUARD_ONE_UNIT] = { "one_unit", "隐患不属于同一单位",
		"the findings are not all of the notice's unit" },
	[NOTICE_GUARD_REQUIREMENT] = { "requirement", "缺少级别或整改要求",
		"grade or requirement is missing" },
	[NOTICE_GUARD_RECIPIENT] = { "recipient", "责任单位没有可送达的人员",
		"nobody in the responsible unit can be reached" },
	[NOTICE_GUARD_ISSUER] = { "author_is_issuer",
		"起草人不得签发；小单位模式可写明理由先办后审",
		"the author must not issue; 小单位模式 allows it with a reason, to be "
		"confirmed" },
	[NOTICE_GUARD_URGENT] = { "urgent_needs_director", "紧急通报由信息技术中心主任签发",
		"an urgent notice is issued by the director" },
	[NOTICE_GUARD_REASON] = { "reason", "请写明理由", "a reason is needed" },
	[NOTICE_GUARD_PENDING] = { "nothing_to_confirm", "没有待确认的先办后审",
		"no issue waits to be confirmed" },
	[NOTICE_GUARD_CONFIRMER] = { "confirmer_is_issuer", "确认人不得是起草人或签发人",
		"the confirming person must be neither author nor issuer" },
	[NOTICE_GUARD_FIRST] = { "delivered_already", "此前已送达", "it was delivered before" },
	[NOTICE_GUARD_UNIT] = { "own_unit", "只有责任单位可办理",
		"only the responsible unit may" },
	[NOTICE_GUARD_PLAN] = { "plan", "计划须写明负责人、措施和不晚于期限的日期",
		"the plan needs a person, measures and a date not after due" },
	[NOTICE_GUARD_REPORT] = { "report", "整改报告未逐项答复",
		"the report does not answer every finding" },
	[NOTICE_GUARD_SCAN] = { "scan", "尚未上传本轮盖章扫描件",
		"this round's sealed scan is missing" },
	[NOTICE_GUARD_FAULT] = { "fault", "请指明形式上的问题",
		"the formal fault is not named" },
	[NOTICE_GUARD_BRIEF] = { "brief", "汇报单或接收领导未定",
		"the brief or its recipient is missing" },
	[NOTICE_GUARD_OPEN_UPREPORT] = { "upreport_settled", "已报送，不能改变是否上报",
		"it has been sent; the decision stands" },
	[NOTICE_GUARD_OPTIONAL] = { "superior_must_hear", "上级通报必须报送整改情况",
		"what a superior notified must be reported back" },
	[NOTICE_GUARD_NEEDED] = { "upreport_not_needed", "尚未决定需要上报",
		"reporting upward was not decided" },
	[NOTICE_GUARD_AUTHORITY] = { "authority", "请写明报送对象",
		"the authority reported to is missing" },
	[NOTICE_GUARD_SENT] = { "upreport_not_sent", "尚未报送", "it has not been sent" },
	[NOTICE_GUARD_RECEIPT] = { "receipt", "请登记回执", "the receipt is missing" },
	[NOTICE_GUARD_UPREPORT] = { "upreport", "上报未办结：须有回执，或注明无需上报的理由",
		"reporting upward is open: receipt, or not needed with a reason" },
	[NOTICE_GUARD_FINDINGS_CLOSED] = { "findings_open", "仍有隐患未消除",
		"not all findings are closed" },
	[NOTICE_GUARD_CONFIRMED] = { "confirm_pending", "先办后审尚未确认",
		"the issue without second person is not confirmed" },
	[NOTICE_GUARD_WINDOW] = { "objection_late", "已过提出异议的时限",
		"the time to object is over" },
	[NOTICE_GUARD_DECIDER] = { "decider_is_objector", "提出异议的人不得作决定",
		"who objected must not decide" },
	[NOTICE_GUARD_FITS] = { "objection_reason", "该决定与异议理由不符",
		"the decision is none of this reason" },
	[NOTICE_GUARD_NEW_UNIT] = { "new_unit", "请选择另一个有可送达人员的单位",
		"another unit is needed, with somebody who can be reached" },
	[NOTICE_GUARD_PARTS] = { "parts", "部分通过须有通过和未通过的隐患",
		"some findings must pass and some not" },
};
const struct name_table notice_guard_names = { "notice guard", guard_rows, NOTICE_GUARD_COUNT };

static const struct name_row document_rows[NOTICE_DOCUMENT_COUNT] = {
	[NOTICE_DOCUMENT_NOTICE] = { "notice", "网络安全隐患限期整改通知书", "notice" },
	[NOTICE_DOCUMENT_SIGNATURE] = { "signature", "签收记录", "signature record" },
	[NOTICE_DOCUMENT_PLAN] = { "plan", "整改计划", "plan" },
	[NOTICE_DOCUMENT_REPORT] = { "report", "整改报告", "report" },
	[NOTICE_DOCUMENT_RETURN] = { "return", "退回补正单", "return slip" },
	[NOTICE_DOCUMENT_OPINION] = { "opinion", "复核意见", "verification opinion" },
	[NOTICE_DOCUMENT_AGAIN] = { "again", "再次整改通知书", "notice to rectify again" },
	[NOTICE_DOCUMENT_BRIEF] = { "brief", "汇报单", "brief" },
	[NOTICE_DOCUMENT_UPREPORT] = { "upreport", "整改情况报告", "report upward" },
	[NOTICE_DOCUMENT_ARCHIVE] = { "archive", "归档目录", "archive index" },
	[NOTICE_DOCUMENT_WITHDRAWAL] = { "withdrawal", "撤销通知", "withdrawal" },
	[NOTICE_DOCUMENT_OBJECTION] = { "objection", "异议单", "objection" },
	[NOTICE_DOCUMENT_REASSIGNMENT] = { "reassignment", "转派单", "reassignment" },
	[NOTICE_DOCUMENT_EXTENSION] = { "extension", "延期审批单", "extension" },
	[NOTICE_DOCUMENT_REMINDER] = { "reminder", "催办单", "reminder" },
	[NOTICE_DOCUMENT_SUPERVISION] = { "supervision", "督办单", "supervision" },
	[NOTICE_DOCUMENT_ACCEPTANCE] = { "acceptance", "暂缓整改审批单",
		"acceptance of residual risk" },
	[NOTICE_DOCUMENT_CONTROL] = { "control", "临时管控单", "temporary control" },
};
const struct name_table notice_document_names = { "notice document", document_rows,
	NOTICE_DOCUMENT_COUNT };

static const struct notice_facts *facts_of(const void *p)
{
	return ((const struct notice_question *)p)->facts;
}

static bool holds_findings(const void *p)
{
	const struct notice_facts *f = facts_of(p);
	return f->has_findings;
}

static bool holds_one_unit(const void *p)
{
	const struct notice_facts *f = facts_of(p);
	return f->one_unit;
}

static bool holds_requirement(const void *p)
{
	const struct notice_facts *f = facts_of(p);
	return f->requirement_set;
}

static bool holds_recipient(const void *p)
{
	const struct notice_facts *f = facts_of(p);
	return f->recipient_known;
}

static bool holds_reason(const void *p)
{
	const struct notice_facts *f = facts_of(p);
	return f->reason_given;
}

static bool holds_pending(const void *p)
{
	const struct notice_facts *f = facts_of(p);
	return f->confirm_pending;
}

static bool holds_confirmer(const void *p)
{
	const struct notice_facts *f = facts_of(p);
	return !f->actor_is_author && !f->actor_is_issuer;
}

static bool holds_first(const void *p)
{
	const struct notice_facts *f = facts_of(p);
	return !f->delivered;
}

static bool holds_unit(const void *p)
{
	const struct notice_facts *f = facts_of(p);
	return f->actor_in_unit;
}

static bool holds_plan(const void *p)
{
	const struct notice_facts *f = facts_of(p);
	return f->plan_complete;
}

static bool holds_report(const void *p)
{
	const struct notice_facts *f = facts_of(p);
	return f->report_complete;
}

static bool holds_scan(const void *p)
{
	const struct notice_facts *f = facts_of(p);
	return f->scan_stored;
}

static bool holds_fault(const void *p)
{
	const struct notice_facts *f = facts_of(p);
	return f->fault_named;
}

static bool holds_brief(const void *p)
{
	const struct notice_facts *f = facts_of(p);
	return f->brief_ready;
}

static bool holds_open_upreport(const void *p)
{
	const struct notice_facts *f = facts_of(p);
	return f->upreport == UPREPORT_UNDECIDED || f->upreport == UPREPORT_NEEDED ||
	       f->upreport == UPREPORT_NOT_NEEDED;
}

static bool holds_optional(const void *p)
{
	const struct notice_facts *f = facts_of(p);
	return f->source != SOURCE_SUPERIOR;
}

static bool holds_needed(const void *p)
{
	const struct notice_facts *f = facts_of(p);
	return f->upreport == UPREPORT_NEEDED;
}

static bool holds_authority(const void *p)
{
	const struct notice_facts *f = facts_of(p);
	return f->authority_named;
}

static bool holds_sent(const void *p)
{
	const struct notice_facts *f = facts_of(p);
	return f->upreport == UPREPORT_SENT;
}

static bool holds_receipt(const void *p)
{
	const struct notice_facts *f = facts_of(p);
	return f->receipt_given;
}

static bool holds_upreport(const void *p)
{
	const struct notice_facts *f = facts_of(p);
	return f->upreport == UPREPORT_RECEIPTED || f->upreport == UPREPORT_NOT_NEEDED;
}

static bool holds_findings_closed(const void *p)
{
	const struct notice_facts *f = facts_of(p);
	return f->findings_closed;
}

static bool holds_confirmed(const void *p)
{
	const struct notice_facts *f = facts_of(p);
	return !f->confirm_pending;
}

static bool holds_window(const void *p)
{
	return facts_of(p)->objection_in_time;
}

static bool holds_decider(const void *p)
{
	return !facts_of(p)->actor_is_objector;
}

static bool holds_fits(const void *p)
{
	return facts_of(p)->objection_fits;
}

static bool holds_new_unit(const void *p)
{
	return facts_of(p)->new_unit_known;
}

static bool holds_parts(const void *p)
{
	return facts_of(p)->parts_named;
}

static bool holds_issuer(const void *p)
{
	const struct notice_facts *f = facts_of(p);
	return !f->actor_is_author || (f->staffing.small_mode && f->reason_given);
}

static bool holds_urgent(const void *p)
{
	const struct notice_question *question = (const struct notice_question *)p;
	return question->facts->grade > GRADE_EXTREME || question->role == ROLE_DIRECTOR;
}

const struct machine_guard notice_guards[NOTICE_GUARD_COUNT] = {
	[NOTICE_GUARD_FINDINGS] = { holds_findings, E_INPUT },
	[NOTICE_GUARD_ONE_UNIT] = { holds_one_unit, E_INPUT },
	[NOTICE_GUARD_REQUIREMENT] = { holds_requirement, E_INPUT },
	[NOTICE_GUARD_RECIPIENT] = { holds_recipient, E_INPUT },
	[NOTICE_GUARD_ISSUER] = { holds_issuer, E_DENIED },
	[NOTICE_GUARD_URGENT] = { holds_urgent, E_DENIED },
	[NOTICE_GUARD_REASON] = { holds_reason, E_INPUT },
	[NOTICE_GUARD_PENDING] = { holds_pending, E_STATE },
	[NOTICE_GUARD_CONFIRMER] = { holds_confirmer, E_DENIED },
	[NOTICE_GUARD_FIRST] = { holds_first, E_STATE },
	[NOTICE_GUARD_UNIT] = { holds_unit, E_DENIED },
	[NOTICE_GUARD_PLAN] = { holds_plan, E_INPUT },
	[NOTICE_GUARD_REPORT] = { holds_report, E_INPUT },
	[NOTICE_GUARD_SCAN] = { holds_scan, E_INPUT },
	[NOTICE_GUARD_FAULT] = { holds_fault, E_INPUT },
	[NOTICE_GUARD_BRIEF] = { holds_brief, E_INPUT },
	[NOTICE_GUARD_OPEN_UPREPORT] = { holds_open_upreport, E_STATE },
	[NOTICE_GUARD_OPTIONAL] = { holds_optional, E_DENIED },
	[NOTICE_GUARD_NEEDED] = { holds_needed, E_STATE },
	[NOTICE_GUARD_AUTHORITY] = { holds_authority, E_INPUT },
	[NOTICE_GUARD_SENT] = { holds_sent, E_STATE },
	[NOTICE_GUARD_RECEIPT] = { holds_receipt, E_INPUT },
	[NOTICE_GUARD_UPREPORT] = { holds_upreport, E_STATE },
	[NOTICE_GUARD_FINDINGS_CLOSED] = { holds_findings_closed, E_STATE },
	[NOTICE_GUARD_CONFIRMED] = { holds_confirmed, E_STATE },
	[NOTICE_GUARD_WINDOW] = { holds_window, E_STATE },
	[NOTICE_GUARD_DECIDER] = { holds_decider, E_DENIED },
	[NOTICE_GUARD_FITS] = { holds_fits, E_INPUT },
	[NOTICE_GUARD_NEW_UNIT] = { holds_new_unit, E_INPUT },
	[NOTICE_GUARD_PARTS] = { holds_parts, E_INPUT },
};

enum {
	DESK = ROLE_BIT(ROLE_OPERATOR) | ROLE_BIT(ROLE_SECURITY_ADMIN),
	ISSUERS = ROLE_BIT(ROLE_REVIEWER) | ROLE_BIT(ROLE_DIRECTOR),
	CONFIRMERS = ROLE_BIT(ROLE_DIRECTOR) | ROLE_BIT(ROLE_VICE_PRESIDENT),
	UNIT = ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_SPECIALIST) | ROLE_BIT(ROLE_UNIT_HEAD),
	VERIFIER = ROLE_BIT(ROLE_VERIFIER),
	READERS = ROLE_BIT(ROLE_VERIFIER) | ROLE_BIT(ROLE_REVIEWER) | ROLE_BIT(ROLE_DIRECTOR),
	BRIEFERS = ROLE_BIT(ROLE_OPERATOR) | ROLE_BIT(ROLE_DIRECTOR),
	DIRECTOR = ROLE_BIT(ROLE_DIRECTOR),
	LEADER = ROLE_BIT(ROLE_VICE_PRESIDENT),
	SYSTEM = ROLE_BIT(ROLE_SYSTEM),
	DECIDERS = DESK | DIRECTOR,
};

#define NEEDS(name) MACHINE_BIT(NOTICE_GUARD_##name)
#define PAPER(name) MACHINE_BIT(NOTICE_DOCUMENT_##name)

/* One line a row: what an act needs and does is the same from wherever it starts. */
#define ROW(from, act, to, roles, what)                                                        \
	{                                                                                      \
		NOTICE_##from, NOTICE_ACT_##act, NOTICE_##to, roles, what                      \
	}
#define REVIEW_DOES                                                                            \
	NEEDS(FINDINGS) | NEEDS(ONE_UNIT) | NEEDS(REQUIREMENT), 0, NOTICE_EFFECT_TELL_DESK,    \
		NOTICE_CLOCK_REVIEW_START
#define REJECT_DOES NEEDS(REASON), 0, NOTICE_EFFECT_TELL_DESK, NOTICE_CLOCK_REVIEW_STOP
#define ISSUE_DOES                                                                             \
	NEEDS(FINDINGS) | NEEDS(ONE_UNIT) | NEEDS(REQUIREMENT) | NEEDS(RECIPIENT) |            \
		NEEDS(ISSUER) | NEEDS(URGENT),                                                 \
		PAPER(NOTICE),                                                                 \
		NOTICE_EFFECT_NUMBER | NOTICE_EFFECT_FINDINGS | NOTICE_EFFECT_TELL_UNIT,       \
		NOTICE_CLOCK_REVIEW_STOP | NOTICE_CLOCK_SIGN_START | NOTICE_CLOCK_REMEDY_START
#define CONFIRM_DOES                                                                           \
	NEEDS(PENDING) | NEEDS(CONFIRMER), 0,                                                  \
		NOTICE_EFFECT_CONFIRMED | NOTICE_EFFECT_TELL_DESK, NOTICE_CLOCK_CONFIRM_STOP
#define DELIVER_DOES NEEDS(FIRST), 0, 0, NOTICE_CLOCK_REMEDY_REACHED
#define SIGN_DOES NEEDS(UNIT), PAPER(SIGNATURE), NOTICE_EFFECT_TELL_DESK, NOTICE_CLOCK_SIGN_STOP
#define PLAN_DOES NEEDS(UNIT) | NEEDS(PLAN), PAPER(PLAN), NOTICE_EFFECT_TELL_DESK, 0
#define SUBMIT_DOES                                                                            \
	NEEDS(UNIT) | NEEDS(REPORT) | NEEDS(SCAN), PAPER(REPORT),                              \
		NOTICE_EFFECT_FINDINGS | NOTICE_EFFECT_TELL_DESK,                              \
		NOTICE_CLOCK_REMEDY_PAUSE | NOTICE_CLOCK_VERIFY_START
#define RETURN_DOES                                                                            \
	NEEDS(REASON) | NEEDS(FAULT), PAPER(RETURN),                                           \
		NOTICE_EFFECT_FINDINGS | NOTICE_EFFECT_TELL_UNIT,                              \
		NOTICE_CLOCK_VERIFY_STOP | NOTICE_CLOCK_REMEDY_RESUME
#define VERIFY_DOES 0, 0, NOTICE_EFFECT_TELL_UNIT, 0
#define SECOND_READ_DOES 0, 0, 0, 0
#define PASS_DOES                                                                              \
	0, PAPER(OPINION),                                                                     \
		NOTICE_EFFECT_FINDINGS | NOTICE_EFFECT_TELL_UNIT | NOTICE_EFFECT_TELL_DESK,    \
		NOTICE_CLOCK_VERIFY_STOP | NOTICE_CLOCK_REMEDY_STOP | NOTICE_CLOCK_BRIEF_START
#define FAIL_DOES                                                                              \
	0, PAPER(OPINION) | PAPER(AGAIN),                                                      \
		NOTICE_EFFECT_FINDINGS | NOTICE_EFFECT_ROUND | NOTICE_EFFECT_TELL_UNIT |       \
			NOTICE_EFFECT_TELL_DESK,                                               \
		NOTICE_CLOCK_VERIFY_STOP | NOTICE_CLOCK_REMEDY_AGAIN
#define BRIEF_DOES                                                                             \
	NEEDS(BRIEF), PAPER(BRIEF), NOTICE_EFFECT_TELL_LEADER, NOTICE_CLOCK_BRIEF_STOP
#define MARK_BRIEF_DOES 0, 0, NOTICE_EFFECT_BRIEF_ONLY, 0
#define UPREPORT_NEEDED_DOES NEEDS(OPEN_UPREPORT), 0, 0, 0
#define UPREPORT_NOT_NEEDED_DOES NEEDS(OPEN_UPREPORT) | NEEDS(OPTIONAL) | NEEDS(REASON), 0, 0, 0
#define UPREPORT_SENT_DOES NEEDS(NEEDED) | NEEDS(AUTHORITY), PAPER(UPREPORT), 0, 0
#define UPREPORT_RECEIPTED_DOES NEEDS(SENT) | NEEDS(RECEIPT), 0, 0, 0
#define CLOSE_DOES                                                                             \
	NEEDS(UPREPORT) | NEEDS(FINDINGS_CLOSED) | NEEDS(CONFIRMED), PAPER(ARCHIVE),           \
		NOTICE_EFFECT_TELL_UNIT, 0
#define WITHDRAW_DOES                                                                          \
	NEEDS(REASON), PAPER(WITHDRAWAL), NOTICE_EFFECT_FINDINGS | NOTICE_EFFECT_TELL_UNIT,    \
		NOTICE_CLOCK_SIGN_STOP | NOTICE_CLOCK_VERIFY_STOP | NOTICE_CLOCK_REMEDY_STOP | \
			NOTICE_CLOCK_CONFIRM_STOP
/* Nobody outside has heard of it, and its findings were confirmed before. */
#define DISCARD_DOES NEEDS(REASON), 0, NOTICE_EFFECT_TELL_DESK, NOTICE_CLOCK_REVIEW_STOP
#define OBJECT_DOES                                                                            \
	NEEDS(UNIT) | NEEDS(REASON) | NEEDS(WINDOW), PAPER(OBJECTION),                         \
		NOTICE_EFFECT_TELL_DESK, NOTICE_CLOCK_DECIDE_START
#define DISMISS_DOES                                                                           \
	NEEDS(REASON) | NEEDS(DECIDER), 0, NOTICE_EFFECT_TELL_UNIT, NOTICE_CLOCK_DECIDE_STOP
#define UPHOLD_DOES                                                                            \
	NEEDS(REASON) | NEEDS(DECIDER) | NEEDS(FITS), 0, NOTICE_EFFECT_TELL_UNIT,              \
		NOTICE_CLOCK_DECIDE_STOP | NOTICE_CLOCK_REMEDY_BACK
#define DROP_DOES                                                                              \
	NEEDS(REASON) | NEEDS(DECIDER) | NEEDS(FITS), PAPER(WITHDRAWAL),                       \
		NOTICE_EFFECT_FINDINGS | NOTICE_EFFECT_TELL_UNIT | NOTICE_EFFECT_TELL_DESK,    \
		NOTICE_CLOCK_DECIDE_STOP | NOTICE_CLOCK_REMEDY_STOP |                          \
			NOTICE_CLOCK_CONFIRM_STOP
#define REASSIGN_DOES                                                                          \
	NEEDS(REASON) | NEEDS(DECIDER) | NEEDS(FITS) | NEEDS(NEW_UNIT), PAPER(REASSIGNMENT),   \
		NOTICE_EFFECT_MOVE | NOTICE_EFFECT_TELL_UNIT | NOTICE_EFFECT_TELL_DESK,        \
		NOTICE_CLOCK_DECIDE_STOP | NOTICE_CLOCK_REMEDY_STOP |                          \
			NOTICE_CLOCK_CONFIRM_STOP
#define PARTIAL_DOES                                                                           \
	NEEDS(PARTS), PAPER(OPINION) | PAPER(AGAIN),                                           \
		NOTICE_EFFECT_FINDINGS | NOTICE_EFFECT_ROUND | NOTICE_EFFECT_TELL_UNIT |       \
			NOTICE_EFFECT_TELL_DESK,                                               \
		NOTICE_CLOCK_VERIFY_STOP | NOTICE_CLOCK_REMEDY_AGAIN
#define CANNOT_DOES NEEDS(REASON), 0, NOTICE_EFFECT_TELL_DESK, NOTICE_CLOCK_SETTLE_START

const struct machine_row notice_rows[NOTICE_ROW_COUNT] = {
	ROW(DRAFT, REVIEW, REVIEW, DESK, REVIEW_DOES),
	ROW(REVIEW, REJECT, DRAFT, ISSUERS, REJECT_DOES),
	ROW(REVIEW, ISSUE, ISSUED, ISSUERS, ISSUE_DOES),
	ROW(ISSUED, DELIVER, ISSUED, SYSTEM, DELIVER_DOES),
	ROW(ISSUED, SIGN, RECEIVED, UNIT, SIGN_DOES),
	ROW(RECEIVED, PLAN, RECTIFYING, UNIT, PLAN_DOES),
	ROW(RECTIFYING, PLAN, RECTIFYING, UNIT, PLAN_DOES),
	ROW(RETURNED, PLAN, RECTIFYING, UNIT, PLAN_DOES),
	ROW(FAILED, PLAN, RECTIFYING, UNIT, PLAN_DOES),
	ROW(RECTIFYING, SUBMIT, SUBMITTED, UNIT, SUBMIT_DOES),
	ROW(RETURNED, SUBMIT, SUBMITTED, UNIT, SUBMIT_DOES),
	ROW(FAILED, SUBMIT, SUBMITTED, UNIT, SUBMIT_DOES),
	ROW(SUBMITTED, RETURN, RETURNED, DESK, RETURN_DOES),
	ROW(SUBMITTED, VERIFY, VERIFYING, VERIFIER, VERIFY_DOES),
	ROW(VERIFYING, SECOND_READ, VERIFYING, READERS, SECOND_READ_DOES),
	ROW(VERIFYING, PASS, PASSED, VERIFIER, PASS_DOES),
	ROW(VERIFYING, FAIL, FAILED, VERIFIER, FAIL_DOES),
	ROW(PASSED, BRIEF, BRIEFED, BRIEFERS, BRIEF_DOES),
	ROW(BRIEFED, MARK_BRIEF, BRIEFED, LEADER, MARK_BRIEF_DOES),
	ROW(UPREPORTED, MARK_BRIEF, UPREPORTED, LEADER, MARK_BRIEF_DOES),
	ROW(CLOSED, MARK_BRIEF, CLOSED, LEADER, MARK_BRIEF_DOES),
	ROW(BRIEFED, UPREPORT_NEEDED, BRIEFED, DIRECTOR, UPREPORT_NEEDED_DOES),
	ROW(BRIEFED, UPREPORT_NOT_NEEDED, BRIEFED, DIRECTOR, UPREPORT_NOT_NEEDED_DOES),
	ROW(BRIEFED, UPREPORT_SENT, UPREPORTED, DIRECTOR, UPREPORT_SENT_DOES),
	ROW(UPREPORTED, UPREPORT_RECEIPTED, UPREPORTED, DIRECTOR, UPREPORT_RECEIPTED_DOES),
	ROW(BRIEFED, CLOSE, CLOSED, DIRECTOR, CLOSE_DOES),
	ROW(UPREPORTED, CLOSE, CLOSED, DIRECTOR, CLOSE_DOES),
	ROW(ISSUED, WITHDRAW, WITHDRAWN, DIRECTOR, WITHDRAW_DOES),
	ROW(RECEIVED, WITHDRAW, WITHDRAWN, DIRECTOR, WITHDRAW_DOES),
	ROW(RECTIFYING, WITHDRAW, WITHDRAWN, DIRECTOR, WITHDRAW_DOES),
	ROW(OBJECTED, WITHDRAW, WITHDRAWN, DIRECTOR, WITHDRAW_DOES),
	ROW(SUBMITTED, WITHDRAW, WITHDRAWN, DIRECTOR, WITHDRAW_DOES),
	ROW(RETURNED, WITHDRAW, WITHDRAWN, DIRECTOR, WITHDRAW_DOES),
	ROW(VERIFYING, WITHDRAW, WITHDRAWN, DIRECTOR, WITHDRAW_DOES),
	ROW(FAILED, WITHDRAW, WITHDRAWN, DIRECTOR, WITHDRAW_DOES),
	ROW(DRAFT, WITHDRAW, WITHDRAWN, DIRECTOR, DISCARD_DOES),
	ROW(REVIEW, WITHDRAW, WITHDRAWN, DIRECTOR, DISCARD_DOES),
	ROW(RECEIVED, OBJECT, OBJECTED, UNIT, OBJECT_DOES),
	ROW(OBJECTED, DISMISS, RECEIVED, DECIDERS, DISMISS_DOES),
	ROW(OBJECTED, UPHOLD, RECEIVED, DECIDERS, UPHOLD_DOES),
	ROW(OBJECTED, DROP, WITHDRAWN, DIRECTOR, DROP_DOES),
	ROW(OBJECTED, REASSIGN, REASSIGNED, DECIDERS, REASSIGN_DOES),
	ROW(VERIFYING, PARTIAL, FAILED, VERIFIER, PARTIAL_DOES),
	ROW(VERIFYING, CANNOT_VERIFY, VERIFYING, VERIFIER, CANNOT_DOES),
	ROW(VERIFYING, PASS_OFFLINE, PASSED, VERIFIER, PASS_DOES),
	ROW(OBJECTED, CONFIRM, OBJECTED, CONFIRMERS, CONFIRM_DOES),
	ROW(ISSUED, CONFIRM, ISSUED, CONFIRMERS, CONFIRM_DOES),
	ROW(RECEIVED, CONFIRM, RECEIVED, CONFIRMERS, CONFIRM_DOES),
	ROW(RECTIFYING, CONFIRM, RECTIFYING, CONFIRMERS, CONFIRM_DOES),
	ROW(SUBMITTED, CONFIRM, SUBMITTED, CONFIRMERS, CONFIRM_DOES),
	ROW(RETURNED, CONFIRM, RETURNED, CONFIRMERS, CONFIRM_DOES),
	ROW(VERIFYING, CONFIRM, VERIFYING, CONFIRMERS, CONFIRM_DOES),
	ROW(FAILED, CONFIRM, FAILED, CONFIRMERS, CONFIRM_DOES),
	ROW(PASSED, CONFIRM, PASSED, CONFIRMERS, CONFIRM_DOES),
	ROW(BRIEFED, CONFIRM, BRIEFED, CONFIRMERS, CONFIRM_DOES),
	ROW(UPREPORTED, CONFIRM, UPREPORTED, CONFIRMERS, CONFIRM_DOES),
};
