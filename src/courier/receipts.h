/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The ends of messages that core has not put on disk yet.  A core that dies in
 * between is told again by whom it is followed, so that a message which was
 * accepted is not sent a second time when its lease runs out.
 *
 * Layer: courier.  Threading: the loop's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "courier/smtp.h"

struct receipts;

enum {
	RECEIPTS_MAX = 256,    /* the oldest gives way to one more, and is counted */
	RECEIPT_TEXT_MAX = 512 /* of the server's reply, and of an error */
};

/** Returns: NULL out of memory. */
struct receipts *receipts_create(void);
struct receipts *receipts_destroy(struct receipts *receipts);

/** Keep an end; texts are cut to RECEIPT_TEXT_MAX octets at a character's end. */
void receipts_keep(struct receipts *receipts, const struct smtp_result *result);

/** Core has it on disk: forget it.  Of an end that is not kept: nothing. */
void receipts_drop(struct receipts *receipts, int64_t delivery, uint32_t attempt);

/** Each that is kept, the oldest first; say must not change them. */
void receipts_each(const struct receipts *receipts, smtp_fn say, void *ctx);

/** Ends that gave way unsaid: their messages may come twice. */
uint64_t receipts_lost(const struct receipts *receipts);
