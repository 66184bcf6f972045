/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a monitoring plugin says: its exit code and what it wrote to standard
 * output, as Nagios-compatible programs have agreed on it.
 *
 * Layer: proto.  Threading: reentrant.  Fuzz target: fuzz/plugin_output.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/slice.h"

enum {
	PLUGIN_OUTPUT_MAX = 64 * 1024, /* octets read; the rest is counted */
	PLUGIN_PERF_MAX = 64,
	PLUGIN_LABEL_MAX = 64, /* octets kept */
	PLUGIN_NUMBER_MAX = 40,
};

enum plugin_state { PLUGIN_OK, PLUGIN_WARNING, PLUGIN_CRITICAL, PLUGIN_UNKNOWN };

/** Alerts outside start..end, both included in what is good; with inside, within them. */
struct plugin_range {
	double start; /* -INFINITY for "~" */
	double end;   /* INFINITY where it is left out */
	bool given;
	bool inside;
};

struct plugin_perf {
	char label[PLUGIN_LABEL_MAX + 1]; /* quotes undone, cut */
	double value;
	bool has_value;   /* false for "U": could not be measured */
	struct slice uom; /* borrowed: "s", "%", "MB", "c", "" */
	struct plugin_range warn;
	struct plugin_range crit;
	double min;
	double max;
	bool has_min;
	bool has_max;
};

struct plugin_output {
	enum plugin_state state;
	struct slice text;      /* the first line without its measurements; borrowed */
	struct slice long_text; /* the lines after it, ends of line included; borrowed */
	size_t perf_count;
	size_t perf_refused; /* beyond PLUGIN_PERF_MAX, or malformed */
	size_t octets_refused;
	struct plugin_perf perf[PLUGIN_PERF_MAX];
};

/**
 * Source:  Monitoring Plugins Development Guidelines, "Plugin Output", "Print only one
 *          line of text", "Performance data", "Plugin Return Codes"; the longer form with a second
 *          "|" is of the Nagios Core Plugin API.
 * Shape:   exit_code outside 0..3 is unknown, also that of a plugin that was killed.
 */
void plugin_output_parse(int exit_code, struct slice output, struct plugin_output *ret_output);

/**
 * "10" = 0..10, "10:" = 10 and above, "~:10" = 10 and below, "10:20", "@10:20".
 *
 * Source:  Monitoring Plugins Development Guidelines, "Threshold and Ranges".
 * Returns: 0, or E_FORMAT (also when start is above end).
 */
NODISCARD int plugin_range_parse(struct slice text, struct plugin_range *ret_range);

/** Does the value alert?  A range that is not given never does. */
bool plugin_range_alerts(const struct plugin_range *range, double value);
