/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The user interface in memory: every file of a folder read once, with the
 * compressed forms that lie beside it (.gz, .br).
 *
 * Layer: api.  Threading: reentrant once loaded.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/field.h"
#include "base/attr.h"
#include "base/diag.h"
#include "base/slice.h"

/** Files, octets altogether, and folders below each other. */
enum { ASSETS_FILES_MAX = 4096, ASSETS_OCTETS_MAX = 64 * 1024 * 1024, ASSETS_DEPTH_MAX = 8 };

struct assets;

struct asset {
	const char *media;
	bool immutable;                     /* its name holds its digest: /static/… */
	struct slice octets[CODING_COUNT_]; /* empty = this form is absent */
	char tag[CODING_COUNT_][24];        /* entity tag with its quotes */
	void *prepared[2 *
		       CODING_COUNT_]; /* the server's, one a form and with or without TLS */
};

/**
 * Read a folder; without one (folder_fd < 0, or empty) a page that says so
 * stands in for the interface.
 *
 * Owns:    the result; release with assets_destroy.  folder_fd stays the caller's.
 * Returns: 0; E_LIMIT past a limit; -errno.
 */
NODISCARD int assets_load(int folder_fd, struct assets **ret_assets, struct diag *diag);
struct assets *assets_destroy(struct assets *assets);

/**
 * The file of a path; a path that is none of them and has no suffix gets the
 * page that routes it: m.html below /m, wall.html at /wall, else index.html.
 *
 * Returns: NULL when there is no such thing.
 */
struct asset *assets_find(struct assets *assets, struct slice path);

/** The smallest form of those the caller takes (field_codings). */
enum field_coding asset_choose(const struct asset *asset, unsigned codings);

/** All of them in turn: start with cursor 0; NULL at the end. */
struct asset *assets_next(struct assets *assets, size_t *cursor);
