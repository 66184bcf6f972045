/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/reach.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "probe/reach_priv.h"

enum stand { STAND_ALONE, STAND_ALIVE, STAND_DEAD, STAND_OPEN };

static bool is_bad(enum check_state state)
{
	return state == CHECK_DOWN || state == CHECK_UNREACHABLE;
}

/* Held to be down through a fault of another. */
static bool is_caused(const struct node *node)
{
	return is_bad(node->said) && node->cause != 0;
}

static bool is_held(const struct node *node)
{
	return node->hold_until_ms != 0;
}

static void ask(struct reach *reach, struct node *node)
{
	if (!node->asked) {
		node->asked = true;
		reach->stats.hurried++;
		reach->config.hurry(reach->config.user, node->id);
	}
}

static void ask_parents(struct reach *reach, const struct node *node)
{
	for (uint8_t i = 0; i < node->parent_count; i++) {
		struct node *parent = node->parents[i];
		if (!is_bad(parent->shown) && parent->good_started_ms < node->bad_ended_ms) {
			ask(reach, parent);
		}
	}
}

/* ---- holding */

static void hold(struct reach *reach, struct node *node, int64_t now_ms)
{
	if (is_held(node)) {
		return;
	}
	node->hold_until_ms = now_ms + REACH_HOLD_MS;
	reach_append(reach, LIST_HELD, node);
	reach->stats.held++;
	reach->stats.holding++;
	for (uint8_t i = 0; i < node->parent_count; i++) {
		node->parents[i]->waiting++;
	}
}

void reach_release(struct reach *reach, struct node *node)
{
	if (!is_held(node)) {
		return;
	}
	node->hold_until_ms = 0;
	reach_unlist(reach, LIST_HELD, node);
	reach->stats.holding--;
	for (uint8_t i = 0; i < node->parent_count; i++) {
		node->parents[i]->waiting--;
	}
}

/* The latest result of the node, kept until it is told. */
static void keep(struct reach *reach, struct node *node)
{
	if (reach->now != node) {
		return;
	}
	if (node->result == NULL) {
		node->result = malloc(sizeof(*node->result));
	}
	if (node->result != NULL) {
		*node->result = *reach->seen->result;
	}
}

/* ---- telling */

static void queue(struct reach *reach, struct node *node)
{
	bool flapping = node->flap_told || node->flap_muted;
	bool news = node->said != node->sent || node->cause != node->sent_cause ||
		    node->reason_news || node->settle_news;
	if (node->flap_news != 0 || (news && !flapping)) {
		reach_append(reach, LIST_TELL, node);
	} else {
		reach_unlist(reach, LIST_TELL, node);
	}
}

/* ---- settling */

/* Forget that it ever did: it answered, or nobody above it does any more. */
static void unsettle(struct reach *reach, struct node *node)
{
	if (node->settle == SETTLE_NONE) {
		return;
	}
	reach_unlist(reach, LIST_SETTLE, node);
	node->settle = SETTLE_NONE;
	node->settle_news = false;
	node->settle_told = false;
	node->settled_after = 0;
	queue(reach, node);
}

/* Its parent is back: it is looked at at once, and its verdict has time. */
static void settle_begin(struct reach *reach, struct node *node, const struct node *parent)
{
	reach_release(reach, node);
	node->settle = SETTLE_RUNS;
	node->settle_from_ms = reach->now_ms;
	node->settled_after = parent->id;
	node->back_unix_ms = parent->since_unix_ms;
	reach_append(reach, LIST_SETTLE, node);
	ask(reach, node);
}

/* It had its time; what it missed meanwhile is held against it no more than the outage is. */
static void settle_end(struct reach *reach, struct node *node)
{
	reach_unlist(reach, LIST_SETTLE, node);
	node->settle = SETTLE_OVER;
	node->evidence_from_ms = reach->now_ms;
	node->evidence = 0;
	reach_append(reach, LIST_JUDGE, node);
}

/* A look after the parent's return that fails would have been told, but for this. */
static void settle_see(struct reach *reach, struct node *node, const struct reach_seen *seen)
{
	if (node->settle == SETTLE_RUNS && !node->settle_told && is_bad(seen->result->state) &&
		!seen->result->repeated && seen->started_ms >= node->settle_from_ms) {
		node->settle_told = true;
		node->settle_news = true;
		reach->stats.settled++;
		keep(reach, node);
		queue(reach, node);
	}
}

void reach_settle(struct reach *reach, int64_t settle_ms)
{
	reach->settle_ms = settle_ms < REACH_SETTLE_MAX_MS ? settle_ms : REACH_SETTLE_MAX_MS;
}

/* Those whose verdict rests on this one; judging has them looked at where that is wanting. */
static void wake(struct reach *reach, const struct node *node, bool moved)
{
	bool back = moved && reach->settle_ms > 0 && !is_bad(node->said) &&
		    node->said != CHECK_UNKNOWN;
	for (uint32_t i = 0; i < node->child_count; i++) {
		struct node *child = node->children[i];
		if (back && is_caused(child) && child->settle == SETTLE_NONE) {
			settle_begin(reach, child, node);
		}
		if (is_held(child) || (moved && is_caused(child))) {
			reach_append(reach, LIST_JUDGE, child);
		}
	}
}

static void tell(struct reach *reach, struct node *node, enum check_state state, int64_t cause)
{
	reach_release(reach, node);
	if (node->said == state && node->cause == cause) {
		return;
	}
	bool rests = is_bad(node->said) || is_bad(state);
	reach->stats.unreachable += cause != 0 && node->cause == 0;
	node->said = state;
	node->cause = cause;
	keep(reach, node);
	queue(reach, node);
	if (rests) {
		wake(reach, node, true);
	}
}

bool reach_take(struct reach *reach, struct reach_told *ret_told)
{
	struct node *node = reach->list[LIST_TELL].first;
	if (node == NULL) {
		return false;
	}
	bool has_result = node->result != NULL;
	if (has_result) {
		reach->told = *node->result;
	}
	*ret_told = (struct reach_told) { .id = node->id,
		.word = node->flap_news > 0   ? REACH_FLAP_BEGINS
			: node->flap_news < 0 ? REACH_FLAP_ENDS
					      : REACH_STATE,
		.state = node->said,
		.cause = node->cause,
		.since_unix_ms = node->since_unix_ms,
		.flap_percent = flap_percent(&node->flap),
		.settled_after = node->settled_after,
		.back_unix_ms = node->back_unix_ms,
		.settle_ms = reach->settle_ms,
		.result = has_result ? &reach->told : NULL };
	if (node->flap_news != 0) {
		node->flap_news = 0;
	} else {
		node->sent = node->said;
		node->sent_cause = node->cause;
		node->reason_news = false;
		node->settle_news = false;
		node->reason =
			has_result && node->said == CHECK_DEGRADED ? reach->told.code : NULL;
	}
	queue(reach, node);
	if (!node->link[LIST_TELL].in) {
		free(node->result);
		node->result = NULL;
	}
	return true;
}

/* ---- judging */

static bool answers(const struct node *parent)
{
	return parent->answered && !is_bad(parent->shown) &&
	       parent->clean_since_ms != REACH_NEVER;
}

static bool vouches(const struct node *parent, const struct node *child)
{
	return answers(parent) && parent->clean_since_ms <= child->evidence_from_ms &&
	       parent->good_started_ms >= child->bad_ended_ms && child->evidence >= child->need;
}

/* What it missed while no parent answered without a gap says nothing of itself. */
static void evidence_trim(struct node *node)
{
	int64_t from_ms = REACH_NEVER;
	for (uint8_t i = 0; i < node->parent_count; i++) {
		const struct node *parent = node->parents[i];
		if (answers(parent) && parent->clean_since_ms < from_ms) {
			from_ms = parent->clean_since_ms;
		}
	}
	if (from_ms != REACH_NEVER && from_ms > node->evidence_from_ms) {
		node->evidence_from_ms = from_ms;
		node->evidence = node->bad_started_ms >= from_ms;
	}
}

static enum stand stand_of(const struct node *node)
{
	bool dead = true;
	for (uint8_t i = 0; i < node->parent_count; i++) {
		const struct node *parent = node->parents[i];
		if (vouches(parent, node)) {
			return STAND_ALIVE;
		}
		dead = dead && is_bad(parent->said) && is_bad(parent->shown);
	}
	return node->parent_count == 0 ? STAND_ALONE : dead ? STAND_DEAD : STAND_OPEN;
}

static int64_t root_of(const struct node *node)
{
	const struct node *parent = node->parents[0];
	return parent->cause != 0 ? parent->cause : parent->id;
}

/* Nobody can say yet: have the next look taken that brings it on. */
static void wait_for_parents(struct reach *reach, struct node *node, int64_t now_ms)
{
	keep(reach, node);
	hold(reach, node, now_ms);
	ask_parents(reach, node);
	evidence_trim(node);
	for (uint8_t i = 0; i < node->parent_count; i++) {
		const struct node *parent = node->parents[i];
		/* It has spoken; what is missing is the child's own word. */
		if (answers(parent) && parent->good_started_ms >= node->bad_ended_ms) {
			ask(reach, node);
		}
	}
}

static void judge(struct reach *reach, struct node *node, int64_t now_ms)
{
	enum stand stand = stand_of(node);
	reach->stats.judged++;
	if (!is_bad(node->shown) || (stand == STAND_DEAD && is_caused(node))) {
		unsettle(reach, node);
	}
	if (!is_bad(node->shown) || (is_bad(node->said) && !is_caused(node))) {
		tell(reach, node, node->shown, 0);
		return;
	}
	switch (stand) {
	case STAND_ALONE:
		unsettle(reach, node);
		tell(reach, node, node->shown, 0);
		return;
	case STAND_ALIVE:
		if (node->settle != SETTLE_RUNS) {
			tell(reach, node, node->shown, 0);
		}
		return;
	case STAND_DEAD:
		tell(reach, node, CHECK_UNREACHABLE, root_of(node));
		return;
	case STAND_OPEN:
		if (node->settle != SETTLE_RUNS) {
			wait_for_parents(reach, node, now_ms);
		}
		return;
	}
}

static void judge_all(struct reach *reach, int64_t now_ms)
{
	struct node *node = NULL;
	while ((node = reach->list[LIST_JUDGE].first) != NULL) {
		reach_unlist(reach, LIST_JUDGE, node);
		judge(reach, node, now_ms);
	}
}

/* ---- results */

static bool parents_unsettled(const struct node *node)
{
	bool all = node->parent_count > 0;
	for (uint8_t i = 0; i < node->parent_count; i++) {
		all = all && flap_percent(&node->parents[i]->flap) >= FLAP_LOW_PERCENT;
	}
	return all;
}

static void flap_see(struct reach *reach, struct node *node, const struct reach_seen *seen)
{
	struct flap_rule rule = { FLAP_HIGH_PERCENT, FLAP_LOW_PERCENT, node->misses };
	if (seen->result->state == CHECK_UNKNOWN) {
		return;
	}
	enum flap_said said =
		flap_take(&node->flap, rule, is_bad(seen->result->state), seen->regular);
	if (said == FLAP_SAME) {
		return;
	}
	if (said == FLAP_BEGINS) {
		node->flap_muted = parents_unsettled(node);
		node->flap_told = !node->flap_muted;
		reach->stats.flaps += node->flap_told;
	}
	if (node->flap_told) {
		int news = said == FLAP_BEGINS ? 1 : -1;
		node->flap_news = (int8_t)(node->flap_news == -news ? 0 : news);
	}
	if (said == FLAP_ENDS) {
		node->flap_told = false;
		node->flap_muted = false;
	}
	keep(reach, node);
	queue(reach, node);
}

/* Degraded for another reason than was told, and for long enough: that is news as well. */
static void reason_see(struct reach *reach, struct node *node, const struct reach_seen *seen)
{
	const struct check_result *result = seen->result;
	bool other = node->reason != NULL && node->said == CHECK_DEGRADED &&
		     result->state == CHECK_DEGRADED && strcmp(result->code, node->reason) != 0;
	bool again = other && node->other_run > 0 && strcmp(result->code, node->other) == 0;
	node->other = result->code;
	node->other_run =
		(uint8_t)(again ? node->other_run + (node->other_run < UINT8_MAX) : other);
	if (node->other_run >= REACH_REASON_RUN && node->other_run >= seen->need) {
		node->reason_news = true;
		keep(reach, node);
		queue(reach, node);
	}
}

static void times_see(struct node *node, const struct reach_seen *seen)
{
	enum check_state state = seen->result->state;
	node->asked = false;
	node->answered = true;
	node->need = seen->need;
	if (is_bad(state) && seen->result->repeated && is_bad(node->shown)) {
		return; /* it was not asked, which proves nothing against it */
	}
	if (is_bad(state)) {
		node->clean_since_ms = REACH_NEVER;
		node->bad_started_ms = seen->started_ms;
		node->bad_ended_ms = seen->now_ms;
		if (seen->started_ms >= node->evidence_from_ms && node->evidence < UINT8_MAX) {
			node->evidence++;
		}
	} else if (state != CHECK_UNKNOWN) {
		node->good_started_ms = seen->started_ms;
		if (node->clean_since_ms == REACH_NEVER) {
			node->clean_since_ms = seen->started_ms;
		}
		if (seen->started_ms - node->bad_ended_ms > REACH_PAST_MS ||
			node->evidence == 0) {
			node->evidence_from_ms = seen->started_ms;
			node->evidence = 0;
		}
	}
}

/* Since when it is what it is shown to be now: the first result that disagreed. */
static void since_see(struct node *node, const struct reach_seen *seen)
{
	const struct check_result *result = seen->result;
	if (result->state == node->shown) {
		node->doubt_unix_ms = 0;
	} else if (node->doubt_unix_ms == 0) {
		node->doubt_unix_ms = result->at_unix_ms;
	}
	if (seen->shown != node->shown) {
		node->since_unix_ms =
			node->doubt_unix_ms != 0 ? node->doubt_unix_ms : result->at_unix_ms;
		node->doubt_unix_ms = 0;
	}
}

void reach_result(struct reach *reach, const struct reach_seen *seen)
{
	struct node *node = reach_find(reach, seen->result->check_id);
	if (node == NULL) {
		return;
	}
	reach->seen = seen;
	reach->now = node;
	reach->now_ms = seen->now_ms;
	times_see(node, seen);
	since_see(node, seen);
	bool changed = node->shown != seen->shown;
	node->shown = seen->shown;
	flap_see(reach, node, seen);
	reason_see(reach, node, seen);
	settle_see(reach, node, seen);
	if (is_bad(seen->result->state) && !is_bad(node->said)) {
		ask_parents(reach, node);
	}
	if (changed || is_bad(node->shown)) {
		reach_append(reach, LIST_JUDGE, node);
	}
	if (node->waiting > 0) {
		wake(reach, node, false);
	}
	judge_all(reach, seen->now_ms);
	reach->seen = NULL;
	reach->now = NULL;
}

/* Its own verdict is being waited for, within a bound of its own. */
static bool parent_held(const struct node *node)
{
	for (uint8_t i = 0; i < node->parent_count; i++) {
		if (is_held(node->parents[i])) {
			return true;
		}
	}
	return false;
}

/* All settle for as long, so those that began first are through first. */
static int64_t settle_turn(struct reach *reach)
{
	struct node *node = NULL;
	while ((node = reach->list[LIST_SETTLE].first) != NULL &&
		node->settle_from_ms + reach->settle_ms <= reach->now_ms) {
		settle_end(reach, node);
	}
	return node != NULL ? node->settle_from_ms + reach->settle_ms - reach->now_ms : -1;
}

int64_t reach_turn(struct reach *reach, int64_t now_ms)
{
	struct node *node = NULL;
	reach->now_ms = now_ms;
	int64_t settle_wait_ms = settle_turn(reach);
	judge_all(reach, now_ms);
	while ((node = reach->list[LIST_HELD].first) != NULL && node->hold_until_ms <= now_ms) {
		bool wait = parent_held(node);
		reach_release(reach, node);
		if (wait) {
			hold(reach, node, now_ms);
			continue;
		}
		reach->stats.alone++;
		tell(reach, node, node->shown, 0);
		judge_all(reach, now_ms);
	}
	int64_t hold_wait_ms = node != NULL ? node->hold_until_ms - now_ms : settle_wait_ms;
	return settle_wait_ms >= 0 && settle_wait_ms < hold_wait_ms ? settle_wait_ms
								    : hold_wait_ms;
}

struct reach_stats reach_stats(const struct reach *reach)
{
	return reach->stats;
}
