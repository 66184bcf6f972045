/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/acts_matter.h"

/* events */
#include "desk/event_reports.h"
#include "desk/events.h"

/* findings */
#include "desk/finding_ends.h"
#include "desk/findings.h"

/* notices */
#include "desk/notice_pleas.h"
#include "desk/notice_rounds.h"
#include "desk/notices.h"

static const desk_fn acts[ROUTE_COUNT_] = {
	/* events */
	[ROUTE_EVENTS_REPORT] = desk_event_report,
	[ROUTE_EVENTS_CREATE] = desk_event_create,
	[ROUTE_EVENTS_UPDATE] = desk_event_update,
	[ROUTE_EVENTS_REMARK] = desk_event_remark,
	[ROUTE_EVENTS_TICK] = desk_event_tick,
	[ROUTE_EVENTS_GRADE] = desk_event_grade,
	[ROUTE_EVENTS_DECIDE_GRADE] = desk_event_decide_grade,
	[ROUTE_EVENTS_MOVE] = desk_event_move,
	[ROUTE_EVENTS_NOT_EVENT] = desk_event_not_event,
	[ROUTE_EVENTS_REPORT_PUT] = desk_event_report_put,
	[ROUTE_EVENTS_REPORT_UPDATE] = desk_event_report_update,
	[ROUTE_EVENTS_REPORT_SETTLE] = desk_event_report_settle,
	[ROUTE_EVENTS_UPLOAD] = desk_event_upload,
	[ROUTE_EVENTS_UP_ADD] = desk_event_up_add,
	[ROUTE_EVENTS_UP_ACT] = desk_event_up_act,

	/* findings */
	[ROUTE_FINDINGS_CREATE] = desk_finding_create,
	[ROUTE_FINDINGS_REPORT] = desk_finding_report,
	[ROUTE_FINDINGS_CONFIRM] = desk_finding_confirm,
	[ROUTE_FINDINGS_FALSE_POSITIVE] = desk_finding_false_positive,
	[ROUTE_FINDINGS_SECOND] = desk_finding_second,

	/* findings that end otherwise, or come back */
	[ROUTE_FINDINGS_DUPLICATE] = desk_finding_duplicate,
	[ROUTE_FINDINGS_MERGE] = desk_finding_merge,
	[ROUTE_FINDINGS_TRANSFER] = desk_finding_transfer,
	[ROUTE_FINDINGS_REVIEW] = desk_finding_review,
	[ROUTE_FINDINGS_RECHECK] = desk_finding_recheck,
	[ROUTE_FINDINGS_AGAIN] = desk_finding_again,
	[ROUTE_FINDINGS_COMMENT] = desk_finding_comment,
	[ROUTE_FINDINGS_ACCEPT] = desk_finding_accept,
	[ROUTE_FINDINGS_DECIDE_ACCEPTANCE] = desk_finding_decide_acceptance,

	/* what is asked for and decided around a notice */
	[ROUTE_NOTICES_OBJECT] = desk_notice_object,
	[ROUTE_NOTICES_DECIDE_OBJECTION] = desk_notice_decide_objection,
	[ROUTE_NOTICES_ASK_EXTENSION] = desk_notice_ask_extension,
	[ROUTE_NOTICES_DECIDE_EXTENSION] = desk_notice_decide_extension,
	[ROUTE_NOTICES_PARTIAL] = desk_notice_partial,
	[ROUTE_NOTICES_CANNOT_VERIFY] = desk_notice_cannot_verify,
	[ROUTE_NOTICES_PASS_OFFLINE] = desk_notice_pass_offline,
	[ROUTE_NOTICES_CONTROL] = desk_notice_control,
	[ROUTE_NOTICES_COMMENT] = desk_notice_comment,

	/* notices */
	[ROUTE_NOTICES_CREATE] = desk_notice_create,
	[ROUTE_NOTICES_UPDATE] = desk_notice_update,
	[ROUTE_NOTICES_REVIEW] = desk_notice_review,
	[ROUTE_NOTICES_REJECT] = desk_notice_reject,
	[ROUTE_NOTICES_ISSUE] = desk_notice_issue,
	[ROUTE_NOTICES_CONFIRM] = desk_notice_confirm,
	[ROUTE_NOTICES_SIGN] = desk_notice_sign,
	[ROUTE_NOTICES_PLAN] = desk_notice_plan,
	[ROUTE_NOTICES_UPLOAD] = desk_notice_upload,
	[ROUTE_NOTICES_SUBMIT] = desk_notice_submit,
	[ROUTE_NOTICES_RETURN] = desk_notice_return,
	[ROUTE_NOTICES_VERIFY] = desk_notice_verify,
	[ROUTE_NOTICES_SECOND_READ] = desk_notice_second_read,
	[ROUTE_NOTICES_PASS] = desk_notice_pass,
	[ROUTE_NOTICES_FAIL] = desk_notice_fail,
	[ROUTE_NOTICES_BRIEF] = desk_notice_brief,
	[ROUTE_NOTICES_MARK_BRIEF] = desk_notice_mark_brief,
	[ROUTE_NOTICES_UPREPORT] = desk_notice_upreport,
	[ROUTE_NOTICES_CLOSE] = desk_notice_close,
	[ROUTE_NOTICES_WITHDRAW] = desk_notice_withdraw,
	[ROUTE_NOTICES_REMIND] = desk_notice_remind,
};

desk_fn desk_act_of_matter(enum route_id route)
{
	return acts[route];
}
