/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/scheduler.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/err.h"
#include "base/map.h"
#include "probe/state.h"
#include "sys/clock.h"

enum { START_MAX_DEFAULT = 1000, SLEEP_MAX_MS = 60000, NOT_QUEUED = -1 };

struct entry {
	struct check_spec *spec;
	int64_t due_ms;        /* in the heap */
	int64_t meant_ms;      /* due before it was put off */
	int64_t doubt_unix_ms; /* of the first result in a row that disagrees with what is shown */
	uint64_t ticket;       /* of the start under way, 0 = none */
	int32_t place;         /* in the heap, or NOT_QUEUED */
	int64_t started_ms;    /* the latest start */
	uint8_t quick;         /* quick looks taken in a row */
	bool hurried;          /* the next look is out of turn */
	bool regular;          /* the latest look was in turn */
	struct state_track track;
};

struct scheduler {
	struct scheduler_config config;
	struct map *by_id;
	struct entry **heap;
	size_t count;
	size_t room;
	uint64_t tickets;
	int64_t lateness_ms; /* moving average over about 64 starts */
	struct scheduler_stats stats;
};

struct scheduler *scheduler_create(const struct scheduler_config *config)
{
	struct scheduler *scheduler = calloc(1, sizeof(*scheduler));
	if (scheduler != NULL) {
		scheduler->config = *config;
		if (scheduler->config.start_max == 0) {
			scheduler->config.start_max = START_MAX_DEFAULT;
		}
		scheduler->by_id = map_create(SCHEDULER_CHECKS_MAX, config->seed);
	}
	return scheduler;
}

static void free_entry(struct entry *entry)
{
	free(entry->spec);
	free(entry);
}

struct scheduler *scheduler_destroy(struct scheduler *scheduler)
{
	struct slice key;
	void *entry = NULL;
	size_t cursor = 0;
	if (scheduler != NULL) {
		while (map_next(scheduler->by_id, &cursor, &key, &entry)) {
			free_entry(entry);
		}
		(void)map_destroy(scheduler->by_id);
		free(scheduler->heap);
		free(scheduler);
	}
	return NULL;
}

static void heap_set(struct scheduler *s, size_t at, struct entry *entry)
{
	s->heap[at] = entry;
	entry->place = (int32_t)at;
}

static void heap_up(struct scheduler *s, size_t at, struct entry *entry)
{
	while (at > 0 && s->heap[(at - 1) / 2]->due_ms > entry->due_ms) {
		heap_set(s, at, s->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	heap_set(s, at, entry);
}

static void heap_down(struct scheduler *s, size_t at, struct entry *entry)
{
	for (size_t child = 2 * at + 1; child < s->count; child = 2 * at + 1) {
		if (child + 1 < s->count &&
			s->heap[child + 1]->due_ms < s->heap[child]->due_ms) {
			child++;
		}
		if (s->heap[child]->due_ms >= entry->due_ms) {
			break;
		}
		heap_set(s, at, s->heap[child]);
		at = child;
	}
	heap_set(s, at, entry);
}

static void unqueue(struct scheduler *s, struct entry *entry)
{
	if (entry->place == NOT_QUEUED) {
		return;
	}
	size_t at = (size_t)entry->place;
	struct entry *last = s->heap[--s->count];
	entry->place = NOT_QUEUED;
	if (last != entry) {
		heap_up(s, at, last);
		heap_down(s, (size_t)last->place, last);
	}
}

/* Room for one more check than there are: what is queued again never lacks it. */
static int reserve(struct scheduler *s)
{
	if (s->stats.checks < s->room) {
		return 0;
	}
	size_t room = s->room != 0 ? 2 * s->room : 64;
	struct entry **heap = realloc(s->heap, room * sizeof(*heap));
	if (heap == NULL) {
		return E_LIMIT;
	}
	s->heap = heap;
	s->room = room;
	return 0;
}

static void queue(struct scheduler *s, struct entry *entry, int64_t due_ms)
{
	unqueue(s, entry);
	entry->due_ms = due_ms;
	heap_up(s, s->count++, entry);
}

static uint64_t draw(const struct scheduler *s, int64_t id, int64_t cycle)
{
	int64_t text[2] = { id, cycle };
	return digest_siphash(s->config.seed, slice_of(text, sizeof(text)));
}

static int64_t interval_of(const struct check_spec *spec)
{
	int64_t ms = spec->interval_ms != 0 ? spec->interval_ms : SCHEDULER_INTERVAL_DEFAULT_MS;
	return ms > SCHEDULER_INTERVAL_MIN_MS ? ms : SCHEDULER_INTERVAL_MIN_MS;
}

/*
 * The check's next place in time after now: a fixed phase, and a jitter of a
 * fiftieth of the interval against beating with what happens on the dot.
 * When starts have been late the jitter grows to a tenth: it flattens the wave.
 */
static int64_t next_due(
	const struct scheduler *s, const struct check_spec *spec, int64_t now_ms)
{
	int64_t interval = interval_of(spec);
	int64_t phase = (int64_t)(draw(s, spec->id, -1) % (uint64_t)interval);
	int64_t cycle = (now_ms - phase) / interval + (now_ms >= phase);
	int64_t width = interval / (s->lateness_ms > 100 ? 10 : 50);
	int64_t jitter = width > 0 ? (int64_t)(draw(s, spec->id, cycle) % (uint64_t)width) : 0;
	int64_t due = phase + cycle * interval + jitter;
	return due > now_ms ? due : due + interval;
}

/* A ping is one datagram; what asks a service has its own repeats below it. */
static unsigned confirmations(const struct check_spec *spec)
{
	unsigned looks = spec->kind == CHECK_ICMP ? SCHEDULER_PING_LOOKS : 1;
	return spec->retries * looks;
}

static void ping_timeout_set(struct check_spec *spec)
{
	if (spec->kind != CHECK_ICMP || spec->timeout_ms != 0) {
		return;
	}
	int64_t fifth = interval_of(spec) / 5;
	spec->timeout_ms = fifth < SCHEDULER_PING_TIMEOUT_MIN_MS ? SCHEDULER_PING_TIMEOUT_MIN_MS
			   : fifth > SCHEDULER_PING_TIMEOUT_MAX_MS
				   ? SCHEDULER_PING_TIMEOUT_MAX_MS
				   : (uint32_t)fifth;
}

static struct entry *find(const struct scheduler *s, int64_t id)
{
	return map_get(s->by_id, slice_of(&id, sizeof(id)));
}

static bool same_text(const char *a, const char *b)
{
	return slice_eq(slice_str(a), slice_str(b));
}

static bool same_target(const struct check_spec *a, const struct check_spec *b)
{
	return a->kind == b->kind && a->port == b->port && probe_addr_eq(&a->addr, &b->addr) &&
	       same_text(a->name, b->name) && same_text(a->path, b->path) &&
	       same_text(a->query_name, b->query_name);
}

static int64_t now_of(const struct scheduler *s)
{
	return s->config.now_ms != NULL ? s->config.now_ms(s->config.user) : clock_mono_ms();
}

static void queue_fresh(struct scheduler *s, struct entry *entry, int64_t due_ms)
{
	entry->meant_ms = due_ms;
	queue(s, entry, due_ms);
}

static int add(struct scheduler *s, struct check_spec *spec, int64_t due_ms)
{
	struct entry *entry = reserve(s) == 0 ? calloc(1, sizeof(*entry)) : NULL;
	if (entry == NULL ||
		map_put(s->by_id, slice_of(&spec->id, sizeof(spec->id)), entry) < 0) {
		s->stats.refused++;
		free(entry);
		free(spec);
		return E_LIMIT;
	}
	*entry = (struct entry) { .spec = spec, .place = NOT_QUEUED };
	queue_fresh(s, entry, due_ms);
	s->stats.checks++;
	return 0;
}

/* What is under way was asked for nothing. */
static void forget_start(struct scheduler *s, struct entry *entry)
{
	if (entry->ticket != 0) {
		entry->ticket = 0;
		s->stats.inflight--;
	}
}

int scheduler_put(struct scheduler *scheduler, const struct check_spec *spec, bool soon)
{
	int64_t now_ms = now_of(scheduler);
	struct check_spec *copy = check_spec_dup(spec);
	if (copy == NULL) {
		return E_INPUT;
	}
	ping_timeout_set(copy);
	int64_t due_ms = soon ? now_ms : next_due(scheduler, copy, now_ms);
	struct entry *entry = find(scheduler, spec->id);
	if (entry == NULL) {
		return add(scheduler, copy, due_ms);
	}
	if (!same_target(entry->spec, spec)) {
		entry->track = (struct state_track) { 0 };
		entry->doubt_unix_ms = 0;
	}
	forget_start(scheduler, entry);
	free(entry->spec);
	entry->spec = copy;
	queue_fresh(scheduler, entry, due_ms);
	return 1;
}

int scheduler_remove(struct scheduler *scheduler, int64_t id)
{
	struct entry *entry = map_take(scheduler->by_id, slice_of(&id, sizeof(id)));
	if (entry == NULL) {
		return E_ABSENT;
	}
	unqueue(scheduler, entry);
	forget_start(scheduler, entry);
	scheduler->stats.checks--;
	free_entry(entry);
	return 0;
}

int scheduler_hurry(struct scheduler *scheduler, int64_t id)
{
	struct entry *entry = find(scheduler, id);
	if (entry == NULL) {
		return E_ABSENT;
	}
	/* Under way: its result is coming already. */
	if (entry->ticket == 0) {
		entry->hurried = true;
		queue_fresh(scheduler, entry, now_of(scheduler));
	}
	return 0;
}

static void count_lateness(struct scheduler *s, int64_t late_ms)
{
	static const int64_t bounds[SCHEDULER_LATENESS_BUCKETS - 1] = { 1, 10, 100, 1000, 10000,
		60000 };
	size_t bucket = 0;
	while (bucket < SCHEDULER_LATENESS_BUCKETS - 1 && late_ms > bounds[bucket]) {
		bucket++;
	}
	s->stats.lateness[bucket]++;
	s->stats.late += late_ms > SCHEDULER_LATE_MS;
	s->stats.worst_late_ms =
		late_ms > s->stats.worst_late_ms ? late_ms : s->stats.worst_late_ms;
	s->lateness_ms = (s->lateness_ms * 63 + late_ms) / 64;
}

/* When to look again after this result. */
static int64_t due_after(struct scheduler *s, struct entry *entry, bool changed,
	enum check_state result, int64_t now_ms)
{
	int64_t interval = interval_of(entry->spec);
	int64_t missed = (now_ms - entry->meant_ms) / interval;
	s->stats.overrun += missed > 0 ? (uint64_t)missed : 0;
	/* A result that always disagrees (one loss in many, say) must not keep us at it for ever. */
	unsigned quick_max = confirmations(entry->spec) + STATE_RECOVER;
	if (changed || !state_in_doubt(&entry->track, result) || entry->quick >= quick_max) {
		entry->quick = 0;
		return next_due(s, entry->spec, now_ms);
	}
	entry->quick++;
	if (entry->spec->kind == CHECK_ICMP) {
		int64_t due_ms = entry->started_ms + SCHEDULER_PING_RETRY_MS;
		return due_ms > now_ms ? due_ms : now_ms;
	}
	return now_ms + (interval < SCHEDULER_RETRY_MS ? interval : SCHEDULER_RETRY_MS);
}

static void take_result(
	struct scheduler *s, struct entry *entry, const struct check_result *result)
{
	struct scheduler_change change = {
		.spec = entry->spec, .from = entry->track.shown, .result = result
	};
	if (!state_in_doubt(&entry->track, result->state)) {
		entry->doubt_unix_ms = 0;
	} else if (entry->doubt_unix_ms == 0) {
		entry->doubt_unix_ms = result->at_unix_ms;
	}
	struct state_rule rule = state_rule_of(confirmations(entry->spec), entry->spec->window);
	bool changed = state_take(&entry->track, rule, result->state);
	change.to = entry->track.shown;
	change.since_unix_ms =
		entry->doubt_unix_ms != 0 ? entry->doubt_unix_ms : result->at_unix_ms;
	if (changed) {
		entry->doubt_unix_ms = 0;
	}
	queue_fresh(s, entry, due_after(s, entry, changed, result->state, now_of(s)));
	s->stats.finished++;
	if (s->config.on_result != NULL) {
		s->config.on_result(s->config.user, entry->spec, result);
	}
	if (changed && s->config.on_change != NULL) {
		s->config.on_change(s->config.user, &change);
	}
}

static void on_done(void *user, uint64_t tag, const struct check_result *result)
{
	struct scheduler *s = user;
	struct entry *entry = find(s, result->check_id);
	if (entry == NULL || entry->ticket != tag) {
		s->stats.dropped++;
		return;
	}
	forget_start(s, entry);
	take_result(s, entry, result);
}

static void start(struct scheduler *s, struct entry *entry, int64_t now_ms)
{
	struct check_sink sink = { on_done, s, ++s->tickets };
	int64_t late_ms = now_ms - entry->meant_ms; /* before a result moves it */
	unqueue(s, entry);
	entry->started_ms = now_ms;
	entry->regular = entry->quick == 0 && !entry->hurried;
	entry->hurried = false;
	entry->ticket = sink.tag;
	s->stats.inflight++;
	int rc = s->config.start(s->config.user, entry->spec, sink);
	if (rc == E_BUSY) {
		s->stats.busy++;
		forget_start(s, entry);
		entry->hurried = !entry->regular;
		queue(s, entry, now_ms + SCHEDULER_BUSY_MS);
		return;
	}
	s->stats.started++;
	count_lateness(s, late_ms);
	if (rc < 0) {
		struct check_result result;
		check_result_init(&result, entry->spec, clock_unix_ms());
		check_result_set(&result, CHECK_UNKNOWN, "check.not_started");
		check_result_arg(&result, "reason", slice_str(err_text(rc)));
		on_done(s, sink.tag, &result);
	}
}

int64_t scheduler_turn(struct scheduler *scheduler)
{
	int64_t now_ms = now_of(scheduler);
	for (uint32_t i = 0; i < scheduler->config.start_max; i++) {
		if (scheduler->count == 0 || scheduler->heap[0]->due_ms > now_ms) {
			break;
		}
		start(scheduler, scheduler->heap[0], now_ms);
	}
	if (scheduler->count == 0) {
		return SLEEP_MAX_MS;
	}
	int64_t left_ms = scheduler->heap[0]->due_ms - now_ms;
	return left_ms <= 0 ? 0 : left_ms < SLEEP_MAX_MS ? left_ms : SLEEP_MAX_MS;
}

int scheduler_state(const struct scheduler *scheduler, int64_t id, enum check_state *ret_state)
{
	const struct entry *entry = find(scheduler, id);
	if (entry == NULL) {
		return E_ABSENT;
	}
	*ret_state = entry->track.shown;
	return 0;
}

int scheduler_look(
	const struct scheduler *scheduler, int64_t id, struct scheduler_look *ret_look)
{
	const struct entry *entry = find(scheduler, id);
	if (entry == NULL) {
		return E_ABSENT;
	}
	struct state_rule rule = state_rule_of(confirmations(entry->spec), entry->spec->window);
	*ret_look = (struct scheduler_look) { entry->track.shown, entry->started_ms,
		entry->regular, rule.need };
	return 0;
}

struct scheduler_stats scheduler_stats(const struct scheduler *scheduler)
{
	return scheduler->stats;
}
