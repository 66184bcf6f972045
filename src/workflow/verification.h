/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Verification 复核: who may say that something is put right, and on what
 * proof.  Three rules are never waived: the verifier is not the repairer, a
 * finding a probe made needs a fresh probe newer than the submission that does
 * not see it any more, and paper alone suffices for grade low only.
 *
 * The verifier is not of the responsible unit either, unless that unit is the
 * centre itself: then the fresh negative probe is asked for whatever the
 * finding came from, and the brief is marked 中心自查自改.
 *
 * Layer: workflow.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "model/role.h"
#include "model/scale.h"
#include "model/verification.h"
#include "workflow/staffing.h"

struct diag;

enum verification_act {
	VERIFICATION_ACT_START,
	VERIFICATION_ACT_SECOND_READ,
	VERIFICATION_ACT_PASS,
	VERIFICATION_ACT_FAIL,
	VERIFICATION_ACT_PARTIAL,
	VERIFICATION_ACT_CANNOT, /* it does not answer */
	VERIFICATION_ACT_PASS_OFFLINE,
};

#define VERIFICATION_ACT_COUNT (VERIFICATION_ACT_PASS_OFFLINE + 1)

enum verification_guard {
	VERIFICATION_GUARD_REPAIRER,
	VERIFICATION_GUARD_UNIT,
	VERIFICATION_GUARD_AUTHOR,
	VERIFICATION_GUARD_PROOF,
	VERIFICATION_GUARD_SECOND_READER,
	VERIFICATION_GUARD_FAILURE,
	VERIFICATION_GUARD_READS_OWN,
	VERIFICATION_GUARD_OFFLINE,
};

#define VERIFICATION_GUARD_COUNT (VERIFICATION_GUARD_OFFLINE + 1)

extern const struct name_table verification_act_names;
extern const struct name_table verification_guard_names;

struct verification_facts {
	enum verification_state state;
	enum grade grade;
	enum verification_method method; /* of a pass */
	struct staffing staffing;
	bool unit_is_centre;
	bool actor_is_repairer; /* submitted the round, or did the repair */
	bool actor_is_author;   /* drafted the notice */
	bool actor_is_verifier; /* started this verification */
	bool actor_in_unit;     /* of the responsible unit */
	bool from_probe;        /* any finding was found by a probe */
	bool fresh_negative_probe; /* of each such finding that is to pass, asked after the submission */
	bool retest_recorded; /* by hand, with evidence */
	bool second_reader;   /* somebody else has read the proof */
	bool failure_evidence;
	bool offline_proof; /* a paper of the unit says that it is out of service */
};

/**
 * Returns: 0 with the new state, E_STATE, E_DENIED or E_INPUT, with
 *          diag->source = a guard's id.
 */
NODISCARD int verification_step(const struct verification_facts *facts,
	enum verification_act act, enum role role, enum verification_state *ret_state,
	struct diag *diag);
