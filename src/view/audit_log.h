/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reads of the audit log: who did what to which record, and how it is sealed.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include "base/attr.h"

struct view;

/** GET /audit, newest first. */
NODISCARD int view_audit(struct view *view);
/** GET /audit/state */
NODISCARD int view_audit_state(struct view *view);
