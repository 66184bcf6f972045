/* SPDX-License-Identifier: Apache-2.0 */
#include "role/rule_shelf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/civil.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"

static int read_file(int folder, const char *name, struct buf *text)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int error = fd < 0 ? -errno : 0;
	for (ssize_t n = 1; error == 0 && n > 0;) {
		uint8_t *room = buf_reserve(text, 4096);
		n = room != NULL ? read(fd, room, 4096) : 0;
		if (room == NULL || n < 0) {
			error = room == NULL ? E_LIMIT : -errno;
		} else {
			buf_commit(text, (size_t)n);
		}
	}
	if (fd >= 0) {
		(void)close(fd);
	}
	return error;
}

static void file_take(int folder, const char *name, const struct shelf_sink *sink)
{
	AUTO_BUF struct buf text;
	struct slice ending = slice_str(name);
	if (name[0] == '.' || ending.n <= 5 || ending.n > SHELF_NAME_MAX ||
		!slice_ends(ending, SLICE(".json"))) {
		return;
	}
	buf_init(&text, SHELF_TEXT_MAX);
	int error = read_file(folder, name, &text);
	if (error < 0) {
		sink->unreadable(sink->context, name, error);
		return;
	}
	sink->take(sink->context, name, buf_slice(&text));
}

void shelf_files(int above, const char *folder, const struct shelf_sink *sink)
{
	int fd = above >= 0 ? openat(above, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	if (dir == NULL) {
		if (fd >= 0) {
			(void)close(fd);
		}
		return;
	}
	const struct dirent *entry = NULL;
	while ((entry = readdir(dir)) != NULL) {
		file_take(fd, entry->d_name, sink);
	}
	(void)closedir(dir);
}

static void refuse(struct rule_shelf *shelf, const char *name, const char *why)
{
	shelf->refused++;
	log_event(LOG_WARNING, "rule.refused", F_STR("file", name), F_STR("why", why));
}

static void on_unreadable(void *context, const char *name, int error)
{
	refuse(context, name, err_text(error));
}

static bool is_known(const struct rule_shelf *shelf, struct slice id)
{
	for (size_t i = 0; i < shelf->count; i++) {
		if (slice_eq(shelf->rules[i].id, id)) {
			return true;
		}
	}
	return false;
}

static void on_rule(void *context, const char *name, struct slice text)
{
	struct rule_shelf *shelf = context;
	const struct json *root = NULL;
	struct metric_rule rule = { 0 };
	struct diag diag = { 0 };
	struct slice kept = arena_dup(shelf->arena, text);
	if (json_parse(shelf->arena, kept, 8, &root, NULL) < 0 || !metric_rule_is(root)) {
		return; /* another sort of rule, or for its reader to complain of */
	}
	if (metric_rule_take(root, &rule, &diag) < 0) {
		refuse(shelf, name, diag.text);
	} else if (shelf->count == SHELF_RULES_MAX) {
		refuse(shelf, name, "too many rules");
	} else if (!is_known(shelf, rule.id)) {
		shelf->texts[shelf->count] = kept;
		shelf->rules[shelf->count++] = rule;
	}
}

static void on_calendar(void *context, const char *name, struct slice text)
{
	struct rule_shelf *shelf = context;
	struct diag diag = { 0 };
	int error = school_days_add(&shelf->days, text, &diag);
	if (error < 0) {
		refuse(shelf, name, diag.text[0] != '\0' ? diag.text : err_text(error));
	}
}

/* The school's own breaks: nobody publishes them but the school. */
static void terms_take(struct rule_shelf *shelf, int above)
{
	AUTO_BUF struct buf text;
	buf_init(&text, SHELF_TEXT_MAX);
	if (above >= 0 && read_file(above, "policy/terms.json", &text) == 0) {
		on_calendar(shelf, "terms.json", buf_slice(&text));
	}
}

void rule_shelf_load(struct rule_shelf *shelf, int site, int share)
{
	const struct shelf_sink rules = { on_rule, on_unreadable, shelf };
	const struct shelf_sink calendars = { on_calendar, on_unreadable, shelf };
	shelf->arena = arena_create(0);
	shelf->days.offset_min = CIVIL_CHINA_OFFSET_MIN;
	shelf_files(site, "rules", &rules);
	shelf_files(share, "rules", &rules);
	terms_take(shelf, site);
	shelf_files(site, "policy/calendar", &calendars);
	shelf_files(share, "policy/calendar", &calendars);
}

void rule_shelf_fini(struct rule_shelf *shelf)
{
	shelf->arena = arena_destroy(shelf->arena);
}
