/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Devices as probe's inventories find them: kept for showing and for the map,
 * in place of the last one, and the end of alerts on ports that are well again.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct desk;
struct desk_env;
struct json;
struct txn;

enum { DEVICE_LIST_MAX = 4096 }; /* rows kept of each list */

struct device_facts {
	int64_t check_id;
	int64_t at_ms;
	bool first; /* of this probe, which does not know what the one before it told */
	const struct json *device; /* as device_put_json of probe/snmp/device.h */
	const struct desk_env *env;
};

/**
 * Keep it, and resolve open port alerts of the check whose port it does not
 * show to be down; of a first one also those of sensors it shows to be well.
 *
 * Returns: 0 (a check that is gone too) or as db_step.
 */
NODISCARD int device_take(struct txn *txn, const struct device_facts *facts);

/** The check looks elsewhere now.  Returns: 0 or as db_step. */
NODISCARD int device_forget(struct txn *txn, int64_t check_id);
