/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A kind of paper and its data in, a PDF out.  The data is what core froze
 * when it asked for the document; docs/examples/paper/KIND.json shows each.
 * The same data gives the same octets.
 *
 * Layer: paper.  Threading: one owner of the fonts.
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"

struct buf;
struct diag;
struct draw_fonts;

enum { RENDER_INPUT_OCTETS_MAX = 1024 * 1024, RENDER_OUTPUT_OCTETS_MAX = 16 * 1024 * 1024 };

/**
 * Shape:   kind is one of render_kind(0), render_kind(1) …
 * Returns: pages; E_UNSUPPORTED for a kind not known, E_INPUT for data that lacks what the kind
 *          needs, or as json_parse and sheet_close, with diag.
 */
NODISCARD int render(struct draw_fonts *fonts, struct slice kind, struct slice json,
	struct buf *out, struct diag *diag);

/** Names of the kinds; NULL past the last. */
const char *render_kind(unsigned index);
