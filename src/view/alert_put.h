/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Alerts inside other answers.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"

struct stmt;
struct view;

/** One alert of the present row of alerts.c's own column list.  0. */
int view_alert_put(struct view *view, struct stmt *row);

/** "alerts":[…] of an incident, newest first, at most a page.  0 or as db_step. */
NODISCARD int view_alerts_of(struct view *view, int64_t incident_id);
