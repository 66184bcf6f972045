/* SPDX-License-Identifier: Apache-2.0 */
/** What annex.c, annex_docx.c and annex_xlsx.c share. */
#pragma once

#include <libxml/tree.h>
#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"
#include "paper/annex.h"
#include "paper/pack.h"

struct arena;
struct diag;
struct json;
struct jw;

struct annex {
	struct arena *arena;
	struct pack_part *parts;
	unsigned count;
	struct diag *diag;
	unsigned cells; /* told so far */
	bool more;      /* something was left out */
};

/** E_FORMAT, or another error, with its code and what is wrong. */
NODISCARD int annex_wrong(struct annex *a, int error, const char *code, const char *what);

/** The part of that name, or NULL. */
struct pack_part *annex_part(struct annex *a, struct slice name);
/** Read a part as a tree.  Owns: *ret_doc; xmlFreeDoc.  Returns: 0, E_FORMAT or E_LIMIT. */
NODISCARD int annex_tree(struct annex *a, const struct pack_part *part, xmlDoc **ret_doc);
/** Put a tree in the place of its part.  Returns: 0 or E_LIMIT. */
NODISCARD int annex_put(struct annex *a, struct pack_part *part, xmlDoc *doc);

bool annex_is(const xmlNode *node, const char *name);
/** The first child of that name, or NULL. */
xmlNode *annex_child(const xmlNode *node, const char *name);
/** An attribute by its local name, as long as the tree lives; empty when absent. */
struct slice annex_peek(const xmlNode *node, const char *name);
/** The same in the arena. */
struct slice annex_attribute(struct annex *a, const xmlNode *node, const char *name);
/** The same as a number; `otherwise` when absent or none. */
int annex_number(const xmlNode *node, const char *name, int otherwise);
/** The node after this one in the order of the text, within root. */
xmlNode *annex_after(const xmlNode *node, const xmlNode *root);
/** A copy that was put into the tree uses the namespaces that are declared around it. */
void annex_settle(xmlNode *copy);
/** Append a node's text. */
void annex_content(const xmlNode *node, struct buf *out);
/** Make words the only text of a node; spaces count. */
void annex_text_set(xmlNode *node, struct slice words);

/** One line of a cell for the screen: spaces folded, cut at ANNEX_TEXT_CHARS_MAX. */
struct slice annex_line(struct annex *a, struct slice text);

/** Where in a cell's text the words go, and what is put there. */
struct annex_spot {
	size_t at;
	size_t octets; /* replaced by words */
	struct slice words;
	bool fits; /* a box to tick, a line to write on, a label that ends in a colon */
};

/** Words into a text that may have something to be kept: □是 is ticked, ____ filled, 电话： goes on. */
struct annex_spot annex_spot(struct annex *a, struct slice text, struct slice words);

/** A cell as it is told. */
struct annex_cell {
	int r, c;       /* where it is filled */
	int x, w, h;    /* where it is drawn */
	struct slice s; /* as annex_line */
};

/** A table of the answer: its name and its cells, row by row. */
void annex_table_put(struct jw *jw, struct slice name, int columns,
	const struct annex_cell *cells, unsigned count);

NODISCARD int annex_docx_read(struct annex *a, struct jw *jw);
NODISCARD int annex_docx_fill(struct annex *a, const struct json *edits);
NODISCARD int annex_xlsx_read(struct annex *a, struct jw *jw);
NODISCARD int annex_xlsx_fill(struct annex *a, const struct json *edits);
