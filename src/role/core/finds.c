/* SPDX-License-Identifier: Apache-2.0 */
/* What probe may sweep, what it saw, and who of it is in no register. */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "desk/discovered_match.h"
#include "desk/range_table.h"
#include "desk/sightings.h"
#include "records/secret.h"
#include "role/core/core.h"
#include "sys/clock.h"
#include "sys/memfd.h"

enum {
	REPORT_OCTETS_MAX = 4 * 1024 * 1024,
	TABLE_OCTETS_MAX = 1024 * 1024,
	FRAME_BODY_MAX = 57000,
	MATCH_APART_MS = 3000, /* it reads everything there is */
	MATCH_SHARE = 20,      /* at most one part in so many of the writer's time */
	MATCH_EVERY_MS =
		3600 * 1000 /* for what only time changes: decisions end, sightings age */
};

/* ---- to probe */

static void ranges_send(struct core *core)
{
	struct buf table;
	struct msg_ranges msg = { 0 };
	int fd = -1;
	buf_init(&table, TABLE_OCTETS_MAX);
	int error = range_table_put(core->peek, core->env.secrets, clock_unix_ms(), &table);
	if (error == 0 && table.n > FRAME_BODY_MAX) {
		error = memfd_of(buf_slice(&table), &fd);
	} else {
		msg.json = buf_slice(&table);
	}
	error = error < 0
			? error
			: RUNTIME_SEND(core->rt, IPC_PROBE, ranges, MSG_RANGES, 0, 0, &msg, fd);
	core->ranges_dirty = error < 0;
	secret_wipe(&table);
}

/* ---- from probe */

struct report {
	const struct json *json;
};

static int report_run(struct txn *txn, void *arg)
{
	const struct report *report = arg;
	return sightings_take(txn, report->json);
}

static void report_finish(struct job *job)
{
	job->core->match_dirty = job->core->match_dirty || job->command.status > 0;
	job_drop(job);
}

void finds_hear(struct core *core, const struct ipc_frame *frame)
{
	struct msg_sightings msg = { 0 };
	struct memfd_map map = { 0 };
	struct job *job = job_create(core, frame->trace);
	struct report *report = arena_take(job->arena, sizeof(*report));
	struct slice payload = arena_dup(job->arena, frame->payload);
	int error = msg_sightings_decode(payload, &msg);
	if (error == 0 && frame->fd >= 0) {
		error = memfd_map(frame->fd, REPORT_OCTETS_MAX, &map);
		msg.json = arena_dup(job->arena, map.octets);
		memfd_unmap(&map);
	}
	error = error < 0 ? error : json_parse(job->arena, msg.json, 0, &report->json, NULL);
	if (error < 0) {
		log_event(LOG_WARNING, "sightings.unreadable", F_STR("why", err_text(error)));
		job_drop(job);
		return;
	}
	job_submit_sure(job, report_run, report, report_finish);
}

/* ---- held against the register */

static int match_run(struct txn *txn, void *arg)
{
	const struct core *core = arg;
	int error = sightings_expire(txn);
	return error < 0 ? error : discovered_match(txn, core->makers);
}

static void match_finish(struct job *job)
{
	struct core *core = job->core;
	core->match_busy = false;
	core->match_took_ms = clock_mono_ms() - core->match_ms;
	core->match_dirty = core->match_dirty || job->command.status > 0;
	if (job->command.status < 0) {
		log_event(LOG_ERROR, "discovery.failed",
			F_STR("why", err_text(job->command.status)));
	}
	job_drop(job);
}

static void match_turn(struct core *core)
{
	int64_t since_ms = clock_mono_ms() - core->match_ms;
	int64_t apart_ms = core->match_took_ms * MATCH_SHARE;
	apart_ms = apart_ms > MATCH_APART_MS ? apart_ms : MATCH_APART_MS;
	bool due = since_ms >= (core->match_dirty ? apart_ms : MATCH_EVERY_MS);
	if (core->match_busy || !due) {
		return;
	}
	core->match_busy = true;
	core->match_dirty = false;
	core->match_ms = clock_mono_ms();
	job_submit(job_create(core, 0), match_run, core, match_finish);
}

void finds_acted(struct core *core, enum route_id route)
{
	bool ranges = route == ROUTE_SUBNETS_CREATE || route == ROUTE_SUBNETS_UPDATE ||
		      route == ROUTE_SUBNETS_REMOVE;
	core->ranges_dirty = core->ranges_dirty || ranges || route == ROUTE_FREEZES_CREATE ||
			     route == ROUTE_FREEZES_END || route == ROUTE_SETTINGS_PUT;
	core->match_dirty = core->match_dirty || ranges || route == ROUTE_ASSETS_CREATE ||
			    route == ROUTE_ASSETS_UPDATE || route == ROUTE_ASSETS_IMPORT ||
			    route == ROUTE_IMPORTS_RUN || route == ROUTE_IMPORTS_UNDO;
}

void finds_turn(struct core *core)
{
	if (core->ranges_dirty && core->rt->peers[IPC_PROBE] != NULL) {
		ranges_send(core);
	}
	match_turn(core);
}
