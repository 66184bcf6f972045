/* SPDX-License-Identifier: Apache-2.0 */
/**
 * How a finding ends otherwise than by being put right, and what is said of it
 * afterwards.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "base/slice.h"

struct desk;

/** It repeats another that is open; both show it. */
NODISCARD int desk_finding_duplicate(struct desk *desk);
/** It goes into another that is open; both show it. */
NODISCARD int desk_finding_merge(struct desk *desk);
/** It has become an event; it ends here, with the reason. */
NODISCARD int desk_finding_transfer(struct desk *desk);
/** A false positive, looked at again: kept or revived. */
NODISCARD int desk_finding_review(struct desk *desk);
/** A look at a closed one that no check could make: seen again or not. */
NODISCARD int desk_finding_recheck(struct desk *desk);
/** Is it one of the words for why one comes back? */
bool finding_again_cause(struct slice word);
/** Why it came back, as its unit or the desk says. */
NODISCARD int desk_finding_again(struct desk *desk);
NODISCARD int desk_finding_comment(struct desk *desk);
/** 暂缓整改, asked for by the head of the unit. */
NODISCARD int desk_finding_accept(struct desk *desk);
/** By the director; from grade high on by the leading group. */
NODISCARD int desk_finding_decide_acceptance(struct desk *desk);
