/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/rectification.h"

#include "base/err.h"
#include "workflow/machine.h"

#define ACT(name) RECTIFICATION_ACT_##name
#define GUARD(name) RECTIFICATION_GUARD_##name
#define STATE(name) RECTIFICATION_##name
#define NEEDS(name) MACHINE_BIT(RECTIFICATION_GUARD_##name)

static const struct name_row act_rows[RECTIFICATION_ACT_COUNT] = {
	[ACT(START)] = { "start", "开始整改", "start" },
	[ACT(CONTAIN)] = { "contain", "采取临时措施", "contain" },
	[ACT(FINISH)] = { "finish", "完成整改", "finish" },
	[ACT(REPORT)] = { "report", "生成整改报告", "generate the report" },
	[ACT(UPLOAD)] = { "upload", "上传盖章件", "upload the sealed report" },
	[ACT(ACCEPT)] = { "accept", "形式审查通过", "accept formally" },
	[ACT(RETURN)] = { "return", "退回补正", "return" },
	[ACT(RESUME)] = { "resume", "继续整改", "resume" },
};
const struct name_table rectification_act_names = { "rectification act", act_rows,
	RECTIFICATION_ACT_COUNT };

static const struct name_row guard_rows[RECTIFICATION_GUARD_COUNT] = {
	[GUARD(UNIT)] = { "own_unit", "只有责任单位可办理", "only the responsible unit may" },
	[GUARD(CONTROL)] = { "control_stated", "请写明临时措施",
		"the temporary control is not described" },
	[GUARD(ITEMS)] = { "items_complete", "每项隐患须写明原因、措施和日期",
		"every finding needs a cause, a measure and a date" },
	[GUARD(SCAN)] = { "scan_stored", "尚未上传本轮盖章扫描件",
		"this round's sealed scan is missing" },
	[GUARD(FAULT)] = { "fault_named", "请指明形式上的问题",
		"the formal fault is not named" },
};
const struct name_table rectification_guard_names = { "rectification guard", guard_rows,
	RECTIFICATION_GUARD_COUNT };

static bool own_unit(const void *p)
{
	return ((const struct rectification_facts *)p)->actor_in_unit;
}

static bool control_stated(const void *p)
{
	return ((const struct rectification_facts *)p)->control_stated;
}

static bool items_complete(const void *p)
{
	return ((const struct rectification_facts *)p)->items_complete;
}

static bool scan_stored(const void *p)
{
	return ((const struct rectification_facts *)p)->scan_stored;
}

static bool fault_named(const void *p)
{
	return ((const struct rectification_facts *)p)->fault_named;
}

static const struct machine_guard guards[RECTIFICATION_GUARD_COUNT] = {
	[GUARD(UNIT)] = { own_unit, E_DENIED },
	[GUARD(CONTROL)] = { control_stated, E_INPUT },
	[GUARD(ITEMS)] = { items_complete, E_INPUT },
	[GUARD(SCAN)] = { scan_stored, E_INPUT },
	[GUARD(FAULT)] = { fault_named, E_INPUT },
};

enum {
	UNIT = ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_SPECIALIST) | ROLE_BIT(ROLE_UNIT_HEAD),
	DESK = ROLE_BIT(ROLE_OPERATOR) | ROLE_BIT(ROLE_SECURITY_ADMIN),
};

static const struct machine_row rows[] = {
	{ STATE(PLANNED), ACT(START), STATE(DOING), UNIT, NEEDS(UNIT), 0, 0, 0 },
	{ STATE(DOING), ACT(CONTAIN), STATE(CONTAINED), UNIT, NEEDS(UNIT) | NEEDS(CONTROL), 0,
		0, 0 },
	{ STATE(DOING), ACT(FINISH), STATE(DONE), UNIT, NEEDS(UNIT) | NEEDS(ITEMS), 0, 0, 0 },
	{ STATE(CONTAINED), ACT(FINISH), STATE(DONE), UNIT, NEEDS(UNIT) | NEEDS(ITEMS), 0, 0,
		0 },
	{ STATE(DONE), ACT(REPORT), STATE(REPORT_GENERATED), UNIT, NEEDS(UNIT), 0, 0, 0 },
	{ STATE(REPORT_GENERATED), ACT(UPLOAD), STATE(SEALED_UPLOADED), UNIT,
		NEEDS(UNIT) | NEEDS(SCAN), 0, 0, 0 },
	/* Paper that came by hand: the operator scans it, marked as such. */
	{ STATE(REPORT_GENERATED), ACT(UPLOAD), STATE(SEALED_UPLOADED), DESK, NEEDS(SCAN), 0, 0,
		0 },
	/* Starting to verify accepts the papers. */
	{ STATE(SEALED_UPLOADED), ACT(ACCEPT), STATE(ACCEPTED_FORMALLY),
		DESK | ROLE_BIT(ROLE_VERIFIER), 0, 0, 0, 0 },
	{ STATE(SEALED_UPLOADED), ACT(RETURN), STATE(RETURNED), DESK, NEEDS(FAULT), 0, 0, 0 },
	{ STATE(RETURNED), ACT(RESUME), STATE(DOING), UNIT, NEEDS(UNIT), 0, 0, 0 },
};

static const struct machine machine = { &rectification_state_names, &rectification_act_names,
	&rectification_guard_names, guards, rows, sizeof(rows) / sizeof(rows[0]) };

int rectification_step(const struct rectification_facts *facts, enum rectification_act act,
	enum role role, enum rectification_state *ret_state, struct diag *diag)
{
	const struct machine_row *row = NULL;
	const struct machine_call call = { facts->state, act, role, facts };
	int error = machine_step(&machine, &call, &row, diag);
	if (error == 0) {
		*ret_state = (enum rectification_state)row->to;
	}
	return error;
}
