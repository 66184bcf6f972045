/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/discovered.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/asset_row.h"
#include "desk/desk.h"
#include "desk/maintenance.h"
#include "desk/words.h"
#include "model/asset_key.h"
#include "records/sql.h"

#define DAY_MS INT64_C(86400000)

struct row {
	int64_t id;
	int64_t version;
	struct slice state;
	int64_t unit_id;
	int64_t asset_id;
	struct slice address;
	struct slice vendor;
	/* what is decided */
	const char *to;
	struct slice reason;
	int64_t until_ms;
};

/* A unit reaches only what was handed to it. */
static int row_load(struct desk *desk, struct row *row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT version, state, unit_id, asset_id, live_address,"
		" coalesce(live_vendor, live_maker), joined_id"
		" FROM discovered WHERE id = $1",
		&q, SQL_INT(desk->call->id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	*row = (struct row) { .id = desk->call->id,
		.version = db_col_int64(q, 0),
		.state = arena_dup(desk->arena, db_col_text(q, 1)),
		.unit_id = db_col_int64(q, 2),
		.asset_id = db_col_int64(q, 3),
		.address = arena_dup(desk->arena, db_col_text(q, 4)),
		.vendor = arena_dup(desk->arena, db_col_text(q, 5)) };
	int error = desk_unit_reached(desk, row->unit_id);
	return error < 0 ? error : desk_version_same(desk, row->version);
}

static bool is_open(const struct row *row)
{
	return slice_is(row->state, "new") || slice_is(row->state, "handed");
}

/* Undecided as yet, or left alone: that can be thought better of. */
static int admitted(struct desk *desk, struct row *row)
{
	int error = row_load(desk, row);
	if (error < 0) {
		return error;
	}
	return is_open(row) || slice_is(row->state, "ignored")
		       ? 0
		       : desk_refuse(desk, E_STATE, "discovered.decided", NULL);
}

static int decided(struct desk *desk, const char *act, struct row *row)
{
	row->version++;
	int64_t done = sql_run(desk->db,
		"UPDATE discovered SET version = $2, state = $3, unit_id = $4, asset_id = $5,"
		" reason = $6, until_ms = $7, decided_by = $8, decided_at_ms = $9"
		" WHERE id = $1",
		SQL_INT(row->id), SQL_INT(row->version), SQL_STR(row->to),
		SQL_INT_OR_NULL(row->unit_id), SQL_INT_OR_NULL(row->asset_id),
		SQL_TEXT_OR_NULL(row->reason), SQL_INT_OR_NULL(row->until_ms),
		SQL_INT(desk->caller.person_id), SQL_INT(desk->now_ms));
	int error = done < 0 ? (int)done : trail_row(desk->txn, "discovered", row->id);
	error = error < 0 ? error : txn_change(desk->txn, "discovered", row->id, row->version);
	desk_audit(desk, act, "discovered", row->id, row->version, row->reason);
	desk_answer(desk, row->id, row->version);
	return error;
}

/* ---- becoming an asset */

static int asset_save(struct desk *desk, struct asset_row *asset)
{
	struct asset_keys *keys = arena_take(desk->arena, sizeof(*keys));
	const char *field = NULL;
	struct slice bad = { 0 };
	if (asset_row_keys(asset, keys, &field, &bad) < 0) {
		return desk_refuse(desk, E_INPUT, "input.invalid", field);
	}
	int error = asset_row_save(desk, asset, keys);
	error = error < 0 ? error : maintenance_refresh(desk->txn, desk->env);
	return error < 0 ? error : txn_change(desk->txn, "asset", asset->id, asset->version);
}

static int asset_read(struct desk *desk, struct row *row, struct asset_row *asset)
{
	struct asset_row taken = { 0 };
	*asset = (struct asset_row) { .address = row->address, .vendor = row->vendor };
	int error = words_text(desk, "name", WORDS_REQUIRED, ASSET_NAME_MAX, &asset->name);
	error = error < 0 ? error : words_choice(desk, "kind", asset_kinds, NULL, &asset->kind);
	error = error < 0 ? error
			  : words_choice(desk, "importance", asset_importances, "normal",
				    &asset->importance);
	error = error < 0 ? error
			  : words_choice(desk, "exposure", asset_exposures, "campus",
				    &asset->exposure);
	error = error < 0 ? error
			  : words_id(desk, "unit_id", WORDS_REQUIRED, "unit",
				    &asset->owner_unit_id);
	error = error < 0 ? error
			  : words_text(
				    desk, "note", WORDS_OPTIONAL, ASSET_NOTE_MAX, &asset->note);
	if (error >= 0 && json_get(desk->call->body, "vendor") != NULL) {
		error = words_text(
			desk, "vendor", WORDS_OPTIONAL, ASSET_NAME_MAX, &asset->vendor);
	}
	int found = error < 0 ? error : asset_row_find(desk, asset->name, &taken);
	return found <= 0 ? found : desk_refuse(desk, E_EXISTS, "asset.name_taken", "name");
}

int desk_discovered_claim(struct desk *desk)
{
	struct row row = { 0 };
	struct asset_row asset = { 0 };
	int error = admitted(desk, &row);
	error = error < 0 ? error : asset_read(desk, &row, &asset);
	/* A unit registers things as its own. */
	error = error < 0 ? error : desk_unit_reached(desk, asset.owner_unit_id);
	error = error < 0 ? error : asset_save(desk, &asset);
	if (error < 0) {
		return error;
	}
	row.to = "claimed";
	row.unit_id = asset.owner_unit_id;
	row.asset_id = asset.id;
	return decided(desk, "discovered.claim", &row);
}

/* The register must know the address from now on, unless it does. */
static int address_add(struct desk *desk, const struct row *row, struct asset_row *asset)
{
	struct asset_keys *keys = arena_take(desk->arena, sizeof(*keys));
	struct slice bad = { 0 };
	struct network address = { 0 };
	if (row->address.n == 0 || network_parse(row->address, &address) < 0 ||
		asset_keys_addresses(keys, asset->address, &bad) < 0) {
		return 0;
	}
	for (size_t i = 0; i < keys->count; i++) {
		if (network_contains(&keys->item[i].network, &address)) {
			return 0;
		}
	}
	asset->address = asset->address.n == 0
				 ? row->address
				 : arena_printf(desk->arena, "%.*s, %.*s",
					   SLICE_FMT(asset->address), SLICE_FMT(row->address));
	return asset_save(desk, asset);
}

int desk_discovered_merge(struct desk *desk)
{
	struct row row = { 0 };
	struct asset_row asset = { 0 };
	int error = admitted(desk, &row);
	error = error < 0 ? error
			  : words_id(desk, "asset_id", WORDS_REQUIRED, "asset", &row.asset_id);
	error = error < 0 ? error : asset_row_load(desk, row.asset_id, &asset);
	if (error >= 0 && asset.retired) {
		return desk_refuse(desk, E_INPUT, "discovered.retired", "asset_id");
	}
	error = error < 0 ? error : address_add(desk, &row, &asset);
	if (error < 0) {
		return error;
	}
	row.to = "merged";
	row.unit_id = asset.owner_unit_id;
	return decided(desk, "discovered.merge", &row);
}

/* ---- whom it is asked of, and nobody */

int desk_discovered_hand(struct desk *desk)
{
	struct row row = { 0 };
	int error = admitted(desk, &row);
	error = error < 0 ? error
			  : words_id(desk, "unit_id", WORDS_REQUIRED, "unit", &row.unit_id);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_OPTIONAL, DISCOVERED_REASON_MAX,
				    &row.reason);
	row.to = "handed";
	return error < 0 ? error : decided(desk, "discovered.hand", &row);
}

/* The unit says that it is not its own: the centre looks on. */
int desk_discovered_decline(struct desk *desk)
{
	struct row row = { 0 };
	int error = row_load(desk, &row);
	if (error >= 0 && !slice_is(row.state, "handed")) {
		return desk_refuse(desk, E_STATE, "discovered.not_handed", NULL);
	}
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_REQUIRED, DISCOVERED_REASON_MAX,
				    &row.reason);
	row.to = "new";
	row.unit_id = 0;
	return error < 0 ? error : decided(desk, "discovered.decline", &row);
}

int desk_discovered_ignore(struct desk *desk)
{
	struct row row = { 0 };
	int error = admitted(desk, &row);
	error = error < 0 ? error
			  : words_text(desk, "reason", WORDS_REQUIRED, DISCOVERED_REASON_MAX,
				    &row.reason);
	error = error < 0 ? error
			  : words_int(desk, "until", desk->now_ms + 1,
				    desk->now_ms + DISCOVERED_IGNORE_DAYS_MAX * DAY_MS, 0,
				    &row.until_ms);
	if (error >= 0 && row.until_ms == 0) {
		return desk_refuse(desk, E_INPUT, "input.required", "until");
	}
	row.to = "ignored";
	row.unit_id = 0;
	return error < 0 ? error : decided(desk, "discovered.ignore", &row);
}

int desk_discovered_reopen(struct desk *desk)
{
	struct row row = { 0 };
	int error = row_load(desk, &row);
	if (error >= 0 && !slice_is(row.state, "ignored") && !slice_is(row.state, "handed")) {
		return desk_refuse(desk, E_STATE, "discovered.decided", NULL);
	}
	row.to = "new";
	row.unit_id = 0;
	return error < 0 ? error : decided(desk, "discovered.reopen", &row);
}
