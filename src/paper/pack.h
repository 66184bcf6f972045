/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A ZIP file in memory, as Word keeps its papers: read with every limit
 * named, written so that the same parts give the same octets.
 *
 * Source:  ECMA-376 part 2 (packages); PKWARE APPNOTE 6.3.
 * Layer: paper.  Threading: one owner.  Fuzz target: fuzz/paper_pack.c.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct arena;
struct buf;
struct diag;

enum {
	PACK_OCTETS_MAX = 8 * 1024 * 1024, /* the file */
	PACK_PARTS_MAX = 500,
	PACK_PART_OCTETS_MAX = 8 * 1024 * 1024,   /* one part, unpacked */
	PACK_TOTAL_OCTETS_MAX = 24 * 1024 * 1024, /* all of them */
	PACK_RATIO_MAX = 200, /* unpacked to packed, beyond PACK_RATIO_FROM octets */
	PACK_RATIO_FROM = 256 * 1024,
	PACK_NAME_MAX = 255,
};

struct pack_part {
	struct slice name;
	struct slice octets;
};

/**
 * All parts, unpacked into the arena.
 *
 * Returns: how many; E_FORMAT (no ZIP, a name that leads out, twice the same name, encrypted, a
 *          wrong check sum) or E_LIMIT, with diag that names the part.
 */
NODISCARD int pack_read(struct slice octets, struct arena *arena, struct pack_part **ret_parts,
	struct diag *diag);

/** Returns: 0, or E_LIMIT. */
NODISCARD int pack_write(const struct pack_part *parts, unsigned count, struct buf *out);
