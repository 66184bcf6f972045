/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/id_list.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "desk/desk.h"
#include "records/sql.h"

enum { LIST_OCTETS_MAX = 8192 };

static bool has(const struct id_list *list, int64_t id)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->id[i] == id) {
			return true;
		}
	}
	return false;
}

static int known(struct desk *desk, const char *field, const char *table, int64_t id)
{
	int64_t count = 0;
	struct slice sql =
		arena_printf(desk->arena, "SELECT count(*) FROM %s WHERE id = $1", table);
	int row = sql_int(desk->db, (const char *)sql.p, &count, SQL_INT(id));
	return row < 0      ? row
	       : count == 0 ? desk_refuse(desk, E_INPUT, "input.unknown", field)
			    : 0;
}

int id_list_read(struct desk *desk, const char *field, const char *table, size_t max,
	struct id_list *ret_list)
{
	const struct json *list = json_get(desk->call->body, field);
	struct id_list ids = { .count = 0 };
	if (json_type(list) > JSON_NULL && json_type(list) != JSON_ARRAY) {
		return desk_refuse(desk, E_INPUT, "input.invalid", field);
	}
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		int64_t id = 0;
		if (!json_int(item, &id)) {
			return desk_refuse(desk, E_INPUT, "input.invalid", field);
		}
		if (has(&ids, id)) {
			continue;
		}
		if (ids.count >= max) {
			return desk_refuse(desk, E_INPUT, "input.too_many", field);
		}
		int error = known(desk, field, table, id);
		if (error < 0) {
			return error;
		}
		ids.id[ids.count++] = id;
	}
	*ret_list = ids;
	return 0;
}

struct slice id_list_json(struct desk *desk, const struct id_list *list)
{
	AUTO_BUF struct buf text;
	struct jw jw;
	buf_init(&text, LIST_OCTETS_MAX);
	jw_init(&jw, &text);
	jw_array(&jw);
	for (size_t i = 0; i < list->count; i++) {
		jw_int(&jw, list->id[i]);
	}
	jw_end(&jw);
	return arena_dup(desk->arena, buf_slice(&text));
}
