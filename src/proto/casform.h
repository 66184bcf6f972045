/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The log-in page of a CAS server: is the form there, and the token without
 * which it would refuse every log-in?
 *
 * Layer: proto.  Threading: reentrant.  Fuzz target: fuzz/casform.c.
 */
#pragma once

#include <stdbool.h>

#include "base/slice.h"

enum { CASFORM_INPUTS_MAX = 200 };

struct casform {
	bool has_user;
	bool has_password;
	struct slice execution; /* values, borrowed, as they stand in the page */
	struct slice ticket;    /* "lt" of CAS 3 and 4 */
	unsigned inputs;        /* read; those beyond CASFORM_INPUTS_MAX are passed over */
};

/**
 * Source:  CAS protocol 3.0 section 2.1.2 (the parameters of a log-in); HTML (WHATWG)
 *          section 13.1.2.3, attributes with or without quotes.
 * Returns: what was found; a page that is none has nothing.
 */
struct casform casform_find(struct slice page);
