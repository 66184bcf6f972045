/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/resolve.h"

#include <ares.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/map.h"
#include "proto/dnsmsg.h"
#include "sys/clock.h"
#include "sys/rand.h"

enum {
	TRY_MS = 1000,
	TRIES = 2,
	SOCKETS_MAX = 64,
	TICK_MS = 250,
	REVERSE_MAX = 80,
	DNS_CLASS_IN = 1
};

struct entry {
	struct probe_addr addr;
	int64_t good_until_mono_ms;
};

struct socket_poll {
	struct resolver *resolver;
	uv_poll_t poll;
	ares_socket_t fd;
	bool used;    /* c-ares has it */
	bool started; /* the handle lives */
};

struct resolver {
	uv_loop_t *loop;
	ares_channel channel;
	uv_timer_t tick;
	struct map *cache;
	unsigned handles;
	bool closing;
	struct resolver_stats stats;
	struct socket_poll *polls[SOCKETS_MAX];
};

struct lookup {
	struct resolver *resolver;
	struct resolver_sink sink;
	size_t n;
	char name[];
};

static void free_if_done(struct resolver *resolver)
{
	if (resolver->closing && resolver->handles == 0) {
		struct slice key;
		void *entry = NULL;
		size_t cursor = 0;
		while (map_next(resolver->cache, &cursor, &key, &entry)) {
			free(entry);
		}
		resolver->cache = map_destroy(resolver->cache);
		ares_library_cleanup();
		free(resolver);
	}
}

static void on_tick_closed(uv_handle_t *handle)
{
	struct resolver *resolver = handle->data;
	resolver->handles--;
	free_if_done(resolver);
}

static void on_poll_closed(uv_handle_t *handle)
{
	struct socket_poll *poll = handle->data;
	struct resolver *resolver = poll->resolver;
	free(poll);
	resolver->handles--;
	free_if_done(resolver);
}

static void on_ready(uv_poll_t *handle, int status, int events)
{
	struct socket_poll *poll = handle->data;
	bool in = status < 0 || (events & UV_READABLE) != 0;
	bool out = status < 0 || (events & UV_WRITABLE) != 0;
	ares_process_fd(poll->resolver->channel, in ? poll->fd : ARES_SOCKET_BAD,
		out ? poll->fd : ARES_SOCKET_BAD);
}

static void on_tick(uv_timer_t *timer)
{
	struct resolver *resolver = timer->data;
	ares_process_fd(resolver->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	if (resolver->stats.inflight == 0) {
		(void)uv_timer_stop(timer);
	}
}

static struct socket_poll *find_poll(
	struct resolver *resolver, ares_socket_t fd, unsigned *ret_at)
{
	unsigned unused = SOCKETS_MAX;
	for (unsigned i = 0; i < SOCKETS_MAX; i++) {
		if (resolver->polls[i] != NULL && resolver->polls[i]->fd == fd) {
			*ret_at = i;
			return resolver->polls[i];
		}
		unused = resolver->polls[i] == NULL && unused == SOCKETS_MAX ? i : unused;
	}
	*ret_at = unused;
	return NULL;
}

static void on_socket(void *user, ares_socket_t fd, int readable, int writable)
{
	struct resolver *resolver = user;
	unsigned at = 0;
	struct socket_poll *poll = find_poll(resolver, fd, &at);
	if (!readable && !writable) {
		if (poll != NULL) {
			resolver->polls[at] = NULL;
			(void)uv_poll_stop(&poll->poll);
			uv_close((uv_handle_t *)&poll->poll, on_poll_closed);
		}
		return;
	}
	if (poll == NULL) {
		/* Beyond the table (it takes 64 servers) the tick alone would serve; queries time out. */
		if (at == SOCKETS_MAX) {
			return;
		}
		poll = calloc(1, sizeof(*poll));
		if (poll == NULL || uv_poll_init(resolver->loop, &poll->poll, fd) < 0) {
			free(poll);
			return;
		}
		poll->resolver = resolver;
		poll->fd = fd;
		poll->poll.data = poll;
		resolver->polls[at] = poll;
		resolver->handles++;
	}
	(void)uv_poll_start(&poll->poll,
		(readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0), on_ready);
}

int resolver_create(uv_loop_t *loop, const char *servers, struct resolver **ret_resolver)
{
	static char lookups[] = "b"; /* DNS only */
	static char no_file[] = "/dev/null";
	struct resolver *resolver = calloc(1, sizeof(*resolver));
	uint8_t seed[16];
	rand_octets(seed, sizeof(seed));
	if (resolver == NULL || ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS) {
		free(resolver);
		return -ENOMEM;
	}
	resolver->loop = loop;
	resolver->cache = map_create(RESOLVER_CACHE_MAX, seed);
	struct ares_options options = { .flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES,
		.timeout = TRY_MS,
		.tries = TRIES,
		.ndots = 1,
		.lookups = lookups,
		.resolvconf_path = no_file,
		.sock_state_cb = on_socket,
		.sock_state_cb_data = resolver };
	int rc = ares_init_options(&resolver->channel, &options,
		ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS |
			ARES_OPT_LOOKUPS | ARES_OPT_RESOLVCONF | ARES_OPT_DOMAINS |
			ARES_OPT_SOCK_STATE_CB);
	bool made = rc == ARES_SUCCESS;
	if (made) {
		rc = ares_set_servers_ports_csv(resolver->channel, servers);
	}
	if (rc != ARES_SUCCESS) {
		if (made) {
			ares_destroy(resolver->channel);
		}
		resolver->closing = true;
		free_if_done(resolver);
		return rc == ARES_ENOMEM ? -ENOMEM : E_INPUT;
	}
	(void)uv_timer_init(loop, &resolver->tick);
	resolver->tick.data = resolver;
	resolver->handles = 1;
	*ret_resolver = resolver;
	return 0;
}

/* RFC 6761 section 6.3: never asked of anyone. */
static bool is_localhost(struct slice name)
{
	if (name.n > 0 && name.p[name.n - 1] == '.') {
		name.n--;
	}
	return slice_eq_nocase(name, SLICE("localhost")) ||
	       (name.n > 10 &&
		       slice_eq_nocase(slice_skip(name, name.n - 10), SLICE(".localhost")));
}

int resolver_get(const struct resolver *resolver, const char *name, struct probe_addr *ret_addr)
{
	if (is_localhost(slice_str(name))) {
		*ret_addr = (struct probe_addr) { .octet = { 127, 0, 0, 1 }, .family = 4 };
		return 0;
	}
	const struct entry *entry = map_get(resolver->cache, slice_str(name));
	if (entry == NULL || entry->good_until_mono_ms <= clock_mono_ms()) {
		return E_ABSENT;
	}
	*ret_addr = entry->addr;
	return 0;
}

static const struct ares_addrinfo_node *choose(const struct ares_addrinfo *info)
{
	const struct ares_addrinfo_node *first6 = NULL;
	for (const struct ares_addrinfo_node *n = info->nodes; n != NULL; n = n->ai_next) {
		if (n->ai_family == AF_INET) {
			return n;
		}
		first6 = first6 == NULL && n->ai_family == AF_INET6 ? n : first6;
	}
	return first6;
}

static void keep(
	struct resolver *resolver, struct slice name, const struct probe_addr *addr, int ttl_s)
{
	struct entry *entry = map_get(resolver->cache, name);
	if (entry == NULL) {
		entry = malloc(sizeof(*entry));
		if (entry == NULL || map_put(resolver->cache, name, entry) < 0) {
			resolver->stats.refused++;
			free(entry);
			return;
		}
	}
	int64_t keep_s = ttl_s < RESOLVER_TTL_MIN_S   ? RESOLVER_TTL_MIN_S
			 : ttl_s > RESOLVER_TTL_MAX_S ? RESOLVER_TTL_MAX_S
						      : ttl_s;
	*entry = (struct entry) { *addr, clock_mono_ms() + keep_s * 1000 };
}

static void on_answer(void *user, int status, int timeouts, struct ares_addrinfo *info)
{
	struct lookup *lookup = user;
	struct resolver *resolver = lookup->resolver;
	struct slice name = slice_of(lookup->name, lookup->n);
	const struct ares_addrinfo_node *node = info != NULL ? choose(info) : NULL;
	struct probe_addr addr = { 0 };
	(void)timeouts;
	resolver->stats.inflight--;
	int error = 0;
	if (status == ARES_SUCCESS && node != NULL) {
		addr = probe_addr_of_sockaddr(node->ai_addr);
		keep(resolver, name, &addr, node->ai_ttl);
	} else {
		resolver->stats.failed++;
		error = status == ARES_SUCCESS || status == ARES_ENOTFOUND ||
					status == ARES_ENODATA || status == ARES_EBADNAME
				? E_ABSENT
				: E_BUSY;
		const struct entry *old = map_get(resolver->cache, name);
		if (error == E_BUSY && old != NULL) {
			resolver->stats.served_stale++;
			addr = old->addr;
			error = 0;
		}
	}
	ares_freeaddrinfo(info);
	lookup->sink.done(lookup->sink.user, resolver->closing ? E_CLOSED : error, &addr);
	free(lookup);
}

/* Memory of one more question, counted; NULL = there are too many. */
static void *question_make(struct resolver *resolver, size_t octets)
{
	void *question =
		resolver->stats.inflight < RESOLVER_INFLIGHT_MAX ? malloc(octets) : NULL;
	resolver->stats.refused += question == NULL;
	if (question != NULL) {
		resolver->stats.asked++;
		resolver->stats.inflight++;
		if (!uv_is_active((uv_handle_t *)&resolver->tick)) {
			(void)uv_timer_start(&resolver->tick, on_tick, TICK_MS, TICK_MS);
		}
	}
	return question;
}

int resolver_start(struct resolver *resolver, const char *name, struct resolver_sink sink)
{
	size_t n = strlen(name);
	struct lookup *lookup = question_make(resolver, sizeof(*lookup) + n + 1);
	if (lookup == NULL) {
		return E_LIMIT;
	}
	lookup->resolver = resolver;
	lookup->sink = sink;
	lookup->n = n;
	memcpy(lookup->name, name, n + 1);
	struct ares_addrinfo_hints hints = { .ai_family = AF_UNSPEC,
		.ai_flags = ARES_AI_NOSORT };
	ares_getaddrinfo(resolver->channel, lookup->name, NULL, &hints, on_answer, lookup);
	return 0;
}

/* ---- addresses to names */

struct naming {
	struct resolver *resolver;
	struct resolver_name_sink sink;
};

static void reverse_put(const struct probe_addr *addr, char ret_name[REVERSE_MAX])
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *o = addr->octet;
	if (addr->family == 4) {
		(void)snprintf(ret_name, REVERSE_MAX, "%u.%u.%u.%u.in-addr.arpa", o[3], o[2],
			o[1], o[0]);
		return;
	}
	char *at = ret_name;
	for (unsigned i = sizeof(addr->octet); i-- > 0;) {
		*at++ = digits[o[i] & 15];
		*at++ = '.';
		*at++ = digits[o[i] >> 4];
		*at++ = '.';
	}
	memcpy(at, "ip6.arpa", sizeof("ip6.arpa"));
}

/* What a machine can be called; DNS itself would let anything pass. */
static bool machine_name(struct slice name)
{
	for (size_t i = 0; i < name.n; i++) {
		uint8_t c = name.p[i];
		bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
		if (!letter && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.') {
			return false;
		}
	}
	return name.n > 1 && name.n <= RESOLVER_NAME_MAX;
}

static const struct dnsmsg_answer *pointer_of(const struct dnsmsg *message)
{
	for (size_t i = 0; i < message->answer_count; i++) {
		const struct dnsmsg_answer *answer = &message->answers[i];
		if (answer->type == DNSMSG_PTR && machine_name(slice_str(answer->value))) {
			return answer;
		}
	}
	return NULL;
}

static void on_named(void *user, int status, int timeouts, unsigned char *octets, int count)
{
	struct naming *naming = user;
	struct resolver *resolver = naming->resolver;
	struct dnsmsg message = { 0 };
	const struct dnsmsg_answer *answer = NULL;
	(void)timeouts;
	resolver->stats.inflight--;
	int error = status == ARES_SUCCESS || status == ARES_ENOTFOUND || status == ARES_ENODATA
			    ? E_ABSENT
			    : E_BUSY;
	if (status == ARES_SUCCESS && octets != NULL && count > 0 &&
		dnsmsg_parse(slice_of(octets, (size_t)count), &message) == 0) {
		answer = pointer_of(&message);
	}
	resolver->stats.failed += error == E_BUSY;
	error = resolver->closing ? E_CLOSED : answer != NULL ? 0 : error;
	naming->sink.done(naming->sink.user, naming->sink.tag, error,
		error == 0 ? slice_str(answer->value) : (struct slice) { 0 });
	free(naming);
}

int resolver_name(struct resolver *resolver, const struct probe_addr *addr,
	struct resolver_name_sink sink)
{
	char name[REVERSE_MAX];
	struct naming *naming = question_make(resolver, sizeof(*naming));
	if (naming == NULL) {
		return E_LIMIT;
	}
	*naming = (struct naming) { resolver, sink };
	reverse_put(addr, name);
	ares_query(resolver->channel, name, DNS_CLASS_IN, DNSMSG_PTR, on_named, naming);
	return 0;
}

struct resolver_stats resolver_stats(const struct resolver *resolver)
{
	return resolver->stats;
}

void resolver_close(struct resolver *resolver)
{
	resolver->closing = true;
	/* Ends every lookup through its callback, and every socket through on_socket. */
	ares_destroy(resolver->channel);
	(void)uv_timer_stop(&resolver->tick);
	uv_close((uv_handle_t *)&resolver->tick, on_tick_closed);
}
