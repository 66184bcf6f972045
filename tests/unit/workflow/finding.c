/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/finding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/diag.h"
#include "base/err.h"
#include "workflow/rectification.h"

/* Everything else is refused; roles: d the desk's two, u the unit's three, s the system. */
static const struct {
	const char *from;
	const char *act;
	const char *to;
	char who;
} finding_reference[] = {
	{ "new", "confirm", "confirmed", 'd' },
	{ "reopened", "confirm", "confirmed", 'd' },
	{ "new", "false_positive", "false_positive", 'd' },
	{ "confirmed", "false_positive", "false_positive", 'd' },
	{ "new", "duplicate", "duplicate", 'd' },
	{ "reopened", "false_positive", "false_positive", 'd' },
	{ "new", "merge", "merged", 'd' },
	{ "confirmed", "merge", "merged", 'd' },
	{ "new", "transfer", "transferred_to_event", 'd' },
	{ "confirmed", "transfer", "transferred_to_event", 'd' },
	{ "reopened", "transfer", "transferred_to_event", 'd' },
	{ "confirmed", "accept", "accepted", 'l' }, /* who approved it */
	{ "noticed", "accept", "accepted", 'l' },
	{ "accepted", "expire", "confirmed", 's' },
	{ "closed", "reopen", "reopened", 's' },
	{ "false_positive", "keep", "false_positive", 'd' },
	{ "false_positive", "revive", "new", 'd' },
	{ "noticed", "drop", "false_positive", 's' },
	{ "remediated", "release", "confirmed", 's' },
	{ "confirmed", "notice", "noticed", 's' },
	{ "noticed", "remediate", "remediated", 's' },
	{ "remediated", "send_back", "noticed", 's' },
	{ "noticed", "release", "confirmed", 's' },
	{ "remediated", "close", "closed", 's' },
}, rectification_reference[] = {
	{ "planned", "start", "doing", 'u' },
	{ "doing", "contain", "contained", 'u' },
	{ "doing", "finish", "done", 'u' },
	{ "contained", "finish", "done", 'u' },
	{ "done", "report", "report_generated", 'u' },
	{ "report_generated", "upload", "sealed_uploaded", 'b' }, /* both: paper comes to the desk */
	{ "sealed_uploaded", "accept", "accepted_formally", 'v' },
	{ "sealed_uploaded", "return", "returned", 'd' },
	{ "returned", "resume", "doing", 'u' },
};

static bool allowed(char who, enum role role)
{
	bool desk = role == ROLE_OPERATOR || role == ROLE_SECURITY_ADMIN;
	bool unit = role == ROLE_OFFICER || role == ROLE_SPECIALIST || role == ROLE_UNIT_HEAD;
	switch (who) {
	case 'd':
		return desk;
	case 'u':
		return unit;
	case 'b':
		return desk || unit;
	case 'l':
		return role == ROLE_DIRECTOR || role == ROLE_LEADING_GROUP;
	case 'v':
		return desk || role == ROLE_VERIFIER;
	default:
		return role == ROLE_SYSTEM;
	}
}

static const char *finding_want(unsigned from, unsigned act, enum role role)
{
	for (size_t i = 0; i < sizeof(finding_reference) / sizeof(finding_reference[0]); i++) {
		if (strcmp(finding_reference[i].from, name_id(&finding_state_names, from)) ==
				0 &&
			strcmp(finding_reference[i].act, name_id(&finding_act_names, act)) ==
				0) {
			return allowed(finding_reference[i].who, role) ? finding_reference[i].to
								       : NULL;
		}
	}
	return NULL;
}

static bool finding_may(const struct finding_facts *f, const char *act)
{
	bool high =
		f->grade == GRADE_URGENT || f->grade == GRADE_EXTREME || f->grade == GRADE_HIGH;
	bool third = !f->staffing.small_mode || f->staffing.centre_people >= 3;
	if (strcmp(act, "confirm") == 0) {
		return f->unit_known && f->has_evidence &&
		       (f->is_vulnerability || f->grade != GRADE_EXTREME);
	}
	if (strcmp(act, "false_positive") == 0) {
		return f->reason_given && (!high || !third || f->second_operator);
	}
	if (strcmp(act, "transfer") == 0 || strcmp(act, "keep") == 0 ||
		strcmp(act, "revive") == 0) {
		return f->reason_given;
	}
	bool into = strcmp(act, "duplicate") == 0 || strcmp(act, "merge") == 0;
	return !into || f->target_open;
}

static struct finding_facts finding_facts_of(unsigned bits, enum grade grade)
{
	return (struct finding_facts) { .grade = grade,
		.staffing = { (bits & 1) != 0, (bits & 2) != 0 ? 3 : 2 },
		.is_vulnerability = (bits & 4) != 0,
		.unit_known = (bits & 8) != 0,
		.has_evidence = (bits & 16) != 0,
		.reason_given = (bits & 32) != 0,
		.second_operator = (bits & 64) != 0,
		.target_open = (bits & 128) != 0 };
}

static void findings_move_as_the_reference_says(void **state)
{
	(void)state;
	for (unsigned i = 0; i < FINDING_COUNT * FINDING_ACT_COUNT * ROLE_COUNT * 256; i++) {
		struct finding_facts facts =
			finding_facts_of(i & 255, (enum grade)(i / 7 % GRADE_COUNT));
		unsigned act = (i >> 8) % FINDING_ACT_COUNT;
		enum role role = (enum role)((i >> 8) / FINDING_ACT_COUNT % ROLE_COUNT);
		facts.state = (enum finding_state)((i >> 8) / FINDING_ACT_COUNT / ROLE_COUNT);
		struct finding_outcome got = { .to = FINDING_COUNT };
		int error = finding_step(&facts, (enum finding_act)act, role, &got, NULL);
		const char *want = finding_want(facts.state, act, role);
		bool may =
			want != NULL && finding_may(&facts, name_id(&finding_act_names, act));
		if ((error == 0) != may ||
			(may && strcmp(want, name_id(&finding_state_names, got.to)) != 0)) {
			fail_msg("%s %s: %d", name_id(&finding_state_names, facts.state),
				name_id(&finding_act_names, act), error);
		}
	}
}

static const char *rectification_want(unsigned from, unsigned act, enum role role)
{
	size_t count = sizeof(rectification_reference) / sizeof(rectification_reference[0]);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(rectification_reference[i].from,
			    name_id(&rectification_state_names, from)) == 0 &&
			strcmp(rectification_reference[i].act,
				name_id(&rectification_act_names, act)) == 0) {
			bool may = allowed(rectification_reference[i].who, role);
			return may ? rectification_reference[i].to : NULL;
		}
	}
	return NULL;
}

static bool rectification_may(
	const struct rectification_facts *f, const char *act, enum role role)
{
	bool unit = allowed('u', role);
	if (unit && !f->actor_in_unit) {
		return false;
	}
	if (strcmp(act, "contain") == 0) {
		return f->control_stated;
	}
	if (strcmp(act, "finish") == 0) {
		return f->items_complete;
	}
	if (strcmp(act, "upload") == 0) {
		return f->scan_stored;
	}
	return strcmp(act, "return") != 0 || f->fault_named;
}

static void rectifications_move_as_the_reference_says(void **state)
{
	(void)state;
	for (unsigned i = 0;
		i < RECTIFICATION_COUNT * RECTIFICATION_ACT_COUNT * ROLE_COUNT * 32; i++) {
		struct rectification_facts facts = { .actor_in_unit = (i & 1) != 0,
			.control_stated = (i & 2) != 0,
			.items_complete = (i & 4) != 0,
			.scan_stored = (i & 8) != 0,
			.fault_named = (i & 16) != 0 };
		unsigned act = (i >> 5) % RECTIFICATION_ACT_COUNT;
		enum role role = (enum role)((i >> 5) / RECTIFICATION_ACT_COUNT % ROLE_COUNT);
		facts.state = (enum rectification_state)(
			(i >> 5) / RECTIFICATION_ACT_COUNT / ROLE_COUNT);
		enum rectification_state got = RECTIFICATION_PLANNED;
		struct diag diag = { 0 };
		int error = rectification_step(
			&facts, (enum rectification_act)act, role, &got, &diag);
		const char *name = name_id(&rectification_act_names, act);
		const char *want = rectification_want(facts.state, act, role);
		bool may = want != NULL && rectification_may(&facts, name, role);
		if ((error == 0) != may ||
			(may && strcmp(want, name_id(&rectification_state_names, got)) != 0)) {
			fail_msg("%s %s: %d %s",
				name_id(&rectification_state_names, facts.state), name, error,
				diag.text);
		}
	}
}

static void open_findings_are_those_somebody_must_act_on(void **state)
{
	(void)state;
	static const bool open[] = { true, true, true, true, false, false, false, false, false,
		false, true };
	for (unsigned i = 0; i < FINDING_COUNT; i++) {
		assert_true(finding_open((enum finding_state)i) == open[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(findings_move_as_the_reference_says),
		cmocka_unit_test(rectifications_move_as_the_reference_says),
		cmocka_unit_test(open_findings_are_those_somebody_must_act_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
