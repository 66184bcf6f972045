/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/notice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/diag.h"
#include "base/err.h"
#include "china.h"
#include "notice_reference.h"

enum {
	REFERENCES = sizeof(reference) / sizeof(reference[0]),
	FACTS = 36,
	WALK_STEPS = 1000000,
	BLIND_CASES = 64
};

/* Every yes-or-no fact, so that combinations can be counted through. */
static bool *fact_at(struct notice_facts *f, unsigned i)
{
	struct verification_facts *v = &f->verification;
	bool *const facts[FACTS] = { &f->actor_is_author, &f->actor_is_issuer,
		&f->actor_in_unit, &f->reason_given, &f->plan_complete, &f->report_complete,
		&f->scan_stored, &f->fault_named, &f->brief_ready, &f->authority_named,
		&f->receipt_given, &f->has_findings, &f->one_unit, &f->requirement_set,
		&f->recipient_known, &f->delivered, &f->confirm_pending, &f->findings_closed,
		&f->staffing.small_mode, &v->unit_is_centre, &v->actor_is_repairer,
		&v->actor_is_author, &v->actor_is_verifier, &v->actor_in_unit, &v->from_probe,
		&v->fresh_negative_probe, &v->retest_recorded, &v->second_reader,
		&v->failure_evidence, &v->staffing.small_mode, &f->objection_in_time,
		&f->actor_is_objector, &f->objection_fits, &f->new_unit_known, &f->parts_named,
		&v->offline_proof };
	return facts[i];
}

static bool third_person(const struct staffing *staffing)
{
	return staffing->centre_people > 2 || !staffing->small_mode;
}

static bool serious(enum grade grade)
{
	return grade == GRADE_URGENT || grade == GRADE_EXTREME || grade == GRADE_HIGH;
}

static bool verifier_may(const struct verification_facts *v)
{
	if (v->actor_is_repairer) {
		return false;
	}
	if (v->actor_in_unit && !v->unit_is_centre) {
		return false;
	}
	return !(v->actor_is_author && serious(v->grade) && third_person(&v->staffing));
}

static bool proof_is_there(const struct verification_facts *v)
{
	if (v->from_probe || v->unit_is_centre) {
		return v->fresh_negative_probe;
	}
	bool paper = v->method == METHOD_DOCUMENT && v->grade == GRADE_LOW;
	return v->fresh_negative_probe || v->retest_recorded || paper;
}

static bool pass_may(const struct verification_facts *v)
{
	bool second = !serious(v->grade) || !third_person(&v->staffing) || v->second_reader;
	/* What did not answer at first may have come back. */
	bool looked_at =
		v->state == VERIFICATION_TESTING || v->state == VERIFICATION_CANNOT_VERIFY;
	return looked_at && verifier_may(v) && proof_is_there(v) && second;
}

static bool settle_may(const struct notice_facts *f, const char *act)
{
	const struct verification_facts *v = &f->verification;
	bool second = !serious(v->grade) || !third_person(&v->staffing) || v->second_reader;
	bool testing = v->state == VERIFICATION_TESTING;
	bool silent = v->state == VERIFICATION_CANNOT_VERIFY;
	if (strcmp(act, "partial") == 0) {
		return testing && f->parts_named && verifier_may(v) && proof_is_there(v) &&
		       second && v->failure_evidence;
	}
	if (strcmp(act, "cannot_verify") == 0) {
		return testing && f->reason_given && verifier_may(v) && v->failure_evidence;
	}
	if (strcmp(act, "pass_offline") == 0) {
		return silent && verifier_may(v) && v->offline_proof && second;
	}
	return (testing || silent) && verifier_may(v) && v->failure_evidence;
}

static bool objection_may(const struct notice_facts *f, const char *act)
{
	if (strcmp(act, "object") == 0) {
		return f->actor_in_unit && f->reason_given && f->objection_in_time;
	}
	bool may = f->reason_given && !f->actor_is_objector;
	if (strcmp(act, "dismiss") == 0) {
		return may;
	}
	return may && f->objection_fits && (strcmp(act, "reassign") != 0 || f->new_unit_known);
}

static bool issue_may(const struct notice_facts *f, const char *role)
{
	bool urgent = f->grade == GRADE_URGENT || f->grade == GRADE_EXTREME;
	bool second_person = !f->actor_is_author || (f->staffing.small_mode && f->reason_given);
	bool whole = f->has_findings && f->one_unit && f->requirement_set && f->recipient_known;
	return whole && second_person && (!urgent || strcmp(role, "director") == 0);
}

static bool upreport_may(const struct notice_facts *f, const char *act)
{
	bool undecided = f->upreport != UPREPORT_SENT && f->upreport != UPREPORT_RECEIPTED;
	if (strcmp(act, "upreport_needed") == 0) {
		return undecided;
	}
	if (strcmp(act, "upreport_not_needed") == 0) {
		return undecided && f->source != SOURCE_SUPERIOR && f->reason_given;
	}
	if (strcmp(act, "upreport_sent") == 0) {
		return f->upreport == UPREPORT_NEEDED && f->authority_named;
	}
	return f->upreport == UPREPORT_SENT && f->receipt_given;
}

static bool desk_may(const struct notice_facts *f, const char *act, const char *role)
{
	const struct verification_facts *v = &f->verification;
	if (strcmp(act, "review") == 0) {
		return f->has_findings && f->one_unit && f->requirement_set;
	}
	if (strcmp(act, "issue") == 0) {
		return issue_may(f, role);
	}
	if (strcmp(act, "confirm") == 0) {
		return f->confirm_pending && !f->actor_is_author && !f->actor_is_issuer;
	}
	if (strcmp(act, "verify") == 0) {
		return v->state == VERIFICATION_ASSIGNED && verifier_may(v);
	}
	if (strcmp(act, "second_read") == 0) {
		return (v->state == VERIFICATION_TESTING ||
			       v->state == VERIFICATION_CANNOT_VERIFY) &&
		       !v->actor_is_repairer && !v->actor_is_verifier &&
		       (!v->actor_in_unit || v->unit_is_centre);
	}
	if (strcmp(act, "pass") == 0) {
		return pass_may(v);
	}
	return settle_may(f, act);
}

static bool reference_may(const struct notice_facts *f, const char *act, const char *role)
{
	if (strncmp(act, "upreport_", 9) == 0) {
		return upreport_may(f, act);
	}
	if (strcmp(act, "reject") == 0 || strcmp(act, "withdraw") == 0) {
		return f->reason_given;
	}
	static const char *const objections[] = { "object", "dismiss", "uphold", "drop",
		"reassign" };
	for (size_t i = 0; i < sizeof(objections) / sizeof(objections[0]); i++) {
		if (strcmp(act, objections[i]) == 0) {
			return objection_may(f, act);
		}
	}
	if (strcmp(act, "deliver") == 0) {
		return !f->delivered;
	}
	if (strcmp(act, "sign") == 0) {
		return f->actor_in_unit;
	}
	if (strcmp(act, "plan") == 0) {
		return f->actor_in_unit && f->plan_complete;
	}
	if (strcmp(act, "submit") == 0) {
		return f->actor_in_unit && f->report_complete && f->scan_stored;
	}
	if (strcmp(act, "return") == 0) {
		return f->reason_given && f->fault_named;
	}
	if (strcmp(act, "brief") == 0) {
		return f->brief_ready;
	}
	if (strcmp(act, "mark_brief") == 0) {
		return true;
	}
	if (strcmp(act, "close") == 0) {
		bool told =
			f->upreport == UPREPORT_RECEIPTED || f->upreport == UPREPORT_NOT_NEEDED;
		return told && f->findings_closed && !f->confirm_pending;
	}
	return desk_may(f, act, role);
}

/* Facts an act looks at, as bits of fact_at. */
static uint64_t relevant(const char *act)
{
	static const struct {
		const char *act;
		uint64_t facts;
	} masks[] = {
		{ "review", 1U << 11 | 1U << 12 | 1U << 13 },
		{ "reject", 1U << 3 },
		{ "issue", 1U << 0 | 1U << 3 | 0xfU << 11 | 1U << 18 },
		{ "confirm", 1U << 0 | 1U << 1 | 1U << 16 },
		{ "deliver", 1U << 15 },
		{ "sign", 1U << 2 },
		{ "plan", 1U << 2 | 1U << 4 },
		{ "submit", 1U << 2 | 1U << 5 | 1U << 6 },
		{ "return", 1U << 3 | 1U << 7 },
		{ "verify", 0x1fU << 19 | 1U << 29 },
		{ "second_read", 0x1fU << 19 },
		{ "pass", 0x1ffU << 19 | 1U << 29 },
		{ "fail", 0x1fU << 19 | 3U << 28 },
		{ "brief", 1U << 8 },
		{ "mark_brief", 0 },
		{ "upreport_needed", 0 },
		{ "upreport_not_needed", 1U << 3 },
		{ "upreport_sent", 1U << 9 },
		{ "upreport_receipted", 1U << 10 },
		{ "close", 1U << 16 | 1U << 17 },
		{ "withdraw", 1U << 3 },
		{ "object", 1U << 2 | 1U << 3 | 1U << 30 },
		{ "dismiss", 1U << 3 | 1ULL << 31 },
		{ "uphold", 1U << 3 | 3ULL << 31 },
		{ "drop", 1U << 3 | 3ULL << 31 },
		{ "reassign", 1U << 3 | 7ULL << 31 },
		{ "partial", 0x1ffU << 19 | 3U << 28 | 1ULL << 34 },
		{ "cannot_verify", 1U << 3 | 0x1fU << 19 | 3U << 28 },
		{ "pass_offline", 0x1fU << 19 | 1U << 27 | 1U << 29 | 1ULL << 35 },
	};
	for (size_t i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
		if (strcmp(masks[i].act, act) == 0) {
			return masks[i].facts;
		}
	}
	fail_msg("the reference does not know %s", act);
	return 0;
}

static bool listed(const char *roles, const char *role)
{
	struct slice rest = slice_str(roles);
	struct slice word;
	bool more = true;
	while (more) {
		more = slice_cut(rest, ' ', &word, &rest);
		if (slice_is(word, role)) {
			return true;
		}
	}
	return false;
}

static void facts_draw(struct notice_facts *f, uint64_t *seed)
{
	uint64_t bits = dice(seed);
	*f = (struct notice_facts) { 0 };
	for (unsigned i = 0; i < FACTS; i++) {
		*fact_at(f, i) = (bits >> i & 1) != 0;
	}
	f->grade = (enum grade)roll(seed, GRADE_COUNT);
	f->source = (enum source)roll(seed, SOURCE_COUNT);
	f->upreport = (enum upreport)roll(seed, UPREPORT_COUNT);
	f->staffing.centre_people = 1 + roll(seed, 4);
	f->verification.staffing.centre_people = 1 + roll(seed, 4);
	f->verification.grade = (enum grade)roll(seed, GRADE_COUNT);
	f->verification.method = (enum verification_method)roll(seed, METHOD_COUNT);
	f->verification.state = (enum verification_state)roll(seed, VERIFICATION_COUNT);
}

struct pair {
	enum notice_state state;
	enum notice_act act;
	enum role role;
	int row; /* of the reference, or -1 */
};

static void compare(const struct pair *pair, const struct notice_facts *facts, uint64_t *count)
{
	const char *act = name_id(&notice_act_names, pair->act);
	const char *role = name_id(&role_names, pair->role);
	struct notice_outcome outcome = { .to = NOTICE_COUNT };
	struct diag diag = { 0 };
	int error = notice_step(facts, pair->act, pair->role, &outcome, &diag);
	bool want = pair->row >= 0 && reference_may(facts, act, role);
	(*count)++;
	if ((error == 0) != want) {
		fail_msg("%s %s by %s: %d %s, %s", name_id(&notice_state_names, pair->state),
			act, role, error, diag.text, want ? "should go" : "should not go");
	}
	if (error < 0) {
		assert_true(outcome.to == NOTICE_COUNT && diag.source[0] != '\0');
		assert_true(pair->row >= 0 || error == E_STATE || error == E_DENIED);
	} else {
		assert_string_equal(
			name_id(&notice_state_names, outcome.to), reference[pair->row].to);
	}
}

/* All combinations of what the act looks at; whatever else holds is drawn. */
static void compare_all(const struct pair *pair, uint64_t *seed, uint64_t *count)
{
	uint64_t mask = relevant(name_id(&notice_act_names, pair->act));
	uint64_t subset = 0;
	do {
		for (unsigned variant = 0; variant < GRADE_COUNT * METHOD_COUNT; variant++) {
			struct notice_facts facts;
			facts_draw(&facts, seed);
			for (unsigned i = 0; i < FACTS; i++) {
				if ((mask >> i & 1) != 0) {
					*fact_at(&facts, i) = (subset >> i & 1) != 0;
				}
			}
			facts.state = pair->state;
			facts.grade = (enum grade)(variant % GRADE_COUNT);
			facts.upreport = (enum upreport)(variant % UPREPORT_COUNT);
			facts.verification.grade = (enum grade)(variant % GRADE_COUNT);
			facts.verification.method =
				(enum verification_method)(variant / GRADE_COUNT);
			if (variant % 3 != 0) {
				bool start = pair->act == NOTICE_ACT_VERIFY;
				bool silent = pair->act == NOTICE_ACT_PASS_OFFLINE ||
					      variant % 3 == 2;
				facts.verification.state = start    ? VERIFICATION_ASSIGNED
							   : silent ? VERIFICATION_CANNOT_VERIFY
								    : VERIFICATION_TESTING;
			}
			compare(pair, &facts, count);
		}
		subset = (subset - mask) & mask;
	} while (subset != 0);
}

static int reference_find(const char *state, const char *act, const char *role)
{
	for (int i = 0; i < REFERENCES; i++) {
		if (strcmp(reference[i].from, state) == 0 &&
			strcmp(reference[i].act, act) == 0 &&
			listed(reference[i].roles, role)) {
			return i;
		}
	}
	return -1;
}

/* A long walk: wherever the reference says it leads, the product must be there too. */
static void a_million_random_steps_agree_with_the_reference(void **state)
{
	(void)state;
	uint64_t seed = 20260317;
	uint64_t count = 0;
	unsigned moved = 0;
	enum notice_state here = NOTICE_DRAFT;
	for (unsigned step = 0; step < WALK_STEPS; step++) {
		struct pair pair = { here, (enum notice_act)roll(&seed, NOTICE_ACT_COUNT),
			(enum role)roll(&seed, ROLE_COUNT), -1 };
		const char *act = name_id(&notice_act_names, pair.act);
		const char *role = name_id(&role_names, pair.role);
		struct notice_facts facts;
		facts_draw(&facts, &seed);
		facts.state = here;
		pair.row = reference_find(name_id(&notice_state_names, here), act, role);
		compare(&pair, &facts, &count);
		if (pair.row >= 0 && reference_may(&facts, act, role)) {
			int to = name_parse(
				&notice_state_names, slice_str(reference[pair.row].to));
			assert_true(to >= 0);
			here = (enum notice_state)to;
			moved++;
		}
		if (notice_terminal(here)) {
			here = (enum notice_state)roll(&seed, NOTICE_COUNT);
		}
	}
	print_message("# %u steps, %u of them led on\n", WALK_STEPS, moved);
	assert_true(moved > 1000);
}

static void every_state_act_role_and_fact_agrees_with_the_reference(void **state)
{
	(void)state;
	uint64_t seed = 7;
	uint64_t count = 0;
	for (unsigned i = 0; i < NOTICE_COUNT * NOTICE_ACT_COUNT * ROLE_COUNT; i++) {
		struct pair pair = { (enum notice_state)(i % NOTICE_COUNT),
			(enum notice_act)(i / NOTICE_COUNT % NOTICE_ACT_COUNT),
			(enum role)(i / NOTICE_COUNT / NOTICE_ACT_COUNT), -1 };
		pair.row = reference_find(name_id(&notice_state_names, pair.state),
			name_id(&notice_act_names, pair.act), name_id(&role_names, pair.role));
		bool offered = (notice_acts(pair.state, pair.role) >> pair.act & 1) != 0;
		assert_true(offered == (pair.row >= 0));
		if (pair.row >= 0) {
			compare_all(&pair, &seed, &count);
			continue;
		}
		for (int k = 0; k < BLIND_CASES; k++) {
			struct notice_facts facts;
			facts_draw(&facts, &seed);
			facts.state = pair.state;
			compare(&pair, &facts, &count);
		}
	}
	print_message("# %llu cases\n", (unsigned long long)count);
	assert_true(count > 300000);
}

static const struct {
	struct notice_people people;
	enum grade grade;
	int error;
	enum role to;
	uint32_t cc;
} recipient_cases[] = {
	{ { true, true, true }, GRADE_HIGH, 0, ROLE_SPECIALIST,
		ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_UNIT_HEAD) },
	{ { true, true, true }, GRADE_MEDIUM, 0, ROLE_SPECIALIST, ROLE_BIT(ROLE_OFFICER) },
	{ { true, false, true }, GRADE_LOW, 0, ROLE_SPECIALIST, 0 },
	{ { false, true, true }, GRADE_URGENT, 0, ROLE_OFFICER, ROLE_BIT(ROLE_UNIT_HEAD) },
	{ { false, true, false }, GRADE_URGENT, 0, ROLE_OFFICER, 0 },
	{ { false, false, true }, GRADE_HIGH, 0, ROLE_UNIT_HEAD, 0 },
	{ { false, false, false }, GRADE_HIGH, E_ABSENT, ROLE_UNIT_HEAD, 0 },
};

static void a_notice_goes_to_the_specialist_else_the_officer_else_the_head(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(recipient_cases) / sizeof(recipient_cases[0]); i++) {
		struct notice_recipients got = { ROLE_UNIT_HEAD, 0 };
		int error = notice_recipients(
			&recipient_cases[i].people, recipient_cases[i].grade, &got);
		assert_int_equal(error, recipient_cases[i].error);
		assert_int_equal(got.to, recipient_cases[i].to);
		assert_int_equal(got.cc, recipient_cases[i].cc);
	}
}

static void a_refusal_carries_a_code_and_a_sentence(void **state)
{
	(void)state;
	struct notice_facts facts = { .state = NOTICE_REVIEW,
		.grade = GRADE_HIGH,
		.has_findings = true,
		.one_unit = true,
		.requirement_set = true,
		.recipient_known = true,
		.actor_is_author = true };
	struct notice_outcome outcome;
	struct diag diag = { 0 };
	assert_int_equal(notice_step(&facts, NOTICE_ACT_ISSUE, ROLE_REVIEWER, &outcome, &diag),
		E_DENIED);
	assert_string_equal(diag.source, "author_is_issuer");
	assert_int_equal(
		notice_step(&facts, NOTICE_ACT_ISSUE, ROLE_AUDITOR, &outcome, &diag), E_DENIED);
	assert_string_equal(diag.source, "role");
	assert_string_equal(diag.text, "the role \"auditor\" may not \"issue\"");
	assert_int_equal(
		notice_step(&facts, NOTICE_ACT_PASS, ROLE_VERIFIER, &outcome, &diag), E_STATE);
	assert_string_equal(diag.source, "no_such_step");
	facts.staffing = (struct staffing) { true, 2 };
	facts.reason_given = true;
	assert_int_equal(
		notice_step(&facts, NOTICE_ACT_ISSUE, ROLE_REVIEWER, &outcome, &diag), 0);
	assert_true(outcome.deferred && (outcome.clocks & NOTICE_CLOCK_CONFIRM_START) != 0);
	facts.actor_is_author = false;
	assert_int_equal(
		notice_step(&facts, NOTICE_ACT_ISSUE, ROLE_REVIEWER, &outcome, &diag), 0);
	assert_true(!outcome.deferred && (outcome.clocks & NOTICE_CLOCK_CONFIRM_START) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_act_role_and_fact_agrees_with_the_reference),
		cmocka_unit_test(a_million_random_steps_agree_with_the_reference),
		cmocka_unit_test(
			a_notice_goes_to_the_specialist_else_the_officer_else_the_head),
		cmocka_unit_test(a_refusal_carries_a_code_and_a_sentence),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
