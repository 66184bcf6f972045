/* SPDX-License-Identifier: Apache-2.0 */
/* Backups: made by a process of their own, asked for by people and by the hour. */
#include "desk/backups.h"

#include "base/arena.h"
#include "base/civil.h"
#include "base/json.h"
#include "base/log.h"
#include "records/caller.h"
#include "role/core/core.h"
#include "sys/clock.h"

enum { LOOK_EVERY_MS = 10000, HOUR_DEFAULT = 3, CATCH_UP_AFTER_MS = 300000 };

struct wish {
	const char *target; /* "" = the data folder's own backup/ */
	int64_t hour;       /* local; -1 = never by itself */
};

/* The setting "backup"; memory belongs to the arena. */
static struct wish wish_load(struct core *core, struct arena *arena)
{
	struct slice text = { 0 };
	const struct json *root = NULL;
	if (setting_load(core->peek, arena, "backup", &text) == 0 && text.n > 0) {
		(void)!json_parse(arena, text, 0, &root, NULL);
	}
	return (struct wish) { arena_dup_str(arena, json_get_str(root, "target_dir")),
		json_get_int(root, "at_hour", HOUR_DEFAULT) };
}

void backups_run(struct core *core)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct wish wish = wish_load(core, arena);
	struct msg_run_backup msg = { .target = slice_str(wish.target) };
	if (RUNTIME_SEND(core->rt, IPC_PARENT, run_backup, MSG_RUN_BACKUP, 0, 0, &msg, -1) <
		0) {
		log_event(LOG_ERROR, "backup.unasked", F_STR("why", "parent is slow"));
	}
}

void backups_turn(struct core *core)
{
	int64_t now_ms = clock_unix_ms();
	int64_t mono_ms = clock_mono_ms();
	core->backup_up_ms = core->backup_up_ms != 0 ? core->backup_up_ms : mono_ms;
	if (core->clock_held || mono_ms < core->backup_look_ms) {
		return;
	}
	core->backup_look_ms = mono_ms + LOOK_EVERY_MS;
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct wish wish = wish_load(core, arena);
	int64_t today = civil_day_of_ms(now_ms, CIVIL_CHINA_OFFSET_MIN);
	int64_t last_ms = 0;
	/* One taken elsewhere by hand stands for no day of ours. */
	struct slice folder = slice_str(wish.target[0] != '\0' ? wish.target : "backup/");
	(void)!sql_int(core->peek,
		"SELECT max(at_ms) FROM backup_run WHERE ok = 1 AND substr(path, 1, length($1)) = $1",
		&last_ms, SQL_TEXT(folder));
	struct backup_due due = { wish.hour, now_ms, last_ms,
		mono_ms - core->backup_up_ms > CATCH_UP_AFTER_MS };
	if (core->backup_day != today && backup_is_due(&due)) {
		core->backup_day = today;
		backups_run(core);
	}
}

static int done_run(struct txn *txn, void *arg)
{
	return backup_record(txn, arg);
}

void backups_frame(struct core *core, struct ipc_frame *frame)
{
	struct msg_backup_done msg = { 0 };
	if (frame->type != MSG_BACKUP_DONE) {
		return;
	}
	struct job *job = job_create(core, frame->trace);
	if (msg_backup_done_decode(arena_dup(job->arena, frame->payload), &msg) < 0) {
		job_drop(job);
		return;
	}
	struct backup_made *made = arena_take(job->arena, sizeof(*made));
	*made = (struct backup_made) { msg.ok, msg.path, (int64_t)msg.octets, msg.error };
	job_submit_sure(job, done_run, made, job_drop);
}
