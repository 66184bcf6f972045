/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/filing_contacts.h"

/*
 * Does everything that stands in a filing reach the person?  A mail carries a
 * link; who answers a number is heard by the centre.  SMS, voice and IM are
 * rows of the table here once there are such channels.
 */
#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"
#include "desk/deliver.h"
#include "desk/desk.h"
#include "desk/filing_row.h"
#include "desk/words.h"
#include "records/sql.h"
#include "sys/rand.h"
#include "workflow/policy.h"

enum { KEY_OCTETS = 24, FORMS_MAX = 10, NAME_MAX_CHARS = 120 };
#define DAY_MS INT64_C(86400000)

static const struct channel {
	const char *name;
	bool by_link; /* else somebody calls */
} channels[] = {
	{ "mail", true },
	{ "phone", false },
	{ "phone2", false },
};

enum { CHANNELS = sizeof(channels) / sizeof(channels[0]) };

/* The text says for what, and nothing else of the unit. */
static int link_send(struct txn *txn, const struct desk_env *env, const struct filing_row *row,
	int64_t test_id, const char *key)
{
	struct slice unit = { 0 };
	struct slice person = { 0 };
	int error = filing_names(txn, row, &unit, &person);
	struct slice body = arena_printf(txn_arena(txn),
		"%.*s老师：\n\n%.*s已将您报为%s。请点开下面的链接，确认这个邮箱是您本人在用。\n\n"
		"%s/contact/%s\n\n若与您无关，请不要点开，并告知信息技术中心。\n",
		SLICE_FMT(person), SLICE_FMT(unit), name_text(&post_names, row->post, LANG_ZH),
		env->base_url, key);
	struct slice event = arena_printf(txn_arena(txn), "test.%lld", (long long)test_id);
	struct deliver_mail mail = { .person_id = row->person_id,
		.subject = SLICE("【联系方式核验】请确认邮箱"),
		.body = body,
		.about = "filing",
		.about_id = row->id,
		.event = (const char *)event.p };
	int put = error < 0 ? error : deliver_mail(txn, &mail);
	return put < 0 ? put : 0;
}

static int test_put(struct txn *txn, const struct desk_env *env, const struct filing_row *row,
	const struct channel *channel)
{
	char key[KEY_OCTETS + 1];
	rand_text(key, KEY_OCTETS);
	struct digest digest = digest_of(DIGEST_SHA256, slice_str(key));
	int64_t id = txn_id(txn);
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO contact_test (id, version, filing_id, channel, digest, asked_at_ms,"
		" expires_at_ms) VALUES ($1, 1, $2, $3, $4, $5, $6)",
		SQL_INT(id), SQL_INT(row->id), SQL_STR(channel->name),
		channel->by_link ? SQL_BLOB(slice_of(digest.octet, DIGEST_OCTETS)) : SQL_NULL,
		SQL_INT(txn_now_ms(txn)),
		SQL_INT(txn_now_ms(txn) + env->policy->officers.link_days * DAY_MS));
	int error = done < 0 ? (int)done : trail_row(txn, "contact_test", id);
	return error < 0 || !channel->by_link ? error : link_send(txn, env, row, id, key);
}

static int64_t tests_drop(struct txn *txn, int64_t filing_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn), "SELECT id FROM contact_test WHERE filing_id = $1", &q,
		SQL_INT(filing_id));
	while (row >= 0 && (row = db_step(q)) == 1) {
		row = trail_row(txn, "contact_test", db_col_int64(q, 0));
	}
	return row < 0 ? row
		       : sql_run(txn_db(txn), "DELETE FROM contact_test WHERE filing_id = $1",
				 SQL_INT(filing_id));
}

int contact_tests_begin(
	struct txn *txn, const struct desk_env *env, const struct filing_row *row)
{
	int64_t dropped = tests_drop(txn, row->id);
	int error = dropped < 0 ? (int)dropped : 0;
	for (size_t i = 0; i < CHANNELS && error == 0; i++) {
		error = test_put(txn, env, row, &channels[i]);
	}
	return error;
}

/* ---- a sign of life */

static int confirmed(struct desk *desk, struct filing_row *row, int64_t test_id)
{
	int64_t done = sql_run(desk->db,
		"UPDATE contact_test SET version = version + 1, confirmed_at_ms = $2,"
		" confirmed_by = $3 WHERE id = $1 AND confirmed_at_ms IS NULL",
		SQL_INT(test_id), SQL_INT(desk->now_ms),
		SQL_INT_OR_NULL(desk->caller.person_id));
	int error = done < 0 ? (int)done : trail_row(desk->txn, "contact_test", test_id);
	error = error < 0 ? error : filing_save(desk->txn, row);
	desk_answer(desk, row->id, row->version);
	return error;
}

int desk_filing_heard(struct desk *desk)
{
	static const char *const heard[] = { "phone", "phone2", NULL };
	struct filing_row row = { 0 };
	struct slice channel = { 0 };
	int64_t test_id = 0;
	int error = filing_load(desk->txn, desk->call->id, &row);
	error = error < 0 ? error : desk_unit_reached(desk, row.unit_id);
	error = error < 0 ? error : desk_version_same(desk, row.version);
	error = error < 0 ? error : words_choice(desk, "channel", heard, NULL, &channel);
	if (error < 0) {
		return error;
	}
	int found = sql_int(desk->db,
		"SELECT id FROM contact_test WHERE filing_id = $1 AND channel = $2", &test_id,
		SQL_INT(row.id), SQL_TEXT(channel));
	if (found <= 0 || row.state != FILING_VERIFYING) {
		return found < 0 ? found
				 : desk_refuse(desk, E_STATE, "filing.no_such_step", NULL);
	}
	error = confirmed(desk, &row, test_id);
	desk_audit(desk, "filing.heard", "filing", row.id, row.version, channel);
	return error < 0 ? error
			 : words_timeline(desk, "filing", row.id, "filing_heard",
				   (struct slice) { 0 });
}

int desk_filing_resend(struct desk *desk)
{
	struct filing_row row = { 0 };
	int error = filing_load(desk->txn, desk->call->id, &row);
	error = error < 0 ? error : desk_unit_reached(desk, row.unit_id);
	error = error < 0 ? error : desk_version_same(desk, row.version);
	if (error == 0 && row.state != FILING_VERIFYING) {
		error = desk_refuse(desk, E_STATE, "filing.no_such_step", NULL);
	}
	AUTO_STMT struct stmt *q = NULL;
	int found = error < 0 ? error
			      : sql_query(desk->db,
					"SELECT id FROM contact_test WHERE filing_id = $1"
					" AND channel = 'mail' AND confirmed_at_ms IS NULL",
					&q, SQL_INT(row.id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found
				 : desk_refuse(desk, E_STATE, "filing.tested_already", NULL);
	}
	int64_t old = db_col_int64(q, 0);
	db_done(q);
	q = NULL;
	error = trail_row(desk->txn, "contact_test", old);
	int64_t gone = error < 0 ? error
				 : sql_run(desk->db, "DELETE FROM contact_test WHERE id = $1",
					   SQL_INT(old));
	error = gone < 0 ? (int)gone : test_put(desk->txn, desk->env, &row, &channels[0]);
	error = error < 0 ? error : filing_save(desk->txn, &row);
	desk_audit(desk, "filing.resend", "filing", row.id, row.version, (struct slice) { 0 });
	desk_answer(desk, row.id, row.version);
	return error;
}

/* Mail scanners fetch links: looking confirms nothing, this does. */
int desk_contact_confirm(struct desk *desk)
{
	struct digest digest = digest_of(DIGEST_SHA256, desk->call->key);
	struct filing_row row = { 0 };
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT t.id, t.filing_id, f.person_id, t.confirmed_at_ms FROM contact_test t"
		" JOIN filing f ON f.id = t.filing_id WHERE t.digest = $1 AND t.expires_at_ms > $2"
		" AND f.state = 'verifying'",
		&q, SQL_BLOB(slice_of(digest.octet, DIGEST_OCTETS)), SQL_INT(desk->now_ms));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	int64_t test_id = db_col_int64(q, 0);
	int64_t filing_id = db_col_int64(q, 1);
	if (!db_col_is_null(q, 3)) {
		return 0; /* a second press */
	}
	desk->caller = (struct caller) {
		.known = true, .person_id = db_col_int64(q, 2), .role = ROLE_SYSTEM, .name = ""
	};
	db_done(q);
	q = NULL;
	int error = filing_load(desk->txn, filing_id, &row);
	error = error < 0 ? error : confirmed(desk, &row, test_id);
	desk_audit(desk, "contact.confirm", "filing", filing_id, row.version, SLICE("mail"));
	return error < 0 ? error
			 : words_timeline(desk, "filing", filing_id, "filing_contact",
				   (struct slice) { 0 });
}

/* ---- the sealed form */

static bool name_good(struct slice name)
{
	bool good = name.n > 0 && utf8_count(name) <= NAME_MAX_CHARS;
	for (size_t i = 0; i < name.n; i++) {
		good = good && name.p[i] >= 0x20 && name.p[i] != 0x7f && name.p[i] != '/' &&
		       name.p[i] != '\\';
	}
	return good;
}

static bool media_good(struct slice media)
{
	return slice_is(media, "application/pdf") || slice_is(media, "image/jpeg") ||
	       slice_is(media, "image/png");
}

int desk_filing_upload(struct desk *desk)
{
	struct filing_row row = { 0 };
	int64_t count = 0;
	int error = filing_load(desk->txn, desk->call->id, &row);
	error = error < 0 ? error : desk_unit_reached(desk, row.unit_id);
	if (error < 0) {
		return error;
	}
	if (row.state > FILING_VERIFYING && row.state != FILING_RETURNED) {
		return desk_refuse(desk, E_STATE, "filing.no_such_step", NULL);
	}
	if (!media_good(desk->call->upload_media)) {
		return desk_refuse(desk, E_INPUT, "upload.media", NULL);
	}
	if (!name_good(desk->call->upload_name)) {
		return desk_refuse(desk, E_INPUT, "input.text", "name");
	}
	int found = sql_int(desk->db,
		"SELECT count(*) FROM attachment WHERE about = 'filing' AND about_id = $1",
		&count, SQL_INT(row.id));
	if (found < 0 || count >= FORMS_MAX) {
		return found < 0 ? found : desk_refuse(desk, E_LIMIT, "upload.too_many", NULL);
	}
	int64_t id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO attachment (id, version, about, about_id, round, kind, name, media,"
		" blob_id, by_id, by_proxy, at_ms) VALUES ($1, 1, 'filing', $2, 0, 'form', $3, $4,"
		" $5, $6, $7, $8)",
		SQL_INT(id), SQL_INT(row.id), SQL_TEXT(desk->call->upload_name),
		SQL_TEXT(desk->call->upload_media), SQL_INT(desk->call->upload_blob),
		SQL_INT(desk->caller.person_id), SQL_INT(desk->scope == SCOPE_ALL),
		SQL_INT(desk->now_ms));
	error = done < 0 ? (int)done : trail_row(desk->txn, "attachment", id);
	error = error < 0 ? error : filing_save(desk->txn, &row);
	desk_audit(desk, "filing.upload", "attachment", id, 1, desk->call->upload_name);
	desk_answer(desk, id, 1);
	return error;
}
