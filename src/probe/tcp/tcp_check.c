/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/tcp/tcp_check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/slice.h"
#include "probe/stream.h"
#include "probe/verdict.h"
#include "sys/clock.h"

struct op {
	struct check_sink sink;
	struct check_result result;
	uint32_t warn_latency_ms;
	bool finished;
	size_t banner_n;
	uint8_t banner[TCP_BANNER_MAX];
	size_t expect_n;
	uint8_t expect[];
};

static void finish(
	struct op *op, struct stream *stream, enum check_state state, const char *code)
{
	op->finished = true;
	check_result_set(&op->result, state, code);
	op->result.latency_us = stream_connect_us(stream);
	if (op->result.latency_us >= 0) {
		check_result_perf(&op->result, "connect", (double)op->result.latency_us, "us");
	}
	if (op->banner_n > 0) {
		check_result_arg(&op->result, "banner", slice_of(op->banner, op->banner_n));
	}
	op->sink.done(op->sink.user, op->sink.tag, &op->result);
	stream_close(stream);
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
		verdict_stream(&op->result, 0, reason);
		finish(op, stream, op->result.state, op->result.code);
		break;
	case STREAM_FAILED:
		verdict_stream(&op->result, stream_error(stream, &reason), reason);
		finish(op, stream, op->result.state, op->result.code);
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
	struct op *op = calloc(1, sizeof(*op) + expect.n);
	if (op == NULL) {
		return -ENOMEM;
	}
	op->sink = sink;
	op->warn_latency_ms = spec->warn_latency_ms;
	op->expect_n = expect.n;
	if (expect.n > 0) {
		memcpy(op->expect, expect.p, expect.n);
	}
	check_result_init(&op->result, spec, clock_unix_ms());
	check_result_arg_int(&op->result, "port", spec->port);
	struct stream_config config = { .addr = spec->addr,
		.port = spec->port,
		.timeout_ms = verdict_timeout_ms(spec),
		.on = on_event,
		.user = op };
	struct stream *stream = NULL;
	int rc = stream_open(set, &config, &stream);
	if (rc < 0) {
		free(op);
	}
	return rc;
}
