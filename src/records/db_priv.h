/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Inside of the record store's connection: what both back ends share.
 *
 * Layer: records, seen by this folder only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "records/db.h"
#include "records/stmt.h"

enum { DB_MESSAGE_MAX = 256, DB_BUCKETS = 128 };

enum param_kind { PARAM_UNBOUND, PARAM_NULL, PARAM_INT, PARAM_TEXT, PARAM_BLOB };

struct param {
	enum param_kind kind;
	int64_t number;
	struct slice octets;
};

struct stmt {
	struct db *db;
	char *sql;
	uint64_t hash;
	struct stmt *next; /* same bucket */
	bool in_use;
	bool running;    /* stepped, not yet reset */
	bool bad_text;   /* a bound text was not UTF-8 or held a NUL */
	bool bad_number; /* a $n above DB_PARAMS_MAX was bound */
	unsigned params; /* highest $n bound since the last reset */
	struct param param[DB_PARAMS_MAX];
};

/* What a back end does; every int is 0 or more, or an error as db_step says. */
struct db_ops {
	int (*exec)(struct db *db, const char *sql);
	int (*prepare)(struct db *db, struct stmt *stmt);
	int (*step)(struct stmt *stmt);
	int64_t (*changes)(struct stmt *stmt);
	void (*reset)(struct stmt *stmt);
	void (*finalize)(struct stmt *stmt);
	unsigned (*columns)(struct stmt *stmt);
	const char *(*name)(struct stmt *stmt, unsigned column);
	enum param_kind (*type)(struct stmt *stmt, unsigned column);
	int64_t (*col_int64)(struct stmt *stmt, unsigned column);
	struct slice (*col_octets)(struct stmt *stmt, unsigned column, bool blob);
	int (*reopen)(struct db *db);
	int (*forget)(struct db *db); /* NULL = nothing to do */
	void (*close)(struct db *db);
	const char *begin_write;
	const char *begin_read;
	size_t stmt_octets;
};

struct db {
	const struct db_ops *ops;
	enum db_kind kind;
	unsigned flags;
	bool in_transaction;
	bool failed; /* a statement of this transaction failed */
	bool lost;   /* the connection is gone */
	unsigned statements;
	struct stmt *bucket[DB_BUCKETS];
	char message[DB_MESSAGE_MAX];
};

/* Opened by db_open once the prefix is known. */
int db_sqlite_open(const char *path, unsigned flags, struct db **ret_db, struct diag *diag);
int db_postgres_open(const char *uri, unsigned flags, struct db **ret_db, struct diag *diag);

/* Shape of the present row, for walks over tables not known by name. */
unsigned db_col_count(struct stmt *stmt);
const char *db_col_name(struct stmt *stmt, unsigned column);
/* PARAM_NULL, _INT, _TEXT or _BLOB; PARAM_UNBOUND for a type the house does not use. */
enum param_kind db_col_type(struct stmt *stmt, unsigned column);

/* Keep what the back end said; for PRINTF_LIKE messages of our own too. */
PRINTF_LIKE(3, 4) int db_say(struct db *db, int error, const char *format, ...);
