/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/helper_links.h"

#include "base/arena.h"
#include "base/base64.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/deliver.h"
#include "desk/desk.h"
#include "desk/words.h"
#include "model/contact.h"
#include "records/sql.h"
#include "sys/rand.h"
#include "workflow/policy.h"

enum {
	NAME_MAX_CHARS = 60,
	MAIL_MAX_CHARS = 254,
	TEXT_MAX_CHARS = 2000,
	REASON_MAX_CHARS = 200,
	KEY_OCTETS = 24,
	A_FINDING_MAX = 10, /* links that are good at the same time */
	REPORTS_MAX = 20,
	PICTURE_MAX_OCTETS = 600 * 1024,
};
#define DAY_MS INT64_C(86400000)

struct link {
	int64_t id;
	int64_t unit_id;
	struct slice helper;
	struct slice mail;
};

/* A unit hears of a finding with its notice; before, it hands it to nobody. */
static int finding_open(struct desk *desk, struct link *link)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT f.unit_id, f.state, (SELECT count(*) FROM helper_link h"
		" WHERE h.finding_id = f.id AND h.ended_at_ms IS NULL AND h.expires_at_ms > $2)"
		" FROM finding f WHERE f.id = $1",
		&q, SQL_INT(desk->call->id), SQL_INT(desk->now_ms));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	link->unit_id = db_col_int64(q, 0);
	struct slice state = db_col_text(q, 1);
	int error = desk_unit_reached(desk, link->unit_id);
	if (error < 0) {
		return error;
	}
	if (!slice_is(state, "noticed") && !slice_is(state, "remediated")) {
		return desk_refuse(desk, E_STATE, "helper.not_noticed", NULL);
	}
	return db_col_int64(q, 2) < A_FINDING_MAX
		       ? 0
		       : desk_refuse(desk, E_LIMIT, "helper.too_many", NULL);
}

static int link_take(struct desk *desk, struct link *link)
{
	int error = finding_open(desk, link);
	error = error < 0 ? error
			  : words_text(desk, "helper", WORDS_REQUIRED, NAME_MAX_CHARS,
				    &link->helper);
	error = error < 0
			? error
			: words_text(desk, "mail", WORDS_OPTIONAL, MAIL_MAX_CHARS, &link->mail);
	bool bad = error == 0 && link->mail.n > 0 && !mail_plausible(link->mail);
	return bad ? desk_refuse(desk, E_INPUT, "input.invalid", "mail") : error;
}

static int link_mail(struct desk *desk, const struct link *link, const char *key)
{
	struct deliver_mail mail = { .address = link->mail,
		.subject = SLICE("【协助整改】一次性链接"),
		.body = arena_printf(desk->arena,
			"%.*s：\n\n%s请您协助处理一项网络安全隐患。内容只在下面的链接里，"
			"请勿转发：\n%s/helper/%s\n",
			SLICE_FMT(link->helper), desk->caller.name, desk->env->base_url, key),
		.about = "helper_link",
		.about_id = link->id,
		.event = "created" };
	int put = link->mail.n == 0 ? 0 : deliver_mail(desk->txn, &mail);
	return put < 0 ? put : 0;
}

int desk_helper_create(struct desk *desk)
{
	struct link link = { .id = txn_id(desk->txn) };
	char key[KEY_OCTETS + 1];
	int error = link_take(desk, &link);
	if (error < 0) {
		return error;
	}
	rand_text(key, KEY_OCTETS);
	struct digest digest = digest_of(DIGEST_SHA256, slice_str(key));
	int64_t until = desk->now_ms + desk->env->policy->officers.link_days * DAY_MS;
	int64_t done = sql_run(desk->db,
		"INSERT INTO helper_link (id, version, finding_id, unit_id, helper, digest, made_by,"
		" made_at_ms, expires_at_ms) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8)",
		SQL_INT(link.id), SQL_INT(desk->call->id), SQL_INT(link.unit_id),
		SQL_TEXT(link.helper), SQL_BLOB(slice_of(digest.octet, DIGEST_OCTETS)),
		SQL_INT(desk->caller.person_id), SQL_INT(desk->now_ms), SQL_INT(until));
	error = done < 0 ? (int)done : trail_row(desk->txn, "helper_link", link.id);
	error = error < 0 ? error : link_mail(desk, &link, key);
	error = error < 0 ? error
			  : words_timeline(desk, "finding", desk->call->id, "helper_asked",
				    (struct slice) { 0 });
	error = error < 0 ? error : txn_change(desk->txn, "finding", desk->call->id, 0);
	desk_audit(desk, "helper.create", "finding", desk->call->id, 0, link.helper);
	desk_answer(desk, link.id, 1);
	desk->answer_secret = arena_dup(desk->arena, slice_str(key));
	return error;
}

int desk_helper_end(struct desk *desk)
{
	struct slice reason = { 0 };
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT unit_id, version, finding_id, ended_at_ms FROM helper_link WHERE id = $1",
		&q, SQL_INT(desk->call->id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	int64_t version = db_col_int64(q, 1);
	int64_t finding_id = db_col_int64(q, 2);
	bool ended = !db_col_is_null(q, 3);
	int error = desk_unit_reached(desk, db_col_int64(q, 0));
	error = error < 0 ? error : desk_version_same(desk, version);
	error = error < 0
			? error
			: words_text(desk, "reason", WORDS_OPTIONAL, REASON_MAX_CHARS, &reason);
	if (error == 0 && ended) {
		error = desk_refuse(desk, E_STATE, "link.ended", NULL);
	}
	int64_t done = error < 0 ? error
				 : sql_run(desk->db,
					   "UPDATE helper_link SET version = version + 1,"
					   " ended_at_ms = $2, ended_why = $3 WHERE id = $1",
					   SQL_INT(desk->call->id), SQL_INT(desk->now_ms),
					   SQL_TEXT_OR_NULL(reason));
	error = done < 0 ? (int)done : trail_row(desk->txn, "helper_link", desk->call->id);
	error = error < 0 ? error : txn_change(desk->txn, "finding", finding_id, 0);
	desk_audit(desk, "helper.end", "helper_link", desk->call->id, version + 1, reason);
	desk_answer(desk, desk->call->id, version + 1);
	return error;
}

/* ---- by whoever has the link */

/* Re-encoded by the page that sends it; what is no picture by its first octets is refused. */
static int picture_take(struct desk *desk, struct buf *picture)
{
	static const uint8_t jpeg[] = { 0xff, 0xd8, 0xff };
	static const uint8_t png[] = { 0x89, 'P', 'N', 'G' };
	struct slice text = json_get_str(desk->call->body, "picture");
	if (text.n == 0) {
		return 0;
	}
	if (base64_decode(text, picture) < 0 || picture->failed) {
		return desk_refuse(desk, E_INPUT, "helper.picture", "picture");
	}
	struct slice octets = buf_slice(picture);
	bool good = slice_starts(octets, slice_of(jpeg, sizeof(jpeg))) ||
		    slice_starts(octets, slice_of(png, sizeof(png)));
	return good ? 0 : desk_refuse(desk, E_INPUT, "helper.picture", "picture");
}

struct opened {
	int64_t id;
	int64_t finding_id;
	int64_t made_by;
	int64_t reports;
	struct slice helper;
};

static int link_open(struct desk *desk, struct opened *o)
{
	struct digest digest = digest_of(DIGEST_SHA256, desk->call->key);
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(desk->db,
		"SELECT h.id, h.finding_id, h.made_by, (SELECT count(*) FROM helper_report r"
		" WHERE r.link_id = h.id), h.helper FROM helper_link h JOIN finding f"
		" ON f.id = h.finding_id WHERE h.digest = $1 AND h.ended_at_ms IS NULL"
		" AND h.expires_at_ms > $2 AND f.state IN ('noticed', 'remediated')",
		&q, SQL_BLOB(slice_of(digest.octet, DIGEST_OCTETS)), SQL_INT(desk->now_ms));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	*o = (struct opened) { db_col_int64(q, 0), db_col_int64(q, 1), db_col_int64(q, 2),
		db_col_int64(q, 3), arena_dup(desk->arena, db_col_text(q, 4)) };
	return o->reports < REPORTS_MAX
		       ? 0
		       : desk_refuse(desk, E_LIMIT, "helper.too_many_reports", NULL);
}

static int said_tell(struct desk *desk, const struct opened *o, int64_t report_id)
{
	struct slice event = arena_printf(desk->arena, "said.%lld", (long long)report_id);
	struct deliver_mail mail = { .person_id = o->made_by,
		.subject = SLICE("【协助整改】经办人已填写处理情况"),
		.body = arena_printf(desk->arena,
			"%.*s填写了处理情况，请登录查看：\n%s/findings/%lld\n",
			SLICE_FMT(o->helper), desk->env->base_url, (long long)o->finding_id),
		.about = "helper_link",
		.about_id = o->id,
		.event = (const char *)event.p };
	int put = deliver_mail(desk->txn, &mail);
	return put < 0 ? put : 0;
}

int desk_helper_say(struct desk *desk)
{
	struct opened o = { 0 };
	struct slice text = { 0 };
	AUTO_BUF struct buf picture;
	buf_init(&picture, PICTURE_MAX_OCTETS);
	int error = link_open(desk, &o);
	error = error < 0 ? error
			  : words_text(desk, "done", WORDS_REQUIRED, TEXT_MAX_CHARS, &text);
	error = error < 0 ? error : picture_take(desk, &picture);
	if (error < 0) {
		return error;
	}
	int64_t id = txn_id(desk->txn);
	struct slice octets = buf_slice(&picture);
	int64_t done = sql_run(desk->db,
		"INSERT INTO helper_report (id, version, link_id, at_ms, done, picture)"
		" VALUES ($1, 1, $2, $3, $4, $5)",
		SQL_INT(id), SQL_INT(o.id), SQL_INT(desk->now_ms), SQL_TEXT(text),
		octets.n > 0 ? SQL_BLOB(octets) : SQL_NULL);
	error = done < 0 ? (int)done : trail_row(desk->txn, "helper_report", id);
	error = error < 0 ? error
			  : words_timeline(desk, "finding", o.finding_id, "helper_said",
				    (struct slice) { 0 });
	error = error < 0 ? error : said_tell(desk, &o, id);
	error = error < 0 ? error : txn_change(desk->txn, "finding", o.finding_id, 0);
	desk_audit(desk, "helper.say", "finding", o.finding_id, 0, o.helper);
	desk_answer(desk, id, 1);
	return error;
}
