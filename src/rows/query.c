/* SPDX-License-Identifier: Apache-2.0 */
#include "rows/query.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "rows/tail_priv.h"
#include "sys/clock.h"

/* A file's name is its start by a clock that may have been set; one hour is granted. */
#define SLACK_MS INT64_C(3600000)

struct query_store {
	int dir_fd;
};

struct place {
	uint64_t offset;
	uint32_t octets;
	int64_t max_ms;
};

struct scan {
	const struct query_request *request;
	struct query_coverage coverage;
	uint64_t rows_max;
	int64_t began_ms;
	int64_t end_ms;
	bool enough; /* of this shard */
	struct place *places;
	size_t place_count;
};

int query_store_open(int dir_fd, struct query_store **ret_store)
{
	int fd = fcntl(dir_fd, F_DUPFD_CLOEXEC, 3);
	if (fd < 0) {
		return -errno;
	}
	struct query_store *store = calloc(1, sizeof(*store));
	if (store == NULL) {
		abort();
	}
	store->dir_fd = fd;
	*ret_store = store;
	return 0;
}

struct query_store *query_store_close(struct query_store *store)
{
	if (store != NULL) {
		(void)close(store->dir_fd);
		free(store);
	}
	return NULL;
}

static bool below_floor(const struct scan *scan, int64_t max_ms)
{
	return scan->request->floor_ms != NULL && max_ms < *scan->request->floor_ms;
}

static bool wanted(const struct scan *scan, const struct batch_head *head)
{
	const struct query_request *r = scan->request;
	return head->max_ms >= r->from_ms && head->min_ms <= r->to_ms &&
	       !below_floor(scan, head->max_ms);
}

static void add_place(struct scan *scan, uint64_t offset, const struct batch_head *head)
{
	if (scan->place_count == QUERY_BATCHES_MAX) {
		scan->coverage.stop = QUERY_STOP_BATCHES;
		return;
	}
	if ((scan->place_count & (scan->place_count + 1)) == 0) {
		size_t room = 2 * (scan->place_count + 1);
		struct place *grown = reallocarray(scan->places, room, sizeof(*grown));
		if (grown == NULL) {
			abort();
		}
		scan->places = grown;
	}
	scan->places[scan->place_count++] =
		(struct place) { offset, BATCH_HEAD_OCTETS + head->body_octets, head->max_ms };
}

/* Where the wanted batches of a file lie, from their heads alone. */
static void index_file(struct scan *scan, struct tail_window *window)
{
	uint64_t offset = 0;
	uint64_t size = tail_window_left(window, 0);
	struct batch_head head = { 0 };
	scan->place_count = 0;
	while (batch_head_read(tail_window_get(window, offset, BATCH_HEAD_OCTETS), &head) ==
			0 &&
		size - offset >= BATCH_HEAD_OCTETS + (uint64_t)head.body_octets) {
		size_t octets = BATCH_HEAD_OCTETS + head.body_octets;
		if (wanted(scan, &head)) {
			add_place(scan, offset, &head);
		} else {
			scan->coverage.batches_skipped++;
		}
		offset += octets;
	}
	scan->coverage.octets_torn += size - offset;
}

static bool stopped(struct scan *scan)
{
	if (scan->coverage.rows_scanned >= scan->rows_max) {
		scan->coverage.stop = QUERY_STOP_ROWS;
	} else if (clock_mono_ms() > scan->end_ms) {
		scan->coverage.stop = QUERY_STOP_TIME;
	}
	return scan->coverage.stop != QUERY_WHOLE || scan->enough;
}

static void visit_rows(struct scan *scan, const struct batch *batch)
{
	const struct query_request *r = scan->request;
	size_t rows = batch->head.rows;
	for (size_t n = 0; n < rows && !scan->enough; n++) {
		size_t i = r->newest_first ? rows - 1 - n : n;
		int64_t at_ms = batch_time_ms(batch, i);
		scan->coverage.rows_scanned++;
		if (at_ms < r->from_ms || at_ms > r->to_ms) {
			continue;
		}
		enum query_verdict verdict = r->visit(r->context, batch, i);
		scan->coverage.rows_matched += verdict != QUERY_PASS;
		scan->enough = verdict == QUERY_ENOUGH;
	}
}

static void visit_file(struct scan *scan, int fd)
{
	struct tail_window window;
	tail_window_init(&window, fd);
	index_file(scan, &window);
	scan->coverage.files++;
	for (size_t n = 0; n < scan->place_count && !stopped(scan); n++) {
		size_t i = scan->request->newest_first ? scan->place_count - 1 - n : n;
		struct place place = scan->places[i];
		struct batch batch = { 0 };
		if (below_floor(scan, place.max_ms)) {
			continue;
		}
		if (batch_read(tail_window_get(&window, place.offset, place.octets), &batch) <
				0 ||
			batch.head.kind != scan->request->kind) {
			scan->coverage.batches_bad++;
			continue;
		}
		visit_rows(scan, &batch);
	}
	tail_window_fini(&window);
}

static bool file_in_time(const struct scan *scan, const struct tail_list *list, size_t i)
{
	const struct query_request *r = scan->request;
	int64_t end_ms =
		i + 1 < list->count ? list->items[i + 1].start_ms : INT64_MAX - SLACK_MS;
	return list->items[i].start_ms / 2 <= (r->to_ms / 2 + SLACK_MS / 2) &&
	       end_ms + SLACK_MS >= r->from_ms;
}

static void visit_shard(struct scan *scan, int shard_fd)
{
	struct tail_list list = { 0 };
	if (tail_list_read(shard_fd, scan->request->kind, false, &list) < 0) {
		scan->coverage.shards_refused++;
		return;
	}
	scan->coverage.shards++;
	scan->enough = false;
	if (list.count > 0 && list.items[0].start_ms < scan->coverage.oldest_ms) {
		scan->coverage.oldest_ms = list.items[0].start_ms;
	}
	for (size_t n = 0; n < list.count && !stopped(scan); n++) {
		size_t i = scan->request->newest_first ? list.count - 1 - n : n;
		if (!file_in_time(scan, &list, i)) {
			continue;
		}
		int fd = tail_file_open(shard_fd, scan->request->kind, list.items[i].start_ms);
		if (fd >= 0) {
			visit_file(scan, fd);
		}
	}
	tail_list_fini(&list);
}

static void visit_shards(struct scan *scan, DIR *dir)
{
	const struct dirent *entry = NULL;
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.') {
			continue;
		}
		int fd = openat(dirfd(dir), entry->d_name,
			O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		if (fd < 0 && errno == ENOTDIR) {
			continue;
		}
		if (fd < 0 || scan->coverage.shards == QUERY_SHARDS_MAX) {
			scan->coverage.shards_refused++;
		} else {
			visit_shard(scan, fd);
		}
		if (fd >= 0) {
			(void)close(fd);
		}
	}
}

int query_scan(struct query_store *store, const struct query_request *request,
	struct query_coverage *ret_coverage)
{
	int fd = openat(store->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (dir == NULL) {
		int error = -errno;
		if (fd >= 0) {
			(void)close(fd);
		}
		return error;
	}
	const struct query_limits *limits = &request->limits;
	struct scan scan = { .request = request, .began_ms = clock_mono_ms() };
	scan.rows_max = limits->rows_max != 0 ? limits->rows_max : QUERY_ROWS_DEFAULT;
	scan.end_ms = scan.began_ms +
		      (limits->budget_ms != 0 ? limits->budget_ms : QUERY_BUDGET_DEFAULT_MS);
	scan.coverage.from_ms = request->from_ms;
	scan.coverage.to_ms = request->to_ms;
	scan.coverage.oldest_ms = INT64_MAX;
	visit_shards(&scan, dir);
	(void)closedir(dir);
	free(scan.places);
	scan.coverage.took_ms = clock_mono_ms() - scan.began_ms;
	*ret_coverage = scan.coverage;
	return 0;
}
