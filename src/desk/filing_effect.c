/* SPDX-License-Identifier: Apache-2.0 */
/* The day a filing takes effect: everything changes hands in one transaction. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/jw.h"
#include "desk/account.h"
#include "desk/deliver.h"
#include "desk/desk.h"
#include "desk/doubts.h"
#include "desk/filing_row.h"
#include "desk/filings.h"
#include "desk/record_papers.h"
#include "records/sql.h"
#include "records/timer.h"
#include "records/trail.h"
#include "records/txn.h"
#include "workflow/policy.h"

enum { GRANTS_MAX = 8, NOTICES_MAX = 500, FILINGS_MAX = 20 };
#define DAY_MS INT64_C(86400000)

struct change {
	struct txn *txn;
	const struct desk_env *env;
	struct filing_row *row;
	const char *role;
	int64_t notices; /* whose recipient changed */
};

static int ids_take(int opened, struct stmt *q, int64_t *ids, int max)
{
	int row = opened;
	int count = 0;
	while (row >= 0 && count < max && (row = db_step(q)) == 1) {
		ids[count++] = db_col_int64(q, 0);
	}
	return row < 0 ? row : count;
}

/* ---- who goes */

static int grant_hand(struct change *c, int64_t grant_id)
{
	const char *code = NULL;
	int error = account_revoke(c->txn, c->row->outgoing_id, grant_id, &code);
	int64_t until = txn_now_ms(c->txn) + c->env->policy->officers.handover_days * DAY_MS;
	int64_t done = error < 0 ? error
				 : sql_run(txn_db(c->txn),
					   "UPDATE role_grant SET version = version + 1,"
					   " read_until_ms = $2 WHERE id = $1",
					   SQL_INT(grant_id), SQL_INT(until));
	return done < 0 ? (int)done : trail_row(c->txn, "role_grant", grant_id);
}

static int outgoing_end(struct change *c)
{
	int64_t grants[GRANTS_MAX];
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(txn_db(c->txn),
		"SELECT id FROM role_grant WHERE person_id = $1 AND unit_id = $2 AND role = $3"
		" AND valid_to_ms IS NULL ORDER BY id",
		&q, SQL_INT(c->row->outgoing_id), SQL_INT(c->row->unit_id), SQL_STR(c->role));
	int count = ids_take(opened, q, grants, GRANTS_MAX);
	int error = count < 0 ? count : 0;
	for (int i = 0; i < count && error == 0; i++) {
		error = grant_hand(c, grants[i]);
	}
	error = error < 0 ? error
			  : doubt_doors_close(c->txn, c->row->outgoing_id, c->row->unit_id);
	return error < 0 ? error
			 : doubt_end(c->txn, c->row->outgoing_id, c->row->unit_id, "confirmed",
				   c->row->number);
}

/* ---- who comes */

static int incoming_begin(struct change *c)
{
	const char *code = NULL;
	struct filing_row *row = c->row;
	int64_t grant_id = 0;
	int found = sql_int(txn_db(c->txn),
		"SELECT id FROM role_grant WHERE person_id = $1 AND unit_id = $2 AND role = $3"
		" AND valid_to_ms IS NULL AND for_id IS NULL ORDER BY id LIMIT 1",
		&grant_id, SQL_INT(row->person_id), SQL_INT(row->unit_id), SQL_STR(c->role));
	int error = found != 0 ? found
			       : account_grant(c->txn, row->person_id, post_role(row->post),
					 row->unit_id, &grant_id, &code);
	if (error < 0) {
		return error;
	}
	row->grant_id = grant_id;
	int64_t done = sql_run(txn_db(c->txn),
		"UPDATE role_grant SET version = version + 1, post = $2 WHERE id = $1",
		SQL_INT(grant_id), SQL_STR(name_id(&post_names, row->post)));
	return done < 0 ? (int)done : trail_row(c->txn, "role_grant", grant_id);
}

/* ---- what is under way */

static int notice_follow(struct change *c, int64_t recipient_id, int64_t notice_id)
{
	struct filing_row *row = c->row;
	int64_t has = 0;
	int found = sql_int(txn_db(c->txn),
		"SELECT id FROM notice_recipient WHERE notice_id = $1 AND person_id = $2", &has,
		SQL_INT(notice_id), SQL_INT(row->person_id));
	int64_t done = found != 0 ? found
				  : sql_run(txn_db(c->txn),
					    "UPDATE notice_recipient SET version = version + 1,"
					    " person_id = $2 WHERE id = $1",
					    SQL_INT(recipient_id), SQL_INT(row->person_id));
	done = done < 0
		       ? done
		       : sql_run(txn_db(c->txn),
				 "INSERT INTO timeline (id, kind, record_id, at_ms, code, args, role)"
				 " SELECT $1, 'notice', $2, $3, 'handed_over', $4, 'system'",
				 SQL_INT(txn_id(c->txn)), SQL_INT(notice_id),
				 SQL_INT(txn_now_ms(c->txn)),
				 SQL_TEXT(arena_printf(txn_arena(c->txn),
					 "{\"number\":\"%.*s\"}", SLICE_FMT(row->number))));
	int error = done < 0 ? (int)done : trail_row(c->txn, "notice_recipient", recipient_id);
	c->notices++;
	return error < 0 ? error : txn_change(c->txn, "notice", notice_id, 0);
}

static int notices_follow(struct change *c)
{
	int64_t recipients[NOTICES_MAX];
	int64_t notices[NOTICES_MAX];
	int count = 0;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(c->txn),
		"SELECT r.id, n.id FROM notice_recipient r JOIN notice n ON n.id = r.notice_id"
		" WHERE r.person_id = $1 AND n.unit_id = $2"
		" AND n.state NOT IN ('closed', 'withdrawn') ORDER BY r.id",
		&q, SQL_INT(c->row->outgoing_id), SQL_INT(c->row->unit_id));
	while (row >= 0 && count < NOTICES_MAX && (row = db_step(q)) == 1) {
		recipients[count] = db_col_int64(q, 0);
		notices[count++] = db_col_int64(q, 1);
	}
	int error = row < 0 ? row : 0;
	for (int i = 0; i < count && error == 0; i++) {
		error = notice_follow(c, recipients[i], notices[i]);
	}
	return error;
}

/* For the list both confirm: what the unit has under way that day. */
static int moved_count(struct change *c)
{
	AUTO_BUF struct buf text;
	struct jw jw;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(c->txn),
		"SELECT (SELECT count(*) FROM notice WHERE unit_id = $1"
		" AND state NOT IN ('draft', 'review', 'closed', 'withdrawn')),"
		" (SELECT count(*) FROM finding WHERE unit_id = $1 AND state IN ('new', 'confirmed',"
		" 'noticed', 'remediated', 'reopened')),"
		" (SELECT count(*) FROM asset WHERE owner_unit_id = $1 AND retired_at_ms IS NULL)",
		&q, SQL_INT(c->row->unit_id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row;
	}
	buf_init(&text, 1024);
	jw_init(&jw, &text);
	jw_object(&jw);
	jw_kv_int(&jw, "notices", db_col_int64(q, 0));
	jw_kv_int(&jw, "findings", db_col_int64(q, 1));
	jw_kv_int(&jw, "assets", db_col_int64(q, 2));
	jw_kv_int(&jw, "people", 0);
	jw_kv_int(&jw, "children", 0);
	jw_kv_int(&jw, "grants", c->row->outgoing_id != 0);
	jw_kv_int(&jw, "others", c->notices);
	jw_end(&jw);
	c->row->moved = arena_dup(txn_arena(c->txn), buf_slice(&text));
	return 0;
}

/* ---- filings before */

static int supersede(struct change *c, int64_t id)
{
	struct filing_row old = { 0 };
	struct filing_outcome outcome = { 0 };
	struct diag diag = { 0 };
	int error = filing_load(c->txn, id, &old);
	struct filing_facts facts = { .state = old.state };
	error = error < 0 ? error
			  : filing_step(
				    &facts, FILING_ACT_SUPERSEDE, ROLE_SYSTEM, &outcome, &diag);
	old.state = outcome.to;
	old.ended_at_ms = txn_now_ms(c->txn);
	error = error < 0 ? error : filing_save(c->txn, &old);
	return error < 0 ? error
			 : filing_note(c->txn, id, "filing_supersede", (struct slice) { 0 });
}

/* Of the post: that of who goes, and of whoever is in it no more. */
static int filings_supersede(struct change *c)
{
	int64_t ids[FILINGS_MAX];
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(txn_db(c->txn),
		"SELECT f.id FROM filing f LEFT JOIN role_grant g ON g.id = f.grant_id"
		" WHERE f.unit_id = $1 AND f.post = $2 AND f.state = 'effective' AND f.id <> $3"
		" AND (f.person_id = $4 OR g.id IS NULL OR g.valid_to_ms IS NOT NULL) ORDER BY f.id",
		&q, SQL_INT(c->row->unit_id), SQL_STR(name_id(&post_names, c->row->post)),
		SQL_INT(c->row->id), SQL_INT(c->row->outgoing_id));
	int count = ids_take(opened, q, ids, FILINGS_MAX);
	int error = count < 0 ? count : 0;
	for (int i = 0; i < count && error == 0; i++) {
		error = supersede(c, ids[i]);
	}
	return error;
}

/* ---- all of it */

int filing_hand_over(struct txn *txn, const struct desk_env *env, struct filing_row *row)
{
	struct change c = { .txn = txn,
		.env = env,
		.row = row,
		.role = name_id(&role_names, post_role(row->post)) };
	bool officer = row->post != POST_LEADER;
	int error = row->outgoing_id == 0 ? 0 : outgoing_end(&c);
	error = error < 0 ? error : incoming_begin(&c);
	error = error < 0 || row->outgoing_id == 0 ? error : notices_follow(&c);
	error = error < 0 || !officer ? error : interim_end(txn, row->unit_id);
	error = error < 0 ? error : moved_count(&c);
	error = error < 0 ? error : filings_supersede(&c);
	error = error < 0 || row->outgoing_id == 0 ? error : filing_list_paper(txn, env, row);
	row->taken_at_ms = txn_now_ms(txn);
	return error;
}

static int both_tell(struct txn *txn, const struct desk_env *env, const struct filing_row *row)
{
	const struct {
		int64_t person_id;
		const char *text;
	} told[] = {
		{ row->person_id, "您的备案今日生效，请登录确认交接清单。" },
		{ row->outgoing_id,
			"您的岗位已由他人接任。请在规定时间内登录，填写交接说明。" },
	};
	int put = 0;
	for (size_t i = 0; i < 2 && put >= 0; i++) {
		struct deliver_mail mail = { .person_id = told[i].person_id,
			.subject = SLICE("【岗位交接】"),
			.body = arena_printf(txn_arena(txn),
				"%s\n备案号：%.*s\n%s/filings/%lld\n", told[i].text,
				SLICE_FMT(row->number), env->base_url, (long long)row->id),
			.about = "filing",
			.about_id = row->id,
			.event = "effective" };
		put = told[i].person_id == 0 ? 0 : deliver_mail(txn, &mail);
	}
	return put < 0 ? put : 0;
}

int filing_timer(struct txn *txn, const struct desk_env *env, const struct timer *timer)
{
	struct filing_row row = { 0 };
	struct filing_outcome outcome = { 0 };
	struct diag diag = { 0 };
	int error = filing_load(txn, timer->record_id, &row);
	struct filing_facts facts = { .state = row.state };
	if (error < 0 ||
		filing_step(&facts, FILING_ACT_TAKE_EFFECT, ROLE_SYSTEM, &outcome, &diag) < 0) {
		return error == E_ABSENT ? 0 : error; /* returned meanwhile */
	}
	trail_act(txn, &(struct trail_act) { .act = SLICE("filing.take_effect"),
			       .kind = SLICE("filing"),
			       .id = row.id,
			       .version = row.version + 1,
			       .reason = row.number });
	error = filing_hand_over(txn, env, &row);
	row.state = outcome.to;
	error = error < 0 ? error : filing_save(txn, &row);
	error = error < 0 ? error : filing_note(txn, row.id, "filing_take_effect", row.moved);
	return error < 0 ? error : both_tell(txn, env, &row);
}
