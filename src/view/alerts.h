/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reads of alerts, incidents, acknowledgement links and deliveries.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"

struct view;

/** GET /alerts, /alerts/{id} */
NODISCARD int view_alerts(struct view *view);
NODISCARD int view_alert(struct view *view);
/** GET /incidents, /incidents/{id} */
NODISCARD int view_incidents(struct view *view);
NODISCARD int view_incident(struct view *view);
/** GET /ack/{key}: shows whom the link is for and what it would do; acts never. */
NODISCARD int view_ack(struct view *view);
/** GET /deliveries */
NODISCARD int view_deliveries(struct view *view);

/** "deliveries":[…] about one record, oldest first, at most 200.  0 or as db_step. */
NODISCARD int alerts_put_deliveries(struct view *view, const char *about, int64_t id);
