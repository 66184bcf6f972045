/* SPDX-License-Identifier: Apache-2.0 */
#include "model/finding.h"

static const struct name_row finding_state_rows[FINDING_COUNT] = {
	[FINDING_NEW] = { "new", "待研判", "new" },
	[FINDING_CONFIRMED] = { "confirmed", "已确认", "confirmed" },
	[FINDING_NOTICED] = { "noticed", "已通报", "noticed" },
	[FINDING_REMEDIATED] = { "remediated", "待复核", "remediated" },
	[FINDING_CLOSED] = { "closed", "已消除", "closed" },
	[FINDING_DUPLICATE] = { "duplicate", "重复", "duplicate" },
	[FINDING_FALSE_POSITIVE] = { "false_positive", "误报", "false positive" },
	[FINDING_ACCEPTED] = { "accepted", "暂缓整改", "residual risk accepted" },
	[FINDING_TRANSFERRED_TO_EVENT] = { "transferred_to_event", "转事件",
		"transferred to an event" },
	[FINDING_MERGED] = { "merged", "已合并", "merged" },
	[FINDING_REOPENED] = { "reopened", "复发", "reopened" },
};
const struct name_table finding_state_names = { "finding state", finding_state_rows,
	FINDING_COUNT };

static const struct name_row source_rows[SOURCE_COUNT] = {
	[SOURCE_MONITOR] = { "monitor", "自主监测", "own monitoring" },
	[SOURCE_SUPERIOR] = { "superior", "上级通报", "superior authority" },
	[SOURCE_UNIT] = { "unit", "单位上报", "reported by a unit" },
	[SOURCE_PUBLIC] = { "public", "社会或漏洞平台", "public or vulnerability platform" },
};
const struct name_table source_names = { "source", source_rows, SOURCE_COUNT };
