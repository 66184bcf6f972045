/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/policy.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/json.h"
#include "base/num.h"
#include "base/utf8.h"
#include "model/paper.h"
#include "workflow/routing.h"
#include "workflow/selfcheck_template.h"

_Static_assert((int)PAPER_KIND_COUNT <= (int)POLICY_PAPERS_MAX, "an article for each kind");

enum { HOUR = 60, DAY = 24 * 60, ARENA_OCTETS = 16 * 1024 * 1024 };

enum kind { KIND_RULE, KIND_ACK, KIND_INT, KIND_CLOCK, KIND_DUTY };

#define G(grade) (1U << GRADE_##grade)
#define G_URGENT (G(URGENT) | G(EXTREME))
#define G_OTHER (G(HIGH) | G(MEDIUM) | G(LOW))
#define G_ALL (G_URGENT | G_OTHER)
#define S(severity) (1U << ALERT_SEVERITY_##severity)

#define RULE(text, rule, grades, min, max)                                                     \
	{                                                                                      \
		text, KIND_RULE, POLICY_##rule, grades, min, max, NULL                         \
	}
/* Came later: a text of before has the value it got first. */
#define RULE_SINCE(text, rule, grades, min, max, first)                                        \
	{                                                                                      \
		text, KIND_RULE, POLICY_##rule, grades, min, max, first                        \
	}
#define INT_SINCE(text, member, min, max, first)                                               \
	{                                                                                      \
		text, KIND_INT, offsetof(struct policy, member), 0, min, max, #first           \
	}
/* The article a paper of the kind rests on; 0 = the regulation as a whole. */
#define ARTICLE(kind, paper, first)                                                            \
	INT_SINCE("basis." #kind, articles[PAPER_##paper], 0, 99, first)
#define ACK(text, member, severities, min, max)                                                \
	{                                                                                      \
		text, KIND_ACK, offsetof(struct policy, member), severities, min, max, NULL    \
	}
#define INT(text, member, min, max)                                                            \
	{                                                                                      \
		text, KIND_INT, offsetof(struct policy, member), 0, min, max, NULL             \
	}
#define DUTY(text, member, min, max, first)                                                    \
	{                                                                                      \
		text, KIND_DUTY, offsetof(struct policy, member), 0, min, max, first           \
	}
#define CLOCK(text, member, min, max)                                                          \
	{                                                                                      \
		text, KIND_CLOCK, offsetof(struct policy, member), 0, min, max, NULL           \
	}
#define CLOCK_SINCE(text, member, min, max, first)                                             \
	{                                                                                      \
		text, KIND_CLOCK, offsetof(struct policy, member), 0, min, max, #first         \
	}

/* Ranges of rules are in minutes, a working day counted as a day. */
static const struct parameter {
	const char *name;
	enum kind kind;
	size_t at;     /* enum policy_rule, or offset in struct policy */
	unsigned mask; /* grades or severities it holds for */
	int64_t min;
	int64_t max;
	const char *first; /* JSON of its first value, where older texts have none; or NULL */
} parameters[] = {
	RULE("triage.urgent", TRIAGE, G_URGENT, 1, 2 * DAY),
	RULE("triage.high", TRIAGE, G(HIGH), 1, 5 * DAY),
	RULE("triage.other", TRIAGE, G(MEDIUM) | G(LOW), 1, 20 * DAY),
	RULE("review", REVIEW, G_ALL, 1, 10 * DAY),
	RULE("delivery_cap", DELIVERY_CAP, G_ALL, 1, DAY),
	RULE("sign_for.urgent", SIGN_FOR, G_URGENT, 1, DAY),
	RULE("sign_for.normal", SIGN_FOR, G_OTHER, HOUR, 10 * DAY),
	RULE("containment", CONTAINMENT, G_ALL, HOUR, 10 * DAY),
	RULE("remediation.urgent", REMEDIATION, G_URGENT, HOUR, 30 * DAY),
	RULE("remediation.high", REMEDIATION, G(HIGH), HOUR, 60 * DAY),
	RULE("remediation.medium", REMEDIATION, G(MEDIUM), HOUR, 120 * DAY),
	RULE("remediation.low", REMEDIATION, G(LOW), HOUR, 250 * DAY),
	RULE("correction", CORRECTION, G_ALL, HOUR, 10 * DAY),
	RULE("again", AGAIN, G_ALL, HOUR, 10 * DAY),
	RULE("verification.urgent", VERIFICATION, G_URGENT, HOUR, 10 * DAY),
	RULE("verification.normal", VERIFICATION, G_OTHER, HOUR, 20 * DAY),
	RULE("brief.high", BRIEF, G_URGENT | G(HIGH), HOUR, 10 * DAY),
	RULE("brief.other", BRIEF, G(MEDIUM) | G(LOW), HOUR, 30 * DAY),
	RULE("confirm", CONFIRM, G_ALL, HOUR, 5 * DAY),
	RULE("objection", OBJECTION, G_ALL, HOUR, 10 * DAY),
	RULE_SINCE("objection.decision", DECISION, G_ALL, HOUR, 10 * DAY, "1 wd"),
	RULE_SINCE("cannot_verify", SETTLE, G_ALL, HOUR, 20 * DAY, "3 wd"),
	RULE_SINCE("task.remind", TASK_REMIND, G_ALL, HOUR, 10 * DAY, "1 wd"),
	RULE_SINCE("superior.buffer", SUPERIOR_BUFFER, G_ALL, HOUR, 10 * DAY, "1 wd"),
	RULE("ladder.urgent.1", LADDER_1, G_URGENT, 1, 30 * DAY),
	RULE("ladder.urgent.2", LADDER_2, G_URGENT, 1, 30 * DAY),
	RULE("ladder.urgent.3", LADDER_3, G_URGENT, 1, 30 * DAY),
	RULE("ladder.urgent.4", LADDER_4, G_URGENT, 1, 30 * DAY),
	RULE("ladder.normal.1", LADDER_1, G_OTHER, 1, 60 * DAY),
	RULE("ladder.normal.2", LADDER_2, G_OTHER, 1, 60 * DAY),
	RULE("ladder.normal.3", LADDER_3, G_OTHER, 1, 60 * DAY),
	RULE("ladder.normal.4", LADDER_4, G_OTHER, 1, 60 * DAY),
	ACK("ack.critical.day", ack_day, S(CRITICAL), 1, DAY),
	ACK("ack.critical.night", ack_night, S(CRITICAL), 1, DAY),
	ACK("ack.major.day", ack_day, S(MAJOR), 1, DAY),
	ACK("ack.major.night", ack_night, S(MAJOR), 1, DAY),
	ACK("ack.other.day", ack_day, S(MINOR) | S(INFO), 1, 10 * DAY),
	ACK("ack.other.night", ack_night, S(MINOR) | S(INFO), 1, 10 * DAY),
	ACK("ack_timeout.critical", ack_timeout, S(CRITICAL), 1, DAY),
	ACK("ack_timeout.major", ack_timeout, S(MAJOR), 1, 10 * DAY),
	ACK("ack_timeout.other", ack_timeout, S(MINOR) | S(INFO), 1, 30 * DAY),
	CLOCK("night.from", night_from_min, 0, DAY - 1),
	CLOCK("night.to", night_to_min, 0, DAY - 1),
	CLOCK("working_day.end", day_end_min, 12 * HOUR, DAY - 1),
	INT("extension.count_max", extension_count_max, 0, 10),
	INT("extension.percent_max", extension_percent_max, 1, 300),
	INT("false_positive.review_days", false_positive_review_days, 1, 3650),
	INT("recurrence.days", recurrence_days, 0, 3650),
	INT_SINCE("recurrence.percent", recurrence_percent, 1, 100, 50),
	INT_SINCE("acceptance.days_max", acceptance_days_max, 1, 366, 180),
	INT_SINCE("recheck.first_days", recheck_days[0], 1, 365, 7),
	INT_SINCE("recheck.second_days", recheck_days[1], 1, 365, 30),
	INT_SINCE("recheck.offline_days", offline_recheck_days, 1, 365, 30),
	INT_SINCE("failed.supervised", failed_supervised, 1, 10, 2),
	INT_SINCE("failed.accountable", failed_accountable, 1, 10, 3),
	INT_SINCE("superior.buffer_percent", superior_buffer_percent, 0, 90, 25),
	INT_SINCE("superior.short_hours", superior_short_hours, 0, 30 * 24, 72),
	INT_SINCE("incoming.remind_percent", incoming_remind_percent, 1, 99, 50),
	INT_SINCE("remind.first_percent", reminders.first_percent, 0, 99, 50),
	INT_SINCE("remind.second_percent", reminders.second_percent, 0, 99, 80),
	INT_SINCE("remind.days_before", reminders.days_before, 0, 20, 1),
	INT_SINCE("remind.hours_before", reminders.hours_before, 0, 72, 2),
	INT_SINCE("remind.gap_hours", reminders.gap_hours, 0, 72, 4),
	INT("alerts.per_source_minute", alerts_per_source_minute, 1, 10000),
	INT("incident.window_minutes", incident_window_min, 1, 7 * DAY),
	INT_SINCE("officer.dead_calls", officers.dead_calls, 2, 20, 3),
	INT_SINCE("officer.doubt_days", officers.doubt_days, 1, 20, 3),
	INT_SINCE("officer.doubt_ladder_days", officers.doubt_ladder_days, 1, 20, 2),
	INT_SINCE("officer.handover_days", officers.handover_days, 1, 60, 7),
	INT_SINCE("officer.code_days", officers.code_days, 1, 30, 7),
	INT_SINCE("officer.link_days", officers.link_days, 1, 90, 14),
	INT_SINCE("officer.units_warn", officers.units_warn, 1, 100, 3),
	INT_SINCE("officer.review_days", officers.review_days, 1, 60, 10),
	INT_SINCE("officer.review_grace_days", officers.review_grace_days, 1, 60, 10),
	INT_SINCE("regulation.review_days", regulation_review_days, 30, 3650, 365),
	DUTY("event.initial", events.initial, 1, DAY, "1 h"),
	DUTY("event.initial_minor", events.initial_minor, 1, 2 * DAY, "4 h"),
	DUTY("event.grading", events.grading, 1, DAY, "30 min"),
	DUTY("event.follow_up.major", events.follow_major, 1, 2 * DAY, "2 h"),
	DUTY("event.follow_up.larger", events.follow_larger, 1, 4 * DAY, "6 h"),
	DUTY("event.follow_up.minor", events.follow_minor, 1, 10 * DAY, "24 h"),
	DUTY("event.report_up", events.report_up, 1, DAY, "2 h"),
	DUTY("event.alarm.first", events.alarms[0], 1, DAY, "1 h"),
	DUTY("event.alarm.second", events.alarms[1], 1, DAY, "2 h"),
	DUTY("event.alarm.third", events.alarms[2], 1, DAY, "3 h"),
	DUTY("event.summary", events.summary, DAY, 60 * DAY, "5 wd"),
	DUTY("event.national_summary", events.national, DAY, 60 * DAY, "30 d"),
	CLOCK_SINCE("selfcheck.open", selfcheck.open_min, 0, 12 * HOUR, 480),
	CLOCK_SINCE("selfcheck.remind", selfcheck.remind_min, 8 * HOUR, 22 * HOUR, 960),
	DUTY("selfcheck.due.week", selfcheck.due_week, HOUR, 6 * DAY, "4 wd"),
	DUTY("selfcheck.due.day", selfcheck.due_day, HOUR, 23 * HOUR, "9 h"),
	INT_SINCE("selfcheck.key_days", selfcheck.key_days, 0, 1, 1),
	INT_SINCE("selfcheck.in_breaks", selfcheck.in_breaks, 0, 1, 0),
	INT_SINCE("selfcheck.sample_percent", selfcheck.sample_percent, 0, 100, 5),
	DUTY("selfcheck.sample_due", selfcheck.sample_due, DAY, 30 * DAY, "5 wd"),
	INT_SINCE("selfcheck.same_text", selfcheck.same_text, 2, 20, 5),
	INT_SINCE("selfcheck.missed_row", selfcheck.missed_row, 2, 20, 2),
	INT_SINCE("selfcheck.missed_month", selfcheck.missed_month, 2, 31, 5),
	ARTICLE(notice, NOTICE, 15),
	ARTICLE(again, AGAIN, 15),
	ARTICLE(signature, SIGNATURE, 15),
	ARTICLE(plan, PLAN, 15),
	ARTICLE(reminder, REMINDER, 15),
	ARTICLE(supervision, SUPERVISION, 15),
	ARTICLE(report, REPORT, 15),
	ARTICLE(return, RETURN, 15),
	ARTICLE(opinion, OPINION, 15),
	ARTICLE(extension, EXTENSION, 15),
	ARTICLE(objection, OBJECTION, 15),
	ARTICLE(reassignment, REASSIGNMENT, 15),
	ARTICLE(acceptance, ACCEPTANCE, 15),
	ARTICLE(control, CONTROL, 9),
	ARTICLE(withdrawal, WITHDRAWAL, 15),
	ARTICLE(brief, BRIEF, 15),
	ARTICLE(upreport, UPREPORT, 15),
	ARTICLE(archive, ARCHIVE, 15),
	ARTICLE(incoming, INCOMING, 14),
	ARTICLE(officer_filing, OFFICER_FILING, 13),
	ARTICLE(access_slip, ACCESS_SLIP, 13),
	ARTICLE(handover, HANDOVER, 13),
	ARTICLE(ledger, LEDGER, 10),
};

enum { PARAMETERS = sizeof(parameters) / sizeof(parameters[0]) };

struct reading {
	struct policy policy;
	bool seen[PARAMETERS];
	bool otherwise; /* what is missing stands in policy already */
	struct diag_list *errors;
	size_t mistakes;
};

PRINTF_LIKE(3, 4)
static void mistake(struct reading *reading, struct slice name, const char *format, ...)
{
	struct diag diag = { 0 };
	va_list args;
	va_start(args, format);
	(void)snprintf(
		diag.source, sizeof(diag.source), "%.*s", SLICE_FMT(slice_head(name, 100)));
	(void)vsnprintf(diag.text, sizeof(diag.text), format, args);
	va_end(args);
	diag_list_add(reading->errors, &diag);
	reading->mistakes++;
}

static int64_t weight(struct due_rule rule)
{
	static const int64_t minutes[] = { DAY, DAY, HOUR, 1 };
	return (int64_t)rule.n * minutes[rule.unit];
}

static struct due_rule *ack_at(struct policy *policy, size_t offset)
{
	if (offset == offsetof(struct policy, ack_day)) {
		return policy->ack_day;
	}
	return offset == offsetof(struct policy, ack_night) ? policy->ack_night
							    : policy->ack_timeout;
}

static bool is_duration(enum kind kind)
{
	return kind == KIND_RULE || kind == KIND_ACK || kind == KIND_DUTY;
}

static bool rule_set(
	struct reading *reading, const struct parameter *parameter, struct slice text)
{
	struct due_rule rule = { 0, DUE_WORKING_DAYS };
	if (due_rule_parse(text, &rule) < 0 || weight(rule) < parameter->min ||
		weight(rule) > parameter->max) {
		return false;
	}
	if (parameter->kind == KIND_DUTY) {
		memcpy((uint8_t *)&reading->policy + parameter->at, &rule, sizeof(rule));
		return true;
	}
	for (unsigned i = 0; i < GRADE_COUNT; i++) {
		if ((parameter->mask & (1U << i)) == 0) {
			continue;
		}
		if (parameter->kind == KIND_RULE) {
			reading->policy.rules[parameter->at][i] = rule;
		} else {
			ack_at(&reading->policy, parameter->at)[i] = rule;
		}
	}
	return true;
}

/* "17:30" */
static bool clock_read(struct slice text, int64_t *ret_minutes)
{
	uint64_t hour = 0;
	uint64_t minute = 0;
	if (text.n != 5 || text.p[2] != ':' || num_u64(slice_head(text, 2), 23, &hour) < 0 ||
		num_u64(slice_skip(text, 3), 59, &minute) < 0) {
		return false;
	}
	*ret_minutes = (int64_t)(hour * HOUR + minute);
	return true;
}

static void number_keep(
	struct reading *reading, const struct parameter *parameter, int64_t number)
{
	int32_t small = (int32_t)number;
	memcpy((uint8_t *)&reading->policy + parameter->at, &small, sizeof(small));
}

static bool number_set(
	struct reading *reading, const struct parameter *parameter, const struct json *value)
{
	int64_t number = 0;
	bool ok = parameter->kind == KIND_CLOCK ? clock_read(json_str(value), &number)
						: json_int(value, &number);
	if (!ok || number < parameter->min || number > parameter->max) {
		return false;
	}
	number_keep(reading, parameter, number);
	return true;
}

/* A text of before the parameter was: what it was first.  false where it has always been. */
static bool first_set(struct reading *reading, const struct parameter *parameter)
{
	uint64_t number = 0;
	if (parameter->first == NULL) {
		return false;
	}
	if (is_duration(parameter->kind)) {
		return rule_set(reading, parameter, slice_str(parameter->first));
	}
	bool ok = num_u64(slice_str(parameter->first), INT32_MAX, &number) == 0;
	number_keep(reading, parameter, (int64_t)number);
	return ok;
}

static const char *const kind_words[] = {
	"a duration such as \"5 wd\", \"24 h\", \"30 min\" or \"10 d\"",
	"a duration such as \"5 wd\", \"24 h\", \"30 min\" or \"10 d\"",
	"a whole number",
	"a time such as \"17:30\"",
	"a duration such as \"5 wd\", \"24 h\", \"30 min\" or \"10 d\"",
};

static void parameter_read(struct reading *reading, const struct json *item)
{
	struct slice name = json_get_str(item, "name");
	size_t i = 0;
	while (i < PARAMETERS && !slice_is(name, parameters[i].name)) {
		i++;
	}
	if (i == PARAMETERS) {
		mistake(reading, name, "no such parameter");
		return;
	}
	const struct parameter *parameter = &parameters[i];
	if (reading->seen[i]) {
		mistake(reading, name, "stands there twice");
		return;
	}
	reading->seen[i] = true;
	if (json_get_str(item, "origin").n == 0) {
		mistake(reading, name, "does not say its origin");
	}
	const struct json *value = json_get(item, "value");
	bool ok = is_duration(parameter->kind) ? rule_set(reading, parameter, json_str(value))
					       : number_set(reading, parameter, value);
	if (!ok) {
		mistake(reading, name, "must be %s, from %lld to %lld%s",
			kind_words[parameter->kind], (long long)parameter->min,
			(long long)parameter->max,
			parameter->kind == KIND_INT ? "" : " minutes");
	}
}

/* Only sensible once every parameter was read. */
static void order_check(struct reading *reading)
{
	const struct policy *policy = &reading->policy;
	for (unsigned rule = 0; rule < POLICY_LADDER_1; rule++) {
		for (unsigned grade = 1; grade < GRADE_COUNT; grade++) {
			if (weight(policy->rules[rule][grade]) <
				weight(policy->rules[rule][grade - 1])) {
				mistake(reading,
					slice_str(policy_rule_name(
						(enum policy_rule)rule, (enum grade)grade)),
					"is shorter than for a graver grade");
			}
		}
	}
	for (unsigned rule = POLICY_LADDER_2; rule <= POLICY_LADDER_4; rule++) {
		for (unsigned grade = 0; grade < GRADE_COUNT; grade++) {
			if (weight(policy->rules[rule][grade]) <=
				weight(policy->rules[rule - 1][grade])) {
				mistake(reading,
					slice_str(policy_rule_name(
						(enum policy_rule)rule, (enum grade)grade)),
					"must come later than the rung before");
				break;
			}
		}
	}
}

/* How papers cite it; a text of before it was asked for is cited by what it is called. */
static void document_read(struct reading *reading, const struct json *root)
{
	struct policy *policy = &reading->policy;
	struct slice document = json_get_str(root, "document");
	struct slice title = json_get_str(root, "title");
	if (document.n >= sizeof(policy->document)) {
		mistake(reading, SLICE("document"), "must have at most %d octets",
			POLICY_DOCUMENT_MAX - 1);
	} else if (document.n > 0) {
		(void)snprintf(policy->document, sizeof(policy->document), "%.*s",
			SLICE_FMT(document));
	} else if (policy->document[0] == '\0') {
		size_t room = sizeof(policy->document) - 2 * sizeof("《") - 1;
		(void)snprintf(policy->document, sizeof(policy->document), "《%.*s》",
			SLICE_FMT(slice_head(title, utf8_span(slice_head(title, room)))));
	}
}

static void root_read(struct reading *reading, const struct json *root)
{
	struct slice id = json_get_str(root, "id");
	if (id.n == 0 || id.n >= POLICY_VERSION_MAX) {
		mistake(reading, SLICE("id"), "must have 1 to %d octets",
			POLICY_VERSION_MAX - 1);
	}
	(void)snprintf(reading->policy.version, sizeof(reading->policy.version), "%.*s",
		SLICE_FMT(slice_head(id, POLICY_VERSION_MAX - 1)));
	document_read(reading, root);
	const struct json *list = json_get(root, "parameters");
	if (json_type(list) != JSON_ARRAY) {
		mistake(reading, SLICE("parameters"), "is missing or is no list");
		return;
	}
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		parameter_read(reading, item);
	}
	for (size_t i = 0; i < PARAMETERS; i++) {
		if (!reading->seen[i] && !reading->otherwise &&
			!first_set(reading, &parameters[i])) {
			mistake(reading, slice_str(parameters[i].name), "is missing");
		}
	}
	const struct json *routing = json_get(root, "routing");
	if (json_type(routing) != JSON_ABSENT) {
		reading->mistakes +=
			routing_parse(routing, reading->policy.routes, reading->errors);
	}
	const struct json *selfcheck = json_get(root, "selfcheck_items");
	if (json_type(selfcheck) != JSON_ABSENT) {
		reading->mistakes += selfcheck_template_parse(
			selfcheck, &reading->policy.selfcheck, reading->errors);
	}
	if (reading->mistakes == 0) {
		order_check(reading);
	}
}

void policy_stamp(char *version, size_t room, struct slice text)
{
	char hex[2 * DIGEST_OCTETS + 1];
	struct digest digest = digest_of(DIGEST_SM3, text);
	size_t used = strlen(version);
	digest_hex(&digest, hex);
	(void)snprintf(version + used, room - used, "@%.8s", hex);
}

int policy_parse_over(struct slice text, const struct policy *otherwise,
	struct policy *ret_policy, struct diag_list *errors)
{
	struct reading reading = { .errors = errors, .otherwise = otherwise != NULL };
	if (otherwise != NULL) {
		reading.policy = *otherwise;
	}
	if (text.n > POLICY_TEXT_MAX) {
		mistake(&reading, SLICE(""), "a policy has at most %d octets", POLICY_TEXT_MAX);
		return E_LIMIT;
	}
	AUTO_ARENA struct arena *arena = arena_create(ARENA_OCTETS);
	const struct json *root = NULL;
	struct diag diag = { 0 };
	int error = json_parse(arena, text, 0, &root, &diag);
	if (error < 0) {
		diag_list_add(errors, &diag);
		return E_INPUT;
	}
	root_read(&reading, root);
	if (reading.mistakes > 0) {
		return E_INPUT;
	}
	*ret_policy = reading.policy;
	return 0;
}

int policy_parse(struct slice text, struct policy *ret_policy, struct diag_list *errors)
{
	return policy_parse_over(text, NULL, ret_policy, errors);
}

bool policy_parameter_at(size_t at, struct policy_parameter *ret_parameter)
{
	static const char *const words[] = { "duration", "duration", "number", "time",
		"duration" };
	if (at >= PARAMETERS) {
		return false;
	}
	*ret_parameter = (struct policy_parameter) { parameters[at].name,
		words[parameters[at].kind], parameters[at].min, parameters[at].max };
	return true;
}

enum policy_holds policy_stricter(struct slice school, struct slice above)
{
	struct due_rule own = { 0, DUE_WORKING_DAYS };
	struct due_rule other = { 0, DUE_WORKING_DAYS };
	bool has_own = due_rule_parse(school, &own) == 0;
	bool has_other = due_rule_parse(above, &other) == 0;
	if (!has_own || !has_other) {
		return has_own ? POLICY_OWN : POLICY_ABOVE;
	}
	return weight(own) <= weight(other) ? POLICY_OWN : POLICY_ABOVE;
}

struct due_rule policy_rule(
	const struct policy *policy, enum policy_rule rule, enum grade grade)
{
	return policy->rules[rule][grade];
}

const char *policy_rule_name(enum policy_rule rule, enum grade grade)
{
	for (size_t i = 0; i < PARAMETERS; i++) {
		const struct parameter *parameter = &parameters[i];
		if (parameter->kind == KIND_RULE && parameter->at == rule &&
			(parameter->mask & (1U << grade)) != 0) {
			return parameter->name;
		}
	}
	return "";
}

struct due_rule policy_ack(const struct policy *policy, enum alert_severity severity,
	int64_t at_ms, int32_t offset_min)
{
	struct civil local = civil_of_ms(at_ms, offset_min);
	int32_t minute = (int32_t)local.hour * HOUR + local.minute;
	int32_t from = policy->night_from_min;
	int32_t to = policy->night_to_min;
	bool night = from <= to ? minute >= from && minute < to : minute >= from || minute < to;
	return night ? policy->ack_night[severity] : policy->ack_day[severity];
}
