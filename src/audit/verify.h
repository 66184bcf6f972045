/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Does the stored history still say what it said?  Reads the store by its own
 * SQL (SQLite file, PostgreSQL) or an export file, never through records/,
 * re-hashes every entry, personal value, audited row and blob, and names
 * whatever does not agree.
 *
 * What it cannot see: entries cut off the end that no head, counter, row or
 * export trailer speaks of; a log rewritten as a whole and signed with the
 * true key.  A head kept elsewhere (option head) exposes both.
 *
 * Layer: audit.  Threading: one run a thread; no state between runs.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct audit_head;
struct audit_key;
struct buf;
struct diag;

enum audit_problem_code {
	AUDIT_ENTRY_CHANGED, /* text and leaf of entry seq disagree */
	AUDIT_ENTRY_COLUMN,  /* a column beside entry seq differs from its text; what: which */
	AUDIT_ENTRY_UNREADABLE, /* entry seq is no entry; what: why */
	AUDIT_ENTRY_MISSING,    /* entries seq to other are absent */
	AUDIT_ENTRY_SWAPPED,    /* at seq stands what calls itself other */
	AUDIT_LOG_TRUNCATED,    /* entries seq to other are absent; what: who knew of them */
	AUDIT_HEAD_MISMATCH,    /* the head over seq entries; the change lies in other to seq */
	AUDIT_HEAD_FORGED,      /* the head over seq entries is not signed by the key */
	AUDIT_HEAD_MALFORMED,   /* the head over seq entries; what: why */
	AUDIT_PERSONAL_CHANGED, /* value other of entry seq */
	AUDIT_PERSONAL_MISSING,
	AUDIT_PERSONAL_EXTRA,
	AUDIT_PERSONAL_ERASED, /* value `what` of entry seq says erased by other, which did not */
	AUDIT_PERSONAL_KEPT,   /* value `what` of entry seq is there though erased by other */
	AUDIT_ROW_CHANGED,     /* row `what` differs from entry seq */
	AUDIT_ROW_MISSING,     /* row `what` of entry seq is absent */
	AUDIT_ROW_REVIVED,     /* row `what` is there though deleted in entry seq */
	AUDIT_ROW_UNNAMED,     /* row `what` is in no entry */
	AUDIT_BLOB_CHANGED,    /* contents `what` first named in entry seq */
	AUDIT_BLOB_MISSING,
	AUDIT_EXPORT_LINE,   /* line seq of the file; what: why */
	AUDIT_STORE_DAMAGED, /* what: where and why the store could not be read on */
	AUDIT_PROBLEM_CODES,
};

struct audit_problem {
	enum audit_problem_code code;
	int64_t seq;
	int64_t other;
	char what[192]; /* NUL-terminated UTF-8 */
};

/** Called for each problem as it is found. */
typedef void audit_found_fn(void *context, const struct audit_problem *problem);

/** Entries that erased are named up to this many. */
enum { AUDIT_ERASERS_MAX = 16 };

/** Exactly one of store and export is given; the rest may be NULL. */
struct audit_target {
	const char *store; /* "sqlite:PATH" or "postgresql://…" */
	const char *export_path;
	const char *blob_folder;       /* contents as ab/cdef… */
	const struct audit_key *key;   /* without it signatures are not looked at */
	const struct audit_head *head; /* kept elsewhere; must fit too */
};

struct audit_report {
	int64_t first; /* 0 when there are no entries */
	int64_t last;
	int64_t confirmed; /* entries under the last head that fits */
	uint64_t entries;
	uint64_t heads;
	uint64_t personal;
	uint64_t erased;  /* of personal, by order */
	uint64_t erasers; /* entries that erased, the first of them in eraser */
	int64_t eraser[AUDIT_ERASERS_MAX];
	uint64_t rows;
	uint64_t blobs;
	uint64_t problems;
	bool signatures_checked;
	bool rows_checked;
};

/**
 * Check everything.  Memory: 64 octets a row named, 40 a blob, one entry.
 *
 * Returns: 0 when nothing is wrong, 1 when `found` was called, E_ABSENT (no
 *          such file), E_STORE, E_INPUT, E_LIMIT when it could not be run,
 *          with a sentence.
 */
NODISCARD int audit_verify(const struct audit_target *target, audit_found_fn *found,
	void *context, struct audit_report *ret_report, struct diag *diag);

/** Gets the next lines of an export.  Returns: 0, or an error that ends it. */
typedef int audit_write_fn(void *context, struct slice lines);

/**
 * Write the log of target->store as export lines.
 *
 * Returns: 0, the writer's error, E_DIGEST when the store is damaged, else as
 *          audit_verify.
 */
NODISCARD int audit_export(const struct audit_target *target, audit_write_fn *write,
	void *context, struct diag *diag);

enum audit_language { AUDIT_CHINESE, AUDIT_ENGLISH };

/** Dotted constant: "entry.changed". */
const char *audit_problem_name(enum audit_problem_code code);
/** Append one sentence without line feed. */
void audit_problem_put(
	struct buf *buf, const struct audit_problem *problem, enum audit_language language);
/** Append the closing sentence or sentences. */
void audit_report_put(
	struct buf *buf, const struct audit_report *report, enum audit_language language);
