/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A notice's deadline counted anew by the days as they are now.  Nothing else
 * does that: a calendar that changes leaves every stored deadline as it is.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

/** POST /notices/{id}/recount.  0, E_STATE where no clock runs, or as db_step. */
NODISCARD int desk_notice_recount(struct desk *desk);
