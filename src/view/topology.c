/* SPDX-License-Identifier: Apache-2.0 */
/* The map: devices, links with their evidence, what people say of them. */
#include "view/topology.h"

#include "base/err.h"
#include "view/checks.h"
#include "view/page.h"
#include "view/view.h"

enum { NODES_MAX = 16384, LINKS_MAX = 40000, GONE_MAX = 200 };
#define GONE_SHOWN_MS (INT64_C(7) * 24 * 3600 * 1000)

static int run_put(struct view *view)
{
	struct jw *jw = &view->jw;
	AUTO_STMT struct stmt *q = NULL;
	int row = db_prepare(view->db,
		"SELECT at_ms, took_ms, devices, points, strangers, stats FROM topology_run"
		" WHERE id = 1",
		&q);
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		page_int_col(view, "at", q, 0);
		page_int_col(view, "took_ms", q, 1);
		page_json_col(view, "points", q, 3);
		page_json_col(view, "strangers", q, 4);
		page_json_col(view, "stats", q, 5);
	} else if (row == 0) {
		static const char *const none[] = { "at", "took_ms", "points", "stats" };
		for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
			jw_key(jw, none[i]);
			jw_null(jw);
		}
		jw_key(jw, "strangers");
		jw_raw(jw, SLICE("[]"));
	}
	return row < 0 ? row : 0;
}

static int node_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	page_int_col(view, "id", q, 0);
	page_int_col(view, "lead", q, 1);
	jw_kv_str(jw, "sysname", db_col_text(q, 2));
	jw_kv_str(jw, "address", db_col_text(q, 3));
	jw_kv_bool(jw, "is_read", db_col_int64(q, 4) == 1);
	page_int_col(view, "distance", q, 5);
	page_json_col(view, "parents", q, 6);
	jw_kv_str(jw, "mark", db_col_text(q, 7));
	jw_kv_str(jw, "name", db_col_text(q, 8));
	jw_kv_str(jw, "state", db_col_text(q, 9));
	page_int_col(view, "since", q, 10);
	page_ref_col(view, "asset", q, 11);
	page_ref_col(view, "cause", q, 13);
	page_int_col(view, "read_at", q, 15);
	page_int_col(view, "x", q, 16);
	page_int_col(view, "y", q, 17);
	jw_end(jw);
	return 0;
}

static int nodes_put(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT d.id, d.lead_id, d.sysname, d.address, d.is_read, d.distance, d.parents,"
		" d.mark, w.name, " CHECK_SHOWN
		", w.live_since_ms, w.asset_id, a.name, w.live_cause_id,"
		" c.name, v.at_ms, p.x, p.y FROM topology_device d"
		" JOIN watch w ON w.id = d.lead_id LEFT JOIN asset a ON a.id = w.asset_id"
		" LEFT JOIN watch c ON c.id = w.live_cause_id LEFT JOIN vicinity v ON v.id = d.id"
		" LEFT JOIN topology_place p ON p.id = d.id ORDER BY d.id LIMIT $1",
		&q, SQL_INT(NODES_MAX));
	return page_list(view, "nodes", opened, q, node_put);
}

static int link_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	page_int_col(view, "id", q, 0);
	page_int_col(view, "a", q, 1);
	page_int_col(view, "port_a", q, 2);
	page_int_col(view, "b", q, 3);
	page_int_col(view, "port_b", q, 4);
	jw_kv_str(jw, "name_a", db_col_text(q, 5));
	jw_kv_str(jw, "name_b", db_col_text(q, 6));
	jw_kv_str(jw, "confidence", db_col_text(q, 7));
	jw_kv_str(jw, "mark", db_col_text(q, 8));
	page_int_col(view, "wires", q, 9);
	jw_kv_bool(jw, "shared", db_col_int64(q, 10) == 1);
	jw_kv_bool(jw, "attachment", db_col_int64(q, 11) == 1);
	page_json_col(view, "evidence", q, 12);
	page_int_col(view, "from", q, 13);
	page_int_col(view, "until", q, 14);
	jw_end(jw);
	return 0;
}

#define LINK                                                                                   \
	"SELECT id, device_a, port_a, device_b, port_b, name_a, name_b, confidence, mark,"     \
	" wires, shared, attachment, evidence, from_ms, until_ms FROM topology_link"

static int links_put(struct view *view)
{
	AUTO_STMT struct stmt *now = NULL;
	AUTO_STMT struct stmt *gone = NULL;
	int opened = sql_query(view->db,
		LINK " WHERE until_ms IS NULL ORDER BY device_a, device_b, id LIMIT $1", &now,
		SQL_INT(LINKS_MAX));
	int error = page_list(view, "links", opened, now, link_put);
	if (error < 0) {
		return error;
	}
	opened = sql_query(view->db,
		LINK " WHERE until_ms > $1 ORDER BY until_ms DESC, id DESC LIMIT $2", &gone,
		SQL_INT(view->now_ms - GONE_SHOWN_MS), SQL_INT(GONE_MAX));
	return page_list(view, "gone", opened, gone, link_put);
}

static int word_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	page_int_col(view, "id", q, 0);
	jw_kv_str(jw, "kind", db_col_text(q, 1));
	page_int_col(view, "device", q, 2);
	page_int_col(view, "port", q, 3);
	page_int_col(view, "other", q, 4);
	page_int_col(view, "other_port", q, 5);
	page_json_col(view, "parents", q, 6);
	jw_kv_str(jw, "reason", db_col_text(q, 7));
	page_ref_col(view, "made_by", q, 8);
	page_int_col(view, "made_at", q, 10);
	page_text_col(view, "port_name", q, 11);
	page_text_col(view, "other_port_name", q, 12);
	jw_end(jw);
	return 0;
}

static int words_put(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = db_prepare(view->db,
		"SELECT t.id, t.kind, t.device_id, t.port, t.other_id, t.other_port, t.parents,"
		" t.reason, t.made_by, p.name, t.made_at_ms, t.port_name, t.other_port_name"
		" FROM topology_word t"
		" LEFT JOIN person p ON p.id = t.made_by WHERE t.ended_at_ms IS NULL"
		" ORDER BY t.id",
		&q);
	return page_list(view, "words", opened, q, word_put);
}

int view_topology(struct view *view)
{
	jw_object(&view->jw);
	int error = run_put(view);
	error = error < 0 ? error : nodes_put(view);
	error = error < 0 ? error : links_put(view);
	error = error < 0 ? error : words_put(view);
	jw_end(&view->jw);
	return error;
}

/* ---- one device's */

static int far_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_str(jw, "port", db_col_text(q, 0));
	page_ref_col(view, "far", q, 1);
	jw_kv_str(jw, "far_port", db_col_text(q, 3));
	jw_kv_str(jw, "confidence", db_col_text(q, 4));
	jw_kv_str(jw, "mark", db_col_text(q, 5));
	jw_end(jw);
	return 0;
}

int view_topology_links_of(struct view *view, int64_t device)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT CASE WHEN l.device_a = $1 THEN l.name_a ELSE l.name_b END, w.id,"
		" coalesce(a.name, w.name),"
		" CASE WHEN l.device_a = $1 THEN l.name_b ELSE l.name_a END, l.confidence, l.mark"
		" FROM topology_link l JOIN watch w"
		" ON w.id = CASE WHEN l.device_a = $1 THEN l.device_b ELSE l.device_a END"
		" LEFT JOIN asset a ON a.id = w.asset_id"
		" WHERE l.until_ms IS NULL AND l.mark <> 'struck'"
		" AND (l.device_a = $1 OR l.device_b = $1) ORDER BY l.id LIMIT $2",
		&q, SQL_INT(device), SQL_INT(NODES_MAX));
	return page_list(view, "links", opened, q, far_put);
}
