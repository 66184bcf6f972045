/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/verification.h"

#include "base/err.h"
#include "workflow/machine.h"

#define ACT(name) VERIFICATION_ACT_##name
#define GUARD(name) VERIFICATION_GUARD_##name
#define STATE(name) VERIFICATION_##name
#define NEEDS(name) MACHINE_BIT(VERIFICATION_GUARD_##name)

static const struct name_row act_rows[VERIFICATION_ACT_COUNT] = {
	[ACT(START)] = { "start", "开始复核", "start" },
	[ACT(SECOND_READ)] = { "second_read", "第二人核阅", "second reading" },
	[ACT(PASS)] = { "pass", "通过", "pass" },
	[ACT(FAIL)] = { "fail", "不通过", "fail" },
	[ACT(PARTIAL)] = { "partial", "部分通过", "pass in part" },
	[ACT(CANNOT)] = { "cannot", "无法复核", "cannot verify" },
	[ACT(PASS_OFFLINE)] = { "pass_offline", "已下线，通过", "pass: out of service" },
};
const struct name_table verification_act_names = { "verification act", act_rows,
	VERIFICATION_ACT_COUNT };

static const struct name_row guard_rows[VERIFICATION_GUARD_COUNT] = {
	[GUARD(REPAIRER)] = { "verifier_is_repairer", "复核人不得是整改人",
		"the verifier must not be the repairer" },
	[GUARD(UNIT)] = { "verifier_of_unit", "复核人不得属于责任单位",
		"the verifier must not belong to the responsible unit" },
	[GUARD(AUTHOR)] = { "verifier_is_author", "高危及以上复核人不得是通报起草人",
		"from grade high on the verifier must not be the notice's author" },
	[GUARD(PROOF)] = { "proof", "缺少提交之后的复测证明",
		"a retest newer than the submission is missing" },
	[GUARD(SECOND_READER)] = { "second_reader", "高危及以上须第二人核阅",
		"from grade high on a second reader is needed" },
	[GUARD(FAILURE)] = { "failure_evidence", "请附不通过的证据",
		"evidence of the failure is missing" },
	[GUARD(READS_OWN)] = { "reads_own", "不得核阅自己的复核",
		"nobody is second reader of his own verification" },
	[GUARD(OFFLINE)] = { "offline_proof", "请附责任单位的下线证明",
		"the unit's proof that it is out of service is missing" },
};
const struct name_table verification_guard_names = { "verification guard", guard_rows,
	VERIFICATION_GUARD_COUNT };

static bool not_repairer(const void *p)
{
	return !((const struct verification_facts *)p)->actor_is_repairer;
}

static bool not_of_unit(const void *p)
{
	const struct verification_facts *f = (const struct verification_facts *)p;
	return !f->actor_in_unit || f->unit_is_centre;
}

static bool not_author(const void *p)
{
	const struct verification_facts *f = (const struct verification_facts *)p;
	return f->grade > GRADE_HIGH || !staffing_third_person(&f->staffing) ||
	       !f->actor_is_author;
}

static bool proof(const void *p)
{
	const struct verification_facts *f = (const struct verification_facts *)p;
	if (f->fresh_negative_probe) {
		return true;
	}
	if (f->from_probe || f->unit_is_centre) {
		return false;
	}
	return f->retest_recorded || (f->method == METHOD_DOCUMENT && f->grade == GRADE_LOW);
}

static bool second_reader(const void *p)
{
	const struct verification_facts *f = (const struct verification_facts *)p;
	return f->grade > GRADE_HIGH || !staffing_third_person(&f->staffing) ||
	       f->second_reader;
}

static bool failure_evidence(const void *p)
{
	return ((const struct verification_facts *)p)->failure_evidence;
}

static bool not_own(const void *p)
{
	return !((const struct verification_facts *)p)->actor_is_verifier;
}

static bool offline(const void *p)
{
	return ((const struct verification_facts *)p)->offline_proof;
}

static const struct machine_guard guards[VERIFICATION_GUARD_COUNT] = {
	[GUARD(REPAIRER)] = { not_repairer, E_DENIED },
	[GUARD(UNIT)] = { not_of_unit, E_DENIED },
	[GUARD(AUTHOR)] = { not_author, E_DENIED },
	[GUARD(PROOF)] = { proof, E_INPUT },
	[GUARD(SECOND_READER)] = { second_reader, E_DENIED },
	[GUARD(FAILURE)] = { failure_evidence, E_INPUT },
	[GUARD(READS_OWN)] = { not_own, E_DENIED },
	[GUARD(OFFLINE)] = { offline, E_INPUT },
};

enum {
	VERIFIER = ROLE_BIT(ROLE_VERIFIER),
	READERS = ROLE_BIT(ROLE_VERIFIER) | ROLE_BIT(ROLE_REVIEWER) | ROLE_BIT(ROLE_DIRECTOR),
	PERSON = NEEDS(REPAIRER) | NEEDS(UNIT) | NEEDS(AUTHOR),
};

static const struct machine_row rows[] = {
	{ STATE(ASSIGNED), ACT(START), STATE(TESTING), VERIFIER, PERSON, 0, 0, 0 },
	{ STATE(TESTING), ACT(SECOND_READ), STATE(TESTING), READERS,
		NEEDS(REPAIRER) | NEEDS(UNIT) | NEEDS(READS_OWN), 0, 0, 0 },
	{ STATE(TESTING), ACT(PASS), STATE(PASSED), VERIFIER,
		PERSON | NEEDS(PROOF) | NEEDS(SECOND_READER), 0, 0, 0 },
	{ STATE(TESTING), ACT(FAIL), STATE(FAILED), VERIFIER, PERSON | NEEDS(FAILURE), 0, 0,
		0 },
	{ STATE(TESTING), ACT(PARTIAL), STATE(PARTIALLY_PASSED), VERIFIER,
		PERSON | NEEDS(PROOF) | NEEDS(SECOND_READER) | NEEDS(FAILURE), 0, 0, 0 },
	{ STATE(TESTING), ACT(CANNOT), STATE(CANNOT_VERIFY), VERIFIER, PERSON | NEEDS(FAILURE),
		0, 0, 0 },
	/* It answers again after all, it does not and should, or it is gone for good. */
	{ STATE(CANNOT_VERIFY), ACT(SECOND_READ), STATE(CANNOT_VERIFY), READERS,
		NEEDS(REPAIRER) | NEEDS(UNIT) | NEEDS(READS_OWN), 0, 0, 0 },
	{ STATE(CANNOT_VERIFY), ACT(PASS), STATE(PASSED), VERIFIER,
		PERSON | NEEDS(PROOF) | NEEDS(SECOND_READER), 0, 0, 0 },
	{ STATE(CANNOT_VERIFY), ACT(FAIL), STATE(FAILED), VERIFIER, PERSON | NEEDS(FAILURE), 0,
		0, 0 },
	{ STATE(CANNOT_VERIFY), ACT(PASS_OFFLINE), STATE(PASSED), VERIFIER,
		PERSON | NEEDS(OFFLINE) | NEEDS(SECOND_READER), 0, 0, 0 },
};

static const struct machine machine = { &verification_state_names, &verification_act_names,
	&verification_guard_names, guards, rows, sizeof(rows) / sizeof(rows[0]) };

int verification_step(const struct verification_facts *facts, enum verification_act act,
	enum role role, enum verification_state *ret_state, struct diag *diag)
{
	const struct machine_row *row = NULL;
	const struct machine_call call = { facts->state, act, role, facts };
	int error = machine_step(&machine, &call, &row, diag);
	if (error == 0) {
		*ret_state = (enum verification_state)row->to;
	}
	return error;
}
