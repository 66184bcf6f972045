/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A table somebody sends, as a grid: .xlsx, .xls and .et of WPS, text with
 * separators in UTF-8, UTF-16 or GB18030, cells pasted.  By its octets; a
 * name's ending counts for nothing.
 *
 * Layer: grid.  Threading: reentrant after gb18030_init and gridread_init; meant for a fenced
 * process.  Fuzz target: fuzz/gridread.c.
 */
#pragma once

#include <stddef.h>

#include "base/attr.h"
#include "base/slice.h"

struct buf;

enum {
	GRIDREAD_OCTETS_MAX = 20 * 1024 * 1024,      /* of the file */
	GRIDREAD_PART_MAX_OCTETS = 96 * 1024 * 1024, /* of one part of an .xlsx, unpacked */
	GRIDREAD_PARTS_MAX = 4000,                   /* files in an .xlsx */
	GRIDREAD_TEXT_MAX_OCTETS = 48 * 1024 * 1024, /* of all its cells */
	GRIDREAD_MERGES_MAX = 20000,
};

enum gridread_problem {
	GRIDREAD_FINE,
	GRIDREAD_EMPTY,     /* no cell has a text */
	GRIDREAD_TYPE,      /* no table: a picture, a PDF, an archive of something else */
	GRIDREAD_BROKEN,    /* begins as one and does not go on as one */
	GRIDREAD_PASSWORD,  /* it wants a password */
	GRIDREAD_UNSAFE,    /* a DTD, an entity */
	GRIDREAD_TOO_LARGE, /* a limit above was met, or grid/grid.h's */
	GRIDREAD_CHARSET,   /* neither of the three */
	GRIDREAD_QUOTES,    /* one that never closes */
	GRIDREAD_ABSENT,    /* among the readers: no such part; never answered */
};

/**
 * Make the charsets of old workbooks ready, which the C library loads from
 * disk: before a role's fence, once.
 *
 * Returns: 0, or -errno when one is absent.
 */
NODISCARD int gridread_init(void);

/**
 * Source:  ECMA-376 part 1 section 18 (.xlsx); [MS-XLS] through libfreexl; RFC 4180.
 * Shape:   out gets a grid (grid/grid.h); days come as 2027-06-30, whole
 *          numbers without a point, merged cells' text in each row of their
 *          first column.
 * Returns: the problem; out is then of no use.
 */
NODISCARD enum gridread_problem gridread(struct slice octets, struct buf *out);

/** "import.type", "import.password" …; empty when fine. */
const char *gridread_problem_text(enum gridread_problem problem);
