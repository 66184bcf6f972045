/* SPDX-License-Identifier: Apache-2.0 */
/**
 * backup: one online copy, reopened and verified, then gone; of those made
 * before, the last two weeks' stay.
 *
 * Layer: role.
 */
#include "records/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/err.h"
#include "records/db.h"
#include "role/runtime.h"
#include "role/store.h"
#include "sys/clock.h"

/* As many as stay where this process puts them; FOUND_MAX of leftovers at a time is plenty. */
enum { KEPT_MAX = 14, FOUND_MAX = 512, NAME_OCTETS = 32, DEPTH_MAX = 4 };
#define NAME_PATTERN "fengsui-########-######"

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
	(void)snprintf(
		b->target, sizeof(b->target), "%s", target[0] != '\0' ? target : "backup");
	struct civil now = civil_of_ms(clock_unix_ms(), CIVIL_CHINA_OFFSET_MIN);
	(void)snprintf(b->folder, sizeof(b->folder), "%s/fengsui-%04d%02u%02u-%02u%02u%02u",
		b->target, (int)now.year, now.month, now.day, now.hour, now.minute, now.second);
	int error = store_enter(rt, diag);
	return error < 0 ? error : db_open(store_conf(rt), DB_READONLY, &b->db, diag);
}

static size_t paths(struct runtime *rt, struct fence_path *list)
{
	struct backup *b = rt->self;
	list[0] = (struct fence_path) { runtime_handle(rt, "data"), NULL, FENCE_READ };
	list[1] = (struct fence_path) { -1, b->target, FENCE_READ | FENCE_WRITE };
	return 2;
}

/* "fengsui-20261122-030000": made by us, whole; or with ".part" behind it, cut off. */
static bool own_name(const char *name, bool *ret_whole)
{
	static const char pattern[] = NAME_PATTERN;
	size_t n = sizeof(pattern) - 1;
	for (size_t i = 0; i < n; i++) {
		bool digit = name[i] >= '0' && name[i] <= '9';
		if (pattern[i] == '#' ? !digit : name[i] != pattern[i]) {
			return false;
		}
	}
	*ret_whole = name[n] == '\0';
	return *ret_whole || strcmp(name + n, ".part") == 0;
}

static void tree_remove(int at, const char *name, int depth)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry = NULL;
	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		bool dots = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
		if (!dots && unlinkat(dirfd(folder), entry->d_name, 0) < 0 && errno == EISDIR &&
			depth < DEPTH_MAX) {
			tree_remove(dirfd(folder), entry->d_name, depth + 1);
		}
	}
	if (folder != NULL) {
		(void)closedir(folder);
	}
	(void)unlinkat(at, name, AT_REMOVEDIR);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* The newest KEPT_MAX stay; what an interrupted run left goes.  Names sort by time. */
static void older_remove(const char *target)
{
	static char found[FOUND_MAX][NAME_OCTETS];
	size_t count = 0;
	bool whole = false;
	DIR *folder = opendir(target);
	const struct dirent *entry = NULL;
	while (folder != NULL && count < FOUND_MAX && (entry = readdir(folder)) != NULL) {
		if (!own_name(entry->d_name, &whole)) {
			continue;
		}
		if (whole) {
			memcpy(found[count++], entry->d_name,
				sizeof(NAME_PATTERN)); /* its length is the pattern's */
		} else {
			tree_remove(dirfd(folder), entry->d_name, 0);
		}
	}
	qsort(found, count, NAME_OCTETS, by_name);
	for (size_t i = 0; folder != NULL && i + KEPT_MAX < count; i++) {
		tree_remove(dirfd(folder), found[i], 0);
	}
	if (folder != NULL) {
		(void)closedir(folder);
	}
}

static void copy_work(uv_work_t *work)
{
	struct backup *b = work->data;
	bool blobs_are_files = db_kind(b->db) == DB_SQLITE;
	struct backup_source source = { b->db, blobs_are_files ? "blobs" : NULL, "audit.pub" };
	b->error = backup_make(&source, b->folder, &b->report, &b->diag);
	if (b->error >= 0) {
		older_remove(b->target);
	}
}

static void copy_done(uv_work_t *work, int status)
{
	struct backup *b = work->data;
	int error = status < 0 ? E_BUSY : b->error;
	struct msg_backup_done msg = {
		.ok = error >= 0,
		.path = slice_str(b->folder),
		.octets = (uint64_t)b->report.blob_octets,
		.error = error >= 0 ? (struct slice) { 0 }
				    : slice_str(b->diag.text[0] != '\0' ? b->diag.text
									: err_text(error)),
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
