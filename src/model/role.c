/* SPDX-License-Identifier: Apache-2.0 */
#include "model/role.h"

static const struct name_row role_rows[ROLE_COUNT] = {
	[ROLE_OPERATOR] = { "operator", "值班员", "operator" },
	[ROLE_REVIEWER] = { "reviewer", "审核人", "reviewer" },
	[ROLE_VERIFIER] = { "verifier", "复核人", "verifier" },
	[ROLE_DIRECTOR] = { "director", "信息技术中心主任", "director" },
	[ROLE_SECURITY_ADMIN] = { "security_admin", "安全管理员", "security administrator" },
	[ROLE_RESPONSE_LEAD] = { "response_lead", "网络安全事件应急响应执行负责人",
		"incident response lead" },
	[ROLE_OFFICER] = { "officer", "网络安全员", "security officer" },
	[ROLE_SPECIALIST] = { "specialist", "网络安全和信息化专员", "security specialist" },
	[ROLE_UNIT_HEAD] = { "unit_head", "单位负责人", "head of unit" },
	[ROLE_VICE_PRESIDENT] = { "vice_president", "分管校领导", "vice president" },
	[ROLE_LEADING_GROUP] = { "leading_group", "网络安全和信息化领导小组", "leading group" },
	[ROLE_PUBLICITY] = { "publicity", "宣传部", "publicity office" },
	[ROLE_SECURITY_OFFICE] = { "security_office", "保卫处", "security office" },
	[ROLE_SCHOOL_OFFICE] = { "school_office", "学校办公室", "school office" },
	[ROLE_CONTRACTOR] = { "contractor", "经办人（供应商）", "contractor" },
	[ROLE_AUDITOR] = { "auditor", "审计管理员", "auditor" },
	[ROLE_SYSADMIN] = { "sysadmin", "系统管理员", "system administrator" },
	[ROLE_SYSTEM] = { "system", "系统", "system" },
};
const struct name_table role_names = { "role", role_rows, ROLE_COUNT };
