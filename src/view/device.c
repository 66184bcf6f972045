/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "view/checks.h"
#include "view/topology.h"
#include "view/view.h"

static const char *const texts[] = { "os", "vendor", "model", "serial", "sysname", "version" };
static const char *const lists[] = { "ports", "sensors", "processors", "mempools", "storage",
	"neighbours" };

enum { TEXTS = sizeof(texts) / sizeof(texts[0]), LISTS = sizeof(lists) / sizeof(lists[0]) };

int view_checks_device(struct view *view)
{
	struct jw *jw = &view->jw;
	AUTO_STMT struct stmt *q = NULL;
	int row = view_check_reached(view);
	row = row < 0 ? row
		      : sql_query(view->db,
				"SELECT at_ms, os, vendor, model, serial, sysname, software,"
				" ports, sensors, processors, mempools, storage, neighbours"
				" FROM device WHERE id = $1",
				&q, SQL_INT(view->call->id));
	row = row < 0 ? row : db_step(q);
	if (row < 0) {
		return row;
	}
	jw_object(jw);
	jw_kv_int(jw, "check_id", view->call->id);
	jw_key(jw, "at");
	if (row == 1) {
		jw_int(jw, db_col_int64(q, 0));
	} else {
		jw_null(jw);
	}
	for (unsigned i = 0; i < TEXTS; i++) {
		jw_kv_opt(
			jw, texts[i], row == 1 ? db_col_text(q, 1 + i) : (struct slice) { 0 });
	}
	for (unsigned i = 0; i < LISTS; i++) {
		jw_key(jw, lists[i]);
		jw_raw(jw, row == 1 ? db_col_text(q, 1 + (unsigned)TEXTS + i) : SLICE("[]"));
	}
	row = view_topology_links_of(view, view->call->id);
	jw_end(jw);
	return row;
}
