/* SPDX-License-Identifier: Apache-2.0 */
/**
 * 抄送: of the three units an asset names one answers for what was found; the
 * other two are told that there is a notice, by number and without detail.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct matter;

/** Which units, for the assets of its findings; kept with the notice.  0 or as db_step. */
NODISCARD int notice_copies_put(struct matter *m);
/** Mail to their officers, once the number is known.  0 or as db_step. */
NODISCARD int notice_copies_tell(struct matter *m);
