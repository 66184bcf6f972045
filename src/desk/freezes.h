/* SPDX-License-Identifier: Apache-2.0 */
/**
 * 封网期: from an instant to another nothing is scanned.  Whoever is on duty
 * may begin one; only who answers for the network lifts it early.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

enum { FREEZE_REASON_MAX = 200, FREEZE_APPROVAL_MAX = 120, FREEZES_MAX = 60 };

/** Acts: POST /freezes, POST /freezes/{id}/end. */
NODISCARD int desk_freeze_create(struct desk *desk);
NODISCARD int desk_freeze_end(struct desk *desk);
