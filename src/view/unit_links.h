/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reading what a unit gives out by a link: what it passed on and who has read
 * it, helpers and what they say; and the pages behind such links.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include "base/attr.h"

struct view;

/** GET /notices/{id}/pass-on */
NODISCARD int view_pass_ons_list(struct view *view);
/** GET /pass/{key} */
NODISCARD int view_pass_get(struct view *view);
/** GET /findings/{id}/helpers */
NODISCARD int view_helpers_list(struct view *view);
/** GET /helper/{key} */
NODISCARD int view_helper_get(struct view *view);
