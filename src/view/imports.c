/* SPDX-License-Identifier: Apache-2.0 */
#include "view/imports.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/num.h"
#include "grid/grid.h"
#include "grid/xlsx_write.h"
#include "model/sheet_fault.h"
#include "sys/memfd.h"
#include "view/page.h"
#include "view/view.h"

/* Whoever may not import assets does not see what came with them either. */
static bool with_assets(const struct view *view)
{
	return access_scope(&view->caller, ROUTE_ASSETS_IMPORT) == SCOPE_ALL;
}

int view_imports_list(struct view *view)
{
	struct page page;
	AUTO_STMT struct stmt *q = NULL;
	int row = page_begin(view, &page);
	if (row < 0) {
		return row;
	}
	row = sql_query(view->db,
		"SELECT i.id, i.name, i.kind, i.state, p.name, i.read_at_ms, i.done_at_ms,"
		" i.undone_at_ms, i.rows_added, i.rows_changed, i.rows_refused FROM sheet_import i"
		" JOIN person p ON p.id = i.by_id WHERE i.state <> 'read' AND ($1 = 0 OR i.id < $1)"
		" AND ($3 = 1 OR i.kind <> 'asset') ORDER BY i.id DESC LIMIT $2",
		&q, SQL_INT(page.has_cursor ? page.after_id : 0), SQL_INT(page.limit + 1),
		SQL_INT(with_assets(view)));
	while (row >= 0 && (row = db_step(q)) == 1 && page_take(&page, 0, db_col_int64(q, 0))) {
		jw_object(&view->jw);
		jw_kv_int(&view->jw, "id", db_col_int64(q, 0));
		jw_kv_str(&view->jw, "name", db_col_text(q, 1));
		page_text_col(view, "kind", q, 2);
		jw_kv_str(&view->jw, "state", db_col_text(q, 3));
		jw_kv_str(&view->jw, "by", db_col_text(q, 4));
		jw_kv_int(&view->jw, "read_at", db_col_int64(q, 5));
		page_int_col(view, "done_at", q, 6);
		page_int_col(view, "undone_at", q, 7);
		jw_kv_int(&view->jw, "added", db_col_int64(q, 8));
		jw_kv_int(&view->jw, "changed", db_col_int64(q, 9));
		jw_kv_int(&view->jw, "refused", db_col_int64(q, 10));
		jw_end(&view->jw);
	}
	if (row < 0) {
		return row;
	}
	page_end(view, &page, -1);
	return 0;
}

/* ---- the faults */

struct faults {
	struct slice left; /* row US column US code RS … in no order */
	uint32_t *row;     /* of each, rows in their order */
	int64_t *column;
	struct slice *code;
	size_t count;
};

static bool fault_next(
	struct slice *left, uint32_t *ret_row, int64_t *ret_column, struct slice *ret_code)
{
	struct slice line = { 0 };
	struct slice part = { 0 };
	int64_t row = 0;
	int64_t column = -1;
	if (!slice_cut(*left, 0x1e, &line, left) || !slice_cut(line, 0x1f, &part, &line) ||
		num_i64(part, 1, UINT32_MAX, &row) < 0 ||
		!slice_cut(line, 0x1f, &part, ret_code) ||
		num_i64(part, -1, GRID_COLUMNS_MAX, &column) < 0) {
		return false;
	}
	*ret_row = (uint32_t)row;
	*ret_column = column;
	return true;
}

static void faults_take(struct view *view, struct slice text, struct faults *f)
{
	uint32_t row = 0;
	int64_t column = 0;
	struct slice code = { 0 };
	size_t count = 0;
	for (struct slice left = text; fault_next(&left, &row, &column, &code);) {
		count++;
	}
	f->row = arena_take(view->arena, (count + 1) * sizeof(*f->row));
	f->column = arena_take(view->arena, (count + 1) * sizeof(*f->column));
	f->code = arena_take(view->arena, (count + 1) * sizeof(*f->code));
	for (struct slice left = text; fault_next(&left, &row, &column, &code); f->count++) {
		f->row[f->count] = row;
		f->column[f->count] = column;
		f->code[f->count] = code;
	}
}

/* The reasons of a row in words, and which of its cells are meant. */
static bool row_faults(
	const struct faults *f, uint32_t number, struct buf *why, uint64_t *ret_cells)
{
	bool any = false;
	*ret_cells = 0;
	buf_clear(why);
	for (size_t i = 0; i < f->count; i++) {
		if (f->row[i] == number) {
			buf_put_str(why, any ? "；" : "");
			buf_put(why, sheet_fault_text(f->code[i]));
			*ret_cells |= f->column[i] >= 0 ? UINT64_C(1) << f->column[i] : 0;
			any = true;
		}
	}
	return any;
}

static void row_put(struct xlsx_out *out, const struct grid_row *row, size_t width,
	struct slice why, uint64_t bad)
{
	xlsx_out_row(out);
	for (size_t c = 0; c < width; c++) {
		struct slice cell = c < row->cells ? row->cell[c] : (struct slice) { 0 };
		xlsx_out_cell(out, cell, (bad >> c & 1) != 0 ? XLSX_BAD : XLSX_PLAIN);
	}
	xlsx_out_cell(out, why, XLSX_REASON);
}

static void heading_put(struct xlsx_out *out, const struct grid_row *row, size_t width)
{
	xlsx_out_row(out);
	for (size_t c = 0; c < width; c++) {
		xlsx_out_cell(out, c < row->cells ? row->cell[c] : (struct slice) { 0 },
			XLSX_HEADING);
	}
	xlsx_out_cell(out, SLICE("未导入的原因"), XLSX_HEADING);
}

static size_t width_of(struct slice cells)
{
	struct grid_row row;
	size_t width = 0;
	while (grid_next_row(&cells, &row) == 1) {
		width = row.cells > width ? row.cells : width;
	}
	return width;
}

static void sheet_put(
	struct xlsx_out *out, struct slice cells, int64_t heading, const struct faults *f)
{
	AUTO_BUF struct buf why;
	struct grid_row row;
	struct slice left = cells;
	size_t width = width_of(cells);
	uint64_t bad = 0;
	buf_init(&why, 4096);
	bool headed = false;
	while (grid_next_row(&left, &row) == 1) {
		if (row.number == heading && !headed) {
			heading_put(out, &row, width);
			headed = true;
		} else if (row_faults(f, row.number, &why, &bad)) {
			row_put(out, &row, width, buf_slice(&why), bad);
		}
	}
}

static int file_make(
	struct view *view, struct slice cells, int64_t heading, const struct faults *f)
{
	static const unsigned width[] = { 24, 18, 18, 18, 18, 18, 18, 18, 18, 18 };
	AUTO_BUF struct buf file;
	buf_init(&file, XLSX_OUT_MAX_OCTETS);
	struct xlsx_out *out =
		xlsx_out_create(SLICE("未导入"), width, sizeof(width) / sizeof(width[0]));
	sheet_put(out, cells, heading, f);
	int error = xlsx_out_end(out, &file);
	(void)xlsx_out_destroy(out);
	return error < 0 ? view_refuse(view, E_LIMIT, "answer.too_large", NULL)
			 : memfd_of(buf_slice(&file), &view->download_fd);
}

int view_imports_errors(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	struct faults faults = { 0 };
	int row = sql_query(view->db,
		"SELECT i.errors, i.error_heading, p.cells FROM sheet_import i JOIN sheet_import_page p"
		" ON p.import_id = i.id AND p.n = i.error_sheet WHERE i.id = $1"
		" AND ($2 = 1 OR i.kind <> 'asset')",
		&q, SQL_INT(view->call->id), SQL_INT(with_assets(view)));
	row = row < 0 ? row : db_step(q);
	if (row != 1) {
		return row < 0 ? row : E_ABSENT;
	}
	faults_take(view, arena_dup(view->arena, db_col_text(q, 0)), &faults);
	(void)snprintf(view->media, sizeof(view->media),
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
	(void)snprintf(view->file_name, sizeof(view->file_name), "未导入的行.xlsx");
	return file_make(
		view, arena_dup(view->arena, db_col_text(q, 2)), db_col_int64(q, 1), &faults);
}
