/* SPDX-License-Identifier: Apache-2.0 */
#include "view/people.h"

#include "base/arena.h"
#include "base/err.h"
#include "view/list.h"
#include "view/view.h"

struct grant {
	int64_t id;
	struct slice role;
	int64_t unit_id;
	struct slice unit;
	struct grant *next;
};

struct item {
	int64_t id;
	int64_t version;
	int64_t unit_id;
	int64_t account_id;
	int64_t erased_at_ms; /* 0 = never */
	struct slice name;
	struct slice unit;
	struct slice phone;
	struct slice phone2;
	struct slice mail;
	struct slice title;
	struct slice staff_no;
	struct slice account;
	struct grant *first;
	struct grant **last;
};

struct items {
	struct item item[VIEW_PAGE_MAX];
	size_t count;
};

/* $3 = 0 or the caller's unit, $4 = 0 or the unit asked for.  A person has one account at most in use. */
#define COLUMNS                                                                                \
	"SELECT p.id, p.version, p.unit_id, u.name, p.name, p.phone, p.phone2, p.mail, "       \
	"p.title, a.id, a.name, p.erased_at_ms, p.staff_no"                                    \
	" FROM person p LEFT JOIN unit u ON u.id = p.unit_id LEFT JOIN account a ON a.id ="    \
	" (SELECT max(x.id) FROM account x WHERE x.person_id = p.id)"
#define CONDITIONS                                                                             \
	" AND p.withdrawn_at_ms IS NULL AND ($3 = 0 OR p.unit_id = $3) AND ($4 = 0 OR p.unit_id = $4)"

static void row_take(struct view *view, struct stmt *q, void *context)
{
	struct items *items = context;
	struct item *item = &items->item[items->count++];
	*item = (struct item) {
		.id = db_col_int64(q, 0),
		.version = db_col_int64(q, 1),
		.unit_id = db_col_int64(q, 2),
		.unit = arena_dup(view->arena, db_col_text(q, 3)),
		.name = arena_dup(view->arena, db_col_text(q, 4)),
		.phone = arena_dup(view->arena, db_col_text(q, 5)),
		.phone2 = arena_dup(view->arena, db_col_text(q, 6)),
		.mail = arena_dup(view->arena, db_col_text(q, 7)),
		.title = arena_dup(view->arena, db_col_text(q, 8)),
		.account_id = db_col_int64(q, 9),
		.account = arena_dup(view->arena, db_col_text(q, 10)),
		.erased_at_ms = db_col_int64(q, 11),
		.staff_no = arena_dup(view->arena, db_col_text(q, 12)),
	};
	item->last = &item->first;
}

static struct list_query query_of(const struct view *view, int64_t unit_id, struct items *items)
{
	return (struct list_query) {
		.kind = "person",
		.above = COLUMNS " WHERE p.id > $1" CONDITIONS " ORDER BY p.id LIMIT $2",
		.one = COLUMNS " WHERE p.id = $1" CONDITIONS " LIMIT $2",
		.count = "SELECT count(*) FROM person p WHERE p.id > $1" CONDITIONS " LIMIT $2",
		.more = { SQL_INT(view_unit_filter(view)), SQL_INT(unit_id) },
		.more_count = 2,
		.take = row_take,
		.context = items,
	};
}

static void grant_add(struct view *view, struct items *items, struct stmt *q)
{
	int64_t person_id = db_col_int64(q, 0);
	for (size_t i = 0; i < items->count; i++) {
		struct item *item = &items->item[i];
		if (item->id == person_id) {
			struct grant *grant = arena_take(view->arena, sizeof(*grant));
			*grant = (struct grant) { db_col_int64(q, 1),
				arena_dup(view->arena, db_col_text(q, 2)), db_col_int64(q, 3),
				arena_dup(view->arena, db_col_text(q, 4)), NULL };
			*item->last = grant;
			item->last = &grant->next;
			return;
		}
	}
}

static int grants_load(struct view *view, struct items *items)
{
	int64_t from = INT64_MAX;
	int64_t to = 0;
	for (size_t i = 0; i < items->count; i++) {
		from = items->item[i].id < from ? items->item[i].id : from;
		to = items->item[i].id > to ? items->item[i].id : to;
	}
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT g.person_id, g.id, g.role, g.unit_id, u.name FROM role_grant g"
		" LEFT JOIN unit u ON u.id = g.unit_id WHERE g.person_id BETWEEN $1 AND $2"
		" AND g.valid_to_ms IS NULL ORDER BY g.person_id, g.id",
		&q, SQL_INT(from), SQL_INT(to));
	while (row >= 0 && (row = db_step(q)) == 1) {
		grant_add(view, items, q);
	}
	return row;
}

static void item_put(struct view *view, const struct item *item)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", item->id);
	jw_kv_int(jw, "version", item->version);
	jw_kv_str(jw, "name", item->name);
	page_ref(view, "unit", item->unit_id, item->unit);
	jw_kv_opt(jw, "phone", item->phone);
	jw_kv_opt(jw, "phone2", item->phone2);
	jw_kv_opt(jw, "mail", item->mail);
	jw_kv_opt(jw, "title", item->title);
	jw_kv_opt(jw, "staff_no", item->staff_no);
	jw_kv_opt(jw, "account", item->account);
	jw_key(jw, "account_id");
	if (item->account_id != 0) {
		jw_int(jw, item->account_id);
	} else {
		jw_null(jw);
	}
	jw_key(jw, "erased_at");
	if (item->erased_at_ms != 0) {
		jw_int(jw, item->erased_at_ms);
	} else {
		jw_null(jw);
	}
	jw_key(jw, "grants");
	jw_array(jw);
	for (const struct grant *grant = item->first; grant != NULL; grant = grant->next) {
		jw_object(jw);
		jw_kv_int(jw, "id", grant->id);
		jw_kv_str(jw, "role", grant->role);
		page_ref(view, "unit", grant->unit_id, grant->unit);
		jw_end(jw);
	}
	jw_end(jw);
	jw_end(jw);
}

static int items_put(struct view *view, struct items *items)
{
	int error = items->count == 0 ? 0 : grants_load(view, items);
	for (size_t i = 0; error >= 0 && i < items->count; i++) {
		item_put(view, &items->item[i]);
	}
	return error;
}

int view_people_list(struct view *view)
{
	struct items *items = arena_take(view->arena, sizeof(*items));
	struct list_query query = query_of(view, view_param_int(view, "unit_id", 0), items);
	struct page page;
	int64_t total = 0;
	int error = page_begin(view, &page);
	error = error < 0 ? error : list_run(view, &page, &query, &total);
	error = error < 0 ? error : items_put(view, items);
	if (error >= 0) {
		page_end(view, &page, total);
	}
	return error;
}

int view_people_get(struct view *view)
{
	struct items *items = arena_take(view->arena, sizeof(*items));
	struct list_query query = query_of(view, 0, items);
	int error = list_one(view, &query, view->call->id);
	if (error < 0) {
		return error;
	}
	view->version = items->item[0].version;
	return items_put(view, items);
}
