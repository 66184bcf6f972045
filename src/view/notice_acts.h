/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Which acts a notice offers its reader now: what the state machine knows for
 * his role, what his permissions let him do, and on this unit's record.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

struct view;

struct notice_view_facts {
	struct slice state;
	int64_t unit_id;
	int64_t leader_id;     /* to whom it was briefed */
	bool confirm_pending;  /* 先办后审 nobody has confirmed */
	int64_t extension_nth; /* the extension that waits, 0 = none */
	struct slice control;  /* state of the temporary control that is open; may be empty */
};

/** "acts":["sign",…]. */
void notice_acts_put(struct view *view, const struct notice_view_facts *facts);

/** Papers between the centre and the leader are none of the unit's. */
bool view_document_hidden(const struct view *view, struct slice kind);
