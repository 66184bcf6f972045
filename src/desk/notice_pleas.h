/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What is asked for and decided around a notice: objections 异议, extensions
 * 延期, temporary controls 临时管控, and remarks on it.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

/** By the unit, within the policy's time after receipt; the clock runs on. */
NODISCARD int desk_notice_object(struct desk *desk);
/** Upheld or dismissed; upheld as another unit's it becomes a notice of that unit. */
NODISCARD int desk_notice_decide_objection(struct desk *desk);
NODISCARD int desk_notice_ask_extension(struct desk *desk);
/** The first by the director, any further one by the vice president. */
NODISCARD int desk_notice_decide_extension(struct desk *desk);
/** Proposed, approved or refused, applied, lifted: {"act"}. */
NODISCARD int desk_notice_control(struct desk *desk);
NODISCARD int desk_notice_comment(struct desk *desk);
