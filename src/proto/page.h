/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a home page shows and where it leads: its title, its visible text
 * and the outward hosts it names.  This much is compared with the page that
 * was confirmed; how it looks and what its scripts make of it is not seen.
 *
 * Source:  HTML Standard sections 4.2.2 (title), 4.2.5 (refresh), 4.6 (links).
 *
 * Layer: proto.  Threading: reentrant.  Fuzz target: fuzz/page.c.
 */
#pragma once

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

enum {
	PAGE_TITLE_MAX = 300,      /* octets */
	PAGE_TEXT_MAX = 64 * 1024, /* octets; more text is left out and counts in text_left */
	PAGE_HOSTS_MAX = 256,
	PAGE_HOST_MAX = 100, /* octets of one */
};

struct page {
	struct buf title;
	struct buf text;  /* one line a block, white space folded */
	struct buf hosts; /* one line a host, lower case, in the order met, each once */
	unsigned host_count;
	unsigned hosts_refused; /* beyond PAGE_HOSTS_MAX or too long */
	bool text_cut;
};

void page_init(struct page *page);
void page_fini(struct page *page);

/**
 * Read a page.
 *
 * Shape:   html is UTF-8, with U+FFFD where it was not.  own_host is the name
 *          the page was asked under: hosts of the same site are not outward.
 */
void page_read(struct page *page, struct slice html, struct slice own_host);

/** A link that is not in the page itself, such as where a redirect leads. */
void page_add_link(struct page *page, struct slice url, struct slice own_host);

/**
 * The part of a host name that one owner registers: its last two labels, or
 * three under names like edu.cn; of an address all of it.
 *
 * Shape:   borrows from host.
 */
struct slice page_site(struct slice host);
