/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A unit hands in its self-check.  Every question was opened and answered; what
 * is wrong is reported by the same act (art. 18), and its number is the receipt.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/utf8.h"
#include "desk/desk.h"
#include "desk/event_parts.h"
#include "desk/events.h"
#include "desk/findings.h"
#include "desk/selfcheck_row.h"
#include "desk/selfcheck_sample.h"
#include "desk/selfchecks.h"
#include "desk/words.h"
#include "records/sql.h"
#include "workflow/policy.h"
#include "workflow/selfcheck_plan.h"

enum {
	NOTE_MAX = 500,
	VALUE_MAX = 60,
	TITLE_CHARS = 60,
	NOTE_MIN = 2,
	SECONDS_MAX = 24 * 3600,
	NUMBERS_OCTETS = 512,
	SKEW_MS = 5 * 60 * 1000, /* a phone's clock may be off */
};

struct submission {
	struct selfcheck_row row;
	struct selfcheck_facts facts;
	struct selfcheck_item_row items[SELFCHECK_ROWS_MAX];
	const struct json *said[SELFCHECK_ROWS_MAX]; /* of the body, by item */
	int count;
	bool abnormal;
	struct buf numbers; /* of what was reported */
};

/* ---- what it says */

static const struct json *said_of(const struct desk *desk, struct slice item)
{
	const struct json *list = json_get(desk->call->body, "answers");
	if (json_type(list) != JSON_ARRAY) {
		return NULL;
	}
	for (const struct json *one = json_first(list); one != NULL; one = json_next(one)) {
		if (slice_eq(json_get_str(one, "item"), item)) {
			return one;
		}
	}
	return NULL;
}

/* The members of one answer are read as a body's are. */
static struct desk_call call_of(const struct desk *desk, const struct json *body)
{
	struct desk_call call = *desk->call;
	call.body = body;
	return call;
}

static int answer_read(struct desk *desk, struct submission *s, int i)
{
	static const char *const words[] = { "none", "some", "not_applicable", NULL };
	struct selfcheck_item_row *item = &s->items[i];
	struct slice word = { 0 };
	int error = words_choice(desk, "answer", words, NULL, &word);
	error = error < 0 ? error
			  : words_text(desk, "note", WORDS_OPTIONAL, NOTE_MAX, &item->note);
	error = error < 0 ? error
			  : words_text(desk, "value", WORDS_OPTIONAL, VALUE_MAX, &item->value);
	error = error < 0 ? error
			  : words_int(desk, "opened_at", 0, desk->now_ms + SKEW_MS, 0,
				    &item->opened_at_ms);
	if (error < 0) {
		return error;
	}
	item->answer = name_parse(&selfcheck_answer_names, word);
	bool valued = item->value_label.n > 0 && item->answer != SELFCHECK_NOT_APPLICABLE;
	bool opened = item->opened_at_ms >= s->row.assigned_at_ms - SKEW_MS;
	s->facts.opened = s->facts.opened && opened && item->opened_at_ms != 0;
	s->facts.told = s->facts.told &&
			(item->answer == SELFCHECK_NONE || words_enough(item->note, NOTE_MIN));
	s->facts.value_given = s->facts.value_given && (!valued || item->value.n > 0);
	s->abnormal = s->abnormal || item->answer == SELFCHECK_SOME;
	return 0;
}

static int answers_read(struct desk *desk, struct submission *s)
{
	const struct desk_call *whole = desk->call;
	int error = 0;
	s->facts.opened = s->facts.answered = s->facts.told = s->facts.value_given = true;
	for (int i = 0; i < s->count && error == 0; i++) {
		s->said[i] = said_of(desk, s->items[i].item);
		if (s->said[i] == NULL) {
			s->facts.answered = s->facts.opened = false;
			continue;
		}
		struct desk_call one = call_of(desk, s->said[i]);
		desk->call = &one;
		error = answer_read(desk, s, i);
		desk->call = whole;
	}
	return error;
}

static int submission_open(struct desk *desk, struct submission *s)
{
	struct selfcheck_row *row = &s->row;
	int error = selfcheck_row_load(desk->txn, desk->call->id, row);
	error = error < 0 ? error : desk_unit_reached(desk, row->unit_id);
	if (error < 0) {
		return error;
	}
	desk->answer_state = slice_str(name_id(&selfcheck_state_names, row->state));
	error = desk_version_same(desk, row->version);
	s->count = error < 0 ? error
			     : selfcheck_items_load(
				       desk->txn, row->id, s->items, SELFCHECK_ROWS_MAX);
	s->facts.actor_in_unit =
		desk->caller.unit_id != 0 && desk->caller.unit_id == row->unit_id;
	s->facts.over = desk->now_ms >= row->end_at_ms;
	return s->count < 0 ? s->count
			    : words_int(desk, "seconds", 0, SECONDS_MAX, 0, &row->seconds);
}

/* ---- what is wrong is reported */

/* Its first line, as far as a title goes. */
static struct slice title_of(struct slice note)
{
	struct slice line = note;
	struct slice rest = { 0 };
	size_t octets = 0;
	(void)slice_cut(note, '\n', &line, &rest);
	for (unsigned i = 0; i < TITLE_CHARS && octets < line.n; i++) {
		uint32_t ignored = 0;
		octets += utf8_next(slice_skip(line, octets), &ignored);
	}
	return slice_head(line, octets);
}

static struct slice report_text(struct desk *desk, const struct selfcheck_item_row *item)
{
	return arena_printf(desk->arena, "自查填报：%.*s\n%.*s", SLICE_FMT(item->text),
		SLICE_FMT(item->note));
}

static const struct json *report_body(
	struct desk *desk, const struct selfcheck_item_row *item, const struct json *said)
{
	AUTO_BUF struct buf text;
	struct jw jw;
	const struct json *body = NULL;
	buf_init(&text, 16 * 1024);
	jw_init(&jw, &text);
	jw_object(&jw);
	jw_kv_str(&jw, "title", title_of(item->note));
	jw_kv_str(&jw, "description", report_text(desk, item));
	if (json_type(json_get(said, "asset_id")) != JSON_ABSENT) {
		jw_key(&jw, "asset_id");
		jw_value(&jw, json_get(said, "asset_id"));
	}
	jw_end(&jw);
	struct slice kept = arena_dup(desk->arena, buf_slice(&text));
	return json_parse(desk->arena, kept, 0, &body, NULL) < 0 ? NULL : body;
}

/* Taken as known since it is answered: the unit's first report is this one. */
static int event_report(
	struct desk *desk, struct selfcheck_item_row *item, struct slice *ret_number)
{
	struct event_row row = { 0 };
	struct event_filing filing = { .unit_id = desk->caller.unit_id,
		.title = title_of(item->note),
		.place = SLICE("自查填报时未注明"),
		.known_at_ms = desk->now_ms,
		.course = report_text(desk, item),
		.source = SLICE("self_check"),
		.written = true };
	int error = event_asset_read(desk, &filing.asset_id);
	error = error < 0 ? error : event_file(desk, &filing, &row);
	item->event_id = row.id;
	*ret_number = row.number;
	return error;
}

static int hazard_report(struct desk *desk, struct selfcheck_item_row *item,
	const struct json *said, struct slice *ret_number)
{
	struct desk_call report = call_of(desk, report_body(desk, item, said));
	desk->call = &report;
	int error = finding_report_as(desk, item->finding_kind);
	item->finding_id = desk->answer_id;
	*ret_number = arena_printf(desk->arena, "H-%lld", (long long)item->finding_id);
	return error;
}

static int one_report(struct desk *desk, struct submission *s, int i)
{
	static const char *const whats[] = { "hazard", "event", NULL };
	struct selfcheck_item_row *item = &s->items[i];
	struct slice what = { 0 };
	struct slice number = { 0 };
	const struct desk_call *whole = desk->call;
	struct desk_call said = call_of(desk, s->said[i]);
	desk->call = &said;
	int error = words_choice(desk, "what", whats, "hazard", &what);
	error = error < 0                 ? error
		: slice_is(what, "event") ? event_report(desk, item, &number)
					  : hazard_report(desk, item, s->said[i], &number);
	desk->call = whole;
	if (error == 0) {
		buf_printf(
			&s->numbers, "%s%.*s", s->numbers.n > 0 ? "、" : "", SLICE_FMT(number));
	}
	return error;
}

/* ---- the same words again and again */

static int same_run(struct desk *desk, struct submission *s)
{
	struct slice texts[2 * SELFCHECK_ROWS_MAX];
	size_t count = 0;
	char hex[65];
	for (int i = 0; i < s->count; i++) {
		if (s->items[i].note.n > 0) {
			texts[count++] = s->items[i].note;
		}
		if (s->items[i].value.n > 0) {
			texts[count++] = s->items[i].value;
		}
	}
	s->row.same_run = 0;
	if (count == 0) {
		return 0; /* nothing to paste */
	}
	selfcheck_words_digest(texts, count, hex);
	s->row.words = arena_dup(desk->arena, slice_str(hex));
	s->row.same_run = 1;
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT words, same_run FROM selfcheck WHERE unit_id = $1 AND kind = $2"
		" AND first_day < $3 AND submitted_at_ms IS NOT NULL"
		" ORDER BY first_day DESC LIMIT 1",
		&q, SQL_INT(s->row.unit_id),
		SQL_STR(name_id(&selfcheck_kind_names, s->row.kind)),
		SQL_INT(s->row.first_day));
	found = found < 0 ? found : db_step(q);
	if (found == 1 && slice_eq(db_col_text(q, 0), s->row.words)) {
		s->row.same_run = db_col_int64(q, 1) + 1;
	}
	return found < 0 ? found : 0;
}

/* ---- kept */

static struct slice numbers_args(struct desk *desk, const struct submission *s)
{
	AUTO_BUF struct buf text;
	struct jw jw;
	buf_init(&text, 4096);
	jw_init(&jw, &text);
	jw_object(&jw);
	jw_kv_str(&jw, "outcome", s->row.outcome);
	jw_kv_bool(&jw, "late", s->row.late);
	if (s->numbers.n > 0) {
		jw_kv_str(&jw, "numbers", buf_slice(&s->numbers));
	}
	jw_end(&jw);
	return arena_dup(desk->arena, buf_slice(&text));
}

static int answers_keep(struct desk *desk, struct submission *s)
{
	int error = 0;
	for (int i = 0; i < s->count && error == 0; i++) {
		if (s->items[i].answer == SELFCHECK_SOME) {
			error = one_report(desk, s, i);
		}
	}
	error = error < 0 ? error : same_run(desk, s);
	int against =
		error < 0 ? error : selfcheck_against(desk->txn, &s->row, s->items, s->count);
	error = against < 0 ? against : 0;
	for (int i = 0; i < s->count && error == 0; i++) {
		error = selfcheck_item_save(desk->txn, &s->items[i]);
	}
	error = error < 0 ? error : selfcheck_row_save(desk->txn, &s->row);
	error = error < 0 ? error
			  : words_timeline(desk, "selfcheck", s->row.id, "selfcheck_submitted",
				    numbers_args(desk, s));
	if (error < 0) {
		return error;
	}
	bool same = s->row.same_run >= desk->env->policy->selfcheck.same_text;
	return against > 0 ? selfcheck_sample_begin(desk->txn, desk->env, &s->row,
				     SELFCHECK_SAMPLE_CONTRADICTION)
	       : same      ? selfcheck_sample_begin(
				     desk->txn, desk->env, &s->row, SELFCHECK_SAMPLE_SAME_TEXT)
		      : 0;
}

static int submit(struct desk *desk, struct submission *s)
{
	int error = submission_open(desk, s);
	error = error < 0 ? error : answers_read(desk, s);
	error = error < 0 ? error
			  : selfcheck_decide(desk, &s->row, &s->facts, SELFCHECK_ACT_SUBMIT);
	if (error < 0) {
		return error;
	}
	s->row.outcome = s->abnormal ? SLICE("abnormal") : SLICE("normal");
	s->row.submitted_at_ms = desk->now_ms;
	s->row.submitted_by = desk->caller.person_id;
	s->row.late = desk->now_ms > s->row.due_at_ms;
	error = answers_keep(desk, s);
	desk_audit(desk, "selfcheck.submit", "selfcheck", s->row.id, s->row.version,
		s->row.outcome);
	desk_answer(desk, s->row.id, s->row.version);
	desk->answer_number = arena_dup(desk->arena, buf_slice(&s->numbers));
	/* That it is looked at is the centre's matter; the unit has handed it in. */
	desk->answer_state = SLICE("submitted");
	return error;
}

int desk_selfcheck_submit(struct desk *desk)
{
	struct submission *s = arena_take(desk->arena, sizeof(*s));
	*s = (struct submission) { 0 };
	buf_init(&s->numbers, NUMBERS_OCTETS);
	int error = submit(desk, s);
	buf_fini(&s->numbers);
	return error;
}
