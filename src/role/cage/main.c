/* SPDX-License-Identifier: Apache-2.0 */
/**
 * cage: runs monitoring plugins where nothing but the registered addresses
 * can be reached.  What it runs has another user, and nothing of the platform.
 *
 * Layer: role.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/log.h"
#include "probe/plugin/runner.h"
#include "role/cage/enter.h"
#include "role/cage/net.h"
#include "role/runtime.h"
#include "sys/memfd.h"

enum { ANSWER_TEXT_MAX = 60000, HOSTS_OCTETS_MAX = NET_HOSTS_MAX * 4 };

struct cage {
	struct runtime *rt;
	int nothing;
	int children;
	int plugins;
	int site;
	struct net *net; /* NULL = there is no cage */
	char why[64];
	struct plugin_runner *runner;
	uint64_t malformed;
	uint64_t unregistered;
	uint64_t unreached;
	uint64_t unanswered; /* probe was too slow or gone */
};

/* Without a cage the role lives all the same and says why nothing is run. */
static void enter(struct cage *cage, struct runtime *rt)
{
	struct cage_entry entry = { .user = runtime_handle(rt, "cage_user"),
		.net = runtime_handle(rt, "cage_net"),
		.plugins = cage->plugins,
		.site = cage->site,
		.uid = (unsigned)json_get_int(rt->config, "cage_uid", 0) };
	(void)snprintf(cage->why, sizeof(cage->why), "%s", runtime_text(rt, "cage_why"));
	if (cage->why[0] != '\0' || entry.user < 0 || entry.net < 0) {
		return;
	}
	int error = cage_enter(&entry);
	cage->plugins = entry.plugins;
	cage->site = entry.site;
	cage->net = error < 0 ? NULL : net_open();
	if (cage->net == NULL) {
		(void)snprintf(cage->why, sizeof(cage->why), "%s",
			error < 0 ? "cage.no_namespace" : "cage.no_rules");
		log_event(LOG_ERROR, "cage.unavailable", F_STR("why", cage->why),
			F_STR("error", err_text(error)));
		return;
	}
}

/* The school's own plugins; read by another user, so others may. */
static int site_open(struct runtime *rt)
{
	int site = runtime_handle(rt, "site");
	if (site < 0) {
		return -1;
	}
	if (mkdirat(site, "plugins", 0755) == 0) {
		(void)!fchmodat(site, "plugins", 0755, 0);
	}
	return openat(site, "plugins", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int prepare(struct runtime *rt, struct diag *diag)
{
	struct cage *cage = rt->self;
	char path[64];
	cage->rt = rt;
	cage->nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	cage->children = open(path, O_RDONLY | O_CLOEXEC);
	cage->plugins = runtime_handle(rt, "plugins");
	cage->site = site_open(rt);
	if (cage->nothing < 0 || fcntl(RUNTIME_CONTROL_FD, F_SETFD, FD_CLOEXEC) < 0 ||
		prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0) {
		return diag_set(diag, -errno, 0, 0, "cage: %s", err_text(-errno));
	}
	enter(cage, rt);
	return 0;
}

static size_t paths(struct runtime *rt, struct fence_path *list)
{
	const struct cage *cage = rt->self;
	const int folders[2] = { cage->plugins, cage->site };
	return cage->net != NULL ? cage_paths(folders, list) : 0;
}

static int begin(struct runtime *rt, struct diag *diag)
{
	struct cage *cage = rt->self;
	const unsigned uid = (unsigned)json_get_int(rt->config, "cage_uid", 0);
	const struct plugin_runner_config config = {
		.folders = { cage->plugins, cage->site, -1, -1 },
		.nothing = cage->nothing,
		.children = cage->children,
		.change_user = true,
		.uid = uid,
		.gid = uid,
	};
	if (cage->net == NULL) {
		return 0;
	}
	int error =
		uid == 0 ? E_DENIED : plugin_runner_create(&rt->loop, &config, &cage->runner);
	return error < 0 ? diag_set(diag, error, 0, 0, "cage: %s", err_text(error)) : 0;
}

/* ---- answers */

static void answer(struct cage *cage, uint32_t req, const struct plugin_end *end)
{
	AUTO_BUF struct buf text;
	int fd = -1;
	buf_init(&text, 2 * (size_t)PLUGIN_KEPT_MAX);
	buf_put(&text, end->out);
	buf_put(&text, end->err);
	struct msg_plugin_ran msg = { .how = (uint32_t)end->how,
		.code = (uint32_t)end->code,
		.latency_us = end->latency_us,
		.discarded = end->discarded,
		.out_octets = (uint32_t)end->out.n,
		.text = buf_slice(&text) };
	if (text.n > ANSWER_TEXT_MAX) {
		msg.text = (struct slice) { 0 };
		if (memfd_of(buf_slice(&text), &fd) < 0) {
			msg.how = PLUGIN_FAILED;
			msg.out_octets = 0;
		}
	}
	if (RUNTIME_SEND(cage->rt, IPC_PROBE, plugin_ran, MSG_PLUGIN_RAN, req, 0, &msg, fd) <
		0) {
		cage->unanswered++;
	}
}

static void on_done(void *user, uint64_t tag, const struct plugin_end *end)
{
	answer(user, (uint32_t)tag, end);
}

/* ---- what probe says */

static enum plugin_how door(struct cage *cage, const struct msg_plugin_run *ask)
{
	struct probe_addr addr = { 0 };
	if (cage->runner == NULL) {
		return PLUGIN_UNAVAILABLE;
	}
	if (probe_addr_parse(ask->address, &addr) < 0 || addr.family != 4 ||
		addr.octet[0] == 127) {
		cage->unreached++;
		return PLUGIN_UNREACHED;
	}
	if (!net_allows(cage->net, &addr, ask->named)) {
		cage->unregistered++;
		return PLUGIN_UNREGISTERED;
	}
	return PLUGIN_ENDED;
}

static void run_take(struct cage *cage, const struct ipc_frame *frame)
{
	struct msg_plugin_run ask = { 0 };
	if (msg_plugin_run_decode(frame->payload, &ask) < 0) {
		cage->malformed++;
		return;
	}
	const struct plugin_ask what = {
		.program = ask.program, .args = ask.args, .timeout_ms = ask.timeout_ms
	};
	enum plugin_how how = door(cage, &ask);
	if (how == PLUGIN_ENDED) {
		how = plugin_runner_start(cage->runner, &what,
			(struct plugin_sink) { on_done, cage, frame->req });
	}
	if (how != PLUGIN_ENDED) {
		answer(cage, frame->req, &(struct plugin_end) { .how = how, .latency_us = -1 });
	}
}

static void hosts_take(struct cage *cage, const struct ipc_frame *frame)
{
	struct msg_cage_hosts msg = { 0 };
	struct memfd_map map = { 0 };
	int error = msg_cage_hosts_decode(frame->payload, &msg);
	if (error == 0 && frame->fd >= 0) {
		error = memfd_map(frame->fd, HOSTS_OCTETS_MAX, &map);
		msg.ipv4 = map.octets;
	}
	if (error < 0) {
		cage->malformed++;
	} else if (cage->net != NULL) {
		net_hosts(cage->net, msg.ipv4);
	}
	memfd_unmap(&map);
}

static void frame(struct runtime *rt, enum ipc_role from, struct ipc_frame *frame)
{
	struct cage *cage = rt->self;
	if (from == IPC_PROBE && frame->type == MSG_PLUGIN_RUN) {
		run_take(cage, frame);
	} else if (from == IPC_PROBE && frame->type == MSG_CAGE_HOSTS) {
		hosts_take(cage, frame);
	}
}

static void status(struct runtime *rt, struct jw *jw)
{
	struct cage *cage = rt->self;
	jw_kv_bool(jw, "available", cage->runner != NULL);
	if (cage->runner == NULL) {
		jw_kv_str(jw, "why", slice_str(cage->why));
		return;
	}
	struct plugin_runner_stats s = plugin_runner_stats(cage->runner);
	struct net_stats n = net_stats(cage->net);
	jw_kv_int(jw, "running", s.running);
	jw_kv_int(jw, "waiting", s.waiting);
	jw_kv_int(jw, "started", (int64_t)s.started);
	jw_kv_int(jw, "timed_out", (int64_t)s.timed_out);
	jw_kv_int(jw, "signalled", (int64_t)s.signalled);
	jw_kv_int(jw, "refused", (int64_t)s.refused);
	jw_kv_int(jw, "busy", (int64_t)s.busy);
	jw_kv_int(jw, "flooded", (int64_t)s.flooded);
	jw_kv_int(jw, "strays", (int64_t)s.strays);
	jw_kv_int(jw, "malformed", (int64_t)cage->malformed);
	jw_kv_int(jw, "unanswered", (int64_t)cage->unanswered);
	jw_kv_int(jw, "unregistered", (int64_t)cage->unregistered);
	jw_kv_int(jw, "unreached", (int64_t)cage->unreached);
	jw_kv_int(jw, "registered", n.hosts);
	jw_kv_int(jw, "named", n.named);
	jw_kv_int(jw, "rules_failed", (int64_t)n.failed);
	jw_kv_int(jw, "addresses_refused", (int64_t)n.full);
	jw_kv_int(jw, "packets_refused", (int64_t)n.packets_refused);
}

static void end(struct runtime *rt)
{
	struct cage *cage = rt->self;
	if (cage->runner != NULL) {
		plugin_runner_close(cage->runner);
		cage->runner = NULL;
	}
}

int main(int argc, char **argv)
{
	static const struct role_spec role = {
		.self = IPC_CAGE,
		.fence_groups = FENCE_CONNECT | FENCE_FILES | FENCE_MEMFD | FENCE_PROGRAMS,
		.prepare = prepare,
		.paths = paths,
		.begin = begin,
		.frame = frame,
		.status = status,
		.end = end,
	};
	static struct cage cage = { .nothing = -1, .children = -1, .plugins = -1, .site = -1 };
	int code = runtime_main(argc, argv, &role, &cage);
	cage.net = net_close(cage.net);
	return code;
}
