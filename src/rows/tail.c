/* SPDX-License-Identifier: Apache-2.0 */
#include "rows/tail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/err.h"
#include "rows/batch_writer.h"
#include "rows/tail_priv.h"

#define HOUR_MS INT64_C(3600000)

enum { FREE_CHECK_MS = 1000 };

struct tail {
	struct tail_options options;
	int dir_fd;
	int fd;
	int64_t start_ms;
	uint64_t octets;   /* whole batches in the file */
	int64_t oldest_ms; /* arrival of the first row held */
	int64_t free_checked_ms;
	int64_t failed_ms; /* when a write last failed; 0 = the last one did not */
	bool spoiled;      /* the file ends in half a batch that could not be cut off */
	bool unsynced;
	struct batch_writer *batch;
	struct tail_counters counters;
};

static int failed(struct tail *tail, int error)
{
	tail->counters.last_error = error;
	return error;
}

static void remove_file(struct tail *tail, const struct tail_file *file)
{
	char name[TAIL_NAME_MAX];
	tail_name(name, tail->options.kind, file->start_ms);
	if (unlinkat(tail->dir_fd, name, 0) == 0) {
		tail->counters.files_removed++;
		tail->counters.octets_removed += file->octets;
	}
}

/* A file's rows end where the next file starts; the current one always stays. */
static int expire(struct tail *tail, int64_t now_ms)
{
	struct tail_list list = { 0 };
	int error = tail_list_read(tail->dir_fd, tail->options.kind, true, &list);
	if (error < 0) {
		return failed(tail, error);
	}
	uint64_t total = 0;
	for (size_t i = 0; i < list.count; i++) {
		total += list.items[i].octets;
	}
	for (size_t i = 0; i + 1 < list.count && list.items[i].start_ms != tail->start_ms;
		i++) {
		bool old = list.items[i + 1].start_ms < now_ms - tail->options.keep_ms;
		bool many = list.count - i > TAIL_FILES_MAX - 1;
		if (!old && !many && total <= tail->options.cap_octets) {
			break;
		}
		remove_file(tail, &list.items[i]);
		total -= list.items[i].octets;
	}
	tail_list_fini(&list);
	return 0;
}

/* Names only grow, also when the clock was set back: readers go by them. */
static int next_start(const struct tail *tail, int64_t now_ms, int64_t *ret_start_ms)
{
	struct tail_list list = { 0 };
	int error = tail_list_read(tail->dir_fd, tail->options.kind, false, &list);
	if (error < 0) {
		return error;
	}
	int64_t start_ms = now_ms < 0 ? 0 : now_ms;
	if (list.count > 0 && list.items[list.count - 1].start_ms >= start_ms) {
		start_ms = list.items[list.count - 1].start_ms + 1;
	}
	tail_list_fini(&list);
	*ret_start_ms = start_ms;
	return 0;
}

static int open_file(struct tail *tail, int64_t now_ms)
{
	int64_t start_ms = 0;
	int error = next_start(tail, now_ms, &start_ms);
	if (error < 0) {
		return failed(tail, error);
	}
	char name[TAIL_NAME_MAX];
	tail_name(name, tail->options.kind, start_ms);
	int fd = openat(tail->dir_fd, name,
		O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd < 0) {
		return failed(tail, -errno);
	}
	if (fsync(tail->dir_fd) < 0) {
		tail->counters.sync_errors++;
	}
	tail->fd = fd;
	tail->start_ms = start_ms;
	tail->octets = 0;
	tail->spoiled = false;
	return expire(tail, now_ms);
}

int tail_create(const struct tail_options *options, int64_t now_ms, struct tail **ret_tail)
{
	struct tail *tail = calloc(1, sizeof(*tail));
	if (tail == NULL) {
		abort();
	}
	tail->options = *options;
	tail->options.keep_ms = options->keep_ms != 0 ? options->keep_ms : TAIL_KEEP_MS;
	tail->options.cap_octets =
		options->cap_octets != 0 ? options->cap_octets : UINT64_C(2) << 30;
	tail->fd = -1;
	tail->dir_fd = fcntl(options->dir_fd, F_DUPFD_CLOEXEC, 3);
	int error = tail->dir_fd < 0 ? -errno : open_file(tail, now_ms);
	if (error < 0) {
		if (tail->dir_fd >= 0) {
			(void)close(tail->dir_fd);
		}
		if (tail->fd >= 0) {
			(void)close(tail->fd);
		}
		free(tail);
		return error;
	}
	tail->batch = batch_writer_create(options->kind, tail->options.seed);
	*ret_tail = tail;
	return 0;
}

static bool over(int64_t start_ms, int64_t now_ms)
{
	return now_ms / HOUR_MS != start_ms / HOUR_MS && now_ms > start_ms;
}

/* The old file is whole and synced before the new name appears, so a reader
 * who sees the new name may take the old file as finished. */
static int rotate(struct tail *tail, int64_t now_ms)
{
	int error = tail_sync(tail);
	if (error < 0) {
		return error;
	}
	int old = tail->fd;
	error = open_file(tail, now_ms);
	if (tail->fd != old) {
		(void)close(old);
	}
	return error;
}

/* All of it or nothing: a batch cut short is cut off again. */
static int write_batch(struct tail *tail, struct slice octets)
{
	size_t done = 0;
	while (done < octets.n) {
		ssize_t n = write(tail->fd, octets.p + done, octets.n - done);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			int error = n < 0 ? -errno : -EIO;
			tail->counters.write_errors++;
			tail->spoiled =
				done > 0 && ftruncate(tail->fd, (off_t)tail->octets) < 0;
			return failed(tail, error);
		}
		done += (size_t)n;
	}
	tail->octets += octets.n;
	return 0;
}

static void wake(const struct tail *tail)
{
	uint64_t one = 1;
	if (tail->options.wake_fd >= 0) {
		/* A full counter means detect has been woken already. */
		ssize_t n = write(tail->options.wake_fd, &one, sizeof(one));
		(void)n;
	}
}

static int write_held(struct tail *tail, int64_t now_ms)
{
	int error = tail->spoiled ? rotate(tail, now_ms) : 0;
	if (error < 0) {
		return error;
	}
	struct slice octets = batch_octets(tail->batch);
	error = write_batch(tail, octets);
	if (error < 0) {
		return error;
	}
	struct tail_counters *c = &tail->counters;
	c->rows += tail_held(tail);
	c->octets += octets.n;
	c->batches++;
	c->last_error = 0;
	tail->unsynced = true;
	batch_clear(tail->batch);
	wake(tail);
	return 0;
}

int tail_flush(struct tail *tail, int64_t now_ms)
{
	if (tail_held(tail) > 0) {
		int error = write_held(tail, now_ms);
		tail->failed_ms = error < 0 ? now_ms : 0;
		if (error < 0) {
			return error;
		}
	}
	/* An empty one, too: what is older must go although nothing comes. */
	return over(tail->start_ms, now_ms) ? rotate(tail, now_ms) : 0;
}

/* Records never stop first: rows do, while the disk is nearly full. */
static bool in_reserve(struct tail *tail, int64_t now_ms)
{
	if (tail->options.floor_octets == 0) {
		return false;
	}
	int64_t since_ms = now_ms - tail->free_checked_ms;
	struct statvfs fs = { 0 };
	if ((since_ms < 0 || since_ms >= FREE_CHECK_MS) && fstatvfs(tail->dir_fd, &fs) == 0) {
		tail->free_checked_ms = now_ms;
		uint64_t free_octets = (uint64_t)fs.f_bavail * fs.f_frsize;
		tail->counters.reserve = free_octets < tail->options.floor_octets;
	}
	return tail->counters.reserve;
}

static bool within(int64_t since_ms, int64_t now_ms)
{
	return now_ms >= since_ms && now_ms - since_ms < TAIL_HOLD_MS;
}

static int admit(struct tail *tail, int64_t now_ms)
{
	if (in_reserve(tail, now_ms)) {
		tail->counters.rows_reserve++;
		return E_LIMIT;
	}
	bool full = false;
	size_t rows = batch_writer_rows(tail->batch, &full);
	bool due = rows > 0 && !within(tail->oldest_ms, now_ms);
	/* A disk that refused is asked again a little later, not for every row. */
	bool resting = tail->failed_ms != 0 && within(tail->failed_ms, now_ms);
	int error = (full || due) && !resting ? tail_flush(tail, now_ms) : 0;
	if (full && tail_held(tail) == rows) {
		tail->counters.rows_refused++;
		return error < 0 ? error : E_LIMIT;
	}
	if (tail_held(tail) == 0) {
		tail->oldest_ms = now_ms;
	}
	return 0;
}

static int taken(struct tail *tail, int error)
{
	if (error < 0) {
		tail->counters.rows_too_large++;
	}
	return error;
}

int tail_append_sample(struct tail *tail, const struct sample_row *row, int64_t now_ms)
{
	int error = admit(tail, now_ms);
	return error < 0 ? error : taken(tail, batch_add_sample(tail->batch, row));
}

int tail_append_log(struct tail *tail, const struct log_row *row, int64_t now_ms)
{
	int error = admit(tail, now_ms);
	return error < 0 ? error : taken(tail, batch_add_log(tail->batch, row));
}

int tail_append_series(struct tail *tail, const struct series_row *row, int64_t now_ms)
{
	int error = admit(tail, now_ms);
	return error < 0 ? error : taken(tail, batch_add_series(tail->batch, row));
}

size_t tail_held(const struct tail *tail)
{
	return batch_writer_rows(tail->batch, NULL);
}

bool tail_unsynced(const struct tail *tail)
{
	return tail->unsynced;
}

int tail_sync(struct tail *tail)
{
	if (!tail->unsynced) {
		return 0;
	}
	if (fdatasync(tail->fd) < 0) {
		int error = -errno;
		tail_sync_failed(tail, error);
		return error;
	}
	tail->unsynced = false;
	return 0;
}

int tail_sync_fd(struct tail *tail)
{
	int fd = fcntl(tail->fd, F_DUPFD_CLOEXEC, 3);
	if (fd < 0) {
		return failed(tail, -errno);
	}
	tail->unsynced = false;
	return fd;
}

void tail_sync_failed(struct tail *tail, int error)
{
	tail->counters.sync_errors++;
	(void)failed(tail, error);
}

struct tail *tail_destroy(struct tail *tail, int64_t now_ms)
{
	if (tail == NULL) {
		return NULL;
	}
	/* Nobody is left to tell: a failure here is the loss the counters name. */
	int error = tail_flush(tail, now_ms);
	if (error == 0) {
		error = tail_sync(tail);
	}
	(void)error;
	(void)close(tail->fd);
	(void)close(tail->dir_fd);
	(void)batch_writer_destroy(tail->batch);
	free(tail);
	return NULL;
}

const struct tail_counters *tail_counters(const struct tail *tail)
{
	return &tail->counters;
}
