/* SPDX-License-Identifier: Apache-2.0 */
/* To whom a notice goes, as the people of its unit are filed when it is issued. */
#include "desk/desk.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "records/sql.h"
#include "records/trail.h"

enum { RECIPIENTS_MAX = 50 };

struct filed {
	int64_t person_id;
	enum role role;
};

static int filed_load(struct matter *m, struct filed *filed, size_t *ret_count)
{
	AUTO_STMT struct stmt *q = NULL;
	size_t count = 0;
	int row = sql_query(m->db,
		"SELECT g.person_id, g.role FROM role_grant g JOIN person p"
		" ON p.id = g.person_id WHERE g.unit_id = $1 AND g.valid_to_ms IS NULL"
		" AND p.mail IS NOT NULL AND g.role IN ('specialist', 'officer',"
		" 'unit_head') AND g.for_id IS NULL AND NOT EXISTS (SELECT 1 FROM suspicion s"
		" WHERE s.person_id = g.person_id AND s.unit_id = g.unit_id AND s.state = 'open')"
		" ORDER BY g.id LIMIT $2",
		&q, SQL_INT(m->row.unit_id), SQL_INT(RECIPIENTS_MAX));
	while (row >= 0 && (row = db_step(q)) == 1) {
		int role = name_parse(&role_names, db_col_text(q, 1));
		filed[count++] =
			(struct filed) { db_col_int64(q, 0), (enum role)(role < 0 ? 0 : role) };
	}
	*ret_count = count;
	return row < 0 ? row : 0;
}

static int recipient_put(struct matter *m, const struct filed *f, bool is_to)
{
	int64_t id = txn_id(m->txn);
	/* A person filed in two roles is told once, in the first. */
	int64_t done = sql_run(m->db,
		"INSERT INTO notice_recipient (id, version, notice_id, person_id, role, kind)"
		" VALUES ($1, 1, $2, $3, $4, $5) ON CONFLICT (notice_id, person_id) DO NOTHING",
		SQL_INT(id), SQL_INT(m->row.id), SQL_INT(f->person_id),
		SQL_STR(name_id(&role_names, f->role)), SQL_STR(is_to ? "to" : "cc"));
	return done <= 0 ? (int)done : trail_row(m->txn, "notice_recipient", id);
}

int matter_recipients(struct matter *m)
{
	struct filed filed[RECIPIENTS_MAX];
	struct notice_people people = { 0 };
	struct notice_recipients chosen = { 0 };
	size_t count = 0;
	int error = filed_load(m, filed, &count);
	for (size_t i = 0; i < count; i++) {
		people.specialist = people.specialist || filed[i].role == ROLE_SPECIALIST;
		people.officer = people.officer || filed[i].role == ROLE_OFFICER;
		people.unit_head = people.unit_head || filed[i].role == ROLE_UNIT_HEAD;
	}
	error = error < 0 ? error : notice_recipients(&people, m->row.grade, &chosen);
	for (size_t i = 0; i < count && error == 0; i++) {
		error = filed[i].role == chosen.to ? recipient_put(m, &filed[i], true) : 0;
	}
	for (size_t i = 0; i < count && error == 0; i++) {
		error = (chosen.cc & ROLE_BIT(filed[i].role)) != 0
				? recipient_put(m, &filed[i], false)
				: 0;
	}
	return error;
}
