/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/knowledge_ship.h"

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"
#include "desk/knowledge_row.h"
#include "model/finding.h"
#include "records/sql.h"
#include "records/trail.h"
#include "records/txn.h"

enum { ARENA_OCTETS = 16 * 1024 * 1024, KEY_MAX = 60 };

static bool text_fits(struct slice text, bool needed, size_t max)
{
	return (!needed || text.n > 0) && utf8_count(text) <= max;
}

static bool entry_read(const struct json *item, struct knowledge_row *row)
{
	*row = (struct knowledge_row) {
		.shelf = json_get_str(item, "shelf"),
		.kind = json_get_str(item, "kind"),
		.name = json_get_str(item, "name"),
		.body = json_get_str(item, "body"),
		.proof = json_get_str(item, "proof"),
		.name_en = json_get_str(item, "name_en"),
		.body_en = json_get_str(item, "body_en"),
		.proof_en = json_get_str(item, "proof_en"),
		.shipped = json_get_str(item, "key"),
	};
	return (slice_is(row->shelf, "solution") || slice_is(row->shelf, "template")) &&
	       name_parse(&finding_kind_names, row->kind) >= 0 &&
	       text_fits(row->shipped, true, KEY_MAX) &&
	       text_fits(row->name, true, KNOWLEDGE_NAME_MAX) &&
	       text_fits(row->body, true, KNOWLEDGE_TEXT_MAX) &&
	       text_fits(row->proof, false, KNOWLEDGE_TEXT_MAX) &&
	       text_fits(row->name_en, false, KNOWLEDGE_NAME_MAX) &&
	       text_fits(row->body_en, false, KNOWLEDGE_TEXT_MAX) &&
	       text_fits(row->proof_en, false, KNOWLEDGE_TEXT_MAX);
}

/* Once it was there it is never brought in again, retired or not. */
static int is_there(struct db *db, struct slice key)
{
	int64_t id = 0;
	return sql_int(db, "SELECT id FROM knowledge WHERE shipped = $1", &id, SQL_TEXT(key));
}

static int list_of(struct arena *arena, struct slice text, const struct json **ret_list)
{
	const struct json *root = NULL;
	if (text.n == 0) {
		*ret_list = NULL;
		return 0;
	}
	int error = json_parse(arena, text, 0, &root, NULL);
	*ret_list = json_get(root, "entries");
	return error < 0 || json_type(*ret_list) != JSON_ARRAY ? E_INPUT : 0;
}

int knowledge_known(struct db *db, struct slice text)
{
	AUTO_ARENA struct arena *arena = arena_create(ARENA_OCTETS);
	const struct json *list = NULL;
	struct knowledge_row row;
	int there = list_of(arena, text, &list) < 0 ? E_INPUT : 1;
	for (const struct json *item = json_first(list); item != NULL && there == 1;
		item = json_next(item)) {
		there = entry_read(item, &row) ? is_there(db, row.shipped) : E_INPUT;
	}
	return there;
}

int knowledge_ship(struct txn *txn, void *arg)
{
	const struct slice *text = arg;
	const struct json *list = NULL;
	int error = list_of(txn_arena(txn), *text, &list);
	for (const struct json *item = json_first(list); item != NULL && error == 0;
		item = json_next(item)) {
		struct knowledge_row row;
		int there =
			entry_read(item, &row) ? is_there(txn_db(txn), row.shipped) : E_INPUT;
		error = there == 0 ? knowledge_row_save(txn, &row, 0) : there;
		error = error > 0 ? 0 : error;
	}
	trail_act(txn, &(struct trail_act) {
			       .act = SLICE("knowledge.ship"), .kind = SLICE("knowledge") });
	return error;
}
