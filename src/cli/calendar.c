/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/jw.h"
#include "base/num.h"
#include "cli/commands.h"
#include "cli/share.h"
#include "workflow/explain.h"

enum { OUTPUT_MAX = 64 * 1024, DONE = 0, WRONG_USE = 2, COULD_NOT = 3 };

struct request {
	const char *folder; /* of the year files */
	int64_t start_ms;
	struct due_rule rule;
	bool explain;
	enum lang lang;
};

static int complain(int code, const char *what, const char *why)
{
	(void)fprintf(stderr, "fengsui: calendar: %s: %s\n", what, why);
	return code;
}

static int usage(void)
{
	(void)fprintf(stderr, "usage: fengsui calendar due --start TIME --working-days N"
			      " [--calendars DIR] [--explain zh|en]\n");
	return WRONG_USE;
}

static int year_load(struct calendar *calendar, const char *folder, const char *name)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%s", folder, name);
	AUTO_BUF struct buf text;
	buf_init(&text, CALENDAR_TEXT_MAX + 2);
	int error = n < 0 || n >= PATH_MAX ? -ENAMETOOLONG
					   : share_read(path, CALENDAR_TEXT_MAX, &text);
	if (error < 0) {
		return complain(COULD_NOT, name, err_text(error));
	}
	struct diag diag = { 0 };
	error = calendar_add_json(calendar, buf_slice(&text), &diag);
	return error < 0 ? complain(COULD_NOT, name, diag.text) : DONE;
}

static int years_load(struct calendar *calendar, const char *folder)
{
	calendar_init(calendar);
	DIR *years = opendir(folder);
	if (years == NULL) {
		return complain(COULD_NOT, folder, err_text(-errno));
	}
	int code = DONE;
	const struct dirent *entry = NULL;
	while (code == DONE && (entry = readdir(years)) != NULL) {
		if (slice_ends(slice_str(entry->d_name), SLICE(".json"))) {
			code = year_load(calendar, folder, entry->d_name);
		}
	}
	(void)closedir(years);
	return code;
}

static int options_read(int argc, char **argv, struct request *request)
{
	static const struct option options[] = { { "start", required_argument, NULL, 's' },
		{ "working-days", required_argument, NULL, 'n' },
		{ "calendars", required_argument, NULL, 'c' },
		{ "explain", required_argument, NULL, 'e' }, { NULL, 0, NULL, 0 } };
	bool started = false;
	uint64_t n = 0;
	int option = 0;
	optind = 1;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		int error = 0;
		if (option == 's') {
			error = civil_parse(
				slice_str(optarg), CIVIL_CHINA_OFFSET_MIN, &request->start_ms);
			started = error == 0;
		} else if (option == 'n') {
			error = num_u64(slice_str(optarg), CALENDAR_ADD_MAX, &n);
		} else if (option == 'c') {
			request->folder = optarg;
		} else if (option == 'e') {
			request->explain = true;
			request->lang = strcmp(optarg, "en") == 0 ? LANG_EN : LANG_ZH;
		} else {
			return usage();
		}
		if (error < 0) {
			return complain(WRONG_USE, optarg, err_text(error));
		}
	}
	request->rule = (struct due_rule) { (uint32_t)n, DUE_WORKING_DAYS };
	return started && n > 0 && optind == argc ? DONE : usage();
}

static void put_json(const struct calendar *calendar, const struct due *due, struct buf *output)
{
	AUTO_BUF struct buf local;
	buf_init(&local, 64);
	calendar_put_local(calendar, due->due_ms, &local);
	struct jw jw;
	jw_init(&jw, output);
	jw_object(&jw);
	jw_kv_str(&jw, "due", buf_slice(&local));
	jw_kv_bool(&jw, "provisional", due->provisional);
	jw_key(&jw, "derivation");
	due_put_json(&jw, due);
	jw_end(&jw);
	buf_put_str(output, "\n");
}

static int due_print(const struct calendar *calendar, const struct request *request)
{
	struct due due;
	int error = due_begin(calendar, "", "", request->start_ms, request->rule, &due);
	if (error < 0) {
		return complain(WRONG_USE, "due", err_text(error));
	}
	AUTO_BUF struct buf output;
	buf_init(&output, OUTPUT_MAX);
	if (request->explain) {
		struct explanation explanation;
		explain_due(&due, &explanation);
		explain_put_text(calendar, &explanation, request->lang, &output);
	} else {
		put_json(calendar, &due, &output);
	}
	bool written = fwrite(output.p, 1, output.n, stdout) == output.n && fflush(stdout) == 0;
	return written ? DONE : complain(COULD_NOT, "output", err_text(-errno));
}

int cli_calendar(int argc, char **argv)
{
	if (argc < 2 || strcmp(argv[1], "due") != 0) {
		return usage();
	}
	char packs[PATH_MAX] = "";
	struct request request = { .folder = packs };
	int code = options_read(argc - 1, argv + 1, &request);
	if (code != DONE) {
		return code;
	}
	if (request.folder == packs && share_find("policy/calendar", packs) < 0) {
		return complain(COULD_NOT, "policy/calendar", "not found beside the program");
	}
	struct calendar calendar;
	code = years_load(&calendar, request.folder);
	return code == DONE ? due_print(&calendar, &request) : code;
}
