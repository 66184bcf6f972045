/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Sheets that were sent in, and the faults of one as a sheet again.
 *
 * Layer: view.  Threading: as view.h.
 */
#pragma once

#include "base/attr.h"

struct view;

/** GET /imports: newest first. */
NODISCARD int view_imports_list(struct view *view);
/** GET /imports/{id}/errors: the rows that were refused as they came, bad cells marked, the reason behind. */
NODISCARD int view_imports_errors(struct view *view);
