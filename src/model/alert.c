/* SPDX-License-Identifier: Apache-2.0 */
#include "model/alert.h"

static const struct name_row alert_state_rows[ALERT_COUNT] = {
	[ALERT_FIRING] = { "firing", "告警中", "firing" },
	[ALERT_RESOLVED] = { "resolved", "已恢复", "resolved" },
};
const struct name_table alert_state_names = { "alert state", alert_state_rows, ALERT_COUNT };

static const struct name_row alert_suppression_rows[SUPPRESSION_COUNT] = {
	[SUPPRESSION_NONE] = { "none", "未抑制", "none" },
	[SUPPRESSION_SILENCE] = { "silence", "静默", "silence" },
	[SUPPRESSION_INHIBIT] = { "inhibit", "上级故障抑制", "inhibited" },
	[SUPPRESSION_MAINTENANCE] = { "maintenance", "维护中", "maintenance" },
	[SUPPRESSION_FLAPPING] = { "flapping", "抖动", "flapping" },
};
const struct name_table alert_suppression_names = { "suppression", alert_suppression_rows,
	SUPPRESSION_COUNT };
