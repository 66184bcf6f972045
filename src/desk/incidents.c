/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/incidents.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/incident_mail.h"
#include "desk/words.h"
#include "model/incident.h"
#include "model/scale.h"
#include "records/search.h"
#include "records/sql.h"

enum { NOTE_MAX = 500, TICKET_MAX = 60 };

struct row {
	int64_t id;
	int64_t version;
	struct slice state;
	struct slice severity;
	int64_t unit_id;
};

static int row_load(struct db *db, struct arena *arena, int64_t id, struct row *ret_row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(db,
		"SELECT id, version, state, severity, unit_id FROM incident WHERE id = $1", &q,
		SQL_INT(id));
	found = found < 0 ? found : db_step(q);
	if (found < 0) {
		return found;
	}
	if (found == 0) {
		return E_ABSENT;
	}
	*ret_row = (struct row) { db_col_int64(q, 0), db_col_int64(q, 1),
		arena_dup(arena, db_col_text(q, 2)), arena_dup(arena, db_col_text(q, 3)),
		db_col_int64(q, 4) };
	return 0;
}

/* Lower is graver. */
static int rank(struct slice severity)
{
	int parsed = name_parse(&alert_severity_names, severity);
	return parsed < 0 ? ALERT_SEVERITY_COUNT : parsed;
}

static int worsen(struct txn *txn, int64_t id, const struct incident_opening *o)
{
	struct row row = { 0 };
	int error = row_load(txn_db(txn), txn_arena(txn), id, &row);
	if (error < 0 || rank(row.severity) <= (int)o->severity) {
		return error;
	}
	int64_t done = sql_run(txn_db(txn),
		"UPDATE incident SET version = version + 1, severity = $2, code = $3,"
		" args = $4 WHERE id = $1",
		SQL_INT(id), SQL_STR(name_id(&alert_severity_names, (unsigned)o->severity)),
		SQL_TEXT(o->code), SQL_TEXT(o->args.n > 0 ? o->args : SLICE("{}")));
	error = done < 0 ? (int)done : trail_row(txn, "incident", id);
	return error < 0 ? error : txn_change(txn, "incident", id, row.version + 1);
}

static int open_new(
	struct txn *txn, struct incident_opening *o, struct slice group, int64_t *ret_id)
{
	int64_t id = txn_id(txn);
	struct slice args = o->args.n > 0 ? o->args : SLICE("{}");
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO incident (id, version, state, severity, group_key, code, args,"
		" asset_id, unit_id, opened_at_ms, trace) VALUES ($1, 1, 'open', $2, $3, $4,"
		" $5, $6, $7, $8, $9)",
		SQL_INT(id), SQL_STR(name_id(&alert_severity_names, (unsigned)o->severity)),
		SQL_TEXT(group), SQL_TEXT(o->code), SQL_TEXT(args),
		SQL_INT_OR_NULL(o->asset_id), SQL_INT_OR_NULL(o->unit_id), SQL_INT(o->at_ms),
		SQL_TEXT(txn_trace(txn)));
	if (done < 0) {
		return (int)done;
	}
	int error = trail_row(txn, "incident", id);
	int64_t tokens = error < 0 ? error : search_put(txn, "incident", id, args);
	error = tokens < 0 ? (int)tokens : txn_change(txn, "incident", id, 1);
	o->is_new = true;
	*ret_id = id;
	return error;
}

static struct slice group_of(struct txn *txn, const struct incident_opening *o)
{
	if (o->group.n > 0) {
		return o->group;
	}
	return o->asset_id != 0
		       ? arena_printf(txn_arena(txn), "asset:%lld", (long long)o->asset_id)
		       : arena_printf(txn_arena(txn), "key:%.*s", SLICE_FMT(o->asset_key));
}

int incident_join(struct txn *txn, struct incident_opening *opening, int64_t *ret_incident_id)
{
	struct slice group = group_of(txn, opening);
	int64_t id = 0;
	int found = sql_int(txn_db(txn),
		"SELECT id FROM incident WHERE group_key = $1 AND state IN ('open', 'acked',"
		" 'mitigating')",
		&id, SQL_TEXT(group));
	if (found < 0) {
		return found;
	}
	opening->is_new = false;
	if (found == 0) {
		return open_new(txn, opening, group, ret_incident_id);
	}
	*ret_incident_id = id;
	return worsen(txn, id, opening);
}

int incident_tell(struct txn *txn, const struct desk_env *env, int64_t incident_id, bool is_new)
{
	struct row row = { 0 };
	int error = row_load(txn_db(txn), txn_arena(txn), incident_id, &row);
	if (error < 0 || (!is_new && !slice_is(row.state, "open"))) {
		return error;
	}
	return incident_mail_opened(txn, env, incident_id, row.severity);
}

static int state_set(struct txn *txn, const struct row *row, const char *sql, int64_t now_ms)
{
	int64_t done = sql_run(txn_db(txn), sql, SQL_INT(row->id), SQL_INT(now_ms));
	int error = done < 0 ? (int)done : trail_row(txn, "incident", row->id);
	return error < 0 ? error : txn_change(txn, "incident", row->id, row->version + 1);
}

int incident_settle(struct txn *txn, const struct desk_env *env, int64_t incident_id)
{
	struct row row = { 0 };
	int64_t firing = 0;
	int found = sql_int(txn_db(txn),
		"SELECT count(*) FROM alert WHERE incident_id = $1 AND state = 'firing'",
		&firing, SQL_INT(incident_id));
	int error =
		found < 0 ? found : row_load(txn_db(txn), txn_arena(txn), incident_id, &row);
	if (error < 0 || firing > 0 || slice_is(row.state, "resolved") ||
		slice_is(row.state, "closed")) {
		return error;
	}
	error = state_set(txn, &row,
		"UPDATE incident SET version = version + 1, state = 'resolved',"
		" resolved_at_ms = $2 WHERE id = $1",
		txn_now_ms(txn));
	return error < 0 ? error : incident_mail_recovered(txn, env, incident_id);
}

static int admitted(struct desk *desk, struct row *row)
{
	int error = row_load(desk->db, desk->arena, desk->call->id, row);
	error = error < 0 ? error : desk_unit_reached(desk, row->unit_id);
	int state = error < 0 ? error : name_parse(&incident_state_names, row->state);
	if (state >= 0) {
		desk->answer_state = slice_str(name_id(&incident_state_names, (unsigned)state));
	}
	return error < 0 ? error : desk_version_same(desk, row->version);
}

static struct slice note_args(struct desk *desk, struct slice note)
{
	AUTO_BUF struct buf text;
	buf_init(&text, 8192);
	struct jw jw;
	jw_init(&jw, &text);
	jw_object(&jw);
	jw_kv_opt(&jw, "note", note);
	jw_end(&jw);
	return arena_dup(desk->arena, buf_slice(&text));
}

static int step_done(struct desk *desk, const struct row *row, const char *act,
	const char *state, struct slice note)
{
	desk_audit(desk, act, "incident", row->id, row->version + 1, note);
	desk_answer(desk, row->id, row->version + 1);
	desk->answer_state = slice_str(state);
	return words_timeline(desk, "incident", row->id, act, note_args(desk, note));
}

static int ack(struct desk *desk, const struct row *row, struct slice note)
{
	int64_t done = sql_run(desk->db,
		"UPDATE incident SET version = version + 1, state = 'acked', acked_at_ms = $2,"
		" acked_by = $3 WHERE id = $1",
		SQL_INT(row->id), SQL_INT(desk->now_ms), SQL_INT(desk->caller.person_id));
	int error = done < 0 ? (int)done : trail_row(desk->txn, "incident", row->id);
	error = error < 0 ? error
			  : txn_change(desk->txn, "incident", row->id, row->version + 1);
	return error < 0 ? error : step_done(desk, row, "incident.ack", "acked", note);
}

int desk_incident_ack(struct desk *desk)
{
	struct row row = { 0 };
	struct slice note = { 0 };
	int error = admitted(desk, &row);
	error = error < 0 ? error : words_text(desk, "note", WORDS_OPTIONAL, NOTE_MAX, &note);
	if (error < 0) {
		return error;
	}
	if (!slice_is(row.state, "open")) {
		return desk_refuse(desk, E_STATE, "incident.not_open", NULL);
	}
	return ack(desk, &row, note);
}

int desk_incident_resolve(struct desk *desk)
{
	struct row row = { 0 };
	struct slice note = { 0 };
	int error = admitted(desk, &row);
	error = error < 0 ? error : words_text(desk, "note", WORDS_REQUIRED, NOTE_MAX, &note);
	if (error < 0) {
		return error;
	}
	if (!slice_is(row.state, "acked") && !slice_is(row.state, "mitigating")) {
		return desk_refuse(desk, E_STATE, "incident.not_acked", NULL);
	}
	error = state_set(desk->txn, &row,
		"UPDATE incident SET version = version + 1, state = 'resolved',"
		" resolved_at_ms = $2 WHERE id = $1",
		desk->now_ms);
	return error < 0 ? error : step_done(desk, &row, "incident.resolve", "resolved", note);
}

int desk_incident_close(struct desk *desk)
{
	static const char *const codes[] = { "fixed", "false_alarm", "planned", "finding",
		"other", NULL };
	struct row row = { 0 };
	struct slice code = { 0 };
	struct slice note = { 0 };
	int error = admitted(desk, &row);
	error = error < 0 ? error : words_choice(desk, "code", codes, NULL, &code);
	error = error < 0 ? error
			  : words_text(desk, "note",
				    slice_is(code, "other") ? WORDS_REQUIRED : WORDS_OPTIONAL,
				    NOTE_MAX, &note);
	if (error < 0) {
		return error;
	}
	if (!slice_is(row.state, "resolved")) {
		return desk_refuse(desk, E_STATE, "incident.not_resolved", NULL);
	}
	int64_t done = sql_run(desk->db,
		"UPDATE incident SET version = version + 1, state = 'closed',"
		" closed_at_ms = $2, close_code = $3 WHERE id = $1",
		SQL_INT(row.id), SQL_INT(desk->now_ms), SQL_TEXT(code));
	error = done < 0 ? (int)done : trail_row(desk->txn, "incident", row.id);
	error = error < 0 ? error : txn_change(desk->txn, "incident", row.id, row.version + 1);
	return error < 0 ? error : step_done(desk, &row, "incident.close", "closed", note);
}

static struct slice ticket_args(struct desk *desk, struct slice number, int64_t circuit_id)
{
	AUTO_BUF struct buf text;
	AUTO_STMT struct stmt *q = NULL;
	struct jw jw;
	buf_init(&text, 8192);
	int row = sql_query(
		desk->db, "SELECT name FROM circuit WHERE id = $1", &q, SQL_INT(circuit_id));
	row = row < 0 ? row : db_step(q);
	jw_init(&jw, &text);
	jw_object(&jw);
	jw_kv_str(&jw, "number", number);
	jw_kv_opt(&jw, "line", row == 1 ? db_col_text(q, 0) : (struct slice) { 0 });
	jw_end(&jw);
	return arena_dup(desk->arena, buf_slice(&text));
}

static int ticket_save(struct desk *desk, const struct row *row, struct slice number,
	int64_t circuit_id, struct slice note)
{
	int64_t id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO fault_ticket (id, version, incident_id, circuit_id, number, note,"
		" at_ms, by_id) VALUES ($1, 1, $2, $3, $4, $5, $6, $7)",
		SQL_INT(id), SQL_INT(row->id), SQL_INT_OR_NULL(circuit_id), SQL_TEXT(number),
		SQL_TEXT_OR_NULL(note), SQL_INT(desk->now_ms), SQL_INT(desk->caller.person_id));
	int error = done < 0 ? (int)done : trail_row(desk->txn, "fault_ticket", id);
	return error < 0 ? error : txn_change(desk->txn, "incident", row->id, row->version);
}

int desk_incident_ticket(struct desk *desk)
{
	struct row row = { 0 };
	struct slice number = { 0 };
	struct slice note = { 0 };
	int64_t circuit_id = 0;
	int error = admitted(desk, &row);
	error = error < 0 ? error
			  : words_text(desk, "number", WORDS_REQUIRED, TICKET_MAX, &number);
	error = error < 0 ? error : words_text(desk, "note", WORDS_OPTIONAL, NOTE_MAX, &note);
	error = error < 0
			? error
			: words_id(desk, "circuit_id", WORDS_OPTIONAL, "circuit", &circuit_id);
	if (error >= 0 && slice_is(row.state, "closed")) {
		error = desk_refuse(desk, E_STATE, "incident.closed", NULL);
	}
	error = error < 0 ? error : ticket_save(desk, &row, number, circuit_id, note);
	desk_audit(desk, "incident.ticket", "incident", row.id, row.version, number);
	desk_answer(desk, row.id, row.version);
	return error < 0 ? error
			 : words_timeline(desk, "incident", row.id, "incident.ticket",
				   ticket_args(desk, number, circuit_id));
}

/* Mail scanners fetch links: GET only shows, and this POST acts for the one the link was sent to. */
int desk_ack_key_use(struct desk *desk)
{
	struct digest digest = digest_of(DIGEST_SHA256, desk->call->key);
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT k.id, k.incident_id, k.person_id FROM ack_key k JOIN account a"
		" ON a.person_id = k.person_id WHERE k.digest = $1 AND k.expires_at_ms > $2"
		" AND a.disabled = 0",
		&q, SQL_BLOB(slice_of(digest.octet, DIGEST_OCTETS)), SQL_INT(desk->now_ms));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	int64_t key_id = db_col_int64(q, 0);
	int64_t incident_id = db_col_int64(q, 1);
	desk->caller = (struct caller) { .known = true,
		.person_id = db_col_int64(q, 2),
		.role = ROLE_OPERATOR,
		.name = "" };
	struct row row = { 0 };
	int error = row_load(desk->db, desk->arena, incident_id, &row);
	if (error < 0) {
		return error;
	}
	if (!slice_is(row.state, "open")) {
		return desk_refuse(desk, E_STATE, "incident.not_open", NULL);
	}
	int64_t done = sql_run(desk->db, "UPDATE ack_key SET used_at_ms = $2 WHERE id = $1",
		SQL_INT(key_id), SQL_INT(desk->now_ms));
	return done < 0 ? (int)done : ack(desk, &row, SLICE("by link"));
}
