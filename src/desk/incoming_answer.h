/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What goes back to the superior: files, the seal put on them, the answer and
 * its receipt.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"

struct db;
struct desk;

/** POST /incoming/{id}/attachments: a scan of the paper, or of the answer once it is being handled. */
NODISCARD int desk_incoming_upload(struct desk *desk);
/** Before a byte of it is taken: 1 it may be, 0 of a state secret, E_ABSENT or as db_step. */
NODISCARD int incoming_takes_files(struct db *db, int64_t id);

/** POST /incoming/{id}/seals 用印登记. */
NODISCARD int desk_incoming_seal(struct desk *desk);
/** POST /incoming/{id}/answer, /receipt. */
NODISCARD int desk_incoming_answer(struct desk *desk);
NODISCARD int desk_incoming_receipt(struct desk *desk);
