/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Units by weeks.  Every share stands beside what it is a share of: a check
 * counts as asked once it was handed in or its period has ended.
 */
#include <stdio.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "records/caller.h"
#include "records/sql.h"
#include "view/page.h"
#include "view/selfchecks.h"
#include "view/view.h"

enum { WEEK = 7, WEEKS_DEFAULT = 12, WEEKS_MAX = 26, CHECKS_MAX = 20000, DRAWS_MAX = 60 };

struct figures {
	int64_t asked;
	int64_t done;
	int64_t in_time;
	int64_t late;
	int64_t missed;
	int64_t sampled;
	int64_t contradicted;
};

/* What stands for a unit in a week: its weekly check, or the last of its daily ones. */
struct cell {
	int64_t id;
	struct slice kind;
	struct slice state;
	struct slice outcome;
	struct slice result;
	bool late;
	bool sampled;
	int64_t asked;
	int64_t done;
};

struct unit_row {
	int64_t id;
	struct slice name;
	struct figures figures;
	struct cell cells[WEEKS_MAX];
};

struct board {
	struct view *view;
	int64_t first; /* Monday */
	int64_t weeks;
	struct figures all;
	struct unit_row row;
	bool begun;
};

static struct slice week_text(struct view *view, int64_t day)
{
	struct civil date = civil_of_day(day);
	return arena_printf(view->arena, "%04d-%02u-%02u", (int)date.year, (unsigned)date.month,
		(unsigned)date.day);
}

static void figures_add(struct figures *to, const struct figures *one)
{
	to->asked += one->asked;
	to->done += one->done;
	to->in_time += one->in_time;
	to->late += one->late;
	to->missed += one->missed;
	to->sampled += one->sampled;
	to->contradicted += one->contradicted;
}

static void figures_put(struct jw *jw, const struct figures *f)
{
	jw_kv_int(jw, "asked", f->asked);
	jw_kv_int(jw, "done", f->done);
	jw_kv_int(jw, "in_time", f->in_time);
	jw_kv_int(jw, "late", f->late);
	jw_kv_int(jw, "missed", f->missed);
	jw_kv_int(jw, "sampled", f->sampled);
	jw_kv_int(jw, "contradicted", f->contradicted);
}

static void cell_put(struct board *board, int64_t week)
{
	struct jw *jw = &board->view->jw;
	const struct cell *cell = &board->row.cells[week];
	if (cell->id == 0) {
		return;
	}
	jw_object(jw);
	jw_kv_str(jw, "week", week_text(board->view, board->first + week * WEEK));
	jw_kv_int(jw, "id", cell->id);
	jw_kv_str(jw, "kind", cell->kind);
	jw_kv_str(jw, "state", cell->state);
	jw_kv_opt(jw, "outcome", cell->outcome);
	jw_kv_opt(jw, "result", cell->result);
	jw_kv_bool(jw, "late", cell->late);
	jw_kv_bool(jw, "sampled", cell->sampled);
	jw_kv_int(jw, "asked", cell->asked);
	jw_kv_int(jw, "done", cell->done);
	jw_end(jw);
}

static void row_end(struct board *board)
{
	struct jw *jw = &board->view->jw;
	if (!board->begun) {
		return;
	}
	jw_object(jw);
	page_ref(board->view, "unit", board->row.id, board->row.name);
	figures_put(jw, &board->row.figures);
	jw_key(jw, "cells");
	jw_array(jw);
	for (int64_t week = 0; week < board->weeks; week++) {
		cell_put(board, week);
	}
	jw_end(jw);
	jw_end(jw);
	figures_add(&board->all, &board->row.figures);
}

/* Columns: unit, its name, id, kind, first day, state, outcome, result, late, submitted, sampled. */
static void check_take(struct board *board, struct stmt *q)
{
	struct view *view = board->view;
	int64_t unit_id = db_col_int64(q, 0);
	if (!board->begun || unit_id != board->row.id) {
		row_end(board);
		board->row = (struct unit_row) { .id = unit_id,
			.name = arena_dup(view->arena, db_col_text(q, 1)) };
		board->begun = true;
	}
	bool done = !db_col_is_null(q, 9);
	bool late = db_col_int64(q, 8) != 0;
	bool sampled = !db_col_is_null(q, 10);
	bool missed = slice_is(db_col_text(q, 5), "missed");
	bool against = slice_is(db_col_text(q, 7), "contradicted");
	const struct figures one = { done || missed, done, done && !late, late, missed, sampled,
		against };
	figures_add(&board->row.figures, &one);
	int64_t week = (db_col_int64(q, 4) - board->first) / WEEK;
	if (week < 0 || week >= board->weeks) {
		return;
	}
	struct cell *cell = &board->row.cells[week];
	bool weekly = slice_is(db_col_text(q, 3), "week");
	cell->asked += one.asked;
	cell->done += one.done;
	if (cell->id != 0 && !weekly && slice_is(cell->kind, "week")) {
		return;
	}
	cell->id = db_col_int64(q, 2);
	cell->kind = arena_dup(view->arena, db_col_text(q, 3));
	cell->state = arena_dup(view->arena, db_col_text(q, 5));
	cell->outcome = arena_dup(view->arena, db_col_text(q, 6));
	cell->result = arena_dup(view->arena, db_col_text(q, 7));
	cell->late = late;
	cell->sampled = sampled;
}

static int rows_put(struct board *board)
{
	struct view *view = board->view;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT c.unit_id, u.name, c.id, c.kind, c.first_day, c.state, c.outcome,"
		" c.result, c.late, c.submitted_at_ms, c.sampled_at_ms FROM selfcheck c"
		" JOIN unit u ON u.id = c.unit_id WHERE c.first_day >= $1 AND c.first_day < $2"
		" AND c.state <> 'voided' AND ($3 = 0 OR c.unit_id = $3)"
		" ORDER BY u.name, c.unit_id, c.first_day, c.id LIMIT $4",
		&q, SQL_INT(board->first), SQL_INT(board->first + board->weeks * WEEK),
		SQL_INT(view_unit_filter(view)), SQL_INT(CHECKS_MAX));
	jw_key(&view->jw, "rows");
	jw_array(&view->jw);
	while (row >= 0 && (row = db_step(q)) == 1) {
		check_take(board, q);
	}
	row_end(board);
	jw_end(&view->jw);
	return row < 0 ? row : 0;
}

static int draw_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_str(jw, "week", week_text(view, db_col_int64(q, 0)));
	jw_kv_str(jw, "seed", db_col_text(q, 1));
	jw_kv_int(jw, "percent", db_col_int64(q, 2));
	jw_kv_int(jw, "weeks_left", db_col_int64(q, 3));
	jw_kv_int(jw, "units", db_col_int64(q, 4));
	jw_kv_int(jw, "drawn", db_col_int64(q, 5));
	jw_kv_int(jw, "by_term", db_col_int64(q, 6));
	jw_kv_int(jw, "at", db_col_int64(q, 7));
	jw_end(jw);
	return 0;
}

/* How it was drawn is the centre's and the auditor's to see. */
static int draws_put(struct board *board)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(board->view->db,
		"SELECT first_day, seed, percent, weeks_left, units, drawn, by_term, at_ms"
		" FROM selfcheck_draw WHERE $3 = 0 AND first_day >= $1 AND first_day < $2"
		" ORDER BY first_day DESC LIMIT $4",
		&q, SQL_INT(board->first), SQL_INT(board->first + board->weeks * WEEK),
		SQL_INT(view_unit_filter(board->view)), SQL_INT(DRAWS_MAX));
	return page_list(board->view, "draws", opened, q, draw_put);
}

static int range_read(struct view *view, struct board *board)
{
	struct slice until = view_param(view, "until");
	int64_t at_ms = view->now_ms;
	board->weeks = view_param_int(view, "weeks", WEEKS_DEFAULT);
	if (board->weeks < 1 || board->weeks > WEEKS_MAX) {
		return view_refuse(view, E_INPUT, "input.range", "weeks");
	}
	if (until.n > 0 && civil_parse(until, CIVIL_CHINA_OFFSET_MIN, &at_ms) < 0) {
		return view_refuse(view, E_INPUT, "input.range", "until");
	}
	int64_t day = civil_day_of_ms(at_ms, CIVIL_CHINA_OFFSET_MIN);
	board->first = day - (int64_t)civil_weekday(day) - (board->weeks - 1) * WEEK;
	return 0;
}

int view_selfchecks_board(struct view *view)
{
	struct board *board = arena_take(view->arena, sizeof(*board));
	*board = (struct board) { .view = view };
	int error = range_read(view, board);
	if (error < 0) {
		return error;
	}
	jw_object(&view->jw);
	jw_kv_str(&view->jw, "from", week_text(view, board->first));
	jw_key(&view->jw, "weeks");
	jw_array(&view->jw);
	for (int64_t week = 0; week < board->weeks; week++) {
		jw_str(&view->jw, week_text(view, board->first + week * WEEK));
	}
	jw_end(&view->jw);
	error = rows_put(board);
	figures_put(&view->jw, &board->all);
	error = error < 0 ? error : draws_put(board);
	jw_end(&view->jw);
	return error;
}
