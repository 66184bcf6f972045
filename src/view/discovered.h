/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Devices that were seen and are in no register, how far the sweep is, the
 * ranges it goes by and the times at which nothing is scanned.
 *
 * Layer: view.  Threading: as view/view.h.
 */
#pragma once

#include "base/attr.h"

struct view;

/** GET /discovered: undecided ones unless state says which. */
NODISCARD int view_discovered_list(struct view *view);
/** GET /discovered/{id}, with who saw it. */
NODISCARD int view_discovered_get(struct view *view);
/** GET /discovery: how far the sweep is, and whether a freeze lasts. */
NODISCARD int view_discovery_get(struct view *view);
/** GET /subnets, those that stand. */
NODISCARD int view_subnets_list(struct view *view);
/** GET /freezes, the newest first. */
NODISCARD int view_freezes_list(struct view *view);
