/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which function does which act about units and their people: the part of
 * desk/acts.c that has grown a table of its own.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "desk/desk.h"

/** The act of a route; NULL when it is none of these. */
desk_fn tenure_act(enum route_id route);
