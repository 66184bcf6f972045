/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/diag.h"
#include "base/err.h"
#include "event_reference.h"
#include "model/scale.h"
#include "workflow/event_paper.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* Is the word among those with a blank between them? */
static bool among(const char *words, const char *word)
{
	struct slice left = slice_str(words);
	while (left.n > 0) {
		struct slice one = { 0 };
		(void)slice_cut(left, ' ', &one, &left);
		if (slice_is(one, word)) {
			return true;
		}
	}
	return false;
}

static const struct reference *find(const struct reference *list, size_t count,
	const char *from, const char *act, enum role role)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list[i].from, from) == 0 && strcmp(list[i].act, act) == 0 &&
			among(list[i].roles, name_id(&role_names, role))) {
			return &list[i];
		}
	}
	return NULL;
}

/* A need that is named and not met. */
static bool lacks(const char *needs, const char *need, bool met)
{
	return among(needs, need) && !met;
}

/* ---- every state, act, role and set of facts */

enum { EVENT_BITS = 12 };

static struct event_facts event_facts_of(unsigned bits)
{
	return (struct event_facts) { .reason_given = (bits & 1) != 0,
		.grade_given = (bits & 2) != 0,
		.graver = (bits & 4) != 0,
		.milder = (bits & 8) != 0,
		.record_given = (bits & 16) != 0,
		.lowering_asked = (bits & 32) != 0,
		.actor_asked = (bits & 64) != 0,
		.actor_graded = (bits & 128) != 0,
		.final_accepted = (bits & 256) != 0,
		.up_open = (bits & 512) != 0,
		.up_sent = (bits & 1024) != 0,
		.roots_settled = (bits & 2048) != 0 };
}

static bool event_holds(const struct event_facts *f, const char *needs)
{
	return !lacks(needs, "reason", f->reason_given) &&
	       !lacks(needs, "grade", f->grade_given) && !lacks(needs, "graver", f->graver) &&
	       !lacks(needs, "milder", f->milder) && !lacks(needs, "record", f->record_given) &&
	       !lacks(needs, "asked", f->lowering_asked) &&
	       !lacks(needs, "none_asked", !f->lowering_asked) &&
	       !lacks(needs, "other_asked", !f->actor_asked) &&
	       !lacks(needs, "other_graded", !f->actor_graded) &&
	       !lacks(needs, "final", f->final_accepted) &&
	       !lacks(needs, "up_settled", !f->up_open) &&
	       !lacks(needs, "none_sent", !f->up_sent) &&
	       !lacks(needs, "roots", f->roots_settled);
}

static void one_event(enum event_state from, enum event_act act, enum role role)
{
	const struct reference *row = find(events, COUNT(events),
		name_id(&event_state_names, from), name_id(&event_act_names, act), role);
	bool offered = (event_acts(from, role) >> act & 1U) != 0;
	assert_true(offered == (row != NULL));
	for (unsigned bits = 0; bits < 1U << EVENT_BITS; bits++) {
		struct event_facts facts = event_facts_of(bits);
		enum event_state to = EVENT_COUNT;
		facts.state = from;
		int error = event_step(&facts, act, role, &to, NULL);
		bool want = row != NULL && event_holds(&facts, row->needs);
		if ((error == 0) != want ||
			(want && strcmp(row->to, name_id(&event_state_names, to)) != 0)) {
			fail_msg("%s %s as %s with %x: %d", name_id(&event_state_names, from),
				name_id(&event_act_names, act), name_id(&role_names, role),
				bits, error);
		}
	}
}

static void an_event_moves_as_the_reference_says(void **state)
{
	(void)state;
	for (unsigned i = 0; i < EVENT_COUNT * EVENT_ACT_COUNT * ROLE_COUNT; i++) {
		one_event((enum event_state)(i / EVENT_ACT_COUNT / ROLE_COUNT),
			(enum event_act)(i % EVENT_ACT_COUNT),
			(enum role)(i / EVENT_ACT_COUNT % ROLE_COUNT));
	}
}

static bool report_holds(const struct event_report_facts *f, const char *needs)
{
	bool final = f->kind == EVENT_REPORT_FINAL;
	bool follow = f->kind == EVENT_REPORT_FOLLOW_UP;
	return !lacks(needs, "writer", f->actor_may_write) &&
	       !lacks(needs, "open", f->event_open) &&
	       !lacks(needs, "news", !follow || f->correction || f->news) &&
	       !lacks(needs, "complete", !final || f->complete) &&
	       !lacks(needs, "sealed", !final || f->correction || f->sealed) &&
	       !lacks(needs, "resolved", !final || f->resolved) &&
	       !lacks(needs, "reason", f->reason_given);
}

static void one_report(enum event_report_state from, enum event_report_act act, enum role role)
{
	const struct reference *row =
		find(reports, COUNT(reports), name_id(&event_report_state_names, from),
			name_id(&event_report_act_names, act), role);
	for (unsigned bits = 0; bits < 3 * 256; bits++) {
		struct event_report_facts facts = { .kind = (enum event_report_kind)(
							    bits / 256),
			.state = from,
			.actor_may_write = (bits & 1) != 0,
			.event_open = (bits & 2) != 0,
			.resolved = (bits & 4) != 0,
			.correction = (bits & 8) != 0,
			.news = (bits & 16) != 0,
			.complete = (bits & 32) != 0,
			.sealed = (bits & 64) != 0,
			.reason_given = (bits & 128) != 0 };
		enum event_report_state to = EVENT_REPORT_COUNT;
		int error = event_report_step(&facts, act, role, &to, NULL);
		bool want = row != NULL && report_holds(&facts, row->needs);
		if ((error == 0) != want ||
			(want &&
				strcmp(row->to, name_id(&event_report_state_names, to)) != 0)) {
			fail_msg("%s %s as %s with %x: %d",
				name_id(&event_report_state_names, from),
				name_id(&event_report_act_names, act),
				name_id(&role_names, role), bits, error);
		}
	}
}

static void a_report_moves_as_the_reference_says(void **state)
{
	(void)state;
	for (unsigned i = 0; i < EVENT_REPORT_COUNT * EVENT_REPORT_ACT_COUNT * ROLE_COUNT;
		i++) {
		one_report((enum event_report_state)(i / EVENT_REPORT_ACT_COUNT / ROLE_COUNT),
			(enum event_report_act)(i % EVENT_REPORT_ACT_COUNT),
			(enum role)(i / EVENT_REPORT_ACT_COUNT % ROLE_COUNT));
	}
}

static bool up_holds(const struct event_up_facts *f, const char *needs)
{
	return !lacks(needs, "text", f->text_given) &&
	       !lacks(needs, "other", !f->approver_drafted) &&
	       !lacks(needs, "leader", f->leader_approves) &&
	       !lacks(needs, "channel", f->channel_given) &&
	       !lacks(needs, "called", f->called_given) &&
	       !lacks(needs, "receipt", f->receipt_given) &&
	       !lacks(needs, "reason", f->reason_given) &&
	       !lacks(needs, "not_asked", !f->asked);
}

static void one_up(enum event_up_state from, enum event_up_act act, enum role role)
{
	const struct reference *row = find(ups, COUNT(ups),
		name_id(&event_up_state_names, from), name_id(&event_up_act_names, act), role);
	assert_true(((event_up_acts(from, role) >> act & 1U) != 0) == (row != NULL));
	for (unsigned bits = 0; bits < 256; bits++) {
		struct event_up_facts facts = { .state = from,
			.text_given = (bits & 1) != 0,
			.approver_drafted = (bits & 2) != 0,
			.leader_approves = (bits & 4) != 0,
			.channel_given = (bits & 8) != 0,
			.called_given = (bits & 16) != 0,
			.receipt_given = (bits & 32) != 0,
			.reason_given = (bits & 64) != 0,
			.asked = (bits & 128) != 0 };
		enum event_up_state to = EVENT_UP_COUNT;
		int error = event_up_step(&facts, act, role, &to, NULL);
		bool want = row != NULL && up_holds(&facts, row->needs);
		if ((error == 0) != want ||
			(want && strcmp(row->to, name_id(&event_up_state_names, to)) != 0)) {
			fail_msg("%s %s as %s with %x: %d",
				name_id(&event_up_state_names, from),
				name_id(&event_up_act_names, act), name_id(&role_names, role),
				bits, error);
		}
	}
}

static void what_goes_up_moves_as_the_reference_says(void **state)
{
	(void)state;
	for (unsigned i = 0; i < EVENT_UP_COUNT * EVENT_UP_ACT_COUNT * ROLE_COUNT; i++) {
		one_up((enum event_up_state)(i / EVENT_UP_ACT_COUNT / ROLE_COUNT),
			(enum event_up_act)(i % EVENT_UP_ACT_COUNT),
			(enum role)(i / EVENT_UP_ACT_COUNT % ROLE_COUNT));
	}
}

/* ---- a million steps of events that come and go, beside a small model of them */

enum { STEPS = 1000000, PEOPLE = 6, NOBODY = -1 };

struct model {
	enum event_state at;
	int grade;     /* enum event_grade; EVENT_GRADE_COUNT = none yet */
	int graded_by; /* person */
	int asked;     /* the milder grade somebody asks for, or NOBODY */
	int asked_by;
	bool final;
	bool up_sent;
	bool up_open;
	bool roots;
	unsigned regrades;
};

static uint32_t draw(uint64_t *random, uint32_t below)
{
	*random = *random * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((*random >> 33) % below);
}

/* What somebody tries. */
struct attempt {
	enum event_act act;
	enum role role;
	int person;
	int grade; /* EVENT_GRADE_COUNT = none */
	bool words;
};

static bool handles(enum role role)
{
	return role == ROLE_OPERATOR || role == ROLE_SECURITY_ADMIN || role == ROLE_DIRECTOR ||
	       role == ROLE_RESPONSE_LEAD;
}

static bool approves(enum role role)
{
	return role == ROLE_DIRECTOR || role == ROLE_VICE_PRESIDENT ||
	       role == ROLE_LEADING_GROUP;
}

/* The centre's own account of it: does it happen, and is it done to the model? */
static bool model_regrade(struct model *m, const struct attempt *a)
{
	bool running = m->at >= EVENT_GRADED && m->at <= EVENT_REVIEWED;
	bool chosen = a->grade < EVENT_GRADE_COUNT;
	if (!running) {
		return false;
	}
	if (a->act == EVENT_ACT_RAISE && handles(a->role) && a->words && chosen &&
		a->grade < m->grade) {
		m->grade = a->grade;
		m->graded_by = a->person;
		m->asked = NOBODY; /* what was asked for before is pointless */
		m->regrades++;
		return true;
	}
	if (a->act == EVENT_ACT_LOWER && handles(a->role) && a->words && chosen &&
		a->grade > m->grade && m->asked == NOBODY) {
		m->asked = a->grade;
		m->asked_by = a->person;
		return true;
	}
	bool decides = approves(a->role) && m->asked != NOBODY && m->asked_by != a->person;
	if (a->act == EVENT_ACT_ALLOW && decides) {
		m->grade = m->asked;
		m->graded_by = m->asked_by;
		m->asked = NOBODY;
		m->regrades++;
		return true;
	}
	if (a->act == EVENT_ACT_REFUSE && decides && a->words) {
		m->asked = NOBODY;
		return true;
	}
	return false;
}

static bool model_go(struct model *m, bool may, enum event_state to)
{
	m->at = may ? to : m->at;
	return may;
}

static bool model_step(struct model *m, const struct attempt *a)
{
	bool director = a->role == ROLE_DIRECTOR;
	bool h = handles(a->role);
	bool early = m->at == EVENT_GRADED || m->at == EVENT_RESPONDING;
	switch (a->act) {
	case EVENT_ACT_GRADE:
		if (m->at != EVENT_RECEIVED || !h || !a->words ||
			a->grade == EVENT_GRADE_COUNT) {
			return false;
		}
		m->grade = a->grade;
		m->graded_by = a->person;
		return model_go(m, true, EVENT_GRADED);
	case EVENT_ACT_RESPOND:
		return model_go(m, m->at == EVENT_GRADED && h, EVENT_RESPONDING);
	case EVENT_ACT_CONTAIN:
		return model_go(m, m->at == EVENT_RESPONDING && h && a->words, EVENT_CONTAINED);
	case EVENT_ACT_RESOLVE:
		return model_go(m, m->at == EVENT_CONTAINED && h && a->words, EVENT_RESOLVED);
	case EVENT_ACT_RELAPSE:
		return model_go(m,
			(m->at == EVENT_CONTAINED || m->at == EVENT_RESOLVED) && h && a->words,
			EVENT_RESPONDING);
	case EVENT_ACT_FINAL:
		return model_go(m,
			m->at == EVENT_RESOLVED && h && a->role != ROLE_RESPONSE_LEAD &&
				m->final,
			EVENT_FINAL_REPORTED);
	case EVENT_ACT_REVIEW:
		return model_go(m, m->at == EVENT_FINAL_REPORTED && director && a->words,
			EVENT_REVIEWED);
	case EVENT_ACT_CLOSE:
		return model_go(m,
			m->at == EVENT_REVIEWED && director && m->asked == NOBODY &&
				!m->up_open && m->roots,
			EVENT_CLOSED);
	case EVENT_ACT_NOT_EVENT:
		if (m->up_sent || !a->words) {
			return false;
		}
		if (m->at == EVENT_RECEIVED) {
			return model_go(m, h && a->role != ROLE_RESPONSE_LEAD, EVENT_NOT_EVENT);
		}
		return model_go(
			m, early && director && m->graded_by != a->person, EVENT_NOT_EVENT);
	case EVENT_ACT_RAISE:
	case EVENT_ACT_LOWER:
	case EVENT_ACT_ALLOW:
	case EVENT_ACT_REFUSE:
		break;
	}
	return model_regrade(m, a);
}

static struct event_facts facts_now(const struct model *m, const struct attempt *a)
{
	bool chosen = a->grade < EVENT_GRADE_COUNT;
	return (struct event_facts) { .state = m->at,
		.reason_given = a->words,
		.record_given = a->words,
		.grade_given = chosen,
		.graver = chosen && a->grade < m->grade,
		.milder = chosen && a->grade > m->grade,
		.lowering_asked = m->asked != NOBODY,
		.actor_asked = m->asked != NOBODY && m->asked_by == a->person,
		.actor_graded = m->graded_by == a->person,
		.final_accepted = m->final,
		.up_open = m->up_open,
		.up_sent = m->up_sent,
		.roots_settled = m->roots };
}

/* What happens around it between two acts: reports, authorities, findings. */
static void model_drift(struct model *m, uint64_t *random)
{
	bool over = m->at >= EVENT_RESOLVED;
	m->final = over && (m->final || draw(random, 4) == 0);
	m->up_sent = m->up_sent || (m->at >= EVENT_GRADED && draw(random, 32) == 0);
	m->up_open = m->at >= EVENT_GRADED && draw(random, 3) == 0;
	m->roots = m->roots || draw(random, 8) == 0;
}

static void a_million_steps_go_as_the_model_says(void **state)
{
	(void)state;
	uint64_t random = 20250911;
	unsigned ends[EVENT_COUNT] = { 0 };
	unsigned regrades = 0;
	struct model m = { .grade = EVENT_GRADE_COUNT, .graded_by = NOBODY, .asked = NOBODY };
	for (unsigned i = 0; i < STEPS; i++) {
		struct attempt a = { (enum event_act)draw(&random, EVENT_ACT_COUNT),
			(enum role)draw(&random, ROLE_COUNT), (int)draw(&random, PEOPLE),
			(int)draw(&random, EVENT_GRADE_COUNT + 1), draw(&random, 4) != 0 };
		model_drift(&m, &random);
		struct event_facts facts = facts_now(&m, &a);
		enum event_state to = EVENT_COUNT;
		int error = event_step(&facts, a.act, a.role, &to, NULL);
		bool done = model_step(&m, &a);
		if ((error == 0) != done || (done && to != m.at)) {
			fail_msg("step %u: %s %s as %s", i,
				name_id(&event_state_names, facts.state),
				name_id(&event_act_names, a.act), name_id(&role_names, a.role));
		}
		if (event_terminal(m.at)) {
			ends[m.at]++;
			regrades += m.regrades;
			m = (struct model) {
				.grade = EVENT_GRADE_COUNT, .graded_by = NOBODY, .asked = NOBODY
			};
		}
	}
	/* It went to both ends, and its grade went up and down on the way, often. */
	assert_true(ends[EVENT_CLOSED] > 500 && ends[EVENT_NOT_EVENT] > 500);
	assert_true(regrades > 1000);
}

static void a_refusal_names_what_lacks(void **state)
{
	(void)state;
	static const struct {
		enum event_state from;
		enum event_act act;
		unsigned bits;
		const char *code;
		int error;
	} cases[] = {
		{ EVENT_RECEIVED, EVENT_ACT_GRADE, 1, "grade", E_INPUT },
		{ EVENT_GRADED, EVENT_ACT_RAISE, 3, "not_graver", E_INPUT },
		{ EVENT_GRADED, EVENT_ACT_LOWER, 1 | 2 | 8 | 32, "lowering_asked", E_STATE },
		{ EVENT_GRADED, EVENT_ACT_ALLOW, 32 | 64, "own_request", E_DENIED },
		{ EVENT_GRADED, EVENT_ACT_NOT_EVENT, 1 | 128, "own_grade", E_DENIED },
		{ EVENT_GRADED, EVENT_ACT_NOT_EVENT, 1 | 1024, "up_sent", E_STATE },
		{ EVENT_REVIEWED, EVENT_ACT_CLOSE, 512 | 2048, "up_open", E_STATE },
		{ EVENT_REVIEWED, EVENT_ACT_CLOSE, 0, "roots", E_INPUT },
		{ EVENT_CLOSED, EVENT_ACT_RAISE, 7, "no_such_step", E_STATE },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct event_facts facts = event_facts_of(cases[i].bits);
		struct diag diag = { 0 };
		enum event_state to = EVENT_COUNT;
		facts.state = cases[i].from;
		assert_int_equal(event_step(&facts, cases[i].act, ROLE_DIRECTOR, &to, &diag),
			cases[i].error);
		assert_string_equal(diag.source, cases[i].code);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_moves_as_the_reference_says),
		cmocka_unit_test(a_report_moves_as_the_reference_says),
		cmocka_unit_test(what_goes_up_moves_as_the_reference_says),
		cmocka_unit_test(a_million_steps_go_as_the_model_says),
		cmocka_unit_test(a_refusal_names_what_lacks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
