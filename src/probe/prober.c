/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/prober.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "probe/ask.h"
#include "probe/cas/cas_check.h"
#include "probe/dhcp/dhcp_check.h"
#include "probe/dns/dns_check.h"
#include "probe/engines.h"
#include "probe/host/host.h"
#include "probe/http/http_check.h"
#include "probe/icmp/train.h"
#include "probe/imap/imap_check.h"
#include "probe/ldap/ldap_check.h"
#include "probe/ntp/ntp_check.h"
#include "probe/plugin/plugin_check.h"
#include "probe/pop3/pop3_check.h"
#include "probe/radius/radius_check.h"
#include "probe/smtp/smtp_check.h"
#include "probe/snmp/snmp_check.h"
#include "probe/ssh/ssh_check.h"
#include "probe/stream.h"
#include "probe/tcp/tcp_check.h"
#include "probe/tls/tls_check.h"
#include "sys/clock.h"
#include "sys/rand.h"

enum {
	PING_INFLIGHT_DEFAULT = 4096,
	STREAMS_DEFAULT = 512,
	DNS_DEFAULT = 512,
	ASKS_DEFAULT = 512,
	LATER_MAX = 1024
};

/* A result that is known at once, told from the loop. */
struct later {
	struct later *next;
	struct check_sink sink;
	struct check_result result;
};

struct prober {
	uv_loop_t *loop;
	struct engines engines;
	struct resolver *resolver;
	struct host *host;
	uv_timer_t soon;
	struct later *first;
	struct later **last;
	unsigned later_count;
	bool closing;
};

/* A check that waits for its address. */
struct waiting {
	struct prober *prober;
	struct check_spec *spec;
	struct check_sink sink;
};

static void on_soon(uv_timer_t *timer)
{
	struct prober *prober = timer->data;
	struct later *list = prober->first;
	prober->first = NULL;
	prober->last = &prober->first;
	prober->later_count = 0;
	while (list != NULL) {
		struct later *later = list;
		list = later->next;
		if (!prober->closing) {
			later->sink.done(later->sink.user, later->sink.tag, &later->result);
		}
		free(later);
	}
}

static int tell_later(
	struct prober *prober, struct check_sink sink, const struct check_result *result)
{
	struct later *later = prober->later_count < LATER_MAX ? malloc(sizeof(*later)) : NULL;
	if (later == NULL) {
		return E_BUSY;
	}
	later->next = NULL;
	later->sink = sink;
	later->result = *result;
	*prober->last = later;
	prober->last = &later->next;
	prober->later_count++;
	return uv_timer_start(&prober->soon, on_soon, 0, 0);
}

static int tell_code(struct prober *prober, const struct check_spec *spec,
	struct check_sink sink, enum check_state state, const char *code)
{
	struct check_result result;
	check_result_init(&result, spec, clock_unix_ms());
	if (spec->name != NULL) {
		check_result_arg(&result, "name", slice_str(spec->name));
	}
	check_result_set(&result, state, code);
	return tell_later(prober, sink, &result);
}

static int start_icmp(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink)
{
	return train_start(engines->trains, spec, sink);
}

static int start_tcp(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink)
{
	return tcp_check_start(engines->streams, spec, sink);
}

static int start_http(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink)
{
	return http_check_start(engines, spec, sink);
}

static int start_tls(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink)
{
	return tls_check_start(engines->streams, engines->tls, spec, sink);
}

static int start_dns(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink)
{
	return dns_check_start(engines->dns, spec, sink);
}

static int start_plugin(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink)
{
	const struct plugin_door *door = engines->plugins;
	return door != NULL ? door->start(door->user, spec, sink) : E_UNSUPPORTED;
}

static int start_snmp(
	const struct engines *engines, const struct check_spec *spec, struct check_sink sink)
{
	return snmp_check_start(engines->snmp, spec, sink);
}

/* Every kind that asks an address; this machine's own is looked at without. */
static int (*const starts[CHECK_KIND_COUNT])(const struct engines *engines,
	const struct check_spec *spec, struct check_sink sink) = {
	[CHECK_ICMP] = start_icmp,
	[CHECK_TCP] = start_tcp,
	[CHECK_HTTP] = start_http,
	[CHECK_TLS] = start_tls,
	[CHECK_DNS] = start_dns,
	[CHECK_DHCP] = dhcp_check_start,
	[CHECK_NTP] = ntp_check_start,
	[CHECK_RADIUS] = radius_check_start,
	[CHECK_SMTP] = smtp_check_start,
	[CHECK_IMAP] = imap_check_start,
	[CHECK_POP3] = pop3_check_start,
	[CHECK_LDAP] = ldap_check_start,
	[CHECK_SSH] = ssh_check_start,
	[CHECK_CAS] = cas_check_start,
	[CHECK_PLUGIN] = start_plugin,
	[CHECK_SNMP] = start_snmp,
};

/* What a person can mend. */
static const struct {
	enum check_kind kind;
	int error;
	enum check_state state;
	const char *code;
} refusals[] = {
	{ CHECK_SNMP, E_EXISTS, CHECK_DEGRADED, "snmp.twice" },
	{ CHECK_SNMP, E_INPUT, CHECK_DOWN, "snmp.user" },
};

/* What an engine says it lacks is told as a result: nothing was learned of the target. */
static const char *lacking(const struct check_spec *spec, int error)
{
	if (spec->kind == CHECK_PLUGIN) {
		return error == E_UNSUPPORTED         ? "plugin.unavailable"
		       : error < 0 && error != E_BUSY ? "plugin.refused"
						      : NULL;
	}
	switch (error) {
	case E_ABSENT:
		return "check.no_secret";
	case E_DENIED:
		return "check.needs_tls";
	case E_UNSUPPORTED:
		return spec->kind == CHECK_ICMP ? "icmp.no_socket" : NULL;
	default:
		return NULL;
	}
}

static int start_addressed(
	struct prober *prober, const struct check_spec *spec, struct check_sink sink)
{
	int rc = starts[spec->kind] != NULL ? starts[spec->kind](&prober->engines, spec, sink)
					    : E_UNSUPPORTED;
	const char *code = lacking(spec, rc);
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		if (rc == refusals[i].error && spec->kind == refusals[i].kind) {
			return tell_code(
				prober, spec, sink, refusals[i].state, refusals[i].code);
		}
	}
	return code != NULL ? tell_code(prober, spec, sink, CHECK_UNKNOWN, code) : rc;
}

/* The resolver may have answered at once, from inside the start: told later all the same. */
static void tell(const struct waiting *waiting, const struct check_result *result)
{
	if (tell_later(waiting->prober, waiting->sink, result) < 0) {
		waiting->sink.done(waiting->sink.user, waiting->sink.tag, result);
	}
}

/* The first try was answered with 0: what goes wrong now must become a result. */
static void start_resolved(struct waiting *waiting, const struct probe_addr *addr)
{
	waiting->spec->addr = *addr;
	int rc = start_addressed(waiting->prober, waiting->spec, waiting->sink);
	if (rc == 0) {
		return;
	}
	struct check_result result;
	check_result_init(&result, waiting->spec, clock_unix_ms());
	check_result_arg(&result, "reason", slice_str(err_text(rc)));
	check_result_set(
		&result, CHECK_UNKNOWN, rc == E_BUSY ? "check.busy" : "check.not_started");
	tell(waiting, &result);
}

static void on_resolved(void *user, int error, const struct probe_addr *addr)
{
	struct waiting *waiting = user;
	if (error == 0) {
		start_resolved(waiting, addr);
	} else if (error != E_CLOSED) {
		/* A name that is gone is the target's fault; silent resolvers say nothing about it. */
		bool absent = error == E_ABSENT;
		struct check_result result;
		check_result_init(&result, waiting->spec, clock_unix_ms());
		check_result_arg(&result, "name", slice_str(waiting->spec->name));
		check_result_set(&result, absent ? CHECK_DOWN : CHECK_UNKNOWN,
			absent ? "resolve.absent" : "resolve.failed");
		tell(waiting, &result);
	}
	free(waiting->spec);
	free(waiting);
}

static int start_named(
	struct prober *prober, const struct check_spec *spec, struct check_sink sink)
{
	struct check_spec addressed = *spec;
	if (prober->resolver == NULL || spec->name == NULL) {
		return tell_code(prober, spec, sink, CHECK_UNKNOWN, "resolve.none");
	}
	if (resolver_get(prober->resolver, spec->name, &addressed.addr) == 0) {
		return start_addressed(prober, &addressed, sink);
	}
	struct waiting *waiting = malloc(sizeof(*waiting));
	struct check_spec *copy = check_spec_dup(spec);
	if (waiting == NULL || copy == NULL) {
		free(waiting);
		free(copy);
		return -ENOMEM;
	}
	*waiting = (struct waiting) { prober, copy, sink };
	int rc = resolver_start(
		prober->resolver, spec->name, (struct resolver_sink) { on_resolved, waiting });
	if (rc < 0) {
		free(copy);
		free(waiting);
		return E_BUSY;
	}
	return 0;
}

int prober_start(void *user, const struct check_spec *spec, struct check_sink sink)
{
	struct prober *prober = user;
	if (spec->kind == CHECK_HOST) {
		struct check_result result;
		if (prober->host == NULL) {
			return E_UNSUPPORTED;
		}
		host_check(prober->host, spec, &result);
		return tell_later(prober, sink, &result);
	}
	return spec->addr.family != 0 ? start_addressed(prober, spec, sink)
				      : start_named(prober, spec, sink);
}

int prober_name(
	struct prober *prober, const struct probe_addr *addr, struct resolver_name_sink sink)
{
	return prober->resolver != NULL ? resolver_name(prober->resolver, addr, sink)
					: E_ABSENT;
}

bool prober_look(struct prober *prober, struct slice source)
{
	struct probe_addr addr;
	return probe_addr_parse(source, &addr) == 0 &&
	       snmp_checker_look(prober->engines.snmp, &addr);
}

void prober_wake(struct prober *prober, int64_t check_id)
{
	snmp_checker_wake(prober->engines.snmp, check_id);
}

void prober_forget(struct prober *prober, int64_t check_id)
{
	snmp_checker_forget(prober->engines.snmp, check_id);
}

struct prober_stats prober_stats(const struct prober *prober)
{
	struct prober_stats stats = { .ping = ping_stats(prober->engines.ping),
		.streams = stream_set_count(prober->engines.streams),
		.dns = dns_checker_count(prober->engines.dns) };
	struct snmp_stats snmp = snmp_checker_stats(prober->engines.snmp);
	stats.devices = snmp.devices;
	stats.devices_dead = snmp.dead;
	stats.inventories = snmp.inventories;
	stats.inventories_failed = snmp.inventories_failed;
	if (prober->resolver != NULL) {
		stats.resolver = resolver_stats(prober->resolver);
	}
	return stats;
}

static void on_soon_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void prober_close(struct prober *prober)
{
	prober->closing = true;
	on_soon(&prober->soon);
	if (prober->resolver != NULL) {
		resolver_close(prober->resolver);
	}
	if (prober->engines.ping != NULL) {
		ping_close(prober->engines.ping);
	}
	if (prober->engines.trains != NULL) {
		train_set_close(prober->engines.trains);
	}
	if (prober->engines.asks != NULL) {
		ask_set_close(prober->engines.asks);
	}
	if (prober->engines.dhcp != NULL) {
		dhcp_asker_close(prober->engines.dhcp);
	}
	if (prober->engines.dns != NULL) {
		dns_checker_close(prober->engines.dns);
	}
	snmp_checker_close(prober->engines.snmp);
	if (prober->engines.streams != NULL) {
		stream_set_close(prober->engines.streams);
	}
	uv_close((uv_handle_t *)&prober->soon, on_soon_closed);
}

static uint32_t or_default(uint32_t value, uint32_t otherwise)
{
	return value != 0 ? value : otherwise;
}

int prober_create(
	uv_loop_t *loop, const struct prober_config *config, struct prober **ret_prober)
{
	struct prober *prober = calloc(1, sizeof(*prober));
	if (prober == NULL) {
		return -ENOMEM;
	}
	prober->loop = loop;
	prober->engines.tls = config->tls;
	prober->engines.pages = config->pages;
	prober->engines.plugins = config->plugins;
	prober->host = config->host;
	prober->last = &prober->first;
	(void)uv_timer_init(loop, &prober->soon);
	prober->soon.data = prober;
	struct ping_config ping = { .fd4 = config->fd4,
		.fd6 = config->fd6,
		.inflight_max = or_default(config->ping_inflight_max, PING_INFLIGHT_DEFAULT),
		.rate_per_s = config->ping_rate_per_s };
	rand_octets(ping.key, sizeof(ping.key));
	int rc = ping_create(loop, &ping, &prober->engines.ping);
	if (rc == 0) {
		prober->engines.trains = train_set_create(loop, prober->engines.ping);
		rc = prober->engines.trains != NULL ? 0 : -ENOMEM;
	}
	if (rc == 0 && config->resolvers != NULL) {
		rc = resolver_create(loop, config->resolvers, &prober->resolver);
	}
	if (rc == 0) {
		prober->engines.streams = stream_set_create(
			loop, or_default(config->stream_max, STREAMS_DEFAULT));
		prober->engines.dns =
			prober->engines.streams != NULL
				? dns_checker_create(prober->engines.streams,
					  or_default(config->dns_max, DNS_DEFAULT))
				: NULL;
		prober->engines.asks =
			ask_set_create(loop, or_default(config->ask_max, ASKS_DEFAULT));
		rc = prober->engines.dns != NULL && prober->engines.asks != NULL ? 0 : -ENOMEM;
	}
	if (rc == 0) {
		rc = dhcp_asker_create(loop, config->dhcp4, &prober->engines.dhcp);
	}
	if (rc == 0) {
		struct snmp_config snmp = { .profiles = config->profiles,
			.sink = config->devices };
		rc = snmp_checker_create(loop, &snmp, &prober->engines.snmp);
	}
	if (rc < 0) {
		prober_close(prober);
		return rc;
	}
	*ret_prober = prober;
	return 0;
}
