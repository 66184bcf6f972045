/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Acts on the asset register.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

/** POST /assets */
NODISCARD int desk_asset_create(struct desk *desk);
/** PATCH /assets/{id}: only the members given change; retired true also pauses its checks. */
NODISCARD int desk_asset_update(struct desk *desk);
/**
 * POST /assets/import: rows found again by name; an empty cell keeps what is
 * there.  All or nothing unless skip_bad.
 */
NODISCARD int desk_asset_import(struct desk *desk);
