/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Samples as views show them.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include <stdint.h>

#include "rows/query.h"

/** How bad a state is, by its number in model/check.h; greater is worse. */
extern const uint8_t view_badness[QUERY_STATES_MAX];

struct jw;
struct query_coverage;
struct sample_row;

/** Member coverage: what the answer rests on. */
void samples_put_coverage(struct jw *jw, const struct query_coverage *coverage);

/** Members at, state, latency_us and value, a column each. */
void samples_put_columns(struct jw *jw, const struct sample_row *rows, int count);
