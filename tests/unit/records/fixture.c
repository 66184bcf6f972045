/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include <dirent.h>
#include <ftw.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static char scratch[64];
static char postgres_bin[300];
static pid_t postmaster;
static pid_t owner;
static unsigned made;
static void (*filler)(const char *conf); /* NULL = stores begin empty */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void fixture_postgres_stop(void)
{
	if (postmaster > 0) {
		(void)kill(postmaster, SIGINT);
		(void)waitpid(postmaster, NULL, 0);
		postmaster = 0;
	}
}

static void clean(void)
{
	if (owner != getpid()) {
		return;
	}
	fixture_postgres_stop();
	if (scratch[0] != '\0') {
		(void)nftw(scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	}
}

const char *fixture_dir(void)
{
	if (scratch[0] == '\0') {
		const char *above = getenv("TMPDIR");
		int n = snprintf(scratch, sizeof(scratch), "%s/fengsui-test-XXXXXX",
			above != NULL ? above : "/tmp");
		if (n >= (int)sizeof(scratch) || mkdtemp(scratch) == NULL ||
			chmod(scratch, 0711) != 0) {
			perror("scratch folder");
			exit(1);
		}
		owner = getpid();
		(void)atexit(clean);
	}
	return scratch;
}

static bool find_postgres(void)
{
	const char *root = "/usr/lib/postgresql";
	DIR *dir = opendir(root);
	if (dir == NULL) {
		return false;
	}
	bool found = false;
	for (struct dirent *e = readdir(dir); e != NULL && !found; e = readdir(dir)) {
		(void)snprintf(
			postgres_bin, sizeof(postgres_bin), "%s/%s/bin", root, e->d_name);
		char program[320];
		(void)snprintf(program, sizeof(program), "%s/initdb", postgres_bin);
		found = e->d_name[0] != '.' && access(program, X_OK) == 0;
	}
	(void)closedir(dir);
	return found;
}

/* PostgreSQL refuses root, so it runs as its own user there; it dies with us. */
static pid_t start(const char *program, char *args[])
{
	pid_t pid = fork();
	if (pid != 0) {
		return pid;
	}
	const struct passwd *user = geteuid() == 0 ? getpwnam("postgres") : NULL;
	if (user != NULL && (setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)) {
		_exit(126);
	}
	(void)prctl(PR_SET_PDEATHSIG, SIGINT);
	char path[340];
	(void)snprintf(path, sizeof(path), "%s/%s", postgres_bin, program);
	char log[100];
	(void)snprintf(log, sizeof(log), "%s/pg/log", scratch);
	if (freopen(log, "a", stdout) == NULL || freopen(log, "a", stderr) == NULL ||
		chdir("/") != 0) {
		_exit(126);
	}
	args[0] = path; /* by which it finds its companions */
	execv(path, args);
	_exit(127);
}

static void uri_of(char *out, size_t room, const char *database)
{
	(void)snprintf(out, room, "postgresql:///%s?host=%s/pg&user=tester", database, scratch);
}

static PGconn *connect_admin(void)
{
	char uri[200];
	uri_of(uri, sizeof(uri), "postgres");
	for (int i = 0; i < 1000; i++) {
		PGconn *conn = PQconnectdb(uri);
		if (PQstatus(conn) == CONNECTION_OK) {
			return conn;
		}
		PQfinish(conn);
		(void)usleep(10000);
	}
	(void)fprintf(stderr, "the private PostgreSQL did not come up\n");
	exit(1);
}

/* The folder goes with us, so its words are said here. */
static void log_show(const char *folder, int status)
{
	char path[120];
	char line[256];
	(void)snprintf(path, sizeof(path), "%s/log", folder);
	(void)fprintf(stderr, "initdb failed with %d:\n", status);
	FILE *log = fopen(path, "r");
	while (log != NULL && fgets(line, sizeof(line), log) != NULL) {
		(void)fputs(line, stderr);
	}
	if (log != NULL) {
		(void)fclose(log);
	}
}

const char *fixture_postgres_data(void)
{
	static char data[120];
	(void)snprintf(data, sizeof(data), "%s/pg/data", fixture_dir());
	return data;
}

void fixture_postgres_start(void)
{
	char folder[100];
	char data[120];
	(void)snprintf(folder, sizeof(folder), "%s/pg", fixture_dir());
	(void)snprintf(data, sizeof(data), "%s", fixture_postgres_data());
	char *serve[] = { (char[]) { "postgres" }, (char[]) { "-D" }, data, (char[]) { "-k" },
		folder, (char[]) { "-c" }, (char[]) { "listen_addresses=" }, (char[]) { "-c" },
		(char[]) { "shared_buffers=16MB" }, NULL };
	postmaster = start("postgres", serve);
	PQfinish(connect_admin());
}

static bool start_postgres(void)
{
	static bool tried;
	if (tried) {
		return postmaster > 0;
	}
	tried = true;
	if (!find_postgres()) {
		return false;
	}
	char folder[100];
	(void)snprintf(folder, sizeof(folder), "%s/pg", fixture_dir());
	const struct passwd *user = geteuid() == 0 ? getpwnam("postgres") : NULL;
	if (mkdir(folder, 0755) != 0 ||
		(user != NULL && chown(folder, user->pw_uid, user->pw_gid) != 0)) {
		return false;
	}
	char data[120];
	(void)snprintf(data, sizeof(data), "%s", fixture_postgres_data());
	char *init[] = { (char[]) { "initdb" }, (char[]) { "-D" }, data, (char[]) { "-U" },
		(char[]) { "tester" }, (char[]) { "--locale=C.UTF-8" }, (char[]) { "-A" },
		(char[]) { "trust" }, (char[]) { "-N" }, NULL };
	int status = 1;
	if (waitpid(start("initdb", init), &status, 0) < 0 || status != 0) {
		log_show(folder, status);
		exit(1);
	}
	fixture_postgres_start();
	return true;
}

static void database_make(const char *name, const char *of)
{
	char sql[96];
	(void)snprintf(sql, sizeof(sql), "CREATE DATABASE %s TEMPLATE %s", name, of);
	PGconn *conn = connect_admin();
	PGresult *result = PQexec(conn, sql);
	if (PQresultStatus(result) != PGRES_COMMAND_OK) {
		(void)fprintf(stderr, "%s", PQerrorMessage(conn));
		exit(1);
	}
	PQclear(result);
	PQfinish(conn);
}

const char *fixture_postgres(void)
{
	static char uri[200];
	static bool filled;
	char name[32];
	if (!start_postgres()) {
		return NULL;
	}
	if (filler != NULL && !filled) {
		database_make("filled", "template1");
		uri_of(uri, sizeof(uri), "filled");
		filler(uri);
		filled = true;
	}
	(void)snprintf(name, sizeof(name), "t%u", ++made);
	database_make(name, filled ? "filled" : "template1");
	uri_of(uri, sizeof(uri), name);
	return uri;
}

static void file_copy(const char *from, const char *to)
{
	char octets[64 * 1024];
	FILE *in = fopen(from, "rb");
	FILE *out = fopen(to, "wb");
	size_t n = 0;
	if (in == NULL || out == NULL) {
		abort();
	}
	while ((n = fread(octets, 1, sizeof(octets), in)) > 0) {
		if (fwrite(octets, 1, n, out) != n) {
			abort();
		}
	}
	(void)fclose(in);
	if (fclose(out) != 0) {
		abort();
	}
}

const char *fixture_sqlite(void)
{
	static char conf[160];
	static char filled[160];
	if (filler != NULL && filled[0] == '\0') {
		(void)snprintf(filled, sizeof(filled), "sqlite:%s/filled.db", fixture_dir());
		filler(filled);
	}
	(void)snprintf(conf, sizeof(conf), "sqlite:%s/t%u.db", fixture_dir(), ++made);
	if (filler != NULL) {
		file_copy(strchr(filled, ':') + 1, strchr(conf, ':') + 1);
	}
	return conf;
}

void fixture_postgres_set(const char *name, const char *value)
{
	char sql[128];
	(void)snprintf(sql, sizeof(sql), "ALTER SYSTEM SET %s = %s", name, value);
	PGconn *conn = connect_admin();
	PQclear(PQexec(conn, sql));
	PQclear(PQexec(conn, "SELECT pg_reload_conf()"));
	PQfinish(conn);
	(void)usleep(300000);
}

struct bound {
	const struct fixture_case *test;
	bool postgres;
};

static void run_case(void **state)
{
	const struct bound *bound = *state;
	const char *conf = bound->postgres ? fixture_postgres() : fixture_sqlite();
	if (conf == NULL) {
		(void)fprintf(stderr, "PostgreSQL is not installed: skipped\n");
		skip();
	}
	char copy[200];
	(void)snprintf(copy, sizeof(copy), "%s", conf);
	bound->test->run(copy);
}

int fixture_both(const struct fixture_case *cases, size_t count)
{
	struct CMUnitTest *tests = calloc(count * 2, sizeof(*tests));
	struct bound *bounds = calloc(count * 2, sizeof(*bounds));
	char(*names)[120] = calloc(count * 2, sizeof(*names));
	if (tests == NULL || bounds == NULL || names == NULL) {
		abort();
	}
	size_t n = 0;
	for (size_t i = 0; i < count * 2; i++) {
		const struct fixture_case *test = &cases[i / 2];
		bool postgres = i % 2 != 0;
		if (test->postgres_only && !postgres) {
			continue;
		}
		bounds[n] = (struct bound) { test, postgres };
		(void)snprintf(names[n], sizeof(names[n]), "%s (%s)", test->name,
			postgres ? "postgresql" : "sqlite");
		tests[n] = (struct CMUnitTest) { names[n], run_case, NULL, NULL, &bounds[n] };
		n++;
	}
	int failed = _cmocka_run_group_tests("records", tests, n, NULL, NULL);
	free(tests);
	free(bounds);
	free(names);
	return failed;
}

int fixture_filled(
	const struct fixture_case *cases, size_t count, void (*fill)(const char *conf))
{
	filler = fill;
	return fixture_both(cases, count);
}
