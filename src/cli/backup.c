/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/backup.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/jw.h"
#include "cli/place.h"
#include "cli/restore.h"
#include "records/backup.h"
#include "records/db.h"
#include "sys/ipc.h"

struct options {
	struct place_words words;
	const char *folder;
	bool json;
};

static int usage(const char *verb)
{
	(void)fprintf(stderr, "usage: fengsui %s [-c FILE] [--data DIR] [--db CONF] [--json] FOLDER\n", verb);
	return 2;
}

static bool options_read(int argc, char **argv, struct options *ret_options)
{
	static const struct option known[] = { { "config", required_argument, NULL, 'c' },
		{ "data", required_argument, NULL, 'd' }, { "db", required_argument, NULL, 'b' },
		{ "json", no_argument, NULL, 'j' }, { NULL, 0, NULL, 0 } };
	struct options options = { 0 };
	for (int c = 0; (c = getopt_long(argc, argv, "c:", known, NULL)) != -1;) {
		if (c == 'c') {
			options.words.file = optarg;
		} else if (c == 'd') {
			options.words.data = optarg;
		} else if (c == 'b') {
			options.words.db = optarg;
		} else if (c == 'j') {
			options.json = true;
		} else {
			return false;
		}
	}
	if (optind + 1 != argc || argv[optind][0] == '\0') {
		return false;
	}
	options.folder = argv[optind];
	*ret_options = options;
	return true;
}

static int report_print(const struct options *options, const struct backup_report *report)
{
	AUTO_BUF struct buf text;
	struct jw jw;
	buf_init(&text, 8192);
	if (options->json) {
		jw_init(&jw, &text);
		jw_object(&jw);
		jw_kv_str(&jw, "folder", slice_str(options->folder));
		jw_kv_int(&jw, "made_at_ms", report->made_at_ms);
		jw_kv_int(&jw, "rows", report->rows);
		jw_kv_int(&jw, "blobs", report->blobs);
		jw_kv_int(&jw, "blob_octets", report->blob_octets);
		jw_kv_int(&jw, "entries", (int64_t)report->entries);
		jw_end(&jw);
	} else {
		buf_printf(&text, "%s: %lld rows, %lld blobs of %lld octets, %llu entries of the log; all read back",
			options->folder, (long long)report->rows, (long long)report->blobs,
			(long long)report->blob_octets, (unsigned long long)report->entries);
	}
	return printf("%.*s\n", SLICE_FMT(buf_slice(&text))) > 0 && fflush(stdout) == 0 ? 0 : 3;
}

static int complain(const char *verb, int error, const struct diag *diag, const char *where)
{
	(void)fprintf(stderr, "fengsui: %s: %s: %s (%s)\n", verb, err_text(error), diag->text, where);
	switch (error) {
	case E_EXISTS:
	case E_DIGEST:
	case E_SHORT:
	case E_FORMAT:
	case E_VERSION:
		return 1;
	default:
		return 3;
	}
}

/* A running platform keeps the outcome as it does its own, for the health page. */
static void platform_tell(const struct place *place, const char *folder, int64_t octets)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int n = snprintf(at.sun_path, sizeof(at.sun_path), "%s/run/control.sock", place->data);
	char *path = realpath(folder, NULL);
	int fd = n > 0 && (size_t)n < sizeof(at.sun_path) ? socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0) : -1;
	if (fd >= 0 && path != NULL && connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0) {
		AUTO_BUF struct buf out;
		buf_init(&out, 8192);
		struct msg_backup_done msg = { .ok = true, .path = slice_str(path), .octets = (uint64_t)octets };
		msg_backup_done_encode(&msg, &out);
		if (ipc_send_now(fd, MSG_BACKUP_DONE, 0, buf_slice(&out), -1) < 0) {
			(void)fputs("fengsui: backup: made, but the running platform was not told\n", stderr);
		}
	}
	if (fd >= 0) {
		(void)close(fd);
	}
	free(path);
}

int cli_backup(int argc, char **argv)
{
	struct options options = { 0 };
	static struct place place;
	struct diag diag = { 0 };
	struct backup_report report = { 0 };
	struct db *db = NULL;
	if (!options_read(argc, argv, &options)) {
		return usage("backup");
	}
	(void)umask(0077);
	int error = place_read(&options.words, &place, &diag);
	error = error < 0 ? error : db_open(place.store, DB_READONLY, &db, &diag);
	if (error == 0) {
		const struct backup_source source = { db, place.embedded ? place.blobs : NULL, place.public_key };
		error = backup_make(&source, options.folder, &report, &diag);
	}
	(void)db_close(db);
	if (error < 0) {
		return complain("backup", error, &diag, options.folder);
	}
	platform_tell(&place, options.folder, report.blob_octets);
	return report_print(&options, &report);
}

int cli_restore(int argc, char **argv)
{
	struct options options = { 0 };
	static struct place place;
	struct diag diag = { 0 };
	struct backup_report report = { 0 };
	if (!options_read(argc, argv, &options)) {
		return usage("restore");
	}
	int error = place_read(&options.words, &place, &diag);
	error = error < 0 ? error : restore_run(&place, options.folder, &report, &diag);
	if (error < 0) {
		return complain("restore", error, &diag, options.folder);
	}
	(void)fputs("fengsui: restore: passwords and tokens for the outside are in no backup; enter them again\n",
		stderr);
	return report_print(&options, &report);
}
