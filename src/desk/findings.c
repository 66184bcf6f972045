/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/findings.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/finding_row.h"
#include "desk/incoming_link.h"
#include "desk/staffing_load.h"
#include "desk/words.h"
#include "records/search.h"
#include "records/sql.h"
#include "records/trail.h"
#include "workflow/alert.h"
#include "workflow/finding.h"
#include "workflow/policy.h"

enum { REASON_MAX = 500, ARGS_OCTETS_MAX = 32 * 1024 };

/* ---- the machine */

static int decide(struct desk *desk, struct finding_row *row, enum finding_act act,
	struct finding_facts *facts, struct finding_outcome *outcome)
{
	struct diag diag = { 0 };
	int error = staffing_load(desk->txn, &facts->staffing);
	facts->state = row->state;
	facts->grade = row->grade;
	facts->unit_known = row->unit_id != 0;
	facts->has_evidence =
		row->evidence.n > 0 || row->description.n > 0 || row->watch_id != 0;
	error = error < 0 ? error : finding_step(facts, act, desk->caller.role, outcome, &diag);
	if (error < 0 && diag.source[0] != '\0') {
		struct slice code = arena_printf(desk->arena, "finding.%s", diag.source);
		return desk_refuse(desk, error, (const char *)code.p, NULL);
	}
	return error;
}

static struct slice args_of(struct desk *desk, struct slice reason)
{
	AUTO_BUF struct buf text;
	buf_init(&text, ARGS_OCTETS_MAX);
	struct jw jw;
	jw_init(&jw, &text);
	jw_object(&jw);
	if (reason.n > 0) {
		jw_kv_str(&jw, "reason", reason);
	}
	jw_end(&jw);
	return arena_dup(desk->arena, buf_slice(&text));
}

static int done(struct desk *desk, const struct finding_row *row, const char *act,
	const char *code, struct slice reason)
{
	desk_audit(desk, act, "finding", row->id, row->version, reason);
	desk_answer(desk, row->id, row->version);
	desk->answer_state = slice_str(name_id(&finding_state_names, row->state));
	return words_timeline(desk, "finding", row->id, code, args_of(desk, reason));
}

static int open_row(struct desk *desk, struct finding_row *row)
{
	int error = finding_row_load(desk->txn, desk->call->id, row);
	error = error < 0 ? error : desk_unit_reached(desk, row->unit_id);
	desk->answer_state = slice_str(name_id(&finding_state_names, row->state));
	return error < 0 ? error : desk_version_same(desk, row->version);
}

/* A judgement is by the policy of its moment. */
static void judged(struct desk *desk, struct finding_row *row)
{
	row->policy = slice_str(desk->env->policy->version);
	row->policy_id = desk->env->policy_id;
}

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
		known->state = FINDING_REOPENED;
		known->recurrence++;
		known->handled_at_ms = 0;
		judged(desk, known);
		known->evidence = row->evidence.n > 0 ? row->evidence : known->evidence;
	}
	int error = finding_row_save(desk->txn, known);
	struct finding_row mark = { .id = known->id, .incident_id = row->incident_id };
	error = error < 0 ? error : incident_mark(desk, &mark);
	error = error < 0 ? error
			  : done(desk, known, "finding.again", open ? "seen_again" : "reopened",
				    (struct slice) { 0 });
	/* What is said this time stands beside what was said before. */
	return error < 0 || row->description.n == 0
		       ? error
		       : words_timeline(desk, "finding", known->id, "said_again",
				 args_of(desk, row->description));
}

static int searchable(struct desk *desk, const struct finding_row *row)
{
	struct slice text = arena_printf(desk->arena, "%.*s %.*s", SLICE_FMT(row->title),
		SLICE_FMT(slice_head(row->description, 1000)));
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
	judged(desk, row);
	row->id = txn_id(desk->txn);
	int error = finding_row_insert(desk->txn, row);
	error = error < 0 ? error : incident_mark(desk, row);
	error = error < 0 ? error : searchable(desk, row);
	return error < 0 ? error : done(desk, row, act, code, (struct slice) { 0 });
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
	int error = open_row(desk, &row);
	error = error < 0 ? error : finding_row_read(desk, &row);
	error = error < 0 ? error : decide(desk, &row, FINDING_ACT_CONFIRM, &facts, &outcome);
	if (error < 0) {
		return error;
	}
	row.state = outcome.to;
	judged(desk, &row);
	error = finding_row_save(desk->txn, &row);
	error = error < 0 ? error : searchable(desk, &row);
	return error < 0
		       ? error
		       : done(desk, &row, "finding.confirm", "confirmed", (struct slice) { 0 });
}

static int false_settle(struct desk *desk, struct finding_row *row,
	const struct finding_outcome *outcome, const char *act)
{
	row->state = outcome->to;
	row->handled_at_ms = desk->now_ms;
	row->notice_id = 0; /* a draft loses what is none */
	judged(desk, row);
	int error = finding_row_save(desk->txn, row);
	return error < 0 ? error : done(desk, row, act, "false_positive", row->reason);
}

int desk_finding_false_positive(struct desk *desk)
{
	struct finding_row row = { 0 };
	struct finding_facts facts = { 0 };
	struct finding_outcome outcome = { 0 };
	struct slice reason = { 0 };
	int error = open_row(desk, &row);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_REQUIRED, REASON_MAX, &reason);
	if (error < 0) {
		return error;
	}
	facts.reason_given = words_enough(reason, FINDING_REASON_MIN);
	error = decide(desk, &row, FINDING_ACT_FALSE_POSITIVE, &facts, &outcome);
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
			 : done(desk, &row, "finding.false_proposed", "false_proposed", reason);
}

int desk_finding_second(struct desk *desk)
{
	struct finding_row row = { 0 };
	struct finding_facts facts = { .reason_given = true, .second_operator = true };
	struct finding_outcome outcome = { 0 };
	int error = open_row(desk, &row);
	if (error < 0) {
		return error;
	}
	if (row.false_by == 0) {
		return desk_refuse(desk, E_STATE, "finding.nothing_to_second", NULL);
	}
	if (row.false_by == desk->caller.person_id) {
		return desk_refuse(desk, E_DENIED, "finding.second_operator", NULL);
	}
	error = decide(desk, &row, FINDING_ACT_FALSE_POSITIVE, &facts, &outcome);
	return error < 0 ? error : false_settle(desk, &row, &outcome, "finding.second");
}
