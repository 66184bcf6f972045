/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What was sensed: one row of each kind, as plain values.  Slices are
 * borrowed; text is UTF-8 except log_row.raw, which is as it came.
 *
 * Layer: model.  Threading: reentrant.
 */
#pragma once

#include <stdint.h>

#include "base/slice.h"

enum row_kind { ROW_SAMPLE = 1, ROW_LOG = 2 };

/** One answer of one check. */
struct sample_row {
	int64_t ts_ms;      /* unix, when the answer was known */
	int64_t series_id;  /* the check's id */
	int64_t state;      /* the check's state, as the model numbers it */
	double value;       /* main figure of the check; NaN when it has none */
	int64_t latency_us; /* -1 when nothing answered */
	struct slice code;  /* short reason, "" when all is well */
};

/** One log line.  Unknown texts are empty, unknown numbers -1. */
struct log_row {
	int64_t ts_ms;       /* the sender's time, or recv_ms when it gave none */
	int64_t recv_ms;     /* our time on arrival */
	struct slice source; /* address it came from */
	struct slice host;   /* as the line says */
	struct slice app;
	struct slice pid;
	int64_t facility; /* RFC 5424 table 1 */
	int64_t severity; /* RFC 5424 table 2, 0 = worst */
	struct slice msg;
	struct slice fields; /* JSON object: fields, sd, msgid, format, vendor */
	struct slice raw;    /* the octets received */
};
