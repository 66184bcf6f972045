/* SPDX-License-Identifier: Apache-2.0 */
/* What this machine is: core makes its first checks of it. */
#include "role/probe/facts.h"

#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/jw.h"
#include "base/log.h"
#include "probe/host/host.h"
#include "role/probe/probe.h"
#include "role/runtime.h"

enum {
	FACTS_EVERY_MS = 60 * 1000,
	TEXT_MAX = 64 * 1024,
	FACTS_OCTETS_MAX = 32768,
	LIST_MAX = 512,
	MAC_OCTETS = 6
};

struct facts {
	struct probe *probe;
	struct utsname name;
	int route; /* the kernel makes its text anew at offset 0 */
	struct buf resolv;
	struct buf resolvers;
	struct buf own; /* members addresses and macs, as JSON */
	uv_timer_t timer;
	bool started;
};

static void read_whole(int fd, struct buf *text)
{
	buf_clear(text);
	while (fd >= 0) {
		uint8_t *at = buf_reserve(text, 4096);
		ssize_t n = at != NULL ? pread(fd, at, 4096, (off_t)text->n) : 0;
		if (n <= 0) {
			return;
		}
		buf_commit(text, (size_t)n);
	}
}

static void put_list(struct buf *list, const struct host_suggestion *found)
{
	for (unsigned i = 0; i < found->resolver_count; i++) {
		bool six = found->resolvers[i].family == 6;
		buf_put_str(list, i > 0 ? "," : "");
		buf_put_str(list, six ? "[" : "");
		probe_addr_put(list, &found->resolvers[i]);
		buf_put_str(list, six ? "]" : "");
	}
}

/* What switches and routers may know this machine by. */
static void own_put(struct jw *jw, const struct ifaddrs *list, bool is_mac)
{
	jw_array(jw);
	for (const struct ifaddrs *at = list; at != NULL; at = at->ifa_next) {
		AUTO_BUF struct buf text;
		buf_init(&text, 64);
		if (at->ifa_addr == NULL || (at->ifa_flags & IFF_LOOPBACK) != 0) {
			continue;
		}
		if (is_mac && at->ifa_addr->sa_family == AF_PACKET) {
			const struct sockaddr_ll *link = (const void *)at->ifa_addr;
			buf_put_hex(&text, slice_of(link->sll_addr, MAC_OCTETS));
		} else if (!is_mac && at->ifa_addr->sa_family != AF_PACKET) {
			struct probe_addr addr = probe_addr_of_sockaddr(at->ifa_addr);
			probe_addr_put(&text, &addr);
		}
		if (text.n > 0) {
			jw_str(jw, buf_slice(&text));
		}
	}
	jw_end(jw);
}

/* Before the fence, once: a server's own addresses seldom change under it. */
static void own_read(struct buf *own)
{
	struct ifaddrs *list = NULL;
	struct jw jw;
	buf_init(own, FACTS_OCTETS_MAX / 2);
	jw_init(&jw, own);
	(void)!getifaddrs(&list);
	jw_object(&jw);
	jw_key(&jw, "addresses");
	own_put(&jw, list, false);
	jw_key(&jw, "macs");
	own_put(&jw, list, true);
	jw_end(&jw);
	if (list != NULL) {
		freeifaddrs(list);
	}
}

struct facts *facts_open(struct probe *probe)
{
	struct facts *facts = calloc(1, sizeof(*facts));
	if (facts == NULL || uname(&facts->name) < 0) {
		abort();
	}
	facts->probe = probe;
	buf_init(&facts->resolv, TEXT_MAX);
	buf_init(&facts->resolvers, LIST_MAX);
	facts->route = open("/proc/self/net/route", O_RDONLY | O_CLOEXEC);
	int resolv = open("/etc/resolv.conf", O_RDONLY | O_CLOEXEC);
	read_whole(resolv, &facts->resolv);
	if (resolv >= 0) {
		(void)close(resolv);
	}
	struct host_suggestion found =
		host_suggest((struct slice) { 0 }, buf_slice(&facts->resolv));
	put_list(&facts->resolvers, &found);
	own_read(&facts->own);
	return facts;
}

struct facts *facts_close(struct facts *facts)
{
	if (facts != NULL) {
		if (facts->route >= 0) {
			(void)close(facts->route);
		}
		buf_fini(&facts->resolv);
		buf_fini(&facts->resolvers);
		buf_fini(&facts->own);
		free(facts);
	}
	return NULL;
}

const char *facts_resolvers(const struct facts *facts)
{
	return facts->resolvers.n > 0 && !facts->resolvers.failed
		       ? (const char *)facts->resolvers.p
		       : NULL;
}

const char *facts_hostname(const struct facts *facts)
{
	return facts->name.nodename[0] != '\0' ? facts->name.nodename : "localhost";
}

/* Those that run: one without a cable from the beginning is nobody's failure. */
static void put_interfaces(struct jw *jw, const struct host_sample *sample)
{
	jw_key(jw, "interfaces");
	jw_array(jw);
	for (unsigned i = 0; i < sample->interface_count; i++) {
		const struct host_interface *interface = &sample->interfaces[i];
		if (interface->running && !slice_is(slice_str(interface->name), "lo")) {
			jw_str(jw, slice_str(interface->name));
		}
	}
	jw_end(jw);
}

static void put_addresses(
	struct jw *jw, const char *name, const struct probe_addr *list, unsigned count)
{
	jw_key(jw, name);
	jw_array(jw);
	for (unsigned i = 0; i < count; i++) {
		AUTO_BUF struct buf text;
		buf_init(&text, 64);
		probe_addr_put(&text, &list[i]);
		jw_str(jw, buf_slice(&text));
	}
	jw_end(jw);
}

static void put_clock(struct jw *jw, const struct host_clock *clock)
{
	jw_key(jw, "clock");
	jw_object(jw);
	jw_kv_bool(jw, "synchronised", clock->synchronised);
	jw_kv_int(jw, "estimated_error_us", clock->estimated_error_us);
	jw_kv_int(jw, "maximum_error_us", clock->maximum_error_us);
	jw_kv_int(jw, "offset_us", clock->offset_us);
	jw_end(jw);
}

void facts_send(struct facts *facts)
{
	AUTO_BUF struct buf text;
	AUTO_BUF struct buf route;
	struct host_sample sample = { 0 };
	struct jw jw;
	buf_init(&text, FACTS_OCTETS_MAX);
	buf_init(&route, TEXT_MAX);
	read_whole(facts->route, &route);
	struct host_suggestion found =
		host_suggest(buf_slice(&route), buf_slice(&facts->resolv));
	if (host_sample(facts->probe->host, &sample) < 0) {
		return;
	}
	jw_init(&jw, &text);
	jw_object(&jw);
	jw_kv_str(&jw, "hostname", slice_str(facts_hostname(facts)));
	put_interfaces(&jw, &sample);
	put_addresses(&jw, "gateways", found.gateways, found.gateway_count);
	put_addresses(&jw, "resolvers", found.resolvers, found.resolver_count);
	put_clock(&jw, &sample.clock);
	if (!facts->own.failed) {
		jw_key(&jw, "own");
		jw_raw(&jw, buf_slice(&facts->own));
	}
	jw_end(&jw);
	struct msg_facts msg = { .json = buf_slice(&text) };
	if (text.failed || RUNTIME_SEND(facts->probe->rt, IPC_CORE, facts, MSG_FACTS, 0, 0,
				   &msg, -1) < 0) {
		log_event(LOG_DEBUG, "facts.unsent", F_STR("why", "core is not there"));
	}
}

static void on_timer(uv_timer_t *timer)
{
	facts_send(timer->data);
}

int facts_start(struct facts *facts)
{
	(void)uv_timer_init(&facts->probe->rt->loop, &facts->timer);
	facts->timer.data = facts;
	facts->started = true;
	return uv_timer_start(&facts->timer, on_timer, FACTS_EVERY_MS, FACTS_EVERY_MS);
}

void facts_stop(struct facts *facts)
{
	if (facts->started) {
		uv_close((uv_handle_t *)&facts->timer, NULL);
		facts->started = false;
	}
}
