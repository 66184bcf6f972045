/* SPDX-License-Identifier: Apache-2.0 */
/** What sheet.c measures and sheet_draw.c draws. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "paper/draw.h"
#include "paper/form.h"
#include "paper/layout.h"

/* GB/T 9704-2012 section 5.2.1: A4, 天头 37 mm, 订口 28 mm, 版心 156 × 225 mm. */
#define PT_PER_MM (72.0 / 25.4)
#define LEFT_PT (28 * PT_PER_MM)
#define TOP_PT (37 * PT_PER_MM)
#define WIDTH_PT (156 * PT_PER_MM)
#define HEIGHT_PT (225 * PT_PER_MM)
#define PITCH_PT (HEIGHT_PT / LAYOUT_ROWS)
#define CELL_PT (WIDTH_PT / LAYOUT_COLUMNS)
#define BODY_PT 16.0
#define TITLE_PT 22.0
#define TABLE_PT 12.0
#define IMPRINT_PT 14.0
#define FOOT_PT 9.0
#define RULE_PT 0.7
#define CODE_PT (36 * PT_PER_MM)

enum {
	PAGE_HEIGHT = LAYOUT_ROWS * LAYOUT_LINE,
	TABLE_LINE = 620,
	TABLE_MARGIN = 340, /* above and below the text of a row, together */
	TABLE_MARGIN_TIGHT = 160,
	DENSE_LINE = 500,
	DENSE_MARGIN = 140,
	FOOT_HEIGHT = 2600,
	IMPRINT_LINE = 900,
};

enum block_kind {
	BLOCK_GAP,
	BLOCK_LINE,
	BLOCK_ROW,
	BLOCK_RULE, /* the red one */
	BLOCK_CODE,
	BLOCK_IMPRINT,
	BLOCK_FOOT,
};

/* A column of a ruled row. */
struct field {
	double x_pt;
	double width_pt;
	enum draw_face face;
	const struct layout_line *lines;
	size_t count;
	bool centred;
};

struct pen {
	enum draw_face face;
	double size_pt;
	double cell_pt;
};

struct block {
	enum block_kind kind;
	struct pen pen;
	bool red;
	double x_pt;
	struct layout_line line;
	struct field fields[FORM_CELLS_MAX];
	unsigned field_count;
	const struct block *head;      /* of the table this row is in */
	const struct form_block *said; /* what the imprint, the foot and the code say */
};

struct sheet {
	struct draw *draw;
	struct arena *arena;
	struct block *blocks;
	struct layout_block *sizes;
	struct layout_place *places; /* NULL before they are known */
	size_t count;
	size_t room;    /* for blocks */
	size_t sign_at; /* first block that stays with the end; SIZE_MAX = none */
	const struct block *head;
	int32_t head_height;
	int32_t row_margin;
	int32_t row_line;
	bool tight;
	enum draw_face measure_face;
	double measure_size_pt;
	double measure_cell_pt;
	int error;
};
