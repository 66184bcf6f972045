/* SPDX-License-Identifier: Apache-2.0 */
#include "records/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/verify.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/digest.h"
#include "base/err.h"
#include "records/blob.h"
#include "records/copy.h"
#include "records/db.h"
#include "records/manifest.h"
#include "records/migrate.h"
#include "records/sql.h"
#include "sys/clock.h"

/* One content on its way from wherever it is to a file or to rows. */
struct content {
	struct digest sm3;
	int64_t octets;
	char hex[2 * DIGEST_OCTETS + 1];
};

/* Where the pieces of a content go. */
struct sink {
	int fd;        /* a file, or -1 */
	struct db *db; /* else chunk rows of this store */
	const struct content *content;
	struct digest_stream *sm3;
	int64_t octets;
};

static int write_all(int fd, struct slice octets)
{
	while (octets.n > 0) {
		ssize_t n = write(fd, octets.p, octets.n);
		if (n < 0 && errno != EINTR) {
			return -errno;
		}
		octets = slice_skip(octets, n > 0 ? (size_t)n : 0);
	}
	return 0;
}

static int sink_put(struct sink *sink, struct slice octets)
{
	digest_stream_add(sink->sm3, octets);
	int64_t n = sink->octets / BLOB_CHUNK_OCTETS;
	sink->octets += (int64_t)octets.n;
	if (sink->fd >= 0) {
		return write_all(sink->fd, octets);
	}
	int64_t rows =
		sql_run(sink->db, "INSERT INTO blob_chunk (sm3, n, octets) VALUES ($1, $2, $3)",
			SQL_BLOB(slice_of(sink->content->sm3.octet, DIGEST_OCTETS)), SQL_INT(n),
			SQL_BLOB(octets));
	return rows < 0 ? (int)rows : 0;
}

static int read_file(const char *path, struct sink *sink)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) {
		return errno == ENOENT ? E_DIGEST : -errno;
	}
	uint8_t *room = malloc(BLOB_CHUNK_OCTETS);
	if (room == NULL) {
		abort();
	}
	int error = 0;
	ssize_t n = 1;
	while (error == 0 && n > 0) {
		n = read(fd, room, BLOB_CHUNK_OCTETS);
		error = n < 0 ? -errno : n > 0 ? sink_put(sink, slice_of(room, (size_t)n)) : 0;
	}
	free(room);
	(void)close(fd);
	return error;
}

static int read_chunks(struct db *db, struct sink *sink)
{
	for (int64_t n = 0; sink->octets < sink->content->octets; n++) {
		AUTO_STMT struct stmt *q = NULL;
		int row =
			sql_query(db, "SELECT octets FROM blob_chunk WHERE sm3 = $1 AND n = $2",
				&q, SQL_BLOB(slice_of(sink->content->sm3.octet, DIGEST_OCTETS)),
				SQL_INT(n));
		row = row < 0 ? row : db_step(q);
		if (row != 1 || db_col_blob(q, 0).n == 0) {
			return row < 0 ? row : E_DIGEST;
		}
		int error = sink_put(sink, db_col_blob(q, 0));
		if (error < 0) {
			return error;
		}
	}
	return 0;
}

/* A way for contents: from a folder or a store to a folder or a store. */
struct way {
	const char *from_folder; /* NULL = chunk rows of from */
	struct db *from;
	const char *to_folder; /* NULL = chunk rows of to */
	struct db *to;
};

static int open_target(const struct way *way, const struct content *content)
{
	char path[PATH_MAX];
	(void)snprintf(path, sizeof(path), "%s/%.2s", way->to_folder, content->hex);
	if (mkdir(path, 0700) < 0 && errno != EEXIST) {
		return -errno;
	}
	(void)snprintf(path, sizeof(path), "%s/%.2s/%s", way->to_folder, content->hex,
		content->hex + 2);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	return fd < 0 ? -errno : fd;
}

static int carry_one(const struct way *way, const struct content *content)
{
	struct sink sink = { .fd = -1, .db = way->to, .content = content };
	if (way->to_folder != NULL) {
		sink.fd = open_target(way, content);
		if (sink.fd < 0) {
			return sink.fd;
		}
	}
	sink.sm3 = digest_stream_create(DIGEST_SM3);
	int error = 0;
	if (way->from_folder != NULL) {
		char path[PATH_MAX];
		(void)snprintf(path, sizeof(path), "%s/%.2s/%s", way->from_folder, content->hex,
			content->hex + 2);
		error = read_file(path, &sink);
	} else {
		error = read_chunks(way->from, &sink);
	}
	struct digest sm3 = digest_stream_end(sink.sm3);
	(void)digest_stream_destroy(sink.sm3);
	if (sink.fd >= 0 && close(sink.fd) < 0 && error == 0) {
		error = -errno;
	}
	if (error == 0 && (sink.octets != content->octets || !digest_eq(&sm3, &content->sm3))) {
		error = E_DIGEST;
	}
	return error;
}

/* Next named content behind *content.  Returns: 1, 0 at the end, or an error. */
static int next_content(struct db *records, struct content *content)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(records,
		"SELECT sm3, max(octets) FROM blob WHERE sm3 > $1 GROUP BY sm3 ORDER BY sm3 LIMIT 1",
		&q, SQL_BLOB(slice_of(content->sm3.octet, DIGEST_OCTETS)));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		if (db_col_blob(q, 0).n != DIGEST_OCTETS) {
			return E_DIGEST;
		}
		memcpy(content->sm3.octet, db_col_blob(q, 0).p, DIGEST_OCTETS);
		content->octets = db_col_int64(q, 1);
		digest_hex(&content->sm3, content->hex);
	}
	return row;
}

static int carry_all(struct db *records, const struct way *way, struct backup_report *report,
	struct diag *diag)
{
	struct content content = { 0 };
	int row = next_content(records, &content);
	for (; row == 1; row = next_content(records, &content)) {
		int error = carry_one(way, &content);
		if (error < 0) {
			return diag_set(diag, error, 0, 0, "blob %s cannot be copied: %s",
				content.hex, err_text(error));
		}
		report->blobs++;
		report->blob_octets += content.octets;
	}
	return row;
}

/* All of it reaches the disk before the folder gets its name. */
static int sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		return -errno;
	}
	int error = syncfs(fd) < 0 ? -errno : 0;
	(void)close(fd);
	return error;
}

static int give_name(const char *part, const char *folder)
{
	char parent[PATH_MAX];
	(void)snprintf(parent, sizeof(parent), "%s/..", folder);
	int error = sync_folder(part);
	if (error == 0 && rename(part, folder) < 0) {
		error = -errno;
	}
	return error < 0 ? error : sync_folder(parent);
}

static int open_records(const char *folder, struct db **ret_db, struct diag *diag)
{
	char conf[PATH_MAX + 32];
	(void)snprintf(conf, sizeof(conf), "sqlite:%s/records.db", folder);
	return db_open(conf, DB_READONLY, ret_db, diag);
}

static void first_problem(void *context, const struct audit_problem *problem)
{
	struct diag *diag = context;
	if (diag->text[0] != '\0') {
		return;
	}
	AUTO_BUF struct buf text;
	buf_init(&text, DIAG_TEXT_MAX);
	audit_problem_put(&text, problem, AUDIT_ENGLISH);
	(void)diag_set(diag, E_DIGEST, 0, 0, "%.*s", SLICE_FMT(buf_slice(&text)));
}

static int content_check(
	const char *folder, struct backup_report *ret_report, struct diag *diag)
{
	char store[PATH_MAX + 32];
	char blobs[PATH_MAX + 32];
	(void)snprintf(store, sizeof(store), "sqlite:%s/records.db", folder);
	(void)snprintf(blobs, sizeof(blobs), "%s/blobs", folder);
	const struct audit_target target = { .store = store, .blob_folder = blobs };
	struct audit_report audit = { 0 };
	struct diag found = { 0 };
	int result = audit_verify(&target, first_problem, &found, &audit, diag);
	if (result < 0) {
		return result;
	}
	if (result == 1) {
		return diag_set(diag, E_DIGEST, 0, 0, "%s", found.text);
	}
	ret_report->entries = audit.entries;
	return 0;
}

int backup_check(const char *folder, struct backup_report *ret_report, struct diag *diag)
{
	struct manifest manifest = { 0 };
	struct backup_report report = *ret_report;
	int error = manifest_check(folder, &manifest, diag);
	error = error < 0 ? error : content_check(folder, &report, diag);
	if (error == 0 && report.entries != (uint64_t)manifest.entries) {
		error = diag_set(diag, E_DIGEST, 0, 0,
			"the log has %llu entries, backup.json says %lld",
			(unsigned long long)report.entries, (long long)manifest.entries);
	}
	if (error == 0) {
		report.rows = manifest.rows;
		report.made_at_ms = manifest.made_at_ms;
		*ret_report = report;
	}
	return error;
}

/* A store that never signed has none. */
static int key_copy(const char *from, const char *to)
{
	enum { KEYS_MAX_OCTETS = 16 * 1024 };
	char text[KEYS_MAX_OCTETS];
	int in = from == NULL ? -1 : open(from, O_RDONLY | O_CLOEXEC);
	if (in < 0) {
		return from == NULL || errno == ENOENT ? 0 : -errno;
	}
	ssize_t n = read(in, text, sizeof(text));
	int error = n < 0 ? -errno : 0;
	(void)close(in);
	int out = error < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (out < 0) {
		return error < 0 ? error : -errno;
	}
	error = write_all(out, slice_of(text, (size_t)n));
	(void)close(out);
	return error;
}

int backup_key_copy(const char *folder, const char *to_folder, struct diag *diag)
{
	char from[PATH_MAX + 32];
	char to[PATH_MAX + 32];
	(void)snprintf(from, sizeof(from), "%s/audit.pub", folder);
	(void)snprintf(to, sizeof(to), "%s/audit.pub", to_folder);
	int error = key_copy(from, to);
	return error < 0 ? diag_set(diag, error, 0, 0, "%s cannot be written: %s", to,
				   err_text(error))
			 : 0;
}

static int fill_part(const struct backup_source *source, const char *part,
	struct backup_report *report, struct diag *diag)
{
	char path[PATH_MAX + 32];
	(void)snprintf(path, sizeof(path), "%s/records.db", part);
	report->rows = copy_to_file(source->db, path, COPY_NO_CONTENTS, diag);
	if (report->rows < 0) {
		return (int)report->rows;
	}
	(void)snprintf(path, sizeof(path), "%s/blobs", part);
	if (mkdir(path, 0700) < 0) {
		return diag_set(diag, -errno, 0, 0, "%s cannot be made", path);
	}
	struct db *records = NULL;
	int error = open_records(part, &records, diag);
	if (error == 0) {
		/* Named before the copy was made, so their contents are there: names are never taken back. */
		struct way way = { .from_folder = source->blob_folder,
			.from = source->db,
			.to_folder = path };
		error = carry_all(records, &way, report, diag);
	}
	(void)snprintf(path, sizeof(path), "%s/audit.pub", part);
	if (error == 0 && key_copy(source->public_key, path) < 0) {
		error = diag_set(
			diag, E_STORE, 0, 0, "%s cannot be copied", source->public_key);
	}
	int schema = error == 0 ? migrate_version(records) : error;
	(void)db_close(records);
	return schema;
}

/* Read back as it stands, then listed: the list is the last thing written. */
static int seal_part(
	const char *part, int schema, struct backup_report *report, struct diag *diag)
{
	report->made_at_ms = clock_unix_ms();
	int error = content_check(part, report, diag);
	struct manifest manifest = { report->made_at_ms, schema, report->rows, report->blobs,
		(int64_t)report->entries };
	return error < 0 ? error : manifest_write(part, &manifest, diag);
}

int backup_make(const struct backup_source *source, const char *folder,
	struct backup_report *ret_report, struct diag *diag)
{
	char part[PATH_MAX];
	int n = snprintf(part, sizeof(part), "%s.part", folder);
	if (n < 0 || n >= PATH_MAX) {
		return -ENAMETOOLONG;
	}
	/* An empty folder will do: the rename below takes its place. */
	if (rmdir(folder) < 0 && errno != ENOENT) {
		return diag_set(diag, E_EXISTS, 0, 0, "%s is there already", folder);
	}
	if (mkdir(part, 0700) < 0) {
		return diag_set(diag, errno == EEXIST ? E_EXISTS : -errno, 0, 0,
			"%s cannot be made", part);
	}
	struct backup_report report = { 0 };
	int error = fill_part(source, part, &report, diag);
	error = error < 0 ? error : seal_part(part, error, &report, diag);
	error = error < 0 ? error : give_name(part, folder);
	if (error == 0) {
		*ret_report = report;
	}
	return error;
}

static int restore_contents(struct db *db, const char *blob_folder, const char *folder,
	struct backup_report *report, struct diag *diag)
{
	char from[PATH_MAX + 32];
	(void)snprintf(from, sizeof(from), "%s/blobs", folder);
	struct db *records = NULL;
	int error = open_records(folder, &records, diag);
	if (error < 0) {
		return error;
	}
	struct way way = { .from_folder = from, .to_folder = blob_folder, .to = db };
	if (blob_folder != NULL) {
		error = carry_all(records, &way, report, diag);
		error = error < 0 ? error : sync_folder(blob_folder);
	} else {
		error = db_begin(db);
		error = error < 0 ? error : carry_all(records, &way, report, diag);
		error = error < 0 ? error : db_commit(db);
		db_rollback(db);
	}
	(void)db_close(records);
	return error;
}

/* Who was logged in on the old machine is not on this one; what timers of before would mail was mailed. */
static int mark_restored(struct db *db)
{
	char now[24];
	(void)snprintf(now, sizeof(now), "%lld", (long long)clock_unix_ms());
	int64_t done = db_exec(
		db, "UPDATE session SET ended_at_ms = seen_at_ms WHERE ended_at_ms IS NULL");
	done = done < 0 ? done
			: sql_run(db,
				  "INSERT INTO meta (key, value) VALUES ('restored_at_ms', $1)"
				  " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
				  SQL_STR(now));
	return done < 0 ? (int)done : 0;
}

int backup_restore(struct db *db, const char *blob_folder, const char *folder,
	struct backup_report *ret_report, struct diag *diag)
{
	struct backup_report report = { 0 };
	int error = backup_check(folder, &report, diag);
	if (error < 0) {
		return error;
	}
	/* Files first: a name never stands without its content. */
	if (blob_folder != NULL) {
		error = restore_contents(db, blob_folder, folder, &report, diag);
	}
	char path[PATH_MAX + 32];
	(void)snprintf(path, sizeof(path), "%s/records.db", folder);
	report.rows = error < 0 ? error : copy_from_file(db, path, diag);
	error = report.rows < 0 ? (int)report.rows : 0;
	if (error == 0 && blob_folder == NULL) {
		error = restore_contents(db, NULL, folder, &report, diag);
	}
	if (error == 0) {
		error = migrate_to(db, migrate_latest(), MIGRATE_COPY_EXISTS, diag);
		int marked = error < 0 ? error : mark_restored(db);
		error = marked < 0 && error >= 0 ? db_error(db, marked, diag) : error;
	}
	if (error >= 0) {
		*ret_report = report;
	}
	return error < 0 ? error : 0;
}
