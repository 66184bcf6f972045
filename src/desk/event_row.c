/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/event_row.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/trail.h"
#include "workflow/event_clock.h"

#define COLUMNS                                                                                \
	"version, state, number, title, unit_id, asset_id, place, drill, source, known_at_ms," \
	" occurred_at_ms, reported_at_ms, class, class_kind, class_2023, cause, crime, grade," \
	" graded_by, graded_at_ms, responding_at_ms, contained_at_ms, resolved_at_ms, review," \
	" no_roots, reason, finding_id, incident_id, author_id, closed_at_ms, policy_id,"      \
	" pack_id"

enum { ARGS = 33, ARGS_OCTETS_MAX = 32 * 1024 };

enum event_grade event_grade_now(const struct event_row *row)
{
	int grade = name_parse(&event_grade_names, row->grade);
	return grade < 0 ? EVENT_UNGRADED : (enum event_grade)grade;
}

int event_row_load(struct txn *txn, int64_t id, struct event_row *ret_row)
{
	struct arena *arena = txn_arena(txn);
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(
		txn_db(txn), "SELECT " COLUMNS " FROM event WHERE id = $1", &q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	int state = name_parse(&event_state_names, db_col_text(q, 1));
	if (state < 0) {
		return E_STORE;
	}
	*ret_row = (struct event_row) {
		.id = id,
		.version = db_col_int64(q, 0),
		.state = (enum event_state)state,
		.number = arena_dup(arena, db_col_text(q, 2)),
		.title = arena_dup(arena, db_col_text(q, 3)),
		.unit_id = db_col_int64(q, 4),
		.asset_id = db_col_int64(q, 5),
		.place = arena_dup(arena, db_col_text(q, 6)),
		.drill = db_col_int64(q, 7) != 0,
		.source = arena_dup(arena, db_col_text(q, 8)),
		.known_at_ms = db_col_int64(q, 9),
		.occurred_at_ms = db_col_int64(q, 10),
		.reported_at_ms = db_col_int64(q, 11),
		.class_id = arena_dup(arena, db_col_text(q, 12)),
		.class_kind = arena_dup(arena, db_col_text(q, 13)),
		.class_2023 = arena_dup(arena, db_col_text(q, 14)),
		.cause = arena_dup(arena, db_col_text(q, 15)),
		.crime = db_col_int64(q, 16) != 0,
		.grade = arena_dup(arena, db_col_text(q, 17)),
		.graded_by = db_col_int64(q, 18),
		.graded_at_ms = db_col_int64(q, 19),
		.responding_at_ms = db_col_int64(q, 20),
		.contained_at_ms = db_col_int64(q, 21),
		.resolved_at_ms = db_col_int64(q, 22),
		.review = arena_dup(arena, db_col_text(q, 23)),
		.no_roots = arena_dup(arena, db_col_text(q, 24)),
		.reason = arena_dup(arena, db_col_text(q, 25)),
		.finding_id = db_col_int64(q, 26),
		.incident_id = db_col_int64(q, 27),
		.author_id = db_col_int64(q, 28),
		.closed_at_ms = db_col_int64(q, 29),
		.policy_id = db_col_int64(q, 30),
		.pack_id = db_col_int64(q, 31),
	};
	return 0;
}

/* $1 is the id, $2 … the columns in their order. */
static void args_fill(const struct event_row *e, struct sql_arg args[ARGS])
{
	const struct sql_arg all[ARGS] = {
		SQL_INT(e->id),
		SQL_INT(e->version),
		SQL_STR(name_id(&event_state_names, e->state)),
		SQL_TEXT(e->number),
		SQL_TEXT(e->title),
		SQL_INT(e->unit_id),
		SQL_INT_OR_NULL(e->asset_id),
		SQL_TEXT_OR_NULL(e->place),
		SQL_INT(e->drill),
		SQL_TEXT(e->source),
		SQL_INT(e->known_at_ms),
		SQL_INT_OR_NULL(e->occurred_at_ms),
		SQL_INT(e->reported_at_ms),
		SQL_TEXT_OR_NULL(e->class_id),
		SQL_TEXT_OR_NULL(e->class_kind),
		SQL_TEXT_OR_NULL(e->class_2023),
		SQL_TEXT_OR_NULL(e->cause),
		SQL_INT(e->crime),
		SQL_TEXT_OR_NULL(e->grade),
		SQL_INT_OR_NULL(e->graded_by),
		SQL_INT_OR_NULL(e->graded_at_ms),
		SQL_INT_OR_NULL(e->responding_at_ms),
		SQL_INT_OR_NULL(e->contained_at_ms),
		SQL_INT_OR_NULL(e->resolved_at_ms),
		SQL_TEXT_OR_NULL(e->review),
		SQL_TEXT_OR_NULL(e->no_roots),
		SQL_TEXT_OR_NULL(e->reason),
		SQL_INT_OR_NULL(e->finding_id),
		SQL_INT_OR_NULL(e->incident_id),
		SQL_INT(e->author_id),
		SQL_INT_OR_NULL(e->closed_at_ms),
		SQL_INT_OR_NULL(e->policy_id),
		SQL_INT_OR_NULL(e->pack_id),
	};
	for (size_t i = 0; i < ARGS; i++) {
		args[i] = all[i];
	}
}

int event_row_insert(struct txn *txn, const struct event_row *row)
{
	struct sql_arg args[ARGS];
	args_fill(row, args);
	int64_t done = sql_run_args(txn_db(txn),
		"INSERT INTO event (id, " COLUMNS
		") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,"
		" $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30,"
		" $31, $32, $33)",
		args, ARGS);
	int error = done < 0 ? (int)done : trail_row(txn, "event", row->id);
	return error < 0 ? error : txn_change(txn, "event", row->id, row->version);
}

int event_row_save(struct txn *txn, struct event_row *row)
{
	struct sql_arg args[ARGS];
	row->version++;
	args_fill(row, args);
	int64_t done = sql_run_args(txn_db(txn),
		"UPDATE event SET version = $2, state = $3, number = $4, title = $5,"
		" unit_id = $6, asset_id = $7, place = $8, drill = $9, source = $10,"
		" known_at_ms = $11, occurred_at_ms = $12, reported_at_ms = $13, class = $14,"
		" class_kind = $15, class_2023 = $16, cause = $17, crime = $18, grade = $19,"
		" graded_by = $20, graded_at_ms = $21, responding_at_ms = $22,"
		" contained_at_ms = $23, resolved_at_ms = $24, review = $25, no_roots = $26,"
		" reason = $27, finding_id = $28, incident_id = $29, author_id = $30,"
		" closed_at_ms = $31, policy_id = $32, pack_id = $33 WHERE id = $1",
		args, ARGS);
	int error = done < 0 ? (int)done : trail_row(txn, "event", row->id);
	return error < 0 ? error : txn_change(txn, "event", row->id, row->version);
}

/* ---- one act */

int event_open(struct desk *desk, struct event_row *ret_row)
{
	int error = event_row_load(desk->txn, desk->call->id, ret_row);
	error = error < 0 ? error : desk_unit_reached(desk, ret_row->unit_id);
	if (error < 0) {
		return error;
	}
	desk->answer_state = slice_str(name_id(&event_state_names, ret_row->state));
	return desk_version_same(desk, ret_row->version);
}

int event_facts_load(
	struct desk *desk, const struct event_row *row, struct event_facts *ret_facts)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT (SELECT by_id FROM event_grading WHERE event_id = $1 AND state = 'asked'),"
		" (SELECT count(*) FROM event_report WHERE event_id = $1 AND kind = 'final'"
		" AND state = 'accepted'), (SELECT count(*) FROM event_up WHERE event_id = $1"
		" AND state <> 'waived' AND (state <> 'receipted' OR summary_at_ms IS NULL)),"
		" (SELECT count(*) FROM event_up WHERE event_id = $1 AND sent_at_ms IS NOT NULL),"
		" (SELECT count(*) FROM finding WHERE event_id = $1)",
		&q, SQL_INT(row->id));
	found = found < 0 ? found : db_step(q);
	if (found < 0) {
		return found;
	}
	*ret_facts = (struct event_facts) { .state = row->state,
		.lowering_asked = !db_col_is_null(q, 0),
		.actor_asked =
			!db_col_is_null(q, 0) && db_col_int64(q, 0) == desk->caller.person_id,
		.actor_graded = row->graded_by == desk->caller.person_id,
		.final_accepted = db_col_int64(q, 1) > 0,
		.up_open = db_col_int64(q, 2) > 0,
		.up_sent = db_col_int64(q, 3) > 0,
		.roots_settled = db_col_int64(q, 4) > 0 || row->no_roots.n > 0 };
	return 0;
}

int event_refuse(struct desk *desk, int error, const struct diag *diag)
{
	if (error < 0 && diag->source[0] != '\0') {
		struct slice code = arena_printf(desk->arena, "event.%s", diag->source);
		return desk_refuse(desk, error, (const char *)code.p, NULL);
	}
	return error;
}

int event_decide(struct desk *desk, struct event_row *row, const struct event_facts *facts,
	enum event_act act)
{
	struct diag diag = { 0 };
	int error = event_step(facts, act, desk->caller.role, &row->state, &diag);
	return event_refuse(desk, error, &diag);
}

struct slice event_args(struct txn *txn, struct slice text, struct slice name)
{
	AUTO_BUF struct buf out;
	buf_init(&out, ARGS_OCTETS_MAX);
	struct jw jw;
	jw_init(&jw, &out);
	jw_object(&jw);
	if (text.n > 0) {
		jw_kv_str(&jw, "text", text);
	}
	if (name.n > 0) {
		jw_kv_str(&jw, "name", name);
	}
	jw_end(&jw);
	return arena_dup(txn_arena(txn), buf_slice(&out));
}

/* Its steps have words of their own: a notice is closed, too. */
static struct slice event_code(struct txn *txn, const char *code)
{
	return arena_printf(txn_arena(txn), "event_%s", code);
}

int event_done(struct desk *desk, struct event_row *row, const char *act, const char *code,
	struct slice args_json)
{
	if (event_terminal(row->state) && row->closed_at_ms == 0) {
		row->closed_at_ms = desk->now_ms;
	}
	int error = event_row_save(desk->txn, row);
	/* The log is for ever: which act, and not what was said. */
	desk_audit(desk, act, "event", row->id, row->version, row->number);
	desk_answer(desk, row->id, row->version);
	desk->answer_state = slice_str(name_id(&event_state_names, row->state));
	desk->answer_number = row->number;
	struct slice word = event_code(desk->txn, code);
	return error < 0 ? error
			 : words_timeline(
				   desk, "event", row->id, (const char *)word.p, args_json);
}

int event_say(struct txn *txn, int64_t id, const char *code, struct slice args)
{
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO timeline (id, kind, record_id, at_ms, code, args)"
		" VALUES ($1, 'event', $2, $3, $4, $5)",
		SQL_INT(txn_id(txn)), SQL_INT(id), SQL_INT(txn_now_ms(txn)),
		SQL_TEXT(event_code(txn, code)), SQL_TEXT(args));
	return done < 0 ? (int)done : 0;
}

int event_pack_load(struct txn *txn, int64_t id, struct event_pack *ret_pack, int64_t *ret_id)
{
	AUTO_STMT struct stmt *q = NULL;
	struct diag diag = { 0 };
	int row = sql_query(txn_db(txn),
		"SELECT id, text FROM policy_version WHERE subject = 'events'"
		" AND ($1 = 0 OR id = $1) ORDER BY edition DESC LIMIT 1",
		&q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row
			       : diag_set(txn_diag(txn), E_STORE, 0, 0,
					 "no text about events is kept");
	}
	if (ret_id != NULL) {
		*ret_id = db_col_int64(q, 0);
	}
	struct arena *arena = txn_arena(txn);
	int error =
		event_pack_parse(arena, arena_dup(arena, db_col_text(q, 1)), ret_pack, &diag);
	return error < 0 ? diag_set(txn_diag(txn), E_STORE, 0, 0, "%s", diag.text) : 0;
}
