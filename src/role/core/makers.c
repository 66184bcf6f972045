/* SPDX-License-Identifier: Apache-2.0 */
/* Who made which network card: IEEE's registries, as Debian's package ieee-data has them. */
#include <errno.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "model/maker.h"
#include "role/core/core.h"

enum { REGISTRY_OCTETS_MAX = 16 * 1024 * 1024 };

/* The school's own comes first, then what was packed with us, then the machine's. */
static int registry_read(
	const struct core *core, const char *name, struct arena *arena, struct slice *ret_text)
{
	static const struct {
		const char *handle;
		const char *folder;
	} places[] = { { "site", "ieee-data" }, { "share", "ieee-data" },
		{ "share", "/usr/share/ieee-data" } };
	int error = -ENOENT;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && error == -ENOENT; i++) {
		char path[64];
		int folder = runtime_handle(core->rt, places[i].handle);
		(void)snprintf(path, sizeof(path), "%s/%s", places[i].folder, name);
		error = folder < 0 ? -ENOENT
				   : packs_read(folder, path, REGISTRY_OCTETS_MAX, arena,
					     ret_text);
	}
	return error;
}

void makers_ready(struct core *core)
{
	static const char *const registries[] = { "oui.csv", "mam.csv", "oui36.csv",
		"iab.csv" };
	int64_t taken = 0;
	core->makers = makers_create();
	for (size_t i = 0; i < sizeof(registries) / sizeof(registries[0]); i++) {
		AUTO_ARENA struct arena *arena = arena_create(2 * (size_t)REGISTRY_OCTETS_MAX);
		struct slice text = { 0 };
		int count = registry_read(core, registries[i], arena, &text);
		count = count < 0 ? count : makers_read(core->makers, text);
		taken += count > 0 ? count : 0;
		if (count < 0 && count != -ENOENT) {
			log_event(LOG_WARNING, "makers.unread", F_STR("file", registries[i]),
				F_STR("why", err_text(count)));
		}
	}
	makers_seal(core->makers);
	/* Without them nobody is named by his card; everything else goes on. */
	if (taken == 0) {
		log_event(LOG_NOTICE, "makers.none", F_STR("package", "ieee-data"));
	}
}

void makers_drop(struct core *core)
{
	core->makers = makers_destroy(core->makers);
}
