/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/deliveries.h"

#include "base/arena.h"
#include "base/err.h"
#include "desk/deliver.h"
#include "desk/desk.h"
#include "records/sql.h"

struct old {
	struct deliver_mail mail;
	struct slice state;
	int64_t version;
};

static int old_load(struct desk *desk, int64_t id, struct old *old)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT person_id, address, subject, body, about, about_id, document_id, state, version"
		" FROM delivery WHERE id = $1",
		&q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	old->mail = (struct deliver_mail) {
		.person_id = db_col_int64(q, 0),
		.address = arena_dup(desk->arena, db_col_text(q, 1)),
		.subject = arena_dup(desk->arena, db_col_text(q, 2)),
		.body = arena_dup(desk->arena, db_col_text(q, 3)),
		.about = arena_dup_str(desk->arena, db_col_text(q, 4)),
		.about_id = db_col_int64(q, 5),
		.document_id = db_col_int64(q, 6),
	};
	old->state = arena_dup(desk->arena, db_col_text(q, 7));
	old->version = db_col_int64(q, 8);
	return 0;
}

int desk_delivery_resend(struct desk *desk)
{
	struct old old = { 0 };
	int64_t id = desk->call->id;
	int error = old_load(desk, id, &old);
	error = error < 0 ? error : desk_version_same(desk, old.version);
	if (error < 0) {
		return error;
	}
	if (!slice_is(old.state, "dead") && !slice_is(old.state, "failed_permanent") &&
		!slice_is(old.state, "unknown")) {
		return desk_refuse(desk, E_STATE, "delivery.not_ended", NULL);
	}
	struct slice event = arena_printf(desk->arena, "resend.%lld", (long long)id);
	old.mail.event = (const char *)event.p;
	int put = deliver_mail(desk->txn, &old.mail);
	if (put < 0) {
		return put;
	}
	if (put == 0) {
		return desk_refuse(desk, E_EXISTS, "delivery.resent", NULL);
	}
	desk_audit(desk, "delivery.resend", "delivery", id, old.version, (struct slice) { 0 });
	desk_answer(desk, id, old.version);
	return 0;
}
