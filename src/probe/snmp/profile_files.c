/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles off the disk. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "probe/snmp/profile.h"

enum { NAME_OCTETS_MAX = 64, PATH_OCTETS_MAX = 2 * NAME_OCTETS_MAX + 2 };

/* In the order in which one may name what stands in another. */
static const char *const folders[] = { "mib", "generic", "family", "." };

struct profile_file {
	char path[PATH_OCTETS_MAX]; /* below its folder, with .yaml */
	int folder;                 /* place in folders[] */
	int dir_fd;
};

struct profile_list {
	struct profile_file items[PROFILES_MAX];
	size_t count;
	struct diag_list *diags;
};

static void note(struct diag_list *diags, const char *name, const char *text)
{
	struct diag diag = { 0 };
	(void)snprintf(diag.source, sizeof(diag.source), "%s", name);
	(void)snprintf(diag.text, sizeof(diag.text), "%s", text);
	diag_list_add(diags, &diag);
}

/* The site's file of the same name takes the place of ours. */
static void add(struct profile_list *list, int folder, const char *name, int dir_fd)
{
	struct slice text = slice_str(name);
	struct profile_file file = { .folder = folder, .dir_fd = dir_fd };
	if (!slice_ends(text, SLICE(".yaml")) || name[0] == '.') {
		return;
	}
	if (text.n > NAME_OCTETS_MAX) {
		note(list->diags, name, "the name is too long");
		return;
	}
	(void)snprintf(file.path, sizeof(file.path), "%s%s%s",
		folders[folder][0] == '.' ? "" : folders[folder],
		folders[folder][0] == '.' ? "" : "/", name);
	size_t at = 0;
	while (at < list->count && strcmp(list->items[at].path, file.path) != 0) {
		at++;
	}
	if (at == PROFILES_MAX) {
		note(list->diags, name, "too many profiles");
		return;
	}
	list->items[at] = file;
	list->count += at == list->count;
}

static void list_folder(struct profile_list *list, int dir_fd, int folder)
{
	int fd = dir_fd < 0
			 ? -1
			 : openat(dir_fd, folders[folder], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry = NULL;
	if (dir == NULL && fd >= 0) {
		(void)close(fd);
	}
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		add(list, folder, entry->d_name, dir_fd);
	}
	if (dir != NULL) {
		(void)closedir(dir);
	}
}

static int file_read(const struct profile_file *file, struct buf *buf)
{
	int fd = openat(file->dir_fd, file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int error = fd < 0 ? -errno : 0;
	for (ssize_t n = 1; error == 0 && n > 0;) {
		uint8_t *room = buf_reserve(buf, 4096);
		n = room == NULL ? -1 : read(fd, room, 4096);
		if (n < 0) {
			error = room == NULL ? E_LIMIT : -errno;
		} else {
			buf_commit(buf, (size_t)n);
		}
	}
	if (fd >= 0) {
		(void)close(fd);
	}
	return error;
}

static int by_folder_then_name(const void *a, const void *b)
{
	const struct profile_file *x = a;
	const struct profile_file *y = b;
	return x->folder != y->folder ? x->folder - y->folder : strcmp(x->path, y->path);
}

static bool load(
	struct profiles *profiles, const struct profile_file *file, struct diag_list *diags)
{
	AUTO_BUF struct buf text;
	char name[PATH_OCTETS_MAX];
	buf_init(&text, PROFILE_OCTETS_MAX + 4096);
	int error = file_read(file, &text);
	if (error < 0) {
		note(diags, file->path, err_text(error));
		return false;
	}
	(void)snprintf(name, sizeof(name), "%.*s", (int)(strlen(file->path) - strlen(".yaml")),
		file->path);
	return profiles_load(profiles, buf_slice(&text), name, diags) == 0;
}

int profiles_read(int share_fd, int site_fd, struct profiles *profiles, struct diag_list *diags)
{
	struct profile_list *list = calloc(1, sizeof(*list));
	if (list == NULL) {
		abort();
	}
	list->diags = diags;
	for (int i = 0; i < (int)(sizeof(folders) / sizeof(folders[0])); i++) {
		list_folder(list, share_fd, i);
		list_folder(list, site_fd, i);
	}
	qsort(list->items, list->count, sizeof(list->items[0]), by_folder_then_name);
	int loaded = 0;
	for (size_t i = 0; i < list->count; i++) {
		loaded += load(profiles, &list->items[i], diags) ? 1 : 0;
	}
	free(list);
	(void)!profiles_link(profiles, diags);
	return loaded;
}
