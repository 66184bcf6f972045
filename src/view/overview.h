/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What burns now: open alerts, overdue notices, the services that matter most.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include "base/attr.h"

struct view;

/** GET /overview */
NODISCARD int view_overview(struct view *view);
