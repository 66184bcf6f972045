/* SPDX-License-Identifier: Apache-2.0 */
#include "model/caller.h"

static const struct name_row demand_rows[SECOND_DEMAND_COUNT] = {
	[SECOND_DEMAND_OFF] = { "off", "不要求", "not demanded" },
	[SECOND_DEMAND_ACTS] = { "acts", "办理重要事项时", "at dangerous acts" },
	[SECOND_DEMAND_LOGIN] = { "login", "登录时", "at log-in" },
};
const struct name_table second_demand_names = { "demand", demand_rows, SECOND_DEMAND_COUNT };
