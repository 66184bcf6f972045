/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/selfcheck_tell.h"

#include "base/arena.h"
#include "base/err.h"
#include "desk/deliver.h"
#include "desk/desk.h"
#include "desk/selfcheck_row.h"
#include "records/sql.h"

enum { PEOPLE_MAX = 50 };

/* Deputies are asked as well; whose being in post is doubted is not. */
static int people_of(struct txn *txn, int64_t unit_id, bool head, int64_t *people)
{
	AUTO_STMT struct stmt *q = NULL;
	int count = 0;
	int row = sql_query(txn_db(txn),
		"SELECT DISTINCT g.person_id FROM role_grant g WHERE g.unit_id = $1"
		" AND g.valid_from_ms <= $3 AND (g.valid_to_ms IS NULL OR g.valid_to_ms > $3)"
		" AND ((g.role IN ('officer', 'specialist') AND $2 = 0)"
		" OR (g.role = 'unit_head' AND $2 = 1))"
		" AND NOT EXISTS (SELECT 1 FROM suspicion s WHERE s.person_id = g.person_id"
		" AND s.unit_id = g.unit_id AND s.state = 'open')"
		" ORDER BY g.person_id LIMIT $4",
		&q, SQL_INT(unit_id), SQL_INT(head), SQL_INT(txn_now_ms(txn)),
		SQL_INT(PEOPLE_MAX));
	while (row >= 0 && count < PEOPLE_MAX && (row = db_step(q)) == 1) {
		people[count++] = db_col_int64(q, 0);
	}
	return row < 0 ? row : count;
}

int selfcheck_staffed(struct txn *txn, int64_t unit_id)
{
	int64_t people[PEOPLE_MAX];
	int count = people_of(txn, unit_id, false, people);
	count = count == 0 ? people_of(txn, unit_id, true, people) : count;
	return count < 0 ? count : count > 0;
}

static int send(struct txn *txn, const struct desk_env *env, const struct selfcheck_row *row,
	int64_t person_id, const struct selfcheck_mail *mail)
{
	struct deliver_mail letter = { .person_id = person_id,
		.subject = mail->subject,
		.body = arena_printf(txn_arena(txn),
			"%.*s\n\n登录后查看：\n%s/selfchecks/%lld\n", SLICE_FMT(mail->text),
			env->base_url, (long long)row->id),
		.about = "selfcheck",
		.about_id = row->id,
		.event = mail->event };
	int put = deliver_mail(txn, &letter);
	return put < 0 ? put : 0;
}

int selfcheck_tell_unit(struct txn *txn, const struct desk_env *env,
	const struct selfcheck_row *row, const struct selfcheck_mail *mail)
{
	int64_t people[PEOPLE_MAX];
	int count = people_of(txn, row->unit_id, false, people);
	count = count == 0 ? people_of(txn, row->unit_id, true, people) : count;
	int error = count < 0 ? count : 0;
	for (int i = 0; i < count && error == 0; i++) {
		error = send(txn, env, row, people[i], mail);
	}
	return error;
}

int selfcheck_tell_role(struct txn *txn, const struct desk_env *env,
	const struct selfcheck_row *row, const char *role, int64_t unit_id,
	const struct selfcheck_mail *mail)
{
	int64_t people[PEOPLE_MAX];
	AUTO_STMT struct stmt *q = NULL;
	int count = 0;
	int step = sql_query(txn_db(txn),
		"SELECT DISTINCT person_id FROM role_grant WHERE role = $1 AND ($2 = 0 OR unit_id = $2)"
		" AND valid_from_ms <= $3 AND (valid_to_ms IS NULL OR valid_to_ms > $3)"
		" ORDER BY person_id LIMIT $4",
		&q, SQL_STR(role), SQL_INT(unit_id), SQL_INT(txn_now_ms(txn)),
		SQL_INT(PEOPLE_MAX));
	while (step >= 0 && count < PEOPLE_MAX && (step = db_step(q)) == 1) {
		people[count++] = db_col_int64(q, 0);
	}
	int error = step < 0 ? step : 0;
	for (int i = 0; i < count && error == 0; i++) {
		error = send(txn, env, row, people[i], mail);
	}
	return error;
}

int selfcheck_unit_name(struct txn *txn, int64_t unit_id, struct slice *ret_name)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(
		txn_db(txn), "SELECT name FROM unit WHERE id = $1", &q, SQL_INT(unit_id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		*ret_name = arena_dup(txn_arena(txn), db_col_text(q, 0));
	}
	return row < 0 ? row : 0;
}
