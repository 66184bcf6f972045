/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/subnets.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/desk.h"
#include "desk/patch.h"
#include "desk/subnet_list.h"
#include "records/secret.h"
#include "records/sql.h"
#include "workflow/sweep.h"

enum { NETWORK_FIELD_MAX = 60, COMMUNITY_MAX = 64, BITS = 128, MAPPED_BITS = 96 };

struct row {
	int64_t id;
	int64_t version;
	struct slice name;
	struct slice network;
	struct slice mode;
	int64_t unit_id;
	struct slice note;
	bool snmp;
	struct network parsed;
};

static const char *const modes[] = { "active", "passive", "off", NULL };

#define AT(member) offsetof(struct row, member)

static const struct patch_field fields[] = {
	{ .name = "name",
		.offset = AT(name),
		.kind = PATCH_TEXT,
		.need = WORDS_REQUIRED,
		.max = SUBNET_NAME_MAX },
	{ .name = "network",
		.offset = AT(network),
		.kind = PATCH_TEXT,
		.need = WORDS_REQUIRED,
		.max = NETWORK_FIELD_MAX },
	{ .name = "mode",
		.offset = AT(mode),
		.kind = PATCH_CHOICE,
		.words = modes,
		.otherwise = "passive" },
	{ .name = "unit_id", .offset = AT(unit_id), .kind = PATCH_ID, .table = "unit" },
	{ .name = "note", .offset = AT(note), .kind = PATCH_TEXT, .max = SUBNET_NOTE_MAX },
};

/* What no device of a school can have: this-network, multicast and beyond. */
static bool is_no_place(const struct network *network)
{
	static const struct {
		const char *text;
	} none[] = { { "0.0.0.0/8" }, { "224.0.0.0/3" }, { "ff00::/8" }, { "fe80::/10" } };
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		struct network no = { 0 };
		if (network_parse(slice_str(none[i].text), &no) == 0 &&
			(network_contains(&no, network) || network_contains(network, &no))) {
			return true;
		}
	}
	return false;
}

static int network_check(struct desk *desk, struct row *row)
{
	int64_t other = 0;
	char hex[33];
	char text[NETWORK_TEXT_MAX];
	if (network_parse(row->network, &row->parsed) < 0) {
		return desk_refuse(desk, E_INPUT, "input.invalid", "network");
	}
	if (is_no_place(&row->parsed)) {
		return desk_refuse(desk, E_INPUT, "subnet.no_place", "network");
	}
	if (slice_is(row->mode, "active") && BITS - row->parsed.prefix > SWEEP_HOST_BITS_MAX) {
		return desk_refuse(desk, E_INPUT, "subnet.too_wide", "network");
	}
	network_text(&row->parsed, text);
	row->network = arena_dup(desk->arena, slice_str(text));
	network_hex(&row->parsed, hex);
	int found = sql_int(desk->db,
		"SELECT id FROM subnet WHERE key = $1 AND prefix = $2"
		" AND removed_at_ms IS NULL AND id <> $3",
		&other, SQL_STR(hex), SQL_INT(row->parsed.prefix), SQL_INT(row->id));
	return found <= 0 ? found : desk_refuse(desk, E_EXISTS, "subnet.taken", "network");
}

const char *subnet_secret_name(struct arena *arena, int64_t id)
{
	return (const char *)arena_printf(arena, "subnet/%lld/community", (long long)id).p;
}

/*
 * A community in the body is sealed, null takes it away; without the member it
 * stays, but never follows a range to other addresses.
 */
static int community_save(struct desk *desk, struct row *row, bool moved)
{
	const struct json *member = json_get(desk->call->body, "community");
	struct slice community = json_str(member);
	const char *name = subnet_secret_name(desk->arena, row->id);
	bool keeps = json_type(member) == JSON_ABSENT;
	if (keeps && (!moved || !row->snmp)) {
		return 0;
	}
	if (keeps) {
		return desk_refuse(desk, E_INPUT, "check.secret_again", "community");
	}
	if (community.n > COMMUNITY_MAX) {
		return desk_refuse(desk, E_INPUT, "input.too_long", "community");
	}
	if (community.n > 0 && desk->env->secrets == NULL) {
		return desk_refuse(desk, E_STATE, "secret.no_key", NULL);
	}
	int error = community.n > 0 ? secret_put(desk->txn, desk->env->secrets, name, community)
		    : row->snmp     ? secret_drop(desk->txn, name)
				    : 0;
	row->snmp = community.n > 0;
	return error < 0 ? error : 0;
}

static int saved(struct desk *desk, const char *act, const struct row *row)
{
	int error = trail_row(desk->txn, "subnet", row->id);
	error = error < 0 ? error : txn_change(desk->txn, "subnet", row->id, row->version);
	desk_audit(desk, act, "subnet", row->id, row->version, (struct slice) { 0 });
	desk_answer(desk, row->id, row->version);
	return error;
}

static int row_save(struct desk *desk, const struct row *row)
{
	char hex[33];
	network_hex(&row->parsed, hex);
	int64_t done = sql_run(desk->db,
		row->version == 1
			? "INSERT INTO subnet (id, version, name, network, key, prefix, mode,"
			  " unit_id, snmp, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
			: "UPDATE subnet SET version = $2, name = $3, network = $4, key = $5,"
			  " prefix = $6, mode = $7, unit_id = $8, snmp = $9, note = $10"
			  " WHERE id = $1",
		SQL_INT(row->id), SQL_INT(row->version), SQL_TEXT(row->name),
		SQL_TEXT(row->network), SQL_STR(hex), SQL_INT(row->parsed.prefix),
		SQL_TEXT(row->mode), SQL_INT_OR_NULL(row->unit_id), SQL_INT(row->snmp),
		SQL_TEXT_OR_NULL(row->note));
	return done < 0 ? (int)done : 0;
}

int desk_subnet_create(struct desk *desk)
{
	struct row row = { 0 };
	int64_t standing = 0;
	int error = sql_int_args(desk->db,
		"SELECT count(*) FROM subnet WHERE removed_at_ms IS NULL", &standing, NULL, 0);
	if (error >= 0 && standing >= SUBNETS_MAX) {
		return desk_refuse(desk, E_LIMIT, "input.too_many", NULL);
	}
	error = error < 0 ? error
			  : patch_apply(desk, &row, fields, sizeof(fields) / sizeof(fields[0]));
	error = error < 0 ? error : network_check(desk, &row);
	if (error >= 0) {
		row.id = txn_id(desk->txn);
		row.version = 1;
		error = community_save(desk, &row, false);
	}
	error = error < 0 ? error : row_save(desk, &row);
	return error < 0 ? error : saved(desk, "subnet.create", &row);
}

static int admitted(struct desk *desk, struct row *row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(desk->db,
		"SELECT version, name, network, mode, unit_id, note, snmp, key, prefix"
		" FROM subnet WHERE id = $1 AND removed_at_ms IS NULL",
		&q, SQL_INT(desk->call->id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	*row = (struct row) { .id = desk->call->id,
		.version = db_col_int64(q, 0),
		.name = arena_dup(desk->arena, db_col_text(q, 1)),
		.network = arena_dup(desk->arena, db_col_text(q, 2)),
		.mode = arena_dup(desk->arena, db_col_text(q, 3)),
		.unit_id = db_col_int64(q, 4),
		.note = arena_dup(desk->arena, db_col_text(q, 5)),
		.snmp = db_col_int64(q, 6) != 0 };
	int error = network_of_hex(db_col_text(q, 7), db_col_int64(q, 8), &row->parsed);
	return error < 0 ? E_STORE : desk_version_same(desk, row->version);
}

int desk_subnet_update(struct desk *desk)
{
	struct row row = { 0 };
	int error = admitted(desk, &row);
	struct network before = row.parsed;
	error = error < 0 ? error
			  : patch_apply(desk, &row, fields, sizeof(fields) / sizeof(fields[0]));
	error = error < 0 ? error : network_check(desk, &row);
	if (error >= 0) {
		row.version++;
		error = community_save(desk, &row, !network_contains(&before, &row.parsed));
	}
	error = error < 0 ? error : row_save(desk, &row);
	return error < 0 ? error : saved(desk, "subnet.update", &row);
}

int desk_subnet_remove(struct desk *desk)
{
	struct row row = { 0 };
	int error = admitted(desk, &row);
	if (error < 0) {
		return error;
	}
	row.version++;
	int64_t done = sql_run(desk->db,
		"UPDATE subnet SET version = $2, snmp = 0, removed_at_ms = $3 WHERE id = $1",
		SQL_INT(row.id), SQL_INT(row.version), SQL_INT(desk->now_ms));
	error = done < 0   ? (int)done
		: row.snmp ? secret_drop(desk->txn, subnet_secret_name(desk->arena, row.id))
			   : 0;
	return error < 0 ? error : saved(desk, "subnet.remove", &row);
}

/* ---- asked by others */

int subnets_load(struct db *db, struct arena *arena, struct subnets *ret_subnets)
{
	struct subnet *list = arena_take(arena, SUBNETS_MAX * sizeof(*list));
	size_t count = 0;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(db,
		"SELECT id, unit_id, mode, key, prefix FROM subnet WHERE removed_at_ms IS NULL"
		" ORDER BY prefix DESC, id LIMIT $1",
		&q, SQL_INT(SUBNETS_MAX));
	while (row >= 0 && count < SUBNETS_MAX && (row = db_step(q)) == 1) {
		struct subnet *subnet = &list[count];
		struct slice mode = db_col_text(q, 2);
		*subnet = (struct subnet) { .id = db_col_int64(q, 0),
			.unit_id = db_col_int64(q, 1),
			.mode = slice_is(mode, "active")    ? SUBNET_ACTIVE
				: slice_is(mode, "passive") ? SUBNET_PASSIVE
							    : SUBNET_OFF };
		count += network_of_hex(
				 db_col_text(q, 3), db_col_int64(q, 4), &subnet->network) == 0;
	}
	*ret_subnets = (struct subnets) { list, count };
	return row < 0 ? row : 0;
}

/* They come longest prefix first. */
const struct subnet *subnet_of(const struct subnets *subnets, const struct network *address)
{
	for (size_t i = 0; i < subnets->count; i++) {
		if (network_contains(&subnets->item[i].network, address)) {
			return &subnets->item[i];
		}
	}
	return NULL;
}

bool subnet_off(const struct subnets *subnets, const struct network *address)
{
	for (size_t i = 0; i < subnets->count; i++) {
		if (subnets->item[i].mode == SUBNET_OFF &&
			network_contains(&subnets->item[i].network, address)) {
			return true;
		}
	}
	return false;
}
