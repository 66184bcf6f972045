/* SPDX-License-Identifier: Apache-2.0 */
#include "reach_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { UNIX_MS = 1000000000 };

struct campus_answer {
	int64_t at_ms;
	struct check_sink sink;
	int64_t id;
	bool good;
};

uint32_t campus_draw(struct campus *campus, uint32_t limit)
{
	/* splitmix64 */
	uint64_t x = campus->random += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)((x ^ x >> 31) >> 32) % limit;
}

static int64_t now_of(void *user)
{
	return ((struct campus *)user)->now_ms;
}

static bool works(const struct campus *campus, size_t place, int64_t at_ms)
{
	const struct campus_device *d = &campus->devices[place];
	bool out = at_ms >= d->out_ms && at_ms < d->back_ms &&
		   (d->swing_ms == 0 || (at_ms - d->out_ms) / d->swing_ms % 2 == 0);
	if (out || d->parent == CAMPUS_NOTHING) {
		return !out;
	}
	return works(campus, (size_t)d->parent, at_ms) ||
	       (d->second != CAMPUS_NOTHING && works(campus, (size_t)d->second, at_ms));
}

/* Is this look's datagram lost?  The mean is loss_ppm however long bursts are. */
static bool lost(struct campus *campus, struct campus_device *d)
{
	if (campus->loss_ppm == 0) {
		return false;
	}
	if (d->burst > 0) {
		d->burst--;
		return true;
	}
	unsigned mean_twice = campus->burst_max + 1;
	if (campus_draw(campus, 1000000) >= campus->loss_ppm * 2 / mean_twice) {
		return false;
	}
	d->burst = (uint8_t)campus_draw(campus, campus->burst_max);
	return true;
}

static void answers_push(struct campus *campus, struct campus_answer answer)
{
	if (campus->answer_count == campus->answer_room) {
		campus->answer_room = campus->answer_room != 0 ? 2 * campus->answer_room : 64;
		campus->answers = realloc(
			campus->answers, campus->answer_room * sizeof(*campus->answers));
		assert_non_null(campus->answers);
	}
	size_t at = campus->answer_count++;
	while (at > 0 && campus->answers[(at - 1) / 2].at_ms > answer.at_ms) {
		campus->answers[at] = campus->answers[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	campus->answers[at] = answer;
}

static struct campus_answer answers_pop(struct campus *campus)
{
	struct campus_answer *heap = campus->answers;
	struct campus_answer first = heap[0];
	struct campus_answer last = heap[--campus->answer_count];
	size_t at = 0;
	for (size_t child = 1; child < campus->answer_count; child = 2 * at + 1) {
		child += child + 1 < campus->answer_count &&
			 heap[child + 1].at_ms < heap[child].at_ms;
		if (heap[child].at_ms >= last.at_ms) {
			break;
		}
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = last;
	return first;
}

static int start(void *user, const struct check_spec *spec, struct check_sink sink)
{
	struct campus *campus = user;
	size_t place = (size_t)spec->id - 1;
	struct campus_device *d = &campus->devices[place];
	int64_t rtt_ms = 1 + campus_draw(campus, campus->rtt_ms_max);
	bool good = works(campus, place, campus->now_ms) && !lost(campus, d);
	campus->looks++;
	answers_push(campus,
		(struct campus_answer) { campus->now_ms + (good ? rtt_ms : spec->timeout_ms),
			sink, spec->id, good });
	return 0;
}

static void take(struct campus *campus, const struct reach_told *told)
{
	struct campus_device *d = &campus->devices[told->id - 1];
	bool bad = told->state == CHECK_DOWN || told->state == CHECK_UNREACHABLE;
	d->flap_begins += told->word == REACH_FLAP_BEGINS;
	d->flap_ends += told->word == REACH_FLAP_ENDS;
	if (told->word != REACH_STATE) {
		return;
	}
	d->state = told->state;
	d->cause = told->cause;
	d->downs += bad && told->cause == 0;
	d->caused += bad && told->cause != 0;
	d->ups += told->state == CHECK_UP;
	d->down_ms = bad && told->cause == 0 ? campus->now_ms : d->down_ms;
}

static void on_result(
	void *user, const struct check_spec *spec, const struct check_result *result)
{
	struct campus *campus = user;
	struct scheduler_look look;
	struct reach_told told;
	assert_int_equal(scheduler_look(campus->scheduler, spec->id, &look), 0);
	struct reach_seen seen = { result, look.shown, look.started_ms, campus->now_ms,
		look.regular, look.need };
	reach_result(campus->reach, &seen);
	while (reach_take(campus->reach, &told)) {
		take(campus, &told);
	}
}

static void hurry(void *user, int64_t id)
{
	assert_int_equal(scheduler_hurry(((struct campus *)user)->scheduler, id), 0);
}

void campus_open(struct campus *campus, size_t count, uint64_t seed)
{
	*campus = (struct campus) {
		.count = count, .random = seed, .now_ms = 1000, .burst_max = 1, .rtt_ms_max = 20
	};
	campus->devices = calloc(count, sizeof(*campus->devices));
	assert_non_null(campus->devices);
	for (size_t i = 0; i < count; i++) {
		campus->devices[i].parent = CAMPUS_NOTHING;
		campus->devices[i].second = CAMPUS_NOTHING;
	}
	struct scheduler_config config = {
		.start = start, .on_result = on_result, .now_ms = now_of, .user = campus
	};
	memcpy(config.seed, &seed, sizeof(seed));
	campus->scheduler = scheduler_create(&config);
	struct reach_config reach = { .checks_max = count, .hurry = hurry, .user = campus };
	campus->reach = reach_create(&reach);
	assert_non_null(campus->scheduler);
	assert_non_null(campus->reach);
}

void campus_close(struct campus *campus)
{
	(void)scheduler_destroy(campus->scheduler);
	(void)reach_destroy(campus->reach);
	free(campus->devices);
	free(campus->answers);
}

void campus_watch(struct campus *campus, const struct campus_plan *plan)
{
	for (size_t i = 0; i < campus->count; i++) {
		struct check_spec spec = { .id = (int64_t)i + 1,
			.kind = plan->kind,
			.interval_ms = plan->interval_ms,
			.timeout_ms = plan->timeout_ms,
			.retries = plan->retries };
		assert_int_equal(scheduler_put(campus->scheduler, &spec, false), 0);
		assert_int_equal(reach_put(campus->reach, spec.id, plan->kind, false), 0);
	}
	for (size_t i = 0; i < campus->count; i++) {
		const struct campus_device *d = &campus->devices[i];
		int64_t parents[2] = { d->parent + 1, d->second + 1 };
		size_t count = d->parent == CAMPUS_NOTHING   ? 0
			       : d->second == CAMPUS_NOTHING ? 1
							     : 2;
		assert_int_equal(reach_link(campus->reach, (int64_t)i + 1, parents, count), 0);
	}
}

void campus_pass(struct campus *campus, int64_t ms)
{
	int64_t until_ms = campus->now_ms + ms;
	struct reach_told told;
	while (campus->now_ms < until_ms) {
		int64_t wait_ms = scheduler_turn(campus->scheduler);
		int64_t hold_ms = reach_turn(campus->reach, campus->now_ms);
		while (reach_take(campus->reach, &told)) {
			take(campus, &told);
		}
		wait_ms = hold_ms >= 0 && hold_ms < wait_ms ? hold_ms : wait_ms;
		int64_t next_ms = campus->now_ms + (wait_ms > 0 ? wait_ms : 0);
		if (campus->answer_count > 0 && campus->answers[0].at_ms <= next_ms) {
			struct campus_answer a = answers_pop(campus);
			struct check_result result;
			struct check_spec spec = { .id = a.id };
			campus->now_ms = a.at_ms > campus->now_ms ? a.at_ms : campus->now_ms;
			check_result_init(&result, &spec, UNIX_MS + campus->now_ms);
			check_result_set(
				&result, a.good ? CHECK_UP : CHECK_DOWN, "icmp.timeout");
			a.sink.done(a.sink.user, a.sink.tag, &result);
			continue;
		}
		campus->now_ms = next_ms < until_ms ? next_ms : until_ms;
	}
}
