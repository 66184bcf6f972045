/* SPDX-License-Identifier: Apache-2.0 */
/**
 * From results to what core is told: who is at fault, who only hangs on it,
 * who flaps.  What the queue to core has no room for waits here, each check as
 * it is then.
 *
 * Layer: role.  Threading: the loop's thread.
 */
#pragma once

#include "base/attr.h"
#include "probe/check.h"

struct judge;
struct jw;
struct probe;
struct watch;

/** Owns:    the result; release with judge_destroy. */
struct judge *judge_create(struct probe *probe);
struct judge *judge_destroy(struct judge *judge);
/** From now on what is held too long is judged.  Returns: 0 or a libuv error. */
NODISCARD int judge_start(struct judge *judge);
/** Before the loop ends. */
void judge_stop(struct judge *judge);

/** The scheduler has taken the check.  Returns: 0 or E_LIMIT. */
NODISCARD int judge_put(struct judge *judge, const struct watch *watch);
void judge_remove(struct judge *judge, int64_t id);
/** Once all checks of a table are put. */
void judge_link(struct judge *judge, const struct watch *watch);

/** What the desk says of the time children have once their parent is back. */
void judge_settle(struct judge *judge, uint32_t settle_s);

/** The scheduler's on_result. */
void judge_result(struct judge *judge, const struct check_result *result);
/** Tell core what there is room for. */
void judge_tell(struct judge *judge);
void judge_status(const struct judge *judge, struct jw *jw);
