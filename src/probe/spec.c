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
#include "probe/icmp/rtt.h"
#include "proto/dnsmsg.h"

enum { TLS_PORT = 443, INTERFACE_MAX = 15, INTERVAL_MIN_MS = 200 };

enum kinds {
	ON_ICMP = 1 << CHECK_ICMP,
	ON_TCP = 1 << CHECK_TCP,
	ON_HTTP = 1 << CHECK_HTTP,
	ON_TLS = 1 << CHECK_TLS,
	ON_DNS = 1 << CHECK_DNS,
	ON_HOST = 1 << CHECK_HOST,
	ON_ALL = ON_ICMP | ON_TCP | ON_HTTP | ON_TLS | ON_DNS | ON_HOST,
};

struct number_param {
	const char *name;
	unsigned kinds;
	size_t at;
	size_t octets;
	int64_t max;
};

struct other_param {
	const char *name;
	unsigned kinds;
	size_t at;
};

#define NUMBER(text, on, member, most)                                                         \
	{                                                                                      \
		text, on, offsetof(struct check_spec, member),                                 \
			sizeof(((struct check_spec *)0)->member), most                         \
	}
#define OTHER(text, on, member)                                                                \
	{                                                                                      \
		text, on, offsetof(struct check_spec, member)                                  \
	}

static const struct number_param numbers[] = {
	NUMBER("timeout_ms", ON_ALL, timeout_ms, CHECK_TIMEOUT_MAX_MS),
	NUMBER("warn_ms", ON_ALL, warn_latency_ms, CHECK_TIMEOUT_MAX_MS),
	NUMBER("window", ON_ALL, window, 16),
	NUMBER("status", ON_HTTP, expect_status, 599),
	NUMBER("warn_days", ON_HTTP | ON_TLS, warn_days, 36500),
	NUMBER("rcode", ON_DNS, expect_status, 15),
	NUMBER("count", ON_ICMP, count, RTT_MAX),
	NUMBER("warn_loss", ON_ICMP, warn_loss, 100),
	NUMBER("warn", ON_HOST, warn_level, 1000000),
	NUMBER("bad", ON_HOST, bad_level, 1000000),
};

static const struct other_param texts[] = {
	OTHER("expect", ON_TCP | ON_HTTP | ON_DNS, expect_text),
	OTHER("host_header", ON_HTTP, host_header),
	OTHER("name", ON_DNS, query_name),
};

static const struct other_param flags[] = {
	OTHER("accept_untrusted", ON_HTTP | ON_TLS, accept_untrusted),
	OTHER("ad", ON_DNS, want_ad),
	OTHER("aa", ON_DNS, want_aa),
	OTHER("alive", ON_DNS, want_alive),
};

enum {
	NUMBERS = sizeof(numbers) / sizeof(numbers[0]),
	TEXTS = sizeof(texts) / sizeof(texts[0]),
	FLAGS = sizeof(flags) / sizeof(flags[0])
};

static int wrong(struct diag *diag, const char *what)
{
	return diag_set(diag, E_INPUT, 0, 0, "check: %s is missing or not usable", what);
}

static bool applies(unsigned kinds, const struct check_spec *spec)
{
	return (kinds >> spec->kind & 1u) != 0;
}

/* ---- params */

static void store(struct check_spec *spec, const struct number_param *param, int64_t value)
{
	uint8_t narrow = (uint8_t)value;
	uint16_t middle = (uint16_t)value;
	uint32_t wide = (uint32_t)value;
	const void *from = param->octets == 1   ? (const void *)&narrow
			   : param->octets == 2 ? (const void *)&middle
						: (const void *)&wide;
	memcpy((char *)spec + param->at, from, param->octets);
}

static int read_numbers(const struct json *params, struct check_spec *spec, struct diag *diag)
{
	for (size_t i = 0; i < NUMBERS; i++) {
		const struct json *value = json_get(params, numbers[i].name);
		int64_t number = 0;
		if (value == NULL || !applies(numbers[i].kinds, spec)) {
			continue;
		}
		if (!json_int(value, &number) || number < 0 || number > numbers[i].max) {
			return wrong(diag, numbers[i].name);
		}
		store(spec, &numbers[i], number);
	}
	return 0;
}

/* A text the engines take as a C string; NULL when it has a NUL or is too long. */
static const char *text_of(struct arena *arena, struct slice text, size_t max)
{
	bool usable = text.n > 0 && text.n <= max && memchr(text.p, 0, text.n) == NULL;
	return usable ? arena_dup_str(arena, text) : NULL;
}

static int read_texts(struct arena *arena, const struct json *params, struct check_spec *spec,
	struct diag *diag)
{
	for (size_t i = 0; i < TEXTS; i++) {
		struct slice text = json_get_str(params, texts[i].name);
		if (text.n == 0 || !applies(texts[i].kinds, spec)) {
			continue;
		}
		const char *value = text_of(arena, text, CHECK_TEXT_MAX);
		if (value == NULL) {
			return wrong(diag, texts[i].name);
		}
		memcpy((char *)spec + texts[i].at, &value, sizeof(value));
	}
	for (size_t i = 0; i < FLAGS; i++) {
		bool value = json_get_bool(params, flags[i].name, false);
		if (applies(flags[i].kinds, spec)) {
			memcpy((char *)spec + flags[i].at, &value, sizeof(value));
		}
	}
	return 0;
}

static int read_params(struct arena *arena, const struct json *params, struct check_spec *spec,
	struct diag *diag)
{
	struct slice type = json_get_str(params, "type");
	int error = read_numbers(params, spec, diag);
	error = error < 0 ? error : read_texts(arena, params, spec, diag);
	if (error < 0) {
		return error;
	}
	if (spec->kind == CHECK_DNS && type.n > 0 &&
		dnsmsg_type_parse(type, &spec->dns_type) < 0) {
		return wrong(diag, "type");
	}
	if (spec->kind == CHECK_DNS && spec->query_name == NULL) {
		return wrong(diag, "name to ask for");
	}
	return 0;
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
	struct check_spec *spec = &item->spec;
	if (spec->kind == CHECK_HTTP) {
		return read_url(arena, text, item);
	}
	if (spec->kind == CHECK_HOST) {
		return read_item_of_host(arena, text, item);
	}
	int error = read_host(arena, text, item);
	if (error == 0 && spec->kind == CHECK_TLS && spec->port == 0) {
		spec->port = TLS_PORT;
	}
	bool port_fits = spec->kind == CHECK_TCP ? spec->port != 0
						 : spec->kind != CHECK_ICMP || spec->port == 0;
	return error == 0 && port_fits ? 0 : E_INPUT;
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
	error = error < 0 ? error
			  : read_params(arena, json_get(check, "params"), &item.spec, diag);
	if (error < 0) {
		return error;
	}
	*ret_item = item;
	return 0;
}
