/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Acts upon the school's network ranges (desk/subnet_list.h has what they are).
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

enum { SUBNET_NAME_MAX = 60, SUBNET_NOTE_MAX = 1000 };

/** Acts: POST /subnets, PATCH /subnets/{id}, DELETE /subnets/{id}. */
NODISCARD int desk_subnet_create(struct desk *desk);
NODISCARD int desk_subnet_update(struct desk *desk);
NODISCARD int desk_subnet_remove(struct desk *desk);
