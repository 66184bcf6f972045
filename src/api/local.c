/* SPDX-License-Identifier: Apache-2.0 */
#include "api/certificate.h"
#include "api/server_priv.h"
#include "base/arena.h"
#include "base/json.h"
#include "base/jw.h"

/* The parent's last word, parsed; NULL before there is one. */
static const struct json *health_read(struct server *server)
{
	const struct json *health = NULL;
	arena_reset(server->arena);
	return json_parse(server->arena, buf_slice(&server->health), 0, &health, NULL) < 0
		       ? NULL
		       : health;
}

/* A channel is there as soon as a role is started; that it serves, the parent says. */
static bool peer_serves(
	const struct server *server, const struct json *health, enum ipc_role peer)
{
	for (const struct json *role = json_first(json_get(health, "roles")); role != NULL;
		role = json_next(role)) {
		if (slice_is(json_get_str(role, "role"), ipc_role_name(peer))) {
			return server->peer_up[peer] &&
			       slice_is(json_get_str(role, "state"), "up");
		}
	}
	return false;
}

void local_health(struct request *r)
{
	struct server *server = r->server;
	const struct json *health = health_read(server);
	bool core = peer_serves(server, health, IPC_CORE);
	bool query = peer_serves(server, health, IPC_QUERY);
	bool serves = core && query && !server->ending;
	struct jw jw;
	buf_clear(&server->text);
	jw_init(&jw, &server->text);
	jw_object(&jw);
	jw_kv_str(&jw, "status", serves ? SLICE("ok") : SLICE("starting"));
	jw_kv_bool(&jw, "core", core);
	jw_kv_bool(&jw, "query", query);
	jw_kv_bool(&jw, "web", !server->ending);
	jw_end(&jw);
	reply_text(r, serves ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE, "application/json",
		buf_slice(&server->text));
}

/* A label's value: backslash, quote and line end are escaped. */
static void put_label(struct buf *out, struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"' || text.p[i] == '\\') {
			buf_put_byte(out, '\\');
		}
		if (text.p[i] == '\n') {
			buf_put_str(out, "\\n");
		} else {
			buf_put_byte(out, text.p[i]);
		}
	}
}

static void put_sample(struct buf *out, const char *metric, struct slice role,
	struct slice name, int64_t value)
{
	buf_printf(out, "%s{role=\"", metric);
	put_label(out, role);
	if (name.n > 0) {
		buf_put_str(out, "\",name=\"");
		put_label(out, name);
	}
	buf_printf(out, "\"} %lld\n", (long long)value);
}

static void put_counters(struct buf *out, struct slice role, const struct json *counters)
{
	for (const struct json *c = json_first(counters); c != NULL; c = json_next(c)) {
		int64_t value = 0;
		if (json_int(c, &value)) {
			put_sample(out, "fengsui_role_counter", role, json_name(c), value);
		}
	}
}

static void put_roles(struct buf *out, const struct json *roles)
{
	buf_put_str(out,
		"# HELP fengsui_role_up Is the process up?\n# TYPE fengsui_role_up gauge\n");
	for (const struct json *role = json_first(roles); role != NULL;
		role = json_next(role)) {
		put_sample(out, "fengsui_role_up", json_get_str(role, "role"),
			(struct slice) { 0 },
			slice_is(json_get_str(role, "state"), "up") ? 1 : 0);
	}
	buf_put_str(out,
		"# HELP fengsui_role_restarts_total Times the process was started again.\n"
		"# TYPE fengsui_role_restarts_total counter\n");
	for (const struct json *role = json_first(roles); role != NULL;
		role = json_next(role)) {
		put_sample(out, "fengsui_role_restarts_total", json_get_str(role, "role"),
			(struct slice) { 0 }, json_get_int(role, "restarts", 0));
	}
	buf_put_str(out, "# HELP fengsui_role_counter What the process counts of itself.\n"
			 "# TYPE fengsui_role_counter untyped\n");
	for (const struct json *role = json_first(roles); role != NULL;
		role = json_next(role)) {
		struct slice name = json_get_str(role, "role");
		if (!slice_is(name, "web")) {
			put_counters(out, name, json_get(role, "counters"));
		}
	}
}

void local_metrics(struct request *r)
{
	struct server *server = r->server;
	if (!r->client->loopback) {
		reply_problem(r, MHD_HTTP_NOT_FOUND, "route.absent", NULL);
		return;
	}
	buf_clear(&server->text);
	put_roles(&server->text, json_get(health_read(server), "roles"));
	put_sample(&server->text, "fengsui_role_counter", SLICE("web"), SLICE("connections"),
		(int64_t)server->client_count);
	put_sample(&server->text, "fengsui_role_counter", SLICE("web"), SLICE("requests_open"),
		(int64_t)server->request_count);
	put_sample(&server->text, "fengsui_role_counter", SLICE("web"), SLICE("body_octets"),
		(int64_t)server->bodies_octets);
	put_sample(&server->text, "fengsui_role_counter", SLICE("web"), SLICE("streams"),
		(int64_t)server->stream_count);
	for (unsigned i = 0; i < COUNTER_COUNT_; i++) {
		put_sample(&server->text, "fengsui_role_counter", SLICE("web"),
			slice_str(server_counter_name((enum counter)i)),
			(int64_t)server->counters[i]);
	}
	reply_text(r, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8",
		buf_slice(&server->text));
}

void local_openapi(struct request *r)
{
	reply_text(r, MHD_HTTP_OK, "application/json", slice_of(openapi_json, openapi_json_n));
}

void local_front_write(struct server *server)
{
	struct jw jw;
	buf_clear(&server->front);
	jw_init(&jw, &server->front);
	jw_object(&jw);
	jw_kv_bool(&jw, "demo", server->setup.demo);
	jw_key(&jw, "certificate");
	if (server->setup.certificate == NULL ||
		certificate_put(&jw, server->setup.certificate) < 0) {
		jw_null(&jw);
	}
	jw_end(&jw);
}

void local_front(struct request *r)
{
	reply_text(r, MHD_HTTP_OK, "application/json", buf_slice(&r->server->front));
}
