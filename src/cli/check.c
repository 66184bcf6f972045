/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/check.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/jw.h"
#include "cli/ask.h"
#include "cli/check_packs.h"
#include "cli/check_port.h"
#include "records/db.h"
#include "records/migrate.h"
#include "records/secret.h"
#include "sys/fence.h"
#include "sys/fs.h"

/* STRICT tables came with SQLite 3.37. */
enum { SAID_OCTETS = 8192, SQLITE_LEAST = 3037000 };

struct checking {
	bool json;
	bool running; /* a platform works on this data folder */
	unsigned wrong;
};

PRINTF_LIKE(4, 5)
static void say(struct checking *c, bool good, const char *what, const char *format, ...)
{
	AUTO_BUF struct buf words;
	AUTO_BUF struct buf line;
	char text[SAID_OCTETS / 2];
	va_list more;
	va_start(more, format);
	(void)vsnprintf(text, sizeof(text), format, more);
	va_end(more);
	buf_init(&words, SAID_OCTETS);
	buf_init(&line, 2 * SAID_OCTETS);
	if (c->json) {
		struct jw jw;
		jw_init(&jw, &line);
		jw_object(&jw);
		jw_kv_str(&jw, "what", slice_str(what));
		jw_kv_bool(&jw, "ok", good);
		jw_kv_str(&jw, "words", slice_str(text));
		jw_end(&jw);
	} else {
		buf_printf(&line, "%-5s %-13s %s", good ? "ok" : "wrong", what, text);
	}
	(void)printf("%.*s\n", SLICE_FMT(buf_slice(&line)));
	c->wrong += good ? 0 : 1;
}

/* ---- one by one */

static void configuration(struct checking *c, const char *file)
{
	struct diag_list mistakes;
	struct config config;
	if (file == NULL) {
		say(c, true, "configuration", "no file named; every key has its default");
		return;
	}
	diag_list_init(&mistakes);
	config_init(&config);
	int error = config_read(file, &config, &mistakes);
	for (size_t i = 0; i < mistakes.count; i++) {
		say(c, false, "configuration", "%s line %llu: %s", file,
			(unsigned long long)mistakes.items[i].line, mistakes.items[i].text);
	}
	if (mistakes.count == 0) {
		say(c, error == 0, "configuration", "%s: %s", file,
			error == 0 ? "read" : err_text(error));
	}
	diag_list_fini(&mistakes);
}

static void versions(struct checking *c)
{
	int libpq = PQlibVersion();
	say(c, sqlite3_libversion_number() >= SQLITE_LEAST, "version",
		"fengsui %s, SQLite %s, libpq %d.%d", FENGSUI_VERSION, sqlite3_libversion(),
		libpq / 10000, libpq % 10000);
}

static bool platform_runs(const char *data)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int n = snprintf(at.sun_path, sizeof(at.sun_path), "%s/run/control.sock", data);
	int fd = n > 0 && (size_t)n < sizeof(at.sun_path)
			 ? socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)
			 : -1;
	bool up = fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0;
	if (fd >= 0) {
		(void)close(fd);
	}
	return up;
}

static void data_folder(struct checking *c, const char *data)
{
	struct stat st;
	struct fs_space space = { 0 };
	if (stat(data, &st) < 0) {
		char above[PATH_MAX];
		(void)snprintf(above, sizeof(above), "%s", data);
		bool makeable = errno == ENOENT && access(dirname(above), W_OK) == 0;
		say(c, makeable, "data", "%s: %s", data,
			makeable ? "will be made" : "cannot be made");
		return;
	}
	if (!S_ISDIR(st.st_mode) || access(data, R_OK | W_OK | X_OK) < 0) {
		say(c, false, "data", "%s: not a folder we may write", data);
		return;
	}
	if ((st.st_mode & S_IWOTH) != 0) {
		say(c, false, "data", "%s: everybody may write there", data);
		return;
	}
	if (fs_space_of(data, &space) == 0) {
		say(c, !space.below_reserve, "data", "%s: %lld MiB free%s", data,
			(long long)(space.free_octets >> 20),
			space.below_reserve ? ", below the reserve: sensing would stop" : "");
	}
}

static void master_key(struct checking *c, const struct place *place)
{
	char path[PATH_MAX + 8];
	struct stat st;
	bool named = place->config.key_file[0] != '\0';
	(void)snprintf(path, sizeof(path), "%s%s", named ? place->config.key_file : place->data,
		named ? "" : ".key");
	if (stat(path, &st) < 0) {
		say(c, errno == ENOENT, "key", "%s: %s", path,
			errno == ENOENT ? "will be made" : strerror(errno));
	} else if (st.st_size != SECRET_KEY_OCTETS) {
		say(c, false, "key", "%s: must be %d octets", path, SECRET_KEY_OCTETS);
	} else if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		say(c, false, "key", "%s: others than its owner may use it", path);
	} else {
		say(c, true, "key", "%s", path);
	}
}

static void ports(struct checking *c, const struct config *config)
{
	const struct {
		const char *what;
		const char *address;
		bool plain;
		bool datagram;
	} all[] = { { "listen", config->listen, true, false },
		{ "tls_listen", config->tls_listen, false, false },
		{ "syslog", config->syslog, false, true },
		{ "traps", config->traps, false, true } };
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct diag diag = { 0 };
		if (all[i].address[0] == '\0') {
			continue;
		}
		int error = port_check(all[i].address, all[i].datagram, all[i].plain, &diag);
		bool ours = error == -EADDRINUSE && c->running;
		say(c, error == 0 || ours, all[i].what, "%s: %s", all[i].address,
			ours         ? "held by the running platform"
			: error == 0 ? "free"
				     : diag.text);
	}
	const char *const files[] = { config->tls_cert, config->tls_key };
	for (size_t i = 0; i < 2; i++) {
		if (files[i][0] != '\0') {
			bool readable = access(files[i], R_OK) == 0;
			say(c, readable, i == 0 ? "tls_cert" : "tls_key", "%s: %s", files[i],
				readable ? "there" : strerror(errno));
		}
	}
}

static void store(struct checking *c, const struct place *place)
{
	struct db *db = NULL;
	struct diag diag = { 0 };
	int error = db_open(place->store, DB_READONLY, &db, &diag);
	int version = error < 0 ? 0 : migrate_version(db);
	if (error == E_ABSENT && place->embedded) {
		say(c, true, "store", "%s: will be made", place->store);
	} else if (error < 0 || version < 0) {
		say(c, false, "store", "%s",
			diag.text[0] != '\0' ? diag.text
					     : err_text(error < 0 ? error : version));
	} else if ((unsigned)version > migrate_latest()) {
		say(c, false, "store",
			"schema %d is of a newer program; this one knows up to %u", version,
			migrate_latest());
	} else if (version != 0 && (unsigned)version < migrate_latest()) {
		say(c, true, "store", "schema %d, will be brought to %u after a copy", version,
			migrate_latest());
	} else {
		say(c, true, "store", "%s, schema %u",
			db_kind(db) == DB_SQLITE ? "SQLite" : "PostgreSQL",
			version == 0 ? migrate_latest() : (unsigned)version);
	}
	(void)db_close(db);
}

static void sandbox(struct checking *c, const struct config *config)
{
	int abi = fence_landlock_abi();
	bool relaxed = strcmp(config->sandbox, "relaxed") == 0;
	if (abi > 0) {
		say(c, true, "sandbox", "%s, Landlock %d", config->sandbox, abi);
	} else {
		say(c, relaxed, "sandbox",
			relaxed ? "relaxed: this kernel has no Landlock"
				: "strict, but this kernel has no Landlock");
	}
}

static void packs(struct checking *c, const struct place *place)
{
	struct diag_list mistakes;
	struct check_packs found = { 0 };
	diag_list_init(&mistakes);
	int error = check_packs_read(place->config.share, place->data, &found, &mistakes);
	for (size_t i = 0; i < mistakes.count; i++) {
		say(c, false, "packs", "%s: %s", mistakes.items[i].source,
			mistakes.items[i].text);
	}
	if (error < 0 && mistakes.count == 0) {
		say(c, false, "packs", "%s", err_text(error));
	} else if (mistakes.count == 0) {
		say(c, true, "packs",
			"policy %s, calendars of %u years, %u log rules, %u detection rules, %u device profiles",
			found.policy, found.years, found.decoders, found.rules, found.profiles);
	}
	diag_list_fini(&mistakes);
}

int cli_check(int argc, char **argv)
{
	static struct place place;
	struct ask ask = { 0 };
	struct diag diag = { 0 };
	if (!ask_read(argc, argv, &ask) || ask.word != NULL) {
		(void)fputs(
			"usage: fengsui check [-c FILE] [--data DIR] [--db CONF] [--json]\n",
			stderr);
		return 2;
	}
	struct checking c = { .json = ask.json };
	versions(&c);
	configuration(&c, ask.words.file);
	if (place_read(&ask.words, &place, &diag) == 0) {
		c.running = platform_runs(place.data);
		packs(&c, &place);
		data_folder(&c, place.data);
		master_key(&c, &place);
		ports(&c, &place.config);
		store(&c, &place);
		sandbox(&c, &place.config);
	}
	return fflush(stdout) != 0 ? 3 : c.wrong > 0 ? 1 : 0;
}
