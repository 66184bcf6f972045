/* SPDX-License-Identifier: Apache-2.0 */
/**
 * core: commands, timers, outbox, audit; the only writer of records and blobs.
 *
 * Layer: role.
 */
#include <stdio.h>
#include <sys/stat.h>

#include "audit/head.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/jw.h"
#include "base/log.h"
#include "base/utf8.h"
#include "desk/first_admin.h"
#include "records/blob.h"
#include "records/db.h"
#include "records/migrate.h"
#include "records/secret.h"
#include "role/core/core.h"
#include "role/store.h"
#include "sys/clock.h"
#include "sys/fs.h"
#include "sys/password.h"
#include "sys/rand.h"

enum { TICK_MS = 100, ONE_TIME_PASSWORD_LENGTH = 12 };

static const struct blob_quota quotas[] = {
	{ "document", INT64_C(20) * 1024 * 1024 * 1024 },
	{ "attachment", INT64_C(50) * 1024 * 1024 * 1024 },
	{ "evidence", INT64_C(20) * 1024 * 1024 * 1024 },
};

static int64_t batch_now(void *clock)
{
	(void)clock;
	return clock_unix_ms();
}

static int first_admin_run(struct txn *txn, void *arg)
{
	const struct slice *hash = arg;
	return first_admin(txn, *hash);
}

/* A store without accounts gets one; its password is shown once, on the terminal. */
static int first_admin_make(struct runtime *rt, struct core *core, struct diag *diag)
{
	char password[ONE_TIME_PASSWORD_LENGTH + 1];
	char hash[PASSWORD_HASH_MAX];
	if (!first_admin_wanted(core->db)) {
		return 0;
	}
	rand_text(password, ONE_TIME_PASSWORD_LENGTH);
	int error = password_hash(slice_str(password), hash);
	struct slice text = slice_str(hash);
	struct command command;
	struct command *all[1] = { &command };
	command_init(&command);
	command.run = first_admin_run;
	command.arg = &text;
	if (error == 0) {
		batch_run(core->batch, all, 1);
		error = command.status;
	}
	command_fini(&command);
	if (error < 0) {
		return diag_set(diag, error, 0, 0, "first administrator: %s", err_text(error));
	}
	struct msg_first_admin msg = { .account = SLICE("admin"),
		.password = slice_str(password) };
	error = RUNTIME_SEND(rt, IPC_PARENT, first_admin, MSG_FIRST_ADMIN, 0, 0, &msg, -1);
	explicit_bzero(password, sizeof(password));
	return error;
}

static int store_open(struct runtime *rt, struct core *core, struct diag *diag)
{
	char backup[96];
	(void)snprintf(backup, sizeof(backup), "backup/before-schema-%u-%lld.db",
		migrate_latest(), (long long)clock_unix_ms());
	int error = store_enter(rt, diag);
	error = error < 0 ? error : db_open(store_conf(rt), DB_OWNER, &core->db, diag);
	if (error == E_BUSY) {
		return E_UNSUPPORTED; /* another platform's: starting again will not change it */
	}
	error = error < 0 ? error : migrate_to(core->db, migrate_latest(), backup, diag);
	if (error > 0) {
		/* Statements prepared before a step may be stale. */
		core->db = db_close(core->db);
		error = db_open(store_conf(rt), DB_OWNER, &core->db, diag);
	}
	error = error < 0 ? error : batch_create(core->db, batch_now, NULL, &core->batch, diag);
	error = error < 0 ? error : db_open(store_conf(rt), DB_READONLY, &core->peek, diag);
	error = error < 0 ? error : first_admin_make(rt, core, diag);
	if (error >= 0 &&
		sql_int(core->peek, "SELECT value FROM counter WHERE series = $1 AND year = 0",
			&core->last_seq, SQL_STR("commit")) < 0) {
		error = diag_set(diag, E_STORE, 0, 0, "the store has no commit counter");
	}
	if (error >= 0 &&
		sql_int(core->peek, "SELECT CAST(value AS BIGINT) FROM meta WHERE key = $1",
			&core->restored_at_ms, SQL_STR("restored_at_ms")) < 0) {
		error = diag_set(
			diag, E_STORE, 0, 0, "the store cannot say whether it was restored");
	}
	return error < 0 ? error : 0;
}

static int prepare(struct runtime *rt, struct diag *diag)
{
	struct core *core = rt->self;
	core->rt = rt;
	core->packs = arena_create(0);
	(void)umask(0077);
	(void)!gb18030_init(); /* loads a module from disk; without it such sheets are refused with a reason */
	int error = packs_policy(runtime_handle(rt, "share"), runtime_handle(rt, "site"),
		core->packs, &core->rules, diag);
	error = error < 0 ? error : store_open(rt, core, diag);
	error = error < 0 ? error : rules_ready(core, diag);
	makers_ready(core);
	error = error < 0 ? error : charting_open(core, diag);
	error = error < 0 ? error : secret_key_read(runtime_handle(rt, "key"), &core->key);
	error = error < 0 ? error : audit_key_ready(core, diag);
	if (error < 0) {
		return error;
	}
	struct blob_store *blobs = NULL;
	error = blob_store_open(fs_real(), "blobs", db_kind(core->db), quotas,
		sizeof(quotas) / sizeof(quotas[0]), &blobs);
	if (error < 0) {
		return diag_set(diag, error, 0, 0, "blobs: %s", err_text(error));
	}
	core->env = (struct desk_env) { .calendar = &core->rules.calendar,
		.policy = &core->rules.policy,
		.policy_id = core->rules.texts[0].id,
		.blobs = blobs,
		.secrets = core->key,
		.base_url = store_base_url(rt, core->db, core->packs) };
	return policy_ready(core, diag);
}

static size_t paths(struct runtime *rt, struct fence_path *list)
{
	list[0] = (struct fence_path) { runtime_handle(rt, "data"), NULL,
		FENCE_READ | FENCE_WRITE };
	return 1;
}

static void on_wake(uv_async_t *async)
{
	struct core *core = async->data;
	(void)writer_deliver(core->writer);
}

static void wake(void *arg)
{
	(void)uv_async_send(arg);
}

static int threads(struct runtime *rt, struct diag *diag)
{
	struct core *core = rt->self;
	(void)uv_async_init(&rt->loop, &core->wake, on_wake);
	core->wake.data = core;
	struct writer_conf conf = {
		.batch = core->batch, .wake = wake, .wake_arg = &core->wake
	};
	int error = writer_start(&conf, &core->writer);
	error = error < 0 ? error : password_lane_start(&rt->loop, &core->lane);
	return error < 0 ? diag_set(diag, error, 0, 0, "threads: %s", err_text(error)) : 0;
}

static void on_tick(uv_timer_t *timer)
{
	struct core *core = timer->data;
	job_turn(core);
	clockwork_turn(core);
	senses_turn(core); /* before what is asked of probe, or it would not know the check */
	finds_turn(core);
	outgoing_turn(core);
	charting_turn(core);
	backups_turn(core);
	policy_turn(core);
}

static int begin(struct runtime *rt, struct diag *diag)
{
	struct core *core = rt->self;
	(void)diag;
	core->checks_dirty = true;
	core->match_dirty = true;
	clockwork_begin(core);
	(void)uv_timer_init(&rt->loop, &core->tick);
	core->tick.data = core;
	(void)uv_timer_start(&core->tick, on_tick, TICK_MS, TICK_MS);
	return 0;
}

static void frame(struct runtime *rt, enum ipc_role from, struct ipc_frame *frame)
{
	struct core *core = rt->self;
	if (from == IPC_WEB) {
		door_frame(core, frame);
	} else if (from == IPC_PARENT) {
		backups_frame(core, frame);
		verify_frame(core, frame);
	} else if (from == IPC_COURIER || from == IPC_PAPER) {
		returned_frame(core, from, frame);
	} else if (from == IPC_PROBE || from == IPC_DETECT) {
		senses_frame(core, from, frame);
	}
}

static void peer(struct runtime *rt, enum ipc_role peer, bool up)
{
	struct core *core = rt->self;
	if (up) {
		senses_peer(core, peer);
		outgoing_peer(core, peer);
	}
	if (up && peer == IPC_PAPER) {
		uploads_peer(core);
	}
	if (up && peer == IPC_QUERY) {
		core_committed(core, core->last_seq);
	}
}

static void status(struct runtime *rt, struct jw *jw)
{
	struct core *core = rt->self;
	struct writer_stats stats = { 0 };
	writer_stats(core->writer, &stats);
	jw_kv_int(jw, "commands", (int64_t)stats.commands);
	jw_kv_int(jw, "batches", (int64_t)stats.batches);
	jw_kv_int(jw, "commands_refused", (int64_t)(stats.refused + core->refused));
	jw_kv_int(jw, "queue", (int64_t)stats.waiting);
	jw_kv_int(jw, "held", (int64_t)core->held_count);
	jw_kv_int(jw, "batch_longest_ms", stats.longest_ms);
	jw_kv_int(jw, "seq", core->last_seq);
	jw_kv_int(jw, "passwords", (int64_t)password_lane_stats(core->lane).asked);
	jw_kv_int(jw, "clock_held", core->clock_held ? 1 : 0);
}

static void end(struct runtime *rt)
{
	struct core *core = rt->self;
	core->lane = password_lane_stop(core->lane);
	core->writer = job_stop(core);
	job_forget(core);
	uv_close((uv_handle_t *)&core->wake, NULL);
	uv_close((uv_handle_t *)&core->tick, NULL);
}

static void fini(struct core *core)
{
	core->batch = batch_destroy(core->batch);
	core->env.blobs = blob_store_close(core->env.blobs);
	core->charting = charting_close(core->charting);
	core->db = db_close(core->db);
	core->peek = db_close(core->peek);
	core->audit_key = audit_key_destroy(core->audit_key);
	core->key = secret_key_destroy(core->key);
	policy_drop(core);
	makers_drop(core);
}

void core_committed(struct core *core, int64_t seq)
{
	core->last_seq = seq > core->last_seq ? seq : core->last_seq;
	struct msg_committed msg = { .seq = core->last_seq };
	if (core->rt->peers[IPC_QUERY] != NULL && RUNTIME_SEND(core->rt, IPC_QUERY, committed,
							  MSG_COMMITTED, 0, 0, &msg, -1) < 0) {
		log_event(LOG_WARNING, "committed.unsent", F_INT("seq", seq));
	}
}

int main(int argc, char **argv)
{
	static const struct role_spec role = {
		.self = IPC_CORE,
		/* PostgreSQL is reached again by a new socket after it was lost. */
		.fence_groups = FENCE_FILES | FENCE_MEMFD | FENCE_CONNECT,
		.prepare = prepare,
		.paths = paths,
		.threads = threads,
		.begin = begin,
		.frame = frame,
		.peer = peer,
		.status = status,
		.end = end,
	};
	static struct core core;
	int result = runtime_main(argc, argv, &role, &core);
	fini(&core);
	return result;
}
