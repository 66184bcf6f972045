/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/regulation_row.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/utf8.h"
#include "desk/desk.h"
#include "records/sql.h"
#include "records/trail.h"
#include "records/txn.h"
#include "workflow/policy.h"

enum { ARTICLES_MAX = 200, ARTICLE_TITLE_MAX = 80, ARTICLE_TEXT_MAX = 8000, ARGS = 20 };

static struct slice text_at(struct txn *txn, struct stmt *q, unsigned column)
{
	return arena_dup(txn_arena(txn), db_col_text(q, column));
}

int regulation_row_load(struct txn *txn, int64_t id, struct regulation_row *ret_row)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = sql_query(txn_db(txn),
		"SELECT id, version, state, name, title, note, text, base_id, document_number,"
		" meeting, decided_by, effective_at_ms, author_id, created_at_ms, adopted_by,"
		" adopted_at_ms, entered_at_ms, ended_at_ms, carried_at_ms, policy_id"
		" FROM regulation WHERE id = $1",
		&q, SQL_INT(id));
	found = found < 0 ? found : db_step(q);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	int state = name_parse(&regulation_state_names, db_col_text(q, 2));
	*ret_row = (struct regulation_row) {
		.id = db_col_int64(q, 0),
		.version = db_col_int64(q, 1),
		.state = (enum regulation_state)(state < 0 ? REGULATION_DROPPED : state),
		.name = text_at(txn, q, 3),
		.title = text_at(txn, q, 4),
		.note = text_at(txn, q, 5),
		.text = text_at(txn, q, 6),
		.base_id = db_col_int64(q, 7),
		.document_number = text_at(txn, q, 8),
		.meeting = text_at(txn, q, 9),
		.decided_by = text_at(txn, q, 10),
		.effective_at_ms = db_col_int64(q, 11),
		.author_id = db_col_int64(q, 12),
		.created_at_ms = db_col_int64(q, 13),
		.adopted_by = db_col_int64(q, 14),
		.adopted_at_ms = db_col_int64(q, 15),
		.entered_at_ms = db_col_int64(q, 16),
		.ended_at_ms = db_col_int64(q, 17),
		.carried_at_ms = db_col_int64(q, 18),
		.policy_id = db_col_int64(q, 19),
	};
	return 0;
}

static int64_t write(struct txn *txn, const char *sql, const struct regulation_row *r)
{
	const struct sql_arg args[ARGS] = {
		SQL_INT(r->id),
		SQL_STR(name_id(&regulation_state_names, r->state)),
		SQL_TEXT(r->name),
		SQL_TEXT(r->title),
		SQL_TEXT_OR_NULL(r->note),
		SQL_TEXT(r->text),
		SQL_INT_OR_NULL(r->base_id),
		SQL_TEXT_OR_NULL(r->document_number),
		SQL_TEXT_OR_NULL(r->meeting),
		SQL_TEXT_OR_NULL(r->decided_by),
		SQL_INT_OR_NULL(r->effective_at_ms),
		SQL_INT_OR_NULL(r->author_id),
		SQL_INT(r->created_at_ms),
		SQL_INT(txn_now_ms(txn)),
		SQL_INT_OR_NULL(r->adopted_by),
		SQL_INT_OR_NULL(r->adopted_at_ms),
		SQL_INT_OR_NULL(r->entered_at_ms),
		SQL_INT_OR_NULL(r->ended_at_ms),
		SQL_INT_OR_NULL(r->carried_at_ms),
		SQL_INT_OR_NULL(r->policy_id),
	};
	return sql_run_args(txn_db(txn), sql, args, ARGS);
}

int regulation_row_insert(struct txn *txn, const struct regulation_row *row)
{
	int64_t done = write(txn,
		"INSERT INTO regulation (id, version, state, name, title, note, text, base_id,"
		" document_number, meeting, decided_by, effective_at_ms, author_id,"
		" created_at_ms, changed_at_ms, adopted_by, adopted_at_ms, entered_at_ms,"
		" ended_at_ms, carried_at_ms, policy_id) VALUES ($1, 1, $2, $3, $4, $5, $6, $7,"
		" $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
		row);
	int error = done < 0 ? (int)done : trail_row(txn, "regulation", row->id);
	return error < 0 ? error : txn_change(txn, "regulation", row->id, 1);
}

int regulation_row_save(struct txn *txn, struct regulation_row *row)
{
	int64_t done = write(txn,
		"UPDATE regulation SET version = version + 1, state = $2, name = $3, title = $4,"
		" note = $5, text = $6, base_id = $7, document_number = $8, meeting = $9,"
		" decided_by = $10, effective_at_ms = $11, author_id = $12, created_at_ms = $13,"
		" changed_at_ms = $14, adopted_by = $15, adopted_at_ms = $16,"
		" entered_at_ms = $17, ended_at_ms = $18, carried_at_ms = $19, policy_id = $20"
		" WHERE id = $1",
		row);
	row->version++;
	int error = done < 0 ? (int)done : trail_row(txn, "regulation", row->id);
	return error < 0 ? error : txn_change(txn, "regulation", row->id, row->version);
}

/* ---- the text */

static const struct json *member_named(const struct json *object, struct slice name)
{
	for (const struct json *m = json_first(object); m != NULL; m = json_next(m)) {
		if (slice_eq(json_name(m), name)) {
			return m;
		}
	}
	return NULL;
}

/* What people set is no default of the product any more. */
static void parameter_put(struct jw *jw, const struct json *item, const struct json *value)
{
	jw_object(jw);
	for (const struct json *m = json_first(item); m != NULL; m = json_next(m)) {
		bool ours = slice_is(json_name(m), "value") || slice_is(json_name(m), "origin");
		if (value == NULL || !ours) {
			jw_key_slice(jw, json_name(m));
			jw_value(jw, m);
		}
	}
	if (value != NULL) {
		jw_key(jw, "value");
		jw_value(jw, value);
		jw_kv_str(jw, "origin", SLICE("adopted"));
	}
	jw_end(jw);
}

static bool same_value(const struct json *a, const struct json *b)
{
	int64_t x = 0;
	int64_t y = 0;
	if (json_int(a, &x) && json_int(b, &y)) {
		return x == y;
	}
	return json_type(a) == JSON_STRING && json_type(b) == JSON_STRING &&
	       slice_eq(json_str(a), json_str(b));
}

static void parameters_put(struct jw *jw, const struct json *list, const struct json *given)
{
	jw_array(jw);
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		const struct json *value = member_named(given, json_get_str(item, "name"));
		bool changes = value != NULL && !same_value(value, json_get(item, "value"));
		parameter_put(jw, item, changes ? value : NULL);
	}
	for (const struct json *m = json_first(given); m != NULL; m = json_next(m)) {
		bool there = false;
		for (const struct json *item = json_first(list); item != NULL;
			item = json_next(item)) {
			there = there || slice_eq(json_get_str(item, "name"), json_name(m));
		}
		if (!there) {
			jw_object(jw);
			jw_kv_str(jw, "name", json_name(m));
			jw_key(jw, "value");
			jw_value(jw, m);
			jw_kv_str(jw, "origin", SLICE("adopted"));
			jw_end(jw);
		}
	}
	jw_end(jw);
}

static void articles_put(struct jw *jw, const struct json *list)
{
	static const char *const words[] = { "chapter", "title", "summary", "summary_en",
		"body" };
	jw_array(jw);
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		jw_object(jw);
		jw_kv_int(jw, "number", json_get_int(item, "number", 0));
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			if (json_get_str(item, words[i]).n > 0) {
				jw_kv_str(jw, words[i], json_get_str(item, words[i]));
			}
		}
		jw_end(jw);
	}
	jw_end(jw);
}

static int articles_check(struct desk *desk, const struct json *list)
{
	int64_t last = 0;
	if (json_type(list) == JSON_ABSENT) {
		return 0;
	}
	if (json_type(list) != JSON_ARRAY || json_count(list) > ARTICLES_MAX) {
		return desk_refuse(desk, E_INPUT, "regulation.article", "articles");
	}
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		int64_t number = json_get_int(item, "number", 0);
		size_t title = utf8_count(json_get_str(item, "title"));
		bool fits = title > 0 && title <= ARTICLE_TITLE_MAX &&
			    utf8_count(json_get_str(item, "chapter")) <= ARTICLE_TITLE_MAX &&
			    utf8_count(json_get_str(item, "summary")) <= ARTICLE_TEXT_MAX &&
			    utf8_count(json_get_str(item, "summary_en")) <= ARTICLE_TEXT_MAX &&
			    utf8_count(json_get_str(item, "body")) <= ARTICLE_TEXT_MAX;
		if (number <= last || number > ARTICLES_MAX || !fits) {
			return desk_refuse(desk, E_INPUT, "regulation.article",
				arena_dup_str(
					desk->arena, arena_printf(desk->arena, "articles.%lld",
							     (long long)number)));
		}
		last = number;
	}
	return 0;
}

/* A list is replaced as a whole, or stays. */
static void list_put(
	struct jw *jw, const char *member, const struct json *body, const struct json *pack)
{
	const struct json *list = json_get(body, member);
	list = json_type(list) != JSON_ABSENT ? list : json_get(pack, member);
	if (json_type(list) != JSON_ABSENT) {
		jw_key(jw, member);
		jw_value(jw, list);
	}
}

static void text_put(struct desk *desk, const struct regulation_row *row,
	const struct json *pack, struct buf *out)
{
	const struct json *body = desk->call->body;
	const struct json *articles = json_get(body, "articles");
	struct jw jw;
	jw_init(&jw, out);
	jw_object(&jw);
	jw_kv_str(&jw, "id", row->name);
	jw_kv_str(&jw, "title", row->title);
	const struct json *kept = json_get(pack, "articles");
	jw_key(&jw, "articles");
	articles_put(&jw, json_type(articles) == JSON_ARRAY ? articles : kept);
	list_put(&jw, "routing", body, pack);
	list_put(&jw, "selfcheck_items", body, pack);
	jw_key(&jw, "parameters");
	parameters_put(&jw, json_get(pack, "parameters"), json_get(body, "parameters"));
	jw_end(&jw);
}

static int mistake_refuse(struct desk *desk, const struct diag_list *mistakes)
{
	const char *source = mistakes->count > 0 ? mistakes->items[0].source : "";
	bool routing = strncmp(source, "routing", 7) == 0;
	bool asked = strncmp(source, "selfcheck_items", 15) == 0;
	const char *field = arena_dup_str(desk->arena, slice_head(slice_str(source), 47));
	return desk_refuse(desk, E_INPUT,
		routing ? "regulation.routing"
		: asked ? "regulation.selfcheck"
			: "regulation.parameter",
		field);
}

int regulation_text_apply(struct desk *desk, struct regulation_row *row)
{
	const struct json *pack = NULL;
	int error = articles_check(desk, json_get(desk->call->body, "articles"));
	if (error < 0) {
		return error;
	}
	if (json_parse(desk->arena, row->text, 0, &pack, NULL) < 0) {
		return E_STORE;
	}
	AUTO_BUF struct buf text;
	buf_init(&text, POLICY_TEXT_MAX);
	text_put(desk, row, pack, &text);
	if (text.failed) {
		return desk_refuse(desk, E_INPUT, "input.too_long", "articles");
	}
	struct policy policy;
	struct diag_list mistakes;
	diag_list_init(&mistakes);
	error = policy_parse_over(buf_slice(&text), desk->env->policy, &policy, &mistakes);
	error = error < 0 ? mistake_refuse(desk, &mistakes) : 0;
	diag_list_fini(&mistakes);
	row->text = arena_dup(desk->arena, buf_slice(&text));
	return error;
}
