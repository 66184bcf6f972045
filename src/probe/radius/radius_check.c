/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/radius/radius_check.h"

#include "base/buf.h"
#include "base/err.h"
#include "probe/ask.h"
#include "probe/engines.h"
#include "proto/radius.h"
#include "sys/rand.h"

static const struct ask_codes codes = { .refused = "radius.refused",
	.timeout = "radius.timeout",
	.ignored = "radius.unproven",
	.no_route = "radius.no_route",
	.host_unreachable = "radius.host_unreachable",
	.failed = "radius.failed",
	.slow = "radius.slow" };

struct matter {
	uint8_t id;
	uint8_t authenticator[RADIUS_AUTHENTICATOR];
};

static struct radius_request request_of(
	const struct check_spec *spec, const struct matter *matter)
{
	int64_t method = check_spec_number(spec, RADIUS_METHOD);
	struct radius_request request = { .id = matter->id,
		.is_status = method == RADIUS_METHOD_STATUS,
		.is_chap = method == RADIUS_METHOD_CHAP,
		.secret = slice_str(check_spec_text(spec, RADIUS_SECRET)),
		.user = slice_str(check_spec_text(spec, RADIUS_USER)),
		.password = slice_str(check_spec_text(spec, RADIUS_PASSWORD)),
		.nas = slice_str(check_spec_text(spec, RADIUS_NAS)) };
	memcpy(request.authenticator, matter->authenticator, RADIUS_AUTHENTICATOR);
	return request;
}

static void judge(const struct radius_reply *reply, const struct check_spec *spec,
	struct check_result *result)
{
	bool alive = check_spec_number(spec, RADIUS_ALIVE) != 0;
	bool status = check_spec_number(spec, RADIUS_METHOD) == RADIUS_METHOD_STATUS;
	if (reply->message_n > 0) {
		check_result_arg(result, "message", slice_of(reply->message, reply->message_n));
	}
	check_result_arg_int(result, "message_authenticator", reply->has_message_authenticator);
	if (reply->code == RADIUS_ACCESS_ACCEPT) {
		check_result_set(result, CHECK_UP, status ? "radius.alive" : "radius.ok");
	} else if (alive) {
		check_result_set(result, CHECK_UP, "radius.alive");
	} else if (reply->code == RADIUS_ACCESS_REJECT) {
		check_result_set(result, CHECK_DOWN, "radius.rejected");
	} else {
		check_result_set(result, CHECK_DEGRADED, "radius.challenge");
	}
}

static bool take(const void *user, const struct check_spec *spec, struct slice datagram,
	int64_t at_us, struct check_result *result)
{
	struct radius_request request = request_of(spec, user);
	struct radius_reply reply;
	(void)at_us;
	if (radius_parse_reply(datagram, &request, &reply) < 0) {
		return false;
	}
	judge(&reply, spec, result);
	return true;
}

int radius_check_start(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink)
{
	AUTO_BUF struct buf octets;
	struct matter matter;
	rand_octets(&matter, sizeof(matter));
	struct radius_request request = request_of(spec, &matter);
	buf_init(&octets, RADIUS_PACKET_MAX);
	if (request.secret.n == 0) {
		return E_ABSENT;
	}
	if (radius_put_request(&octets, &request) < 0) {
		return E_INPUT;
	}
	struct ask_query query = { .spec = spec,
		.codes = &codes,
		.octets = buf_slice(&octets),
		.matter = &matter,
		.matter_octets = sizeof(matter),
		.take = take };
	return ask_start(engines->asks, &query, sink);
}
