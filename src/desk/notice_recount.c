/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/notice_recount.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "desk/words.h"

enum { REASON_MAX = 500 };

static bool clock_runs(enum notice_state state)
{
	return state == NOTICE_ISSUED || state == NOTICE_RECEIVED ||
	       state == NOTICE_RECTIFYING || state == NOTICE_RETURNED || state == NOTICE_FAILED;
}

static struct slice args_of(struct matter *m, int64_t before_ms, struct slice reason)
{
	AUTO_BUF struct buf text;
	buf_init(&text, 4096);
	struct jw jw;
	jw_init(&jw, &text);
	jw_object(&jw);
	jw_kv_str(&jw, "from", matter_time(m, before_ms));
	jw_kv_str(&jw, "to", matter_time(m, m->row.due_at_ms));
	jw_kv_str(&jw, "reason", reason);
	jw_end(&jw);
	return arena_dup(m->arena, buf_slice(&text));
}

int desk_notice_recount(struct desk *desk)
{
	struct matter m;
	struct slice reason = { 0 };
	int error = matter_open(desk, &m);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_REQUIRED, REASON_MAX, &reason);
	if (error < 0) {
		return error;
	}
	if (!clock_runs(m.row.state) || m.row.due_json.n == 0) {
		return desk_refuse(desk, E_STATE, "notice.no_clock", NULL);
	}
	int64_t before_ms = m.row.due_at_ms;
	m.act = NOTICE_ACT_COUNT;
	error = matter_recount(&m);
	error = error < 0 ? error : notice_row_save(m.txn, &m.row);
	struct slice text = arena_printf(m.arena, "%.*s 的整改期限由 %.*s 调整为 %.*s。",
		SLICE_FMT(m.row.number), SLICE_FMT(matter_time(&m, before_ms)),
		SLICE_FMT(matter_time(&m, m.row.due_at_ms)));
	struct slice event = arena_printf(m.arena, "recounted.%lld", (long long)m.row.version);
	struct slice subject =
		arena_printf(m.arena, "【期限调整】%.*s", SLICE_FMT(m.row.number));
	error = error < 0 ? error : matter_tell_unit(&m, (const char *)event.p, subject, text);
	return error < 0 ? error
			 : matter_close(desk, &m, "notice.recount", "recounted",
				   args_of(&m, before_ms, reason));
}
