/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/finding_act.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "desk/staffing_load.h"
#include "desk/words.h"
#include "records/sql.h"
#include "workflow/policy.h"

enum { ARGS_OCTETS_MAX = 32 * 1024 };

int finding_decide(struct desk *desk, struct finding_row *row, enum finding_act act,
	struct finding_facts *facts, struct finding_outcome *outcome)
{
	struct diag diag = { 0 };
	int error = staffing_load(desk->txn, &facts->staffing);
	facts->state = row->state;
	facts->grade = row->grade;
	facts->unit_known = row->unit_id != 0;
	facts->has_evidence =
		row->evidence.n > 0 || row->description.n > 0 || row->watch_id != 0;
	error = error < 0 ? error : finding_step(facts, act, desk->caller.role, outcome, &diag);
	if (error < 0 && diag.source[0] != '\0') {
		struct slice code = arena_printf(desk->arena, "finding.%s", diag.source);
		return desk_refuse(desk, error, (const char *)code.p, NULL);
	}
	return error;
}

struct slice finding_args(struct desk *desk, struct slice reason)
{
	AUTO_BUF struct buf text;
	buf_init(&text, ARGS_OCTETS_MAX);
	struct jw jw;
	jw_init(&jw, &text);
	jw_object(&jw);
	if (reason.n > 0) {
		jw_kv_str(&jw, "reason", reason);
	}
	jw_end(&jw);
	return arena_dup(desk->arena, buf_slice(&text));
}

int finding_done(struct desk *desk, const struct finding_row *row, const char *act,
	const char *code, struct slice reason)
{
	desk_audit(desk, act, "finding", row->id, row->version, reason);
	desk_answer(desk, row->id, row->version);
	desk->answer_state = slice_str(name_id(&finding_state_names, row->state));
	return words_timeline(desk, "finding", row->id, code, finding_args(desk, reason));
}

int finding_open_row(struct desk *desk, struct finding_row *row)
{
	int error = finding_row_load(desk->txn, desk->call->id, row);
	error = error < 0 ? error : desk_unit_reached(desk, row->unit_id);
	desk->answer_state = slice_str(name_id(&finding_state_names, row->state));
	return error < 0 ? error : desk_version_same(desk, row->version);
}

void finding_judged(struct desk *desk, struct finding_row *row)
{
	row->policy = slice_str(desk->env->policy->version);
	row->policy_id = desk->env->policy_id;
}

int finding_say(struct txn *txn, int64_t id, const char *code, struct slice args)
{
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO timeline (id, kind, record_id, at_ms, code, args, role)"
		" VALUES ($1, 'finding', $2, $3, $4, $5, 'system')",
		SQL_INT(txn_id(txn)), SQL_INT(id), SQL_INT(txn_now_ms(txn)), SQL_STR(code),
		SQL_TEXT(args));
	return done < 0 ? (int)done : 0;
}
