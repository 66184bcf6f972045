/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What an official paper says, top to bottom, before anybody decides whether
 * it becomes a PDF (paper/press.h) or a Word file (paper/docx.h).
 *
 * Layer: paper.  Threading: one owner.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "paper/draw.h"

struct arena;

enum { FORM_CELLS_MAX = 8, FORM_BLOCKS_MAX = 8192, FORM_SHARE = 1000 };

enum form_verb {
	FORM_SIDES,    /* texts 0 and 1 at either edge of a line */
	FORM_RED_HEAD, /* 0 the issuing school, 1 发文字号; red line below */
	FORM_TITLE,    /* 0; LF parts lines */
	FORM_TEXT,     /* 0 a paragraph, first line indented */
	FORM_HEADING,  /* as FORM_TEXT, kept with what follows */
	FORM_BLANK,    /* as FORM_HEADING, to be signed: of the end, as FORM_SIGN is */
	FORM_CELLS,    /* a ruled row */
	FORM_GAP,      /* height thousandths of a line */
	FORM_SIGN,     /* 0 over 1 at the right, kept with the text before */
	FORM_BIG,      /* 0 large and centred: a one-time code */
	FORM_CODE,     /* 0 as a QR code, centred */
	FORM_IMPRINT,  /* 版记: 0 抄送 (may be empty), 1 office, 2 date */
	FORM_FOOT,     /* 0 check code, 1 basis, 2 hint, 3 what the QR code says */
};

struct form_block {
	enum form_verb verb;
	enum draw_face face;
	int indent; /* cells */
	int height; /* FORM_GAP: thousandths of a line; FORM_CELLS: least lines */
	unsigned count;
	struct slice text[FORM_CELLS_MAX];
	/* FORM_CELLS */
	int share[FORM_CELLS_MAX]; /* of the width, together FORM_SHARE */
	unsigned labels;           /* bits: 黑体, centred */
	bool head;                 /* repeated on each page its table goes on */
	bool first;                /* of its table */
};

struct form {
	struct arena *arena;
	struct form_block *blocks;
	unsigned count;
	struct slice number; /* what the file is called inside */
	struct slice author;
	int64_t at_unix_ms;
	unsigned pages; /* 0 = as many as it takes */
	bool dense;     /* rows of tables close together: a list to be looked through */
	bool tight;     /* less air, so that the end does not go onto a page of its own */
};

/** A form without blocks; lives in the arena. */
struct form *form_create(struct arena *arena);
/** The next block, zeroed but for its verb; NULL when there are FORM_BLOCKS_MAX. */
struct form_block *form_add(struct form *form, enum form_verb verb);
