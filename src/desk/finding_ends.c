/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/finding_ends.h"

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/desk.h"
#include "desk/events.h"
#include "desk/finding_act.h"
#include "desk/finding_recur.h"
#include "desk/remarks.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/timer.h"
#include "records/trail.h"

enum { REASON_MAX = 500 };

/* ---- into another */

static int target_load(struct desk *desk, const struct finding_row *row,
	struct finding_row *target, struct finding_facts *facts)
{
	int64_t id = 0;
	int error = words_id(desk, "target_id", WORDS_REQUIRED, "finding", &id);
	error = error < 0 ? error : finding_row_load(desk->txn, id, target);
	if (error == 0 && desk_unit_reached(desk, target->unit_id) < 0) {
		return desk_refuse(desk, E_INPUT, "input.unknown", "target_id");
	}
	facts->target_open = error == 0 && id != row->id && finding_open(target->state);
	return error;
}

static int into_another(
	struct desk *desk, enum finding_act act, const char *name, const char *code)
{
	struct finding_row row = { 0 };
	struct finding_row target = { 0 };
	struct finding_facts facts = { 0 };
	struct finding_outcome outcome = { 0 };
	int error = finding_open_row(desk, &row);
	error = error < 0 ? error : target_load(desk, &row, &target, &facts);
	error = error < 0 ? error : finding_decide(desk, &row, act, &facts, &outcome);
	if (error < 0) {
		return error;
	}
	row.state = outcome.to;
	row.target_id = target.id;
	row.handled_at_ms = desk->now_ms;
	row.notice_id = 0;
	finding_judged(desk, &row);
	error = finding_row_save(desk->txn, &row);
	struct slice args = arena_printf(desk->arena, "{\"finding\":%lld}", (long long)row.id);
	error = error < 0 ? error
			  : words_timeline(desk, "finding", target.id,
				    act == FINDING_ACT_MERGE ? "merged_here" : "repeated_by",
				    args);
	error = error < 0 ? error : txn_change(desk->txn, "finding", target.id, 0);
	desk_audit(desk, name, "finding", row.id, row.version,
		arena_printf(desk->arena, "H-%lld", (long long)target.id));
	desk_answer(desk, row.id, row.version);
	desk->answer_state = slice_str(name_id(&finding_state_names, row.state));
	return error < 0 ? error
			 : words_timeline(desk, "finding", row.id, code,
				   arena_printf(desk->arena, "{\"finding\":%lld}",
					   (long long)target.id));
}

int desk_finding_duplicate(struct desk *desk)
{
	return into_another(desk, FINDING_ACT_DUPLICATE, "finding.duplicate", "duplicate");
}

int desk_finding_merge(struct desk *desk)
{
	return into_another(desk, FINDING_ACT_MERGE, "finding.merge", "merged");
}

/* ---- an event */

static int reason_read(struct desk *desk, struct finding_facts *facts, struct slice *ret_reason)
{
	int error = words_text(desk, "reason", WORDS_REQUIRED, REASON_MAX, ret_reason);
	facts->reason_given = words_enough(*ret_reason, FINDING_REASON_MIN);
	return error;
}

/* The event begins with what the finding knows; since when it is known as one is said with the act. */
static int event_of(struct desk *desk, const struct finding_row *row)
{
	struct event_row event;
	struct event_filing filing = { .unit_id = row->unit_id,
		.title = row->title,
		.asset_id = row->asset_id,
		.place = arena_printf(desk->arena, "隐患 H-%lld", (long long)row->id),
		.course = row->description,
		.source = SLICE("finding"),
		.finding_id = row->id };
	if (row->unit_id == 0) {
		return desk_refuse(desk, E_INPUT, "finding.unit_known", NULL);
	}
	int error = words_int(desk, "known_at", row->found_at_ms - CIVIL_DAY_MS, desk->now_ms,
		desk->now_ms, &filing.known_at_ms);
	return error < 0 ? error : event_file(desk, &filing, &event);
}

int desk_finding_transfer(struct desk *desk)
{
	struct finding_row row = { 0 };
	struct finding_facts facts = { 0 };
	struct finding_outcome outcome = { 0 };
	struct slice reason = { 0 };
	int error = finding_open_row(desk, &row);
	error = error < 0 ? error : reason_read(desk, &facts, &reason);
	error = error < 0 ? error
			  : finding_decide(desk, &row, FINDING_ACT_TRANSFER, &facts, &outcome);
	if (error < 0) {
		return error;
	}
	row.state = outcome.to;
	row.reason = reason;
	row.handled_at_ms = desk->now_ms;
	row.notice_id = 0;
	finding_judged(desk, &row);
	error = finding_row_save(desk->txn, &row);
	error = error < 0 ? error : event_of(desk, &row);
	return error < 0 ? error
			 : finding_done(desk, &row, "finding.transfer", "transferred", reason);
}

/* ---- looked at again */

int desk_finding_review(struct desk *desk)
{
	static const char *const words[] = { "keep", "revive", NULL };
	struct finding_row row = { 0 };
	struct finding_facts facts = { 0 };
	struct finding_outcome outcome = { 0 };
	struct slice reason = { 0 };
	struct slice word = { 0 };
	int error = finding_open_row(desk, &row);
	error = error < 0 ? error : words_choice(desk, "decision", words, NULL, &word);
	error = error < 0 ? error : reason_read(desk, &facts, &reason);
	bool keep = slice_is(word, "keep");
	enum finding_act act = keep ? FINDING_ACT_KEEP : FINDING_ACT_REVIVE;
	error = error < 0 ? error : finding_decide(desk, &row, act, &facts, &outcome);
	if (error < 0) {
		return error;
	}
	row.state = outcome.to;
	finding_judged(desk, &row);
	if (keep) {
		row.reason = reason;
		error = finding_review_set(desk->txn, desk->env, &row);
	} else {
		int64_t gone = timer_cancel(desk->txn, "finding", row.id, NULL);
		error = gone < 0 ? (int)gone : 0;
		row.review_at_ms = 0;
		row.review_due = false;
		row.false_by = 0;
		row.handled_at_ms = 0;
	}
	error = error < 0 ? error : finding_row_save(desk->txn, &row);
	return error < 0 ? error
			 : finding_done(desk, &row, "finding.review",
				   keep ? "false_kept" : "revived", reason);
}

int desk_finding_recheck(struct desk *desk)
{
	struct finding_row row = { 0 };
	struct slice note = { 0 };
	int64_t id = 0;
	int error = finding_open_row(desk, &row);
	error = error < 0 ? error : words_text(desk, "note", WORDS_REQUIRED, REASON_MAX, &note);
	if (error < 0) {
		return error;
	}
	int found = sql_int(desk->db,
		"SELECT id FROM recheck WHERE finding_id = $1 AND state = 'todo'"
		" ORDER BY id LIMIT 1",
		&id, SQL_INT(row.id));
	if (found <= 0) {
		return found < 0
			       ? found
			       : desk_refuse(desk, E_STATE, "finding.nothing_to_recheck", NULL);
	}
	bool seen = json_get_bool(desk->call->body, "seen", false);
	int64_t done = sql_run(desk->db,
		"UPDATE recheck SET version = version + 1, state = $2, at_ms = $3, note = $4,"
		" by_id = $5 WHERE id = $1",
		SQL_INT(id), SQL_STR(seen ? "seen" : "gone"), SQL_INT(desk->now_ms),
		SQL_TEXT(note), SQL_INT(desk->caller.person_id));
	error = done < 0 ? (int)done : trail_row(desk->txn, "recheck", id);
	if (error == 0) {
		error = seen && row.state == FINDING_CLOSED ? finding_reopen(desk->txn, &row)
							    : finding_row_save(desk->txn, &row);
	}
	return error < 0 ? error
			 : finding_done(desk, &row, "finding.recheck",
				   seen ? "recheck_seen" : "recheck_gone", note);
}

/* ---- said of it */

static const char *const again_causes[] = { "vendor", "restored", "new_system", "false_alarm",
	"other", NULL };

bool finding_again_cause(struct slice word)
{
	size_t i = 0;
	while (again_causes[i] != NULL && !slice_is(word, again_causes[i])) {
		i++;
	}
	return again_causes[i] != NULL;
}

int desk_finding_again(struct desk *desk)
{
	struct finding_row row = { 0 };
	struct slice cause = { 0 };
	struct slice note = { 0 };
	int error = finding_open_row(desk, &row);
	error = error < 0 ? error : words_choice(desk, "cause", again_causes, NULL, &cause);
	error = error < 0 ? error : words_text(desk, "note", WORDS_OPTIONAL, REASON_MAX, &note);
	if (error < 0) {
		return error;
	}
	if ((row.recurrence == 0 && row.previous_id == 0) || !finding_open(row.state)) {
		return desk_refuse(desk, E_STATE, "finding.no_recurrence", NULL);
	}
	row.again_cause = cause;
	row.again_note = note;
	error = finding_row_save(desk->txn, &row);
	desk_audit(desk, "finding.again_cause", "finding", row.id, row.version, cause);
	desk_answer(desk, row.id, row.version);
	desk->answer_state = slice_str(name_id(&finding_state_names, row.state));
	return error < 0 ? error
			 : words_timeline(desk, "finding", row.id, "again_cause",
				   arena_printf(desk->arena, "{\"cause\":\"%.*s\"}",
					   SLICE_FMT(cause)));
}

int desk_finding_comment(struct desk *desk)
{
	struct finding_row row = { 0 };
	struct slice text = { 0 };
	int error = finding_open_row(desk, &row);
	error = error < 0 ? error : remark_put(desk, "finding", row.id, &text);
	error = error < 0 ? error : txn_change(desk->txn, "finding", row.id, row.version);
	desk_audit(desk, "finding.comment", "finding", row.id, row.version, text);
	desk_answer(desk, row.id, row.version);
	return error;
}
