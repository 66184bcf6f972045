/* SPDX-License-Identifier: Apache-2.0 */
#include "view/filings.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/json.h"
#include "records/blob.h"
#include "records/caller.h"
#include "view/page.h"
#include "view/view.h"
#include "workflow/filing.h"
#include "workflow/machine.h"

enum { PART_MAX = 50 };

#define SHOWN                                                                                   \
	"SELECT f.id, f.version, f.state, f.number, f.unit_id, u.name, f.post, f.person_id,"    \
	" p.name, p.phone, p.phone2, p.mail, p.staff_no, p.in_post, EXISTS (SELECT 1"           \
	" FROM account a WHERE a.person_id = p.id), f.outgoing_id, o.name, f.reason,"           \
	" f.effective_at_ms, f.made_by, m.name, f.made_at_ms, f.submitted_at_ms, f.signed_by,"  \
	" s.name, f.signed_at_ms, f.form_by, b.name, f.approved_by, x.name,"                    \
	" f.approved_at_ms, f.warned, f.taken_at_ms, f.returned_reason, f.notes, f.moved,"      \
	" f.given_at_ms, f.received_at_ms, (SELECT count(DISTINCT g.unit_id) FROM role_grant g" \
	" WHERE g.person_id = p.id AND g.valid_to_ms IS NULL AND g.role IN ('officer',"         \
	" 'specialist', 'unit_head')) FROM filing f JOIN unit u ON u.id = f.unit_id"            \
	" JOIN person p ON p.id = f.person_id LEFT JOIN person o ON o.id = f.outgoing_id"       \
	" JOIN person m ON m.id = f.made_by LEFT JOIN person s ON s.id = f.signed_by"           \
	" LEFT JOIN person b ON b.id = f.form_by LEFT JOIN person x ON x.id = f.approved_by"
/* $1 unit of the caller, $2 state, "waiting" or "", $3 unit asked for; whoever has handed over sees his own ($4). */
#define WHERE                                                                                  \
	" WHERE ($1 = 0 OR f.unit_id = $1) AND ($2 = '' OR f.state = $2 OR ($2 = 'waiting'"    \
	" AND f.state IN ('draft', 'submitted', 'verifying', 'approved', 'returned')))"        \
	" AND ($3 = 0 OR f.unit_id = $3) AND ($4 = 0 OR f.outgoing_id = $4)"

static int tests_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_str(&view->jw, "channel", db_col_text(q, 0));
	jw_kv_int(&view->jw, "asked_at", db_col_int64(q, 1));
	jw_kv_int(&view->jw, "expires_at", db_col_int64(q, 2));
	page_int_col(view, "confirmed_at", q, 3);
	page_ref_col(view, "confirmed_by", q, 4);
	jw_end(&view->jw);
	return 0;
}

static int forms_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "id", db_col_int64(q, 0));
	jw_kv_str(&view->jw, "name", db_col_text(q, 1));
	jw_kv_str(&view->jw, "media", db_col_text(q, 2));
	jw_kv_int(&view->jw, "at", db_col_int64(q, 3));
	jw_end(&view->jw);
	return 0;
}

static int parts_put(struct view *view, int64_t id)
{
	AUTO_STMT struct stmt *tests = NULL;
	AUTO_STMT struct stmt *forms = NULL;
	int opened = sql_query(view->db,
		"SELECT t.channel, t.asked_at_ms, t.expires_at_ms, t.confirmed_at_ms, p.id, p.name"
		" FROM contact_test t LEFT JOIN person p ON p.id = t.confirmed_by"
		" WHERE t.filing_id = $1 ORDER BY t.channel, t.id",
		&tests, SQL_INT(id));
	int error = page_list(view, "tests", opened, tests, tests_put);
	opened = sql_query(view->db,
		"SELECT id, name, media, at_ms FROM attachment WHERE about = 'filing'"
		" AND about_id = $1 ORDER BY id LIMIT $2",
		&forms, SQL_INT(id), SQL_INT(PART_MAX));
	return error < 0 ? error : page_list(view, "forms", opened, forms, forms_put);
}

static const struct {
	uint32_t acts; /* bits of filing_acts; 0 = by state alone */
	uint32_t states;
	enum route_id route;
	const char *name;
} offers[] = {
#define ACT(name) MACHINE_BIT(FILING_ACT_##name)
#define STATE(name) MACHINE_BIT(FILING_##name)
	{ 0, STATE(DRAFT) | STATE(RETURNED), ROUTE_FILINGS_UPDATE, "update" },
	{ ACT(SUBMIT), 0, ROUTE_FILINGS_SUBMIT, "submit" },
	{ ACT(SIGN), 0, ROUTE_FILINGS_SIGN, "sign" },
	{ 0, STATE(DRAFT) | STATE(SUBMITTED) | STATE(VERIFYING) | STATE(RETURNED),
		ROUTE_FILINGS_UPLOAD, "upload" },
	{ ACT(ACCEPT_FORM), 0, ROUTE_FILINGS_ACCEPT, "accept" },
	{ 0, STATE(VERIFYING), ROUTE_FILINGS_HEARD, "heard" },
	{ 0, STATE(VERIFYING), ROUTE_FILINGS_RESEND, "resend" },
	{ ACT(RETURN), 0, ROUTE_FILINGS_RETURN, "return" },
	{ ACT(WITHDRAW), 0, ROUTE_FILINGS_WITHDRAW, "withdraw" },
	{ ACT(APPROVE), 0, ROUTE_FILINGS_APPROVE, "approve" },
};

static void acts_put(struct view *view, struct stmt *q)
{
	int parsed = name_parse(&filing_state_names, db_col_text(q, 2));
	enum filing_state state = (enum filing_state)(parsed < 0 ? 0 : parsed);
	int64_t unit_id = db_col_int64(q, 4);
	int64_t person = view->caller.person_id;
	uint32_t acts = filing_acts(state, view->caller.role);
	jw_key(&view->jw, "acts");
	jw_array(&view->jw);
	for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++) {
		bool now = (offers[i].acts & acts) != 0 ||
			   (offers[i].states & MACHINE_BIT(state)) != 0;
		enum scope scope = access_scope(&view->caller, offers[i].route);
		if (now && access_covers(&view->caller, scope, unit_id)) {
			jw_str(&view->jw, slice_str(offers[i].name));
		}
	}
	bool both = state == FILING_APPROVED || state == FILING_EFFECTIVE;
	bool gives = person == db_col_int64(q, 15) && db_col_is_null(q, 36);
	bool receives = person == db_col_int64(q, 7) && db_col_is_null(q, 37);
	if (both && (gives || receives) &&
		access_scope(&view->caller, ROUTE_FILINGS_HAND_OVER) != SCOPE_NONE) {
		jw_str(&view->jw, gives ? SLICE("give") : SLICE("receive"));
	}
	jw_end(&view->jw);
}

static void person_put(struct view *view, struct stmt *q)
{
	page_ref_col(view, "person", q, 7);
	page_text_col(view, "phone", q, 9);
	page_text_col(view, "phone2", q, 10);
	page_text_col(view, "mail", q, 11);
	page_text_col(view, "staff_no", q, 12);
	jw_key(&view->jw, "in_post");
	if (db_col_int64(q, 13) == 0) {
		jw_null(&view->jw);
	} else {
		jw_bool(&view->jw, db_col_int64(q, 13) == 1);
	}
	jw_kv_bool(&view->jw, "has_account", db_col_int64(q, 14) != 0);
	page_ref_col(view, "outgoing", q, 15);
}

static int members_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	jw_kv_str(jw, "state", db_col_text(q, 2));
	page_text_col(view, "number", q, 3);
	page_ref_col(view, "unit", q, 4);
	jw_kv_str(jw, "post", db_col_text(q, 6));
	person_put(view, q);
	jw_kv_str(jw, "reason", db_col_text(q, 17));
	jw_kv_int(jw, "effective_at", db_col_int64(q, 18));
	page_ref_col(view, "made_by", q, 19);
	jw_kv_int(jw, "made_at", db_col_int64(q, 21));
	page_int_col(view, "submitted_at", q, 22);
	page_ref_col(view, "signed_by", q, 23);
	page_int_col(view, "signed_at", q, 25);
	page_ref_col(view, "form_by", q, 26);
	page_ref_col(view, "approved_by", q, 28);
	page_int_col(view, "approved_at", q, 30);
	page_text_col(view, "warned", q, 31);
	page_int_col(view, "taken_at", q, 32);
	page_text_col(view, "returned_reason", q, 33);
	page_text_col(view, "notes", q, 34);
	page_json_col(view, "moved", q, 35);
	page_int_col(view, "given_at", q, 36);
	page_int_col(view, "received_at", q, 37);
	jw_kv_int(jw, "units_held", db_col_int64(q, 38));
	acts_put(view, q);
	return parts_put(view, db_col_int64(q, 0));
}

static int64_t only_given_by(const struct view *view)
{
	return view->caller.reads_until_ms != 0 ? view->caller.person_id : 0;
}

int view_filings_list(struct view *view)
{
	struct page page;
	AUTO_STMT struct stmt *q = NULL;
	int64_t total = 0;
	struct sql_arg args[] = { SQL_INT(view_unit_filter(view)),
		SQL_TEXT(view_param(view, "state")),
		SQL_INT(view_param_int(view, "unit_id", 0)), SQL_INT(only_given_by(view)),
		SQL_INT(0), SQL_INT(0) };
	int row = page_begin(view, &page);
	args[4] = SQL_INT(page.has_cursor ? page.after_id : INT64_MAX);
	args[5] = SQL_INT(page.limit + 1);
	row = row < 0 ? row
		      : sql_int_args(view->db, "SELECT count(*) FROM filing f" WHERE, &total,
				args, 4);
	row = row < 0 ? row
		      : sql_query_args(view->db,
				SHOWN WHERE " AND f.id < $5 ORDER BY f.id DESC LIMIT $6", &q,
				args, 6);
	while (row >= 0 && (row = db_step(q)) == 1 && page_take(&page, 0, db_col_int64(q, 0))) {
		jw_object(&view->jw);
		row = members_put(view, q);
		jw_end(&view->jw);
	}
	if (row >= 0) {
		page_end(view, &page, total);
	}
	return row < 0 ? row : 0;
}

int view_filings_get(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int64_t id = view->call->id;
	int row =
		sql_query(view->db, SHOWN " WHERE f.id = $1 AND ($2 = 0 OR f.outgoing_id = $2)",
			&q, SQL_INT(id), SQL_INT(only_given_by(view)));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	int error = view_unit_reached(view, db_col_int64(q, 4));
	if (error < 0) {
		return error;
	}
	view->version = db_col_int64(q, 1);
	jw_object(&view->jw);
	error = members_put(view, q);
	error = error < 0 ? error : page_timeline(view, "filing", id);
	jw_end(&view->jw);
	return error;
}

int view_filings_form(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT a.blob_id, a.name, a.media, f.unit_id FROM attachment a JOIN filing f"
		" ON f.id = a.about_id WHERE a.about = 'filing' AND a.about_id = $1 AND a.id = $2",
		&q, SQL_INT(view->call->id), SQL_INT(view->call->sub));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	int error = view_unit_reached(view, db_col_int64(q, 3));
	if (error < 0) {
		return error;
	}
	struct blob_ref ref = { 0 };
	(void)snprintf(
		view->file_name, sizeof(view->file_name), "%.*s", SLICE_FMT(db_col_text(q, 1)));
	(void)snprintf(view->media, sizeof(view->media), "%.*s", SLICE_FMT(db_col_text(q, 2)));
	int64_t blob = db_col_int64(q, 0);
	error = view->env->blobs != NULL
			? blob_open(view->env->blobs, view->db, blob, &view->download_fd, &ref)
			: blob_open_at(view->env->blobs_fd, view->db, blob, &view->download_fd);
	return error < 0 && error > -1000 ? E_ABSENT : error;
}

int view_contact_get(struct view *view)
{
	struct digest digest = digest_of(DIGEST_SHA256, view->call->key);
	struct slice text = { 0 };
	const struct json *school = NULL;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT p.name, u.name, f.post, t.confirmed_at_ms FROM contact_test t"
		" JOIN filing f ON f.id = t.filing_id JOIN person p ON p.id = f.person_id"
		" JOIN unit u ON u.id = f.unit_id WHERE t.digest = $1 AND t.expires_at_ms > $2"
		" AND f.state = 'verifying'",
		&q, SQL_BLOB(slice_of(digest.octet, DIGEST_OCTETS)), SQL_INT(view->now_ms));
	row = row < 0 ? row : db_step(q);
	int error = row < 0 ? row : setting_load(view->db, view->arena, "school", &text);
	if (row <= 0 || error < 0) {
		return row < 0 ? row : error < 0 ? error : E_ABSENT;
	}
	if (text.n > 0 && json_parse(view->arena, text, 0, &school, NULL) < 0) {
		school = NULL;
	}
	jw_object(&view->jw);
	jw_kv_str(&view->jw, "person", db_col_text(q, 0));
	jw_kv_str(&view->jw, "unit", db_col_text(q, 1));
	jw_kv_str(&view->jw, "post", db_col_text(q, 2));
	page_int_col(view, "confirmed_at", q, 3);
	jw_kv_str(&view->jw, "school", json_get_str(school, "name"));
	jw_end(&view->jw);
	return 0;
}
