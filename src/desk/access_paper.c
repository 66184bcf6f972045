/* SPDX-License-Identifier: Apache-2.0 */
/* The stub of a 开通单: who got a way in and until when it is good, never the code. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/paper_job.h"
#include "desk/record_papers.h"
#include "model/role.h"
#include "records/sql.h"

enum { MEMBERS_MAX_OCTETS = 16 * 1024 };

static void stub_put(
	struct desk *desk, struct jw *jw, struct stmt *q, struct slice account, int64_t until)
{
	int role = name_parse(&role_names, db_col_text(q, 2));
	jw_object(jw);
	jw_kv_str(jw, "unit", db_col_text(q, 1));
	jw_kv_str(jw, "name", db_col_text(q, 0));
	jw_kv_str(jw, "account", account);
	if (role >= 0) {
		jw_kv_str(
			jw, "role", slice_str(name_text(&role_names, (unsigned)role, LANG_ZH)));
	}
	jw_kv_str(jw, "url", arena_printf(desk->arena, "%s/login", desk->env->base_url));
	jw_kv_str(jw, "valid_until", paper_moment(desk->arena, until));
	jw_kv_str(jw, "contact", SLICE("信息技术中心值班员"));
	jw_end(jw);
}

int access_stub_paper(
	struct desk *desk, int64_t person_id, struct slice account, int64_t until_ms)
{
	AUTO_BUF struct buf members;
	AUTO_STMT struct stmt *q = NULL;
	struct jw jw;
	int64_t id = 0;
	int row = sql_query(desk->db,
		"SELECT p.name, u.name, g.role FROM person p JOIN role_grant g ON g.person_id = p.id"
		" JOIN unit u ON u.id = g.unit_id WHERE p.id = $1 AND g.valid_to_ms IS NULL"
		" ORDER BY g.id LIMIT 1",
		&q, SQL_INT(person_id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row;
	}
	buf_init(&members, MEMBERS_MAX_OCTETS);
	jw_init(&jw, &members);
	stub_put(desk, &jw, q, account, until_ms);
	struct paper_job job = { .env = desk->env,
		.kind = PAPER_ACCESS_SLIP,
		.about = "person",
		.about_id = person_id,
		.number = arena_printf(desk->arena, "开通 %.*s", SLICE_FMT(account)),
		.members = buf_slice(&members) };
	return members.failed ? E_LIMIT : paper_job_put(desk->txn, &job, &id);
}
