/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/deliver.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/salt.h"
#include "records/caller.h"
#include "records/outbox.h"
#include "records/sql.h"
#include "records/trail.h"
#include "records/txn.h"

/* Pauses before the next try, workflow.md (e); the last one repeats until the class gives up. */
static const int64_t pause_ms[] = { 5000, 15000, 60000, 300000, 900000, 3600000 };
/* A mail that could not be sent for this long is dead, and shown as such. */
#define GIVE_UP_MS (INT64_C(72) * 3600 * 1000)

enum { PAUSE_COUNT = sizeof(pause_ms) / sizeof(pause_ms[0]) };

static int address_of(struct txn *txn, int64_t person_id, struct slice *ret_mail)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(
		txn_db(txn), "SELECT mail FROM person WHERE id = $1", &q, SQL_INT(person_id));
	row = row < 0 ? row : db_step(q);
	if (row < 0) {
		return row;
	}
	*ret_mail =
		row == 1 ? arena_dup(txn_arena(txn), db_col_text(q, 0)) : (struct slice) { 0 };
	return 0;
}

/* Deterministic over record, event, recipient and channel: the same message twice is one row. */
static struct slice effect_of(struct txn *txn, const struct deliver_mail *mail)
{
	struct slice name = arena_printf(txn_arena(txn), "mail|%s|%lld|%s|%lld", mail->about,
		(long long)mail->about_id, mail->event, (long long)mail->person_id);
	struct digest digest = digest_of(DIGEST_SHA256, name);
	char hex[2 * DIGEST_OCTETS + 1];
	digest_hex(&digest, hex);
	return arena_dup(txn_arena(txn), slice_of(hex, 32));
}

static int row_put(struct txn *txn, const struct deliver_mail *mail, struct slice address,
	struct slice effect, int64_t id)
{
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO delivery (id, version, channel, person_id, address, subject, body, message_id,"
		" about, about_id, document_id, queued_at_ms, state, salt)"
		" VALUES ($1, 1, 'mail', $2, $3, $4, $5, $6, $7, $8, $9, $10, 'queued', $11)",
		SQL_INT(id), SQL_INT_OR_NULL(mail->person_id), SQL_TEXT(address),
		SQL_TEXT(mail->subject), SQL_TEXT(mail->body), SQL_TEXT(effect),
		SQL_STR(mail->about), SQL_INT(mail->about_id),
		SQL_INT_OR_NULL(mail->document_id), SQL_INT(txn_now_ms(txn)),
		SQL_BLOB(salt_draw(txn_arena(txn))));
	if (done < 0) {
		return (int)done;
	}
	int error = trail_row(txn, "delivery", id);
	return error < 0 ? error : txn_change(txn, "delivery", id, 1);
}

/* Whoever may have left is told nothing any more; that he is doubted he may hear when he logs in. */
static int withheld(struct txn *txn, int64_t person_id)
{
	int64_t id = 0;
	return sql_int(txn_db(txn),
		"SELECT id FROM suspicion WHERE person_id = $1 AND state = 'open' LIMIT 1", &id,
		SQL_INT(person_id));
}

int deliver_mail(struct txn *txn, const struct deliver_mail *mail)
{
	struct slice address = mail->address;
	int error = mail->person_id == 0 ? 0 : withheld(txn, mail->person_id);
	if (error != 0) {
		return error < 0 ? error : 0;
	}
	error = mail->person_id == 0 ? 0 : address_of(txn, mail->person_id, &address);
	if (error < 0 || address.n == 0) {
		return error;
	}
	struct slice effect = effect_of(txn, mail);
	int64_t id = txn_id(txn);
	struct outbox_item item = {
		.id = id,
		.kind = SLICE("mail"),
		.effect = effect,
		.record_kind = slice_str(mail->about),
		.record_id = mail->about_id,
		.payload = SLICE("{}"),
		.trace = txn_trace(txn),
	};
	int put = outbox_put(txn, &item);
	if (put <= 0) {
		return put;
	}
	error = row_put(txn, mail, address, effect, id);
	return error < 0 ? error : 1;
}

static int duty_setting(struct txn *txn, int64_t *ret_person_id)
{
	struct slice text = { 0 };
	const struct json *value = NULL;
	int error = setting_load(txn_db(txn), txn_arena(txn), "duty", &text);
	if (error == 0 && text.n > 0) {
		(void)!json_parse(txn_arena(txn), text, 0, &value, NULL);
	}
	*ret_person_id = json_get_int(value, "person_id", 0);
	return error;
}

int deliver_on_duty(struct txn *txn, int64_t *ret_person_ids, int max)
{
	static const char *const fallback[] = { "operator", "director" };
	int64_t duty = 0;
	int count = 0;
	int error = duty_setting(txn, &duty);
	if (error < 0) {
		return error;
	}
	if (duty != 0 && max > 0) {
		ret_person_ids[count++] = duty;
		return count;
	}
	for (size_t i = 0; i < 2 && count == 0; i++) {
		AUTO_STMT struct stmt *q = NULL;
		int row = sql_query(txn_db(txn),
			"SELECT DISTINCT person_id FROM role_grant WHERE role = $1 AND valid_to_ms IS NULL"
			" ORDER BY person_id",
			&q, SQL_STR(fallback[i]));
		while (row >= 0 && count < max && (row = db_step(q)) == 1) {
			ret_person_ids[count++] = db_col_int64(q, 0);
		}
		if (row < 0) {
			return row;
		}
	}
	return count;
}

static int state_set(
	struct txn *txn, int64_t id, const char *state, const struct deliver_result *result)
{
	bool sent = slice_is(slice_str(state), "sent");
	int64_t done = sql_run(txn_db(txn),
		"UPDATE delivery SET version = version + 1, state = $2, sent_at_ms = $3, provider = $4,"
		" live_error = $5, live_next_at_ms = NULL WHERE id = $1",
		SQL_INT(id), SQL_STR(state), sent ? SQL_INT(txn_now_ms(txn)) : SQL_NULL,
		SQL_TEXT_OR_NULL(result->provider), SQL_TEXT_OR_NULL(result->error));
	if (done < 0) {
		return (int)done;
	}
	int error = trail_row(txn, "delivery", id);
	return error < 0 ? error : txn_change(txn, "delivery", id, 0);
}

static int put_off(struct txn *txn, const struct deliver_result *result, int64_t attempts)
{
	int64_t next =
		txn_now_ms(txn) + pause_ms[attempts < PAUSE_COUNT ? attempts : PAUSE_COUNT - 1];
	int64_t done = sql_run(txn_db(txn),
		"UPDATE delivery SET live_attempts = live_attempts + 1, live_next_at_ms = $2, live_error = $3"
		" WHERE id = $1",
		SQL_INT(result->delivery_id), SQL_INT(next), SQL_TEXT_OR_NULL(result->error));
	return done < 0 ? (int)done
			: outbox_retry(txn, result->delivery_id, next, result->error);
}

int deliver_settle(struct txn *txn, const struct deliver_result *result)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn),
		"SELECT state, queued_at_ms, live_attempts FROM delivery WHERE id = $1", &q,
		SQL_INT(result->delivery_id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row;
	}
	bool waiting = slice_is(db_col_text(q, 0), "queued");
	int64_t queued_ms = db_col_int64(q, 1);
	int64_t attempts = db_col_int64(q, 2);
	db_done(q);
	q = NULL;
	if (!waiting) {
		return 0; /* a late second answer for a message that is settled */
	}
	struct trail_act act = { .act = SLICE("delivery.settle"),
		.kind = SLICE("delivery"),
		.id = result->delivery_id,
		.reason = result->outcome };
	bool accepted = slice_is(result->outcome, "accepted");
	bool permanent = slice_is(result->outcome, "permanent");
	bool tired = txn_now_ms(txn) - queued_ms > GIVE_UP_MS;
	if (!accepted && !permanent && !tired) {
		return put_off(txn, result, attempts);
	}
	trail_act(txn, &act);
	int error = state_set(txn, result->delivery_id,
		accepted    ? "sent"
		: permanent ? "failed_permanent"
			    : "dead",
		result);
	return error < 0 ? error
			 : outbox_end(txn, result->delivery_id,
				   accepted ? OUTBOX_DONE : OUTBOX_FAILED, result->error);
}
