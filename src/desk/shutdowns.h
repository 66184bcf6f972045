/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What is shut over a holiday: the centre asks, each unit answers for its
 * systems (shut, or on with a reason and who watches it), and says afterwards
 * what runs again.  While a system is shut a maintenance window keeps its
 * checks quiet.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

enum {
	SHUTDOWN_NAME_MAX = 60,
	SHUTDOWN_TEXT_MAX = 500,
	SHUTDOWN_ITEMS_MAX = 200,
};

/** Acts: POST /shutdowns, and /shutdowns/{id}/answer, /chase, /end. */
NODISCARD int desk_shutdown_create(struct desk *desk);
NODISCARD int desk_shutdown_answer(struct desk *desk);
NODISCARD int desk_shutdown_chase(struct desk *desk);
NODISCARD int desk_shutdown_end(struct desk *desk);
