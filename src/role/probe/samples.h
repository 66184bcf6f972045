/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the checks measured, as rows: the main figure of each result under the
 * check's own id, every further one as a series of its own.
 *
 * Layer: role.  Threading: the loop's thread.
 */
#pragma once

#include "base/attr.h"
#include "role/shard.h"

struct check_result;
struct series_book;
struct series_row;

struct samples {
	struct shard shard;  /* of samples */
	struct shard series; /* of what they are */
	struct series_book *book;
};

enum { SAMPLES_PATHS = 2 };

/** Before the fence.  0, or an error with diag. */
NODISCARD int samples_open(struct samples *samples, struct runtime *rt, struct diag *diag);
/** Fills SAMPLES_PATHS places of the role's fence list. */
size_t samples_paths(const struct samples *samples, struct fence_path *list);
/** Behind the fence.  0 or -errno. */
NODISCARD int samples_attach(struct samples *samples, struct runtime *rt);
/** A refusal shows in the tails' counters. */
void samples_put(struct samples *samples, const struct check_result *result);
/** A figure that is in no result; id and time of the series are filled in. */
void samples_put_figure(struct samples *samples, struct series_row *series, double value);
void samples_status(const struct samples *samples, struct jw *jw);
void samples_detach(struct samples *samples);
void samples_close(struct samples *samples);
