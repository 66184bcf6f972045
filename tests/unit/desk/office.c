/* SPDX-License-Identifier: Apache-2.0 */
/* Papers from superiors, the leading group's tasks, and days of one's own, on both stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "../workflow/china.h"
#include "base/buf.h"
#include "base/err.h"
#include "cast.h"
#include "desk/incoming_answer.h"
#include "desk/line.h"
#include "desk/rule_table.h"
#include "records/trail.h"
#include "records/txn.h"

static struct hat office_of(struct cast *c)
{
	return school_hat(&c->school, school_person(&c->school, "郑文", 0), "school_office", 0);
}

/* Refused, and by this code. */
static void refused(struct school *s, int status, int error, const char *code)
{
	assert_int_equal(status, error);
	assert_string_equal(s->code, code);
}

static int64_t paper(
	struct cast *c, const struct hat *office, const char *received, const char *due)
{
	struct school *s = &c->school;
	assert_int_equal(
		desk_do(s, office, ROUTE_SUPERIORS_CREATE, 0, "{\"name\":\"示例省教育厅\"}"),
		0);
	assert_int_equal(desk_dof(s, office, ROUTE_INCOMING_CREATE, 0,
				 "{\"secrecy\":\"public\",\"superior_id\":%lld,\"paper_no\":"
				 "\"示教信〔2026〕7号\",\"title\":\"关于限期整改的通知\","
				 "\"received_at\":%lld,\"due_at\":%lld}",
				 (long long)s->answer_id, (long long)china_at(received),
				 (long long)china_at(due)),
		0);
	return s->answer_id;
}

static int64_t notice_of(struct cast *c, int64_t paper_id)
{
	struct school *s = &c->school;
	char word[64] = "";
	if (paper_id != 0) {
		(void)snprintf(
			word, sizeof(word), ",\"incoming_id\":%lld", (long long)paper_id);
	}
	assert_int_equal(desk_dof(s, &c->operator, ROUTE_FINDINGS_CREATE, 0,
				 "{\"title\":\"选课系统弱口令\",\"kind\":\"weak_password\","
				 "\"grade\":\"high\",\"check_id\":%lld%s}",
				 (long long)c->watch, word),
		0);
	c->finding = s->answer_id;
	assert_int_equal(desk_do(s, &c->operator, ROUTE_FINDINGS_CONFIRM, c->finding,
				 "{\"title\":\"选课系统弱口令\",\"kind\":\"weak_password\","
				 "\"grade\":\"high\"}"),
		0);
	c->notice = cast_draft(c, c->finding);
	assert_int_equal(cast_do(c, &c->operator, ROUTE_NOTICES_REVIEW, "{}"), 0);
	assert_int_equal(cast_do(c, &c->reviewer, ROUTE_NOTICES_ISSUE, "{}"), 0);
	return c->notice;
}

static int64_t due_of(struct cast *c)
{
	assert_int_equal(
		view_do(&c->school, &c->operator, ROUTE_NOTICES_GET, c->notice, NULL), 0);
	return answer_int(&c->school, "due_at");
}

static void a_friday_paper_due_on_sunday_binds_the_units_deadline(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	struct school *s = &c.school;
	struct hat office = office_of(&c);
	school_at(s, "2026-03-06T16:00");
	int64_t id = paper(&c, &office, "2026-03-06T16:00", "2026-03-08T18:00");
	assert_int_equal(view_do(s, &office, ROUTE_INCOMING_GET, id, NULL), 0);
	assert_true(answer_int(s, "inner_due_at") == china_at("2026-03-08T06:00"));
	notice_of(&c, id);
	assert_true(due_of(&c) == china_at("2026-03-08T06:00"));
	answer_is(s, "source", "superior");
	assert_int_equal(answer_int(s, "incoming.id"), id);
	/* The unit sees the deadline and not the paper. */
	assert_int_equal(view_do(s, &c.officer, ROUTE_NOTICES_GET, c.notice, NULL), 0);
	assert_int_equal(json_type(answer_at(s, "incoming")), JSON_NULL);
	s->call.key = SLICE("notice");
	assert_int_equal(view_do(s, &c.officer, ROUTE_EXPLAIN_GET, c.notice, NULL), 0);
	/* Without a paper the policy's time stands. */
	assert_non_null(strstr((const char *)s->text.p, "due.superior"));
	assert_int_equal(view_do(s, &office, ROUTE_INCOMING_GET, id, NULL), 0);
	school_close(s);
}

static const char school_days[] =
	"{\"spans\":[{\"from\":\"2026-03-09\",\"to\":\"2026-03-10\",\"kind\":\"off\","
	"\"reason\":\"校庆\"}],\"dry_run\":%s}";

static void own_days_show_what_would_move_and_move_nothing(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	struct school *s = &c.school;
	notice_of(&c, 0);
	assert_int_equal(cast_do(&c, &c.officer, ROUTE_NOTICES_SIGN, "{}"), 0);
	int64_t due_ms = due_of(&c);
	assert_true(due_ms == china_at("2026-03-10T17:30"));
	assert_int_equal(
		desk_dof(s, &c.operator, ROUTE_CALENDARS_PUT, 0, school_days, "true"), 0);
	assert_int_equal(answer_int(s, "moves.0.id"), c.notice);
	assert_true(answer_int(s, "moves.0.would_be") == china_at("2026-03-12T17:30"));
	assert_int_equal(cast_number(&c, "SELECT count(*) FROM policy_version WHERE subject = "
					 "'calendar-school'"),
		0);
	assert_int_equal(
		desk_dof(s, &c.operator, ROUTE_CALENDARS_PUT, 0, school_days, "false"), 0);
	assert_true(due_of(&c) == due_ms);
	/* Those who judge figures by days hear of them too. */
	AUTO_BUF struct buf table;
	buf_init(&table, 64 * 1024);
	assert_int_equal(rule_table_put(s->house.db, &table), 0);
	buf_put_u8(&table, '\0');
	assert_non_null(strstr((const char *)table.p, "\"from\":\"2026-03-09\""));
	/* Another has seen an older edition. */
	s->if_match = 0;
	refused(s, desk_dof(s, &c.director, ROUTE_CALENDARS_PUT, 0, school_days, "false"),
		E_CONFLICT, "version.changed");
	/* Only by an act of its own, with a reason. */
	refused(s, cast_do(&c, &c.operator, ROUTE_NOTICES_RECOUNT, "{\"reason\":\"校庆放假\"}"),
		E_DENIED, "denied.role");
	refused(s, cast_do(&c, &c.director, ROUTE_NOTICES_RECOUNT, "{}"), E_INPUT,
		"input.required");
	assert_int_equal(
		cast_do(&c, &c.director, ROUTE_NOTICES_RECOUNT, "{\"reason\":\"校庆放假\"}"),
		0);
	assert_true(due_of(&c) == china_at("2026-03-12T17:30"));
	/* The next one is counted by them from the start, and names them. */
	c.watch = school_row(s,
		"INSERT INTO watch (id, version, asset_id, name, kind, target, params)"
		" SELECT $1, 1, asset_id, '登录页', kind, target, params FROM watch");
	notice_of(&c, 0);
	assert_true(due_of(&c) == china_at("2026-03-12T17:30"));
	answer_is(s, "due.parameter", "remediation.high");
	assert_non_null(strstr((const char *)s->text.p, "+school-1@"));
	school_close(s);
}

static void a_units_own_day_counts_for_that_unit_alone(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	struct school *s = &c.school;
	assert_int_equal(desk_dof(s, &c.operator, ROUTE_CALENDARS_PUT, 0,
				 "{\"unit_id\":%lld,\"spans\":[{\"from\":\"2026-03-05\",\"to\":"
				 "\"2026-03-05\",\"kind\":\"off\"}]}",
				 (long long)c.unit),
		0);
	notice_of(&c, 0);
	assert_true(due_of(&c) == china_at("2026-03-11T17:30"));
	assert_int_equal(view_do(s, &c.officer, ROUTE_CALENDARS_GET, 0, NULL), 0);
	char query[40];
	(void)snprintf(query, sizeof(query), "unit_id=%lld", (long long)c.unit);
	assert_int_equal(view_do(s, &c.officer, ROUTE_CALENDARS_GET, 0, query), 0);
	answer_is(s, "own.0.from", "2026-03-05");
	assert_int_equal(view_do(s, &c.stranger, ROUTE_CALENDARS_GET, 0, query), E_ABSENT);
	/* Returned papers go on by the days they were counted by, whatever is decided since. */
	cast_submit(&c);
	assert_int_equal(
		desk_dof(s, &c.operator, ROUTE_CALENDARS_PUT, 0, school_days, "false"), 0);
	assert_int_equal(
		cast_do(&c, &c.operator, ROUTE_NOTICES_RETURN,
			"{\"faults\":[\"seal_unreadable\"],\"reason\":\"公章看不清楚\"}"),
		0);
	assert_true(due_of(&c) == china_at("2026-03-11T17:30"));
	refused(s,
		desk_do(s, &c.operator, ROUTE_CALENDARS_PUT, 0,
			"{\"spans\":[{\"from\":\"2026-03-09\",\"to\":\"2026-03-01\",\"kind\":"
			"\"off\"}]}"),
		E_INPUT, "calendar.spans");
	school_close(s);
}

/* ---- state secrets */

static void of_a_state_secret_only_number_and_place_are_kept(const char *conf)
{
	static const char *const levels[] = { "confidential", "secret", "top_secret" };
	struct cast c;
	cast_five(&c, conf);
	struct school *s = &c.school;
	struct hat office = office_of(&c);
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		refused(s,
			desk_dof(s, &office, ROUTE_INCOMING_CREATE, 0,
				"{\"secrecy\":\"%s\",\"place\":\"机要室\",\"title\":\"x\"}",
				levels[i]),
			E_INPUT, "incoming.state_secret");
		assert_int_equal(
			desk_dof(s, &office, ROUTE_INCOMING_CREATE, 0,
				"{\"secrecy\":\"%s\",\"place\":\"机要室 3 柜\"}", levels[i]),
			0);
		int64_t id = s->answer_id;
		/* Nor later, by any act. */
		refused(s,
			desk_do(s, &office, ROUTE_INCOMING_UPDATE, id,
				"{\"title\":\"补标题\"}"),
			E_INPUT, "incoming.state_secret");
		refused(s,
			desk_do(s, &office, ROUTE_INCOMING_PROPOSE, id,
				"{\"proposal\":\"请阅\"}"),
			E_INPUT, "incoming.state_secret");
		s->call = (struct desk_call) { .upload_name = SLICE("x.pdf"),
			.upload_media = SLICE("application/pdf"),
			.upload_blob = cast_blob(&c) };
		refused(s, desk_do(s, &office, ROUTE_INCOMING_UPLOAD, id, NULL), E_INPUT,
			"incoming.state_secret");
		assert_int_equal(incoming_takes_files(s->house.db, id), 0);
		refused(s,
			desk_dof(s, &c.operator, ROUTE_FINDINGS_CREATE, 0,
				"{\"title\":\"t\",\"kind\":\"other\",\"grade\":\"low\","
				"\"incoming_id\":%lld}",
				(long long)id),
			E_INPUT, "incoming.state_secret");
		refused(s,
			desk_do(s, &office, ROUTE_INCOMING_UPDATE, id,
				"{\"secrecy\":\"public\"}"),
			E_INPUT, "incoming.lowered");
		assert_int_equal(
			desk_do(s, &office, ROUTE_INCOMING_END, id, "{\"how\":\"keep\"}"), 0);
	}
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM incoming WHERE title IS NOT NULL"
				" OR superior_id IS NOT NULL OR due_at_ms IS NOT NULL"),
		0);
	school_close(s);
}

static void one_that_turns_out_to_be_secret_loses_its_text(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	struct school *s = &c.school;
	struct hat office = office_of(&c);
	int64_t id = paper(&c, &office, "2026-03-03T09:00", "2026-03-20T18:00");
	assert_int_equal(desk_do(s, &office, ROUTE_INCOMING_PROPOSE, id,
				 "{\"proposal\":\"涉及某某事项\"}"),
		0);
	assert_int_equal(desk_do(s, &office, ROUTE_INCOMING_UPDATE, id,
				 "{\"secrecy\":\"secret\",\"place\":\"机要室\"}"),
		0);
	store_is(&c, "SELECT state FROM incoming", "registered");
	assert_int_equal(cast_number(&c, "SELECT count(*) FROM incoming WHERE title IS NULL"
					 " AND proposal IS NULL AND due_at_ms IS NULL"),
		1);
	assert_int_equal(cast_number(&c, "SELECT count(*) FROM timeline WHERE kind = 'incoming'"
					 " AND args <> '{}'"),
		0);
	assert_int_equal(cast_number(&c, "SELECT count(*) FROM audit_entry WHERE entry LIKE "
					 "'%某某事项%'"),
		0);
	assert_int_equal(view_do(s, &office, ROUTE_INCOMING_LIST, 0, "q=限期整改"), 0);
	assert_int_equal(json_count(answer_at(s, "items")), 0);
	/* With a scan in the store it is no longer this system's to mend. */
	assert_int_equal(desk_do(s, &office, ROUTE_INCOMING_CREATE, 0,
				 "{\"secrecy\":\"internal\",\"title\":\"内部通知\"}"),
		0);
	id = s->answer_id;
	s->call = (struct desk_call) { .upload_name = SLICE("来文.pdf"),
		.upload_media = SLICE("application/pdf"),
		.upload_blob = cast_blob(&c) };
	assert_int_equal(desk_do(s, &office, ROUTE_INCOMING_UPLOAD, id, NULL), 0);
	refused(s,
		desk_do(s, &office, ROUTE_INCOMING_UPDATE, id,
			"{\"secrecy\":\"secret\",\"place\":\"机要室\"}"),
		E_STATE, "incoming.has_content");
	school_close(s);
}

/* ---- a paper to its end */

static int64_t sheets_of(struct cast *c, const char *like)
{
	char sql[300];
	(void)snprintf(sql, sizeof(sql),
		"SELECT count(*) FROM document WHERE kind = 'incoming' AND of_id IS NULL"
		" AND about = 'incoming' AND reader_unit_id IS NULL AND input LIKE '%s'",
		like);
	return cast_number(c, sql);
}

/* Made of it, the paper is in a file, and cannot be unsaid. */
static void a_sheet_that_was_made_binds(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	struct school *s = &c.school;
	struct hat office = office_of(&c);
	int64_t id = paper(&c, &office, "2026-03-03T09:00", "2026-03-20T18:00");
	assert_int_equal(desk_do(s, &office, ROUTE_INCOMING_PRINT, id, "{}"), 0);
	int64_t sheet = s->answer_id;
	refused(s,
		desk_do(s, &office, ROUTE_INCOMING_UPDATE, id,
			"{\"secrecy\":\"secret\",\"place\":\"机要室\"}"),
		E_STATE, "incoming.has_content");
	/* It is for who may read the paper, by the paper's own page. */
	assert_int_equal(view_do(s, &office, ROUTE_INCOMING_GET, id, NULL), 0);
	assert_int_equal(answer_int(s, "documents.0.id"), sheet);
	assert_int_equal(view_do(s, &c.operator, ROUTE_DOCUMENTS_ABOUT, sheet, NULL), E_ABSENT);
	assert_int_equal(desk_do(s, &office, ROUTE_INCOMING_CREATE, 0,
				 "{\"secrecy\":\"secret\",\"place\":\"机要室\"}"),
		0);
	refused(s, desk_do(s, &office, ROUTE_INCOMING_PRINT, s->answer_id, "{}"), E_STATE,
		"incoming.state_secret");
	school_close(s);
}

/* ---- a post changes hands: form, list, and the stub of a way in */

static int64_t unit_papers(struct cast *c, const char *kind, const char *like)
{
	char sql[300];
	(void)snprintf(sql, sizeof(sql),
		"SELECT count(*) FROM document WHERE kind = '%s' AND of_id IS NULL"
		" AND input LIKE '%s'",
		kind, like);
	return cast_number(c, sql);
}

static int64_t filed(struct cast *c, const struct hat *head)
{
	struct school *s = &c->school;
	assert_int_equal(
		desk_dof(s, head, ROUTE_FILINGS_CREATE, 0,
			"{\"post\":\"officer\",\"name\":\"李新\",\"phone\":\"13900000001\","
			"\"phone2\":\"13900000002\",\"mail\":\"xin@campus.test\","
			"\"in_post\":true,"
			"\"reason\":\"轮岗\",\"outgoing_id\":%lld}",
			(long long)c->officer.person_id),
		0);
	int64_t id = s->answer_id;
	assert_int_equal(desk_do(s, head, ROUTE_FILINGS_SUBMIT, id, "{}"), 0);
	assert_int_equal(unit_papers(c, "officer_filing", "%第十三条%接替%轮岗%"), 1);
	(void)school_row(
		s, "UPDATE contact_test SET confirmed_at_ms = $1 WHERE channel = 'mail'");
	assert_int_equal(
		desk_do(s, &c->operator, ROUTE_FILINGS_HEARD, id, "{\"channel\":\"phone\"}"),
		0);
	assert_int_equal(
		desk_do(s, &c->operator, ROUTE_FILINGS_HEARD, id, "{\"channel\":\"phone2\"}"),
		0);
	assert_int_equal(desk_do(s, &c->operator, ROUTE_FILINGS_APPROVE, id, "{}"), 0);
	assert_int_equal(
		unit_papers(c, "officer_filing", "%同意备案。备案号：网安备案 2026-001%"), 1);
	return id;
}

static void a_post_changes_hands_on_paper(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	struct school *s = &c.school;
	struct hat head =
		school_hat(s, school_person(s, "赵主任", c.unit), "unit_head", c.unit);
	cast_issue(&c, "high");
	int64_t id = filed(&c, &head);
	assert_int_equal(unit_papers(&c, "handover", "%"), 0);
	cast_time(&c, "2026-03-03T10:00");
	assert_int_equal(unit_papers(&c, "handover", "%网安通报 2026-001%"), 1);
	char query[64];
	(void)snprintf(query, sizeof(query), "about=filing&id=%lld", (long long)id);
	assert_int_equal(view_do(s, &head, ROUTE_DOCUMENTS_LIST, 0, query), 0);
	assert_int_equal(json_count(answer_at(s, "items")), 3);
	answer_is(s, "items.2.kind", "handover");
	assert_int_equal(view_do(s, &c.stranger, ROUTE_DOCUMENTS_LIST, 0, query), E_ABSENT);
	/* The code is told once, and stands in no document. */
	s->call = (struct desk_call) { .new_hash = SLICE("hash"),
		.new_secret = SLICE("ZEBRA-77") };
	assert_int_equal(desk_do(s, &c.operator, ROUTE_PEOPLE_ACCESS, head.person_id, "{}"), 0);
	assert_int_equal(unit_papers(&c, "access_slip", "%第十三条%赵主任%"), 1);
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM document WHERE input LIKE '%ZEBRA%'"), 0);
	school_close(s);
}

static void a_ledger_says_what_a_unit_has(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	struct school *s = &c.school;
	cast_issue(&c, "high");
	assert_int_equal(desk_do(s, &c.officer, ROUTE_UNITS_LEDGER, 0, "{}"), 0);
	assert_int_equal(unit_papers(&c, "ledger",
				 "%第十条%2026年春季学期%网安通报 2026-001%未消除1项%"),
		1);
	assert_int_equal(desk_dof(s, &c.officer, ROUTE_UNITS_LEDGER, 0, "{\"unit_ids\":[%lld]}",
				 (long long)c.other),
		E_ABSENT);
	/* All of them are one file, which is no unit's. */
	assert_int_equal(desk_do(s, &c.operator, ROUTE_UNITS_LEDGER, 0, "{}"), 0);
	assert_int_equal(
		unit_papers(&c, "batch", "%\"kind\":\"ledger\"%\"kind\":\"ledger\"%"), 1);
	assert_int_equal(cast_number(&c, "SELECT count(*) FROM document WHERE kind = 'batch'"
					 " AND reader_unit_id IS NULL"),
		1);
	school_close(s);
}

static void a_paper_goes_its_whole_way_and_reminds_on_it(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	struct school *s = &c.school;
	struct hat office = office_of(&c);
	int64_t id = paper(&c, &office, "2026-03-03T09:00", "2026-03-20T18:00");
	assert_int_equal(desk_do(s, &office, ROUTE_INCOMING_PROPOSE, id,
				 "{\"proposal\":\"拟请信息技术中心办理\"}"),
		0);
	refused(s,
		desk_dof(s, &c.director, ROUTE_INCOMING_ASSIGN, id, "{\"handler_id\":%lld}",
			(long long)c.operator.person_id),
		E_INPUT, "incoming.reason");
	assert_int_equal(sheets_of(&c, "%"), 0);
	assert_int_equal(desk_do(s, &office, ROUTE_INCOMING_PRINT, id, "{}"), 0);
	assert_int_equal(sheets_of(&c, "%\"opinion\":\"拟请信息技术中心办理\"%"), 1);
	assert_int_equal(sheets_of(&c, "%\"basis\":\"美珈院〔2023〕75号 第十四条\"%"), 1);
	assert_int_equal(desk_do(s, &c.leader, ROUTE_INCOMING_INSTRUCT, id,
				 "{\"words\":\"请中心抓紧办理\"}"),
		0);
	assert_int_equal(sheets_of(&c, "%\"words\":\"请中心抓紧办理\"%"), 1);
	assert_int_equal(desk_do(s, &office, ROUTE_INCOMING_INSTRUCT, id,
				 "{\"words\":\"同意\",\"leader\":\"刘书记\"}"),
		0);
	assert_int_equal(desk_dof(s, &c.director, ROUTE_INCOMING_ASSIGN, id,
				 "{\"handler_id\":%lld}", (long long)c.operator.person_id),
		0);
	/* Half way the handler, at the inner limit the director, at the superior's the leader. */
	cast_time(&c, "2026-03-12T09:00");
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM delivery WHERE about = 'incoming'"), 1);
	cast_time(&c, "2026-03-20T09:00");
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM delivery WHERE about = 'incoming'"), 3);
	cast_time(&c, "2026-03-21T09:00");
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM delivery WHERE about = 'incoming'"), 6);
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM delivery WHERE about = 'incoming'"
				" AND (body LIKE '%限期整改%' OR subject LIKE "
				"'%限期整改%')"),
		0);
	refused(s,
		desk_do(s, &c.operator, ROUTE_INCOMING_ANSWER, id,
			"{\"result\":\"done\",\"answer\":\"已办结\",\"channel\":\"机要交换\"}"),
		E_INPUT, "incoming.sealed");
	assert_int_equal(desk_do(s, &office, ROUTE_INCOMING_SEAL, id,
				 "{\"what\":\"answer\",\"sealed_by\":\"郑文\",\"copies\":2}"),
		0);
	refused(s,
		desk_do(s, &c.operator, ROUTE_INCOMING_ANSWER, id,
			"{\"result\":\"not_concerned\",\"answer\":\"不涉及\",\"channel\":\"机要\"}"),
		E_INPUT, "incoming.statement");
	assert_int_equal(
		desk_do(s, &c.operator, ROUTE_INCOMING_ANSWER, id,
			"{\"result\":\"done\",\"answer\":\"已办结\",\"channel\":\"机要交换\"}"),
		0);
	refused(s, desk_do(s, &office, ROUTE_INCOMING_END, id, "{\"how\":\"archive\"}"),
		E_INPUT, "incoming.acknowledged");
	assert_int_equal(
		desk_do(s, &office, ROUTE_INCOMING_RECEIPT, id, "{\"receipt\":\"回执 0031\"}"),
		0);
	assert_int_equal(
		desk_do(s, &office, ROUTE_INCOMING_END, id, "{\"how\":\"archive\"}"), 0);
	store_is(&c, "SELECT state FROM incoming", "archived");
	assert_int_equal(cast_number(&c, "SELECT count(*) FROM timer WHERE record_kind = "
					 "'incoming' AND fired_at_ms IS NULL"),
		0);
	school_close(s);
}

static void an_internal_file_is_not_given_to_a_phone(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	struct school *s = &c.school;
	struct hat office = office_of(&c);
	assert_int_equal(desk_do(s, &office, ROUTE_INCOMING_CREATE, 0,
				 "{\"secrecy\":\"internal\",\"title\":\"内部通知\"}"),
		0);
	int64_t id = s->answer_id;
	s->call = (struct desk_call) { .upload_name = SLICE("来文.pdf"),
		.upload_media = SLICE("application/pdf"),
		.upload_blob = cast_blob(&c) };
	assert_int_equal(desk_do(s, &office, ROUTE_INCOMING_UPLOAD, id, NULL), 0);
	int64_t file = s->answer_id;
	s->call = (struct desk_call) { .sub = file,
		.agent = SLICE("Mozilla/5.0 (Linux; Android 14) Mobile") };
	assert_int_equal(view_do(s, &office, ROUTE_INCOMING_FILE, id, NULL), E_DENIED);
	assert_string_equal(s->code, "incoming.not_on_phones");
	s->call = (struct desk_call) { .sub = file, .agent = SLICE("Mozilla/5.0 (X11)") };
	/* The school of these tests keeps files where no view reaches them; only the refusal counts. */
	(void)view_do(s, &office, ROUTE_INCOMING_FILE, id, NULL);
	assert_string_equal(s->code, "");
	s->call = (struct desk_call) { .sub = file };
	assert_int_equal(view_do(s, &office, ROUTE_INCOMING_FILE, id + 1, NULL), E_ABSENT);
	school_close(s);
}

/* ---- the leading group */

static void a_task_is_reported_confirmed_and_falls_due(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	struct school *s = &c.school;
	struct hat office = office_of(&c);
	assert_int_equal(desk_dof(s, &office, ROUTE_MEETINGS_CREATE, 0,
				 "{\"title\":\"领导小组例会\",\"day\":%lld}",
				 (long long)china_at("2026-03-03")),
		0);
	int64_t meeting = s->answer_id;
	assert_int_equal(
		desk_dof(s, &office, ROUTE_TASKS_CREATE, 0,
			"{\"title\":\"完成账号清理\",\"unit_id\":%lld,\"meeting_id\":%lld,"
			"\"rule\":\"3 wd\"}",
			(long long)c.unit, (long long)meeting),
		0);
	int64_t task = s->answer_id;
	assert_int_equal(view_do(s, &c.officer, ROUTE_TASKS_GET, task, NULL), 0);
	assert_true(answer_int(s, "due_at") == china_at("2026-03-06T17:30"));
	answer_is(s, "acts.0", "report");
	assert_int_equal(view_do(s, &c.operator, ROUTE_TASKS_GET, task, NULL), 0);
	assert_int_equal(json_count(answer_at(s, "acts")), 0);
	assert_int_equal(view_do(s, &c.stranger, ROUTE_TASKS_GET, task, NULL), E_ABSENT);
	assert_int_equal(desk_do(s, &c.stranger, ROUTE_TASKS_REPORT, task, "{\"text\":\"x\"}"),
		E_ABSENT);
	refused(s, desk_do(s, &c.operator, ROUTE_TASKS_REPORT, task, "{\"text\":\"代报\"}"),
		E_DENIED, "task.own_unit");
	cast_time(&c, "2026-03-07T09:00");
	assert_int_equal(cast_number(&c, "SELECT overdue FROM task"), 1);
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM delivery WHERE about = 'task'"), 3);
	assert_int_equal(desk_do(s, &c.officer, ROUTE_TASKS_REPORT, task,
				 "{\"text\":\"已清理 31 个账号\",\"done\":true}"),
		0);
	refused(s, desk_do(s, &office, ROUTE_TASKS_SETTLE, task, "{\"how\":\"send_back\"}"),
		E_INPUT, "task.reason");
	assert_int_equal(
		desk_do(s, &office, ROUTE_TASKS_SETTLE, task, "{\"how\":\"confirm\"}"), 0);
	store_is(&c, "SELECT state FROM task", "done");
	assert_int_equal(view_do(s, &office, ROUTE_MEETINGS_LIST, 0, NULL), 0);
	assert_int_equal(answer_int(s, "items.0.tasks"), 1);
	assert_int_equal(answer_int(s, "items.0.open"), 0);
	school_close(s);
}

static void guidance_counts_who_has_read_it(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	struct school *s = &c.school;
	struct hat office = office_of(&c);
	assert_int_equal(desk_do(s, &office, ROUTE_GUIDANCE_CREATE, 0,
				 "{\"title\":\"暑期值守\",\"text\":\"请安排值守。\"}"),
		0);
	int64_t id = s->answer_id;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(desk_do(s, &c.officer, ROUTE_GUIDANCE_READ, id, "{}"), 0);
	}
	assert_int_equal(view_do(s, &office, ROUTE_GUIDANCE_LIST, 0, NULL), 0);
	assert_int_equal(answer_int(s, "items.0.units"), 2);
	assert_int_equal(answer_int(s, "items.0.read"), 1);
	answer_is(s, "items.0.unread.0.name", "美术系");
	assert_int_equal(view_do(s, &c.stranger, ROUTE_GUIDANCE_LIST, 0, NULL), 0);
	assert_int_equal(json_type(answer_at(s, "items.0.units")), JSON_NULL);
	school_close(s);
}

static void what_falls_due_is_in_one_list_for_who_may_see_it(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	struct school *s = &c.school;
	struct hat office = office_of(&c);
	(void)paper(&c, &office, "2026-03-03T09:00", "2026-03-20T18:00");
	notice_of(&c, 0);
	assert_int_equal(
		desk_dof(s, &office, ROUTE_TASKS_CREATE, 0,
			"{\"title\":\"完成账号清理\",\"unit_id\":%lld,\"rule\":\"3 wd\"}",
			(long long)c.other),
		0);
	static const struct {
		size_t hat;
		size_t items;
	} cases[] = { { 0, 5 }, { 1, 2 }, { 2, 1 }, { 3, 3 } };
	const struct hat *hats[] = { &c.operator, & c.officer, &c.stranger, &office };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(view_do(s, hats[cases[i].hat], ROUTE_DUES_LIST, 0, NULL), 0);
		if (json_count(answer_at(s, "items")) != cases[i].items) {
			fail_msg("%zu: %s", i, (const char *)s->text.p);
		}
	}
	assert_int_equal(view_do(s, &office, ROUTE_DUES_ICS, 0, NULL), 0);
	school_close(s);
}

/* ---- the superior's own form */

static const char form_cells[] =
	"{\"format\":\"docx\",\"tables\":[{\"name\":\"\",\"columns\":4,\"rows\":["
	"{\"r\":0,\"cells\":[{\"c\":0,\"x\":0,\"w\":1,\"h\":1,\"s\":\"来文文号\"},"
	"{\"c\":1,\"x\":1,\"w\":3,\"h\":1,\"s\":\"\"}]},"
	"{\"r\":1,\"cells\":[{\"c\":0,\"x\":0,\"w\":1,\"h\":1,\"s\":\"序号\"},"
	"{\"c\":1,\"x\":1,\"w\":1,\"h\":1,\"s\":\"单位\"},{\"c\":2,\"x\":2,\"w\":1,\"h\":1,"
	"\"s\":\"存在的问题\"},{\"c\":3,\"x\":3,\"w\":1,\"h\":1,\"s\":\"是否整改\"}]},"
	"{\"r\":2,\"cells\":[{\"c\":0,\"x\":0,\"w\":1,\"h\":1,\"s\":\"\"},"
	"{\"c\":1,\"x\":1,\"w\":1,\"h\":1,\"s\":\"\"},{\"c\":2,\"x\":2,\"w\":1,\"h\":1,\"s\":\"\"},"
	"{\"c\":3,\"x\":3,\"w\":1,\"h\":1,\"s\":\"\"}]}]}],\"blanks\":[{\"r\":4,\"c\":0,"
	"\"s\":\"联系人：\"}],\"more\":false}";

static int form_put(struct cast *c, const struct hat *hat, int64_t paper_id)
{
	struct school *s = &c->school;
	int64_t blob = cast_blob(c);
	s->call = (struct desk_call) { .upload_name = SLICE("反馈表.docx"),
		.upload_media = SLICE("application/x-docx"),
		.upload_blob = blob,
		.upload_cells = slice_str(form_cells) };
	return desk_do(s, hat, ROUTE_INCOMING_ANNEX, paper_id, NULL);
}

static int form_settled(struct txn *txn, void *arg)
{
	struct line_document *done = (struct line_document *)arg;
	trail_act(txn, &(struct trail_act) { .act = SLICE("test.filled") });
	return line_document_done(txn, NULL, done);
}

static void a_form_is_mapped_once_and_filled_for_each_paper(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	struct school *s = &c.school;
	struct hat office = office_of(&c);
	school_at(s, "2026-03-06T16:00");
	int64_t id = paper(&c, &office, "2026-03-06T16:00", "2026-03-20T18:00");
	notice_of(&c, id);
	assert_int_equal(form_put(&c, &office, id), 0);
	int64_t form = s->answer_id;
	assert_int_equal(view_do(s, &office, ROUTE_ANNEXES_GET, form, NULL), 0);
	answer_is(s, "places.0.fact", "paper_no");
	answer_is(s, "places.1.fact", "n");
	answer_is(s, "places.3.fact", "problem");
	answer_is(s, "places.4.fact", "fixed");
	answer_is(s, "places.5.fact", "filler");
	assert_int_equal(answer_int(s, "places.3.r"), 2);
	/* Nobody has looked at what was guessed. */
	s->call.sub = form;
	refused(s, desk_do(s, &c.operator, ROUTE_INCOMING_ANNEX_FILL, id, "{}"), E_STATE,
		"annex.unmapped");
	s->call.sub = form;
	assert_int_equal(
		desk_do(s, &c.operator, ROUTE_INCOMING_ANNEX_FILL, id, "{\"dry_run\":true}"),
		0);
	answer_is(s, "report.preview.0.cells.0.s", "示教信〔2026〕7号");
	answer_is(s, "report.preview.0.repeat.0.rows.0.2.s", "选课系统弱口令");
	answer_is(s, "report.preview.0.repeat.0.rows.0.3.s", "否");
	assert_int_equal(cast_number(&c, "SELECT count(*) FROM annex_fill"), 0);
	refused(s,
		desk_do(s, &c.operator, ROUTE_ANNEXES_UPDATE, form,
			"{\"places\":[{\"t\":0,\"r\":0,\"c\":1,\"fact\":\"colour\"}]}"),
		E_INPUT, "annex.places");
	assert_int_equal(desk_do(s, &c.operator, ROUTE_ANNEXES_UPDATE, form, "{}"), 0);
	s->call.sub = form;
	assert_int_equal(desk_do(s, &c.operator, ROUTE_INCOMING_ANNEX_FILL, id, "{}"), 0);
	struct line_document done = {
		.document_id = s->answer_id, .ok = true, .blob_id = cast_blob(&c)
	};
	assert_int_equal(school_run(s, form_settled, &done), 0);
	store_is(&c, "SELECT kind FROM attachment WHERE about = 'incoming'", "annex");
	/* A second word about the same one changes nothing; what was asked is not kept. */
	assert_int_equal(school_run(s, form_settled, &done), 0);
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM attachment WHERE kind = 'annex'"), 1);
	store_is(&c, "SELECT state || input FROM annex_fill", "ready");
	/* The same form again is known, and an officer has no part in any. */
	assert_int_equal(form_put(&c, &office, id), 0);
	assert_int_equal(
		cast_number(&c, "SELECT count(*) FROM annex WHERE mapped_at_ms IS NOT NULL"),
		2);
	assert_int_equal(view_do(s, &c.officer, ROUTE_ANNEXES_GET, form, NULL), E_DENIED);
	/* It is something of the paper's: no secret can be made of that any more. */
	refused(s,
		desk_do(s, &office, ROUTE_INCOMING_UPDATE, id,
			"{\"secrecy\":\"secret\",\"place\":\"柜\"}"),
		E_STATE, "incoming.has_content");
	school_close(s);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "a Friday paper due on Sunday binds the unit's deadline",
			a_friday_paper_due_on_sunday_binds_the_units_deadline, false },
		{ "own days show what would move and move nothing",
			own_days_show_what_would_move_and_move_nothing, false },
		{ "a unit's own day counts for that unit alone",
			a_units_own_day_counts_for_that_unit_alone, false },
		{ "of a state secret only number and place are kept",
			of_a_state_secret_only_number_and_place_are_kept, false },
		{ "one that turns out to be secret loses its text",
			one_that_turns_out_to_be_secret_loses_its_text, false },
		{ "a paper goes its whole way and reminds on it",
			a_paper_goes_its_whole_way_and_reminds_on_it, false },
		{ "a sheet that was made binds", a_sheet_that_was_made_binds, false },
		{ "a post changes hands on paper", a_post_changes_hands_on_paper, false },
		{ "a ledger says what a unit has", a_ledger_says_what_a_unit_has, false },
		{ "an internal file is not given to a phone",
			an_internal_file_is_not_given_to_a_phone, false },
		{ "a task is reported, confirmed, and falls due",
			a_task_is_reported_confirmed_and_falls_due, false },
		{ "guidance counts who has read it", guidance_counts_who_has_read_it, false },
		{ "what falls due is in one list for who may see it",
			what_falls_due_is_in_one_list_for_who_may_see_it, false },
		{ "a form is mapped once and filled for each paper",
			a_form_is_mapped_once_and_filled_for_each_paper, false },
	};
	return house_both(cases, sizeof(cases) / sizeof(cases[0]));
}
