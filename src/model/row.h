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

enum row_kind { ROW_SAMPLE = 1, ROW_LOG = 2, ROW_SERIES = 3 };

/** One answer of one check. */
struct sample_row {
	int64_t ts_ms;      /* unix, when the answer was known */
	int64_t series_id;  /* the check's id, or the id of a series that was announced */
	int64_t state;      /* the check's state, as the model numbers it */
	double value;       /* main figure of the check; NaN when it has none */
	int64_t latency_us; /* -1 when nothing answered */
	struct slice code;  /* short reason, "" when all is well */
};

/**
 * What a series of samples beside a check's main one is, said once an hour
 * before its samples so that every hour's files explain themselves.
 */
struct series_row {
	int64_t ts_ms;
	int64_t series_id;
	int64_t check_id;      /* who measures it */
	struct slice metric;   /* "loss", "in_octets", … */
	struct slice instance; /* which of several: a port's name; "" when there is one */
	struct slice unit;     /* "us", "%", "bit/s", … */
	struct slice label;    /* what people call the instance; may be empty */
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
