/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Lines and pages of an official paper: which character stands in which cell
 * and which block on which page.  Knows no font; widths are asked of the
 * caller.
 *
 * Layer: paper.  Threading: reentrant.  Fuzz target: fuzz/layout.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct arena;

/** Widths are thousandths of a cell, the width of one Chinese character; heights thousandths of a line. */
enum {
	LAYOUT_CELL = 1000,
	LAYOUT_LINE = 1000,
	LAYOUT_COLUMNS = 28,
	LAYOUT_ROWS = 22,
	LAYOUT_TOKENS_MAX = 65536,
	LAYOUT_BLOCKS_MAX = 8192,
	LAYOUT_PAGES_MAX = 200,
};

/** Width of a run of Latin letters, digits and signs in thousandths of a cell. */
typedef int32_t (*layout_measure_fn)(void *ctx, struct slice run);

struct layout_paragraph {
	struct slice text; /* UTF-8; LF starts a new line without indent */
	int32_t width;     /* of the column */
	int32_t first_indent;
	layout_measure_fn measure;
	void *ctx;
};

/** One character, or one run of Latin text; spaces are only distance. */
struct layout_token {
	struct slice text;
	int32_t at; /* from the column's left edge */
	int32_t width;
};

struct layout_line {
	const struct layout_token *tokens;
	size_t count;
	int32_t width; /* right end of the last token; beyond the column when it hangs */
};

/**
 * Break a paragraph into lines.
 *
 * Source:  GB/T 9704-2012 section 5.2.2 (22 lines of 28 characters); W3C clreq section 3.1.3:
 *          。，、；：！？ and what closes never starts a line, what opens never ends one.
 * Shape:   a lone closing mark after a full line hangs in the margin; otherwise the
 *          character before goes down with it and the line is spread to its full width.
 *          A run too long for a line is cut between its characters.
 * Owns:    *ret_lines in the arena, texts borrowed.
 * Returns: lines (at least 1), E_UTF8, E_RANGE for a column under two cells, E_LIMIT.
 */
NODISCARD int layout_break(const struct layout_paragraph *paragraph, struct arena *arena,
	struct layout_line **ret_lines);

struct layout_block {
	int32_t height;
	bool keep_next; /* never the last of its page when another follows */
	int32_t head; /* of a table: height of what is repeated above when it comes first of a page */
};

struct layout_place {
	uint32_t page; /* from 0 */
	int32_t at;    /* from the top of the type area */
	bool headed;   /* its head is repeated above it */
};

/**
 * Put blocks on pages, top to bottom.
 *
 * Shape:   places has count entries.  Blocks kept together that fill more than a page part anyway.
 *          A head that leaves no room for its block is not repeated.
 * Returns: pages (at least 1), E_RANGE for a block higher than a page, E_LIMIT.
 */
NODISCARD int layout_pages(const struct layout_block *blocks, size_t count, int32_t page_height,
	struct layout_place *ret_places);
