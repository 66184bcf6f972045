/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The record store behind one interface: SQLite (the default) or PostgreSQL.
 * Both take the same SQL text; where they would differ they are made alike:
 * after a failed statement a transaction takes no further statement until it
 * is rolled back, and text must be UTF-8 without NUL.
 *
 * Write SQL for both: integers as BIGINT (booleans 0/1), times unix ms, no
 * casts by "::", no LIKE, every ORDER BY states NULLS and ends in the id.
 * Statements live in records/stmt.h.
 *
 * Layer: records.  Threading: one connection belongs to one thread at a time.
 */
#pragma once

#include <stdbool.h>

#include "base/attr.h"

struct db;
struct diag;

enum db_kind { DB_SQLITE, DB_POSTGRES };

enum {
	DB_READONLY = 1, /* refuse every write; works while a writer has it open */
	DB_OWNER = 2, /* the only platform on it: PostgreSQL, a data folder has its own lock */
};

/**
 * Open or, on SQLite without DB_READONLY, create the store.
 *
 * Shape:   conf is "sqlite:PATH" or a "postgresql://…" connection URI.
 *          SQLite: WAL (kept on close), synchronous=FULL, foreign keys on.
 *          PostgreSQL: refused when fsync, full_page_writes or
 *          synchronous_commit is off, or the encoding is not UTF8.
 * Owns:    *ret_db; close with db_close.
 * Returns: 0, E_INPUT (conf names no back end), E_ABSENT (read-only and not
 *          there), E_UNSUPPORTED (a server that is not durable), E_BUSY (DB_OWNER and
 *          another platform has it, after 15 s of waiting for one that ends), E_STORE.
 */
NODISCARD int db_open(const char *conf, unsigned flags, struct db **ret_db, struct diag *diag);

/** Ends an open transaction by rolling back.  NULL is fine.  Returns: NULL. */
struct db *db_close(struct db *db);

enum db_kind db_kind(const struct db *db);

/** One or more statements without parameters or rows.  Returns: 0 or as db_step. */
NODISCARD int db_exec(struct db *db, const char *sql);

/**
 * Start a transaction: immediate on a writer, one snapshot on a reader.  A
 * connection that was lost is opened anew here.
 *
 * Returns: 0, E_STATE (one is open), E_BUSY, E_STORE.
 */
NODISCARD int db_begin(struct db *db);
/**
 * Make it durable.  On failure it is rolled back and nothing of it remains,
 * except after a lost connection, when it is not known.
 *
 * Returns: 0, E_STATE (an earlier statement failed), E_BUSY, E_STORE.
 */
NODISCARD int db_commit(struct db *db);
/** Forget everything since db_begin; does nothing outside a transaction. */
void db_rollback(struct db *db);

/** Start a nested part of the transaction. */
NODISCARD int db_savepoint(struct db *db);
/** Keep the innermost nested part. */
NODISCARD int db_release(struct db *db);
/** Forget and end the innermost nested part.  Returns: 0, or E_STORE when all is lost. */
NODISCARD int db_rollback_to(struct db *db);

/**
 * Outside a transaction: let no file of the store hold what was overwritten or
 * deleted.  SQLite's pages are wiped as they are freed, so this empties the
 * write-ahead log; a PostgreSQL server's own vacuum does its part.
 *
 * Returns: 0, E_BUSY (somebody still reads what was: try again later), E_STORE.
 */
NODISCARD int db_forget(struct db *db);

/** What the store said last, into diag (NULL is fine).  Returns: error, to return onward. */
int db_error(const struct db *db, int error, struct diag *diag);
