/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include <cmocka.h>

#include "../desk/cast.h"
#include "../records/fixture.h"
#include "../workflow/china.h"
#include "base/err.h"
#include "desk/signals.h"
#include "model/signal.h"
#include "records/caller.h"

static int view(struct cast *c, const struct hat *hat, enum route_id route, const char *query)
{
	return view_do(&c->school, hat, route, c->notice, query);
}

static size_t items(
	struct cast *c, const struct hat *hat, enum route_id route, const char *query)
{
	assert_int_equal(view(c, hat, route, query), 0);
	return json_count(answer_at(&c->school, "items"));
}

static bool offered(struct cast *c, const struct hat *hat, const char *act)
{
	assert_int_equal(view(c, hat, ROUTE_NOTICES_GET, NULL), 0);
	const struct json *acts = answer_at(&c->school, "acts");
	for (const struct json *a = json_first(acts); a != NULL; a = json_next(a)) {
		if (slice_is(json_str(a), act)) {
			return true;
		}
	}
	return false;
}

static void what_is_written_is_not_shown(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	c.finding = cast_finding(&c, "high", "选课系统首页不可用");
	c.notice = cast_draft(&c, c.finding);
	assert_int_equal(items(&c, &c.officer, ROUTE_NOTICES_LIST, "open=1&order=due"), 0);
	assert_int_equal(items(&c, &c.officer, ROUTE_NOTICES_LIST, NULL), 0);
	assert_int_equal(items(&c, &c.officer, ROUTE_NOTICES_LIST, "q=%E9%80%89%E8%AF%BE"), 0);
	assert_int_equal(items(&c, &c.officer, ROUTE_SEARCH_LIST, "q=%E9%80%9A%E6%8A%A5"), 0);
	assert_int_equal(view(&c, &c.officer, ROUTE_NOTICES_GET, NULL), E_ABSENT);
	assert_int_equal(
		view_do(&c.school, &c.officer, ROUTE_FINDINGS_GET, c.finding, NULL), 0);
	assert_null(answer_at(&c.school, "notice_id"));
	assert_int_equal(items(&c, &c.operator, ROUTE_NOTICES_LIST, "q=%E9%80%89%E8%AF%BE"), 1);
	assert_int_equal(items(&c, &c.operator, ROUTE_SEARCH_LIST, "q=%E9%80%9A%E6%8A%A5"), 1);
	assert_true(offered(&c, &c.operator, "update"));
	assert_int_equal(items(&c, &c.operator, ROUTE_TODO_LIST, NULL), 1);
	answer_is(&c.school, "items.0.act", "review");
	school_close(&c.school);
}

static void a_notice_shows_everything_of_it(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	cast_issue(&c, "high");
	assert_true(offered(&c, &c.officer, "sign"));
	assert_false(offered(&c, &c.officer, "issue"));
	assert_false(offered(&c, &c.officer, "remind"));
	assert_true(offered(&c, &c.director, "withdraw"));
	assert_false(offered(&c, &c.director, "confirm")); /* nothing was deferred */
	assert_int_equal(items(&c, &c.officer, ROUTE_TODO_LIST, NULL), 1);
	answer_is(&c.school, "items.0.act", "sign");
	assert_int_equal(items(&c, &c.stranger, ROUTE_TODO_LIST, NULL), 0);
	cast_submit(&c);
	assert_int_equal(cast_do(&c, &c.verifier, ROUTE_NOTICES_VERIFY, "{}"), 0);
	cast_probe(&c, "up");
	assert_int_equal(view(&c, &c.officer, ROUTE_NOTICES_GET, NULL), 0);
	assert_int_equal(c.school.answer_version, answer_int(&c.school, "version"));
	answer_is(&c.school, "number", "网安通报 2026-001");
	answer_is(&c.school, "state", "verifying");
	answer_is(&c.school, "ball", "verifier");
	answer_is(&c.school, "unit.name", "数学系");
	answer_is(&c.school, "recipients.0.person.name", "王芳");
	answer_is(&c.school, "recipients.0.state", "acked");
	answer_is(&c.school, "findings.0.state", "remediated");
	answer_is(&c.school, "rectifications.0.items.0.cause", "进程退出");
	answer_is(&c.school, "verifications.0.probes.0.state", "up");
	answer_is(&c.school, "verifications.0.probes.0.detail.code", "http.ok");
	answer_is(&c.school, "attachments.0.media", "application/pdf");
	answer_is(&c.school, "documents.0.kind", "notice");
	answer_is(&c.school, "documents.0.state", "waiting");
	/* To the unit it begins with its issue, and mails to others are not its own. */
	answer_is(&c.school, "timeline.0.code", "issued");
	assert_null(answer_at(&c.school, "deliveries.0"));
	assert_int_equal(answer_int(&c.school, "due_at"), china_at("2026-03-10T17:30"));
	answer_is(&c.school, "due.parameter", "remediation.high");
	/* For the group: where and when, never what. */
	struct slice text = json_str(answer_at(&c.school, "group_text"));
	assert_true(slice_find(text, SLICE("网安通报 2026-001")) != SIZE_MAX);
	assert_true(slice_find(text, SLICE("不可用")) == SIZE_MAX);
	assert_int_equal(view(&c, &c.stranger, ROUTE_NOTICES_GET, NULL), E_ABSENT);
	assert_int_equal(view(&c, &c.director, ROUTE_NOTICES_GET, NULL), 0);
	answer_is(&c.school, "timeline.0.code", "created");
	school_close(&c.school);
}

static void deadlines_explain_themselves(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	cast_issue(&c, "high");
	c.school.call.key = SLICE("notice");
	assert_int_equal(view(&c, &c.officer, ROUTE_EXPLAIN_GET, NULL), 0);
	assert_true(json_count(c.school.answer) >= 3);
	c.school.call.key = SLICE("notice");
	assert_int_equal(view(&c, &c.stranger, ROUTE_EXPLAIN_GET, NULL), E_ABSENT);
	c.school.call.key = SLICE("person");
	assert_int_equal(view(&c, &c.operator, ROUTE_EXPLAIN_GET, NULL), E_ABSENT);
	school_close(&c.school);
}

static void papers_are_for_those_who_see_the_notice(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	cast_issue(&c, "high");
	cast_submit(&c);
	c.school.view_env.blobs = c.school.blobs;
	assert_int_equal(
		view_do(&c.school, &c.stranger, ROUTE_ATTACHMENTS_GET, c.scan, NULL), E_ABSENT);
	assert_int_equal(
		view_do(&c.school, &c.officer, ROUTE_ATTACHMENTS_GET, c.scan + 1000, NULL),
		E_ABSENT);
	assert_int_equal(
		view_do(&c.school, &c.officer, ROUTE_ATTACHMENTS_GET, c.scan, NULL), 0);
	char octets[16] = { 0 };
	assert_int_equal(read(c.school.download_fd, octets, 15), 15);
	assert_string_equal(octets, "%PDF-1.7 sealed");
	int64_t paper = cast_number(&c, "SELECT min(id) FROM document");
	assert_int_equal(
		view_do(&c.school, &c.officer, ROUTE_DOCUMENTS_GET, paper, NULL), E_STATE);
	assert_string_equal(c.school.code, "document.not_ready");
	assert_int_equal(
		view_do(&c.school, &c.stranger, ROUTE_DOCUMENTS_GET, paper, NULL), E_ABSENT);
	school_close(&c.school);
}

/* Eight notices: dates 1 … 5 on three days, three without; pages of three. */
static void pages_go_by_due_date(const char *conf)
{
	static const int due[] = { 3, 1, 0, 2, 3, 0, 1, 0 };
	static const int expected[] = { 1, 6, 3, 0, 4, 2, 5, 7 };
	struct cast c;
	int64_t ids[8];
	cast_five(&c, conf);
	for (size_t i = 0; i < 8; i++) {
		char sql[400];
		char date[20] = "NULL";
		(void)snprintf(date, sizeof(date), due[i] != 0 ? "%d" : "NULL", due[i]);
		(void)snprintf(sql, sizeof(sql),
			"INSERT INTO notice (id, version, state, title, grade, unit_id, source,"
			" requirement, author_id, created_at_ms, issued_at_ms, due_at_ms, policy)"
			" VALUES ($1, 1, 'received', 't', 'low', %lld, 'monitor', 'r', %lld, 1, 1, %s,"
			" 'p')",
			(long long)(i < 7 ? c.unit : c.other), (long long)c.operator.person_id,
			date);
		ids[i] = school_row(&c.school, sql);
	}
	static const char *const queries[] = { "limit=3&order=due&open=1",
		"limit=3&order=due" };
	for (size_t k = 0; k < 2; k++) {
		char query[120];
		size_t seen = 0;
		(void)snprintf(query, sizeof(query), "%s", queries[k]);
		for (size_t page = 0; page < 3; page++) {
			size_t n = items(&c, &c.operator, ROUTE_NOTICES_LIST, query);
			assert_int_equal(n, page < 2 ? 3 : 2);
			for (size_t i = 0; i < n; i++) {
				char path[40];
				(void)snprintf(path, sizeof(path), "items.%zu.id", i);
				assert_int_equal(
					answer_int(&c.school, path), ids[expected[seen++]]);
			}
			struct slice next = json_str(answer_at(&c.school, "next_cursor"));
			assert_int_equal(next.n > 0, page < 2);
			(void)snprintf(query, sizeof(query), "%s&cursor=%.*s", queries[k],
				SLICE_FMT(next));
		}
	}
	assert_int_equal(items(&c, &c.officer, ROUTE_NOTICES_LIST, "order=due"), 7);
	assert_int_equal(items(&c, &c.stranger, ROUTE_NOTICES_LIST, "order=due"), 1);
	/* Somebody else's unit in the query does not widen what he sees. */
	assert_int_equal(items(&c, &c.stranger, ROUTE_NOTICES_LIST, "unit_id=1"), 1);
	assert_int_equal(items(&c, &c.operator, ROUTE_NOTICES_LIST, "overdue=1"), 5);
	assert_int_equal(
		items(&c, &c.operator, ROUTE_NOTICES_LIST, "state=received&limit=200"), 8);
	assert_int_equal(items(&c, &c.operator, ROUTE_NOTICES_LIST, "state=closed"), 0);
	assert_int_equal(view(&c, &c.operator, ROUTE_NOTICES_LIST, "cursor=x"), E_INPUT);
	school_close(&c.school);
}

static int raise_run(struct txn *txn, void *arg)
{
	struct cast *c = arg;
	char check[24];
	int n = snprintf(check, sizeof(check), "%lld", (long long)c->watch);
	struct signal signal = { .source = SLICE("probe"),
		.check = slice_of(check, (size_t)n),
		.asset_key = slice_of(check, (size_t)n),
		.class = SLICE("check.state"),
		.severity = ALERT_SEVERITY_MAJOR,
		.observed_at_ms = txn_now_ms(txn),
		.state = SIGNAL_FIRING,
		.dedup_key = SLICE("check:1"),
		.code = SLICE("check.down"),
		.args = SLICE("{\"name\":\"选课首页\",\"state\":\"down\",\"code\":\"http."
			      "timeout\"}") };
	return signal_take(txn, &c->school.desk_env, &signal);
}

static void an_incident_becomes_a_finding(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	assert_int_equal(school_run(&c.school, raise_run, &c), 0);
	assert_int_equal(items(&c, &c.operator, ROUTE_ALERTS_LIST, NULL), 1);
	answer_is(&c.school, "items.0.title.code", "check.down");
	answer_is(&c.school, "items.0.unit.name", "数学系");
	assert_int_equal(items(&c, &c.operator, ROUTE_ALERTS_LIST, "state=resolved"), 0);
	assert_int_equal(
		items(&c, &c.operator, ROUTE_ALERTS_LIST, "state=all&severity=major"), 1);
	assert_int_equal(items(&c, &c.operator, ROUTE_ALERTS_LIST, "severity=minor"), 0);
	assert_int_equal(items(&c, &c.operator, ROUTE_ALERTS_LIST, "q=%E9%80%89%E8%AF%BE"), 1);
	assert_int_equal(view(&c, &c.operator, ROUTE_ALERTS_LIST, "state=maybe"), E_INPUT);
	assert_int_equal(view(&c, &c.officer, ROUTE_ALERTS_LIST, NULL), E_DENIED);
	assert_int_equal(items(&c, &c.operator, ROUTE_INCIDENTS_LIST, "state=open"), 1);
	int64_t incident = answer_int(&c.school, "items.0.id");
	assert_int_equal(items(&c, &c.operator, ROUTE_TODO_LIST, NULL), 1);
	answer_is(&c.school, "items.0.act", "ack");
	answer_is(&c.school, "items.0.title", "选课首页 中断");
	assert_int_equal(
		desk_dof(&c.school, &c.operator, ROUTE_FINDINGS_CREATE, 0,
			"{\"title\":\"首页中断\",\"kind\":\"service_fault\",\"grade\":\"high\","
			"\"incident_id\":%lld}",
			(long long)incident),
		0);
	int64_t finding = c.school.answer_id;
	assert_int_equal(view_do(&c.school, &c.officer, ROUTE_FINDINGS_GET, finding, NULL), 0);
	answer_is(&c.school, "asset.name", "选课系统");
	answer_is(&c.school, "unit.name", "数学系");
	assert_int_equal(answer_int(&c.school, "check_id"), c.watch);
	answer_is(&c.school, "evidence.0.code", "check.down");
	assert_int_equal(
		view_do(&c.school, &c.stranger, ROUTE_FINDINGS_GET, finding, NULL), E_ABSENT);
	assert_int_equal(
		view_do(&c.school, &c.operator, ROUTE_INCIDENTS_GET, incident, NULL), 0);
	assert_int_equal(answer_int(&c.school, "finding_id"), finding);
	answer_is(&c.school, "deliveries.0.state", "queued");
	answer_is(&c.school, "alerts.0.state", "firing");
	/* One incident, one finding. */
	assert_int_equal(
		desk_dof(&c.school, &c.operator, ROUTE_FINDINGS_CREATE, 0,
			"{\"title\":\"x\",\"kind\":\"service_fault\",\"incident_id\":%lld}",
			(long long)incident),
		E_STATE);
	assert_int_equal(items(&c, &c.operator, ROUTE_DELIVERIES_LIST, "state=queued"), 1);
	assert_int_equal(items(&c, &c.operator, ROUTE_DELIVERIES_LIST, "state=retry"), 0);
	school_close(&c.school);
}

static void a_link_shows_and_does_nothing(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	(void)school_row(&c.school, "INSERT INTO setting (id, version, key, value)"
				    " VALUES ($1, 1, 'school', '{\"name\":\"示例学院\"}')");
	assert_int_equal(school_run(&c.school, raise_run, &c), 0);
	AUTO_STMT struct stmt *q = NULL;
	assert_int_equal(
		sql_query_args(c.school.house.db, "SELECT body FROM delivery", &q, NULL, 0), 0);
	assert_int_equal(db_step(q), 1);
	struct slice body = db_col_text(q, 0);
	struct slice key =
		slice_head(slice_skip(body, slice_find(body, SLICE("/ack/")) + 5), 24);
	char kept[32];
	(void)snprintf(kept, sizeof(kept), "%.*s", SLICE_FMT(key));
	db_done(q);
	q = NULL;
	c.school.call.key = slice_str(kept);
	assert_int_equal(view(&c, NULL, ROUTE_ACK_GET, NULL), 0);
	answer_is(&c.school, "school", "示例学院");
	answer_is(&c.school, "state", "open");
	answer_is(&c.school, "person", "赵强");
	store_is(&c, "SELECT state FROM incident", "open");
	kept[0] = '!';
	c.school.call.key = slice_str(kept);
	assert_int_equal(view(&c, NULL, ROUTE_ACK_GET, NULL), E_ABSENT);
	school_close(&c.school);
}

/* Wednesday 08:00: the operator's session before this one was last used. */
#define WEDNESDAY_MS INT64_C(1772582400000)

static int leave_on_wednesday(struct txn *txn, void *arg)
{
	const struct hat *before = (const struct hat *)arg;
	struct digest digest = caller_token_digest(slice_str(before->token));
	int64_t done = sql_run(txn_db(txn),
		"UPDATE session SET created_at_ms = 1, seen_at_ms = $1, ended_at_ms = $2"
		" WHERE digest = $3",
		SQL_INT(WEDNESDAY_MS), SQL_INT(WEDNESDAY_MS + 1),
		SQL_BLOB(slice_of(digest.octet, DIGEST_OCTETS)));
	return done == 1 ? 0 : E_ABSENT;
}

static void what_happened_meanwhile_is_counted(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	cast_issue(&c, "high");
	assert_int_equal(view(&c, &c.operator, ROUTE_OVERVIEW_GET, NULL), 0);
	assert_true(json_type(answer_at(&c.school, "since")) == JSON_NULL);
	struct hat before = school_hat(&c.school, c.operator.person_id, "operator", 0);
	assert_int_equal(school_run(&c.school, leave_on_wednesday, &before), 0);
	school_at(&c.school, "2026-03-05T09:00");
	assert_int_equal(school_run(&c.school, raise_run, &c), 0);
	/* A notice of Tuesday's is due after five working days. */
	school_at(&c.school, "2026-03-12T09:00");
	assert_int_equal(view(&c, &c.operator, ROUTE_OVERVIEW_GET, NULL), 0);
	assert_int_equal(answer_int(&c.school, "since.at_ms"), WEDNESDAY_MS);
	assert_int_equal(answer_int(&c.school, "since.incidents"), 1);
	assert_int_equal(answer_int(&c.school, "since.recovered"), 0);
	assert_int_equal(answer_int(&c.school, "since.findings"), 0);
	assert_int_equal(answer_int(&c.school, "since.overdue"), 1);
	/* Another person's session is not his. */
	assert_int_equal(view(&c, &c.officer, ROUTE_OVERVIEW_GET, NULL), 0);
	assert_true(json_type(answer_at(&c.school, "since")) == JSON_NULL);
	school_close(&c.school);
}

static void overview_and_log(const char *conf)
{
	struct cast c;
	cast_five(&c, conf);
	cast_issue(&c, "high");
	assert_int_equal(school_run(&c.school, raise_run, &c), 0);
	school_at(&c.school, "2026-03-12T09:00");
	assert_int_equal(view(&c, &c.operator, ROUTE_OVERVIEW_GET, NULL), 0);
	assert_int_equal(answer_int(&c.school, "alerts.major"), 1);
	assert_int_equal(answer_int(&c.school, "notices_open"), 1);
	assert_int_equal(answer_int(&c.school, "notices_overdue"), 1);
	assert_int_equal(answer_int(&c.school, "overdue_units"), 1);
	assert_int_equal(answer_int(&c.school, "units.0.notices"), 1);
	answer_is(&c.school, "services.0.state", "down");
	assert_int_equal(view(&c, &c.stranger, ROUTE_OVERVIEW_GET, NULL), 0);
	assert_int_equal(answer_int(&c.school, "notices_open"), 0);
	assert_int_equal(answer_int(&c.school, "alerts.major"), 0);
	/* The system administrator has no business data. */
	struct hat admin =
		school_hat(&c.school, school_person(&c.school, "郑工", 0), "sysadmin", 0);
	assert_int_equal(view(&c, &admin, ROUTE_OVERVIEW_GET, NULL), 0);
	assert_int_equal(answer_int(&c.school, "notices_open"), 0);
	assert_int_equal(json_count(answer_at(&c.school, "units")), 0);
	assert_true(json_type(answer_at(&c.school, "since")) == JSON_NULL);
	assert_int_equal(view(&c, &admin, ROUTE_NOTICES_GET, NULL), E_DENIED);
	struct hat auditor =
		school_hat(&c.school, school_person(&c.school, "冯审", 0), "auditor", 0);
	assert_int_equal(
		items(&c, &auditor, ROUTE_AUDIT_LIST, "kind=notice&act=notice.issue"), 1);
	answer_is(&c.school, "items.0.actor", "钱主任");
	answer_is(&c.school, "items.0.role", "reviewer");
	assert_int_equal(items(&c, &auditor, ROUTE_AUDIT_LIST, "actor=%E8%B5%B5&limit=2"), 2);
	assert_int_equal(view(&c, &auditor, ROUTE_AUDIT_STATE, NULL), 0);
	assert_true(answer_int(&c.school, "size") > 10);
	assert_int_equal(view(&c, &c.operator, ROUTE_AUDIT_LIST, NULL), E_DENIED);
	school_close(&c.school);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "a notice that is being written is absent for its unit",
			what_is_written_is_not_shown, false },
		{ "a notice shows everything of it, to those it is for",
			a_notice_shows_everything_of_it, false },
		{ "deadlines explain themselves", deadlines_explain_themselves, false },
		{ "papers go to those who see the notice",
			papers_are_for_those_who_see_the_notice, false },
		{ "pages go by due date, those without one last", pages_go_by_due_date, false },
		{ "an incident becomes a finding with its evidence",
			an_incident_becomes_a_finding, false },
		{ "the acknowledgement link shows and does nothing",
			a_link_shows_and_does_nothing, false },
		{ "what happened since one was here last is counted",
			what_happened_meanwhile_is_counted, false },
		{ "overview, to-do and log count what their reader may see", overview_and_log,
			false },
	};
	return house_both(cases, sizeof(cases) / sizeof(cases[0]));
}
