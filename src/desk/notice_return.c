/* SPDX-License-Identifier: Apache-2.0 */
/* 退回补正: papers with a formal fault go back, in the same round and on the same clock. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "desk/notice_rounds.h"
#include "desk/words.h"
#include "records/sql.h"

enum { REASON_MAX = 500, FAULTS_MAX = 6 };

static int faults_read(struct desk *desk, struct matter *m, struct slice *ret_json)
{
	static const char *const known[] = { "seal_unreadable", "unit_mismatch", "wrong_code",
		"page_missing", "not_answering", "other" };
	AUTO_BUF struct buf text;
	buf_init(&text, 1024);
	struct jw jw;
	jw_init(&jw, &text);
	jw_array(&jw);
	const struct json *list = json_get(desk->call->body, "faults");
	for (const struct json *f = json_first(list); f != NULL; f = json_next(f)) {
		bool found = false;
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
			found = found || slice_is(json_str(f), known[i]);
		}
		if (!found || json_count(list) > FAULTS_MAX) {
			return desk_refuse(desk, E_INPUT, "input.word", "faults");
		}
		jw_str(&jw, json_str(f));
	}
	jw_end(&jw);
	m->facts.fault_named = json_count(list) > 0;
	*ret_json = arena_dup(desk->arena, buf_slice(&text));
	return 0;
}

int desk_notice_return(struct desk *desk)
{
	struct matter m;
	struct slice faults = { 0 };
	struct slice reason = { 0 };
	int error = matter_open(desk, &m);
	error = error < 0 ? error : faults_read(desk, &m, &faults);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_REQUIRED, REASON_MAX, &reason);
	m.facts.reason_given = words_enough(reason, NOTICE_REASON_MIN);
	error = error < 0 ? error : matter_decide(desk, &m, NOTICE_ACT_RETURN);
	error = error < 0 ? error : matter_round_step(&m, RECTIFICATION_ACT_RETURN);
	if (error < 0) {
		return error;
	}
	m.note = reason;
	int64_t done = sql_run(desk->db,
		"UPDATE rectification SET returned_faults = $2, returned_reason = $3"
		" WHERE id = $1",
		SQL_INT(m.round.id), SQL_TEXT(faults), SQL_TEXT(reason));
	error = done < 0 ? (int)done : matter_round_save(&m);
	error = error < 0 ? error : matter_write(&m);
	if (error == E_LIMIT) {
		return desk_refuse(desk, E_LIMIT, "notice.returned_too_often", NULL);
	}
	return error < 0 ? error
			 : matter_close(desk, &m, "notice.return", "returned",
				   matter_args(&m, reason));
}
