/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/backup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/jw.h"
#include "cli/ask.h"
#include "cli/restore.h"
#include "records/backup.h"
#include "records/db.h"
#include "sys/ipc.h"

static int usage(const char *verb)
{
	(void)fprintf(stderr,
		"usage: fengsui %s [-c FILE] [--data DIR] [--db CONF] [--json] FOLDER\n", verb);
	return 2;
}

static int report_print(const struct ask *ask, const struct backup_report *report)
{
	AUTO_BUF struct buf text;
	struct jw jw;
	buf_init(&text, 8192);
	if (ask->json) {
		jw_init(&jw, &text);
		jw_object(&jw);
		jw_kv_str(&jw, "folder", slice_str(ask->word));
		jw_kv_int(&jw, "made_at_ms", report->made_at_ms);
		jw_kv_int(&jw, "rows", report->rows);
		jw_kv_int(&jw, "blobs", report->blobs);
		jw_kv_int(&jw, "blob_octets", report->blob_octets);
		jw_kv_int(&jw, "entries", (int64_t)report->entries);
		jw_end(&jw);
	} else {
		buf_printf(&text,
			"%s: %lld rows, %lld blobs of %lld octets, %llu entries of the log; all read back",
			ask->word, (long long)report->rows, (long long)report->blobs,
			(long long)report->blob_octets, (unsigned long long)report->entries);
	}
	return printf("%.*s\n", SLICE_FMT(buf_slice(&text))) > 0 && fflush(stdout) == 0 ? 0 : 3;
}

/* A running platform keeps the outcome as it does its own, for the health page. */
static void platform_tell(const struct place *place, const char *folder, int64_t octets)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int n = snprintf(at.sun_path, sizeof(at.sun_path), "%s/run/control.sock", place->data);
	char *path = realpath(folder, NULL);
	int fd = n > 0 && (size_t)n < sizeof(at.sun_path)
			 ? socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)
			 : -1;
	if (fd >= 0 && path != NULL && connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0) {
		AUTO_BUF struct buf out;
		buf_init(&out, 8192);
		struct msg_backup_done msg = {
			.ok = true, .path = slice_str(path), .octets = (uint64_t)octets
		};
		msg_backup_done_encode(&msg, &out);
		if (ipc_send_now(fd, MSG_BACKUP_DONE, 0, buf_slice(&out), -1) < 0) {
			(void)fputs(
				"fengsui: backup: made, but the running platform was not told\n",
				stderr);
		}
	}
	if (fd >= 0) {
		(void)close(fd);
	}
	free(path);
}

int cli_backup(int argc, char **argv)
{
	struct ask ask = { 0 };
	static struct place place;
	struct diag diag = { 0 };
	struct backup_report report = { 0 };
	struct db *db = NULL;
	if (!ask_read(argc, argv, &ask) || ask.word == NULL) {
		return usage("backup");
	}
	(void)umask(0077);
	int error = place_read(&ask.words, &place, &diag);
	error = error < 0 ? error : db_open(place.store, DB_READONLY, &db, &diag);
	if (error == 0) {
		const struct backup_source source = { db, place.embedded ? place.blobs : NULL,
			place.public_key };
		error = backup_make(&source, ask.word, &report, &diag);
	}
	(void)db_close(db);
	if (error < 0) {
		return ask_complain("backup", error, &diag, ask.word);
	}
	platform_tell(&place, ask.word, report.blob_octets);
	return report_print(&ask, &report);
}

int cli_restore(int argc, char **argv)
{
	struct ask ask = { 0 };
	static struct place place;
	struct diag diag = { 0 };
	struct backup_report report = { 0 };
	if (!ask_read(argc, argv, &ask) || ask.word == NULL) {
		return usage("restore");
	}
	int error = place_read(&ask.words, &place, &diag);
	error = error < 0 ? error : restore_run(&place, ask.word, &report, &diag);
	if (error < 0) {
		return ask_complain("restore", error, &diag, ask.word);
	}
	(void)fputs(
		"fengsui: restore: passwords and tokens for the outside are in no backup; enter them again\n",
		stderr);
	return report_print(&ask, &report);
}
