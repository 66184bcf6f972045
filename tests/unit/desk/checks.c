/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "desk/check_table.h"
#include "desk/signals.h"
#include "fixture.h"
#include "probe/spec.h"
#include "records/secret.h"
#include "rows/query.h"
#include "rows/tail.h"

static struct school school;
static struct hat operator;

static void begin(const char *conf)
{
	school_open(&school, conf);
	operator= school_hat(&school, school_person(&school, "赵强", 0), "operator", 0);
}

static int64_t done(enum route_id route, int64_t id, const char *body)
{
	if (desk_do(&school, &operator, route, id, body) < 0) {
		fail_msg("%s %s: %d %s %s", routes[route].name, body, school.status,
			school.code, school.field);
	}
	return school.answer_id;
}

static void see(enum route_id route, int64_t id, const char *query)
{
	if (view_do(&school, &operator, route, id, query) < 0) {
		fail_msg("%s?%s: %d %s", routes[route].name, query, school.status, school.code);
	}
}

static void a_check_is_held_against_its_kind(const char *conf)
{
	static const struct {
		const char *body;
		const char *code;
		const char *field;
	} bad[] = {
		{ "{\"name\":\"a\",\"kind\":\"icmp\",\"target\":\"10.1.2.300\"}",
			"check.target", "target" },
		{ "{\"name\":\"a\",\"kind\":\"tcp\",\"target\":\"10.1.2.3\"}", "check.target",
			"target" },
		{ "{\"name\":\"a\",\"kind\":\"http\",\"target\":\"jw.example.edu.cn\"}",
			"check.target", "target" },
		{ "{\"name\":\"a\",\"kind\":\"host\",\"target\":\"fan\"}", "check.target",
			"target" },
		{ "{\"name\":\"a\",\"kind\":\"dns\",\"target\":\"10.1.0.53\"}", "check.param",
			"name" },
		{ "{\"name\":\"a\",\"kind\":\"icmp\",\"target\":\"10.1.2.3\",\"params\":{\"expect\":\"x\"}}",
			"check.param", "expect" },
		{ "{\"name\":\"a\",\"kind\":\"http\",\"target\":\"http://a.cn\",\"params\":{\"status\":99}}",
			"check.param", "status" },
		{ "{\"name\":\"a\",\"kind\":\"http\",\"target\":\"http://a.cn\",\"params\":{\"host_header\":\"a\\r\\nb\"}}",
			"check.param", "host_header" },
		{ "{\"name\":\"a\",\"kind\":\"dns\",\"target\":\"10.1.0.53\",\"params\":{\"name\":\"a.cn\",\"type\":\"ANY\"}}",
			"check.param", "type" },
		{ "{\"name\":\"a\",\"kind\":\"http\",\"target\":\"http://a.cn\",\"params\":[]}",
			"check.param", "params" },
		{ "{\"name\":\"a\",\"kind\":\"icmp\",\"target\":\"10.1.2.3\",\"interval_s\":0}",
			"input.range", "interval_s" },
		{ "{\"name\":\"a\",\"kind\":\"icmp\",\"target\":\"10.1.2.3\",\"interval_s\":86401}",
			"input.range", "interval_s" },
		{ "{\"name\":\"a\",\"kind\":\"icmp\",\"target\":\"10.1.2.3\",\"retries\":11}",
			"input.range", "retries" },
		{ "{\"name\":\"a\",\"kind\":\"icmp\",\"target\":\"10.1.2.3\",\"severity\":\"high\"}",
			"input.word", "severity" },
		{ "{\"name\":\"a\",\"kind\":\"icmp\",\"target\":\"10.1.2.3\",\"asset_id\":99}",
			"input.unknown", "asset_id" },
		{ "{\"kind\":\"icmp\",\"target\":\"10.1.2.3\"}", "input.required", "name" },
	};
	begin(conf);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(
			desk_do(&school, &operator, ROUTE_CHECKS_CREATE, 0, bad[i].body),
			E_INPUT);
		if (strcmp(school.code, bad[i].code) != 0 ||
			strcmp(school.field, bad[i].field) != 0) {
			fail_msg("%s: %s %s", bad[i].body, school.code, school.field);
		}
	}
	int64_t id = done(ROUTE_CHECKS_CREATE, 0,
		"{\"name\":\"教务\",\"kind\":\"http\",\"target\":\"https://jw.example.edu.cn/\","
		"\"params\":{\"status\":200,\"expect\":\"登录\",\"warn_ms\":null},\"retries\":0}");
	(void)done(ROUTE_CHECKS_UPDATE, id, "{\"interval_s\":60}");
	see(ROUTE_CHECKS_GET, id, NULL);
	assert_int_equal(answer_int(&school, "interval_s"), 60);
	assert_int_equal(answer_int(&school, "retries"), 0);
	assert_int_equal(answer_int(&school, "params.status"), 200);
	answer_is(&school, "state", "unknown");
	assert_int_equal(answer_int(&school, "beats.47"), -1);
	/* What the old kind was told does not fit the new one. */
	assert_int_equal(desk_do(&school, &operator, ROUTE_CHECKS_UPDATE, id,
				 "{\"kind\":\"icmp\",\"target\":\"10.1.2.3\"}"),
		E_INPUT);
	(void)done(ROUTE_CHECKS_UPDATE, id,
		"{\"kind\":\"icmp\",\"target\":\"10.1.2.3\",\"params\":{}}");
	school_close(&school);
}

static int fire(struct txn *txn, void *arg)
{
	struct signal signal = { .source = SLICE("probe"),
		.check = slice_str(arg),
		.asset_key = SLICE("x"),
		.class = SLICE("check.state"),
		.observed_at_ms = txn_now_ms(txn),
		.state = SIGNAL_FIRING,
		.dedup_key = SLICE("probe:1"),
		.code = SLICE("check.down"),
		.args = SLICE(
			"{\"name\":\"甲\",\"state\":\"down\",\"code\":\"icmp.timeout\"}") };
	return signal_take(txn, &school.desk_env, &signal);
}

static int burst_fire(struct txn *txn, void *arg)
{
	struct slice check = slice_str(arg);
	struct signal signal = { .source = SLICE("detect"),
		.check = check,
		.asset_key = SLICE("10.1.2.3"),
		.class = SLICE("login.burst"),
		.observed_at_ms = txn_now_ms(txn),
		.state = SIGNAL_FIRING,
		.dedup_key = arena_printf(txn_arena(txn), "detect:%s", (const char *)arg),
		.code = SLICE("login.burst"),
		.args = SLICE("{\"count\":20}") };
	return signal_take(txn, &school.desk_env, &signal);
}

static int resolve(struct txn *txn, void *arg)
{
	return signal_take(txn, &school.desk_env, arg);
}

static void what_a_removed_rule_said_ends(const char *conf)
{
	begin(conf);
	struct signal gone[4];
	const struct json *rules = NULL;
	assert_int_equal(school_run(&school, burst_fire, (char[]) { "burst-login" }), 0);
	assert_int_equal(school_run(&school, burst_fire, (char[]) { "own-rule" }), 0);
	AUTO_ARENA struct arena *arena = arena_create(0);
	assert_int_equal(
		json_parse(arena, SLICE("[\"burst-login\",\"own-rule\"]"), 0, &rules, NULL), 0);
	assert_int_equal(signal_orphans(school.house.db, arena, rules, gone, 4), 0);
	assert_int_equal(json_parse(arena, SLICE("[]"), 0, &rules, NULL), 0);
	assert_int_equal(signal_orphans(school.house.db, arena, rules, gone, 4), 2);
	assert_int_equal(signal_orphans(school.house.db, arena, rules, gone, 1), 1);
	/* Renamed: the old name's end, the other's stay. */
	assert_int_equal(
		json_parse(arena, SLICE("[\"burst-login\",\"new-rule\"]"), 0, &rules, NULL), 0);
	assert_int_equal(signal_orphans(school.house.db, arena, rules, gone, 4), 1);
	assert_true(slice_is(gone[0].check, "own-rule"));
	gone[0].observed_at_ms = school.house.now_ms;
	assert_int_equal(school_run(&school, resolve, &gone[0]), 0);
	assert_int_equal(
		house_number(&school.house, "SELECT count(*) FROM alert WHERE state = 'firing'"
					    " AND check_key = 'burst-login'"),
		1);
	assert_int_equal(house_number(&school.house,
				 "SELECT count(*) FROM alert WHERE state = 'resolved'"
				 " AND check_key = 'own-rule'"),
		1);
	assert_int_equal(
		house_number(&school.house,
			"SELECT count(*) FROM audit_entry WHERE entry LIKE '%rule.gone%'"),
		1);
	assert_int_equal(signal_orphans(school.house.db, arena, rules, gone, 4), 0);
	school_close(&school);
}

static void a_paused_check_holds_no_alert_up(const char *conf)
{
	begin(conf);
	char number[24];
	int64_t asset = done(ROUTE_ASSETS_CREATE, 0, "{\"name\":\"甲\",\"kind\":\"server\"}");
	assert_int_equal(
		desk_dof(&school, &operator, ROUTE_CHECKS_CREATE, 0,
			"{\"name\":\"甲\",\"kind\":\"icmp\",\"target\":\"10.1.2.3\",\"asset_id\":%d}",
			(int)asset),
		0);
	int64_t id = school.answer_id;
	(void)snprintf(number, sizeof(number), "%lld", (long long)id);
	assert_int_equal(school_run(&school, fire, number), 0);
	see(ROUTE_CHECKS_GET, id, NULL);
	answer_is(&school, "state", "down");
	answer_is(&school, "detail.code", "icmp.timeout");
	see(ROUTE_CHECKS_LIST, 0, "state=down");
	assert_int_equal(json_count(answer_at(&school, "items")), 1);
	(void)done(ROUTE_CHECKS_UPDATE, id, "{\"enabled\":false}");
	assert_int_equal(house_number(&school.house,
				 "SELECT count(*) FROM alert WHERE state = 'firing'"),
		0);
	assert_int_equal(house_number(&school.house,
				 "SELECT count(*) FROM timeline WHERE kind = 'incident'"
				 " AND code = 'unwatched'"),
		1);
	see(ROUTE_CHECKS_GET, id, NULL);
	answer_is(&school, "state", "unknown");
	/* What probe said before it heard of it opens nothing again. */
	assert_int_equal(school_run(&school, fire, number), 0);
	assert_int_equal(house_number(&school.house,
				 "SELECT count(*) FROM alert WHERE state = 'firing'"),
		0);
	see(ROUTE_CHECKS_GET, id, NULL);
	answer_is(&school, "state", "unknown");
	/* The same when its asset is taken out of use, and the act named is the asset's. */
	(void)done(ROUTE_CHECKS_UPDATE, id, "{\"enabled\":true}");
	assert_int_equal(school_run(&school, fire, number), 0);
	(void)done(ROUTE_ASSETS_UPDATE, asset, "{\"retired\":true}");
	assert_int_equal(house_number(&school.house,
				 "SELECT count(*) FROM alert WHERE state = 'firing'"),
		0);
	AUTO_BUF struct buf table;
	buf_init(&table, 4096);
	assert_int_equal(check_table_put(school.house.db, NULL, &table), 0);
	assert_true(slice_is(buf_slice(&table), "[]"));
	AUTO_STMT struct stmt *q = NULL;
	assert_int_equal(
		sql_query(school.house.db,
			"SELECT entry FROM audit_entry WHERE seq > $1 ORDER BY seq DESC LIMIT 1",
			&q, SQL_INT(0)),
		0);
	assert_int_equal(db_step(q), 1);
	assert_true(
		slice_find(db_col_text(q, 0), SLICE("\"act\":\"asset.update\"")) != SIZE_MAX);
	db_done(q);
	q = NULL;
	school_close(&school);
}

/* How many checks of the table probe takes; every one, or the test fails. */
static int probe_reads(void)
{
	AUTO_BUF struct buf table;
	AUTO_ARENA struct arena *arena = arena_create(0);
	const struct json *root = NULL;
	buf_init(&table, 65536);
	assert_int_equal(check_table_put(school.house.db, NULL, &table), 0);
	assert_int_equal(json_parse(arena, buf_slice(&table), 0, &root, NULL), 0);
	int count = 0;
	for (const struct json *check = json_first(root); check != NULL;
		check = json_next(check), count++) {
		struct spec_item item;
		struct diag diag = { 0 };
		if (spec_read(arena, check, &item, &diag) < 0) {
			fail_msg("%s in %.*s", diag.text, SLICE_FMT(buf_slice(&table)));
		}
	}
	return count;
}

static void what_the_desk_takes_probe_takes(const char *conf)
{
	static const char *const bodies[] = {
		"\"kind\":\"icmp\",\"target\":\"2001:db8::1\",\"params\":{\"timeout_ms\":60000,\"warn_ms\":1,\"window\":16}",
		"\"kind\":\"tcp\",\"target\":\"[2001:db8::1]:22\",\"params\":{\"expect\":\"SSH-2.0\"}",
		"\"kind\":\"http\",\"target\":\"https://[::1]:8443/a?b\",\"params\":{\"status\":401,\"expect\":\"登录\","
		"\"host_header\":\"a.cn\",\"accept_untrusted\":true,\"warn_days\":365}",
		"\"kind\":\"http\",\"target\":\"http://a.cn\"",
		"\"kind\":\"tls\",\"target\":\"a.cn:443\",\"params\":{\"accept_untrusted\":true,\"warn_days\":1}",
		"\"kind\":\"dns\",\"target\":\"10.1.0.53:5353\",\"params\":{\"name\":\"a.cn\",\"type\":\"TXT\",\"rcode\":15,"
		"\"expect\":\"x\",\"ad\":true,\"aa\":true}",
		"\"kind\":\"host\",\"target\":\"interface:eth0\"",
		"\"kind\":\"ntp\",\"target\":\"ntp.a.cn\",\"params\":{\"offset_ms\":1,\"stratum\":15}",
		"\"kind\":\"dhcp\",\"target\":\"10.1.0.2\",\"params\":{\"relay\":\"10.1.0.9\",\"servers\":\"10.1.0.2,10.1.0.3\"}",
		"\"kind\":\"smtp\",\"target\":\"[2001:db8::1]:2525\",\"params\":{\"tls\":\"starttls\"}",
		"\"kind\":\"imap\",\"target\":\"mail.a.cn\",\"params\":{\"tls\":\"tls\"}",
		"\"kind\":\"pop3\",\"target\":\"mail.a.cn:110\"",
		"\"kind\":\"ldap\",\"target\":\"10.1.0.4\",\"params\":{\"expect\":\"dc=a,dc=cn\"}",
		"\"kind\":\"ssh\",\"target\":\"a.cn:2222\",\"params\":{\"fingerprint\":\"SHA256:x\"}",
		"\"kind\":\"cas\",\"target\":\"https://cas.a.cn/cas/login\"",
		"\"kind\":\"host\",\"target\":\"disk\",\"params\":{\"warn\":80,\"bad\":90},\"interval_s\":86400,\"retries\":10",
	};
	enum { COUNT = sizeof(bodies) / sizeof(bodies[0]) };
	begin(conf);
	for (size_t i = 0; i < COUNT; i++) {
		assert_int_equal(desk_dof(&school, &operator, ROUTE_CHECKS_CREATE, 0,
					 "{\"name\":\"a\",%s}", bodies[i]),
			0);
	}
	assert_int_equal(probe_reads(), COUNT);
	school_close(&school);
}

/* The value of a parameter in the table probe is given, or "". */
static void probe_is_given(const struct secret_key *key, const char *name, const char *want)
{
	AUTO_BUF struct buf table;
	AUTO_ARENA struct arena *arena = arena_create(0);
	const struct json *root = NULL;
	buf_init(&table, 65536);
	assert_int_equal(check_table_put(school.house.db, key, &table), 0);
	assert_int_equal(json_parse(arena, buf_slice(&table), 0, &root, NULL), 0);
	const struct json *params = json_get(json_first(root), "params");
	assert_true(slice_is(json_get_str(params, name), want));
}

static void refused(int64_t id, const char *body, const char *code)
{
	if (desk_do(&school, &operator, id == 0 ? ROUTE_CHECKS_CREATE : ROUTE_CHECKS_UPDATE, id,
		    body) >= 0 ||
		strcmp(school.code, code) != 0) {
		fail_msg("%s: %s", body, school.code);
	}
}

static void a_checks_secret_goes_in_and_never_out(const char *conf)
{
	static const char create[] =
		"{\"name\":\"a\",\"kind\":\"radius\",\"target\":\"10.1.0.5\","
		"\"params\":{\"secret\":\"hunter2\",\"method\":\"pap\",\"user\":\"t\",\"password\":\"open-it\"}}";
	begin(conf);
	refused(0, create, "secret.no_key");
	struct secret_key *key = NULL;
	int fd = memfd_create("key", MFD_CLOEXEC);
	assert_int_equal(pwrite(fd, "0123456789abcdef0123456789abcdef", 32, 0), 32);
	assert_int_equal(secret_key_read(fd, &key), 0);
	(void)close(fd);
	school.desk_env.secrets = key;
	refused(0, "{\"name\":\"a\",\"kind\":\"radius\",\"target\":\"10.1.0.5\"}",
		"check.param");
	refused(0,
		"{\"name\":\"a\",\"kind\":\"radius\",\"target\":\"10.1.0.5\",\"params\":{\"secret\":true}}",
		"check.param");
	int64_t id = done(ROUTE_CHECKS_CREATE, 0, create);
	see(ROUTE_CHECKS_GET, id, NULL);
	assert_true(slice_find(buf_slice(&school.text), SLICE("hunter2")) == SIZE_MAX);
	assert_true(slice_find(buf_slice(&school.text), SLICE("\"secret\":true")) != SIZE_MAX);
	assert_int_equal(house_number(&school.house,
				 "SELECT count(*) FROM watch WHERE params LIKE '%hunter2%'"),
		0);
	probe_is_given(key, "secret", "hunter2");
	probe_is_given(NULL, "secret", "");
	/* Sent back as it was read, it stays; another takes its place; gone, it is forgotten. */
	(void)done(ROUTE_CHECKS_UPDATE, id,
		"{\"params\":{\"secret\":true,\"password\":true,\"user\":\"u\"}}");
	probe_is_given(key, "password", "open-it");
	(void)done(ROUTE_CHECKS_UPDATE, id, "{\"params\":{\"secret\":\"another\"}}");
	probe_is_given(key, "secret", "another");
	probe_is_given(key, "password", "");
	assert_int_equal(house_number(&school.house, "SELECT count(*) FROM secret"), 1);
	/* Elsewhere it is not taken along. */
	refused(id, "{\"target\":\"10.6.6.6\"}", "check.secret_again");
	(void)done(ROUTE_CHECKS_UPDATE, id,
		"{\"target\":\"10.1.0.6\",\"params\":{\"secret\":\"third\"}}");
	probe_is_given(key, "secret", "third");
	(void)done(ROUTE_CHECKS_UPDATE, id,
		"{\"kind\":\"icmp\",\"target\":\"10.1.0.6\",\"params\":{}}");
	assert_int_equal(house_number(&school.house, "SELECT count(*) FROM secret"), 0);
	(void)secret_key_destroy(key);
	school_close(&school);
}

static void pasted_lines_become_checks(const char *conf)
{
	static const char text[] =
		"{\"text\":\"教务系统 https://jw.example.edu.cn:8443/login\\nhttp://10.1.2.9/\\n\\n"
		"10.1.2.3\\ndns 10.1.0.53\\n10.1.2.3:22\\nlib.example.edu.cn\\n今天天气不错\\n10.1.2.999\\n"
		"10.1.2.3\\n10.1.2.7 打印机\\n[2001:db8::1]:443\",\"dry_run\":%s}";
	begin(conf);
	for (int dry_run = 1; dry_run >= 0; dry_run--) {
		assert_int_equal(desk_dof(&school, &operator, ROUTE_CHECKS_PASTE, 0, text,
					 dry_run ? "true" : "false"),
			0);
		assert_int_equal(answer_int(&school, "report.rows"), 11);
		assert_int_equal(answer_int(&school, "report.added"), 9);
		assert_int_equal(answer_int(&school, "report.same"), 1);
		assert_int_equal(answer_int(&school, "report.refused"), 2);
		assert_int_equal(answer_int(&school, "report.errors.0.row"), 8);
		answer_is(&school, "report.errors.0.code", "bad_target");
		answer_is(&school, "report.errors.1.value", "10.1.2.999");
		answer_is(&school, "report.preview.1.kind", "tls");
		answer_is(&school, "report.preview.1.target", "jw.example.edu.cn:8443");
		assert_int_equal(house_number(&school.house, "SELECT count(*) FROM watch"),
			dry_run ? 0 : 9);
	}
	/* One asset for 10.1.2.3 and its two checks; one site with two. */
	assert_int_equal(house_number(&school.house, "SELECT count(*) FROM asset"), 7);
	assert_int_equal(
		house_number(&school.house,
			"SELECT count(*) FROM watch w JOIN asset a ON a.id = w.asset_id"
			" WHERE a.name = '10.1.2.3' AND w.kind IN ('icmp', 'tcp')"),
		2);
	assert_int_equal(
		house_number(&school.house,
			"SELECT count(*) FROM watch w JOIN asset a ON a.id = w.asset_id"
			" WHERE a.name = '教务系统' AND a.kind = 'site' AND a.domain = 'jw.example.edu.cn'"),
		2);
	assert_int_equal(
		house_number(&school.house,
			"SELECT count(*) FROM watch WHERE kind = 'dns' AND target = '10.1.0.53'"
			" AND params = '{\"name\":\"localhost\",\"alive\":true}'"),
		1);
	/* Again: all of it is there. */
	assert_int_equal(desk_dof(&school, &operator, ROUTE_CHECKS_PASTE, 0, text, "false"), 0);
	assert_int_equal(answer_int(&school, "report.added"), 0);
	assert_int_equal(answer_int(&school, "report.same"), 10);
	assert_int_equal(probe_reads(), 9);
	school_close(&school);
}

static void so_many_lines_and_no_more(const char *conf)
{
	begin(conf);
	AUTO_BUF struct buf body;
	buf_init(&body, 8192);
	buf_put_str(&body, "{\"dry_run\":true,\"text\":\"");
	for (int i = 0; i < 201; i++) {
		buf_printf(&body, "10.1.1.%d\\n", i);
	}
	buf_put_str(&body, "\"}");
	assert_int_equal(
		desk_do(&school, &operator, ROUTE_CHECKS_PASTE, 0, (const char *)body.p),
		E_LIMIT);
	assert_string_equal(school.code, "check.too_many_lines");
	school_close(&school);
}

/* A shard of tails: a check's samples every minute for 25 hours, and some log lines. */
static struct query_store *rows_make(int64_t check_id)
{
	static unsigned made;
	char path[512];
	(void)snprintf(path, sizeof(path), "%s/tails%u", fixture_dir(), ++made);
	assert_int_equal(mkdir(path, 0700), 0);
	int root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(mkdirat(root, "probe-0", 0700), 0);
	int shard = openat(root, "probe-0", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int64_t now = school.house.now_ms;
	struct tail *tail = NULL;
	struct tail_options options = { .dir_fd = shard, .kind = ROW_SAMPLE, .wake_fd = -1 };
	assert_int_equal(tail_create(&options, now - 25 * 3600000, &tail), 0);
	for (int64_t at = now - 25 * 3600000; at <= now; at += 60000) {
		bool bad = at > now - 3600000 && at <= now - 3600000 + 5 * 60000;
		struct sample_row row = { .ts_ms = at,
			.series_id = check_id,
			.state = bad ? 2 : 0,
			.latency_us = bad ? -1 : 1500,
			.code = SLICE("") };
		assert_int_equal(tail_append_sample(tail, &row, at), 0);
	}
	(void)tail_destroy(tail, now);
	options.kind = ROW_LOG;
	assert_int_equal(tail_create(&options, now, &tail), 0);
	for (int i = 0; i < 10; i++) {
		struct log_row row = { .ts_ms = now - 1000 * i,
			.recv_ms = now - 1000 * i,
			.source = i % 2 == 0 ? SLICE("10.1.1.1") : SLICE("10.1.1.2"),
			.host = SLICE("gw"),
			.app = SLICE("sshd"),
			.severity = 6,
			.facility = 4,
			.msg = i < 3 ? SLICE("Failed password for root")
				     : SLICE("session opened"),
			.fields = SLICE("{}") };
		assert_int_equal(tail_append_log(tail, &row, now), 0);
	}
	(void)tail_destroy(tail, now);
	struct query_store *store = NULL;
	assert_int_equal(query_store_open(root, &store), 0);
	(void)close(shard);
	(void)close(root);
	return store;
}

static void rows_are_seen_beside_the_records(const char *conf)
{
	begin(conf);
	int64_t id = done(ROUTE_CHECKS_CREATE, 0,
		"{\"name\":\"甲\",\"kind\":\"icmp\",\"target\":\"10.1.2.3\"}");
	struct query_store *rows = rows_make(id);
	school.view_env.rows = rows;
	see(ROUTE_CHECKS_LIST, 0, "");
	/* The first answer counts before its signal has come. */
	answer_is(&school, "items.0.state", "up");
	assert_int_equal(answer_int(&school, "items.0.latency_us"), 1500);
	assert_int_equal(answer_int(&school, "items.0.last_at"), school.house.now_ms);
	assert_int_equal(answer_int(&school, "items.0.beats.0"), 0);
	assert_int_equal(answer_int(&school, "items.0.beats.46"), 2);
	/* 1,441 samples, 5 bad: 99.65 %, cut. */
	answer_is(&school, "items.0.up_ratio", "99.65");
	see(ROUTE_CHECKS_SAMPLES, id, "");
	assert_int_equal(json_count(answer_at(&school, "at")), 1441);
	assert_int_equal(json_count(answer_at(&school, "latency_us")), 1441);
	assert_true(json_get_bool(answer_at(&school, "coverage"), "complete", false));
	see(ROUTE_LOGS_LIST, 0, "q=failed%20PASSWORD");
	assert_int_equal(json_count(answer_at(&school, "items")), 3);
	see(ROUTE_LOGS_LIST, 0, "q=failed%20PASSWORD&source=10.1.1.2");
	assert_int_equal(json_count(answer_at(&school, "items")), 1);
	see(ROUTE_LOGS_LIST, 0, "limit=4");
	assert_int_equal(json_count(answer_at(&school, "items")), 4);
	assert_int_equal(
		view_do(&school, &operator, ROUTE_CHECKS_SAMPLES, 999999, ""), E_ABSENT);
	school.view_env.rows = NULL;
	(void)query_store_close(rows);
	school_close(&school);
}

static void an_address_finds_who_answers_for_it(const char *conf)
{
	static const struct {
		const char *key;
		const char *asset;
		const char *why;
	} cases[] = {
		{ "10.1.2.3", "主机", "address" },
		{ "10.1.2.4", "子网", "network" },
		{ "10.1.9.9", "校园网", "network" },
		{ "192.0.2.1", NULL, "none" },
		{ "2001%3Adb8%3A%3A5", "六", "network" },
		{ "JW.example.edu.cn", "教务", "domain" },
		{ "https%3A%2F%2Fa.b.jw.example.edu.cn%3A8443%2Fx", "教务", "suffix" },
		{ "other.example.edu.cn", "学校", "suffix" },
		{ "badexample.edu.cn", NULL, "none" },
	};
	begin(conf);
	int64_t unit = school_unit(&school, "教务处", false);
	static const char *const assets[] = { "主机\",\"address\":\"10.1.2.3",
		"子网\",\"address\":\"10.1.2.0/24", "校园网\",\"address\":\"10.1.0.0/16",
		"六\",\"address\":\"2001:db8::/32", "教务\",\"domain\":\"jw.example.edu.cn",
		"学校\",\"domain\":\"example.edu.cn" };
	for (size_t i = 0; i < sizeof(assets) / sizeof(assets[0]); i++) {
		assert_int_equal(
			desk_dof(&school, &operator, ROUTE_ASSETS_CREATE, 0,
				"{\"kind\":\"server\",\"owner_unit_id\":%d,\"name\":\"%s\"}",
				(int)unit, assets[i]),
			0);
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char query[128];
		(void)snprintf(query, sizeof(query), "key=%s", cases[i].key);
		see(ROUTE_ASSETS_LOOKUP, 0, query);
		answer_is(&school, "why", cases[i].why);
		if (cases[i].asset != NULL) {
			answer_is(&school, "asset.name", cases[i].asset);
			answer_is(&school, "unit.name", "教务处");
		}
	}
	assert_int_equal(
		view_do(&school, &operator, ROUTE_ASSETS_LOOKUP, 0, "key=10.1.2.999"), E_INPUT);
	school_close(&school);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "a check is held against its kind", a_check_is_held_against_its_kind, false },
		{ "what the desk takes probe takes", what_the_desk_takes_probe_takes, false },
		{ "what a removed rule said ends", what_a_removed_rule_said_ends, false },
		{ "a paused check holds no alert up", a_paused_check_holds_no_alert_up, false },
		{ "a check's secret goes in and never out",
			a_checks_secret_goes_in_and_never_out, false },
		{ "pasted lines become assets and checks", pasted_lines_become_checks, false },
		{ "so many lines and no more", so_many_lines_and_no_more, false },
		{ "rows are seen beside the records", rows_are_seen_beside_the_records, false },
		{ "an address finds who answers for it", an_address_finds_who_answers_for_it,
			false },
	};
	return house_both(cases, sizeof(cases) / sizeof(cases[0]));
}
