/* SPDX-License-Identifier: Apache-2.0 */
#include "model/rectification.h"

static const struct name_row rectification_state_rows[RECTIFICATION_COUNT] = {
	[RECTIFICATION_PLANNED] = { "planned", "已制定计划", "planned" },
	[RECTIFICATION_DOING] = { "doing", "整改中", "doing" },
	[RECTIFICATION_CONTAINED] = { "contained", "已采取临时措施", "contained" },
	[RECTIFICATION_DONE] = { "done", "自称完成", "done" },
	[RECTIFICATION_REPORT_GENERATED] = { "report_generated", "已生成报告",
		"report generated" },
	[RECTIFICATION_SEALED_UPLOADED] = { "sealed_uploaded", "已上传盖章件",
		"sealed report uploaded" },
	[RECTIFICATION_ACCEPTED_FORMALLY] = { "accepted_formally", "形式审查通过",
		"formally accepted" },
	[RECTIFICATION_RETURNED] = { "returned", "退回补正", "returned" },
};
const struct name_table rectification_state_names = { "rectification state",
	rectification_state_rows, RECTIFICATION_COUNT };
