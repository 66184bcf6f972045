/* SPDX-License-Identifier: Apache-2.0 */
#include "powercut_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILES_MAX = 512, PENDING_MAX = 4096, PATH_OCTETS = 256, SECTOR = 512 };

struct content {
	uint8_t *p;
	size_t n;
	size_t room;
};

struct disk_file {
	char path[PATH_OCTETS]; /* as last named, for the observer */
	struct content live;
	struct content durable;
};

struct name {
	char path[PATH_OCTETS];
	struct disk_file *file;
};

/* A write, truncation or change of a name that no sync has confirmed. */
struct pending {
	struct disk_file *file; /* of a write or truncation; the named one otherwise */
	bool is_name;
	bool is_truncate;
	uint64_t at;
	uint8_t *octets;
	size_t n;
	char set[PATH_OCTETS];   /* this name now means file; empty = none */
	char unset[PATH_OCTETS]; /* this name means nothing any more; empty = none */
};

static struct {
	struct disk_conf conf;
	struct disk_file *files[FILES_MAX];
	size_t file_count;
	struct name live[FILES_MAX];
	size_t live_count;
	struct name durable[FILES_MAX];
	size_t durable_count;
	struct pending pending[PENDING_MAX];
	size_t pending_count;
	bool armed;
	bool dead;
	uint64_t ops;
	uint64_t cut;
	uint64_t random;
} disk;

static void die(const char *why)
{
	(void)fprintf(stderr, "powercut: %s\n", why);
	abort();
}

static uint32_t draw(uint32_t below)
{
	disk.random = disk.random * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(disk.random >> 33) % below;
}

static void content_put(struct content *c, struct slice octets, uint64_t at)
{
	size_t end = (size_t)at + octets.n;
	if (end > c->room) {
		c->room = end * 2;
		c->p = realloc(c->p, c->room);
		if (c->p == NULL) {
			die("no memory");
		}
	}
	if (at > c->n) {
		memset(c->p + c->n, 0, (size_t)at - c->n);
	}
	if (octets.n > 0) {
		memcpy(c->p + at, octets.p, octets.n);
	}
	c->n = end > c->n ? end : c->n;
}

static void content_cut(struct content *c, uint64_t size)
{
	if (size > c->n) {
		content_put(c, slice_of(NULL, 0), size);
	}
	c->n = (size_t)size;
}

static struct name *name_find(struct name *names, size_t count, const char *path)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(names[i].path, path) == 0) {
			return &names[i];
		}
	}
	return NULL;
}

static void name_set(
	struct name *names, size_t *count, const char *path, struct disk_file *file)
{
	struct name *name = name_find(names, *count, path);
	if (name == NULL) {
		if (*count == FILES_MAX) {
			die("too many names");
		}
		name = &names[(*count)++];
		(void)snprintf(name->path, sizeof(name->path), "%s", path);
	}
	name->file = file;
}

static void name_unset(struct name *names, size_t *count, const char *path)
{
	struct name *name = name_find(names, *count, path);
	if (name != NULL) {
		*name = names[--*count];
	}
}

void disk_start(const struct disk_conf *conf)
{
	disk_end();
	disk.conf = *conf;
	disk.random = conf->seed * 2 + 1;
}

void disk_end(void)
{
	for (size_t i = 0; i < disk.pending_count; i++) {
		free(disk.pending[i].octets);
	}
	for (size_t i = 0; i < disk.file_count; i++) {
		free(disk.files[i]->live.p);
		free(disk.files[i]->durable.p);
		free(disk.files[i]);
	}
	memset(&disk, 0, sizeof(disk));
}

static struct disk_file *file_new(const char *path)
{
	struct disk_file *file = calloc(1, sizeof(*file));
	if (file == NULL || disk.file_count == FILES_MAX) {
		die("too many files");
	}
	(void)snprintf(file->path, sizeof(file->path), "%s", path);
	disk.files[disk.file_count++] = file;
	return file;
}

void disk_load(const char *path, struct slice octets)
{
	struct disk_file *file = file_new(path);
	content_put(&file->live, octets, 0);
	content_put(&file->durable, octets, 0);
	name_set(disk.live, &disk.live_count, path, file);
	name_set(disk.durable, &disk.durable_count, path, file);
}

void disk_arm(uint64_t cut)
{
	disk.armed = true;
	disk.cut = cut;
}

uint64_t disk_ops(void)
{
	return disk.ops;
}

bool disk_dead(void)
{
	return disk.dead;
}

static struct pending *pend(void)
{
	if (disk.pending_count == PENDING_MAX) {
		die("too many unsynced writes");
	}
	struct pending *p = &disk.pending[disk.pending_count++];
	memset(p, 0, sizeof(*p));
	return p;
}

/* The operation is done; now the power may go. */
static void count(enum disk_op op, const char *path)
{
	if (!disk.armed) {
		return;
	}
	disk.ops++;
	if (disk.conf.seen != NULL) {
		disk.conf.seen(op, path);
	}
	disk.dead = disk.cut != 0 && disk.ops >= disk.cut;
}

struct disk_file *disk_find(const char *path)
{
	struct name *name = name_find(disk.live, disk.live_count, path);
	return name != NULL ? name->file : NULL;
}

struct disk_file *disk_create(const char *path)
{
	if (disk.dead) {
		return NULL;
	}
	struct disk_file *file = file_new(path);
	name_set(disk.live, &disk.live_count, path, file);
	struct pending *p = pend();
	p->is_name = true;
	p->file = file;
	(void)snprintf(p->set, sizeof(p->set), "%s", path);
	count(DISK_NAME, path);
	return file;
}

size_t disk_size(const struct disk_file *file)
{
	return file->live.n;
}

size_t disk_read(const struct disk_file *file, void *out, size_t n, uint64_t at)
{
	size_t left = at < file->live.n ? file->live.n - (size_t)at : 0;
	size_t got = n < left ? n : left;
	if (got > 0) {
		memcpy(out, file->live.p + at, got);
	}
	return got;
}

int disk_write(struct disk_file *file, struct slice octets, uint64_t at)
{
	if (disk.dead) {
		return -EIO;
	}
	content_put(&file->live, octets, at);
	struct pending *p = pend();
	p->file = file;
	p->at = at;
	p->n = octets.n;
	p->octets = malloc(octets.n + 1);
	if (p->octets == NULL) {
		die("no memory");
	}
	memcpy(p->octets, octets.p, octets.n);
	count(DISK_WRITE, file->path);
	return 0;
}

int disk_truncate(struct disk_file *file, uint64_t size)
{
	if (disk.dead) {
		return -EIO;
	}
	content_cut(&file->live, size);
	struct pending *p = pend();
	p->file = file;
	p->is_truncate = true;
	p->at = size;
	count(DISK_WRITE, file->path);
	return 0;
}

static void settle(const struct pending *p)
{
	if (p->is_name) {
		if (p->unset[0] != '\0') {
			name_unset(disk.durable, &disk.durable_count, p->unset);
		}
		if (p->set[0] != '\0') {
			name_set(disk.durable, &disk.durable_count, p->set, p->file);
		}
	} else if (p->is_truncate) {
		content_cut(&p->file->durable, p->at);
	} else {
		content_put(&p->file->durable, slice_of(p->octets, p->n), p->at);
	}
}

static bool in_folder(const char *path, const char *folder)
{
	const char *slash = strrchr(path, '/');
	size_t n = strlen(folder);
	return slash != NULL && (size_t)(slash - path) == n && strncmp(path, folder, n) == 0;
}

static bool of_folder(const struct pending *p, const char *folder)
{
	return p->is_name && (in_folder(p->set, folder) || in_folder(p->unset, folder));
}

/* Settle, in order, what belongs to the file or to the folder. */
static void settle_all(const struct disk_file *file, const char *folder)
{
	size_t kept = 0;
	for (size_t i = 0; i < disk.pending_count; i++) {
		struct pending *p = &disk.pending[i];
		bool mine =
			folder != NULL ? of_folder(p, folder) : !p->is_name && p->file == file;
		if (mine) {
			settle(p);
			free(p->octets);
		} else {
			disk.pending[kept++] = *p;
		}
	}
	disk.pending_count = kept;
}

static bool is_wal(const char *path)
{
	size_t n = strlen(path);
	return n > 4 && strcmp(path + n - 4, "-wal") == 0;
}

int disk_sync(struct disk_file *file)
{
	if (disk.dead) {
		return -EIO;
	}
	bool lie = is_wal(file->path) ? disk.conf.lies.no_wal_sync
				      : strstr(file->path, "/blobs/") != NULL &&
						disk.conf.lies.no_blob_sync;
	if (!lie) {
		settle_all(file, NULL);
	}
	count(DISK_SYNC, file->path);
	return 0;
}

int disk_sync_names(const char *folder)
{
	if (disk.dead) {
		return -EIO;
	}
	if (!disk.conf.lies.no_dir_sync) {
		settle_all(NULL, folder);
	}
	count(DISK_SYNC_DIR, folder);
	return 0;
}

int disk_rename(const char *from, const char *to)
{
	struct disk_file *file = disk_find(from);
	if (disk.dead || file == NULL) {
		return disk.dead ? -EIO : -ENOENT;
	}
	name_unset(disk.live, &disk.live_count, from);
	name_set(disk.live, &disk.live_count, to, file);
	(void)snprintf(file->path, sizeof(file->path), "%s", to);
	struct pending *p = pend();
	p->is_name = true;
	p->file = file;
	(void)snprintf(p->set, sizeof(p->set), "%s", to);
	(void)snprintf(p->unset, sizeof(p->unset), "%s", from);
	count(DISK_NAME, to);
	return 0;
}

int disk_unlink(const char *path)
{
	if (disk.dead || disk_find(path) == NULL) {
		return disk.dead ? -EIO : -ENOENT;
	}
	name_unset(disk.live, &disk.live_count, path);
	struct pending *p = pend();
	p->is_name = true;
	(void)snprintf(p->unset, sizeof(p->unset), "%s", path);
	count(DISK_NAME, path);
	return 0;
}

/* Of a write some sectors reach the platter and others do not. */
static void settle_torn(const struct pending *p)
{
	for (uint64_t at = 0; at < p->n;) {
		uint64_t end = (p->at + at) / SECTOR * SECTOR + SECTOR - p->at;
		end = end < p->n ? end : p->n;
		if (draw(2) != 0) {
			content_put(&p->file->durable,
				slice_of(p->octets + at, (size_t)(end - at)), p->at + at);
		}
		at = end;
	}
}

void disk_survivors(void (*give)(void *arg, const char *path, struct slice octets), void *arg)
{
	/* All of the rest is lost, all but the last is kept, or each as it falls. */
	uint32_t mood = draw(4);
	for (size_t i = 0; i < disk.pending_count; i++) {
		const struct pending *p = &disk.pending[i];
		bool last = i + 1 == disk.pending_count;
		uint32_t fate = mood == 0 ? 0 : mood == 1 && !last ? 1 : draw(3);
		if (fate == 1) {
			settle(p);
		} else if (fate == 2 && !p->is_name && !p->is_truncate) {
			settle_torn(p);
		}
	}
	for (size_t i = 0; i < disk.durable_count; i++) {
		const struct content *c = &disk.durable[i].file->durable;
		give(arg, disk.durable[i].path, slice_of(c->p, c->n));
	}
}

/* The face to sys/fs: descriptors are places in files[]. */

static int face_open(void *ctx, const char *path, int flags, mode_t mode)
{
	(void)ctx;
	(void)mode;
	struct disk_file *file = disk_find(path);
	if (file == NULL && (flags & O_CREAT) != 0) {
		file = disk_create(path);
	}
	for (size_t i = 0; file != NULL && i < disk.file_count; i++) {
		if (disk.files[i] == file) {
			return (int)i;
		}
	}
	return disk.dead ? -EIO : -ENOENT;
}

static ssize_t face_pwrite(void *ctx, int fd, const void *octets, size_t n, off_t at)
{
	(void)ctx;
	int error = disk_write(disk.files[fd], slice_of(octets, n), (uint64_t)at);
	return error < 0 ? error : (ssize_t)n;
}

static int face_fsync(void *ctx, int fd)
{
	(void)ctx;
	return disk_sync(disk.files[fd]);
}

static int face_fsync_dir(void *ctx, const char *path)
{
	(void)ctx;
	return disk_sync_names(path);
}

static int face_rename(void *ctx, const char *from, const char *to)
{
	(void)ctx;
	return disk_rename(from, to);
}

static int face_unlink(void *ctx, const char *path)
{
	(void)ctx;
	return disk_unlink(path);
}

/* Folders are made once, before anything is measured: on the real file system. */
static int face_mkdir(void *ctx, const char *path, mode_t mode)
{
	(void)ctx;
	return mkdir(path, mode) < 0 ? -errno : 0;
}

static int face_close(void *ctx, int fd)
{
	(void)ctx;
	(void)fd;
	return 0;
}

const struct fs *disk_fs(void)
{
	static const struct fs_ops ops = { face_open, face_pwrite, face_fsync, face_fsync_dir,
		face_rename, face_unlink, face_mkdir, face_close };
	static const struct fs face = { &ops, NULL };
	return &face;
}
