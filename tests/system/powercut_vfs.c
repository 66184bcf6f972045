/* SPDX-License-Identifier: Apache-2.0 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "powercut_disk.h"

/*
 * Behaves as SQLite's own "unix" VFS where durability is concerned: a log or
 * journal that was created is followed, at its first sync, by a sync of its
 * folder.  One connection, so locks and shared memory are trivial.
 */
enum { SHM_REGIONS = 16 };

struct vfs_file {
	sqlite3_file base;
	struct disk_file *file;
	bool sync_folder;
	int keep_wal;
	char path[256];
	void *region[SHM_REGIONS];
};

static struct vfs_file *own(sqlite3_file *file)
{
	return (struct vfs_file *)(void *)file;
}

static int x_close(sqlite3_file *file)
{
	for (int i = 0; i < SHM_REGIONS; i++) {
		free(own(file)->region[i]);
		own(file)->region[i] = NULL;
	}
	return SQLITE_OK;
}

static int x_read(sqlite3_file *file, void *out, int n, sqlite3_int64 at)
{
	if (disk_dead()) {
		return SQLITE_IOERR_READ;
	}
	size_t got = disk_read(own(file)->file, out, (size_t)n, (uint64_t)at);
	memset((char *)out + got, 0, (size_t)n - got);
	return got == (size_t)n ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int x_write(sqlite3_file *file, const void *octets, int n, sqlite3_int64 at)
{
	int error = disk_write(own(file)->file, slice_of(octets, (size_t)n), (uint64_t)at);
	return error < 0 ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

static int x_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	return disk_truncate(own(file)->file, (uint64_t)size) < 0 ? SQLITE_IOERR_TRUNCATE
								  : SQLITE_OK;
}

static int sync_folder_of(const char *path)
{
	char folder[256];
	(void)snprintf(folder, sizeof(folder), "%s", path);
	char *slash = strrchr(folder, '/');
	*slash = '\0';
	return disk_sync_names(folder);
}

static int x_sync(sqlite3_file *file, int flags)
{
	(void)flags;
	struct vfs_file *f = own(file);
	if (disk_sync(f->file) < 0) {
		return SQLITE_IOERR_FSYNC;
	}
	if (f->sync_folder) {
		f->sync_folder = false;
		return sync_folder_of(f->path) < 0 ? SQLITE_IOERR_DIR_FSYNC : SQLITE_OK;
	}
	return SQLITE_OK;
}

static int x_file_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
	*ret_size = (sqlite3_int64)disk_size(own(file)->file);
	return SQLITE_OK;
}

static int x_lock(sqlite3_file *file, int level)
{
	(void)file;
	(void)level;
	return SQLITE_OK;
}

static int x_check_lock(sqlite3_file *file, int *ret_held)
{
	(void)file;
	*ret_held = 0;
	return SQLITE_OK;
}

static int x_control(sqlite3_file *file, int op, void *arg)
{
	if (op != SQLITE_FCNTL_PERSIST_WAL) {
		return SQLITE_NOTFOUND;
	}
	int *keep = arg;
	if (*keep >= 0) {
		own(file)->keep_wal = *keep;
	}
	*keep = own(file)->keep_wal;
	return SQLITE_OK;
}

static int x_sector(sqlite3_file *file)
{
	(void)file;
	return 4096;
}

static int x_traits(sqlite3_file *file)
{
	(void)file;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int x_shm_map(
	sqlite3_file *file, int region, int octets, int extend, void volatile **ret_p)
{
	struct vfs_file *f = own(file);
	if (region >= SHM_REGIONS) {
		return SQLITE_IOERR_SHMMAP;
	}
	if (f->region[region] == NULL && extend != 0) {
		f->region[region] = calloc(1, (size_t)octets);
	}
	*ret_p = f->region[region];
	return SQLITE_OK;
}

static int x_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
	(void)file;
	(void)offset;
	(void)n;
	(void)flags;
	return SQLITE_OK;
}

static void x_shm_barrier(sqlite3_file *file)
{
	(void)file;
}

static int x_shm_unmap(sqlite3_file *file, int remove)
{
	(void)remove;
	return x_close(file);
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = x_close,
	.xRead = x_read,
	.xWrite = x_write,
	.xTruncate = x_truncate,
	.xSync = x_sync,
	.xFileSize = x_file_size,
	.xLock = x_lock,
	.xUnlock = x_lock,
	.xCheckReservedLock = x_check_lock,
	.xFileControl = x_control,
	.xSectorSize = x_sector,
	.xDeviceCharacteristics = x_traits,
	.xShmMap = x_shm_map,
	.xShmLock = x_shm_lock,
	.xShmBarrier = x_shm_barrier,
	.xShmUnmap = x_shm_unmap,
};

static int x_open(
	sqlite3_vfs *vfs, sqlite3_filename path, sqlite3_file *file, int flags, int *ret_flags)
{
	(void)vfs;
	struct vfs_file *f = own(file);
	memset(f, 0, sizeof(*f));
	if (path == NULL) {
		return SQLITE_CANTOPEN; /* temporary files are kept in memory */
	}
	(void)snprintf(f->path, sizeof(f->path), "%s", path);
	f->file = disk_find(path);
	if (f->file == NULL && (flags & SQLITE_OPEN_CREATE) != 0) {
		f->file = disk_create(path);
		f->sync_folder = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
	}
	if (f->file == NULL) {
		return SQLITE_CANTOPEN;
	}
	f->base.pMethods = &methods;
	if (ret_flags != NULL) {
		*ret_flags = flags;
	}
	return SQLITE_OK;
}

static int x_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
	(void)vfs;
	if (disk_find(path) == NULL) {
		return SQLITE_IOERR_DELETE_NOENT;
	}
	if (disk_unlink(path) < 0 || (sync_folder != 0 && sync_folder_of(path) < 0)) {
		return SQLITE_IOERR_DELETE;
	}
	return SQLITE_OK;
}

static int x_access(sqlite3_vfs *vfs, const char *path, int flags, int *ret_yes)
{
	(void)vfs;
	(void)flags;
	*ret_yes = disk_find(path) != NULL;
	return SQLITE_OK;
}

static int x_full_path(sqlite3_vfs *vfs, const char *path, int room, char *out)
{
	(void)vfs;
	(void)sqlite3_snprintf(room, out, "%s", path);
	return SQLITE_OK;
}

void disk_vfs(bool use)
{
	static sqlite3_vfs vfs;
	if (!use) {
		(void)sqlite3_vfs_unregister(&vfs);
		return;
	}
	const sqlite3_vfs *real = sqlite3_vfs_find("unix");
	vfs = *real;
	vfs.pNext = NULL;
	vfs.zName = "powercut";
	vfs.szOsFile = (int)sizeof(struct vfs_file);
	vfs.xOpen = x_open;
	vfs.xDelete = x_delete;
	vfs.xAccess = x_access;
	vfs.xFullPathname = x_full_path;
	(void)sqlite3_vfs_register(&vfs, 1);
}
