/* SPDX-License-Identifier: Apache-2.0 */
#include "role/packs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "workflow/event_pack.h"

enum { KNOWLEDGE_MAX_OCTETS = 1024 * 1024 };
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

static bool is_of_site(const int folders[2], const char *path)
{
	return folders[0] >= 0 && faccessat(folders[0], path, F_OK, 0) == 0;
}

static void text_keep(struct packs *packs, const char *kind, const char *subject,
	const char *name, struct slice text)
{
	struct policy_text *kept = &packs->texts[packs->text_count++];
	*kept = (struct policy_text) { .kind = kind, .text = text };
	(void)snprintf(kept->subject, sizeof(kept->subject), "%s", subject);
	(void)snprintf(kept->name, sizeof(kept->name), "%s", name);
}

static int policy_take(
	const int folders[2], struct arena *arena, struct packs *packs, struct diag *diag)
{
	struct slice text = { 0 };
	int error = either_read(
		folders, "policy/school-2023-v1.json", POLICY_TEXT_MAX, arena, &text);
	if (error < 0) {
		return diag_set(
			diag, error, 0, 0, "policy/school-2023-v1.json: %s", err_text(error));
	}
	struct diag_list mistakes;
	diag_list_init(&mistakes);
	error = policy_parse(text, &packs->policy, &mistakes);
	if (error < 0) {
		(void)diag_set(diag, error, 0, 0, "policy: %s",
			mistakes.count > 0 ? mistakes.items[0].text : err_text(error));
	}
	diag_list_fini(&mistakes);
	if (error == 0) {
		text_keep(packs, "policy", "policy", packs->policy.version, text);
		packs->texts[0].site = is_of_site(folders, "policy/school-2023-v1.json");
		policy_stamp(packs->policy.version, sizeof(packs->policy.version), text);
	}
	return error;
}

static int year_take(const int folders[2], int year, struct arena *arena, struct packs *packs,
	struct diag *diag)
{
	char path[64];
	char subject[POLICY_SUBJECT_MAX];
	struct slice text = { 0 };
	(void)snprintf(path, sizeof(path), "policy/calendar/cn-%d.json", year);
	(void)snprintf(subject, sizeof(subject), "calendar-%d", year);
	int error = either_read(folders, path, CALENDAR_MAX_OCTETS, arena, &text);
	if (error == -ENOENT) {
		return 0;
	}
	error = error < 0 ? error : calendar_add_json(&packs->calendar, text, diag);
	if (error == 0) {
		char *version = packs->calendar.years[packs->calendar.year_count - 1].version;
		text_keep(packs, "calendar", subject, version, text);
		policy_stamp(version, CALENDAR_STAMPED_MAX, text);
	}
	return error;
}

/* What stands above the school's own rules; only shown beside them, so any JSON object does. */
static int above_take(
	const int folders[2], struct arena *arena, struct packs *packs, struct diag *diag)
{
	static const char path[] = "policy/national-2025.json";
	char name[POLICY_VERSION_MAX];
	struct slice text = { 0 };
	const struct json *root = NULL;
	int error = either_read(folders, path, POLICY_TEXT_MAX, arena, &text);
	if (error < 0) {
		return error == -ENOENT
			       ? 0
			       : diag_set(diag, error, 0, 0, "%s: %s", path, err_text(error));
	}
	error = json_parse(arena, text, 0, &root, diag);
	struct slice id = json_get_str(root, "id");
	if (error < 0 || id.n == 0 || id.n >= sizeof(name)) {
		return diag_set(diag, E_INPUT, 0, 0, "%s: has no id or is no JSON", path);
	}
	(void)snprintf(name, sizeof(name), "%.*s", SLICE_FMT(id));
	text_keep(packs, "policy", "national", name, text);
	return 0;
}

/* Classes, questions and authorities of events. */
static int events_take(
	const int folders[2], struct arena *arena, struct packs *packs, struct diag *diag)
{
	static const char path[] = "policy/events.json";
	char name[POLICY_VERSION_MAX];
	struct slice text = { 0 };
	struct event_pack pack;
	int error = either_read(folders, path, EVENT_PACK_MAX, arena, &text);
	if (error < 0) {
		return diag_set(diag, error, 0, 0, "%s: %s", path, err_text(error));
	}
	error = event_pack_parse(arena, text, &pack, diag);
	if (error < 0) {
		return error;
	}
	(void)snprintf(name, sizeof(name), "%.*s", SLICE_FMT(pack.id));
	text_keep(packs, "policy", "events", name, text);
	return 0;
}

static int knowledge_take(
	const int folders[2], struct arena *arena, struct packs *packs, struct diag *diag)
{
	static const char path[] = "policy/knowledge.json";
	int error = either_read(folders, path, KNOWLEDGE_MAX_OCTETS, arena, &packs->knowledge);
	return error == -ENOENT ? 0
	       : error < 0      ? diag_set(diag, error, 0, 0, "%s: %s", path, err_text(error))
				: 0;
}

/* The school's own breaks: nobody publishes them but the school. */
static int terms_take(
	const int folders[2], struct arena *arena, struct packs *packs, struct diag *diag)
{
	struct slice text = { 0 };
	int error =
		either_read(folders, "policy/terms.json", CALENDAR_MAX_OCTETS, arena, &text);
	return error == -ENOENT ? 0
	       : error < 0      ? error
				: calendar_add_breaks(&packs->calendar, text, diag);
}

int packs_policy(
	int share, int site, struct arena *arena, struct packs *ret_packs, struct diag *diag)
{
	const int folders[] = { site, share };
	struct packs *packs = arena_take(arena, sizeof(*packs));
	*packs = (struct packs) { 0 };
	calendar_init(&packs->calendar);
	int error = policy_take(folders, arena, packs, diag);
	error = error < 0 ? error : above_take(folders, arena, packs, diag);
	error = error < 0 ? error : events_take(folders, arena, packs, diag);
	error = error < 0 ? error : knowledge_take(folders, arena, packs, diag);
	for (int year = CALENDAR_FIRST_YEAR; year <= CALENDAR_LAST_YEAR && error == 0; year++) {
		error = year_take(folders, year, arena, packs, diag);
	}
	error = error < 0 ? error : terms_take(folders, arena, packs, diag);
	if (error == 0) {
		packs->calendar.day_end_min = packs->policy.day_end_min;
		*ret_packs = *packs;
	}
	return error;
}
