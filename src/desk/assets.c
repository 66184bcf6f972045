/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/assets.h"

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "desk/asset_row.h"
#include "desk/check_row.h"
#include "desk/desk.h"
#include "desk/expiry.h"
#include "desk/maintenance.h"
#include "desk/patch.h"
#include "model/asset_key.h"
#include "records/sql.h"

#define ASSET_TIME_MAX INT64_C(253402300799999) /* the end of the year 9999 */
#define AT(member) offsetof(struct asset_row, member)

static const struct patch_field fields[] = {
	{ .name = "name",
		.offset = AT(name),
		.kind = PATCH_TEXT,
		.need = WORDS_REQUIRED,
		.max = ASSET_NAME_MAX },
	{ .name = "kind", .offset = AT(kind), .kind = PATCH_CHOICE, .words = asset_kinds },
	{ .name = "address",
		.offset = AT(address),
		.kind = PATCH_TEXT,
		.max = ASSET_FIELD_MAX },
	{ .name = "domain", .offset = AT(domain), .kind = PATCH_TEXT, .max = ASSET_FIELD_MAX },
	{ .name = "importance",
		.offset = AT(importance),
		.kind = PATCH_CHOICE,
		.words = asset_importances,
		.otherwise = "normal" },
	{ .name = "mlps_level",
		.offset = AT(mlps_level),
		.kind = PATCH_INT,
		.max = ASSET_MLPS_MAX },
	{ .name = "exposure",
		.offset = AT(exposure),
		.kind = PATCH_CHOICE,
		.words = asset_exposures,
		.otherwise = "campus" },
	{ .name = "owner_unit_id",
		.offset = AT(owner_unit_id),
		.kind = PATCH_ID,
		.table = "unit" },
	{ .name = "operate_unit_id",
		.offset = AT(operate_unit_id),
		.kind = PATCH_ID,
		.table = "unit" },
	{ .name = "use_unit_id", .offset = AT(use_unit_id), .kind = PATCH_ID, .table = "unit" },
	{ .name = "host", .offset = AT(host), .kind = PATCH_TEXT, .max = ASSET_NAME_MAX },
	{ .name = "vendor", .offset = AT(vendor), .kind = PATCH_TEXT, .max = ASSET_NAME_MAX },
	{ .name = "vendor_phone",
		.offset = AT(vendor_phone),
		.kind = PATCH_TEXT,
		.max = ASSET_NAME_MAX },
	{ .name = "note", .offset = AT(note), .kind = PATCH_TEXT, .max = ASSET_NOTE_MAX },
	{ .name = "domain_end",
		.offset = AT(domain_end_ms),
		.kind = PATCH_INT,
		.max = ASSET_TIME_MAX },
	{ .name = "icp_number",
		.offset = AT(icp_number),
		.kind = PATCH_TEXT,
		.max = ASSET_NAME_MAX },
	{ .name = "icp_end",
		.offset = AT(icp_end_ms),
		.kind = PATCH_INT,
		.max = ASSET_TIME_MAX },
	{ .name = "tags", .offset = AT(tags), .kind = PATCH_TEXT, .max = ASSET_FIELD_MAX },
	{ .name = "retired", .offset = AT(retired), .kind = PATCH_BOOL },
};

static int keys_check(struct desk *desk, struct asset_row *row, struct asset_keys *ret_keys)
{
	const char *field = NULL;
	struct slice bad = { 0 };
	int64_t other = 0;
	if (asset_row_keys(row, ret_keys, &field, &bad) < 0) {
		return desk_refuse(desk, E_INPUT, "input.invalid", field);
	}
	if (asset_row_tags(desk->arena, row, &bad) < 0) {
		return desk_refuse(desk, E_INPUT, "input.invalid", "tags");
	}
	int found = row->retired ? 0
				 : sql_int(desk->db,
					   "SELECT id FROM asset WHERE name = $1 AND "
					   "retired_at_ms IS NULL AND id <> $2",
					   &other, SQL_TEXT(row->name), SQL_INT(row->id));
	return found <= 0 ? found : desk_refuse(desk, E_EXISTS, "asset.name_taken", "name");
}

static int saved(struct desk *desk, const char *act, struct asset_row *row,
	const struct asset_keys *keys)
{
	int error = asset_row_save(desk, row, keys);
	error = error < 0 ? error : expiry_set(desk->txn, "asset", row->id);
	error = error < 0 ? error : maintenance_refresh(desk->txn, desk->env);
	error = error < 0 ? error : txn_change(desk->txn, "asset", row->id, row->version);
	desk_audit(desk, act, "asset", row->id, row->version, (struct slice) { 0 });
	desk_answer(desk, row->id, row->version);
	return error;
}

int desk_asset_create(struct desk *desk)
{
	struct asset_row row = { 0 };
	struct asset_keys *keys = arena_take(desk->arena, sizeof(*keys));
	int error = patch_apply(desk, &row, fields, sizeof(fields) / sizeof(fields[0]));
	row.retired = false;
	error = error < 0 ? error : keys_check(desk, &row, keys);
	return error < 0 ? error : saved(desk, "asset.create", &row, keys);
}

/* Nobody is to be called out for what was taken away on purpose. */
static int checks_pause(struct desk *desk, int64_t asset_id)
{
	int64_t ids[64];
	int count = 0;
	int row = 1;
	while (row == 1) {
		AUTO_STMT struct stmt *q = NULL;
		row = sql_query(desk->db,
			"SELECT id FROM watch WHERE asset_id = $1 AND enabled = 1"
			" ORDER BY id LIMIT 64",
			&q, SQL_INT(asset_id));
		for (count = 0; row >= 0 && (row = db_step(q)) == 1;) {
			ids[count++] = db_col_int64(q, 0);
		}
		db_done(q);
		q = NULL;
		for (int i = 0; row >= 0 && i < count; i++) {
			int64_t done = sql_run(desk->db,
				"UPDATE watch SET version = version + 1, enabled = 0"
				" WHERE id = $1",
				SQL_INT(ids[i]));
			row = done < 0 ? (int)done : trail_row(desk->txn, "watch", ids[i]);
			row = row < 0 ? row : txn_change(desk->txn, "check", ids[i], 0);
			row = row < 0 ? row : check_row_forget(desk, ids[i], "asset.retired");
		}
		row = row < 0 ? row : count > 0;
	}
	return row;
}

int desk_asset_update(struct desk *desk)
{
	struct asset_row before = { 0 };
	struct asset_keys *keys = arena_take(desk->arena, sizeof(*keys));
	int error = asset_row_load(desk, desk->call->id, &before);
	error = error < 0 ? error : desk_unit_reached(desk, before.owner_unit_id);
	error = error < 0 ? error : desk_version_same(desk, before.version);
	struct asset_row row = before;
	error = error < 0 ? error
			  : patch_apply(desk, &row, fields, sizeof(fields) / sizeof(fields[0]));
	error = error < 0 ? error : keys_check(desk, &row, keys);
	if (error >= 0 && row.retired && !before.retired) {
		error = checks_pause(desk, row.id);
	}
	return error < 0 ? error : saved(desk, "asset.update", &row, keys);
}
