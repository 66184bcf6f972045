/* SPDX-License-Identifier: Apache-2.0 */
#include "view/regulations.h"

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/json.h"
#include "base/num.h"
#include "records/sql.h"
#include "view/page.h"
#include "view/view.h"
#include "workflow/policy.h"

#define FROM                                                                                   \
	"SELECT r.id, r.version, r.state, r.name, r.title, r.note, r.document_number,"         \
	" r.meeting, r.decided_by, r.effective_at_ms, r.author_id, a.name, r.created_at_ms,"   \
	" r.changed_at_ms, r.adopted_by, d.name, r.adopted_at_ms, r.entered_at_ms,"            \
	" r.ended_at_ms, r.carried_at_ms, r.policy_id, r.base_id, r.text, b.text"              \
	" FROM regulation r LEFT JOIN person a ON a.id = r.author_id"                          \
	" LEFT JOIN person d ON d.id = r.adopted_by"                                           \
	" LEFT JOIN policy_version b ON b.id = r.base_id"
/* A unit sees what is asked about and what was decided, not what is being written. */
#define SEEN " AND ($2 = 0 OR r.state NOT IN ('draft', 'dropped'))"

static bool of_unit(const struct view *view)
{
	enum role role = view->caller.role;
	return role == ROLE_OFFICER || role == ROLE_SPECIALIST || role == ROLE_UNIT_HEAD;
}

static void members_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	jw_kv_str(jw, "state", db_col_text(q, 2));
	jw_kv_str(jw, "name", db_col_text(q, 3));
	jw_kv_str(jw, "title", db_col_text(q, 4));
	page_text_col(view, "note", q, 5);
	page_text_col(view, "document_number", q, 6);
	page_text_col(view, "meeting", q, 7);
	page_text_col(view, "decided_by", q, 8);
	page_int_col(view, "effective_at", q, 9);
	page_ref_col(view, "author", q, 10);
	jw_kv_int(jw, "created_at", db_col_int64(q, 12));
	jw_kv_int(jw, "changed_at", db_col_int64(q, 13));
	page_ref_col(view, "adopted_by", q, 14);
	page_int_col(view, "adopted_at", q, 16);
	page_int_col(view, "entered_at", q, 17);
	page_int_col(view, "ended_at", q, 18);
	page_int_col(view, "carried_at", q, 19);
	page_int_col(view, "policy_id", q, 20);
	page_int_col(view, "base_id", q, 21);
}

int view_regulations_list(struct view *view)
{
	struct page page;
	AUTO_STMT struct stmt *q = NULL;
	int row = page_begin(view, &page);
	if (row == 0) {
		row = sql_query(view->db,
			FROM " WHERE r.id < $1" SEEN " ORDER BY r.id DESC LIMIT $3", &q,
			SQL_INT(page.has_cursor ? page.after_id : INT64_MAX),
			SQL_INT(of_unit(view)), SQL_INT(page.limit + 1));
	}
	while (row >= 0 && (row = db_step(q)) == 1 && page_take(&page, 0, db_col_int64(q, 0))) {
		jw_object(&view->jw);
		members_put(view, q);
		jw_end(&view->jw);
	}
	if (row >= 0) {
		page_end(view, &page, -1);
	}
	return row < 0 ? row : 0;
}

int view_regulations_get(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db, FROM " WHERE r.id = $1" SEEN, &q, SQL_INT(view->call->id),
		SQL_INT(of_unit(view)));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	view->version = db_col_int64(q, 1);
	jw_object(&view->jw);
	members_put(view, q);
	page_json_col(view, "pack", q, 22);
	page_json_col(view, "base", q, 23);
	int error = page_timeline(view, "regulation", view->call->id);
	jw_end(&view->jw);
	return error;
}

/* ---- the text in force */

static void catalogue_put(struct view *view)
{
	struct policy_parameter parameter;
	struct jw *jw = &view->jw;
	jw_key(jw, "catalogue");
	jw_array(jw);
	for (size_t i = 0; policy_parameter_at(i, &parameter); i++) {
		jw_object(jw);
		jw_kv_str(jw, "name", slice_str(parameter.name));
		jw_kv_str(jw, "kind", slice_str(parameter.kind));
		jw_kv_int(jw, "min", parameter.min);
		jw_kv_int(jw, "max", parameter.max);
		jw_end(jw);
	}
	jw_end(jw);
}

static int text_load(struct view *view, const char *subject, int64_t *ret_id,
	struct slice *ret_text, int64_t *ret_since)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT v.id, v.text, COALESCE(r.effective_at_ms, v.adopted_at_ms)"
		" FROM policy_version v LEFT JOIN regulation r ON r.id = v.regulation_id"
		" WHERE v.subject = $1 ORDER BY v.edition DESC LIMIT 1",
		&q, SQL_STR(subject));
	row = row < 0 ? row : db_step(q);
	*ret_id = 0;
	*ret_since = 0;
	if (row == 1) {
		*ret_id = db_col_int64(q, 0);
		*ret_text = arena_dup(view->arena, db_col_text(q, 1));
		*ret_since = db_col_int64(q, 2);
	}
	return row < 0 ? row : 0;
}

static struct slice value_of(const struct json *pack, struct slice name)
{
	const struct json *list = json_get(pack, "parameters");
	for (const struct json *p = json_first(list); p != NULL; p = json_next(p)) {
		if (slice_eq(json_get_str(p, "name"), name)) {
			return json_get_str(p, "value");
		}
	}
	return (struct slice) { 0 };
}

/* What both say: the stricter one holds. */
static void holds_put(struct view *view, struct slice own, struct slice above)
{
	const struct json *pack = NULL;
	const struct json *national = NULL;
	struct jw *jw = &view->jw;
	bool read = own.n > 0 && above.n > 0 &&
		    json_parse(view->arena, own, 0, &pack, NULL) == 0 &&
		    json_parse(view->arena, above, 0, &national, NULL) == 0;
	jw_key(jw, "holds");
	jw_array(jw);
	const struct json *list = read ? json_get(national, "parameters") : NULL;
	for (const struct json *p = json_first(list); p != NULL; p = json_next(p)) {
		struct slice name = json_get_str(p, "name");
		struct slice ours = value_of(pack, name);
		struct slice theirs = json_get_str(p, "value");
		bool school = policy_stricter(ours, theirs) == POLICY_OWN;
		jw_object(jw);
		jw_kv_str(jw, "name", name);
		jw_kv_opt(jw, "school", ours);
		jw_kv_str(jw, "national", theirs);
		jw_kv_str(jw, "value", school ? ours : theirs);
		jw_kv_str(jw, "source", school ? SLICE("school") : SLICE("national"));
		jw_end(jw);
	}
	jw_end(jw);
}

static int reviewed_put(struct view *view)
{
	int64_t at_ms = 0;
	int found = sql_int(view->db, "SELECT max(at_ms) FROM clause_note WHERE kind = $1",
		&at_ms, SQL_STR("review"));
	page_int(view, "reviewed_at", found == 1, at_ms);
	return found < 0 ? found : 0;
}

int view_regulations_now(struct view *view)
{
	struct slice own = { 0 };
	struct slice above = { 0 };
	int64_t id = 0;
	int64_t above_id = 0;
	int64_t since = 0;
	int64_t above_since = 0;
	int error = text_load(view, "policy", &id, &own, &since);
	error = error < 0 ? error
			  : text_load(view, "national", &above_id, &above, &above_since);
	if (error < 0) {
		return error;
	}
	if (id == 0) {
		return E_ABSENT;
	}
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "policy_id", id);
	jw_kv_int(&view->jw, "since", since);
	jw_key(&view->jw, "pack");
	jw_raw(&view->jw, own);
	jw_key(&view->jw, "national");
	if (above_id != 0) {
		jw_raw(&view->jw, above);
	} else {
		jw_null(&view->jw);
	}
	holds_put(view, own, above);
	catalogue_put(view);
	error = reviewed_put(view);
	jw_end(&view->jw);
	return error;
}

/* ---- article 19 */

/* "2023-09-26", the day of a text that a file brought; 0 = it does not say. */
static int64_t day_of(struct slice text)
{
	uint64_t year = 0;
	uint64_t month = 0;
	uint64_t day = 0;
	bool read = text.n == 10 && text.p[4] == '-' && text.p[7] == '-' &&
		    num_u64(slice_head(text, 4), 9999, &year) == 0 &&
		    num_u64(slice_head(slice_skip(text, 5), 2), 12, &month) == 0 &&
		    num_u64(slice_skip(text, 8), 31, &day) == 0 && month > 0 && day > 0;
	return read ? civil_day((int32_t)year, (unsigned)month, (unsigned)day) * CIVIL_DAY_MS
		    : 0;
}

static int64_t review_days(const struct json *pack)
{
	const struct json *list = json_get(pack, "parameters");
	for (const struct json *p = json_first(list); p != NULL; p = json_next(p)) {
		if (slice_is(json_get_str(p, "name"), "regulation.review_days")) {
			return json_get_int(p, "value", 0);
		}
	}
	return 0;
}

int regulation_review_due(
	struct view *view, int64_t *ret_id, struct slice *ret_title, int64_t *ret_due_ms)
{
	struct slice text = { 0 };
	const struct json *pack = NULL;
	int64_t since = 0;
	int64_t reviewed = 0;
	int error = text_load(view, "policy", ret_id, &text, &since);
	int found = error < 0 ? error
			      : sql_int(view->db,
					"SELECT max(at_ms) FROM clause_note WHERE kind = $1",
					&reviewed, SQL_STR("review"));
	if (found < 0 || *ret_id == 0 || json_parse(view->arena, text, 0, &pack, NULL) < 0) {
		return found < 0 ? found : 0;
	}
	int64_t of_text = day_of(json_get_str(pack, "text_of"));
	since = of_text != 0 ? of_text : since;
	since = reviewed > since ? reviewed : since;
	*ret_title = json_get_str(pack, "title");
	*ret_due_ms = since + review_days(pack) * CIVIL_DAY_MS;
	return review_days(pack) > 0 && *ret_due_ms <= view->now_ms;
}
