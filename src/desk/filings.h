/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Acts on filings 备案 (article 13): the unit asks, its head answers for it,
 * contacts are tested, the centre files it under a number, and on its day the
 * post is handed over.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;
struct desk_env;
struct filing_row;
struct timer;
struct txn;

/** POST /filings */
NODISCARD int desk_filing_create(struct desk *desk);
/** PATCH /filings/{id}: while it is a draft or was returned. */
NODISCARD int desk_filing_update(struct desk *desk);
/** POST /filings/{id}/submit: a head who submits has signed. */
NODISCARD int desk_filing_submit(struct desk *desk);
/** POST /filings/{id}/sign */
NODISCARD int desk_filing_sign(struct desk *desk);
/** POST /filings/{id}/accept */
NODISCARD int desk_filing_accept(struct desk *desk);
/** POST /filings/{id}/return */
NODISCARD int desk_filing_return(struct desk *desk);
/** POST /filings/{id}/withdraw */
NODISCARD int desk_filing_withdraw(struct desk *desk);
/** POST /filings/{id}/approve: number, receipt, and the timer of its day. */
NODISCARD int desk_filing_approve(struct desk *desk);
/** POST /filings/{id}/hand-over: who goes writes notes, who comes confirms. */
NODISCARD int desk_filing_hand_over(struct desk *desk);

/**
 * The hand-over, in the caller's transaction: old role, sessions, tokens and
 * links end, the new role begins, open notices follow, notes may be written.
 *
 * Returns: 0; E_STATE when the post is full; or as db_step.
 */
NODISCARD int filing_hand_over(
	struct txn *txn, const struct desk_env *env, struct filing_row *row);

/** The day of a filing has come.  0 or as db_step. */
NODISCARD int filing_timer(
	struct txn *txn, const struct desk_env *env, const struct timer *timer);
