/* SPDX-License-Identifier: Apache-2.0 */
#include "role/packs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"

enum { CALENDAR_FIRST_YEAR = 2025, CALENDAR_LAST_YEAR = 2040, CALENDAR_MAX_OCTETS = 64 * 1024 };

int packs_read(
	int folder, const char *path, size_t max, struct arena *arena, struct slice *ret_text)
{
	int fd = openat(folder, path, O_RDONLY | O_CLOEXEC);
	struct stat st = { 0 };
	if (fd < 0) {
		return -errno;
	}
	int error = fstat(fd, &st) < 0 ? -errno : 0;
	if (error == 0 && (st.st_size < 0 || (uintmax_t)st.st_size > max)) {
		error = E_LIMIT;
	}
	uint8_t *text = error == 0 ? arena_take(arena, (size_t)st.st_size + 1) : NULL;
	size_t n = 0;
	while (error == 0 && n < (size_t)st.st_size) {
		ssize_t got = read(fd, text + n, (size_t)st.st_size - n);
		if (got <= 0) {
			error = got < 0 ? -errno : E_SHORT;
		} else {
			n += (size_t)got;
		}
	}
	(void)close(fd);
	if (error == 0) {
		*ret_text = slice_of(text, n);
	}
	return error;
}

/* The site's own file of that name wins. */
static int either_read(const int folders[2], const char *path, size_t max, struct arena *arena,
	struct slice *ret_text)
{
	int error =
		folders[0] < 0 ? -ENOENT : packs_read(folders[0], path, max, arena, ret_text);
	return error == -ENOENT ? packs_read(folders[1], path, max, arena, ret_text) : error;
}

int packs_policy(int share, int site, struct arena *arena, struct calendar *ret_calendar,
	struct policy *ret_policy, struct diag *diag)
{
	const int folders[] = { site, share };
	struct slice text = { 0 };
	int error = either_read(
		folders, "policy/school-2023-v1.json", POLICY_TEXT_MAX, arena, &text);
	if (error < 0) {
		return diag_set(
			diag, error, 0, 0, "policy/school-2023-v1.json: %s", err_text(error));
	}
	struct diag_list mistakes;
	diag_list_init(&mistakes);
	error = policy_parse(text, ret_policy, &mistakes);
	if (error < 0) {
		(void)diag_set(diag, error, 0, 0, "policy: %s",
			mistakes.count > 0 ? mistakes.items[0].text : err_text(error));
	}
	diag_list_fini(&mistakes);
	if (error < 0) {
		return error;
	}
	calendar_init(ret_calendar);
	for (int year = CALENDAR_FIRST_YEAR; year <= CALENDAR_LAST_YEAR; year++) {
		char path[64];
		(void)snprintf(path, sizeof(path), "policy/calendar/cn-%d.json", year);
		error = either_read(folders, path, CALENDAR_MAX_OCTETS, arena, &text);
		if (error == -ENOENT) {
			continue;
		}
		error = error < 0 ? error : calendar_add_json(ret_calendar, text, diag);
		if (error < 0) {
			return error;
		}
	}
	ret_calendar->day_end_min = ret_policy->day_end_min;
	return 0;
}
