/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/circuits.h"

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/desk.h"
#include "desk/expiry.h"
#include "desk/id_list.h"
#include "desk/patch.h"
#include "model/contact.h"
#include "records/sql.h"

#define TIME_MAX INT64_C(253402300799999) /* the end of the year 9999 */
#define BPS_MAX INT64_C(10000000000000)   /* 10 Tbit/s */

enum { PORT_MAX = 200, OPERATOR_MAX = 60 };

struct row {
	int64_t id;
	int64_t version;
	struct slice name;
	struct slice operator;
	struct slice number;
	struct slice fault_phone;
	int64_t down_bps;
	int64_t up_bps;
	bool egress;
	int64_t device_id;
	struct slice port;
	int64_t unit_id;
	int64_t contract_end_ms;
	struct slice note;
	struct slice check_ids; /* JSON list */
	bool retired;
};

#define COLUMNS                                                                                \
	"id, version, name, operator, number, fault_phone, down_bps, up_bps, egress,"          \
	" device_id, port, unit_id, contract_end_ms, note, check_ids, retired_at_ms"

#define AT(member) offsetof(struct row, member)

static const struct patch_field fields[] = {
	{ .name = "name",
		.offset = AT(name),
		.kind = PATCH_TEXT,
		.need = WORDS_REQUIRED,
		.max = CIRCUIT_NAME_MAX },
	{ .name = "operator",
		.offset = AT(operator),
		.kind = PATCH_TEXT,
		.need = WORDS_REQUIRED,
		.max = OPERATOR_MAX },
	{ .name = "number", .offset = AT(number), .kind = PATCH_TEXT, .max = CIRCUIT_NAME_MAX },
	{ .name = "fault_phone",
		.offset = AT(fault_phone),
		.kind = PATCH_TEXT,
		.max = CIRCUIT_PHONE_MAX },
	{ .name = "down_bps", .offset = AT(down_bps), .kind = PATCH_INT, .max = BPS_MAX },
	{ .name = "up_bps", .offset = AT(up_bps), .kind = PATCH_INT, .max = BPS_MAX },
	{ .name = "egress", .offset = AT(egress), .kind = PATCH_BOOL },
	{ .name = "device_id", .offset = AT(device_id), .kind = PATCH_ID, .table = "watch" },
	{ .name = "port", .offset = AT(port), .kind = PATCH_TEXT, .max = PORT_MAX },
	{ .name = "unit_id", .offset = AT(unit_id), .kind = PATCH_ID, .table = "unit" },
	{ .name = "contract_end",
		.offset = AT(contract_end_ms),
		.kind = PATCH_INT,
		.max = TIME_MAX },
	{ .name = "note", .offset = AT(note), .kind = PATCH_TEXT, .max = CIRCUIT_NOTE_MAX },
	{ .name = "retired", .offset = AT(retired), .kind = PATCH_BOOL },
};

/* ---- a body onto a row */

/* Registered once under its name, and a port carries one line. */
static int others_check(struct desk *desk, const struct row *row)
{
	int64_t other = 0;
	int found = sql_int(desk->db,
		"SELECT id FROM circuit WHERE name = $1 AND retired_at_ms IS NULL AND id <> $2",
		&other, SQL_TEXT(row->name), SQL_INT(row->id));
	if (found != 0) {
		return found < 0 ? found
				 : desk_refuse(desk, E_EXISTS, "circuit.name_taken", "name");
	}
	found = sql_int(desk->db,
		"SELECT id FROM circuit WHERE device_id = $1 AND port = $2"
		" AND retired_at_ms IS NULL AND id <> $3",
		&other, SQL_INT(row->device_id), SQL_TEXT(row->port), SQL_INT(row->id));
	return found <= 0 ? found : desk_refuse(desk, E_EXISTS, "circuit.port_taken", "port");
}

static int port_check(struct desk *desk, const struct row *row)
{
	int64_t devices = 0;
	if (row->device_id == 0 && row->port.n == 0) {
		return 0;
	}
	if (row->device_id == 0 || row->port.n == 0) {
		return desk_refuse(desk, E_INPUT, "input.required",
			row->device_id == 0 ? "device_id" : "port");
	}
	int found =
		sql_int(desk->db, "SELECT count(*) FROM watch WHERE id = $1 AND kind = 'snmp'",
			&devices, SQL_INT(row->device_id));
	return found < 0      ? found
	       : devices == 0 ? desk_refuse(desk, E_INPUT, "circuit.no_device", "device_id")
			      : 0;
}

static int body_read(struct desk *desk, struct row *row)
{
	struct id_list ids = { .count = 0 };
	int error = patch_apply(desk, row, fields, sizeof(fields) / sizeof(fields[0]));
	if (error >= 0 && (patch_given(desk, "check_ids") || row->check_ids.n == 0)) {
		error = id_list_read(desk, "check_ids", "watch", CIRCUIT_CHECKS_MAX, &ids);
		row->check_ids = error < 0 ? row->check_ids : id_list_json(desk, &ids);
	}
	if (error >= 0 && row->fault_phone.n > 0 && !phone_plausible(row->fault_phone)) {
		error = desk_refuse(desk, E_INPUT, "input.invalid", "fault_phone");
	}
	error = error < 0 ? error : port_check(desk, row);
	return error < 0 || row->retired ? error : others_check(desk, row);
}

/* ---- saving */

static int64_t row_insert(struct desk *desk, struct row *row)
{
	row->id = txn_id(desk->txn);
	row->version = 1;
	return sql_run(desk->db,
		"INSERT INTO circuit (" COLUMNS ") VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8,"
		" $9, $10, $11, $12, $13, $14, NULL)",
		SQL_INT(row->id), SQL_TEXT(row->name), SQL_TEXT(row->operator),
		SQL_TEXT_OR_NULL(row->number), SQL_TEXT_OR_NULL(row->fault_phone),
		SQL_INT_OR_NULL(row->down_bps), SQL_INT_OR_NULL(row->up_bps),
		SQL_INT(row->egress), SQL_INT_OR_NULL(row->device_id),
		SQL_TEXT_OR_NULL(row->port), SQL_INT_OR_NULL(row->unit_id),
		SQL_INT_OR_NULL(row->contract_end_ms), SQL_TEXT_OR_NULL(row->note),
		SQL_TEXT(row->check_ids));
}

static int64_t row_update(struct desk *desk, struct row *row)
{
	row->version++;
	return sql_run(desk->db,
		"UPDATE circuit SET version = version + 1, name = $2, operator = $3,"
		" number = $4, fault_phone = $5, down_bps = $6, up_bps = $7, egress = $8,"
		" device_id = $9, port = $10, unit_id = $11, contract_end_ms = $12, note = $13,"
		" check_ids = $14, retired_at_ms = CASE WHEN $15 = 0 THEN NULL"
		" ELSE COALESCE(retired_at_ms, $16) END WHERE id = $1",
		SQL_INT(row->id), SQL_TEXT(row->name), SQL_TEXT(row->operator),
		SQL_TEXT_OR_NULL(row->number), SQL_TEXT_OR_NULL(row->fault_phone),
		SQL_INT_OR_NULL(row->down_bps), SQL_INT_OR_NULL(row->up_bps),
		SQL_INT(row->egress), SQL_INT_OR_NULL(row->device_id),
		SQL_TEXT_OR_NULL(row->port), SQL_INT_OR_NULL(row->unit_id),
		SQL_INT_OR_NULL(row->contract_end_ms), SQL_TEXT_OR_NULL(row->note),
		SQL_TEXT(row->check_ids), SQL_INT(row->retired), SQL_INT(desk->now_ms));
}

static int checks_save(struct desk *desk, const struct row *row)
{
	const struct json *list = NULL;
	int64_t done = sql_run(
		desk->db, "DELETE FROM circuit_watch WHERE circuit_id = $1", SQL_INT(row->id));
	if (json_parse(desk->arena, row->check_ids, 0, &list, NULL) < 0) {
		return E_FORMAT;
	}
	for (const struct json *item = json_first(list); item != NULL && done >= 0;
		item = json_next(item)) {
		int64_t id = 0;
		(void)!json_int(item, &id);
		done = sql_run(desk->db,
			"INSERT INTO circuit_watch (circuit_id, watch_id) VALUES ($1, $2)",
			SQL_INT(row->id), SQL_INT(id));
	}
	return done < 0 ? (int)done : 0;
}

static int saved(struct desk *desk, const char *act, const struct row *row)
{
	int error = trail_row(desk->txn, "circuit", row->id);
	error = error < 0 ? error : checks_save(desk, row);
	error = error < 0 ? error : expiry_set(desk->txn, "circuit", row->id);
	error = error < 0 ? error : txn_change(desk->txn, "circuit", row->id, row->version);
	desk_audit(desk, act, "circuit", row->id, row->version, row->name);
	desk_answer(desk, row->id, row->version);
	return error;
}

int desk_circuit_create(struct desk *desk)
{
	struct row row = { .egress = true };
	int64_t standing = 0;
	int error = sql_int_args(desk->db,
		"SELECT count(*) FROM circuit WHERE retired_at_ms IS NULL", &standing, NULL, 0);
	if (error >= 0 && standing >= CIRCUITS_MAX) {
		return desk_refuse(desk, E_LIMIT, "input.too_many", NULL);
	}
	error = error < 0 ? error : body_read(desk, &row);
	int64_t done = error < 0 ? error : row_insert(desk, &row);
	return done < 0 ? (int)done : saved(desk, "circuit.create", &row);
}

static int row_load(struct desk *desk, struct row *row)
{
	AUTO_STMT struct stmt *q = NULL;
	struct arena *arena = desk->arena;
	int found = sql_query(desk->db, "SELECT " COLUMNS " FROM circuit WHERE id = $1", &q,
		SQL_INT(desk->call->id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	*row = (struct row) {
		.id = db_col_int64(q, 0),
		.version = db_col_int64(q, 1),
		.name = arena_dup(arena, db_col_text(q, 2)),
		.operator= arena_dup(arena, db_col_text(q, 3)),
		.number = arena_dup(arena, db_col_text(q, 4)),
		.fault_phone = arena_dup(arena, db_col_text(q, 5)),
		.down_bps = db_col_int64(q, 6),
		.up_bps = db_col_int64(q, 7),
		.egress = db_col_int64(q, 8) != 0,
		.device_id = db_col_int64(q, 9),
		.port = arena_dup(arena, db_col_text(q, 10)),
		.unit_id = db_col_int64(q, 11),
		.contract_end_ms = db_col_int64(q, 12),
		.note = arena_dup(arena, db_col_text(q, 13)),
		.check_ids = arena_dup(arena, db_col_text(q, 14)),
		.retired = !db_col_is_null(q, 15),
	};
	return 0;
}

int desk_circuit_update(struct desk *desk)
{
	struct row row = { 0 };
	int error = row_load(desk, &row);
	error = error < 0 ? error : desk_unit_reached(desk, row.unit_id);
	error = error < 0 ? error : desk_version_same(desk, row.version);
	error = error < 0 ? error : body_read(desk, &row);
	int64_t done = error < 0 ? error : row_update(desk, &row);
	return done < 0 ? (int)done : saved(desk, "circuit.update", &row);
}
