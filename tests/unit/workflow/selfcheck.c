/* SPDX-License-Identifier: Apache-2.0 */
/* The machine of self-checks, their periods and draws, beside references written by hand. */
#include "workflow/selfcheck.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "china.h"
#include "workflow/calendar.h"
#include "workflow/policy.h"
#include "workflow/selfcheck_plan.h"
#include "workflow/selfcheck_template.h"

/* Everything else is refused.  Who: u the unit's three, d the desk, s the machine; needs: s staffed,
 * i in the unit, t in time, e ended, o opened, a answered, w told in words, v value, n not in the
 * unit, z something was said to be none, r reason. */
static const struct {
	const char *from;
	const char *act;
	const char *to;
	char who;
	const char *needs;
} reference[] = {
	{ "scheduled", "assign", "assigned", 's', "s" },
	{ "scheduled", "miss", "missed", 's', "e" },
	{ "scheduled", "void", "voided", 's', "" },
	{ "assigned", "submit", "submitted", 'u', "itoawv" },
	{ "assigned", "miss", "missed", 's', "e" },
	{ "assigned", "void", "voided", 's', "" },
	{ "submitted", "sample", "sampled", 's', "" },
	{ "submitted", "sample", "sampled", 'd', "nr" },
	{ "submitted", "close", "closed", 's', "e" },
	{ "sampled", "confirm", "confirmed", 'd', "n" },
	{ "sampled", "contradict", "contradicted", 'd', "nzr" },
	{ "confirmed", "close", "closed", 's', "e" },
	{ "contradicted", "close", "closed", 's', "e" },
};

static bool is_one_of(char who, enum role role)
{
	bool unit = role == ROLE_OFFICER || role == ROLE_SPECIALIST || role == ROLE_UNIT_HEAD;
	bool desk =
		role == ROLE_OPERATOR || role == ROLE_SECURITY_ADMIN || role == ROLE_DIRECTOR;
	return who == 'u' ? unit : who == 'd' ? desk : role == ROLE_SYSTEM;
}

static bool has(const struct selfcheck_facts *f, char need)
{
	switch (need) {
	case 's':
		return f->staffed;
	case 'i':
		return f->actor_in_unit;
	case 't':
		return !f->over;
	case 'e':
		return f->over;
	case 'o':
		return f->opened;
	case 'a':
		return f->answered;
	case 'w':
		return f->told;
	case 'v':
		return f->value_given;
	case 'n':
		return !f->actor_in_unit;
	case 'z':
		return f->said_none;
	default:
		return f->reason_given;
	}
}

static const char *wanted(const struct selfcheck_facts *f, const char *act, enum role role)
{
	for (size_t i = 0; i < sizeof(reference) / sizeof(reference[0]); i++) {
		if (strcmp(reference[i].from, name_id(&selfcheck_state_names, f->state)) != 0 ||
			strcmp(reference[i].act, act) != 0 ||
			!is_one_of(reference[i].who, role)) {
			continue;
		}
		bool may = true;
		for (const char *need = reference[i].needs; *need != '\0'; need++) {
			may = may && has(f, *need);
		}
		return may ? reference[i].to : NULL;
	}
	return NULL;
}

enum { FACT_BITS = 9, FACT_SETS = 1 << FACT_BITS };

/* Bit 0 is the scope: of the unit, or of another. */
static struct selfcheck_facts facts_of(unsigned bits, enum selfcheck_state state)
{
	return (struct selfcheck_facts) { .state = state,
		.actor_in_unit = (bits & 1) != 0,
		.staffed = (bits & 2) != 0,
		.over = (bits & 4) != 0,
		.opened = (bits & 8) != 0,
		.answered = (bits & 16) != 0,
		.told = (bits & 32) != 0,
		.value_given = (bits & 64) != 0,
		.said_none = (bits & 128) != 0,
		.reason_given = (bits & 256) != 0 };
}

static void every_state_act_role_and_scope_agrees_with_the_reference(void **state)
{
	(void)state;
	unsigned walks = SELFCHECK_COUNT * SELFCHECK_ACT_COUNT * ROLE_COUNT;
	unsigned done = 0;
	for (unsigned i = 0; i < walks * FACT_SETS; i++) {
		unsigned at = i / FACT_SETS;
		unsigned act = at % SELFCHECK_ACT_COUNT;
		enum role role = (enum role)(at / SELFCHECK_ACT_COUNT % ROLE_COUNT);
		struct selfcheck_facts facts = facts_of(i % FACT_SETS,
			(enum selfcheck_state)(at / SELFCHECK_ACT_COUNT / ROLE_COUNT));
		enum selfcheck_state to = SELFCHECK_COUNT;
		int error = selfcheck_step(&facts, (enum selfcheck_act)act, role, &to, NULL);
		const char *want = wanted(&facts, name_id(&selfcheck_act_names, act), role);
		if ((error == 0) != (want != NULL) ||
			(want != NULL &&
				strcmp(want, name_id(&selfcheck_state_names, to)) != 0)) {
			fail_msg("%s %s by %s with %x: %d",
				name_id(&selfcheck_state_names, facts.state),
				name_id(&selfcheck_act_names, act), name_id(&role_names, role),
				i % FACT_SETS, error);
		}
		bool offered = (selfcheck_acts(facts.state, role) >> act & 1U) != 0;
		assert_true(offered || error != 0); /* what may be done is offered */
		assert_true(!selfcheck_terminal(facts.state) || error != 0);
		done += error == 0;
	}
	assert_true(done > 0);
}

/* ---- a million steps of checks that come and go, beside a small model of them */

enum { STEPS = 1000000 };

/* A unit's own account of it: what stands in its book after an act, SELFCHECK_COUNT when nothing happens. */
static enum selfcheck_state model_step(
	const struct selfcheck_facts *f, enum selfcheck_act act, enum role role)
{
	bool machine = role == ROLE_SYSTEM;
	bool centre =
		role == ROLE_OPERATOR || role == ROLE_SECURITY_ADMIN || role == ROLE_DIRECTOR;
	bool own = f->actor_in_unit &&
		   (role == ROLE_OFFICER || role == ROLE_SPECIALIST || role == ROLE_UNIT_HEAD);
	bool waits = f->state == SELFCHECK_SCHEDULED || f->state == SELFCHECK_ASSIGNED;
	bool looked = f->state == SELFCHECK_CONFIRMED || f->state == SELFCHECK_CONTRADICTED;
	bool judge = f->state == SELFCHECK_SAMPLED && centre && !f->actor_in_unit;
	switch (act) {
	case SELFCHECK_ACT_ASSIGN:
		return f->state == SELFCHECK_SCHEDULED && machine && f->staffed
			       ? SELFCHECK_ASSIGNED
			       : SELFCHECK_COUNT;
	case SELFCHECK_ACT_SUBMIT:
		return f->state == SELFCHECK_ASSIGNED && own && !f->over && f->opened &&
				       f->answered && f->told && f->value_given
			       ? SELFCHECK_SUBMITTED
			       : SELFCHECK_COUNT;
	case SELFCHECK_ACT_SAMPLE:
		return f->state == SELFCHECK_SUBMITTED &&
				       (machine ||
					       (centre && !f->actor_in_unit && f->reason_given))
			       ? SELFCHECK_SAMPLED
			       : SELFCHECK_COUNT;
	case SELFCHECK_ACT_CONFIRM:
		return judge ? SELFCHECK_CONFIRMED : SELFCHECK_COUNT;
	case SELFCHECK_ACT_CONTRADICT:
		return judge && f->said_none && f->reason_given ? SELFCHECK_CONTRADICTED
								: SELFCHECK_COUNT;
	case SELFCHECK_ACT_CLOSE:
		return machine && f->over && (looked || f->state == SELFCHECK_SUBMITTED)
			       ? SELFCHECK_CLOSED
			       : SELFCHECK_COUNT;
	case SELFCHECK_ACT_MISS:
		return machine && f->over && waits ? SELFCHECK_MISSED : SELFCHECK_COUNT;
	case SELFCHECK_ACT_VOID:
	default:
		return machine && waits ? SELFCHECK_VOIDED : SELFCHECK_COUNT;
	}
}

/* Mostly whoever has something to do with it; units are seldom dissolved. */
static enum role likely_role(uint64_t *random)
{
	static const enum role often[] = { ROLE_SYSTEM, ROLE_OFFICER, ROLE_OPERATOR };
	return roll(random, 2) == 0 ? often[roll(random, 3)]
				    : (enum role)roll(random, ROLE_COUNT);
}

static enum selfcheck_act likely_act(uint64_t *random)
{
	bool any = roll(random, 8) == 0;
	return (enum selfcheck_act)roll(
		random, any ? SELFCHECK_ACT_COUNT : (uint32_t)SELFCHECK_ACT_VOID);
}

static void a_million_steps_go_as_the_model_says(void **state)
{
	(void)state;
	uint64_t random = 20260010;
	unsigned ends[SELFCHECK_COUNT] = { 0 };
	unsigned seen[SELFCHECK_COUNT] = { 0 };
	enum selfcheck_state at = SELFCHECK_SCHEDULED;
	bool submitted = false;
	bool over = false;
	for (unsigned i = 0; i < STEPS; i++) {
		enum role role = likely_role(&random);
		enum selfcheck_act act = likely_act(&random);
		struct selfcheck_facts facts =
			facts_of(roll(&random, FACT_SETS) | roll(&random, FACT_SETS), at);
		facts.actor_in_unit = roll(&random, 2) == 0;
		over = over || roll(&random, 96) == 0; /* time does not go back */
		facts.over = over;
		enum selfcheck_state want = model_step(&facts, act, role);
		enum selfcheck_state to = SELFCHECK_COUNT;
		int error = selfcheck_step(&facts, act, role, &to, NULL);
		if (to != want || (error == 0) != (want != SELFCHECK_COUNT)) {
			fail_msg("step %u: %s %s as %s", i, name_id(&selfcheck_state_names, at),
				name_id(&selfcheck_act_names, act), name_id(&role_names, role));
		}
		at = error == 0 ? to : at;
		seen[at]++;
		submitted = submitted || at == SELFCHECK_SUBMITTED;
		/* Nothing is looked at or closed that nobody handed in, nor missed what somebody did. */
		assert_true(submitted || at <= SELFCHECK_ASSIGNED || at >= SELFCHECK_MISSED);
		assert_true(!submitted || at != SELFCHECK_MISSED);
		if (selfcheck_terminal(at)) {
			ends[at]++;
			at = SELFCHECK_SCHEDULED;
			submitted = over = false;
		}
	}
	assert_true(ends[SELFCHECK_CLOSED] > 1000 && ends[SELFCHECK_MISSED] > 1000 &&
		    ends[SELFCHECK_VOIDED] > 1000);
	assert_true(seen[SELFCHECK_CONFIRMED] > 100 && seen[SELFCHECK_CONTRADICTED] > 100);
}

static void a_refusal_says_which_rule(void **state)
{
	(void)state;
	static const struct {
		enum selfcheck_state at;
		enum selfcheck_act act;
		enum role role;
		unsigned bits;
		int error;
		const char *code;
	} cases[] = {
		{ SELFCHECK_ASSIGNED, SELFCHECK_ACT_SUBMIT, ROLE_OFFICER, 0, E_DENIED,
			"own_unit" },
		{ SELFCHECK_ASSIGNED, SELFCHECK_ACT_SUBMIT, ROLE_OFFICER, 1 | 4, E_STATE,
			"over" },
		{ SELFCHECK_ASSIGNED, SELFCHECK_ACT_SUBMIT, ROLE_OFFICER, 1, E_INPUT,
			"not_opened" },
		{ SELFCHECK_ASSIGNED, SELFCHECK_ACT_SUBMIT, ROLE_OFFICER, 1 | 8, E_INPUT,
			"not_answered" },
		{ SELFCHECK_ASSIGNED, SELFCHECK_ACT_SUBMIT, ROLE_OFFICER, 1 | 8 | 16, E_INPUT,
			"not_told" },
		{ SELFCHECK_ASSIGNED, SELFCHECK_ACT_SUBMIT, ROLE_OFFICER, 1 | 8 | 16 | 32,
			E_INPUT, "value" },
		{ SELFCHECK_ASSIGNED, SELFCHECK_ACT_SUBMIT, ROLE_OPERATOR, 127, E_DENIED,
			"role" },
		{ SELFCHECK_MISSED, SELFCHECK_ACT_SUBMIT, ROLE_OFFICER, 127, E_STATE,
			"no_such_step" },
		{ SELFCHECK_SAMPLED, SELFCHECK_ACT_CONTRADICT, ROLE_OPERATOR, 256, E_STATE,
			"honest" },
		{ SELFCHECK_SAMPLED, SELFCHECK_ACT_CONTRADICT, ROLE_OPERATOR, 1 | 128 | 256,
			E_DENIED, "own_check" },
		{ SELFCHECK_SAMPLED, SELFCHECK_ACT_CONTRADICT, ROLE_OPERATOR, 128, E_INPUT,
			"reason" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct selfcheck_facts facts = facts_of(cases[i].bits, cases[i].at);
		enum selfcheck_state to = SELFCHECK_COUNT;
		struct diag diag = { 0 };
		assert_int_equal(
			selfcheck_step(&facts, cases[i].act, cases[i].role, &to, &diag),
			cases[i].error);
		assert_string_equal(diag.source, cases[i].code);
		assert_int_equal(to, SELFCHECK_COUNT);
	}
}

/* ---- periods */

struct world {
	struct calendar calendar;
	struct policy policy;
};

static struct world world;

static void world_make(void)
{
	AUTO_BUF struct buf text;
	struct diag_list errors;
	china_load(&world.calendar);
	buf_init(&text, POLICY_TEXT_MAX);
	policy_file_read("school-2023-v1.json", &text);
	diag_list_init(&errors);
	assert_int_equal(policy_parse(buf_slice(&text), &world.policy, &errors), 0);
	diag_list_fini(&errors);
}

static int64_t day_of(const char *text)
{
	return civil_day_of_ms(china_at(text), CIVIL_CHINA_OFFSET_MIN);
}

static void a_period_opens_reminds_is_late_and_ends(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum selfcheck_kind kind;
		const char *day;
		const char *open; /* NULL = none opens on that day */
		const char *remind;
		const char *late;
		const char *end;
		const char *parameter;
	} cases[] = {
		{ "an ordinary week, from its Monday", SELFCHECK_WEEK, "2026-03-09T00:00",
			"2026-03-09T08:00", "2026-03-12T16:00", "2026-03-13T17:30",
			"2026-03-16T00:00", "selfcheck.due.week" },
		{ "no other day of it", SELFCHECK_WEEK, "2026-03-10T00:00", NULL, NULL, NULL,
			NULL, NULL },
		{ "Qingming's Monday is off: from Tuesday, with fewer days", SELFCHECK_WEEK,
			"2026-04-07T00:00", "2026-04-07T08:00", "2026-04-09T16:00",
			"2026-04-10T17:30", "2026-04-13T00:00", "selfcheck.due.week" },
		{ "and not on that Monday", SELFCHECK_WEEK, "2026-04-06T00:00", NULL, NULL,
			NULL, NULL, NULL },
		{ "the week of Spring Festival has no Monday to Saturday", SELFCHECK_WEEK,
			"2026-02-16T00:00", NULL, NULL, NULL, NULL, NULL },
		{ "key systems on a working day", SELFCHECK_KEY, "2026-03-10T00:00",
			"2026-03-10T08:00", "2026-03-10T16:00", "2026-03-10T17:00",
			"2026-03-11T00:00", "selfcheck.due.day" },
		{ "not on a Sunday", SELFCHECK_KEY, "2026-03-15T00:00", NULL, NULL, NULL, NULL,
			NULL },
		{ "an important period knows no Sunday", SELFCHECK_DAY, "2026-03-15T00:00",
			"2026-03-15T08:00", "2026-03-15T16:00", "2026-03-15T17:00",
			"2026-03-16T00:00", "selfcheck.due.day" },
		{ "nor does a zero report", SELFCHECK_ZERO, "2026-10-01T00:00",
			"2026-10-01T08:00", "2026-10-01T16:00", "2026-10-01T17:00",
			"2026-10-02T00:00", "selfcheck.due.day" },
	};
	world_make();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct selfcheck_period p = { 0 };
		int found = selfcheck_period(&world.calendar, &world.policy, cases[i].kind,
			day_of(cases[i].day), &p);
		if (found != (cases[i].open != NULL)) {
			fail_msg("%s: %d", cases[i].name, found);
		}
		if (found == 0) {
			continue;
		}
		if (p.open_ms != china_at(cases[i].open) ||
			p.remind_ms != china_at(cases[i].remind) ||
			p.due.due_ms != china_at(cases[i].late) ||
			p.end_ms != china_at(cases[i].end)) {
			fail_msg("%s: %lld %lld %lld %lld", cases[i].name, (long long)p.open_ms,
				(long long)p.remind_ms, (long long)p.due.due_ms,
				(long long)p.end_ms);
		}
		int64_t again_ms = 0;
		bool provisional = false;
		assert_string_equal(p.due.parameter, cases[i].parameter);
		assert_int_equal(
			due_recompute(&world.calendar, &p.due, &again_ms, &provisional), 0);
		assert_int_equal(again_ms, p.due.due_ms);
	}
}

static void every_week_of_two_years_opens_at_most_once_and_in_order(void **state)
{
	(void)state;
	world_make();
	int64_t first = day_of("2025-01-06T00:00");
	int weeks = 0;
	for (int64_t monday = first; monday < first + 102 * 7; monday += 7) {
		int opened = 0;
		for (int64_t day = monday; day < monday + 7; day++) {
			struct selfcheck_period p = { 0 };
			int found = selfcheck_period(
				&world.calendar, &world.policy, SELFCHECK_WEEK, day, &p);
			assert_true(found >= 0);
			opened += found;
			if (found == 1) {
				assert_int_equal(p.first_day, monday);
				assert_true(calendar_working(&world.calendar, day));
				assert_true(p.open_ms < p.remind_ms &&
					    p.remind_ms < p.due.due_ms &&
					    p.due.due_ms < p.end_ms);
			}
		}
		assert_true(opened <= 1);
		weeks += opened;
	}
	/* Only Spring Festival of 2026 leaves a week without a working day. */
	assert_int_equal(weeks, 101);
}

static void between_terms_nobody_is_asked_unless_the_school_says_so(void **state)
{
	(void)state;
	struct selfcheck_period p = { 0 };
	struct diag diag = { 0 };
	world_make();
	assert_int_equal(calendar_add_breaks(&world.calendar,
				 SLICE("{\"breaks\":[{\"from\":\"2026-07-13\",\"to\":\"2026-"
				       "08-30\"}]}"),
				 &diag),
		0);
	assert_int_equal(selfcheck_period(&world.calendar, &world.policy, SELFCHECK_WEEK,
				 day_of("2026-07-20T00:00"), &p),
		0);
	world.policy.selfcheck.in_breaks = 1;
	assert_int_equal(selfcheck_period(&world.calendar, &world.policy, SELFCHECK_WEEK,
				 day_of("2026-07-20T00:00"), &p),
		1);
	/* The term ends before the break, and the next begins after it. */
	assert_int_equal(selfcheck_weeks_left(&world.calendar, day_of("2026-07-06T00:00")), 1);
	assert_int_equal(selfcheck_weeks_left(&world.calendar, day_of("2026-06-29T00:00")), 2);
	assert_int_equal(selfcheck_term_begin(&world.calendar, day_of("2026-09-10T00:00")),
		day_of("2026-08-31T00:00"));
	/* Where nobody has told the terms they are halves of the year. */
	world.calendar.break_count = 0;
	assert_int_equal(selfcheck_term_begin(&world.calendar, day_of("2026-01-10T00:00")),
		day_of("2025-08-01T00:00"));
	assert_int_equal(selfcheck_weeks_left(&world.calendar, day_of("2026-07-28T00:00")), 1);
}

/* ---- what is asked */

static void each_question_has_its_turn_to_ask_for_a_value(void **state)
{
	(void)state;
	int64_t monday = day_of("2026-03-02T00:00");
	unsigned seen = 0;
	for (int64_t week = 0; week < SELFCHECK_FIXED; week++) {
		size_t at = selfcheck_value_at(
			SELFCHECK_WEEK, 77, monday + 7 * week, SELFCHECK_FIXED);
		assert_int_equal(at, selfcheck_value_at(SELFCHECK_WEEK, 77, monday + 7 * week,
					     SELFCHECK_FIXED));
		seen |= 1U << at;
	}
	assert_int_equal(seen, (1U << SELFCHECK_FIXED) - 1);
}

static size_t template_of(const char *text, struct policy_selfcheck *template)
{
	AUTO_ARENA struct arena *arena = arena_create(1 << 20);
	const struct json *list = NULL;
	struct diag_list errors;
	struct diag diag = { 0 };
	diag_list_init(&errors);
	assert_int_equal(json_parse(arena, slice_str(text), 0, &list, &diag), 0);
	size_t mistakes = selfcheck_template_parse(list, template, &errors);
	assert_int_equal(errors.count, mistakes);
	diag_list_fini(&errors);
	return mistakes;
}

static void the_school_adds_questions_and_takes_none_out(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *text;
		size_t mistakes;
	} cases[] = {
		{ "one more", "[{\"id\":\"logs\",\"text\":\"日志\",\"value\":\"天数\"}]", 0 },
		{ "none", "[]", 0 },
		{ "no list", "{}", 1 },
		{ "a fixed one again", "[{\"id\":\"backup\",\"text\":\"x\"}]", 1 },
		{ "one twice", "[{\"id\":\"a\",\"text\":\"x\"},{\"id\":\"a\",\"text\":\"x\"}]",
			1 },
		{ "asks nothing", "[{\"id\":\"a\"}]", 1 },
		{ "no such id", "[{\"id\":\"A b\",\"text\":\"x\"}]", 1 },
		{ "a line feed", "[{\"id\":\"a\",\"text\":\"x\\ny\"}]", 1 },
		{ "nine",
			"[{\"id\":\"a1\",\"text\":\"x\"},{\"id\":\"a2\",\"text\":\"x\"},"
			"{\"id\":\"a3\",\"text\":\"x\"},{\"id\":\"a4\",\"text\":\"x\"},"
			"{\"id\":\"a5\",\"text\":\"x\"},{\"id\":\"a6\",\"text\":\"x\"},"
			"{\"id\":\"a7\",\"text\":\"x\"},{\"id\":\"a8\",\"text\":\"x\"},"
			"{\"id\":\"a9\",\"text\":\"x\"}]",
			1 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct policy_selfcheck template = { .question_count = 99 };
		size_t mistakes = template_of(cases[i].text, &template);
		if (mistakes != cases[i].mistakes ||
			(mistakes > 0) != (template.question_count == 99)) {
			fail_msg("%s: %zu", cases[i].name, mistakes);
		}
	}
	struct policy_selfcheck template = { 0 };
	struct selfcheck_question questions[SELFCHECK_ITEMS_MAX];
	assert_int_equal(template_of(cases[0].text, &template), 0);
	assert_int_equal(selfcheck_template_questions(&template, SELFCHECK_WEEK, questions), 7);
	for (size_t i = 0; i < SELFCHECK_FIXED; i++) {
		assert_string_equal(questions[i].id, selfcheck_questions[i].id);
		assert_true(questions[i].clause >= 1 && questions[i].clause <= 4);
	}
	assert_string_equal(questions[6].id, "logs");
	assert_string_equal(questions[6].text_en, "日志");
	assert_int_equal(selfcheck_template_questions(&template, SELFCHECK_KEY, questions), 1);
	assert_int_equal(selfcheck_template_questions(&template, SELFCHECK_ZERO, questions), 1);
}

/* ---- whose checks are looked at */

enum { UNITS = 60, TERM_WEEKS = 18 };

static void all_have_their_turn_in_a_term_and_a_draw_can_be_done_again(void **state)
{
	(void)state;
	bool done[UNITS] = { false };
	for (int week = 0; week < TERM_WEEKS; week++) {
		struct selfcheck_candidate all[UNITS];
		struct selfcheck_candidate again[UNITS];
		char seed[16];
		size_t drawn = 0;
		int n = snprintf(seed, sizeof(seed), "week %d", week);
		for (int i = 0; i < UNITS; i++) {
			all[i] = (struct selfcheck_candidate) {
				.id = 100 + i, .unit_id = i, .done_this_term = done[i]
			};
			again[UNITS - 1 - i] = all[i];
		}
		selfcheck_draw(slice_of(seed, (size_t)n), all, UNITS, 5, TERM_WEEKS - week);
		selfcheck_draw(slice_of(seed, (size_t)n), again, UNITS, 5, TERM_WEEKS - week);
		for (int i = 0; i < UNITS; i++) {
			assert_int_equal(all[i].unit_id, again[i].unit_id);
			assert_int_equal(all[i].drawn, again[i].drawn);
			drawn += all[i].drawn;
			done[all[i].unit_id] = done[all[i].unit_id] || all[i].drawn;
		}
		/* 5 % of 60 are 3; never many more than that or what the term still owes. */
		assert_true(drawn >= 3 && drawn <= 7);
	}
	for (int i = 0; i < UNITS; i++) {
		assert_true(done[i]);
	}
	struct selfcheck_candidate one = { .id = 1, .unit_id = 1, .done_this_term = true };
	selfcheck_draw(SLICE("x"), &one, 1, 0, 9);
	assert_false(one.drawn);
	selfcheck_draw(SLICE("x"), &one, 1, 5, 9);
	assert_true(one.drawn);
	selfcheck_draw(SLICE("x"), &one, 0, 5, 9);
}

static void the_same_words_are_the_same_whatever_the_blanks(void **state)
{
	(void)state;
	char a[65];
	char b[65];
	const struct slice texts[] = { SLICE("一切 正常\n"), SLICE("2026-03-01") };
	const struct slice other[] = { SLICE(" 一切正常"), SLICE("2026-03-01 ") };
	const struct slice joined[] = { SLICE("一切正常2026-03-01") };
	selfcheck_words_digest(texts, 2, a);
	selfcheck_words_digest(other, 2, b);
	assert_string_equal(a, b);
	selfcheck_words_digest(joined, 1, b);
	assert_string_not_equal(a, b);
}

static void the_ladder_has_three_rungs(void **state)
{
	(void)state;
	world_make();
	assert_int_equal(selfcheck_rung(&world.policy, 1, 1), SELFCHECK_RUNG_OFFICER);
	assert_int_equal(selfcheck_rung(&world.policy, 1, 4), SELFCHECK_RUNG_OFFICER);
	assert_int_equal(selfcheck_rung(&world.policy, 2, 2), SELFCHECK_RUNG_HEAD);
	assert_int_equal(selfcheck_rung(&world.policy, 1, 5), SELFCHECK_RUNG_DIRECTOR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_act_role_and_scope_agrees_with_the_reference),
		cmocka_unit_test(a_million_steps_go_as_the_model_says),
		cmocka_unit_test(a_refusal_says_which_rule),
		cmocka_unit_test(a_period_opens_reminds_is_late_and_ends),
		cmocka_unit_test(every_week_of_two_years_opens_at_most_once_and_in_order),
		cmocka_unit_test(between_terms_nobody_is_asked_unless_the_school_says_so),
		cmocka_unit_test(each_question_has_its_turn_to_ask_for_a_value),
		cmocka_unit_test(the_school_adds_questions_and_takes_none_out),
		cmocka_unit_test(all_have_their_turn_in_a_term_and_a_draw_can_be_done_again),
		cmocka_unit_test(the_same_words_are_the_same_whatever_the_blanks),
		cmocka_unit_test(the_ladder_has_three_rungs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
