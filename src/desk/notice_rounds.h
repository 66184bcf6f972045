/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The acts on notices in a round of putting right: by the unit, and by those
 * who look at what it handed in.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

NODISCARD int desk_notice_sign(struct desk *desk);
NODISCARD int desk_notice_plan(struct desk *desk);
/** The sealed scan of this round: pdf, jpg or png; by the operator it is marked as proxy. */
NODISCARD int desk_notice_upload(struct desk *desk);
NODISCARD int desk_notice_submit(struct desk *desk);
/** 退回补正: for formal faults only. */
NODISCARD int desk_notice_return(struct desk *desk);
/** Start verifying and ask for fresh probes; again while verifying, only the probes. */
NODISCARD int desk_notice_verify(struct desk *desk);
NODISCARD int desk_notice_second_read(struct desk *desk);
NODISCARD int desk_notice_pass(struct desk *desk);
NODISCARD int desk_notice_fail(struct desk *desk);
/** Some of its findings pass and close; the rest goes another round. */
NODISCARD int desk_notice_partial(struct desk *desk);
/** What is to be looked at does not answer: to be settled within the policy's time. */
NODISCARD int desk_notice_cannot_verify(struct desk *desk);
/** It is gone for good, as a paper of the unit says; looked for again later. */
NODISCARD int desk_notice_pass_offline(struct desk *desk);
