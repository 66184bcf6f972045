/* SPDX-License-Identifier: Apache-2.0 */
/**
 * probe: runs the checks of core's table, keeps every result as a sample and
 * tells core what changed.
 *
 * Layer: role.
 */
#include <errno.h>
#include <stdio.h>

#include "base/diag.h"
#include "base/err.h"
#include "base/jw.h"
#include "base/utf8.h"
#include "probe/host/host.h"
#include "probe/prober.h"
#include "probe/scheduler.h"
#include "probe/tls_session.h"
#include "role/probe/asks.h"
#include "role/probe/devices.h"
#include "role/probe/facts.h"
#include "role/probe/judge.h"
#include "role/probe/pages.h"
#include "role/probe/plugins.h"
#include "role/probe/probe.h"
#include "role/probe/sweeper.h"
#include "role/probe/table.h"
#include "role/runtime.h"
#include "role/signal_queue.h"
#include "sys/rand.h"

static void on_result(
	void *user, const struct check_spec *spec, const struct check_result *result)
{
	struct probe *probe = user;
	(void)spec;
	samples_put(&probe->samples, result);
	judge_result(probe->judge, result);
}

static int engines_open(struct probe *probe, struct diag *diag)
{
	struct runtime *rt = probe->rt;
	char folder[64];
	(void)snprintf(folder, sizeof(folder), "/proc/self/fd/%d", probe->samples.shard.fd);
	int error = host_open("/proc", folder, &probe->host, diag);
	error = error < 0 ? error : tls_client_create(NULL, &probe->tls);
	if (error < 0) {
		return diag_set(diag, error, 0, 0,
			"the machine's own state or its authorities: %s", err_text(error));
	}
	probe->facts = facts_open(probe);
	probe->pages = pages_create(probe);
	probe->plugins = plugins_create(probe);
	probe->devices = devices_create(probe);
	struct prober_config config = {
		.fd4 = runtime_handle(rt, "icmp4"),
		.fd6 = runtime_handle(rt, "icmp6"),
		.dhcp4 = runtime_handle(rt, "dhcp4"),
		.resolvers = facts_resolvers(probe->facts),
		.tls = probe->tls,
		.host = probe->host,
		.pages = pages_sink(probe->pages),
		.plugins = plugins_door(probe->plugins),
		.profiles = devices_profiles(probe->devices),
		.devices = devices_sink(probe->devices),
	};
	error = prober_create(&rt->loop, &config, &probe->prober);
	return error < 0 ? diag_set(diag, error, 0, 0, "probe: the engines do not start") : 0;
}

static int prepare(struct runtime *rt, struct diag *diag)
{
	struct probe *probe = rt->self;
	probe->rt = rt;
	(void)!gb18030_init(); /* loads a module from disk; without it such pages are read as they come */
	int error = samples_open(&probe->samples, rt, diag);
	return error < 0 ? error : engines_open(probe, diag);
}

/* Everything else is read through descriptors opened before. */
static size_t paths(struct runtime *rt, struct fence_path *list)
{
	struct probe *probe = rt->self;
	return samples_paths(&probe->samples, list);
}

/* The scheduler's user is this role; the prober is one step further. */
static int start(void *user, const struct check_spec *spec, struct check_sink sink)
{
	struct probe *probe = user;
	return prober_start(probe->prober, spec, sink);
}

static int begin(struct runtime *rt, struct diag *diag)
{
	struct probe *probe = rt->self;
	struct scheduler_config config = {
		.start = start, .on_result = on_result, .user = probe
	};
	rand_octets(config.seed, sizeof(config.seed));
	probe->scheduler = scheduler_create(&config);
	probe->signals = signal_queue_create(rt);
	probe->table = table_create(probe);
	probe->judge = judge_create(probe);
	probe->asks = asks_create(probe);
	probe->sweeper = sweeper_create(probe);
	int error = probe->scheduler == NULL
			    ? -ENOMEM
			    : pump_start(&probe->pump, &rt->loop, probe->scheduler);
	error = error < 0 ? error : facts_start(probe->facts);
	error = error < 0 ? error : judge_start(probe->judge);
	error = error < 0 ? error : samples_attach(&probe->samples, rt);
	return error < 0 ? diag_set(diag, error, 0, 0, "probe: %s", err_text(error)) : 0;
}

static void frame(struct runtime *rt, enum ipc_role from, struct ipc_frame *frame)
{
	struct probe *probe = rt->self;
	if (from == IPC_CAGE && frame->type == MSG_PLUGIN_RAN) {
		plugins_take(probe->plugins, frame);
	}
	if (from == IPC_COLLECT && frame->type == MSG_LOOK) {
		devices_look(probe->devices, frame);
	}
	if (from == IPC_COLLECT && frame->type == MSG_HEARD) {
		sweeper_heard(probe->sweeper, frame);
	}
	if (from != IPC_CORE) {
		return;
	}
	if (frame->type == MSG_CHECKS) {
		table_take(probe->table, frame);
		plugins_hosts(probe->plugins);
	} else if (frame->type == MSG_RANGES) {
		sweeper_take(probe->sweeper, frame);
	} else if (frame->type == MSG_PROBE_ASK) {
		asks_take(probe->asks, frame);
	} else if (frame->type == MSG_SIGNAL_TAKEN) {
		signal_queue_taken(probe->signals, frame);
		judge_tell(probe->judge);
	}
}

static void peer(struct runtime *rt, enum ipc_role peer, bool up)
{
	struct probe *probe = rt->self;
	if (peer == IPC_CAGE) {
		plugins_peer(probe->plugins, up);
	}
	if (peer != IPC_CORE) {
		return;
	}
	signal_queue_peer(probe->signals, up);
	if (up) {
		facts_send(probe->facts);
		pages_again(probe->pages);
	}
}

static void status(struct runtime *rt, struct jw *jw)
{
	const struct probe *probe = rt->self;
	struct scheduler_stats s = scheduler_stats(probe->scheduler);
	struct prober_stats p = prober_stats(probe->prober);
	jw_kv_int(jw, "checks", s.checks);
	jw_kv_int(jw, "inflight", s.inflight);
	jw_kv_int(jw, "late", (int64_t)s.late);
	jw_kv_int(jw, "worst_late_ms", s.worst_late_ms);
	jw_kv_int(jw, "results", (int64_t)s.finished);
	jw_kv_int(jw, "busy", (int64_t)s.busy);
	jw_kv_int(jw, "overrun", (int64_t)s.overrun);
	jw_kv_int(jw, "names_failed", (int64_t)p.resolver.failed);
	table_status(probe->table, jw);
	judge_status(probe->judge, jw);
	asks_status(probe->asks, jw);
	pages_status(probe->pages, jw);
	jw_kv_int(jw, "devices", p.devices);
	jw_kv_int(jw, "devices_dead", p.devices_dead);
	jw_kv_int(jw, "inventories", (int64_t)p.inventories);
	jw_kv_int(jw, "inventories_failed", (int64_t)p.inventories_failed);
	devices_status(probe->devices, jw);
	sweeper_status(probe->sweeper, jw);
	samples_status(&probe->samples, jw);
	plugins_status(probe->plugins, jw);
	signal_queue_status(probe->signals, jw);
}

static void end(struct runtime *rt)
{
	struct probe *probe = rt->self;
	facts_stop(probe->facts);
	judge_stop(probe->judge);
	pump_stop(&probe->pump);
	sweeper_stop(probe->sweeper);
	prober_close(probe->prober);
	samples_detach(&probe->samples);
}

static void fini(struct probe *probe)
{
	probe->asks = asks_destroy(probe->asks);
	probe->sweeper = sweeper_destroy(probe->sweeper);
	probe->scheduler = scheduler_destroy(probe->scheduler);
	probe->judge = judge_destroy(probe->judge);
	probe->table = table_destroy(probe->table);
	probe->signals = signal_queue_destroy(probe->signals);
	probe->facts = facts_close(probe->facts);
	probe->pages = pages_destroy(probe->pages);
	probe->plugins = plugins_destroy(probe->plugins);
	probe->devices = devices_destroy(probe->devices);
	probe->host = host_close(probe->host);
	tls_client_destroy(probe->tls);
	samples_close(&probe->samples);
}

int main(int argc, char **argv)
{
	static const struct role_spec role = {
		.self = IPC_PROBE,
		.fence_groups = FENCE_CONNECT | FENCE_FILES,
		.prepare = prepare,
		.paths = paths,
		.begin = begin,
		.frame = frame,
		.peer = peer,
		.status = status,
		.end = end,
	};
	static struct probe probe = { .samples = { { .fd = -1 }, { .fd = -1 }, NULL } };
	int code = runtime_main(argc, argv, &role, &probe);
	fini(&probe);
	return code;
}
