/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/civil.h"
#include "base/err.h"
#include "model/asset_sheet.h"
#include "records/sql.h"
#include "view/assets.h"
#include "view/table_out.h"
#include "view/view.h"

enum { EXPORT_PAGE = 1000 };

static struct slice word(const struct name_table *table, struct slice id)
{
	int value = name_parse(table, id);
	return value < 0 ? id : slice_str(name_text(table, (unsigned)value, LANG_ZH));
}

static struct slice day_text(int64_t day_ms, char room[16])
{
	struct civil day = civil_of_ms(day_ms, CIVIL_CHINA_OFFSET_MIN);
	int n = day_ms == 0 ? 0
			    : snprintf(room, 16, "%04d-%02u-%02u", (int)day.year, day.month,
				      day.day);
	return slice_of(room, n > 0 && n < 16 ? (size_t)n : 0);
}

/* In the order of enum asset_column, one column after the id. */
static void row_put(struct table_out *out, struct stmt *q)
{
	table_out_row(out);
	char room[16];
	for (unsigned c = 0; c < ASSET_COLUMN_COUNT; c++) {
		struct slice text = db_col_text(q, c + 1);
		if (c == ASSET_COLUMN_KIND) {
			text = word(&asset_kind_names, text);
		} else if (c == ASSET_COLUMN_IMPORTANCE) {
			text = word(&asset_importance_names, text);
		} else if (c == ASSET_COLUMN_EXPOSURE) {
			text = word(&asset_exposure_names, text);
		} else if (c == ASSET_COLUMN_MLPS_LEVEL) {
			text = slice_str(mlps_level_text(db_col_int64(q, c + 1)));
		} else if (c == ASSET_COLUMN_DOMAIN_END || c == ASSET_COLUMN_ICP_END) {
			text = day_text(db_col_int64(q, c + 1), room);
		}
		table_out_cell(out, text);
	}
}

/* A page at a time: PostgreSQL holds all rows of one query in memory. */
static int page_export(struct view *view, struct table_out *out, int64_t *after_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int count = 0;
	int row = sql_query(view->db,
		"SELECT a.id, a.name, a.kind, a.address, a.domain, o.name, m.name, v.name,"
		" a.importance, a.mlps_level, a.exposure, a.host, a.vendor, a.vendor_phone,"
		" a.note, a.tags, a.domain_end_ms, a.icp_number, a.icp_end_ms FROM asset a"
		" LEFT JOIN unit o ON o.id = a.owner_unit_id LEFT"
		" JOIN unit m ON m.id = a.operate_unit_id LEFT JOIN unit v"
		" ON v.id = a.use_unit_id WHERE a.id > $1 AND ($2 = 0 OR a.owner_unit_id = $2)"
		" AND a.retired_at_ms IS NULL ORDER BY a.id LIMIT $3",
		&q, SQL_INT(*after_id), SQL_INT(view_unit_filter(view)), SQL_INT(EXPORT_PAGE));
	while (row >= 0 && (row = db_step(q)) == 1) {
		*after_id = db_col_int64(q, 0);
		row_put(out, q);
		count++;
	}
	return row < 0 ? row : count;
}

int view_assets_export(struct view *view)
{
	static const unsigned width[ASSET_COLUMN_COUNT] = { 28, 10, 24, 28, 20, 20, 20, 8, 8, 8,
		16, 16, 16, 30, 16, 12, 20, 12 };
	struct table_out out;
	table_out_begin(&out, view, "资产清单", width, ASSET_COLUMN_COUNT);
	table_out_row(&out);
	for (unsigned c = 0; c < ASSET_COLUMN_COUNT; c++) {
		table_out_heading(&out, slice_str(asset_sheet_fields[c].names[0]));
	}
	int64_t after_id = 0;
	int count = EXPORT_PAGE;
	while (count == EXPORT_PAGE && !table_out_full(&out)) {
		count = page_export(view, &out, &after_id);
	}
	int error = count < 0 ? count : table_out_end(&out, view, "资产清单");
	table_out_fini(&out);
	return error;
}
