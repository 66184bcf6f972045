/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reads of the asset register.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include "base/attr.h"

struct view;

/** GET /assets */
NODISCARD int view_assets_list(struct view *view);
/** GET /assets/{id} */
NODISCARD int view_assets_get(struct view *view);
/** GET /assets/export: CSV with a byte order mark that assets.import takes again. */
NODISCARD int view_assets_export(struct view *view);
/**
 * GET /assets/lookup?key=: longest prefix, or longest domain suffix; why =
 * "address", "network", "domain", "suffix" or "none".
 */
NODISCARD int view_assets_lookup(struct view *view);
