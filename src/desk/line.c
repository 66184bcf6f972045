/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/line.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/finding_recur.h"
#include "desk/matter.h"
#include "desk/signals.h"
#include "model/signal.h"
#include "records/outbox.h"
#include "records/sql.h"
#include "records/trail.h"

enum { RENDER_TRIES_MAX = 3, RENDER_PAUSE_MS = 60000, ARGS_OCTETS_MAX = 2048 };

/* ---- a fresh probe */

static int proof_notice(struct txn *txn, int64_t proof_id, int64_t *ret_notice_id)
{
	return sql_int(txn_db(txn),
		"SELECT v.notice_id FROM probe_proof p JOIN verification v"
		" ON v.id = p.verification_id WHERE p.id = $1 AND p.at_ms IS NULL",
		ret_notice_id, SQL_INT(proof_id));
}

int line_probe_result(
	struct txn *txn, const struct desk_env *env, const struct line_probe *result)
{
	int64_t notice_id = 0;
	int found = proof_notice(txn, result->proof_id, &notice_id);
	if (found <= 0) {
		/* A look at what was closed, or unknown, or a second answer: the first one stands. */
		found = found < 0 ? found : finding_recheck_result(txn, env, result);
		return found < 0 ? found : 0;
	}
	trail_act(txn, &(struct trail_act) { .act = SLICE("probe.result"),
			       .kind = SLICE("notice"),
			       .id = notice_id,
			       .reason = result->state });
	int64_t done = sql_run(txn_db(txn),
		"UPDATE probe_proof SET version = version + 1, at_ms = $2, state = $3,"
		" latency_us = $4, code = $5, args = $6 WHERE id = $1",
		SQL_INT(result->proof_id), SQL_INT(result->at_ms), SQL_TEXT(result->state),
		SQL_INT(result->latency_us), SQL_TEXT_OR_NULL(result->code),
		SQL_TEXT_OR_NULL(result->args));
	int error = done < 0 ? (int)done : trail_row(txn, "probe_proof", result->proof_id);
	error = error < 0
			? error
			: outbox_end(txn, result->proof_id, OUTBOX_DONE, (struct slice) { 0 });
	error = error == E_STATE ? 0 : error;
	return error < 0 ? error : txn_change(txn, "notice", notice_id, 0);
}

/* ---- a document */

struct paper {
	bool waits;
	struct slice name;
	int64_t tries;
};

static int paper_load(struct txn *txn, int64_t id, struct paper *paper)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn),
		"SELECT d.state, d.name, o.attempts FROM document d LEFT JOIN outbox o"
		" ON o.id = d.id WHERE d.id = $1",
		&q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		*paper = (struct paper) { slice_is(db_col_text(q, 0), "waiting"),
			arena_dup(txn_arena(txn), db_col_text(q, 1)), db_col_int64(q, 2) };
	}
	return row < 0 ? row : 0;
}

static int paper_settle(struct txn *txn, const struct line_document *done)
{
	trail_act(txn, &(struct trail_act) { .act = SLICE("document.settle"),
			       .kind = SLICE("document"),
			       .id = done->document_id,
			       .version = 2,
			       .reason = done->error });
	int64_t changed = sql_run(txn_db(txn),
		"UPDATE document SET version = version + 1, state = $2, blob_id = $3"
		" WHERE id = $1",
		SQL_INT(done->document_id), SQL_STR(done->ok ? "ready" : "failed"),
		SQL_INT_OR_NULL(done->blob_id));
	int error = changed < 0 ? (int)changed : trail_row(txn, "document", done->document_id);
	error = error < 0 ? error : txn_change(txn, "document", done->document_id, 2);
	error = error < 0 ? error
			  : outbox_end(txn, done->document_id,
				    done->ok ? OUTBOX_DONE : OUTBOX_FAILED, done->error);
	return error == E_STATE ? 0 : error;
}

/* What paper could not do, to be heard of by those on duty.  key makes it one alert. */
static int paper_alarm(struct txn *txn, const struct desk_env *env, const char *code,
	int64_t key, struct slice name)
{
	struct arena *arena = txn_arena(txn);
	AUTO_BUF struct buf args;
	struct jw jw;
	buf_init(&args, ARGS_OCTETS_MAX);
	jw_init(&jw, &args);
	jw_object(&jw);
	jw_kv_str(&jw, "name", name);
	jw_end(&jw);
	struct signal signal = {
		.source = SLICE("core"),
		.check = SLICE("paper"),
		.asset_key = SLICE("paper"),
		.class = slice_str(code),
		.severity = ALERT_SEVERITY_MAJOR,
		.observed_at_ms = txn_now_ms(txn),
		.state = SIGNAL_FIRING,
		.dedup_key = arena_printf(arena, "%s:%lld", code, (long long)key),
		.code = slice_str(code),
		.args = buf_slice(&args),
	};
	return signal_take(txn, env, &signal);
}

int line_document_done(
	struct txn *txn, const struct desk_env *env, const struct line_document *done)
{
	struct paper paper = { 0 };
	int form = line_annex_done(txn, done);
	if (form != 0) {
		return form < 0 ? form : 0;
	}
	int error = paper_load(txn, done->document_id, &paper);
	if (error < 0 || !paper.waits) {
		return error;
	}
	if (!done->ok && paper.tries < RENDER_TRIES_MAX) {
		return outbox_retry(
			txn, done->document_id, txn_now_ms(txn) + RENDER_PAUSE_MS, done->error);
	}
	/* Nobody waits for a paper that cannot be made without hearing of it. */
	error = done->ok ? 0
			 : paper_alarm(txn, env, "paper.failed", done->document_id, paper.name);
	return error < 0 ? error : paper_settle(txn, done);
}

int line_upload_lost(
	struct txn *txn, const struct desk_env *env, int64_t notice_id, struct slice name)
{
	return paper_alarm(txn, env, "paper.upload", notice_id, name);
}

/* ---- the first mail that reached somebody */

static int delivered_notice(struct txn *txn, int64_t delivery_id, int64_t *ret_notice_id)
{
	return sql_int(txn_db(txn),
		"SELECT n.id FROM delivery d JOIN notice n ON n.id = d.about_id"
		" JOIN notice_recipient r ON r.notice_id = n.id AND r.person_id = d.person_id"
		" WHERE d.id = $1 AND d.about = 'notice' AND n.state = 'issued'"
		" AND n.reached_at_ms IS NULL",
		ret_notice_id, SQL_INT(delivery_id));
}

int line_delivered(struct txn *txn, const struct desk_env *env, int64_t delivery_id)
{
	int64_t notice_id = 0;
	struct matter m;
	int found = delivered_notice(txn, delivery_id, &notice_id);
	if (found <= 0) {
		return found;
	}
	int error = matter_open_system(txn, env, notice_id, &m);
	error = error < 0 ? error : matter_decide(NULL, &m, NOTICE_ACT_DELIVER);
	if (error < 0) {
		return error;
	}
	trail_act(txn, &(struct trail_act) { .act = SLICE("notice.deliver"),
			       .kind = SLICE("notice"),
			       .id = notice_id,
			       .version = m.row.version + 1 });
	return matter_write(&m);
}
