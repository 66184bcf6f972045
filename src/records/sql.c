/* SPDX-License-Identifier: Apache-2.0 */
#include "records/sql.h"

int sql_query_args(struct db *db, const char *sql, struct stmt **ret_stmt,
	const struct sql_arg *args, size_t count)
{
	struct stmt *q = NULL;
	int error = db_prepare(db, sql, &q);
	if (error < 0) {
		return error;
	}
	for (unsigned i = 0; i < count; i++) {
		switch (args[i].kind) {
		case SQL_KIND_INT:
			db_bind_int64(q, i + 1, args[i].number);
			break;
		case SQL_KIND_TEXT:
			db_bind_text(q, i + 1, args[i].octets);
			break;
		case SQL_KIND_BLOB:
			db_bind_blob(q, i + 1, args[i].octets);
			break;
		case SQL_KIND_NULL:
			db_bind_null(q, i + 1);
			break;
		}
	}
	*ret_stmt = q;
	return 0;
}

int64_t sql_run_args(struct db *db, const char *sql, const struct sql_arg *args, size_t count)
{
	AUTO_STMT struct stmt *q = NULL;
	int error = sql_query_args(db, sql, &q, args, count);
	return error < 0 ? error : db_run(q);
}

int sql_int_args(struct db *db, const char *sql, int64_t *ret_value, const struct sql_arg *args,
	size_t count)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query_args(db, sql, &q, args, count);
	row = row < 0 ? row : db_step(q);
	if (row != 1 || db_col_is_null(q, 0)) {
		return row < 0 ? row : 0;
	}
	*ret_value = db_col_int64(q, 0);
	return 1;
}
