/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One message a cause, whatever the order in which things are noticed.  Here
 * 10,000 orders in a small building and 100 at full size, because the
 * sanitizers take their time; FENGSUI_FULL=1 takes 10,000 with 500 children.
 */
#include "probe/reach.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "reach_world.h"

enum { CORE = 0, CHILDREN = 500, SETTLE_MS = 8000 };

static bool full(void)
{
	return getenv("FENGSUI_FULL") != NULL;
}

/* ---- the graph */

static void no_hurry(void *user, int64_t id)
{
	(void)id;
	(*(unsigned *)user)++;
}

static struct reach *bare(unsigned *hurried, size_t count)
{
	struct reach_config config = {
		.checks_max = count, .hurry = no_hurry, .user = hurried
	};
	struct reach *reach = reach_create(&config);
	assert_non_null(reach);
	for (size_t i = 1; i <= count; i++) {
		assert_int_equal(reach_put(reach, (int64_t)i, CHECK_TCP, false), 0);
	}
	return reach;
}

static void a_ring_of_parents_is_refused_and_changes_nothing(void **state)
{
	(void)state;
	unsigned hurried = 0;
	struct reach *reach = bare(&hurried, 4);
	int64_t one[] = { 1 };
	int64_t two[] = { 2 };
	int64_t three[] = { 3, 3, 99 };
	assert_int_equal(reach_link(reach, 1, one, 1), E_INPUT);
	assert_int_equal(reach_link(reach, 2, one, 1), 0);
	assert_int_equal(reach_link(reach, 3, two, 1), 0);
	assert_int_equal(reach_link(reach, 1, three, 3), E_INPUT);
	/* Still a root, so 2 may hang on it and a removed one hangs on nothing. */
	assert_int_equal(reach_link(reach, 4, three, 3), 0);
	assert_int_equal(reach_remove(reach, 2), 0);
	assert_int_equal(reach_link(reach, 1, three, 1), 0);
	assert_int_equal(reach_link(reach, 2, one, 1), E_ABSENT);
	assert_int_equal(reach_remove(reach, 2), E_ABSENT);
	(void)reach_destroy(reach);
}

static void parents_have_their_limits(void **state)
{
	(void)state;
	unsigned hurried = 0;
	struct reach *reach = bare(&hurried, REACH_ANCESTORS_MAX + 3);
	int64_t many[REACH_PARENTS_MAX + 1] = { 0 };
	assert_int_equal(reach_link(reach, 1, many, REACH_PARENTS_MAX + 1), E_LIMIT);
	for (int64_t i = 2; i <= REACH_ANCESTORS_MAX + 1; i++) {
		int64_t parent = i - 1;
		assert_int_equal(reach_link(reach, i, &parent, 1), 0);
	}
	int64_t last = REACH_ANCESTORS_MAX + 1;
	assert_int_equal(reach_link(reach, REACH_ANCESTORS_MAX + 2, &last, 1), E_LIMIT);
	assert_int_equal(reach_put(reach, 999999, CHECK_TCP, false), E_LIMIT);
	(void)reach_destroy(reach);
}

/* ---- step by step, by hand */

struct hand {
	struct reach *reach;
	unsigned hurried;
	int64_t now_ms;
};

static void say_why(struct hand *hand, int64_t id, enum check_state result,
	enum check_state shown, const char *code)
{
	struct check_spec spec = { .id = id };
	struct check_result r;
	hand->now_ms += 10;
	check_result_init(&r, &spec, hand->now_ms);
	check_result_set(&r, result, code);
	struct reach_seen seen = { &r, shown, hand->now_ms - 5, hand->now_ms, true, 1 };
	reach_result(hand->reach, &seen);
}

static void say(struct hand *hand, int64_t id, enum check_state result, enum check_state shown)
{
	say_why(hand, id, result, shown, "test");
}

static void told(struct hand *hand, int64_t id, enum check_state as, int64_t cause)
{
	struct reach_told t = { 0 };
	assert_true(reach_take(hand->reach, &t));
	assert_int_equal(t.id, id);
	assert_int_equal(t.word, REACH_STATE);
	assert_int_equal(t.state, as);
	assert_int_equal(t.cause, cause);
}

static void silent(struct hand *hand)
{
	struct reach_told t = { 0 };
	assert_false(reach_take(hand->reach, &t));
}

/* 1 and 2 are up, and 2 hangs on 1. */
static void pair(struct hand *hand)
{
	int64_t parent = 1;
	*hand = (struct hand) { .now_ms = 1000 };
	hand->reach = bare(&hand->hurried, 4);
	assert_int_equal(reach_link(hand->reach, 2, &parent, 1), 0);
}

static void pair_up(struct hand *hand)
{
	for (int64_t id = 1; id <= 2; id++) {
		say(hand, id, CHECK_UP, CHECK_UP);
		told(hand, id, CHECK_UP, 0);
	}
}

static void told_why(struct hand *hand, const char *code)
{
	struct reach_told t = { 0 };
	assert_true(reach_take(hand->reach, &t));
	assert_int_equal(t.word, REACH_STATE);
	assert_int_equal(t.state, CHECK_DEGRADED);
	assert_non_null(t.result);
	assert_string_equal(t.result->code, code);
}

static void degraded_for_another_reason_is_told_when_it_holds(void **state)
{
	struct hand hand;
	(void)state;
	pair(&hand);
	pair_up(&hand);
	say_why(&hand, 1, CHECK_DEGRADED, CHECK_DEGRADED, "slow");
	told_why(&hand, "slow");
	say_why(&hand, 1, CHECK_DEGRADED, CHECK_DEGRADED, "slow");
	silent(&hand);
	/* One that changes its mind with every look is not told again. */
	say_why(&hand, 1, CHECK_DEGRADED, CHECK_DEGRADED, "expires");
	say_why(&hand, 1, CHECK_DEGRADED, CHECK_DEGRADED, "slow");
	say_why(&hand, 1, CHECK_DEGRADED, CHECK_DEGRADED, "expires");
	silent(&hand);
	say_why(&hand, 1, CHECK_DEGRADED, CHECK_DEGRADED, "expires");
	told_why(&hand, "expires");
	say_why(&hand, 1, CHECK_DEGRADED, CHECK_DEGRADED, "expires");
	silent(&hand);
	say_why(&hand, 1, CHECK_UP, CHECK_UP, "fine");
	told(&hand, 1, CHECK_UP, 0);
	say_why(&hand, 1, CHECK_UP, CHECK_UP, "finer");
	say_why(&hand, 1, CHECK_UP, CHECK_UP, "finer");
	silent(&hand);
	(void)reach_destroy(hand.reach);
}

static void a_first_miss_has_the_parents_looked_at_at_once(void **state)
{
	(void)state;
	struct hand hand;
	pair(&hand);
	pair_up(&hand);
	say(&hand, 2, CHECK_DOWN, CHECK_UP);
	assert_int_equal(hand.hurried, 1);
	say(&hand, 2, CHECK_DOWN, CHECK_UP);
	assert_int_equal(hand.hurried, 1);
	silent(&hand);
	(void)reach_destroy(hand.reach);
}

static void a_child_of_a_parent_that_answers_is_down_for_itself(void **state)
{
	(void)state;
	struct hand hand;
	pair(&hand);
	pair_up(&hand);
	say(&hand, 2, CHECK_DOWN, CHECK_UP);
	say(&hand, 1, CHECK_UP, CHECK_UP);
	say(&hand, 2, CHECK_DOWN, CHECK_DOWN);
	/* The parent's answer is of before the last miss. */
	silent(&hand);
	assert_int_equal(reach_stats(hand.reach).holding, 1);
	say(&hand, 1, CHECK_UP, CHECK_UP);
	told(&hand, 2, CHECK_DOWN, 0);
	silent(&hand);
	(void)reach_destroy(hand.reach);
}

static void a_parent_that_has_just_come_back_proves_nothing(void **state)
{
	(void)state;
	struct hand hand;
	pair(&hand);
	pair_up(&hand);
	say(&hand, 1, CHECK_DOWN, CHECK_UP);
	say(&hand, 2, CHECK_DOWN, CHECK_DOWN);
	say(&hand, 1, CHECK_UP, CHECK_UP);
	silent(&hand);
	/* The child is looked at again, and the parent once more after it. */
	say(&hand, 2, CHECK_DOWN, CHECK_DOWN);
	silent(&hand);
	say(&hand, 1, CHECK_UP, CHECK_UP);
	told(&hand, 2, CHECK_DOWN, 0);
	(void)reach_destroy(hand.reach);
}

static void a_silent_parent_is_waited_for_and_not_for_ever(void **state)
{
	(void)state;
	struct hand hand;
	pair(&hand);
	pair_up(&hand);
	say(&hand, 2, CHECK_DOWN, CHECK_DOWN);
	assert_int_equal(reach_turn(hand.reach, hand.now_ms), REACH_HOLD_MS);
	assert_int_equal(reach_turn(hand.reach, hand.now_ms + REACH_HOLD_MS - 1), 1);
	silent(&hand);
	assert_int_equal(reach_turn(hand.reach, hand.now_ms + REACH_HOLD_MS), -1);
	told(&hand, 2, CHECK_DOWN, 0);
	assert_int_equal(reach_stats(hand.reach).alone, 1);
	(void)reach_destroy(hand.reach);
}

static void what_still_fails_when_the_root_is_back_is_told_then(void **state)
{
	(void)state;
	struct hand hand;
	pair(&hand);
	pair_up(&hand);
	say(&hand, 2, CHECK_DOWN, CHECK_DOWN);
	say(&hand, 1, CHECK_DOWN, CHECK_DOWN);
	told(&hand, 1, CHECK_DOWN, 0);
	told(&hand, 2, CHECK_UNREACHABLE, 1);
	unsigned before = hand.hurried;
	say(&hand, 1, CHECK_UP, CHECK_UP);
	told(&hand, 1, CHECK_UP, 0);
	assert_int_equal(hand.hurried, before + 1);
	say(&hand, 2, CHECK_DOWN, CHECK_DOWN);
	silent(&hand);
	say(&hand, 1, CHECK_UP, CHECK_UP);
	told(&hand, 2, CHECK_DOWN, 0);
	(void)reach_destroy(hand.reach);
}

/* A device found dead may be spared for a while: that it is said to be dead again is no news of it. */
static void what_was_not_asked_says_nothing_when_the_root_is_back(void **state)
{
	(void)state;
	struct hand hand;
	struct check_spec spec = { .id = 2 };
	struct check_result r;
	pair(&hand);
	pair_up(&hand);
	say(&hand, 2, CHECK_DOWN, CHECK_DOWN);
	say(&hand, 1, CHECK_DOWN, CHECK_DOWN);
	told(&hand, 1, CHECK_DOWN, 0);
	told(&hand, 2, CHECK_UNREACHABLE, 1);
	say(&hand, 1, CHECK_UP, CHECK_UP);
	told(&hand, 1, CHECK_UP, 0);
	hand.now_ms += 10;
	check_result_init(&r, &spec, hand.now_ms);
	check_result_set(&r, CHECK_DOWN, "test");
	r.repeated = true;
	struct reach_seen seen = { &r, CHECK_DOWN, hand.now_ms - 5, hand.now_ms, true, 1 };
	unsigned before = hand.hurried;
	reach_result(hand.reach, &seen);
	assert_int_equal(hand.hurried, before + 1);
	say(&hand, 1, CHECK_UP, CHECK_UP);
	silent(&hand);
	say(&hand, 2, CHECK_UP, CHECK_UP);
	told(&hand, 2, CHECK_UP, 0);
	(void)reach_destroy(hand.reach);
}

/* ---- after the parent's return */

enum { PARENT_BACK_MS = 90 * 1000 };

/* The two of pair: both are out, the parent is back, the child was looked at and fails. */
static void pair_settles(struct hand *hand)
{
	struct reach_told t = { 0 };
	pair(hand);
	reach_settle(hand->reach, PARENT_BACK_MS);
	pair_up(hand);
	say(hand, 2, CHECK_DOWN, CHECK_DOWN);
	say(hand, 1, CHECK_DOWN, CHECK_DOWN);
	told(hand, 1, CHECK_DOWN, 0);
	told(hand, 2, CHECK_UNREACHABLE, 1);
	unsigned before = hand->hurried;
	say(hand, 1, CHECK_UP, CHECK_UP);
	told(hand, 1, CHECK_UP, 0);
	assert_int_equal(hand->hurried, before + 1);
	silent(hand);
	say(hand, 2, CHECK_DOWN, CHECK_DOWN);
	assert_true(reach_take(hand->reach, &t));
	assert_int_equal(t.state, CHECK_UNREACHABLE);
	assert_int_equal(t.cause, 1);
	assert_int_equal(t.settled_after, 1);
	assert_int_equal(t.settle_ms, PARENT_BACK_MS);
	assert_int_equal(reach_stats(hand->reach).settled, 1);
}

static void a_child_has_time_to_settle_once_its_parent_is_back(void **state)
{
	(void)state;
	struct hand hand;
	struct reach_told t = { 0 };
	pair_settles(&hand);
	/* However often both are looked at meanwhile, nothing is told, and nobody hurries. */
	unsigned before = hand.hurried;
	int64_t began_ms = hand.now_ms;
	while (hand.now_ms < began_ms + PARENT_BACK_MS - 1000) {
		hand.now_ms += 500;
		say(&hand, 2, CHECK_DOWN, CHECK_DOWN);
		say(&hand, 1, CHECK_UP, CHECK_UP);
		assert_true(reach_turn(hand.reach, hand.now_ms) > 0);
	}
	silent(&hand);
	assert_int_equal(hand.hurried, before);
	hand.now_ms = began_ms + PARENT_BACK_MS;
	(void)reach_turn(hand.reach, hand.now_ms);
	/* What it missed while it was given time counts for nothing. */
	silent(&hand);
	say(&hand, 1, CHECK_UP, CHECK_UP);
	silent(&hand);
	say(&hand, 2, CHECK_DOWN, CHECK_DOWN);
	say(&hand, 1, CHECK_UP, CHECK_UP);
	assert_true(reach_take(hand.reach, &t));
	assert_int_equal(t.id, 2);
	assert_int_equal(t.state, CHECK_DOWN);
	assert_int_equal(t.cause, 0);
	assert_int_equal(t.settled_after, 1);
	assert_true(t.back_unix_ms > 0 && t.back_unix_ms < hand.now_ms);
	silent(&hand);
	(void)reach_destroy(hand.reach);
}

static void one_that_answers_while_it_settles_is_judged_as_ever_from_then_on(void **state)
{
	(void)state;
	struct hand hand;
	struct reach_told t = { 0 };
	pair_settles(&hand);
	say(&hand, 2, CHECK_UP, CHECK_UP);
	told(&hand, 2, CHECK_UP, 0);
	say(&hand, 2, CHECK_DOWN, CHECK_DOWN);
	say(&hand, 1, CHECK_UP, CHECK_UP);
	assert_true(reach_take(hand.reach, &t));
	assert_int_equal(t.state, CHECK_DOWN);
	assert_int_equal(t.settled_after, 0);
	(void)reach_destroy(hand.reach);
}

static void a_parent_that_fails_again_is_the_cause_again_and_the_time_begins_anew(void **state)
{
	(void)state;
	struct hand hand;
	pair_settles(&hand);
	hand.now_ms += PARENT_BACK_MS / 2;
	say(&hand, 1, CHECK_DOWN, CHECK_DOWN);
	told(&hand, 1, CHECK_DOWN, 0);
	silent(&hand);
	hand.now_ms += PARENT_BACK_MS / 2;
	(void)reach_turn(hand.reach, hand.now_ms);
	silent(&hand);
	say(&hand, 1, CHECK_UP, CHECK_UP);
	told(&hand, 1, CHECK_UP, 0);
	assert_int_equal(reach_turn(hand.reach, hand.now_ms), PARENT_BACK_MS);
	(void)reach_destroy(hand.reach);
}

/* 3 hangs on 2 hangs on 1. */
static void each_storey_of_a_chain_settles_after_the_one_above_it(void **state)
{
	(void)state;
	struct hand hand;
	struct reach_told t = { 0 };
	int64_t two = 2;
	pair(&hand);
	reach_settle(hand.reach, PARENT_BACK_MS);
	assert_int_equal(reach_link(hand.reach, 3, &two, 1), 0);
	pair_up(&hand);
	say(&hand, 3, CHECK_UP, CHECK_UP);
	told(&hand, 3, CHECK_UP, 0);
	for (int64_t id = 3; id >= 1; id--) {
		say(&hand, id, CHECK_DOWN, CHECK_DOWN);
	}
	told(&hand, 1, CHECK_DOWN, 0);
	told(&hand, 2, CHECK_UNREACHABLE, 1);
	told(&hand, 3, CHECK_UNREACHABLE, 1);
	say(&hand, 1, CHECK_UP, CHECK_UP);
	told(&hand, 1, CHECK_UP, 0);
	hand.now_ms += PARENT_BACK_MS - 1000;
	say(&hand, 3, CHECK_DOWN, CHECK_DOWN);
	silent(&hand);
	say(&hand, 2, CHECK_UP, CHECK_UP);
	told(&hand, 2, CHECK_UP, 0);
	/* The core has been back for long, but what 3 hangs on has not. */
	hand.now_ms += PARENT_BACK_MS - 1000;
	say(&hand, 3, CHECK_DOWN, CHECK_DOWN);
	(void)reach_turn(hand.reach, hand.now_ms);
	assert_true(reach_take(hand.reach, &t));
	assert_int_equal(t.state, CHECK_UNREACHABLE);
	assert_int_equal(t.settled_after, 2);
	silent(&hand);
	say(&hand, 3, CHECK_UP, CHECK_UP);
	told(&hand, 3, CHECK_UP, 0);
	(void)reach_destroy(hand.reach);
}

static void time_to_settle_that_is_taken_away_is_over_at_once(void **state)
{
	(void)state;
	struct hand hand;
	pair_settles(&hand);
	reach_settle(hand.reach, 0);
	(void)reach_turn(hand.reach, hand.now_ms);
	say(&hand, 2, CHECK_DOWN, CHECK_DOWN);
	say(&hand, 1, CHECK_UP, CHECK_UP);
	told(&hand, 2, CHECK_DOWN, 0);
	(void)reach_destroy(hand.reach);
}

/* Nobody is above it any more: there is nothing to wait for. */
static void what_settles_is_told_at_once_when_its_parent_is_taken_away(void **state)
{
	(void)state;
	struct hand hand;
	pair_settles(&hand);
	assert_int_equal(reach_remove(hand.reach, 1), 0);
	(void)reach_turn(hand.reach, hand.now_ms);
	told(&hand, 2, CHECK_DOWN, 0);
	(void)reach_destroy(hand.reach);
}

static void one_living_parent_of_two_is_enough_to_be_at_fault(void **state)
{
	(void)state;
	struct hand hand;
	pair(&hand);
	int64_t both[] = { 1, 3 };
	assert_int_equal(reach_link(hand.reach, 2, both, 2), 0);
	pair_up(&hand);
	say(&hand, 3, CHECK_UP, CHECK_UP);
	told(&hand, 3, CHECK_UP, 0);
	say(&hand, 1, CHECK_DOWN, CHECK_DOWN);
	told(&hand, 1, CHECK_DOWN, 0);
	say(&hand, 2, CHECK_DOWN, CHECK_DOWN);
	silent(&hand);
	say(&hand, 3, CHECK_UP, CHECK_UP);
	told(&hand, 2, CHECK_DOWN, 0);
	(void)reach_destroy(hand.reach);
}

static void a_cause_names_the_root_and_moves_when_the_root_does(void **state)
{
	(void)state;
	struct hand hand;
	pair(&hand);
	int64_t two = 2;
	assert_int_equal(reach_link(hand.reach, 3, &two, 1), 0);
	pair_up(&hand);
	say(&hand, 3, CHECK_UP, CHECK_UP);
	told(&hand, 3, CHECK_UP, 0);
	say(&hand, 3, CHECK_DOWN, CHECK_DOWN);
	say(&hand, 2, CHECK_DOWN, CHECK_DOWN);
	say(&hand, 1, CHECK_DOWN, CHECK_DOWN);
	told(&hand, 1, CHECK_DOWN, 0);
	told(&hand, 2, CHECK_UNREACHABLE, 1);
	told(&hand, 3, CHECK_UNREACHABLE, 1);
	say(&hand, 1, CHECK_UP, CHECK_UP);
	told(&hand, 1, CHECK_UP, 0);
	say(&hand, 2, CHECK_DOWN, CHECK_DOWN);
	say(&hand, 1, CHECK_UP, CHECK_UP);
	told(&hand, 2, CHECK_DOWN, 0);
	told(&hand, 3, CHECK_UNREACHABLE, 2);
	silent(&hand);
	/* Without the check it hung on it answers for itself. */
	assert_int_equal(reach_remove(hand.reach, 2), 0);
	(void)reach_turn(hand.reach, hand.now_ms);
	told(&hand, 3, CHECK_DOWN, 0);
	(void)reach_destroy(hand.reach);
}

static void a_check_that_changed_back_untold_is_told_as_it_is(void **state)
{
	(void)state;
	struct hand hand;
	pair(&hand);
	pair_up(&hand);
	say(&hand, 1, CHECK_DOWN, CHECK_DOWN);
	say(&hand, 1, CHECK_UP, CHECK_UP);
	silent(&hand);
	(void)reach_destroy(hand.reach);
}

/* The child's time is up first; its parent's verdict is still coming. */
static void a_verdict_waits_for_a_parent_that_waits_itself(void **state)
{
	(void)state;
	struct hand hand;
	pair(&hand);
	int64_t two = 2;
	assert_int_equal(reach_link(hand.reach, 3, &two, 1), 0);
	pair_up(&hand);
	say(&hand, 3, CHECK_UP, CHECK_UP);
	told(&hand, 3, CHECK_UP, 0);
	say(&hand, 3, CHECK_DOWN, CHECK_DOWN);
	int64_t first_ms = hand.now_ms;
	hand.now_ms += 10000;
	say(&hand, 2, CHECK_DOWN, CHECK_DOWN);
	(void)reach_turn(hand.reach, first_ms + REACH_HOLD_MS);
	silent(&hand);
	(void)reach_turn(hand.reach, hand.now_ms + REACH_HOLD_MS);
	told(&hand, 2, CHECK_DOWN, 0);
	told(&hand, 3, CHECK_UNREACHABLE, 2);
	silent(&hand);
	(void)reach_destroy(hand.reach);
}

static void while_it_flaps_nothing_else_is_told_of_it(void **state)
{
	(void)state;
	struct hand hand;
	struct reach_told t = { 0 };
	unsigned words[3] = { 0 };
	pair(&hand);
	pair_up(&hand);
	for (int i = 0; i < 40; i++) {
		enum check_state now = i % 2 == 0 ? CHECK_DOWN : CHECK_UP;
		say(&hand, 1, now, now);
		while (words[REACH_FLAP_BEGINS] == 0 && reach_take(hand.reach, &t)) {
			words[t.word]++;
		}
	}
	assert_int_equal(words[REACH_FLAP_BEGINS], 1);
	silent(&hand);
	/* Down was told last, before it began; now it stays up: the end is told, and then that. */
	for (int i = 0; i < 21; i++) {
		say(&hand, 1, CHECK_UP, CHECK_UP);
	}
	assert_true(reach_take(hand.reach, &t));
	assert_int_equal(t.word, REACH_FLAP_ENDS);
	told(&hand, 1, CHECK_UP, 0);
	silent(&hand);
	(void)reach_destroy(hand.reach);
}

/* ---- whatever the order */

struct order {
	struct campus campus;
	uint64_t seed;
	size_t own;         /* children that break by themselves meanwhile */
	size_t late;        /* as many before them are back only some time after the core */
	uint32_t settle_ms; /* 0 = they get none, and there are none that are late */
};

static void order_plan(struct order *o, size_t children)
{
	struct campus *c = &o->campus;
	bool ping = campus_draw(c, 4) == 0;
	struct campus_plan plan = { ping ? CHECK_ICMP : CHECK_TCP,
		1000 + campus_draw(c, 3) * 1000, ping ? 0 : 50 + campus_draw(c, 950),
		(uint8_t)(ping ? 2 : campus_draw(c, 4)) };
	size_t middle = campus_draw(c, 2) * (children / 25);
	c->rtt_ms_max = 1 + campus_draw(c, 40);
	/* A service that loses one look is another story: pings may. */
	c->loss_ppm = ping ? campus_draw(c, 20000) : 0;
	for (size_t i = 1; i <= children; i++) {
		struct campus_device *d = &c->devices[i];
		bool edge = i > middle && middle > 0;
		d->parent = edge ? 1 + (int64_t)campus_draw(c, (uint32_t)middle) : CORE;
		if (edge && campus_draw(c, 3) == 0) {
			d->second = 1 + (int64_t)campus_draw(c, (uint32_t)middle);
		}
	}
	campus_watch(c, &plan);
	o->settle_ms = campus_draw(c, 3) * 8000;
	reach_settle(c->reach, o->settle_ms);
}

static void order_fail(const struct order *o, const char *what, size_t device)
{
	const struct campus_device *d = &o->campus.devices[device];
	fail_msg("order %llu: %s: device %zu told down %u times, caused %u (by %lld), up %u",
		(unsigned long long)o->seed, what, device, d->downs, d->caused,
		(long long)d->cause, d->ups);
}

static void order_out(struct order *o, size_t children)
{
	struct campus *c = &o->campus;
	campus_pass(c, 8000);
	c->devices[CORE].out_ms = c->now_ms + campus_draw(c, 3000);
	c->devices[CORE].back_ms = c->devices[CORE].out_ms + 25000 + campus_draw(c, 2000);
	/* The last ones break behind it, and stay so. */
	for (size_t i = children - o->own + 1; i <= children; i++) {
		c->devices[i].out_ms = c->devices[CORE].out_ms + 1000 + campus_draw(c, 9000);
		c->devices[i].back_ms = INT64_MAX;
	}
	/* As switches do that boot longer than the core. */
	for (size_t i = children - o->own; i > children - o->own - o->late; i--) {
		c->devices[i].out_ms = c->devices[CORE].out_ms;
		c->devices[i].back_ms = c->devices[CORE].back_ms + campus_draw(c, o->settle_ms);
	}
	campus_pass(c, 24000);
	if (c->devices[CORE].downs != 1) {
		order_fail(o, "the core is told once", CORE);
	}
	for (size_t i = 1; i <= children; i++) {
		const struct campus_device *d = &c->devices[i];
		if (d->downs != 0 || d->state != CHECK_UNREACHABLE || d->cause != CORE + 1) {
			order_fail(o, "while the core is down", i);
		}
	}
}

static void order_back(struct order *o, size_t children)
{
	struct campus *c = &o->campus;
	campus_pass(c, 40000 + 2 * o->settle_ms);
	for (size_t i = 0; i <= children; i++) {
		const struct campus_device *d = &c->devices[i];
		bool own = i > children - o->own;
		if (own ? d->downs != 1 || d->state != CHECK_DOWN || d->cause != 0
			: d->state != CHECK_UP || d->downs != (i == CORE)) {
			order_fail(o, "when the core is back", i);
		}
	}
	/* Work in proportion: a few judgements a child and outage, however long it was. */
	assert_true(reach_stats(c->reach).alone == 0);
}

static void order(uint64_t seed, size_t children)
{
	struct order o = { .seed = seed };
	campus_open(&o.campus, children + 1, seed);
	order_plan(&o, children);
	/* With 25 or more there are some at the edge. */
	o.own = campus_draw(&o.campus, 3);
	o.late = o.settle_ms != 0 ? campus_draw(&o.campus, 3) : 0;
	order_out(&o, children);
	order_back(&o, children);
	campus_close(&o.campus);
}

static void a_dead_core_is_one_message_whatever_the_order(void **state)
{
	(void)state;
	uint64_t orders = full() ? 10000 : 100;
	for (uint64_t seed = 1; seed <= orders; seed++) {
		order(seed, CHILDREN);
	}
}

static void in_a_small_building_as_well(void **state)
{
	(void)state;
	uint64_t orders = 10000;
	for (uint64_t seed = 1; seed <= orders; seed++) {
		order(1000000 + seed, 5);
	}
}

/* 100,000 checks of which nothing fails: nobody is judged. */
static void a_settled_campus_is_not_judged(void **state)
{
	(void)state;
	struct campus campus;
	struct campus_plan plan = { CHECK_TCP, 1000, 200, 2 };
	size_t count = full() ? 100000 : 5000;
	campus_open(&campus, count, 3);
	for (size_t i = 1; i < count; i++) {
		campus.devices[i].parent = (int64_t)((i - 1) / 10);
	}
	campus_watch(&campus, &plan);
	campus_pass(&campus, 5000);
	uint64_t before = reach_stats(campus.reach).judged;
	campus_pass(&campus, 10000);
	assert_int_equal(reach_stats(campus.reach).judged, before);
	assert_int_equal(reach_stats(campus.reach).hurried, 0);
	campus_close(&campus);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ring_of_parents_is_refused_and_changes_nothing),
		cmocka_unit_test(parents_have_their_limits),
		cmocka_unit_test(degraded_for_another_reason_is_told_when_it_holds),
		cmocka_unit_test(a_first_miss_has_the_parents_looked_at_at_once),
		cmocka_unit_test(a_child_of_a_parent_that_answers_is_down_for_itself),
		cmocka_unit_test(a_parent_that_has_just_come_back_proves_nothing),
		cmocka_unit_test(a_silent_parent_is_waited_for_and_not_for_ever),
		cmocka_unit_test(what_still_fails_when_the_root_is_back_is_told_then),
		cmocka_unit_test(what_was_not_asked_says_nothing_when_the_root_is_back),
		cmocka_unit_test(a_child_has_time_to_settle_once_its_parent_is_back),
		cmocka_unit_test(
			one_that_answers_while_it_settles_is_judged_as_ever_from_then_on),
		cmocka_unit_test(
			a_parent_that_fails_again_is_the_cause_again_and_the_time_begins_anew),
		cmocka_unit_test(each_storey_of_a_chain_settles_after_the_one_above_it),
		cmocka_unit_test(time_to_settle_that_is_taken_away_is_over_at_once),
		cmocka_unit_test(what_settles_is_told_at_once_when_its_parent_is_taken_away),
		cmocka_unit_test(one_living_parent_of_two_is_enough_to_be_at_fault),
		cmocka_unit_test(a_cause_names_the_root_and_moves_when_the_root_does),
		cmocka_unit_test(a_check_that_changed_back_untold_is_told_as_it_is),
		cmocka_unit_test(a_verdict_waits_for_a_parent_that_waits_itself),
		cmocka_unit_test(while_it_flaps_nothing_else_is_told_of_it),
		cmocka_unit_test(a_dead_core_is_one_message_whatever_the_order),
		cmocka_unit_test(in_a_small_building_as_well),
		cmocka_unit_test(a_settled_campus_is_not_judged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
