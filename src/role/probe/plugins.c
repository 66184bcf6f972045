/* SPDX-License-Identifier: Apache-2.0 */
#include "role/probe/plugins.h"

#include <assert.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "base/log.h"
#include "role/probe/probe.h"
#include "role/probe/table.h"
#include "role/runtime.h"
#include "sys/clock.h"
#include "sys/memfd.h"

enum {
	WANT_EVERY_MS = 2000, /* the cage is asked for again when it has ended */
	PATIENCE_MS = 5000,   /* for it to come; then checks say that there is none */
	FRAME_HOSTS_MAX = 57000,
	HOSTS_OCTETS_MAX = 131072 * 4,
	BOTH_OUTPUTS_MAX = 2 * PLUGIN_KEPT_MAX,
	INDEX_BITS = 12
};

static_assert(PLUGINS_PENDING_MAX == 1 << INDEX_BITS, "a place is INDEX_BITS of its number");

struct pending {
	uint32_t req; /* 0 = free */
	int64_t check_id;
	struct check_sink sink;
};

struct plugins {
	struct probe *probe;
	struct plugin_door door;
	struct buf args;
	uint32_t turn; /* makes an old answer's number differ from a new one's */
	uint32_t at;   /* where to look for a free place first */
	uint32_t pending_count;
	int64_t wanted_ms; /* when the cage was last asked for, mono */
	int64_t missed_ms; /* since when it is missing, mono; 0 = it is there, or never was wanted */
	uint64_t answered;
	uint64_t lost;    /* with a cage that went */
	uint64_t refused; /* no place */
	struct pending pending[PLUGINS_PENDING_MAX];
};

static bool cage_is_there(const struct plugins *plugins)
{
	return plugins->probe->rt->peers[IPC_CAGE] != NULL;
}

/* The parent starts it; a second asking while it lives changes nothing. */
static void cage_want(struct plugins *plugins)
{
	struct runtime *rt = plugins->probe->rt;
	int64_t now_ms = clock_mono_ms();
	if (plugins->missed_ms == 0) {
		plugins->missed_ms = now_ms;
	}
	if (plugins->wanted_ms != 0 && now_ms - plugins->wanted_ms < WANT_EVERY_MS) {
		return;
	}
	struct msg_cage_wanted msg = { 0 };
	plugins->wanted_ms = now_ms;
	(void)!RUNTIME_SEND(rt, IPC_PARENT, cage_wanted, MSG_CAGE_WANTED, 0, 0, &msg, -1);
}

static struct pending *place_find(struct plugins *plugins)
{
	for (uint32_t i = 0; i < PLUGINS_PENDING_MAX; i++) {
		uint32_t at = (plugins->at + i) % PLUGINS_PENDING_MAX;
		if (plugins->pending[at].req == 0) {
			plugins->at = (at + 1) % PLUGINS_PENDING_MAX;
			/* Never 0, and another one each time the place is taken. */
			plugins->turn = plugins->turn == UINT32_MAX >> INDEX_BITS
						? 1
						: plugins->turn + 1;
			plugins->pending[at].req = plugins->turn << INDEX_BITS | at;
			return &plugins->pending[at];
		}
	}
	return NULL;
}

static int hand_over(
	struct plugins *plugins, const struct check_spec *spec, struct check_sink sink)
{
	AUTO_BUF struct buf address;
	buf_init(&address, 64);
	probe_addr_put(&address, &spec->addr);
	struct pending *pending = place_find(plugins);
	if (pending == NULL) {
		plugins->refused++;
		return E_BUSY;
	}
	struct msg_plugin_run msg = {
		.address = buf_slice(&address),
		.named = spec->name != NULL,
		.program = slice_head(
			slice_str(check_spec_text(spec, PLUGIN_PLUGIN)), PLUGIN_NAME_MAX),
		.args = buf_slice(&plugins->args),
		.timeout_ms = plugin_timeout_ms(spec),
	};
	int error = RUNTIME_SEND(plugins->probe->rt, IPC_CAGE, plugin_run, MSG_PLUGIN_RUN,
		pending->req, 0, &msg, -1);
	if (error < 0) {
		pending->req = 0;
		return E_BUSY;
	}
	pending->check_id = spec->id;
	pending->sink = sink;
	plugins->pending_count++;
	return 0;
}

static int start(void *user, const struct check_spec *spec, struct check_sink sink)
{
	struct plugins *plugins = user;
	const char *words = check_spec_text(spec, PLUGIN_ARGS);
	buf_clear(&plugins->args);
	int error = plugin_args_put(spec, slice_str(words), &plugins->args);
	if (error < 0) {
		return error;
	}
	if (!cage_is_there(plugins)) {
		cage_want(plugins);
		return clock_mono_ms() - plugins->missed_ms < PATIENCE_MS ? E_BUSY
									  : E_UNSUPPORTED;
	}
	return hand_over(plugins, spec, sink);
}

static void tell(struct plugins *plugins, struct pending *pending, const struct plugin_end *end)
{
	struct check_result result;
	struct check_sink sink = pending->sink;
	check_result_init(
		&result, &(struct check_spec) { .id = pending->check_id }, clock_unix_ms());
	plugin_judge(end, &result);
	pending->req = 0;
	plugins->pending_count--;
	sink.done(sink.user, sink.tag, &result);
}

void plugins_take(struct plugins *plugins, const struct ipc_frame *frame)
{
	struct msg_plugin_ran msg = { 0 };
	struct memfd_map map = { 0 };
	struct pending *pending = &plugins->pending[frame->req % PLUGINS_PENDING_MAX];
	int error = msg_plugin_ran_decode(frame->payload, &msg);
	if (error == 0 && frame->fd >= 0) {
		error = memfd_map(frame->fd, BOTH_OUTPUTS_MAX, &map);
		msg.text = map.octets;
	}
	if (error == 0 && frame->req != 0 && pending->req == frame->req &&
		msg.how < PLUGIN_HOW_COUNT) {
		const struct plugin_end end = { .how = (enum plugin_how)msg.how,
			.code = (int)(msg.code & 0xff),
			.latency_us = msg.latency_us,
			.out = slice_head(msg.text, msg.out_octets),
			.err = slice_skip(msg.text, msg.out_octets),
			.discarded = msg.discarded };
		plugins->answered++;
		tell(plugins, pending, &end);
	}
	memfd_unmap(&map);
}

/* All that is in its hands has no answer any more. */
static void pending_lose(struct plugins *plugins)
{
	const struct plugin_end end = { .how = PLUGIN_UNAVAILABLE, .latency_us = -1 };
	for (size_t i = 0; i < PLUGINS_PENDING_MAX; i++) {
		if (plugins->pending[i].req != 0) {
			plugins->lost++;
			tell(plugins, &plugins->pending[i], &end);
		}
	}
}

void plugins_peer(struct plugins *plugins, bool up)
{
	if (up) {
		plugins->missed_ms = 0;
		plugins_hosts(plugins);
	}
	pending_lose(plugins);
}

void plugins_hosts(struct plugins *plugins)
{
	AUTO_BUF struct buf hosts;
	int fd = -1;
	int error = 0;
	if (!cage_is_there(plugins)) {
		return;
	}
	buf_init(&hosts, HOSTS_OCTETS_MAX);
	table_put_ipv4(plugins->probe->table, &hosts);
	struct msg_cage_hosts msg = { .ipv4 = buf_slice(&hosts) };
	if (hosts.n > FRAME_HOSTS_MAX) {
		error = memfd_of(buf_slice(&hosts), &fd);
		msg.ipv4 = (struct slice) { 0 };
	}
	error = error < 0 ? error
			  : RUNTIME_SEND(plugins->probe->rt, IPC_CAGE, cage_hosts,
				    MSG_CAGE_HOSTS, 0, 0, &msg, fd);
	if (error < 0) {
		log_event(LOG_WARNING, "cage.hosts_unsent", F_STR("why", err_text(error)));
	}
}

struct plugins *plugins_create(struct probe *probe)
{
	struct plugins *plugins = calloc(1, sizeof(*plugins));
	if (plugins == NULL) {
		abort();
	}
	plugins->probe = probe;
	plugins->door = (struct plugin_door) { start, plugins };
	buf_init(&plugins->args, PLUGIN_ARGS_OCTETS_MAX);
	return plugins;
}

struct plugins *plugins_destroy(struct plugins *plugins)
{
	if (plugins != NULL) {
		buf_fini(&plugins->args);
		free(plugins);
	}
	return NULL;
}

const struct plugin_door *plugins_door(const struct plugins *plugins)
{
	return &plugins->door;
}

void plugins_status(const struct plugins *plugins, struct jw *jw)
{
	if (plugins->answered > 0 || plugins->wanted_ms != 0) {
		jw_kv_int(jw, "plugins_pending", plugins->pending_count);
		jw_kv_int(jw, "plugins_answered", (int64_t)plugins->answered);
		jw_kv_int(jw, "plugins_lost", (int64_t)plugins->lost);
		jw_kv_int(jw, "plugins_refused", (int64_t)plugins->refused);
	}
}
