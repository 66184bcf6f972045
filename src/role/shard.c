/* SPDX-License-Identifier: Apache-2.0 */
#include "role/shard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/err.h"
#include "base/jw.h"
#include "role/runtime.h"
#include "rows/tail.h"
#include "rows/tail_loop.h"
#include "sys/clock.h"
#include "sys/fs.h"
#include "sys/rand.h"

/* Below this much free space no row is taken, so that the records never lack it. */
static uint64_t reserve_of(int folder)
{
	char path[64];
	struct fs_space space = { 0 };
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", folder);
	if (fs_space_of(path, &space) < 0) {
		return 0;
	}
	int64_t share = space.total_octets / 100 * FS_RESERVE_PERCENT;
	return (uint64_t)(share < FS_RESERVE_OCTETS ? share : FS_RESERVE_OCTETS);
}

int shard_open(struct shard *shard, struct runtime *rt, const char *name, enum row_kind kind,
	struct diag *diag)
{
	int above = runtime_handle(rt, "tail");
	*shard = (struct shard) { .fd = -1 };
	if (above < 0) {
		return diag_set(diag, E_ABSENT, 0, 0, "tail: no folder was given");
	}
	if (mkdirat(above, name, 0750) < 0 && errno != EEXIST) {
		return diag_set(diag, -errno, 0, 0, "tail/%s: %s", name, err_text(-errno));
	}
	shard->fd = openat(above, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (shard->fd < 0) {
		return diag_set(diag, -errno, 0, 0, "tail/%s: %s", name, err_text(-errno));
	}
	struct tail_options options = { .dir_fd = shard->fd,
		.kind = kind,
		.wake_fd = -1,
		.floor_octets = reserve_of(shard->fd) };
	rand_octets(options.seed, sizeof(options.seed));
	int error = tail_create(&options, clock_unix_ms(), &shard->tail);
	return error < 0 ? diag_set(diag, error, 0, 0, "tail/%s: %s", name, err_text(error))
			 : 0;
}

struct fence_path shard_path(const struct shard *shard)
{
	return (struct fence_path) { shard->fd, NULL, FENCE_READ | FENCE_WRITE };
}

int shard_attach(struct shard *shard, struct runtime *rt)
{
	return tail_loop_attach(&rt->loop, shard->tail, &shard->loop);
}

void shard_detach(struct shard *shard)
{
	shard->loop = tail_loop_detach(shard->loop);
}

void shard_close(struct shard *shard)
{
	shard->tail = tail_destroy(shard->tail, clock_unix_ms());
	if (shard->fd >= 0) {
		(void)close(shard->fd);
	}
	shard->fd = -1;
}

void shard_status(const struct shard *shard, struct jw *jw)
{
	const struct tail_counters *c = tail_counters(shard->tail);
	jw_kv_int(jw, "rows", (int64_t)c->rows);
	jw_kv_int(jw, "tail_octets", (int64_t)c->octets);
	jw_kv_int(jw, "tail_batches", (int64_t)c->batches);
	jw_kv_int(jw, "tail_refused", (int64_t)(c->rows_refused + c->rows_too_large));
	jw_kv_int(jw, "tail_reserve", (int64_t)c->rows_reserve);
	jw_kv_int(jw, "tail_errors", (int64_t)(c->write_errors + c->sync_errors));
	jw_kv_int(jw, "tail_files_removed", (int64_t)c->files_removed);
}
