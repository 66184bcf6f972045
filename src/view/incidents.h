/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Alerts, incidents and the messages about them, as people read them.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"

struct view;

/** GET /alerts: state open (the default), resolved or all. */
NODISCARD int view_alerts_list(struct view *view);
NODISCARD int view_alerts_get(struct view *view);
NODISCARD int view_incidents_list(struct view *view);
NODISCARD int view_incidents_get(struct view *view);
/** GET /ack/{key}: shows what the link is for and changes nothing. */
NODISCARD int view_ack_get(struct view *view);
NODISCARD int view_deliveries_list(struct view *view);

/** "deliveries":[…] about a record, newest first, at most 200.  0 or as db_step. */
NODISCARD int view_deliveries_of(struct view *view, const char *about, int64_t id);
