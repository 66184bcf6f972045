/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Filters of a list that a person keeps under a name, for himself.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

enum {
	FILTER_NAME_MAX = 40,
	FILTER_QUERY_MAX = 1000,
	FILTERS_MAX = 60, /* of one person */
};

/** Acts: POST /filters, PATCH /filters/{id}, DELETE /filters/{id}. */
NODISCARD int desk_filter_create(struct desk *desk);
NODISCARD int desk_filter_update(struct desk *desk);
NODISCARD int desk_filter_end(struct desk *desk);
