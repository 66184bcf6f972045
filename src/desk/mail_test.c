/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/digest.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/settings.h"
#include "desk/words.h"
#include "model/contact.h"
#include "model/sentence.h"
#include "records/caller.h"
#include "records/outbox.h"
#include "records/sql.h"

static struct slice body_of(struct desk *desk, struct slice subject)
{
	AUTO_BUF struct buf body;
	buf_init(&body, 1024);
	struct civil at = civil_of_ms(desk->now_ms, CIVIL_CHINA_OFFSET_MIN);
	buf_printf(&body, "%.*s\n\n", SLICE_FMT(subject));
	buf_printf(&body, "时间：%04d-%02u-%02u %02u:%02u:%02u\n", (int)at.year, at.month,
		at.day, at.hour, at.minute, at.second);
	buf_put_str(&body, "收到这封邮件，说明告警和通报可以送达。\n");
	return arena_dup(desk->arena, buf_slice(&body));
}

static int delivery_put(struct desk *desk, struct slice to, int64_t id)
{
	AUTO_BUF struct buf subject;
	buf_init(&subject, 256);
	sentence_put(&subject, LANG_ZH, SLICE("mail.test"), NULL);
	struct digest digest = digest_of(DIGEST_SHA256,
		arena_printf(desk->arena, "mail|setting|%lld|test", (long long)id));
	char hex[2 * DIGEST_OCTETS + 1];
	digest_hex(&digest, hex);
	struct outbox_item item = {
		.id = id,
		.kind = SLICE("mail"),
		.effect = slice_of(hex, 32),
		.record_kind = SLICE("setting"),
		.record_id = id,
		.payload = SLICE("{}"),
		.trace = txn_trace(desk->txn),
	};
	int put = outbox_put(desk->txn, &item);
	if (put < 0) {
		return put;
	}
	int64_t done = sql_run(desk->db,
		"INSERT INTO delivery (id, version, channel, address, subject, body, message_id, about, about_id,"
		" queued_at_ms, state) VALUES ($1, 1, 'mail', $2, $3, $4, $5, 'setting', $1, $6, 'queued')",
		SQL_INT(id), SQL_TEXT(to), SQL_TEXT(buf_slice(&subject)),
		SQL_TEXT(body_of(desk, buf_slice(&subject))), SQL_TEXT(item.effect),
		SQL_INT(desk->now_ms));
	int error = done < 0 ? (int)done : trail_row(desk->txn, "delivery", id);
	return error < 0 ? error : txn_change(desk->txn, "delivery", id, 1);
}

int desk_mail_test(struct desk *desk)
{
	struct slice to = { 0 };
	struct slice mail = { 0 };
	int error = words_text(desk, "to", WORDS_REQUIRED, MAIL_MAX_OCTETS, &to);
	error = error < 0 ? error : setting_load(desk->db, desk->arena, "mail", &mail);
	if (error < 0) {
		return error;
	}
	if (!mail_plausible(to)) {
		return desk_refuse(desk, E_INPUT, "input.invalid", "to");
	}
	if (slice_find(mail, SLICE("\"host\"")) == SIZE_MAX) {
		return desk_refuse(desk, E_STATE, "mail.not_set", NULL);
	}
	int64_t id = txn_id(desk->txn);
	error = delivery_put(desk, to, id);
	desk_audit(desk, "mail.test", "delivery", id, 1, (struct slice) { 0 });
	desk_answer(desk, id, 1);
	return error;
}
