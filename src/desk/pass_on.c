/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/pass_on.h"

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/deliver.h"
#include "desk/desk.h"
#include "desk/id_list.h"
#include "desk/words.h"
#include "records/sql.h"
#include "sys/rand.h"
#include "workflow/policy.h"

enum { TEXT_MAX_CHARS = 2000, KEY_OCTETS = 24, READERS_MAX = 200, A_NOTICE_MAX = 20 };
#define DAY_MS INT64_C(86400000)

struct passing {
	int64_t id;
	int64_t unit_id;
	struct slice number;
	struct slice text;
};

static int notice_open(struct desk *desk, struct passing *p)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT unit_id, number, state, (SELECT count(*) FROM pass_on o"
		" WHERE o.notice_id = n.id) FROM notice n WHERE id = $1",
		&q, SQL_INT(desk->call->id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	p->unit_id = db_col_int64(q, 0);
	p->number = arena_dup(desk->arena, db_col_text(q, 1));
	struct slice state = db_col_text(q, 2);
	bool unseen = slice_is(state, "draft") || slice_is(state, "review");
	int error = desk_unit_reached(desk, p->unit_id);
	if (error < 0 || unseen) {
		return E_ABSENT; /* the unit does not know of it yet */
	}
	return db_col_int64(q, 3) < A_NOTICE_MAX
		       ? 0
		       : desk_refuse(desk, E_LIMIT, "pass_on.too_many", NULL);
}

static int mail_put(struct desk *desk, const struct passing *p, int64_t person_id,
	int64_t reader_id, const char *key)
{
	struct slice event = arena_printf(desk->arena, "reader.%lld", (long long)reader_id);
	struct deliver_mail mail = { .person_id = person_id,
		.subject = SLICE("【网络安全工作提醒】本单位转发"),
		.body = arena_printf(desk->arena, "%.*s\n\n%s 转发。请点开阅读：\n%s/pass/%s\n",
			SLICE_FMT(p->text), desk->caller.name, desk->env->base_url, key),
		.about = "pass_on",
		.about_id = p->id,
		.event = (const char *)event.p };
	int put = deliver_mail(desk->txn, &mail);
	return put < 0 ? put : 0;
}

/* person_id 0: the link for a group, whose readers nobody tells apart. */
static int reader_put(
	struct desk *desk, const struct passing *p, int64_t person_id, char *ret_key)
{
	rand_text(ret_key, KEY_OCTETS);
	struct digest digest = digest_of(DIGEST_SHA256, slice_str(ret_key));
	int64_t id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO pass_on_reader (id, pass_on_id, person_id, digest)"
		" VALUES ($1, $2, $3, $4)",
		SQL_INT(id), SQL_INT(p->id), SQL_INT_OR_NULL(person_id),
		SQL_BLOB(slice_of(digest.octet, DIGEST_OCTETS)));
	return done < 0 || person_id == 0 ? (done < 0 ? (int)done : 0)
					  : mail_put(desk, p, person_id, id, ret_key);
}

static int readers_put(struct desk *desk, const struct passing *p)
{
	struct id_list people = { 0 };
	char key[KEY_OCTETS + 1];
	int error = id_list_read(desk, "person_ids", "person", READERS_MAX, &people);
	for (size_t i = 0; i < people.count && error == 0; i++) {
		int64_t of_unit = 0;
		int found = sql_int(desk->db,
			"SELECT 1 FROM person WHERE id = $1 AND unit_id = $2 AND erased_at_ms IS NULL",
			&of_unit, SQL_INT(people.id[i]), SQL_INT(p->unit_id));
		if (found <= 0) {
			return found < 0 ? found
					 : desk_refuse(desk, E_INPUT, "pass_on.other_unit",
						   "person_ids");
		}
		error = reader_put(desk, p, people.id[i], key);
	}
	error = error < 0 ? error : reader_put(desk, p, 0, key);
	desk->answer_secret = arena_dup(desk->arena, slice_str(key));
	return error;
}

int desk_pass_on_create(struct desk *desk)
{
	struct passing p = { 0 };
	int error = notice_open(desk, &p);
	error = error < 0 ? error
			  : words_text(desk, "text", WORDS_REQUIRED, TEXT_MAX_CHARS, &p.text);
	if (error < 0) {
		return error;
	}
	bool findings = json_get_bool(desk->call->body, "with_findings", false);
	p.id = txn_id(desk->txn);
	int64_t until = desk->now_ms + desk->env->policy->officers.link_days * DAY_MS;
	int64_t done = sql_run(desk->db,
		"INSERT INTO pass_on (id, version, notice_id, unit_id, by_id, at_ms, text,"
		" with_findings, expires_at_ms) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8)",
		SQL_INT(p.id), SQL_INT(desk->call->id), SQL_INT(p.unit_id),
		SQL_INT(desk->caller.person_id), SQL_INT(desk->now_ms), SQL_TEXT(p.text),
		SQL_INT(findings), SQL_INT(until));
	error = done < 0 ? (int)done : trail_row(desk->txn, "pass_on", p.id);
	error = error < 0 ? error : readers_put(desk, &p);
	error = error < 0 ? error
			  : words_timeline(desk, "notice", desk->call->id, "passed_on",
				    (struct slice) { 0 });
	error = error < 0 ? error : txn_change(desk->txn, "notice", desk->call->id, 0);
	desk_audit(desk, findings ? "pass_on.with_findings" : "pass_on.create", "notice",
		desk->call->id, 0, (struct slice) { 0 });
	desk_answer(desk, p.id, 1);
	return error;
}

int desk_pass_on_end(struct desk *desk)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT unit_id, version, notice_id, ended_at_ms FROM pass_on WHERE id = $1",
		&q, SQL_INT(desk->call->id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	int64_t version = db_col_int64(q, 1);
	int64_t notice_id = db_col_int64(q, 2);
	bool ended = !db_col_is_null(q, 3);
	int error = desk_unit_reached(desk, db_col_int64(q, 0));
	error = error < 0 ? error : desk_version_same(desk, version);
	if (error == 0 && ended) {
		error = desk_refuse(desk, E_STATE, "link.ended", NULL);
	}
	int64_t done = error < 0 ? error
				 : sql_run(desk->db,
					   "UPDATE pass_on SET version = version + 1,"
					   " ended_at_ms = $2 WHERE id = $1",
					   SQL_INT(desk->call->id), SQL_INT(desk->now_ms));
	error = done < 0 ? (int)done : trail_row(desk->txn, "pass_on", desk->call->id);
	error = error < 0 ? error : txn_change(desk->txn, "notice", notice_id, 0);
	desk_audit(desk, "pass_on.end", "pass_on", desk->call->id, version + 1,
		(struct slice) { 0 });
	desk_answer(desk, desk->call->id, version + 1);
	return error;
}

int desk_pass_read(struct desk *desk)
{
	struct digest digest = digest_of(DIGEST_SHA256, desk->call->key);
	int64_t id = 0;
	int found = sql_int(desk->db,
		"SELECT r.id FROM pass_on_reader r JOIN pass_on p ON p.id = r.pass_on_id"
		" WHERE r.digest = $1 AND p.ended_at_ms IS NULL AND p.expires_at_ms > $2",
		&id, SQL_BLOB(slice_of(digest.octet, DIGEST_OCTETS)), SQL_INT(desk->now_ms));
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	int64_t done = sql_run(desk->db,
		"UPDATE pass_on_reader SET reads = reads + 1, read_at_ms = COALESCE(read_at_ms, $2)"
		" WHERE id = $1",
		SQL_INT(id), SQL_INT(desk->now_ms));
	return done < 0 ? (int)done : 0;
}
