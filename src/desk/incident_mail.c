/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/incident_mail.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/affected.h"
#include "desk/deliver.h"
#include "desk/desk.h"
#include "model/scale.h"
#include "model/sentence.h"
#include "records/circuit.h"
#include "records/sql.h"
#include "records/trail.h"
#include "sys/rand.h"

enum { PEOPLE_MAX = 50, KEY_OCTETS = 24, BODY_MAX_OCTETS = 8192 };
#define KEY_LIFE_MS (INT64_C(72) * 3600 * 1000)

struct facts {
	struct slice title;
	struct slice severity;
	struct slice asset;
	struct slice affected; /* a line, or nothing */
	struct slice lines;    /* whom to call about them, each on its own, or nothing */
	int64_t opened_ms;
	int64_t resolved_ms;
	bool unwatched; /* ended because its check did */
};

static int facts_load(struct txn *txn, int64_t id, struct facts *facts)
{
	AUTO_STMT struct stmt *q = NULL;
	struct arena *arena = txn_arena(txn);
	int row = sql_query(txn_db(txn),
		"SELECT i.code, i.args, i.severity, a.name, i.opened_at_ms, i.resolved_at_ms FROM incident i"
		" LEFT JOIN asset a ON a.id = i.asset_id WHERE i.id = $1",
		&q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	const struct json *args = NULL;
	if (json_parse(arena, arena_dup(arena, db_col_text(q, 1)), 0, &args, NULL) < 0) {
		args = NULL;
	}
	AUTO_BUF struct buf title;
	buf_init(&title, 2048);
	sentence_put(&title, LANG_ZH, db_col_text(q, 0), args);
	*facts = (struct facts) { .title = arena_dup(arena, buf_slice(&title)),
		.severity = arena_dup(arena, db_col_text(q, 2)),
		.asset = arena_dup(arena, db_col_text(q, 3)),
		.opened_ms = db_col_int64(q, 4),
		.resolved_ms = db_col_int64(q, 5) };
	int64_t said = 0;
	row = sql_int(txn_db(txn),
		"SELECT count(*) FROM timeline WHERE kind = 'incident' AND record_id = $1 AND code = 'unwatched'"
		" AND at_ms = $2",
		&said, SQL_INT(id), SQL_INT(txn_now_ms(txn)));
	facts->unwatched = said > 0;
	return row < 0 ? row : 0;
}

static const char *severity_words(struct slice severity)
{
	int parsed = name_parse(&alert_severity_names, severity);
	return name_text(&alert_severity_names, parsed < 0 ? 0 : (unsigned)parsed, LANG_ZH);
}

static void time_put(struct buf *buf, int64_t at_ms)
{
	struct civil c = civil_of_ms(at_ms, CIVIL_CHINA_OFFSET_MIN);
	buf_printf(buf, "%04d-%02u-%02u %02u:%02u:%02u", (int)c.year, c.month, c.day, c.hour,
		c.minute, c.second);
}

static int key_make(
	struct txn *txn, int64_t incident_id, int64_t person_id, char ret_key[KEY_OCTETS + 1])
{
	rand_text(ret_key, KEY_OCTETS);
	struct digest digest = digest_of(DIGEST_SHA256, slice_str(ret_key));
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO ack_key (id, digest, incident_id, person_id, expires_at_ms) VALUES ($1, $2, $3, $4, $5)",
		SQL_INT(txn_id(txn)), SQL_BLOB(slice_of(digest.octet, DIGEST_OCTETS)),
		SQL_INT(incident_id), SQL_INT(person_id),
		SQL_INT(txn_now_ms(txn) + KEY_LIFE_MS));
	return done < 0 ? (int)done : 0;
}

static int opened_one(struct txn *txn, const struct desk_env *env, int64_t incident_id,
	int64_t person_id, const struct facts *f, const char *event)
{
	char key[KEY_OCTETS + 1];
	int error = key_make(txn, incident_id, person_id, key);
	if (error < 0) {
		return error;
	}
	struct arena *arena = txn_arena(txn);
	AUTO_BUF struct buf body;
	buf_init(&body, BODY_MAX_OCTETS);
	buf_printf(&body, "%.*s\n\n", SLICE_FMT(f->title));
	buf_printf(&body, "级别：%s\n", severity_words(f->severity));
	if (f->asset.n > 0) {
		buf_printf(&body, "资产：%.*s\n", SLICE_FMT(f->asset));
	}
	buf_put(&body, f->affected);
	buf_put(&body, f->lines);
	buf_put_str(&body, "时间：");
	time_put(&body, f->opened_ms);
	buf_printf(&body,
		"\n\n确认收到并接手：\n%s/ack/%s\n\n详情（登录后查看）：\n%s/incidents/%lld\n",
		env->base_url, key, env->base_url, (long long)incident_id);
	struct deliver_mail mail = {
		.person_id = person_id,
		.subject = arena_printf(
			arena, "【%s】%.*s", severity_words(f->severity), SLICE_FMT(f->title)),
		.body = buf_slice(&body),
		.about = "incident",
		.about_id = incident_id,
		.event = event,
	};
	int put = deliver_mail(txn, &mail);
	return put < 0 ? put : 0;
}

static int affected_load(struct txn *txn, int64_t incident_id, struct facts *facts)
{
	AUTO_BUF struct buf line;
	buf_init(&line, BODY_MAX_OCTETS / 2);
	int count = affected_expect(txn, incident_id, &line);
	facts->affected = arena_dup(txn_arena(txn), buf_slice(&line));
	return count < 0 ? count : 0;
}

static void circuit_line(struct buf *text, struct stmt *q)
{
	struct slice number = db_col_text(q, CIRCUIT_NUMBER);
	struct slice phone = db_col_text(q, CIRCUIT_FAULT_PHONE);
	buf_printf(text, "线路：%.*s（%.*s）", SLICE_FMT(db_col_text(q, CIRCUIT_NAME)),
		SLICE_FMT(db_col_text(q, CIRCUIT_OPERATOR)));
	if (number.n > 0) {
		buf_printf(text, "，专线号 %.*s", SLICE_FMT(number));
	}
	if (phone.n > 0) {
		buf_printf(text, "，报障电话 %.*s", SLICE_FMT(phone));
	}
	buf_put_str(text, "\n");
}

/* Whoever is called out at night has the number to call. */
static int circuits_load(struct txn *txn, int64_t incident_id, struct facts *facts)
{
	AUTO_BUF struct buf text;
	AUTO_STMT struct stmt *q = NULL;
	buf_init(&text, BODY_MAX_OCTETS / 2);
	int row = circuits_of_incident(txn_db(txn), incident_id, &q);
	while (row >= 0 && (row = db_step(q)) == 1) {
		circuit_line(&text, q);
	}
	facts->lines = text.failed ? (struct slice) { 0 }
				   : arena_dup(txn_arena(txn), buf_slice(&text));
	return row < 0 ? row : 0;
}

int incident_mail_opened(
	struct txn *txn, const struct desk_env *env, int64_t incident_id, struct slice severity)
{
	int64_t people[PEOPLE_MAX];
	struct facts facts = { 0 };
	int count = deliver_on_duty(txn, people, PEOPLE_MAX);
	int error = count < 0 ? count : facts_load(txn, incident_id, &facts);
	error = error < 0 ? error : affected_load(txn, incident_id, &facts);
	error = error < 0 ? error : circuits_load(txn, incident_id, &facts);
	/* Once for each severity it reaches: it is told again only when it became worse. */
	struct slice event = arena_printf(txn_arena(txn), "opened.%.*s", SLICE_FMT(severity));
	for (int i = 0; error >= 0 && i < count; i++) {
		error = opened_one(
			txn, env, incident_id, people[i], &facts, (const char *)event.p);
	}
	return error < 0 ? error : 0;
}

static int recovered_one(
	struct txn *txn, int64_t incident_id, int64_t person_id, const struct facts *f)
{
	AUTO_BUF struct buf body;
	buf_init(&body, BODY_MAX_OCTETS);
	int64_t minutes = (f->resolved_ms - f->opened_ms) / 60000;
	buf_printf(&body, "%.*s\n\n", SLICE_FMT(f->title));
	buf_put_str(&body, "发生：");
	time_put(&body, f->opened_ms);
	buf_put_str(&body, f->unwatched ? "\n停止监测：" : "\n恢复：");
	time_put(&body, f->resolved_ms);
	buf_printf(&body, "\n历时：%lld 分钟\n", (long long)minutes);
	if (f->unwatched) {
		buf_put_str(&body, "该监测项已停用或改换对象，并非服务恢复。\n");
	}
	struct deliver_mail mail = {
		.person_id = person_id,
		.subject = arena_printf(txn_arena(txn),
			f->unwatched ? "【停止监测】%.*s" : "【已恢复】%.*s",
			SLICE_FMT(f->title)),
		.body = buf_slice(&body),
		.about = "incident",
		.about_id = incident_id,
		.event = "recovered",
	};
	int put = deliver_mail(txn, &mail);
	return put < 0 ? put : 0;
}

int incident_mail_recovered(struct txn *txn, const struct desk_env *env, int64_t incident_id)
{
	(void)env;
	struct facts facts = { 0 };
	int64_t people[PEOPLE_MAX];
	int count = 0;
	int error = facts_load(txn, incident_id, &facts);
	if (error < 0) {
		return error;
	}
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn),
		"SELECT DISTINCT person_id FROM delivery WHERE about = 'incident' AND about_id = $1"
		" AND person_id IS NOT NULL ORDER BY person_id",
		&q, SQL_INT(incident_id));
	while (row >= 0 && count < PEOPLE_MAX && (row = db_step(q)) == 1) {
		people[count++] = db_col_int64(q, 0);
	}
	db_done(q);
	q = NULL;
	for (int i = 0; row >= 0 && i < count; i++) {
		row = recovered_one(txn, incident_id, people[i], &facts);
	}
	return row < 0 ? row : 0;
}
