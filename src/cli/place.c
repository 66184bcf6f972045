/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/place.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

static int file_read(const char *file, struct config *config, struct diag *diag)
{
	struct diag_list mistakes;
	diag_list_init(&mistakes);
	int error = config_read(file, config, &mistakes);
	if (error < 0 && mistakes.count > 0) {
		const struct diag *first = &mistakes.items[0];
		(void)diag_set(diag, error, first->line, first->offset, "%s line %llu: %s",
			file, (unsigned long long)first->line, first->text);
	} else if (error < 0) {
		(void)diag_set(diag, error, 0, 0, "%s: %s", file, err_text(error));
	}
	diag_list_fini(&mistakes);
	return error;
}

static int join(char path[PATH_MAX], const char *before, const char *folder, const char *name)
{
	int n = snprintf(path, PATH_MAX, "%s%s%s", before, folder, name);
	return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

int place_read(const struct place_words *words, struct place *ret_place, struct diag *diag)
{
	struct place *place = ret_place;
	config_init(&place->config);
	int error = words->file == NULL ? 0 : file_read(words->file, &place->config, diag);
	if (error < 0) {
		return error;
	}
	const char *data = words->data != NULL ? words->data : place->config.data;
	const char *store = words->db != NULL ? words->db : place->config.store;
	place->embedded = store[0] == '\0' || strcmp(store, "sqlite") == 0;
	error = join(place->data, "", data, "");
	for (size_t n = strlen(place->data); n > 1 && place->data[n - 1] == '/'; n--) {
		place->data[n - 1] = '\0';
	}
	error = error < 0 ? error : join(place->blobs, "", place->data, "/blobs");
	error = error < 0 ? error : join(place->public_key, "", place->data, "/audit.pub");
	if (error == 0) {
		error = place->embedded
				? join(place->store, "sqlite:", place->data, "/records.db")
				: join(place->store, "", store, "");
		place->embedded = slice_starts(slice_str(place->store), SLICE("sqlite:"));
	}
	return error < 0 ? diag_set(diag, error, 0, 0, "%s: %s", data, err_text(error)) : 0;
}
