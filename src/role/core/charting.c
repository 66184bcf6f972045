/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The map of the network: made in the pool, on a connection of its own, from
 * what the store has; what comes of it goes through the writer as anything.
 * Tables of a large campus arrive all the time, so making takes its turn: a
 * fixed share of the time, however long one takes.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "desk/maintenance.h"
#include "desk/topology.h"
#include "records/db.h"
#include "role/core/core.h"
#include "role/store.h"
#include "sys/clock.h"

enum { PAUSE_MIN_MS = 2000, PAUSE_SHARE = 30, FACTS_MAX = 32768 };
/* Tables of 16,384 devices; a campus of 500 switches needs a tenth. */
#define MAP_OCTETS_MAX ((size_t)2 << 30)

struct charting {
	struct core *core;
	struct db *db;
	uv_work_t work;
	bool busy;
	bool stale;
	int64_t next_ms; /* monotonic; not before */
	int64_t began_ms;
	struct buf facts; /* as probe told them last */
	/* of the one under way */
	struct buf own;
	struct arena *arena;
	struct topology_made *made;
	int error;
};

int charting_open(struct core *core, struct diag *diag)
{
	struct charting *charting = calloc(1, sizeof(*charting));
	if (charting == NULL) {
		abort();
	}
	charting->core = core;
	charting->stale = true;
	buf_init(&charting->facts, FACTS_MAX);
	buf_init(&charting->own, FACTS_MAX);
	core->charting = charting;
	return db_open(store_conf(core->rt), DB_READONLY, &charting->db, diag);
}

struct charting *charting_close(struct charting *charting)
{
	if (charting != NULL) {
		charting->db = db_close(charting->db);
		charting->arena = arena_destroy(charting->arena);
		buf_fini(&charting->facts);
		buf_fini(&charting->own);
	}
	free(charting);
	return NULL;
}

void charting_stale(struct core *core)
{
	core->charting->stale = true;
}

void charting_facts(struct core *core, struct slice json)
{
	struct buf *facts = &core->charting->facts;
	core->charting->stale = core->charting->stale || facts->n == 0;
	buf_clear(facts);
	buf_put(facts, json);
}

static void end(struct charting *charting)
{
	int64_t now_ms = clock_mono_ms();
	int64_t pause_ms = (now_ms - charting->began_ms) * PAUSE_SHARE;
	charting->next_ms = now_ms + (pause_ms > PAUSE_MIN_MS ? pause_ms : PAUSE_MIN_MS);
	charting->busy = false;
	charting->arena = arena_destroy(charting->arena);
	charting->made = NULL;
}

static int keep_run(struct txn *txn, void *arg)
{
	const struct charting *charting = arg;
	int changed = topology_keep(txn, charting->made);
	/* Who hangs on whom says whom a window covers. */
	int error = changed > 0 ? maintenance_refresh(txn, &charting->core->env) : changed;
	return error < 0 ? error : changed;
}

static void kept(struct job *job)
{
	struct core *core = job->core;
	struct charting *charting = core->charting;
	int status = job->command.status;
	core->checks_dirty = core->checks_dirty || status > 0;
	charting->stale = charting->stale || status < 0;
	if (status < 0) {
		log_event(LOG_WARNING, "topology.unkept", F_STR("why", err_text(status)));
	}
	end(charting);
	job_drop(job);
}

static void make_work(uv_work_t *work)
{
	struct charting *charting = work->data;
	charting->error = topology_make(
		charting->db, buf_slice(&charting->own), charting->arena, charting->made);
}

static void make_done(uv_work_t *work, int status)
{
	struct charting *charting = work->data;
	if (status < 0 || charting->error < 0) {
		log_event(LOG_WARNING, "topology.unmade",
			F_STR("why", err_text(charting->error)));
		charting->stale = true;
		end(charting);
		return;
	}
	if (charting->made->is_nothing) {
		end(charting);
		return;
	}
	log_event(LOG_DEBUG, "topology.made", F_INT("took_ms", charting->made->took_ms),
		F_INT("devices", (int64_t)charting->made->input.device_count),
		F_INT("links", (int64_t)charting->made->topology.link_count));
	job_submit(job_create(charting->core, 0), keep_run, charting, kept);
}

void charting_turn(struct core *core)
{
	struct charting *charting = core->charting;
	if (!charting->stale || charting->busy || clock_mono_ms() < charting->next_ms) {
		return;
	}
	charting->arena = arena_create(MAP_OCTETS_MAX);
	charting->made = arena_take(charting->arena, sizeof(*charting->made));
	charting->work.data = charting;
	buf_clear(&charting->own);
	buf_put(&charting->own, buf_slice(&charting->facts));
	charting->busy = true;
	charting->began_ms = clock_mono_ms();
	charting->stale = false;
	if (uv_queue_work(&core->rt->loop, &charting->work, make_work, make_done) != 0) {
		charting->stale = true;
		end(charting);
	}
}
