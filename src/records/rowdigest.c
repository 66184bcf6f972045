/* SPDX-License-Identifier: Apache-2.0 */
#include "records/rowdigest.h"

#include <stdio.h>

#include "audit/row.h"
#include "base/err.h"
#include "records/db_priv.h"
#include "records/sql.h"

enum { COLUMNS_MAX = 128, SQL_MAX = 128 };

/* Columns in octet order of their names; there are few, and nearly sorted. */
static void sort_columns(struct stmt *q, unsigned count, uint8_t order[COLUMNS_MAX])
{
	for (unsigned i = 0; i < count; i++) {
		unsigned at = i;
		while (at > 0 && strcmp(db_col_name(q, order[at - 1]), db_col_name(q, i)) > 0) {
			order[at] = order[at - 1];
			at--;
		}
		order[at] = (uint8_t)i;
	}
}

static void put_column(struct buf *row, struct stmt *q, unsigned column)
{
	struct slice name = slice_str(db_col_name(q, column));
	switch (db_col_type(q, column)) {
	case PARAM_NULL:
		audit_row_put_null(row, name);
		break;
	case PARAM_INT:
		audit_row_put_int(row, name, db_col_int64(q, column));
		break;
	case PARAM_TEXT:
		audit_row_put_text(row, name, db_col_text(q, column));
		break;
	case PARAM_BLOB:
		audit_row_put_blob(row, name, db_col_blob(q, column));
		break;
	case PARAM_UNBOUND:
		audit_row_put_real(row, name, db_col_text(q, column));
		break;
	}
}

int rowdigest_of(struct db *db, const char *table, int64_t id, struct digest *ret_digest,
	int64_t *ret_version)
{
	char sql[SQL_MAX];
	int n = snprintf(sql, sizeof(sql), "SELECT * FROM %s WHERE id = $1", table);
	if (n < 0 || n >= SQL_MAX) {
		return E_INPUT;
	}
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(db, sql, &q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row != 1) {
		return row;
	}
	unsigned count = db_col_count(q);
	if (count > COLUMNS_MAX) {
		return E_LIMIT;
	}
	uint8_t order[COLUMNS_MAX];
	sort_columns(q, count, order);
	AUTO_BUF struct buf octets;
	buf_init(&octets, AUDIT_ROW_MAX_OCTETS);
	for (unsigned i = 0; i < count; i++) {
		put_column(&octets, q, order[i]);
		if (strcmp(db_col_name(q, order[i]), "version") == 0) {
			*ret_version = db_col_int64(q, order[i]);
		}
	}
	if (octets.failed) {
		return E_LIMIT;
	}
	*ret_digest = audit_row_digest(&octets);
	return 1;
}
