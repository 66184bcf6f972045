/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The list that lies in every backup, backup.json: which form and schema it
 * has, when it was made, how much is in it, and length and SM3 of the files
 * beside it, so that a cut or changed file is named before it is opened.
 * Contents below blobs/ bear their own digest as their name.
 *
 *   {"form":1,"made_at_ms":…,"schema":2,"rows":…,"blobs":…,"entries":…,
 *    "files":[{"name":"records.db","octets":…,"sm3":"…"},…]}
 *
 * Layer: records.  Threading: reentrant.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"

struct diag;

enum { MANIFEST_FORM = 1 };

struct manifest {
	int64_t made_at_ms;
	int64_t schema;
	int64_t rows;
	int64_t blobs;
	int64_t entries;
};

/** Write and sync it; the files it lists stand already.  Returns: 0 or -errno, with a sentence. */
NODISCARD int manifest_write(
	const char *folder, const struct manifest *manifest, struct diag *diag);

/**
 * Read it and compare the files with it.
 *
 * Returns: 0, E_ABSENT (no backup here), E_FORMAT (the list is unreadable),
 *          E_VERSION (form or schema of a newer program), E_SHORT (a file is
 *          cut or missing), E_DIGEST (a file is changed) or -errno, each with
 *          a sentence that names the file.
 */
NODISCARD int manifest_check(
	const char *folder, struct manifest *ret_manifest, struct diag *diag);
