/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/asset_row.h"

#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "desk/desk.h"
#include "desk/row_json.h"
#include "model/asset_key.h"
#include "model/asset_tags.h"
#include "model/contact.h"
#include "records/search.h"
#include "records/sql.h"

const char *const asset_kinds[] = { "system", "site", "server", "device", "link", NULL };
const char *const asset_importances[] = { "core", "important", "normal", NULL };
const char *const asset_exposures[] = { "internet", "campus", "isolated", NULL };

#define COLUMNS                                                                                                       \
	"id, version, name, kind, address, domain, importance, mlps_level, exposure, owner_unit_id, operate_unit_id," \
	" use_unit_id, host, vendor, vendor_phone, note, retired_at_ms, domain_end_ms,"                               \
	" icp_number, icp_end_ms, tags"

static int row_take(struct desk *desk, struct stmt *q, struct asset_row *ret_row)
{
	int found = db_step(q);
	if (found == 1) {
		*ret_row = (struct asset_row) {
			.id = db_col_int64(q, 0),
			.version = db_col_int64(q, 1),
			.name = arena_dup(desk->arena, db_col_text(q, 2)),
			.kind = arena_dup(desk->arena, db_col_text(q, 3)),
			.address = arena_dup(desk->arena, db_col_text(q, 4)),
			.domain = arena_dup(desk->arena, db_col_text(q, 5)),
			.importance = arena_dup(desk->arena, db_col_text(q, 6)),
			.mlps_level = db_col_int64(q, 7),
			.exposure = arena_dup(desk->arena, db_col_text(q, 8)),
			.owner_unit_id = db_col_int64(q, 9),
			.operate_unit_id = db_col_int64(q, 10),
			.use_unit_id = db_col_int64(q, 11),
			.host = arena_dup(desk->arena, db_col_text(q, 12)),
			.vendor = arena_dup(desk->arena, db_col_text(q, 13)),
			.vendor_phone = arena_dup(desk->arena, db_col_text(q, 14)),
			.note = arena_dup(desk->arena, db_col_text(q, 15)),
			.retired = !db_col_is_null(q, 16),
			.domain_end_ms = db_col_int64(q, 17),
			.icp_number = arena_dup(desk->arena, db_col_text(q, 18)),
			.icp_end_ms = db_col_int64(q, 19),
			.tags = arena_dup(desk->arena, db_col_text(q, 20)),
		};
	}
	return found;
}

int asset_row_load(struct desk *desk, int64_t id, struct asset_row *ret_row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(
		desk->db, "SELECT " COLUMNS " FROM asset WHERE id = $1", &q, SQL_INT(id));
	found = found < 0 ? found : row_take(desk, q, ret_row);
	return found == 0 ? E_ABSENT : found < 0 ? found : 0;
}

int asset_row_find(struct desk *desk, struct slice name, struct asset_row *ret_row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT " COLUMNS " FROM asset WHERE name = $1 AND retired_at_ms IS NULL", &q,
		SQL_TEXT(name));
	return found < 0 ? found : row_take(desk, q, ret_row);
}

int asset_row_tags(struct arena *arena, struct asset_row *row, struct slice *ret_bad)
{
	AUTO_BUF struct buf kept;
	buf_init(&kept, ASSET_TAGS_OCTETS_MAX);
	int count = asset_tags_put(&kept, row->tags, ret_bad);
	if (count >= 0) {
		row->tags = arena_dup(arena, buf_slice(&kept));
	}
	return count < 0 ? count : 0;
}

int asset_row_keys(const struct asset_row *row, struct asset_keys *ret_keys,
	const char **ret_field, struct slice *ret_bad)
{
	ret_keys->count = 0;
	*ret_field = "address";
	int error = asset_keys_addresses(ret_keys, row->address, ret_bad);
	if (error >= 0) {
		*ret_field = "domain";
		error = asset_keys_domains(ret_keys, row->domain, ret_bad);
	}
	if (error >= 0 && row->vendor_phone.n > 0 && !phone_plausible(row->vendor_phone)) {
		*ret_field = "vendor_phone";
		*ret_bad = row->vendor_phone;
		error = E_INPUT;
	}
	return error < 0 ? E_INPUT : 0;
}

bool asset_row_same(const struct asset_row *a, const struct asset_row *b)
{
	const struct {
		struct slice a;
		struct slice b;
	} texts[] = {
		{ a->name, b->name },
		{ a->kind, b->kind },
		{ a->address, b->address },
		{ a->domain, b->domain },
		{ a->importance, b->importance },
		{ a->exposure, b->exposure },
		{ a->host, b->host },
		{ a->vendor, b->vendor },
		{ a->vendor_phone, b->vendor_phone },
		{ a->note, b->note },
		{ a->icp_number, b->icp_number },
		{ a->tags, b->tags },
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (!slice_eq(texts[i].a, texts[i].b)) {
			return false;
		}
	}
	return a->mlps_level == b->mlps_level && a->owner_unit_id == b->owner_unit_id &&
	       a->operate_unit_id == b->operate_unit_id && a->use_unit_id == b->use_unit_id &&
	       a->retired == b->retired && a->domain_end_ms == b->domain_end_ms &&
	       a->icp_end_ms == b->icp_end_ms;
}

static int64_t insert(struct desk *desk, struct asset_row *row)
{
	row->id = txn_id(desk->txn);
	row->version = 1;
	return sql_run(desk->db,
		"INSERT INTO asset (" COLUMNS ")"
		" VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, NULL,"
		" $16, $17, $18, $19)",
		SQL_INT(row->id), SQL_TEXT(row->name), SQL_TEXT(row->kind),
		SQL_TEXT_OR_NULL(row->address), SQL_TEXT_OR_NULL(row->domain),
		SQL_TEXT(row->importance), SQL_INT_OR_NULL(row->mlps_level),
		SQL_TEXT(row->exposure), SQL_INT_OR_NULL(row->owner_unit_id),
		SQL_INT_OR_NULL(row->operate_unit_id), SQL_INT_OR_NULL(row->use_unit_id),
		SQL_TEXT_OR_NULL(row->host), SQL_TEXT_OR_NULL(row->vendor),
		SQL_TEXT_OR_NULL(row->vendor_phone), SQL_TEXT_OR_NULL(row->note),
		SQL_INT_OR_NULL(row->domain_end_ms), SQL_TEXT_OR_NULL(row->icp_number),
		SQL_INT_OR_NULL(row->icp_end_ms), SQL_TEXT_OR_NULL(row->tags));
}

static int64_t update(struct desk *desk, struct asset_row *row)
{
	row->version++;
	return sql_run(desk->db,
		"UPDATE asset SET version = version + 1, name = $2, kind = $3, address = $4, domain = $5,"
		" importance = $6, mlps_level = $7, exposure = $8, owner_unit_id = $9, operate_unit_id = $10,"
		" use_unit_id = $11, host = $12, vendor = $13, vendor_phone = $14, note = $15,"
		" retired_at_ms = CASE WHEN $16 = 0 THEN NULL ELSE COALESCE(retired_at_ms, $17) END,"
		" domain_end_ms = $18, icp_number = $19, icp_end_ms = $20, tags = $21 WHERE id = $1",
		SQL_INT(row->id), SQL_TEXT(row->name), SQL_TEXT(row->kind),
		SQL_TEXT_OR_NULL(row->address), SQL_TEXT_OR_NULL(row->domain),
		SQL_TEXT(row->importance), SQL_INT_OR_NULL(row->mlps_level),
		SQL_TEXT(row->exposure), SQL_INT_OR_NULL(row->owner_unit_id),
		SQL_INT_OR_NULL(row->operate_unit_id), SQL_INT_OR_NULL(row->use_unit_id),
		SQL_TEXT_OR_NULL(row->host), SQL_TEXT_OR_NULL(row->vendor),
		SQL_TEXT_OR_NULL(row->vendor_phone), SQL_TEXT_OR_NULL(row->note),
		SQL_INT(row->retired), SQL_INT(desk->now_ms),
		SQL_INT_OR_NULL(row->domain_end_ms), SQL_TEXT_OR_NULL(row->icp_number),
		SQL_INT_OR_NULL(row->icp_end_ms), SQL_TEXT_OR_NULL(row->tags));
}

static int keys_save(struct desk *desk, int64_t id, const struct asset_keys *keys, bool is_new)
{
	int64_t done = is_new ? 0
			      : sql_run(desk->db, "DELETE FROM asset_key WHERE asset_id = $1",
					SQL_INT(id));
	for (size_t i = 0; done >= 0 && i < keys->count; i++) {
		const struct asset_key *key = &keys->item[i];
		done = sql_run(desk->db,
			"INSERT INTO asset_key (kind, key, prefix, asset_id) VALUES ($1, $2, $3, $4)",
			SQL_STR(key->is_domain ? "domain" : "net"), SQL_STR(key->text),
			SQL_INT(key->network.prefix), SQL_INT(id));
	}
	return done < 0 ? (int)done : 0;
}

static int tags_save(struct desk *desk, const struct asset_row *row, bool is_new)
{
	int64_t done = is_new ? 0
			      : sql_run(desk->db, "DELETE FROM asset_tag WHERE asset_id = $1",
					SQL_INT(row->id));
	struct slice left = row->tags;
	struct slice tag;
	while (done >= 0 && asset_tags_next(&left, &tag) == 1) {
		done = sql_run(desk->db,
			"INSERT INTO asset_tag (tag, asset_id) VALUES ($1, $2)", SQL_TEXT(tag),
			SQL_INT(row->id));
	}
	return done < 0 ? (int)done : 0;
}

int asset_row_save(struct desk *desk, struct asset_row *row, const struct asset_keys *keys)
{
	bool is_new = row->id == 0;
	int64_t done = is_new ? insert(desk, row) : update(desk, row);
	int error = done < 0 ? (int)done : keys_save(desk, row->id, keys, is_new);
	error = error < 0 ? error : tags_save(desk, row, is_new);
	error = error < 0 ? error : trail_row(desk->txn, "asset", row->id);
	if (error < 0) {
		return error;
	}
	int64_t tokens = search_put(desk->txn, "asset", row->id,
		arena_printf(desk->arena, "%.*s %.*s %.*s", SLICE_FMT(row->name),
			SLICE_FMT(row->address), SLICE_FMT(row->domain)));
	return tokens < 0 ? (int)tokens : 0;
}

#define AT(member) offsetof(struct asset_row, member)
static const struct row_member members[] = {
	{ "name", AT(name), ROW_MEMBER_TEXT },
	{ "kind", AT(kind), ROW_MEMBER_TEXT },
	{ "address", AT(address), ROW_MEMBER_TEXT },
	{ "domain", AT(domain), ROW_MEMBER_TEXT },
	{ "importance", AT(importance), ROW_MEMBER_TEXT },
	{ "exposure", AT(exposure), ROW_MEMBER_TEXT },
	{ "host", AT(host), ROW_MEMBER_TEXT },
	{ "vendor", AT(vendor), ROW_MEMBER_TEXT },
	{ "vendor_phone", AT(vendor_phone), ROW_MEMBER_TEXT },
	{ "note", AT(note), ROW_MEMBER_TEXT },
	{ "icp_number", AT(icp_number), ROW_MEMBER_TEXT },
	{ "tags", AT(tags), ROW_MEMBER_TEXT },
	{ "mlps_level", AT(mlps_level), ROW_MEMBER_INT },
	{ "owner_unit_id", AT(owner_unit_id), ROW_MEMBER_INT },
	{ "operate_unit_id", AT(operate_unit_id), ROW_MEMBER_INT },
	{ "use_unit_id", AT(use_unit_id), ROW_MEMBER_INT },
	{ "domain_end_ms", AT(domain_end_ms), ROW_MEMBER_INT },
	{ "icp_end_ms", AT(icp_end_ms), ROW_MEMBER_INT },
	{ "retired", AT(retired), ROW_MEMBER_BOOL },
};

struct slice asset_row_json(struct arena *arena, const struct asset_row *row)
{
	return row_json(arena, row, members, sizeof(members) / sizeof(members[0]));
}

void asset_row_of_json(struct asset_row *row, const struct json *json)
{
	row_of_json(row, json, members, sizeof(members) / sizeof(members[0]));
}
