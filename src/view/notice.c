/* SPDX-License-Identifier: Apache-2.0 */
/* One notice with everything that belongs to it. */
#include "model/notice.h"

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/json.h"
#include "records/caller.h"
#include "view/findings.h"
#include "view/incidents.h"
#include "view/incoming.h"
#include "view/notice_acts.h"
#include "view/notices.h"
#include "view/page.h"
#include "view/pleas.h"
#include "view/view.h"

#define PART_MAX 200

struct seen {
	int64_t id;
	int64_t unit_id;
	struct slice state;
	struct slice number;
	struct slice unit;
	int64_t due_at_ms;
	struct notice_view_facts facts;
};

#define SELECT_NOTICE                                                                                             \
	"SELECT n.version, n.number, n.office_number, n.title, n.state, n.grade, n.unit_id,"                      \
	" u.name, n.source, n.requirement, n.contact, n.created_at_ms, n.author_id, a.name,"                      \
	" n.issuer_id, i.name, n.issued_at_ms, n.signed_at_ms, n.signed_by, s.name,"                              \
	" n.due_at_ms, n.due_json, n.overdue_level, n.round, n.deferred_reason,"                                  \
	" n.deferred_due_at_ms, n.deferred_confirmed_by, c.name, n.deferred_confirmed_at_ms,"                     \
	" n.centre_self, n.upreport, n.upreport_reason, n.upreport_authority,"                                    \
	" n.sign_due_at_ms, n.step_due_at_ms, n.reminders, n.reject_reason,"                                      \
	" n.withdrawn_reason, n.closed_at_ms, n.origin_id, o.number, n.successor_id, x.number,"                   \
	" n.failed_rounds, n.accountable, (SELECT min(t.fire_at_ms) FROM timer t"                                 \
	" WHERE t.record_kind = 'notice' AND t.record_id = n.id AND t.kind = 'notice.remind'"                     \
	" AND t.fired_at_ms IS NULL AND t.cancelled_at_ms IS NULL) FROM notice n JOIN unit u ON u.id = n.unit_id" \
	" JOIN person a ON a.id = n.author_id LEFT JOIN person i ON i.id = n.issuer_id"                           \
	" LEFT JOIN person s ON s.id = n.signed_by"                                                               \
	" LEFT JOIN notice o ON o.id = n.origin_id LEFT JOIN notice x ON x.id = n.successor_id"                   \
	" LEFT JOIN person c ON c.id = n.deferred_confirmed_by WHERE n.id = $1"

static void how_it_came(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_kv_int(jw, "version", db_col_int64(q, 0));
	page_text_col(view, "number", q, 1);
	page_text_col(view, "office_number", q, 2);
	jw_kv_str(jw, "title", db_col_text(q, 3));
	jw_kv_str(jw, "state", db_col_text(q, 4));
	jw_kv_str(jw, "grade", db_col_text(q, 5));
	page_ref_col(view, "unit", q, 6);
	jw_kv_str(jw, "source", db_col_text(q, 8));
	jw_kv_str(jw, "requirement", db_col_text(q, 9));
	page_text_col(view, "contact", q, 10);
	jw_kv_int(jw, "created_at", db_col_int64(q, 11));
	page_ref_col(view, "author", q, 12);
	page_ref_col(view, "issuer", q, 14);
	page_int_col(view, "issued_at", q, 16);
	page_int_col(view, "signed_at", q, 17);
	page_ref_col(view, "signed_by", q, 18);
	page_int_col(view, "due_at", q, 20);
	page_json_col(view, "due", q, 21);
}

/* What the centre and its leaders say among themselves is not the unit's. */
static void inner_text_col(struct view *view, const char *key, struct stmt *q, unsigned column)
{
	if (view->scope == SCOPE_ALL) {
		page_text_col(view, key, q, column);
		return;
	}
	jw_key(&view->jw, key);
	jw_null(&view->jw);
}

static void how_it_stands(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_kv_int(jw, "overdue_level", db_col_int64(q, 22));
	jw_kv_int(jw, "round", db_col_int64(q, 23));
	jw_kv_str(jw, "ball", slice_str(view_notice_ball(db_col_text(q, 4))));
	jw_kv_bool(jw, "deferred_review", !db_col_is_null(q, 24) && db_col_is_null(q, 26));
	inner_text_col(view, "deferred_reason", q, 24);
	page_int_col(view, "deferred_due_at", q, 25);
	page_ref_col(view, "deferred_confirmed_by", q, 26);
	page_int_col(view, "deferred_confirmed_at", q, 28);
	jw_kv_bool(jw, "centre_self", db_col_int64(q, 29) != 0);
	jw_kv_str(jw, "upreport", db_col_text(q, 30));
	inner_text_col(view, "upreport_reason", q, 31);
	inner_text_col(view, "upreport_authority", q, 32);
	page_int_col(view, "sign_due_at", q, 33);
	page_int_col(view, "step_due_at", q, 34);
	page_int_col(view, "next_remind_at", q, 45);
	jw_kv_int(jw, "reminders", db_col_int64(q, 35));
	inner_text_col(view, "reject_reason", q, 36);
	page_text_col(view, "withdrawn_reason", q, 37);
	page_int_col(view, "closed_at", q, 38);
	page_ref_col(view, "origin", q, 39);
	page_ref_col(view, "successor", q, 41);
	jw_kv_int(jw, "failed_rounds", db_col_int64(q, 43));
	inner_text_col(view, "accountable", q, 44);
}

/* ---- lists */

/* The strongest sign that it reached somebody: signed for, else what its newest message says. */
static int recipients_put(struct view *view, struct stmt *q)
{
	bool signed_for = db_col_int64(q, 5) == db_col_int64(q, 0);
	jw_object(&view->jw);
	page_ref_col(view, "person", q, 0);
	jw_kv_str(&view->jw, "role", db_col_text(q, 2));
	jw_kv_str(&view->jw, "kind", db_col_text(q, 3));
	jw_kv_str(&view->jw, "state",
		signed_for             ? SLICE("acked")
		: db_col_is_null(q, 4) ? SLICE("none")
				       : db_col_text(q, 4));
	jw_end(&view->jw);
	return 0;
}

static int recipients(struct view *view, struct seen *seen)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT r.person_id, p.name, r.role, r.kind, (SELECT d.state"
		" FROM delivery d WHERE d.about = 'notice' AND d.about_id = r.notice_id"
		" AND d.person_id = r.person_id ORDER BY d.id DESC LIMIT 1), n.signed_by"
		" FROM notice_recipient r JOIN notice n ON n.id = r.notice_id JOIN person p"
		" ON p.id = r.person_id WHERE r.notice_id = $1 ORDER BY r.kind DESC, r.id"
		" LIMIT $2",
		&q, SQL_INT(seen->id), SQL_INT(PART_MAX));
	return page_list(view, "recipients", opened, q, recipients_put);
}

static int items_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "finding_id", db_col_int64(q, 0));
	jw_kv_str(&view->jw, "cause", db_col_text(q, 1));
	jw_kv_str(&view->jw, "measure", db_col_text(q, 2));
	page_int_col(view, "done_at", q, 3);
	page_text_col(view, "residual", q, 4);
	jw_end(&view->jw);
	return 0;
}

static int items(struct view *view, int64_t rectification_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT finding_id, cause, measure, done_at_ms, residual"
		" FROM rectification_item WHERE rectification_id = $1 ORDER BY id LIMIT $2",
		&q, SQL_INT(rectification_id), SQL_INT(PART_MAX));
	return page_list(view, "items", opened, q, items_put);
}

static int rectifications_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "round", db_col_int64(q, 1));
	jw_kv_str(&view->jw, "state", db_col_text(q, 2));
	page_int_col(view, "planned_at", q, 3);
	page_text_col(view, "plan", q, 4);
	page_text_col(view, "responsible", q, 5);
	page_int_col(view, "submitted_at", q, 6);
	page_ref_col(view, "submitted_by", q, 7);
	page_text_col(view, "check_code", q, 9);
	page_int_col(view, "attachment_id", q, 10);
	page_text_col(view, "returned_reason", q, 11);
	int error = items(view, db_col_int64(q, 0));
	jw_end(&view->jw);
	return error;
}

static int rectifications(struct view *view, struct seen *seen)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT r.id, r.round, r.state, r.planned_at_ms, r.plan, r.responsible,"
		" r.submitted_at_ms, r.submitted_by, p.name, r.check_code, r.attachment_id,"
		" r.returned_reason FROM rectification r LEFT JOIN person p"
		" ON p.id = r.submitted_by WHERE r.notice_id = $1 ORDER BY r.round LIMIT $2",
		&q, SQL_INT(seen->id), SQL_INT(PART_MAX));
	return page_list(view, "rectifications", opened, q, rectifications_put);
}

static int probes_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "check_id", db_col_int64(q, 0));
	jw_kv_str(&view->jw, "name", db_col_text(q, 1));
	jw_kv_int(&view->jw, "asked_at", db_col_int64(q, 2));
	page_int_col(view, "at", q, 3);
	page_text_col(view, "state", q, 4);
	page_sentence_col(view, "detail", q, 5);
	jw_end(&view->jw);
	return 0;
}

static int probes(struct view *view, int64_t verification_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT p.watch_id, w.name, p.asked_at_ms, p.at_ms, p.state, p.code, p.args"
		" FROM probe_proof p JOIN watch w ON w.id = p.watch_id"
		" WHERE p.verification_id = $1 ORDER BY p.id LIMIT $2",
		&q, SQL_INT(verification_id), SQL_INT(PART_MAX));
	return page_list(view, "probes", opened, q, probes_put);
}

static int verifications_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "round", db_col_int64(q, 1));
	jw_kv_str(&view->jw, "state", db_col_text(q, 2));
	page_ref_col(view, "verifier", q, 3);
	page_int_col(view, "started_at", q, 5);
	page_int_col(view, "settled_at", q, 6);
	page_text_col(view, "method", q, 7);
	page_text_col(view, "opinion", q, 8);
	page_ref_col(view, "second_reader", q, 9);
	page_int_col(view, "second_at", q, 11);
	int error = probes(view, db_col_int64(q, 0));
	jw_end(&view->jw);
	return error;
}

static int verifications(struct view *view, struct seen *seen)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT v.id, v.round, v.state, v.verifier_id, p.name, v.started_at_ms,"
		" v.settled_at_ms, v.method, v.opinion, v.second_reader_id, s.name,"
		" v.second_at_ms FROM verification v LEFT JOIN person p"
		" ON p.id = v.verifier_id LEFT JOIN person s ON s.id = v.second_reader_id"
		" WHERE v.notice_id = $1 ORDER BY v.round LIMIT $2",
		&q, SQL_INT(seen->id), SQL_INT(PART_MAX));
	return page_list(view, "verifications", opened, q, verifications_put);
}

/* What the leader is told is between the centre and him. */
static int brief(struct view *view, struct seen *seen)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db,
		"SELECT b.id, b.at_ms, b.leader_id, p.name, b.text, b.read_at_ms, b.remark,"
		" b.centre_self FROM brief b JOIN person p ON p.id = b.leader_id"
		" WHERE b.notice_id = $1 ORDER BY b.id DESC LIMIT 1",
		&q, SQL_INT(seen->id));
	row = row < 0 ? row : db_step(q);
	jw_key(&view->jw, "brief");
	if (row != 1 || view->scope != SCOPE_ALL) {
		jw_null(&view->jw);
		return row < 0 ? row : 0;
	}
	seen->facts.leader_id = db_col_int64(q, 2);
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "id", db_col_int64(q, 0));
	jw_kv_int(&view->jw, "at", db_col_int64(q, 1));
	page_ref_col(view, "leader", q, 2);
	jw_kv_str(&view->jw, "text", db_col_text(q, 4));
	page_int_col(view, "read_at", q, 5);
	page_text_col(view, "remark", q, 6);
	jw_kv_bool(&view->jw, "centre_self", db_col_int64(q, 7) != 0);
	jw_end(&view->jw);
	return 0;
}

static int documents(struct view *view, struct seen *seen)
{
	return view_documents_of(view, "notice", seen->id);
}

static int attachments_put(struct view *view, struct stmt *q)
{
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "id", db_col_int64(q, 0));
	jw_kv_str(&view->jw, "name", db_col_text(q, 1));
	jw_kv_str(&view->jw, "kind", db_col_text(q, 2));
	jw_kv_str(&view->jw, "media", db_col_text(q, 3));
	view_digest_col(view, "sm3", q, 4);
	view_digest_col(view, "sha256", q, 5);
	jw_kv_int(&view->jw, "octets", db_col_int64(q, 6));
	jw_kv_int(&view->jw, "uploaded_at", db_col_int64(q, 7));
	page_ref_col(view, "by", q, 8);
	jw_kv_int(&view->jw, "round", db_col_int64(q, 10));
	jw_kv_bool(&view->jw, "by_proxy", db_col_int64(q, 11) != 0);
	jw_end(&view->jw);
	return 0;
}

static int attachments(struct view *view, struct seen *seen)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT a.id, a.name, a.kind, a.media, b.sm3, b.sha256, b.octets, a.at_ms,"
		" a.by_id, p.name, a.round, a.by_proxy FROM attachment a JOIN blob b"
		" ON b.id = a.blob_id JOIN person p ON p.id = a.by_id"
		" WHERE a.about = 'notice' AND a.about_id = $1 ORDER BY a.id LIMIT $2",
		&q, SQL_INT(seen->id), SQL_INT(PART_MAX));
	return page_list(view, "attachments", opened, q, attachments_put);
}

/* ---- for the group: number, unit, date and where; never what is wrong */

static int group_text(struct view *view, struct seen *seen)
{
	struct slice text = { 0 };
	const struct json *address = NULL;
	jw_key(&view->jw, "group_text");
	if (seen->number.n == 0 || view_notice_ball(seen->state)[0] == 'n') {
		jw_null(&view->jw);
		return 0;
	}
	int error = setting_load(view->db, view->arena, "address", &text);
	if (error == 0 && text.n > 0 && json_parse(view->arena, text, 0, &address, NULL) < 0) {
		address = NULL;
	}
	struct civil due = civil_of_ms(seen->due_at_ms, CIVIL_CHINA_OFFSET_MIN);
	jw_str(&view->jw,
		arena_printf(view->arena,
			"【%.*s】请%.*s登录网络安全平台办理，整改期限 "
			"%u月%u日%02u:%02u。%.*s/notices/%lld",
			SLICE_FMT(seen->number), SLICE_FMT(seen->unit), due.month, due.day,
			due.hour, due.minute, SLICE_FMT(json_get_str(address, "base_url")),
			(long long)seen->id));
	return error;
}

static void seen_read(struct view *view, struct stmt *q, struct seen *seen)
{
	seen->id = view->call->id;
	seen->unit_id = db_col_int64(q, 6);
	seen->state = arena_dup(view->arena, db_col_text(q, 4));
	seen->number = arena_dup(view->arena, db_col_text(q, 1));
	seen->unit = arena_dup(view->arena, db_col_text(q, 7));
	seen->due_at_ms = db_col_int64(q, 20);
	seen->facts = (struct notice_view_facts) { .state = seen->state,
		.unit_id = seen->unit_id,
		.confirm_pending = !db_col_is_null(q, 24) && db_col_is_null(q, 26) };
}

static int findings(struct view *view, struct seen *seen)
{
	return view_findings_of(view, seen->id);
}

/* To the unit its recipients' state says enough; the mails also went to others. */
static int deliveries(struct view *view, struct seen *seen)
{
	if (view->scope != SCOPE_ALL) {
		jw_key(&view->jw, "deliveries");
		jw_array(&view->jw);
		jw_end(&view->jw);
		return 0;
	}
	return view_deliveries_of(view, "notice", seen->id);
}

static int incoming(struct view *view, struct seen *seen)
{
	return view_incoming_of(view, "notice", seen->id);
}

static int timeline(struct view *view, struct seen *seen)
{
	return page_timeline(view, "notice", seen->id);
}

static int pleas(struct view *view, struct seen *seen)
{
	return view_pleas_of_notice(view, seen->id, &seen->facts);
}

static int parts(struct view *view, struct seen *seen)
{
	static int (*const all[])(struct view *, struct seen *) = { recipients, findings,
		rectifications, verifications, pleas, brief, documents, attachments, deliveries,
		incoming, timeline, group_text };
	int error = 0;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && error == 0; i++) {
		error = all[i](view, seen);
	}
	return error;
}

int view_notices_get(struct view *view)
{
	struct seen seen = { 0 };
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(view->db, SELECT_NOTICE, &q, SQL_INT(view->call->id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	seen_read(view, q, &seen);
	int error = view_unit_reached(view, seen.unit_id);
	bool unissued = db_col_is_null(q, 16) && view->scope != SCOPE_ALL;
	if (error < 0 || unissued || view_notice_hidden(view, seen.state)) {
		return E_ABSENT;
	}
	view->version = db_col_int64(q, 0);
	jw_object(&view->jw);
	jw_kv_int(&view->jw, "id", seen.id);
	how_it_came(view, q);
	how_it_stands(view, q);
	error = parts(view, &seen);
	notice_acts_put(view, &seen.facts);
	jw_end(&view->jw);
	return error;
}
