/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "base/utf8.h"

static const char *const state_text[] = { "unknown", "up", "degraded", "down", "unreachable" };

int check_kind_parse(struct slice text, enum check_kind *ret_kind)
{
	int kind = name_parse(&check_kind_names, text);
	if (kind < 0) {
		return E_FORMAT;
	}
	*ret_kind = (enum check_kind)kind;
	return 0;
}

const char *check_state_text(enum check_state state)
{
	return state_text[state];
}

static const struct check_param *param_of(const struct check_spec *spec, unsigned value)
{
	const struct check_form *form = &check_forms[spec->kind];
	for (size_t i = 0; i < form->param_count; i++) {
		const struct check_param *param = &form->params[i];
		if (param->member == CHECK_MEMBER_NONE && param->value == value) {
			return param;
		}
	}
	abort();
}

int64_t check_spec_number(const struct check_spec *spec, unsigned value)
{
	return spec->values != NULL && spec->values[value].given
		       ? spec->values[value].number
		       : param_of(spec, value)->number;
}

const char *check_spec_text(const struct check_spec *spec, unsigned value)
{
	return spec->values != NULL && spec->values[value].given ? spec->values[value].text
								 : param_of(spec, value)->text;
}

enum { TEXTS = 5, TEXTS_ALL = TEXTS + CHECK_VALUES_MAX };

/* Every text of a spec, in the members' order and then its values'; returns how many. */
static size_t texts_of(const struct check_spec *spec, const char *ret_texts[TEXTS_ALL])
{
	const char *const fixed[TEXTS] = { spec->name, spec->path, spec->host_header,
		spec->expect_text, spec->query_name };
	memcpy(ret_texts, fixed, sizeof(fixed));
	size_t values = spec->values != NULL ? check_forms[spec->kind].value_count : 0;
	for (size_t i = 0; i < values; i++) {
		ret_texts[TEXTS + i] = spec->values[i].text;
	}
	return TEXTS + values;
}

static const char *text_move(const char *text, size_t octets, char **at)
{
	if (octets == 0) {
		return NULL;
	}
	char *copy = memcpy(*at, text, octets);
	*at += octets;
	return copy;
}

struct check_spec *check_spec_dup(const struct check_spec *spec)
{
	const char *from[TEXTS_ALL];
	size_t len[TEXTS_ALL] = { 0 };
	size_t count = texts_of(spec, from);
	size_t octets = sizeof(*spec) + (count - TEXTS) * sizeof(struct check_value);
	for (size_t i = 0; i < count; i++) {
		len[i] = from[i] != NULL ? strnlen(from[i], CHECK_TEXT_MAX + 1) + 1 : 0;
		if (len[i] > CHECK_TEXT_MAX + 1) {
			return NULL;
		}
		octets += len[i];
	}
	struct check_spec *copy = malloc(octets);
	if (copy == NULL) {
		return NULL;
	}
	*copy = *spec;
	struct check_value *values = (struct check_value *)(copy + 1);
	char *at = (char *)(values + (count - TEXTS));
	const char **into[TEXTS] = { &copy->name, &copy->path, &copy->host_header,
		&copy->expect_text, &copy->query_name };
	for (size_t i = 0; i < TEXTS; i++) {
		*into[i] = text_move(from[i], len[i], &at);
	}
	for (size_t i = TEXTS; i < count; i++) {
		values[i - TEXTS] = spec->values[i - TEXTS];
		values[i - TEXTS].text = text_move(from[i], len[i], &at);
	}
	copy->values = count > TEXTS ? values : NULL;
	return copy;
}

void check_result_init(
	struct check_result *result, const struct check_spec *spec, int64_t at_unix_ms)
{
	result->check_id = spec->id;
	result->at_unix_ms = at_unix_ms;
	result->state = CHECK_UNKNOWN;
	result->latency_us = -1;
	result->code = "check.none";
	result->repeated = false;
	result->arg_count = 0;
	result->perf_count = 0;
	result->args_refused = 0;
}

void check_result_set(struct check_result *result, enum check_state state, const char *code)
{
	result->state = state;
	result->code = code;
}

static struct check_arg *next_arg(struct check_result *result, const char *name)
{
	if (result->arg_count == CHECK_ARGS_MAX) {
		result->args_refused++;
		return NULL;
	}
	struct check_arg *arg = &result->args[result->arg_count++];
	arg->name = name;
	arg->is_number = false;
	arg->number = 0;
	arg->text[0] = '\0';
	return arg;
}

/* At most max octets of UTF-8, cut at a character, into max + 1. */
static void text_clean(struct slice text, size_t max, char *ret_text)
{
	AUTO_BUF struct buf clean;
	buf_init(&clean, 4 * max);
	utf8_put_clean(&clean, slice_head(text, max));
	size_t n = clean.n < max ? clean.n : max;
	while (n > 0 && n < clean.n && (clean.p[n] & 0xc0) == 0x80) {
		n--;
	}
	for (size_t i = 0; i < n; i++) {
		/* A NUL or control octet has no business in a sentence. */
		ret_text[i] = clean.p[i] < ' ' ? ' ' : (char)clean.p[i];
	}
	ret_text[n] = '\0';
}

void check_result_arg(struct check_result *result, const char *name, struct slice text)
{
	struct check_arg *arg = next_arg(result, name);
	if (arg == NULL) {
		return;
	}
	text_clean(text, CHECK_ARG_TEXT_MAX, arg->text);
}

void check_result_arg_int(struct check_result *result, const char *name, int64_t number)
{
	struct check_arg *arg = next_arg(result, name);
	if (arg != NULL) {
		arg->is_number = true;
		arg->number = number;
	}
}

void check_result_perf(
	struct check_result *result, const char *name, double value, const char *unit)
{
	for (size_t i = 0; name != NULL && i < result->perf_count; i++) {
		struct check_perf *kept = &result->perf[i];
		if (kept->name != NULL && strcmp(kept->name, name) == 0 && isnan(kept->value)) {
			kept->value = value;
			return;
		}
	}
	if (result->perf_count == CHECK_PERF_MAX) {
		result->args_refused++;
		return;
	}
	struct check_perf *perf = &result->perf[result->perf_count++];
	perf->name = name;
	perf->unit = unit;
	perf->value = value;
}

void check_result_perf_labelled(
	struct check_result *result, struct slice label, double value, struct slice uom)
{
	uint8_t at = result->perf_count;
	check_result_perf(result, NULL, value, NULL);
	if (result->perf_count > at) {
		text_clean(label, CHECK_LABEL_MAX, result->perf[at].label);
		text_clean(uom, CHECK_UNIT_MAX, result->perf[at].uom);
	}
}

void check_result_put_args(struct jw *jw, const struct check_result *result)
{
	jw_object(jw);
	for (size_t i = 0; i < result->arg_count; i++) {
		const struct check_arg *arg = &result->args[i];
		jw_key(jw, arg->name);
		if (arg->is_number) {
			jw_int(jw, arg->number);
		} else {
			jw_str(jw, slice_str(arg->text));
		}
	}
	jw_end(jw);
}

void check_result_put_perf(struct jw *jw, const struct check_result *result)
{
	jw_object(jw);
	for (size_t i = 0; i < result->perf_count; i++) {
		const struct check_perf *perf = &result->perf[i];
		if (isnan(perf->value)) {
			continue;
		}
		bool own = perf->name != NULL;
		jw_key_slice(jw, slice_str(own ? perf->name : perf->label));
		jw_object(jw);
		jw_key(jw, "value");
		jw_double(jw, perf->value);
		jw_kv_str(jw, "unit", slice_str(own ? perf->unit : perf->uom));
		jw_end(jw);
	}
	jw_end(jw);
}
