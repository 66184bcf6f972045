/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "base/utf8.h"

static const char *const kind_text[] = { "icmp", "tcp", "http", "tls", "dns", "host" };
static const char *const state_text[] = { "unknown", "up", "degraded", "down", "unreachable" };

enum { KINDS = sizeof(kind_text) / sizeof(kind_text[0]) };

const char *check_kind_text(enum check_kind kind)
{
	return kind_text[kind];
}

int check_kind_parse(struct slice text, enum check_kind *ret_kind)
{
	for (unsigned i = 0; i < KINDS; i++) {
		if (slice_is(text, kind_text[i])) {
			*ret_kind = (enum check_kind)i;
			return 0;
		}
	}
	return E_FORMAT;
}

const char *check_state_text(enum check_state state)
{
	return state_text[state];
}

struct check_spec *check_spec_dup(const struct check_spec *spec)
{
	const char *from[] = { spec->name, spec->path, spec->host_header, spec->expect_text,
		spec->query_name };
	enum { TEXTS = sizeof(from) / sizeof(from[0]) };
	size_t octets = sizeof(*spec);
	size_t len[TEXTS] = { 0 };
	for (size_t i = 0; i < TEXTS; i++) {
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
	const char **into[TEXTS] = { &copy->name, &copy->path, &copy->host_header,
		&copy->expect_text, &copy->query_name };
	char *at = (char *)(copy + 1);
	for (size_t i = 0; i < TEXTS; i++) {
		if (len[i] > 0) {
			memcpy(at, from[i], len[i]);
			*into[i] = at;
			at += len[i];
		}
	}
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

void check_result_arg(struct check_result *result, const char *name, struct slice text)
{
	struct check_arg *arg = next_arg(result, name);
	if (arg == NULL) {
		return;
	}
	AUTO_BUF struct buf clean;
	buf_init(&clean, 4 * CHECK_ARG_TEXT_MAX);
	utf8_put_clean(&clean, slice_head(text, CHECK_ARG_TEXT_MAX));
	size_t n = clean.n < CHECK_ARG_TEXT_MAX ? clean.n : CHECK_ARG_TEXT_MAX;
	while (n > 0 && n < clean.n && (clean.p[n] & 0xc0) == 0x80) {
		n--;
	}
	for (size_t i = 0; i < n; i++) {
		/* A NUL or control octet has no business in a sentence. */
		arg->text[i] = clean.p[i] < ' ' ? ' ' : (char)clean.p[i];
	}
	arg->text[n] = '\0';
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
	if (result->perf_count == CHECK_PERF_MAX) {
		result->args_refused++;
		return;
	}
	result->perf[result->perf_count++] = (struct check_perf) { name, unit, value };
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
		if (isnan(result->perf[i].value)) {
			continue;
		}
		jw_key(jw, result->perf[i].name);
		jw_object(jw);
		jw_key(jw, "value");
		jw_double(jw, result->perf[i].value);
		jw_kv_str(jw, "unit", slice_str(result->perf[i].unit));
		jw_end(jw);
	}
	jw_end(jw);
}
