/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What runs against time in an event: one row a deadline, kept with its
 * derivation; met, missed (a fact that stays), or ended because nothing is
 * asked any more.  And who is told when one goes off.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "desk/event_row.h"

struct desk_env;
struct timer;
struct txn;

/** Start one; it runs from start_ms.  Not EVENT_CLOCK_UP.  0 or as db_step. */
NODISCARD int event_clock_set(struct txn *txn, const struct desk_env *env,
	const struct event_row *row, enum event_clock_kind kind, int64_t start_ms);
/** Start that of a report to an authority, from known_at, with its alarms.  0 or as db_step. */
NODISCARD int event_clock_set_up(struct txn *txn, const struct desk_env *env,
	const struct event_row *row, const struct event_authority *authority, int64_t up_id);
/** Every one of the kind that runs was met now; up_id 0 = of none.  0 or as db_step. */
NODISCARD int event_clock_meet(
	struct txn *txn, int64_t event_id, enum event_clock_kind kind, int64_t up_id);
/** Nothing is asked any more of those of the kind that run; up_id 0 = of none.  0 or as db_step. */
NODISCARD int event_clock_end(
	struct txn *txn, int64_t event_id, enum event_clock_kind kind, int64_t up_id);
/** All of them.  0 or as db_step. */
NODISCARD int event_clocks_end(struct txn *txn, int64_t event_id);
/** It is of another grade now: those that depend on it by that grade, from where they began.  0 or as db_step. */
NODISCARD int event_clocks_regrade(
	struct txn *txn, const struct desk_env *env, const struct event_row *row);

/** Timers "event.due" and "event.alarm" of an "event_clock".  0 or as db_step. */
NODISCARD int event_timer(
	struct txn *txn, const struct desk_env *env, const struct timer *timer);

/** What is said to whom; nothing of what happened: mail is read by others. */
struct event_word {
	const char *when;  /* a list of the pack's tell */
	const char *event; /* names the message, with the row's version or a seq */
	int64_t seq;
	struct slice subject; /* without number and unit */
	struct slice text;
};

/** Tell everybody on the list of the pack.  0 or as db_step. */
NODISCARD int event_tell(struct txn *txn, const struct desk_env *env,
	const struct event_row *row, const struct event_word *word);
/** Tell one person.  0 or as db_step. */
NODISCARD int event_tell_person(struct txn *txn, const struct desk_env *env,
	const struct event_row *row, const struct event_word *word, int64_t person_id);
/** The list of its grade: "iii", or "received" while it has none. */
const char *event_tell_list(const struct event_row *row);
