/* SPDX-License-Identifier: Apache-2.0 */
/* After the verification: the leader hears, the superior if need be, and it is archived. */
#include "base/arena.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "desk/notices.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/timer.h"
#include "records/trail.h"

enum { TEXT_MAX = 2000, REASON_MAX = 500, AUTHORITY_MAX = 200 };

/* ---- 报分管校领导 */

static int leader_find(struct desk *desk, int64_t *ret_id)
{
	int64_t found = 0;
	int error = words_id(desk, "leader_id", WORDS_OPTIONAL, "person", ret_id);
	if (error < 0) {
		return error;
	}
	int row = sql_int(desk->db,
		"SELECT g.person_id FROM role_grant g WHERE g.role = 'vice_president'"
		" AND g.valid_to_ms IS NULL AND ($1 = 0 OR g.person_id = $1)"
		" ORDER BY g.id LIMIT 1",
		&found, SQL_INT(*ret_id));
	if (row == 0 && *ret_id != 0) {
		return desk_refuse(desk, E_INPUT, "notice.not_a_leader", "leader_id");
	}
	*ret_id = found;
	return row < 0 ? row : 0;
}

static struct slice summary(const struct matter *m)
{
	return arena_printf(m->arena,
		"%.*s：%.*s 共 %zu 项隐患（%s），经 %lld 轮整改，复核通过。%s",
		SLICE_FMT(m->row.number), SLICE_FMT(m->unit_name), m->finding_count,
		name_text(&grade_names, m->row.grade, LANG_ZH), (long long)m->row.round,
		m->unit_is_centre ? "（中心自查自改）" : "");
}

static int brief_put(struct matter *m, int64_t leader_id)
{
	int64_t id = txn_id(m->txn);
	int64_t done = sql_run(m->db,
		"INSERT INTO brief (id, version, notice_id, leader_id, at_ms, text,"
		" centre_self) VALUES ($1, 1, $2, $3, $4, $5, $6)",
		SQL_INT(id), SQL_INT(m->row.id), SQL_INT(leader_id), SQL_INT(m->now_ms),
		SQL_TEXT(m->note), SQL_INT(m->outcome.centre_self));
	return done < 0 ? (int)done : trail_row(m->txn, "brief", id);
}

int desk_notice_brief(struct desk *desk)
{
	struct matter m;
	int64_t leader_id = 0;
	struct slice text = { 0 };
	int error = matter_open(desk, &m);
	error = error < 0 ? error : leader_find(desk, &leader_id);
	error = error < 0 ? error : words_text(desk, "text", WORDS_OPTIONAL, TEXT_MAX, &text);
	m.facts.brief_ready = leader_id != 0;
	error = error < 0 ? error : matter_decide(desk, &m, NOTICE_ACT_BRIEF);
	if (error < 0) {
		return error;
	}
	m.note = text.n > 0 ? text : summary(&m);
	error = brief_put(&m, leader_id);
	error = error < 0 ? error : matter_write(&m);
	return error < 0 ? error
			 : matter_close(desk, &m, "notice.brief", "briefed",
				   matter_args(&m, (struct slice) { 0 }));
}

/* The notice's row stays untouched: having read it is no gate. */
int desk_notice_mark_brief(struct desk *desk)
{
	struct matter m;
	struct slice remark = { 0 };
	int64_t id = 0;
	int error = matter_open(desk, &m);
	error = error < 0 ? error
			  : words_text(desk, "remark", WORDS_OPTIONAL, TEXT_MAX, &remark);
	error = error < 0 ? error : matter_decide(desk, &m, NOTICE_ACT_MARK_BRIEF);
	if (error < 0) {
		return error;
	}
	int row = sql_int(desk->db,
		"SELECT id FROM brief WHERE notice_id = $1 AND leader_id = $2"
		" ORDER BY id DESC LIMIT 1",
		&id, SQL_INT(m.row.id), SQL_INT(m.actor_id));
	if (row <= 0) {
		return row < 0 ? row
			       : desk_refuse(desk, E_DENIED, "notice.brief_of_another", NULL);
	}
	int64_t done = sql_run(desk->db,
		"UPDATE brief SET version = version + 1, read_at_ms = COALESCE(read_at_ms, $2),"
		" remark = COALESCE($3, remark) WHERE id = $1",
		SQL_INT(id), SQL_INT(desk->now_ms), SQL_TEXT_OR_NULL(remark));
	error = done < 0 ? (int)done : trail_row(desk->txn, "brief", id);
	error = error < 0 ? error : txn_change(desk->txn, "notice", m.row.id, m.row.version);
	return error < 0 ? error
			 : matter_close(desk, &m, "notice.mark_brief",
				   remark.n > 0 ? "remarked" : "read", matter_args(&m, remark));
}

/* ---- 按需上报 */

static int decision_read(struct desk *desk, enum notice_act *ret_act)
{
	static const char *const words[] = { "needed", "sent", "receipted", "not_needed",
		NULL };
	static const enum notice_act acts[] = { NOTICE_ACT_UPREPORT_NEEDED,
		NOTICE_ACT_UPREPORT_SENT, NOTICE_ACT_UPREPORT_RECEIPTED,
		NOTICE_ACT_UPREPORT_NOT_NEEDED };
	struct slice word = { 0 };
	int error = words_choice(desk, "decision", words, NULL, &word);
	for (size_t i = 0; error == 0 && words[i] != NULL; i++) {
		if (slice_is(word, words[i])) {
			*ret_act = acts[i];
		}
	}
	return error;
}

int desk_notice_upreport(struct desk *desk)
{
	struct matter m;
	struct slice reason = { 0 };
	struct slice authority = { 0 };
	enum notice_act act = NOTICE_ACT_UPREPORT_NEEDED;
	int error = matter_open(desk, &m);
	error = error < 0 ? error : decision_read(desk, &act);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_OPTIONAL, REASON_MAX, &reason);
	error = error < 0 ? error
			  : words_text(desk, "authority", WORDS_OPTIONAL, AUTHORITY_MAX,
				    &authority);
	if (error < 0) {
		return error;
	}
	authority = authority.n > 0 ? authority : m.row.upreport_authority;
	m.facts.reason_given = words_enough(reason, NOTICE_REASON_MIN);
	m.facts.authority_named = authority.n > 0;
	m.facts.receipt_given = reason.n > 0;
	error = matter_decide(desk, &m, act);
	if (error < 0) {
		return error;
	}
	m.row.upreport_authority = authority;
	m.row.upreport_reason = reason.n > 0 ? reason : m.row.upreport_reason;
	m.note = authority;
	error = matter_write(&m);
	return error < 0 ? error
			 : matter_close(desk, &m, "notice.upreport", "upreport",
				   arena_printf(m.arena, "{\"decision\":\"%s\"}",
					   name_id(&upreport_names, m.row.upreport)));
}

int desk_notice_close(struct desk *desk)
{
	struct matter m;
	struct slice reason = { 0 };
	int error = matter_open(desk, &m);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_OPTIONAL, REASON_MAX, &reason);
	error = error < 0 ? error : matter_decide(desk, &m, NOTICE_ACT_CLOSE);
	if (error < 0) {
		return error;
	}
	m.note = reason;
	error = matter_write(&m);
	int64_t ended = error < 0 ? error : timer_cancel(m.txn, "notice", m.row.id, NULL);
	return ended < 0 ? (int)ended
			 : matter_close(desk, &m, "notice.close", "archived",
				   matter_args(&m, reason));
}
