/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/plugin/place.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

bool plugin_name_fits(struct slice name)
{
	static const char marks[] = "_-.+";
	bool fits = name.n > 0 && name.n <= PLUGIN_NAME_MAX && name.p[0] != '.';
	for (size_t i = 0; i < name.n && fits; i++) {
		uint8_t c = name.p[i];
		fits = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
		       (c != 0 && strchr(marks, c) != NULL);
	}
	return fits;
}

static enum plugin_how look(int folder, const char *name)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
	struct stat st = { 0 };
	int fd = (int)syscall(SYS_openat2, folder, name, &how, sizeof(how));
	if (fd < 0) {
		return errno == EXDEV || errno == ELOOP ? PLUGIN_OUTSIDE : PLUGIN_ABSENT;
	}
	int error = fstat(fd, &st);
	(void)close(fd);
	if (error < 0 || !S_ISREG(st.st_mode) || (st.st_mode & S_IXOTH) == 0) {
		return PLUGIN_ABSENT;
	}
	return (st.st_mode & (S_ISUID | S_ISGID)) != 0 ? PLUGIN_SETUID : PLUGIN_ENDED;
}

enum plugin_how plugin_place_find(
	const int *folders, size_t count, const char *name, int *ret_folder)
{
	enum plugin_how found = PLUGIN_ABSENT;
	for (size_t i = 0; i < count && found == PLUGIN_ABSENT; i++) {
		found = folders[i] >= 0 ? look(folders[i], name) : PLUGIN_ABSENT;
		if (found == PLUGIN_ENDED) {
			*ret_folder = folders[i];
		}
	}
	return found;
}
