/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/dns/dns_check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "probe/stream.h"
#include "probe/verdict.h"
#include "proto/dnsmsg.h"
#include "sys/clock.h"
#include "sys/rand.h"

enum { QUERY_MAX = 512, REPLY_MAX = 65535, UDP_REPLY_MAX = 4096, PORT_DNS = 53 };

struct dns_checker {
	struct stream_set *set;
	struct op *first;
	uint32_t count;
	uint32_t inflight_max;
	bool closing;
	uint8_t octets[UDP_REPLY_MAX];
};

struct op {
	struct dns_checker *checker;
	struct op *next;
	struct op *prev;
	struct check_sink sink;
	struct check_spec *spec;
	struct check_result result;
	uv_udp_t udp;
	uv_timer_t deadline;
	struct stream *stream; /* after a cut answer */
	uint64_t began_ns;
	uint32_t ignored; /* datagrams from the right address that were no answer to this */
	uint16_t id;
	unsigned handles;
	int failure; /* of the start */
	bool over;
	struct buf query;
	struct buf reply; /* over TCP */
};

struct dns_checker *dns_checker_create(struct stream_set *set, uint32_t inflight_max)
{
	struct dns_checker *checker = calloc(1, sizeof(*checker));
	if (checker != NULL) {
		checker->set = set;
		checker->inflight_max =
			inflight_max < DNS_INFLIGHT_LIMIT ? inflight_max : DNS_INFLIGHT_LIMIT;
	}
	return checker;
}

uint32_t dns_checker_count(const struct dns_checker *checker)
{
	return checker->count;
}

static void release(struct op *op)
{
	struct dns_checker *checker = op->checker;
	if (--op->handles > 0) {
		return;
	}
	if (op->prev != NULL) {
		op->prev->next = op->next;
	} else {
		checker->first = op->next;
	}
	if (op->next != NULL) {
		op->next->prev = op->prev;
	}
	checker->count--;
	buf_fini(&op->query);
	buf_fini(&op->reply);
	free(op->spec);
	free(op);
	if (checker->closing && checker->count == 0) {
		free(checker);
	}
}

static void on_closed(uv_handle_t *handle)
{
	release(handle->data);
}

static void end(struct op *op)
{
	if (op->over) {
		return;
	}
	op->over = true;
	uv_close((uv_handle_t *)&op->udp, on_closed);
	uv_close((uv_handle_t *)&op->deadline, on_closed);
	if (op->stream != NULL) {
		stream_close(op->stream);
	}
}

void dns_checker_close(struct dns_checker *checker)
{
	checker->closing = true;
	struct op *next = NULL;
	for (struct op *op = checker->first; op != NULL; op = next) {
		next = op->next;
		end(op);
	}
	if (checker->count == 0) {
		free(checker);
	}
}

static int64_t elapsed_us(const struct op *op)
{
	return (int64_t)((uv_hrtime() - op->began_ns) / 1000);
}

static void finish(struct op *op, enum check_state state, const char *code)
{
	check_result_set(&op->result, state, code);
	if (op->ignored > 0) {
		check_result_arg_int(&op->result, "ignored", op->ignored);
	}
	struct check_sink sink = op->sink;
	struct check_result result = op->result;
	end(op);
	sink.done(sink.user, sink.tag, &result);
}

/* The first answer of the type asked for, and whether one of them is as expected. */
static const struct dnsmsg_answer *find_answer(
	const struct op *op, const struct dnsmsg *reply, bool *ret_as_expected)
{
	const struct check_spec *spec = op->spec;
	uint16_t type = spec->dns_type != 0 ? spec->dns_type : DNSMSG_A;
	const struct dnsmsg_answer *first = NULL;
	*ret_as_expected = false;
	for (unsigned i = 0; i < reply->answer_count; i++) {
		const struct dnsmsg_answer *answer = &reply->answers[i];
		if (answer->type != type) {
			continue;
		}
		first = first != NULL ? first : answer;
		if (spec->expect_text == NULL || dnsmsg_name_eq(slice_str(answer->value),
							 slice_str(spec->expect_text))) {
			*ret_as_expected = true;
		}
	}
	return first;
}

static void judge_answer(struct op *op, const struct dnsmsg *reply)
{
	const struct check_spec *spec = op->spec;
	bool as_expected = false;
	const struct dnsmsg_answer *first = find_answer(op, reply, &as_expected);
	if (first == NULL) {
		finish(op, CHECK_DOWN, "dns.no_answer");
		return;
	}
	check_result_arg(&op->result, "answer", slice_str(first->value));
	check_result_perf(&op->result, "ttl", (double)first->ttl_s, "s");
	if (!as_expected) {
		check_result_arg(&op->result, "expected", slice_str(spec->expect_text));
		finish(op, CHECK_DOWN, "dns.wrong_answer");
	} else if (spec->want_aa && !reply->authoritative) {
		finish(op, CHECK_DEGRADED, "dns.not_authoritative");
	} else if (spec->want_ad && !reply->authentic) {
		finish(op, CHECK_DEGRADED, "dns.not_authenticated");
	} else if (spec->warn_latency_ms != 0 &&
		   op->result.latency_us > (int64_t)spec->warn_latency_ms * 1000) {
		finish(op, CHECK_DEGRADED, "dns.slow");
	} else {
		finish(op, CHECK_UP, "dns.ok");
	}
}

static void judge(struct op *op, const struct dnsmsg *reply)
{
	op->result.latency_us = elapsed_us(op);
	check_result_perf(&op->result, "time", (double)op->result.latency_us, "us");
	check_result_arg(&op->result, "rcode", slice_str(dnsmsg_rcode_text(reply->rcode)));
	check_result_perf(&op->result, "answers", (double)reply->answer_total, "");
	bool answers = reply->rcode == DNSMSG_NOERROR || reply->rcode == DNSMSG_NXDOMAIN;
	if (op->spec->want_alive && answers) {
		finish(op, CHECK_UP, "dns.ok");
	} else if (reply->rcode != op->spec->expect_status) {
		check_result_arg(&op->result, "expected",
			slice_str(dnsmsg_rcode_text(op->spec->expect_status)));
		finish(op, CHECK_DOWN, "dns.rcode");
	} else if (reply->rcode != DNSMSG_NOERROR) {
		finish(op, CHECK_UP, "dns.ok");
	} else {
		judge_answer(op, reply);
	}
}

/* RFC 5452 section 9.1: identifier and question must be ours (address and port are, by connect). */
static bool is_ours(const struct op *op, const struct dnsmsg *reply)
{
	uint16_t type = op->spec->dns_type != 0 ? op->spec->dns_type : DNSMSG_A;
	return reply->is_response && reply->id == op->id && reply->has_question &&
	       reply->question_type == type && reply->question_class == 1 &&
	       dnsmsg_name_eq(slice_str(reply->question), slice_str(op->spec->query_name));
}

/* The length, then the message, RFC 1035 section 4.2.2. */
static void take_stream(struct op *op, struct slice data)
{
	buf_put(&op->reply, data);
	if (op->reply.failed) {
		finish(op, CHECK_DOWN, "dns.malformed");
		return;
	}
	if (op->reply.n < 2) {
		return;
	}
	size_t octets = (size_t)op->reply.p[0] << 8 | op->reply.p[1];
	if (op->reply.n < 2 + octets) {
		return;
	}
	struct dnsmsg *reply = malloc(sizeof(*reply));
	if (reply == NULL || dnsmsg_parse(slice_of(op->reply.p + 2, octets), reply) < 0 ||
		!is_ours(op, reply)) {
		finish(op, CHECK_DOWN, "dns.malformed");
	} else {
		judge(op, reply);
	}
	free(reply);
}

static void on_stream(
	void *user, struct stream *stream, enum stream_event event, struct slice data)
{
	struct op *op = user;
	const char *reason = "";
	uint8_t prefix[2] = { (uint8_t)(op->query.n >> 8), (uint8_t)op->query.n };
	if (event == STREAM_CLOSED) {
		release(op);
		return;
	}
	if (op->over) {
		return;
	}
	if (event == STREAM_CONNECTED) {
		stream_write(stream, slice_of(prefix, sizeof(prefix)));
		stream_write(stream, buf_slice(&op->query));
	} else if (event == STREAM_DATA) {
		take_stream(op, data);
	} else if (event == STREAM_END) {
		finish(op, CHECK_DOWN, "dns.malformed");
	} else if (event == STREAM_FAILED || event == STREAM_TIMEOUT) {
		int error = event == STREAM_FAILED ? stream_error(stream, &reason) : 0;
		verdict_stream(&op->result, error, reason);
		finish(op, op->result.state, op->result.code);
	}
}

static void ask_again_by_tcp(struct op *op)
{
	int64_t left_ms = (int64_t)verdict_timeout_ms(op->spec) - elapsed_us(op) / 1000;
	struct stream_config config = { .addr = op->spec->addr,
		.port = op->spec->port,
		.timeout_ms = left_ms > 1 ? (uint32_t)left_ms : 1,
		.on = on_stream,
		.user = op };
	(void)uv_udp_recv_stop(&op->udp);
	(void)uv_timer_stop(&op->deadline);
	int rc = stream_open(op->checker->set, &config, &op->stream);
	if (rc < 0) {
		check_result_arg_int(&op->result, "errno", -rc);
		finish(op, CHECK_UNKNOWN, "dns.failed");
		return;
	}
	op->handles++;
}

static void take_datagram(struct op *op, struct slice data)
{
	struct dnsmsg *reply = malloc(sizeof(*reply));
	/* Not ours or not DNS: it may be forged, so the true answer is waited for. */
	if (reply == NULL || dnsmsg_parse(data, reply) < 0 || !is_ours(op, reply)) {
		op->ignored++;
	} else if (reply->truncated) {
		ask_again_by_tcp(op);
	} else {
		judge(op, reply);
	}
	free(reply);
}

static void fail(struct op *op, int error)
{
	if (error == UV_ECONNREFUSED) {
		finish(op, CHECK_DOWN, "dns.refused");
	} else if (error == UV_ENETUNREACH) {
		finish(op, CHECK_UNREACHABLE, "dns.no_route");
	} else if (error == UV_EHOSTUNREACH) {
		finish(op, CHECK_DOWN, "dns.host_unreachable");
	} else {
		check_result_arg_int(&op->result, "errno", -error);
		finish(op, CHECK_UNKNOWN, "dns.failed");
	}
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buf)
{
	struct op *op = handle->data;
	(void)suggested;
	*ret_buf = uv_buf_init((char *)op->checker->octets, UDP_REPLY_MAX);
}

static void on_datagram(uv_udp_t *udp, ssize_t n, const uv_buf_t *in,
	const struct sockaddr *from, unsigned flags)
{
	struct op *op = udp->data;
	if (op->over || (n == 0 && from == NULL)) {
		return;
	}
	if (n < 0) {
		fail(op, (int)n);
	} else if ((flags & UV_UDP_PARTIAL) != 0) {
		op->ignored++;
	} else {
		take_datagram(op, slice_of(in->base, (size_t)n));
	}
}

static void on_deadline(uv_timer_t *timer)
{
	struct op *op = timer->data;
	if (op->failure < 0) {
		fail(op, op->failure);
	} else {
		finish(op, CHECK_DOWN, "dns.timeout");
	}
}

static int ask(struct op *op)
{
	union probe_sockaddr to;
	(void)probe_addr_to_sockaddr(&op->spec->addr, op->spec->port, &to);
	/* Connected: the kernel draws a random port and drops what comes from elsewhere. */
	int rc = uv_udp_connect(&op->udp, &to.sa);
	if (rc == 0) {
		rc = uv_udp_recv_start(&op->udp, on_alloc, on_datagram);
	}
	if (rc == 0) {
		uv_buf_t out = uv_buf_init((char *)op->query.p, (unsigned)op->query.n);
		rc = uv_udp_try_send(&op->udp, &out, 1, NULL);
	}
	return rc < 0 ? rc : 0;
}

static void begin(struct op *op)
{
	struct dns_checker *checker = op->checker;
	uv_loop_t *loop = stream_set_loop(checker->set);
	(void)uv_udp_init(loop, &op->udp);
	(void)uv_timer_init(loop, &op->deadline);
	op->udp.data = op;
	op->deadline.data = op;
	op->handles = 2;
	op->next = checker->first;
	if (checker->first != NULL) {
		checker->first->prev = op;
	}
	checker->first = op;
	checker->count++;
	op->began_ns = uv_hrtime();
	op->failure = ask(op);
	/* A question that could not be sent is still answered from the loop. */
	(void)uv_timer_start(&op->deadline, on_deadline,
		op->failure < 0 ? 0 : verdict_timeout_ms(op->spec), 0);
}

int dns_check_start(
	struct dns_checker *checker, const struct check_spec *spec, struct check_sink sink)
{
	if (checker->closing || checker->count >= checker->inflight_max) {
		return E_BUSY;
	}
	struct op *op = calloc(1, sizeof(*op));
	struct check_spec *copy = check_spec_dup(spec);
	if (op == NULL || copy == NULL) {
		free(op);
		free(copy);
		return -ENOMEM;
	}
	copy->port = copy->port != 0 ? copy->port : PORT_DNS;
	op->checker = checker;
	op->sink = sink;
	op->spec = copy;
	rand_octets(&op->id, sizeof(op->id));
	buf_init(&op->query, QUERY_MAX);
	buf_init(&op->reply, REPLY_MAX + 2);
	struct dnsmsg_query query = { .id = op->id,
		.type = spec->dns_type != 0 ? spec->dns_type : DNSMSG_A,
		.recursion = !spec->want_aa,
		.authentic = spec->want_ad,
		.name = slice_str(spec->query_name) };
	if (spec->query_name == NULL || dnsmsg_put_query(&op->query, &query) < 0) {
		buf_fini(&op->query);
		free(copy);
		free(op);
		return E_INPUT;
	}
	check_result_init(&op->result, spec, clock_unix_ms());
	begin(op);
	return 0;
}
