/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Incidents: alerts that belong together and the person who looks after them.
 *
 * Layer: model.  Threading: reentrant.
 */
#pragma once

#include "model/name.h"

enum incident_state {
	INCIDENT_OPEN,
	INCIDENT_ACKED,
	INCIDENT_MITIGATING,
	INCIDENT_RESOLVED,
	INCIDENT_CLOSED,
	INCIDENT_SNOOZED,
};

#define INCIDENT_COUNT (INCIDENT_SNOOZED + 1)

extern const struct name_table incident_state_names;

/** What came of it. */
enum incident_code {
	INCIDENT_CODE_FIXED,
	INCIDENT_CODE_FALSE_ALARM,
	INCIDENT_CODE_PLANNED,
	INCIDENT_CODE_FINDING,
	INCIDENT_CODE_OTHER,
};

#define INCIDENT_CODE_COUNT (INCIDENT_CODE_OTHER + 1)

extern const struct name_table incident_code_names;
