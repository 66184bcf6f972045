/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/knowledge.h"

#include <stddef.h>

#include "base/err.h"
#include "desk/desk.h"
#include "desk/knowledge_row.h"
#include "desk/notice_places.h"
#include "desk/patch.h"
#include "model/finding.h"
#include "records/sql.h"

enum { ENTRIES_MAX = 2000 };

static const char *const shelves[] = { "solution", "template", NULL };

#define TEXT(member, needed, limit)                                                            \
	{                                                                                      \
		.name = #member, .offset = offsetof(struct knowledge_row, member),             \
		.kind = PATCH_TEXT, .need = needed, .max = limit                               \
	}

static const struct patch_field fields[] = {
	{ .name = "shelf",
		.offset = offsetof(struct knowledge_row, shelf),
		.kind = PATCH_CHOICE,
		.words = shelves,
		.otherwise = "solution" },
	TEXT(kind, WORDS_REQUIRED, 40),
	TEXT(name, WORDS_REQUIRED, KNOWLEDGE_NAME_MAX),
	TEXT(body, WORDS_REQUIRED, KNOWLEDGE_TEXT_MAX),
	TEXT(proof, WORDS_OPTIONAL, KNOWLEDGE_TEXT_MAX),
	TEXT(name_en, WORDS_OPTIONAL, KNOWLEDGE_NAME_MAX),
	TEXT(body_en, WORDS_OPTIONAL, KNOWLEDGE_TEXT_MAX),
	TEXT(proof_en, WORDS_OPTIONAL, KNOWLEDGE_TEXT_MAX),
};

static int body_read(struct desk *desk, struct knowledge_row *row)
{
	int error = patch_apply(desk, row, fields, sizeof(fields) / sizeof(fields[0]));
	if (error == 0 && name_parse(&finding_kind_names, row->kind) < 0) {
		error = desk_refuse(desk, E_INPUT, "input.word", "kind");
	}
	if (error == 0 && slice_is(row->shelf, "template")) {
		error = places_check(desk, row->body, "body");
		error = error < 0 ? error : places_check(desk, row->body_en, "body_en");
	}
	return error;
}

static int save(struct desk *desk, struct knowledge_row *row, const char *act)
{
	int error = knowledge_row_save(desk->txn, row, desk->caller.person_id);
	desk_audit(desk, act, "knowledge", row->id, row->version, row->name);
	desk_answer(desk, row->id, row->version);
	return error;
}

int desk_knowledge_create(struct desk *desk)
{
	struct knowledge_row row = { 0 };
	int64_t count = 0;
	int found = sql_int(
		desk->db, "SELECT count(*) FROM knowledge WHERE id > $1", &count, SQL_INT(0));
	if (found < 0 || count >= ENTRIES_MAX) {
		return found < 0 ? found : desk_refuse(desk, E_STATE, "knowledge.full", NULL);
	}
	int error = body_read(desk, &row);
	return error < 0 ? error : save(desk, &row, "knowledge.create");
}

static int row_open(struct desk *desk, struct knowledge_row *row)
{
	int error = knowledge_row_load(desk->txn, desk->call->id, row);
	return error < 0 ? error : desk_version_same(desk, row->version);
}

int desk_knowledge_update(struct desk *desk)
{
	struct knowledge_row row;
	int error = row_open(desk, &row);
	if (error == 0 && row.retired_at_ms != 0) {
		error = desk_refuse(desk, E_STATE, "knowledge.retired", NULL);
	}
	error = error < 0 ? error : body_read(desk, &row);
	return error < 0 ? error : save(desk, &row, "knowledge.update");
}

static int retired_set(struct desk *desk, bool retired, const char *act)
{
	struct knowledge_row row;
	int error = row_open(desk, &row);
	if (error == 0 && (row.retired_at_ms != 0) == retired) {
		error = desk_refuse(desk, E_STATE, "knowledge.retired", NULL);
	}
	row.retired_at_ms = retired ? desk->now_ms : 0;
	return error < 0 ? error : save(desk, &row, act);
}

int desk_knowledge_retire(struct desk *desk)
{
	return retired_set(desk, true, "knowledge.retire");
}

int desk_knowledge_restore(struct desk *desk)
{
	return retired_set(desk, false, "knowledge.restore");
}
