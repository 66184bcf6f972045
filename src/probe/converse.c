/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/converse.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "probe/engines.h"
#include "probe/stream.h"
#include "probe/tls_session.h"
#include "probe/verdict.h"
#include "proto/x509sum.h"
#include "sys/clock.h"

struct op {
	const struct converse_service *service;
	struct tls_client *tls;
	struct stream_set *set;
	struct check_sink sink;
	struct check_spec *spec;
	struct check_result result;
	struct check_result certificate; /* told when the dialogue itself is good */
	void *state;
	uint32_t timeout_ms;
	int64_t spent_us; /* with the connections before this one */
	bool anew;        /* another follows */
	bool has_login;
	bool certificate_bad;
	bool finished;
};

static void release(struct op *op)
{
	if (op->state != NULL) {
		op->service->fini(op->state);
	}
	free(op->state);
	free(op->spec);
	free(op);
}

static int64_t elapsed_us(const struct op *op, const struct stream *stream)
{
	return op->spent_us + stream_elapsed_us(stream);
}

static void finish(
	struct op *op, struct stream *stream, enum check_state state, const char *code)
{
	struct check_result *result = &op->result;
	op->finished = true;
	check_result_set(result, state, code);
	if (stream_connect_us(stream) >= 0) {
		result->latency_us = elapsed_us(op, stream);
		check_result_perf(result, "total", (double)result->latency_us, "us");
		check_result_perf(result, "connect", (double)stream_connect_us(stream), "us");
	}
	op->sink.done(op->sink.user, op->sink.tag, result);
	stream_close(stream);
}

static void judge(struct op *op, struct stream *stream)
{
	struct check_result *result = &op->result;
	op->service->judge(op->state, op->spec, result);
	if (result->state == CHECK_UP && op->certificate_bad) {
		*result = op->certificate;
	}
	bool slow = op->spec->warn_latency_ms != 0 &&
		    elapsed_us(op, stream) > (int64_t)op->spec->warn_latency_ms * 1000;
	if (result->state == CHECK_UP && slow) {
		check_result_set(result, CHECK_DEGRADED, op->service->slow);
	}
	finish(op, stream, result->state, result->code);
}

/* One deadline over all connections; the next is opened when this one is gone. */
static void begin_anew(struct op *op, struct stream *stream)
{
	int64_t spent_us = elapsed_us(op, stream);
	if (spent_us >= op->timeout_ms * INT64_C(1000)) {
		finish(op, stream, CHECK_DOWN, op->service->timeout);
		return;
	}
	op->spent_us = spent_us;
	op->anew = true;
	stream_close(stream);
}

/* Send what a turn left, then do what it wants. */
static void follow(
	struct op *op, struct stream *stream, enum talk_step step, const struct buf *out)
{
	stream_write(stream, buf_slice(out));
	if (op->finished) {
		return;
	}
	if (step == TALK_TLS) {
		stream_begin_tls(stream, op->tls, op->spec->name);
	} else if (step == TALK_ANEW) {
		begin_anew(op, stream);
	} else if (step == TALK_DONE) {
		judge(op, stream);
	}
}

static void take_data(struct op *op, struct stream *stream, struct slice data)
{
	AUTO_BUF struct buf out;
	buf_init(&out, op->service->out_max);
	enum talk_step step = op->service->feed(op->state, data, &out);
	follow(op, stream, step, &out);
}

static void begin(struct op *op, struct stream *stream)
{
	AUTO_BUF struct buf out;
	buf_init(&out, op->service->out_max);
	if (op->service->begin != NULL) {
		op->service->begin(op->state, &out);
		follow(op, stream, TALK_MORE, &out);
	}
}

/* An end that comes soon is no reason to distrust; anything else may be somebody in the middle. */
static bool may_show_password(const struct op *op)
{
	return !op->certificate_bad ||
	       slice_is(slice_str(op->certificate.code), "tls.expires_soon");
}

static void take_secured(struct op *op, struct stream *stream)
{
	AUTO_BUF struct buf der;
	AUTO_BUF struct buf out;
	struct tls_seen seen;
	buf_init(&der, X509SUM_DER_MAX);
	buf_init(&out, op->service->out_max);
	tls_session_seen(stream_tls_session(stream), &seen, &der);
	op->certificate = op->result;
	op->certificate_bad =
		!verdict_certificate(&op->certificate, op->spec, &seen, buf_slice(&der));
	if (op->has_login && !may_show_password(op)) {
		op->result = op->certificate;
		finish(op, stream, op->result.state, op->result.code);
	} else if (op->spec->tls_mode == CHECK_TLS_STARTTLS) {
		op->service->secured(op->state, &out);
		follow(op, stream, TALK_MORE, &out);
	} else {
		begin(op, stream);
	}
}

static void take_failure(struct op *op, struct stream *stream, enum stream_event event)
{
	const char *reason = "";
	int error = event == STREAM_FAILED ? stream_error(stream, &reason) : 0;
	bool connected = stream_connect_us(stream) >= 0;
	bool over = event == STREAM_END || (event == STREAM_TIMEOUT && connected);
	enum talk_step step = over && op->service->ended != NULL
				      ? op->service->ended(op->state, event == STREAM_END)
				      : TALK_MORE;
	if (step == TALK_DONE) {
		judge(op, stream);
		return;
	}
	if (step == TALK_ANEW) {
		begin_anew(op, stream);
		return;
	}
	if (event == STREAM_TIMEOUT && connected) {
		finish(op, stream, CHECK_DOWN, op->service->timeout);
	} else if (event == STREAM_END || error == E_CLOSED ||
		   (connected && error == -ECONNRESET)) {
		finish(op, stream, CHECK_DOWN, op->service->closed);
	} else {
		verdict_stream(&op->result, error, reason);
		finish(op, stream, op->result.state, op->result.code);
	}
}

static void on_event(
	void *user, struct stream *stream, enum stream_event event, struct slice data);

static int open_stream(struct op *op, uint32_t timeout_ms)
{
	const struct check_spec *spec = op->spec;
	struct stream *stream = NULL;
	struct stream_config config = { .addr = spec->addr,
		.port = spec->port,
		.timeout_ms = timeout_ms,
		.tls = spec->tls_mode == CHECK_TLS_AT_ONCE ? op->tls : NULL,
		.server_name = spec->name,
		.on = on_event,
		.user = op };
	return stream_open(op->set, &config, &stream);
}

/* Returns: false when it is over; a set that closes has no more to tell. */
static bool reopen(struct op *op)
{
	op->anew = false;
	int rc = open_stream(op, (uint32_t)(op->timeout_ms - op->spent_us / 1000));
	if (rc < 0 && rc != E_CLOSED) {
		check_result_set(&op->result, CHECK_UNKNOWN,
			rc == E_BUSY ? "check.busy" : "check.not_started");
		op->sink.done(op->sink.user, op->sink.tag, &op->result);
	}
	return rc == 0;
}

static void on_event(
	void *user, struct stream *stream, enum stream_event event, struct slice data)
{
	struct op *op = user;
	if (event == STREAM_CLOSED) {
		if (!op->anew || !reopen(op)) {
			release(op);
		}
		return;
	}
	if (op->finished || op->anew) {
		return;
	}
	switch (event) {
	case STREAM_CONNECTED:
		if (op->spec->tls_mode != CHECK_TLS_AT_ONCE) {
			begin(op, stream);
		}
		break;
	case STREAM_SECURED:
		take_secured(op, stream);
		break;
	case STREAM_DATA:
		take_data(op, stream, data);
		break;
	case STREAM_END:
	case STREAM_FAILED:
	case STREAM_TIMEOUT:
		take_failure(op, stream, event);
		break;
	case STREAM_CLOSED:
		break;
	}
}

static int usable(const struct engines *engines, const struct check_spec *spec,
	struct converse_login login)
{
	bool has_login = login.user != NULL && login.user[0] != '\0';
	if (spec->tls_mode != CHECK_TLS_PLAIN && engines->tls == NULL) {
		return E_UNSUPPORTED;
	}
	if (!has_login) {
		return 0;
	}
	return spec->tls_mode == CHECK_TLS_PLAIN ? E_DENIED
	       : login.password == NULL          ? E_ABSENT
						 : 0;
}

int converse_start(const struct engines *engines, const struct converse_service *service,
	const struct check_spec *spec, struct converse_login login, struct check_sink sink)
{
	int rc = usable(engines, spec, login);
	if (rc < 0) {
		return rc;
	}
	struct op *op = calloc(1, sizeof(*op));
	if (op == NULL) {
		return -ENOMEM;
	}
	op->service = service;
	op->tls = engines->tls;
	op->set = engines->streams;
	op->timeout_ms = verdict_timeout_ms(spec);
	op->sink = sink;
	op->has_login = login.user != NULL && login.user[0] != '\0';
	op->spec = check_spec_dup(spec);
	op->state = op->spec != NULL ? calloc(1, service->state_octets) : NULL;
	if (op->state == NULL) {
		release(op);
		return -ENOMEM;
	}
	service->init(op->state, op->spec);
	check_result_init(&op->result, spec, clock_unix_ms());
	check_result_arg_int(&op->result, "port", spec->port);
	rc = open_stream(op, op->timeout_ms);
	if (rc < 0) {
		release(op);
	}
	return rc;
}
