/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/cas/cas_check.h"

#include "base/buf.h"
#include "base/err.h"
#include "probe/converse.h"
#include "proto/casform.h"
#include "proto/http1.h"

enum { PORT_HTTP = 80, PORT_HTTPS = 443, REQUEST_MAX = 3 * CHECK_TEXT_MAX, STATUS_OK = 200 };

struct page {
	const struct check_spec *spec;
	struct http1 http;
	int error;
};

static void init(void *state, const struct check_spec *spec)
{
	struct page *page = state;
	page->spec = spec;
	http1_init(&page->http, CAS_PAGE_MAX);
}

static void begin(void *state, struct buf *out)
{
	const struct page *page = state;
	const struct check_spec *spec = page->spec;
	buf_printf(out, "GET %s HTTP/1.1\r\nHost: ", spec->path != NULL ? spec->path : "/");
	if (spec->name != NULL) {
		buf_put_str(out, spec->name);
	} else {
		buf_put_str(out, spec->addr.family == 6 ? "[" : "");
		probe_addr_put(out, &spec->addr);
		buf_put_str(out, spec->addr.family == 6 ? "]" : "");
	}
	if (spec->port != (spec->use_tls ? PORT_HTTPS : PORT_HTTP)) {
		buf_printf(out, ":%u", spec->port);
	}
	buf_put_str(out, "\r\nUser-Agent: fengsui\r\nAccept: text/html\r\n"
			 "Accept-Encoding: identity\r\nConnection: close\r\n\r\n");
}

static enum talk_step feed(void *state, struct slice octets, struct buf *out)
{
	struct page *page = state;
	(void)out;
	page->error = http1_feed(&page->http, octets);
	return page->error == 0 ? TALK_MORE : TALK_DONE;
}

static enum talk_step ended(void *state, bool hung_up)
{
	struct page *page = state;
	return hung_up && http1_end(&page->http) == 1 ? TALK_DONE : TALK_MORE;
}

static void fini(void *state)
{
	struct page *page = state;
	http1_fini(&page->http);
}

static void judge(const void *state, const struct check_spec *spec, struct check_result *result)
{
	const struct page *page = state;
	(void)spec;
	if (page->error < 0) {
		check_result_set(result, CHECK_DOWN, "cas.malformed");
		return;
	}
	check_result_arg_int(result, "status", page->http.status);
	if (page->http.location[0] != '\0') {
		check_result_arg(result, "location", slice_str(page->http.location));
	}
	if (page->http.status != STATUS_OK) {
		check_result_set(result, CHECK_DOWN, "cas.status");
		return;
	}
	struct casform form = casform_find(buf_slice(&page->http.body));
	if (!form.has_user || !form.has_password) {
		check_result_set(result, CHECK_DOWN, "cas.no_form");
	} else if (form.execution.n == 0 && form.ticket.n == 0) {
		check_result_set(result, CHECK_DOWN, "cas.no_token");
	} else {
		check_result_set(result, CHECK_UP, "cas.ok");
	}
}

static const struct converse_service service = { .state_octets = sizeof(struct page),
	.out_max = REQUEST_MAX,
	.slow = "cas.slow",
	.timeout = "cas.timeout",
	.closed = "cas.closed",
	.init = init,
	.begin = begin,
	.feed = feed,
	.ended = ended,
	.judge = judge,
	.fini = fini };

/* What would end or split the request's line is refused. */
static bool is_request_text(const char *text)
{
	for (; text != NULL && *text != '\0'; text++) {
		if ((unsigned char)*text <= ' ' || *text == 0x7f) {
			return false;
		}
	}
	return true;
}

int cas_check_start(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink)
{
	struct check_spec whole = *spec;
	if (!is_request_text(spec->name) || !is_request_text(spec->path) ||
		(spec->path != NULL && spec->path[0] != '/')) {
		return E_INPUT;
	}
	whole.tls_mode = spec->use_tls ? CHECK_TLS_AT_ONCE : CHECK_TLS_PLAIN;
	if (whole.port == 0) {
		whole.port = spec->use_tls ? PORT_HTTPS : PORT_HTTP;
	}
	return converse_start(engines, &service, &whole, (struct converse_login) { 0 }, sink);
}
