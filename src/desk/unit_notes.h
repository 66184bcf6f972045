/* SPDX-License-Identifier: Apache-2.0 */
/**
 * 上传与下达, the way up: a unit tells the centre something in a few words.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

/** POST /unit-notes */
NODISCARD int desk_unit_note_create(struct desk *desk);
/** POST /unit-notes/{id}/read: somebody of the centre has taken note. */
NODISCARD int desk_unit_note_read(struct desk *desk);
