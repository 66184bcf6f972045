/* SPDX-License-Identifier: Apache-2.0 */
#include "model/paper.h"

static const struct name_row paper_kind_rows[PAPER_KIND_COUNT] = {
	[PAPER_NOTICE] = { "notice", "限期整改通知书", "notice" },
	[PAPER_AGAIN] = { "again", "再次整改通知书", "notice to rectify again" },
	[PAPER_SIGNATURE] = { "signature", "签收记录", "record of receipt" },
	[PAPER_PLAN] = { "plan", "整改计划", "plan" },
	[PAPER_REMINDER] = { "reminder", "催办单", "reminder" },
	[PAPER_SUPERVISION] = { "supervision", "督办单", "supervision order" },
	[PAPER_REPORT] = { "report", "整改报告", "rectification report" },
	[PAPER_RETURN] = { "return", "退回补正单", "return slip" },
	[PAPER_OPINION] = { "opinion", "复核意见", "verification opinion" },
	[PAPER_EXTENSION] = { "extension", "延期审批单", "extension" },
	[PAPER_OBJECTION] = { "objection", "异议处理单", "objection" },
	[PAPER_REASSIGNMENT] = { "reassignment", "转派单", "reassignment" },
	[PAPER_ACCEPTANCE] = { "acceptance", "暂缓整改审批单", "acceptance of a risk" },
	[PAPER_CONTROL] = { "control", "临时管控审批单", "temporary control" },
	[PAPER_WITHDRAWAL] = { "withdrawal", "撤销通知", "withdrawal" },
	[PAPER_BRIEF] = { "brief", "汇报单", "brief" },
	[PAPER_UPREPORT] = { "upreport", "整改情况报告", "report upward" },
	[PAPER_ARCHIVE] = { "archive", "归档目录", "archive index" },
	[PAPER_INCOMING] = { "incoming", "收文处理单", "incoming paper" },
	[PAPER_OFFICER_FILING] = { "officer_filing", "网络安全员备案表",
		"officer filing form" },
	[PAPER_ACCESS_SLIP] = { "access_slip", "开通单", "access slip" },
	[PAPER_HANDOVER] = { "handover", "交接清单", "hand-over list" },
	[PAPER_LEDGER] = { "ledger", "单位安全台账", "security ledger of a unit" },
	[PAPER_BATCH] = { "batch", "合并打印", "papers to print" },
};
const struct name_table paper_kind_names = { "kind of paper", paper_kind_rows,
	PAPER_KIND_COUNT };
