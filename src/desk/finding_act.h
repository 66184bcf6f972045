/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One act on one finding, as desk/matter.h is of notices: load it within reach,
 * decide, save, and leave the words behind.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "desk/finding_row.h"
#include "workflow/finding.h"

struct desk;
struct txn;

/** The finding of the call: reach and If-Match checked.  0, E_ABSENT, E_CONFLICT or as db_step. */
NODISCARD int finding_open_row(struct desk *desk, struct finding_row *row);

/** Ask the machine, by the caller's role; refuses with "finding." and the guard's id. */
NODISCARD int finding_decide(struct desk *desk, struct finding_row *row, enum finding_act act,
	struct finding_facts *facts, struct finding_outcome *outcome);

/** A judgement is by the policy of its moment. */
void finding_judged(struct desk *desk, struct finding_row *row);

/** {"reason":…}; empty without one. */
struct slice finding_args(struct desk *desk, struct slice reason);

/** Audit, answer and timeline.  0 or as db_step. */
NODISCARD int finding_done(struct desk *desk, const struct finding_row *row, const char *act,
	const char *code, struct slice reason);

/** The time it was accepted for ends then; seq is the acceptance's id.  0 or as db_step. */
NODISCARD int finding_accepted_set(
	struct txn *txn, int64_t finding_id, int64_t seq, int64_t at_ms);

/** A line in its timeline by the machine; args is JSON. */
NODISCARD int finding_say(struct txn *txn, int64_t id, const char *code, struct slice args);

/** 暂缓整改审批单 of an acceptance as it stands: to be signed, or decided.  0 or as paper_job_put. */
NODISCARD int acceptance_paper(struct desk *desk, const struct finding_row *row, int64_t id);
