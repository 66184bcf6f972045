/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/affected.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/jw.h"
#include "records/sql.h"
#include "records/timer.h"
#include "records/trail.h"
#include "records/txn.h"

enum { LOG_OCTETS_MAX = 256 * 1024, ARGS_OCTETS_MAX = 64 * 1024, ROOTS_MAX = 64 };

/* ---- one by one, as they are told */

static int incident_of(struct db *db, int64_t cause_id, int64_t *ret_incident_id)
{
	int found = sql_int(db,
		"SELECT incident_id FROM alert WHERE watch_id = $1 AND state = 'firing'"
		" AND incident_id IS NOT NULL ORDER BY id DESC LIMIT 1",
		ret_incident_id, SQL_INT(cause_id));
	return found < 0 ? found : 0;
}

/* One entry gathers those of the next seconds. */
static int log_soon(struct txn *txn, int64_t incident_id)
{
	int64_t waiting = 0;
	int64_t last = 0;
	int row = sql_int(txn_db(txn),
		"SELECT count(*) FROM timer WHERE record_kind = 'incident' AND record_id = $1"
		" AND kind = 'affected.list' AND fired_at_ms IS NULL AND cancelled_at_ms IS NULL",
		&waiting, SQL_INT(incident_id));
	if (row < 0 || waiting > 0) {
		return row < 0 ? row : 0;
	}
	row = sql_int(txn_db(txn),
		"SELECT max(seq) FROM timer WHERE record_kind = 'incident' AND record_id = $1"
		" AND kind = 'affected.list'",
		&last, SQL_INT(incident_id));
	struct timer timer = { .kind = SLICE("affected.list"),
		.record_kind = SLICE("incident"),
		.record_id = incident_id,
		.seq = last + 1,
		.fire_at_ms = txn_now_ms(txn) + AFFECTED_GATHER_MS };
	return row < 0 ? row : timer_set(txn, &timer);
}

int affected_begin(struct txn *txn, int64_t watch_id, int64_t cause_id, int64_t at_ms)
{
	struct db *db = txn_db(txn);
	int64_t incident_id = 0;
	int64_t same = 0;
	int row = sql_int(db,
		"SELECT count(*) FROM affected WHERE watch_id = $1 AND cause_id = $2"
		" AND until_ms IS NULL",
		&same, SQL_INT(watch_id), SQL_INT(cause_id));
	if (row < 0 || same > 0) {
		return row < 0 ? row : 0;
	}
	int error = affected_end(txn, watch_id, at_ms);
	error = error < 0 ? error : incident_of(db, cause_id, &incident_id);
	if (error < 0) {
		return error;
	}
	int64_t done = sql_run(db,
		"INSERT INTO affected (id, incident_id, watch_id, cause_id, from_ms)"
		" SELECT $1, $2, $3, id, $5 FROM watch WHERE id = $4",
		SQL_INT(txn_id(txn)), SQL_INT_OR_NULL(incident_id), SQL_INT(watch_id),
		SQL_INT(cause_id), SQL_INT(at_ms));
	if (done <= 0 || incident_id == 0) {
		return done < 0 ? (int)done : 0;
	}
	return log_soon(txn, incident_id);
}

int affected_settle(struct txn *txn, int64_t watch_id, int64_t until_ms)
{
	int64_t incident_id = 0;
	int64_t done = sql_run(txn_db(txn),
		"UPDATE affected SET settles_ms = $2, logged = 0 WHERE watch_id = $1"
		" AND until_ms IS NULL AND settles_ms IS NULL",
		SQL_INT(watch_id), SQL_INT(until_ms));
	int row = done <= 0 ? (int)done
			    : sql_int(txn_db(txn),
				      "SELECT incident_id FROM affected WHERE watch_id = $1"
				      " AND until_ms IS NULL AND incident_id IS NOT NULL",
				      &incident_id, SQL_INT(watch_id));
	return row <= 0 ? row : log_soon(txn, incident_id);
}

int affected_end(struct txn *txn, int64_t watch_id, int64_t at_ms)
{
	int64_t done = sql_run(txn_db(txn),
		"UPDATE affected SET until_ms = $2 WHERE watch_id = $1 AND until_ms IS NULL",
		SQL_INT(watch_id), SQL_INT(at_ms));
	return done < 0 ? (int)done : 0;
}

int affected_join(struct txn *txn, int64_t cause_id, int64_t incident_id)
{
	int64_t done = sql_run(txn_db(txn),
		"UPDATE affected SET incident_id = $2 WHERE cause_id = $1 AND until_ms IS NULL"
		" AND incident_id IS NULL",
		SQL_INT(cause_id), SQL_INT(incident_id));
	return done <= 0 ? (int)done : log_soon(txn, incident_id);
}

/* ---- the entry that names them */

#define SETTLES "CASE WHEN settles_ms IS NULL THEN 0 ELSE 1 END"

struct entry {
	bool settling; /* of those that have time now; else of those that became unreachable */
	struct buf ids;
	struct buf args;
	struct jw jw;
	int64_t count;
	struct slice cause;
};

static void entry_open(struct entry *entry, bool settling)
{
	*entry = (struct entry) { .settling = settling };
	buf_init(&entry->ids, LOG_OCTETS_MAX);
	buf_init(&entry->args, ARGS_OCTETS_MAX);
	jw_init(&entry->jw, &entry->args);
	jw_object(&entry->jw);
	jw_key(&entry->jw, "checks");
	jw_array(&entry->jw);
}

static int entry_fill(struct txn *txn, int64_t incident_id, struct entry *entry)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn),
		"SELECT f.watch_id, w.name, c.name FROM affected f JOIN watch w"
		" ON w.id = f.watch_id JOIN watch c ON c.id = f.cause_id"
		" WHERE f.incident_id = $1 AND f.logged = 0 AND " SETTLES " = $2 ORDER BY f.id",
		&q, SQL_INT(incident_id), SQL_INT(entry->settling));
	while (row >= 0 && (row = db_step(q)) == 1) {
		if (entry->count == 0) {
			entry->cause = arena_dup(txn_arena(txn), db_col_text(q, 2));
		}
		if (entry->count++ < AFFECTED_NAMED_MAX) {
			jw_str(&entry->jw, db_col_text(q, 1));
		}
		buf_printf(&entry->ids, " %lld", (long long)db_col_int64(q, 0));
	}
	jw_end(&entry->jw);
	jw_kv_int(&entry->jw, "count", entry->count);
	jw_kv_str(&entry->jw, "cause", entry->cause);
	jw_end(&entry->jw);
	return row < 0 ? row : 0;
}

static int entry_write(struct txn *txn, int64_t incident_id, const struct entry *entry)
{
	struct slice reason = arena_printf(txn_arena(txn),
		entry->settling ? "%lld checks still fail, not told yet: back is %.*s:%.*s"
				: "%lld checks unreachable, not told: behind %.*s:%.*s",
		(long long)entry->count, SLICE_FMT(entry->cause),
		SLICE_FMT(buf_slice(&entry->ids)));
	struct trail_act act = { .act = SLICE("incident.affected"),
		.kind = SLICE("incident"),
		.id = incident_id,
		.reason = reason };
	trail_act(txn, &act);
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO timeline (id, kind, record_id, at_ms, code, args)"
		" VALUES ($1, 'incident', $2, $3, $4, $5)",
		SQL_INT(txn_id(txn)), SQL_INT(incident_id), SQL_INT(txn_now_ms(txn)),
		SQL_STR(entry->settling ? "settling" : "affected"),
		SQL_TEXT(entry->args.failed ? SLICE("{}") : buf_slice(&entry->args)));
	done = done < 0
		       ? done
		       : sql_run(txn_db(txn),
				 "UPDATE affected SET logged = 1 WHERE incident_id = $1 AND logged = 0"
				 " AND " SETTLES " = $2",
				 SQL_INT(incident_id), SQL_INT(entry->settling));
	return done < 0 ? (int)done : txn_change(txn, "incident", incident_id, 0);
}

static int entry_make(struct txn *txn, int64_t incident_id, bool settling)
{
	struct entry entry;
	entry_open(&entry, settling);
	int error = entry_fill(txn, incident_id, &entry);
	if (error == 0 && entry.count > 0) {
		error = entry_write(txn, incident_id, &entry);
	}
	buf_fini(&entry.ids);
	buf_fini(&entry.args);
	return error;
}

int affected_timer(struct txn *txn, const struct timer *timer)
{
	int error = entry_make(txn, timer->record_id, false);
	return error < 0 ? error : entry_make(txn, timer->record_id, true);
}

/* ---- who will be, by the parents that are set */

struct below {
	int64_t *id;   /* ascending */
	bool *reached; /* over another way */
	int64_t (*edge)[2];
	bool *edge_lives; /* its parent stands outside and is up */
	size_t count;
	size_t edges;
};

#define BELOW                                                                                  \
	"WITH RECURSIVE below(id) AS (SELECT p.watch_id FROM watch_parent p JOIN alert a"      \
	" ON a.watch_id = p.parent_id WHERE a.incident_id = $1 AND a.state = 'firing'"         \
	" UNION SELECT p.watch_id FROM watch_parent p JOIN below b ON b.id = p.parent_id)"

static int ids_load(struct txn *txn, int64_t incident_id, struct below *below)
{
	AUTO_STMT struct stmt *q = NULL;
	struct arena *arena = txn_arena(txn);
	below->id = arena_take(arena, AFFECTED_EXPECTED_MAX * sizeof(*below->id));
	int row = sql_query(txn_db(txn),
		BELOW
		" SELECT w.id FROM watch w JOIN below b ON b.id = w.id WHERE w.enabled = 1"
		" AND NOT EXISTS (SELECT 1 FROM alert r WHERE r.watch_id = w.id"
		" AND r.state = 'firing' AND r.incident_id = $1) ORDER BY w.id LIMIT $2",
		&q, SQL_INT(incident_id), SQL_INT(AFFECTED_EXPECTED_MAX));
	while (row >= 0 && (row = db_step(q)) == 1) {
		below->id[below->count++] = db_col_int64(q, 0);
	}
	return row < 0 ? row : 0;
}

static int edges_load(struct txn *txn, int64_t incident_id, struct below *below)
{
	AUTO_STMT struct stmt *q = NULL;
	size_t max = below->count * 8;
	below->edge = arena_take(txn_arena(txn), max * sizeof(*below->edge));
	below->edge_lives = arena_take(txn_arena(txn), max * sizeof(*below->edge_lives));
	int row = sql_query(txn_db(txn),
		BELOW " SELECT p.watch_id, p.parent_id, w.live_state FROM watch_parent p"
		      " JOIN below b ON b.id = p.watch_id JOIN watch w ON w.id = p.parent_id"
		      " WHERE w.enabled = 1 ORDER BY p.watch_id, p.parent_id LIMIT $2",
		&q, SQL_INT(incident_id), SQL_INT((int64_t)max));
	while (row >= 0 && below->edges < max && (row = db_step(q)) == 1) {
		struct slice state = db_col_text(q, 2);
		below->edge[below->edges][0] = db_col_int64(q, 0);
		below->edge[below->edges][1] = db_col_int64(q, 1);
		below->edge_lives[below->edges++] =
			!slice_is(state, "down") && !slice_is(state, "unreachable");
	}
	return row < 0 ? row : 0;
}

static int id_order(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a;
	int64_t y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static bool *place_of(const struct below *below, int64_t id)
{
	const int64_t *at = bsearch(&id, below->id, below->count, sizeof(id), id_order);
	return at == NULL ? NULL : &below->reached[at - below->id];
}

/* One living way up is enough; a few rounds, as many as the campus has storeys. */
static size_t other_ways(struct txn *txn, struct below *below)
{
	size_t left = below->count;
	bool moved = true;
	below->reached = arena_take(txn_arena(txn), below->count * sizeof(*below->reached));
	memset(below->reached, 0, below->count * sizeof(*below->reached));
	while (moved) {
		moved = false;
		for (size_t i = 0; i < below->edges; i++) {
			bool *child = place_of(below, below->edge[i][0]);
			const bool *parent = place_of(below, below->edge[i][1]);
			bool lives = parent != NULL ? *parent : below->edge_lives[i];
			if (child != NULL && !*child && lives) {
				*child = true;
				left--;
				moved = true;
			}
		}
	}
	return left;
}

static int names_put(struct txn *txn, const struct below *below, size_t left, struct buf *out)
{
	AUTO_BUF struct buf units;
	buf_init(&units, 1024);
	size_t named = 0;
	buf_printf(out, "影响：%zu 项：", left);
	for (size_t i = 0; i < below->count && named < AFFECTED_MAIL_NAMES; i++) {
		AUTO_STMT struct stmt *q = NULL;
		if (below->reached[i]) {
			continue;
		}
		int row = sql_query(txn_db(txn),
			"SELECT w.name, u.name FROM watch w LEFT JOIN asset a ON a.id = w.asset_id"
			" LEFT JOIN unit u ON u.id = a.owner_unit_id WHERE w.id = $1",
			&q, SQL_INT(below->id[i]));
		row = row < 0 ? row : db_step(q);
		if (row < 0) {
			return row;
		}
		struct slice unit = db_col_text(q, 1);
		buf_printf(
			out, "%s%.*s", named++ > 0 ? "、" : "", SLICE_FMT(db_col_text(q, 0)));
		if (unit.n > 0 && slice_find(buf_slice(&units), unit) == SIZE_MAX) {
			buf_printf(&units, "%s%.*s", units.n > 0 ? "、" : "", SLICE_FMT(unit));
		}
	}
	buf_put_str(out, left > named ? "等" : "");
	if (units.n > 0) {
		buf_printf(out, "；单位：%.*s%s", SLICE_FMT(buf_slice(&units)),
			left > named ? "等" : "");
	}
	buf_put_byte(out, '\n');
	return 0;
}

int affected_expect(struct txn *txn, int64_t incident_id, struct buf *out)
{
	struct below below = { 0 };
	int error = ids_load(txn, incident_id, &below);
	if (error < 0 || below.count == 0) {
		return error;
	}
	error = edges_load(txn, incident_id, &below);
	if (error < 0) {
		return error;
	}
	size_t left = other_ways(txn, &below);
	error = left > 0 ? names_put(txn, &below, left, out) : 0;
	return error < 0 ? error : (int)left;
}
