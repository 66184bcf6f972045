/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/checks.h"

#include <stddef.h>

#include "base/err.h"
#include "base/json.h"
#include "desk/check_row.h"
#include "desk/desk.h"
#include "desk/devices.h"
#include "desk/homepages.h"
#include "desk/maintenance.h"
#include "desk/patch.h"
#include "model/check_kind.h"
#include "model/target.h"
#include "records/sql.h"

static const char *const severities[] = { "critical", "major", "minor", "info", NULL };

#define AT(member) offsetof(struct check_row, member)

static const struct patch_field fields[] = {
	{ .name = "asset_id", .offset = AT(asset_id), .kind = PATCH_ID, .table = "asset" },
	{ .name = "name",
		.offset = AT(name),
		.kind = PATCH_TEXT,
		.need = WORDS_REQUIRED,
		.max = CHECK_NAME_MAX },
	{ .name = "kind", .offset = AT(kind), .kind = PATCH_CHOICE, .words = check_kind_ids },
	{ .name = "target",
		.offset = AT(target),
		.kind = PATCH_TEXT,
		.need = WORDS_REQUIRED,
		.max = TARGET_MAX_OCTETS },
	{ .name = "interval_s",
		.offset = AT(interval_s),
		.kind = PATCH_INT,
		.max = CHECK_INTERVAL_MAX_S },
	{ .name = "retries",
		.offset = AT(retries),
		.kind = PATCH_INT,
		.max = CHECK_RETRIES_MAX },
	{ .name = "severity",
		.offset = AT(severity),
		.kind = PATCH_CHOICE,
		.words = severities,
		.otherwise = "major" },
	{ .name = "enabled", .offset = AT(enabled), .kind = PATCH_BOOL },
	{ .name = "by_asset", .offset = AT(by_asset), .kind = PATCH_BOOL },
};

static int body_read(struct desk *desk, struct check_row *row)
{
	int error = patch_apply(desk, row, fields, sizeof(fields) / sizeof(fields[0]));
	if (error >= 0 && patch_given(desk, "params")) {
		error = check_params_read(desk, json_get(desk->call->body, "params"), row);
	}
	error = error < 0 ? error : check_row_parents(desk, row);
	return error < 0 ? error : check_row_check(desk, row);
}

static int saved(struct desk *desk, const char *act, struct check_row *row)
{
	int error = check_row_save(desk, row);
	error = error < 0 ? error : check_secrets_save(desk, row);
	error = error < 0 ? error : maintenance_refresh(desk->txn, desk->env);
	desk_audit(desk, act, "check", row->id, row->version, (struct slice) { 0 });
	desk_answer(desk, row->id, row->version);
	return error;
}

int desk_check_create(struct desk *desk)
{
	struct check_row row = check_row_default();
	int error = body_read(desk, &row);
	return error < 0 ? error : saved(desk, "check.create", &row);
}

static int unit_of(struct desk *desk, const struct check_row *row, int64_t *ret_unit_id)
{
	*ret_unit_id = 0;
	int found = sql_int(desk->db, "SELECT owner_unit_id FROM asset WHERE id = $1",
		ret_unit_id, SQL_INT(row->asset_id));
	return found < 0 ? found : 0;
}

int desk_check_update(struct desk *desk)
{
	struct check_row before = { 0 };
	int64_t unit_id = 0;
	int error = check_row_load(desk, desk->call->id, &before);
	error = error < 0 ? error : unit_of(desk, &before, &unit_id);
	error = error < 0 ? error : desk_unit_reached(desk, unit_id);
	error = error < 0 ? error : desk_version_same(desk, before.version);
	struct check_row row = before;
	error = error < 0 ? error : body_read(desk, &row);
	bool elsewhere =
		!slice_eq(row.kind, before.kind) || !slice_eq(row.target, before.target);
	error = error < 0 || !elsewhere ? error : check_secrets_given(desk, &row);
	if (error < 0) {
		return error;
	}
	if (elsewhere) {
		error = homepage_forget(desk, row.id);
		error = error < 0 ? error : device_forget(desk->txn, row.id);
	}
	if (error >= 0 && (elsewhere || (before.enabled && !row.enabled))) {
		error = check_row_forget(
			desk, row.id, elsewhere ? "check.changed" : "check.disabled");
	}
	return error < 0 ? error : saved(desk, "check.update", &row);
}
