/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Does our JSON reader read a text as jansson does?
 *
 * Both readings are put into one plain form and compared.  Of members with one
 * name the last counts, at the first's place.  The differences known:
 *   - jansson refuses numbers past int64_t or double, and NUL in a name; we
 *     read both, and nothing is compared;
 *   - jansson takes a bare NUL octet behind the value for the end of the text
 *     and never looks further; we must refuse every bare NUL.
 *
 * Layer: tests.  Threading: reentrant.
 */
#pragma once

#include "base/buf.h"
#include "base/slice.h"

enum oracle_answer { ORACLE_REFUSED, ORACLE_READ, ORACLE_CANNOT };

/** jansson's reading in the plain form. */
enum oracle_answer oracle_jansson(struct slice text, struct buf *plain);

/** Returns: what is different, in a few words; NULL when the two agree. */
const char *json_oracle_differs(struct slice text);
