/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Rectification 整改: one round of putting right, from plan to sealed report.
 *
 * Layer: model.  Threading: reentrant.
 */
#pragma once

#include "model/name.h"

enum rectification_state {
	RECTIFICATION_PLANNED,
	RECTIFICATION_DOING,
	RECTIFICATION_CONTAINED,
	RECTIFICATION_DONE,
	RECTIFICATION_REPORT_GENERATED,
	RECTIFICATION_SEALED_UPLOADED,
	RECTIFICATION_ACCEPTED_FORMALLY,
	RECTIFICATION_RETURNED,
};

#define RECTIFICATION_COUNT (RECTIFICATION_RETURNED + 1)

extern const struct name_table rectification_state_names;
