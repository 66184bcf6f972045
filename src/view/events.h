/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reading events.  A unit reads its own, without what goes up, who was told
 * and what is asked about its grade.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"

struct view;

/** GET /events, /events/{id}, /events/pack, /events/{id}/proposal, /events/{id}/attachments/{sub}. */
NODISCARD int view_events_list(struct view *view);
NODISCARD int view_events_get(struct view *view);
NODISCARD int view_events_pack(struct view *view);
NODISCARD int view_events_propose(struct view *view);
NODISCARD int view_events_file(struct view *view);

/** "clocks", "gradings", "reports", "ups", "ticks", "roots", "attachments" of one.  0 or as db_step. */
NODISCARD int view_event_parts(struct view *view, int64_t id);

/** "event":{…} it became and "root_of":{…} it is a cause of, of a finding.  0 or as db_step. */
NODISCARD int view_events_of_finding(struct view *view, int64_t finding_id);
