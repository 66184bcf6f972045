/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/ntp/ntp_check.h"

#include <stdlib.h>

#include "probe/ask.h"
#include "probe/engines.h"
#include "proto/ntp.h"
#include "sys/rand.h"

static const struct ask_codes codes = { .refused = "ntp.refused",
	.timeout = "ntp.timeout",
	.ignored = "ntp.malformed",
	.no_route = "ntp.no_route",
	.host_unreachable = "ntp.host_unreachable",
	.failed = "ntp.failed",
	.slow = "ntp.slow" };

struct matter {
	uint64_t cookie;
	int64_t sent_us;
};

/* RFC 5905 section 7.4: a server that will not serve says so with four letters. */
static void judge_kiss(const struct ntp_reply *reply, struct check_result *result)
{
	struct slice kiss = slice_str(reply->reference);
	bool rate = slice_is(kiss, "RATE");
	bool denied = slice_is(kiss, "DENY") || slice_is(kiss, "RSTR");
	bool unset = slice_is(kiss, "INIT") || slice_is(kiss, "STEP") || kiss.n == 0;
	check_result_arg(result, "kiss", kiss);
	check_result_set(result, CHECK_DOWN,
		rate     ? "ntp.rate"
		: denied ? "ntp.denied"
		: unset  ? "ntp.unsynchronised"
			 : "ntp.kiss");
}

static void judge_clock(const struct ntp_reply *reply, const struct check_spec *spec,
	struct check_result *result)
{
	int64_t allowed_ms = check_spec_number(spec, NTP_OFFSET_MS);
	int64_t offset_ms = reply->offset_us / 1000;
	check_result_perf(result, "offset", (double)reply->offset_us, "us");
	check_result_perf(result, "stratum", (double)reply->stratum, "");
	check_result_arg_int(result, "offset_ms", offset_ms);
	check_result_arg_int(result, "stratum", reply->stratum);
	if (reply->leap == NTP_LEAP_UNSYNCHRONISED ||
		reply->stratum >= NTP_STRATUM_UNSYNCHRONISED) {
		check_result_set(result, CHECK_DOWN, "ntp.unsynchronised");
	} else if (llabs(reply->offset_us) > allowed_ms * 1000) {
		check_result_arg_int(result, "allowed_ms", allowed_ms);
		check_result_set(result, CHECK_DEGRADED, "ntp.offset");
	} else if (reply->stratum > check_spec_number(spec, NTP_STRATUM)) {
		check_result_set(result, CHECK_DEGRADED, "ntp.stratum");
	} else {
		check_result_set(result, CHECK_UP, "ntp.ok");
	}
}

static bool take(const void *user, const struct check_spec *spec, struct slice datagram,
	int64_t at_us, struct check_result *result)
{
	const struct matter *matter = user;
	struct ntp_reply reply;
	if (ntp_parse_reply(datagram, matter->cookie, matter->sent_us, at_us, &reply) < 0) {
		return false;
	}
	if (reply.stratum == 0) {
		judge_kiss(&reply, result);
	} else {
		judge_clock(&reply, spec, result);
	}
	return true;
}

int ntp_check_start(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink)
{
	uint8_t octets[NTP_OCTETS];
	struct matter matter = { .cookie = rand_u64(), .sent_us = ask_now_us() };
	ntp_put_query(matter.cookie, octets);
	struct ask_query query = { .spec = spec,
		.codes = &codes,
		.octets = slice_of(octets, sizeof(octets)),
		.matter = &matter,
		.matter_octets = sizeof(matter),
		.take = take };
	return ask_start(engines->asks, &query, sink);
}
