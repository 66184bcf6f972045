/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/field.h"
#include "api/flood.h"
#include "api/origin.h"
#include "api/pending.h"
#include "api/server_priv.h"
#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/num.h"
#include "base/utf8.h"
#include "sys/clock.h"

/* A token is at most this long; a longer one nobody has. */
enum { TOKEN_OCTETS_MAX = 128 };

struct slice request_field(const struct request *r, const char *name)
{
	return slice_str(MHD_lookup_connection_value(r->conn, MHD_HEADER_KIND, name));
}

void *request_create(struct daemon *daemon, const char *uri, struct MHD_Connection *conn)
{
	struct server *server = daemon->server;
	struct slice path = { 0 };
	struct slice query = { 0 };
	(void)slice_cut(slice_str(uri), '?', &path, &query);
	buf_clear(&server->text);
	bool good = route_path_decode(path, &server->text) == 0;
	size_t path_n = good ? server->text.n : 0;
	struct request *r = calloc(1, sizeof(*r) + path_n + query.n + 2);
	if (r == NULL) {
		return NULL;
	}
	if (path_n > 0) {
		memcpy(r->target, server->text.p, path_n);
	}
	if (query.n > 0) {
		memcpy(r->target + path_n + 1, query.p, query.n);
	}
	r->path = slice_of(r->target, path_n);
	r->query = slice_of(r->target + path_n + 1, query.n);
	r->daemon = daemon;
	r->server = server;
	r->conn = conn;
	r->client = MHD_get_connection_info(conn, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
			    ->socket_context;
	r->client->since_ms = clock_mono_ms();
	r->upload_fd = -1;
	r->trace = server->trace++;
	r->asked_at_ms = clock_unix_ms();
	buf_init(&r->body, SERVER_BODY_OCTETS_MAX);
	r->next = server->requests;
	if (r->next != NULL) {
		r->next->previous = r;
	}
	server->requests = r;
	server->request_count++;
	server->counters[COUNT_REQUESTS]++;
	return r;
}

void request_destroy(struct request *r)
{
	if (r == NULL) {
		return;
	}
	struct server *server = r->server;
	server->request_count--;
	*(r->previous != NULL ? &r->previous->next : &server->requests) = r->next;
	if (r->next != NULL) {
		r->next->previous = r->previous;
	}
	r->client->receiving = true;
	r->client->since_ms = clock_mono_ms();
	r->client->grace_ms = server->setup.request_ms;
	if (r->pending != 0) {
		(void)pending_take(server->pending, r->pending);
	}
	stream_detach(r);
	upload_release(r);
	if (r->response != NULL && !r->shared) {
		MHD_destroy_response(r->response);
	}
	server->bodies_octets -= r->counted;
	buf_fini(&r->body);
	free(r);
}

/* Announced octets of the body: 0 when there is none, UINT64_MAX when nobody knows. */
static uint64_t body_announced(const struct request *r)
{
	uint64_t octets = 0;
	if (request_field(r, MHD_HTTP_HEADER_TRANSFER_ENCODING).n > 0) {
		return UINT64_MAX;
	}
	struct slice length = request_field(r, MHD_HTTP_HEADER_CONTENT_LENGTH);
	return length.n > 0 && num_u64(length, UINT64_MAX - 1, &octets) < 0 ? UINT64_MAX
									    : octets;
}

/* Who calls: a token in Authorization, else the cookie.  One that cannot be is as good as none. */
static void token_take(struct request *r, bool *ret_bearer, bool *ret_cookie)
{
	struct slice bearer = field_bearer(request_field(r, MHD_HTTP_HEADER_AUTHORIZATION));
	struct slice cookie = field_cookie(request_field(r, MHD_HTTP_HEADER_COOKIE), "fengsui");
	struct slice token = bearer.n > 0 ? bearer : cookie;
	*ret_bearer = bearer.n > 0;
	*ret_cookie = cookie.n > 0;
	r->token =
		token.n <= TOKEN_OCTETS_MAX && utf8_valid(token) ? token : (struct slice) { 0 };
}

static bool origin_refuse(struct request *r, bool bearer, bool cookie)
{
	struct origin_ask ask = { .safe = r->is_get, .bearer = bearer, .cookie = cookie };
	if (!r->is_get && !bearer) {
		ask.fetch_site = request_field(r, "Sec-Fetch-Site");
		ask.origin = request_field(r, "Origin");
		ask.referer = request_field(r, MHD_HTTP_HEADER_REFERER);
		ask.host = request_field(r, MHD_HTTP_HEADER_HOST);
	}
	if (origin_allowed(&ask)) {
		return false;
	}
	r->server->counters[COUNT_REFUSED_ORIGIN]++;
	reply_problem(r, MHD_HTTP_FORBIDDEN, "origin.foreign", NULL);
	return true;
}

static bool login_refuse(struct request *r)
{
	int64_t wait_ms = 0;
	if (r->hit.id != ROUTE_SESSION_LOGIN ||
		flood_take(r->server->logins, slice_str(r->client->address), clock_mono_ms(),
			&wait_ms)) {
		return false;
	}
	char seconds[24];
	(void)snprintf(seconds, sizeof(seconds), "%lld", (long long)(wait_ms + 999) / 1000);
	r->server->counters[COUNT_REFUSED_LOGIN]++;
	reply_problem(r, MHD_HTTP_TOO_MANY_REQUESTS, "login.flood", NULL);
	reply_field(r, "Retry-After", seconds);
	return true;
}

static void route_refuse(struct request *r, int error)
{
	AUTO_BUF struct buf allow;
	buf_init(&allow, 256);
	if (error != E_STATE) {
		reply_problem(r, MHD_HTTP_NOT_FOUND, "route.absent", NULL);
		return;
	}
	route_put_allow(slice_skip(r->path, sizeof(API_PREFIX) - 1), &allow);
	reply_problem(r, MHD_HTTP_METHOD_NOT_ALLOWED, "method.other", NULL);
	reply_field(r, "Allow", (const char *)allow.p);
}

/* A body must say what it is; a form of another site cannot say JSON. */
static bool media_refuse(struct request *r, bool upload, uint64_t announced)
{
	struct slice media = request_field(r, MHD_HTTP_HEADER_CONTENT_TYPE);
	if (r->is_get || (announced == 0 && media.n == 0) ||
		field_media_is(
			media, upload ? "application/octet-stream" : "application/json")) {
		return false;
	}
	reply_problem(r, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "media.unsupported", NULL);
	return true;
}

static void head_api(struct request *r, const char *method, uint64_t announced)
{
	struct slice path = slice_skip(r->path, sizeof(API_PREFIX) - 1);
	bool bearer = false;
	bool cookie = false;
	int error = route_find(slice_str(method), path, &r->hit);
	if (error < 0) {
		route_refuse(r, error);
		return;
	}
	bool upload = routes[r->hit.id].kind == ROUTE_KIND_UPLOAD;
	token_take(r, &bearer, &cookie);
	if (origin_refuse(r, bearer, cookie) || login_refuse(r) ||
		media_refuse(r, upload, announced)) {
		return;
	}
	if (!utf8_valid(r->query)) {
		reply_problem(r, MHD_HTTP_BAD_REQUEST, "query.not_utf8", NULL);
	} else if (upload) {
		r->upload_octets = announced;
		upload_head(r);
	} else if (announced != UINT64_MAX && announced > SERVER_BODY_OCTETS_MAX) {
		r->server->counters[COUNT_REFUSED_BODY]++;
		reply_problem(r, MHD_HTTP_CONTENT_TOO_LARGE, "body.too_large", NULL);
	}
}

static void head_local(struct request *r, const char *method)
{
	bool get = slice_is(slice_str(method), "GET") || slice_is(slice_str(method), "HEAD");
	if (!get) {
		reply_problem(r, MHD_HTTP_METHOD_NOT_ALLOWED, "method.other", NULL);
		reply_field(r, "Allow", "GET, HEAD");
	}
}

static void place_find(struct request *r)
{
	struct slice prefix = SLICE(API_PREFIX);
	if (slice_starts(r->path, prefix) &&
		(r->path.n == prefix.n || r->path.p[prefix.n] == '/')) {
		r->place = PLACE_API;
	} else if (slice_is(r->path, "/healthz")) {
		r->place = PLACE_HEALTH;
	} else if (slice_is(r->path, "/metrics")) {
		r->place = PLACE_METRICS;
	}
}

static bool head_refuse(struct request *r)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(r->conn, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	if (info != NULL && info->header_size > SERVER_HEADER_OCTETS_MAX) {
		r->server->counters[COUNT_REFUSED_HEADER]++;
		reply_problem(
			r, MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE, "header.too_large", NULL);
	} else if (r->query.n > SERVER_QUERY_OCTETS_MAX) {
		r->server->counters[COUNT_REFUSED_HEADER]++;
		reply_problem(r, MHD_HTTP_URI_TOO_LONG, "query.too_long", NULL);
	} else if (r->path.n == 0 || r->path.p[0] != '/') {
		reply_problem(r, MHD_HTTP_BAD_REQUEST, "path.bad", NULL);
	}
	return r->response != NULL;
}

enum MHD_Result request_head(struct request *r, const char *method)
{
	uint64_t announced = body_announced(r);
	r->is_get = slice_is(slice_str(method), "GET") || slice_is(slice_str(method), "HEAD");
	r->state = REQUEST_BODY;
	if (!head_refuse(r)) {
		place_find(r);
		if (r->place == PLACE_API) {
			head_api(r, method, announced);
		} else {
			head_local(r, method);
		}
	}
	/* Answering now closes the connection, so only what is too long to be read and thrown away. */
	bool too_long = announced != UINT64_MAX && announced > SERVER_BODY_OCTETS_MAX;
	return r->response != NULL && too_long ? reply_queue(r) : MHD_YES;
}

enum MHD_Result request_body(struct request *r, struct slice octets)
{
	struct server *server = r->server;
	if (r->upload_fd >= 0) {
		return upload_body(r, octets) < 0 ? MHD_NO : MHD_YES;
	}
	if (r->response != NULL || r->is_get || r->place != PLACE_API) {
		r->discarded += octets.n;
		return r->discarded > SERVER_BODY_OCTETS_MAX ? MHD_NO : MHD_YES;
	}
	if (octets.n > SERVER_BODIES_OCTETS_MAX - server->bodies_octets) {
		server->counters[COUNT_REFUSED_BODIES]++;
		reply_problem(r, MHD_HTTP_SERVICE_UNAVAILABLE, "server.busy", NULL);
		return MHD_YES;
	}
	buf_put(&r->body, octets);
	if (r->body.failed) {
		server->counters[COUNT_REFUSED_BODY]++;
		reply_problem(r, MHD_HTTP_CONTENT_TOO_LARGE, "body.too_large", NULL);
		return MHD_YES;
	}
	server->bodies_octets += octets.n;
	r->counted += octets.n;
	return MHD_YES;
}

static bool json_refuse(struct request *r)
{
	struct diag diag = { 0 };
	const struct json *root = NULL;
	if (r->body.n == 0) {
		return false;
	}
	arena_reset(r->server->arena);
	int error = json_parse(r->server->arena, buf_slice(&r->body), 0, &root, &diag);
	if (error == 0) {
		return false;
	}
	char detail[DIAG_TEXT_MAX + 64];
	(void)snprintf(detail, sizeof(detail), "%s at octet %llu", err_text(error),
		(unsigned long long)diag.offset);
	r->server->counters[COUNT_REFUSED_JSON]++;
	reply_problem(r, MHD_HTTP_BAD_REQUEST, "json.bad", detail);
	return true;
}

static void act_api(struct request *r)
{
	switch (routes[r->hit.id].kind) {
	case ROUTE_KIND_LOCAL:
		r->hit.id == ROUTE_FRONT_GET ? local_front(r) : local_openapi(r);
		return;
	case ROUTE_KIND_STREAM:
		stream_open(r);
		return;
	case ROUTE_KIND_UPLOAD:
		upload_act(r);
		return;
	case ROUTE_KIND_COMMAND:
	case ROUTE_KIND_VIEW:
	case ROUTE_KIND_PAGE:
	case ROUTE_KIND_DOWNLOAD:
	default:
		if (!json_refuse(r)) {
			forward_send(r);
		}
	}
}

enum MHD_Result request_act(struct request *r)
{
	r->client->receiving = false;
	if (r->response == NULL) {
		switch (r->place) {
		case PLACE_HEALTH:
			local_health(r);
			break;
		case PLACE_METRICS:
			local_metrics(r);
			break;
		case PLACE_API:
			act_api(r);
			break;
		case PLACE_STATIC:
		default:
			reply_static(r);
		}
	}
	return r->response != NULL && !r->suspended ? reply_queue(r) : MHD_YES;
}
