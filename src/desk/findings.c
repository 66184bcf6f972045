/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/findings.h"

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/desk.h"
#include "desk/finding_act.h"
#include "desk/finding_recur.h"
#include "desk/finding_row.h"
#include "desk/incoming_link.h"
#include "desk/words.h"
#include "records/search.h"
#include "records/sql.h"
#include "records/trail.h"
#include "workflow/alert.h"
#include "workflow/finding.h"
#include "workflow/policy.h"

enum { REASON_MAX = 500 };

/* ---- create */

static int incident_unused(struct desk *desk, struct finding_row *row)
{
	int64_t taken = 0;
	if (row->incident_id == 0) {
		return 0;
	}
	int found = sql_int(desk->db, "SELECT finding_id FROM incident WHERE id = $1", &taken,
		SQL_INT(row->incident_id));
	if (found < 0) {
		return found;
	}
	return found == 1 ? desk_refuse(desk, E_STATE, "finding.of_incident", "incident_id")
			  : 0;
}

static int incident_mark(struct desk *desk, const struct finding_row *row)
{
	if (row->incident_id == 0) {
		return 0;
	}
	int64_t changed = sql_run(desk->db,
		"UPDATE incident SET version = version + 1, finding_id = $2 WHERE id = $1",
		SQL_INT(row->incident_id), SQL_INT(row->id));
	int error =
		changed < 0 ? (int)changed : trail_row(desk->txn, "incident", row->incident_id);
	return error < 0 ? error : txn_change(desk->txn, "incident", row->incident_id, 0);
}

/* What names it: never its grade or who found it. */
static void key_make(struct desk *desk, struct finding_row *row)
{
	char key[ALERT_KEY_TEXT];
	struct alert_identity identity = {
		.source = SLICE("finding"),
		.check = arena_printf(desk->arena, "%lld", (long long)row->watch_id),
		.asset = arena_printf(desk->arena, "%lld/%lld", (long long)row->asset_id,
			(long long)(row->asset_id != 0 ? 0 : row->unit_id)),
		.class_id = row->watch_id != 0
				    ? row->kind
				    : arena_printf(desk->arena, "%.*s/%.*s",
					      SLICE_FMT(row->kind), SLICE_FMT(row->title)),
	};
	alert_key(&identity, key);
	row->dedup_key = arena_dup(desk->arena, slice_str(key));
}

/* The newest finding under the key: 1 with its id, 0 none. */
static int known_find(
	struct desk *desk, const struct finding_row *row, struct finding_row *known)
{
	int64_t id = 0;
	int found = sql_int(desk->db,
		"SELECT id FROM finding WHERE dedup_key = $1 ORDER BY id DESC LIMIT 1", &id,
		SQL_TEXT(row->dedup_key));
	if (found != 1) {
		return found;
	}
	int error = finding_row_load(desk->txn, id, known);
	return error < 0 ? error : 1;
}

static bool recurs(const struct desk *desk, const struct finding_row *known)
{
	int64_t span_ms = desk->env->policy->recurrence_days * CIVIL_DAY_MS;
	return known->state == FINDING_CLOSED && desk->now_ms - known->handled_at_ms <= span_ms;
}

static int again(struct desk *desk, const struct finding_row *row, struct finding_row *known)
{
	bool open = finding_open(known->state);
	known->incident_id = row->incident_id != 0 ? row->incident_id : known->incident_id;
	if (!open) {
		finding_judged(desk, known);
		known->evidence = row->evidence.n > 0 ? row->evidence : known->evidence;
	}
	int error =
		open ? finding_row_save(desk->txn, known) : finding_reopen(desk->txn, known);
	struct finding_row mark = { .id = known->id, .incident_id = row->incident_id };
	error = error < 0 ? error : incident_mark(desk, &mark);
	error = error < 0 ? error
			  : finding_done(desk, known, "finding.again",
				    open ? "seen_again" : "reopened", (struct slice) { 0 });
	/* What is said this time stands beside what was said before. */
	return error < 0 || row->description.n == 0
		       ? error
		       : words_timeline(desk, "finding", known->id, "said_again",
				 finding_args(desk, row->description));
}

/* Said to be none, and not to be looked at again yet: counted, and nothing else. */
static int suppressed(
	struct desk *desk, const struct finding_row *row, struct finding_row *known)
{
	struct finding_row mark = { .id = known->id, .incident_id = row->incident_id };
	known->suppressed++;
	int error = finding_row_save(desk->txn, known);
	error = error < 0 ? error : incident_mark(desk, &mark);
	return error < 0 ? error
			 : finding_done(desk, known, "finding.suppressed", "suppressed",
				   (struct slice) { 0 });
}

static int searchable(struct desk *desk, const struct finding_row *row)
{
	struct slice text = arena_printf(desk->arena, "%.*s %.*s", SLICE_FMT(row->title),
		SLICE_FMT(slice_head(row->description, 4000)));
	int64_t tokens = search_put(desk->txn, "finding", row->id, text);
	return tokens < 0 ? (int)tokens : 0;
}

int finding_take(struct desk *desk, struct finding_row *row, const char *act, const char *code)
{
	struct finding_row known = { 0 };
	key_make(desk, row);
	int found = known_find(desk, row, &known);
	if (found < 0) {
		return found;
	}
	if (found == 1 && (finding_open(known.state) || recurs(desk, &known))) {
		return again(desk, row, &known);
	}
	if (found == 1 && known.state == FINDING_FALSE_POSITIVE && row->incident_id != 0 &&
		!known.review_due) {
		return suppressed(desk, row, &known);
	}
	finding_judged(desk, row);
	row->id = txn_id(desk->txn);
	if (found == 1 && known.state == FINDING_CLOSED) {
		row->previous_id = known.id; /* so long ago that it is another */
	}
	int error = finding_row_insert(desk->txn, row);
	error = error < 0 ? error : incident_mark(desk, row);
	error = error < 0 ? error : searchable(desk, row);
	return error < 0 ? error : finding_done(desk, row, act, code, (struct slice) { 0 });
}

int desk_finding_create(struct desk *desk)
{
	struct finding_row row = { .version = 1,
		.state = FINDING_NEW,
		.grade = GRADE_MEDIUM,
		.source = SOURCE_MONITOR,
		.found_at_ms = desk->now_ms,
		.author_id = desk->caller.person_id };
	int64_t paper_id = 0;
	int error = finding_row_read(desk, &row);
	error = error < 0 ? error : incident_unused(desk, &row);
	error = error < 0 ? error : incoming_link_read(desk, &paper_id);
	row.source = paper_id != 0 ? SOURCE_SUPERIOR : row.source;
	error = error < 0 ? error : finding_take(desk, &row, "finding.create", "created");
	/* The one that is open already may be what it names. */
	return error < 0 ? error : incoming_link_finding(desk, desk->answer_id, paper_id);
}

/* ---- judging */

int desk_finding_confirm(struct desk *desk)
{
	struct finding_row row = { 0 };
	struct finding_facts facts = { 0 };
	struct finding_outcome outcome = { 0 };
	int error = finding_open_row(desk, &row);
	error = error < 0 ? error : finding_row_read(desk, &row);
	error = error < 0 ? error
			  : finding_decide(desk, &row, FINDING_ACT_CONFIRM, &facts, &outcome);
	if (error < 0 || desk->dry_run) {
		return error;
	}
	row.state = outcome.to;
	finding_judged(desk, &row);
	error = finding_row_save(desk->txn, &row);
	error = error < 0 ? error : searchable(desk, &row);
	return error < 0 ? error
			 : finding_done(desk, &row, "finding.confirm", "confirmed",
				   (struct slice) { 0 });
}

static int false_settle(struct desk *desk, struct finding_row *row,
	const struct finding_outcome *outcome, const char *act)
{
	row->state = outcome->to;
	row->handled_at_ms = desk->now_ms;
	row->notice_id = 0; /* a draft loses what is none */
	finding_judged(desk, row);
	int error = finding_review_set(desk->txn, desk->env, row);
	error = error < 0 ? error : finding_row_save(desk->txn, row);
	return error < 0 ? error : finding_done(desk, row, act, "false_positive", row->reason);
}

int desk_finding_false_positive(struct desk *desk)
{
	struct finding_row row = { 0 };
	struct finding_facts facts = { 0 };
	struct finding_outcome outcome = { 0 };
	struct slice reason = { 0 };
	int error = finding_open_row(desk, &row);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_REQUIRED, REASON_MAX, &reason);
	if (error < 0) {
		return error;
	}
	facts.reason_given = words_enough(reason, FINDING_REASON_MIN);
	error = finding_decide(desk, &row, FINDING_ACT_FALSE_POSITIVE, &facts, &outcome);
	bool waits =
		error == E_DENIED && slice_is(slice_str(desk->code), "finding.second_operator");
	if (error < 0 && !waits) {
		return error;
	}
	row.reason = reason;
	row.false_by = desk->caller.person_id;
	if (!waits) {
		return false_settle(desk, &row, &outcome, "finding.false_positive");
	}
	desk->code[0] = '\0';
	error = finding_row_save(desk->txn, &row);
	return error < 0 ? error
			 : finding_done(desk, &row, "finding.false_proposed", "false_proposed",
				   reason);
}

int desk_finding_second(struct desk *desk)
{
	struct finding_row row = { 0 };
	struct finding_facts facts = { .reason_given = true, .second_operator = true };
	struct finding_outcome outcome = { 0 };
	int error = finding_open_row(desk, &row);
	if (error < 0) {
		return error;
	}
	if (row.false_by == 0) {
		return desk_refuse(desk, E_STATE, "finding.nothing_to_second", NULL);
	}
	if (row.false_by == desk->caller.person_id) {
		return desk_refuse(desk, E_DENIED, "finding.second_operator", NULL);
	}
	error = finding_decide(desk, &row, FINDING_ACT_FALSE_POSITIVE, &facts, &outcome);
	return error < 0 ? error : false_settle(desk, &row, &outcome, "finding.second");
}
