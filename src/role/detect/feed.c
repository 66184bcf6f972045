/* SPDX-License-Identifier: Apache-2.0 */
#include "role/detect/feed.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/log.h"
#include "detect/burst.h"
#include "detect/metric.h"
#include "model/signal.h"
#include "role/detect/detect.h"
#include "role/detect/figures.h"
#include "role/runtime.h"
#include "role/signal_queue.h"
#include "rows/tail_reader.h"
#include "sys/clock.h"

/*
 * Rows of all shards to the rules, and what they say to core, each signal with
 * the place behind the rows it came from.  After a restart the rows before
 * core's position that still bear on the rules are gone through once more in
 * silence, so that a burst half counted is counted on and one that fires still
 * ends; then nothing is left out and nothing said twice.
 */

enum {
	POLL_MS = 200,
	SCAN_EVERY = 5,       /* polls, for a shard that is new */
	NOTE_EVERY_MS = 5000, /* of a position that moved without a signal */
	BATCHES_A_TURN = 16,  /* then frames have their turn */
	SHARD_NAME_MAX = 32,
	KINDS = 3,
	POS_TEXT_MAX = 48,
	/* With this much unconfirmed the rows wait in their tail, which is made for it. */
	SIGNALS_WAITING_MAX = SIGNAL_QUEUE_MAX * 3 / 4,
};

/* An hour's announcements stand at its beginning, or later in it. */
#define ANNOUNCED_MS INT64_C(7200000)
/* Samples older than this when a tail is first seen are learnt from only. */
#define FRESH_MS INT64_C(600000)

struct feed {
	char shard[SHARD_NAME_MAX + 1];
	char key[SHARD_NAME_MAX + 8]; /* "SHARD/log" */
	enum row_kind kind;
	int64_t hush_until_ms; /* of samples nobody listened to */
	struct tail_reader *reader;
	struct tail_pos from; /* core's: rows up to here were heard before */
	struct tail_pos told; /* the last one core was sent */
};

struct feeds {
	struct runtime *rt;
	struct rules *rules;
	struct figures *figures;
	struct signal_queue *signals;
	struct feed feed[FEEDS_MAX * KINDS];
	size_t count;
	uint64_t refused; /* shards past FEEDS_MAX or not readable */
	uv_timer_t timer;
	bool started;
	bool paused;
	unsigned polls;
	int64_t noted_mono_ms;
	struct arena *start_arena; /* core's positions, for shards found later */
	const struct json *positions;
	/* the batch under way */
	struct feed *now;
	struct tail_pos before;
	bool silent;
	bool held; /* one signal, until it is known whether another follows */
	struct signal hold;
	struct arena *hold_arena;
};

static int pos_cmp(struct tail_pos a, struct tail_pos b)
{
	if (a.start_ms != b.start_ms) {
		return a.start_ms < b.start_ms ? -1 : 1;
	}
	return a.offset < b.offset ? -1 : a.offset > b.offset;
}

struct feeds *feeds_create(struct runtime *rt, struct rules *rules, struct figures *figures,
	struct signal_queue *signals)
{
	struct feeds *feeds = calloc(1, sizeof(*feeds));
	if (feeds == NULL) {
		abort();
	}
	feeds->rt = rt;
	feeds->rules = rules;
	feeds->figures = figures;
	feeds->signals = signals;
	feeds->hold_arena = arena_create(0);
	feeds->start_arena = arena_create(0);
	return feeds;
}

struct feeds *feeds_destroy(struct feeds *feeds)
{
	if (feeds != NULL) {
		for (size_t i = 0; i < feeds->count; i++) {
			(void)tail_reader_close(feeds->feed[i].reader);
		}
		feeds->hold_arena = arena_destroy(feeds->hold_arena);
		feeds->start_arena = arena_destroy(feeds->start_arena);
		free(feeds);
	}
	return NULL;
}

/* ---- saying */

static void put(
	struct feeds *feeds, struct signal *signal, struct feed *feed, struct tail_pos pos)
{
	AUTO_BUF struct buf text;
	buf_init(&text, POS_TEXT_MAX);
	tail_pos_put(&text, pos);
	signal->tail = slice_str(feed->key);
	signal->tail_pos = buf_slice(&text);
	/* A refusal is counted and logged there. */
	(void)!signal_queue_put(feeds->signals, signal);
	feed->told = pos;
}

/* Of several signals of one batch only the last moves core's position past it. */
static void let_go(struct feeds *feeds, struct tail_pos pos)
{
	if (feeds->held) {
		feeds->held = false;
		put(feeds, &feeds->hold, feeds->now, pos);
	}
}

static void hold(struct feeds *feeds, const struct signal *signal)
{
	struct arena *arena = feeds->hold_arena;
	struct signal *copy = &feeds->hold;
	arena_reset(arena);
	*copy = *signal;
	copy->source = arena_dup(arena, signal->source);
	copy->check = arena_dup(arena, signal->check);
	copy->asset_key = arena_dup(arena, signal->asset_key);
	copy->class = arena_dup(arena, signal->class);
	copy->dedup_key = arena_dup(arena, signal->dedup_key);
	copy->code = arena_dup(arena, signal->code);
	copy->args = arena_dup(arena, signal->args);
	copy->evidence.kind = arena_dup(arena, signal->evidence.kind);
	copy->evidence.filter = arena_dup(arena, signal->evidence.filter);
	feeds->held = true;
}

static void on_signal(void *context, const struct signal *signal)
{
	struct feeds *feeds = context;
	if (feeds->silent) {
		return;
	}
	if (feeds->now == NULL) {
		/* Time alone made it: no rows, no place. */
		(void)!signal_queue_put(feeds->signals, signal);
		return;
	}
	let_go(feeds, feeds->before);
	hold(feeds, signal);
}

/* So that a restart does not go through quiet hours again. */
static void note_positions(struct feeds *feeds)
{
	for (size_t i = 0; i < feeds->count; i++) {
		struct feed *feed = &feeds->feed[i];
		struct tail_pos pos = tail_reader_pos(feed->reader);
		/* Announcements are heard again after a restart. */
		if (feed->kind == ROW_SERIES || pos_cmp(pos, feed->told) <= 0) {
			continue;
		}
		char dedup[SHARD_NAME_MAX + 24];
		(void)snprintf(dedup, sizeof(dedup), "position:%s",
			feed->kind == ROW_LOG ? feed->shard : feed->key);
		struct signal note = {
			.source = SLICE("detect"),
			.check = SLICE("position"),
			.asset_key = slice_str(feed->shard),
			.class = SLICE("position"),
			.severity = ALERT_SEVERITY_INFO,
			.observed_at_ms = clock_unix_ms(),
			.state = SIGNAL_NOTE,
			.dedup_key = slice_str(dedup),
		};
		put(feeds, &note, feed, pos);
	}
}

/* ---- reading */

/* The time of the rows at a position: that of the last batch before it. */
static int64_t time_at(int folder, enum row_kind kind, struct tail_pos pos)
{
	struct tail_reader *reader = NULL;
	struct batch batch = { 0 };
	int64_t at_ms = pos.start_ms;
	if (tail_reader_open(folder, kind, (struct tail_pos) { pos.start_ms, 0 }, &reader) <
		0) {
		return at_ms;
	}
	while (tail_reader_next(reader, &batch) == 1 &&
		pos_cmp(tail_reader_pos(reader), pos) <= 0) {
		at_ms = batch.head.max_ms > at_ms ? batch.head.max_ms : at_ms;
	}
	(void)tail_reader_close(reader);
	return at_ms;
}

static const char *const kind_text[] = {
	[ROW_SAMPLE] = "sample", [ROW_LOG] = "log", [ROW_SERIES] = "series"
};

static struct tail_pos position_of(const struct feeds *feeds, const char *key)
{
	struct tail_pos pos = { 0 };
	struct slice text = json_get_str(feeds->positions, key);
	if (text.n > 0 && tail_pos_parse(text, &pos) < 0) {
		log_event(LOG_WARNING, "position.unreadable", F_STR("tail", key));
	}
	return pos;
}

/* From when on rows bear on what will be said; 0 = all of them. */
static int64_t since_of(const struct feeds *feeds, int folder, const struct feed *feed)
{
	char sample[SHARD_NAME_MAX + 8];
	struct tail_pos from = feed->from;
	enum row_kind kind = feed->kind;
	int64_t memory_ms = rules_memory_ms(feeds->rules);
	if (feed->kind != ROW_LOG) {
		(void)snprintf(sample, sizeof(sample), "%s/sample", feed->shard);
		from = position_of(feeds, sample);
		kind = ROW_SAMPLE;
		memory_ms = metrics_memory_ms(figures_metrics(feeds->figures));
	}
	memory_ms += feed->kind == ROW_SERIES ? ANNOUNCED_MS : 0;
	return from.start_ms > 0 ? time_at(folder, kind, from) - memory_ms : 0;
}

static int follow(struct feeds *feeds, int folder, const char *name, enum row_kind kind)
{
	struct feed feed = { .kind = kind };
	(void)snprintf(feed.shard, sizeof(feed.shard), "%s", name);
	(void)snprintf(feed.key, sizeof(feed.key), "%s/%s", name, kind_text[kind]);
	feed.from = position_of(feeds, feed.key);
	feed.told = feed.from;
	if (kind == ROW_SAMPLE && feed.from.start_ms == 0) {
		feed.hush_until_ms = clock_unix_ms() - FRESH_MS;
	}
	int error = tail_reader_open(folder, kind, (struct tail_pos) { 0 }, &feed.reader);
	if (error < 0) {
		return error;
	}
	int64_t since_ms = since_of(feeds, folder, &feed);
	if (since_ms > 0) {
		tail_reader_want(feed.reader, since_ms, INT64_MAX);
	}
	feeds->feed[feeds->count++] = feed;
	return 0;
}

static bool is_followed(const struct feeds *feeds, const char *name, enum row_kind kind)
{
	for (size_t i = 0; i < feeds->count; i++) {
		if (feeds->feed[i].kind == kind &&
			slice_is(slice_str(name), feeds->feed[i].shard)) {
			return true;
		}
	}
	return false;
}

/* Announcements before the samples they explain. */
static void consider(struct feeds *feeds, int above, const char *name)
{
	static const enum row_kind kinds[KINDS] = { ROW_SERIES, ROW_SAMPLE, ROW_LOG };
	if (name[0] == '.' || strlen(name) > SHARD_NAME_MAX) {
		return;
	}
	for (size_t i = 0; i < KINDS; i++) {
		bool ready = kinds[i] == ROW_LOG || figures_metrics(feeds->figures) != NULL;
		if (!ready || is_followed(feeds, name, kinds[i])) {
			continue;
		}
		int folder = openat(above, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		bool taken = folder >= 0 && feeds->count < FEEDS_MAX * KINDS &&
			     follow(feeds, folder, name, kinds[i]) == 0;
		feeds->refused += !taken;
		if (folder >= 0) {
			(void)close(folder);
		}
	}
}

static void scan(struct feeds *feeds)
{
	int above = runtime_handle(feeds->rt, "tail");
	int fd = above >= 0 ? openat(above, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry = NULL;
	if (dir == NULL) {
		if (fd >= 0) {
			(void)close(fd);
		}
		return;
	}
	feeds->refused = 0;
	while ((entry = readdir(dir)) != NULL) {
		consider(feeds, above, entry->d_name);
	}
	(void)closedir(dir);
}

static void row_take(
	struct feeds *feeds, const struct batch *batch, size_t i, const struct burst_sink *sink)
{
	struct metrics *metrics = figures_metrics(feeds->figures);
	if (batch->head.kind == ROW_LOG) {
		struct log_row row = batch_log(batch, i);
		rules_row(feeds->rules, &row, sink);
	} else if (batch->head.kind == ROW_SAMPLE) {
		struct sample_row row = batch_sample(batch, i);
		metrics_sample(metrics, &row, sink);
	} else {
		struct series_row row = batch_series(batch, i);
		metrics_series(metrics, &row);
	}
}

static void batch_take(struct feeds *feeds, struct feed *feed, const struct batch *batch)
{
	const struct burst_sink sink = { on_signal, feeds };
	struct tail_pos after = tail_reader_pos(feed->reader);
	feeds->now = feed;
	feeds->silent = pos_cmp(after, feed->from) <= 0;
	bool hushed = batch->head.max_ms < feed->hush_until_ms;
	if (hushed) {
		metrics_hush(figures_metrics(feeds->figures), true);
	}
	for (size_t i = 0; i < batch->head.rows; i++) {
		row_take(feeds, batch, i, &sink);
	}
	if (hushed) {
		metrics_hush(figures_metrics(feeds->figures), false);
	}
	let_go(feeds, after);
	feeds->now = NULL;
	feeds->silent = false;
}

/* Returns: is there nothing more for now? */
static bool feed_read(struct feeds *feeds, struct feed *feed)
{
	for (int i = 0; i < BATCHES_A_TURN; i++) {
		struct batch batch = { 0 };
		feeds->before = tail_reader_pos(feed->reader);
		if (tail_reader_next(feed->reader, &batch) != 1) {
			return true;
		}
		batch_take(feeds, feed, &batch);
	}
	return false;
}

static void on_timer(uv_timer_t *timer)
{
	struct feeds *feeds = timer->data;
	bool drained = true;
	if (feeds->polls++ % SCAN_EVERY == 0) {
		scan(feeds);
	}
	feeds->paused = signal_queue_count(feeds->signals) >= SIGNALS_WAITING_MAX;
	for (size_t i = 0; i < feeds->count && !feeds->paused; i++) {
		bool whole = feed_read(feeds, &feeds->feed[i]);
		/* Samples wait until all that explains them is heard. */
		i += !whole && feeds->feed[i].kind == ROW_SERIES;
		drained = whole && drained;
	}
	if (drained && !feeds->paused) {
		const struct burst_sink sink = { on_signal, feeds };
		struct metrics *metrics = figures_metrics(feeds->figures);
		rules_tick(feeds->rules, clock_unix_ms(), &sink);
		if (metrics != NULL) {
			metrics_tick(metrics, clock_unix_ms(), &sink);
		}
	}
	int64_t now_mono_ms = clock_mono_ms();
	if (now_mono_ms - feeds->noted_mono_ms >= NOTE_EVERY_MS && !feeds->paused) {
		feeds->noted_mono_ms = now_mono_ms;
		note_positions(feeds);
	}
	(void)uv_timer_start(timer, on_timer, drained ? POLL_MS : 0, 0);
}

void feeds_position(struct feeds *feeds, struct slice json)
{
	if (feeds->started) {
		return;
	}
	int error = json_parse(feeds->start_arena, arena_dup(feeds->start_arena, json), 0,
		&feeds->positions, NULL);
	if (error < 0) {
		log_event(LOG_WARNING, "position.unreadable", F_STR("why", err_text(error)));
	}
	feeds->started = true;
	feeds->noted_mono_ms = clock_mono_ms();
	(void)uv_timer_init(&feeds->rt->loop, &feeds->timer);
	feeds->timer.data = feeds;
	(void)uv_timer_start(&feeds->timer, on_timer, 0, 0);
}

struct burst_sink feeds_sink(struct feeds *feeds)
{
	return (struct burst_sink) { on_signal, feeds };
}

void feeds_announce_again(struct feeds *feeds)
{
	int above = runtime_handle(feeds->rt, "tail");
	for (size_t i = 0; i < feeds->count && above >= 0; i++) {
		struct feed *feed = &feeds->feed[i];
		struct tail_reader *reader = NULL;
		int folder = feed->kind != ROW_SERIES
				     ? -1
				     : openat(above, feed->shard,
					       O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (folder < 0) {
			continue;
		}
		if (tail_reader_open(folder, ROW_SERIES, (struct tail_pos) { 0 }, &reader) ==
			0) {
			tail_reader_want(reader, clock_unix_ms() - ANNOUNCED_MS, INT64_MAX);
			(void)tail_reader_close(feed->reader);
			feed->reader = reader;
		}
		(void)close(folder);
	}
}

void feeds_stop(struct feeds *feeds)
{
	if (feeds->started) {
		uv_close((uv_handle_t *)&feeds->timer, NULL);
	}
}

void feeds_status(const struct feeds *feeds, struct jw *jw)
{
	struct tail_report sum = { 0 };
	size_t shards = 0;
	for (size_t i = 0; i < feeds->count; i++) {
		const struct tail_report *report = tail_reader_report(feeds->feed[i].reader);
		shards += feeds->feed[i].kind == ROW_LOG;
		sum.rows += report->rows;
		sum.batches += report->batches;
		sum.batches_bad += report->batches_bad;
		sum.octets_torn += report->octets_torn;
		sum.files_gone += report->files_gone;
		sum.read_errors += report->read_errors;
	}
	jw_kv_bool(jw, "started", feeds->started);
	jw_kv_bool(jw, "waiting_for_core", feeds->paused);
	jw_kv_int(jw, "shards", (int64_t)shards);
	jw_kv_int(jw, "shards_refused", (int64_t)feeds->refused);
	jw_kv_int(jw, "rows", (int64_t)sum.rows);
	jw_kv_int(jw, "batches", (int64_t)sum.batches);
	jw_kv_int(jw, "batches_bad", (int64_t)sum.batches_bad);
	jw_kv_int(jw, "octets_torn", (int64_t)sum.octets_torn);
	jw_kv_int(jw, "files_gone", (int64_t)sum.files_gone);
	jw_kv_int(jw, "read_errors", (int64_t)sum.read_errors);
}
