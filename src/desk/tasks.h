/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the leading group decides (article 5): meetings, what units do by when
 * 议定事项, how far it has come 落实情况, and guidance 指导意见 with who has read it.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;
struct desk_env;
struct timer;
struct txn;

/** POST /meetings, PATCH /meetings/{id}. */
NODISCARD int desk_meeting_create(struct desk *desk);
NODISCARD int desk_meeting_update(struct desk *desk);

/** POST /tasks; /tasks/{id}/report, /settle. */
NODISCARD int desk_task_create(struct desk *desk);
NODISCARD int desk_task_report(struct desk *desk);
NODISCARD int desk_task_settle(struct desk *desk);

/** POST /guidance, POST /guidance/{id}/read. */
NODISCARD int desk_guidance_create(struct desk *desk);
NODISCARD int desk_guidance_read(struct desk *desk);

/** Timers "task.remind" and "task.due".  0 or as db_step. */
NODISCARD int task_timer(
	struct txn *txn, const struct desk_env *env, const struct timer *timer);
