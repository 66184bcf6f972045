/* SPDX-License-Identifier: Apache-2.0 */
#include "model/notice.h"

static const struct name_row notice_state_rows[NOTICE_COUNT] = {
	[NOTICE_DRAFT] = { "draft", "草稿", "draft" },
	[NOTICE_REVIEW] = { "review", "待审", "in review" },
	[NOTICE_ISSUED] = { "issued", "已签发", "issued" },
	[NOTICE_RECEIVED] = { "received", "已签收", "received" },
	[NOTICE_OBJECTED] = { "objected", "异议", "objected" },
	[NOTICE_REASSIGNED] = { "reassigned", "已转派", "reassigned" },
	[NOTICE_RECTIFYING] = { "rectifying", "整改中", "rectifying" },
	[NOTICE_SUBMITTED] = { "submitted", "待复核", "submitted" },
	[NOTICE_RETURNED] = { "returned", "退回补正", "returned" },
	[NOTICE_VERIFYING] = { "verifying", "复核中", "verifying" },
	[NOTICE_FAILED] = { "failed", "复核不通过", "failed" },
	[NOTICE_PASSED] = { "passed", "复核通过", "passed" },
	[NOTICE_BRIEFED] = { "briefed", "已汇报", "briefed" },
	[NOTICE_UPREPORTED] = { "upreported", "已上报", "reported upward" },
	[NOTICE_CLOSED] = { "closed", "已归档", "closed" },
	[NOTICE_WITHDRAWN] = { "withdrawn", "已撤销", "withdrawn" },
};
const struct name_table notice_state_names = { "notice state", notice_state_rows,
	NOTICE_COUNT };

static const struct name_row upreport_rows[UPREPORT_COUNT] = {
	[UPREPORT_UNDECIDED] = { "undecided", "待定", "undecided" },
	[UPREPORT_NEEDED] = { "needed", "需要上报", "needed" },
	[UPREPORT_SENT] = { "sent", "已报送", "sent" },
	[UPREPORT_RECEIPTED] = { "receipted", "已回执", "receipted" },
	[UPREPORT_NOT_NEEDED] = { "not_needed", "无需上报", "not needed" },
};
const struct name_table upreport_names = { "upward report", upreport_rows, UPREPORT_COUNT };
