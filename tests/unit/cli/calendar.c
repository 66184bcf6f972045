/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "cli/commands.h"

enum { ARGS_MAX = 8 };

static const struct {
	const char *name;
	const char *args[ARGS_MAX];
	int code;
	const char *output;
} cases[] = {
	{ "three working days across the spring festival",
		{ "due", "--start", "2026-02-13", "--working-days", "3" }, 0,
		"{\"due\":\"2026-02-25T17:30:00+08:00\",\"provisional\":false,\"derivation\":{"
		"\"policy_version\":\"\",\"parameter\":\"\",\"calendar_version\":\"cn-2026-1\","
		"\"start_ms\":1770912000000,\"rule\":\"3 "
		"wd\",\"day_end_min\":1050,\"pauses\":[],"
		"\"extensions\":[],\"due_ms\":1772011800000,\"provisional\":false}}\n" },
	{ "a zone in the time is heeded",
		{ "due", "--start", "2026-05-07T16:30:00Z", "--working-days", "1", "--explain",
			"en" },
		0,
		"Counted from 2026-05-08 00:30.\n1 working day(s) is given.\n"
		"The first day does not count, the last ends at 17:30; working days by "
		"calendar "
		"cn-2026-1.\nDue 2026-05-09 17:30.\n" },
	{ "a year nobody has published is provisional",
		{ "due", "--start", "2026-12-31", "--working-days", "1", "--explain", "zh" }, 0,
		"自 2026-12-31 00:00 起算。\n时限 1 个工作日。\n"
		"起算当日不计，末日 17:30 截止；工作日按 cn-2026-1 日历。\n到期 2027-01-04 "
		"17:30。\n"
		"所涉年份的放假安排尚未公布，此时间为暂定。\n" },
	{ "no date", { "due", "--start", "2026-02-30", "--working-days", "3" }, 2, "" },
	{ "no days", { "due", "--start", "2026-02-13" }, 2, "" },
	{ "zero days", { "due", "--start", "2026-02-13", "--working-days", "0" }, 2, "" },
	{ "too many days", { "due", "--start", "2026-02-13", "--working-days", "9999" }, 2,
		"" },
	{ "a word too much", { "due", "--start", "2026-02-13", "--working-days", "3", "x" }, 2,
		"" },
	{ "another verb", { "done" }, 2, "" },
};

static int run(const char *const *args, char *output, size_t room)
{
	char folder[512];
	(void)snprintf(folder, sizeof(folder), "%s/calendar", getenv("FENGSUI_POLICY"));
	char *argv[ARGS_MAX + 4];
	int argc = 0;
	argv[argc++] = strdup("calendar");
	for (int i = 0; i < ARGS_MAX && args[i] != NULL; i++) {
		argv[argc++] = strdup(args[i]);
		if (i == 0) {
			argv[argc++] = strdup("--calendars");
			argv[argc++] = strdup(folder);
		}
	}
	argv[argc] = NULL;
	FILE *file = tmpfile();
	assert_non_null(file);
	(void)fflush(stdout);
	int kept = dup(STDOUT_FILENO);
	(void)dup2(fileno(file), STDOUT_FILENO);
	int code = cli_calendar(argc, argv);
	(void)dup2(kept, STDOUT_FILENO);
	(void)close(kept);
	rewind(file);
	output[fread(output, 1, room - 1, file)] = '\0';
	(void)fclose(file);
	for (int i = 0; i < argc; i++) {
		free(argv[i]);
	}
	return code;
}

static void calendar_due_answers_and_refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char output[4096];
		int code = run(cases[i].args, output, sizeof(output));
		if (code != cases[i].code || strcmp(output, cases[i].output) != 0) {
			fail_msg("%s: %d %s", cases[i].name, code, output);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(
		calendar_due_answers_and_refuses) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
