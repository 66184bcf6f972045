/* SPDX-License-Identifier: Apache-2.0 */
/* What unit and centre say to each other about a notice; its row stays untouched. */
#include "base/arena.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "desk/notice_pleas.h"
#include "desk/remarks.h"
#include "records/txn.h"

/* The other side hears that something was said, never what. */
static int other_side_tell(struct matter *m)
{
	const char *event =
		(const char *)arena_printf(m->arena, "comment.%lld", (long long)m->now_ms).p;
	struct slice subject =
		arena_printf(m->arena, "【有新留言】%.*s", SLICE_FMT(m->row.number));
	struct slice text = arena_printf(m->arena, "%.*s（%.*s）有一条新留言，请登录查看。",
		SLICE_FMT(m->row.number), SLICE_FMT(m->unit_name));
	if (m->row.issued_at_ms == 0) {
		return matter_tell_person(m, m->row.author_id, event, subject, text);
	}
	if (!m->facts.actor_in_unit) {
		return matter_tell_unit(m, event, subject, text);
	}
	int error = matter_tell_person(m, m->row.author_id, event, subject, text);
	return error < 0 || m->check.verifier_id == m->row.author_id
		       ? error
		       : matter_tell_person(m, m->check.verifier_id, event, subject, text);
}

int desk_notice_comment(struct desk *desk)
{
	struct matter m;
	struct slice text = { 0 };
	int error = matter_open(desk, &m);
	m.act = NOTICE_ACT_COUNT;
	error = error < 0 ? error : remark_put(desk, "notice", m.row.id, &text);
	error = error < 0 ? error : txn_change(m.txn, "notice", m.row.id, m.row.version);
	error = error < 0 ? error : other_side_tell(&m);
	desk_audit(desk, "notice.comment", "notice", m.row.id, m.row.version, text);
	desk_answer(desk, m.row.id, m.row.version);
	return error;
}
