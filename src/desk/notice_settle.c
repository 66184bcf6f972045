/* SPDX-License-Identifier: Apache-2.0 */
/* A verification that does not simply pass or fail: in part, not yet, or what is gone for good. */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/desk.h"
#include "desk/matter.h"
#include "desk/matter_priv.h"
#include "desk/notice_rounds.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/trail.h"

enum { OPINION_MAX = 2000 };

static int opinion_read(struct desk *desk, struct matter *m)
{
	int error = words_text(desk, "opinion", WORDS_REQUIRED, OPINION_MAX, &m->note);
	bool words = words_enough(m->note, NOTICE_REASON_MIN);
	m->facts.reason_given = words;
	m->facts.verification.failure_evidence = words;
	return error;
}

/* method empty = it is not settled yet. */
static int check_settle(struct matter *m, struct slice method)
{
	m->check.verifier_id = m->actor_id;
	int64_t done = sql_run(m->db,
		"UPDATE verification SET settled_at_ms = $2, method = $3, opinion = $4"
		" WHERE id = $1",
		SQL_INT(m->check.id), SQL_INT_OR_NULL(method.n > 0 ? m->now_ms : 0),
		SQL_TEXT_OR_NULL(method), SQL_TEXT(m->note));
	return done < 0 ? (int)done : matter_check_save(m);
}

/* ---- in part */

static int passed_read(struct desk *desk, struct matter *m)
{
	const struct json *list = json_get(desk->call->body, "passed");
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		int64_t id = 0;
		bool found = false;
		bool number = json_int(item, &id);
		for (size_t i = 0; number && i < m->finding_count; i++) {
			struct matter_finding *f = &m->findings[i];
			if (f->id == id && f->state == FINDING_REMEDIATED) {
				f->passed = true;
				found = true;
			}
		}
		if (!found) {
			return desk_refuse(desk, E_INPUT, "input.unknown", "passed");
		}
	}
	return matter_parts(m);
}

int desk_notice_partial(struct desk *desk)
{
	static const char *const methods[] = { "probe", "manual", "document", NULL };
	struct matter m;
	struct slice method = { 0 };
	int error = matter_open(desk, &m);
	error = error < 0 ? error : words_choice(desk, "method", methods, NULL, &method);
	error = error < 0 ? error : opinion_read(desk, &m);
	error = error < 0 ? error : passed_read(desk, &m);
	if (error < 0) {
		return error;
	}
	struct verification_facts *v = &m.facts.verification;
	v->method = (enum verification_method)name_parse(&verification_method_names, method);
	v->retest_recorded = v->method == METHOD_MANUAL && v->failure_evidence;
	error = matter_decide(desk, &m, NOTICE_ACT_PARTIAL);
	error = error < 0 ? error : check_settle(&m, method);
	error = error < 0 ? error : matter_write(&m);
	return error < 0 ? error
			 : matter_close(desk, &m, "notice.partial", "partially_passed",
				   matter_args(&m, m.note));
}

/* ---- it does not answer */

int desk_notice_cannot_verify(struct desk *desk)
{
	struct matter m;
	int error = matter_open(desk, &m);
	error = error < 0 ? error : opinion_read(desk, &m);
	error = error < 0 ? error : matter_decide(desk, &m, NOTICE_ACT_CANNOT_VERIFY);
	error = error < 0 ? error : check_settle(&m, (struct slice) { 0 });
	error = error < 0 ? error : matter_write(&m);
	return error < 0 ? error
			 : matter_close(desk, &m, "notice.cannot_verify", "cannot_verify",
				   matter_args(&m, m.note));
}

/* A paper of this notice that the unit handed in says so. */
static int proof_read(struct desk *desk, struct matter *m)
{
	int64_t id = json_get_int(desk->call->body, "attachment_id", 0);
	int64_t found = 0;
	int row = sql_int(desk->db,
		"SELECT 1 FROM attachment WHERE id = $1 AND about = 'notice' AND about_id = $2",
		&found, SQL_INT(id), SQL_INT(m->row.id));
	m->facts.verification.offline_proof = row == 1;
	if (row == 0 && id != 0) {
		return desk_refuse(desk, E_INPUT, "input.unknown", "attachment_id");
	}
	return row < 0 ? row : 0;
}

int desk_notice_pass_offline(struct desk *desk)
{
	struct matter m;
	int error = matter_open(desk, &m);
	error = error < 0 ? error : opinion_read(desk, &m);
	error = error < 0 ? error : proof_read(desk, &m);
	error = error < 0 ? error : matter_decide(desk, &m, NOTICE_ACT_PASS_OFFLINE);
	error = error < 0 ? error : check_settle(&m, SLICE("document"));
	error = error < 0 ? error : matter_write(&m);
	return error < 0 ? error
			 : matter_close(desk, &m, "notice.pass_offline", "passed_offline",
				   matter_args(&m, m.note));
}
