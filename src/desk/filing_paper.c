/* SPDX-License-Identifier: Apache-2.0 */
/* Papers of a filing: the form the unit signs, and the list both confirm at the hand-over. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "desk/filing_row.h"
#include "desk/paper_job.h"
#include "desk/record_papers.h"
#include "model/asset_sheet.h"
#include "model/notice.h"
#include "records/sql.h"
#include "records/txn.h"

enum { MEMBERS_MAX_OCTETS = 240 * 1024, NOTICES_LISTED = 200, ASSETS_LISTED = 500 };

struct sheet {
	struct txn *txn;
	const struct desk_env *env;
	const struct filing_row *row;
	struct buf *out;
	struct jw jw;
};

static struct slice post_text(const struct filing_row *row)
{
	return slice_str(name_text(&post_names, row->post, LANG_ZH));
}

static int people_open(struct sheet *s, struct stmt **q)
{
	int row = sql_query(txn_db(s->txn),
		"SELECT u.name, p.name, p.title, p.phone, p.phone2, p.mail, o.name, h.name,"
		" h.phone FROM unit u JOIN person p ON p.id = $2 LEFT JOIN person o ON o.id = $3"
		" LEFT JOIN person h ON h.id = (SELECT min(g.person_id) FROM role_grant g"
		" WHERE g.unit_id = u.id AND g.role = 'unit_head' AND g.valid_to_ms IS NULL"
		" AND g.for_id IS NULL) WHERE u.id = $1",
		q, SQL_INT(s->row->unit_id), SQL_INT(s->row->person_id),
		SQL_INT(s->row->outgoing_id));
	row = row < 0 ? row : db_step(*q);
	return row == 0 ? E_ABSENT : row;
}

static int put(struct sheet *s, enum paper_kind kind)
{
	int64_t id = 0;
	struct arena *arena = txn_arena(s->txn);
	jw_end(&s->jw);
	struct paper_job job = { .env = s->env,
		.kind = kind,
		.about = "filing",
		.about_id = s->row->id,
		.unit_id = s->row->unit_id,
		.number = s->row->number.n > 0
				  ? s->row->number
				  : arena_printf(arena, "备案申请 %lld", (long long)s->row->id),
		.members = buf_slice(s->out) };
	return s->out->failed ? E_LIMIT : paper_job_put(s->txn, &job, &id);
}

static void begin(struct sheet *s)
{
	jw_init(&s->jw, s->out);
	jw_object(&s->jw);
}

/* ---- 备案表 */

static void officer_put(struct sheet *s, struct stmt *q)
{
	struct arena *arena = txn_arena(s->txn);
	jw_key(&s->jw, "officers");
	jw_array(&s->jw);
	jw_object(&s->jw);
	jw_kv_str(&s->jw, "role", post_text(s->row));
	jw_kv_str(&s->jw, "name", db_col_text(q, 1));
	jw_kv_opt(&s->jw, "post", db_col_text(q, 2));
	jw_kv_opt(&s->jw, "phone", db_col_text(q, 3));
	jw_kv_opt(&s->jw, "office_phone", db_col_text(q, 4));
	jw_kv_opt(&s->jw, "mail", db_col_text(q, 5));
	jw_kv_str(&s->jw, "since", paper_day(arena, s->row->effective_at_ms));
	jw_end(&s->jw);
	jw_end(&s->jw);
}

static struct slice change_text(const struct sheet *s, struct slice outgoing)
{
	struct arena *arena = txn_arena(s->txn);
	struct slice reason = s->row->reason;
	return outgoing.n == 0 ? reason
			       : arena_printf(arena, "接替%.*s。%.*s", SLICE_FMT(outgoing),
					 SLICE_FMT(reason));
}

int filing_form_paper(struct txn *txn, const struct desk_env *env, const struct filing_row *row)
{
	AUTO_BUF struct buf members;
	AUTO_STMT struct stmt *q = NULL;
	struct sheet s = { .txn = txn, .env = env, .row = row, .out = &members };
	buf_init(&members, MEMBERS_MAX_OCTETS);
	int found = people_open(&s, &q);
	if (found < 0) {
		return found;
	}
	begin(&s);
	jw_kv_str(&s.jw, "unit", db_col_text(q, 0));
	jw_kv_opt(&s.jw, "head", db_col_text(q, 7));
	jw_kv_opt(&s.jw, "head_phone", db_col_text(q, 8));
	jw_kv_opt(&s.jw, "change", change_text(&s, db_col_text(q, 6)));
	officer_put(&s, q);
	if (row->approved_at_ms != 0) {
		jw_kv_str(&s.jw, "opinion",
			arena_printf(txn_arena(txn), "同意备案。备案号：%.*s。%.*s",
				SLICE_FMT(row->number),
				SLICE_FMT(paper_day(txn_arena(txn), row->approved_at_ms))));
		jw_kv_opt(&s.jw, "note", row->warned);
	}
	return put(&s, PAPER_OFFICER_FILING);
}

/* ---- 交接清单 */

static int notices_put(struct sheet *s)
{
	struct arena *arena = txn_arena(s->txn);
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(s->txn),
		"SELECT number, title, state, due_at_ms FROM notice WHERE unit_id = $1"
		" AND issued_at_ms IS NOT NULL AND state NOT IN ('closed', 'withdrawn',"
		" 'reassigned') ORDER BY id LIMIT $2",
		&q, SQL_INT(s->row->unit_id), SQL_INT(NOTICES_LISTED));
	jw_key(&s->jw, "notices");
	jw_array(&s->jw);
	while (row >= 0 && (row = db_step(q)) == 1) {
		int state = name_parse(&notice_state_names, db_col_text(q, 2));
		jw_object(&s->jw);
		jw_kv_str(&s->jw, "number", db_col_text(q, 0));
		jw_kv_str(&s->jw, "title", db_col_text(q, 1));
		if (state >= 0) {
			jw_kv_str(&s->jw, "state",
				slice_str(name_text(
					&notice_state_names, (unsigned)state, LANG_ZH)));
		}
		if (!db_col_is_null(q, 3)) {
			jw_kv_str(&s->jw, "due", paper_day(arena, db_col_int64(q, 3)));
		}
		jw_end(&s->jw);
	}
	jw_end(&s->jw);
	return row < 0 ? row : 0;
}

static int assets_put(struct sheet *s)
{
	int64_t count = 0;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(s->txn),
		"SELECT name, COALESCE(address, domain), kind FROM asset WHERE owner_unit_id = $1"
		" AND retired_at_ms IS NULL ORDER BY name, id LIMIT $2",
		&q, SQL_INT(s->row->unit_id), SQL_INT(ASSETS_LISTED + 1));
	jw_key(&s->jw, "assets");
	jw_array(&s->jw);
	while (row >= 0 && (row = db_step(q)) == 1 && count++ < ASSETS_LISTED) {
		int kind = name_parse(&asset_kind_names, db_col_text(q, 2));
		jw_object(&s->jw);
		jw_kv_str(&s->jw, "name", db_col_text(q, 0));
		jw_kv_opt(&s->jw, "address", db_col_text(q, 1));
		if (kind >= 0) {
			jw_kv_str(&s->jw, "note",
				slice_str(
					name_text(&asset_kind_names, (unsigned)kind, LANG_ZH)));
		}
		jw_end(&s->jw);
	}
	jw_end(&s->jw);
	if (row >= 0 && count > ASSETS_LISTED) {
		jw_kv_str(&s->jw, "note", SLICE("资产较多，其余见资产清单。"));
	}
	return row < 0 ? row : 0;
}

int filing_list_paper(struct txn *txn, const struct desk_env *env, const struct filing_row *row)
{
	AUTO_BUF struct buf members;
	AUTO_STMT struct stmt *q = NULL;
	struct sheet s = { .txn = txn, .env = env, .row = row, .out = &members };
	buf_init(&members, MEMBERS_MAX_OCTETS);
	int found = people_open(&s, &q);
	if (found < 0) {
		return found;
	}
	begin(&s);
	jw_kv_str(&s.jw, "unit", db_col_text(q, 0));
	jw_kv_str(&s.jw, "post", post_text(row));
	jw_kv_str(&s.jw, "old_officer", db_col_text(q, 6));
	jw_kv_str(&s.jw, "new_officer", db_col_text(q, 1));
	jw_kv_opt(&s.jw, "reason", row->reason);
	int error = notices_put(&s);
	error = error < 0 ? error : assets_put(&s);
	return error < 0 ? error : put(&s, PAPER_HANDOVER);
}
