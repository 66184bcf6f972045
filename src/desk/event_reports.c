/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 初报, 续报, 终报.  What is not known yet is left out, 待查; what was handed in
 * stays as it is, and who has to correct himself writes one more.
 */
#include "desk/event_reports.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/utf8.h"
#include "desk/desk.h"
#include "desk/event_clocks.h"
#include "desk/event_parts.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/trail.h"
#include "workflow/event_clock.h"
#include "workflow/event_paper.h"

enum { FACT_MAX = 2000, FACTS_OCTETS_MAX = 64 * 1024, REASON_MAX = 500, FILES_MAX = 40 };

/* What may be said: article 7 and 8 of the national measures, and the forms of the education sector. */
static const struct {
	const char *name;
	bool final; /* a final report says it */
} fields[] = {
	{ "course", false },
	{ "effects", false },
	{ "measures", true },
	{ "trend", false },
	{ "cause", true },
	{ "clues", false },
	{ "plan", false },
	{ "help", false },
	{ "scene", false },
	{ "ransom_amount", false },
	{ "ransom_way", false },
	{ "ransom_date", false },
	{ "other", false },
	{ "harm", true },
	{ "responsibility", true },
	{ "rectification", true },
	{ "lessons", true },
};

enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

struct report {
	int64_t id; /* 0 = new */
	enum event_report_kind kind;
	enum event_report_state state;
	int64_t corrects_id;
	struct slice facts; /* JSON */
	int64_t by_id;
};

/* ---- what it says */

static int fact_read(struct desk *desk, const struct json *facts, size_t i, struct slice *ret)
{
	const struct json *value = json_get(facts, fields[i].name);
	struct slice text = slice_trim(json_str(value));
	enum json_type type = json_type(value);
	bool good = type == JSON_ABSENT || type == JSON_NULL || type == JSON_STRING;
	for (size_t at = 0; at < text.n; at++) {
		good = good && (text.p[at] >= 0x20 || text.p[at] == '\n') && text.p[at] != 0x7f;
	}
	if (!good || utf8_count(text) > FACT_MAX) {
		return desk_refuse(
			desk, E_INPUT, good ? "input.too_long" : "input.text", fields[i].name);
	}
	*ret = text;
	return 0;
}

static int facts_read(struct desk *desk, struct report *r)
{
	AUTO_BUF struct buf text;
	struct jw jw;
	const struct json *facts = json_get(desk->call->body, "facts");
	int error = 0;
	if (json_type(facts) == JSON_ABSENT) {
		return 0;
	}
	buf_init(&text, FACTS_OCTETS_MAX);
	jw_init(&jw, &text);
	jw_object(&jw);
	for (size_t i = 0; i < FIELDS && error == 0; i++) {
		struct slice value = { 0 };
		error = fact_read(desk, facts, i, &value);
		if (value.n > 0) {
			jw_kv_str(&jw, fields[i].name, value);
		}
	}
	jw_end(&jw);
	if (error == 0 && text.failed) {
		error = desk_refuse(desk, E_INPUT, "input.too_long", "facts");
	}
	r->facts = error == 0 ? arena_dup(desk->arena, buf_slice(&text)) : r->facts;
	return error;
}

static const struct json *facts_of(struct desk *desk, struct slice text)
{
	const struct json *root = NULL;
	return json_parse(desk->arena, text, 0, &root, NULL) < 0 ? NULL : root;
}

static bool complete(struct desk *desk, const struct report *r)
{
	const struct json *facts = facts_of(desk, r->facts);
	bool all = true;
	for (size_t i = 0; i < FIELDS; i++) {
		all = all && (!fields[i].final || json_get_str(facts, fields[i].name).n > 0);
	}
	return all;
}

/* Something the last one that was handed in did not say. */
static int news(
	struct desk *desk, const struct event_row *row, const struct report *r, bool *ret_news)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT facts FROM event_report WHERE event_id = $1 AND id <> $2"
		" AND submitted_at_ms IS NOT NULL ORDER BY submitted_at_ms DESC, id DESC LIMIT 1",
		&q, SQL_INT(row->id), SQL_INT(r->id));
	found = found < 0 ? found : db_step(q);
	if (found < 0) {
		return found;
	}
	const struct json *before =
		found == 1 ? facts_of(desk, arena_dup(desk->arena, db_col_text(q, 0))) : NULL;
	const struct json *now = facts_of(desk, r->facts);
	*ret_news = false;
	for (size_t i = 0; i < FIELDS; i++) {
		struct slice said = json_get_str(now, fields[i].name);
		*ret_news =
			*ret_news ||
			(said.n > 0 && !slice_eq(said, json_get_str(before, fields[i].name)));
	}
	return 0;
}

/* ---- load, decide, save */

static int report_load(
	struct desk *desk, const struct event_row *row, int64_t id, struct report *ret)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT kind, state, corrects_id, facts, by_id FROM event_report"
		" WHERE id = $1 AND event_id = $2",
		&q, SQL_INT(id), SQL_INT(row->id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	int kind = name_parse(&event_report_kind_names, db_col_text(q, 0));
	int state = name_parse(&event_report_state_names, db_col_text(q, 1));
	*ret = (struct report) { .id = id,
		.kind = (enum event_report_kind)kind,
		.state = (enum event_report_state)state,
		.corrects_id = db_col_int64(q, 2),
		.facts = arena_dup(desk->arena, db_col_text(q, 3)),
		.by_id = db_col_int64(q, 4) };
	return kind < 0 || state < 0 ? E_STORE : 0;
}

static int facts_load(struct desk *desk, const struct event_row *row, const struct report *r,
	struct event_report_facts *f)
{
	int64_t scans = 0;
	int found = sql_int(desk->db,
		"SELECT count(*) FROM attachment WHERE about = 'event' AND about_id = $1"
		" AND kind = 'final'",
		&scans, SQL_INT(row->id));
	*f = (struct event_report_facts) { .kind = r->kind,
		.state = r->state,
		.actor_may_write =
			desk->scope == SCOPE_ALL || desk->caller.unit_id == row->unit_id,
		.event_open = !event_terminal(row->state),
		.resolved = row->resolved_at_ms != 0,
		.correction = r->corrects_id != 0,
		.complete = complete(desk, r),
		.sealed = scans > 0 };
	return found < 0 ? found : news(desk, row, r, &f->news);
}

static int step(struct desk *desk, const struct event_row *row, struct report *r,
	enum event_report_act act, bool reason_given)
{
	struct event_report_facts facts;
	struct diag diag = { 0 };
	int error = facts_load(desk, row, r, &facts);
	facts.reason_given = reason_given;
	error = error < 0 ? error
			  : event_report_step(&facts, act, desk->caller.role, &r->state, &diag);
	return event_refuse(desk, error, &diag);
}

static int report_insert(struct desk *desk, const struct event_row *row, struct report *r)
{
	int64_t count = 0;
	bool in = r->state == EVENT_REPORT_SUBMITTED;
	bool proxy = desk->caller.unit_id != row->unit_id;
	int found = sql_int(desk->db,
		"SELECT count(*) FROM event_report WHERE event_id = $1 AND kind = $2", &count,
		SQL_INT(row->id), SQL_STR(name_id(&event_report_kind_names, r->kind)));
	if (found < 0) {
		return found;
	}
	r->id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO event_report (id, version, event_id, kind, seq, state, facts,"
		" corrects_id, by_proxy, by_id, at_ms, submitted_by, submitted_at_ms)"
		" VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		SQL_INT(r->id), SQL_INT(row->id),
		SQL_STR(name_id(&event_report_kind_names, r->kind)), SQL_INT(count + 1),
		SQL_STR(name_id(&event_report_state_names, r->state)), SQL_TEXT(r->facts),
		SQL_INT_OR_NULL(r->corrects_id), SQL_INT(proxy),
		SQL_INT(desk->caller.person_id), SQL_INT(desk->now_ms),
		SQL_INT_OR_NULL(in ? desk->caller.person_id : 0),
		SQL_INT_OR_NULL(in ? desk->now_ms : 0));
	return done < 0 ? (int)done : trail_row(desk->txn, "event_report", r->id);
}

static int report_save(struct desk *desk, const struct report *r)
{
	bool in = r->state == EVENT_REPORT_SUBMITTED;
	int64_t done = sql_run(desk->db,
		"UPDATE event_report SET version = version + 1, state = $2, facts = $3,"
		" submitted_by = coalesce($4, submitted_by),"
		" submitted_at_ms = coalesce($5, submitted_at_ms) WHERE id = $1",
		SQL_INT(r->id), SQL_STR(name_id(&event_report_state_names, r->state)),
		SQL_TEXT(r->facts), SQL_INT_OR_NULL(in ? desk->caller.person_id : 0),
		SQL_INT_OR_NULL(in ? desk->now_ms : 0));
	return done < 0 ? (int)done : trail_row(desk->txn, "event_report", r->id);
}

int event_first_report(
	struct desk *desk, const struct event_row *row, struct slice course, bool handed_in)
{
	AUTO_BUF struct buf text;
	struct jw jw;
	buf_init(&text, FACTS_OCTETS_MAX);
	jw_init(&jw, &text);
	jw_object(&jw);
	jw_kv_opt(&jw, "course", course);
	jw_end(&jw);
	struct report r = { .kind = EVENT_REPORT_INITIAL,
		.state = handed_in ? EVENT_REPORT_SUBMITTED : EVENT_REPORT_DRAFT,
		.facts =
			course.n > 0 ? arena_dup(desk->arena, buf_slice(&text)) : SLICE("{}") };
	return report_insert(desk, row, &r);
}

/* ---- handed in */

static int clocks_follow(struct desk *desk, const struct event_row *row, const struct report *r)
{
	struct txn *txn = desk->txn;
	int error = 0;
	if (r->corrects_id != 0) {
		return 0; /* it corrects what was said, and no clock asked for it */
	}
	switch (r->kind) {
	case EVENT_REPORT_INITIAL:
		return event_clock_meet(txn, row->id, EVENT_CLOCK_INITIAL, 0);
	case EVENT_REPORT_FINAL:
		return event_clock_meet(txn, row->id, EVENT_CLOCK_FINAL, 0);
	case EVENT_REPORT_FOLLOW_UP:
		error = event_clock_meet(txn, row->id, EVENT_CLOCK_FOLLOW_UP, 0);
		return error < 0 || !event_uncontained(row->state)
			       ? error
			       : event_clock_set(txn, desk->env, row, EVENT_CLOCK_FOLLOW_UP,
					 desk->now_ms);
	}
	return E_STATE;
}

static int handed_in(struct desk *desk, struct event_row *row, const struct report *r)
{
	struct event_word word = { .when = event_tell_list(row),
		.event = "report",
		.seq = r->id,
		.subject = arena_printf(desk->arena, "事件%s",
			name_text(&event_report_kind_names, r->kind, LANG_ZH)),
		.text = arena_printf(desk->arena, "已收到%s，请查看。",
			name_text(&event_report_kind_names, r->kind, LANG_ZH)) };
	int error = clocks_follow(desk, row, r);
	error = error < 0 ? error : event_tell(desk->txn, desk->env, row, &word);
	return error < 0
		       ? error
		       : event_done(desk, row, "event.report_submit",
				 r->corrects_id != 0 ? "report_corrected" : "report_submitted",
				 event_args(desk->txn, (struct slice) { 0 },
					 slice_str(
						 name_id(&event_report_kind_names, r->kind))));
}

static int written(struct desk *desk, struct event_row *row, const struct report *r)
{
	return r->state == EVENT_REPORT_SUBMITTED
		       ? handed_in(desk, row, r)
		       : event_done(desk, row, "event.report_edit", "report_written",
				 event_args(desk->txn, (struct slice) { 0 },
					 slice_str(
						 name_id(&event_report_kind_names, r->kind))));
}

static int corrected_read(struct desk *desk, const struct event_row *row, struct report *r)
{
	struct report other;
	int64_t id = 0;
	int error = words_id(desk, "corrects_id", WORDS_OPTIONAL, "event_report", &id);
	if (error < 0 || id == 0) {
		return error;
	}
	error = report_load(desk, row, id, &other);
	if (error == E_ABSENT) {
		return desk_refuse(desk, E_INPUT, "input.unknown", "corrects_id");
	}
	if (error == 0 && other.state != EVENT_REPORT_SUBMITTED &&
		other.state != EVENT_REPORT_ACCEPTED) {
		return desk_refuse(desk, E_STATE, "event.not_handed_in", "corrects_id");
	}
	r->corrects_id = id;
	r->kind = other.kind;
	return error;
}

/* There is one first and one final report; the rest are corrections of them. */
static int only_one(struct desk *desk, const struct event_row *row, const struct report *r)
{
	int64_t count = 0;
	if (r->kind == EVENT_REPORT_FOLLOW_UP || r->corrects_id != 0) {
		return 0;
	}
	int found = sql_int(desk->db,
		"SELECT count(*) FROM event_report WHERE event_id = $1 AND kind = $2"
		" AND corrects_id IS NULL",
		&count, SQL_INT(row->id), SQL_STR(name_id(&event_report_kind_names, r->kind)));
	return found < 0   ? found
	       : count > 0 ? desk_refuse(desk, E_EXISTS, "event.report_exists", "kind")
			   : 0;
}

int desk_event_report_put(struct desk *desk)
{
	static const char *const kinds[] = { "initial", "follow_up", "final", NULL };
	struct event_row row;
	struct report r = { .state = EVENT_REPORT_DRAFT, .facts = SLICE("{}") };
	struct slice kind = { 0 };
	int error = event_open(desk, &row);
	error = error < 0 ? error : words_choice(desk, "kind", kinds, "follow_up", &kind);
	if (error < 0) {
		return error;
	}
	r.kind = (enum event_report_kind)name_parse(&event_report_kind_names, kind);
	error = corrected_read(desk, &row, &r);
	error = error < 0 ? error : only_one(desk, &row, &r);
	error = error < 0 ? error : facts_read(desk, &r);
	bool submit = json_get_bool(desk->call->body, "submit", false);
	error = error < 0 ? error
			  : step(desk, &row, &r,
				    submit ? EVENT_REPORT_ACT_SUBMIT : EVENT_REPORT_ACT_EDIT,
				    false);
	error = error < 0 ? error : report_insert(desk, &row, &r);
	return error < 0 ? error : written(desk, &row, &r);
}

int desk_event_report_update(struct desk *desk)
{
	struct event_row row;
	struct report r;
	int error = event_open(desk, &row);
	error = error < 0 ? error : report_load(desk, &row, desk->call->sub, &r);
	error = error < 0 ? error : facts_read(desk, &r);
	bool submit = error == 0 && json_get_bool(desk->call->body, "submit", false);
	error = error < 0 ? error
			  : step(desk, &row, &r,
				    submit ? EVENT_REPORT_ACT_SUBMIT : EVENT_REPORT_ACT_EDIT,
				    false);
	error = error < 0 ? error : report_save(desk, &r);
	return error < 0 ? error : written(desk, &row, &r);
}

/* ---- accepted, or sent back */

static int settled_save(struct desk *desk, const struct report *r, struct slice reason)
{
	int64_t done = sql_run(desk->db,
		"UPDATE event_report SET version = version + 1, state = $2, settled_by = $3,"
		" settled_at_ms = $4, reason = $5 WHERE id = $1",
		SQL_INT(r->id), SQL_STR(name_id(&event_report_state_names, r->state)),
		SQL_INT(desk->caller.person_id), SQL_INT(desk->now_ms),
		SQL_TEXT_OR_NULL(reason));
	return done < 0 ? (int)done : trail_row(desk->txn, "event_report", r->id);
}

/* Who wrote it hears that it is not enough. */
static int returned_told(struct desk *desk, const struct event_row *row, const struct report *r)
{
	struct event_word word = { .when = "",
		.event = "report_returned",
		.seq = row->version + 1,
		.subject = arena_printf(desk->arena, "事件%s退回补正",
			name_text(&event_report_kind_names, r->kind, LANG_ZH)),
		.text = SLICE("报告需要补正，请登录查看意见后重新提交。") };
	return event_tell_person(desk->txn, desk->env, row, &word, r->by_id);
}

/* With its final report accepted the event is reported to the end; a correction changes nothing of that. */
static int final_follow(struct desk *desk, struct event_row *row, const struct report *r)
{
	struct event_facts facts;
	if (r->kind != EVENT_REPORT_FINAL || row->state != EVENT_RESOLVED) {
		return 0;
	}
	int error = event_facts_load(desk, row, &facts);
	return error < 0 ? error : event_decide(desk, row, &facts, EVENT_ACT_FINAL);
}

int desk_event_report_settle(struct desk *desk)
{
	static const char *const words[] = { "accept", "return", NULL };
	struct event_row row;
	struct report r;
	struct slice word = { 0 };
	struct slice reason = { 0 };
	int error = event_open(desk, &row);
	error = error < 0 ? error : report_load(desk, &row, desk->call->sub, &r);
	error = error < 0 ? error : words_choice(desk, "decision", words, NULL, &word);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_OPTIONAL, REASON_MAX, &reason);
	bool accept = slice_is(word, "accept");
	error = error < 0 ? error
			  : step(desk, &row, &r,
				    accept ? EVENT_REPORT_ACT_ACCEPT : EVENT_REPORT_ACT_RETURN,
				    words_enough(reason, EVENT_REASON_MIN));
	error = error < 0 ? error : settled_save(desk, &r, reason);
	error = error < 0 ? error
		: accept  ? final_follow(desk, &row, &r)
			  : returned_told(desk, &row, &r);
	return error < 0
		       ? error
		       : event_done(desk, &row,
				 accept ? "event.report_accept" : "event.report_return",
				 accept ? "report_accepted" : "report_returned",
				 event_args(desk->txn, reason,
					 slice_str(name_id(&event_report_kind_names, r.kind))));
}

/* ---- files */

static int file_admit(struct desk *desk, const struct event_row *row)
{
	int64_t count = 0;
	struct slice media = desk->call->upload_media;
	if (event_terminal(row->state)) {
		return desk_refuse(desk, E_STATE, "event.over", NULL);
	}
	if (!slice_is(media, "application/pdf") && !slice_is(media, "image/jpeg") &&
		!slice_is(media, "image/png")) {
		return desk_refuse(desk, E_INPUT, "upload.media", NULL);
	}
	int found = sql_int(desk->db,
		"SELECT count(*) FROM attachment WHERE about = 'event' AND about_id = $1",
		&count, SQL_INT(row->id));
	return found < 0            ? found
	       : count >= FILES_MAX ? desk_refuse(desk, E_LIMIT, "upload.too_many", NULL)
				    : 0;
}

int desk_event_upload(struct desk *desk)
{
	struct event_row row;
	int error = event_open(desk, &row);
	error = error < 0 ? error : file_admit(desk, &row);
	error = error < 0 ? error : words_file_name(desk, desk->call->upload_name);
	if (error < 0) {
		return error;
	}
	/* Once it is over, what comes is the final report under seal. */
	bool final = row.state == EVENT_RESOLVED;
	int64_t id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO attachment (id, version, about, about_id, round, kind, name, media,"
		" blob_id, by_id, by_proxy, at_ms) VALUES ($1, 1, 'event', $2, 0, $3, $4, $5, $6,"
		" $7, $8, $9)",
		SQL_INT(id), SQL_INT(row.id), SQL_STR(final ? "final" : "evidence"),
		SQL_TEXT(desk->call->upload_name), SQL_TEXT(desk->call->upload_media),
		SQL_INT(desk->call->upload_blob), SQL_INT(desk->caller.person_id),
		SQL_INT(desk->caller.unit_id != row.unit_id), SQL_INT(desk->now_ms));
	error = done < 0 ? (int)done : trail_row(desk->txn, "attachment", id);
	error = error < 0 ? error : txn_change(desk->txn, "event", row.id, row.version);
	error = error < 0 ? error
			  : words_timeline(desk, "event", row.id, "event_uploaded",
				    event_args(desk->txn, (struct slice) { 0 },
					    desk->call->upload_name));
	desk_audit(desk, "event.upload", "attachment", id, 1, (struct slice) { 0 });
	desk_answer(desk, id, 1);
	return error;
}
