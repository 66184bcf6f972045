/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Acts on sheets: sent in, looked at, imported in one transaction, taken back
 * as long as nobody has touched what came of them.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

/** POST /imports: the cells paper read out of what was sent. */
NODISCARD int desk_import_create(struct desk *desk);
/** POST /imports/{id}/run: dry as often as one likes, once for good; nothing or all of the good rows. */
NODISCARD int desk_import_run(struct desk *desk);
/** POST /imports/{id}/undo: what was touched since stays, and is named. */
NODISCARD int desk_import_undo(struct desk *desk);

/** People out of a sheet in the store: 姓名, 单位, 电话, 邮箱, 职务.  Returns: as desk_asset_import. */
NODISCARD int person_import(struct desk *desk);
