/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Where a platform keeps its things: what the configuration file says, and
 * the command line over it, as `serve` reads them.
 *
 * Layer: cli.
 */
#pragma once

#include <linux/limits.h>
#include <stdbool.h>

#include "base/attr.h"
#include "role/config.h"

struct diag;

/** What the command line said; NULL = nothing. */
struct place_words {
	const char *file; /* -c */
	const char *data; /* --data */
	const char *db;   /* --db sqlite:PATH or postgresql://…, over the file's store */
};

struct place {
	struct config config;
	char data[PATH_MAX];  /* without a slash at its end */
	char store[PATH_MAX]; /* for db_open */
	bool embedded;        /* SQLite, in the data folder: contents are files */
	char blobs[PATH_MAX];
	char public_key[PATH_MAX];
};

/** Returns: 0, or an error with a sentence (the first mistake of the file). */
NODISCARD int place_read(
	const struct place_words *words, struct place *ret_place, struct diag *diag);
