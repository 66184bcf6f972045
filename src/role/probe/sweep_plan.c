/* SPDX-License-Identifier: Apache-2.0 */
#include "role/probe/sweep_plan.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/num.h"
#include "probe/snmp/greet.h"

enum { ARENA_OCTETS = 16 * 1024 * 1024 };

struct community {
	struct network network;
	uint8_t octets[GREET_COMMUNITY_MAX];
	size_t n;
};

struct sweep_plan {
	struct sweep *sweep;
	struct community *communities;
	size_t community_count;
	uint64_t answered;
	bool names;
};

static void community_take(
	struct sweep_plan *plan, const struct json *range, const struct network *network)
{
	struct slice text = json_get_str(range, "community");
	if (text.n == 0 || text.n > GREET_COMMUNITY_MAX) {
		return;
	}
	struct community *community = &plan->communities[plan->community_count++];
	community->network = *network;
	community->n = text.n;
	memcpy(community->octets, text.p, text.n);
}

/* One that cannot be read ends it: what is not understood must not be swept around. */
static int ranges_read(
	struct sweep_plan *plan, const struct json *list, struct sweep_range *ranges)
{
	size_t count = 0;
	for (const struct json *range = json_first(list); range != NULL;
		range = json_next(range)) {
		struct sweep_range *at = &ranges[count++];
		at->passive = !json_get_bool(range, "active", false);
		if (network_parse(json_get_str(range, "network"), &at->network) < 0) {
			return E_FORMAT;
		}
		community_take(plan, range, &at->network);
	}
	return 0;
}

static int freezes_read(const struct json *list, struct sweep_freeze *freezes)
{
	size_t count = 0;
	for (const struct json *freeze = json_first(list); freeze != NULL;
		freeze = json_next(freeze)) {
		const struct json *from = json_first(freeze);
		struct sweep_freeze *at = &freezes[count++];
		if (!json_int(from, &at->from_ms) || !json_int(json_next(from), &at->to_ms)) {
			return E_FORMAT;
		}
	}
	return 0;
}

static struct sweep_position position_read(const struct json *state)
{
	struct sweep_position position = { .next = (uint64_t)json_get_int(state, "next", 0),
		.round_began_ms = json_get_int(state, "round_began_ms", 0) };
	if (num_u64(json_get_str(state, "plan"), UINT64_MAX, &position.plan) < 0) {
		position = (struct sweep_position) { 0 };
	}
	return position;
}

static int plan_fill(struct sweep_plan *plan, struct arena *arena, const struct json *root,
	const struct sweep_position *position)
{
	const struct json *ranges = json_get(root, "ranges");
	const struct json *freezes = json_get(root, "freezes");
	size_t range_count = json_count(ranges);
	size_t freeze_count = json_count(freezes);
	uint32_t per_second = (uint32_t)json_get_int(root, "per_second", 1);
	struct sweep_range *range_list =
		arena_take(arena, (range_count + 1) * sizeof(*range_list));
	struct sweep_freeze *freeze_list =
		arena_take(arena, (freeze_count + 1) * sizeof(*freeze_list));
	plan->communities = calloc(range_count + 1, sizeof(*plan->communities));
	if (plan->communities == NULL) {
		abort();
	}
	int error = json_type(ranges) == JSON_ARRAY && json_type(freezes) == JSON_ARRAY
			    ? 0
			    : E_FORMAT;
	error = error < 0 ? error : ranges_read(plan, ranges, range_list);
	error = error < 0 ? error : freezes_read(freezes, freeze_list);
	plan->names = json_get_bool(root, "names", false);
	struct sweep_position told = position_read(json_get(root, "state"));
	struct sweep_config config = { .ranges = range_list,
		.range_count = range_count,
		.freezes = freeze_list,
		.freeze_count = freeze_count,
		/* A second's worth may leave at once, and no more than a handful. */
		.pace = { per_second, per_second < 8 ? 1 : 8,
			json_get_int(root, "round_ms", 0) } };
	error = error < 0 ? error
			  : sweep_create(
				    &config, position != NULL ? position : &told, &plan->sweep);
	if (error == 0 && sweep_position(plan->sweep).plan == told.plan) {
		plan->answered = (uint64_t)json_get_int(json_get(root, "state"), "answered", 0);
	}
	return error;
}

int sweep_plan_read(
	struct slice json, const struct sweep_position *position, struct sweep_plan **ret_plan)
{
	AUTO_ARENA struct arena *arena = arena_create(ARENA_OCTETS);
	const struct json *root = NULL;
	int error = json_parse(arena, json, 0, &root, NULL);
	if (error < 0) {
		return error;
	}
	struct sweep_plan *plan = calloc(1, sizeof(*plan));
	if (plan == NULL) {
		abort();
	}
	error = plan_fill(plan, arena, root, position);
	if (error < 0) {
		(void)sweep_plan_destroy(plan);
		return error;
	}
	*ret_plan = plan;
	return 0;
}

struct sweep_plan *sweep_plan_destroy(struct sweep_plan *plan)
{
	if (plan != NULL) {
		explicit_bzero(
			plan->communities, plan->community_count * sizeof(*plan->communities));
		free(plan->communities);
		plan->sweep = sweep_destroy(plan->sweep);
		free(plan);
	}
	return NULL;
}

uint64_t sweep_plan_answered(const struct sweep_plan *plan)
{
	return plan->answered;
}

bool sweep_plan_names(const struct sweep_plan *plan)
{
	return plan->names;
}

struct sweep *sweep_plan_sweep(const struct sweep_plan *plan)
{
	return plan->sweep;
}

struct slice sweep_plan_community(const struct sweep_plan *plan, const struct network *address)
{
	const struct community *found = NULL;
	for (size_t i = 0; i < plan->community_count; i++) {
		const struct community *at = &plan->communities[i];
		if (network_contains(&at->network, address) &&
			(found == NULL || at->network.prefix > found->network.prefix)) {
			found = at;
		}
	}
	return found != NULL ? slice_of(found->octets, found->n) : (struct slice) { 0 };
}
