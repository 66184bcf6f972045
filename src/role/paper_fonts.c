/* SPDX-License-Identifier: Apache-2.0 */
#include "role/paper_fonts.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "paper/fonts.h"
#include "role/packs.h"
#include "role/runtime.h"

enum { FONTS_OCTETS_MAX = 64 * 1024 };

/* Its own name, by which Landlock and fontconfig know a folder given as a descriptor. */
static const char *folder_name(int folder, const char *inside, char ret_path[PATH_MAX])
{
	char link[64];
	char base[PATH_MAX];
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", folder);
	ssize_t n = folder >= 0 ? readlink(link, base, sizeof(base)) : -1;
	if (n <= 0 || (size_t)n + 1 + strlen(inside) >= PATH_MAX) {
		return NULL;
	}
	(void)memcpy(ret_path, base, (size_t)n);
	ret_path[n] = '/';
	(void)memcpy(ret_path + n + 1, inside, strlen(inside) + 1);
	return access(ret_path, R_OK) == 0 ? ret_path : NULL;
}

/* The school's choice before ours; without either the built-in one holds. */
static struct slice fonts_choice(struct runtime *rt)
{
	static const char *const folders[][2] = { { "site", "fonts.json" },
		{ "share", "templates/paper/fonts.json" } };
	struct slice json = { 0 };
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]) && json.n == 0; i++) {
		int folder = runtime_handle(rt, folders[i][0]);
		if (folder < 0 || packs_read(folder, folders[i][1], FONTS_OCTETS_MAX,
					  rt->config_arena, &json) < 0) {
			json = (struct slice) { 0 };
		}
	}
	return json;
}

int paper_fonts_create(struct runtime *rt, struct draw_fonts **ret_fonts, struct diag *diag)
{
	char site[PATH_MAX];
	char packed[PATH_MAX];
	const char *folders[3] = { 0 };
	size_t count = 0;
	/* An archive brings its fonts in share/fonts, beside share/fengsui. */
	folders[count] = folder_name(runtime_handle(rt, "share"), "../fonts", packed);
	count += folders[count] != NULL ? 1 : 0;
	folders[count] = folder_name(runtime_handle(rt, "site"), "fonts", site);
	return draw_fonts_create(fonts_choice(rt), folders, ret_fonts, diag);
}
