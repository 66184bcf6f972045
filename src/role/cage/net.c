/* SPDX-License-Identifier: Apache-2.0 */
#include "role/cage/net.h"

#include <fcntl.h>
#include <nftables/libnftables.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "probe/host/host.h"
#include "sys/clock.h"

enum { COMMAND_MAX = 128 * 1024, CHUNK = 1000, ANSWER_MAX = 65536, RESOLV_MAX = 65536 };

struct named {
	uint32_t addr;
	int64_t until_ms; /* mono */
};

struct net {
	struct nft_ctx *nft;
	struct net_stats stats;
	uint32_t *hosts; /* host order, sorted, each once */
	size_t host_count;
	struct named named[NET_NAMED_MAX];
};

static bool run(struct net *net, const char *command)
{
	bool done = nft_run_cmd_from_buffer(net->nft, command) == 0;
	net->stats.failed += !done;
	return done;
}

static void addr_put(struct buf *text, uint32_t addr)
{
	buf_printf(
		text, "%u.%u.%u.%u", addr >> 24, addr >> 16 & 255, addr >> 8 & 255, addr & 255);
}

static uint32_t number_of(const uint8_t *octets)
{
	return (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 |
	       (uint32_t)octets[2] << 8 | octets[3];
}

static bool is_outside(uint32_t addr)
{
	unsigned first = addr >> 24;
	return first != 0 && first != 127 && first < 224;
}

static void resolvers_add(struct net *net)
{
	AUTO_BUF struct buf resolv;
	buf_init(&resolv, RESOLV_MAX);
	uint8_t *room = buf_reserve(&resolv, RESOLV_MAX);
	int fd = open("/etc/resolv.conf", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 && room != NULL ? read(fd, room, RESOLV_MAX) : 0;
	if (fd >= 0) {
		(void)close(fd);
	}
	struct host_suggestion found =
		host_suggest((struct slice) { 0 }, slice_of(room, n > 0 ? (size_t)n : 0));
	AUTO_BUF struct buf text;
	buf_init(&text, COMMAND_MAX);
	for (unsigned i = 0; i < found.resolver_count; i++) {
		uint32_t addr = number_of(found.resolvers[i].octet);
		if (found.resolvers[i].family == 4 && is_outside(addr)) {
			buf_put_str(&text, "add element inet cage resolvers {");
			addr_put(&text, addr);
			buf_put_str(&text, "}\n");
		}
	}
	if (text.n > 0) {
		(void)run(net, (const char *)text.p);
	}
}

struct net *net_open(void)
{
	struct net *net = calloc(1, sizeof(*net));
	if (net == NULL) {
		abort();
	}
	net->nft = nft_ctx_new(NFT_CTX_DEFAULT);
	if (net->nft == NULL || nft_ctx_buffer_output(net->nft) != 0 ||
		nft_ctx_buffer_error(net->nft) != 0) {
		return net_close(net);
	}
	nft_ctx_output_set_flags(net->nft, NFT_CTX_OUTPUT_JSON);
	/* One that was here before has left what it let through. */
	if (!run(net, "flush set inet cage registered\nflush set inet cage named\n"
		      "flush set inet cage resolvers\n")) {
		return net_close(net);
	}
	resolvers_add(net);
	return net;
}

struct net *net_close(struct net *net)
{
	if (net != NULL) {
		if (net->nft != NULL) {
			nft_ctx_free(net->nft);
		}
		free(net->hosts);
		free(net);
	}
	return NULL;
}

/* "add element …" in chunks a command holds. */
static bool elements_change(
	struct net *net, const char *verb, const uint32_t *addrs, size_t count)
{
	AUTO_BUF struct buf text;
	buf_init(&text, COMMAND_MAX);
	bool good = true;
	for (size_t at = 0; at < count; at += CHUNK) {
		size_t end = count - at < CHUNK ? count : at + CHUNK;
		buf_clear(&text);
		buf_printf(&text, "%s element inet cage registered {", verb);
		for (size_t i = at; i < end; i++) {
			buf_put_str(&text, i > at ? "," : "");
			addr_put(&text, addrs[i]);
		}
		buf_put_str(&text, "}\n");
		good = run(net, (const char *)text.p) && good;
	}
	return good;
}

static int by_number(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a;
	uint32_t right = *(const uint32_t *)b;
	return left < right ? -1 : left > right;
}

/* Sorted and each once, those outside this machine. */
static uint32_t *hosts_read(struct net *net, struct slice ipv4, size_t *ret_count)
{
	size_t given = ipv4.n / 4;
	net->stats.full += given > NET_HOSTS_MAX ? given - NET_HOSTS_MAX : 0;
	given = given > NET_HOSTS_MAX ? NET_HOSTS_MAX : given;
	uint32_t *hosts = calloc(given + 1, sizeof(*hosts));
	size_t count = 0;
	size_t kept = 0;
	if (hosts == NULL) {
		abort();
	}
	for (size_t i = 0; i < given; i++) {
		uint32_t addr = number_of(ipv4.p + 4 * i);
		if (is_outside(addr)) {
			hosts[count++] = addr;
		}
	}
	qsort(hosts, count, sizeof(*hosts), by_number);
	for (size_t i = 0; i < count; i++) {
		if (kept == 0 || hosts[kept - 1] != hosts[i]) {
			hosts[kept++] = hosts[i];
		}
	}
	*ret_count = kept;
	return hosts;
}

/* What is in one and not in the other. */
static size_t difference(const uint32_t *from, size_t from_n, const uint32_t *other,
	size_t other_n, uint32_t *ret_list)
{
	size_t n = 0;
	size_t at = 0;
	for (size_t i = 0; i < from_n; i++) {
		while (at < other_n && other[at] < from[i]) {
			at++;
		}
		if (at == other_n || other[at] != from[i]) {
			ret_list[n++] = from[i];
		}
	}
	return n;
}

void net_hosts(struct net *net, struct slice ipv4)
{
	size_t count = 0;
	uint32_t *hosts = hosts_read(net, ipv4, &count);
	uint32_t *change = calloc(count + net->host_count + 1, sizeof(*change));
	if (change == NULL) {
		abort();
	}
	size_t n = difference(net->hosts, net->host_count, hosts, count, change);
	bool good = elements_change(net, "delete", change, n);
	n = difference(hosts, count, net->hosts, net->host_count, change);
	good = elements_change(net, "add", change, n) && good;
	if (!good) {
		/* What the kernel holds is not known any more: all anew. */
		good = run(net, "flush set inet cage registered\n") &&
		       elements_change(net, "add", hosts, count);
	}
	free(change);
	free(net->hosts);
	net->hosts = hosts;
	net->host_count = good ? count : 0;
	net->stats.hosts = (uint32_t)net->host_count;
}

/* Its place among those let through by name, or a free one; NULL when all are taken. */
static struct named *named_place(struct net *net, uint32_t addr, int64_t now_ms)
{
	struct named *free_place = NULL;
	for (size_t i = 0; i < NET_NAMED_MAX; i++) {
		struct named *place = &net->named[i];
		bool live = place->until_ms > now_ms;
		if (live && place->addr == addr) {
			return place;
		}
		if (!live && free_place == NULL) {
			free_place = place;
		}
	}
	return free_place;
}

static bool named_allow(struct net *net, uint32_t addr)
{
	int64_t now_ms = clock_mono_ms();
	struct named *place = named_place(net, addr, now_ms);
	if (place == NULL) {
		net->stats.full++;
		return false;
	}
	/* Renewed in good time: one that is there already keeps its old end, so it goes first. */
	if (place->until_ms - now_ms > NET_NAMED_TIMEOUT_S * 500) {
		return true;
	}
	AUTO_BUF struct buf text;
	buf_init(&text, 512);
	static const char *const steps[] = { "add", "delete", "add" };
	for (size_t i = 0; i < 3; i++) {
		buf_printf(&text, "%s element inet cage named {", steps[i]);
		addr_put(&text, addr);
		if (i != 1) {
			buf_printf(&text, " timeout %ds", NET_NAMED_TIMEOUT_S);
		}
		buf_put_str(&text, "}\n");
	}
	if (!run(net, (const char *)text.p)) {
		return false;
	}
	*place = (struct named) { addr, now_ms + NET_NAMED_TIMEOUT_S * 1000 };
	return true;
}

bool net_allows(struct net *net, const struct probe_addr *addr, bool named)
{
	uint32_t number = number_of(addr->octet);
	return (net->host_count > 0 && bsearch(&number, net->hosts, net->host_count,
					       sizeof(number), by_number) != NULL) ||
	       (named && named_allow(net, number));
}

/* {"nftables":[{"metainfo":…},{"counter":{…,"packets":N,…}}]} */
static int64_t packets_of(struct slice text)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	const struct json *root = NULL;
	if (text.n > ANSWER_MAX ||
		json_parse(arena, arena_dup(arena, text), 0, &root, NULL) < 0) {
		return -1;
	}
	const struct json *item = json_first(json_get(root, "nftables"));
	for (; item != NULL; item = json_next(item)) {
		const struct json *counter = json_get(item, "counter");
		if (json_get(counter, "packets") != NULL) {
			return json_get_int(counter, "packets", -1);
		}
	}
	return -1;
}

struct net_stats net_stats(struct net *net)
{
	int64_t now_ms = clock_mono_ms();
	net->stats.named = 0;
	for (size_t i = 0; i < NET_NAMED_MAX; i++) {
		net->stats.named += net->named[i].until_ms > now_ms;
	}
	if (run(net, "list counter inet cage refused\n")) {
		int64_t packets = packets_of(slice_str(nft_ctx_get_output_buffer(net->nft)));
		if (packets >= 0) {
			net->stats.packets_refused = (uint64_t)packets;
		}
	}
	return net->stats;
}
