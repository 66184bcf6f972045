/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Ask for an official paper: what it says is frozen now, whatever becomes of
 * the records afterwards.  Paper makes a PDF and a Word file of it outside.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/paper.h"

struct arena;
struct buf;
struct desk_env;
struct txn;

struct paper_job {
	const struct desk_env *env;
	enum paper_kind kind;
	int64_t policy_id; /* the policy its record is bound to; 0 = what is in force */
	const char *about; /* kind of the record, "notice", "unit" … */
	int64_t about_id;
	int64_t unit_id; /* whose people may read it; 0 = the centre, leaders and the auditor alone */
	struct slice number; /* 编号 */
	struct slice code;   /* check code; empty = a new one */
	struct slice
		members; /* JSON object of the kind's own members; they stand before the common ones */
};

/**
 * Put the paper in, for both formats.  Common members are added: school, from,
 * number, date, at, check_code, basis (the regulation, and the article that policy says for the kind).
 *
 * Shape:   what a kind needs is in docs/paper.md; what lacks makes the document fail, with an alert.
 * Returns: 0 and the PDF's document id; E_FORMAT (members), E_LIMIT (256 KiB) or as db_step.
 */
NODISCARD int paper_job_put(struct txn *txn, const struct paper_job *job, int64_t *ret_id);

/** The PDF alone: several papers in one file, {"papers": […]}.  As paper_job_put. */
NODISCARD int paper_job_batch(struct txn *txn, const struct paper_job *job, int64_t *ret_id);

/** The Word file alone, of the school's own when one is in force.  As paper_job_put. */
NODISCARD int paper_job_word(struct txn *txn, const struct paper_job *job, int64_t *ret_id);

/** What the paper would be made from, to be one of several.  Returns: as paper_job_put. */
NODISCARD int paper_job_data(struct txn *txn, const struct paper_job *job, struct buf *out);

/** 8 characters a person can type. */
struct slice paper_code(struct arena *arena);
/** "2026年3月2日" and "2026年3月2日17:30", China time. */
struct slice paper_day(struct arena *arena, int64_t at_ms);
struct slice paper_moment(struct arena *arena, int64_t at_ms);
