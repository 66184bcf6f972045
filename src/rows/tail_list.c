/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/num.h"
#include "rows/tail_priv.h"

static const char *kind_name(enum row_kind kind)
{
	static const char *const names[] = {
		[ROW_SAMPLE] = "sample", [ROW_LOG] = "log", [ROW_SERIES] = "series"
	};
	return names[kind];
}

/* Thirteen digits reach to the year 2286; more stay readable, only wider. */
void tail_name(char ret_name[TAIL_NAME_MAX], enum row_kind kind, int64_t start_ms)
{
	(void)snprintf(
		ret_name, TAIL_NAME_MAX, "%s-%013" PRId64 ".tail", kind_name(kind), start_ms);
}

static int name_parse(struct slice name, enum row_kind kind, int64_t *ret_start_ms)
{
	struct slice prefix = slice_str(kind_name(kind));
	if (!slice_starts(name, prefix) || !slice_ends(name, SLICE(".tail"))) {
		return E_FORMAT;
	}
	struct slice rest = slice_skip(name, prefix.n);
	if (rest.n < 7 || rest.p[0] != '-') {
		return E_FORMAT;
	}
	return num_i64(slice_of(rest.p + 1, rest.n - 6), 0, INT64_MAX, ret_start_ms);
}

static int by_start(const void *a, const void *b)
{
	const struct tail_file *x = a;
	const struct tail_file *y = b;
	return (x->start_ms > y->start_ms) - (x->start_ms < y->start_ms);
}

static void take(struct tail_list *list, DIR *dir, enum row_kind kind, bool with_size)
{
	const struct dirent *entry = NULL;
	while ((entry = readdir(dir)) != NULL) {
		struct tail_file file = { 0 };
		if (name_parse(slice_str(entry->d_name), kind, &file.start_ms) < 0) {
			continue;
		}
		if (list->count == TAIL_FILES_MAX) {
			list->refused++;
			continue;
		}
		struct stat st = { 0 };
		if (with_size &&
			fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
			file.octets = (uint64_t)st.st_size;
		}
		list->items[list->count++] = file;
	}
}

int tail_list_read(int dir_fd, enum row_kind kind, bool with_size, struct tail_list *ret_list)
{
	/* A descriptor of its own: a duplicate would share the read position. */
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		return -errno;
	}
	DIR *dir = fdopendir(fd);
	if (dir == NULL) {
		int error = -errno;
		(void)close(fd);
		return error;
	}
	struct tail_list list = { .items = calloc(TAIL_FILES_MAX, sizeof(struct tail_file)) };
	if (list.items == NULL) {
		abort();
	}
	take(&list, dir, kind, with_size);
	(void)closedir(dir);
	qsort(list.items, list.count, sizeof(list.items[0]), by_start);
	*ret_list = list;
	return 0;
}

void tail_list_fini(struct tail_list *list)
{
	free(list->items);
	*list = (struct tail_list) { 0 };
}
