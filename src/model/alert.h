/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Alerts: one thing found wrong by a machine, however often it says so.
 *
 * Layer: model.  Threading: reentrant.
 */
#pragma once

#include "model/name.h"

enum alert_state {
	ALERT_FIRING,
	ALERT_RESOLVED,
};

#define ALERT_COUNT (ALERT_RESOLVED + 1)

extern const struct name_table alert_state_names;

/** An attribute of an alert, not a state. */
enum alert_suppression {
	SUPPRESSION_NONE,
	SUPPRESSION_SILENCE,
	SUPPRESSION_INHIBIT,
	SUPPRESSION_MAINTENANCE,
	SUPPRESSION_FLAPPING,
};

#define SUPPRESSION_COUNT (SUPPRESSION_FLAPPING + 1)

extern const struct name_table alert_suppression_names;
