/* SPDX-License-Identifier: Apache-2.0 */
/* From a change of state to the signal the desk takes. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/jw.h"
#include "model/signal.h"
#include "probe/scheduler.h"
#include "role/probe/probe.h"
#include "role/probe/table.h"
#include "role/signal_queue.h"

static const struct {
	enum signal_state state;
	const char *code; /* sentence */
} said[] = {
	[CHECK_UNKNOWN] = { SIGNAL_NOTE, "" },
	[CHECK_UP] = { SIGNAL_RESOLVED, "" },
	[CHECK_DEGRADED] = { SIGNAL_FIRING, "check.degraded" },
	[CHECK_DOWN] = { SIGNAL_FIRING, "check.down" },
	[CHECK_UNREACHABLE] = { SIGNAL_FIRING, "check.unreachable" },
};

static const char *const own_args[] = { "name", "target", "state", "code", "latency_us" };

static bool is_own(const char *name)
{
	for (size_t i = 0; i < sizeof(own_args) / sizeof(own_args[0]); i++) {
		if (strcmp(own_args[i], name) == 0) {
			return true;
		}
	}
	return false;
}

static void put_args(struct buf *buf, const struct watch *watch, enum check_state state,
	const struct check_result *result)
{
	struct jw jw;
	jw_init(&jw, buf);
	jw_object(&jw);
	jw_kv_str(&jw, "name", slice_str(watch->name));
	jw_kv_str(&jw, "target", slice_str(watch->target));
	jw_kv_str(&jw, "state", slice_str(check_state_text(state)));
	jw_kv_str(&jw, "code", slice_str(result->code));
	jw_kv_int(&jw, "latency_us", result->latency_us);
	for (size_t i = 0; i < result->arg_count; i++) {
		const struct check_arg *arg = &result->args[i];
		if (is_own(arg->name)) {
			continue;
		}
		if (arg->is_number) {
			jw_kv_int(&jw, arg->name, arg->number);
		} else {
			jw_kv_str(&jw, arg->name, slice_str(arg->text));
		}
	}
	jw_end(&jw);
}

/* A page that was tampered with answers well, and is no small matter for that. */
static bool is_tampered(const struct check_result *result)
{
	return slice_starts(slice_str(result->code), SLICE("page."));
}

static enum alert_severity severity_of(
	const struct watch *watch, enum check_state state, const struct check_result *result)
{
	bool softer = state == CHECK_DEGRADED && watch->severity < ALERT_SEVERITY_MINOR &&
		      !is_tampered(result);
	return softer ? ALERT_SEVERITY_MINOR : watch->severity;
}

void say_change(
	struct probe *probe, const struct watch *watch, const struct scheduler_change *change)
{
	AUTO_BUF struct buf args;
	char check[24];
	char dedup[32];
	buf_init(&args, SIGNAL_TEXT_MAX);
	put_args(&args, watch, change->to, change->result);
	(void)snprintf(check, sizeof(check), "%lld", (long long)watch->spec->id);
	(void)snprintf(dedup, sizeof(dedup), "probe:%s", check);
	struct signal signal = {
		.source = SLICE("probe"),
		.check = slice_str(check),
		.asset_key = slice_str(watch->host),
		.class = SLICE("check.state"),
		.severity = severity_of(watch, change->to, change->result),
		.observed_at_ms = change->since_unix_ms,
		.state = said[change->to].state,
		.dedup_key = slice_str(dedup),
		.code = is_tampered(change->result) ? SLICE("check.page_differs")
						    : slice_str(said[change->to].code),
		.args = args.failed ? SLICE("{}") : buf_slice(&args),
	};
	/* A refusal is counted and logged there. */
	(void)!signal_queue_put(probe->signals, &signal);
}
