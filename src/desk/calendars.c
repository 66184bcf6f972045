/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/calendars.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/maintenance.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/trail.h"
#include "workflow/calendar.h"
#include "workflow/calendar_layer.h"
#include "workflow/due.h"
#include "workflow/policy.h"

enum {
	SPANS_A_LAYER_MAX = 120,
	REASON_MAX = 60,
	MOVES_MAX = 200,
	TEXT_OCTETS_MAX = 48 * 1024,
	ANSWER_OCTETS_MAX = 256 * 1024,
};

/* ---- reading */

static struct slice subject_of(struct arena *arena, int64_t unit_id)
{
	return unit_id == 0 ? SLICE("calendar-school")
			    : arena_printf(arena, "calendar-unit-%lld", (long long)unit_id);
}

/* The latest text of a subject: 1, 0 none, or as db_step. */
static int text_load(
	struct txn *txn, int64_t unit_id, struct slice *ret_text, int64_t *ret_edition)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn),
		"SELECT text, edition FROM policy_version WHERE subject = $1"
		" ORDER BY edition DESC LIMIT 1",
		&q, SQL_TEXT(subject_of(txn_arena(txn), unit_id)));
	row = row < 0 ? row : db_step(q);
	*ret_edition = 0;
	if (row == 1) {
		*ret_text = arena_dup(txn_arena(txn), db_col_text(q, 0));
		*ret_edition = db_col_int64(q, 1);
	}
	return row;
}

/* Laid on top under its name and digest, so that what it counted says which text that was. */
static int layer_add(struct calendar *calendar, struct slice text, struct diag *diag)
{
	int error = calendar_add_layer(calendar, text, diag);
	if (error == 0) {
		policy_stamp(calendar->layers[calendar->layer_count - 1], CALENDAR_STAMPED_MAX,
			text);
	}
	return error;
}

static int layer_load(struct txn *txn, int64_t unit_id, struct calendar **calendar,
	const struct desk_env *env)
{
	struct slice text = { 0 };
	int64_t edition = 0;
	int row = text_load(txn, unit_id, &text, &edition);
	if (row <= 0) {
		return row;
	}
	if (*calendar == NULL) {
		*calendar = arena_take(txn_arena(txn), sizeof(**calendar));
		**calendar = *env->calendar;
	}
	return layer_add(*calendar, text, txn_diag(txn)) < 0 ? E_STORE : 0;
}

int calendar_of_unit(struct txn *txn, const struct desk_env *env, int64_t unit_id,
	const struct calendar **ret_calendar)
{
	struct calendar *own = NULL;
	int error = layer_load(txn, 0, &own, env);
	if (error == 0 && unit_id != 0) {
		error = layer_load(txn, unit_id, &own, env);
	}
	*ret_calendar = own != NULL ? own : env->calendar;
	return error;
}

/* ---- the body */

static int span_read(struct desk *desk, const struct json *item, struct jw *jw)
{
	static const char *const members[] = { "from", "to", "kind", "reason" };
	jw_object(jw);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		struct slice word = slice_trim(json_get_str(item, members[i]));
		if (word.n > REASON_MAX * 4) {
			return desk_refuse(desk, E_INPUT, "input.too_long", "spans");
		}
		if (word.n > 0) {
			jw_kv_str(jw, members[i], word);
		}
	}
	jw_end(jw);
	return 0;
}

/* The layer's text out of the body; refused where the days make no sense. */
static int text_make(
	struct desk *desk, int64_t unit_id, int64_t edition, struct slice *ret_text)
{
	AUTO_BUF struct buf text;
	buf_init(&text, TEXT_OCTETS_MAX);
	struct jw jw;
	const struct json *list = json_get(desk->call->body, "spans");
	struct slice name =
		unit_id == 0 ? arena_printf(desk->arena, "school-%lld", (long long)edition)
			     : arena_printf(desk->arena, "unit-%lld-%lld", (long long)unit_id,
				       (long long)edition);
	if (json_type(list) != JSON_ARRAY || json_count(list) > SPANS_A_LAYER_MAX) {
		return desk_refuse(desk, json_type(list) != JSON_ARRAY ? E_INPUT : E_LIMIT,
			json_type(list) != JSON_ARRAY ? "input.required" : "input.too_many",
			"spans");
	}
	jw_init(&jw, &text);
	jw_object(&jw);
	jw_kv_str(&jw, "version", name);
	jw_key(&jw, "spans");
	jw_array(&jw);
	int error = 0;
	for (const struct json *item = json_first(list); item != NULL && error == 0;
		item = json_next(item)) {
		error = span_read(desk, item, &jw);
	}
	jw_end(&jw);
	jw_end(&jw);
	if (error < 0 || text.failed) {
		return error < 0 ? error
				 : desk_refuse(desk, E_LIMIT, "input.too_many", "spans");
	}
	*ret_text = arena_dup(desk->arena, buf_slice(&text));
	struct calendar *trial = arena_take(desk->arena, sizeof(*trial));
	calendar_init(trial);
	error = calendar_add_layer(trial, *ret_text, txn_diag(desk->txn));
	return error < 0 ? desk_refuse(desk, E_INPUT, "calendar.spans", "spans") : 0;
}

/* ---- what would move */

struct moves {
	struct desk *desk;
	struct slice text; /* the layer as it would be */
	int64_t unit_id;
	struct jw jw;
	int64_t count;
};

/* The days of a unit with the new layer in its place. */
static int candidate(struct moves *moves, int64_t unit_id, struct calendar **ret)
{
	struct desk *desk = moves->desk;
	struct calendar *days = arena_take(desk->arena, sizeof(*days));
	*days = *desk->env->calendar;
	int error = 0;
	for (int i = 0; i < (unit_id == 0 ? 1 : 2) && error == 0; i++) {
		int64_t of = i == 0 ? 0 : unit_id;
		error = of == moves->unit_id ? layer_add(days, moves->text, txn_diag(desk->txn))
					     : layer_load(desk->txn, of, &days, desk->env);
	}
	*ret = days;
	return error;
}

static int move_put(struct moves *moves, struct stmt *q)
{
	struct due due = { 0 };
	struct calendar *days = NULL;
	int64_t would_ms = 0;
	bool provisional = false;
	int error = due_parse_json(db_col_text(q, 5), &due, txn_diag(moves->desk->txn));
	error = error < 0 ? error : candidate(moves, db_col_int64(q, 3), &days);
	error = error < 0 ? error : due_recompute(days, &due, &would_ms, &provisional);
	if (error < 0 || would_ms == due.due_ms) {
		return error;
	}
	struct jw *jw = &moves->jw;
	moves->count++;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_opt(jw, "number", db_col_text(q, 1));
	jw_kv_str(jw, "title", db_col_text(q, 2));
	jw_kv_str(jw, "unit", db_col_text(q, 4));
	jw_kv_int(jw, "due_at", due.due_ms);
	jw_kv_int(jw, "would_be", would_ms);
	jw_end(jw);
	return 0;
}

static int moves_find(struct moves *moves)
{
	struct desk *desk = moves->desk;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT n.id, n.number, n.title, n.unit_id, u.name, n.due_json FROM notice n"
		" JOIN unit u ON u.id = n.unit_id WHERE n.state IN ('issued', 'received',"
		" 'rectifying', 'returned', 'failed') AND n.due_json IS NOT NULL"
		" AND ($1 = 0 OR n.unit_id = $1) ORDER BY n.due_at_ms, n.id LIMIT $2",
		&q, SQL_INT(moves->unit_id), SQL_INT(MOVES_MAX));
	while (row >= 0 && (row = db_step(q)) == 1) {
		row = move_put(moves, q);
	}
	return row < 0 ? row : 0;
}

static int preview(struct desk *desk, int64_t unit_id, struct slice text)
{
	AUTO_BUF struct buf answer;
	struct moves moves = { .desk = desk, .text = text, .unit_id = unit_id };
	buf_init(&answer, ANSWER_OCTETS_MAX);
	jw_init(&moves.jw, &answer);
	jw_array(&moves.jw);
	int error = moves_find(&moves);
	jw_end(&moves.jw);
	desk->answer_moves = arena_dup(desk->arena, buf_slice(&answer));
	return error;
}

/* ---- saving */

static int edition_insert(struct desk *desk, int64_t unit_id, int64_t edition,
	struct slice text, struct slice reason)
{
	char hex[2 * DIGEST_OCTETS + 1];
	struct digest digest = digest_of(DIGEST_SM3, text);
	const struct json *root = NULL;
	struct slice subject = subject_of(desk->arena, unit_id);
	int64_t id = txn_id(desk->txn);
	digest_hex(&digest, hex);
	int error = json_parse(desk->arena, text, 0, &root, NULL);
	if (error < 0) {
		return error;
	}
	int64_t done = sql_run(desk->db,
		"INSERT INTO policy_version (id, version, kind, subject, name, edition, sm3, text,"
		" adopted_at_ms, adopted_by, previous_id) VALUES ($1, 1, 'calendar', $2, $3, $4,"
		" $5, $6, $7, $8, (SELECT max(id) FROM policy_version WHERE subject = $2))",
		SQL_INT(id), SQL_TEXT(subject), SQL_TEXT(json_get_str(root, "version")),
		SQL_INT(edition), SQL_STR(hex), SQL_TEXT(text), SQL_INT(desk->now_ms),
		SQL_INT(desk->caller.person_id));
	error = done < 0 ? (int)done : trail_row(desk->txn, "policy_version", id);
	/* Maintenance follows the school's days as well. */
	if (error == 0 && unit_id == 0) {
		error = maintenance_days(desk->txn, desk->env);
	}
	error = error < 0 ? error : txn_change(desk->txn, "setting", id, 1);
	desk_audit(desk, "calendar.put", "policy", id, 1, reason);
	desk_answer(desk, id, edition);
	return error;
}

int desk_calendar_put(struct desk *desk)
{
	int64_t unit_id = 0;
	int64_t edition = 0;
	bool dry_run = false;
	struct slice before = { 0 };
	struct slice text = { 0 };
	struct slice reason = { 0 };
	int error = words_id(desk, "unit_id", WORDS_OPTIONAL, "unit", &unit_id);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_OPTIONAL, REASON_MAX, &reason);
	(void)!json_bool(json_get(desk->call->body, "dry_run"), &dry_run);
	int row = error < 0 ? error : text_load(desk->txn, unit_id, &before, &edition);
	error = row < 0 ? row : desk_version_same(desk, edition);
	error = error < 0 ? error : text_make(desk, unit_id, edition + 1, &text);
	error = error < 0 ? error : preview(desk, unit_id, text);
	if (error < 0 || dry_run) {
		desk_audit(desk, "calendar.try", "policy", 0, 0, reason);
		return error;
	}
	return edition_insert(desk, unit_id, edition + 1, text, reason);
}
