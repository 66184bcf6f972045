/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which function does which route's act on findings and notices.
 *
 * Layer: desk.  Threading: reentrant.
 */
#pragma once

#include "desk/desk.h"

/** The act of a route; NULL when it is none of these. */
desk_fn desk_act_of_matter(enum route_id route);
