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
struct txn;

struct paper_job {
	enum paper_kind kind;
	const char *about; /* kind of the record, "notice", "unit" … */
	int64_t about_id;
	int64_t unit_id; /* whose people may read it; 0 = the centre, leaders and the auditor alone */
	struct slice number; /* 编号 */
	struct slice code;   /* check code; empty = a new one */
	struct slice basis;  /* regulation and article; empty = the policy's on notices */
	struct slice
		members; /* JSON object of the kind's own members; they stand before the common ones */
};

/**
 * Put the paper in, for both formats.  Common members are added: school, from,
 * number, date, at, check_code, basis.
 *
 * Shape:   what a kind needs is in docs/paper.md; what lacks makes the document fail, with an alert.
 * Returns: 0 and the PDF's document id; E_FORMAT (members), E_LIMIT (256 KiB) or as db_step.
 */
NODISCARD int paper_job_put(struct txn *txn, const struct paper_job *job, int64_t *ret_id);

/** The PDF alone: several papers in one file, {"papers": […]}.  As paper_job_put. */
NODISCARD int paper_job_batch(struct txn *txn, const struct paper_job *job, int64_t *ret_id);

/** The Word file alone, of the school's own when one is in force.  As paper_job_put. */
NODISCARD int paper_job_word(struct txn *txn, const struct paper_job *job, int64_t *ret_id);

/** 8 characters a person can type. */
struct slice paper_code(struct arena *arena);
