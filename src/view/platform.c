/* SPDX-License-Identifier: Apache-2.0 */
#include "view/platform.h"

#include <sys/statvfs.h>

#include "base/json.h"
#include "records/sql.h"
#include "view/view.h"

static void roles_read(struct platform *platform)
{
	for (const struct json *r = json_first(json_get(platform->health, "roles")); r != NULL;
		r = json_next(r)) {
		platform->sandbox_relaxed = platform->sandbox_relaxed ||
					    slice_is(json_get_str(r, "sandbox"), "relaxed");
		platform->clock_wrong =
			platform->clock_wrong ||
			json_get_int(json_get(r, "counters"), "clock_held", 0) != 0;
	}
}

/* The clock is a check like any other; it is said as its last signal left it. */
static int clock_read(struct view *view, struct platform *platform)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT live_code FROM watch WHERE kind = 'host' AND target = $1"
		" AND enabled = 1 AND live_code IS NOT NULL ORDER BY id LIMIT 1",
		&q, SQL_STR("clock"));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		platform->clock_unsynced =
			slice_is(db_col_text(q, 0), "host.clock_unsynchronised") ||
			slice_is(db_col_text(q, 0), "host.clock_wrong");
	}
	return row < 0 ? row : 0;
}

static int backup_read(struct view *view, struct platform *platform)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = db_prepare(view->db,
		"SELECT at_ms, ok FROM backup_run ORDER BY at_ms DESC, id DESC LIMIT 1", &q);
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		platform->backup_at_ms = db_col_int64(q, 0);
		platform->backup_ok = db_col_int64(q, 1) == 1;
	}
	return row < 0 ? row : 0;
}

int platform_load(struct view *view, struct platform *ret_platform)
{
	struct platform platform = { 0 };
	struct statvfs disk;
	if (view->env->health.n > 0 &&
		json_parse(view->arena, view->env->health, 0, &platform.health, NULL) < 0) {
		platform.health = NULL;
	}
	roles_read(&platform);
	if (view->env->blobs_fd >= 0 && fstatvfs(view->env->blobs_fd, &disk) == 0) {
		platform.disk_free = (int64_t)(disk.f_bavail * disk.f_frsize);
		platform.disk_total = (int64_t)(disk.f_blocks * disk.f_frsize);
	}
	int error = clock_read(view, &platform);
	error = error < 0 ? error : backup_read(view, &platform);
	if (error >= 0) {
		*ret_platform = platform;
	}
	return error;
}
