/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/vicinity.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/crawl.h"
#include "detect/topology/tables.h"
#include "records/sql.h"
#include "records/txn.h"

enum { PART_OCTETS_MAX = 4 * 1024 * 1024, FACTS_COLUMN = 2 };

enum part { FACTS, NEIGHBOURS, FDB, ARP, PART_COUNT };

static void (*const put[PART_COUNT])(struct jw *jw, const struct topology_device *device) = {
	tables_put_facts, tables_put_neighbours, tables_put_fdb, tables_put_arp
};

static struct slice part_text(
	struct arena *arena, enum part part, const struct topology_device *device)
{
	AUTO_BUF struct buf text;
	struct jw jw;
	buf_init(&text, PART_OCTETS_MAX);
	jw_init(&jw, &text);
	put[part](&jw, device);
	return !text.failed    ? arena_dup(arena, buf_slice(&text))
	       : part == FACTS ? SLICE("{}")
			       : SLICE("[]");
}

static int save(struct txn *txn, const struct vicinity_facts *facts, const struct json *root)
{
	struct arena *arena = txn_arena(txn);
	struct topology_device device;
	struct slice text[PART_COUNT];
	tables_read(arena, json_get(root, "facts"), json_get(root, "neighbours"), &device);
	tables_read_fdb(arena, json_get(root, "fdb"), &device);
	tables_read_arp(arena, json_get(root, "arp"), &device);
	for (unsigned i = 0; i < PART_COUNT; i++) {
		text[i] = part_text(arena, i, &device);
	}
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO vicinity (id, at_ms, facts, neighbours, fdb, arp)"
		" VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET"
		" at_ms = excluded.at_ms, facts = excluded.facts,"
		" neighbours = excluded.neighbours, fdb = excluded.fdb, arp = excluded.arp",
		SQL_INT(facts->check_id), SQL_INT(facts->at_ms), SQL_TEXT(text[FACTS]),
		SQL_TEXT(text[NEIGHBOURS]), SQL_TEXT(text[FDB]), SQL_TEXT(text[ARP]));
	device.id = facts->check_id;
	int error = done < 0 ? (int)done : crawl_take(txn, &device, facts->at_ms);
	return error < 0 ? error : 1;
}

int vicinity_take(struct txn *txn, const struct vicinity_facts *facts)
{
	const struct json *root = NULL;
	int64_t version = 0;
	int found = sql_int(txn_db(txn), "SELECT version FROM watch WHERE id = $1", &version,
		SQL_INT(facts->check_id));
	if (found <= 0) {
		return found;
	}
	int error = json_parse(txn_arena(txn), facts->json, 0, &root, NULL);
	return error < 0 ? error : save(txn, facts, root);
}

int vicinity_forget(struct txn *txn, int64_t check_id)
{
	int64_t done =
		sql_run(txn_db(txn), "DELETE FROM vicinity WHERE id = $1", SQL_INT(check_id));
	return done < 0 ? (int)done : 0;
}

/* ---- reading */

static const struct json *column(struct arena *arena, struct stmt *q, unsigned at)
{
	const struct json *root = NULL;
	struct slice text = arena_dup(arena, db_col_text(q, at));
	return json_parse(arena, text, 0, &root, NULL) < 0 ? NULL : root;
}

static void device_read(struct stmt *q, struct arena *arena, struct topology_device *ret_device)
{
	/* What is parsed goes with this arena; the device keeps copies. */
	AUTO_ARENA struct arena *parsed = arena_create(0);
	tables_read(arena, column(parsed, q, FACTS_COLUMN),
		column(parsed, q, FACTS_COLUMN + NEIGHBOURS), ret_device);
	tables_read_fdb(arena, column(parsed, q, FACTS_COLUMN + FDB), ret_device);
	tables_read_arp(arena, column(parsed, q, FACTS_COLUMN + ARP), ret_device);
	ret_device->id = db_col_int64(q, 0);
}

int vicinity_each(struct db *db, unsigned parts, struct arena *arena,
	int (*take)(void *user, const struct topology_device *device, int64_t at_ms),
	void *user)
{
	AUTO_STMT struct stmt *q = NULL;
	int error = 0;
	int row = sql_query(db,
		"SELECT v.id, v.at_ms, v.facts,"
		" CASE WHEN CAST($1 AS BIGINT) = 0 THEN '[]' ELSE v.neighbours END,"
		" CASE WHEN CAST($2 AS BIGINT) = 0 THEN '[]' ELSE v.fdb END,"
		" CASE WHEN CAST($3 AS BIGINT) = 0 THEN '[]' ELSE v.arp END"
		" FROM vicinity v JOIN watch w ON w.id = v.id LEFT JOIN asset a ON a.id = w.asset_id"
		" WHERE w.enabled = 1 AND w.kind = 'snmp' AND a.retired_at_ms IS NULL ORDER BY v.id",
		&q, SQL_INT(parts & VICINITY_NEIGHBOURS), SQL_INT(parts & VICINITY_FDB),
		SQL_INT(parts & VICINITY_ARP));
	while (row >= 0 && error >= 0 && (row = db_step(q)) == 1) {
		struct topology_device device;
		device_read(q, arena, &device);
		error = take(user, &device, db_col_int64(q, 1));
	}
	return row < 0 ? row : error < 0 ? error : 0;
}
