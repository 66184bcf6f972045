/* SPDX-License-Identifier: Apache-2.0 */
#include "model/check.h"

static const struct name_row check_state_rows[CHECK_COUNT] = {
	[CHECK_UP] = { "up", "正常", "up" },
	[CHECK_DEGRADED] = { "degraded", "性能下降", "degraded" },
	[CHECK_DOWN] = { "down", "故障", "down" },
	[CHECK_UNREACHABLE] = { "unreachable", "不可达", "unreachable" },
	[CHECK_UNKNOWN] = { "unknown", "未知", "unknown" },
	[CHECK_MAINTENANCE] = { "maintenance", "维护中", "maintenance" },
	[CHECK_FLAPPING] = { "flapping", "反复波动", "flapping" },
};
const struct name_table check_state_names = { "check state", check_state_rows, CHECK_COUNT };
