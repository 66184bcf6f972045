/* SPDX-License-Identifier: Apache-2.0 */
/* A form that paper filled in becomes a file of the answer; one it could not says why. */
#include "base/arena.h"
#include "base/err.h"
#include "desk/line.h"
#include "records/outbox.h"
#include "records/sql.h"
#include "records/trail.h"
#include "records/txn.h"

enum { PROBLEM_OCTETS_MAX = 60 };

struct filled {
	int64_t incoming_id;
	int64_t by_id;
	struct slice name;
	struct slice media;
	bool waits;
	int64_t incoming_version;
};

static int filled_load(struct txn *txn, int64_t id, struct filled *ret)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn),
		"SELECT f.incoming_id, f.by_id, f.name, a.media, f.state, i.version"
		" FROM annex_fill f JOIN annex a ON a.id = f.annex_id"
		" JOIN incoming i ON i.id = f.incoming_id WHERE f.id = $1",
		&q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		*ret = (struct filled) { db_col_int64(q, 0), db_col_int64(q, 1),
			arena_dup(txn_arena(txn), db_col_text(q, 2)),
			arena_dup(txn_arena(txn), db_col_text(q, 3)),
			slice_is(db_col_text(q, 4), "waiting"), db_col_int64(q, 5) };
	}
	return row;
}

static int file_put(struct txn *txn, const struct filled *f, int64_t blob_id, int64_t *ret_id)
{
	int64_t id = txn_id(txn);
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO attachment (id, version, about, about_id, round, kind, name, media,"
		" blob_id, by_id, by_proxy, at_ms) VALUES ($1, 1, 'incoming', $2, 0, 'annex', $3,"
		" $4, $5, $6, 0, $7)",
		SQL_INT(id), SQL_INT(f->incoming_id), SQL_TEXT(f->name), SQL_TEXT(f->media),
		SQL_INT(blob_id), SQL_INT(f->by_id), SQL_INT(txn_now_ms(txn)));
	*ret_id = id;
	return done < 0 ? (int)done : trail_row(txn, "attachment", id);
}

static int settle(struct txn *txn, const struct line_document *done, int64_t file_id)
{
	int64_t changed = sql_run(txn_db(txn),
		"UPDATE annex_fill SET version = version + 1, state = $2, input = '',"
		" problem = $3, attachment_id = $4 WHERE id = $1",
		SQL_INT(done->document_id), SQL_STR(done->ok ? "ready" : "failed"),
		SQL_TEXT_OR_NULL(slice_head(done->error, PROBLEM_OCTETS_MAX)),
		SQL_INT_OR_NULL(file_id));
	int error =
		changed < 0 ? (int)changed : trail_row(txn, "annex_fill", done->document_id);
	error = error < 0 ? error
			  : outbox_end(txn, done->document_id,
				    done->ok ? OUTBOX_DONE : OUTBOX_FAILED, done->error);
	return error == E_STATE ? 0 : error;
}

int line_annex_done(struct txn *txn, const struct line_document *done)
{
	struct filled f = { 0 };
	int64_t file_id = 0;
	int row = filled_load(txn, done->document_id, &f);
	if (row <= 0 || !f.waits) {
		return row;
	}
	trail_act(txn, &(struct trail_act) { .act = SLICE("annex.filled"),
			       .kind = SLICE("annex_fill"),
			       .id = done->document_id,
			       .version = 2,
			       .reason = done->error });
	int error = done->ok ? file_put(txn, &f, done->blob_id, &file_id) : 0;
	error = error < 0 ? error : settle(txn, done, file_id);
	error = error < 0 ? error
			  : txn_change(txn, "incoming", f.incoming_id, f.incoming_version);
	return error < 0 ? error : 1;
}
