/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "base/err.h"
#include "fixture.h"
#include "records/migrate.h"
#include "records/secret.h"

static struct school school;
static struct hat admin;

static void begin(const char *conf)
{
	school_open(&school, conf);
	admin = school_hat(&school, school_person(&school, "钱进", 0), "sysadmin", 0);
}

static int put(const char *key, const char *value)
{
	school.call.key = slice_str(key);
	return desk_dof(&school, &admin, ROUTE_SETTINGS_PUT, 0, "{\"value\":%s}", value);
}

static const struct {
	const char *key;
	const char *value;
	int error;
	const char *code;
	const char *field;
} shapes[] = {
	{ "school", "{\"name\":\"美珈学院\",\"short\":\"美珈\",\"number_prefix\":\"美珈院\"}",
		0, "", "" },
	{ "school", "{\"short\":\"美珈\"}", E_INPUT, "input.required", "name" },
	{ "school", "{\"name\":\"a\",\"colour\":\"red\"}", E_INPUT, "input.invalid", "value" },
	{ "school", "\"美珈\"", E_INPUT, "input.invalid", "value" },
	{ "sealed", "{\"photos\":false}", 0, "", "" },
	{ "sealed", "{\"photos\":0}", E_INPUT, "input.invalid", "photos" },
	{ "colour", "{}", E_ABSENT, "setting.unknown", "key" },
	{ "address", "{\"base_url\":\"https://fs.example.edu.cn\"}", 0, "", "" },
	{ "address", "{\"base_url\":\"https://fs.example.edu.cn/\"}", E_INPUT, "input.invalid",
		"base_url" },
	{ "address", "{\"base_url\":\"javascript:alert(1)\"}", E_INPUT, "input.invalid",
		"base_url" },
	{ "mail",
		"{\"host\":\"smtp.example.edu.cn\",\"port\":465,\"tls\":\"tls\",\"from\":\"fs@example.edu.cn\","
		"\"user\":\"\",\"verify\":true}",
		0, "", "" },
	{ "mail", "{\"host\":\"smtp.example.edu.cn\"}", E_INPUT, "input.required", "from" },
	{ "mail", "{\"host\":\"smtp.example.edu.cn\",\"port\":0,\"from\":\"a@b.cn\"}", E_INPUT,
		"input.invalid", "port" },
	{ "mail", "{\"host\":\"smtp.example.edu.cn\",\"tls\":\"ssl\",\"from\":\"a@b.cn\"}",
		E_INPUT, "input.invalid", "tls" },
	{ "mail", "{\"host\":\"a\\r\\nb\",\"from\":\"a@b.cn\"}", E_INPUT, "input.invalid",
		"host" },
	{ "mail", "{\"host\":\"a.cn\",\"from\":\"a@b.cn\",\"user\":\"a\\r\\nb\"}", E_INPUT,
		"input.invalid", "user" },
	{ "duty", "{\"person_id\":999999}", E_INPUT, "input.unknown", "person_id" },
	{ "duty", "{\"person_id\":null}", 0, "", "" },
	{ "session", "{\"idle_s\":59}", E_INPUT, "input.invalid", "idle_s" },
	{ "session", "{\"idle_s\":600}", 0, "", "" },
	{ "password",
		"{\"length_min\":12,\"failures_max\":5,\"lock_minutes\":15,\"age_max_days\":90}",
		0, "", "" },
	{ "password", "{\"length_min\":4}", E_INPUT, "input.invalid", "length_min" },
	{ "admin_from", "{\"networks\":[\"10.0.0.0/8\"]}", E_INPUT, "setting.locks_out",
		"networks" },
	{ "admin_from", "{\"networks\":[\"10.0.0.0/8\",\"127.0.0.0/8\"]}", 0, "", "" },
	/* This school has no master key: nobody could enrol. */
	{ "second_factor", "{\"sysadmin\":\"login\"}", E_STATE, "secret.no_key", "value" },
	{ "second_factor", "{\"sysadmin\":\"off\"}", 0, "", "" },
	{ "second_factor", "{\"sysadmin\":\"always\"}", E_INPUT, "input.invalid", "sysadmin" },
	{ "second_factor", "{\"king\":\"acts\"}", E_INPUT, "input.invalid", "value" },
	{ "admin_from", "{\"networks\":[\"10.0.0.0/40\"]}", E_INPUT, "input.invalid",
		"networks" },
	{ "small_school", "{\"on\":\"yes\"}", E_INPUT, "input.invalid", "on" },
	{ "small_school", "{\"on\":true}", 0, "", "" },
	{ "backup", "{\"target_dir\":\"/mnt/backup\",\"at_hour\":3}", 0, "", "" },
	{ "backup", "{\"target_dir\":\"backup\"}", E_INPUT, "input.invalid", "target_dir" },
	{ "backup", "{\"target_dir\":\"/mnt/../etc\"}", E_INPUT, "input.invalid",
		"target_dir" },
	{ "backup", "{\"at_hour\":24}", E_INPUT, "input.invalid", "at_hour" },
	{ "time", "{\"zone\":\"Europe/Berlin\"}", E_INPUT, "input.invalid", "zone" },
	{ "setup", "{\"done\":true}", E_STATE, "setting.read_only", "value" },
};

static void every_setting_has_its_shape(const char *conf)
{
	begin(conf);
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		int error = put(shapes[i].key, shapes[i].value);
		if (error != shapes[i].error || strcmp(school.code, shapes[i].code) != 0 ||
			strcmp(school.field, shapes[i].field) != 0) {
			fail_msg("%s %s: %d %s %s", shapes[i].key, shapes[i].value, error,
				school.code, school.field);
		}
	}
	assert_int_equal(view_do(&school, &admin, ROUTE_SETTINGS_LIST, 0, ""), 0);
	answer_is(&school, "items.0.key", "school");
	answer_is(&school, "items.0.value.name", "美珈学院");
	assert_int_equal(answer_int(&school, "items.0.version"), 1);
	answer_is(&school, "items.2.value.tls", "tls");
	assert_int_equal(json_type(answer_at(&school, "items.2.value.user")), JSON_ABSENT);
	school.if_match = 0;
	assert_int_equal(put("school", "{\"name\":\"乙\"}"), E_CONFLICT);
	school.if_match = 1;
	assert_int_equal(put("school", "{\"name\":\"乙\"}"), 0);
	assert_int_equal(school.answer_version, 2);
	school_close(&school);
}

static void a_secret_goes_in_and_never_out(const char *conf)
{
	begin(conf);
	school.call.key = SLICE("mail_password");
	assert_int_equal(
		desk_do(&school, &admin, ROUTE_SECRETS_PUT, 0, "{\"value\":\"hunter2-long\"}"),
		E_STATE);
	assert_string_equal(school.code, "secret.no_key");
	int fd = memfd_create("key", MFD_CLOEXEC);
	assert_int_equal(write(fd, "0123456789abcdef0123456789abcdef", 32), 32);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	struct secret_key *key = NULL;
	assert_int_equal(secret_key_read(fd, &key), 0);
	(void)close(fd);
	school.desk_env.secrets = key;
	school.call.key = SLICE("root_password");
	assert_int_equal(
		desk_do(&school, &admin, ROUTE_SECRETS_PUT, 0, "{\"value\":\"x\"}"), E_ABSENT);
	school.call.key = SLICE("mail_password");
	assert_int_equal(
		desk_do(&school, &admin, ROUTE_SECRETS_PUT, 0, "{\"value\":\"hunter2-long\"}"),
		0);
	assert_true(slice_find(buf_slice(&school.text), SLICE("hunter2")) == SIZE_MAX);
	AUTO_BUF struct buf clear;
	buf_init(&clear, 64);
	assert_int_equal(secret_open(school.house.db, key, "mail_password", &clear), 0);
	assert_true(slice_is(buf_slice(&clear), "hunter2-long"));
	assert_int_equal(view_do(&school, &admin, ROUTE_SETTINGS_LIST, 0, ""), 0);
	assert_true(slice_find(buf_slice(&school.text),
			    SLICE("{\"key\":\"mail_password\",\"value\":{\"set\":true}")) !=
		    SIZE_MAX);
	assert_true(slice_find(buf_slice(&school.text), SLICE("hunter2")) == SIZE_MAX);
	school.call.key = SLICE("mail_password");
	assert_int_equal(desk_do(&school, &admin, ROUTE_SECRETS_PUT, 0, "{\"value\":\"\"}"), 0);
	assert_int_equal(house_number(&school.house, "SELECT count(*) FROM secret"), 0);
	(void)secret_key_destroy(key);
	school_close(&school);
}

static void setup_ends_when_the_line_has_people(const char *conf)
{
	begin(conf);
	static const char *const missing[] = { "school", "operator", "director" };
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(
			desk_do(&school, &admin, ROUTE_SETUP_FINISH, 0, "{}"), E_STATE);
		assert_string_equal(school.code, "setup.missing");
		assert_string_equal(school.field, missing[i]);
		if (i == 0) {
			assert_int_equal(put("school", "{\"name\":\"美珈学院\"}"), 0);
		} else {
			(void)school_hat(&school, school_person(&school, "某人", 0),
				i == 1 ? "operator" : "vice_president", 0);
		}
	}
	assert_int_equal(desk_do(&school, &admin, ROUTE_SETUP_FINISH, 0, "{}"), 0);
	assert_int_equal(
		house_number(&school.house, "SELECT count(*) FROM setting WHERE key = 'setup'"
					    " AND value = '{\"done\":true}'"),
		1);
	school_close(&school);
}

static void a_test_mail_goes_to_whom_it_is_for(const char *conf)
{
	begin(conf);
	assert_int_equal(
		desk_do(&school, &admin, ROUTE_MAIL_TEST, 0, "{\"to\":\"a@example.edu.cn\"}"),
		E_STATE);
	assert_string_equal(school.code, "mail.not_set");
	assert_int_equal(
		put("mail",
			"{\"host\":\"smtp.example.edu.cn\",\"from\":\"fs@example.edu.cn\"}"),
		0);
	assert_int_equal(
		desk_do(&school, &admin, ROUTE_MAIL_TEST, 0, "{\"to\":\"nobody\"}"), E_INPUT);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(desk_do(&school, &admin, ROUTE_MAIL_TEST, 0,
					 "{\"to\":\"a@example.edu.cn\"}"),
			0);
	}
	assert_int_equal(
		house_number(&school.house,
			"SELECT count(*) FROM delivery d JOIN outbox o ON o.id = d.id"
			" WHERE d.address = 'a@example.edu.cn' AND d.about = 'setting' AND o.state = 'waiting'"
			" AND o.effect = d.message_id"),
		2);
	school_close(&school);
}

/* Its Message-ID is its outbox row's effect, and sending again is a row of its own. */
static void a_test_mail_can_be_sent_again(const char *conf)
{
	begin(conf);
	assert_int_equal(
		put("mail",
			"{\"host\":\"smtp.example.edu.cn\",\"from\":\"fs@example.edu.cn\"}"),
		0);
	assert_int_equal(
		desk_do(&school, &admin, ROUTE_MAIL_TEST, 0, "{\"to\":\"a@example.edu.cn\"}"),
		0);
	int64_t first = school.answer_id;
	struct hat operator= school_hat(&school, admin.person_id, "operator", 0);
	assert_int_equal(
		desk_do(&school, &operator, ROUTE_DELIVERIES_RESEND, first, "{}"), E_STATE);
	(void)school_row(
		&school, "UPDATE delivery SET state = 'failed_permanent' WHERE id < $1");
	assert_int_equal(desk_do(&school, &operator, ROUTE_DELIVERIES_RESEND, first, "{}"), 0);
	assert_int_equal(
		desk_do(&school, &operator, ROUTE_DELIVERIES_RESEND, first, "{}"), E_EXISTS);
	assert_int_equal(
		house_number(&school.house,
			"SELECT count(DISTINCT d.message_id) FROM delivery d JOIN outbox o ON o.id = d.id"
			" WHERE d.address = 'a@example.edu.cn' AND d.person_id IS NULL"
			" AND o.state = 'waiting' AND o.effect = d.message_id"),
		2);
	school_close(&school);
}

/* A null state: there is no such item. */
static void item_is(const char *code, const char *state)
{
	for (const struct json *i = json_first(answer_at(&school, "items")); i != NULL;
		i = json_next(i)) {
		if (slice_is(json_get_str(i, "code"), code)) {
			if (state == NULL || !slice_is(json_get_str(i, "state"), state)) {
				fail_msg("%s is %.*s", code,
					SLICE_FMT(json_get_str(i, "state")));
			}
			return;
		}
	}
	if (state != NULL) {
		fail_msg("no item %s", code);
	}
}

static void the_checkup_says_what_is_missing(const char *conf)
{
	static const char *const open[] = { "school", "address", "mail", "duty", "accounts",
		"operators", "vice_president", "units", "assets", "checks", "backup" };
	begin(conf);
	assert_int_equal(view_do(&school, &admin, ROUTE_CHECKUP_GET, 0, ""), 0);
	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++) {
		item_is(open[i],
			i == 1 || i == 5 || i == 6 || i == 8 || i == 10 ? "todo" : "bad");
	}
	item_is("officers", NULL); /* no unit lacks one, for there is none */
	assert_int_equal(put("school", "{\"name\":\"美珈学院\"}"), 0);
	assert_int_equal(put("address", "{\"base_url\":\"https://fs.example.edu.cn\"}"), 0);
	assert_int_equal(
		put("mail",
			"{\"host\":\"smtp.example.edu.cn\",\"from\":\"fs@example.edu.cn\"}"),
		0);
	assert_int_equal(put("backup", "{\"target_dir\":\"/mnt/backup\"}"), 0);
	int64_t unit = school_unit(&school, "教务处", false);
	static const char *const roles[] = { "operator", "operator", "director", "verifier",
		"vice_president" };
	for (size_t i = 0; i < 5; i++) {
		(void)school_hat(&school, school_person(&school, "某人", 0), roles[i], 0);
	}
	int64_t officer = school_person(&school, "王芳", unit);
	char duty[64];
	(void)snprintf(duty, sizeof(duty), "{\"person_id\":%lld}", (long long)officer);
	assert_int_equal(put("duty", duty), 0);
	(void)school_row(&school,
		"INSERT INTO asset (id, version, name, kind) VALUES ($1, 1, 'a', 'server')");
	(void)school_row(&school,
		"INSERT INTO watch (id, version, name, kind, target, params, live_code)"
		" VALUES ($1, 1, 'c', 'host', 'clock', '{}', 'host.clock_unsynchronised')");
	(void)school_row(&school,
		"INSERT INTO backup_run (id, version, at_ms, path, octets, ok)"
		" VALUES ($1, 1, 1772500000000, '/mnt/backup/x', 1, 1)");
	school.view_env.health = SLICE(
		"{\"roles\":[{\"role\":\"core\",\"state\":\"up\",\"pid\":7,\"restarts\":1,"
		"\"up_since\":5,\"sandbox\":\"relaxed\",\"counters\":{\"n\":1}}]}");
	assert_int_equal(view_do(&school, &admin, ROUTE_CHECKUP_GET, 0, ""), 0);
	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++) {
		item_is(open[i], "ok");
	}
	item_is("officers", "todo");
	item_is("time", "todo");
	item_is("sandbox", "todo");
	(void)school_hat(&school, officer, "officer", unit);
	assert_int_equal(view_do(&school, &admin, ROUTE_CHECKUP_GET, 0, ""), 0);
	item_is("officers", "ok");
	assert_int_equal(view_do(&school, &admin, ROUTE_HEALTH_GET, 0, ""), 0);
	answer_is(&school, "roles.0.role", "core");
	answer_is(&school, "clock_state", "unsynced");
	assert_true(answer_int(&school, "seq") > 0);
	assert_int_equal(answer_int(&school, "last_backup_at"), 1772500000000);
	assert_int_equal(answer_int(&school, "schema_version"), migrate_latest());
	answer_is(&school, "version", "0.1.0");
	assert_int_equal(view_do(&school, &admin, ROUTE_BACKUPS_LIST, 0, ""), 0);
	answer_is(&school, "items.0.path", "/mnt/backup/x");
	school_close(&school);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "every setting has its shape", every_setting_has_its_shape, false },
		{ "a secret goes in and never out", a_secret_goes_in_and_never_out, false },
		{ "setup ends when the line has its people",
			setup_ends_when_the_line_has_people, false },
		{ "a test mail goes to whom it is for", a_test_mail_goes_to_whom_it_is_for,
			false },
		{ "a test mail that failed can be sent again", a_test_mail_can_be_sent_again,
			false },
		{ "the checkup says what is missing", the_checkup_says_what_is_missing, false },
	};
	return house_both(cases, sizeof(cases) / sizeof(cases[0]));
}
