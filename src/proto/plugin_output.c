/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/plugin_output.h"

#include <math.h>
#include <string.h>

#include "base/err.h"
#include "base/num.h"

enum { FIELDS = 5 };

static bool digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* The octets of a decimal number at the beginning: sign, digits with one point, exponent. */
static size_t number_octets(struct slice text)
{
	size_t n = text.n > 0 && (text.p[0] == '-' || text.p[0] == '+') ? 1 : 0;
	size_t digits = 0;
	bool point = false;
	for (; n < text.n && (digit(text.p[n]) || (!point && text.p[n] == '.')); n++) {
		point = point || text.p[n] == '.';
		digits += digit(text.p[n]) ? 1 : 0;
	}
	if (digits == 0) {
		return 0;
	}
	size_t e = n;
	if (e < text.n && (text.p[e] == 'e' || text.p[e] == 'E')) {
		e++;
		e += e < text.n && (text.p[e] == '-' || text.p[e] == '+') ? 1 : 0;
		size_t first = e;
		while (e < text.n && digit(text.p[e])) {
			e++;
		}
		n = e > first ? e : n;
	}
	return n;
}

/* A number at the beginning, and what follows it. */
static bool take_number(struct slice text, double *ret_value, struct slice *ret_rest)
{
	size_t n = number_octets(text);
	*ret_rest = slice_skip(text, n);
	return n > 0 && n <= PLUGIN_NUMBER_MAX &&
	       num_double(slice_head(text, n), ret_value) == 0;
}

static bool whole_number(struct slice text, double *ret_value)
{
	struct slice rest;
	return take_number(text, ret_value, &rest) && rest.n == 0;
}

int plugin_range_parse(struct slice text, struct plugin_range *ret_range)
{
	struct plugin_range range = { .end = INFINITY, .given = true };
	struct slice start;
	struct slice end;
	if (slice_starts(text, SLICE("@"))) {
		range.inside = true;
		text = slice_skip(text, 1);
	}
	if (!slice_cut(text, ':', &start, &end)) {
		end = text;
		start = (struct slice) { 0 };
		if (text.n == 0) {
			return E_FORMAT;
		}
	}
	bool below = slice_is(start, "~");
	if (below) {
		range.start = -INFINITY;
	}
	if ((start.n > 0 && !below && !whole_number(start, &range.start)) ||
		(end.n > 0 && !whole_number(end, &range.end)) || range.start > range.end) {
		return E_FORMAT;
	}
	*ret_range = range;
	return 0;
}

bool plugin_range_alerts(const struct plugin_range *range, double value)
{
	bool within = value >= range->start && value <= range->end;
	return range->given && within == range->inside;
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct slice skip_space(struct slice text)
{
	size_t n = 0;
	while (n < text.n && is_space(text.p[n])) {
		n++;
	}
	return slice_skip(text, n);
}

static size_t until_space(struct slice text)
{
	size_t n = 0;
	while (n < text.n && !is_space(text.p[n])) {
		n++;
	}
	return n;
}

/* The label and its "="; a quoted one may hold anything, a quote being two. */
static bool take_label(struct slice *text, char ret_label[PLUGIN_LABEL_MAX + 1])
{
	bool quoted = text->n > 0 && text->p[0] == '\'';
	size_t kept = 0;
	size_t at = quoted ? 1 : 0;
	for (; at < text->n; at++) {
		uint8_t c = text->p[at];
		if (quoted && c == '\'') {
			at++;
			if (at == text->n || text->p[at] != '\'') {
				break;
			}
		} else if (!quoted && (c == '=' || c == ' ' || c == '\'')) {
			break;
		}
		if (kept < PLUGIN_LABEL_MAX && c != 0) {
			ret_label[kept++] = (char)c;
		}
	}
	ret_label[kept] = '\0';
	*text = slice_skip(*text, at);
	bool good = kept > 0 && text->n > 0 && text->p[0] == '=';
	*text = slice_skip(*text, good ? 1 : 0);
	return good;
}

static bool uom_fits(struct slice uom)
{
	for (size_t i = 0; i < uom.n; i++) {
		if (digit(uom.p[i]) || uom.p[i] == '\'' || uom.p[i] == '"' || uom.p[i] < ' ') {
			return false;
		}
	}
	return true;
}

static bool take_value(struct slice field, struct plugin_perf *perf)
{
	if (slice_is(field, "U")) {
		return true;
	}
	perf->has_value = take_number(field, &perf->value, &perf->uom);
	return perf->has_value && uom_fits(perf->uom);
}

/* "value[UOM];[warn];[crit];[min];[max]" */
static bool take_fields(struct slice item, struct plugin_perf *perf)
{
	struct slice field[FIELDS] = { { 0 } };
	for (size_t i = 0; i < FIELDS && item.n > 0; i++) {
		struct slice rest = { 0 };
		(void)slice_cut(item, ';', &field[i], &rest);
		item = rest;
	}
	bool good = item.n == 0 && take_value(field[0], perf);
	if (good && field[1].n > 0) {
		good = plugin_range_parse(field[1], &perf->warn) == 0;
	}
	if (good && field[2].n > 0) {
		good = plugin_range_parse(field[2], &perf->crit) == 0;
	}
	perf->has_min = field[3].n > 0;
	perf->has_max = field[4].n > 0;
	return good && (!perf->has_min || whole_number(field[3], &perf->min)) &&
	       (!perf->has_max || whole_number(field[4], &perf->max));
}

static void take_perf(struct slice text, struct plugin_output *output)
{
	while ((text = skip_space(text)).n > 0) {
		struct plugin_perf perf = { 0 };
		bool labelled = take_label(&text, perf.label);
		struct slice item = slice_head(text, until_space(text));
		text = slice_skip(text, item.n);
		if (!labelled || !take_fields(item, &perf) ||
			output->perf_count == PLUGIN_PERF_MAX) {
			output->perf_refused++;
			continue;
		}
		output->perf[output->perf_count++] = perf;
	}
}

void plugin_output_parse(int exit_code, struct slice output, struct plugin_output *ret_output)
{
	struct slice first;
	struct slice rest = { 0 };
	struct slice measured = { 0 };
	struct slice more = { 0 };
	memset(ret_output, 0, sizeof(*ret_output));
	bool known = exit_code >= PLUGIN_OK && exit_code <= PLUGIN_UNKNOWN;
	ret_output->state = known ? (enum plugin_state)exit_code : PLUGIN_UNKNOWN;
	if (output.n > PLUGIN_OUTPUT_MAX) {
		ret_output->octets_refused = output.n - PLUGIN_OUTPUT_MAX;
		output = slice_head(output, PLUGIN_OUTPUT_MAX);
	}
	(void)slice_cut(output, '\n', &first, &rest);
	(void)slice_cut(first, '|', &ret_output->text, &measured);
	ret_output->text = slice_trim(ret_output->text);
	(void)slice_cut(rest, '|', &ret_output->long_text, &more);
	take_perf(measured, ret_output);
	take_perf(more, ret_output);
}
