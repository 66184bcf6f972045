/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/verdict.h"

#include <errno.h>

#include "base/buf.h"
#include "base/civil.h"
#include "base/err.h"
#include "probe/tls_session.h"
#include "proto/x509sum.h"

enum { WARN_DAYS_DEFAULT = 21 };

uint32_t verdict_timeout_ms(const struct check_spec *spec)
{
	uint32_t ms = spec->timeout_ms != 0 ? spec->timeout_ms : CHECK_TIMEOUT_DEFAULT_MS;
	return ms < CHECK_TIMEOUT_MAX_MS ? ms : CHECK_TIMEOUT_MAX_MS;
}

void verdict_stream(struct check_result *result, int error, const char *reason)
{
	static const struct {
		int error;
		enum check_state state;
		const char *code;
	} table[] = {
		{ 0, CHECK_DOWN, "tcp.timeout" },
		{ -ETIMEDOUT, CHECK_DOWN, "tcp.timeout" },
		{ -ECONNREFUSED, CHECK_DOWN, "tcp.refused" },
		{ -ECONNRESET, CHECK_DOWN, "tcp.reset" },
		{ -EPIPE, CHECK_DOWN, "tcp.reset" },
		{ E_CLOSED, CHECK_DOWN, "tcp.closed" },
		{ -EHOSTUNREACH, CHECK_DOWN, "tcp.host_unreachable" },
		{ -ENETUNREACH, CHECK_UNREACHABLE, "tcp.no_route" },
		{ E_FORMAT, CHECK_DOWN, "tls.failed" },
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (table[i].error == error) {
			check_result_set(result, table[i].state, table[i].code);
			if (reason[0] != '\0') {
				check_result_arg(result, "reason", slice_str(reason));
			}
			return;
		}
	}
	/* No descriptors, no memory, a local firewall: it says nothing about the target. */
	check_result_arg_int(result, "errno", -error);
	check_result_set(result, CHECK_UNKNOWN, "tcp.failed");
}

static bool fault(struct check_result *result, enum check_state state, const char *code)
{
	check_result_set(result, state, code);
	return false;
}

static bool judge_dates(struct check_result *result, const struct check_spec *spec,
	const struct x509sum *sum, int64_t now_ms)
{
	int64_t left_ms = sum->not_after_unix_ms - now_ms;
	int64_t days = left_ms >= 0 ? left_ms / CIVIL_DAY_MS : -((-left_ms) / CIVIL_DAY_MS) - 1;
	AUTO_BUF struct buf until;
	buf_init(&until, 64);
	civil_put_rfc3339(&until, sum->not_after_unix_ms);
	check_result_perf(result, "days_left", (double)days, "d");
	check_result_arg(result, "not_after", buf_slice(&until));
	if (left_ms >= 0) {
		check_result_arg_int(result, "days", days);
	}
	if (left_ms < 0) {
		return fault(result, CHECK_DOWN, "tls.expired");
	}
	if (now_ms < sum->not_before_unix_ms) {
		return fault(result, CHECK_DOWN, "tls.not_yet_valid");
	}
	if (days < (spec->warn_days != 0 ? spec->warn_days : WARN_DAYS_DEFAULT)) {
		return fault(result, CHECK_DEGRADED, "tls.expires_soon");
	}
	return true;
}

static bool judge_name(const struct check_spec *spec, struct slice der)
{
	AUTO_BUF struct buf name;
	buf_init(&name, CHECK_TEXT_MAX);
	if (spec->name != NULL) {
		buf_put_str(&name, spec->name);
	} else {
		probe_addr_put(&name, &spec->addr);
	}
	return x509sum_names(der, buf_slice(&name));
}

bool verdict_certificate(struct check_result *result, const struct check_spec *spec,
	const struct tls_seen *seen, struct slice der)
{
	struct x509sum sum;
	if (der.n == 0) {
		return fault(result, CHECK_DOWN, "tls.no_certificate");
	}
	if (x509sum_parse(der, &sum) < 0) {
		return fault(result, CHECK_DOWN, "tls.unreadable");
	}
	check_result_arg(result, "subject", slice_str(sum.subject));
	check_result_arg(result, "issuer", slice_str(sum.issuer));
	check_result_arg(result, "protocol", slice_str(seen->protocol));
	bool dates_good = judge_dates(result, spec, &sum, result->at_unix_ms);
	if (!dates_good && result->state == CHECK_DOWN) {
		return false;
	}
	if (!judge_name(spec, der)) {
		return fault(result, CHECK_DEGRADED, "tls.wrong_name");
	}
	if (!seen->chain_trusted && !spec->accept_untrusted) {
		check_result_arg(result, "reason", slice_str(seen->chain_why));
		return fault(result, CHECK_DEGRADED,
			seen->is_self_signed ? "tls.self_signed" : "tls.untrusted");
	}
	if (seen->is_old_protocol) {
		return fault(result, CHECK_DEGRADED, "tls.old_protocol");
	}
	return dates_good;
}
