/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Finding records by words, over every kind the caller may list.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include "base/attr.h"

struct view;

/** GET /search?q= */
NODISCARD int view_search(struct view *view);
