/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What detect works by: the school's rules over figures, what it may know of
 * each check, and which of its alerts fire.
 *
 *	{"rules":[{"id","enabled","rule":{…}}],
 *	 "checks":[{"id","asset_id","unit_id","name","key","main"}],
 *	 "firing":[{"key","since_ms"}],
 *	 "school":{"spans":[{"from","to","kind"}]}}   the school's own days, if it has any
 *
 * Layer: desk.  Threading: as its db.
 */
#pragma once

#include "base/attr.h"

struct buf;
struct db;

/** Returns: 0, E_LIMIT when it does not fit, or as db_step. */
NODISCARD int rule_table_put(struct db *db, struct buf *out);
