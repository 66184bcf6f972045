/* SPDX-License-Identifier: Apache-2.0 */
#include "rows/tail_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "base/num.h"
#include "rows/tail_priv.h"

struct tail_reader {
	int dir_fd;
	struct tail_window window; /* of the file of pos; fd -1 = not open */
	enum row_kind kind;
	struct tail_pos pos;
	int64_t from_ms;
	int64_t to_ms;
	bool stuck; /* nothing more can be read from this file */
	struct tail_report report;
};

int tail_reader_open(
	int dir_fd, enum row_kind kind, struct tail_pos from, struct tail_reader **ret_reader)
{
	int fd = fcntl(dir_fd, F_DUPFD_CLOEXEC, 3);
	if (fd < 0) {
		return -errno;
	}
	struct tail_reader *reader = calloc(1, sizeof(*reader));
	if (reader == NULL) {
		abort();
	}
	reader->dir_fd = fd;
	tail_window_init(&reader->window, -1);
	reader->kind = kind;
	reader->pos = from;
	reader->from_ms = INT64_MIN;
	reader->to_ms = INT64_MAX;
	*ret_reader = reader;
	return 0;
}

static void close_file(struct tail_reader *reader)
{
	reader->report.read_errors += reader->window.errors;
	tail_window_fini(&reader->window);
	tail_window_init(&reader->window, -1);
	reader->stuck = false;
}

struct tail_reader *tail_reader_close(struct tail_reader *reader)
{
	if (reader != NULL) {
		close_file(reader);
		(void)close(reader->dir_fd);
		free(reader);
	}
	return NULL;
}

void tail_reader_want(struct tail_reader *reader, int64_t from_ms, int64_t to_ms)
{
	reader->from_ms = from_ms;
	reader->to_ms = to_ms;
}

static void go_to(struct tail_reader *reader, int64_t start_ms)
{
	close_file(reader);
	reader->pos = (struct tail_pos) { start_ms, 0 };
}

/* Open the file of the position; when it is gone, the next one after it. */
static int open_file(struct tail_reader *reader, const struct tail_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		int64_t start_ms = list->items[i].start_ms;
		if (start_ms < reader->pos.start_ms) {
			continue;
		}
		if (start_ms > reader->pos.start_ms) {
			reader->report.files_gone += reader->pos.start_ms != 0;
			go_to(reader, start_ms);
		}
		int fd = tail_file_open(reader->dir_fd, reader->kind, start_ms);
		if (fd >= 0) {
			tail_window_init(&reader->window, fd);
			return 1;
		}
		reader->report.read_errors += fd != -ENOENT;
	}
	return 0;
}

/* One batch of the open file.  1 = given, 0 = no whole one here now, 2 = one was stepped over. */
static int read_batch(struct tail_reader *reader, struct batch *ret_batch)
{
	struct batch_head head = { 0 };
	struct slice front =
		tail_window_get(&reader->window, reader->pos.offset, BATCH_HEAD_OCTETS);
	int error = batch_head_read(front, &head);
	if (error < 0) {
		reader->stuck = error != E_SHORT;
		return 0;
	}
	size_t n = BATCH_HEAD_OCTETS + head.body_octets;
	if (head.kind == reader->kind &&
		(head.max_ms < reader->from_ms || head.min_ms > reader->to_ms)) {
		if (tail_window_left(&reader->window, reader->pos.offset) < n) {
			return 0;
		}
		reader->report.batches_skipped++;
		reader->pos.offset += n;
		return 2;
	}
	struct slice octets = tail_window_get(&reader->window, reader->pos.offset, n);
	if (octets.n < n) {
		return 0;
	}
	error = head.kind == reader->kind ? batch_read(octets, ret_batch) : E_FORMAT;
	if (error == E_SHORT) {
		return 0;
	}
	reader->pos.offset += n;
	if (error < 0) {
		reader->report.batches_bad++;
		return 2;
	}
	reader->report.batches++;
	reader->report.rows += head.rows;
	return 1;
}

static int read_on(struct tail_reader *reader, struct batch *ret_batch)
{
	int got = 2;
	while (got == 2 && !reader->stuck) {
		got = read_batch(reader, ret_batch);
	}
	return got == 1;
}

/* The file after the current one, or -1. */
static int64_t successor(const struct tail_reader *reader, const struct tail_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i].start_ms > reader->pos.start_ms) {
			return list->items[i].start_ms;
		}
	}
	return -1;
}

/*
 * The list is read before the file is tried once more: a batch written
 * between the two would otherwise be left behind by the step to the next file.
 */
static int step(struct tail_reader *reader, struct batch *ret_batch)
{
	struct tail_list list = { 0 };
	int error = tail_list_read(reader->dir_fd, reader->kind, false, &list);
	if (error < 0) {
		return error;
	}
	int got = 0;
	while (got == 0 && (reader->window.fd >= 0 || open_file(reader, &list) == 1)) {
		int64_t next_ms = successor(reader, &list);
		got = read_on(reader, ret_batch);
		if (got == 0 && next_ms < 0) {
			break;
		}
		if (got == 0) {
			uint64_t torn = tail_window_left(&reader->window, reader->pos.offset);
			reader->report.files_torn += torn > 0;
			reader->report.octets_torn += torn;
			go_to(reader, next_ms);
		}
	}
	tail_list_fini(&list);
	return got;
}

int tail_reader_next(struct tail_reader *reader, struct batch *ret_batch)
{
	if (reader->window.fd >= 0 && read_on(reader, ret_batch) == 1) {
		return 1;
	}
	return step(reader, ret_batch);
}

struct tail_pos tail_reader_pos(const struct tail_reader *reader)
{
	return reader->pos;
}

const struct tail_report *tail_reader_report(const struct tail_reader *reader)
{
	return &reader->report;
}

void tail_pos_put(struct buf *buf, struct tail_pos pos)
{
	buf_put_i64(buf, pos.start_ms);
	buf_put_byte(buf, ':');
	buf_put_i64(buf, (int64_t)pos.offset);
}

int tail_pos_parse(struct slice text, struct tail_pos *ret_pos)
{
	struct slice start = { 0 };
	struct slice offset = { 0 };
	struct tail_pos pos = { 0 };
	if (!slice_cut(text, ':', &start, &offset) ||
		num_i64(start, 0, INT64_MAX, &pos.start_ms) < 0 ||
		num_u64(offset, INT64_MAX, &pos.offset) < 0) {
		return E_FORMAT;
	}
	*ret_pos = pos;
	return 0;
}
