/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A home page held against the one a person confirmed: another title, hosts
 * it did not lead to, another text.  What is seen goes to whoever asked for
 * it, so that the desk can show it and it can be confirmed.
 *
 * Layer: probe.  Threading: the loop's thread.
 */
#pragma once

#include <stdbool.h>

#include "base/slice.h"
#include "probe/check.h"

struct page;
struct page_mark;

/** Told of each page that was compared; the page is borrowed for the call. */
struct page_sink {
	void (*seen)(void *user, const struct check_spec *spec, const struct page *page,
		const struct page_mark *mark);
	void *user;
};

/**
 * Compare; state and code are set only for a difference, the gravest first:
 *   page.new_hosts      {hosts, count}   degraded
 *   page.title_changed  {title}          degraded
 *   page.text_changed   {likeness}       degraded
 * The likeness in percent becomes a measurement.  Without a confirmed page
 * nothing is judged.
 *
 * Shape:   body as it came, UTF-8 or GB18030 (gb18030_init before the fence);
 *          location of a redirect, or "": where it leads counts as a link.
 * Returns: false when it differs.
 */
bool page_compare(const struct check_spec *spec, struct slice body, const char *location,
	const struct page_sink *sink, struct check_result *result);
