/* SPDX-License-Identifier: Apache-2.0 */
#include "model/scale.h"

static const struct name_row alert_severity_rows[ALERT_SEVERITY_COUNT] = {
	[ALERT_SEVERITY_CRITICAL] = { "critical", "紧急", "critical" },
	[ALERT_SEVERITY_MAJOR] = { "major", "重要", "major" },
	[ALERT_SEVERITY_MINOR] = { "minor", "次要", "minor" },
	[ALERT_SEVERITY_INFO] = { "info", "提示", "info" },
};
const struct name_table alert_severity_names = { "alert severity", alert_severity_rows,
	ALERT_SEVERITY_COUNT };

static const struct name_row grade_rows[GRADE_COUNT] = {
	[GRADE_URGENT] = { "urgent", "紧急", "urgent" },
	[GRADE_EXTREME] = { "extreme", "超危", "extreme" },
	[GRADE_HIGH] = { "high", "高危", "high" },
	[GRADE_MEDIUM] = { "medium", "中危", "medium" },
	[GRADE_LOW] = { "low", "低危", "low" },
};
const struct name_table grade_names = { "grade", grade_rows, GRADE_COUNT };

static const struct name_row event_grade_rows[EVENT_GRADE_COUNT] = {
	[EVENT_GRADE_I] = { "i", "特别重大（Ⅰ级）", "particularly serious (I)" },
	[EVENT_GRADE_II] = { "ii", "重大（Ⅱ级）", "serious (II)" },
	[EVENT_GRADE_III] = { "iii", "较大（Ⅲ级）", "fairly serious (III)" },
	[EVENT_GRADE_IV] = { "iv", "一般（Ⅳ级）", "general (IV)" },
};
const struct name_table event_grade_names = { "event grade", event_grade_rows,
	EVENT_GRADE_COUNT };

static const struct name_row warning_colour_rows[WARNING_COLOUR_COUNT] = {
	[WARNING_COLOUR_RED] = { "red", "红色", "red" },
	[WARNING_COLOUR_ORANGE] = { "orange", "橙色", "orange" },
	[WARNING_COLOUR_YELLOW] = { "yellow", "黄色", "yellow" },
	[WARNING_COLOUR_BLUE] = { "blue", "蓝色", "blue" },
};
const struct name_table warning_colour_names = { "warning colour", warning_colour_rows,
	WARNING_COLOUR_COUNT };

enum grade grade_of_notice(enum grade worst_finding)
{
	return worst_finding == GRADE_EXTREME ? GRADE_URGENT : worst_finding;
}
