/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Statements of the record store.  Parameters are written $1..$n and bound by
 * that name, never by position ($1 is a name in SQLite).
 *
 *	AUTO_STMT struct stmt *q = NULL;
 *	int error = db_prepare(db, "SELECT name FROM unit WHERE id = $1", &q);
 *	if (error < 0) {
 *		return error;
 *	}
 *	db_bind_int64(q, 1, id);
 *	int row = db_step(q);
 *
 * PostgreSQL holds all rows of one query in memory: page large walks.
 *
 * Layer: records.  Threading: as its connection.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct db;
struct stmt;

enum {
	DB_PARAMS_MAX = 64,      /* $1..$64 in one statement */
	DB_STATEMENTS_MAX = 512, /* kept prepared on one connection */
};

/**
 * Take a statement, prepared once and kept by its text; taking the same text
 * twice at a time gives two.  Give back with db_done (AUTO_STMT does).
 *
 * Owns:    the connection; *ret_stmt is the caller's until db_done.
 * Returns: 0, E_LIMIT (DB_STATEMENTS_MAX in use at once), E_STATE, E_STORE.
 */
NODISCARD int db_prepare(struct db *db, const char *sql, struct stmt **ret_stmt);

/** Bind $n, counted from 1.  Octets are borrowed until the first db_step. */
void db_bind_int64(struct stmt *stmt, unsigned n, int64_t value);
void db_bind_text(struct stmt *stmt, unsigned n, struct slice text);
void db_bind_blob(struct stmt *stmt, unsigned n, struct slice octets);
void db_bind_null(struct stmt *stmt, unsigned n);

/**
 * Run, or go to the next row.
 *
 * Returns: 1 a row, 0 done; E_EXISTS (unique or primary key), E_CONFLICT
 *          (foreign key), E_INPUT (not null, check, type or range; text that is
 *          not UTF-8), E_STATE (an earlier statement of this transaction
 *          failed), E_BUSY, E_STORE (everything else, see db_error).
 */
NODISCARD int db_step(struct stmt *stmt);

/**
 * Run to the end, discarding rows; the statement can be bound and run again.
 *
 * Returns: rows inserted, updated or deleted, or as db_step.
 */
NODISCARD int64_t db_run(struct stmt *stmt);

/** Columns of the present row from 0, borrowed until the next step, run or done. */
int64_t db_col_int64(struct stmt *stmt, unsigned column);
struct slice db_col_text(struct stmt *stmt, unsigned column);
struct slice db_col_blob(struct stmt *stmt, unsigned column);
bool db_col_is_null(struct stmt *stmt, unsigned column);

/** Give the statement back.  NULL is fine. */
void db_done(struct stmt *stmt);

static inline void stmt_cleanup(struct stmt **stmt)
{
	db_done(*stmt);
}

#define AUTO_STMT CLEANUP(stmt_cleanup)
