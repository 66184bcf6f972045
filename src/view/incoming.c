/* SPDX-License-Identifier: Apache-2.0 */
#include "view/incoming.h"

#include <errno.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "records/blob.h"
#include "records/sql.h"
#include "view/list.h"
#include "view/notices.h"
#include "view/page.h"
#include "view/view.h"
#include "workflow/incoming.h"

enum { PART_MAX = 200 };

/* $3 state or '', $4 who handles it or 0. */
#define COLUMNS                                                                                \
	"SELECT i.id, i.version, i.state, i.secrecy, i.register_no, i.place, i.superior_id,"   \
	" s.name, i.paper_no, i.title, i.urgency, i.received_at_ms, i.due_at_ms,"              \
	" i.inner_due_at_ms, i.handler_id, h.name, i.feedback_way, i.proposal, i.result,"      \
	" i.answer, i.channel, i.fed_back_at_ms, i.fed_back_by, f.name, i.receipt,"            \
	" i.receipt_at_ms, i.reason, i.author_id, a.name, i.created_at_ms, i.closed_at_ms"     \
	" FROM incoming i LEFT JOIN superior s ON s.id = i.superior_id"                        \
	" LEFT JOIN person h ON h.id = i.handler_id LEFT JOIN person f"                        \
	" ON f.id = i.fed_back_by JOIN person a ON a.id = i.author_id"
#define CONDITIONS                                                                             \
	" AND ($3 = '' OR i.state = $3 OR ($3 = 'open' AND i.state NOT IN ('archived',"        \
	" 'voided'))) AND ($4 = 0 OR i.handler_id = $4)"

static void head_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	jw_kv_str(jw, "state", db_col_text(q, 2));
	jw_kv_str(jw, "secrecy", db_col_text(q, 3));
	jw_kv_str(jw, "register_no", db_col_text(q, 4));
	page_text_col(view, "place", q, 5);
	page_ref_col(view, "superior", q, 6);
	page_text_col(view, "paper_no", q, 8);
	page_text_col(view, "title", q, 9);
	page_text_col(view, "urgency", q, 10);
	page_int_col(view, "received_at", q, 11);
	page_int_col(view, "due_at", q, 12);
	page_int_col(view, "inner_due_at", q, 13);
	page_ref_col(view, "handler", q, 14);
}

static void item_take(struct view *view, struct stmt *q, void *context)
{
	(void)context;
	jw_object(&view->jw);
	head_put(view, q);
	jw_end(&view->jw);
}

/* Newest first: list_run goes upward, so papers have a statement of their own. */
static int newest(struct view *view, struct page *page, struct slice state, int64_t handler_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		COLUMNS " WHERE i.id < $1" CONDITIONS " ORDER BY i.id DESC LIMIT $2", &q,
		SQL_INT(page->has_cursor ? page->after_id : INT64_MAX),
		SQL_INT(page->limit + 1), SQL_TEXT(state), SQL_INT(handler_id));
	while (row >= 0 && (row = db_step(q)) == 1 && page_take(page, 0, db_col_int64(q, 0))) {
		item_take(view, q, NULL);
	}
	return row < 0 ? row : 0;
}

int view_incoming_list(struct view *view)
{
	struct page page;
	int64_t total = -1;
	struct slice state = view_param(view, "state");
	bool mine = view_param_int(view, "mine", 0) == 1;
	int64_t handler_id = mine ? view->caller.person_id : 0;
	struct list_query query = { .kind = "incoming",
		.one = COLUMNS " WHERE i.id = $1" CONDITIONS " LIMIT $2",
		.more = { SQL_TEXT(state), SQL_INT(handler_id) },
		.more_count = 2,
		.take = item_take };
	bool words = slice_trim(view_param(view, "q")).n > 0;
	int error = page_begin(view, &page);
	if (error == 0) {
		error = words ? list_run(view, &page, &query, &total)
			      : newest(view, &page, state, handler_id);
	}
	if (error == 0) {
		page_end(view, &page, total);
	}
	return error;
}

/* ---- one, with all that belongs to it */

static void rest_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	page_text_col(view, "feedback_way", q, 16);
	page_text_col(view, "proposal", q, 17);
	page_text_col(view, "result", q, 18);
	page_text_col(view, "answer", q, 19);
	page_text_col(view, "channel", q, 20);
	page_int_col(view, "answered_at", q, 21);
	page_ref_col(view, "answered_by", q, 22);
	page_text_col(view, "receipt", q, 24);
	page_int_col(view, "receipt_at", q, 25);
	page_text_col(view, "reason", q, 26);
	page_ref_col(view, "author", q, 27);
	jw_kv_int(jw, "created_at", db_col_int64(q, 29));
	page_int_col(view, "closed_at", q, 30);
}

static int word_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "id", db_col_int64(q, 0));
	jw_kv_str(&view->jw, "leader", db_col_text(q, 1));
	jw_kv_str(&view->jw, "words", db_col_text(q, 2));
	jw_kv_int(&view->jw, "day", db_col_int64(q, 3));
	jw_kv_bool(&view->jw, "by_proxy", db_col_int64(q, 4) != 0);
	jw_end(&view->jw);
	return 0;
}

static int seal_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "id", db_col_int64(q, 0));
	jw_kv_str(&view->jw, "what", db_col_text(q, 1));
	jw_kv_int(&view->jw, "day", db_col_int64(q, 2));
	jw_kv_int(&view->jw, "copies", db_col_int64(q, 3));
	jw_kv_str(&view->jw, "sealed_by", db_col_text(q, 4));
	page_ref_col(view, "by", q, 5);
	jw_end(&view->jw);
	return 0;
}

static void digest_put(struct view *view, const char *name, struct stmt *q, unsigned column)
{
	AUTO_BUF struct buf hex;
	buf_init(&hex, 128);
	buf_put_hex(&hex, db_col_blob(q, column));
	jw_kv_str(&view->jw, name, buf_slice(&hex));
}

static int file_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_object(jw);
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_str(jw, "name", db_col_text(q, 1));
	jw_kv_str(jw, "kind", db_col_text(q, 2));
	jw_kv_str(jw, "media", db_col_text(q, 3));
	digest_put(view, "sm3", q, 4);
	digest_put(view, "sha256", q, 5);
	jw_kv_int(jw, "octets", db_col_int64(q, 6));
	jw_kv_int(jw, "uploaded_at", db_col_int64(q, 7));
	page_ref_col(view, "by", q, 8);
	jw_kv_bool(jw, "by_proxy", false);
	jw_kv_int(jw, "round", 0);
	jw_end(jw);
	return 0;
}

static int spawned_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "id", db_col_int64(q, 0));
	jw_kv_str(&view->jw, "title", db_col_text(q, 1));
	page_text_col(view, "number", q, 2);
	jw_kv_str(&view->jw, "state", db_col_text(q, 3));
	page_ref_col(view, "unit", q, 4);
	page_int_col(view, "due_at", q, 6);
	jw_end(&view->jw);
	return 0;
}

static const struct {
	const char *name;
	const char *sql;
	int (*put)(struct view *view, struct stmt *row);
	enum route_id route; /* who may read such records sees them here */
} parts[] = {
	{ "words",
		"SELECT id, leader, words, day_ms, by_proxy FROM incoming_word"
		" WHERE incoming_id = $1 ORDER BY id LIMIT $2",
		word_put, ROUTE_INCOMING_GET },
	{ "seals",
		"SELECT s.id, s.what, s.day_ms, s.copies, s.sealed_by, s.by_id, p.name"
		" FROM incoming_seal s JOIN person p ON p.id = s.by_id"
		" WHERE s.incoming_id = $1 ORDER BY s.id LIMIT $2",
		seal_put, ROUTE_INCOMING_GET },
	{ "attachments",
		"SELECT a.id, a.name, a.kind, a.media, b.sm3, b.sha256, b.octets, a.at_ms,"
		" a.by_id, p.name FROM attachment a JOIN blob b ON b.id = a.blob_id"
		" JOIN person p ON p.id = a.by_id WHERE a.about = 'incoming'"
		" AND a.about_id = $1 ORDER BY a.id LIMIT $2",
		file_put, ROUTE_INCOMING_GET },
	{ "notices",
		"SELECT n.id, n.title, n.number, n.state, n.unit_id, u.name, n.due_at_ms"
		" FROM notice n JOIN unit u ON u.id = n.unit_id WHERE n.incoming_id = $1"
		" ORDER BY n.id LIMIT $2",
		spawned_put, ROUTE_NOTICES_GET },
	{ "findings",
		"SELECT f.id, f.title, NULL, f.state, f.unit_id, u.name, NULL FROM finding f"
		" LEFT JOIN unit u ON u.id = f.unit_id WHERE f.incoming_id = $1"
		" ORDER BY f.id LIMIT $2",
		spawned_put, ROUTE_FINDINGS_GET },
	{ "tasks",
		"SELECT t.id, t.title, NULL, t.state, t.unit_id, u.name, t.due_at_ms FROM task t"
		" JOIN unit u ON u.id = t.unit_id WHERE t.incoming_id = $1 ORDER BY t.id LIMIT $2",
		spawned_put, ROUTE_TASKS_LIST },
};

static int parts_put(struct view *view, int64_t id)
{
	int error = 0;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && error == 0; i++) {
		AUTO_STMT struct stmt *q = NULL;
		bool may = access_scope(&view->caller, parts[i].route) == SCOPE_ALL;
		int opened = sql_query(
			view->db, parts[i].sql, &q, SQL_INT(may ? id : -1), SQL_INT(PART_MAX));
		error = page_list(view, parts[i].name, opened, q, parts[i].put);
	}
	return error;
}

static void acts_put(struct view *view, enum incoming_state state, enum secrecy secrecy)
{
	uint32_t acts = incoming_acts(state, secrecy, view->caller.role);
	jw_key(&view->jw, "acts");
	jw_array(&view->jw);
	for (unsigned i = 0; i < INCOMING_ACT_COUNT; i++) {
		if ((acts >> i & 1U) != 0) {
			jw_str(&view->jw, slice_str(name_id(&incoming_act_names, i)));
		}
	}
	jw_end(&view->jw);
}

int view_incoming_get(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int64_t id = view->call->id;
	int row = sql_query(view->db, COLUMNS " WHERE i.id = $1", &q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	int state = name_parse(&incoming_state_names, db_col_text(q, 2));
	int secrecy = name_parse(&secrecy_names, db_col_text(q, 3));
	view->version = db_col_int64(q, 1);
	jw_object(&view->jw);
	head_put(view, q);
	rest_put(view, q);
	int error = state < 0 || secrecy < 0 ? E_STORE : parts_put(view, id);
	error = error < 0 ? error : view_documents_of(view, "incoming", id);
	if (error == 0) {
		acts_put(view, (enum incoming_state)state, (enum secrecy)secrecy);
		error = page_timeline(view, "incoming", id);
	}
	jw_end(&view->jw);
	return error;
}

/* ---- files */

/* What such a browser calls itself; one that lies is not what this is against. */
bool view_incoming_is_handheld(struct slice agent)
{
	static const char *const words[] = { "Mobile", "Android", "iPhone", "iPad",
		"MicroMessenger", "DingTalk" };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (slice_find(agent, slice_str(words[i])) != SIZE_MAX) {
			return true;
		}
	}
	return false;
}

/* Columns: 0 blob, 1 name, 2 media, 3 secrecy. */
static int file_give(struct view *view, const char *sql)
{
	AUTO_STMT struct stmt *q = NULL;
	struct blob_ref ref = { 0 };
	int row =
		sql_query(view->db, sql, &q, SQL_INT(view->call->sub), SQL_INT(view->call->id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	if (!slice_is(db_col_text(q, 3), "public") &&
		view_incoming_is_handheld(view->call->agent)) {
		return view_refuse(view, E_DENIED, "incoming.not_on_phones", NULL);
	}
	if (db_col_is_null(q, 0)) {
		return view_refuse(view, E_STATE, "document.not_ready", NULL);
	}
	(void)snprintf(
		view->file_name, sizeof(view->file_name), "%.*s", SLICE_FMT(db_col_text(q, 1)));
	(void)snprintf(view->media, sizeof(view->media), "%.*s", SLICE_FMT(db_col_text(q, 2)));
	int64_t blob_id = db_col_int64(q, 0);
	int error = view->env->blobs != NULL ? blob_open(view->env->blobs, view->db, blob_id,
						       &view->download_fd, &ref)
					     : blob_open_at(view->env->blobs_fd, view->db,
						       blob_id, &view->download_fd);
	return error == -ENOENT ? E_ABSENT : error;
}

int view_incoming_file(struct view *view)
{
	return file_give(view,
		"SELECT a.blob_id, a.name, a.media, i.secrecy FROM attachment a JOIN incoming i"
		" ON i.id = a.about_id WHERE a.id = $1 AND a.about = 'incoming' AND i.id = $2");
}

int view_incoming_paper(struct view *view)
{
	return file_give(view,
		"SELECT d.blob_id, d.name, CASE COALESCE(d.format, 'pdf') WHEN 'pdf'"
		" THEN 'application/pdf' ELSE 'application/vnd.openxmlformats-officedocument"
		".wordprocessingml.document' END, i.secrecy FROM document d JOIN incoming i"
		" ON i.id = d.about_id WHERE d.id = $1 AND d.about = 'incoming' AND i.id = $2");
}

/* ---- of what came out of one */

int view_incoming_of(struct view *view, const char *table, int64_t id)
{
	AUTO_STMT struct stmt *q = NULL;
	bool may = access_scope(&view->caller, ROUTE_INCOMING_GET) == SCOPE_ALL;
	/* The table's name is ours. */
	struct slice sql = arena_printf(view->arena,
		"SELECT i.id, i.register_no FROM %s t JOIN incoming i ON i.id = t.incoming_id"
		" WHERE t.id = $1",
		table);
	int row = sql_query(view->db, (const char *)sql.p, &q, SQL_INT(may ? id : -1));
	row = row < 0 ? row : db_step(q);
	page_ref(view, "incoming", row == 1 ? db_col_int64(q, 0) : 0,
		row == 1 ? db_col_text(q, 1) : (struct slice) { 0 });
	return row < 0 ? row : 0;
}

/* ---- superiors */

static void superior_take(struct view *view, struct stmt *q, void *context)
{
	(void)context;
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "id", db_col_int64(q, 0));
	jw_kv_int(&view->jw, "version", db_col_int64(q, 1));
	jw_kv_str(&view->jw, "name", db_col_text(q, 2));
	page_text_col(view, "note", q, 3);
	jw_kv_bool(&view->jw, "retired", !db_col_is_null(q, 4));
	jw_kv_int(&view->jw, "papers", db_col_int64(q, 5));
	jw_end(&view->jw);
}

int view_superiors_list(struct view *view)
{
	struct page page;
	int64_t total = 0;
	struct list_query query = {
		.above = "SELECT s.id, s.version, s.name, s.note, s.retired_at_ms,"
			 " (SELECT count(*) FROM incoming i WHERE i.superior_id = s.id)"
			 " FROM superior s WHERE s.id > $1 ORDER BY s.id LIMIT $2",
		.count = "SELECT count(*) FROM superior s WHERE s.id > $1 LIMIT $2",
		.take = superior_take,
	};
	int error = page_begin(view, &page);
	error = error < 0 ? error : list_run(view, &page, &query, &total);
	if (error == 0) {
		page_end(view, &page, total);
	}
	return error;
}
