/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the platform knows of the machine it runs on, for health and checkup.
 *
 * Layer: view.  Threading: as its view.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

struct json;
struct view;

struct platform {
	const struct json *health; /* latest of the parent; NULL when there is none */
	bool sandbox_relaxed;      /* of any role */
	bool clock_unsynced;
	bool clock_wrong;  /* timers are held */
	int64_t disk_free; /* octets where the blobs lie; 0 = not known */
	int64_t disk_total;
	int64_t backup_at_ms; /* of the last backup, 0 = never */
	bool backup_ok;
};

/** Returns: 0 or as db_step. */
NODISCARD int platform_load(struct view *view, struct platform *ret_platform);
