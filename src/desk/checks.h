/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Acts on checks: what is watched, how often, how grave its failure is.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

/** POST /checks */
NODISCARD int desk_check_create(struct desk *desk);
/** PATCH /checks/{id}: only the members given change. */
NODISCARD int desk_check_update(struct desk *desk);
/**
 * POST /checks/paste: one line a target ("教务系统 https://jw.example.edu.cn",
 * "10.1.2.3", "dns 10.1.0.53"), each an asset and its checks.
 */
NODISCARD int desk_check_paste(struct desk *desk);
