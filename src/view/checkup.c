/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "records/caller.h"
#include "records/sql.h"
#include "view/platform.h"
#include "view/settings.h"
#include "view/view.h"

enum { BACKUP_AGE_MAX_DAYS = 2, DISK_LEAST_PERCENT = 10, OPERATORS_LEAST = 2 };
#define DAY_MS INT64_C(86400000)

enum state { OK, UNSET, BAD };

struct looking {
	struct view *view;
	struct platform platform;
	int error;
};

/* One item; args_json is an object, where the screen that mends it. */
static void item(struct looking *l, const char *code, enum state state, struct slice args_json,
	const char *where)
{
	static const char *const words[] = { "ok", "todo", "bad" };
	struct jw *jw = &l->view->jw;
	jw_object(jw);
	jw_kv_str(jw, "code", slice_str(code));
	jw_kv_str(jw, "state", slice_str(words[state]));
	jw_key(jw, "args");
	jw_raw(jw, args_json.n > 0 ? args_json : SLICE("{}"));
	jw_kv_opt(jw, "where", slice_str(where));
	jw_end(jw);
}

static int64_t number(struct looking *l, const char *sql)
{
	int64_t value = 0;
	int row = l->error < 0 ? l->error : sql_int_args(l->view->db, sql, &value, NULL, 0);
	l->error = row < 0 ? row : 0;
	return value;
}

static struct slice n_args(struct looking *l, int64_t n)
{
	return arena_printf(l->view->arena, "{\"n\":%lld}", (long long)n);
}

static const struct json *setting(struct looking *l, const char *key)
{
	struct slice text = { 0 };
	const struct json *value = NULL;
	int error =
		l->error < 0 ? l->error : setting_load(l->view->db, l->view->arena, key, &text);
	l->error = error;
	if (error == 0 && text.n > 0 && json_parse(l->view->arena, text, 0, &value, NULL) < 0) {
		value = NULL;
	}
	return value;
}

static void settings_look(struct looking *l)
{
	static const struct {
		const char *key;
		const char *member;
		enum state unset;
	} needed[] = { { "school", "name", BAD }, { "address", "base_url", UNSET },
		{ "mail", "host", BAD } };
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		bool set = json_get_str(setting(l, needed[i].key), needed[i].member).n > 0;
		item(l, needed[i].key, set ? OK : needed[i].unset, (struct slice) { 0 },
			needed[i].key);
	}
	struct slice certificate = json_get_str(l->platform.health, "certificate");
	if (certificate.n > 0) {
		item(l, "certificate", slice_is(certificate, "own") ? OK : UNSET,
			(struct slice) { 0 }, "address");
	}
}

static void duty_look(struct looking *l)
{
	AUTO_STMT struct stmt *q = NULL;
	int64_t id = json_get_int(setting(l, "duty"), "person_id", 0);
	int row = l->error < 0 ? l->error
			       : sql_query(l->view->db,
					 "SELECT name, mail FROM person WHERE id = $1", &q,
					 SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	l->error = row < 0 ? row : 0;
	struct slice args = { 0 };
	bool reached = row == 1 && db_col_text(q, 1).n > 0;
	if (row == 1) {
		AUTO_BUF struct buf text;
		buf_init(&text, 1024);
		struct jw jw;
		jw_init(&jw, &text);
		jw_object(&jw);
		jw_kv_str(&jw, "name", db_col_text(q, 0));
		jw_end(&jw);
		args = arena_dup(l->view->arena, buf_slice(&text));
	}
	item(l, "duty", reached ? OK : BAD, args, "duty");
}

#define HOLDERS(role)                                                                                      \
	"SELECT count(DISTINCT g.person_id) FROM role_grant g JOIN account a ON a.person_id = g.person_id" \
	" WHERE g.role = '" role "' AND g.valid_to_ms IS NULL AND a.disabled = 0"

/* A notice goes from operator to director to unit to verifier; where one is missing it stops. */
static void people_look(struct looking *l)
{
	int64_t operators = number(l, HOLDERS("operator"));
	int64_t directors = number(l, HOLDERS("director"));
	int64_t verifiers = number(l, HOLDERS("verifier"));
	int64_t presidents = number(l, HOLDERS("vice_president"));
	bool whole = operators > 0 && directors > 0 && verifiers > 0;
	item(l, "accounts", whole ? OK : BAD, (struct slice) { 0 }, "users");
	item(l, "operators", operators >= OPERATORS_LEAST ? OK : UNSET, n_args(l, operators),
		"users");
	item(l, "vice_president", presidents > 0 ? OK : UNSET, (struct slice) { 0 }, "users");
}

/* Who can do most of all, with a password alone. */
static void second_look(struct looking *l)
{
	int64_t bare =
		number(l, HOLDERS("sysadmin") " AND NOT EXISTS (SELECT 1 FROM second_factor f"
					      " WHERE f.account_id = a.id AND f.on_at_ms > 0)");
	item(l, "second_factor", bare == 0 ? OK : UNSET, n_args(l, bare), "second_factor");
}

static void register_look(struct looking *l)
{
	int64_t units = number(l, "SELECT count(*) FROM unit WHERE valid_to_ms IS NULL");
	int64_t vacant = number(l,
		"SELECT count(*) FROM unit u WHERE u.valid_to_ms IS NULL AND NOT EXISTS (SELECT 1 FROM role_grant g"
		" WHERE g.unit_id = u.id AND g.role IN ('officer', 'specialist') AND g.valid_to_ms IS NULL)");
	int64_t assets = number(l, "SELECT count(*) FROM asset WHERE retired_at_ms IS NULL");
	int64_t checks = number(l, "SELECT count(*) FROM watch WHERE enabled = 1");
	item(l, "units", units > 0 ? OK : BAD, n_args(l, units), "units");
	/* "Every unit has its officer" is no comfort while there is no unit. */
	if (units > 0) {
		item(l, "officers", vacant == 0 ? OK : UNSET, n_args(l, vacant), "people");
	}
	item(l, "assets", assets > 0 ? OK : UNSET, n_args(l, assets), "assets");
	item(l, "checks", checks > 0 ? OK : BAD, n_args(l, checks), "checks");
}

static void machine_look(struct looking *l)
{
	const struct platform *p = &l->platform;
	bool elsewhere = json_get_str(setting(l, "backup"), "target_dir").n > 0;
	bool fresh = p->backup_at_ms > l->view->now_ms - BACKUP_AGE_MAX_DAYS * DAY_MS;
	bool failed = p->backup_at_ms != 0 && !p->backup_ok;
	item(l, "backup",
		failed               ? BAD
		: elsewhere && fresh ? OK
				     : UNSET,
		(struct slice) { 0 }, "backup");
	item(l, "time",
		p->clock_wrong      ? BAD
		: p->clock_unsynced ? UNSET
				    : OK,
		(struct slice) { 0 }, "time");
	if (p->disk_total > 0) {
		int64_t percent = p->disk_free / (p->disk_total / 100 + 1);
		item(l, "disk", percent < DISK_LEAST_PERCENT ? BAD : OK, n_args(l, percent),
			"/health");
	}
	if (p->health != NULL) {
		item(l, "sandbox", p->sandbox_relaxed ? UNSET : OK, (struct slice) { 0 },
			"/health");
	}
}

int view_checkup_get(struct view *view)
{
	struct looking l = { .view = view };
	l.error = platform_load(view, &l.platform);
	if (l.error < 0) {
		return l.error;
	}
	jw_object(&view->jw);
	jw_key(&view->jw, "items");
	jw_array(&view->jw);
	settings_look(&l);
	duty_look(&l);
	people_look(&l);
	second_look(&l);
	register_look(&l);
	machine_look(&l);
	jw_end(&view->jw);
	jw_end(&view->jw);
	return l.error;
}
