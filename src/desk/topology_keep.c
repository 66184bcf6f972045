/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "desk/topology.h"
#include "records/sql.h"
#include "records/txn.h"

enum { EVIDENCE_OCTETS_MAX = 4096, RUN_OCTETS_MAX = 1024 * 1024 };
/* A link that is gone is shown so long. */
#define LOST_KEPT_MS (INT64_C(90) * 24 * 3600 * 1000)

static const char *const confidences[] = { "possible", "likely", "certain" };
static const char *const marks[] = { "found", "drawn", "struck" };
static const char *const sources[] = { "lldp", "cdp", "fdb", "arp", "hand" };
static const char *const hows[] = { "none", "word", "station", "gateway" };

/* ---- names of ports */

static const struct topology_device *device_of(const struct topology_made *made, int64_t id)
{
	const struct topology_device key = { .id = id };
	return bsearch(&key, made->input.devices, made->input.device_count, sizeof(key),
		topology_device_order);
}

static struct slice port_name(const struct topology_device *device, uint32_t if_index)
{
	for (size_t i = 0; device != NULL && i < device->port_count; i++) {
		const struct topology_port *port = &device->ports[i];
		if (port->if_index == if_index) {
			return port->name.n > 0 ? port->name : port->descr;
		}
	}
	return (struct slice) { 0 };
}

/* What somebody wrote where the device has no port called so. */
static struct slice written_name(
	const struct topology_made *made, const struct topology_link *link, bool of_a)
{
	for (size_t i = 0; link->mark == TOPOLOGY_DRAWN && i < made->input.manual_count; i++) {
		const struct topology_manual *word = &made->input.manual[i];
		/* Words have the smaller id first, as links have. */
		if (!word->removed && word->device_a == link->device_a &&
			word->device_b == link->device_b) {
			return of_a ? word->name_a : word->name_b;
		}
	}
	return (struct slice) { 0 };
}

static struct slice end_name(
	const struct topology_made *made, const struct topology_link *link, bool of_a)
{
	struct slice name = port_name(device_of(made, of_a ? link->device_a : link->device_b),
		of_a ? link->port_a : link->port_b);
	return name.n > 0 ? name : written_name(made, link, of_a);
}

/* ---- links: what is there, against what was */

struct old_link {
	int64_t id;
	int64_t device_a;
	int64_t device_b;
	int64_t port_a;
	int64_t port_b;
	struct slice said; /* everything else of it, as one text */
};

struct keeping {
	struct txn *txn;
	const struct topology_made *made;
	struct old_link *old;
	size_t old_count;
	int64_t changes;
};

static int ends_order(const struct old_link *x, const struct old_link *y)
{
	const int64_t a[] = { x->device_a, x->device_b, x->port_a, x->port_b };
	const int64_t b[] = { y->device_a, y->device_b, y->port_a, y->port_b };
	for (size_t i = 0; i < sizeof(a) / sizeof(a[0]); i++) {
		if (a[i] != b[i]) {
			return a[i] < b[i] ? -1 : 1;
		}
	}
	return 0;
}

static struct slice evidence_text(struct keeping *k, const struct topology_link *link)
{
	AUTO_BUF struct buf text;
	struct jw jw;
	buf_init(&text, EVIDENCE_OCTETS_MAX);
	jw_init(&jw, &text);
	jw_array(&jw);
	for (size_t i = 0; i < link->evidence_count; i++) {
		const struct topology_evidence *e = &link->evidence[i];
		const struct topology_device *device =
			e->device != 0 ? device_of(k->made, e->device) : NULL;
		jw_object(&jw);
		jw_kv_str(&jw, "source", slice_str(sources[e->source]));
		jw_kv_int(&jw, "device", e->device);
		jw_kv_str(&jw, "port", port_name(device, e->port));
		jw_end(&jw);
	}
	jw_end(&jw);
	return text.failed ? SLICE("[]") : arena_dup(txn_arena(k->txn), buf_slice(&text));
}

static int old_read(struct keeping *k)
{
	struct arena *arena = txn_arena(k->txn);
	AUTO_STMT struct stmt *q = NULL;
	int64_t count = 0;
	int row = sql_int_args(txn_db(k->txn),
		"SELECT count(*) FROM topology_link WHERE until_ms IS NULL", &count, NULL, 0);
	k->old = arena_take(arena, ((size_t)count + 1) * sizeof(*k->old));
	row = row < 0 ? row
		      : db_prepare(txn_db(k->txn),
				"SELECT id, device_a, device_b, port_a, port_b, confidence, mark,"
				" wires, shared, attachment, name_a, name_b, evidence"
				" FROM topology_link WHERE until_ms IS NULL"
				" ORDER BY device_a, device_b, port_a, port_b, id",
				&q);
	while (row >= 0 && (row = db_step(q)) == 1) {
		k->old[k->old_count++] = (struct old_link) { db_col_int64(q, 0),
			db_col_int64(q, 1), db_col_int64(q, 2), db_col_int64(q, 3),
			db_col_int64(q, 4),
			arena_printf(arena, "%.*s %.*s %lld %lld %lld %.*s %.*s %.*s",
				SLICE_FMT(db_col_text(q, 5)), SLICE_FMT(db_col_text(q, 6)),
				(long long)db_col_int64(q, 7), (long long)db_col_int64(q, 8),
				(long long)db_col_int64(q, 9), SLICE_FMT(db_col_text(q, 10)),
				SLICE_FMT(db_col_text(q, 11)), SLICE_FMT(db_col_text(q, 12))) };
	}
	return row < 0 ? row : 0;
}

static int64_t link_write(struct keeping *k, const struct topology_link *link, int64_t id,
	const struct slice name[2], struct slice evidence)
{
	const char *insert =
		"INSERT INTO topology_link (id, device_a, port_a, device_b, port_b, name_a,"
		" name_b, confidence, mark, wires, shared, attachment, evidence, from_ms)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
	const char *update =
		"UPDATE topology_link SET name_a = $6, name_b = $7, confidence = $8, mark = $9,"
		" wires = $10, shared = $11, attachment = $12, evidence = $13 WHERE id = $1"
		" AND device_a = $2 AND port_a = $3 AND device_b = $4 AND port_b = $5"
		" AND from_ms <= $14";
	bool is_new = id == 0;
	return sql_run(txn_db(k->txn), is_new ? insert : update,
		SQL_INT(is_new ? txn_id(k->txn) : id), SQL_INT(link->device_a),
		SQL_INT(link->port_a), SQL_INT(link->device_b), SQL_INT(link->port_b),
		SQL_TEXT(name[0]), SQL_TEXT(name[1]), SQL_STR(confidences[link->confidence]),
		SQL_STR(marks[link->mark]), SQL_INT(link->wires), SQL_INT(link->shared),
		SQL_INT(link->attachment), SQL_TEXT(evidence), SQL_INT(k->made->at_ms));
}

static int64_t link_end(struct keeping *k, int64_t id)
{
	return sql_run(txn_db(k->txn), "UPDATE topology_link SET until_ms = $2 WHERE id = $1",
		SQL_INT(id), SQL_INT(k->made->at_ms));
}

static int64_t link_keep(
	struct keeping *k, const struct topology_link *link, const struct old_link *old)
{
	const struct slice name[2] = {
		end_name(k->made, link, true),
		end_name(k->made, link, false),
	};
	struct slice evidence = evidence_text(k, link);
	struct slice said = arena_printf(txn_arena(k->txn), "%s %s %u %d %d %.*s %.*s %.*s",
		confidences[link->confidence], marks[link->mark], link->wires, link->shared,
		link->attachment, SLICE_FMT(name[0]), SLICE_FMT(name[1]), SLICE_FMT(evidence));
	if (old != NULL && slice_eq(said, old->said)) {
		return 0;
	}
	return link_write(k, link, old != NULL ? old->id : 0, name, evidence);
}

/* Both lists are in the order of their ends. */
static int links_keep(struct keeping *k)
{
	const struct topology *now = &k->made->topology;
	int64_t done = 0;
	size_t i = 0;
	size_t o = 0;
	while (done >= 0 && (i < now->link_count || o < k->old_count)) {
		const struct topology_link *link = &now->links[i];
		struct old_link ends = { 0 };
		int order = -1;
		if (i < now->link_count) {
			ends = (struct old_link) { .device_a = link->device_a,
				.device_b = link->device_b,
				.port_a = link->port_a,
				.port_b = link->port_b };
		}
		if (o < k->old_count) {
			order = i < now->link_count ? ends_order(&ends, &k->old[o]) : 1;
		}
		if (order > 0) {
			done = link_end(k, k->old[o++].id);
			k->changes++;
			continue;
		}
		done = link_keep(k, link, order == 0 ? &k->old[o] : NULL);
		k->changes += done;
		i++;
		o += order == 0;
	}
	if (done >= 0) {
		done = sql_run(txn_db(k->txn), "DELETE FROM topology_link WHERE until_ms < $1",
			SQL_INT(k->made->at_ms - LOST_KEPT_MS));
	}
	return done < 0 ? (int)done : 0;
}

/* ---- devices */

static struct slice parents_text(struct keeping *k, const struct topology_parent *above)
{
	AUTO_BUF struct buf text;
	struct jw jw;
	buf_init(&text, EVIDENCE_OCTETS_MAX);
	jw_init(&jw, &text);
	jw_array(&jw);
	for (size_t i = 0; above != NULL && i < above->count; i++) {
		jw_int(&jw, above->parent[i]);
	}
	jw_end(&jw);
	return arena_dup(txn_arena(k->txn), buf_slice(&text));
}

static int64_t node_write(struct keeping *k, const struct topology_node *node)
{
	const struct topology_device *device = device_of(k->made, node->id);
	const struct topology_parent *above = topology_parents_of(k->made, node->id);
	bool reached = above != NULL && above->distance != UINT32_MAX;
	AUTO_BUF struct buf address;
	buf_init(&address, 64);
	if (device != NULL && device->address_count > 0) {
		/* Where it is asked was put behind what it says of itself. */
		network_put_address(&address, &device->addresses[device->address_count - 1]);
	}
	return sql_run(txn_db(k->txn),
		"INSERT INTO topology_device (id, lead_id, sysname, address, is_read, distance,"
		" parents, mark) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO"
		" UPDATE SET lead_id = excluded.lead_id, sysname = excluded.sysname,"
		" address = excluded.address, is_read = excluded.is_read,"
		" distance = excluded.distance, parents = excluded.parents,"
		" mark = excluded.mark WHERE topology_device.lead_id <> excluded.lead_id"
		" OR topology_device.sysname <> excluded.sysname"
		" OR topology_device.address <> excluded.address"
		" OR topology_device.is_read <> excluded.is_read"
		" OR topology_device.distance <> excluded.distance"
		" OR topology_device.parents <> excluded.parents"
		" OR topology_device.mark <> excluded.mark",
		SQL_INT(node->id), SQL_INT(node->lead),
		SQL_TEXT(device != NULL ? device->sysname : (struct slice) { 0 }),
		SQL_TEXT(buf_slice(&address)), SQL_INT(node->is_read),
		SQL_INT(reached ? (int64_t)above->distance : -1),
		SQL_TEXT(parents_text(k, above)),
		SQL_STR(marks[above != NULL ? above->mark : TOPOLOGY_FOUND]));
}

static bool node_there(const struct topology_made *made, int64_t id)
{
	size_t low = 0;
	size_t high = made->node_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (made->nodes[middle].id < id) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low < made->node_count && made->nodes[low].id == id;
}

static int nodes_drop(struct keeping *k)
{
	int64_t *gone = arena_take(txn_arena(k->txn), TOPOLOGY_DEVICES_MAX * sizeof(*gone));
	AUTO_STMT struct stmt *q = NULL;
	size_t count = 0;
	int64_t done = 0;
	int row = db_prepare(txn_db(k->txn), "SELECT id FROM topology_device ORDER BY id", &q);
	while (row >= 0 && count < TOPOLOGY_DEVICES_MAX && (row = db_step(q)) == 1) {
		gone[count] = db_col_int64(q, 0);
		count += !node_there(k->made, gone[count]);
	}
	for (size_t i = 0; row >= 0 && done >= 0 && i < count; i++) {
		done = sql_run(txn_db(k->txn), "DELETE FROM topology_device WHERE id = $1",
			SQL_INT(gone[i]));
		k->changes++;
	}
	return row < 0 ? row : done < 0 ? (int)done : 0;
}

static int nodes_keep(struct keeping *k)
{
	int64_t done = nodes_drop(k);
	for (size_t i = 0; done >= 0 && i < k->made->node_count; i++) {
		done = node_write(k, &k->made->nodes[i]);
		k->changes += done;
	}
	return done < 0 ? (int)done : 0;
}

/* ---- the run itself */

static void put_stranger(struct jw *jw, const struct keeping *k, size_t at)
{
	const struct topology_stranger *stranger = &k->made->topology.strangers[at];
	AUTO_BUF struct buf address;
	buf_init(&address, 64);
	if (stranger->row->address.prefix > 0) {
		network_put_address(&address, &stranger->row->address);
	}
	jw_object(jw);
	jw_kv_int(jw, "device", stranger->device);
	jw_kv_str(jw, "port", port_name(device_of(k->made, stranger->device), stranger->port));
	jw_kv_str(jw, "name", stranger->row->sysname);
	jw_kv_str(jw, "address", buf_slice(&address));
	jw_kv_str(jw, "source", slice_str(sources[stranger->row->source]));
	jw_end(jw);
}

static int run_keep(struct keeping *k)
{
	const struct topology_made *made = k->made;
	AUTO_BUF struct buf points;
	AUTO_BUF struct buf strangers;
	AUTO_BUF struct buf stats;
	struct jw jw;
	buf_init(&points, RUN_OCTETS_MAX);
	buf_init(&strangers, RUN_OCTETS_MAX);
	buf_init(&stats, RUN_OCTETS_MAX);
	jw_init(&jw, &points);
	jw_object(&jw);
	jw_kv_str(&jw, "how", slice_str(hows[made->how]));
	jw_key(&jw, "devices");
	jw_array(&jw);
	for (size_t i = 0; i < made->point_count; i++) {
		jw_int(&jw, made->points[i]);
	}
	jw_end(&jw);
	jw_end(&jw);
	jw_init(&jw, &strangers);
	jw_array(&jw);
	for (size_t i = 0; i < made->topology.stranger_count && i < TOPOLOGY_STRANGERS_SHOWN;
		i++) {
		put_stranger(&jw, k, i);
	}
	jw_end(&jw);
	jw_init(&jw, &stats);
	jw_object(&jw);
	jw_kv_int(&jw, "ambiguous", (int64_t)made->topology.stats.ambiguous);
	jw_kv_int(&jw, "conflicts", (int64_t)made->topology.stats.conflicts);
	jw_kv_int(&jw, "stale", (int64_t)made->topology.stats.stale);
	jw_kv_int(&jw, "over_limit", (int64_t)made->topology.stats.over_limit);
	jw_kv_int(&jw, "refused_orders", (int64_t)made->parents.refused_orders);
	jw_end(&jw);
	int64_t done = sql_run(txn_db(k->txn),
		"INSERT INTO topology_run (id, at_ms, took_ms, devices, points, strangers, stats)"
		" VALUES (1, $1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET"
		" at_ms = excluded.at_ms, took_ms = excluded.took_ms,"
		" devices = excluded.devices, points = excluded.points,"
		" strangers = excluded.strangers, stats = excluded.stats",
		SQL_INT(made->at_ms), SQL_INT(made->took_ms),
		SQL_INT((int64_t)made->input.device_count), SQL_TEXT(buf_slice(&points)),
		SQL_TEXT(strangers.failed ? SLICE("[]") : buf_slice(&strangers)),
		SQL_TEXT(buf_slice(&stats)));
	return done < 0 ? (int)done : 0;
}

/* ---- parents */

static int hangs_read(struct keeping *k, struct topology_hang **ret_old, size_t *ret_count)
{
	AUTO_STMT struct stmt *q = NULL;
	int64_t count = 0;
	int row = sql_int_args(txn_db(k->txn),
		"SELECT count(*) FROM watch_parent WHERE by_map > 0", &count, NULL, 0);
	struct topology_hang *old =
		arena_take(txn_arena(k->txn), ((size_t)count + 1) * sizeof(*old));
	row = row < 0 ? row
		      : db_prepare(txn_db(k->txn),
				"SELECT watch_id, parent_id, by_map FROM watch_parent WHERE by_map > 0"
				" ORDER BY watch_id, parent_id",
				&q);
	*ret_count = 0;
	*ret_old = old;
	while (row >= 0 && (row = db_step(q)) == 1) {
		old[(*ret_count)++] =
			(struct topology_hang) { db_col_int64(q, 0), db_col_int64(q, 1),
				db_col_int64(q, 2) == 2 ? TOPOLOGY_DRAWN : TOPOLOGY_FOUND };
	}
	return row < 0 ? row : 0;
}

static int hang_order(const struct topology_hang *x, const struct topology_hang *y)
{
	if (x->watch != y->watch) {
		return x->watch < y->watch ? -1 : 1;
	}
	return (x->parent > y->parent) - (x->parent < y->parent);
}

/* A person may have set the check's parents since the map was made: then theirs stay alone. */
static int64_t hang_write(struct keeping *k, const struct topology_hang *hang)
{
	int64_t done = sql_run(txn_db(k->txn),
		"INSERT INTO watch_parent (watch_id, parent_id, by_map) SELECT w.id, p.id,"
		" CAST($3 AS BIGINT)"
		" FROM watch w JOIN watch p ON p.id = $2 WHERE w.id = $1 AND w.parents IS NULL"
		" ON CONFLICT (watch_id, parent_id) DO UPDATE SET by_map = excluded.by_map",
		SQL_INT(hang->watch), SQL_INT(hang->parent),
		SQL_INT(hang->mark == TOPOLOGY_DRAWN ? 2 : 1));
	return done < 0 ? done : 1;
}

static int hangs_keep(struct keeping *k)
{
	struct topology_hang *old = NULL;
	size_t old_count = 0;
	size_t i = 0;
	size_t o = 0;
	int64_t done = hangs_read(k, &old, &old_count);
	int64_t changed = 0;
	while (done >= 0 && (i < k->made->hang_count || o < old_count)) {
		const struct topology_hang *now = &k->made->hangs[i];
		int order = o == old_count             ? -1
			    : i == k->made->hang_count ? 1
						       : hang_order(now, &old[o]);
		done = 0;
		if (order > 0) {
			done = sql_run(txn_db(k->txn),
				"DELETE FROM watch_parent WHERE watch_id = $1 AND parent_id = $2"
				" AND by_map > 0",
				SQL_INT(old[o].watch), SQL_INT(old[o].parent));
		} else if (order < 0 || now->mark != old[o].mark) {
			done = hang_write(k, now);
		}
		changed += done > 0;
		i += order <= 0;
		o += order >= 0;
	}
	return done < 0 ? (int)done : changed > 0;
}

int topology_keep(struct txn *txn, const struct topology_made *made)
{
	struct keeping k = { .txn = txn, .made = made };
	int error = old_read(&k);
	error = error < 0 ? error : links_keep(&k);
	error = error < 0 ? error : nodes_keep(&k);
	error = error < 0 ? error : run_keep(&k);
	int changed = error < 0 ? error : hangs_keep(&k);
	if (changed < 0 || (changed == 0 && k.changes == 0)) {
		return changed;
	}
	error = txn_change(txn, "topology", 1, made->at_ms);
	return error < 0 ? error : changed;
}
