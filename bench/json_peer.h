/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The same work done by jansson, behind its own header because its names and
 * ours (JSON_OBJECT, json_type) do not fit into one file.
 *
 * Layer: bench.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

/**
 * Parse one line, add the sum over its values to *sum, append it written again
 * and a newline to out.
 *
 * Returns: false when jansson refuses the line.
 */
bool peer_rewrite(struct slice line, struct buf *out, uint64_t *sum);
