/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The short way to run a statement: text and arguments in one call.
 *
 *	int64_t n = sql_run(db, "UPDATE unit SET name = $2 WHERE id = $1",
 *		SQL_INT(id), SQL_TEXT(name));
 *
 * Layer: records.  Threading: as the connection.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "records/stmt.h"

enum sql_kind { SQL_KIND_NULL, SQL_KIND_INT, SQL_KIND_TEXT, SQL_KIND_BLOB };

struct sql_arg {
	enum sql_kind kind;
	int64_t number;
	struct slice octets;
};

#define SQL_INT(value) ((struct sql_arg) { .kind = SQL_KIND_INT, .number = (value) })
#define SQL_TEXT(slice) ((struct sql_arg) { .kind = SQL_KIND_TEXT, .octets = (slice) })
#define SQL_STR(c_string) SQL_TEXT(slice_str(c_string))
#define SQL_BLOB(slice) ((struct sql_arg) { .kind = SQL_KIND_BLOB, .octets = (slice) })
#define SQL_NULL ((struct sql_arg) { .kind = SQL_KIND_NULL })
/** NULL when the text is empty. */
#define SQL_TEXT_OR_NULL(slice) sql_text_or_null(slice)
/** NULL when the number is 0. */
#define SQL_INT_OR_NULL(value) sql_int_or_null(value)

static inline struct sql_arg sql_text_or_null(struct slice text)
{
	return text.n > 0 ? SQL_TEXT(text) : SQL_NULL;
}

static inline struct sql_arg sql_int_or_null(int64_t value)
{
	return value != 0 ? SQL_INT(value) : SQL_NULL;
}

/** args[i] is $(i+1).  Returns: rows changed, or as db_step. */
NODISCARD int64_t sql_run_args(
	struct db *db, const char *sql, const struct sql_arg *args, size_t count);

/** Prepared and bound; step it.  Owns: give *ret_stmt back with db_done.  Returns: 0 or as db_prepare. */
NODISCARD int sql_query_args(struct db *db, const char *sql, struct stmt **ret_stmt,
	const struct sql_arg *args, size_t count);

/** First column of the first row.  Returns: 1, 0 (no row, or NULL there) or as db_step. */
NODISCARD int sql_int_args(struct db *db, const char *sql, int64_t *ret_value,
	const struct sql_arg *args, size_t count);

#define SQL_ARGS(...)                                                                          \
	(const struct sql_arg[]) { __VA_ARGS__ },                                              \
		sizeof((const struct sql_arg[]) { __VA_ARGS__ }) / sizeof(struct sql_arg)
/** One argument at least; without arguments take db_exec, or the _args form with NULL, 0. */
#define sql_run(db, sql, ...) sql_run_args((db), (sql), SQL_ARGS(__VA_ARGS__))
#define sql_query(db, sql, ret_stmt, ...)                                                      \
	sql_query_args((db), (sql), (ret_stmt), SQL_ARGS(__VA_ARGS__))
#define sql_int(db, sql, ret_value, ...)                                                       \
	sql_int_args((db), (sql), (ret_value), SQL_ARGS(__VA_ARGS__))
