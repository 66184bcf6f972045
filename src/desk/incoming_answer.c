/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/incoming_answer.h"

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/utf8.h"
#include "desk/desk.h"
#include "desk/incoming_row.h"
#include "desk/record_papers.h"
#include "desk/words.h"
#include "records/sql.h"
#include "records/trail.h"

enum {
	FILES_MAX = 40,
	NAME_MAX_CHARS = 120,
	COPIES_MAX = 99,
	WHO_MAX = 40,
	TEXT_MAX = 2000,
	CHANNEL_MAX = 120,
};

/* ---- files, kept byte for byte */

int incoming_takes_files(struct db *db, int64_t id)
{
	int64_t open = 0;
	int found = sql_int(db,
		"SELECT CASE WHEN secrecy IN ('public', 'internal') THEN 1 ELSE 0 END"
		" FROM incoming WHERE id = $1",
		&open, SQL_INT(id));
	return found < 0 ? found : found == 0 ? E_ABSENT : open == 1;
}

static bool media_known(struct slice media)
{
	return slice_is(media, "application/pdf") || slice_is(media, "image/jpeg") ||
	       slice_is(media, "image/png");
}

static bool name_clean(struct slice name)
{
	bool clean = name.n > 0 && utf8_count(name) <= NAME_MAX_CHARS;
	for (size_t i = 0; i < name.n; i++) {
		clean = clean && name.p[i] >= 0x20 && name.p[i] != 0x7f && name.p[i] != '/' &&
			name.p[i] != '\\';
	}
	return clean;
}

static int file_admit(struct desk *desk, const struct incoming_row *row)
{
	int64_t count = 0;
	if (secrecy_is_state_secret(incoming_secrecy(row))) {
		return desk_refuse(desk, E_INPUT, "incoming.state_secret", NULL);
	}
	if (incoming_terminal(row->state)) {
		return desk_refuse(desk, E_STATE, "incoming.no_such_step", NULL);
	}
	if (!media_known(desk->call->upload_media)) {
		return desk_refuse(desk, E_INPUT, "upload.media", NULL);
	}
	if (!name_clean(desk->call->upload_name)) {
		return desk_refuse(desk, E_INPUT, "input.text", "name");
	}
	int found = sql_int(desk->db,
		"SELECT count(*) FROM attachment WHERE about = 'incoming' AND about_id = $1",
		&count, SQL_INT(row->id));
	return found < 0            ? found
	       : count >= FILES_MAX ? desk_refuse(desk, E_LIMIT, "upload.too_many", NULL)
				    : 0;
}

int desk_incoming_upload(struct desk *desk)
{
	struct incoming_row row = { 0 };
	int error = incoming_open(desk, &row);
	error = error < 0 ? error : file_admit(desk, &row);
	if (error < 0) {
		return error;
	}
	bool answer = row.state == INCOMING_HANDLING || row.state == INCOMING_ANSWERED;
	int64_t id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO attachment (id, version, about, about_id, round, kind, name,"
		" media, blob_id, by_id, by_proxy, at_ms) VALUES ($1, 1, 'incoming', $2, 0,"
		" $3, $4, $5, $6, $7, 0, $8)",
		SQL_INT(id), SQL_INT(row.id), SQL_STR(answer ? "answer" : "scan"),
		SQL_TEXT(desk->call->upload_name), SQL_TEXT(desk->call->upload_media),
		SQL_INT(desk->call->upload_blob), SQL_INT(desk->caller.person_id),
		SQL_INT(desk->now_ms));
	error = done < 0 ? (int)done : trail_row(desk->txn, "attachment", id);
	error = error < 0 ? error : txn_change(desk->txn, "incoming", row.id, row.version);
	error = error < 0 ? error
			  : words_timeline(desk, "incoming", row.id, "uploaded",
				    incoming_args(desk, (struct slice) { 0 },
					    desk->call->upload_name));
	desk_audit(desk, "incoming.upload", "attachment", id, 1, (struct slice) { 0 });
	desk_answer(desk, id, 1);
	return error;
}

/* ---- the seal */

int desk_incoming_seal(struct desk *desk)
{
	static const char *const whats[] = { "answer", "statement", NULL };
	struct incoming_row row = { 0 };
	struct slice what = { 0 };
	struct slice who = { 0 };
	int64_t day_ms = 0;
	int64_t copies = 0;
	int error = incoming_open(desk, &row);
	if (error == 0 && row.state != INCOMING_HANDLING) {
		error = desk_refuse(desk, E_STATE, "incoming.no_such_step", NULL);
	}
	error = error < 0 ? error : words_choice(desk, "what", whats, NULL, &what);
	error = error < 0 ? error
			  : words_text(desk, "sealed_by", WORDS_REQUIRED, WHO_MAX, &who);
	error = error < 0 ? error
			  : words_int(desk, "day", 0, desk->now_ms + CIVIL_DAY_MS, desk->now_ms,
				    &day_ms);
	error = error < 0 ? error : words_int(desk, "copies", 1, COPIES_MAX, 1, &copies);
	if (error < 0) {
		return error;
	}
	int64_t id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO incoming_seal (id, version, incoming_id, what, day_ms, copies,"
		" sealed_by, by_id, at_ms) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8)",
		SQL_INT(id), SQL_INT(row.id), SQL_TEXT(what), SQL_INT(day_ms), SQL_INT(copies),
		SQL_TEXT(who), SQL_INT(desk->caller.person_id), SQL_INT(desk->now_ms));
	error = done < 0 ? (int)done : trail_row(desk->txn, "incoming_seal", id);
	return error < 0 ? error
			 : incoming_done(desk, &row, "incoming.seal", "sealed",
				   incoming_args(desk, (struct slice) { 0 }, who));
}

/* ---- the answer */

int desk_incoming_answer(struct desk *desk)
{
	static const char *const results[] = { "done", "not_concerned", NULL };
	struct incoming_row row = { 0 };
	struct incoming_facts facts = { 0 };
	struct slice text = { 0 };
	int error = incoming_open(desk, &row);
	error = error < 0 ? error : incoming_facts_load(desk->txn, &row, &facts);
	error = error < 0 ? error : words_choice(desk, "result", results, "done", &row.result);
	error = error < 0 ? error : words_text(desk, "answer", WORDS_OPTIONAL, TEXT_MAX, &text);
	error = error < 0 ? error
			  : words_text(
				    desk, "channel", WORDS_OPTIONAL, CHANNEL_MAX, &row.channel);
	facts.not_concerned = slice_is(row.result, "not_concerned");
	facts.result_given = text.n > 0;
	facts.channel_given = row.channel.n > 0;
	error = error < 0 ? error : incoming_decide(desk, &row, &facts, INCOMING_ACT_ANSWER);
	row.answer = text;
	row.fed_back_at_ms = desk->now_ms;
	row.fed_back_by = desk->caller.person_id;
	error = error < 0 ? error : incoming_sheet_paper(desk, &row, NULL);
	return error < 0 ? error
			 : incoming_done(desk, &row, "incoming.answer", "answered",
				   incoming_args(desk, text, row.channel));
}

int desk_incoming_receipt(struct desk *desk)
{
	struct incoming_row row = { 0 };
	struct incoming_facts facts = { 0 };
	struct slice receipt = { 0 };
	int error = incoming_open(desk, &row);
	error = error < 0 ? error : incoming_facts_load(desk->txn, &row, &facts);
	error = error < 0 ? error
			  : words_text(desk, "receipt", WORDS_OPTIONAL, CHANNEL_MAX, &receipt);
	facts.receipt_given = receipt.n > 0;
	error = error < 0 ? error : incoming_decide(desk, &row, &facts, INCOMING_ACT_RECEIPT);
	row.receipt = receipt;
	row.receipt_at_ms = desk->now_ms;
	return error < 0 ? error
			 : incoming_done(desk, &row, "incoming.receipt", "receipted",
				   incoming_args(desk, receipt, (struct slice) { 0 }));
}
