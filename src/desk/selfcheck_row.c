/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/selfcheck_row.h"

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "desk/desk.h"
#include "records/sql.h"
#include "records/timer.h"
#include "records/trail.h"
#include "records/txn.h"

#define COLUMNS                                                                                \
	"id, version, unit_id, kind, first_day, state, outcome, result, period_id, policy,"    \
	" policy_id, open_at_ms, remind_at_ms, due_at_ms, end_at_ms, due_json, value_item,"    \
	" assigned_at_ms, submitted_at_ms, submitted_by, seconds, late, words, same_run,"      \
	" sample, sample_reason, sampled_at_ms, sampled_by, sample_due_at_ms, against,"        \
	" decided_by, decided_at_ms, decision, rung, closed_at_ms"

static void texts_take(struct arena *arena, struct stmt *q, struct selfcheck_row *row)
{
	const struct {
		unsigned column;
		struct slice *text;
	} texts[] = { { 6, &row->outcome }, { 7, &row->result }, { 9, &row->policy },
		{ 15, &row->due_json }, { 16, &row->value_item }, { 22, &row->words },
		{ 24, &row->sample }, { 25, &row->sample_reason }, { 29, &row->against },
		{ 32, &row->decision } };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		*texts[i].text = arena_dup(arena, db_col_text(q, texts[i].column));
	}
}

static void numbers_take(struct stmt *q, struct selfcheck_row *row)
{
	const struct {
		unsigned column;
		int64_t *number;
	} numbers[] = { { 0, &row->id }, { 1, &row->version }, { 2, &row->unit_id },
		{ 4, &row->first_day }, { 8, &row->period_id }, { 10, &row->policy_id },
		{ 11, &row->open_at_ms }, { 12, &row->remind_at_ms }, { 13, &row->due_at_ms },
		{ 14, &row->end_at_ms }, { 17, &row->assigned_at_ms },
		{ 18, &row->submitted_at_ms }, { 19, &row->submitted_by },
		{ 20, &row->seconds }, { 23, &row->same_run }, { 26, &row->sampled_at_ms },
		{ 27, &row->sampled_by }, { 28, &row->sample_due_at_ms },
		{ 30, &row->decided_by }, { 31, &row->decided_at_ms }, { 33, &row->rung },
		{ 34, &row->closed_at_ms } };
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		*numbers[i].number = db_col_int64(q, numbers[i].column);
	}
}

int selfcheck_row_load(struct txn *txn, int64_t id, struct selfcheck_row *ret_row)
{
	AUTO_STMT struct stmt *q = NULL;
	struct selfcheck_row row = { 0 };
	int found = sql_query(txn_db(txn), "SELECT " COLUMNS " FROM selfcheck WHERE id = $1",
		&q, SQL_INT(id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	int kind = name_parse(&selfcheck_kind_names, db_col_text(q, 3));
	int state = name_parse(&selfcheck_state_names, db_col_text(q, 5));
	if (kind < 0 || state < 0) {
		return E_STORE;
	}
	numbers_take(q, &row);
	texts_take(txn_arena(txn), q, &row);
	row.kind = (enum selfcheck_kind)kind;
	row.state = (enum selfcheck_state)state;
	row.late = db_col_int64(q, 21) != 0;
	*ret_row = row;
	return 0;
}

int selfcheck_row_insert(struct txn *txn, const struct selfcheck_row *row)
{
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO selfcheck (id, version, unit_id, kind, first_day, state, period_id,"
		" policy, policy_id, open_at_ms, remind_at_ms, due_at_ms, end_at_ms, due_json,"
		" value_item, assigned_at_ms) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10,"
		" $11, $12, $13, $14, $15)",
		SQL_INT(row->id), SQL_INT(row->unit_id),
		SQL_STR(name_id(&selfcheck_kind_names, row->kind)), SQL_INT(row->first_day),
		SQL_STR(name_id(&selfcheck_state_names, row->state)),
		SQL_INT_OR_NULL(row->period_id), SQL_TEXT(row->policy),
		SQL_INT_OR_NULL(row->policy_id), SQL_INT(row->open_at_ms),
		SQL_INT(row->remind_at_ms), SQL_INT(row->due_at_ms), SQL_INT(row->end_at_ms),
		SQL_TEXT(row->due_json), SQL_TEXT_OR_NULL(row->value_item),
		SQL_INT_OR_NULL(row->assigned_at_ms));
	int error = done < 0 ? (int)done : trail_row(txn, "selfcheck", row->id);
	return error < 0 ? error : txn_change(txn, "selfcheck", row->id, 1);
}

int selfcheck_row_save(struct txn *txn, struct selfcheck_row *row)
{
	row->version++;
	int64_t done = sql_run(txn_db(txn),
		"UPDATE selfcheck SET version = $2, state = $3, outcome = $4, result = $5,"
		" assigned_at_ms = $6, submitted_at_ms = $7, submitted_by = $8, seconds = $9,"
		" late = $10, words = $11, same_run = $12, sample = $13, sample_reason = $14,"
		" sampled_at_ms = $15, sampled_by = $16, sample_due_at_ms = $17, against = $18,"
		" decided_by = $19, decided_at_ms = $20, decision = $21, rung = $22,"
		" closed_at_ms = $23 WHERE id = $1",
		SQL_INT(row->id), SQL_INT(row->version),
		SQL_STR(name_id(&selfcheck_state_names, row->state)),
		SQL_TEXT_OR_NULL(row->outcome), SQL_TEXT_OR_NULL(row->result),
		SQL_INT_OR_NULL(row->assigned_at_ms), SQL_INT_OR_NULL(row->submitted_at_ms),
		SQL_INT_OR_NULL(row->submitted_by), SQL_INT_OR_NULL(row->seconds),
		SQL_INT(row->late), SQL_TEXT_OR_NULL(row->words), SQL_INT(row->same_run),
		SQL_TEXT_OR_NULL(row->sample), SQL_TEXT_OR_NULL(row->sample_reason),
		SQL_INT_OR_NULL(row->sampled_at_ms), SQL_INT_OR_NULL(row->sampled_by),
		SQL_INT_OR_NULL(row->sample_due_at_ms), SQL_TEXT_OR_NULL(row->against),
		SQL_INT_OR_NULL(row->decided_by), SQL_INT_OR_NULL(row->decided_at_ms),
		SQL_TEXT_OR_NULL(row->decision), SQL_INT(row->rung),
		SQL_INT_OR_NULL(row->closed_at_ms));
	int error = done < 0 ? (int)done : trail_row(txn, "selfcheck", row->id);
	return error < 0 ? error : txn_change(txn, "selfcheck", row->id, row->version);
}

/* ---- its questions */

int selfcheck_items_load(
	struct txn *txn, int64_t selfcheck_id, struct selfcheck_item_row *items, int max)
{
	struct arena *arena = txn_arena(txn);
	AUTO_STMT struct stmt *q = NULL;
	int count = 0;
	int row = sql_query(txn_db(txn),
		"SELECT id, version, item, text, value_label, finding_kind, answer, note, value,"
		" opened_at_ms, seen, finding_id, event_id FROM selfcheck_item WHERE selfcheck_id = $1"
		" ORDER BY position LIMIT $2",
		&q, SQL_INT(selfcheck_id), SQL_INT(max));
	while (row >= 0 && count < max && (row = db_step(q)) == 1) {
		items[count++] = (struct selfcheck_item_row) { .id = db_col_int64(q, 0),
			.version = db_col_int64(q, 1),
			.item = arena_dup(arena, db_col_text(q, 2)),
			.text = arena_dup(arena, db_col_text(q, 3)),
			.value_label = arena_dup(arena, db_col_text(q, 4)),
			.finding_kind = arena_dup(arena, db_col_text(q, 5)),
			.answer = name_parse(&selfcheck_answer_names, db_col_text(q, 6)),
			.note = arena_dup(arena, db_col_text(q, 7)),
			.value = arena_dup(arena, db_col_text(q, 8)),
			.opened_at_ms = db_col_int64(q, 9),
			.seen = arena_dup(arena, db_col_text(q, 10)),
			.finding_id = db_col_int64(q, 11),
			.event_id = db_col_int64(q, 12) };
	}
	return row < 0 ? row : count;
}

int selfcheck_item_save(struct txn *txn, struct selfcheck_item_row *item)
{
	item->version++;
	int64_t done = sql_run(txn_db(txn),
		"UPDATE selfcheck_item SET version = $2, answer = $3, note = $4, value = $5,"
		" opened_at_ms = $6, seen = $7, finding_id = $8, event_id = $9 WHERE id = $1",
		SQL_INT(item->id), SQL_INT(item->version),
		item->answer < 0
			? SQL_NULL
			: SQL_STR(name_id(&selfcheck_answer_names, (unsigned)item->answer)),
		SQL_TEXT_OR_NULL(item->note), SQL_TEXT_OR_NULL(item->value),
		SQL_INT_OR_NULL(item->opened_at_ms), SQL_TEXT_OR_NULL(item->seen),
		SQL_INT_OR_NULL(item->finding_id), SQL_INT_OR_NULL(item->event_id));
	return done < 0 ? (int)done : trail_row(txn, "selfcheck_item", item->id);
}

/* ---- steps, timers, words */

int selfcheck_decide(struct desk *desk, struct selfcheck_row *row,
	struct selfcheck_facts *facts, enum selfcheck_act act)
{
	struct diag diag = { 0 };
	facts->state = row->state;
	int error = selfcheck_step(facts, act, desk->caller.role, &row->state, &diag);
	desk->answer_state = slice_str(name_id(&selfcheck_state_names, row->state));
	if (error < 0 && diag.source[0] != '\0') {
		struct slice code = arena_printf(desk->arena, "selfcheck.%s", diag.source);
		return desk_refuse(desk, error, (const char *)code.p, NULL);
	}
	return error;
}

int selfcheck_decide_system(
	struct selfcheck_row *row, const struct selfcheck_facts *facts, enum selfcheck_act act)
{
	struct selfcheck_facts with = *facts;
	with.state = row->state;
	return selfcheck_step(&with, act, ROLE_SYSTEM, &row->state, NULL);
}

int selfcheck_timer_set(
	struct txn *txn, const char *kind, int64_t id, int64_t seq, int64_t at_ms)
{
	struct timer timer = { .kind = slice_str(kind),
		.record_kind = SLICE("selfcheck"),
		.record_id = id,
		.seq = seq,
		.fire_at_ms = at_ms > txn_now_ms(txn) ? at_ms : txn_now_ms(txn),
		.trace = txn_trace(txn) };
	int error = timer_set(txn, &timer);
	return error == E_STATE ? 0 : error;
}

int selfcheck_say(struct txn *txn, int64_t id, const char *code, struct slice args_json)
{
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO timeline (id, kind, record_id, at_ms, code, args)"
		" VALUES ($1, 'selfcheck', $2, $3, $4, $5)",
		SQL_INT(txn_id(txn)), SQL_INT(id), SQL_INT(txn_now_ms(txn)), SQL_STR(code),
		SQL_TEXT(args_json.n > 0 ? args_json : SLICE("{}")));
	return done < 0 ? (int)done : 0;
}
