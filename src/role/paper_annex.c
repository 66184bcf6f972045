/* SPDX-License-Identifier: Apache-2.0 */
#include "role/paper_annex.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "paper/annex.h"
#include "sys/limits.h"
#include "sys/memfd.h"

/* What a form may cost; a worker that needs more ends, and the file is refused. */
enum { ANNEX_CPU_S = 20, FILLED_OCTETS_MAX = 16 * 1024 * 1024 };

int paper_annex_read(int fd, const char **ret_media, int *ret_fd, struct diag *diag)
{
	AUTO_BUF struct buf json;
	struct memfd_map map = { 0 };
	buf_init(&json, ANNEX_JSON_OCTETS_MAX);
	limits_cpu(ANNEX_CPU_S);
	*diag = (struct diag) { .source = "annex.too_large" };
	int error = memfd_map(fd, ANNEX_OCTETS_MAX, &map);
	if (error == 0) {
		error = annex_read(map.octets, &json, ret_media, diag);
		memfd_unmap(&map);
	}
	return error < 0 ? error : memfd_of(buf_slice(&json), ret_fd);
}

int paper_annex_fill(struct slice json, struct slice file, int *ret_fd, struct diag *diag)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	AUTO_BUF struct buf out;
	struct diag why = { .source = "annex.broken" };
	const struct json *edits = NULL;
	buf_init(&out, FILLED_OCTETS_MAX);
	limits_cpu(ANNEX_CPU_S);
	int error = json_parse(arena, json, 0, &edits, &why);
	error = error < 0 ? error : annex_fill(file, edits, &out, &why);
	error = error < 0 ? error : memfd_of(buf_slice(&out), ret_fd);
	return error < 0 ? diag_set(diag, error, 0, 0, "%s", why.source) : 0;
}
