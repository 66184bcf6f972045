/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Home pages on their way to the desk: a page is sent when it is not the one
 * sent last for its check, so that an unchanged site costs nothing.
 *
 * Layer: role.  Threading: the loop's thread.
 */
#pragma once

#include "base/attr.h"
#include "probe/http/page_compare.h"

struct jw;
struct pages;
struct probe;

struct pages *pages_create(struct probe *probe);
struct pages *pages_destroy(struct pages *pages);
/** For prober_config. */
struct page_sink pages_sink(struct pages *pages);
/** Core is there anew: what it was sent may be lost. */
void pages_again(struct pages *pages);
void pages_status(const struct pages *pages, struct jw *jw);
