/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Network security events 事件, what is written of them, and what goes up.
 *
 * Layer: model.  Threading: reentrant.
 */
#pragma once

#include "model/name.h"

enum event_state {
	EVENT_RECEIVED, /* 接报 */
	EVENT_GRADED,
	EVENT_RESPONDING,
	EVENT_CONTAINED,
	EVENT_RESOLVED,
	EVENT_FINAL_REPORTED,
	EVENT_REVIEWED,
	EVENT_CLOSED,
	EVENT_NOT_EVENT, /* it is a finding */
};

#define EVENT_COUNT (EVENT_NOT_EVENT + 1)

extern const struct name_table event_state_names;

/** The seven kinds of article 3; GB/Z 20986-2007 has the same. */
enum event_class {
	EVENT_CLASS_MALWARE,
	EVENT_CLASS_ATTACK,
	EVENT_CLASS_DESTRUCTION,
	EVENT_CLASS_CONTENT,
	EVENT_CLASS_FACILITY,
	EVENT_CLASS_DISASTER,
	EVENT_CLASS_OTHER,
};

#define EVENT_CLASS_COUNT (EVENT_CLASS_OTHER + 1)

extern const struct name_table event_class_names;

/** The families of causes article 3 names. */
enum event_cause {
	EVENT_CAUSE_HUMAN,
	EVENT_CAUSE_FAULT,
	EVENT_CAUSE_DISASTER,
	EVENT_CAUSE_OTHER,
};

#define EVENT_CAUSE_COUNT (EVENT_CAUSE_OTHER + 1)

extern const struct name_table event_cause_names;

/** 初报, 续报, 终报. */
enum event_report_kind {
	EVENT_REPORT_INITIAL,
	EVENT_REPORT_FOLLOW_UP,
	EVENT_REPORT_FINAL,
};

#define EVENT_REPORT_KIND_COUNT (EVENT_REPORT_FINAL + 1)

extern const struct name_table event_report_kind_names;

enum event_report_state {
	EVENT_REPORT_DRAFT,
	EVENT_REPORT_SUBMITTED,
	EVENT_REPORT_ACCEPTED,
	EVENT_REPORT_RETURNED,
};

#define EVENT_REPORT_COUNT (EVENT_REPORT_RETURNED + 1)

extern const struct name_table event_report_state_names;

/** One event's report to one authority. */
enum event_up_state {
	EVENT_UP_NEEDED,
	EVENT_UP_DRAFTED,
	EVENT_UP_APPROVED,
	EVENT_UP_SENT,
	EVENT_UP_RECEIPTED,
	EVENT_UP_WAIVED, /* not asked for any more */
};

#define EVENT_UP_COUNT (EVENT_UP_WAIVED + 1)

extern const struct name_table event_up_state_names;

/** What runs against time. */
enum event_clock_kind {
	EVENT_CLOCK_INITIAL,   /* the written 初报 */
	EVENT_CLOCK_GRADE,     /* somebody grades it */
	EVENT_CLOCK_FOLLOW_UP, /* the next 续报, until contained */
	EVENT_CLOCK_FINAL,     /* the school's own 终报 */
	EVENT_CLOCK_NATIONAL,  /* the summary the national measures ask for */
	EVENT_CLOCK_UP,        /* the report to one authority */
};

#define EVENT_CLOCK_COUNT (EVENT_CLOCK_UP + 1)

extern const struct name_table event_clock_names;
