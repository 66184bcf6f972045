/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A term of a college on a fake clock: 60 units with 400 assets, 180 notices
 * from March to July over Qingming and Labour Day, officers who sign late, who
 * are away, who object, ask for time or are overdue, repairs that fail, papers
 * of the ministry that must be answered.  What happened is counted afterwards
 * and held against what each script must lead to by the policy's own numbers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "../workflow/china.h"
#include "base/arena.h"
#include "base/err.h"
#include "cast.h"
#include "desk/deliver.h"
#include "desk/doubts.h"
#include "records/sql.h"
#include "records/trail.h"
#include "records/txn.h"
#include "workflow/calendar.h"

enum {
	UNITS = 60,
	ASSETS = 400,
	WAVES = 3,
	NOTICES = WAVES * UNITS,
	ISSUE_DAYS = 20, /* working days over which a wave of notices is issued */
	WAVE_DAYS = 23,  /* from one wave to the next */
	EVENTS_MAX = 24, /* of one notice */
};

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)

/* What is done in a script, in the order of its days. */
enum act {
	ACT_ISSUE,
	ACT_SIGN,
	ACT_OBJECT,
	ACT_DISMISS,
	ACT_PLAN,
	ACT_ASK,
	ACT_GRANT,
	ACT_SUBMIT,
	ACT_RETURN,
	ACT_PASS,
	ACT_FAIL,
	ACT_BRIEF,
	ACT_NOT_UP,
	ACT_UP,
	ACT_WITHDRAW,
};

struct step {
	enum act act;
	int day; /* working days after the issue */
	int hour;
};

/* How a notice goes, and what the ledger must say of it afterwards. */
static const struct script {
	const char *name;
	struct step steps[EVENTS_MAX];
	size_t count;
	/* by the policy: signed within 1 working day, rectified within 10, rungs 1, 3, 5 and 10 after */
	int unsigned_told; /* that the day of signing had passed, and each rung after it */
	int overdue_told;  /* that the day of rectifying had passed, and each rung after it */
	int rounds;
	bool closed;
} scripts[] = {
	{ "as it should be",
		{ { ACT_ISSUE, 0, 9 }, { ACT_SIGN, 0, 11 }, { ACT_PLAN, 1, 10 },
			{ ACT_SUBMIT, 5, 10 }, { ACT_PASS, 6, 10 }, { ACT_BRIEF, 7, 9 },
			{ ACT_NOT_UP, 7, 15 } },
		7, 0, 0, 1, true },
	{ "signed three days late",
		{ { ACT_ISSUE, 0, 9 }, { ACT_SIGN, 4, 10 }, { ACT_PLAN, 4, 11 },
			{ ACT_SUBMIT, 8, 10 }, { ACT_PASS, 9, 10 }, { ACT_BRIEF, 10, 9 },
			{ ACT_NOT_UP, 10, 15 } },
		/* on day 1, 2 and 3 */
		7, 3, 0, 1, true },
	{ "four days overdue",
		{ { ACT_ISSUE, 0, 9 }, { ACT_SIGN, 0, 11 }, { ACT_PLAN, 1, 10 },
			{ ACT_SUBMIT, 14, 10 }, { ACT_PASS, 15, 10 }, { ACT_BRIEF, 16, 9 },
			{ ACT_NOT_UP, 16, 15 } },
		/* on day 10, 11 and 13 */
		7, 0, 3, 1, true },
	{ "failed once",
		{ { ACT_ISSUE, 0, 9 }, { ACT_SIGN, 0, 11 }, { ACT_PLAN, 1, 10 },
			{ ACT_SUBMIT, 5, 10 }, { ACT_FAIL, 6, 10 }, { ACT_SUBMIT, 9, 10 },
			{ ACT_PASS, 10, 10 }, { ACT_BRIEF, 11, 9 }, { ACT_NOT_UP, 11, 15 } },
		9, 0, 0, 2, true },
	{ "objected to in vain",
		{ { ACT_ISSUE, 0, 9 }, { ACT_SIGN, 0, 11 }, { ACT_OBJECT, 0, 12 },
			{ ACT_DISMISS, 1, 9 }, { ACT_PLAN, 1, 10 }, { ACT_SUBMIT, 5, 10 },
			{ ACT_PASS, 6, 10 }, { ACT_BRIEF, 7, 9 }, { ACT_NOT_UP, 7, 15 } },
		9, 0, 0, 1, true },
	{ "given more time",
		{ { ACT_ISSUE, 0, 9 }, { ACT_SIGN, 0, 11 }, { ACT_PLAN, 1, 10 },
			{ ACT_ASK, 8, 10 }, { ACT_GRANT, 8, 15 }, { ACT_SUBMIT, 13, 10 },
			{ ACT_PASS, 14, 10 }, { ACT_BRIEF, 15, 9 }, { ACT_NOT_UP, 15, 15 } },
		9, 0, 0, 1, true },
	{ "returned for a missing seal",
		{ { ACT_ISSUE, 0, 9 }, { ACT_SIGN, 0, 11 }, { ACT_PLAN, 1, 10 },
			{ ACT_SUBMIT, 5, 10 }, { ACT_RETURN, 6, 9 }, { ACT_SUBMIT, 7, 10 },
			{ ACT_PASS, 8, 10 }, { ACT_BRIEF, 9, 9 }, { ACT_NOT_UP, 9, 15 } },
		9, 0, 0, 1, true },
	{ "asked by the ministry",
		{ { ACT_ISSUE, 0, 9 }, { ACT_SIGN, 0, 11 }, { ACT_PLAN, 1, 10 },
			{ ACT_SUBMIT, 5, 10 }, { ACT_PASS, 6, 10 }, { ACT_BRIEF, 7, 9 },
			{ ACT_UP, 7, 15 } },
		7, 0, 0, 1, true },
	{ "withdrawn", { { ACT_ISSUE, 0, 9 }, { ACT_SIGN, 0, 11 }, { ACT_WITHDRAW, 2, 10 } }, 3,
		0, 0, 1, false },
	{ "never done", { { ACT_ISSUE, 0, 9 }, { ACT_SIGN, 0, 11 }, { ACT_PLAN, 1, 10 } },
		/* on day 10, 11, 13, 15 and 20 */
		3, 0, 5, 1, false },
};

enum { SCRIPTS = sizeof(scripts) / sizeof(scripts[0]) };

struct event {
	int64_t at_ms;
	size_t notice;
	enum act act;
};

struct unit {
	int64_t id;
	struct hat head;
	struct hat officer; /* the head's own hat where the officer is away */
	int64_t watches
		[WAVES]; /* a system and its check for each wave: the same one again would be 复发 */
	size_t watch_count;
};

struct matter_of {
	int64_t id;
	int64_t finding;
	const struct script *script;
	struct unit *unit;
};

static struct cast cast;
static struct unit units[UNITS];
static struct matter_of matters[NOTICES];
static struct event events[NOTICES * EVENTS_MAX];
static size_t event_count;

/* ---- the school */

/* A system of a unit's, and a check of its first ones. */
static int asset_put(struct txn *txn, void *arg)
{
	struct unit *unit = (struct unit *)arg;
	int64_t id = txn_id(txn);
	trail_act(txn, &(struct trail_act) { .act = SLICE("test.asset") });
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO asset (id, version, name, kind, owner_unit_id)"
		" VALUES ($1, 1, $3, 'system', $2)",
		SQL_INT(id), SQL_INT(unit->id),
		SQL_TEXT(arena_printf(txn_arena(txn), "系统%lld", (long long)id)));
	if (done == 1 && unit->watch_count < WAVES) {
		int64_t watch = txn_id(txn);
		unit->watches[unit->watch_count++] = watch;
		done = sql_run(txn_db(txn),
			"INSERT INTO watch (id, version, asset_id, name, kind, target, params)"
			" VALUES ($1, 1, $2, '首页', 'http', 'http://127.0.0.1', '{}')",
			SQL_INT(watch), SQL_INT(id));
	}
	return done < 0 ? (int)done : 0;
}

static void units_make(void)
{
	for (int i = 0; i < UNITS; i++) {
		char name[64];
		struct unit *unit = &units[i];
		*unit = (struct unit) { 0 };
		(void)snprintf(name, sizeof(name), "第%d系", i + 1);
		unit->id = school_unit(&cast.school, name, false);
		(void)snprintf(name, sizeof(name), "主任%d", i + 1);
		unit->head = school_hat(&cast.school,
			school_person(&cast.school, name, unit->id), "unit_head", unit->id);
		/* In every seventh unit nobody is filed: its head stands in. */
		unit->officer = unit->head;
		if (i % 7 != 3) {
			(void)snprintf(name, sizeof(name), "网安员%d", i + 1);
			unit->officer = school_hat(&cast.school,
				school_person(&cast.school, name, unit->id), "officer",
				unit->id);
		}
	}
	for (int i = 0; i < ASSETS; i++) {
		assert_int_equal(school_run(&cast.school, asset_put, &units[i % UNITS]), 0);
	}
}

/* ---- the plan */

static int64_t day_of_term(int working_days, int hour)
{
	int64_t first = china_at("2026-03-04T00:00");
	int64_t at_ms = first;
	bool provisional = false;
	if (working_days > 0) {
		const struct due_rule rule = { (uint32_t)working_days, DUE_WORKING_DAYS };
		assert_int_equal(
			calendar_add(&cast.school.calendar, first, rule, &at_ms, &provisional),
			0);
		assert_false(provisional);
		/* To midnight of that day in China. */
		at_ms -= (at_ms + 8 * HOUR_MS) % DAY_MS;
	}
	return at_ms + hour * HOUR_MS;
}

static int by_time(const void *a, const void *b)
{
	const struct event *x = (const struct event *)a;
	const struct event *y = (const struct event *)b;
	if (x->at_ms != y->at_ms) {
		return x->at_ms < y->at_ms ? -1 : 1;
	}
	return x->notice != y->notice ? (x->notice < y->notice ? -1 : 1)
				      : (int)x->act - (int)y->act;
}

static void plan_make(void)
{
	event_count = 0;
	for (size_t n = 0; n < NOTICES; n++) {
		size_t wave = n / UNITS;
		struct matter_of *matter = &matters[n];
		*matter = (struct matter_of) { .unit = &units[n % UNITS],
			.script = &scripts[(n * 7 + wave) % SCRIPTS] };
		int issued = (int)(wave * WAVE_DAYS + n % ISSUE_DAYS);
		for (size_t i = 0; i < matter->script->count; i++) {
			const struct step *step = &matter->script->steps[i];
			events[event_count++] =
				(struct event) { day_of_term(issued + step->day, step->hour), n,
					step->act };
		}
	}
	qsort(events, event_count, sizeof(events[0]), by_time);
}

/* ---- the acts */

static void must(const struct matter_of *matter, int status, const char *what)
{
	if (status != 0) {
		fail_msg("%s, %s: %d (%s)", matter->script->name, what, status,
			cast.school.code);
	}
}

static void issue(struct matter_of *matter, size_t n)
{
	struct school *s = &cast.school;
	bool superior = matter->script->steps[matter->script->count - 1].act == ACT_UP;
	must(matter,
		desk_dof(s, &cast.operator, ROUTE_FINDINGS_CREATE, 0,
			"{\"title\":\"隐患%zu\",\"kind\":\"service_fault\",\"grade\":\"medium\","
			"\"check_id\":%lld,\"source\":\"%s\"}",
			n, (long long)matter->unit->watches[n / UNITS],
			superior ? "superior" : "monitor"),
		"finding");
	matter->finding = s->answer_id;
	must(matter,
		desk_dof(s, &cast.operator, ROUTE_FINDINGS_CONFIRM, matter->finding,
			"{\"title\":\"隐患%zu\",\"kind\":\"service_fault\",\"grade\":\"medium\"}",
			n),
		"confirm");
	must(matter,
		desk_dof(s, &cast.operator, ROUTE_NOTICES_CREATE, 0,
			"{\"title\":\"关于隐患%zu的通报\",\"finding_ids\":[%lld],"
			"\"requirement\":\"请按期整改并提交报告\",\"source\":\"%s\"}",
			n, (long long)matter->finding, superior ? "superior" : "monitor"),
		"draft");
	matter->id = s->answer_id;
	must(matter, desk_do(s, &cast.operator, ROUTE_NOTICES_REVIEW, matter->id, "{}"),
		"review");
	must(matter, desk_do(s, &cast.reviewer, ROUTE_NOTICES_ISSUE, matter->id, "{}"),
		"issue");
}

static void submit(const struct matter_of *matter)
{
	cast.notice = matter->id;
	must(matter, cast_upload(&cast, &matter->unit->officer, "application/pdf"), "scan");
	must(matter,
		desk_dof(&cast.school, &matter->unit->officer, ROUTE_NOTICES_SUBMIT, matter->id,
			"{\"items\":[{\"finding_id\":%lld,\"cause\":\"进程退出\","
			"\"measure\":\"升级\"}],\"attachment_id\":%lld}",
			(long long)matter->finding, (long long)cast.scan),
		"submit");
}

static void verify(const struct matter_of *matter, bool well)
{
	struct school *s = &cast.school;
	must(matter, desk_do(s, &cast.verifier, ROUTE_NOTICES_VERIFY, matter->id, "{}"),
		"verify");
	cast_probe(&cast, well ? "up" : "down");
	must(matter,
		desk_do(s, &cast.verifier, well ? ROUTE_NOTICES_PASS : ROUTE_NOTICES_FAIL,
			matter->id,
			well ? "{\"opinion\":\"复测正常，已消除\",\"method\":\"probe\"}"
			     : "{\"opinion\":\"首页仍不可用\",\"method\":\"probe\"}"),
		"outcome");
}

static void report_up(const struct matter_of *matter, bool up)
{
	static const char *const words[] = {
		"{\"decision\":\"needed\",\"authority\":\"省教育厅\"}",
		"{\"decision\":\"sent\"}",
		"{\"decision\":\"receipted\",\"reason\":\"回执 12 号\"}"
	};
	struct school *s = &cast.school;
	for (size_t i = 0; up && i < 3; i++) {
		must(matter,
			desk_do(s, &cast.director, ROUTE_NOTICES_UPREPORT, matter->id,
				words[i]),
			"up");
	}
	if (!up) {
		must(matter,
			desk_do(s, &cast.director, ROUTE_NOTICES_UPREPORT, matter->id,
				"{\"decision\":\"not_needed\",\"reason\":\"校内自主监测发现\"}"),
			"not up");
	}
	must(matter, desk_do(s, &cast.director, ROUTE_NOTICES_CLOSE, matter->id, "{}"),
		"close");
}

static void ask_time(const struct matter_of *matter)
{
	int64_t now_ms = cast.school.house.now_ms;
	int64_t until_ms = 0;
	bool provisional = false;
	const struct due_rule rule = { 7, DUE_WORKING_DAYS };
	assert_int_equal(
		calendar_add(&cast.school.calendar, now_ms, rule, &until_ms, &provisional), 0);
	must(matter,
		desk_dof(&cast.school, &matter->unit->officer, ROUTE_NOTICES_ASK_EXTENSION,
			matter->id,
			"{\"reason\":\"厂商补丁下周发布\",\"control\":\"已限制外网访问\","
			"\"until\":%lld}",
			(long long)until_ms),
		"ask");
}

/* Acts that are one command; hat NULL = the unit's own. */
static const struct plain_act {
	const struct hat *hat;
	enum route_id route;
	const char *body;
} plain_acts[] = {
	[ACT_SIGN] = { NULL, ROUTE_NOTICES_SIGN, "{}" },
	[ACT_OBJECT] = { NULL, ROUTE_NOTICES_OBJECT,
		"{\"reason\":\"already_fixed\",\"text\":\"上周已经修复并重启\"}" },
	[ACT_DISMISS] = { &cast.operator, ROUTE_NOTICES_DECIDE_OBJECTION,
		"{\"decision\":\"dismissed\",\"opinion\":\"复测仍不可用\"}" },
	[ACT_PLAN] = { NULL, ROUTE_NOTICES_PLAN,
		"{\"responsible\":\"王芳\",\"plan\":\"重启并升级服务\"}" },
	[ACT_GRANT] = { &cast.director, ROUTE_NOTICES_DECIDE_EXTENSION,
		"{\"decision\":\"approved\"}" },
	[ACT_RETURN] = { &cast.operator, ROUTE_NOTICES_RETURN,
		"{\"faults\":[\"seal_unreadable\"],\"reason\":\"公章不清晰\"}" },
	[ACT_BRIEF] = { &cast.operator, ROUTE_NOTICES_BRIEF, "{}" },
	[ACT_WITHDRAW] = { &cast.director, ROUTE_NOTICES_WITHDRAW,
		"{\"reason\":\"责任单位有误\"}" },
};

static void act_plainly(const struct matter_of *matter, enum act act)
{
	const struct plain_act *c = &plain_acts[act];
	const struct hat *hat = c->hat != NULL ? c->hat : &matter->unit->officer;
	must(matter, desk_do(&cast.school, hat, c->route, matter->id, c->body), "command");
	if (act == ACT_BRIEF) {
		must(matter,
			desk_do(&cast.school, &cast.leader, ROUTE_NOTICES_MARK_BRIEF,
				matter->id, "{}"),
			"read");
	}
}

static void happen(const struct event *event)
{
	struct matter_of *matter = &matters[event->notice];
	if (event->act == ACT_ISSUE) {
		issue(matter, event->notice);
	} else if (event->act == ACT_PASS || event->act == ACT_FAIL) {
		verify(matter, event->act == ACT_PASS);
	} else if (event->act == ACT_UP || event->act == ACT_NOT_UP) {
		report_up(matter, event->act == ACT_UP);
	} else if (event->act == ACT_ASK) {
		ask_time(matter);
	} else if (event->act == ACT_SUBMIT) {
		submit(matter);
	} else {
		act_plainly(matter, event->act);
	}
}

/* ---- an officer who left and was never filed as gone: his mailbox tells it */

enum { LEAVER_UNIT = 12, GONE_DAY = WAVE_DAYS + LEAVER_UNIT + 3 };

static struct hat successor; /* the unit's specialist, who is filed as its officer */
static int64_t leaver;
static int64_t open_then; /* notices that ran in his unit the day he was found gone */

/* As core does when courier says that a letter was refused for good. */
static int letter_refused(struct txn *txn, void *arg)
{
	const int64_t *delivery_id = (const int64_t *)arg;
	const struct deliver_result result = { *delivery_id, SLICE("permanent"), SLICE("mx"),
		SLICE("550 5.1.1 no such user") };
	trail_act(txn, &(struct trail_act) { .act = SLICE("test.refused") });
	int error = deliver_settle(txn, &result);
	return error < 0 ? error : doubt_delivery(txn, &cast.school.desk_env, *delivery_id);
}

PRINTF_LIKE(1, 2)
static int64_t count_of(const char *format, ...)
{
	char sql[500];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(sql, sizeof(sql), format, args);
	va_end(args);
	return cast_number(&cast, sql);
}

#define OPEN_FOR                                                                               \
	"SELECT count(*) FROM notice_recipient r JOIN notice n ON n.id = r.notice_id"          \
	" WHERE n.unit_id = %lld AND n.state NOT IN ('closed', 'withdrawn')"                   \
	" AND r.person_id = %lld"

static void he_is_found_gone(struct unit *unit)
{
	struct school *s = &cast.school;
	long long id = unit->id;
	leaver = unit->officer.person_id;
	open_then = count_of(OPEN_FOR, id, (long long)leaver);
	assert_true(open_then > 0);
	int64_t letter = count_of("SELECT max(id) FROM delivery WHERE person_id = %lld"
				  " AND state = 'queued'",
		(long long)leaver);
	assert_int_equal(view_do(s, &unit->officer, ROUTE_NOTICES_LIST, 0, NULL), 0);
	assert_int_equal(school_run(s, letter_refused, &letter), 0);
	/* At once: nothing is shown to him, and the head stands in. */
	assert_int_equal(count_of("SELECT count(*) FROM suspicion WHERE person_id = %lld"
				  " AND state = 'open' AND signal = 'mail_refused'",
				 (long long)leaver),
		1);
	assert_int_not_equal(view_do(s, &unit->officer, ROUTE_NOTICES_LIST, 0, NULL), 0);
	assert_int_equal(
		count_of(
			"SELECT count(*) FROM interim WHERE unit_id = %lld AND person_id = %lld"
			" AND to_ms IS NULL AND from_ms = %lld",
			id, (long long)unit->head.person_id, (long long)s->house.now_ms),
		1);
}

/* The link of the newest letter about a filing: that its mailbox is read. */
static int link_read(struct txn *txn, void *arg)
{
	char *key = (char *)arg;
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn),
		"SELECT body FROM delivery WHERE about = 'filing' AND person_id = $1"
		" ORDER BY id DESC LIMIT 1",
		&q, SQL_INT(successor.person_id));
	row = row < 0 ? row : db_step(q);
	struct slice body = row == 1 ? db_col_text(q, 0) : (struct slice) { 0 };
	struct slice rest = slice_skip(body, slice_find(body, SLICE("/contact/")) + 9);
	size_t n = 0;
	while (n < rest.n && n < 60 && rest.p[n] > ' ') {
		n++;
	}
	(void)snprintf(key, 64, "%.*s", SLICE_FMT(slice_head(rest, n)));
	trail_act(txn, &(struct trail_act) { .act = SLICE("test.read") });
	return row < 0 ? row : 0;
}

static void his_place_is_filed(struct unit *unit)
{
	struct school *s = &cast.school;
	char key[64] = "";
	int status = desk_dof(s, &unit->head, ROUTE_FILINGS_CREATE, 0,
		"{\"post\":\"officer\",\"person_id\":%lld,\"phone\":\"13900000001\","
		"\"phone2\":\"0571-8001\",\"outgoing_id\":%lld,\"in_post\":true,"
		"\"reason\":\"原网安员已调离，由专员接任\"}",
		(long long)successor.person_id, (long long)leaver);
	int64_t filing = s->answer_id;
	const struct {
		const struct hat *hat;
		enum route_id route;
		const char *body;
	} steps[] = {
		{ &unit->head, ROUTE_FILINGS_SUBMIT, "{}" },
		{ &unit->head, ROUTE_FILINGS_SIGN, "{}" },
		{ &cast.operator, ROUTE_FILINGS_HEARD, "{\"channel\":\"phone\"}" },
		{ &cast.operator, ROUTE_FILINGS_HEARD, "{\"channel\":\"phone2\"}" },
	};
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && status == 0; i++) {
		/* The head may sign with the submission, then there is nothing to sign. */
		status = desk_do(s, steps[i].hat, steps[i].route, filing, steps[i].body);
		bool signed_already = steps[i].route == ROUTE_FILINGS_SIGN && status == E_STATE;
		status = signed_already ? 0 : status;
	}
	if (status != 0) {
		fail_msg("the filing: %d (%s %s)", status, s->code, s->field);
	}
	assert_int_equal(school_run(s, link_read, key), 0);
	s->call.key = slice_str(key);
	assert_int_equal(desk_do(s, NULL, ROUTE_CONTACT_POST, 0, "{}"), 0);
	status = desk_do(s, &cast.director, ROUTE_FILINGS_APPROVE, filing,
		"{\"reason\":\"人事处已核实\"}");
	if (status != 0) {
		fail_msg("filed: %d (%s %s)", status, s->code, s->field);
	}
	unit->officer = successor;
}

static void his_work_is_another_s(struct unit *unit)
{
	long long id = unit->id;
	/* The specialist was told of each anyway; now each is his, and says so. */
	assert_int_equal(count_of(OPEN_FOR, id, (long long)successor.person_id), open_then);
	assert_int_equal(
		count_of(
			"SELECT count(*) FROM timeline t JOIN notice n ON n.id = t.record_id"
			" WHERE t.kind = 'notice' AND t.code = 'handed_over' AND n.unit_id = %lld",
			id),
		open_then);
	assert_int_equal(count_of("SELECT count(*) FROM role_grant WHERE person_id = %lld"
				  " AND valid_to_ms IS NULL",
				 (long long)leaver),
		0);
	assert_int_equal(
		count_of("SELECT count(*) FROM interim WHERE unit_id = %lld AND to_ms IS NULL",
			id),
		0);
}

static const struct {
	int day;
	int hour;
	void (*happens)(struct unit *unit);
} leaving[] = {
	{ GONE_DAY, 13, he_is_found_gone },
	{ GONE_DAY + 1, 13, his_place_is_filed },
	{ GONE_DAY + 1, 14, his_work_is_another_s },
};

enum { LEAVING = sizeof(leaving) / sizeof(leaving[0]) };

/* What of his leaving comes before this moment. */
static void leave_until(int64_t at_ms)
{
	static size_t done;
	done = at_ms == 0 ? 0 : done;
	while (done < LEAVING && day_of_term(leaving[done].day, leaving[done].hour) <= at_ms) {
		cast_time_ms(&cast, day_of_term(leaving[done].day, leaving[done].hour));
		leaving[done].happens(&units[LEAVER_UNIT]);
		done++;
	}
}

/* ---- the ledger */

static void ledger_is(const char *what, const char *sql, int64_t expected)
{
	int64_t got = cast_number(&cast, sql);
	if (got != expected) {
		fail_msg("%s: %lld, not %lld", what, (long long)got, (long long)expected);
	}
}

static int64_t count_acts(enum act act)
{
	int64_t count = 0;
	for (size_t i = 0; i < event_count; i++) {
		count += events[i].act == act;
	}
	return count;
}

static void the_ledger_is_what_the_scripts_say(void)
{
	int64_t unsigned_told = 0;
	int64_t overdue_told = 0;
	int64_t rounds = 0;
	int64_t closed = 0;
	for (size_t n = 0; n < NOTICES; n++) {
		unsigned_told += matters[n].script->unsigned_told;
		overdue_told += matters[n].script->overdue_told;
		rounds += matters[n].script->rounds;
		closed += matters[n].script->closed;
	}
	ledger_is("issued", "SELECT count(*) FROM notice WHERE number IS NOT NULL", NOTICES);
	ledger_is("numbers", "SELECT count(DISTINCT number) FROM notice", NOTICES);
	ledger_is("the last number",
		"SELECT CAST(max(substr(number, length(number) - 2)) AS INTEGER) FROM notice",
		NOTICES);
	ledger_is("closed", "SELECT count(*) FROM notice WHERE state = 'closed'", closed);
	ledger_is("withdrawn", "SELECT count(*) FROM notice WHERE state = 'withdrawn'",
		count_acts(ACT_WITHDRAW));
	ledger_is("rounds", "SELECT sum(round) FROM notice", rounds);
	ledger_is("signing told late",
		"SELECT count(*) FROM timeline WHERE code = 'sign_overdue'", unsigned_told);
	ledger_is("overdue told", "SELECT count(*) FROM timeline WHERE code = 'overdue'",
		overdue_told);
	ledger_is("failed", "SELECT sum(failed_rounds) FROM notice", count_acts(ACT_FAIL));
	ledger_is("objections", "SELECT count(*) FROM objection WHERE decision = 'dismissed'",
		count_acts(ACT_DISMISS));
	ledger_is("extensions", "SELECT count(*) FROM extension WHERE state = 'approved'",
		count_acts(ACT_GRANT));
	ledger_is("receipts", "SELECT count(*) FROM notice WHERE upreport = 'receipted'",
		count_acts(ACT_UP));
	ledger_is("findings closed", "SELECT count(*) FROM finding WHERE state = 'closed'",
		closed);
	ledger_is("doubts", "SELECT count(*) FROM suspicion", 1);
	ledger_is("which came true", "SELECT count(*) FROM suspicion WHERE state = 'confirmed'",
		1);
	ledger_is("stood in", "SELECT count(*) FROM interim WHERE to_ms IS NOT NULL", 1);
	ledger_is("filed", "SELECT count(*) FROM filing WHERE state = 'effective'", 1);
	assert_int_equal(
		count_of(
			"SELECT count(*) FROM delivery WHERE person_id = %lld AND"
			" queued_at_ms > (SELECT raised_at_ms FROM suspicion) AND about = 'notice'",
			(long long)leaver),
		0);
	ledger_is("controls proposed, for what is never done",
		"SELECT count(*) FROM control WHERE state = 'proposed'", NOTICES / SCRIPTS);
}

static void a_term_goes_by(const char *conf)
{
	cast_five(&cast, conf);
	units_make();
	plan_make();
	successor = school_hat(&cast.school,
		school_person(&cast.school, "专员", units[LEAVER_UNIT].id), "specialist",
		units[LEAVER_UNIT].id);
	leave_until(0);
	for (size_t i = 0; i < event_count; i++) {
		leave_until(events[i].at_ms);
		cast_time_ms(&cast, events[i].at_ms);
		happen(&events[i]);
	}
	/* Until the last rung has passed. */
	cast_time_ms(&cast, day_of_term(2 * WAVE_DAYS + ISSUE_DAYS + 25, 12));
	the_ledger_is_what_the_scripts_say();
	school_close(&cast.school);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "a term of 60 units and 180 notices ends with the ledger it must",
			a_term_goes_by, false },
	};
	return house_both(cases, sizeof(cases) / sizeof(cases[0]));
}
