/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/maintenance_cover.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "desk/desk.h"
#include "desk/signals.h"
#include "records/sql.h"

/* As many checks as probe takes. */
enum { CHECKS_MAX = 131072, EDGES_MAX = 4 * CHECKS_MAX };

struct check {
	int64_t id;
	int64_t was; /* the window that covered it */
	int64_t is;
	uint32_t parents;
	uint32_t covered_parents;
	int64_t by_parents; /* a window of one of them */
};

struct cover {
	struct txn *txn;
	struct check *check; /* ascending by id */
	size_t count;
	int64_t (*edge)[2];
	size_t edges;
};

#define OPEN_SCOPES                                                                            \
	"WITH RECURSIVE reach(maintenance_id, unit_id) AS (SELECT s.maintenance_id,"           \
	" s.target_id FROM maintenance_scope s JOIN maintenance m ON m.id = s.maintenance_id"  \
	" WHERE m.live_open = 1 AND s.kind = 'unit' UNION SELECT r.maintenance_id, u.id"       \
	" FROM unit u JOIN reach r ON r.unit_id = u.parent_id)"
/* The oldest window counts where several cover one check. */
#define BY_NAME                                                                                \
	OPEN_SCOPES                                                                            \
	" SELECT w.id, coalesce(w.live_maintenance_id, 0), coalesce((SELECT min(x.id) FROM ("  \
	" SELECT m.id FROM maintenance m JOIN maintenance_scope s ON s.maintenance_id = m.id"  \
	" WHERE m.live_open = 1 AND ((s.kind = 'check' AND s.target_id = w.id)"                \
	" OR (s.kind = 'asset' AND s.target_id = w.asset_id))"                                 \
	" UNION ALL SELECT m.id FROM maintenance m JOIN asset_tag t ON t.tag = m.tag"          \
	" WHERE m.live_open = 1 AND t.asset_id = w.asset_id"                                   \
	" UNION ALL SELECT r.maintenance_id FROM reach r"                                      \
	" WHERE r.unit_id = a.owner_unit_id) x), 0) FROM watch w"                              \
	" LEFT JOIN asset a ON a.id = w.asset_id WHERE w.id > $1 ORDER BY w.id LIMIT $2"

static int checks_load(struct cover *c)
{
	AUTO_STMT struct stmt *q = NULL;
	int64_t all = 0;
	int row = sql_int_args(txn_db(c->txn), "SELECT count(*) FROM watch", &all, NULL, 0);
	size_t max = all < CHECKS_MAX ? (size_t)all : CHECKS_MAX;
	c->check = arena_take(txn_arena(c->txn), (max + 1) * sizeof(*c->check));
	row = row < 0 ? row
		      : sql_query(
				txn_db(c->txn), BY_NAME, &q, SQL_INT(0), SQL_INT((int64_t)max));
	while (row >= 0 && c->count < max && (row = db_step(q)) == 1) {
		c->check[c->count++] = (struct check) { .id = db_col_int64(q, 0),
			.was = db_col_int64(q, 1),
			.is = db_col_int64(q, 2) };
	}
	return row < 0 ? row : 0;
}

static int edges_load(struct cover *c)
{
	AUTO_STMT struct stmt *q = NULL;
	int64_t all = 0;
	int row = sql_int_args(
		txn_db(c->txn), "SELECT count(*) FROM watch_parent", &all, NULL, 0);
	size_t max = all < EDGES_MAX ? (size_t)all : EDGES_MAX;
	c->edge = arena_take(txn_arena(c->txn), (max + 1) * sizeof(*c->edge));
	/* A parent nobody asks carries nothing, here as in probe. */
	row = row < 0 ? row
		      : sql_query(txn_db(c->txn),
				"SELECT p.watch_id, p.parent_id FROM watch_parent p JOIN watch w"
				" ON w.id = p.parent_id WHERE w.enabled = 1"
				" ORDER BY p.watch_id, p.parent_id LIMIT $1",
				&q, SQL_INT((int64_t)max));
	while (row >= 0 && c->edges < max && (row = db_step(q)) == 1) {
		c->edge[c->edges][0] = db_col_int64(q, 0);
		c->edge[c->edges++][1] = db_col_int64(q, 1);
	}
	return row < 0 ? row : 0;
}

static int check_order(const void *a, const void *b)
{
	int64_t x = ((const struct check *)a)->id;
	int64_t y = ((const struct check *)b)->id;
	return (x > y) - (x < y);
}

static struct check *check_of(const struct cover *c, int64_t id)
{
	struct check key = { .id = id };
	return bsearch(&key, c->check, c->count, sizeof(key), check_order);
}

/* One storey: who is covered because all its parents are. */
static bool storey(struct cover *c)
{
	bool moved = false;
	for (size_t i = 0; i < c->count; i++) {
		c->check[i].parents = c->check[i].covered_parents = 0;
	}
	for (size_t i = 0; i < c->edges; i++) {
		struct check *child = check_of(c, c->edge[i][0]);
		const struct check *parent = check_of(c, c->edge[i][1]);
		if (child != NULL && parent != NULL) {
			child->parents++;
			child->covered_parents += parent->is != 0;
			child->by_parents = parent->is;
		}
	}
	for (size_t i = 0; i < c->count; i++) {
		struct check *check = &c->check[i];
		if (check->is == 0 && check->parents > 0 &&
			check->covered_parents == check->parents) {
			check->is = check->by_parents;
			moved = true;
		}
	}
	return moved;
}

static int change_save(struct cover *c, const struct desk_env *env, const struct check *check)
{
	int64_t done = sql_run(txn_db(c->txn),
		"UPDATE watch SET live_maintenance_id = $2 WHERE id = $1", SQL_INT(check->id),
		SQL_INT_OR_NULL(check->is));
	int error = done < 0 ? (int)done : txn_change(c->txn, "check", check->id, 0);
	return error < 0 || check->is != 0 ? error : signal_unmute(c->txn, env, check->id);
}

int maintenance_cover(struct txn *txn, const struct desk_env *env)
{
	struct cover c = { .txn = txn };
	int changed = 0;
	int error = checks_load(&c);
	error = error < 0 ? error : edges_load(&c);
	if (error < 0) {
		return error;
	}
	while (c.edges > 0 && storey(&c)) {
	}
	for (size_t i = 0; i < c.count && error >= 0; i++) {
		if (c.check[i].was != c.check[i].is) {
			error = change_save(&c, env, &c.check[i]);
			changed++;
		}
	}
	return error < 0 ? error : changed;
}
