/* SPDX-License-Identifier: Apache-2.0 */
/**
 * 上传与下达, the way down: an officer passes a notice on to people of his
 * unit with words of his own.  Each has a link that needs no password, shows
 * the safe text only, and counts that it was read.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

/** POST /notices/{id}/pass-on: the answer's secret is the link for a group. */
NODISCARD int desk_pass_on_create(struct desk *desk);
/** POST /pass-on/{id}/end */
NODISCARD int desk_pass_on_end(struct desk *desk);
/** POST /pass/{key}: somebody has it before his eyes. */
NODISCARD int desk_pass_read(struct desk *desk);
