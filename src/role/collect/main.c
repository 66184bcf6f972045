/* SPDX-License-Identifier: Apache-2.0 */
/**
 * collect: takes syslog and SNMP traps on the sockets the parent opened, reads
 * fields out of them, by the decoder packs where it is syslog, and keeps them in
 * its tail.
 *
 * Layer: role.
 */
#include <fcntl.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/jw.h"
#include "base/log.h"
#include "collect/packs.h"
#include "collect/syslog/syslog.h"
#include "proto/logfields.h"
#include "role/collect/heard.h"
#include "role/collect/traps.h"
#include "role/runtime.h"
#include "role/shard.h"
#include "sys/rand.h"

struct collect {
	struct shard shard;
	struct logfields *packs;
	size_t rules;
	size_t packs_refused;
	struct collect_syslog *syslog;
	struct traps traps;
	struct heard heard;
};

static int folder_of(const struct runtime *rt, const char *handle)
{
	int above = runtime_handle(rt, handle);
	return above >= 0 ? openat(above, "decoders", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
}

/* A pack with a mistake is left out and named; the others work. */
static void packs_read(struct runtime *rt, struct collect *collect)
{
	struct diag_list mistakes;
	int share = folder_of(rt, "share");
	int site = folder_of(rt, "site");
	diag_list_init(&mistakes);
	collect->packs = logfields_create();
	int rules = packs_load(share, site, collect->packs, &mistakes);
	collect->rules = rules > 0 ? (size_t)rules : 0;
	collect->packs_refused = mistakes.count + mistakes.refused;
	for (size_t i = 0; i < mistakes.count; i++) {
		log_event(LOG_WARNING, "pack.refused", F_STR("file", mistakes.items[i].source),
			F_STR("why", mistakes.items[i].text));
	}
	diag_list_fini(&mistakes);
	if (share >= 0) {
		(void)close(share);
	}
	if (site >= 0) {
		(void)close(site);
	}
}

static int prepare(struct runtime *rt, struct diag *diag)
{
	struct collect *collect = rt->self;
	packs_read(rt, collect);
	return shard_open(&collect->shard, rt, "collect-0", ROW_LOG, diag);
}

static size_t paths(struct runtime *rt, struct fence_path *list)
{
	const struct collect *collect = rt->self;
	list[0] = shard_path(&collect->shard);
	return 1;
}

/* The receiver closes what it is given; the runtime keeps the original. */
static int copy_of(const struct runtime *rt, const char *handle)
{
	int fd = runtime_handle(rt, handle);
	return fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : -1;
}

static int receive(struct runtime *rt, struct collect *collect)
{
	int udp = copy_of(rt, "syslog_udp");
	int tcp = copy_of(rt, "syslog_tcp");
	struct collect_syslog_options options = {
		.loop = &rt->loop,
		.udp_fds = &udp,
		.udp_count = udp >= 0,
		.tcp_fds = &tcp,
		.tcp_count = tcp >= 0,
		.tail = collect->shard.tail,
		.packs = collect->packs,
		.offset_min = CIVIL_CHINA_OFFSET_MIN,
	};
	rand_octets(options.seed, sizeof(options.seed));
	if (udp < 0 && tcp < 0) {
		log_event(LOG_NOTICE, "syslog.absent", F_STR("why", "no socket was given"));
	}
	int error = collect_syslog_create(&options, &collect->syslog);
	if (error < 0 && udp >= 0) {
		(void)close(udp);
	}
	if (error < 0 && tcp >= 0) {
		(void)close(tcp);
	}
	return error;
}

static int begin(struct runtime *rt, struct diag *diag)
{
	struct collect *collect = rt->self;
	int error = shard_attach(&collect->shard, rt);
	error = error < 0 ? error : receive(rt, collect);
	if (error >= 0) {
		heard_begin(&collect->heard, rt, collect->syslog);
		collect->traps.heard = &collect->heard;
		error = traps_begin(&collect->traps, rt, collect->shard.tail);
	}
	return error < 0 ? diag_set(diag, error, 0, 0, "collect: %s", err_text(error)) : 0;
}

static void status(struct runtime *rt, struct jw *jw)
{
	const struct collect *collect = rt->self;
	const struct collect_syslog_counters *c = collect_syslog_counters(collect->syslog);
	const struct {
		const char *name;
		uint64_t value;
	} members[] = {
		{ "rules", collect->rules },
		{ "packs_refused", collect->packs_refused },
		{ "datagrams", c->datagrams },
		{ "stream_messages", c->stream_messages },
		{ "octets", c->octets },
		{ "malformed", c->malformed },
		{ "recoded", c->recoded },
		{ "cut", c->cut },
		{ "kernel_drops", c->kernel_drops },
		{ "rate_refused", c->rate_refused },
		{ "read_errors", c->read_errors },
		{ "rows_refused", c->rows_refused },
		{ "connections", c->connections },
		{ "connections_taken", c->connections_taken },
		{ "connections_refused", c->connections_refused },
		{ "connections_idle", c->connections_idle },
		{ "sources", c->sources },
		{ "sources_refused", c->sources_refused },
	};
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		jw_kv_int(jw, members[i].name, (int64_t)members[i].value);
	}
	traps_status(&collect->traps, jw);
	heard_status(&collect->heard, jw);
	shard_status(&collect->shard, jw);
}

static void end(struct runtime *rt)
{
	struct collect *collect = rt->self;
	traps_end(&collect->traps);
	heard_end(&collect->heard);
	collect->syslog = collect_syslog_destroy(collect->syslog);
	shard_detach(&collect->shard);
}

int main(int argc, char **argv)
{
	static const struct role_spec role = {
		.self = IPC_COLLECT,
		.fence_groups = FENCE_SERVE | FENCE_FILES,
		.prepare = prepare,
		.paths = paths,
		.begin = begin,
		.status = status,
		.end = end,
	};
	static struct collect collect = { .shard = { .fd = -1 } };
	int code = runtime_main(argc, argv, &role, &collect);
	collect.packs = logfields_destroy(collect.packs);
	shard_close(&collect.shard);
	return code;
}
