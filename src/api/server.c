/* SPDX-License-Identifier: Apache-2.0 */
#include "api/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/assets.h"
#include "api/flood.h"
#include "api/pending.h"
#include "api/server_priv.h"
#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/jw.h"
#include "sys/clock.h"
#include "sys/ipc.h"
#include "sys/rand.h"

enum {
	ADDRESS_SLOTS = 64 * 1024,
	CONNECTION_MEMORY_OCTETS = 32 * 1024, /* head of a request and what is being sent */
	LOGIN_PLACES = 4096,
	TOUCH_PLACES = 8192,
	TICK_MS = 1000,
	FRONT_OCTETS_MAX = 64 * 1024,
	LAST_WORDS = 8, /* turns given to connections at the end */
};

static const char *const counter_names[COUNTER_COUNT_] = {
	[COUNT_REQUESTS] = "requests",
	[COUNT_2XX] = "answers_2xx",
	[COUNT_3XX] = "answers_3xx",
	[COUNT_4XX] = "answers_4xx",
	[COUNT_5XX] = "answers_5xx",
	[COUNT_COMMANDS] = "commands",
	[COUNT_ASKS] = "asks",
	[COUNT_UPLOADS] = "uploads",
	[COUNT_EVENTS] = "events",
	[COUNT_RESYNCS] = "resyncs",
	[COUNT_REFUSED_CONNECTIONS] = "refused_connections",
	[COUNT_REFUSED_ADDRESS] = "refused_address",
	[COUNT_REFUSED_HEADER] = "refused_header",
	[COUNT_REFUSED_BODY] = "refused_body",
	[COUNT_REFUSED_BODIES] = "refused_bodies",
	[COUNT_REFUSED_JSON] = "refused_json",
	[COUNT_REFUSED_ORIGIN] = "refused_origin",
	[COUNT_REFUSED_LOGIN] = "refused_login",
	[COUNT_REFUSED_UPLOADS] = "refused_uploads",
	[COUNT_REFUSED_STREAMS] = "refused_streams",
	[COUNT_SLOW_CLIENTS] = "slow_clients",
	[COUNT_SLOW_ANSWERS] = "slow_answers",
	[COUNT_PEER_GONE] = "peer_gone",
};

const char *server_counter_name(enum counter counter)
{
	return counter_names[counter];
}

/* The part of an address that stands for one place: all of IPv4, the /64 of IPv6. */
static struct slice address_part(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		return slice_of(
			&((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
	}
	const struct in6_addr *six =
		&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
	return IN6_IS_ADDR_V4MAPPED(six) ? slice_of(&six->s6_addr[12], 4) : slice_of(six, 8);
}

static bool address_loopback(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET6) {
		const struct in6_addr *six =
			&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
		if (!IN6_IS_ADDR_V4MAPPED(six)) {
			return IN6_IS_ADDR_LOOPBACK(six) != 0;
		}
	}
	return address_part(address).p[0] == 127;
}

static uint16_t address_slot(const struct server *server, const struct sockaddr *address)
{
	return (uint16_t)(digest_siphash(server->seed, address_part(address)) % ADDRESS_SLOTS);
}

static enum MHD_Result on_accept(
	void *cls, const struct sockaddr *address, socklen_t address_len)
{
	struct daemon *daemon = cls;
	struct server *server = daemon->server;
	(void)address_len;
	if (server->client_count >= SERVER_CONNECTIONS_MAX) {
		server->counters[COUNT_REFUSED_CONNECTIONS]++;
		return MHD_NO;
	}
	if (!address_loopback(address) &&
		server->address_count[address_slot(server, address)] >=
			SERVER_ADDRESS_CONNECTIONS_MAX) {
		server->counters[COUNT_REFUSED_ADDRESS]++;
		return MHD_NO;
	}
	return MHD_YES;
}

static struct client *client_create(struct server *server, struct MHD_Connection *conn)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(conn, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct client *client = calloc(1, sizeof(*client));
	if (client == NULL) {
		abort();
	}
	const struct sockaddr *address = info->client_addr;
	const struct sockaddr_in6 *six = (const void *)address;
	const void *part =
		address->sa_family == AF_INET
			? (const void *)&((const struct sockaddr_in *)(const void *)address)
				  ->sin_addr
			: (const void *)&six->sin6_addr;
	(void)inet_ntop(address->sa_family, part, client->address, sizeof(client->address));
	client->conn = conn;
	client->receiving = true;
	client->since_ms = clock_mono_ms();
	client->grace_ms = server->setup.request_ms;
	client->loopback = address_loopback(address);
	client->address_slot = address_slot(server, address);
	client->next = server->clients;
	if (client->next != NULL) {
		client->next->previous = client;
	}
	server->clients = client;
	server->client_count++;
	server->address_count[client->address_slot]++;
	return client;
}

static void client_destroy(struct server *server, struct client *client)
{
	*(client->previous != NULL ? &client->previous->next : &server->clients) = client->next;
	if (client->next != NULL) {
		client->next->previous = client->previous;
	}
	server->client_count--;
	server->address_count[client->address_slot]--;
	free(client);
}

static void on_connection(void *cls, struct MHD_Connection *conn, void **context,
	enum MHD_ConnectionNotificationCode code)
{
	struct daemon *daemon = cls;
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		*context = client_create(daemon->server, conn);
	} else if (*context != NULL) {
		client_destroy(daemon->server, *context);
		*context = NULL;
	}
}

static void *on_uri(void *cls, const char *uri, struct MHD_Connection *conn)
{
	return request_create(cls, uri, conn);
}

static void on_completed(void *cls, struct MHD_Connection *conn, void **context,
	enum MHD_RequestTerminationCode code)
{
	(void)cls;
	(void)conn;
	(void)code;
	request_destroy(*context);
	*context = NULL;
}

/* The library's words about its clients say nothing the counters do not. */
static void on_mhd_log(void *cls, const char *format, va_list arguments)
{
	(void)cls;
	(void)format;
	(void)arguments;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *conn, const char *url,
	const char *method, const char *version, const char *octets, size_t *octets_n,
	void **context)
{
	struct request *r = *context;
	(void)cls;
	(void)conn;
	(void)url;
	(void)version;
	if (r == NULL) {
		return MHD_NO;
	}
	if (r->state == REQUEST_NEW) {
		return request_head(r, method);
	}
	if (r->state == REQUEST_GRANTED) {
		/* The body may come now: the next call without octets is its end. */
		r->state = REQUEST_BODY;
		return r->response != NULL ? reply_queue(r) : MHD_YES;
	}
	if (r->state == REQUEST_BODY && *octets_n > 0) {
		struct slice part = slice_of(octets, *octets_n);
		*octets_n = 0;
		return request_body(r, part);
	}
	if (r->state == REQUEST_BODY) {
		return request_act(r);
	}
	return r->response != NULL && r->state == REQUEST_READY ? reply_queue(r) : MHD_YES;
}

void server_suspend(struct request *r)
{
	r->suspended = true;
	r->client->receiving = false;
	MHD_suspend_connection(r->conn);
}

void server_resume(struct request *r)
{
	if (r->suspended) {
		r->suspended = false;
		MHD_resume_connection(r->conn);
		r->server->kicked = true;
	}
}

static void daemons_run(struct server *server)
{
	for (size_t i = 0; i < DAEMON_COUNT; i++) {
		if (server->daemons[i].mhd != NULL) {
			(void)MHD_run(server->daemons[i].mhd);
		}
	}
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct daemon *daemon = poll->data;
	(void)status;
	(void)events;
	(void)MHD_run(daemon->mhd);
}

static void on_pace(uv_timer_t *timer)
{
	daemons_run(timer->data);
}

/* Before the loop sleeps: nothing that was resumed may wait, and the library says how long it can. */
static void on_kick(uv_prepare_t *prepare)
{
	struct server *server = prepare->data;
	if (server->kicked) {
		server->kicked = false;
		daemons_run(server);
	}
	uint64_t least = UINT64_MAX;
	for (size_t i = 0; i < DAEMON_COUNT; i++) {
		MHD_UNSIGNED_LONG_LONG wait = 0;
		if (server->daemons[i].mhd != NULL &&
			MHD_get_timeout(server->daemons[i].mhd, &wait) == MHD_YES) {
			least = wait < least ? wait : least;
		}
	}
	if (least == UINT64_MAX) {
		(void)uv_timer_stop(&server->pace);
	} else {
		(void)uv_timer_start(&server->pace, on_pace, least, 0);
	}
}

/* A client that drips its request keeps a connection from being idle, so the library lets it. */
static void clients_sweep(struct server *server, int64_t now_ms)
{
	for (struct client *c = server->clients; c != NULL; c = c->next) {
		if (c->receiving && now_ms - c->since_ms > c->grace_ms) {
			const union MHD_ConnectionInfo *info = MHD_get_connection_info(
				c->conn, MHD_CONNECTION_INFO_CONNECTION_FD);
			server->counters[COUNT_SLOW_CLIENTS]++;
			c->since_ms = now_ms;
			(void)shutdown(info->connect_fd, SHUT_RDWR);
		}
	}
}

static void on_tick(uv_timer_t *timer)
{
	struct server *server = timer->data;
	int64_t now_ms = clock_mono_ms();
	clients_sweep(server, now_ms);
	forward_sweep(server, now_ms);
	stream_ping(server, now_ms);
}

static int daemon_start(
	struct daemon *daemon, const struct server_setup *setup, int fd, struct diag *diag)
{
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)setup->key },
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)setup->certificate },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0,
			(void *)(uintptr_t) "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2" },
		{ MHD_OPTION_END, 0, NULL },
	};
	struct MHD_OptionItem none[] = { { MHD_OPTION_END, 0, NULL } };
	unsigned flags =
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (daemon->tls ? MHD_USE_TLS : 0);
	daemon->mhd = MHD_start_daemon(flags, 0, on_accept, daemon, on_request, daemon,
		MHD_OPTION_EXTERNAL_LOGGER, on_mhd_log, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
		/* on_accept counts for both daemons, and counts what it refuses. */
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)SERVER_CONNECTIONS_MAX + 1,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SERVER_IDLE_S,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY_OCTETS,
		MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)4096,
		MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
		MHD_OPTION_URI_LOG_CALLBACK, on_uri, daemon, MHD_OPTION_NOTIFY_COMPLETED,
		on_completed, daemon, MHD_OPTION_NOTIFY_CONNECTION, on_connection, daemon,
		MHD_OPTION_ARRAY, daemon->tls ? tls : none, MHD_OPTION_END);
	if (daemon->mhd == NULL) {
		return diag_set(diag, E_INPUT, 0, 0, "%s: the server could not start",
			daemon->tls ? "HTTPS, its certificate or key" : "HTTP");
	}
	return 0;
}

static void patience_set(struct server_setup *setup)
{
	setup->request_ms = setup->request_ms > 0 ? setup->request_ms : SERVER_REQUEST_MS;
	setup->answer_ms = setup->answer_ms > 0 ? setup->answer_ms : SERVER_ANSWER_MS;
	setup->ping_ms = setup->ping_ms > 0 ? setup->ping_ms : SERVER_PING_MS;
}

int server_create(
	const struct server_setup *setup, struct server **ret_server, struct diag *diag)
{
	struct server *server = calloc(1, sizeof(*server));
	uint16_t *address_count = calloc(ADDRESS_SLOTS, sizeof(*address_count));
	if (server == NULL || address_count == NULL) {
		abort();
	}
	rand_octets(server->seed, sizeof(server->seed));
	server->address_count = address_count;
	server->setup = *setup;
	patience_set(&server->setup);
	buf_init(&server->front, FRONT_OCTETS_MAX);
	local_front_write(server);
	server->setup.certificate = NULL; /* the library has its own copy */
	server->setup.key = NULL;
	server->trace = rand_u64();
	server->pending = pending_create();
	server->logins = flood_create(
		LOGIN_PLACES, SERVER_LOGIN_BURST, SERVER_LOGIN_REFILL_MS, server->seed);
	server->touches = flood_create(TOUCH_PLACES, 1, SERVER_TOUCH_MS, server->seed);
	server->arena = arena_create((size_t)SERVER_BODY_OCTETS_MAX * 16);
	buf_init(&server->out, IPC_PAYLOAD_OCTETS_MAX);
	buf_init(&server->text, (size_t)4 * 1024 * 1024);
	buf_init(&server->health, IPC_PAYLOAD_OCTETS_MAX);
	int error = reply_prepare(server);
	const int fds[DAEMON_COUNT] = { setup->http_fd, setup->https_fd };
	for (size_t i = 0; i < DAEMON_COUNT && error == 0; i++) {
		server->daemons[i] =
			(struct daemon) { .server = server, .tls = i == DAEMON_HTTPS };
		error = fds[i] >= 0 ? daemon_start(&server->daemons[i], setup, fds[i], diag)
				    : 0;
	}
	if (error < 0) {
		(void)server_destroy(server);
		return error;
	}
	*ret_server = server;
	return 0;
}

int server_begin(struct server *server, uv_loop_t *loop)
{
	server->loop = loop;
	int error = uv_timer_init(loop, &server->pace) + uv_timer_init(loop, &server->tick) +
		    uv_timer_init(loop, &server->hello) + uv_prepare_init(loop, &server->kick);
	server->pace.data = server;
	server->tick.data = server;
	server->hello.data = server;
	server->kick.data = server;
	server->ping_at_ms = clock_mono_ms() + server->setup.ping_ms;
	for (size_t i = 0; i < DAEMON_COUNT && error == 0; i++) {
		struct daemon *daemon = &server->daemons[i];
		if (daemon->mhd == NULL) {
			continue;
		}
		int fd = MHD_get_daemon_info(daemon->mhd, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
		error = uv_poll_init(loop, &daemon->poll, fd);
		daemon->poll.data = daemon;
		daemon->polling = error == 0;
		error = error == 0 ? uv_poll_start(&daemon->poll, UV_READABLE, on_poll) : error;
	}
	error = error == 0 ? uv_timer_start(&server->tick, on_tick, TICK_MS, TICK_MS) : error;
	return error == 0 ? uv_prepare_start(&server->kick, on_kick) : error;
}

void server_end(struct server *server)
{
	server->ending = true;
	for (size_t i = 0; i < DAEMON_COUNT; i++) {
		if (server->daemons[i].mhd != NULL) {
			/* The socket stays open for who starts next. */
			(void)MHD_quiesce_daemon(server->daemons[i].mhd);
		}
	}
	/* The library aborts when it is stopped with a connection suspended. */
	stream_end_all(server);
	forward_peer_gone(server, IPC_ROLE_COUNT_);
	for (int i = 0; i < LAST_WORDS; i++) {
		daemons_run(server);
	}
	for (size_t i = 0; i < DAEMON_COUNT; i++) {
		struct daemon *daemon = &server->daemons[i];
		if (daemon->polling) {
			uv_close((uv_handle_t *)&daemon->poll, NULL);
		}
		if (daemon->mhd != NULL) {
			MHD_stop_daemon(daemon->mhd);
			daemon->mhd = NULL;
		}
	}
	uv_close((uv_handle_t *)&server->pace, NULL);
	uv_close((uv_handle_t *)&server->tick, NULL);
	uv_close((uv_handle_t *)&server->hello, NULL);
	uv_close((uv_handle_t *)&server->kick, NULL);
}

struct server *server_destroy(struct server *server)
{
	if (server == NULL) {
		return NULL;
	}
	for (size_t i = 0; i < DAEMON_COUNT; i++) {
		if (server->daemons[i].mhd != NULL) {
			(void)MHD_quiesce_daemon(server->daemons[i].mhd);
			MHD_stop_daemon(server->daemons[i].mhd);
		}
	}
	reply_release(server);
	server->pending = pending_destroy(server->pending);
	server->logins = flood_destroy(server->logins);
	server->touches = flood_destroy(server->touches);
	server->arena = arena_destroy(server->arena);
	buf_fini(&server->out);
	buf_fini(&server->text);
	buf_fini(&server->health);
	buf_fini(&server->front);
	free(server->address_count);
	free(server);
	return NULL;
}

static void health_take(struct server *server, struct ipc_frame *frame)
{
	struct msg_health msg = { 0 };
	if (msg_health_decode(frame->payload, &msg) == 0) {
		buf_clear(&server->health);
		buf_put(&server->health, msg.json);
	}
}

void server_frame(struct server *server, enum ipc_role from, struct ipc_frame *frame)
{
	if (from == IPC_PARENT) {
		if (frame->type == MSG_HEALTH) {
			health_take(server, frame);
		}
	} else if (frame->type == MSG_EVENT || frame->type == MSG_STREAM_END) {
		stream_frame(server, frame);
	} else {
		forward_answer(server, frame);
	}
}

void server_peer(struct server *server, enum ipc_role peer, bool up)
{
	bool was_up = server->peer_up[peer];
	server->peer_up[peer] = up;
	buf_clear(&server->health); /* said of the one before */
	if (was_up) {
		/* Also when a fresh channel replaces the old: nobody answers on the old one. */
		forward_peer_gone(server, peer);
	}
	if (up && peer == IPC_QUERY) {
		stream_peer_up(server);
	}
}

void server_status(struct server *server, struct jw *jw)
{
	jw_kv_int(jw, "connections", (int64_t)server->client_count);
	jw_kv_int(jw, "requests_open", (int64_t)server->request_count);
	jw_kv_int(jw, "body_octets", (int64_t)server->bodies_octets);
	jw_kv_int(jw, "streams", (int64_t)server->stream_count);
	jw_kv_int(jw, "waiting", (int64_t)pending_count(server->pending));
	jw_kv_int(jw, "refused_pending", (int64_t)pending_refused(server->pending));
	jw_kv_int(jw, "displaced_logins", (int64_t)flood_displaced(server->logins));
	for (unsigned i = 0; i < COUNTER_COUNT_; i++) {
		jw_kv_int(jw, counter_names[i], (int64_t)server->counters[i]);
	}
}
