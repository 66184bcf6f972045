/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/explain.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "base/jw.h"

enum { MINUTE_MS = 60000, RULE_TEXT_MAX = 32 };

enum code {
	CODE_START,
	CODE_RULE,
	CODE_RULE_ALONE,
	CODE_WORKING_DAYS,
	CODE_DAYS,
	CODE_ROUND_THE_CLOCK,
	CODE_PAUSE,
	CODE_PAUSE_OPEN,
	CODE_EXTEND,
	CODE_AT_LEAST,
	CODE_REGRADE,
	CODE_GIVE_BACK,
	CODE_RECUR,
	CODE_SUPERIOR,
	CODE_SUPERIOR_LATER,
	CODE_GIVEN,
	CODE_INNER,
	CODE_NAMED,
	CODE_DUE,
	CODE_PROVISIONAL,
};

/* Arguments stand in braces.  Index is enum code. */
static const struct {
	const char *id;
	const char *text[2];
} codes[] = {
	{ "due.start", { "自 {start} 起算。", "Counted from {start}." } },
	{ "due.rule", { "时限 {rule}，依据制度参数 {parameter}（{policy}）。",
			      "{rule} by policy parameter {parameter} ({policy})." } },
	{ "due.rule_alone", { "时限 {rule}。", "{rule} is given." } },
	{ "due.working_days",
		{ "起算当日不计，末日 {end} 截止；工作日按 {calendar} 日历。",
			"The first day does not count, the last ends at {end}; working days by"
			" calendar {calendar}." } },
	{ "due.days", { "起算当日不计，末日 {end} 截止。",
			      "The first day does not count, the last ends at {end}." } },
	{ "due.round_the_clock",
		{ "昼夜连续计时，含节假日。", "Round the clock, holidays included." } },
	{ "due.pause", { "{from} 至 {to} 停表，顺延 {span}。",
			       "Stood from {from} to {to}; {span} given back." } },
	{ "due.pause_open", { "自 {from} 起停表。", "Stands since {from}." } },
	{ "due.extend", { "{at} 批准延期 {rule}。", "Extended by {rule} at {at}." } },
	{ "due.at_least", { "{at} 起至少保留 {rule}。", "At least {rule} from {at}." } },
	{ "due.regrade",
		{ "{at} 调整级别，时限改为 {rule}，已用时间照计。",
			"Regraded at {at} to {rule}; time already used stays used." } },
	{ "due.give_back",
		{ "异议成立，{from} 至 {to} 的时间退还，顺延 {span}。",
			"An objection was upheld: {from} to {to}, {span} given back." } },
	{ "due.recur", { "{at} 起算的同一隐患复发，时限缩短为 {rule}。",
			       "It has come back: from {at} the time is cut to {rule}." } },
	{ "due.superior",
		{ "来文时限短于校内时限：来文要求 {superior}，扣除 {span} 汇总上报时间，须在 {limit} "
		  "前办结。",
			"The superior's deadline is shorter than the school's: {superior}, less "
			"{span} to gather and answer, is {limit}." } },
	{ "due.superior_later",
		{ "来文时限 {superior} 不短于校内时限，按校内时限。",
			"The superior's deadline, {superior}, is not the shorter "
			"one." } },
	{ "due.given", { "来文要求 {superior} 前反馈。",
			       "The superior asks for an answer by {superior}." } },
	{ "due.inner",
		{ "扣除 {span} 汇总、用印、上报，校内须在 {limit} 前办完。",
			"Less {span} to gather, seal and send, the school must be done by {limit}." } },
	{ "due.named", { "期限由指定日期确定：{due}。", "The day was named: {due}." } },
	{ "due.due", { "到期 {due}。", "Due {due}." } },
	{ "due.provisional", { "所涉年份的放假安排尚未公布，此时间为暂定。",
				     "Provisional: a year it counts through has no published "
				     "calendar yet." } },
};

/* Index is enum due_unit. */
static const char *const units[][2] = {
	{ " 个工作日", " working day(s)" },
	{ " 日", " day(s)" },
	{ " 小时", " hour(s)" },
	{ " 分钟", " minute(s)" },
};

static struct explain_arg time_arg(const char *name, int64_t at_ms)
{
	return (struct explain_arg) { .name = name, .kind = EXPLAIN_TIME, .value = at_ms };
}

static struct explain_arg rule_arg(struct due_rule rule)
{
	return (struct explain_arg) { .name = "rule", .kind = EXPLAIN_RULE, .rule = rule };
}

static struct explain_arg text_arg(const char *name, const char *text)
{
	return (struct explain_arg) { .name = name, .kind = EXPLAIN_TEXT, .text = text };
}

static struct explain_arg *say(struct explanation *explanation, enum code code)
{
	assert(explanation->count < EXPLAIN_SENTENCES_MAX);
	struct explain_sentence *sentence = &explanation->sentences[explanation->count++];
	*sentence = (struct explain_sentence) { .code = codes[code].id };
	return sentence->args;
}

static void say_how(struct explanation *explanation, const struct due *due)
{
	enum due_unit unit = due_rule_now(due).unit;
	if (unit == DUE_HOURS || unit == DUE_MINUTES) {
		(void)say(explanation, CODE_ROUND_THE_CLOCK);
		return;
	}
	struct explain_arg *args =
		say(explanation, unit == DUE_DAYS ? CODE_DAYS : CODE_WORKING_DAYS);
	args[0] = (struct explain_arg) {
		.name = "end", .kind = EXPLAIN_CLOCK, .value = due->day_end_min
	};
	if (unit == DUE_WORKING_DAYS) {
		args[1] = text_arg("calendar", due->calendar_version);
	}
}

static void say_superior(struct explanation *explanation, const struct due_step *step)
{
	struct explain_arg *args =
		say(explanation, step->binds ? CODE_SUPERIOR : CODE_SUPERIOR_LATER);
	args[0] = time_arg("superior", step->superior.due_ms);
	if (step->binds) {
		args[1] = (struct explain_arg) { .name = "span",
			.kind = EXPLAIN_SPAN,
			.value = step->superior.due_ms - step->limit_ms };
		args[2] = time_arg("limit", step->limit_ms);
	}
}

static void say_step(struct explanation *explanation, const struct due_step *step)
{
	static const enum code kinds[] = { CODE_PAUSE, CODE_EXTEND, CODE_AT_LEAST, CODE_REGRADE,
		CODE_GIVE_BACK, CODE_RECUR };
	if (step->kind == DUE_SUPERIOR) {
		say_superior(explanation, step);
		return;
	}
	if (step->kind != DUE_PAUSE && step->kind != DUE_GIVE_BACK) {
		struct explain_arg *args = say(explanation, kinds[step->kind]);
		args[0] = time_arg("at", step->at_ms);
		args[1] = rule_arg(step->rule);
		return;
	}
	if (step->until_ms == DUE_OPEN) {
		say(explanation, CODE_PAUSE_OPEN)[0] = time_arg("from", step->at_ms);
		return;
	}
	struct explain_arg *args = say(explanation, kinds[step->kind]);
	args[0] = time_arg("from", step->at_ms);
	args[1] = time_arg("to", step->until_ms);
	args[2] = (struct explain_arg) {
		.name = "span", .kind = EXPLAIN_SPAN, .value = step->until_ms - step->at_ms
	};
}

void explain_due(const struct due *due, struct explanation *ret)
{
	*ret = (struct explanation) { 0 };
	say(ret, CODE_START)[0] = time_arg("start", due->start_ms);
	bool by_policy = due->parameter[0] != '\0';
	struct explain_arg *args = say(ret, by_policy ? CODE_RULE : CODE_RULE_ALONE);
	args[0] = rule_arg(due->rule);
	if (by_policy) {
		args[1] = text_arg("parameter", due->parameter);
		args[2] = text_arg("policy", due->policy_version);
	}
	say_how(ret, due);
	for (size_t i = 0; i < due->step_count; i++) {
		say_step(ret, &due->steps[i]);
	}
	say(ret, CODE_DUE)[0] = time_arg("due", due->due_ms);
	if (due->provisional) {
		(void)say(ret, CODE_PROVISIONAL);
	}
}

void explain_superior(int64_t due_ms, int64_t inner_ms, struct explanation *ret)
{
	*ret = (struct explanation) { 0 };
	say(ret, CODE_GIVEN)[0] = time_arg("superior", due_ms);
	struct explain_arg *args = say(ret, CODE_INNER);
	args[0] = (struct explain_arg) {
		.name = "span", .kind = EXPLAIN_SPAN, .value = due_ms - inner_ms
	};
	args[1] = time_arg("limit", inner_ms);
}

void explain_given(int64_t due_ms, struct explanation *ret)
{
	*ret = (struct explanation) { 0 };
	say(ret, CODE_NAMED)[0] = time_arg("due", due_ms);
}

static void arg_put_json(struct jw *jw, const struct explain_arg *arg)
{
	jw_key(jw, arg->name);
	if (arg->kind == EXPLAIN_TEXT) {
		jw_str(jw, slice_str(arg->text));
	} else if (arg->kind == EXPLAIN_RULE) {
		AUTO_BUF struct buf text;
		buf_init(&text, RULE_TEXT_MAX);
		due_rule_put(&text, arg->rule);
		jw_str(jw, buf_slice(&text));
	} else {
		jw_int(jw, arg->value);
	}
}

void explain_put_json(struct jw *jw, const struct explanation *explanation)
{
	jw_array(jw);
	for (size_t i = 0; i < explanation->count; i++) {
		const struct explain_sentence *sentence = &explanation->sentences[i];
		jw_object(jw);
		jw_kv_str(jw, "code", slice_str(sentence->code));
		jw_key(jw, "args");
		jw_object(jw);
		for (size_t a = 0; a < EXPLAIN_ARGS_MAX && sentence->args[a].name != NULL;
			a++) {
			arg_put_json(jw, &sentence->args[a]);
		}
		jw_end(jw);
		jw_end(jw);
	}
	jw_end(jw);
}

/* "2 h 10 min", or "1 d 2 h"; seconds do not matter to a deadline. */
static void span_put(int64_t span_ms, enum lang lang, struct buf *buf)
{
	int64_t minutes = (span_ms + MINUTE_MS / 2) / MINUTE_MS;
	int64_t days = minutes / (24 * 60);
	int64_t hours = minutes / 60 % 24;
	if (days > 0) {
		buf_printf(buf, lang == LANG_ZH ? "%lld 天 " : "%lld d ", (long long)days);
	}
	if (days > 0 || hours > 0) {
		buf_printf(buf, lang == LANG_ZH ? "%lld 小时 " : "%lld h ", (long long)hours);
	}
	buf_printf(buf, lang == LANG_ZH ? "%lld 分钟" : "%lld min", (long long)(minutes % 60));
}

static void arg_put_text(const struct calendar *calendar, const struct explain_arg *arg,
	enum lang lang, struct buf *buf)
{
	struct civil local = civil_of_ms(arg->value, calendar->offset_min);
	switch (arg->kind) {
	case EXPLAIN_TEXT:
		buf_put_str(buf, arg->text[0] != '\0' ? arg->text : "–");
		break;
	case EXPLAIN_TIME:
		buf_printf(buf, "%04d-%02u-%02u %02u:%02u", (int)local.year, local.month,
			local.day, local.hour, local.minute);
		break;
	case EXPLAIN_SPAN:
		span_put(arg->value, lang, buf);
		break;
	case EXPLAIN_RULE:
		buf_printf(buf, "%u%s", arg->rule.n, units[arg->rule.unit][lang == LANG_EN]);
		break;
	case EXPLAIN_CLOCK:
		buf_printf(buf, "%02d:%02d", (int)(arg->value / 60), (int)(arg->value % 60));
		break;
	}
}

static const struct explain_arg *arg_find(
	const struct explain_sentence *sentence, struct slice name)
{
	for (size_t a = 0; a < EXPLAIN_ARGS_MAX && sentence->args[a].name != NULL; a++) {
		if (slice_is(name, sentence->args[a].name)) {
			return &sentence->args[a];
		}
	}
	return NULL;
}

static const char *template_find(const char *code, enum lang lang)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (strcmp(codes[i].id, code) == 0) {
			return codes[i].text[lang == LANG_EN];
		}
	}
	return code;
}

void explain_put_text(const struct calendar *calendar, const struct explanation *explanation,
	enum lang lang, struct buf *buf)
{
	for (size_t i = 0; i < explanation->count; i++) {
		const struct explain_sentence *sentence = &explanation->sentences[i];
		struct slice rest = slice_str(template_find(sentence->code, lang));
		struct slice before;
		struct slice name;
		while (slice_cut(rest, '{', &before, &rest) &&
			slice_cut(rest, '}', &name, &rest)) {
			buf_put(buf, before);
			const struct explain_arg *arg = arg_find(sentence, name);
			assert(arg != NULL);
			arg_put_text(calendar, arg, lang, buf);
		}
		buf_put(buf, before);
		buf_put_str(buf, "\n");
	}
}
