/* SPDX-License-Identifier: Apache-2.0 */
#include "view/identity.h"

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/json.h"
#include "records/caller.h"
#include "records/search.h"
#include "view/page.h"
#include "view/view.h"

enum { GRANTS_MAX = 64, SESSIONS_MAX = 100, IDLE_DEFAULT_S = 1800, IDLE_LEAST_S = 60 };

static int grant_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "id", db_col_int64(q, 0));
	jw_kv_str(&view->jw, "role", db_col_text(q, 1));
	page_ref_col(view, "unit", q, 2);
	jw_end(&view->jw);
	return 0;
}

int view_grants_put(struct view *view, int64_t person_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT g.id, g.role, u.id, u.name FROM role_grant g LEFT JOIN unit u ON u.id = g.unit_id"
		" WHERE g.person_id = $1 AND g.valid_to_ms IS NULL ORDER BY g.id LIMIT $2",
		&q, SQL_INT(person_id), SQL_INT(GRANTS_MAX));
	return page_list(view, "grants", opened, q, grant_put);
}

static int setting(struct view *view, const char *key, const struct json **ret_value)
{
	struct slice text = { 0 };
	int error = setting_load(view->db, view->arena, key, &text);
	*ret_value = NULL;
	if (error == 0 && text.n > 0 && json_parse(view->arena, text, 0, ret_value, NULL) < 0) {
		*ret_value = NULL; /* written by us; an unreadable one counts as unset */
	}
	return error;
}

static int settings_put(struct view *view)
{
	const struct json *school = NULL;
	const struct json *session = NULL;
	const struct json *setup = NULL;
	const struct json *small = NULL;
	const struct json *sealed = NULL;
	int error = setting(view, "school", &school);
	error = error < 0 ? error : setting(view, "session", &session);
	error = error < 0 ? error : setting(view, "setup", &setup);
	error = error < 0 ? error : setting(view, "small_school", &small);
	error = error < 0 ? error : setting(view, "sealed", &sealed);
	int64_t idle_s = json_get_int(session, "idle_s", IDLE_DEFAULT_S);
	jw_kv_str(&view->jw, "school", json_get_str(school, "name"));
	jw_kv_bool(&view->jw, "setup_done", json_get_bool(setup, "done", false));
	jw_kv_bool(&view->jw, "small_school", json_get_bool(small, "on", false));
	jw_kv_bool(&view->jw, "sealed_photos", json_get_bool(sealed, "photos", true));
	jw_kv_int(&view->jw, "idle_timeout_s", idle_s < IDLE_LEAST_S ? IDLE_LEAST_S : idle_s);
	return error;
}

static int who_put(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT a.name, p.id, p.name FROM account a JOIN person p ON p.id = a.person_id WHERE a.id = $1",
		&q, SQL_INT(view->caller.account_id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	jw_kv_str(&view->jw, "account", db_col_text(q, 0));
	page_ref_col(view, "person", q, 1);
	return 0;
}

static int unit_put(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db, "SELECT id, name FROM unit WHERE id = $1", &q,
		SQL_INT(view->caller.unit_id));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		page_ref_col(view, "unit", q, 0);
	} else {
		page_ref(view, "unit", 0, (struct slice) { 0 });
	}
	return row < 0 ? row : 0;
}

/* What his second factor has to do with what he may do now. */
static void second_put(struct view *view)
{
	static const char *const words[] = { "", "code", "enrol" };
	const struct caller *caller = &view->caller;
	int64_t until_ms = caller->second_at_ms + SECOND_FRESH_MS;
	jw_kv_opt(&view->jw, "second_pending", slice_str(words[access_second_session(caller)]));
	jw_kv_bool(&view->jw, "second_guards",
		caller->second_on || caller->second_demand != SECOND_DEMAND_OFF);
	page_int(view, "second_until",
		caller->second_on && caller->second_at_ms != 0 && until_ms > view->now_ms,
		until_ms);
}

/* Which screens and buttons there are: the routes this role may use at all. */
static void acts_put(struct view *view)
{
	jw_key(&view->jw, "acts");
	jw_array(&view->jw);
	for (unsigned i = 0; i < ROUTE_COUNT_; i++) {
		if (!routes[i].open &&
			access_scope(&view->caller, (enum route_id)i) != SCOPE_NONE) {
			jw_str(&view->jw, slice_str(routes[i].name));
		}
	}
	jw_end(&view->jw);
}

/* Doubted, handing over, or in somebody's stead. */
static int standing_put(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	const struct caller *caller = &view->caller;
	int row = sql_query(
		view->db, "SELECT name FROM person WHERE id = $1", &q, SQL_INT(caller->for_id));
	row = row < 0 ? row : db_step(q);
	jw_kv_bool(&view->jw, "withheld", caller->withheld);
	page_int(view, "reads_until", caller->reads_until_ms != 0, caller->reads_until_ms);
	jw_kv_opt(&view->jw, "for_person", row == 1 ? db_col_text(q, 0) : (struct slice) { 0 });
	return row < 0 ? row : 0;
}

int view_session_get(struct view *view)
{
	jw_object(&view->jw);
	int error = who_put(view);
	error = error < 0 ? error : standing_put(view);
	if (error < 0) {
		return error;
	}
	jw_kv_bool(&view->jw, "must_change_password", view->caller.must_change);
	jw_kv_str(&view->jw, "role", slice_str(name_id(&role_names, view->caller.role)));
	error = unit_put(view);
	error = error < 0 ? error : view_grants_put(view, view->caller.person_id);
	error = error < 0 ? error : settings_put(view);
	jw_kv_int(&view->jw, "now", view->now_ms);
	jw_kv_int(&view->jw, "zone_offset_min", CIVIL_CHINA_OFFSET_MIN);
	second_put(view);
	acts_put(view);
	jw_end(&view->jw);
	return error;
}

int view_second_factor_get(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	const struct caller *caller = &view->caller;
	int64_t until_ms = caller->second_at_ms + SECOND_FRESH_MS;
	int row = sql_query(view->db,
		"SELECT f.on_at_ms, (SELECT count(*) FROM recovery_code r"
		" WHERE r.account_id = f.account_id AND r.used_at_ms = 0)"
		" FROM second_factor f WHERE f.account_id = $1 AND f.on_at_ms > 0",
		&q, SQL_INT(caller->account_id));
	row = row < 0 ? row : db_step(q);
	if (row < 0) {
		return row;
	}
	jw_object(&view->jw);
	jw_kv_bool(&view->jw, "on", row == 1);
	page_int(view, "since", row == 1, row == 1 ? db_col_int64(q, 0) : 0);
	jw_kv_str(&view->jw, "demand",
		slice_str(name_id(&second_demand_names, caller->second_demand)));
	jw_kv_int(&view->jw, "recovery_left", row == 1 ? db_col_int64(q, 1) : 0);
	page_int(view, "fresh_until",
		row == 1 && caller->second_at_ms != 0 && until_ms > view->now_ms, until_ms);
	jw_end(&view->jw);
	return 0;
}

int view_session_list(struct view *view)
{
	struct page page = { 0 };
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT id, created_at_ms, seen_at_ms, address FROM session"
		" WHERE account_id = $1 AND ended_at_ms IS NULL ORDER BY id DESC LIMIT $2",
		&q, SQL_INT(view->caller.account_id), SQL_INT(SESSIONS_MAX));
	int error = row < 0 ? row : page_begin(view, &page);
	if (error < 0) {
		return error;
	}
	/* Few enough for one page, whatever size was asked for. */
	while ((row = db_step(q)) == 1) {
		jw_object(&view->jw);
		jw_kv_int(&view->jw, "id", db_col_int64(q, 0));
		jw_kv_int(&view->jw, "created_at", db_col_int64(q, 1));
		jw_kv_int(&view->jw, "seen_at", db_col_int64(q, 2));
		jw_kv_str(&view->jw, "address", db_col_text(q, 3));
		jw_kv_bool(&view->jw, "current", db_col_int64(q, 0) == view->caller.session_id);
		jw_end(&view->jw);
		page.shown++;
	}
	page_end(view, &page, page.shown);
	return row < 0 ? row : 0;
}

static int user_put(struct view *view, struct stmt *q)
{
	int64_t person_id = db_col_int64(q, 3);
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "id", db_col_int64(q, 0));
	jw_kv_int(&view->jw, "version", db_col_int64(q, 1));
	jw_kv_str(&view->jw, "account", db_col_text(q, 2));
	page_ref_col(view, "person", q, 3);
	jw_kv_bool(&view->jw, "disabled", db_col_int64(q, 5) != 0);
	jw_kv_bool(&view->jw, "must_change_password", db_col_int64(q, 6) != 0);
	jw_kv_bool(&view->jw, "second_factor", db_col_int64(q, 9) != 0);
	page_int_col(view, "locked_until", q, 7);
	page_int_col(view, "last_login_at", q, 8);
	int error = view_grants_put(view, person_id);
	jw_end(&view->jw);
	return error;
}

#define USER_COLUMNS                                                                                       \
	"SELECT a.id, a.version, a.name, p.id, p.name, a.disabled, a.must_change, a.live_locked_until_ms," \
	" a.live_login_at_ms, EXISTS (SELECT 1 FROM second_factor f WHERE f.account_id = a.id"             \
	" AND f.on_at_ms > 0) FROM account a JOIN person p ON p.id = a.person_id"

/* Found by the account's name or by what the person is found by; few, so in one page. */
static int users_found(struct view *view, struct slice words, struct page *page)
{
	int64_t users[VIEW_PAGE_MAX];
	int64_t people[VIEW_PAGE_MAX];
	int n_users = search_find(view->db, "user", words, users, VIEW_PAGE_MAX);
	int n_people = n_users < 0
			       ? n_users
			       : search_find(view->db, "person", words, people, VIEW_PAGE_MAX);
	if (n_people < 0) {
		return n_people == E_INPUT ? 0 : n_people;
	}
	AUTO_STMT struct stmt *q = NULL;
	int row =
		db_prepare(view->db, USER_COLUMNS " WHERE (a.id = $1 OR a.person_id = $2)", &q);
	int64_t shown_to = 0;
	/* Accounts found by both come once: by their own name. */
	for (int i = 0; i < n_users + n_people && row >= 0; i++) {
		bool by_person = i >= n_users;
		db_bind_int64(q, 1, by_person ? 0 : users[i]);
		db_bind_int64(q, 2, by_person ? people[i - n_users] : 0);
		row = db_step(q);
		bool twice = false;
		for (int j = 0; by_person && row == 1 && j < n_users; j++) {
			twice = twice || users[j] == db_col_int64(q, 0);
		}
		if (row == 1 && !twice && page_take(page, ++shown_to, db_col_int64(q, 0))) {
			row = user_put(view, q);
		}
	}
	page->more = false; /* further pages are asked for with more words */
	return row < 0 ? row : 0;
}

static int users_all(struct view *view, struct page *page)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db, USER_COLUMNS " WHERE a.id > $1 ORDER BY a.id LIMIT $2",
		&q, SQL_INT(page->has_cursor ? page->after_id : 0), SQL_INT(page->limit + 1));
	while (row >= 0 && (row = db_step(q)) == 1 && page_take(page, 0, db_col_int64(q, 0))) {
		row = user_put(view, q);
	}
	return row < 0 ? row : 0;
}

int view_users_list(struct view *view)
{
	struct page page = { 0 };
	struct slice words = slice_trim(view_param(view, "q"));
	int64_t total = -1;
	int error = page_begin(view, &page);
	error = error < 0     ? error
		: words.n > 0 ? users_found(view, words, &page)
			      : users_all(view, &page);
	if (error == 0 && words.n == 0) {
		error = sql_int_args(view->db, "SELECT count(*) FROM account", &total, NULL, 0);
	}
	if (error < 0) {
		return error;
	}
	page_end(view, &page, total);
	return 0;
}

static void scopes_put(struct view *view, struct slice scopes)
{
	struct slice left = scopes;
	jw_key(&view->jw, "scopes");
	jw_array(&view->jw);
	while (left.n > 0) {
		struct slice word = { 0 };
		(void)slice_cut(left, ' ', &word, &left);
		jw_str(&view->jw, word);
	}
	jw_end(&view->jw);
}

int view_tokens_list(struct view *view)
{
	struct page page = { 0 };
	AUTO_STMT struct stmt *q = NULL;
	int error = page_begin(view, &page);
	int row =
		error < 0
			? error
			: sql_query(view->db,
				  "SELECT id, name, scopes, created_at_ms, expires_at_ms, live_used_at_ms"
				  " FROM api_token"
				  " WHERE account_id = $1 AND ended_at_ms IS NULL AND id > $2 ORDER BY id LIMIT $3",
				  &q, SQL_INT(view->caller.account_id),
				  SQL_INT(page.has_cursor ? page.after_id : 0),
				  SQL_INT(page.limit + 1));
	while (row >= 0 && (row = db_step(q)) == 1 && page_take(&page, 0, db_col_int64(q, 0))) {
		jw_object(&view->jw);
		jw_kv_int(&view->jw, "id", db_col_int64(q, 0));
		jw_kv_str(&view->jw, "name", db_col_text(q, 1));
		scopes_put(view, db_col_text(q, 2));
		jw_kv_int(&view->jw, "created_at", db_col_int64(q, 3));
		page_int_col(view, "expires_at", q, 4);
		page_int_col(view, "last_used_at", q, 5);
		jw_end(&view->jw);
	}
	if (row < 0) {
		return row;
	}
	page_end(view, &page, -1);
	return 0;
}
