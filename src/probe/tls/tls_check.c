/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/tls/tls_check.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "probe/stream.h"
#include "probe/tls_session.h"
#include "probe/verdict.h"
#include "proto/x509sum.h"
#include "sys/clock.h"

enum { SNI_MAX = 255 };

struct op {
	struct check_sink sink;
	struct check_spec *spec;
	struct check_result result;
	bool finished;
};

static void finish(
	struct op *op, struct stream *stream, enum check_state state, const char *code)
{
	op->finished = true;
	check_result_set(&op->result, state, code);
	if (stream_connect_us(stream) >= 0) {
		op->result.latency_us = stream_elapsed_us(stream);
		check_result_perf(
			&op->result, "connect", (double)stream_connect_us(stream), "us");
	}
	op->sink.done(op->sink.user, op->sink.tag, &op->result);
	stream_close(stream);
}

static void judge(struct op *op, struct stream *stream)
{
	AUTO_BUF struct buf der;
	struct tls_seen seen;
	int64_t took_us = stream_elapsed_us(stream);
	buf_init(&der, X509SUM_DER_MAX);
	tls_session_seen(stream_tls_session(stream), &seen, &der);
	check_result_perf(
		&op->result, "handshake", (double)(took_us - stream_connect_us(stream)), "us");
	if (!verdict_certificate(&op->result, op->spec, &seen, buf_slice(&der))) {
		finish(op, stream, op->result.state, op->result.code);
		return;
	}
	bool slow = op->spec->warn_latency_ms != 0 &&
		    took_us > (int64_t)op->spec->warn_latency_ms * 1000;
	finish(op, stream, slow ? CHECK_DEGRADED : CHECK_UP, slow ? "tls.slow" : "tls.ok");
}

static void on_event(
	void *user, struct stream *stream, enum stream_event event, struct slice data)
{
	struct op *op = user;
	const char *reason = "";
	(void)data;
	if (event == STREAM_CLOSED) {
		free(op->spec);
		free(op);
		return;
	}
	if (op->finished) {
		return;
	}
	if (event == STREAM_SECURED) {
		judge(op, stream);
	} else if (event == STREAM_TIMEOUT && stream_connect_us(stream) >= 0) {
		finish(op, stream, CHECK_DOWN, "tls.timeout");
	} else if (event == STREAM_TIMEOUT || event == STREAM_FAILED || event == STREAM_END) {
		int error = event == STREAM_FAILED ? stream_error(stream, &reason) : 0;
		verdict_stream(&op->result, error, reason);
		bool in_tls = error == E_CLOSED;
		finish(op, stream, op->result.state, in_tls ? "tls.closed" : op->result.code);
	}
}

int tls_check_start(struct stream_set *set, struct tls_client *client,
	const struct check_spec *spec, struct check_sink sink)
{
	if (slice_str(spec->name).n > SNI_MAX) {
		return E_INPUT;
	}
	struct op *op = calloc(1, sizeof(*op));
	struct check_spec *copy = check_spec_dup(spec);
	if (op == NULL || copy == NULL) {
		free(op);
		free(copy);
		return -ENOMEM;
	}
	op->sink = sink;
	op->spec = copy;
	check_result_init(&op->result, spec, clock_unix_ms());
	check_result_perf(&op->result, "days_left", (double)NAN, "d");
	struct stream_config config = { .addr = spec->addr,
		.port = spec->port,
		.timeout_ms = verdict_timeout_ms(spec),
		.tls = client,
		.server_name = copy->name,
		.on = on_event,
		.user = op };
	struct stream *stream = NULL;
	int rc = stream_open(set, &config, &stream);
	if (rc < 0) {
		free(copy);
		free(op);
	}
	return rc;
}
