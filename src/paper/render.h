/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A kind of paper and its data in, a file out.  The data is what core froze
 * when it asked for the document; docs/examples/paper/KIND.json shows each,
 * docs/paper.md says what each kind takes.  The same data gives the same
 * octets.
 *
 * Layer: paper.  Threading: one owner of the fonts.
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"

struct buf;
struct diag;
struct draw_fonts;

enum {
	RENDER_INPUT_OCTETS_MAX = 1024 * 1024,
	RENDER_OUTPUT_OCTETS_MAX = 16 * 1024 * 1024,
	RENDER_BATCH_MAX = 60, /* papers in one file to print */
};

#define RENDER_DOCX_MEDIA                                                                      \
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document"

enum render_format { RENDER_PDF, RENDER_DOCX };

struct render_job {
	struct slice
		kind; /* of spec_kind(), or "batch": {"papers": [{"kind": …, "data": {…}}, …]} */
	enum render_format format;
	struct slice json;
	struct slice word; /* a school's own file for the kind; empty = ours.  DOCX alone */
};

/** "pdf", "docx".  Returns: the format or E_UNSUPPORTED. */
NODISCARD int render_format(struct slice name);

/**
 * Shape:   in a batch every paper begins on an odd page.  {"example": true} as the data makes a
 *          paper that says in every field what belongs there.
 * Returns: pages of a PDF, 1 for DOCX; E_UNSUPPORTED for a kind not known, E_INPUT for data that
 *          lacks what the kind needs, E_LIMIT for a one-page paper that cannot be made to fit, or
 *          as json_parse, spec_form, sheet_draw and template_fill, with diag.
 */
NODISCARD int render(struct draw_fonts *fonts, const struct render_job *job, struct buf *out,
	struct diag *diag);

/**
 * Is this Word file fit for its kind?  An example is filled in.
 *
 * Returns: 0, or as render; diag->source is a code, "template.…".
 */
NODISCARD int render_try(
	struct draw_fonts *fonts, struct slice kind, struct slice word, struct diag *diag);
