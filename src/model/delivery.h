/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Deliveries: one message to one recipient through one channel.
 *
 * Layer: model.  Threading: reentrant.
 */
#pragma once

#include "model/name.h"

enum delivery_state {
	DELIVERY_QUEUED,
	DELIVERY_LEASED,
	DELIVERY_SENT,
	DELIVERY_DELIVERED,
	DELIVERY_READ,
	DELIVERY_ACKED,
	DELIVERY_RETRY,
	DELIVERY_UNKNOWN,
	DELIVERY_FAILED_PERMANENT,
	DELIVERY_DEAD,
};

#define DELIVERY_COUNT (DELIVERY_DEAD + 1)

extern const struct name_table delivery_state_names;
