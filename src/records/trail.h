/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a command leaves in the audit log: one entry, written when the command
 * has succeeded, naming who did what and the digest of every row it touched.
 * The entry's text and leaf are those of audit/entry.h; its personal values
 * stand apart, so that an order can erase them.
 *
 * Layer: records.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/digest.h"
#include "base/slice.h"

struct audit_key;
struct audit_tree;
struct txn;

/** The act of an order to erase; AUDIT_ACT_ERASE of audit/entry.h for those who may not see it. */
#define TRAIL_ACT_ERASE "personal.erase"

struct trail_act {
	struct slice act;  /* "notice.issue" */
	int64_t actor;     /* person, 0 = the machine */
	struct slice role; /* in which role; may be empty */
	struct slice kind; /* of the record, may be empty */
	int64_t id;
	int64_t version;
	struct slice reason; /* may be empty */
};

/** Say what is being done; the last call counts.  Slices are copied. */
void trail_act(struct txn *txn, const struct trail_act *act);

/**
 * This row was inserted, updated or deleted.  Its digest is taken when the
 * command ends, so call it any time and as often as is handy.
 *
 * Shape:   table is a name of the schema with columns id and version.
 * Returns: 0, or E_LIMIT (AUDIT_ENTRY_ROWS_MAX).
 */
NODISCARD int trail_row(struct txn *txn, const char *table, int64_t id);

/** This blob was stored or used.  Returns: 0, or E_LIMIT. */
NODISCARD int trail_blob(struct txn *txn, const struct digest *sm3);

/**
 * Keep a personal value under the entry, as SM3(salt || value) in its text.
 *
 * Shape:   word says what it is ("phone", "address"), without spaces; value is
 *          UTF-8; both are kept as "word value".  person_id is whom it is
 *          about, 0 = nobody we know.  An empty value is passed over.
 * Returns: 0, or E_LIMIT.
 */
NODISCARD int trail_personal(
	struct txn *txn, int64_t person_id, const char *word, struct slice value);

/**
 * Erase a personal value by order: its salt and text go, the entry stays and
 * says by which entry.  Only under the act TRAIL_ACT_ERASE, which may touch
 * and erase more than one entry holds: then it writes as many as it needs.  A
 * value that is not there fails the command with E_ABSENT.
 */
void trail_erase(struct txn *txn, int64_t seq, int64_t n);

/** trail_erase of everything kept about a person.  Returns: how many, or as db_step. */
NODISCARD int64_t trail_erase_person(struct txn *txn, int64_t person_id);

/**
 * Should the command fail, write an entry all the same (its act and personal
 * values only): an attempt that was denied.
 */
void trail_keep_refusal(struct txn *txn);

/**
 * Sign the log as it stands before this command and keep the head.
 *
 * Returns: the size signed; 0 (nothing new since the last head); or as db_step.
 */
NODISCARD int64_t trail_sign(struct txn *txn, const struct audit_key *key);

/** The log as it stands before this command: size and root. */
const struct audit_tree *trail_tree(const struct txn *txn);
