/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A backup into an empty place.  It grows beside the place under another
 * name and gets the right one when all of it stands.
 *
 * Layer: cli.
 */
#pragma once

#include "base/attr.h"

struct backup_report;
struct diag;
struct place;

/**
 * Restore, and say in the log who did.
 *
 * Shape:   place->data is absent or empty; of PostgreSQL the store is empty.
 * Returns: 0, E_EXISTS (something is there), or as backup_restore.
 */
NODISCARD int restore_run(const struct place *place, const char *folder,
	struct backup_report *ret_report, struct diag *diag);
