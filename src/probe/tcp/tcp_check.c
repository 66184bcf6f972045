/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/tcp/tcp_check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/slice.h"
#include "probe/stream.h"
#include "probe/verdict.h"
#include "sys/clock.h"

/* Thousands are made a second: what a result takes is filled when it is given. */
struct op {
	struct check_sink sink;
	int64_t check_id;
	int64_t at_unix_ms;
	uint32_t warn_latency_ms;
	uint16_t port;
	bool finished;
	size_t expect_n;
	size_t banner_n;
	uint8_t *banner; /* TCP_BANNER_MAX octets where one is expected, behind expect */
	uint8_t expect[];
};

static void result_init(const struct op *op, struct check_result *result)
{
	struct check_spec spec = { .id = op->check_id };
	check_result_init(result, &spec, op->at_unix_ms);
	check_result_arg_int(result, "port", op->port);
}

static void give(struct op *op, struct stream *stream, struct check_result *result)
{
	op->finished = true;
	result->latency_us = stream_connect_us(stream);
	if (result->latency_us >= 0) {
		check_result_perf(result, "connect", (double)result->latency_us, "us");
	}
	if (op->banner_n > 0) {
		check_result_arg(result, "banner", slice_of(op->banner, op->banner_n));
	}
	op->sink.done(op->sink.user, op->sink.tag, result);
	stream_close(stream);
}

static void finish(
	struct op *op, struct stream *stream, enum check_state state, const char *code)
{
	struct check_result result;
	result_init(op, &result);
	check_result_set(&result, state, code);
	give(op, stream, &result);
}

static void fail(struct op *op, struct stream *stream, int error, const char *reason)
{
	struct check_result result;
	result_init(op, &result);
	verdict_stream(&result, error, reason);
	give(op, stream, &result);
}

static void judge_connected(struct op *op, struct stream *stream)
{
	bool slow = op->warn_latency_ms != 0 &&
		    stream_connect_us(stream) > (int64_t)op->warn_latency_ms * 1000;
	if (slow) {
		finish(op, stream, CHECK_DEGRADED, "tcp.slow");
	} else if (op->expect_n == 0) {
		finish(op, stream, CHECK_UP, "tcp.ok");
	}
}

static void judge_banner(struct op *op, struct stream *stream, struct slice data)
{
	size_t n =
		data.n < TCP_BANNER_MAX - op->banner_n ? data.n : TCP_BANNER_MAX - op->banner_n;
	memcpy(op->banner + op->banner_n, data.p, n);
	op->banner_n += n;
	size_t common = op->banner_n < op->expect_n ? op->banner_n : op->expect_n;
	if (memcmp(op->banner, op->expect, common) != 0) {
		finish(op, stream, CHECK_DOWN, "tcp.banner_wrong");
	} else if (common == op->expect_n) {
		finish(op, stream, CHECK_UP, "tcp.banner_ok");
	}
}

static void on_event(
	void *user, struct stream *stream, enum stream_event event, struct slice data)
{
	struct op *op = user;
	const char *reason = "";
	int error = 0;
	if (event == STREAM_CLOSED) {
		free(op);
		return;
	}
	if (op->finished) {
		return;
	}
	switch (event) {
	case STREAM_CONNECTED:
		judge_connected(op, stream);
		break;
	case STREAM_DATA:
		judge_banner(op, stream, data);
		break;
	case STREAM_END:
		finish(op, stream, CHECK_DOWN, "tcp.banner_none");
		break;
	case STREAM_TIMEOUT:
		if (stream_connect_us(stream) >= 0) {
			finish(op, stream, CHECK_DOWN, "tcp.banner_none");
			break;
		}
		fail(op, stream, 0, reason);
		break;
	case STREAM_FAILED:
		error = stream_error(stream, &reason);
		fail(op, stream, error, reason);
		break;
	case STREAM_SECURED:
	case STREAM_CLOSED:
		break;
	}
}

int tcp_check_start(
	struct stream_set *set, const struct check_spec *spec, struct check_sink sink)
{
	struct slice expect = slice_head(slice_str(spec->expect_text), TCP_BANNER_MAX);
	struct op *op = calloc(1, sizeof(*op) + expect.n + (expect.n > 0 ? TCP_BANNER_MAX : 0));
	if (op == NULL) {
		return -ENOMEM;
	}
	op->sink = sink;
	op->check_id = spec->id;
	op->at_unix_ms = clock_unix_ms();
	op->port = spec->port;
	op->warn_latency_ms = spec->warn_latency_ms;
	op->expect_n = expect.n;
	if (expect.n > 0) {
		memcpy(op->expect, expect.p, expect.n);
		op->banner = op->expect + expect.n;
	}
	struct stream_config config = { .addr = spec->addr,
		.port = spec->port,
		.timeout_ms = verdict_timeout_ms(spec),
		.knock = expect.n == 0,
		.on = on_event,
		.user = op };
	struct stream *stream = NULL;
	int rc = stream_open(set, &config, &stream);
	if (rc < 0) {
		free(op);
	}
	return rc;
}
