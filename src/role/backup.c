/* SPDX-License-Identifier: Apache-2.0 */
/**
 * backup: one online copy, reopened and verified, then gone.
 *
 * Layer: role.
 */
#include <stdio.h>

#include "base/civil.h"
#include "base/err.h"
#include "records/backup.h"
#include "records/db.h"
#include "role/runtime.h"
#include "role/store.h"
#include "sys/clock.h"

struct backup {
	struct runtime *rt;
	struct db *db;
	uv_work_t work;
	char target[512];
	char folder[600];
	int error;
	struct backup_report report;
	struct diag diag;
};

static int prepare(struct runtime *rt, struct diag *diag)
{
	struct backup *b = rt->self;
	b->rt = rt;
	const char *target = runtime_text(rt, "target");
	(void)snprintf(b->target, sizeof(b->target), "%s", target[0] != '\0' ? target : "backup");
	struct civil now = civil_of_ms(clock_unix_ms(), CIVIL_CHINA_OFFSET_MIN);
	(void)snprintf(b->folder, sizeof(b->folder), "%s/fengsui-%04d%02u%02u-%02u%02u%02u", b->target, (int)now.year,
		now.month, now.day, now.hour, now.minute, now.second);
	int error = store_enter(rt, diag);
	return error < 0 ? error : db_open(store_conf(rt), DB_READONLY, &b->db, diag);
}

static size_t paths(struct runtime *rt, struct fence_path *list)
{
	struct backup *b = rt->self;
	list[0] = (struct fence_path){ runtime_handle(rt, "data"), NULL, FENCE_READ };
	list[1] = (struct fence_path){ -1, b->target, FENCE_READ | FENCE_WRITE };
	return 2;
}

static void copy_work(uv_work_t *work)
{
	struct backup *b = work->data;
	bool blobs_are_files = db_kind(b->db) == DB_SQLITE;
	b->error = backup_make(b->db, blobs_are_files ? "blobs" : NULL, b->folder, &b->report, &b->diag);
}

static void copy_done(uv_work_t *work, int status)
{
	struct backup *b = work->data;
	int error = status < 0 ? E_BUSY : b->error;
	struct msg_backup_done msg = {
		.ok = error >= 0,
		.path = slice_str(b->folder),
		.octets = (uint64_t)b->report.blob_octets,
		.error = error >= 0 ? (struct slice){ 0 }
				    : slice_str(b->diag.text[0] != '\0' ? b->diag.text : err_text(error)),
	};
	(void)!RUNTIME_SEND(b->rt, IPC_PARENT, backup_done, MSG_BACKUP_DONE, 0, 0, &msg, -1);
}

static int begin(struct runtime *rt, struct diag *diag)
{
	struct backup *b = rt->self;
	b->work.data = b;
	return uv_queue_work(&rt->loop, &b->work, copy_work, copy_done) != 0
		? diag_set(diag, E_BUSY, 0, 0, "no worker thread")
		: 0;
}

static void end(struct runtime *rt)
{
	struct backup *b = rt->self;
	b->db = db_close(b->db);
}

int main(int argc, char **argv)
{
	static const struct role_spec role = {
		.self = IPC_BACKUP,
		.fence_groups = FENCE_FILES | FENCE_CONNECT,
		.prepare = prepare,
		.paths = paths,
		.begin = begin,
		.end = end,
	};
	static struct backup backup;
	return runtime_main(argc, argv, &role, &backup);
}
