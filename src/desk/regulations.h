/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Versions of the regulation: drafted over the text in force, shown to the
 * units, adopted with number, meeting and day, in force by timer on that day.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;
struct timer;
struct txn;

/** POST /regulations: a draft over the text in force. */
NODISCARD int desk_regulation_create(struct desk *desk);
/** PATCH /regulations/{id} */
NODISCARD int desk_regulation_update(struct desk *desk);
/** POST /regulations/{id}/consult */
NODISCARD int desk_regulation_consult(struct desk *desk);
/** POST /regulations/{id}/recall */
NODISCARD int desk_regulation_recall(struct desk *desk);
/** POST /regulations/{id}/adopt */
NODISCARD int desk_regulation_adopt(struct desk *desk);
/** POST /regulations/{id}/drop */
NODISCARD int desk_regulation_drop(struct desk *desk);
/** POST /regulations/{id}/carry: open notices go over to it, each told. */
NODISCARD int desk_regulation_carry(struct desk *desk);

/** Its day has come.  0 or as db_step. */
NODISCARD int regulation_timer(struct txn *txn, const struct timer *timer);
