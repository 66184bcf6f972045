/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Structured log: one line an event on stderr,
 *   2026-11-22T07:24:06.123Z notice core name=role.restarted role=probe why="killed by 9"
 * Names are dotted constants.  Values from outside are bounded and escaped.
 * Layers base, proto, model, workflow, detect, access and audit never log;
 * they return, and the role that decides logs once.
 *
 * Layer: base.  Threading: any thread; one write(2) a line.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG };

struct log_field {
	const char *name; /* NULL ends the list */
	struct slice text;
	int64_t number;
	bool is_number;
};

#define F_STR(field, c_string)                                                                 \
	((struct log_field) { .name = (field), .text = slice_str(c_string) })
#define F_SLICE(field, value) ((struct log_field) { .name = (field), .text = (value) })
#define F_INT(field, value)                                                                    \
	((struct log_field) { .name = (field), .number = (int64_t)(value), .is_number = true })

/** Name shown for this process and the least level written (default notice). */
void log_init(const char *process_name, enum log_level level);

/** The list ends with a field of no name; log_event ends it by itself. */
void log_fields(enum log_level level, const char *name, const struct log_field *fields);

/** log_event(LOG_NOTICE, "role.restarted", F_STR("role", name), F_INT("times", n)); one field at least. */
#define log_event(level_, event_, ...)                                                         \
	log_fields((level_), (event_),                                                         \
		(const struct log_field[]) { __VA_ARGS__, { .name = NULL } })
