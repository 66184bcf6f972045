/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/lookup.h"

#include <ares.h>
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/err.h"

enum { TRY_MS = 2000, TRIES = 2, SOCKETS_MAX = 16, TICK_MS = 250 };

struct watch {
	struct lookup *lookup;
	uv_poll_t poll;
	ares_socket_t fd;
};

struct lookup {
	uv_loop_t *loop;
	ares_channel channel;
	uv_timer_t tick;
	struct watch *watches[SOCKETS_MAX];
	unsigned inflight;
	unsigned handles;
	bool no_server;
	bool closing;
};

struct question {
	struct lookup *lookup;
	lookup_fn done;
	void *user;
};

void lookup_servers(struct slice resolv_conf, struct buf *out)
{
	unsigned count = 0;
	while (resolv_conf.n > 0 && count < LOOKUP_SERVERS_MAX) {
		struct slice line;
		char text[INET6_ADDRSTRLEN];
		struct in6_addr addr;
		(void)slice_cut(resolv_conf, '\n', &line, &resolv_conf);
		line = slice_trim(line);
		if (!slice_starts(line, SLICE("nameserver"))) {
			continue;
		}
		line = slice_trim(slice_skip(line, 10));
		if (line.n == 0 || line.n >= sizeof(text)) {
			continue;
		}
		memcpy(text, line.p, line.n);
		text[line.n] = '\0';
		bool v6 = inet_pton(AF_INET6, text, &addr) == 1;
		if (v6 || inet_pton(AF_INET, text, &addr) == 1) {
			buf_printf(out, v6 ? "%s[%s]" : "%s%s", count++ > 0 ? "," : "", text);
		}
	}
}

static void free_if_done(struct lookup *lookup)
{
	if (lookup->closing && lookup->handles == 0) {
		ares_library_cleanup();
		free(lookup);
	}
}

static void on_tick_closed(uv_handle_t *handle)
{
	struct lookup *lookup = handle->data;
	lookup->handles--;
	free_if_done(lookup);
}

static void on_watch_closed(uv_handle_t *handle)
{
	struct watch *watch = handle->data;
	struct lookup *lookup = watch->lookup;
	free(watch);
	lookup->handles--;
	free_if_done(lookup);
}

static void on_ready(uv_poll_t *handle, int status, int events)
{
	struct watch *watch = handle->data;
	bool in = status < 0 || (events & UV_READABLE) != 0;
	bool out = status < 0 || (events & UV_WRITABLE) != 0;
	ares_process_fd(watch->lookup->channel, in ? watch->fd : ARES_SOCKET_BAD,
		out ? watch->fd : ARES_SOCKET_BAD);
}

static void on_tick(uv_timer_t *timer)
{
	struct lookup *lookup = timer->data;
	ares_process_fd(lookup->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	if (lookup->inflight == 0) {
		(void)uv_timer_stop(timer);
	}
}

static struct watch **place_of(struct lookup *lookup, ares_socket_t fd)
{
	struct watch **unused = NULL;
	for (unsigned i = 0; i < SOCKETS_MAX; i++) {
		if (lookup->watches[i] != NULL && lookup->watches[i]->fd == fd) {
			return &lookup->watches[i];
		}
		unused = lookup->watches[i] == NULL && unused == NULL ? &lookup->watches[i]
								      : unused;
	}
	return unused;
}

static struct watch *watch_create(struct lookup *lookup, ares_socket_t fd)
{
	struct watch *watch = calloc(1, sizeof(*watch));
	if (watch == NULL || uv_poll_init(lookup->loop, &watch->poll, fd) < 0) {
		free(watch);
		return NULL;
	}
	watch->lookup = lookup;
	watch->fd = fd;
	watch->poll.data = watch;
	lookup->handles++;
	return watch;
}

static void on_socket(void *user, ares_socket_t fd, int readable, int writable)
{
	struct lookup *lookup = user;
	struct watch **place = place_of(lookup, fd);
	if (place == NULL) {
		return; /* the question times out */
	}
	if (!readable && !writable) {
		if (*place != NULL) {
			(void)uv_poll_stop(&(*place)->poll);
			uv_close((uv_handle_t *)&(*place)->poll, on_watch_closed);
			*place = NULL;
		}
		return;
	}
	*place = *place != NULL ? *place : watch_create(lookup, fd);
	if (*place != NULL) {
		(void)uv_poll_start(&(*place)->poll,
			(readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0), on_ready);
	}
}

static int channel_open(struct lookup *lookup, const char *servers)
{
	static char dns_only[] = "b";
	static char no_file[] = "/dev/null";
	struct ares_options options = { .flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES,
		.timeout = TRY_MS,
		.tries = TRIES,
		.ndots = 1,
		.lookups = dns_only,
		.resolvconf_path = no_file,
		.sock_state_cb = on_socket,
		.sock_state_cb_data = lookup };
	int rc = ares_init_options(&lookup->channel, &options,
		ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS |
			ARES_OPT_LOOKUPS | ARES_OPT_RESOLVCONF | ARES_OPT_DOMAINS |
			ARES_OPT_SOCK_STATE_CB);
	if (rc != ARES_SUCCESS) {
		return -ENOMEM;
	}
	rc = lookup->no_server ? ARES_SUCCESS
			       : ares_set_servers_ports_csv(lookup->channel, servers);
	if (rc != ARES_SUCCESS) {
		ares_destroy(lookup->channel);
		return rc == ARES_ENOMEM ? -ENOMEM : E_INPUT;
	}
	return 0;
}

int lookup_create(uv_loop_t *loop, const char *servers, struct lookup **ret_lookup)
{
	struct lookup *lookup = calloc(1, sizeof(*lookup));
	if (lookup == NULL || ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS) {
		free(lookup);
		return -ENOMEM;
	}
	lookup->loop = loop;
	lookup->no_server = servers[0] == '\0';
	int error = channel_open(lookup, servers);
	if (error < 0) {
		lookup->closing = true;
		free_if_done(lookup);
		return error;
	}
	(void)uv_timer_init(loop, &lookup->tick);
	lookup->tick.data = lookup;
	lookup->handles = 1;
	*ret_lookup = lookup;
	return 0;
}

/* IPv4 first: campus mail servers with a broken AAAA are the commoner fault. */
static const struct ares_addrinfo_node *choose(const struct ares_addrinfo *info)
{
	const struct ares_addrinfo_node *six = NULL;
	for (const struct ares_addrinfo_node *n = info->nodes; n != NULL; n = n->ai_next) {
		if (n->ai_family == AF_INET) {
			return n;
		}
		six = six == NULL && n->ai_family == AF_INET6 ? n : six;
	}
	return six;
}

static int error_of(int status)
{
	bool absent = status == ARES_SUCCESS || status == ARES_ENOTFOUND ||
		      status == ARES_ENODATA || status == ARES_EBADNAME;
	return absent ? E_ABSENT : status == ARES_EDESTRUCTION ? E_CLOSED : E_BUSY;
}

static void on_answer(void *user, int status, int timeouts, struct ares_addrinfo *info)
{
	struct question *question = user;
	const struct ares_addrinfo_node *node = info != NULL ? choose(info) : NULL;
	char address[LOOKUP_ADDRESS_MAX] = "";
	(void)timeouts;
	if (node != NULL && node->ai_family == AF_INET) {
		struct sockaddr_in in4;
		memcpy(&in4, node->ai_addr, sizeof(in4));
		(void)inet_ntop(AF_INET, &in4.sin_addr, address, sizeof(address));
	} else if (node != NULL) {
		struct sockaddr_in6 in6;
		memcpy(&in6, node->ai_addr, sizeof(in6));
		(void)inet_ntop(AF_INET6, &in6.sin6_addr, address, sizeof(address));
	}
	ares_freeaddrinfo(info);
	question->lookup->inflight--;
	question->done(question->user, address[0] != '\0' ? 0 : error_of(status), address);
	free(question);
}

int lookup_start(struct lookup *lookup, const char *name, lookup_fn done, void *user)
{
	struct in6_addr literal;
	if (inet_pton(AF_INET, name, &literal) == 1 ||
		inet_pton(AF_INET6, name, &literal) == 1) {
		done(user, 0, name);
		return 0;
	}
	if (strcasecmp(name, "localhost") ==
		0) { /* RFC 6761 section 6.3: never asked of anyone */
		done(user, 0, "127.0.0.1");
		return 0;
	}
	if (lookup->no_server) { /* c-ares 1.18 would lose memory over it */
		done(user, E_BUSY, "");
		return 0;
	}
	struct question *question =
		lookup->inflight < LOOKUP_INFLIGHT_MAX ? malloc(sizeof(*question)) : NULL;
	if (question == NULL) {
		return E_LIMIT;
	}
	*question = (struct question) { lookup, done, user };
	lookup->inflight++;
	if (!uv_is_active((uv_handle_t *)&lookup->tick)) {
		(void)uv_timer_start(&lookup->tick, on_tick, TICK_MS, TICK_MS);
	}
	struct ares_addrinfo_hints hints = { .ai_family = AF_UNSPEC,
		.ai_flags = ARES_AI_NOSORT };
	ares_getaddrinfo(lookup->channel, name, NULL, &hints, on_answer, question);
	return 0;
}

void lookup_close(struct lookup *lookup)
{
	if (lookup == NULL) {
		return;
	}
	lookup->closing = true;
	/* Ends every question through on_answer, and every socket through on_socket. */
	ares_destroy(lookup->channel);
	(void)uv_timer_stop(&lookup->tick);
	uv_close((uv_handle_t *)&lookup->tick, on_tick_closed);
}
