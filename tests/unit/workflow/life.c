/* SPDX-License-Identifier: Apache-2.0 */
/* People, findings and clocks around the notice machine: whole lives of notices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/diag.h"
#include "base/err.h"
#include "china.h"
#include "workflow/finding.h"
#include "workflow/notice.h"
#include "workflow/notice_clock.h"

enum { STEPS = 150000, NOBODY = 99, LEADER = 90, UNIT_OFFICER = 80 };

static struct calendar china;
static struct policy school;

static int world_open(void **state)
{
	(void)state;
	china_load(&china);
	AUTO_BUF struct buf text;
	buf_init(&text, POLICY_TEXT_MAX);
	policy_file_read("school-2023-v1.json", &text);
	struct diag_list errors;
	diag_list_init(&errors);
	int error = policy_parse(buf_slice(&text), &school, &errors);
	diag_list_fini(&errors);
	return error;
}

/* One notice with one finding, as its records would hold it. */
struct life {
	enum notice_state state;
	enum grade grade;
	enum source source;
	enum upreport upreport;
	enum finding_state finding;
	enum verification_state verification;
	struct staffing staffing;
	bool centre_unit;
	bool from_probe;
	unsigned author;
	unsigned issuer;
	unsigned repairer;
	unsigned verifier;
	unsigned reader;
	unsigned numbers;
	unsigned round;
	bool delivered;
	bool offline;
	bool pending;
	bool probed; /* after the submission */
	bool briefed;
	bool centre_self;
	bool started;
	int64_t now_ms;
	int64_t issued_ms;
	int64_t objected_ms;
	unsigned objector;
	struct due due;
};

static void life_start(struct life *life, unsigned people, bool centre_unit)
{
	*life = (struct life) { .state = NOTICE_DRAFT,
		.grade = GRADE_HIGH,
		.finding = FINDING_CONFIRMED,
		.verification = VERIFICATION_ASSIGNED,
		.staffing = { people < 3, people },
		.centre_unit = centre_unit,
		.from_probe = true,
		.author = 0,
		.issuer = NOBODY,
		.repairer = NOBODY,
		.verifier = NOBODY,
		.reader = NOBODY,
		.objector = NOBODY,
		.round = 1,
		.now_ms = china_at("2026-03-02T09:00") };
}

static bool in_unit(const struct life *life, unsigned person)
{
	return person == UNIT_OFFICER || (life->centre_unit && person < LEADER);
}

/* Facts as the desk would gather them, everything an act may bring along at hand. */
static struct notice_facts facts_of(const struct life *life, unsigned person)
{
	return (struct notice_facts) {
		.state = life->state,
		.grade = life->grade,
		.source = life->source,
		.upreport = life->upreport,
		.staffing = life->staffing,
		.actor_is_author = person == life->author,
		.actor_is_issuer = person == life->issuer,
		.actor_in_unit = in_unit(life, person),
		.reason_given = true,
		.plan_complete = true,
		.report_complete = true,
		.scan_stored = true,
		.fault_named = true,
		.brief_ready = true,
		.authority_named = true,
		.receipt_given = true,
		.has_findings = true,
		.one_unit = true,
		.requirement_set = true,
		.recipient_known = true,
		.delivered = life->delivered,
		.confirm_pending = life->pending,
		.findings_closed = life->finding == FINDING_CLOSED,
		.objection_in_time = true,
		.actor_is_objector = person == life->objector,
		.objection_fits = true,
		.new_unit_known = true,
		.parts_named = false, /* there is one finding */
		.verification = { .state = life->verification,
			.grade = life->grade,
			.method = METHOD_PROBE,
			.staffing = life->staffing,
			.unit_is_centre = life->centre_unit,
			.actor_is_repairer = person == life->repairer,
			.actor_is_author = person == life->author,
			.actor_is_verifier = person == life->verifier,
			.actor_in_unit = in_unit(life, person),
			.from_probe = life->from_probe,
			.fresh_negative_probe = life->probed,
			.second_reader = life->reader != NOBODY && life->reader != person,
			.failure_evidence = true,
			.offline_proof = true },
	};
}

static void remember(struct life *life, enum notice_act act, unsigned person)
{
	if (act == NOTICE_ACT_ISSUE) {
		life->issuer = person;
		life->issued_ms = life->now_ms;
		life->started = true;
	} else if (act == NOTICE_ACT_DELIVER || act == NOTICE_ACT_SIGN) {
		life->delivered = true;
	} else if (act == NOTICE_ACT_SUBMIT) {
		life->repairer = person;
		life->probed = false;
		life->verification = VERIFICATION_ASSIGNED;
	} else if (act == NOTICE_ACT_VERIFY) {
		life->verifier = person;
		life->reader = NOBODY;
	} else if (act == NOTICE_ACT_SECOND_READ) {
		life->reader = person;
	} else if (act == NOTICE_ACT_PASS_OFFLINE) {
		life->offline = true;
	} else if (act == NOTICE_ACT_OBJECT) {
		life->objected_ms = life->now_ms;
		life->objector = person;
	} else if (act == NOTICE_ACT_BRIEF) {
		life->briefed = true;
	}
}

/* Write what the outcome says, and check what must never happen. */
static int apply(struct life *life, enum notice_act act, unsigned person,
	const struct notice_outcome *outcome)
{
	struct notice_timing timing = { &china, &school, life->grade,
		act == NOTICE_ACT_ISSUE ? life->now_ms : life->issued_ms, life->now_ms, NULL,
		life->objected_ms, false, NULL, 0 };
	int error = notice_remedy(&timing, outcome->clocks, &life->due);
	if (error < 0) {
		assert_true(error == E_LIMIT && act == NOTICE_ACT_RETURN);
		return error;
	}
	remember(life, act, person);
	if (act != NOTICE_ACT_SUBMIT) {
		life->verification = outcome->verification;
	}
	if (outcome->finding_act >= 0) {
		struct finding_facts finding = { .state = life->finding, .grade = life->grade };
		struct finding_outcome moved;
		assert_int_equal(finding_step(&finding, (enum finding_act)outcome->finding_act,
					 ROLE_SYSTEM, &moved, NULL),
			0);
		life->finding = moved.to;
	}
	assert_true(!notice_terminal(life->state) ||
		    (outcome->effects & NOTICE_EFFECT_BRIEF_ONLY) != 0);
	life->numbers += (outcome->effects & NOTICE_EFFECT_NUMBER) != 0 ? 1 : 0;
	life->round += (outcome->effects & NOTICE_EFFECT_ROUND) != 0 ? 1 : 0;
	life->pending = (life->pending || outcome->deferred) &&
			(outcome->effects & NOTICE_EFFECT_CONFIRMED) == 0;
	life->centre_self = life->centre_self || outcome->centre_self;
	life->upreport = outcome->upreport;
	life->state = outcome->to;
	return 0;
}

static int act_by(struct life *life, enum notice_act act, enum role role, unsigned person)
{
	struct notice_facts facts = facts_of(life, person);
	struct notice_outcome outcome;
	int error = notice_step(&facts, act, role, &outcome, NULL);
	return error < 0 ? error : apply(life, act, person, &outcome);
}

struct line {
	enum notice_act act;
	enum role role;
	unsigned person;
	int error;
};

static void play(struct life *life, const struct line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		life->now_ms += 600000;
		life->probed = life->probed || lines[i].act == NOTICE_ACT_PASS;
		int error = act_by(life, lines[i].act, lines[i].role, lines[i].person);
		if (error != lines[i].error) {
			fail_msg("line %zu, %s: %d, not %d", i,
				name_id(&notice_act_names, lines[i].act), error,
				lines[i].error);
		}
	}
}

/* 0 drafts, 1 reviews, 2 verifies, 3 directs; a unit outside the centre. */
static void five_people_close_a_high_notice_with_one_failed_round(void **state)
{
	(void)state;
	static const struct line lines[] = {
		{ NOTICE_ACT_REVIEW, ROLE_OPERATOR, 0, 0 },
		{ NOTICE_ACT_REJECT, ROLE_REVIEWER, 1, 0 },
		{ NOTICE_ACT_REVIEW, ROLE_OPERATOR, 0, 0 },
		{ NOTICE_ACT_ISSUE, ROLE_REVIEWER, 0, E_DENIED },
		{ NOTICE_ACT_ISSUE, ROLE_REVIEWER, 1, 0 },
		{ NOTICE_ACT_DELIVER, ROLE_SYSTEM, NOBODY, 0 },
		{ NOTICE_ACT_SIGN, ROLE_OFFICER, 4, E_DENIED },
		{ NOTICE_ACT_SIGN, ROLE_OFFICER, UNIT_OFFICER, 0 },
		{ NOTICE_ACT_PLAN, ROLE_OFFICER, UNIT_OFFICER, 0 },
		{ NOTICE_ACT_SUBMIT, ROLE_OFFICER, UNIT_OFFICER, 0 },
		{ NOTICE_ACT_RETURN, ROLE_OPERATOR, 0, 0 },
		{ NOTICE_ACT_SUBMIT, ROLE_OFFICER, UNIT_OFFICER, 0 },
		{ NOTICE_ACT_VERIFY, ROLE_VERIFIER, 0, E_DENIED }, /* the author */
		{ NOTICE_ACT_VERIFY, ROLE_VERIFIER, 2, 0 },
		{ NOTICE_ACT_FAIL, ROLE_VERIFIER, 2, 0 },
		{ NOTICE_ACT_SUBMIT, ROLE_OFFICER, UNIT_OFFICER, 0 },
		{ NOTICE_ACT_VERIFY, ROLE_VERIFIER, 2, 0 },
		{ NOTICE_ACT_PASS, ROLE_VERIFIER, 2, E_DENIED }, /* no second reader */
		{ NOTICE_ACT_SECOND_READ, ROLE_VERIFIER, 2, E_DENIED },
		{ NOTICE_ACT_SECOND_READ, ROLE_DIRECTOR, 3, 0 },
		{ NOTICE_ACT_PASS, ROLE_VERIFIER, 2, 0 },
		{ NOTICE_ACT_CLOSE, ROLE_DIRECTOR, 3, E_STATE },
		{ NOTICE_ACT_BRIEF, ROLE_OPERATOR, 0, 0 },
		{ NOTICE_ACT_CLOSE, ROLE_DIRECTOR, 3,
			E_STATE }, /* reporting upward undecided */
		{ NOTICE_ACT_UPREPORT_NEEDED, ROLE_DIRECTOR, 3, 0 },
		{ NOTICE_ACT_UPREPORT_SENT, ROLE_DIRECTOR, 3, 0 },
		{ NOTICE_ACT_CLOSE, ROLE_DIRECTOR, 3, E_STATE }, /* no receipt */
		{ NOTICE_ACT_UPREPORT_RECEIPTED, ROLE_DIRECTOR, 3, 0 },
		{ NOTICE_ACT_CLOSE, ROLE_DIRECTOR, 3, 0 },
		{ NOTICE_ACT_MARK_BRIEF, ROLE_VICE_PRESIDENT, LEADER, 0 }, /* no gate */
		{ NOTICE_ACT_WITHDRAW, ROLE_DIRECTOR, 3, E_STATE },
	};
	struct life life;
	life_start(&life, 5, false);
	play(&life, lines, sizeof(lines) / sizeof(lines[0]));
	assert_int_equal(life.state, NOTICE_CLOSED);
	assert_true(life.round == 2 && life.numbers == 1 && !life.centre_self);
}

/* 0 drafts and issues 先办后审; 1 directs and verifies. */
static void two_people_close_a_notice_with_a_deferred_issue(void **state)
{
	(void)state;
	static const struct line lines[] = {
		{ NOTICE_ACT_REVIEW, ROLE_OPERATOR, 0, 0 },
		{ NOTICE_ACT_ISSUE, ROLE_REVIEWER, 0, 0 },
		{ NOTICE_ACT_CONFIRM, ROLE_DIRECTOR, 0, E_DENIED },
		{ NOTICE_ACT_SIGN, ROLE_SPECIALIST, UNIT_OFFICER, 0 },
		{ NOTICE_ACT_PLAN, ROLE_SPECIALIST, UNIT_OFFICER, 0 },
		{ NOTICE_ACT_SUBMIT, ROLE_SPECIALIST, UNIT_OFFICER, 0 },
		{ NOTICE_ACT_VERIFY, ROLE_VERIFIER, 0,
			0 }, /* the author, for want of a third */
		{ NOTICE_ACT_PASS, ROLE_VERIFIER, 0, 0 },
		{ NOTICE_ACT_BRIEF, ROLE_OPERATOR, 0, 0 },
		{ NOTICE_ACT_UPREPORT_NOT_NEEDED, ROLE_DIRECTOR, 1, 0 },
		{ NOTICE_ACT_CLOSE, ROLE_DIRECTOR, 1,
			E_STATE }, /* still on the exception list */
		{ NOTICE_ACT_CONFIRM, ROLE_DIRECTOR, 1, 0 },
		{ NOTICE_ACT_CLOSE, ROLE_DIRECTOR, 1, 0 },
	};
	struct life life;
	life_start(&life, 2, false);
	play(&life, lines, sizeof(lines) / sizeof(lines[0]));
	assert_true(life.state == NOTICE_CLOSED && !life.pending && !life.centre_self);
}

/* 0 drafts and repairs as the centre's officer; 1 issues and verifies. */
static void two_people_close_a_high_finding_on_their_own_server(void **state)
{
	(void)state;
	static const struct line lines[] = {
		{ NOTICE_ACT_REVIEW, ROLE_OPERATOR, 0, 0 },
		{ NOTICE_ACT_ISSUE, ROLE_DIRECTOR, 1, 0 },
		{ NOTICE_ACT_SIGN, ROLE_OFFICER, 0, 0 },
		{ NOTICE_ACT_PLAN, ROLE_OFFICER, 0, 0 },
		{ NOTICE_ACT_SUBMIT, ROLE_OFFICER, 0, 0 },
		{ NOTICE_ACT_VERIFY, ROLE_VERIFIER, 0, E_DENIED }, /* the repairer, never */
		{ NOTICE_ACT_VERIFY, ROLE_VERIFIER, 1, 0 },
		{ NOTICE_ACT_PASS, ROLE_VERIFIER, 1, 0 },
		{ NOTICE_ACT_BRIEF, ROLE_OPERATOR, 0, 0 },
		{ NOTICE_ACT_UPREPORT_NOT_NEEDED, ROLE_DIRECTOR, 1, 0 },
		{ NOTICE_ACT_CLOSE, ROLE_DIRECTOR, 1, 0 },
	};
	struct life life;
	life_start(&life, 2, true);
	life.from_probe = false; /* a probe is asked for all the same */
	play(&life, lines, 7);
	assert_int_equal(act_by(&life, NOTICE_ACT_PASS, ROLE_VERIFIER, 1), E_INPUT);
	play(&life, lines + 7, 4);
	assert_true(life.state == NOTICE_CLOSED && life.centre_self);
}

static void must_hold(const struct life *life)
{
	bool over = notice_terminal(life->state);
	assert_true(life->numbers == (life->started ? 1U : 0U));
	if (life->state >= NOTICE_PASSED && life->state <= NOTICE_CLOSED) {
		assert_true(
			life->finding == FINDING_CLOSED && life->verifier != life->repairer);
		assert_true(life->probed || life->offline ||
			    (!life->from_probe && !life->centre_unit));
		assert_true(!in_unit(life, life->verifier) || life->centre_unit);
	}
	if (life->state == NOTICE_CLOSED) {
		bool told = life->upreport == UPREPORT_RECEIPTED ||
			    life->upreport == UPREPORT_NOT_NEEDED;
		assert_true(life->briefed && told && !life->pending);
		assert_true(life->centre_self == life->centre_unit);
		assert_true(life->source != SOURCE_SUPERIOR ||
			    life->upreport == UPREPORT_RECEIPTED);
	}
	if (life->started && life->author == life->issuer && over &&
		life->state == NOTICE_CLOSED) {
		assert_true(life->staffing.small_mode);
	}
	if (life->started) {
		int64_t due_ms = 0;
		bool provisional = false;
		assert_int_equal(due_recompute(&china, &life->due, &due_ms, &provisional), 0);
		assert_true(due_ms == life->due.due_ms);
		bool looked_at = life->state == NOTICE_SUBMITTED ||
				 life->state == NOTICE_VERIFYING ||
				 (life->state >= NOTICE_PASSED && life->state <= NOTICE_CLOSED);
		/* One that was withdrawn keeps its clock as it stood. */
		assert_true(
			due_paused(&life->due) == looked_at || life->state == NOTICE_WITHDRAWN);
	}
}

static void life_draw(struct life *life, uint64_t *seed)
{
	life_start(life, 2 + roll(seed, 4), roll(seed, 3) == 0);
	life->grade = (enum grade)roll(seed, GRADE_COUNT);
	life->source = (enum source)roll(seed, SOURCE_COUNT);
	life->from_probe = roll(seed, 2) == 0;
	life->staffing.small_mode = roll(seed, 2) == 0;
}

static unsigned person_draw(const struct life *life, uint64_t *seed)
{
	static const unsigned others[] = { UNIT_OFFICER, UNIT_OFFICER, LEADER };
	uint32_t k = roll(seed, life->staffing.centre_people + 3);
	return k < life->staffing.centre_people ? k : others[k - life->staffing.centre_people];
}

/* Half the time an act that leads on, so that lives get old. */
static void act_draw(
	const struct life *life, uint64_t *seed, enum notice_act *ret_act, enum role *ret_role)
{
	*ret_act = (enum notice_act)roll(seed, NOTICE_ACT_COUNT);
	*ret_role = (enum role)roll(seed, ROLE_COUNT);
	if (roll(seed, 8) == 0) {
		return;
	}
	for (int tries = 0; tries < 200; tries++) {
		if ((notice_acts(life->state, *ret_role) >> *ret_act & 1) != 0) {
			return;
		}
		*ret_act = (enum notice_act)roll(seed, NOTICE_ACT_COUNT);
		*ret_role = (enum role)roll(seed, ROLE_COUNT);
	}
}

static void random_lives_never_break_a_rule(void **state)
{
	(void)state;
	uint64_t seed = 13;
	struct life life;
	life_draw(&life, &seed);
	unsigned closed = 0;
	unsigned withdrawn = 0;
	unsigned moved = 0;
	unsigned age = 0;
	for (unsigned step = 0; step < STEPS; step++) {
		enum notice_act act;
		enum role role;
		act_draw(&life, &seed, &act, &role);
		life.now_ms += roll(&seed, 3600000);
		bool submitted =
			life.state == NOTICE_SUBMITTED || life.state == NOTICE_VERIFYING;
		life.probed = life.probed || (submitted && roll(&seed, 2) == 0);
		bool ends = act == NOTICE_ACT_WITHDRAW || act == NOTICE_ACT_DROP ||
			    act == NOTICE_ACT_REASSIGN;
		if (ends && roll(&seed, 10) != 0) {
			continue;
		}
		moved += act_by(&life, act, role, person_draw(&life, &seed)) == 0 ? 1 : 0;
		must_hold(&life);
		if (notice_terminal(life.state) || ++age > 400) {
			closed += life.state == NOTICE_CLOSED ? 1 : 0;
			withdrawn += life.state == NOTICE_WITHDRAWN ? 1 : 0;
			life_draw(&life, &seed);
			age = 0;
		}
	}
	print_message("# %u moves, %u closed, %u withdrawn\n", moved, closed, withdrawn);
	assert_true(closed > 100 && withdrawn > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(five_people_close_a_high_notice_with_one_failed_round),
		cmocka_unit_test(two_people_close_a_notice_with_a_deferred_issue),
		cmocka_unit_test(two_people_close_a_high_finding_on_their_own_server),
		cmocka_unit_test(random_lives_never_break_a_rule),
	};
	return cmocka_run_group_tests(tests, world_open, NULL);
}
