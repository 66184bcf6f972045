/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/packs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "proto/logfields.h"

enum { NAME_MAX_OCTETS = 64, PACK_MAX = 1024 * 1024 };

struct pack_file {
	char name[NAME_MAX_OCTETS + 1]; /* with .json */
	int dir_fd;
};

struct pack_list {
	struct pack_file items[PACKS_FILES_MAX];
	size_t count;
};

static void note(struct diag_list *diags, const char *name, int error, const char *text)
{
	struct diag diag = { 0 };
	(void)diag_set(&diag, error, 0, 0, "%s", text);
	(void)snprintf(diag.source, sizeof(diag.source), "%s", name);
	diag_list_add(diags, &diag);
}

static void add(struct pack_list *list, const char *name, int dir_fd, struct diag_list *diags)
{
	struct slice text = slice_str(name);
	if (!slice_ends(text, SLICE(".json")) || name[0] == '.') {
		return;
	}
	size_t at = 0;
	while (at < list->count && strcmp(list->items[at].name, name) != 0) {
		at++;
	}
	if (at == PACKS_FILES_MAX || text.n > NAME_MAX_OCTETS) {
		note(diags, name, E_LIMIT, "too many packs, or the name is too long");
		return;
	}
	memcpy(list->items[at].name, name, text.n + 1);
	list->items[at].dir_fd = dir_fd;
	list->count += at == list->count;
}

static void list_folder(struct pack_list *list, int dir_fd, struct diag_list *diags)
{
	int fd = dir_fd < 0 ? -1 : openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (dir == NULL) {
		if (fd >= 0) {
			(void)close(fd);
		}
		return;
	}
	const struct dirent *entry = NULL;
	while ((entry = readdir(dir)) != NULL) {
		add(list, entry->d_name, dir_fd, diags);
	}
	(void)closedir(dir);
}

static int read_file(const struct pack_file *file, struct buf *buf)
{
	int fd = openat(file->dir_fd, file->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		return -errno;
	}
	int error = 0;
	for (;;) {
		uint8_t *room = buf_reserve(buf, 4096);
		ssize_t n = room == NULL ? 0 : read(fd, room, 4096);
		if (room == NULL || n < 0) {
			error = room == NULL ? E_LIMIT : -errno;
		}
		if (error < 0 || n == 0) {
			break;
		}
		buf_commit(buf, (size_t)n);
	}
	(void)close(fd);
	return error;
}

static int load(const struct pack_file *file, struct logfields *packs, struct diag_list *diags)
{
	AUTO_BUF struct buf json;
	buf_init(&json, PACK_MAX);
	int error = read_file(file, &json);
	if (error < 0) {
		note(diags, file->name, error, err_text(error));
		return 0;
	}
	char name[NAME_MAX_OCTETS + 1];
	(void)snprintf(name, sizeof(name), "%.*s", (int)(strlen(file->name) - 5), file->name);
	struct diag diag = { 0 };
	int count = logfields_load(packs, buf_slice(&json), name, &diag);
	if (count < 0) {
		(void)snprintf(diag.source, sizeof(diag.source), "%s", file->name);
		diag_list_add(diags, &diag);
		return 0;
	}
	return count;
}

static int by_name(const void *a, const void *b)
{
	const struct pack_file *x = a;
	const struct pack_file *y = b;
	return strcmp(x->name, y->name);
}

int packs_load(int share_fd, int site_fd, struct logfields *packs, struct diag_list *diags)
{
	struct pack_list *list = calloc(1, sizeof(*list));
	if (list == NULL) {
		abort();
	}
	list_folder(list, share_fd, diags);
	list_folder(list, site_fd, diags);
	qsort(list->items, list->count, sizeof(list->items[0]), by_name);
	int count = 0;
	for (size_t i = 0; i < list->count; i++) {
		count += load(&list->items[i], packs, diags);
	}
	free(list);
	return count;
}
