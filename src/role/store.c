/* SPDX-License-Identifier: Apache-2.0 */
#include "role/store.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "records/caller.h"
#include "role/runtime.h"

/* SQLite's own resolver walks every folder above the file; the name as it is will do. */
static int name_as_is(sqlite3_vfs *vfs, const char *name, int room, char *out)
{
	(void)vfs;
	int n = snprintf(out, (size_t)room, "%s", name);
	return n > 0 && n < room ? SQLITE_OK : SQLITE_CANTOPEN;
}

int store_enter(struct runtime *rt, struct diag *diag)
{
	static sqlite3_vfs vfs;
	if (fchdir(runtime_handle(rt, "data")) < 0) {
		return diag_set(diag, -errno, 0, 0, "data folder: %s", err_text(-errno));
	}
	const sqlite3_vfs *plain = sqlite3_vfs_find(NULL);
	if (plain == NULL) {
		return diag_set(diag, E_STORE, 0, 0, "SQLite has no file layer");
	}
	vfs = *plain;
	vfs.zName = "fengsui";
	vfs.pNext = NULL;
	vfs.xFullPathname = name_as_is;
	return sqlite3_vfs_register(&vfs, 1) == SQLITE_OK ? 0 : E_STORE;
}

const char *store_conf(struct runtime *rt)
{
	const char *store = runtime_text(rt, "store");
	return store[0] == '\0' || slice_is(slice_str(store), "sqlite") ? "sqlite:records.db"
									: store;
}

const char *store_base_url(struct runtime *rt, struct db *db, struct arena *arena)
{
	struct slice text = { 0 };
	const struct json *value = NULL;
	if (setting_load(db, arena, "address", &text) == 0 && text.n > 0 &&
		json_parse(arena, text, 0, &value, NULL) == 0 &&
		json_get_str(value, "base_url").n > 0) {
		struct slice url = json_get_str(value, "base_url");
		while (url.n > 0 && url.p[url.n - 1] == '/') {
			url.n--;
		}
		return arena_dup_str(arena, url);
	}
	return (const char *)arena_printf(arena, "http://%s", runtime_text(rt, "listen")).p;
}
