/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/filings.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/deliver.h"
#include "desk/desk.h"
#include "desk/filing_contacts.h"
#include "desk/filing_row.h"
#include "desk/people.h"
#include "desk/record_papers.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/timer.h"

enum { REASON_MAX_CHARS = 500, NOTES_MAX_CHARS = 4000, TOLD_MAX = 20 };
/* A day that is past by less than this is today. */
#define DAY_MS INT64_C(86400000)
#define AHEAD_MAX_MS (366 * DAY_MS)

/* ---- reaching one */

static int open_row(struct desk *desk, struct filing_row *row)
{
	int error = filing_load(desk->txn, desk->call->id, row);
	error = error < 0 ? error : desk_unit_reached(desk, row->unit_id);
	if (error == 0) {
		desk->answer_state = slice_str(name_id(&filing_state_names, row->state));
	}
	return error < 0 ? error : desk_version_same(desk, row->version);
}

static struct slice reason_args(struct desk *desk, struct slice reason)
{
	AUTO_BUF struct buf text;
	struct jw jw;
	buf_init(&text, 8192);
	jw_init(&jw, &text);
	jw_object(&jw);
	jw_kv_opt(&jw, "reason", reason);
	jw_end(&jw);
	return arena_dup(desk->arena, buf_slice(&text));
}

static int done(
	struct desk *desk, struct filing_row *row, const char *code, struct slice reason)
{
	struct slice act = arena_printf(desk->arena, "filing.%s", code);
	struct slice line = arena_printf(desk->arena, "filing_%s", code);
	int error = filing_save(desk->txn, row);
	desk_audit(desk, (const char *)act.p, "filing", row->id, row->version, reason);
	desk_answer(desk, row->id, row->version);
	desk->answer_number = row->number;
	desk->answer_state = slice_str(name_id(&filing_state_names, row->state));
	return error < 0 ? error
			 : words_timeline(desk, "filing", row->id, (const char *)line.p,
				   reason_args(desk, reason));
}

/* Decide; the row's state moves. */
static int step(struct desk *desk, struct filing_row *row, struct filing_facts *facts,
	enum filing_act act, uint32_t *ret_effects)
{
	struct diag diag = { 0 };
	struct filing_outcome outcome = { 0 };
	int error = filing_step(facts, act, desk->caller.role, &outcome, &diag);
	if (error < 0) {
		struct slice code = arena_printf(desk->arena, "filing.%s", diag.source);
		return desk_refuse(desk, error, (const char *)code.p, NULL);
	}
	row->state = outcome.to;
	facts->state = outcome.to;
	*ret_effects = outcome.effects;
	return 0;
}

static int simple(struct desk *desk, enum filing_act act, struct filing_row *row,
	struct slice reason, uint32_t *ret_effects)
{
	struct filing_facts facts = { 0 };
	int error = open_row(desk, row);
	error = error < 0 ? error
			  : filing_facts(
				    desk->txn, desk->env, row, desk->caller.person_id, &facts);
	facts.reason_given = reason.n > 0;
	facts.warnings_taken = reason.n > 0;
	return error < 0 ? error : step(desk, row, &facts, act, ret_effects);
}

/* ---- who is told */

static int tell(struct desk *desk, const struct filing_row *row, int64_t person_id,
	const char *subject, struct slice text)
{
	struct slice event = arena_printf(desk->arena, "%s.%lld",
		name_id(&filing_state_names, row->state), (long long)row->version);
	struct slice body = arena_printf(desk->arena, "%.*s\n\n登录后查看：\n%s/filings/%lld\n",
		SLICE_FMT(text), desk->env->base_url, (long long)row->id);
	struct deliver_mail mail = { .person_id = person_id,
		.subject = slice_str(subject),
		.body = body,
		.about = "filing",
		.about_id = row->id,
		.event = (const char *)event.p };
	int put = person_id == 0 ? 0 : deliver_mail(desk->txn, &mail);
	return put < 0 ? put : 0;
}

static int tell_role(struct desk *desk, const struct filing_row *row, const char *role,
	int64_t unit_id, const char *subject, struct slice text)
{
	int64_t people[TOLD_MAX];
	int count = 0;
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT DISTINCT person_id FROM role_grant WHERE role = $1 AND valid_to_ms IS NULL"
		" AND ($2 = 0 OR unit_id = $2) ORDER BY person_id",
		&q, SQL_STR(role), SQL_INT(unit_id));
	while (found >= 0 && count < TOLD_MAX && (found = db_step(q)) == 1) {
		people[count++] = db_col_int64(q, 0);
	}
	int error = found < 0 ? found : 0;
	for (int i = 0; i < count && error == 0; i++) {
		error = people[i] == desk->caller.person_id
				? 0
				: tell(desk, row, people[i], subject, text);
	}
	return error;
}

static struct slice about(struct desk *desk, const struct filing_row *row, const char *what)
{
	struct slice unit = { 0 };
	struct slice person = { 0 };
	if (filing_names(desk->txn, row, &unit, &person) < 0) {
		return slice_str(what);
	}
	return arena_printf(desk->arena, "%.*s：%.*s任%s，%s", SLICE_FMT(unit),
		SLICE_FMT(person), name_text(&post_names, row->post, LANG_ZH), what);
}

/* ---- asking */

/* Who holds the post now, if just one does: he goes, unless it is said otherwise. */
static int outgoing_take(struct desk *desk, struct filing_row *row)
{
	int64_t named = 0;
	int64_t holds = 0;
	int error = words_id(desk, "outgoing_id", WORDS_OPTIONAL, "person", &named);
	if (error < 0 || named == 0) {
		return error;
	}
	int found = sql_int(desk->db,
		"SELECT 1 FROM role_grant WHERE person_id = $1 AND unit_id = $2 AND role = $3"
		" AND valid_to_ms IS NULL LIMIT 1",
		&holds, SQL_INT(named), SQL_INT(row->unit_id),
		SQL_STR(name_id(&role_names, post_role(row->post))));
	row->outgoing_id = named;
	return found == 0  ? desk_refuse(desk, E_INPUT, "filing.not_in_post", "outgoing_id")
	       : found < 0 ? found
			   : 0;
}

static int day_take(struct desk *desk, struct filing_row *row)
{
	int64_t otherwise = row->effective_at_ms != 0 ? row->effective_at_ms : desk->now_ms;
	return words_int(desk, "effective_at", desk->now_ms - 30 * DAY_MS,
		desk->now_ms + AHEAD_MAX_MS, otherwise, &row->effective_at_ms);
}

static int body_take(struct desk *desk, struct filing_row *row)
{
	int64_t person_id = row->person_id;
	struct slice reason = { 0 };
	int error = words_id(desk, "person_id", WORDS_OPTIONAL, "person", &person_id);
	person_id = person_id == 0 ? row->person_id : person_id;
	error = error < 0 ? error
			  : words_text(desk, "reason",
				    row->id == 0 ? WORDS_REQUIRED : WORDS_OPTIONAL,
				    REASON_MAX_CHARS, &reason);
	error = error < 0 ? error : day_take(desk, row);
	error = error < 0 ? error : outgoing_take(desk, row);
	error = error < 0 ? error
			  : person_of_body(desk, person_id, row->unit_id, &row->person_id);
	row->reason = reason.n > 0 ? reason : row->reason;
	return error;
}

/* One post is not asked for twice at a time. */
static int alone_check(struct desk *desk, const struct filing_row *row)
{
	int64_t other = 0;
	int found = sql_int(desk->db,
		"SELECT id FROM filing WHERE unit_id = $1 AND post = $2 AND id <> $3 AND state IN"
		" ('draft', 'submitted', 'verifying', 'approved', 'returned') ORDER BY id LIMIT 1",
		&other, SQL_INT(row->unit_id), SQL_STR(name_id(&post_names, row->post)),
		SQL_INT(row->id));
	return found <= 0 ? found : desk_refuse(desk, E_EXISTS, "filing.running", "post");
}

int desk_filing_create(struct desk *desk)
{
	static const char *const posts[] = { "officer", "specialist", "leader", "backup",
		NULL };
	struct filing_row row = { .made_by = desk->caller.person_id,
		.made_at_ms = desk->now_ms };
	struct slice post = { 0 };
	int64_t living = 0;
	int error = words_choice(desk, "post", posts, NULL, &post);
	error = error < 0 ? error
			  : words_id(desk, "unit_id", WORDS_OPTIONAL, "unit", &row.unit_id);
	row.unit_id = row.unit_id != 0 ? row.unit_id : desk->caller.unit_id;
	error = error < 0 ? error : desk_unit_reached(desk, row.unit_id);
	if (error < 0) {
		return error;
	}
	row.post = (enum post)name_parse(&post_names, post);
	int found =
		sql_int(desk->db, "SELECT 1 FROM unit WHERE id = $1 AND valid_to_ms IS NULL",
			&living, SQL_INT(row.unit_id));
	if (found <= 0) {
		return found < 0 ? found
				 : desk_refuse(desk, E_INPUT, "input.unknown", "unit_id");
	}
	error = alone_check(desk, &row);
	error = error < 0 ? error : body_take(desk, &row);
	return error < 0 ? error : done(desk, &row, "create", (struct slice) { 0 });
}

int desk_filing_update(struct desk *desk)
{
	struct filing_row row = { 0 };
	int error = open_row(desk, &row);
	if (error == 0 && row.state != FILING_DRAFT && row.state != FILING_RETURNED) {
		error = desk_refuse(desk, E_STATE, "filing.no_such_step", NULL);
	}
	error = error < 0 ? error : body_take(desk, &row);
	return error < 0 ? error : done(desk, &row, "update", (struct slice) { 0 });
}

/* ---- through the unit */

static int tested_from_now(struct desk *desk, struct filing_row *row, uint32_t effects)
{
	bool begins = (effects & FILING_EFFECT_TEST) != 0;
	return begins ? contact_tests_begin(desk->txn, desk->env, row) : 0;
}

int desk_filing_submit(struct desk *desk)
{
	struct filing_row row = { 0 };
	struct filing_facts facts = { 0 };
	uint32_t effects = 0;
	int error = open_row(desk, &row);
	error = error < 0 ? error
			  : filing_facts(
				    desk->txn, desk->env, &row, desk->caller.person_id, &facts);
	error = error < 0 ? error : step(desk, &row, &facts, FILING_ACT_SUBMIT, &effects);
	row.submitted_at_ms = desk->now_ms;
	row.returned_reason = (struct slice) { 0 };
	bool head = desk->caller.role == ROLE_UNIT_HEAD;
	if (error == 0 && head) {
		error = step(desk, &row, &facts, FILING_ACT_SIGN, &effects);
		row.signed_by = desk->caller.person_id;
		row.signed_at_ms = desk->now_ms;
	}
	error = error < 0 ? error : done(desk, &row, "submit", (struct slice) { 0 });
	error = error < 0 ? error : filing_form_paper(desk->txn, desk->env, &row);
	error = error < 0 ? error : tested_from_now(desk, &row, effects);
	if (error == 0 && !head) {
		error = tell_role(desk, &row, "unit_head", row.unit_id, "【备案待签字】",
			about(desk, &row, "请签字；也可交盖章的任命表。"));
	}
	return error < 0 ? error
			 : tell_role(desk, &row, "operator", 0, "【备案申请】",
				   about(desk, &row, "已提交备案。"));
}

int desk_filing_sign(struct desk *desk)
{
	struct filing_row row = { 0 };
	uint32_t effects = 0;
	int error = simple(desk, FILING_ACT_SIGN, &row, (struct slice) { 0 }, &effects);
	row.signed_by = desk->caller.person_id;
	row.signed_at_ms = desk->now_ms;
	error = error < 0 ? error : done(desk, &row, "sign", (struct slice) { 0 });
	return error < 0 ? error : tested_from_now(desk, &row, effects);
}

int desk_filing_accept(struct desk *desk)
{
	struct filing_row row = { 0 };
	uint32_t effects = 0;
	int error = simple(desk, FILING_ACT_ACCEPT_FORM, &row, (struct slice) { 0 }, &effects);
	row.form_by = desk->caller.person_id;
	error = error < 0 ? error : done(desk, &row, "accept_form", (struct slice) { 0 });
	return error < 0 ? error : tested_from_now(desk, &row, effects);
}

int desk_filing_return(struct desk *desk)
{
	struct filing_row row = { 0 };
	struct slice reason = { 0 };
	uint32_t effects = 0;
	int error = words_text(desk, "reason", WORDS_OPTIONAL, REASON_MAX_CHARS, &reason);
	error = error < 0 ? error : simple(desk, FILING_ACT_RETURN, &row, reason, &effects);
	if (error < 0) {
		return error;
	}
	/* A number once given stays with it; what was promised must be promised again. */
	row.returned_reason = reason;
	row.signed_by = 0;
	row.signed_at_ms = 0;
	row.form_by = 0;
	row.approved_by = 0;
	row.approved_at_ms = 0;
	int64_t gone = timer_cancel(desk->txn, "filing", row.id, NULL);
	error = gone < 0 ? (int)gone : done(desk, &row, "return", reason);
	return error < 0 ? error
			 : tell(desk, &row, row.made_by, "【备案退回补正】",
				   about(desk, &row, "被退回补正，请登录查看理由。"));
}

int desk_filing_withdraw(struct desk *desk)
{
	struct filing_row row = { 0 };
	uint32_t effects = 0;
	int error = simple(desk, FILING_ACT_WITHDRAW, &row, (struct slice) { 0 }, &effects);
	row.ended_at_ms = desk->now_ms;
	return error < 0 ? error : done(desk, &row, "withdraw", (struct slice) { 0 });
}

/* ---- by the centre */

static int number_take(struct desk *desk, struct filing_row *row)
{
	struct civil today = civil_of_ms(desk->now_ms, CIVIL_CHINA_OFFSET_MIN);
	int64_t number = 0;
	if (row->number.n > 0) {
		return 0; /* returned after it was filed once */
	}
	int error = txn_number(desk->txn, "filing", today.year, &number);
	row->number = arena_printf(
		desk->arena, "网安备案 %d-%03lld", (int)today.year, (long long)number);
	return error;
}

int desk_filing_approve(struct desk *desk)
{
	struct filing_row row = { 0 };
	struct slice reason = { 0 };
	uint32_t effects = 0;
	int error = words_text(desk, "reason", WORDS_OPTIONAL, REASON_MAX_CHARS, &reason);
	error = error < 0 ? error : simple(desk, FILING_ACT_APPROVE, &row, reason, &effects);
	error = error < 0 ? error : number_take(desk, &row);
	if (error < 0) {
		return error;
	}
	row.warned = reason;
	row.approved_by = desk->caller.person_id;
	row.approved_at_ms = desk->now_ms;
	error = done(desk, &row, "approve", reason);
	struct timer timer = { .kind = SLICE("filing.effective"),
		.record_kind = SLICE("filing"),
		.record_id = row.id,
		.seq = row.version,
		.fire_at_ms =
			row.effective_at_ms > desk->now_ms ? row.effective_at_ms : desk->now_ms,
		.trace = txn_trace(desk->txn) };
	error = error < 0 ? error : timer_set(desk->txn, &timer);
	error = error < 0 ? error : filing_form_paper(desk->txn, desk->env, &row);
	struct slice said =
		arena_printf(desk->arena, "已备案，备案号 %.*s。", SLICE_FMT(row.number));
	struct slice text = about(desk, &row, (const char *)said.p);
	error = error < 0 ? error : tell(desk, &row, row.person_id, "【备案回执】", text);
	return error < 0
		       ? error
		       : tell_role(desk, &row, "unit_head", row.unit_id, "【备案回执】", text);
}

/* ---- both at the hand-over */

int desk_filing_hand_over(struct desk *desk)
{
	struct filing_row row = { 0 };
	struct slice notes = { 0 };
	int error = open_row(desk, &row);
	error = error < 0 ? error
			  : words_text(desk, "notes", WORDS_OPTIONAL, NOTES_MAX_CHARS, &notes);
	if (error < 0) {
		return error;
	}
	if (row.state != FILING_APPROVED && row.state != FILING_EFFECTIVE) {
		return desk_refuse(desk, E_STATE, "filing.no_such_step", NULL);
	}
	bool gives = desk->caller.person_id == row.outgoing_id;
	bool receives = desk->caller.person_id == row.person_id;
	if (!gives && !receives) {
		return desk_refuse(desk, E_DENIED, "filing.not_party", NULL);
	}
	if (gives) {
		row.notes = notes.n > 0 ? notes : row.notes;
		row.given_at_ms = desk->now_ms;
	} else {
		row.received_at_ms = desk->now_ms;
	}
	return done(desk, &row, gives ? "give" : "receive", (struct slice) { 0 });
}
