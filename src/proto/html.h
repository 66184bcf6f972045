/* SPDX-License-Identifier: Apache-2.0 */
/**
 * An HTML page cut into text and tags, as forgiving as browsers are about
 * what is broken and never further than its end.  No tree is built: who
 * looks for words and links needs none.
 *
 * Source:  HTML Standard section 13.2.5 (tokenization), thinned: script and
 *          style are passed over with their contents, comments and
 *          declarations silently.
 *
 * Layer: proto.  Threading: one owner.  Fuzz target: fuzz/page.c.
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"

enum { HTML_NAME_MAX = 15 };

enum html_kind { HTML_END, HTML_TEXT, HTML_OPEN, HTML_CLOSE };

struct html {
	struct slice left;
};

struct html_token {
	struct slice text;            /* HTML_TEXT: as it stands, references not resolved */
	char name[HTML_NAME_MAX + 1]; /* tags: lower case, cut at HTML_NAME_MAX */
	struct slice attributes;      /* HTML_OPEN */
};

/** The next token; what follows <script> or <style> up to its end comes with no token. */
enum html_kind html_next(struct html *html, struct html_token *ret_token);

/**
 * Take the next attribute off the front.  The name as it is written, the value
 * without its quotes and with its references in place; no value is an empty one.
 *
 * Returns: false at the end.
 */
bool html_attribute(struct slice *attributes, struct slice *ret_name, struct slice *ret_value);

/**
 * Append text with its character references resolved (the numeric ones and a
 * handful of names) and every run of white space made one space.
 */
void html_put_text(struct buf *buf, struct slice text);
