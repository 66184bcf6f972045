/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/cas/cas_check.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "probe/converse.h"
#include "proto/casform.h"
#include "proto/http1.h"

enum {
	PORT_HTTP = 80,
	PORT_HTTPS = 443,
	REQUEST_MAX = 48 * 1024, /* a token may be the server's whole state */
	TARGET_MAX = 3 * CHECK_TEXT_MAX + 2048,
	REASON_MAX = 40,
	STATUS_OK = 200,
	STATUS_LOCKED = 423
};

/* The log-in is ended afterwards: a check leaves no sessions behind. */
enum step { STEP_PAGE, STEP_LOGIN, STEP_TICKET, STEP_LOGOUT };

struct page {
	const struct check_spec *spec;
	enum step step;
	struct http1 http;
	struct buf cookies;
	struct buf form;   /* of the log-in, with the password */
	struct buf target; /* of the request that comes next */
	struct buf before; /* the log-in page */
	enum check_state state;
	const char *code;
	int64_t status;
	char reason[REASON_MAX + 1];
};

static struct slice text_of(const struct page *page, unsigned value)
{
	const char *text = check_spec_text(page->spec, value);
	return text != NULL ? slice_str(text) : (struct slice) { 0 };
}

/* ---- requests */

/* The log-in page's address, with its service when one is given. */
static void put_login_target(const struct page *page, struct buf *target)
{
	const char *path = page->spec->path != NULL ? page->spec->path : "/";
	struct slice service = text_of(page, CAS_SERVICE);
	buf_put_str(target, path);
	if (service.n > 0) {
		buf_put_str(target, strchr(path, '?') != NULL ? "&service=" : "?service=");
		casform_put_text(target, service);
	}
}

/* Another page of the same server: beside the log-in page. */
static void put_sibling(const struct page *page, struct buf *target, const char *name)
{
	struct slice path = slice_str(page->spec->path != NULL ? page->spec->path : "/");
	struct slice query;
	(void)slice_cut(path, '?', &path, &query);
	while (path.n > 0 && path.p[path.n - 1] != '/') {
		path.n--;
	}
	buf_put(target, path);
	buf_put_str(target, name);
}

static void init(void *state, const struct check_spec *spec)
{
	struct page *page = state;
	page->spec = spec;
	page->state = CHECK_DOWN;
	buf_init(&page->cookies, HTTP1_COOKIES_MAX);
	buf_init(&page->form, REQUEST_MAX / 2);
	buf_init(&page->target, TARGET_MAX);
	buf_init(&page->before, CAS_PAGE_MAX);
	http1_init(&page->http, CAS_PAGE_MAX);
	page->http.cookies = &page->cookies;
	put_login_target(page, &page->target);
}

static void put_host(const struct check_spec *spec, struct buf *out)
{
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
}

static void begin(void *state, struct buf *out)
{
	const struct page *page = state;
	bool posts = page->step == STEP_LOGIN;
	buf_put_str(out, posts ? "POST " : "GET ");
	buf_put(out, buf_slice(&page->target));
	buf_put_str(out, " HTTP/1.1\r\nHost: ");
	put_host(page->spec, out);
	buf_put_str(out, "\r\nUser-Agent: fengsui\r\nAccept: text/html\r\n"
			 "Accept-Encoding: identity\r\nConnection: close\r\n");
	/* A ticket is validated by the service, which has none of the browser's cookies. */
	if (page->cookies.n > 0 && page->step != STEP_TICKET) {
		buf_put_str(out, "Cookie: ");
		buf_put(out, slice_head(buf_slice(&page->cookies), page->cookies.n - 2));
		buf_put_str(out, "\r\n");
	}
	if (posts) {
		buf_printf(out,
			"Content-Type: application/x-www-form-urlencoded\r\n"
			"Content-Length: %zu\r\n",
			page->form.n);
	}
	buf_put_str(out, "\r\n");
	if (posts) {
		buf_put(out, buf_slice(&page->form));
	}
}

static enum talk_step go_on(struct page *page, enum step step)
{
	http1_fini(&page->http);
	http1_init(&page->http, CAS_PAGE_MAX);
	page->http.cookies = &page->cookies;
	page->step = step;
	return TALK_ANEW;
}

static enum talk_step log_out(struct page *page)
{
	buf_clear(&page->target);
	put_sibling(page, &page->target, "logout");
	return go_on(page, STEP_LOGOUT);
}

/* ---- answers */

static enum talk_step say(struct page *page, enum check_state state, const char *code)
{
	page->state = state;
	page->code = code;
	page->status = page->http.status;
	return TALK_DONE;
}

static void put_field(struct buf *form, const char *name, struct slice value, bool of_page)
{
	buf_put_str(form, form->n > 0 ? "&" : "");
	buf_put_str(form, name);
	buf_put_byte(form, '=');
	if (of_page) {
		casform_put_value(form, value);
	} else {
		casform_put_text(form, value);
	}
}

static enum talk_step take_page(struct page *page)
{
	if (page->http.status != STATUS_OK) {
		return say(page, CHECK_DOWN, "cas.status");
	}
	struct casform form = casform_find(buf_slice(&page->http.body));
	if (!form.has_user || !form.has_password) {
		return say(page, CHECK_DOWN, "cas.no_form");
	}
	if (form.execution.n == 0 && form.ticket.n == 0) {
		return say(page, CHECK_DOWN, "cas.no_token");
	}
	if (text_of(page, CAS_USER).n == 0) {
		return say(page, CHECK_UP, "cas.ok");
	}
	if (form.has_salt) {
		return say(page, CHECK_UNKNOWN, "cas.encrypted");
	}
	put_field(&page->form, "username", text_of(page, CAS_USER), false);
	put_field(&page->form, "password", text_of(page, CAS_PASSWORD), false);
	if (form.execution.n > 0) {
		put_field(&page->form, "execution", form.execution, true);
	}
	if (form.ticket.n > 0) {
		put_field(&page->form, "lt", form.ticket, true);
	}
	put_field(&page->form, "_eventId", SLICE("submit"), false);
	put_field(&page->form, "geolocation", SLICE(""), false);
	buf_put(&page->before, buf_slice(&page->http.body));
	return page->form.failed ? say(page, CHECK_DOWN, "cas.malformed")
				 : go_on(page, STEP_LOGIN);
}

/* The form comes again, with or without an error's status. */
static enum talk_step take_refusal(struct page *page)
{
	struct slice after = buf_slice(&page->http.body);
	bool form = casform_find(after).has_password;
	if (page->http.status == STATUS_LOCKED ||
		casform_is_locked(buf_slice(&page->before), after)) {
		return say(page, CHECK_DOWN, "cas.locked");
	}
	bool refused = form || page->http.status == 401 || page->http.status == 403;
	return say(page, CHECK_DOWN, refused ? "cas.login_refused" : "cas.login_status");
}

static enum talk_step take_login(struct page *page)
{
	struct slice ticket = casform_ticket(slice_str(page->http.location));
	struct slice service = text_of(page, CAS_SERVICE);
	/* The cookie of the single sign-on: CASTGC once, TGC since version 5. */
	bool signed_on = slice_find(buf_slice(&page->cookies), SLICE("TGC=")) != SIZE_MAX;
	bool redirects = page->http.status >= 301 && page->http.status <= 303;
	if (!redirects && !(signed_on && page->http.status == STATUS_OK)) {
		return take_refusal(page);
	}
	(void)say(page, CHECK_UP, "cas.logged_in");
	if (service.n > 0 && ticket.n == 0) {
		(void)say(page, CHECK_DOWN, "cas.no_ticket");
		return log_out(page);
	}
	if (service.n == 0) {
		return signed_on ? log_out(page) : say(page, CHECK_DOWN, "cas.login_refused");
	}
	buf_clear(&page->target);
	put_sibling(page, &page->target, "serviceValidate?service=");
	casform_put_text(&page->target, service);
	buf_put_str(&page->target, "&ticket=");
	buf_put(&page->target, ticket); /* as it was given, encoded already */
	return go_on(page, STEP_TICKET);
}

static enum talk_step take_ticket(struct page *page)
{
	struct casticket found = casticket_find(buf_slice(&page->http.body));
	(void)say(page, CHECK_DOWN, "cas.ticket_refused");
	if (found.is_good) {
		(void)say(page, CHECK_UP, "cas.ticket_good");
	} else if (found.code.n > 0) {
		struct slice code = slice_head(found.code, REASON_MAX);
		memcpy(page->reason, code.p, code.n);
	} else {
		struct buf text;
		buf_init(&text, REASON_MAX);
		buf_printf(&text, "HTTP %u", page->http.status);
		memcpy(page->reason, text.p, text.n);
		buf_fini(&text);
	}
	return log_out(page);
}

static enum talk_step take_answer(struct page *page, int error)
{
	if (page->step == STEP_LOGOUT) {
		return TALK_DONE;
	}
	if (error < 0) {
		return say(page, CHECK_DOWN, "cas.malformed");
	}
	switch (page->step) {
	case STEP_PAGE:
		return take_page(page);
	case STEP_LOGIN:
		return take_login(page);
	case STEP_TICKET:
		return take_ticket(page);
	case STEP_LOGOUT:
		break;
	}
	return TALK_DONE;
}

static enum talk_step feed(void *state, struct slice octets, struct buf *out)
{
	struct page *page = state;
	(void)out;
	int rc = http1_feed(&page->http, octets);
	return rc == 0 ? TALK_MORE : take_answer(page, rc);
}

static enum talk_step ended(void *state, bool hung_up)
{
	struct page *page = state;
	if (page->step == STEP_LOGOUT) {
		return TALK_DONE;
	}
	return hung_up && http1_end(&page->http) == 1 ? take_answer(page, 0) : TALK_MORE;
}

static void fini(void *state)
{
	struct page *page = state;
	if (page->form.p != NULL) {
		explicit_bzero(page->form.p, page->form.n);
	}
	buf_fini(&page->cookies);
	buf_fini(&page->form);
	buf_fini(&page->target);
	buf_fini(&page->before);
	http1_fini(&page->http);
}

static void judge(const void *state, const struct check_spec *spec, struct check_result *result)
{
	const struct page *page = state;
	(void)spec;
	if (page->reason[0] != '\0') {
		check_result_arg(result, "reason", slice_str(page->reason));
	}
	if (page->status != 0) {
		check_result_arg_int(result, "status", page->status);
	}
	/* Behind the log-in page it may hold a ticket. */
	if (page->step == STEP_PAGE && page->http.location[0] != '\0') {
		check_result_arg(result, "location", slice_str(page->http.location));
	}
	check_result_set(
		result, page->state, page->code != NULL ? page->code : "cas.malformed");
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
	struct converse_login login = { check_spec_text(spec, CAS_USER),
		check_spec_text(spec, CAS_PASSWORD) };
	if (!is_request_text(spec->name) || !is_request_text(spec->path) ||
		(spec->path != NULL && spec->path[0] != '/')) {
		return E_INPUT;
	}
	whole.tls_mode = spec->use_tls ? CHECK_TLS_AT_ONCE : CHECK_TLS_PLAIN;
	if (whole.port == 0) {
		whole.port = spec->use_tls ? PORT_HTTPS : PORT_HTTP;
	}
	return converse_start(engines, &service, &whole, login, sink);
}
