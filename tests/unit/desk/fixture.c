/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "../workflow/china.h"
#include "base/arena.h"
#include "base/diag.h"
#include "base/num.h"
#include "records/blob.h"
#include "records/caller.h"
#include "records/db.h"
#include "sys/fs.h"

static const struct blob_quota quotas[] = {
	{ "attachment", 1 << 20 },
	{ "document", 1 << 20 },
	{ "evidence", 1 << 20 },
};

static void policy_load(struct school *school)
{
	AUTO_BUF struct buf text;
	buf_init(&text, POLICY_TEXT_MAX);
	policy_file_read("school-2023-v1.json", &text);
	struct diag_list errors;
	diag_list_init(&errors);
	int error = policy_parse(buf_slice(&text), &school->policy, &errors);
	diag_list_fini(&errors);
	assert_int_equal(error, 0);
}

void school_open(struct school *school, const char *conf)
{
	static unsigned made;
	*school = (struct school) { .if_match = -1, .download_fd = -1 };
	house_open(&school->house, conf);
	school_at(school, "2026-03-03T09:00");
	china_load(&school->calendar);
	policy_load(school);
	char folder[160];
	(void)snprintf(folder, sizeof(folder), "%s/school%u", fixture_dir(), ++made);
	assert_int_equal(blob_store_open(fs_real(), folder, db_kind(school->house.db), quotas,
				 sizeof(quotas) / sizeof(quotas[0]), &school->blobs),
		0);
	school->desk_env = (struct desk_env) { .calendar = &school->calendar,
		.policy = &school->policy,
		.blobs = school->blobs,
		.base_url = "https://fs.example.edu.cn" };
	school->view_env = (struct view_env) { .blobs_fd = -1 };
	school->arena = arena_create(0);
	buf_init(&school->text, 4 << 20);
}

void school_close(struct school *school)
{
	if (school->download_fd >= 0) {
		(void)close(school->download_fd);
	}
	buf_fini(&school->text);
	school->arena = arena_destroy(school->arena);
	school->blobs = blob_store_close(school->blobs);
	house_close(&school->house);
}

void school_at(struct school *school, const char *text)
{
	school->house.now_ms = china_at(text);
}

struct seed {
	const char *sql;
	struct sql_arg args[8];
	size_t count;
	int64_t id;
};

static int seed_run(struct txn *txn, void *arg)
{
	struct seed *seed = arg;
	trail_act(txn, &(struct trail_act) { .act = SLICE("test.seed") });
	seed->id = txn_id(txn);
	seed->args[0] = SQL_INT(seed->id);
	int64_t done = sql_run_args(txn_db(txn), seed->sql, seed->args, seed->count);
	return done < 0 ? (int)done : 0;
}

static int64_t seed_put(struct school *school, struct seed *seed)
{
	if (house_run(&school->house, seed_run, seed) < 0) {
		fail_msg("%s", seed->sql);
	}
	return seed->id;
}

int64_t school_row(struct school *school, const char *sql)
{
	struct seed seed = { .sql = sql, .count = 1 };
	return seed_put(school, &seed);
}

int school_run(struct school *school, int (*run)(struct txn *txn, void *arg), void *arg)
{
	return house_run(&school->house, run, arg);
}

void school_small(struct school *school)
{
	(void)school_row(school, "INSERT INTO setting (id, version, key, value)"
				 " VALUES ($1, 1, 'small_school', '{\"on\":true}')");
}

int64_t school_unit(struct school *school, const char *name, bool is_centre)
{
	struct seed seed = {
		.sql = "INSERT INTO unit (id, version, name, kind, is_centre, valid_from_ms)"
		       " VALUES ($1, 1, $2, $3, $4, 0)",
		.args = { SQL_NULL, SQL_STR(name), SQL_STR(is_centre ? "centre" : "faculty"),
			SQL_INT(is_centre) },
		.count = 4
	};
	return seed_put(school, &seed);
}

int64_t school_person(struct school *school, const char *name, int64_t unit_id)
{
	char mail[64];
	char account[32];
	school->people++;
	(void)snprintf(mail, sizeof(mail), "p%u@example.edu.cn", school->people);
	(void)snprintf(account, sizeof(account), "p%u", school->people);
	struct seed person = {
		.sql = "INSERT INTO person (id, version, name, unit_id, mail, phone)"
		       " VALUES ($1, 1, $2, $3, $4, '0571-8000')",
		.args = { SQL_NULL, SQL_STR(name), SQL_INT_OR_NULL(unit_id), SQL_STR(mail) },
		.count = 4
	};
	int64_t id = seed_put(school, &person);
	struct seed row = {
		.sql = "INSERT INTO account (id, version, name, person_id, password_hash,"
		       " password_at_ms, must_change) VALUES ($1, 1, $2, $3, '-', 0, 0)",
		.args = { SQL_NULL, SQL_STR(account), SQL_INT(id) },
		.count = 3
	};
	(void)seed_put(school, &row);
	return id;
}

struct hat school_hat(
	struct school *school, int64_t person_id, const char *role, int64_t unit_id)
{
	struct hat hat = { .person_id = person_id, .unit_id = unit_id };
	(void)snprintf(hat.token, sizeof(hat.token), "hat-%u", ++school->hats);
	struct seed grant = {
		.sql = "INSERT INTO role_grant (id, version, person_id, role, unit_id,"
		       " valid_from_ms) VALUES ($1, 1, $2, $3, $4, 0)",
		.args = { SQL_NULL, SQL_INT(person_id), SQL_STR(role),
			SQL_INT_OR_NULL(unit_id) },
		.count = 4
	};
	int64_t grant_id = seed_put(school, &grant);
	struct digest digest = caller_token_digest(slice_str(hat.token));
	struct seed session = { .sql = "INSERT INTO session (id, digest, account_id, grant_id, "
				       "created_at_ms, seen_at_ms,"
				       " address, agent) SELECT $1, $2, a.id, $3, 0, 0, "
				       "'127.0.0.1', 'test' FROM account a"
				       " WHERE a.person_id = $4",
		.args = { SQL_NULL, SQL_BLOB(slice_of(digest.octet, DIGEST_OCTETS)),
			SQL_INT(grant_id), SQL_INT(person_id) },
		.count = 4 };
	(void)seed_put(school, &session);
	return hat;
}

/* Days go by between calls; who is logged in stays so. */
static void stay_awake(struct school *school)
{
	if (sql_run(school->house.db,
		    "UPDATE session SET seen_at_ms = $1, created_at_ms = $1"
		    " WHERE ended_at_ms IS NULL",
		    SQL_INT(school->house.now_ms)) < 0) {
		fail_msg("sessions");
	}
}

static void answer_begin(struct school *school)
{
	stay_awake(school);
	arena_reset(school->arena);
	school->answer = NULL;
	school->code[0] = '\0';
	school->field[0] = '\0';
	if (school->download_fd >= 0) {
		(void)close(school->download_fd);
		school->download_fd = -1;
	}
}

static void answer_parse(struct school *school)
{
	struct diag diag = { 0 };
	if (school->text.n > 0 && json_parse(school->arena, buf_slice(&school->text), 0,
					  &school->answer, &diag) < 0) {
		fail_msg("the answer is no JSON: %s in %.*s", diag.text,
			SLICE_FMT(buf_slice(&school->text)));
	}
}

static int desk_command(struct txn *txn, void *arg)
{
	return desk_run(txn, (struct desk *)arg);
}

int desk_do(struct school *school, const struct hat *hat, enum route_id route, int64_t id,
	const char *body)
{
	answer_begin(school);
	struct desk_call call = school->call;
	call.route = route;
	call.token = hat != NULL ? slice_str(hat->token) : (struct slice) { 0 };
	call.address = SLICE("127.0.0.1");
	call.agent = SLICE("test");
	call.id = id;
	call.if_match = school->if_match;
	struct diag diag = { 0 };
	if (body != NULL && json_parse(school->arena,
				    slice_str(arena_dup_str(school->arena, slice_str(body))), 0,
				    &call.body, &diag) < 0) {
		fail_msg("%s: %s", body, diag.text);
	}
	struct desk desk = { .env = &school->desk_env, .call = &call };
	struct command command;
	struct command *list[] = { &command };
	command_init(&command);
	command.run = desk_command;
	command.arg = &desk;
	batch_run(school->house.batch, list, 1);
	school->status = command.status;
	(void)snprintf(school->code, sizeof(school->code), "%s", desk.code);
	(void)snprintf(school->field, sizeof(school->field), "%s", desk.field);
	school->answer_id = desk.answer_id;
	school->answer_version = desk.answer_version;
	(void)snprintf(school->set_token, sizeof(school->set_token), "%s", desk.set_token);
	buf_clear(&school->text);
	buf_put(&school->text, buf_slice(&command.answer));
	if (command.status >= 0) {
		answer_parse(school);
	} else if (command.diag.text[0] != '\0') {
		print_message("# %s: %s\n", routes[route].name, command.diag.text);
	}
	command_fini(&command);
	school->if_match = -1;
	school->call = (struct desk_call) { 0 };
	return school->status;
}

int desk_dof(struct school *school, const struct hat *hat, enum route_id route, int64_t id,
	const char *format, ...)
{
	char body[4096];
	va_list args;
	va_start(args, format);
	int n = vsnprintf(body, sizeof(body), format, args);
	va_end(args);
	assert_in_range(n, 0, sizeof(body) - 1);
	return desk_do(school, hat, route, id, body);
}

int view_do(struct school *school, const struct hat *hat, enum route_id route, int64_t id,
	const char *query)
{
	answer_begin(school);
	struct view_call call = {
		.route = route,
		.token = hat != NULL ? slice_str(hat->token) : (struct slice) { 0 },
		.address = SLICE("127.0.0.1"),
		.id = id,
		.sub = school->call.sub,
		.key = school->call.key,
		.agent = school->call.agent,
		.query = slice_str(query),
	};
	struct view view = { .db = school->house.db,
		.arena = school->arena,
		.env = &school->view_env,
		.call = &call };
	buf_clear(&school->text);
	school->status = view_run(&view, school->house.now_ms, &school->text);
	(void)snprintf(school->code, sizeof(school->code), "%s", view.code);
	(void)snprintf(school->field, sizeof(school->field), "%s", view.field);
	school->download_fd = view.download_fd;
	school->answer_version = view.version;
	if (school->status >= 0 && view.download_fd < 0) {
		answer_parse(school);
	}
	school->call = (struct desk_call) { 0 };
	return school->status;
}

const struct json *answer_at(const struct school *school, const char *path)
{
	const struct json *value = school->answer;
	struct slice left = slice_str(path);
	while (left.n > 0 && value != NULL) {
		struct slice word = { 0 };
		(void)slice_cut(left, '.', &word, &left);
		int64_t place = 0;
		if (json_type(value) == JSON_ARRAY && num_i64(word, 0, 100000, &place) == 0) {
			value = json_first(value);
			for (; place > 0 && value != NULL; place--) {
				value = json_next(value);
			}
		} else {
			value = json_get(value, arena_dup_str(school->arena, word));
		}
	}
	return value;
}

void answer_is(const struct school *school, const char *path, const char *text)
{
	struct slice got = json_str(answer_at(school, path));
	if (!slice_is(got, text)) {
		fail_msg("%s is \"%.*s\", not \"%s\", in %.*s", path, SLICE_FMT(got), text,
			SLICE_FMT(slice_head(buf_slice(&school->text), 2000)));
	}
}

int64_t answer_int(const struct school *school, const char *path)
{
	int64_t value = 0;
	if (!json_int(answer_at(school, path), &value)) {
		fail_msg("%s is no number in %.*s", path,
			SLICE_FMT(slice_head(buf_slice(&school->text), 2000)));
	}
	return value;
}
