/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/admin.h"

#include <fcntl.h>
#include <getopt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "../records/fixture.h"
#include "base/arena.h"
#include "base/slice.h"
#include "records/caller.h"
#include "records/db.h"
#include "records/sql.h"
#include "sys/lock.h"
#include "sys/password.h"

struct desk_top {
	char data[200];
	const char *conf;
	char out[512]; /* what the last call printed */
};

/* The command as a shell would run it; --data and --db are added. */
static int admin(struct desk_top *d, ...)
{
	char *args[32] = { (char[]) { "admin" } };
	char options[2][16] = { "--data", "--db" };
	char conf[200];
	char path[240];
	int count = 1;
	va_list more;
	va_start(more, d);
	for (char *arg = va_arg(more, char *); arg != NULL; arg = va_arg(more, char *)) {
		args[count++] = arg;
	}
	va_end(more);
	(void)snprintf(conf, sizeof(conf), "%s", d->conf);
	args[count++] = options[0];
	args[count++] = d->data;
	args[count++] = options[1];
	args[count++] = conf;
	(void)snprintf(path, sizeof(path), "%s/out", d->data);
	int saved = dup(STDOUT_FILENO);
	int fd = open(path, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);
	assert_true(saved >= 0 && fd >= 0);
	(void)fflush(stdout);
	assert_true(dup2(fd, STDOUT_FILENO) >= 0);
	optind = 0;
	int result = cli_admin(count, args);
	(void)fflush(stdout);
	assert_true(dup2(saved, STDOUT_FILENO) >= 0);
	ssize_t n = pread(fd, d->out, sizeof(d->out) - 1, 0);
	d->out[n > 0 ? n : 0] = '\0';
	(void)close(saved);
	(void)close(fd);
	return result;
}

static void top_open(struct desk_top *d, const char *conf)
{
	static unsigned made;
	*d = (struct desk_top) { .conf = conf };
	(void)snprintf(d->data, sizeof(d->data), "%s/admin%u", fixture_dir(), ++made);
	assert_int_equal(mkdir(d->data, 0700), 0);
}

/* One text of the store; the platform is off, so it is opened and closed. */
static struct slice look(struct desk_top *d, const char *sql, char text[512])
{
	struct db *db = NULL;
	assert_int_equal(db_open(d->conf, 0, &db, NULL), 0);
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct stmt *q = NULL;
	assert_int_equal(sql_query_args(db, sql, &q, NULL, 0), 0);
	assert_int_equal(db_step(q), 1);
	(void)snprintf(text, 512, "%.*s", SLICE_FMT(db_col_text(q, 0)));
	db_done(q);
	db = db_close(db);
	return slice_str(text);
}

static struct slice second_word(struct desk_top *d)
{
	struct slice before = { 0 };
	struct slice after = { 0 };
	(void)slice_cut(slice_trim(slice_str(d->out)), ' ', &before, &after);
	return after;
}

static void the_first_administrator_is_made_once(const char *conf)
{
	struct desk_top d;
	char text[512];
	top_open(&d, conf);
	assert_int_equal(admin(&d, "init", NULL), 0);
	assert_true(slice_starts(slice_str(d.out), SLICE("admin ")));
	struct slice hash =
		look(&d, "SELECT password_hash FROM account WHERE must_change = 1", text);
	assert_true(password_verify(hash, second_word(&d)));
	struct slice entry =
		look(&d, "SELECT entry FROM audit_entry ORDER BY seq DESC LIMIT 1", text);
	assert_true(slice_find(entry, SLICE("\"actor\":null")) != SIZE_MAX);
	assert_true(slice_find(entry, SLICE("break-glass: ")) != SIZE_MAX);
	assert_int_equal(admin(&d, "init", NULL), 1);
	assert_string_equal(d.out, "");
}

static void accounts_are_made_with_their_roles(const char *conf)
{
	struct desk_top d;
	char text[512];
	char path[240];
	top_open(&d, conf);
	assert_int_equal(admin(&d, "user", "--account", "wf", "--name", "王芳", "--role",
				 "officer", NULL),
		3);
	assert_int_equal(admin(&d, "init", NULL), 0);
	assert_int_equal(admin(&d, "user", "--account", "wf", "--name", "王芳", "--role",
				 "officer", "--unit", "数学系", NULL),
		0);
	assert_int_equal(admin(&d, "user", "--account", "lm", "--name", "李明", "--role",
				 "unit_head", "--unit", "数学系", NULL),
		0);
	look(&d,
		"SELECT u.name FROM role_grant g JOIN unit u ON u.id = g.unit_id JOIN person p ON p.unit_id = u.id"
		" WHERE g.role = 'officer' AND p.name = '王芳'",
		text);
	assert_string_equal(text, "数学系");
	assert_int_equal(admin(&d, "user", "--account", "zq", "--name", "赵强", "--role",
				 "operator", "--role", "auditor", NULL),
		1);
	assert_int_equal(admin(&d, "user", "--account", "zq", "--name", "赵强", NULL), 2);
	/* A password of one's own stays, if it is good. */
	(void)snprintf(path, sizeof(path), "%s/password", d.data);
	FILE *file = fopen(path, "we");
	assert_non_null(file);
	(void)fputs("Tulip-4-Winter\n", file);
	(void)fclose(file);
	assert_int_equal(admin(&d, "user", "--account", "zq", "--name", "赵强", "--role",
				 "operator", "--password-file", path, NULL),
		0);
	assert_string_equal(d.out, "");
	assert_true(
		password_verify(look(&d,
					"SELECT password_hash FROM account WHERE name = 'zq'"
					" AND must_change = 0",
					text),
			SLICE("Tulip-4-Winter")));
	assert_int_equal(admin(&d, "user", "--account", "tulip", "--name", "孙", "--role",
				 "operator", "--password-file", path, NULL),
		1);
}

static void nobody_stays_locked_out(const char *conf)
{
	struct desk_top d;
	char text[512];
	top_open(&d, conf);
	assert_int_equal(admin(&d, "init", NULL), 0);
	assert_int_equal(admin(&d, "reset-password", "admin", NULL), 0);
	assert_true(slice_starts(slice_str(d.out), SLICE("admin ")));
	struct slice hash = look(&d, "SELECT password_hash FROM account", text);
	assert_true(password_verify(hash, second_word(&d)));
	assert_int_equal(admin(&d, "reset-password", "nobody", NULL), 1);
	assert_int_equal(admin(&d, "reset-password", NULL), 2);
	assert_int_equal(admin(&d, "reset-password", "admin", "again", NULL), 2);
	assert_int_equal(admin(&d, "nonsense", NULL), 2);
}

static void a_token_is_made_for_a_role(const char *conf)
{
	struct desk_top d;
	struct caller caller = { 0 };
	struct db *db = NULL;
	AUTO_ARENA struct arena *arena = arena_create(0);
	top_open(&d, conf);
	assert_int_equal(admin(&d, "init", NULL), 0);
	assert_int_equal(admin(&d, "token", "--account", "admin", "--name", "备份", "--scopes",
				 "backups health.get", "--days", "30", NULL),
		0);
	struct slice token = slice_trim(slice_str(d.out));
	assert_true(slice_starts(token, SLICE("fst_")));
	assert_int_equal(db_open(d.conf, 0, &db, NULL), 0);
	assert_int_equal(caller_load(db, arena, token, SLICE("::1"), 0, &caller), 0);
	db = db_close(db);
	assert_true(caller.known);
	assert_int_equal(caller.role, ROLE_SYSADMIN);
	assert_string_equal(caller.scopes, "backups health.get");
	assert_int_equal(admin(&d, "token", "--account", "admin", "--name", "x", "--scopes",
				 "notices", NULL),
		1);
	assert_int_equal(admin(&d, "token", "--account", "admin", "--name", "x", "--scopes",
				 "health", "--role", "director", NULL),
		1);
	assert_int_equal(admin(&d, "token", "--account", "admin", "--name", "x", "--scopes",
				 "health", "--days", "forever", NULL),
		1);
}

static void a_running_platform_is_left_alone(const char *conf)
{
	struct desk_top d;
	int lock = -1;
	long pid = 0;
	top_open(&d, conf);
	assert_int_equal(admin(&d, "init", NULL), 0);
	int folder = open(d.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(lock_take(folder, &lock, &pid), 0);
	assert_int_equal(admin(&d, "reset-password", "admin", NULL), 3);
	assert_string_equal(d.out, "");
	assert_int_equal(admin(&d, "init", NULL), 3);
	/* The file that a killed platform left behind holds nobody up. */
	(void)close(lock);
	(void)close(folder);
	assert_int_equal(admin(&d, "reset-password", "admin", NULL), 0);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "the first administrator is made once", the_first_administrator_is_made_once,
			false },
		{ "accounts are made with their roles", accounts_are_made_with_their_roles,
			false },
		{ "nobody stays locked out", nobody_stays_locked_out, false },
		{ "a token is made for a role", a_token_is_made_for_a_role, false },
		{ "a running platform is left alone", a_running_platform_is_left_alone, false },
	};
	return fixture_both(cases, sizeof(cases) / sizeof(cases[0]));
}
