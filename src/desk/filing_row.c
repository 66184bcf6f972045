/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/filing_row.h"

#include "base/arena.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/staffing_load.h"
#include "records/sql.h"
#include "records/trail.h"
#include "records/txn.h"
#include "workflow/policy.h"

int filing_load(struct txn *txn, int64_t id, struct filing_row *ret_row)
{
	AUTO_STMT struct stmt *q = NULL;
	struct arena *arena = txn_arena(txn);
	int found = sql_query(txn_db(txn),
		"SELECT version, state, number, unit_id, post, person_id, outgoing_id, reason,"
		" effective_at_ms, made_by, made_at_ms, submitted_at_ms, signed_by, signed_at_ms,"
		" form_by, approved_by, approved_at_ms, warned, taken_at_ms, grant_id,"
		" returned_reason, ended_at_ms, notes, moved, given_at_ms, received_at_ms"
		" FROM filing WHERE id = $1",
		&q, SQL_INT(id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	int state = name_parse(&filing_state_names, db_col_text(q, 1));
	int post = name_parse(&post_names, db_col_text(q, 4));
	*ret_row = (struct filing_row) {
		.id = id,
		.version = db_col_int64(q, 0),
		.state = (enum filing_state)(state < 0 ? 0 : state),
		.number = arena_dup(arena, db_col_text(q, 2)),
		.unit_id = db_col_int64(q, 3),
		.post = (enum post)(post < 0 ? 0 : post),
		.person_id = db_col_int64(q, 5),
		.outgoing_id = db_col_int64(q, 6),
		.reason = arena_dup(arena, db_col_text(q, 7)),
		.effective_at_ms = db_col_int64(q, 8),
		.made_by = db_col_int64(q, 9),
		.made_at_ms = db_col_int64(q, 10),
		.submitted_at_ms = db_col_int64(q, 11),
		.signed_by = db_col_int64(q, 12),
		.signed_at_ms = db_col_int64(q, 13),
		.form_by = db_col_int64(q, 14),
		.approved_by = db_col_int64(q, 15),
		.approved_at_ms = db_col_int64(q, 16),
		.warned = arena_dup(arena, db_col_text(q, 17)),
		.taken_at_ms = db_col_int64(q, 18),
		.grant_id = db_col_int64(q, 19),
		.returned_reason = arena_dup(arena, db_col_text(q, 20)),
		.ended_at_ms = db_col_int64(q, 21),
		.notes = arena_dup(arena, db_col_text(q, 22)),
		.moved = arena_dup(arena, db_col_text(q, 23)),
		.given_at_ms = db_col_int64(q, 24),
		.received_at_ms = db_col_int64(q, 25),
	};
	return 0;
}

static int64_t insert(struct txn *txn, struct filing_row *row)
{
	row->id = txn_id(txn);
	row->version = 0;
	return sql_run(txn_db(txn),
		"INSERT INTO filing (id, version, state, unit_id, post, person_id, reason,"
		" effective_at_ms, made_by, made_at_ms) VALUES ($1, 0, 'draft', $2, $3, $4, $5, $6,"
		" $7, $8)",
		SQL_INT(row->id), SQL_INT(row->unit_id),
		SQL_STR(name_id(&post_names, row->post)), SQL_INT(row->person_id),
		SQL_TEXT(row->reason), SQL_INT(row->effective_at_ms), SQL_INT(row->made_by),
		SQL_INT(row->made_at_ms));
}

int filing_save(struct txn *txn, struct filing_row *row)
{
	int64_t done = row->id == 0 ? insert(txn, row) : 0;
	row->version++;
	done = done < 0
		       ? done
		       : sql_run(txn_db(txn),
				 "UPDATE filing SET version = $2, state = $3, number = $4, person_id = $5,"
				 " outgoing_id = $6, reason = $7, effective_at_ms = $8,"
				 " submitted_at_ms = $9, signed_by = $10, signed_at_ms = $11,"
				 " form_by = $12, approved_by = $13, approved_at_ms = $14, warned = $15,"
				 " taken_at_ms = $16, grant_id = $17, returned_reason = $18,"
				 " ended_at_ms = $19, notes = $20, moved = $21, given_at_ms = $22,"
				 " received_at_ms = $23 WHERE id = $1",
				 SQL_INT(row->id), SQL_INT(row->version),
				 SQL_STR(name_id(&filing_state_names, row->state)),
				 SQL_TEXT_OR_NULL(row->number), SQL_INT(row->person_id),
				 SQL_INT_OR_NULL(row->outgoing_id), SQL_TEXT(row->reason),
				 SQL_INT(row->effective_at_ms),
				 SQL_INT_OR_NULL(row->submitted_at_ms),
				 SQL_INT_OR_NULL(row->signed_by),
				 SQL_INT_OR_NULL(row->signed_at_ms),
				 SQL_INT_OR_NULL(row->form_by),
				 SQL_INT_OR_NULL(row->approved_by),
				 SQL_INT_OR_NULL(row->approved_at_ms),
				 SQL_TEXT_OR_NULL(row->warned),
				 SQL_INT_OR_NULL(row->taken_at_ms),
				 SQL_INT_OR_NULL(row->grant_id),
				 SQL_TEXT_OR_NULL(row->returned_reason),
				 SQL_INT_OR_NULL(row->ended_at_ms),
				 SQL_TEXT_OR_NULL(row->notes), SQL_TEXT_OR_NULL(row->moved),
				 SQL_INT_OR_NULL(row->given_at_ms),
				 SQL_INT_OR_NULL(row->received_at_ms));
	int error = done < 0 ? (int)done : trail_row(txn, "filing", row->id);
	error = error < 0 ? error : txn_change(txn, "filing", row->id, row->version);
	return error < 0 ? error : txn_change(txn, "unit", row->unit_id, 0);
}

/* One statement for all the facts that are counts. */
static int counts_load(struct txn *txn, const struct filing_row *row, int64_t ret_counts[4])
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(txn_db(txn),
		"SELECT (SELECT count(*) FROM attachment WHERE about = 'filing' AND about_id = $1),"
		" (SELECT count(*) FROM contact_test WHERE filing_id = $1),"
		" (SELECT count(*) FROM contact_test WHERE filing_id = $1"
		" AND confirmed_at_ms IS NOT NULL),"
		" (SELECT count(DISTINCT unit_id) FROM role_grant WHERE person_id = $2"
		" AND valid_to_ms IS NULL AND unit_id <> $3"
		" AND role IN ('officer', 'specialist', 'unit_head'))",
		&q, SQL_INT(row->id), SQL_INT(row->person_id), SQL_INT(row->unit_id));
	found = found < 0 ? found : db_step(q);
	for (unsigned i = 0; i < 4 && found == 1; i++) {
		ret_counts[i] = db_col_int64(q, i);
	}
	return found < 0 ? found : 0;
}

int filing_facts(struct txn *txn, const struct desk_env *env, const struct filing_row *row,
	int64_t actor_id, struct filing_facts *ret_facts)
{
	AUTO_STMT struct stmt *q = NULL;
	struct filing_facts facts = { .state = row->state };
	int64_t counts[4] = { 0 };
	int found = sql_query(txn_db(txn),
		"SELECT phone, phone2, mail, in_post FROM person WHERE id = $1", &q,
		SQL_INT(row->person_id));
	found = found < 0 ? found : db_step(q);
	int error = found < 0 ? found : staffing_load(txn, &facts.staffing);
	error = error < 0 ? error : counts_load(txn, row, counts);
	if (error < 0 || found == 0) {
		return error < 0 ? error : E_ABSENT;
	}
	struct slice phone = db_col_text(q, 0);
	struct slice phone2 = db_col_text(q, 1);
	facts.phones_distinct = phone.n > 0 && phone2.n > 0 && !slice_eq(phone, phone2);
	facts.mail_known = db_col_text(q, 2).n > 0;
	facts.person_changes = row->person_id != row->outgoing_id;
	facts.has_form = counts[0] > 0;
	facts.tested = counts[1] > 0 && counts[1] == counts[2];
	facts.warnings =
		db_col_int64(q, 3) != 1 || counts[3] + 1 > env->policy->officers.units_warn;
	facts.actor_involved =
		actor_id != 0 && (actor_id == row->made_by || actor_id == row->person_id ||
					 actor_id == row->outgoing_id);
	*ret_facts = facts;
	return 0;
}

int filing_note(struct txn *txn, int64_t id, const char *code, struct slice args_json)
{
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO timeline (id, kind, record_id, at_ms, code, args, role)"
		" VALUES ($1, 'filing', $2, $3, $4, $5, 'system')",
		SQL_INT(txn_id(txn)), SQL_INT(id), SQL_INT(txn_now_ms(txn)), SQL_STR(code),
		SQL_TEXT(args_json.n > 0 ? args_json : SLICE("{}")));
	return done < 0 ? (int)done : 0;
}

int filing_names(struct txn *txn, const struct filing_row *row, struct slice *ret_unit,
	struct slice *ret_person)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(txn_db(txn),
		"SELECT u.name, p.name FROM unit u, person p WHERE u.id = $1 AND p.id = $2", &q,
		SQL_INT(row->unit_id), SQL_INT(row->person_id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	*ret_unit = arena_dup(txn_arena(txn), db_col_text(q, 0));
	*ret_person = arena_dup(txn_arena(txn), db_col_text(q, 1));
	return 0;
}
