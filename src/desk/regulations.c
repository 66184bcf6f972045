/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/regulations.h"

#include "base/arena.h"
#include "base/civil.h"
#include "base/diag.h"
#include "base/digest.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/patch.h"
#include "desk/policies.h"
#include "desk/regulation_row.h"
#include "desk/staffing_load.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/timer.h"
#include "records/trail.h"
#include "workflow/policy.h"
#include "workflow/regulation.h"

enum { TITLE_MAX = 120, NOTE_MAX = 1000, WORD_MAX = 120, REASON_MAX = 500, OPEN_MAX = 20 };
/* A regulation is often written down after its day; a date further off is a slip. */
#define DATE_SPAN_MS (INT64_C(10) * 366 * CIVIL_DAY_MS)

static int row_open(struct desk *desk, struct regulation_row *row)
{
	int error = regulation_row_load(desk->txn, desk->call->id, row);
	desk->answer_state = error < 0
				     ? (struct slice) { 0 }
				     : slice_str(name_id(&regulation_state_names, row->state));
	return error < 0 ? error : desk_version_same(desk, row->version);
}

static bool is_complete(const struct desk *desk, struct slice text)
{
	struct policy policy;
	struct diag_list mistakes;
	diag_list_init(&mistakes);
	bool complete = policy_parse_over(text, desk->env->policy, &policy, &mistakes) == 0;
	diag_list_fini(&mistakes);
	return complete;
}

static int decide(struct desk *desk, struct regulation_row *row, enum regulation_act act,
	struct regulation_facts *facts)
{
	struct diag diag = { 0 };
	int64_t latest = 0;
	int found = policy_in_force_id(desk->db, &latest);
	int error = found < 0 ? found : staffing_load(desk->txn, &facts->staffing);
	facts->state = row->state;
	facts->complete = is_complete(desk, row->text);
	facts->base_current = latest == row->base_id;
	facts->author_acts = row->author_id == desk->caller.person_id;
	error = error < 0 ? error
			  : regulation_step(facts, act, desk->caller.role, &row->state, &diag);
	if (error < 0 && diag.source[0] != '\0') {
		struct slice code = arena_printf(desk->arena, "regulation.%s", diag.source);
		return desk_refuse(desk, error, (const char *)code.p, NULL);
	}
	return error;
}

static int done(struct desk *desk, struct regulation_row *row, const char *act,
	const char *code, struct slice reason)
{
	desk_audit(desk, act, "regulation", row->id, row->version, reason);
	desk_answer(desk, row->id, row->version);
	desk->answer_state = slice_str(name_id(&regulation_state_names, row->state));
	return words_timeline(desk, "regulation", row->id, code, (struct slice) { 0 });
}

/* ---- writing */

static int base_take(struct desk *desk, struct regulation_row *row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT id, edition, text FROM policy_version WHERE subject = $1"
		" ORDER BY edition DESC LIMIT 1",
		&q, SQL_STR("policy"));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found : desk_refuse(desk, E_STATE, "regulation.base", NULL);
	}
	struct civil today = civil_of_ms(desk->now_ms, CIVIL_CHINA_OFFSET_MIN);
	row->base_id = db_col_int64(q, 0);
	row->text = arena_dup(desk->arena, db_col_text(q, 2));
	row->name = arena_printf(desk->arena, "school-%d-v%lld", (int)today.year,
		(long long)db_col_int64(q, 1) + 1);
	return 0;
}

static int words_read(struct desk *desk, struct regulation_row *row)
{
	int error = 0;
	if (row->version == 0 || patch_given(desk, "title")) {
		error = words_text(desk, "title", WORDS_REQUIRED, TITLE_MAX, &row->title);
	}
	if (error == 0 && patch_given(desk, "note")) {
		error = words_text(desk, "note", WORDS_OPTIONAL, NOTE_MAX, &row->note);
	}
	return error < 0 ? error : regulation_text_apply(desk, row);
}

int desk_regulation_create(struct desk *desk)
{
	struct regulation_row row = { .state = REGULATION_DRAFT,
		.author_id = desk->caller.person_id,
		.created_at_ms = desk->now_ms };
	int64_t open = 0;
	int found = sql_int(desk->db,
		"SELECT count(*) FROM regulation WHERE state IN ('draft', 'consulting')"
		" AND id > $1",
		&open, SQL_INT(0));
	if (found < 0 || open >= OPEN_MAX) {
		return found < 0 ? found : desk_refuse(desk, E_STATE, "regulation.full", NULL);
	}
	int error = base_take(desk, &row);
	error = error < 0 ? error : words_read(desk, &row);
	if (error < 0) {
		return error;
	}
	row.id = txn_id(desk->txn);
	row.version = 1;
	error = regulation_row_insert(desk->txn, &row);
	return error < 0 ? error : done(desk, &row, "regulation.create", "created", row.note);
}

int desk_regulation_update(struct desk *desk)
{
	struct regulation_row row;
	struct regulation_facts facts = { 0 };
	int error = row_open(desk, &row);
	error = error < 0 ? error : decide(desk, &row, REGULATION_ACT_EDIT, &facts);
	error = error < 0 ? error : words_read(desk, &row);
	error = error < 0 ? error : regulation_row_save(desk->txn, &row);
	return error < 0
		       ? error
		       : done(desk, &row, "regulation.update", "updated", (struct slice) { 0 });
}

/* ---- steps */

static int step(struct desk *desk, enum regulation_act act, const char *name, const char *code)
{
	struct regulation_row row;
	struct regulation_facts facts = { 0 };
	struct slice reason = { 0 };
	int error = row_open(desk, &row);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_OPTIONAL, REASON_MAX, &reason);
	facts.reason_given = words_enough(reason, REGULATION_REASON_MIN);
	error = error < 0 ? error : decide(desk, &row, act, &facts);
	error = error < 0 ? error : regulation_row_save(desk->txn, &row);
	int64_t ended = error < 0 ? error : timer_cancel(desk->txn, "regulation", row.id, NULL);
	return ended < 0 ? (int)ended : done(desk, &row, name, code, reason);
}

int desk_regulation_consult(struct desk *desk)
{
	return step(desk, REGULATION_ACT_CONSULT, "regulation.consult", "consulting");
}

int desk_regulation_recall(struct desk *desk)
{
	return step(desk, REGULATION_ACT_RECALL, "regulation.recall", "recalled");
}

int desk_regulation_drop(struct desk *desk)
{
	return step(desk, REGULATION_ACT_DROP, "regulation.drop", "dropped");
}

static int adoption_read(struct desk *desk, struct regulation_row *row)
{
	int error = words_text(
		desk, "document_number", WORDS_OPTIONAL, WORD_MAX, &row->document_number);
	error = error < 0
			? error
			: words_text(desk, "meeting", WORDS_OPTIONAL, WORD_MAX, &row->meeting);
	error = error < 0 ? error
			  : words_text(desk, "decided_by", WORDS_OPTIONAL, WORD_MAX,
				    &row->decided_by);
	return error < 0 ? error
			 : words_int(desk, "effective_at", desk->now_ms - DATE_SPAN_MS,
				   desk->now_ms + DATE_SPAN_MS, 0, &row->effective_at_ms);
}

int desk_regulation_adopt(struct desk *desk)
{
	struct regulation_row row;
	struct regulation_facts facts = { 0 };
	int error = row_open(desk, &row);
	error = error < 0 ? error : adoption_read(desk, &row);
	facts.numbered =
		row.document_number.n > 0 && row.decided_by.n > 0 && row.effective_at_ms != 0;
	error = error < 0 ? error : decide(desk, &row, REGULATION_ACT_ADOPT, &facts);
	if (error < 0) {
		return error;
	}
	row.adopted_by = desk->caller.person_id;
	row.adopted_at_ms = desk->now_ms;
	struct timer timer = { .kind = SLICE("regulation.enter"),
		.record_kind = SLICE("regulation"),
		.record_id = row.id,
		.seq = txn_id(desk->txn),
		.fire_at_ms =
			row.effective_at_ms > desk->now_ms ? row.effective_at_ms : desk->now_ms,
		.trace = txn_trace(desk->txn) };
	error = regulation_row_save(desk->txn, &row);
	error = error < 0 ? error : timer_set(desk->txn, &timer);
	return error < 0 ? error
			 : done(desk, &row, "regulation.adopt", "adopted", row.document_number);
}

/* ---- coming into force */

static int system_line(struct txn *txn, int64_t id, const char *code)
{
	int64_t line = sql_run(txn_db(txn),
		"INSERT INTO timeline (id, kind, record_id, at_ms, code, args, role)"
		" VALUES ($1, 'regulation', $2, $3, $4, '{}', 'system')",
		SQL_INT(txn_id(txn)), SQL_INT(id), SQL_INT(txn_now_ms(txn)), SQL_STR(code));
	return line < 0 ? (int)line : 0;
}

static int before_end(struct txn *txn)
{
	struct regulation_row row;
	struct regulation_facts facts = { .state = REGULATION_IN_FORCE };
	int64_t id = 0;
	int found = sql_int(txn_db(txn), "SELECT id FROM regulation WHERE state = $1", &id,
		SQL_STR(name_id(&regulation_state_names, REGULATION_IN_FORCE)));
	if (found <= 0) {
		return found;
	}
	int error = regulation_row_load(txn, id, &row);
	error = error < 0 ? error
			  : regulation_step(&facts, REGULATION_ACT_SUPERSEDE, ROLE_SYSTEM,
				    &row.state, txn_diag(txn));
	row.ended_at_ms = txn_now_ms(txn);
	error = error < 0 ? error : regulation_row_save(txn, &row);
	return error < 0 ? error : system_line(txn, id, "superseded");
}

static int version_put(struct txn *txn, struct regulation_row *row)
{
	char hex[2 * DIGEST_OCTETS + 1];
	struct digest digest = digest_of(DIGEST_SM3, row->text);
	int64_t edition = 0;
	int64_t previous = 0;
	int found = sql_int(txn_db(txn),
		"SELECT max(edition) FROM policy_version WHERE subject = $1", &edition,
		SQL_STR("policy"));
	found = found < 0 ? found : policy_in_force_id(txn_db(txn), &previous);
	if (found < 0) {
		return found;
	}
	digest_hex(&digest, hex);
	row->policy_id = txn_id(txn);
	int64_t put = sql_run(txn_db(txn),
		"INSERT INTO policy_version (id, version, kind, subject, name, edition, sm3, text,"
		" adopted_at_ms, adopted_by, previous_id, regulation_id)"
		" VALUES ($1, 1, 'policy', 'policy', $2, $3, $4, $5, $6, $7, $8, $9)",
		SQL_INT(row->policy_id), SQL_TEXT(row->name), SQL_INT(edition + 1),
		SQL_STR(hex), SQL_TEXT(row->text), SQL_INT(txn_now_ms(txn)),
		SQL_INT_OR_NULL(row->adopted_by), SQL_INT_OR_NULL(previous), SQL_INT(row->id));
	return put < 0 ? (int)put : trail_row(txn, "policy_version", row->policy_id);
}

int regulation_timer(struct txn *txn, const struct timer *timer)
{
	struct regulation_row row;
	int error = regulation_row_load(txn, timer->record_id, &row);
	if (error < 0 || row.state != REGULATION_ADOPTED) {
		return error == E_ABSENT ? 0 : error;
	}
	struct regulation_facts facts = { .state = row.state };
	error = before_end(txn);
	error = error < 0 ? error
			  : regulation_step(&facts, REGULATION_ACT_ENTER, ROLE_SYSTEM,
				    &row.state, txn_diag(txn));
	error = error < 0 ? error : version_put(txn, &row);
	row.entered_at_ms = txn_now_ms(txn);
	error = error < 0 ? error : regulation_row_save(txn, &row);
	error = error < 0 ? error : system_line(txn, row.id, "in_force");
	trail_act(txn, &(struct trail_act) { .act = SLICE("regulation.enter"),
			       .kind = SLICE("regulation"),
			       .id = row.id,
			       .version = row.version,
			       .reason = row.document_number });
	return error;
}
