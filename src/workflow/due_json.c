/* SPDX-License-Identifier: Apache-2.0 */
/* The stored form of a deadline, apart from its arithmetic in due.c. */
#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "workflow/due.h"

enum { RULE_TEXT_MAX = 32, ARENA_OCTETS = 4 * 1024 * 1024 };

/* Index is enum due_step_kind; pauses stand in a list of their own. */
static const char *const kind_ids[] = { "pause", "extend", "at_least", "regrade", "give_back",
	"recur", "superior" };

static void rule_put(struct jw *jw, const char *name, struct due_rule rule)
{
	AUTO_BUF struct buf text;
	buf_init(&text, RULE_TEXT_MAX);
	due_rule_put(&text, rule);
	jw_kv_str(jw, name, buf_slice(&text));
}

static void superior_put(struct jw *jw, const struct due_step *step)
{
	jw_kv_int(jw, "superior_ms", step->superior.due_ms);
	rule_put(jw, "rule", step->superior.buffer);
	jw_kv_int(jw, "percent", step->superior.percent);
	jw_kv_int(jw, "short_hours", step->superior.short_hours);
	jw_kv_int(jw, "limit_ms", step->limit_ms);
	jw_kv_bool(jw, "binds", step->binds);
}

static void step_put(struct jw *jw, const struct due_step *step, size_t seq)
{
	jw_object(jw);
	jw_kv_int(jw, "seq", (int64_t)seq);
	if (step->kind == DUE_PAUSE) {
		jw_kv_int(jw, "from_ms", step->at_ms);
		jw_key(jw, "to_ms");
		if (step->until_ms == DUE_OPEN) {
			jw_null(jw);
		} else {
			jw_int(jw, step->until_ms);
		}
	} else {
		jw_kv_str(jw, "kind", slice_str(kind_ids[step->kind]));
		jw_kv_int(jw, "at_ms", step->at_ms);
		if (step->kind == DUE_GIVE_BACK) {
			jw_kv_int(jw, "to_ms", step->until_ms);
		} else if (step->kind == DUE_SUPERIOR) {
			superior_put(jw, step);
		} else {
			rule_put(jw, "rule", step->rule);
		}
	}
	jw_end(jw);
}

static void steps_put(struct jw *jw, const char *name, const struct due *due, bool pauses)
{
	jw_key(jw, name);
	jw_array(jw);
	for (size_t i = 0; i < due->step_count; i++) {
		if ((due->steps[i].kind == DUE_PAUSE) == pauses) {
			step_put(jw, &due->steps[i], i);
		}
	}
	jw_end(jw);
}

void due_put_json(struct jw *jw, const struct due *due)
{
	jw_object(jw);
	jw_kv_str(jw, "policy_version", slice_str(due->policy_version));
	jw_kv_str(jw, "parameter", slice_str(due->parameter));
	jw_kv_str(jw, "calendar_version", slice_str(due->calendar_version));
	jw_kv_int(jw, "start_ms", due->start_ms);
	rule_put(jw, "rule", due->rule);
	jw_kv_int(jw, "day_end_min", due->day_end_min);
	steps_put(jw, "pauses", due, true);
	steps_put(jw, "extensions", due, false);
	jw_kv_int(jw, "due_ms", due->due_ms);
	jw_kv_bool(jw, "provisional", due->provisional);
	jw_end(jw);
}

static int wrong(struct diag *diag, const char *name)
{
	return diag_set(
		diag, E_INPUT, 0, 0, "\"%s\" is missing or wrong in a derivation", name);
}

static int text_get(const struct json *object, const char *name, size_t room, char *ret_text,
	struct diag *diag)
{
	const struct json *value = json_get(object, name);
	struct slice text = json_str(value);
	if (json_type(value) != JSON_STRING || text.n >= room ||
		slice_find(text, slice_of("", 1)) != SIZE_MAX) {
		return wrong(diag, name);
	}
	(void)snprintf(ret_text, room, "%.*s", SLICE_FMT(text));
	return 0;
}

static int int_get(
	const struct json *object, const char *name, int64_t *ret_value, struct diag *diag)
{
	int64_t value = 0;
	if (!json_int(json_get(object, name), &value) || value < 0 ||
		value >= civil_day(9000, 1, 1) * CIVIL_DAY_MS) {
		return wrong(diag, name);
	}
	*ret_value = value;
	return 0;
}

static int rule_get(const struct json *object, struct due_rule *ret_rule, struct diag *diag)
{
	int error = due_rule_parse(json_get_str(object, "rule"), ret_rule);
	return error < 0 ? wrong(diag, "rule") : 0;
}

static int pause_get(const struct json *item, struct due_step *ret_step, struct diag *diag)
{
	struct due_step step = { .kind = DUE_PAUSE, .until_ms = DUE_OPEN };
	int error = int_get(item, "from_ms", &step.at_ms, diag);
	if (error == 0 && json_type(json_get(item, "to_ms")) != JSON_NULL) {
		error = int_get(item, "to_ms", &step.until_ms, diag);
	}
	if (error == 0 && step.until_ms < step.at_ms) {
		error = wrong(diag, "to_ms");
	}
	if (error == 0) {
		*ret_step = step;
	}
	return error;
}

/* What limits it, and what followed from that; the first step or none. */
static int superior_get(const struct json *item, struct due_step *step, struct diag *diag)
{
	int64_t percent = json_get_int(item, "percent", -1);
	int64_t hours = json_get_int(item, "short_hours", -1);
	int error = int_get(item, "superior_ms", &step->superior.due_ms, diag);
	error = error < 0 ? error : rule_get(item, &step->superior.buffer, diag);
	error = error < 0 ? error : int_get(item, "limit_ms", &step->limit_ms, diag);
	if (error == 0 && (percent < 0 || percent > 100)) {
		error = wrong(diag, "percent");
	}
	if (error == 0 && (hours < 0 || hours > CALENDAR_ADD_MAX)) {
		error = wrong(diag, "short_hours");
	}
	if (error == 0 && (json_get_int(item, "seq", -1) != 0 ||
				  !json_bool(json_get(item, "binds"), &step->binds))) {
		error = wrong(diag, "binds");
	}
	step->superior.percent = (int32_t)percent;
	step->superior.short_hours = (int32_t)hours;
	return error;
}

static int adjust_get(const struct json *item, struct due_step *ret_step, struct diag *diag)
{
	struct due_step step = { .kind = DUE_EXTEND };
	struct slice kind = json_get_str(item, "kind");
	size_t known = DUE_EXTEND;
	while (known < sizeof(kind_ids) / sizeof(kind_ids[0]) &&
		!slice_is(kind, kind_ids[known])) {
		known++;
	}
	if (known == sizeof(kind_ids) / sizeof(kind_ids[0])) {
		return wrong(diag, "kind");
	}
	step.kind = (enum due_step_kind)known;
	bool spans = step.kind == DUE_GIVE_BACK;
	int error = int_get(item, "at_ms", &step.at_ms, diag);
	if (error == 0 && spans) {
		error = int_get(item, "to_ms", &step.until_ms, diag);
	} else if (error == 0) {
		error = step.kind == DUE_SUPERIOR ? superior_get(item, &step, diag)
						  : rule_get(item, &step.rule, diag);
	}
	if (error == 0 && spans && step.until_ms < step.at_ms) {
		error = wrong(diag, "to_ms");
	}
	if (error == 0) {
		*ret_step = step;
	}
	return error;
}

/* Both lists share one sequence; every number stands there once. */
static int steps_get(const struct json *root, const char *name, struct due *due, bool *taken,
	struct diag *diag)
{
	const struct json *list = json_get(root, name);
	if (json_type(list) != JSON_ARRAY) {
		return wrong(diag, name);
	}
	bool pauses = slice_is(slice_str(name), "pauses");
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		int64_t seq = json_get_int(item, "seq", -1);
		if (seq < 0 || seq >= (int64_t)due->step_count || taken[seq]) {
			return wrong(diag, "seq");
		}
		taken[seq] = true;
		int error = pauses ? pause_get(item, &due->steps[seq], diag)
				   : adjust_get(item, &due->steps[seq], diag);
		if (error < 0) {
			return error;
		}
	}
	return 0;
}

static int all_steps_get(const struct json *root, struct due *due, struct diag *diag)
{
	bool taken[DUE_STEPS_MAX] = { false };
	size_t count =
		json_count(json_get(root, "pauses")) + json_count(json_get(root, "extensions"));
	if (count > DUE_STEPS_MAX) {
		return diag_set(diag, E_LIMIT, 0, 0, "more than %d steps in a derivation",
			DUE_STEPS_MAX);
	}
	due->step_count = count;
	int error = steps_get(root, "pauses", due, taken, diag);
	error = error < 0 ? error : steps_get(root, "extensions", due, taken, diag);
	for (size_t i = 0; error == 0 && i + 1 < count; i++) {
		if (due->steps[i].kind == DUE_PAUSE && due->steps[i].until_ms == DUE_OPEN) {
			error = wrong(diag, "to_ms"); /* only the last pause may still run */
		}
	}
	return error;
}

static int root_get(const struct json *root, struct due *due, struct diag *diag)
{
	int64_t day_end_min = 0;
	int error = text_get(
		root, "policy_version", sizeof(due->policy_version), due->policy_version, diag);
	error = error < 0 ? error
			  : text_get(root, "parameter", sizeof(due->parameter), due->parameter,
				    diag);
	error = error < 0 ? error
			  : text_get(root, "calendar_version", sizeof(due->calendar_version),
				    due->calendar_version, diag);
	error = error < 0 ? error : int_get(root, "start_ms", &due->start_ms, diag);
	error = error < 0 ? error : rule_get(root, &due->rule, diag);
	error = error < 0 ? error : int_get(root, "day_end_min", &day_end_min, diag);
	error = error < 0 ? error : all_steps_get(root, due, diag);
	error = error < 0 ? error : int_get(root, "due_ms", &due->due_ms, diag);
	if (error == 0 && day_end_min > 24 * 60) {
		error = wrong(diag, "day_end_min");
	}
	if (error == 0 && !json_bool(json_get(root, "provisional"), &due->provisional)) {
		error = wrong(diag, "provisional");
	}
	due->day_end_min = (int32_t)day_end_min;
	return error;
}

int due_parse_json(struct slice text, struct due *ret_due, struct diag *diag)
{
	if (text.n > DUE_TEXT_MAX) {
		return diag_set(diag, E_LIMIT, 0, 0, "a derivation has at most %d octets",
			DUE_TEXT_MAX);
	}
	AUTO_ARENA struct arena *arena = arena_create(ARENA_OCTETS);
	const struct json *root = NULL;
	int error = json_parse(arena, text, 0, &root, diag);
	struct due due = { 0 };
	error = error < 0 ? error : root_get(root, &due, diag);
	if (error == 0) {
		*ret_due = due;
	}
	return error;
}
