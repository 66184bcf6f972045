/* SPDX-License-Identifier: Apache-2.0 */
/* The busiest ports of all devices, by their latest figures. */
#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "rows/query.h"
#include "rows/series.h"
#include "view/circuits.h"
#include "view/page.h"
#include "view/view.h"

enum { PORTS_MAX = 50000, WAYS = 2, WORD_OCTETS_MAX = 100 };
#define FRESH_MS (INT64_C(15) * 60 * 1000)

struct port {
	int64_t check_id;
	struct slice check;
	struct slice name;
	struct slice alias;
	double speed;
	double busy; /* the fuller direction */
	size_t at;   /* of its figures */
};

struct ports {
	struct port *item;
	size_t count;
	struct query_latest *latest;
	int64_t devices;
};

static bool has_word(struct slice text, struct slice word)
{
	for (size_t i = 0; i + word.n <= text.n; i++) {
		if (slice_eq_nocase(slice_of(text.p + i, word.n), word)) {
			return true;
		}
	}
	return word.n == 0;
}

static void port_add(struct ports *ports, const struct port *device, const struct json *row,
	struct slice word)
{
	struct port port = *device;
	port.name = json_get_str(row, "name");
	port.alias = json_get_str(row, "alias");
	port.speed = (double)NAN;
	(void)!json_double(json_get(row, "speed"), &port.speed);
	bool wanted = has_word(port.check, word) || has_word(port.name, word) ||
		      has_word(port.alias, word);
	if (!wanted || port.name.n == 0 || !slice_is(json_get_str(row, "oper"), "up") ||
		ports->count == PORTS_MAX) {
		return;
	}
	port.at = WAYS * ports->count;
	ports->latest[port.at].series_id =
		series_id_of(port.check_id, SLICE("in_bps"), port.name);
	ports->latest[port.at + 1].series_id =
		series_id_of(port.check_id, SLICE("out_bps"), port.name);
	ports->item[ports->count++] = port;
}

static int devices_load(struct view *view, struct ports *ports, struct slice word)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT w.id, w.name, d.ports FROM device d JOIN watch w ON w.id = d.id"
		" LEFT JOIN asset a ON a.id = w.asset_id WHERE w.enabled = 1"
		" AND ($1 = 0 OR a.owner_unit_id = $1) ORDER BY w.id",
		&q, SQL_INT(view_unit_filter(view)));
	while (row >= 0 && ports->count < PORTS_MAX && (row = db_step(q)) == 1) {
		const struct json *list = NULL;
		struct port device = { .check_id = db_col_int64(q, 0),
			.check = arena_dup(view->arena, db_col_text(q, 1)) };
		ports->devices++;
		if (json_parse(view->arena, arena_dup(view->arena, db_col_text(q, 2)), 0, &list,
			    NULL) < 0) {
			continue;
		}
		for (const struct json *p = json_first(list); p != NULL; p = json_next(p)) {
			port_add(ports, &device, p, word);
		}
	}
	return row < 0 ? row : 0;
}

static double value_of(const struct query_latest *latest)
{
	return latest->found ? latest->row.value : (double)NAN;
}

static int by_busy(const void *a, const void *b)
{
	const struct port *x = a;
	const struct port *y = b;
	if (x->busy != y->busy) {
		return x->busy > y->busy ? -1 : 1;
	}
	return x->check_id != y->check_id ? (x->check_id > y->check_id ? 1 : -1)
					  : slice_cmp(x->name, y->name);
}

/* Those nothing goes through are left out: the rest are moved together and sorted. */
static void rank(struct ports *ports)
{
	size_t kept = 0;
	for (size_t i = 0; i < ports->count; i++) {
		struct port *port = &ports->item[i];
		double in = value_of(&ports->latest[port->at]);
		double out = value_of(&ports->latest[port->at + 1]);
		port->busy = fmax(isnan(in) ? 0 : in, isnan(out) ? 0 : out);
		if (port->busy > 0) {
			ports->item[kept++] = *port;
		}
	}
	ports->count = kept;
	qsort(ports->item, kept, sizeof(ports->item[0]), by_busy);
}

static void port_put(struct view *view, const struct ports *ports, const struct port *port)
{
	struct jw *jw = &view->jw;
	const struct query_latest *in = &ports->latest[port->at];
	const struct query_latest *out = in + 1;
	jw_object(jw);
	page_ref(view, "check", port->check_id, port->check);
	jw_kv_str(jw, "port", port->name);
	jw_kv_opt(jw, "alias", port->alias);
	jw_key(jw, "speed");
	jw_double(jw, port->speed);
	jw_key(jw, "in_bps");
	jw_double(jw, value_of(in));
	jw_key(jw, "out_bps");
	jw_double(jw, value_of(out));
	jw_kv_int(jw, "at", in->found ? in->row.ts_ms : out->row.ts_ms);
	jw_end(jw);
}

int view_checks_ports(struct view *view)
{
	struct jw *jw = &view->jw;
	struct query_coverage coverage;
	struct ports *ports = arena_take(view->arena, sizeof(*ports));
	struct slice word = slice_trim(view_param(view, "q"));
	ports->item = arena_take(view->arena, PORTS_MAX * sizeof(*ports->item));
	ports->latest = arena_take(view->arena, WAYS * PORTS_MAX * sizeof(*ports->latest));
	int error = devices_load(view, ports,
		slice_head(word, word.n < WORD_OCTETS_MAX ? word.n : WORD_OCTETS_MAX));
	if (error < 0) {
		return error;
	}
	int64_t seen = (int64_t)ports->count;
	if (ports->count > 0 && view->env->rows != NULL) {
		/* What the rows cannot say in time is left out, never made up. */
		(void)!query_latest(view->env->rows, view->arena, view->now_ms - FRESH_MS,
			ports->latest, WAYS * ports->count, &coverage);
	}
	rank(ports);
	jw_object(jw);
	jw_key(jw, "items");
	jw_array(jw);
	for (size_t i = 0; i < ports->count && (int64_t)i < view_limit(view); i++) {
		port_put(view, ports, &ports->item[i]);
	}
	jw_end(jw);
	jw_kv_int(jw, "devices", ports->devices);
	jw_kv_int(jw, "ports", seen);
	jw_end(jw);
	return 0;
}
