/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reads of people with the roles they hold.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include "base/attr.h"

struct view;

/** GET /people */
NODISCARD int view_people_list(struct view *view);
/** GET /people/{id} */
NODISCARD int view_people_get(struct view *view);
