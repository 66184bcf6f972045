/* SPDX-License-Identifier: Apache-2.0 */
#include "model/incident.h"

static const struct name_row incident_state_rows[INCIDENT_COUNT] = {
	[INCIDENT_OPEN] = { "open", "待认领", "open" },
	[INCIDENT_ACKED] = { "acked", "已认领", "acknowledged" },
	[INCIDENT_MITIGATING] = { "mitigating", "处置中", "mitigating" },
	[INCIDENT_RESOLVED] = { "resolved", "已恢复", "resolved" },
	[INCIDENT_CLOSED] = { "closed", "已关闭", "closed" },
	[INCIDENT_SNOOZED] = { "snoozed", "暂缓", "snoozed" },
};
const struct name_table incident_state_names = { "incident state", incident_state_rows,
	INCIDENT_COUNT };

static const struct name_row incident_code_rows[INCIDENT_CODE_COUNT] = {
	[INCIDENT_CODE_FIXED] = { "fixed", "已修复", "fixed" },
	[INCIDENT_CODE_FALSE_ALARM] = { "false_alarm", "误报", "false alarm" },
	[INCIDENT_CODE_PLANNED] = { "planned", "计划内变更", "planned change" },
	[INCIDENT_CODE_FINDING] = { "finding", "转隐患", "became a finding" },
	[INCIDENT_CODE_OTHER] = { "other", "其他", "other" },
};
const struct name_table incident_code_names = { "resolution code", incident_code_rows,
	INCIDENT_CODE_COUNT };
