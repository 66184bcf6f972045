/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/notice_copy.h"

#include "base/arena.h"
#include "base/err.h"
#include "desk/deliver.h"
#include "desk/desk.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "records/sql.h"
#include "records/trail.h"
#include "workflow/routing.h"

enum { PEOPLE_MAX = 100 };

static int copy_put(struct matter *m, int64_t unit_id, enum owner as)
{
	int64_t id = txn_id(m->txn);
	int64_t done = sql_run(m->db,
		"INSERT INTO notice_copy (id, version, notice_id, unit_id, as_owner)"
		" VALUES ($1, 1, $2, $3, $4) ON CONFLICT (notice_id, unit_id) DO NOTHING",
		SQL_INT(id), SQL_INT(m->row.id), SQL_INT(unit_id),
		SQL_STR(name_id(&owner_names, as)));
	return done <= 0 ? (int)done : trail_row(m->txn, "notice_copy", id);
}

static int asset_copies(struct matter *m, int64_t asset_id)
{
	int64_t unit[OWNER_COUNT] = { 0 };
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(m->db,
		"SELECT owner_unit_id, operate_unit_id, use_unit_id FROM asset WHERE id = $1",
		&q, SQL_INT(asset_id));
	row = row < 0 ? row : db_step(q);
	for (unsigned i = 0; row == 1 && i < OWNER_COUNT; i++) {
		unit[i] = db_col_int64(q, i);
	}
	row = row < 0 ? row : 0;
	for (unsigned i = 0; row == 0 && i < OWNER_COUNT; i++) {
		if (unit[i] != 0 && unit[i] != m->row.unit_id) {
			row = copy_put(m, unit[i], (enum owner)i);
		}
	}
	return row;
}

int notice_copies_put(struct matter *m)
{
	int error = 0;
	for (size_t i = 0; i < m->finding_count && error == 0; i++) {
		error = m->findings[i].asset_id != 0 ? asset_copies(m, m->findings[i].asset_id)
						     : 0;
	}
	return error;
}

/* ---- told */

struct copied {
	int64_t person_id;
	enum owner as;
};

static int copied_load(struct matter *m, struct copied *list, size_t *ret_count)
{
	AUTO_STMT struct stmt *q = NULL;
	size_t count = 0;
	int row = sql_query(m->db,
		"SELECT g.person_id, c.as_owner FROM notice_copy c JOIN role_grant g"
		" ON g.unit_id = c.unit_id AND g.role IN ('officer', 'specialist')"
		" AND g.valid_to_ms IS NULL WHERE c.notice_id = $1 AND NOT EXISTS (SELECT 1"
		" FROM notice_recipient r WHERE r.notice_id = $1 AND r.person_id = g.person_id)"
		" ORDER BY g.person_id, g.id LIMIT $2",
		&q, SQL_INT(m->row.id), SQL_INT(PEOPLE_MAX));
	while (row >= 0 && (row = db_step(q)) == 1) {
		int as = name_parse(&owner_names, db_col_text(q, 1));
		int64_t person_id = db_col_int64(q, 0);
		if (count == 0 || list[count - 1].person_id != person_id) {
			list[count++] =
				(struct copied) { person_id, (enum owner)(as < 0 ? 0 : as) };
		}
	}
	*ret_count = count;
	return row < 0 ? row : 0;
}

/* Who is told by copy may not open the notice: the mail has no link that would lead nowhere. */
int notice_copies_tell(struct matter *m)
{
	struct copied list[PEOPLE_MAX];
	size_t count = 0;
	int put = copied_load(m, list, &count);
	for (size_t i = 0; i < count && put >= 0; i++) {
		struct deliver_mail mail = { .person_id = list[i].person_id,
			.subject = arena_printf(
				m->arena, "【抄送】%.*s", SLICE_FMT(m->row.number)),
			.body = arena_printf(m->arena,
				"%.*s 已发往%.*s。贵单位是所涉系统的%s，特此抄送，请配合整改；"
				"如有疑问请与信息技术中心联系。\n整改期限：%.*s\n",
				SLICE_FMT(m->row.number), SLICE_FMT(m->unit_name),
				name_text(&owner_names, list[i].as, LANG_ZH),
				SLICE_FMT(matter_time(m, m->row.due_at_ms))),
			.about = "notice",
			.about_id = m->row.id,
			.event = "copied" };
		put = deliver_mail(m->txn, &mail);
	}
	return put < 0 ? put : 0;
}
