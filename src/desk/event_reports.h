/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What is written of an event: the unit's reports, and those to authorities.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

/** POST /events/{id}/reports, PATCH and POST below it. */
NODISCARD int desk_event_report_put(struct desk *desk);
NODISCARD int desk_event_report_update(struct desk *desk);
NODISCARD int desk_event_report_settle(struct desk *desk);
/** POST /events/{id}/attachments: a scan under seal, or what shows what happened. */
NODISCARD int desk_event_upload(struct desk *desk);

/** POST /events/{id}/ups: one more authority; /events/{id}/ups/{sub}: an act on one. */
NODISCARD int desk_event_up_add(struct desk *desk);
NODISCARD int desk_event_up_act(struct desk *desk);
