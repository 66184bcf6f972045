/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Kinds of official papers.  What each says and how it is laid out is data:
 * templates/paper/kinds/KIND.json.
 *
 * Layer: model.  Threading: reentrant.
 */
#pragma once

#include "model/name.h"

enum paper_kind {
	PAPER_NOTICE,
	PAPER_AGAIN,
	PAPER_SIGNATURE,
	PAPER_PLAN,
	PAPER_REMINDER,
	PAPER_SUPERVISION,
	PAPER_REPORT,
	PAPER_RETURN,
	PAPER_OPINION,
	PAPER_EXTENSION,
	PAPER_OBJECTION,
	PAPER_REASSIGNMENT,
	PAPER_ACCEPTANCE,
	PAPER_CONTROL,
	PAPER_WITHDRAWAL,
	PAPER_BRIEF,
	PAPER_UPREPORT,
	PAPER_ARCHIVE,
	PAPER_INCOMING,
	PAPER_OFFICER_FILING,
	PAPER_ACCESS_SLIP,
	PAPER_HANDOVER,
	PAPER_LEDGER,
	PAPER_BATCH, /* several of the others in one file, to print */
};

#define PAPER_KIND_COUNT (PAPER_BATCH + 1)

extern const struct name_table paper_kind_names;
