/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The audit log as a file of its own: one JSON text a line, so that it can be
 * checked without the database, by this program or by another one.
 *
 *   {"fengsui":"audit export","version":1}
 *   {"entry":TEXT,"seq":n,"at":unix ms,"leaf":HEX}
 *   {"personal":seq,"n":k,"salt":HEX|null,"value":TEXT|null,"erased_by":seq|null}
 *   {"head":size,"root":HEX,"at":unix ms,"signature":HEX}
 *   {"end":entries,"personal":values,"heads":heads}
 *
 * An entry's personal values follow it, then the heads of that size.  TEXT
 * is the entry octet by octet.  Each line has one spelling only.
 *
 * Layer: audit.  Threading: reentrant.  Fuzz target: fuzz/audit_export.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "audit/head.h"
#include "base/attr.h"
#include "base/digest.h"
#include "base/slice.h"

struct arena;
struct buf;
struct diag;

enum audit_item_kind {
	AUDIT_ITEM_BEGIN,
	AUDIT_ITEM_ENTRY,    /* seq, at_unix_ms, text, leaf */
	AUDIT_ITEM_PERSONAL, /* seq, n, salt, text (the value), gone, erased_by */
	AUDIT_ITEM_HEAD,     /* head; seq is its size */
	AUDIT_ITEM_END,      /* seq, n, heads: how many of each came before */
	AUDIT_ITEM_DAMAGE,   /* text: why cursor n could not be read on; never in a file */
};

/** One thing stored about the log, from whichever source. */
struct audit_item {
	enum audit_item_kind kind;
	bool odd;  /* a column has a type or length it cannot have */
	bool gone; /* neither salt nor value is stored */
	int64_t seq;
	int64_t at_unix_ms;
	int64_t n;
	int64_t erased_by; /* 0 = nobody */
	int64_t heads;
	struct slice salt;
	struct slice text;
	struct digest leaf;
	struct audit_head head;
};

/** Longest line: an entry of which every octet needs an escape, and its frame. */
enum { AUDIT_LINE_MAX_OCTETS = 2 * 6 * 1024 * 1024 + 1024 };

/** Append one line with its line feed. */
void audit_export_put(struct buf *buf, const struct audit_item *item);

/**
 * Read one line, without its line feed.
 *
 * Owns:    slices of the item belong to the arena or borrow from line.
 * Returns: 0, E_FORMAT, or the errors of json_parse, with a sentence.  A
 *          line spelled in another way than audit_export_put would is
 *          E_FORMAT too: an untouched file has none.
 */
NODISCARD int audit_export_parse(
	struct arena *arena, struct slice line, struct audit_item *ret_item, struct diag *diag);
