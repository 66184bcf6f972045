/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/metric_rule.h"

#include <math.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"

#define ON(kind) (1u << (kind))
#define ON_ALL 0x1fu
#define AT(member) offsetof(struct metric_rule, member)
#define WEEK_MS INT64_C(604800000)
#define DEVIATIONS_DEFAULT 3.5

enum {
	CLEAR_SLACK_MS = 3600 * 1000,
	SILENCE_LEAST_MS = 60000,
	PERCENT_DEFAULT = 50,
	DAYS_DEFAULT = 3,
	DAYS_MAX = 56
};

static const struct name_row kinds[] = {
	{ "threshold", "阈值", "threshold" },
	{ "rate", "变化", "change" },
	{ "absence", "无数据", "absence" },
	{ "forecast", "预测", "forecast" },
	{ "baseline", "基线", "baseline" },
};
static const struct name_row ops[] = {
	{ "above", "高于", "above" },
	{ "below", "低于", "below" },
	{ "either", "偏离", "either way" },
};
static const struct name_row scopes[] = {
	{ "all", "全部", "all" },
	{ "unit", "单位", "unit" },
	{ "asset", "资产", "asset" },
	{ "check", "监测项", "check" },
};

const struct name_table metric_kind_names = { "kind of rule", kinds, 5 };
const struct name_table metric_op_names = { "side", ops, 3 };
const struct name_table metric_scope_names = { "scope", scopes, 4 };

/* Whole seconds of the text to milliseconds of the rule. */
static const struct span {
	const char *name;
	size_t at;
	unsigned kinds;
	int64_t min_s;
	int64_t max_s;
} spans[] = {
	{ "duration_s", AT(duration_ms), ON_ALL, 0, METRIC_DURATION_MAX_S },
	{ "clear_s", AT(clear_ms), ON_ALL & ~ON(METRIC_ABSENCE), 0, METRIC_DURATION_MAX_S },
	{ "window_s", AT(window_ms), ON(METRIC_RATE) | ON(METRIC_FORECAST), METRIC_WINDOW_MIN_S,
		METRIC_WINDOW_MAX_S },
	{ "horizon_s", AT(horizon_ms), ON(METRIC_FORECAST), 3600, METRIC_HORIZON_MAX_S },
};

static const struct {
	const char *name;
	size_t at;
	unsigned kinds;
} numbers[] = {
	{ "limit", AT(limit), ON_ALL & ~ON(METRIC_ABSENCE) },
	{ "clear", AT(clear), ON(METRIC_THRESHOLD) },
	{ "grave", AT(grave), ON(METRIC_THRESHOLD) },
	{ "deviations", AT(deviations), ON(METRIC_BASELINE) },
};

static const struct {
	const char *name;
	size_t at;
	size_t max;
	bool needed;
} texts[] = {
	{ "id", AT(id), METRIC_RULE_ID_MAX, true },
	{ "name", AT(name), METRIC_RULE_NAME_MAX * 4, false },
	{ "name_en", AT(name_en), METRIC_RULE_NAME_MAX * 4, false },
	{ "replaces", AT(replaces), METRIC_RULE_ID_MAX, false },
	{ "metric", AT(metric), METRIC_NAME_MAX, true },
	{ "of", AT(of), METRIC_NAME_MAX, false },
	{ "unless", AT(unless), METRIC_NAME_MAX, false },
	{ "instance", AT(instance), 256, false },
};

static int wrong(struct diag *diag, const char *what)
{
	return diag_set(diag, E_INPUT, 0, 0, "%s", what);
}

static void *place(struct metric_rule *rule, size_t at)
{
	return (char *)rule + at;
}

static int read_texts(const struct json *root, struct metric_rule *rule, struct diag *diag)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const struct json *value = json_get(root, texts[i].name);
		struct slice text = json_str(value);
		bool absent = value == NULL || json_type(value) == JSON_NULL;
		if (text.n > texts[i].max || (texts[i].needed && text.n == 0) ||
			(!absent && json_type(value) != JSON_STRING)) {
			return wrong(diag, texts[i].name);
		}
		*(struct slice *)place(rule, texts[i].at) = text;
	}
	return 0;
}

static int read_word(const struct json *root, const char *name, const struct name_table *table,
	int otherwise)
{
	const struct json *value = json_get(root, name);
	return value == NULL && otherwise >= 0 ? otherwise : name_parse(table, json_str(value));
}

static int read_words(const struct json *root, struct metric_rule *rule, struct diag *diag)
{
	int kind = read_word(root, "kind", &metric_kind_names, -1);
	int op = read_word(root, "op", &metric_op_names, METRIC_ABOVE);
	int severity = read_word(root, "severity", &alert_severity_names, -1);
	if (kind < 0) {
		return wrong(diag, "kind");
	}
	if (op < 0 || (op == METRIC_EITHER && kind != METRIC_BASELINE && kind != METRIC_RATE)) {
		return wrong(diag, "op");
	}
	if (severity < 0) {
		return wrong(diag, "severity");
	}
	rule->kind = (enum metric_kind)kind;
	rule->op = (enum metric_op)op;
	rule->severity = (enum alert_severity)severity;
	return 0;
}

static bool allowed(const struct json *value, unsigned kinds_of, enum metric_kind kind)
{
	return value == NULL || json_type(value) == JSON_NULL || (kinds_of & ON(kind)) != 0;
}

static int read_spans(const struct json *root, struct metric_rule *rule, struct diag *diag)
{
	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		const struct span *span = &spans[i];
		const struct json *value = json_get(root, span->name);
		int64_t seconds = 0;
		if (!allowed(value, span->kinds, rule->kind)) {
			return wrong(diag, span->name);
		}
		if (value == NULL || json_type(value) == JSON_NULL) {
			continue;
		}
		if (!json_int(value, &seconds) || seconds < span->min_s ||
			seconds > span->max_s) {
			return wrong(diag, span->name);
		}
		*(int64_t *)place(rule, span->at) = seconds * 1000;
	}
	return 0;
}

static int read_numbers(const struct json *root, struct metric_rule *rule, struct diag *diag)
{
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const struct json *value = json_get(root, numbers[i].name);
		double number = 0;
		if (!allowed(value, numbers[i].kinds, rule->kind)) {
			return wrong(diag, numbers[i].name);
		}
		if (value == NULL || json_type(value) == JSON_NULL) {
			continue;
		}
		if (!json_double(value, &number) || !isfinite(number)) {
			return wrong(diag, numbers[i].name);
		}
		*(double *)place(rule, numbers[i].at) = number;
	}
	return 0;
}

static int read_scope(const struct json *root, struct metric_rule *rule, struct diag *diag)
{
	const struct json *scope = json_get(root, "scope");
	if (scope == NULL || json_type(scope) == JSON_NULL) {
		return 0;
	}
	int kind = name_parse(&metric_scope_names, json_get_str(scope, "kind"));
	rule->scope_id = json_get_int(scope, "id", 0);
	if (kind < 0 || (kind != METRIC_ALL && rule->scope_id <= 0) || rule->scope_id < 0) {
		return wrong(diag, "scope");
	}
	rule->scope = (enum metric_scope)kind;
	return 0;
}

static bool given(const struct json *root, const char *name)
{
	return json_type(json_get(root, name)) > JSON_NULL;
}

/* ---- what each kind cannot do without, and what it takes when nobody says */

/* What is over the second limit is graver, or it would be none. */
static int complete_grave(const struct json *root, struct metric_rule *rule, struct diag *diag)
{
	int severity = read_word(
		root, "grave_severity", &alert_severity_names, ALERT_SEVERITY_CRITICAL);
	rule->has_grave = given(root, "grave");
	if (!rule->has_grave) {
		return given(root, "grave_severity") ? wrong(diag, "grave_severity") : 0;
	}
	bool further = rule->op == METRIC_ABOVE ? rule->grave > rule->limit
						: rule->grave < rule->limit;
	if (severity < 0 || severity >= (int)rule->severity) {
		return wrong(diag, "grave_severity");
	}
	rule->grave_severity = (enum alert_severity)severity;
	return further ? 0 : wrong(diag, "grave");
}

static int complete_threshold(
	const struct json *root, struct metric_rule *rule, struct diag *diag)
{
	rule->clear = given(root, "clear") ? rule->clear : rule->limit;
	bool crossed = rule->op == METRIC_ABOVE ? rule->clear > rule->limit
						: rule->clear < rule->limit;
	if (crossed || !given(root, "limit")) {
		return wrong(diag, crossed ? "clear" : "limit");
	}
	return complete_grave(root, rule, diag);
}

static int complete_rate(const struct json *root, struct metric_rule *rule, struct diag *diag)
{
	if (rule->window_ms == 0) {
		return wrong(diag, "window_s");
	}
	rule->relative = json_get_bool(root, "relative", false);
	return given(root, "limit") && rule->limit > 0 ? 0 : wrong(diag, "limit");
}

static int complete_absence(
	const struct json *root, struct metric_rule *rule, struct diag *diag)
{
	(void)root;
	return rule->duration_ms >= SILENCE_LEAST_MS ? 0 : wrong(diag, "duration_s");
}

static int complete_forecast(
	const struct json *root, struct metric_rule *rule, struct diag *diag)
{
	rule->window_ms = rule->window_ms != 0 ? rule->window_ms : WEEK_MS / 7;
	if (rule->horizon_ms == 0) {
		return wrong(diag, "horizon_s");
	}
	return given(root, "limit") ? 0 : wrong(diag, "limit");
}

static int complete_baseline(
	const struct json *root, struct metric_rule *rule, struct diag *diag)
{
	rule->limit = given(root, "limit") ? rule->limit : PERCENT_DEFAULT;
	rule->deviations = given(root, "deviations") ? rule->deviations : DEVIATIONS_DEFAULT;
	rule->clear_ms = given(root, "clear_s") ? rule->clear_ms : rule->duration_ms;
	rule->min_days = json_get_int(root, "min_days", DAYS_DEFAULT);
	if (rule->min_days < 1 || rule->min_days > DAYS_MAX) {
		return wrong(diag, "min_days");
	}
	return rule->deviations >= 2 && rule->limit >= 1 ? 0 : wrong(diag, "deviations");
}

static int complete(const struct json *root, struct metric_rule *rule, struct diag *diag)
{
	static int (*const of_kind[])(
		const struct json *, struct metric_rule *, struct diag *) = {
		[METRIC_THRESHOLD] = complete_threshold,
		[METRIC_RATE] = complete_rate,
		[METRIC_ABSENCE] = complete_absence,
		[METRIC_FORECAST] = complete_forecast,
		[METRIC_BASELINE] = complete_baseline,
	};
	static const struct {
		const char *name;
		enum metric_kind kind;
	} owned[] = { { "of", METRIC_THRESHOLD }, { "unless", METRIC_THRESHOLD },
		{ "grave_severity", METRIC_THRESHOLD }, { "min_days", METRIC_BASELINE },
		{ "relative", METRIC_RATE } };
	for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++) {
		if (given(root, owned[i].name) && rule->kind != owned[i].kind) {
			return wrong(diag, owned[i].name);
		}
	}
	return of_kind[rule->kind](root, rule, diag);
}

/* Everything but what it is called and how bad it is. */
static uint64_t fingerprint_of(const struct metric_rule *rule)
{
	struct {
		uint64_t text[4];
		double number[4];
		int64_t whole[9];
	} all = { .text = { digest_xxh3(rule->metric), digest_xxh3(rule->of),
			  digest_xxh3(rule->unless), digest_xxh3(rule->instance) },
		.number = { rule->limit, rule->clear, rule->deviations,
			rule->has_grave ? rule->grave : rule->limit },
		.whole = { rule->kind, rule->op, rule->scope, rule->scope_id, rule->min_days,
			rule->duration_ms, rule->clear_ms, rule->window_ms,
			rule->horizon_ms * 2 + rule->relative } };
	return digest_xxh3(slice_of(&all, sizeof(all)));
}

bool metric_rule_is(const struct json *root)
{
	return json_get_str(root, "metric").n > 0;
}

int metric_rule_take(const struct json *root, struct metric_rule *ret_rule, struct diag *diag)
{
	struct metric_rule rule = { 0 };
	if (json_type(root) != JSON_OBJECT) {
		return wrong(diag, "object");
	}
	int error = read_texts(root, &rule, diag);
	error = error < 0 ? error : read_words(root, &rule, diag);
	error = error < 0 ? error : read_spans(root, &rule, diag);
	error = error < 0 ? error : read_numbers(root, &rule, diag);
	error = error < 0 ? error : read_scope(root, &rule, diag);
	error = error < 0 ? error : complete(root, &rule, diag);
	if (error < 0) {
		return error;
	}
	if (utf8_count(rule.name) > METRIC_RULE_NAME_MAX) {
		return wrong(diag, "name");
	}
	rule.fingerprint = fingerprint_of(&rule);
	*ret_rule = rule;
	return 0;
}

int metric_rule_read(
	struct arena *arena, struct slice text, struct metric_rule *ret_rule, struct diag *diag)
{
	const struct json *root = NULL;
	int error = json_parse(arena, arena_dup(arena, text), 4, &root, diag);
	return error < 0 ? error : metric_rule_take(root, ret_rule, diag);
}

int64_t metric_rule_memory_ms(const struct metric_rule *rule)
{
	/* What a baseline learnt longer ago than rows are kept is learnt again. */
	return rule->kind == METRIC_BASELINE
		       ? WEEK_MS
		       : rule->duration_ms + rule->window_ms + CLEAR_SLACK_MS;
}
