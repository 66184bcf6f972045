/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/share.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"

int share_find(const char *inside, char ret_path[PATH_MAX])
{
	static const char *const places[] = { "../share/fengsui", "share/fengsui", ".." };
	char folder[PATH_MAX] = "";
	ssize_t n = readlink("/proc/self/exe", folder, sizeof(folder) - 1);
	char *slash = n > 0 ? strrchr(folder, '/') : NULL;
	if (slash == NULL) {
		return E_ABSENT;
	}
	*slash = '\0';
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		char path[PATH_MAX];
		int length =
			snprintf(path, sizeof(path), "%s/%s/%s", folder, places[i], inside);
		if (length > 0 && length < PATH_MAX && access(path, R_OK) == 0) {
			memcpy(ret_path, path, (size_t)length + 1);
			return 0;
		}
	}
	return E_ABSENT;
}

int share_read(const char *path, size_t octets_max, struct buf *buf)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return -errno;
	}
	/* One octet more than allowed shows that the file is too long. */
	uint8_t *room = buf_reserve(buf, octets_max + 1);
	int error = room == NULL ? E_LIMIT : 0;
	size_t used = 0;
	while (error == 0 && used <= octets_max) {
		ssize_t n = read(fd, room + used, octets_max + 1 - used);
		if (n == 0) {
			break;
		}
		if (n > 0) {
			used += (size_t)n;
		} else if (errno != EINTR) {
			error = -errno;
		}
	}
	(void)close(fd);
	if (error == 0 && used > octets_max) {
		error = E_LIMIT;
	}
	if (error == 0) {
		buf_commit(buf, used);
	}
	return error;
}
