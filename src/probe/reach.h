/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What is told of a check, and whose fault it is.  Between the scheduler,
 * which confirms states, and the desk, which wakes people: a check may name
 * parents it is reached through, and a failure that lies behind a failed
 * parent is told as unreachable with its cause, never as a failure of its own.
 *
 * A parent's children often miss before the parent itself does.  So a child's
 * first miss has its parents looked at at once, and a confirmed failure is
 * held until they have spoken:
 *
 *	down         while some parent missed nothing the child missed as often
 *	             as confirms a failure, and the parent answered after the
 *	             last of them; or no parent has spoken within REACH_HOLD_MS
 *	unreachable  every parent is down or unreachable; the cause is the check
 *	             at the root
 *
 * A parent that comes back has its unreachable children looked at at once.  A
 * switch behind a core takes a minute or two to boot or to reconverge, so a
 * child that still fails settles first: it stays unreachable, with its cause,
 * until it answers or reach_settle's time has gone by since its own parent
 * answered.  What then fails anew, by the same rule, is down for itself, and
 * what is told says whose return it was given time after.
 *
 * A result that only repeats what was found before (check_result.repeated) counts as no miss.  A check that
 * keeps changing is told once as flapping and once when it ends (flap.h), and
 * not at all while its parents do the same.  One that is degraded is told
 * again, in the same state, when it has been so for another reason.
 *
 * Work is in proportion to what changes: a good result of a settled check
 * costs one look-up.  The clock is passed in.
 *
 * Pure.  Layer: probe.  Threading: one owner.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "probe/check.h"

struct reach;

enum {
	REACH_PARENTS_MAX = 8,
	REACH_ANCESTORS_MAX = 1024, /* of one check */
	REACH_HOLD_MS = 30 * 1000,  /* a verdict waits for silent parents */
	REACH_PAST_MS = 60 * 1000,  /* a miss counts as evidence for so long */
	REACH_REASON_RUN = 2,       /* results in a row that give another reason */
	REACH_SETTLE_MAX_MS = 3600 * 1000,
};

enum reach_word { REACH_STATE, REACH_FLAP_BEGINS, REACH_FLAP_ENDS };

/** One thing to tell. */
struct reach_told {
	int64_t id;
	enum reach_word word;
	enum check_state state;
	int64_t cause; /* check at the root; 0 = none but itself */
	int64_t since_unix_ms;
	unsigned flap_percent;
	/* the parent after whose return it was given time to settle; 0 = none */
	int64_t settled_after;
	int64_t back_unix_ms; /* since when that parent answers */
	int64_t settle_ms;    /* of one that is unreachable: so long from then, at most */
	const struct check_result *result; /* that decided; valid until the next call */
};

/** One result as the scheduler has taken it. */
struct reach_seen {
	const struct check_result *result; /* copied when it is needed later */
	enum check_state shown;            /* confirmed, with this result */
	int64_t started_ms;                /* monotonic, as all below */
	int64_t now_ms;
	bool regular; /* in its turn */
	uint8_t need; /* bad results that confirm a failure, >= 1 */
};

struct reach_config {
	size_t checks_max;
	uint8_t seed[16];
	/** Look at this check at once.  Do not put, link or remove from inside. */
	void (*hurry)(void *user, int64_t id);
	void *user;
};

struct reach_stats {
	uint64_t held;        /* verdicts that waited */
	uint64_t hurried;     /* looks asked for */
	uint64_t unreachable; /* told with a cause */
	uint64_t alone;       /* told down because no parent spoke in time */
	uint64_t settled;     /* failures not told because a parent had just come back */
	uint64_t flaps;       /* begun */
	uint64_t judged;      /* judgements made: the work */
	uint32_t holding;
};

/** Owns:    the result; NULL without memory. */
struct reach *reach_create(const struct reach_config *config);
struct reach *reach_destroy(struct reach *reach);

/**
 * Know a check.  fresh forgets what was known of it: it looks elsewhere now.
 *
 * Returns: 0 added, 1 known before, E_LIMIT at checks_max.
 */
NODISCARD int reach_put(struct reach *reach, int64_t id, enum check_kind kind, bool fresh);
/** Its children lose this parent.  Returns: 0 or E_ABSENT. */
NODISCARD int reach_remove(struct reach *reach, int64_t id);

/**
 * Replace a check's parents.  Those nobody has put are passed over.
 *
 * Returns: 0; E_ABSENT; E_LIMIT over REACH_PARENTS_MAX or REACH_ANCESTORS_MAX;
 *          E_INPUT when a parent is the check itself or hangs on it: the
 *          check then keeps the parents it had.
 */
NODISCARD int reach_link(struct reach *reach, int64_t id, const int64_t *parents, size_t count);

/**
 * How long children may take after their parent is back; 0, as at first, is not
 * at all, and more than REACH_SETTLE_MAX_MS is that.  What settles now goes by it
 * at the next turn.
 */
void reach_settle(struct reach *reach, int64_t settle_ms);

/** Take one result; of a check nobody has put it is passed over. */
void reach_result(struct reach *reach, const struct reach_seen *seen);
/**
 * Judge what was held too long or had its time to settle.
 *
 * Returns: ms until the next may be due, -1 = nothing waits.
 */
int64_t reach_turn(struct reach *reach, int64_t now_ms);

/** The next thing to tell, oldest first; a check that changed back untold is told as it is. */
bool reach_take(struct reach *reach, struct reach_told *ret_told);

struct reach_stats reach_stats(const struct reach *reach);
