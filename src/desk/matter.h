/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One act on one notice: load it with every fact the state machine asks for,
 * decide, and write everything the decision says in the command's transaction:
 * states, clocks, number, findings, rounds, papers, timers, messages.
 *
 *	struct matter m;
 *	int error = matter_open(desk, &m);          // scope and version checked
 *	m.facts.reason_given = …                    // what comes with the act
 *	error = matter_decide(desk, &m, NOTICE_ACT_RETURN);
 *	… columns of its own …
 *	error = matter_write(&m);
 *	error = matter_close(desk, &m, "notice.return", "returned", args);
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "desk/notice_row.h"
#include "model/rectification.h"
#include "model/role.h"
#include "workflow/due.h"
#include "workflow/notice.h"
#include "workflow/notice_clock.h"

struct arena;
struct db;
struct desk;
struct desk_env;
struct txn;

enum { MATTER_FINDINGS_MAX = 200 };

struct matter_finding {
	int64_t id;
	int64_t version;
	enum finding_state state;
	enum grade grade;
	int64_t unit_id;
	int64_t watch_id;
	int64_t asset_id;
	int64_t recurrence;
	bool again_asked; /* it has come back, and nobody has said why yet */
	bool passed;      /* in a verification that passes some of them */
	struct slice title;
	struct slice asset;
	struct slice description;
	struct slice advice;
};

/** This round's rectification; id 0 = there is none yet. */
struct matter_round {
	int64_t id;
	int64_t version;
	enum rectification_state state;
	struct slice check_code;
	struct slice responsible;
	int64_t submitted_by;
	int64_t submitted_at_ms;
};

/** This round's verification; id 0 = there is none yet. */
struct matter_check {
	int64_t id;
	enum verification_state state;
	int64_t verifier_id;
	int64_t second_reader_id;
};

/** The objection that waits to be decided; id 0 = there is none. */
struct matter_objection {
	int64_t id;
	struct slice reason;
	int64_t unit_id; /* whose it is, as the unit thinks */
	int64_t by_id;
	int64_t at_ms;
};

struct matter {
	struct txn *txn;
	struct db *db;
	struct arena *arena;
	const struct desk_env *env;
	int64_t now_ms;
	int64_t actor_id; /* 0 = the machine */
	struct slice actor_name;
	enum role role;
	int64_t actor_unit_id; /* of the role */
	struct notice_row row;
	struct slice unit_name;
	bool unit_is_centre;
	struct matter_finding *findings;
	size_t finding_count;
	struct matter_round round;
	struct matter_check check;
	struct matter_objection objection;
	struct notice_facts facts;
	struct notice_timing timing;
	struct due due;    /* of row.due_json, when it has one */
	struct slice note; /* what the act's papers say in words: opinion, reason, plan … */
	const struct matter *successor; /* the other unit's, when it has become that */
	enum notice_act act;
	struct notice_outcome outcome;
};

/** The notice of the call: reach and If-Match checked.  0, E_ABSENT, E_CONFLICT or as db_step. */
NODISCARD int matter_open(struct desk *desk, struct matter *ret_matter);
/** The same for the machine's own acts. */
NODISCARD int matter_open_system(
	struct txn *txn, const struct desk_env *env, int64_t id, struct matter *ret_matter);

/** Ask the state machine; refuses with "notice." and the guard's id.  0 or as notice_step. */
NODISCARD int matter_decide(struct desk *desk, struct matter *m, enum notice_act act);

/** Write what the outcome says, the notice's row included.  0, E_INPUT (no calendar) or as db_step. */
NODISCARD int matter_write(struct matter *m);

/** Timeline, audit and answer.  0 or as db_step. */
NODISCARD int matter_close(struct desk *desk, const struct matter *m, const char *act,
	const char *code, struct slice args_json);

/** {"number":…,"title":…,"reason":…} for the timeline; empty members are left out. */
struct slice matter_args(const struct matter *m, struct slice reason);
