/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/memfd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"

enum { SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

int memfd_of(struct slice octets, int *ret_fd)
{
	int fd = memfd_create("fengsui", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0) {
		return -errno;
	}
	struct slice left = octets;
	while (left.n > 0) {
		ssize_t n = write(fd, left.p, left.n);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			int error = -errno;
			(void)close(fd);
			return error;
		}
		left = slice_skip(left, (size_t)n);
	}
	if (fcntl(fd, F_ADD_SEALS, SEALS) < 0 || lseek(fd, 0, SEEK_SET) < 0) {
		int error = -errno;
		(void)close(fd);
		return error;
	}
	*ret_fd = fd;
	return 0;
}

int memfd_map(int fd, size_t max_octets, struct memfd_map *ret_map)
{
	int seals = fcntl(fd, F_GET_SEALS);
	struct stat st = { 0 };
	if (seals < 0 || fstat(fd, &st) < 0) {
		return -errno;
	}
	if ((seals & SEALS) != SEALS) {
		return E_FORMAT;
	}
	if (st.st_size < 0 || (uintmax_t)st.st_size > max_octets) {
		return E_LIMIT;
	}
	if (st.st_size == 0) {
		*ret_map = (struct memfd_map) { 0 };
		return 0;
	}
	void *base = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (base == MAP_FAILED) {
		return -errno;
	}
	*ret_map = (struct memfd_map) { slice_of(base, (size_t)st.st_size), base };
	return 0;
}

void memfd_unmap(struct memfd_map *map)
{
	if (map->base != NULL) {
		(void)munmap(map->base, map->octets.n);
	}
	*map = (struct memfd_map) { 0 };
}
