/* SPDX-License-Identifier: Apache-2.0 */
/* From a verdict to the signal the desk takes. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/civil.h"
#include "base/jw.h"
#include "model/signal.h"
#include "probe/reach.h"
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

static const char *const own_args[] = { "name", "target", "state", "code", "latency_us",
	"cause", "percent", "parent", "back", "settles" };

static bool is_own(const char *name)
{
	for (size_t i = 0; i < sizeof(own_args) / sizeof(own_args[0]); i++) {
		if (strcmp(own_args[i], name) == 0) {
			return true;
		}
	}
	return false;
}

static void put_result(struct jw *jw, const struct check_result *result)
{
	jw_kv_str(jw, "code", slice_str(result->code));
	jw_kv_int(jw, "latency_us", result->latency_us);
	for (size_t i = 0; i < result->arg_count; i++) {
		const struct check_arg *arg = &result->args[i];
		if (is_own(arg->name)) {
			continue;
		}
		if (arg->is_number) {
			jw_kv_int(jw, arg->name, arg->number);
		} else {
			jw_kv_str(jw, arg->name, slice_str(arg->text));
		}
	}
}

/* The parent that is back, if it is still watched. */
static const struct watch *back_of(const struct probe *probe, const struct reach_told *told)
{
	return told->word == REACH_STATE && told->settled_after != 0
		       ? table_get(probe->table, told->settled_after)
		       : NULL;
}

static void put_settling(
	struct jw *jw, const struct watch *parent, const struct reach_told *told)
{
	char back[16];
	struct civil c = civil_of_ms(told->back_unix_ms, CIVIL_CHINA_OFFSET_MIN);
	(void)snprintf(back, sizeof(back), "%02u:%02u", c.hour, c.minute);
	jw_kv_str(jw, "parent", slice_str(parent->name));
	jw_kv_str(jw, "back", slice_str(back));
	if (told->state == CHECK_UNREACHABLE) {
		jw_kv_int(jw, "settles", told->back_unix_ms + told->settle_ms);
	}
}

static void put_args(struct probe *probe, struct buf *buf, const struct watch *watch,
	const struct reach_told *told)
{
	struct jw jw;
	bool flapping = told->word == REACH_FLAP_BEGINS;
	const struct watch *cause = table_get(probe->table, told->cause);
	jw_init(&jw, buf);
	jw_object(&jw);
	jw_kv_str(&jw, "name", slice_str(watch->name));
	jw_kv_str(&jw, "target", slice_str(watch->target));
	jw_kv_str(
		&jw, "state", slice_str(flapping ? "flapping" : check_state_text(told->state)));
	if (cause != NULL) {
		jw_kv_str(&jw, "cause", slice_str(cause->name));
	}
	const struct watch *back = back_of(probe, told);
	if (back != NULL) {
		put_settling(&jw, back, told);
	}
	if (told->word != REACH_STATE) {
		jw_kv_int(&jw, "percent", told->flap_percent);
	}
	if (told->result != NULL) {
		put_result(&jw, told->result);
	}
	jw_end(&jw);
}

/* A page that was tampered with answers well, and is no small matter for that. */
static bool is_tampered(const struct reach_told *told)
{
	return told->result != NULL && told->state == CHECK_DEGRADED &&
	       slice_starts(slice_str(told->result->code), SLICE("page."));
}

static enum alert_severity severity_of(const struct watch *watch, const struct reach_told *told)
{
	bool softer = told->state == CHECK_DEGRADED && watch->severity < ALERT_SEVERITY_MINOR &&
		      !is_tampered(told);
	return softer ? ALERT_SEVERITY_MINOR : watch->severity;
}

static void say(struct probe *probe, const struct watch *watch, const struct reach_told *told,
	struct signal *signal)
{
	AUTO_BUF struct buf args;
	char check[24];
	buf_init(&args, SIGNAL_TEXT_MAX);
	put_args(probe, &args, watch, told);
	(void)snprintf(check, sizeof(check), "%" PRId64, watch->spec->id);
	signal->source = SLICE("probe");
	signal->check = slice_str(check);
	signal->asset_key = slice_str(watch->host);
	signal->severity = severity_of(watch, told);
	signal->observed_at_ms = told->since_unix_ms;
	signal->args = args.failed ? SLICE("{}") : buf_slice(&args);
	/* A refusal is counted and logged there. */
	(void)!signal_queue_put(probe->signals, signal);
}

static const char *code_of(const struct probe *probe, const struct reach_told *told)
{
	return told->word != REACH_STATE ? "check.flapping"
	       : is_tampered(told)       ? "check.page_differs"
	       : told->state == CHECK_DOWN && back_of(probe, told) != NULL
		       ? "check.still_down"
		       : said[told->state].code;
}

void say_told(struct probe *probe, const struct watch *watch, const struct reach_told *told)
{
	char key[40];
	char cause[24];
	bool state = told->word == REACH_STATE;
	bool caused = state && told->cause != 0;
	(void)snprintf(
		key, sizeof(key), "probe:%" PRId64 "%s", watch->spec->id, state ? "" : ":flap");
	(void)snprintf(cause, sizeof(cause), "%" PRId64, told->cause);
	struct signal signal = {
		.class = slice_str(state ? "check.state" : "check.flapping"),
		.state = caused                            ? SIGNAL_NOTE
			 : state                           ? said[told->state].state
			 : told->word == REACH_FLAP_BEGINS ? SIGNAL_FIRING
							   : SIGNAL_RESOLVED,
		.dedup_key = slice_str(key),
		.code = slice_str(code_of(probe, told)),
		.cause = caused ? slice_str(cause) : (struct slice) { 0 },
	};
	say(probe, watch, told, &signal);
}
