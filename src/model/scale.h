/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The four scales of the house.  They are four types on purpose: an alert is
 * never "重大", a finding never has a colour, and only a person grades an event.
 * Values run from worst to mildest.
 *
 * Layer: model.  Threading: reentrant.
 */
#pragma once

#include "model/name.h"

/** Alerts, in the words of network management. */
enum alert_severity {
	ALERT_SEVERITY_CRITICAL,
	ALERT_SEVERITY_MAJOR,
	ALERT_SEVERITY_MINOR,
	ALERT_SEVERITY_INFO,
};

#define ALERT_SEVERITY_COUNT (ALERT_SEVERITY_INFO + 1)

extern const struct name_table alert_severity_names;

/** Findings and notices. */
enum grade {
	GRADE_URGENT,
	GRADE_EXTREME, /* findings that are vulnerabilities only */
	GRADE_HIGH,
	GRADE_MEDIUM,
	GRADE_LOW,
};

#define GRADE_COUNT (GRADE_LOW + 1)

extern const struct name_table grade_names;

/** Events, set only by a person. */
enum event_grade {
	EVENT_GRADE_I,
	EVENT_GRADE_II,
	EVENT_GRADE_III,
	EVENT_GRADE_IV,
};

#define EVENT_GRADE_COUNT (EVENT_GRADE_IV + 1)

extern const struct name_table event_grade_names;

/** Early warnings. */
enum warning_colour {
	WARNING_COLOUR_RED,
	WARNING_COLOUR_ORANGE,
	WARNING_COLOUR_YELLOW,
	WARNING_COLOUR_BLUE,
};

#define WARNING_COLOUR_COUNT (WARNING_COLOUR_BLUE + 1)

extern const struct name_table warning_colour_names;

/** The grade a notice takes from its worst finding: a notice is never 超危. */
enum grade grade_of_notice(enum grade worst_finding);
