/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/finding_row.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/trail.h"
#include "workflow/policy.h"
#include "workflow/routing.h"

enum {
	TITLE_MAX = 120,
	KIND_MAX = 40,
	TEXT_MAX = 4000,
	ALERTS_MAX = 20,
	EVIDENCE_MAX_OCTETS = 60000,
};

#define COLUMNS                                                                                 \
	"version, state, grade, kind, title, description, advice, asset_id, unit_id, source,"   \
	" dedup_key, found_at_ms, reported_at_ms, handled_at_ms, incident_id, watch_id,"        \
	" notice_id, author_id, recurrence, reason, false_by, evidence, policy, policy_id,"     \
	" target_id, earlier_id, again_cause, again_note, doubt_at_ms, review_due, suppressed," \
	" event_id"

enum { ARGS = 33 };

int finding_row_load(struct txn *txn, int64_t id, struct finding_row *ret_row)
{
	struct arena *arena = txn_arena(txn);
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(
		txn_db(txn), "SELECT " COLUMNS " FROM finding WHERE id = $1", &q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	int state = name_parse(&finding_state_names, db_col_text(q, 1));
	int grade = name_parse(&grade_names, db_col_text(q, 2));
	int source = name_parse(&source_names, db_col_text(q, 9));
	if (state < 0 || grade < 0 || source < 0) {
		return E_STORE;
	}
	*ret_row = (struct finding_row) {
		.id = id,
		.version = db_col_int64(q, 0),
		.state = (enum finding_state)state,
		.grade = (enum grade)grade,
		.kind = arena_dup(arena, db_col_text(q, 3)),
		.title = arena_dup(arena, db_col_text(q, 4)),
		.description = arena_dup(arena, db_col_text(q, 5)),
		.advice = arena_dup(arena, db_col_text(q, 6)),
		.asset_id = db_col_int64(q, 7),
		.unit_id = db_col_int64(q, 8),
		.source = (enum source)source,
		.dedup_key = arena_dup(arena, db_col_text(q, 10)),
		.found_at_ms = db_col_int64(q, 11),
		.reported_at_ms = db_col_int64(q, 12),
		.handled_at_ms = db_col_int64(q, 13),
		.incident_id = db_col_int64(q, 14),
		.watch_id = db_col_int64(q, 15),
		.notice_id = db_col_int64(q, 16),
		.author_id = db_col_int64(q, 17),
		.recurrence = db_col_int64(q, 18),
		.reason = arena_dup(arena, db_col_text(q, 19)),
		.false_by = db_col_int64(q, 20),
		.evidence = arena_dup(arena, db_col_text(q, 21)),
		.policy = arena_dup(arena, db_col_text(q, 22)),
		.policy_id = db_col_int64(q, 23),
		.target_id = db_col_int64(q, 24),
		.previous_id = db_col_int64(q, 25),
		.again_cause = arena_dup(arena, db_col_text(q, 26)),
		.again_note = arena_dup(arena, db_col_text(q, 27)),
		.review_at_ms = db_col_int64(q, 28),
		.review_due = db_col_int64(q, 29) != 0,
		.suppressed = db_col_int64(q, 30),
		.event_id = db_col_int64(q, 31),
	};
	return 0;
}

static void args_fill(const struct finding_row *f, struct sql_arg args[ARGS])
{
	const struct sql_arg all[ARGS] = {
		SQL_INT(f->id),
		SQL_INT(f->version),
		SQL_STR(name_id(&finding_state_names, f->state)),
		SQL_STR(name_id(&grade_names, f->grade)),
		SQL_TEXT(f->kind),
		SQL_TEXT(f->title),
		SQL_TEXT_OR_NULL(f->description),
		SQL_TEXT_OR_NULL(f->advice),
		SQL_INT_OR_NULL(f->asset_id),
		SQL_INT_OR_NULL(f->unit_id),
		SQL_STR(name_id(&source_names, f->source)),
		SQL_TEXT(f->dedup_key),
		SQL_INT(f->found_at_ms),
		SQL_INT_OR_NULL(f->reported_at_ms),
		SQL_INT_OR_NULL(f->handled_at_ms),
		SQL_INT_OR_NULL(f->incident_id),
		SQL_INT_OR_NULL(f->watch_id),
		SQL_INT_OR_NULL(f->notice_id),
		SQL_INT_OR_NULL(f->author_id),
		SQL_INT(f->recurrence),
		SQL_TEXT_OR_NULL(f->reason),
		SQL_INT_OR_NULL(f->false_by),
		SQL_TEXT_OR_NULL(f->evidence),
		SQL_TEXT(f->policy),
		SQL_INT_OR_NULL(f->policy_id),
		SQL_INT_OR_NULL(f->target_id),
		SQL_INT_OR_NULL(f->previous_id),
		SQL_TEXT_OR_NULL(f->again_cause),
		SQL_TEXT_OR_NULL(f->again_note),
		SQL_INT_OR_NULL(f->review_at_ms),
		SQL_INT_OR_NULL(f->review_due),
		SQL_INT_OR_NULL(f->suppressed),
		SQL_INT_OR_NULL(f->event_id),
	};
	for (size_t i = 0; i < ARGS; i++) {
		args[i] = all[i];
	}
}

int finding_row_insert(struct txn *txn, const struct finding_row *row)
{
	struct sql_arg args[ARGS];
	args_fill(row, args);
	int64_t done = sql_run_args(txn_db(txn),
		"INSERT INTO finding (id, " COLUMNS
		") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
		" $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,"
		" $26, $27, $28, $29, $30, $31, $32, $33)",
		args, ARGS);
	int error = done < 0 ? (int)done : trail_row(txn, "finding", row->id);
	return error < 0 ? error : txn_change(txn, "finding", row->id, row->version);
}

int finding_row_save(struct txn *txn, struct finding_row *row)
{
	struct sql_arg args[ARGS];
	row->version++;
	args_fill(row, args);
	int64_t done = sql_run_args(txn_db(txn),
		"UPDATE finding SET version = $2, state = $3, grade = $4, kind = $5,"
		" title = $6, description = $7, advice = $8, asset_id = $9, unit_id = $10,"
		" source = $11, dedup_key = $12, found_at_ms = $13, reported_at_ms = $14,"
		" handled_at_ms = $15, incident_id = $16, watch_id = $17, notice_id = $18,"
		" author_id = $19, recurrence = $20, reason = $21, false_by = $22,"
		" evidence = $23, policy = $24, policy_id = $25, target_id = $26,"
		" earlier_id = $27, again_cause = $28, again_note = $29, doubt_at_ms = $30,"
		" review_due = $31, suppressed = $32, event_id = $33 WHERE id = $1",
		args, ARGS);
	int error = done < 0 ? (int)done : trail_row(txn, "finding", row->id);
	return error < 0 ? error : txn_change(txn, "finding", row->id, row->version);
}

/* ---- what an incident knows */

static void alert_put(struct jw *jw, struct stmt *q)
{
	jw_object(jw);
	jw_kv_int(jw, "alert", db_col_int64(q, 0));
	jw_kv_str(jw, "code", db_col_text(q, 1));
	jw_key(jw, "args");
	jw_raw(jw, db_col_text(q, 2));
	jw_kv_int(jw, "first_at", db_col_int64(q, 3));
	jw_kv_int(jw, "last_at", db_col_int64(q, 4));
	jw_kv_int(jw, "count", db_col_int64(q, 5));
	if (!db_col_is_null(q, 6)) {
		jw_key(jw, "rows");
		jw_raw(jw, db_col_text(q, 6));
	}
	jw_end(jw);
}

static int evidence_take(struct desk *desk, struct finding_row *row)
{
	AUTO_BUF struct buf text;
	buf_init(&text, EVIDENCE_MAX_OCTETS);
	struct jw jw;
	jw_init(&jw, &text);
	jw_array(&jw);
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT id, code, args, first_at_ms, live_last_at_ms, live_count, evidence,"
		" watch_id FROM alert WHERE incident_id = $1 ORDER BY id LIMIT $2",
		&q, SQL_INT(row->incident_id), SQL_INT(ALERTS_MAX));
	while (found >= 0 && (found = db_step(q)) == 1) {
		alert_put(&jw, q);
		row->watch_id = row->watch_id != 0 ? row->watch_id : db_col_int64(q, 7);
	}
	jw_end(&jw);
	if (!text.failed) {
		row->evidence = arena_dup(desk->arena, buf_slice(&text));
	}
	return found < 0 ? found : 0;
}

static int incident_take(struct desk *desk, struct finding_row *row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT asset_id, unit_id, opened_at_ms FROM incident WHERE id = $1", &q,
		SQL_INT(row->incident_id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found;
	}
	row->asset_id = row->asset_id != 0 ? row->asset_id : db_col_int64(q, 0);
	/* An asset's finding is routed by its kind; the incident's unit stands for the rest. */
	row->unit_id =
		row->unit_id != 0 || row->asset_id != 0 ? row->unit_id : db_col_int64(q, 1);
	row->found_at_ms = db_col_int64(q, 2);
	return evidence_take(desk, row);
}

/* The unit that answers for this kind on the asset, as the policy routes it; 0 = nobody. */
static int routed(struct desk *desk, int64_t asset_id, struct slice kind, int64_t *ret_unit_id)
{
	AUTO_STMT struct stmt *q = NULL;
	struct routing_answer answer = { 0 };
	int found = sql_query(desk->db,
		"SELECT owner_unit_id, operate_unit_id, use_unit_id FROM asset WHERE id = $1",
		&q, SQL_INT(asset_id));
	found = found < 0 ? found : db_step(q);
	if (found == 1) {
		struct routing_units units = { { db_col_int64(q, 0), db_col_int64(q, 1),
			db_col_int64(q, 2) } };
		routing_ask(desk->env->policy->routes, kind, &units, &answer);
	}
	*ret_unit_id = answer.unit_id;
	return found < 0 ? found : 0;
}

/* Where nobody said otherwise. */
static int owner_take(struct desk *desk, struct finding_row *row)
{
	return row->unit_id != 0 || row->asset_id == 0
		       ? 0
		       : routed(desk, row->asset_id, row->kind, &row->unit_id);
}

/* Judged to be of another kind: whoever answered because of the kind hands it on. */
static int kind_follow(struct desk *desk, struct finding_row *row, struct slice kind_before)
{
	int64_t unit_id = 0;
	if (row->id == 0 || row->asset_id == 0 || slice_eq(kind_before, row->kind) ||
		json_type(json_get(desk->call->body, "unit_id")) == JSON_INT) {
		return 0;
	}
	int error = routed(desk, row->asset_id, kind_before, &unit_id);
	if (error == 0 && unit_id == row->unit_id) {
		row->unit_id = 0;
	}
	return error;
}

static int watch_asset_take(struct desk *desk, struct finding_row *row)
{
	int64_t asset_id = 0;
	if (row->asset_id != 0 || row->watch_id == 0) {
		return 0;
	}
	int found = sql_int(desk->db, "SELECT asset_id FROM watch WHERE id = $1", &asset_id,
		SQL_INT(row->watch_id));
	row->asset_id = found == 1 ? asset_id : 0;
	return found < 0 ? found : 0;
}

/* ---- what the body says */

static int id_read(struct desk *desk, const char *field, const char *table, int64_t *id)
{
	int64_t read = 0;
	int error = words_id(desk, field, WORDS_OPTIONAL, table, &read);
	*id = read != 0 ? read : *id;
	return error;
}

static int text_read(struct desk *desk, const char *field, size_t max, struct slice *text)
{
	struct slice read = { 0 };
	int error = words_text(desk, field, WORDS_OPTIONAL, max, &read);
	*text = read.n > 0 ? read : *text;
	return error;
}

/* One of the list; a record of before there was one may keep its own. */
static int kind_read(struct desk *desk, struct slice *kind)
{
	struct slice before = *kind;
	int error = text_read(desk, "kind", KIND_MAX, kind);
	if (error == 0 && kind->n > 0 && !slice_eq(before, *kind) &&
		name_parse(&finding_kind_names, *kind) < 0) {
		error = desk_refuse(desk, E_INPUT, "input.word", "kind");
	}
	return error;
}

static int words_read(struct desk *desk, struct finding_row *row)
{
	static const char *const grades[] = { "urgent", "high", "medium", "low", NULL };
	static const char *const sources[] = { "monitor", "superior", "unit", "public", NULL };
	struct slice grade = { 0 };
	struct slice source = { 0 };
	int error = text_read(desk, "title", TITLE_MAX, &row->title);
	error = error < 0 ? error : kind_read(desk, &row->kind);
	error = error < 0 ? error : text_read(desk, "description", TEXT_MAX, &row->description);
	error = error < 0 ? error : text_read(desk, "advice", TEXT_MAX, &row->advice);
	error = error < 0 ? error
			  : words_choice(desk, "grade", grades,
				    name_id(&grade_names, row->grade), &grade);
	error = error < 0 ? error
			  : words_choice(desk, "source", sources,
				    name_id(&source_names, row->source), &source);
	if (error < 0) {
		return error;
	}
	row->grade = (enum grade)name_parse(&grade_names, grade);
	row->source = (enum source)name_parse(&source_names, source);
	if (row->title.n == 0 || row->kind.n == 0) {
		return desk_refuse(
			desk, E_INPUT, "input.required", row->title.n == 0 ? "title" : "kind");
	}
	return 0;
}

int finding_row_read(struct desk *desk, struct finding_row *row)
{
	struct slice kind_before = row->kind;
	int error = words_read(desk, row);
	error = error < 0 ? error : kind_follow(desk, row, kind_before);
	error = error < 0 ? error : id_read(desk, "asset_id", "asset", &row->asset_id);
	error = error < 0 ? error : id_read(desk, "unit_id", "unit", &row->unit_id);
	error = error < 0 ? error : id_read(desk, "check_id", "watch", &row->watch_id);
	error = error < 0 ? error : id_read(desk, "incident_id", "incident", &row->incident_id);
	error = error < 0 ? error : id_read(desk, "event_id", "event", &row->event_id);
	if (error == 0 && row->incident_id != 0 && row->id == 0) {
		error = incident_take(desk, row);
	}
	error = error < 0 ? error : watch_asset_take(desk, row);
	return error < 0 ? error : owner_take(desk, row);
}
