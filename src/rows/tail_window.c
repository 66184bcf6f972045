/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rows/batch.h"
#include "rows/tail_priv.h"

enum { AHEAD_OCTETS = 256 * 1024 };

int tail_file_open(int dir_fd, enum row_kind kind, int64_t start_ms)
{
	char name[TAIL_NAME_MAX];
	tail_name(name, kind, start_ms);
	/* Not blocking, for a pipe somebody put there under such a name. */
	int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

void tail_window_init(struct tail_window *window, int fd)
{
	*window = (struct tail_window) { .fd = fd };
	buf_init(&window->octets, BATCH_HEAD_OCTETS + BATCH_BODY_MAX + 1);
}

void tail_window_fini(struct tail_window *window)
{
	if (window->fd >= 0) {
		(void)close(window->fd);
	}
	buf_fini(&window->octets);
	window->fd = -1;
}

static void fill(struct tail_window *window, uint64_t offset, size_t n)
{
	size_t want = n > AHEAD_OCTETS ? n : AHEAD_OCTETS;
	buf_clear(&window->octets);
	window->at = offset;
	uint8_t *room = buf_reserve(&window->octets, want);
	size_t done = 0;
	while (room != NULL && done < n) {
		ssize_t got =
			pread(window->fd, room + done, want - done, (off_t)(offset + done));
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got <= 0) {
			window->errors += got < 0;
			break;
		}
		done += (size_t)got;
	}
	buf_commit(&window->octets, done);
}

struct slice tail_window_get(struct tail_window *window, uint64_t offset, size_t n)
{
	uint64_t end = window->at + window->octets.n;
	if (offset < window->at || offset + n > end) {
		fill(window, offset, n);
	}
	return slice_head(
		slice_skip(buf_slice(&window->octets), (size_t)(offset - window->at)), n);
}

uint64_t tail_window_left(const struct tail_window *window, uint64_t offset)
{
	struct stat st = { 0 };
	if (fstat(window->fd, &st) < 0 || (uint64_t)st.st_size <= offset) {
		return 0;
	}
	return (uint64_t)st.st_size - offset;
}
