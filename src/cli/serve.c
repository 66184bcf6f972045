/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <linux/limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"

/* The folder of this program, without a trailing slash; empty on failure. */
static void own_folder(char path[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);
	path[n < 0 ? 0 : n] = '\0';
	char *slash = strrchr(path, '/');
	if (slash != NULL) {
		*slash = '\0';
	}
}

/* The first place below folder that exists; path is empty when none does. */
static void place_find(const char *folder, const char *const places[], char path[PATH_MAX])
{
	for (size_t i = 0; places[i] != NULL; i++) {
		int n = snprintf(path, PATH_MAX, "%s/%s", folder, places[i]);
		if (n > 0 && n < PATH_MAX && access(path, R_OK) == 0) {
			return;
		}
	}
	path[0] = '\0';
}

int cli_serve(int argc, char **argv)
{
	/* Beside a build folder, or below the prefix of an installed tree. */
	static const char *const programs[] = { "libexec/fengsui/parent",
		"../libexec/fengsui/parent", NULL };
	static const char *const shares[] = { "../share/fengsui", "share/fengsui", NULL };
	enum { ARGS_MAX = 64 };
	char folder[PATH_MAX];
	char program[PATH_MAX];
	char share[PATH_MAX];
	char option[] = "--share";
	char *args[ARGS_MAX + 4];
	int count = 0;
	own_folder(folder);
	place_find(folder, programs, program);
	place_find(folder, shares, share);
	args[count++] = argv[0];
	if (share[0] != '\0') {
		args[count++] = option;
		args[count++] = share;
	}
	for (int i = 1; i < argc && count < ARGS_MAX + 3; i++) {
		args[count++] = argv[i];
	}
	args[count] = NULL;
	if (program[0] == '\0') {
		(void)fprintf(
			stderr, "fengsui: serve: the role programs are missing (%s)\n", folder);
		return 3;
	}
	(void)execv(program, args);
	(void)fprintf(stderr, "fengsui: serve: %s (%s)\n", strerror(errno), program);
	return 3;
}
