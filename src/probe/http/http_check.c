/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/http/http_check.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "probe/engines.h"
#include "probe/http/page_compare.h"
#include "probe/stream.h"
#include "probe/tls_session.h"
#include "probe/verdict.h"
#include "proto/http1.h"
#include "proto/x509sum.h"
#include "sys/clock.h"

enum { SNI_MAX = 255, REQUEST_MAX = 3 * CHECK_TEXT_MAX, PORT_HTTP = 80, PORT_HTTPS = 443 };

struct op {
	struct check_sink sink;
	struct check_spec *spec;
	const struct engines *engines;
	struct check_result result;
	struct check_result
		certificate; /* judged at once, told when the answer itself is good */
	bool certificate_good;
	bool finished;
	int64_t first_octet_us;
	struct http1 http;
};

static bool is_request_text(const char *text)
{
	for (; text != NULL && *text != '\0'; text++) {
		/* UTF-8 in a path is sent as it is; what would end or split the line is refused. */
		if ((unsigned char)*text <= ' ' || *text == 0x7f) {
			return false;
		}
	}
	return true;
}

static void put_host(struct buf *buf, const struct check_spec *spec)
{
	if (spec->host_header != NULL) {
		buf_put_str(buf, spec->host_header);
		return;
	}
	if (spec->name != NULL) {
		buf_put_str(buf, spec->name);
	} else {
		buf_put_str(buf, spec->addr.family == 6 ? "[" : "");
		probe_addr_put(buf, &spec->addr);
		buf_put_str(buf, spec->addr.family == 6 ? "]" : "");
	}
	if (spec->port != (spec->use_tls ? PORT_HTTPS : PORT_HTTP)) {
		buf_printf(buf, ":%u", spec->port);
	}
}

static void send_request(const struct op *op, struct stream *stream)
{
	AUTO_BUF struct buf request;
	buf_init(&request, REQUEST_MAX);
	buf_printf(&request,
		"GET %s HTTP/1.1\r\nHost: ", op->spec->path != NULL ? op->spec->path : "/");
	put_host(&request, op->spec);
	buf_put_str(&request, "\r\nUser-Agent: fengsui\r\nAccept: */*\r\n"
			      "Accept-Encoding: identity\r\nConnection: close\r\n\r\n");
	stream_write(stream, buf_slice(&request));
}

static void finish(
	struct op *op, struct stream *stream, enum check_state state, const char *code)
{
	struct check_result *result = &op->result;
	op->finished = true;
	check_result_set(result, state, code);
	if (stream_connect_us(stream) >= 0) {
		result->latency_us = stream_elapsed_us(stream);
		check_result_perf(result, "total", (double)result->latency_us, "us");
		check_result_perf(result, "connect", (double)stream_connect_us(stream), "us");
	}
	if (op->first_octet_us > 0) {
		check_result_perf(result, "first_octet", (double)op->first_octet_us, "us");
	}
	if (op->http.status != 0) {
		check_result_arg_int(result, "status", op->http.status);
		check_result_perf(result, "body", (double)op->http.body_octets, "B");
	}
	op->sink.done(op->sink.user, op->sink.tag, result);
	stream_close(stream);
}

static bool is_expected(const struct op *op)
{
	unsigned status = op->http.status;
	return op->spec->expect_status != 0 ? status == op->spec->expect_status
					    : status >= 200 && status < 400;
}

/* The certificate's verdict takes the place of a good answer's, its arguments included. */
static void finish_certificate(struct op *op, struct stream *stream)
{
	op->result = op->certificate;
	finish(op, stream, op->certificate.state, op->certificate.code);
}

static void judge_answer(struct op *op, struct stream *stream)
{
	const struct check_spec *spec = op->spec;
	if (op->http.location[0] != '\0') {
		check_result_arg(&op->result, "location", slice_str(op->http.location));
	}
	if (!is_expected(op)) {
		check_result_arg_int(&op->result, "expected", spec->expect_status);
		finish(op, stream, CHECK_DOWN, "http.status");
		return;
	}
	if (spec->expect_text != NULL && slice_find(buf_slice(&op->http.body),
						 slice_str(spec->expect_text)) == SIZE_MAX) {
		check_result_arg(&op->result, "expected", slice_str(spec->expect_text));
		check_result_arg_int(&op->result, "cut", op->http.body_cut);
		finish(op, stream, CHECK_DOWN, "http.content_missing");
		return;
	}
	if (check_spec_number(spec, HTTP_COMPARE) != 0 &&
		!page_compare(spec, buf_slice(&op->http.body), op->http.location,
			&op->engines->pages, &op->result)) {
		finish(op, stream, op->result.state, op->result.code);
		return;
	}
	if (spec->use_tls && !op->certificate_good) {
		finish_certificate(op, stream);
		return;
	}
	bool slow = spec->warn_latency_ms != 0 &&
		    stream_elapsed_us(stream) > (int64_t)spec->warn_latency_ms * 1000;
	finish(op, stream, slow ? CHECK_DEGRADED : CHECK_UP, slow ? "http.slow" : "http.ok");
}

static void judge_certificate(struct op *op, struct stream *stream)
{
	AUTO_BUF struct buf der;
	struct tls_seen seen;
	buf_init(&der, X509SUM_DER_MAX);
	tls_session_seen(stream_tls_session(stream), &seen, &der);
	op->certificate = op->result;
	op->certificate_good =
		verdict_certificate(&op->certificate, op->spec, &seen, buf_slice(&der));
}

static void take_data(struct op *op, struct stream *stream, struct slice data)
{
	if (op->first_octet_us == 0) {
		op->first_octet_us = stream_elapsed_us(stream);
	}
	int rc = http1_feed(&op->http, data);
	if (rc < 0) {
		finish(op, stream, CHECK_DOWN,
			rc == E_LIMIT ? "http.head_too_large" : "http.malformed");
	} else if (rc == 1) {
		judge_answer(op, stream);
	}
}

static void take_end(struct op *op, struct stream *stream)
{
	if (http1_end(&op->http) == 1) {
		judge_answer(op, stream);
	} else {
		finish(op, stream, CHECK_DOWN,
			op->first_octet_us == 0 ? "http.closed" : "http.truncated");
	}
}

static void take_failure(struct op *op, struct stream *stream, enum stream_event event)
{
	const char *reason = "";
	int error = event == STREAM_FAILED ? stream_error(stream, &reason) : 0;
	if (error == 0 && stream_connect_us(stream) >= 0) {
		check_result_arg_int(&op->result, "octets", (int64_t)op->http.body_octets);
		finish(op, stream, CHECK_DOWN, "http.timeout");
		return;
	}
	verdict_stream(&op->result, error, reason);
	finish(op, stream, op->result.state, op->result.code);
}

static void on_event(
	void *user, struct stream *stream, enum stream_event event, struct slice data)
{
	struct op *op = user;
	if (event == STREAM_CLOSED) {
		http1_fini(&op->http);
		free(op->spec);
		free(op);
		return;
	}
	if (op->finished) {
		return;
	}
	switch (event) {
	case STREAM_CONNECTED:
		if (!op->spec->use_tls) {
			send_request(op, stream);
		}
		break;
	case STREAM_SECURED:
		judge_certificate(op, stream);
		send_request(op, stream);
		break;
	case STREAM_DATA:
		take_data(op, stream, data);
		break;
	case STREAM_END:
		take_end(op, stream);
		break;
	case STREAM_FAILED:
	case STREAM_TIMEOUT:
		take_failure(op, stream, event);
		break;
	case STREAM_CLOSED:
		break;
	}
}

static bool is_askable(const struct check_spec *spec)
{
	return slice_str(spec->name).n <= SNI_MAX && is_request_text(spec->name) &&
	       is_request_text(spec->host_header) && is_request_text(spec->path) &&
	       (spec->path == NULL || spec->path[0] == '/');
}

int http_check_start(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink)
{
	if (!is_askable(spec)) {
		return E_INPUT;
	}
	struct op *op = calloc(1, sizeof(*op));
	struct check_spec *copy = check_spec_dup(spec);
	if (op == NULL || copy == NULL) {
		free(op);
		free(copy);
		return -ENOMEM;
	}
	if (copy->port == 0) {
		copy->port = copy->use_tls ? PORT_HTTPS : PORT_HTTP;
	}
	op->sink = sink;
	op->spec = copy;
	op->engines = engines;
	bool compare = check_spec_number(spec, HTTP_COMPARE) != 0;
	http1_init(&op->http, compare ? HTTP_PAGE_MAX : HTTP_BODY_MAX);
	check_result_init(&op->result, spec, clock_unix_ms());
	struct stream_config config = { .addr = copy->addr,
		.port = copy->port,
		.timeout_ms = verdict_timeout_ms(spec),
		.tls = copy->use_tls ? engines->tls : NULL,
		.server_name = copy->name,
		.on = on_event,
		.user = op };
	struct stream *stream = NULL;
	int rc = stream_open(engines->streams, &config, &stream);
	if (rc < 0) {
		http1_fini(&op->http);
		free(copy);
		free(op);
	}
	return rc;
}
