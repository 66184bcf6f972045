/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The mark of a home page: enough of the page that was confirmed to tell,
 * by a few hundred octets, whether a later one says the same, has another
 * title or names a host that was not there.
 *
 * The text is marked by one-permutation min-hashing of its shingles of five
 * characters, white space and digits left out, so that a date or a counter
 * changes nothing and one new article among twenty little.
 *
 * Source: P. Li, A. Owen, C.-H. Zhang, One Permutation Hashing, NIPS 2012.
 *
 * Layer: model.  Threading: reentrant.  Fuzz target: fuzz/page.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

enum {
	PAGE_MARK_BINS = 64,
	PAGE_MARK_HOSTS_MAX = 256,
	PAGE_MARK_TEXT_MAX = 2000, /* octets of the mark as text */
};

struct page_mark {
	uint32_t title;
	uint32_t bin[PAGE_MARK_BINS]; /* UINT32_MAX = nothing fell into it */
	uint16_t hosts;
	uint32_t host[PAGE_MARK_HOSTS_MAX];
};

/**
 * Shape:   hosts are lines, lower case; those past PAGE_MARK_HOSTS_MAX are left out.
 */
struct page_mark page_mark_of(struct slice title, struct slice text, struct slice hosts);

/** How alike two texts are, by the share of shingles they have in common: 0..100. */
unsigned page_mark_likeness(const struct page_mark *a, const struct page_mark *b);

/** Was this host there? */
bool page_mark_knows(const struct page_mark *mark, struct slice host);

/** Base64, at most PAGE_MARK_TEXT_MAX octets. */
void page_mark_put(struct buf *buf, const struct page_mark *mark);
/** Returns: 0 or E_FORMAT. */
NODISCARD int page_mark_read(struct slice text, struct page_mark *ret_mark);
