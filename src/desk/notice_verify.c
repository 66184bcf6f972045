/* SPDX-License-Identifier: Apache-2.0 */
/* The verifier's look at what a unit handed in. */
#include "base/arena.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "desk/notice_rounds.h"
#include "desk/words.h"
#include "records/outbox.h"
#include "records/sql.h"
#include "records/trail.h"

enum { OPINION_MAX = 2000, PROBES_MAX = 64 };

/* ---- asking for fresh answers */

static int proof_ask(struct matter *m, int64_t watch_id)
{
	int64_t id = txn_id(m->txn);
	int64_t done = sql_run(m->db,
		"INSERT INTO probe_proof (id, version, verification_id, watch_id, asked_at_ms)"
		" VALUES ($1, 1, $2, $3, $4)",
		SQL_INT(id), SQL_INT(m->check.id), SQL_INT(watch_id), SQL_INT(m->now_ms));
	int error = done < 0 ? (int)done : trail_row(m->txn, "probe_proof", id);
	struct outbox_item item = { .id = id,
		.kind = SLICE("probe"),
		.effect = arena_printf(m->arena, "probe|%lld", (long long)id),
		.record_kind = SLICE("probe_proof"),
		.record_id = id,
		.payload = arena_printf(m->arena, "{\"check_id\":%lld,\"ask\":%lld}",
			(long long)watch_id, (long long)id),
		.trace = txn_trace(m->txn) };
	int put = error < 0 ? error : outbox_put(m->txn, &item);
	return put < 0 ? put : 0;
}

/*
 * The checks that found it; for the centre's own assets any check of them,
 * because there nobody else's word is at hand.
 */
static int proofs_ask(struct matter *m)
{
	int64_t watches[PROBES_MAX];
	int count = 0;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(m->db,
		"SELECT DISTINCT w.id FROM finding f JOIN watch w"
		" ON w.id = f.watch_id OR ($2 = 1 AND f.watch_id IS NULL"
		" AND w.asset_id = f.asset_id AND w.enabled = 1) WHERE f.notice_id = $1"
		" AND f.state = 'remediated'"
		" ORDER BY w.id LIMIT $3",
		&q, SQL_INT(m->row.id), SQL_INT(m->unit_is_centre), SQL_INT(PROBES_MAX));
	while (row >= 0 && (row = db_step(q)) == 1) {
		watches[count++] = db_col_int64(q, 0);
	}
	row = row < 0 ? row : 0;
	for (int i = 0; i < count && row == 0; i++) {
		row = proof_ask(m, watches[i]);
	}
	return row;
}

/* The answer did not come, or the service hiccuped: the same verifier asks again. */
static int ask_again(struct desk *desk, struct matter *m)
{
	if (m->check.verifier_id != m->actor_id) {
		return desk_refuse(desk, E_DENIED, "notice.verified_by_another", NULL);
	}
	int error = proofs_ask(m);
	error = error < 0 ? error : txn_change(m->txn, "notice", m->row.id, m->row.version);
	return error < 0 ? error
			 : matter_close(desk, m, "notice.probe", "probing",
				   matter_args(m, (struct slice) { 0 }));
}

int desk_notice_verify(struct desk *desk)
{
	struct matter m;
	int error = matter_open(desk, &m);
	if (error == 0 && m.row.state == NOTICE_VERIFYING) {
		return ask_again(desk, &m);
	}
	error = error < 0 ? error : matter_decide(desk, &m, NOTICE_ACT_VERIFY);
	error = error < 0 ? error : matter_round_step(&m, RECTIFICATION_ACT_ACCEPT);
	error = error < 0 ? error : matter_round_save(&m);
	if (error < 0) {
		return error;
	}
	m.check.verifier_id = m.actor_id;
	int64_t done =
		sql_run(desk->db, "UPDATE verification SET started_at_ms = $2 WHERE id = $1",
			SQL_INT(m.check.id), SQL_INT(m.now_ms));
	error = done < 0 ? (int)done : matter_check_save(&m);
	error = error < 0 ? error : proofs_ask(&m);
	error = error < 0 ? error : matter_write(&m);
	return error < 0 ? error
			 : matter_close(desk, &m, "notice.verify", "verifying",
				   matter_args(&m, (struct slice) { 0 }));
}

int desk_notice_second_read(struct desk *desk)
{
	struct matter m;
	int error = matter_open(desk, &m);
	error = error < 0 ? error : matter_decide(desk, &m, NOTICE_ACT_SECOND_READ);
	if (error < 0) {
		return error;
	}
	m.check.second_reader_id = m.actor_id;
	int64_t done =
		sql_run(desk->db, "UPDATE verification SET second_at_ms = $2 WHERE id = $1",
			SQL_INT(m.check.id), SQL_INT(m.now_ms));
	error = done < 0 ? (int)done : matter_check_save(&m);
	error = error < 0 ? error : matter_write(&m);
	return error < 0 ? error
			 : matter_close(desk, &m, "notice.second_read", "second_read",
				   matter_args(&m, (struct slice) { 0 }));
}

/* ---- passed or failed */

static int settle_read(struct desk *desk, struct matter *m, struct slice *ret_method)
{
	static const char *const methods[] = { "probe", "manual", "document", NULL };
	int error = words_choice(desk, "method", methods, NULL, ret_method);
	error = error < 0 ? error
			  : words_text(desk, "opinion", WORDS_REQUIRED, OPINION_MAX, &m->note);
	if (error < 0) {
		return error;
	}
	bool words = words_enough(m->note, NOTICE_REASON_MIN);
	struct verification_facts *v = &m->facts.verification;
	v->method =
		(enum verification_method)name_parse(&verification_method_names, *ret_method);
	v->retest_recorded = v->method == METHOD_MANUAL && words;
	v->failure_evidence = words;
	return 0;
}

static int settle(struct desk *desk, enum notice_act act, const char *name, const char *code)
{
	struct matter m;
	struct slice method = { 0 };
	int error = matter_open(desk, &m);
	error = error < 0 ? error : settle_read(desk, &m, &method);
	error = error < 0 ? error : matter_decide(desk, &m, act);
	if (error < 0) {
		return error;
	}
	m.check.verifier_id = m.actor_id;
	int64_t done = sql_run(desk->db,
		"UPDATE verification SET settled_at_ms = $2, method = $3, opinion = $4"
		" WHERE id = $1",
		SQL_INT(m.check.id), SQL_INT(m.now_ms), SQL_TEXT(method), SQL_TEXT(m.note));
	error = done < 0 ? (int)done : matter_check_save(&m);
	error = error < 0 ? error : matter_write(&m);
	return error < 0 ? error : matter_close(desk, &m, name, code, matter_args(&m, m.note));
}

int desk_notice_pass(struct desk *desk)
{
	return settle(desk, NOTICE_ACT_PASS, "notice.pass", "passed");
}

int desk_notice_fail(struct desk *desk)
{
	return settle(desk, NOTICE_ACT_FAIL, "notice.fail", "failed");
}
