/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static int real_open(void *ctx, const char *path, int flags, mode_t mode)
{
	(void)ctx;
	int fd = open(path, flags | O_CLOEXEC, mode);
	return fd < 0 ? -errno : fd;
}

static ssize_t real_pwrite(void *ctx, int fd, const void *octets, size_t n, off_t at)
{
	(void)ctx;
	ssize_t written = pwrite(fd, octets, n, at);
	return written < 0 ? -errno : written;
}

static int real_fsync(void *ctx, int fd)
{
	(void)ctx;
	return fsync(fd) < 0 ? -errno : 0;
}

static int real_fsync_dir(void *ctx, const char *path)
{
	(void)ctx;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		return -errno;
	}
	int error = fsync(fd) < 0 ? -errno : 0;
	(void)close(fd);
	return error;
}

static int real_rename(void *ctx, const char *from, const char *to)
{
	(void)ctx;
	return rename(from, to) < 0 ? -errno : 0;
}

static int real_unlink(void *ctx, const char *path)
{
	(void)ctx;
	return unlink(path) < 0 ? -errno : 0;
}

static int real_mkdir(void *ctx, const char *path, mode_t mode)
{
	(void)ctx;
	return mkdir(path, mode) < 0 ? -errno : 0;
}

static int real_close(void *ctx, int fd)
{
	(void)ctx;
	return close(fd) < 0 ? -errno : 0;
}

const struct fs *fs_real(void)
{
	static const struct fs_ops ops = { real_open, real_pwrite, real_fsync, real_fsync_dir,
		real_rename, real_unlink, real_mkdir, real_close };
	static const struct fs real = { &ops, NULL };
	return &real;
}

int fs_open(const struct fs *fs, const char *path, int flags)
{
	return fs->ops->open(fs->ctx, path, flags, 0600);
}

int fs_write(const struct fs *fs, int fd, struct slice octets, int64_t at)
{
	while (octets.n > 0) {
		ssize_t n = fs->ops->pwrite(fs->ctx, fd, octets.p, octets.n, (off_t)at);
		if (n == -EINTR) {
			continue;
		}
		if (n <= 0) {
			return n == 0 ? -EIO : (int)n;
		}
		octets = slice_skip(octets, (size_t)n);
		at += n;
	}
	return 0;
}

int fs_sync(const struct fs *fs, int fd)
{
	return fs->ops->fsync(fs->ctx, fd);
}

int fs_sync_dir(const struct fs *fs, const char *path)
{
	return fs->ops->fsync_dir(fs->ctx, path);
}

int fs_rename(const struct fs *fs, const char *from, const char *to)
{
	return fs->ops->rename(fs->ctx, from, to);
}

int fs_unlink(const struct fs *fs, const char *path)
{
	return fs->ops->unlink(fs->ctx, path);
}

int fs_mkdir(const struct fs *fs, const char *path)
{
	int error = fs->ops->mkdir(fs->ctx, path, 0700);
	if (error == -EEXIST) {
		return 0;
	}
	return error < 0 ? error : 1;
}

int fs_close(const struct fs *fs, int fd)
{
	return fs->ops->close(fs->ctx, fd);
}

bool fs_below_reserve(int64_t total_octets, int64_t free_octets)
{
	int64_t share = total_octets / 100 * FS_RESERVE_PERCENT;
	return free_octets < (share < FS_RESERVE_OCTETS ? share : FS_RESERVE_OCTETS);
}

int fs_space_of(const char *path, struct fs_space *ret_space)
{
	struct statvfs st;
	if (statvfs(path, &st) < 0) {
		return -errno;
	}
	int64_t unit = (int64_t)st.f_frsize;
	int64_t total = (int64_t)st.f_blocks * unit;
	int64_t left = (int64_t)st.f_bavail * unit;
	*ret_space = (struct fs_space) { total, left, fs_below_reserve(total, left) };
	return 0;
}
