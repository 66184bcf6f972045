/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Papers from superiors, their files, and the authorities they come from.
 *
 * Layer: view.  Threading: as view/view.h.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct view;

/** "incoming":{id, register number} or null: what a notice or finding came out of, for who may read papers. */
NODISCARD int view_incoming_of(struct view *view, const char *table, int64_t id);

/** Does a browser call itself that of a phone?  What is internal is not given to one. */
bool view_incoming_is_handheld(struct slice agent);

/** GET /superiors. */
NODISCARD int view_superiors_list(struct view *view);
/** GET /incoming, /incoming/{id}. */
NODISCARD int view_incoming_list(struct view *view);
NODISCARD int view_incoming_get(struct view *view);
/** GET /incoming/{id}/attachments/{sub}; what is internal is not given to a phone. */
NODISCARD int view_incoming_file(struct view *view);
/** GET /incoming/{id}/papers/{sub}: 收文处理单, with the same limits as the files. */
NODISCARD int view_incoming_paper(struct view *view);
