/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/spec.h"

#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/num.h"
#include "model/name.h"
#include "proto/dnsmsg.h"

enum { INTERFACE_MAX = 15, INTERVAL_MIN_MS = 200 };

#define MEMBER(member)                                                                         \
	{                                                                                      \
		offsetof(struct check_spec, member), sizeof(((struct check_spec *)0)->member)  \
	}

/* Where engines look for what is not of one kind alone. */
static const struct {
	size_t at;
	size_t octets;
} members[] = {
	[CHECK_MEMBER_TIMEOUT_MS] = MEMBER(timeout_ms),
	[CHECK_MEMBER_WARN_LATENCY_MS] = MEMBER(warn_latency_ms),
	[CHECK_MEMBER_WINDOW] = MEMBER(window),
	[CHECK_MEMBER_EXPECT_TEXT] = MEMBER(expect_text),
	[CHECK_MEMBER_EXPECT_STATUS] = MEMBER(expect_status),
	[CHECK_MEMBER_HOST_HEADER] = MEMBER(host_header),
	[CHECK_MEMBER_ACCEPT_UNTRUSTED] = MEMBER(accept_untrusted),
	[CHECK_MEMBER_WARN_DAYS] = MEMBER(warn_days),
	[CHECK_MEMBER_QUERY_NAME] = MEMBER(query_name),
	[CHECK_MEMBER_DNS_TYPE] = MEMBER(dns_type),
	[CHECK_MEMBER_WANT_AD] = MEMBER(want_ad),
	[CHECK_MEMBER_WANT_AA] = MEMBER(want_aa),
	[CHECK_MEMBER_WANT_ALIVE] = MEMBER(want_alive),
	[CHECK_MEMBER_WARN_LEVEL] = MEMBER(warn_level),
	[CHECK_MEMBER_BAD_LEVEL] = MEMBER(bad_level),
	[CHECK_MEMBER_TLS_MODE] = MEMBER(tls_mode),
};

static int wrong(struct diag *diag, const char *what)
{
	return diag_set(diag, E_INPUT, 0, 0, "check: %s is missing or not usable", what);
}

/* ---- params */

/* Where a parameter goes: a member, or the next octets of the kind's own values. */
static void store(struct check_spec *spec, const struct check_param *param,
	struct check_value *values, const struct check_value *value)
{
	if (param->member == CHECK_MEMBER_NONE) {
		values[param->value] = *value;
		values[param->value].given = true;
		return;
	}
	char *at = (char *)spec + members[param->member].at;
	size_t octets = members[param->member].octets;
	if (value->text != NULL) {
		memcpy(at, &value->text, sizeof(value->text));
		return;
	}
	uint8_t narrow = (uint8_t)value->number;
	uint16_t middle = (uint16_t)value->number;
	uint32_t wide = (uint32_t)value->number;
	const void *from = octets == 1   ? (const void *)&narrow
			   : octets == 2 ? (const void *)&middle
					 : (const void *)&wide;
	memcpy(at, from, octets);
}

/* A text the engines take as a C string; NULL when it has a NUL or is too long. */
static const char *text_of(struct arena *arena, struct slice text, size_t max)
{
	bool usable = text.n > 0 && text.n <= max && memchr(text.p, 0, text.n) == NULL;
	return usable ? arena_dup_str(arena, text) : NULL;
}

static bool choice_of(
	const struct check_param *param, struct slice word, struct check_value *ret_value)
{
	uint16_t type = 0;
	if (param->member == CHECK_MEMBER_DNS_TYPE) {
		bool known = dnsmsg_type_parse(word, &type) == 0;
		ret_value->number = type;
		return known;
	}
	ret_value->number = check_param_choice(param, word);
	return ret_value->number >= 0;
}

/* 0 is the default where the range begins above it. */
static bool value_of(struct arena *arena, const struct check_param *param,
	const struct json *json, struct check_value *ret_value)
{
	bool flag = false;
	switch (param->type) {
	case CHECK_PARAM_INT:
		return json_int(json, &ret_value->number) && ret_value->number >= 0 &&
		       ret_value->number <= param->max;
	case CHECK_PARAM_FLAG:
		(void)!json_bool(json, &flag);
		ret_value->number = flag;
		return true;
	case CHECK_PARAM_CHOICE:
		return choice_of(param, json_str(json), ret_value);
	case CHECK_PARAM_TEXT:
	case CHECK_PARAM_NAME:
	case CHECK_PARAM_SECRET:
	case CHECK_PARAM_KEPT:
		break;
	}
	ret_value->text = text_of(arena, json_str(json), CHECK_TEXT_MAX);
	return ret_value->text != NULL;
}

static bool is_empty_text(const struct check_param *param, const struct json *json)
{
	return param->type != CHECK_PARAM_INT && param->type != CHECK_PARAM_FLAG &&
	       json_str(json).n == 0;
}

int spec_read_params(struct arena *arena, const struct json *params, struct check_spec *spec,
	struct diag *diag)
{
	const struct check_form *form = &check_forms[spec->kind];
	struct check_value *values =
		form->value_count > 0 ? arena_take(arena, form->value_count * sizeof(*values))
				      : NULL;
	for (size_t i = 0; i < form->param_count; i++) {
		const struct check_param *param = &form->params[i];
		const struct json *json = json_get(params, param->name);
		struct check_value value = { 0 };
		bool given = json != NULL && !is_empty_text(param, json);
		/* A secret that could not be opened is the engine's to tell. */
		bool wanted = param->needed && param->type != CHECK_PARAM_SECRET;
		if ((given && !value_of(arena, param, json, &value)) || (!given && wanted)) {
			return wrong(diag, param->name);
		}
		if (given) {
			store(spec, param, values, &value);
		}
	}
	spec->values = values;
	return 0;
}

/* The port where the target leaves it out. */
static void fill_port(struct check_spec *spec)
{
	const struct check_form *form = &check_forms[spec->kind];
	if (spec->port == 0 && form->target != CHECK_TARGET_URL) {
		bool at_once = spec->tls_mode == CHECK_TLS_AT_ONCE && form->tls_port != 0;
		spec->port = at_once ? form->tls_port : form->port;
	}
}

/* ---- target */

bool spec_cut_port(struct slice text, struct slice *ret_host, struct slice *ret_port)
{
	struct probe_addr addr;
	struct slice rest = { 0 };
	*ret_host = text;
	*ret_port = (struct slice) { 0 };
	if (slice_starts(text, SLICE("["))) {
		if (!slice_cut(slice_skip(text, 1), ']', ret_host, &rest)) {
			return false;
		}
		*ret_port = slice_skip(rest, 1);
		return rest.n == 0 || (rest.p[0] == ':' && rest.n > 1);
	}
	/* A bare IPv6 address has colons of its own. */
	if (probe_addr_parse(text, &addr) < 0 && slice_cut(text, ':', ret_host, ret_port)) {
		return ret_port->n > 0;
	}
	return true;
}

static bool is_name(struct slice host)
{
	for (size_t i = 0; i < host.n; i++) {
		/* What could end the name in a request or a sentence is none. */
		if (host.p[i] <= ' ' || host.p[i] == 0x7f ||
			strchr(":/@?#[]\\\"", host.p[i]) != NULL) {
			return false;
		}
	}
	return host.n > 0 && host.n <= SPEC_HOST_MAX;
}

static int read_host(struct arena *arena, struct slice text, struct spec_item *item)
{
	struct check_spec *spec = &item->spec;
	struct slice host;
	struct slice port;
	uint64_t number = 0;
	if (!spec_cut_port(text, &host, &port)) {
		return E_INPUT;
	}
	if (port.n > 0 && (num_u64(port, UINT16_MAX, &number) < 0 || number == 0)) {
		return E_INPUT;
	}
	spec->port = (uint16_t)number;
	item->host = arena_dup(arena, host);
	if (probe_addr_parse(host, &spec->addr) == 0) {
		return 0;
	}
	spec->name = is_name(host) ? text_of(arena, host, SPEC_HOST_MAX) : NULL;
	return spec->name != NULL ? 0 : E_INPUT;
}

static size_t first_of(struct slice text, const char *marks)
{
	size_t at = 0;
	while (at < text.n && (text.p[at] == 0 || strchr(marks, text.p[at]) == NULL)) {
		at++;
	}
	return at;
}

static int read_url(struct arena *arena, struct slice url, struct spec_item *item)
{
	item->spec.use_tls = slice_starts(url, SLICE("https://"));
	if (!item->spec.use_tls && !slice_starts(url, SLICE("http://"))) {
		return E_INPUT;
	}
	url = slice_skip(url, item->spec.use_tls ? 8 : 7);
	url = slice_head(url, first_of(url, "#"));
	size_t end = first_of(url, "/?");
	struct slice path = slice_skip(url, end);
	if (path.n > 0) {
		struct slice full = arena_printf(
			arena, "%s%.*s", path.p[0] == '?' ? "/" : "", SLICE_FMT(path));
		item->spec.path =
			full.n >= path.n ? text_of(arena, full, CHECK_TEXT_MAX) : NULL;
		if (item->spec.path == NULL) {
			return E_INPUT;
		}
	}
	return read_host(arena, slice_head(url, end), item);
}

static int read_item_of_host(struct arena *arena, struct slice text, struct spec_item *item)
{
	static const char *const plain[] = { "load", "memory", "disk", "clock" };
	struct slice prefix = SLICE("interface:");
	bool known = slice_starts(text, prefix) && text.n > prefix.n &&
		     text.n <= prefix.n + INTERFACE_MAX;
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		known = known || slice_is(text, plain[i]);
	}
	item->spec.path = known ? text_of(arena, text, CHECK_TEXT_MAX) : NULL;
	return item->spec.path != NULL ? 0 : E_INPUT;
}

static int read_target(struct arena *arena, struct slice text, struct spec_item *item)
{
	switch (check_forms[item->spec.kind].target) {
	case CHECK_TARGET_URL:
		return read_url(arena, text, item);
	case CHECK_TARGET_OWN:
		return read_item_of_host(arena, text, item);
	case CHECK_TARGET_HOST:
	case CHECK_TARGET_PLACE:
	case CHECK_TARGET_SERVICE:
	case CHECK_TARGET_SERVER:
		break;
	}
	return read_host(arena, text, item);
}

int spec_complete(struct check_spec *spec)
{
	enum check_target target = check_forms[spec->kind].target;
	if (target == CHECK_TARGET_HOST) {
		return spec->port == 0 ? 0 : E_INPUT;
	}
	fill_port(spec);
	/* A service without a usual port is one that may do without any. */
	bool needs_port =
		target != CHECK_TARGET_URL && target != CHECK_TARGET_OWN &&
		!(target == CHECK_TARGET_SERVICE && check_forms[spec->kind].port == 0);
	return !needs_port || spec->port != 0 ? 0 : E_INPUT;
}

/* ---- the whole */

/* For people: whole characters, no control octets. */
static struct slice shown(struct arena *arena, struct slice text, size_t max)
{
	size_t n = text.n < max ? text.n : max;
	while (n > 0 && n < text.n && (text.p[n] & 0xc0) == 0x80) {
		n--;
	}
	uint8_t *copy = arena_take(arena, n + 1);
	for (size_t i = 0; i < n; i++) {
		copy[i] = text.p[i] < ' ' ? ' ' : text.p[i];
	}
	return slice_of(copy, n);
}

static int read_pace(const struct json *check, struct spec_item *item, struct diag *diag)
{
	double interval_s = 0;
	int64_t retries = json_get_int(check, "retries", 0);
	if (json_get(check, "interval_s") != NULL &&
		(!json_double(json_get(check, "interval_s"), &interval_s) ||
			interval_s * 1000.0 < INTERVAL_MIN_MS ||
			interval_s > SPEC_INTERVAL_MAX_S)) {
		return wrong(diag, "interval_s");
	}
	if (retries < 0 || retries > SPEC_RETRIES_MAX) {
		return wrong(diag, "retries");
	}
	item->spec.interval_ms = (uint32_t)(interval_s * 1000.0);
	item->spec.retries = (uint8_t)retries;
	return 0;
}

static int read_marks(struct arena *arena, const struct json *check, struct spec_item *item,
	struct diag *diag)
{
	if (!json_int(json_get(check, "id"), &item->spec.id) || item->spec.id <= 0) {
		return wrong(diag, "id");
	}
	if (check_kind_parse(json_get_str(check, "kind"), &item->spec.kind) < 0) {
		return wrong(diag, "kind");
	}
	int severity = name_parse(&alert_severity_names, json_get_str(check, "severity"));
	if (severity < 0) {
		return wrong(diag, "severity");
	}
	item->severity = (enum alert_severity)severity;
	item->name = shown(arena, json_get_str(check, "name"), SPEC_NAME_MAX);
	item->target = shown(arena, json_get_str(check, "target"), SPEC_TARGET_MAX);
	return 0;
}

int spec_read(struct arena *arena, const struct json *check, struct spec_item *ret_item,
	struct diag *diag)
{
	struct spec_item item = { 0 };
	int error = read_marks(arena, check, &item, diag);
	error = error < 0 ? error : read_pace(check, &item, diag);
	if (error == 0 && read_target(arena, json_get_str(check, "target"), &item) < 0) {
		error = wrong(diag, "target");
	}
	error = error < 0
			? error
			: spec_read_params(arena, json_get(check, "params"), &item.spec, diag);
	if (error == 0 && spec_complete(&item.spec) < 0) {
		error = wrong(diag, "target");
	}
	if (error < 0) {
		return error;
	}
	*ret_item = item;
	return 0;
}
