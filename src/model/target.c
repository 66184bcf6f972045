/* SPDX-License-Identifier: Apache-2.0 */
#include "model/target.h"

#include "base/err.h"
#include "base/num.h"
#include "model/asset_key.h"
#include "model/network.h"

/* One address or a name, not a network. */
static int host_take(struct slice text, struct target *target)
{
	struct network network;
	if (slice_find(text, SLICE("/")) != SIZE_MAX) {
		return E_FORMAT;
	}
	target->host = text;
	target->is_address = network_parse(text, &network) == 0;
	return target->is_address || host_name_valid(text) ? 0 : E_FORMAT;
}

static int port_take(struct slice text, struct target *target)
{
	uint64_t port = 0;
	int error = num_u64(text, UINT16_MAX, &port);
	if (error < 0 || port == 0) {
		return error < 0 ? error : E_RANGE;
	}
	target->port = (uint16_t)port;
	return 0;
}

/* "host:port", "[v6]:port", or either without port; a bare v6 address has colons of its own. */
static int host_port_take(struct slice text, struct target *target)
{
	struct slice port = { 0 };
	if (slice_starts(text, SLICE("["))) {
		size_t close = slice_find(text, SLICE("]"));
		if (close == SIZE_MAX) {
			return E_FORMAT;
		}
		port = slice_skip(text, close + 1);
		text = slice_of(text.p + 1, close - 1);
		if (port.n > 0 && port.p[0] != ':') {
			return E_FORMAT;
		}
	} else {
		size_t colon = slice_find(text, SLICE(":"));
		bool bare = colon != SIZE_MAX &&
			    slice_find(slice_skip(text, colon + 1), SLICE(":")) != SIZE_MAX;
		if (colon != SIZE_MAX && !bare) {
			port = slice_skip(text, colon);
			text = slice_head(text, colon);
		}
	}
	int error = host_take(text, target);
	return error < 0 || port.n == 0 ? error : port_take(slice_skip(port, 1), target);
}

static bool url_octets(struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] <= 0x20 || text.p[i] == 0x7f ||
			memchr("\"<>\\^`{|}", text.p[i], 9) != NULL) {
			return false;
		}
	}
	return true;
}

static int url_take(struct slice text, struct target *target)
{
	const struct slice plain = SLICE("http://");
	const struct slice secure = SLICE("https://");
	target->is_https = slice_starts(text, secure);
	if (!target->is_https && !slice_starts(text, plain)) {
		return E_FORMAT;
	}
	struct slice rest = slice_skip(text, target->is_https ? secure.n : plain.n);
	size_t end = 0;
	while (end < rest.n && memchr("/?#", rest.p[end], 3) == NULL) {
		end++;
	}
	struct slice authority = slice_head(rest, end);
	/* A bare v6 address is no authority (RFC 3986 section 3.2.2). */
	int error = url_octets(text) ? host_port_take(authority, target) : E_FORMAT;
	bool naked = error == 0 && slice_find(target->host, SLICE(":")) != SIZE_MAX &&
		     authority.p[0] != '[';
	return naked ? E_FORMAT : error;
}

static int item_take(struct slice text, struct target *target)
{
	static const char *const items[] = { "load", "memory", "disk", "clock" };
	const struct slice interface = SLICE("interface:");
	target->host = text;
	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
		if (slice_is(text, items[i])) {
			return 0;
		}
	}
	struct slice name = slice_skip(text, interface.n);
	bool valid = slice_starts(text, interface) && name.n > 0 &&
		     name.n <= TARGET_INTERFACE_MAX && url_octets(name) &&
		     slice_find(name, SLICE("/")) == SIZE_MAX;
	return valid ? 0 : E_FORMAT;
}

int target_parse(enum check_kind kind, struct slice text, struct target *ret_target)
{
	struct target target = { 0 };
	int error = text.n > TARGET_MAX_OCTETS ? E_LIMIT : E_FORMAT;
	if (error == E_LIMIT) {
		return error;
	}
	switch (check_forms[kind].target) {
	case CHECK_TARGET_HOST:
		error = host_take(text, &target);
		break;
	case CHECK_TARGET_PLACE:
		error = host_port_take(text, &target);
		error = error == 0 && target.port == 0 ? E_FORMAT : error;
		break;
	case CHECK_TARGET_SERVICE:
		error = host_port_take(text, &target);
		break;
	case CHECK_TARGET_SERVER:
		error = host_port_take(text, &target);
		error = error == 0 && !target.is_address ? E_FORMAT : error;
		break;
	case CHECK_TARGET_URL:
		error = url_take(text, &target);
		break;
	case CHECK_TARGET_OWN:
		error = item_take(text, &target);
		break;
	}
	if (error == 0) {
		*ret_target = target;
	}
	return error;
}

struct slice target_metric(struct slice kind, struct slice target)
{
	static const struct {
		const char *kind;
		const char *target; /* NULL = any */
		const char *metric;
	} known[] = {
		{ "icmp", NULL, "rtt" },
		{ "tls", NULL, "days_left" },
		{ "host", "load", "load1" },
		{ "host", "memory", "memory_available" },
		{ "host", "disk", "disk_available" },
		{ "host", "clock", "clock_error" },
	};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (slice_is(kind, known[i].kind) &&
			(known[i].target == NULL || slice_is(target, known[i].target))) {
			return slice_str(known[i].metric);
		}
	}
	return SLICE("value");
}
