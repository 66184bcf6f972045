/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A sensing role's own tail: the folder DATA/tail/NAME, made before the fence,
 * and the tail in it on the role's loop.
 *
 * Layer: role.  Threading: the loop's thread.
 */
#pragma once

#include "base/attr.h"
#include "model/row.h"
#include "sys/fence.h"

struct diag;
struct jw;
struct runtime;
struct tail;
struct tail_loop;

struct shard {
	int fd; /* of the folder */
	struct tail *tail;
	struct tail_loop *loop;
};

/** Before the fence: make the folder and begin a file.  0, or an error with diag. */
NODISCARD int shard_open(struct shard *shard, struct runtime *rt, const char *name,
	enum row_kind kind, struct diag *diag);
/** The folder for the role's fence list. */
struct fence_path shard_path(const struct shard *shard);
/** Behind the fence: written and synced by the loop from now.  0 or -errno. */
NODISCARD int shard_attach(struct shard *shard, struct runtime *rt);
/** At the stop. */
void shard_detach(struct shard *shard);
/** After the loop has ended. */
void shard_close(struct shard *shard);
/** Members tail_* of the role's counters. */
void shard_status(const struct shard *shard, struct jw *jw);
