/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/sweep.h"

#include <stdlib.h>

#include "base/digest.h"
#include "base/err.h"

enum { BITS = 128, HALF = 64, MAPPED_BITS = 96, TOKEN = 1000, BURST_MAX = 1 << 20 };

/* Addresses of one upper half; no range that is walked is wider than that. */
struct interval {
	uint64_t high;
	uint64_t first;
	uint64_t last;
};

struct sweep {
	struct sweep_range ranges[SWEEP_RANGES_MAX];
	size_t range_count;
	struct sweep_freeze freezes[SWEEP_FREEZES_MAX];
	size_t freeze_count;
	struct sweep_pace pace;
	struct interval *intervals; /* apart, ascending */
	size_t interval_count;
	size_t interval_room;
	uint64_t *before; /* addresses in the intervals before */
	uint64_t total;
	uint64_t stride; /* prime to total */
	uint64_t too_wide;
	struct sweep_position position;
	int64_t filled_ms;
	uint64_t tokens; /* thousandths */
};

/* ---- intervals */

static uint64_t half_of(const struct network *network, unsigned half)
{
	uint64_t value = 0;
	for (unsigned i = 0; i < 8; i++) {
		value = value << 8 | network->octet[half * 8 + i];
	}
	return value;
}

static bool mapped(const struct network *network)
{
	return half_of(network, 0) == 0 && half_of(network, 1) >> 32 == 0xffff &&
	       network->prefix >= MAPPED_BITS;
}

static void interval_put(struct sweep *sweep, struct interval interval)
{
	if (sweep->interval_count == sweep->interval_room) {
		size_t room = sweep->interval_room > 0 ? 2 * sweep->interval_room : 64;
		struct interval *grown =
			reallocarray(sweep->intervals, room, sizeof(*sweep->intervals));
		if (grown == NULL) {
			abort();
		}
		sweep->intervals = grown;
		sweep->interval_room = room;
	}
	sweep->intervals[sweep->interval_count++] = interval;
}

static void range_put(struct sweep *sweep, const struct network *network)
{
	unsigned bits = BITS - network->prefix;
	if (bits > SWEEP_HOST_BITS_MAX) {
		sweep->too_wide++;
		return;
	}
	uint64_t first = half_of(network, 1);
	interval_put(sweep, (struct interval) { half_of(network, 0), first,
				    first + (((uint64_t)1 << bits) - 1) });
}

static int interval_order(const void *a, const void *b)
{
	const struct interval *x = a;
	const struct interval *y = b;
	if (x->high != y->high) {
		return x->high > y->high ? 1 : -1;
	}
	return (x->first > y->first) - (x->first < y->first);
}

static void merge(struct sweep *sweep)
{
	if (sweep->interval_count > 0) {
		qsort(sweep->intervals, sweep->interval_count, sizeof(*sweep->intervals),
			interval_order);
	}
	size_t kept = 0;
	for (size_t i = 0; i < sweep->interval_count; i++) {
		struct interval *next = &sweep->intervals[i];
		struct interval *last = kept > 0 ? &sweep->intervals[kept - 1] : NULL;
		if (last != NULL && last->high == next->high && next->first <= last->last) {
			last->last = next->last > last->last ? next->last : last->last;
		} else {
			sweep->intervals[kept++] = *next;
		}
	}
	sweep->interval_count = kept;
}

/* Take [first, last] of one upper half out of all intervals. */
static void cut(struct sweep *sweep, struct interval out)
{
	for (size_t i = 0; i < sweep->interval_count;) {
		struct interval *it = &sweep->intervals[i];
		if (it->high != out.high || it->last < out.first || it->first > out.last) {
			i++;
			continue;
		}
		struct interval right = { it->high, out.last + 1, it->last };
		bool has_left = it->first < out.first;
		bool has_right = it->last > out.last;
		it->last = out.first - 1; /* wraps only where nothing is left of it */
		if (!has_left) {
			*it = has_right ? right : sweep->intervals[--sweep->interval_count];
			i += has_right;
			continue;
		}
		if (has_right) {
			interval_put(sweep, right);
		}
		i++;
	}
}

static void cut_passive(struct sweep *sweep, const struct network *network)
{
	for (size_t i = 0; network->prefix <= HALF && i < sweep->interval_count;) {
		struct network at = { .prefix = BITS };
		for (unsigned k = 0; k < 8; k++) {
			at.octet[k] = (uint8_t)(sweep->intervals[i].high >> (56 - 8 * k));
		}
		if (network_contains(network, &at)) {
			sweep->intervals[i] = sweep->intervals[--sweep->interval_count];
		} else {
			i++;
		}
	}
	if (network->prefix > HALF) {
		uint64_t first = half_of(network, 1);
		uint64_t rest =
			network->prefix == BITS ? 0 : UINT64_MAX >> (network->prefix - HALF);
		cut(sweep, (struct interval) { half_of(network, 0), first, first | rest });
	}
}

/* An IPv4 subnet's own address and its broadcast. */
static void cut_ends(struct sweep *sweep, const struct network *network)
{
	unsigned bits = BITS - network->prefix;
	if (!mapped(network) || bits < 2 || bits > 32) {
		return;
	}
	uint64_t first = half_of(network, 1);
	uint64_t last = first + (((uint64_t)1 << bits) - 1);
	cut(sweep, (struct interval) { 0, first, first });
	cut(sweep, (struct interval) { 0, last, last });
}

/* ---- the order of a round */

static uint64_t common(uint64_t a, uint64_t b)
{
	while (b != 0) {
		uint64_t rest = a % b;
		a = b;
		b = rest;
	}
	return a;
}

/* Steps of the golden section spread neighbours and, being prime to the total, meet all. */
static uint64_t stride_of(uint64_t total)
{
	uint64_t stride = total * 618 / 1000;
	stride = stride > 0 ? stride : 1;
	while (common(stride, total) != 1) {
		stride++;
	}
	return stride;
}

static uint64_t digest_of_plan(const struct sweep *sweep)
{
	uint64_t digest = digest_xxh3(
		slice_of(sweep->intervals, sweep->interval_count * sizeof(*sweep->intervals)));
	return digest != 0 ? digest : 1;
}

static void plan(struct sweep *sweep)
{
	for (size_t i = 0; i < sweep->range_count; i++) {
		if (!sweep->ranges[i].passive) {
			range_put(sweep, &sweep->ranges[i].network);
		}
	}
	merge(sweep);
	for (size_t i = 0; i < sweep->range_count; i++) {
		if (sweep->ranges[i].passive) {
			cut_passive(sweep, &sweep->ranges[i].network);
		} else {
			cut_ends(sweep, &sweep->ranges[i].network);
		}
	}
	merge(sweep);
	sweep->before = calloc(sweep->interval_count + 1, sizeof(*sweep->before));
	if (sweep->before == NULL) {
		abort();
	}
	for (size_t i = 0; i < sweep->interval_count; i++) {
		sweep->before[i] = sweep->total;
		sweep->total += sweep->intervals[i].last - sweep->intervals[i].first + 1;
	}
	sweep->stride = sweep->total > 0 ? stride_of(sweep->total) : 1;
}

static struct network address_at(const struct sweep *sweep, uint64_t ordinal)
{
	size_t low = 0;
	size_t high = sweep->interval_count;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (sweep->before[middle] <= ordinal) {
			low = middle;
		} else {
			high = middle;
		}
	}
	uint64_t half[2] = { sweep->intervals[low].high,
		sweep->intervals[low].first + (ordinal - sweep->before[low]) };
	struct network address = { .prefix = BITS };
	for (unsigned i = 0; i < 16; i++) {
		address.octet[i] = (uint8_t)(half[i / 8] >> (56 - 8 * (i % 8)));
	}
	return address;
}

/* ---- life */

static bool config_valid(const struct sweep_config *config)
{
	bool valid = config->pace.per_second >= 1 &&
		     config->pace.per_second <= SWEEP_PER_SECOND_MAX &&
		     config->pace.burst >= 1 && config->pace.burst <= BURST_MAX &&
		     config->pace.round_ms > 0;
	for (size_t i = 0; valid && i < config->freeze_count; i++) {
		valid = config->freezes[i].from_ms <= config->freezes[i].to_ms;
	}
	return valid;
}

int sweep_create(const struct sweep_config *config, const struct sweep_position *position,
	struct sweep **ret_sweep)
{
	if (config->range_count > SWEEP_RANGES_MAX ||
		config->freeze_count > SWEEP_FREEZES_MAX) {
		return E_LIMIT;
	}
	if (!config_valid(config)) {
		return E_RANGE;
	}
	struct sweep *sweep = calloc(1, sizeof(*sweep));
	if (sweep == NULL) {
		abort();
	}
	for (size_t i = 0; i < config->range_count; i++) {
		sweep->ranges[i] = config->ranges[i];
		sweep->ranges[i].network = network_cut(
			&config->ranges[i].network, config->ranges[i].network.prefix);
	}
	sweep->range_count = config->range_count;
	for (size_t i = 0; i < config->freeze_count; i++) {
		sweep->freezes[i] = config->freezes[i];
	}
	sweep->freeze_count = config->freeze_count;
	sweep->pace = config->pace;
	sweep->filled_ms = INT64_MIN;
	plan(sweep);
	sweep->position.plan = digest_of_plan(sweep);
	if (position->plan == sweep->position.plan && position->next <= sweep->total) {
		sweep->position = *position;
	}
	*ret_sweep = sweep;
	return 0;
}

struct sweep *sweep_destroy(struct sweep *sweep)
{
	if (sweep != NULL) {
		free(sweep->intervals);
		free(sweep->before);
		free(sweep);
	}
	return NULL;
}

/* ---- going on */

/* End of the freeze that lasts now; INT64_MIN = none does. */
static int64_t frozen_until(const struct sweep *sweep, int64_t now_ms)
{
	int64_t until_ms = INT64_MIN;
	for (size_t i = 0; i < sweep->freeze_count; i++) {
		const struct sweep_freeze *freeze = &sweep->freezes[i];
		if (freeze->from_ms <= now_ms && now_ms < freeze->to_ms) {
			until_ms = freeze->to_ms > until_ms ? freeze->to_ms : until_ms;
		}
	}
	return until_ms;
}

static void refill(struct sweep *sweep, int64_t now_ms)
{
	uint64_t most = (uint64_t)sweep->pace.burst * TOKEN;
	int64_t passed_ms = 0;
	bool known = sweep->filled_ms != INT64_MIN &&
		     !__builtin_sub_overflow(now_ms, sweep->filled_ms, &passed_ms);
	uint64_t full_ms = most / sweep->pace.per_second + 1;
	if (!known || passed_ms > (int64_t)full_ms) {
		sweep->tokens = most;
	} else if (passed_ms > 0) {
		sweep->tokens += (uint64_t)passed_ms * sweep->pace.per_second;
		sweep->tokens = sweep->tokens < most ? sweep->tokens : most;
	}
	sweep->filled_ms = now_ms;
}

/* The next round's begin; a clock set back does not hold it off for longer than a round. */
static bool round_over(struct sweep *sweep, int64_t now_ms, int64_t *ret_wait_ms)
{
	struct sweep_position *position = &sweep->position;
	int64_t passed_ms = 0;
	if (position->round_began_ms == 0) {
		position->round_began_ms = now_ms;
	}
	if (__builtin_sub_overflow(now_ms, position->round_began_ms, &passed_ms) ||
		passed_ms < 0) {
		position->round_began_ms = now_ms;
		passed_ms = 0;
	}
	if (position->next < sweep->total) {
		return false;
	}
	if (passed_ms >= sweep->pace.round_ms && sweep->total > 0) {
		position->next = 0;
		position->round_began_ms = now_ms;
		return false;
	}
	*ret_wait_ms = sweep->total > 0 ? sweep->pace.round_ms - passed_ms : INT64_MAX;
	return true;
}

enum sweep_answer sweep_next(
	struct sweep *sweep, int64_t now_ms, struct network *ret_address, int64_t *ret_wait_ms)
{
	int64_t until_ms = frozen_until(sweep, now_ms);
	if (until_ms != INT64_MIN) {
		*ret_wait_ms = __builtin_sub_overflow(until_ms, now_ms, ret_wait_ms)
				       ? INT64_MAX
				       : *ret_wait_ms;
		return SWEEP_FROZEN;
	}
	if (round_over(sweep, now_ms, ret_wait_ms)) {
		return SWEEP_DONE;
	}
	refill(sweep, now_ms);
	if (sweep->tokens < TOKEN) {
		uint64_t lacking = TOKEN - sweep->tokens;
		*ret_wait_ms = (int64_t)((lacking + sweep->pace.per_second - 1) /
					 sweep->pace.per_second);
		return SWEEP_WAIT;
	}
	sweep->tokens -= TOKEN;
	/* Both below 2^31, or nearly: 1024 ranges of 2^20. */
	uint64_t ordinal = sweep->position.next * sweep->stride % sweep->total;
	sweep->position.next++;
	*ret_address = address_at(sweep, ordinal);
	return SWEEP_ASK;
}

bool sweep_may(const struct sweep *sweep, const struct network *address, int64_t now_ms)
{
	bool registered = false;
	for (size_t i = 0; i < sweep->range_count; i++) {
		const struct sweep_range *range = &sweep->ranges[i];
		if (!network_contains(&range->network, address)) {
			continue;
		}
		if (range->passive) {
			return false;
		}
		registered = true;
	}
	return registered && address->prefix == BITS &&
	       frozen_until(sweep, now_ms) == INT64_MIN;
}

struct sweep_position sweep_position(const struct sweep *sweep)
{
	return sweep->position;
}

struct sweep_stats sweep_stats(const struct sweep *sweep)
{
	return (struct sweep_stats) { sweep->total, sweep->too_wide, sweep->interval_count };
}
