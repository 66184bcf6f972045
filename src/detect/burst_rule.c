/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/burst_rule.h"

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"

enum { NAME_OCTETS_MAX = 64, SECONDS_MAX = 24 * 3600 };

static int wrong(struct diag *diag, const char *what)
{
	return diag_set(diag, E_INPUT, 0, 0, "%s is missing or outside its limits", what);
}

static int read_name(struct arena *arena, const struct json *root, const char *name,
	struct slice *ret_text, struct diag *diag)
{
	struct slice text = json_get_str(root, name);
	if (text.n == 0 || text.n > NAME_OCTETS_MAX) {
		return wrong(diag, name);
	}
	*ret_text = arena_dup(arena, text);
	return 0;
}

static int read_lists(struct arena *arena, const struct json *root, struct burst_rule *rule,
	struct diag *diag)
{
	const struct json *match = json_get(root, "match");
	const struct json *group = json_get(root, "group");
	if (json_type(match) != JSON_OBJECT || json_count(match) == 0 ||
		json_count(match) > BURST_MATCH_MAX) {
		return wrong(diag, "match");
	}
	if (json_type(group) != JSON_ARRAY || json_count(group) == 0 ||
		json_count(group) > BURST_GROUP_MAX) {
		return wrong(diag, "group");
	}
	for (const struct json *m = json_first(match); m != NULL; m = json_next(m)) {
		rule->match_name[rule->match_count] = arena_dup(arena, json_name(m));
		rule->match_value[rule->match_count++] = arena_dup(arena, json_str(m));
	}
	for (const struct json *g = json_first(group); g != NULL; g = json_next(g)) {
		rule->group[rule->group_count++] = arena_dup(arena, json_str(g));
	}
	return 0;
}

static int read_numbers(const struct json *root, struct burst_rule *rule, struct diag *diag)
{
	int64_t window = json_get_int(root, "window_s", 0);
	int64_t quiet = json_get_int(root, "quiet_s", 0);
	int64_t threshold = json_get_int(root, "threshold", 0);
	if (window < 1 || window > SECONDS_MAX) {
		return wrong(diag, "window_s");
	}
	if (quiet < window || quiet > SECONDS_MAX) {
		return wrong(diag, "quiet_s");
	}
	if (threshold < 2 || threshold > BURST_THRESHOLD_MAX) {
		return wrong(diag, "threshold");
	}
	int severity = name_parse(&alert_severity_names, json_get_str(root, "severity"));
	if (severity < 0) {
		return wrong(diag, "severity");
	}
	rule->window_ms = window * 1000;
	rule->quiet_ms = quiet * 1000;
	rule->threshold = (unsigned)threshold;
	rule->severity = (enum alert_severity)severity;
	return 0;
}

int burst_rule_read(
	struct arena *arena, struct slice json, struct burst_rule *ret_rule, struct diag *diag)
{
	const struct json *root = NULL;
	int error = json_parse(arena, json, 4, &root, diag);
	if (error < 0) {
		return error;
	}
	struct burst_rule rule = { 0 };
	error = read_name(arena, root, "id", &rule.id, diag);
	error = error < 0 ? error : read_name(arena, root, "class", &rule.class, diag);
	error = error < 0 ? error : read_name(arena, root, "code", &rule.code, diag);
	error = error < 0 ? error : read_name(arena, root, "asset", &rule.asset, diag);
	error = error < 0 ? error : read_lists(arena, root, &rule, diag);
	error = error < 0 ? error : read_numbers(root, &rule, diag);
	if (error == 0) {
		*ret_rule = rule;
	}
	return error;
}
