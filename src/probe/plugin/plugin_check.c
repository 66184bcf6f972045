/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/plugin/plugin_check.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "proto/plugin_output.h"

static const char *const how_code[PLUGIN_HOW_COUNT] = {
	[PLUGIN_ENDED] = "plugin.ok",
	[PLUGIN_SIGNALLED] = "plugin.signal",
	[PLUGIN_TIMED_OUT] = "plugin.timeout",
	[PLUGIN_ABSENT] = "plugin.absent",
	[PLUGIN_SETUID] = "plugin.setuid",
	[PLUGIN_OUTSIDE] = "plugin.outside",
	[PLUGIN_REFUSED] = "plugin.refused",
	[PLUGIN_BUSY] = "plugin.busy",
	[PLUGIN_FAILED] = "plugin.failed",
	[PLUGIN_UNREGISTERED] = "plugin.unregistered",
	[PLUGIN_UNREACHED] = "plugin.unreached",
	[PLUGIN_UNAVAILABLE] = "plugin.unavailable",
};

static const struct {
	enum check_state state;
	const char *code;
} said[] = {
	[PLUGIN_OK] = { CHECK_UP, "plugin.ok" },
	[PLUGIN_WARNING] = { CHECK_DEGRADED, "plugin.warning" },
	[PLUGIN_CRITICAL] = { CHECK_DOWN, "plugin.critical" },
	[PLUGIN_UNKNOWN] = { CHECK_UNKNOWN, "plugin.unknown" },
};

const char *plugin_how_code(enum plugin_how how)
{
	return how_code[how];
}

uint32_t plugin_timeout_ms(const struct check_spec *spec)
{
	return spec->timeout_ms != 0 ? spec->timeout_ms : CHECK_TIMEOUT_DEFAULT_MS;
}

/* ---- arguments */

/* What may stand in an argument for something of the target. */
static size_t macro_put(const struct check_spec *spec, struct slice text, struct buf *out)
{
	static const char *const names[] = { "$ADDRESS$", "$NAME$", "$PORT$", "$TIMEOUT$" };
	size_t which = 0;
	while (which < 4 && !slice_starts(text, slice_str(names[which]))) {
		which++;
	}
	switch (which) {
	case 0:
		probe_addr_put(out, &spec->addr);
		break;
	case 1:
		if (spec->name != NULL) {
			buf_put_str(out, spec->name);
		} else {
			probe_addr_put(out, &spec->addr);
		}
		break;
	case 2:
		if (spec->port != 0) {
			buf_put_i64(out, spec->port);
		}
		break;
	case 3:
		buf_put_i64(out, (plugin_timeout_ms(spec) + 999) / 1000);
		break;
	default:
		return 0;
	}
	return strlen(names[which]);
}

/* One octet of a word, or all of a macro; returns how many were read. */
static size_t piece_put(const struct check_spec *spec, struct slice text, struct buf *out)
{
	size_t n = text.p[0] == '$' ? macro_put(spec, text, out) : 0;
	if (n == 0) {
		buf_put_byte(out, text.p[0]);
		n = 1;
	}
	return n;
}

static bool is_gap(uint8_t octet)
{
	return octet == ' ' || octet == '\t' || octet == '\n' || octet == '\r';
}

/* Up to the next gap outside quotes; the rest of the words, or an open quote. */
static int word_put(const struct check_spec *spec, struct slice *words, struct buf *out)
{
	uint8_t quote = 0;
	while (words->n > 0 && (quote != 0 || !is_gap(words->p[0]))) {
		uint8_t octet = words->p[0];
		if (octet == 0) {
			return E_FORMAT;
		}
		size_t n = 1;
		if (octet == quote) {
			quote = 0;
		} else if (quote == 0 && (octet == '"' || octet == '\'')) {
			quote = octet;
		} else {
			n = piece_put(spec, *words, out);
		}
		*words = slice_skip(*words, n);
	}
	buf_put_byte(out, 0);
	return quote != 0 ? E_FORMAT : 0;
}

int plugin_args_put(const struct check_spec *spec, struct slice words, struct buf *out)
{
	size_t before = out->n;
	for (unsigned count = 0;; count++) {
		while (words.n > 0 && is_gap(words.p[0])) {
			words = slice_skip(words, 1);
		}
		if (words.n == 0) {
			break;
		}
		int error = count == PLUGIN_ARGS_MAX ? E_LIMIT : word_put(spec, &words, out);
		if (error < 0) {
			return error;
		}
	}
	return out->failed || out->n - before > PLUGIN_ARGS_OCTETS_MAX ? E_LIMIT : 0;
}

/* ---- results */

/* Everything measured, as the plugin wrote it: what people compare with. */
static void perf_put(const struct plugin_output *output, struct check_result *result)
{
	size_t told = 0;
	for (size_t i = 0; i < output->perf_count; i++) {
		const struct plugin_perf *perf = &output->perf[i];
		if (perf->has_value && result->perf_count < CHECK_PERF_MAX) {
			check_result_perf_labelled(
				result, slice_str(perf->label), perf->value, perf->uom);
			told++;
		}
	}
	size_t more = output->perf_count - told + output->perf_refused;
	if (more > 0) {
		check_result_arg_int(result, "perf_more", (int64_t)more);
	}
}

/* The measurements' own text: what follows the first '|' of the first line. */
static struct slice measured_of(struct slice out)
{
	struct slice line = { 0 };
	struct slice rest = { 0 };
	struct slice text = { 0 };
	struct slice measured = { 0 };
	(void)slice_cut(out, '\n', &line, &rest);
	(void)slice_cut(line, '|', &text, &measured);
	return slice_trim(measured);
}

void plugin_judge(const struct plugin_end *end, struct check_result *result)
{
	struct plugin_output output;
	result->latency_us = end->latency_us;
	plugin_output_parse(
		end->how == PLUGIN_ENDED ? end->code : PLUGIN_UNKNOWN, end->out, &output);
	if (end->how == PLUGIN_ENDED) {
		check_result_set(result, said[output.state].state, said[output.state].code);
		check_result_arg_int(result, "exit", end->code);
	} else {
		check_result_set(result, CHECK_UNKNOWN, how_code[end->how]);
	}
	if (end->how == PLUGIN_SIGNALLED) {
		check_result_arg_int(result, "signal", end->code);
	}
	/* One that says nothing where it should may say why elsewhere. */
	struct slice text = output.text.n > 0 ? output.text : slice_trim(end->err);
	if (text.n > 0) {
		check_result_arg(result, "text", text);
	}
	struct slice measured = measured_of(end->out);
	if (measured.n > 0) {
		check_result_arg(result, "perfdata", measured);
	}
	if (output.long_text.n > 0) {
		check_result_arg(result, "long", slice_trim(output.long_text));
	}
	perf_put(&output, result);
	if (end->discarded > 0) {
		check_result_arg_int(result, "discarded", (int64_t)end->discarded);
	}
}
