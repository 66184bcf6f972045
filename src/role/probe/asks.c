/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A verification wants a result from after its asking, so the check is run
 * apart from its turns: a result under way may be of before.
 */
#include "role/probe/asks.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "probe/prober.h"
#include "role/probe/probe.h"
#include "role/probe/table.h"
#include "role/runtime.h"
#include "sys/clock.h"

enum { ARGS_OCTETS_MAX = 2048 };

struct ask {
	bool used;
	int64_t id;
	uint64_t trace;
	struct check_spec *spec;
};

struct asks {
	struct probe *probe;
	struct ask ask[ASKS_MAX];
	uint64_t answered;
	uint64_t refused;
};

struct asks *asks_create(struct probe *probe)
{
	struct asks *asks = calloc(1, sizeof(*asks));
	if (asks == NULL) {
		abort();
	}
	asks->probe = probe;
	return asks;
}

static void release(struct ask *ask)
{
	free(ask->spec);
	*ask = (struct ask) { 0 };
}

struct asks *asks_destroy(struct asks *asks)
{
	for (size_t i = 0; asks != NULL && i < ASKS_MAX; i++) {
		release(&asks->ask[i]);
	}
	free(asks);
	return NULL;
}

static void answer(struct asks *asks, const struct ask *ask, const struct check_result *result)
{
	AUTO_BUF struct buf args;
	struct jw jw;
	buf_init(&args, ARGS_OCTETS_MAX);
	jw_init(&jw, &args);
	check_result_put_args(&jw, result);
	struct msg_probe_done msg = {
		.check_id = result->check_id,
		.ask = ask->id,
		.at_ms = result->at_unix_ms,
		.state = slice_str(check_state_text(result->state)),
		.latency_us = result->latency_us,
		.code = slice_str(result->code),
		.args = args.failed ? SLICE("{}") : buf_slice(&args),
	};
	/* Without core nobody waits: it asks again when it is back. */
	(void)!RUNTIME_SEND(
		asks->probe->rt, IPC_CORE, probe_done, MSG_PROBE_DONE, 0, ask->trace, &msg, -1);
	asks->answered++;
}

static void on_done(void *user, uint64_t tag, const struct check_result *result)
{
	struct asks *asks = user;
	struct ask *ask = &asks->ask[tag];
	answer(asks, ask, result);
	release(ask);
}

/* An answer without a look: the state is unknown and the code says why. */
static void answer_unknown(
	struct asks *asks, const struct ask *ask, int64_t check_id, int error)
{
	struct check_spec spec = { .id = check_id };
	struct check_result result;
	check_result_init(&result, &spec, clock_unix_ms());
	check_result_set(&result, CHECK_UNKNOWN,
		error == E_ABSENT ? "check.absent"
		: error == E_BUSY ? "check.busy"
				  : "check.not_started");
	answer(asks, ask, &result);
}

static int start(struct asks *asks, const struct watch *watch, const struct ask *wanted)
{
	for (size_t i = 0; i < ASKS_MAX; i++) {
		struct ask *ask = &asks->ask[i];
		if (ask->used) {
			continue;
		}
		*ask = *wanted;
		ask->used = true;
		ask->spec = check_spec_dup(watch->spec);
		int error = ask->spec == NULL
				    ? -ENOMEM
				    : prober_start(asks->probe->prober, ask->spec,
					      (struct check_sink) { on_done, asks, i });
		if (error < 0) {
			release(ask);
		}
		return error;
	}
	asks->refused++;
	return E_BUSY;
}

void asks_take(struct asks *asks, const struct ipc_frame *frame)
{
	struct msg_probe_ask msg = { 0 };
	if (msg_probe_ask_decode(frame->payload, &msg) < 0) {
		return;
	}
	struct ask wanted = { .id = msg.ask, .trace = frame->trace };
	const struct watch *watch = table_get(asks->probe->table, msg.check_id);
	int error = watch == NULL ? E_ABSENT : start(asks, watch, &wanted);
	if (error < 0) {
		answer_unknown(asks, &wanted, msg.check_id, error);
	}
}

void asks_status(const struct asks *asks, struct jw *jw)
{
	jw_kv_int(jw, "asks_answered", (int64_t)asks->answered);
	jw_kv_int(jw, "asks_refused", (int64_t)asks->refused);
}
