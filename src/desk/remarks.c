/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/remarks.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/words.h"
#include "records/sql.h"

enum { TEXT_MAX = 1000, ARGS_OCTETS_MAX = 16 * 1024, DAY_MS = 86400000, A_DAY_MAX = 200 };

/* 0 without one; a paper of another record is as unknown as none. */
static int paper_read(struct desk *desk, const char *kind, int64_t id, struct slice *ret_name,
	int64_t *ret_id)
{
	int64_t paper = json_get_int(desk->call->body, "attachment_id", 0);
	if (paper == 0) {
		return 0;
	}
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT name FROM attachment WHERE id = $1 AND about = $2 AND about_id = $3",
		&q, SQL_INT(paper), SQL_STR(kind), SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row == 0) {
		return desk_refuse(desk, E_INPUT, "input.unknown", "attachment_id");
	}
	if (row == 1) {
		*ret_name = arena_dup(desk->arena, db_col_text(q, 0));
		*ret_id = paper;
	}
	return row < 0 ? row : 0;
}

static int within_limit(struct desk *desk, const char *kind, int64_t id)
{
	int64_t count = 0;
	int row = sql_int(desk->db,
		"SELECT count(*) FROM timeline WHERE kind = $1 AND record_id = $2"
		" AND code = 'comment' AND at_ms > $3",
		&count, SQL_STR(kind), SQL_INT(id), SQL_INT(desk->now_ms - DAY_MS));
	if (row < 0) {
		return row;
	}
	return count < A_DAY_MAX ? 0 : desk_refuse(desk, E_LIMIT, "remark.too_many", NULL);
}

int remark_put(struct desk *desk, const char *kind, int64_t id, struct slice *ret_text)
{
	struct slice text = { 0 };
	struct slice name = { 0 };
	int64_t paper = 0;
	int error = words_text(desk, "text", WORDS_REQUIRED, TEXT_MAX, &text);
	error = error < 0 ? error : paper_read(desk, kind, id, &name, &paper);
	error = error < 0 ? error : within_limit(desk, kind, id);
	if (error < 0) {
		return error;
	}
	AUTO_BUF struct buf args;
	buf_init(&args, ARGS_OCTETS_MAX);
	struct jw jw;
	jw_init(&jw, &args);
	jw_object(&jw);
	jw_kv_str(&jw, "text", text);
	if (paper != 0) {
		jw_kv_int(&jw, "attachment", paper);
		jw_kv_str(&jw, "name", name);
	}
	jw_end(&jw);
	*ret_text = text;
	return words_timeline(
		desk, kind, id, "comment", arena_dup(desk->arena, buf_slice(&args)));
}
