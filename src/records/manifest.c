/* SPDX-License-Identifier: Apache-2.0 */
#include "records/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "records/migrate.h"

enum { TEXT_MAX_OCTETS = 64 * 1024, PIECE_OCTETS = 64 * 1024, PATH_ROOM = PATH_MAX + 64 };

/* In the order they are compared; the second is there once the log was signed. */
static const char *const files[] = { "records.db", "audit.pub" };

static int file_digest(const char *path, int64_t *ret_octets, struct digest *ret_sm3)
{
	uint8_t piece[PIECE_OCTETS];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) {
		return -errno;
	}
	struct digest_stream *stream = digest_stream_create(DIGEST_SM3);
	int64_t octets = 0;
	ssize_t n = 0;
	while ((n = read(fd, piece, sizeof(piece))) > 0 || (n < 0 && errno == EINTR)) {
		digest_stream_add(stream, slice_of(piece, n > 0 ? (size_t)n : 0));
		octets += n > 0 ? n : 0;
	}
	int error = n < 0 ? -errno : 0;
	(void)close(fd);
	struct digest sm3 = digest_stream_end(stream);
	(void)digest_stream_destroy(stream);
	if (error == 0) {
		*ret_octets = octets;
		*ret_sm3 = sm3;
	}
	return error;
}

static int file_put(struct jw *jw, const char *folder, const char *name)
{
	char path[PATH_ROOM];
	char hex[2 * DIGEST_OCTETS + 1];
	int64_t octets = 0;
	struct digest sm3 = { 0 };
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	int error = file_digest(path, &octets, &sm3);
	if (error < 0) {
		return error == -ENOENT ? 0 : error;
	}
	digest_hex(&sm3, hex);
	jw_object(jw);
	jw_kv_str(jw, "name", slice_str(name));
	jw_kv_int(jw, "octets", octets);
	jw_kv_str(jw, "sm3", slice_str(hex));
	jw_end(jw);
	return 0;
}

static int text_put(struct buf *text, const char *folder, const struct manifest *m)
{
	struct jw jw;
	int error = 0;
	jw_init(&jw, text);
	jw_object(&jw);
	jw_kv_int(&jw, "form", MANIFEST_FORM);
	jw_kv_int(&jw, "made_at_ms", m->made_at_ms);
	jw_kv_int(&jw, "schema", m->schema);
	jw_kv_int(&jw, "rows", m->rows);
	jw_kv_int(&jw, "blobs", m->blobs);
	jw_kv_int(&jw, "entries", m->entries);
	jw_key(&jw, "files");
	jw_array(&jw);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && error == 0; i++) {
		error = file_put(&jw, folder, files[i]);
	}
	jw_end(&jw);
	jw_end(&jw);
	buf_put_byte(text, '\n');
	return error < 0 ? error : text->failed ? E_LIMIT : 0;
}

int manifest_write(const char *folder, const struct manifest *manifest, struct diag *diag)
{
	char path[PATH_ROOM];
	AUTO_BUF struct buf text;
	buf_init(&text, TEXT_MAX_OCTETS);
	(void)snprintf(path, sizeof(path), "%s/backup.json", folder);
	int error = text_put(&text, folder, manifest);
	int fd = error < 0 ? error : open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		error = error < 0 ? error : -errno;
		return diag_set(
			diag, error, 0, 0, "%s cannot be written: %s", path, err_text(error));
	}
	error = write(fd, text.p, text.n) == (ssize_t)text.n && fsync(fd) == 0 ? 0
		: errno != 0                                                   ? -errno
									       : -EIO;
	(void)close(fd);
	return error < 0 ? diag_set(diag, error, 0, 0, "%s cannot be written: %s", path,
				   err_text(error))
			 : 0;
}

static int text_read(const char *folder, struct buf *text, struct diag *diag)
{
	char path[PATH_ROOM];
	(void)snprintf(path, sizeof(path), "%s/backup.json", folder);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) {
		int error = errno == ENOENT || errno == ENOTDIR ? E_ABSENT : -errno;
		return diag_set(diag, error, 0, 0, "no backup in %s: backup.json: %s", folder,
			err_text(error));
	}
	uint8_t *room = buf_reserve(text, TEXT_MAX_OCTETS);
	ssize_t n = room == NULL ? -1 : read(fd, room, TEXT_MAX_OCTETS);
	buf_commit(text, n > 0 ? (size_t)n : 0);
	(void)close(fd);
	return n < 0 ? diag_set(diag, -EIO, 0, 0, "%s cannot be read", path) : 0;
}

static int version_check(const struct json *root, struct diag *diag)
{
	int64_t form = json_get_int(root, "form", 0);
	int64_t schema = json_get_int(root, "schema", 0);
	if (form < 1 || schema < 1) {
		return diag_set(
			diag, E_FORMAT, 0, 0, "backup.json is not the list of a backup");
	}
	if (form > MANIFEST_FORM) {
		return diag_set(diag, E_VERSION, 0, 0,
			"the backup has form %lld, this program knows up to %d",
			(long long)form, MANIFEST_FORM);
	}
	if (schema > migrate_latest()) {
		return diag_set(diag, E_VERSION, 0, 0,
			"the backup has schema %lld, this program knows up to %u",
			(long long)schema, migrate_latest());
	}
	return 0;
}

static const struct json *listed(const struct json *root, const char *name)
{
	for (const struct json *f = json_first(json_get(root, "files")); f != NULL;
		f = json_next(f)) {
		if (slice_is(json_get_str(f, "name"), name)) {
			return f;
		}
	}
	return NULL;
}

static int file_check(
	const char *folder, const char *name, const struct json *want, struct diag *diag)
{
	char path[PATH_ROOM];
	struct digest expected = { 0 };
	struct digest sm3 = { 0 };
	int64_t octets = 0;
	int64_t length = json_get_int(want, "octets", -1);
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (digest_parse(json_get_str(want, "sm3"), &expected) < 0) {
		return diag_set(
			diag, E_FORMAT, 0, 0, "backup.json gives no digest for %s", name);
	}
	int error = file_digest(path, &octets, &sm3);
	if (error == -ENOENT) {
		return diag_set(diag, E_SHORT, 0, 0, "%s is missing from the backup", name);
	}
	if (error < 0) {
		return diag_set(
			diag, error, 0, 0, "%s cannot be read: %s", path, err_text(error));
	}
	if (octets != length) {
		bool cut = octets < length;
		return diag_set(diag, cut ? E_SHORT : E_DIGEST, 0, 0,
			"%s has %lld octets, not %lld: it was %s", name, (long long)octets,
			(long long)length, cut ? "cut off" : "added to");
	}
	return digest_eq(&sm3, &expected) ? 0
					  : diag_set(diag, E_DIGEST, 0, 0,
						    "%s was changed after the backup", name);
}

int manifest_check(const char *folder, struct manifest *ret_manifest, struct diag *diag)
{
	AUTO_BUF struct buf text;
	AUTO_ARENA struct arena *arena = arena_create(0);
	const struct json *root = NULL;
	buf_init(&text, TEXT_MAX_OCTETS);
	int error = text_read(folder, &text, diag);
	if (error < 0) {
		return error;
	}
	if (json_parse(arena, buf_slice(&text), 0, &root, NULL) < 0) {
		return diag_set(diag, E_FORMAT, 0, 0,
			"backup.json cannot be read: it was cut off or changed");
	}
	error = version_check(root, diag);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && error == 0; i++) {
		const struct json *want = listed(root, files[i]);
		if (i == 0 || want != NULL) {
			error = file_check(folder, files[i], want, diag);
		}
	}
	if (error == 0) {
		*ret_manifest =
			(struct manifest) { .made_at_ms = json_get_int(root, "made_at_ms", 0),
				.schema = json_get_int(root, "schema", 0),
				.rows = json_get_int(root, "rows", 0),
				.blobs = json_get_int(root, "blobs", 0),
				.entries = json_get_int(root, "entries", 0) };
	}
	return error;
}
