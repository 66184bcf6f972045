/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Filters a person has kept, and what is shut over a holiday.
 *
 * Layer: view.  Threading: the reader's thread.
 */
#pragma once

#include "base/attr.h"

struct view;

/** GET /filters. */
NODISCARD int view_filters_list(struct view *view);
/** GET /shutdowns, GET /shutdowns/{id}. */
NODISCARD int view_shutdowns_list(struct view *view);
NODISCARD int view_shutdowns_get(struct view *view);
