/* SPDX-License-Identifier: Apache-2.0 */
#include "model/event.h"

static const struct name_row state_rows[EVENT_COUNT] = {
	[EVENT_RECEIVED] = { "received", "接报", "received" },
	[EVENT_GRADED] = { "graded", "已定级", "graded" },
	[EVENT_RESPONDING] = { "responding", "处置中", "responding" },
	[EVENT_CONTAINED] = { "contained", "已控制", "contained" },
	[EVENT_RESOLVED] = { "resolved", "已恢复", "resolved" },
	[EVENT_FINAL_REPORTED] = { "final_reported", "已终报", "final report accepted" },
	[EVENT_REVIEWED] = { "reviewed", "已复盘", "reviewed" },
	[EVENT_CLOSED] = { "closed", "已归档", "closed" },
	[EVENT_NOT_EVENT] = { "not_event", "非事件", "not an event" },
};
const struct name_table event_state_names = { "event state", state_rows, EVENT_COUNT };

static const struct name_row class_rows[EVENT_CLASS_COUNT] = {
	[EVENT_CLASS_MALWARE] = { "malware", "有害程序事件", "malware" },
	[EVENT_CLASS_ATTACK] = { "attack", "网络攻击事件", "network attack" },
	[EVENT_CLASS_DESTRUCTION] = { "destruction", "信息破坏事件",
		"information destruction" },
	[EVENT_CLASS_CONTENT] = { "content", "信息内容安全事件", "content" },
	[EVENT_CLASS_FACILITY] = { "facility", "设备设施故障", "facility fault" },
	[EVENT_CLASS_DISASTER] = { "disaster", "灾害性事件", "disaster" },
	[EVENT_CLASS_OTHER] = { "other", "其他事件", "other" },
};
const struct name_table event_class_names = { "event class", class_rows, EVENT_CLASS_COUNT };

static const struct name_row cause_rows[EVENT_CAUSE_COUNT] = {
	[EVENT_CAUSE_HUMAN] = { "human", "人为原因", "human" },
	[EVENT_CAUSE_FAULT] = { "fault", "软硬件缺陷或故障", "fault" },
	[EVENT_CAUSE_DISASTER] = { "disaster", "自然灾害", "natural disaster" },
	[EVENT_CAUSE_OTHER] = { "other", "其他原因", "other" },
};
const struct name_table event_cause_names = { "event cause", cause_rows, EVENT_CAUSE_COUNT };

static const struct name_row report_kind_rows[EVENT_REPORT_KIND_COUNT] = {
	[EVENT_REPORT_INITIAL] = { "initial", "初报", "initial report" },
	[EVENT_REPORT_FOLLOW_UP] = { "follow_up", "续报", "follow-up report" },
	[EVENT_REPORT_FINAL] = { "final", "终报", "final report" },
};
const struct name_table event_report_kind_names = { "kind of event report", report_kind_rows,
	EVENT_REPORT_KIND_COUNT };

static const struct name_row report_rows[EVENT_REPORT_COUNT] = {
	[EVENT_REPORT_DRAFT] = { "draft", "草稿", "draft" },
	[EVENT_REPORT_SUBMITTED] = { "submitted", "已提交", "submitted" },
	[EVENT_REPORT_ACCEPTED] = { "accepted", "已接收", "accepted" },
	[EVENT_REPORT_RETURNED] = { "returned", "退回补正", "returned" },
};
const struct name_table event_report_state_names = { "event report state", report_rows,
	EVENT_REPORT_COUNT };

static const struct name_row up_rows[EVENT_UP_COUNT] = {
	[EVENT_UP_NEEDED] = { "needed", "待上报", "needed" },
	[EVENT_UP_DRAFTED] = { "drafted", "已拟稿", "drafted" },
	[EVENT_UP_APPROVED] = { "approved", "已批准", "approved" },
	[EVENT_UP_SENT] = { "sent", "已上报", "sent" },
	[EVENT_UP_RECEIPTED] = { "receipted", "已回执", "receipted" },
	[EVENT_UP_WAIVED] = { "waived", "不再上报", "waived" },
};
const struct name_table event_up_state_names = { "report upward", up_rows, EVENT_UP_COUNT };

static const struct name_row clock_rows[EVENT_CLOCK_COUNT] = {
	[EVENT_CLOCK_INITIAL] = { "initial", "书面初报", "written initial report" },
	[EVENT_CLOCK_GRADE] = { "grade", "分级研判", "grading" },
	[EVENT_CLOCK_FOLLOW_UP] = { "follow_up", "续报", "follow-up report" },
	[EVENT_CLOCK_FINAL] = { "final", "终报", "final report" },
	[EVENT_CLOCK_NATIONAL] = { "national", "国家总结报告", "national summary" },
	[EVENT_CLOCK_UP] = { "up", "上报", "report upward" },
};
const struct name_table event_clock_names = { "event clock", clock_rows, EVENT_CLOCK_COUNT };
