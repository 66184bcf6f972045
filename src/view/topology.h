/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The map of the network.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"

struct view;

/** GET /topology */
NODISCARD int view_topology(struct view *view);

/** Member links: whom the ports of one device lead to.  Returns: 0 or as db_step. */
NODISCARD int view_topology_links_of(struct view *view, int64_t device);
