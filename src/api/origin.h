/* SPDX-License-Identifier: Apache-2.0 */
/**
 * May this request change something on behalf of a browser's cookie?  The
 * defence against forged cross-site requests, beside SameSite=Strict.
 *
 * Layer: api.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>

#include "base/slice.h"

/** Header fields as they came; empty when absent. */
struct origin_ask {
	bool safe;   /* GET or HEAD */
	bool bearer; /* the caller proves itself by Authorization, which no other site can set */
	bool cookie;             /* the caller is known by a cookie */
	struct slice fetch_site; /* Sec-Fetch-Site */
	struct slice origin;
	struct slice referer;
	struct slice host;
};

/**
 * Source:  Fetch Metadata (W3C) section 2.4; RFC 6454 section 7; RFC 9110 10.1.3.
 * Returns: true for a safe method or a bearer token; else Sec-Fetch-Site must
 *          say same-origin or none; without it the host of Origin, or of
 *          Referer, must be Host; with none of the three a cookie is refused,
 *          and a caller without cookie (a log-in from a program) is let in.
 */
bool origin_allowed(const struct origin_ask *ask);
