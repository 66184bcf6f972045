/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/event_pack.h"

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "model/role.h"

enum { GRADES = EVENT_GRADE_COUNT };

static int wrong(struct diag *diag, struct slice name, const char *what)
{
	return diag_set(diag, E_INPUT, 0, 0, "events.json: \"%.*s\" %s",
		SLICE_FMT(slice_head(name, EVENT_PACK_ID_MAX)), what);
}

/* The value, or -1. */
static int grade_of(struct slice word)
{
	int grade = name_parse(&event_grade_names, word);
	return grade < 0 ? -1 : grade;
}

static const struct json *item_find(const struct json *list, struct slice id)
{
	const struct json *item = json_first(list);
	while (item != NULL && !slice_eq(json_get_str(item, "id"), id)) {
		item = json_next(item);
	}
	return id.n > 0 ? item : NULL;
}

static int list_check(const struct json *owner, const char *name, bool named, struct diag *diag)
{
	const struct json *list = json_get(owner, name);
	if (json_type(list) != JSON_ARRAY || json_count(list) > EVENT_PACK_LIST_MAX) {
		return wrong(diag, slice_str(name), "is no list, or too long");
	}
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		struct slice id = json_get_str(item, "id");
		if (id.n == 0 || id.n > EVENT_PACK_ID_MAX || item_find(list, id) != item) {
			return wrong(
				diag, slice_str(name), "has an item without an id of its own");
		}
		if (named && json_get_str(item, "name").n == 0) {
			return wrong(diag, id, "has no name");
		}
	}
	return 0;
}

/* ---- classes */

static const struct json *kind_find(const struct json *classes, struct slice kind)
{
	const struct json *found = NULL;
	for (const struct json *item = json_first(classes); item != NULL && found == NULL;
		item = json_next(item)) {
		found = item_find(json_get(item, "kinds"), kind);
	}
	return found;
}

static int to_check(const struct json *root, const struct json *kind, struct diag *diag)
{
	const struct json *list = json_get(kind, "to");
	for (const struct json *to = json_first(list); to != NULL; to = json_next(to)) {
		if (kind_find(json_get(root, "classes_2023"), json_str(to)) == NULL) {
			return wrong(diag, json_get_str(kind, "id"),
				"maps to a kind that is not there");
		}
	}
	return 0;
}

static int class_check(
	const struct json *root, const struct json *item, bool old, struct diag *diag)
{
	int error = list_check(item, "kinds", true, diag);
	if (error == 0 && old && name_parse(&event_class_names, json_get_str(item, "id")) < 0) {
		error = wrong(diag, json_get_str(item, "id"), "is none of the seven classes");
	}
	if (error == 0 && old) {
		error = list_check(item, "checklist", false, diag);
	}
	const struct json *kinds = error == 0 && old ? json_get(item, "kinds") : NULL;
	for (const struct json *kind = json_first(kinds); kind != NULL && error == 0;
		kind = json_next(kind)) {
		error = to_check(root, kind, diag);
	}
	return error;
}

static int classes_check(const struct json *root, const char *name, bool old, struct diag *diag)
{
	int error = list_check(root, name, true, diag);
	const struct json *list = json_get(root, name);
	for (const struct json *item = json_first(list); item != NULL && error == 0;
		item = json_next(item)) {
		error = class_check(root, item, old, diag);
	}
	if (error == 0 && old && json_count(list) != EVENT_CLASS_COUNT) {
		error = wrong(diag, slice_str(name), "must have the seven classes");
	}
	return error;
}

/* ---- questions */

static int number_check(const struct json *question, struct diag *diag)
{
	const struct json *steps = json_get(question, "at_least");
	struct slice id = json_get_str(question, "id");
	int64_t before = INT64_MAX;
	for (int i = 0; i < GRADES - 1; i++) {
		int64_t step =
			json_get_int(steps, name_id(&event_grade_names, (unsigned)i), -1);
		if (step < 0 || step >= before) {
			return wrong(diag, id, "needs at_least for i, ii and iii, falling");
		}
		before = step;
	}
	return 0;
}

static int choice_check(const struct json *question, struct diag *diag)
{
	int error = list_check(question, "options", false, diag);
	const struct json *options = json_get(question, "options");
	for (const struct json *o = json_first(options); o != NULL && error == 0;
		o = json_next(o)) {
		struct slice grade = json_get_str(o, "grade");
		if (grade.n > 0 && grade_of(grade) < 0) {
			error = wrong(diag, json_get_str(o, "id"), "has a grade that is none");
		}
	}
	return error;
}

static const struct json *question_find(const struct json *root, struct slice id)
{
	return item_find(json_get(root, "questions"), id);
}

static bool is_choice(const struct json *question)
{
	return slice_is(json_get_str(question, "kind"), "choice");
}

static int matrix_check(const struct json *root, const struct json *question, struct diag *diag)
{
	struct slice id = json_get_str(question, "id");
	const struct json *rows = question_find(root, json_get_str(question, "rows"));
	const struct json *columns = question_find(root, json_get_str(question, "columns"));
	const struct json *grades = json_get(question, "grades");
	if (!is_choice(rows) || !is_choice(columns)) {
		return wrong(diag, id, "needs two choices as rows and columns");
	}
	for (const struct json *row = json_first(grades); row != NULL; row = json_next(row)) {
		for (const struct json *at = json_first(row); at != NULL; at = json_next(at)) {
			if (grade_of(json_str(at)) < 0) {
				return wrong(diag, id, "has a grade that is none");
			}
		}
	}
	return 0;
}

/* What it hangs on stands before it, so that nothing hangs on itself. */
static int when_check(const struct json *root, const struct json *question, struct diag *diag)
{
	const struct json *when = json_get(question, "when");
	struct slice on = json_get_str(when, "question");
	if (json_type(when) == JSON_ABSENT) {
		return 0;
	}
	const struct json *other = json_first(json_get(root, "questions"));
	while (other != question && !slice_eq(json_get_str(other, "id"), on)) {
		other = json_next(other);
	}
	bool good = other != question && is_choice(other) &&
		    item_find(json_get(other, "options"), json_get_str(when, "is")) != NULL;
	return good ? 0
		    : wrong(diag, json_get_str(question, "id"),
			      "hangs on a choice that does not stand before it");
}

static int questions_check(const struct json *root, struct diag *diag)
{
	int error = list_check(root, "questions", false, diag);
	const struct json *list = json_get(root, "questions");
	for (const struct json *q = json_first(list); q != NULL && error == 0;
		q = json_next(q)) {
		struct slice kind = json_get_str(q, "kind");
		error = slice_is(kind, "number")   ? number_check(q, diag)
			: slice_is(kind, "choice") ? choice_check(q, diag)
			: slice_is(kind, "matrix")
				? matrix_check(root, q, diag)
				: wrong(diag, json_get_str(q, "id"), "is of no known kind");
		error = error < 0 ? error : when_check(root, q, diag);
	}
	return error;
}

/* ---- authorities, who is told */

static int authority_read(const struct json *item, struct event_authority *a)
{
	int grade = grade_of(json_get_str(item, "from_grade"));
	*a = (struct event_authority) { .id = json_get_str(item, "id"),
		.name = json_get_str(item, "name"),
		.by_grade = grade >= 0,
		.from_grade = grade >= 0 ? (enum event_grade)grade : EVENT_GRADE_I,
		.on_crime = json_get_bool(item, "crime", false),
		.basis = json_get_str(item, "basis") };
	return due_rule_parse(json_get_str(item, "limit"), &a->limit);
}

static int authorities_check(const struct json *root, struct diag *diag)
{
	int error = list_check(root, "authorities", true, diag);
	const struct json *list = json_get(root, "authorities");
	if (error == 0 && json_count(list) > EVENT_AUTHORITIES_MAX) {
		error = wrong(diag, SLICE("authorities"), "are too many");
	}
	for (const struct json *item = json_first(list); item != NULL && error == 0;
		item = json_next(item)) {
		struct event_authority a;
		if (authority_read(item, &a) < 0) {
			error = wrong(diag, a.id, "needs a limit such as \"4 h\"");
		}
	}
	return error;
}

static int tell_check(const struct json *root, struct diag *diag)
{
	const struct json *tell = json_get(root, "tell");
	for (const struct json *when = json_first(tell); when != NULL; when = json_next(when)) {
		for (const struct json *who = json_first(when); who != NULL;
			who = json_next(who)) {
			if (!slice_is(json_str(who), "duty") &&
				name_parse(&role_names, json_str(who)) < 0) {
				return wrong(diag, json_str(who), "is no role and not duty");
			}
		}
	}
	return json_type(tell) == JSON_OBJECT ? 0 : wrong(diag, SLICE("tell"), "is missing");
}

int event_pack_parse(
	struct arena *arena, struct slice text, struct event_pack *ret_pack, struct diag *diag)
{
	const struct json *root = NULL;
	if (text.n > EVENT_PACK_MAX) {
		(void)wrong(diag, SLICE("events"), "is too long");
		return E_LIMIT;
	}
	if (json_parse(arena, text, 0, &root, diag) < 0) {
		return E_INPUT;
	}
	struct slice id = json_get_str(root, "id");
	int error = id.n == 0 || id.n > EVENT_PACK_ID_MAX
			    ? wrong(diag, SLICE("id"), "is missing")
			    : 0;
	error = error < 0 ? error : classes_check(root, "classes_2023", false, diag);
	error = error < 0 ? error : classes_check(root, "classes", true, diag);
	error = error < 0 ? error : questions_check(root, diag);
	error = error < 0 ? error : authorities_check(root, diag);
	error = error < 0 ? error : tell_check(root, diag);
	if (error == 0) {
		*ret_pack = (struct event_pack) { root, id, text };
	}
	return error;
}

/* ---- asked of it */

static const struct json *class_find(const struct event_pack *pack, enum event_class of)
{
	return item_find(
		json_get(pack->root, "classes"), slice_str(name_id(&event_class_names, of)));
}

bool event_pack_kind(const struct event_pack *pack, enum event_class of, struct slice kind)
{
	return item_find(json_get(class_find(pack, of), "kinds"), kind) != NULL;
}

bool event_pack_new(const struct event_pack *pack, struct slice id)
{
	const struct json *list = json_get(pack->root, "classes_2023");
	return item_find(list, id) != NULL || kind_find(list, id) != NULL;
}

struct slice event_pack_propose_new(
	const struct event_pack *pack, enum event_class of, struct slice kind)
{
	const struct json *item = item_find(json_get(class_find(pack, of), "kinds"), kind);
	return json_str(json_first(json_get(item, "to")));
}

bool event_pack_tick(const struct event_pack *pack, enum event_class of, struct slice tick)
{
	return item_find(json_get(class_find(pack, of), "checklist"), tick) != NULL;
}

bool event_pack_authority(
	const struct event_pack *pack, size_t at, struct event_authority *ret_authority)
{
	const struct json *item = json_first(json_get(pack->root, "authorities"));
	for (size_t i = 0; i < at && item != NULL; i++) {
		item = json_next(item);
	}
	return item != NULL && authority_read(item, ret_authority) == 0;
}

bool event_authority_asks(
	const struct event_authority *authority, enum event_grade grade, bool crime)
{
	return (authority->by_grade && grade <= authority->from_grade) ||
	       (authority->on_crime && crime);
}

const struct json *event_pack_tell(const struct event_pack *pack, const char *when)
{
	return json_get(json_get(pack->root, "tell"), when);
}

/* ---- grading */

static bool applies(const struct json *question, const struct json *answers)
{
	const struct json *when = json_get(question, "when");
	if (json_type(when) == JSON_ABSENT) {
		return true;
	}
	struct slice on = json_get_str(when, "question");
	const struct json *answer = json_first(answers);
	while (answer != NULL && !slice_eq(json_name(answer), on)) {
		answer = json_next(answer);
	}
	return slice_eq(json_str(answer), json_get_str(when, "is"));
}

static const struct json *answer_find(const struct json *answers, struct slice id)
{
	const struct json *answer = json_first(answers);
	while (answer != NULL && !slice_eq(json_name(answer), id)) {
		answer = json_next(answer);
	}
	return json_type(answer) == JSON_NULL ? NULL : answer;
}

/* "以上" includes the number itself.  The grade, or GRADES for none. */
static int number_grade(const struct json *question, int64_t value)
{
	const struct json *steps = json_get(question, "at_least");
	for (int i = 0; i < GRADES - 1; i++) {
		if (value >= json_get_int(steps, name_id(&event_grade_names, (unsigned)i),
				     INT64_MAX)) {
			return i;
		}
	}
	return GRADES;
}

/* The grade, GRADES for none, or E_INPUT. */
static int answer_grade(const struct json *question, const struct json *answer)
{
	if (!is_choice(question)) {
		int64_t value = 0;
		bool good = json_int(answer, &value) && value >= 0;
		return good ? number_grade(question, value) : E_INPUT;
	}
	const struct json *option = item_find(json_get(question, "options"), json_str(answer));
	int grade = grade_of(json_get_str(option, "grade"));
	return option == NULL ? E_INPUT : grade < 0 ? GRADES : grade;
}

static const struct json *member_find(const struct json *object, struct slice name)
{
	const struct json *member = json_first(object);
	while (member != NULL && !slice_eq(json_name(member), name)) {
		member = json_next(member);
	}
	return member;
}

static int matrix_grade(const struct json *question, const struct json *answers)
{
	const struct json *row = answer_find(answers, json_get_str(question, "rows"));
	const struct json *column = answer_find(answers, json_get_str(question, "columns"));
	const struct json *line = member_find(json_get(question, "grades"), json_str(row));
	int grade = grade_of(json_str(member_find(line, json_str(column))));
	return grade < 0 ? GRADES : grade;
}

static int unknown_check(const struct json *root, const struct json *answers, struct diag *diag)
{
	for (const struct json *a = json_first(answers); a != NULL; a = json_next(a)) {
		const struct json *question = question_find(root, json_name(a));
		if (question == NULL || slice_is(json_get_str(question, "kind"), "matrix")) {
			return wrong(diag, json_name(a), "is no question");
		}
	}
	return 0;
}

int event_propose(const struct event_pack *pack, const struct json *answers,
	struct event_proposal *ret_proposal, struct diag *diag)
{
	struct event_proposal p = { .grade = EVENT_GRADE_IV };
	const struct json *list = json_get(pack->root, "questions");
	int error = unknown_check(pack->root, answers, diag);
	for (const struct json *q = json_first(list); q != NULL && error == 0;
		q = json_next(q)) {
		struct slice id = json_get_str(q, "id");
		const struct json *answer = answer_find(answers, id);
		bool matrix = slice_is(json_get_str(q, "kind"), "matrix");
		if (!applies(q, answers)) {
			continue;
		}
		if (!matrix && answer == NULL) {
			p.open++;
			continue;
		}
		int grade = matrix ? matrix_grade(q, answers) : answer_grade(q, answer);
		if (grade < 0) {
			return wrong(diag, id, "is answered with what is no answer");
		}
		if (grade < GRADES) {
			p.hits[p.hit_count++] =
				(struct event_hit) { id, (enum event_grade)grade };
			p.grade = grade < (int)p.grade ? (enum event_grade)grade : p.grade;
		}
	}
	if (error == 0) {
		*ret_proposal = p;
	}
	return error;
}
