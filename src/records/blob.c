/* SPDX-License-Identifier: Apache-2.0 */
#include "records/blob.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "records/sql.h"
#include "records/trail.h"
#include "records/txn.h"
#include "sys/fs.h"
#include "sys/memfd.h"
#include "sys/rand.h"

enum { NAME_MAX_OCTETS = 2 * DIGEST_OCTETS + 1, STAGE_NAME = 20 };

struct blob_store {
	const struct fs *fs;
	char *folder;
	enum db_kind where;
	const struct blob_quota *quotas;
	size_t quota_count;
	pthread_mutex_t lock; /* a sweep must not take what is just being renamed in */
};

struct blob_stage {
	struct blob_store *store;
	struct digest_stream *sm3;
	struct digest_stream *sha256;
	struct blob_ref ref;
	int fd;      /* -1 once ended */
	bool staged; /* the file in tmp/ is there */
	char path[PATH_MAX];
};

static void path_of(const struct blob_store *store, const struct digest *sm3,
	char folder[PATH_MAX], char path[PATH_MAX])
{
	char hex[NAME_MAX_OCTETS];
	digest_hex(sm3, hex);
	(void)snprintf(folder, PATH_MAX, "%s/%.2s", store->folder, hex);
	(void)snprintf(path, PATH_MAX, "%s/%.2s/%s", store->folder, hex, hex + 2);
}

static int clear_stages(struct blob_store *store)
{
	char path[PATH_MAX];
	(void)snprintf(path, sizeof(path), "%s/tmp", store->folder);
	DIR *dir = opendir(path);
	if (dir == NULL) {
		return -errno;
	}
	int error = 0;
	for (struct dirent *e = readdir(dir); e != NULL && error == 0; e = readdir(dir)) {
		if (e->d_name[0] != '.') {
			(void)snprintf(
				path, sizeof(path), "%s/tmp/%s", store->folder, e->d_name);
			error = fs_unlink(store->fs, path);
		}
	}
	(void)closedir(dir);
	return error;
}

/* All 256 folders at once, so that no later content waits for a folder's name. */
static int make_folders(struct blob_store *store)
{
	char path[PATH_MAX];
	int made = fs_mkdir(store->fs, store->folder);
	for (unsigned i = 0; i <= 256 && made >= 0; i++) {
		(void)snprintf(
			path, sizeof(path), i < 256 ? "%s/%02x" : "%s/tmp", store->folder, i);
		made = fs_mkdir(store->fs, path);
	}
	int error = made < 0 ? made : fs_sync_dir(store->fs, store->folder);
	if (error == 0) {
		(void)snprintf(path, sizeof(path), "%s/..", store->folder);
		error = fs_sync_dir(store->fs, path);
	}
	return error < 0 ? error : clear_stages(store);
}

int blob_store_open(const struct fs *fs, const char *folder, enum db_kind where,
	const struct blob_quota *quotas, size_t quota_count, struct blob_store **ret_store)
{
	struct blob_store *store = calloc(1, sizeof(*store));
	char *copy = strdup(folder);
	if (store == NULL || copy == NULL) {
		abort();
	}
	*store = (struct blob_store) { .fs = fs,
		.folder = copy,
		.where = where,
		.quotas = quotas,
		.quota_count = quota_count };
	(void)pthread_mutex_init(&store->lock, NULL);
	int error = make_folders(store);
	if (error < 0) {
		(void)blob_store_close(store);
		return error;
	}
	*ret_store = store;
	return 0;
}

struct blob_store *blob_store_close(struct blob_store *store)
{
	if (store != NULL) {
		(void)pthread_mutex_destroy(&store->lock);
		free(store->folder);
		free(store);
	}
	return NULL;
}

int blob_stage_begin(struct blob_store *store, struct blob_stage **ret_stage)
{
	struct blob_stage *stage = calloc(1, sizeof(*stage));
	if (stage == NULL) {
		abort();
	}
	char name[STAGE_NAME + 1];
	rand_text(name, STAGE_NAME);
	stage->store = store;
	(void)snprintf(stage->path, sizeof(stage->path), "%s/tmp/%s", store->folder, name);
	stage->fd = fs_open(store->fs, stage->path, O_RDWR | O_CREAT | O_EXCL);
	if (stage->fd < 0) {
		int error = stage->fd;
		free(stage);
		return error;
	}
	stage->staged = true;
	stage->sm3 = digest_stream_create(DIGEST_SM3);
	stage->sha256 = digest_stream_create(DIGEST_SHA256);
	*ret_stage = stage;
	return 0;
}

int blob_stage_put(struct blob_stage *stage, struct slice octets)
{
	if ((int64_t)octets.n > BLOB_OCTETS_MAX - stage->ref.octets) {
		return E_LIMIT;
	}
	int error = fs_write(stage->store->fs, stage->fd, octets, stage->ref.octets);
	if (error < 0) {
		return error;
	}
	digest_stream_add(stage->sm3, octets);
	digest_stream_add(stage->sha256, octets);
	stage->ref.octets += (int64_t)octets.n;
	return 0;
}

static int move_in(struct blob_stage *stage)
{
	struct blob_store *store = stage->store;
	char folder[PATH_MAX];
	char path[PATH_MAX];
	path_of(store, &stage->ref.sm3, folder, path);
	(void)pthread_mutex_lock(&store->lock);
	int error = fs_rename(store->fs, stage->path, path);
	(void)pthread_mutex_unlock(&store->lock);
	if (error < 0) {
		return error;
	}
	stage->staged = false;
	return fs_sync_dir(store->fs, folder);
}

int blob_stage_end(struct blob_stage *stage, struct blob_ref *ret_ref)
{
	const struct fs *fs = stage->store->fs;
	int error = fs_sync(fs, stage->fd);
	int closed = fs_close(fs, stage->fd);
	stage->fd = -1;
	if (error < 0 || closed < 0) {
		return error < 0 ? error : closed;
	}
	stage->ref.sm3 = digest_stream_end(stage->sm3);
	stage->ref.sha256 = digest_stream_end(stage->sha256);
	if (stage->store->where == DB_SQLITE) {
		error = move_in(stage);
	}
	if (error == 0) {
		*ret_ref = stage->ref;
	}
	return error;
}

struct blob_stage *blob_stage_drop(struct blob_stage *stage)
{
	if (stage != NULL) {
		if (stage->fd >= 0) {
			(void)!fs_close(stage->store->fs, stage->fd);
		}
		if (stage->staged) {
			(void)!fs_unlink(stage->store->fs, stage->path);
		}
		(void)digest_stream_destroy(stage->sm3);
		(void)digest_stream_destroy(stage->sha256);
		free(stage);
	}
	return NULL;
}

/* Take octets from the kind's quota; a command that fails gives them back. */
static int take_quota(
	struct txn *txn, const struct blob_store *store, const char *kind, int64_t octets)
{
	const struct blob_quota *quota = NULL;
	for (size_t i = 0; i < store->quota_count; i++) {
		if (strcmp(store->quotas[i].kind, kind) == 0) {
			quota = &store->quotas[i];
		}
	}
	if (quota == NULL) {
		return diag_set(
			txn_diag(txn), E_INPUT, 0, 0, "there are no blobs of kind %s", kind);
	}
	char series[64];
	(void)snprintf(series, sizeof(series), "blob.%s", kind);
	int64_t used = 0;
	int row = sql_int(txn_db(txn),
		"INSERT INTO counter (series, year, value) VALUES ($1, 0, $2)"
		" ON CONFLICT (series, year) DO UPDATE SET value = counter.value + excluded.value"
		" RETURNING value",
		&used, SQL_STR(series), SQL_INT(octets));
	if (row != 1) {
		return row < 0 ? row : E_STORE;
	}
	return used <= quota->octets_max ? 0
					 : diag_set(txn_diag(txn), E_LIMIT, 0, 0,
						   "the space for %s is used up", kind);
}

static int put_chunks(struct txn *txn, const struct blob_stage *stage, int fd, uint8_t *room)
{
	struct slice sm3 = slice_of(stage->ref.sm3.octet, DIGEST_OCTETS);
	int64_t at = 0;
	for (int64_t n = 0; at < stage->ref.octets; n++) {
		ssize_t got = pread(fd, room, BLOB_CHUNK_OCTETS, at);
		if (got <= 0) {
			return got < 0 ? -errno : -EIO;
		}
		int64_t rows = sql_run(txn_db(txn),
			"INSERT INTO blob_chunk (sm3, n, octets) VALUES ($1, $2, $3)"
			" ON CONFLICT (sm3, n) DO NOTHING",
			SQL_BLOB(sm3), SQL_INT(n), SQL_BLOB(slice_of(room, (size_t)got)));
		if (rows < 0) {
			return (int)rows;
		}
		at += got;
	}
	return 0;
}

static int store_chunks(struct txn *txn, const struct blob_stage *stage)
{
	int fd = open(stage->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return -errno;
	}
	uint8_t *room = malloc(BLOB_CHUNK_OCTETS);
	if (room == NULL) {
		abort();
	}
	int error = put_chunks(txn, stage, fd, room);
	free(room);
	(void)close(fd);
	return error;
}

static int64_t put_row(
	struct txn *txn, const char *kind, const struct blob_ref *ref, int64_t id)
{
	return sql_run(txn_db(txn),
		"INSERT INTO blob (id, version, kind, sm3, sha256, octets, created_at_ms)"
		" VALUES ($1, 1, $2, $3, $4, $5, $6)",
		SQL_INT(id), SQL_STR(kind), SQL_BLOB(slice_of(ref->sm3.octet, DIGEST_OCTETS)),
		SQL_BLOB(slice_of(ref->sha256.octet, DIGEST_OCTETS)), SQL_INT(ref->octets),
		SQL_INT(txn_now_ms(txn)));
}

int blob_name(struct txn *txn, const char *kind, struct blob_stage *stage, int64_t *ret_id)
{
	const struct blob_ref *ref = &stage->ref;
	int64_t id = 0;
	int found = sql_int(txn_db(txn), "SELECT id FROM blob WHERE kind = $1 AND sm3 = $2",
		&id, SQL_STR(kind), SQL_BLOB(slice_of(ref->sm3.octet, DIGEST_OCTETS)));
	int error = found < 0 ? found : trail_blob(txn, &ref->sm3);
	if (error < 0) {
		return error;
	}
	if (found == 1) {
		*ret_id = id;
		return 0;
	}
	error = take_quota(txn, stage->store, kind, ref->octets);
	if (error == 0 && stage->store->where == DB_POSTGRES) {
		error = store_chunks(txn, stage);
	}
	if (error < 0) {
		return error;
	}
	id = txn_id(txn);
	int64_t rows = put_row(txn, kind, ref, id);
	error = rows < 0 ? (int)rows : trail_row(txn, "blob", id);
	if (error < 0) {
		return error;
	}
	*ret_id = id;
	return 1;
}

static int find_ref(struct db *db, int64_t id, struct blob_ref *ref)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(
		db, "SELECT sm3, sha256, octets FROM blob WHERE id = $1", &q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row != 1) {
		return row < 0 ? row : E_ABSENT;
	}
	struct slice sm3 = db_col_blob(q, 0);
	struct slice sha256 = db_col_blob(q, 1);
	if (sm3.n != DIGEST_OCTETS || sha256.n != DIGEST_OCTETS) {
		return E_DIGEST;
	}
	memcpy(ref->sm3.octet, sm3.p, DIGEST_OCTETS);
	memcpy(ref->sha256.octet, sha256.p, DIGEST_OCTETS);
	ref->octets = db_col_int64(q, 2);
	return 0;
}

static int open_file(int folder_fd, const char *path, const struct blob_ref *ref, int *ret_fd)
{
	int fd = openat(folder_fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) {
		return -errno;
	}
	struct stat st;
	if (fstat(fd, &st) < 0 || st.st_size != ref->octets) {
		(void)close(fd);
		return E_DIGEST;
	}
	*ret_fd = fd;
	return 0;
}

static int open_chunks(struct db *db, const struct blob_ref *ref, int *ret_fd)
{
	AUTO_BUF struct buf content;
	buf_init(&content, (size_t)BLOB_OCTETS_MAX);
	/* One chunk a query: PostgreSQL holds all rows of one, and in hex. */
	for (int64_t n = 0; (int64_t)content.n < ref->octets; n++) {
		AUTO_STMT struct stmt *q = NULL;
		int row = sql_query(db,
			"SELECT octets FROM blob_chunk WHERE sm3 = $1 AND n = $2", &q,
			SQL_BLOB(slice_of(ref->sm3.octet, DIGEST_OCTETS)), SQL_INT(n));
		row = row < 0 ? row : db_step(q);
		if (row != 1 || db_col_blob(q, 0).n == 0) {
			return row < 0 ? row : E_DIGEST;
		}
		buf_put(&content, db_col_blob(q, 0));
	}
	struct digest digest = digest_of(DIGEST_SM3, buf_slice(&content));
	if (content.failed || !digest_eq(&digest, &ref->sm3)) {
		return E_DIGEST;
	}
	return memfd_of(buf_slice(&content), ret_fd);
}

int blob_open(struct blob_store *store, struct db *db, int64_t id, int *ret_fd,
	struct blob_ref *ret_ref)
{
	struct blob_ref ref = { 0 };
	char folder[PATH_MAX];
	char path[PATH_MAX];
	int error = find_ref(db, id, &ref);
	if (error == 0 && store->where == DB_SQLITE) {
		path_of(store, &ref.sm3, folder, path);
		error = open_file(AT_FDCWD, path, &ref, ret_fd);
	} else if (error == 0) {
		error = open_chunks(db, &ref, ret_fd);
	}
	if (error == 0) {
		*ret_ref = ref;
	}
	return error;
}

int blob_open_at(int folder_fd, struct db *db, int64_t id, int *ret_fd)
{
	struct blob_ref ref = { 0 };
	char hex[2 * DIGEST_OCTETS + 1];
	char path[sizeof(hex) + 1];
	int error = find_ref(db, id, &ref);
	if (error < 0) {
		return error;
	}
	if (db_kind(db) == DB_POSTGRES) {
		return open_chunks(db, &ref, ret_fd);
	}
	digest_hex(&ref.sm3, hex);
	(void)snprintf(path, sizeof(path), "%.2s/%s", hex, hex + 2);
	return open_file(folder_fd, path, &ref, ret_fd);
}

/* The last two parts of the path are the digest: …/ab/cdef… */
static int digest_of_path(const char *path, struct digest *ret_sm3)
{
	enum { FOLDER = 2, NAME = 2 * DIGEST_OCTETS - FOLDER };
	size_t n = strlen(path);
	if (n < FOLDER + 1 + NAME || path[n - NAME - 1] != '/') {
		return E_FORMAT;
	}
	char hex[NAME_MAX_OCTETS];
	(void)snprintf(
		hex, sizeof(hex), "%.2s%s", path + n - NAME - 1 - FOLDER, path + n - NAME);
	return digest_parse(slice_str(hex), ret_sm3);
}

/* Returns: 1 removed, 0 kept, or an error. */
static int sweep_file(struct blob_store *store, struct db *db, const char *path, int64_t now_ms)
{
	struct digest sm3;
	struct stat st;
	if (digest_of_path(path, &sm3) < 0) {
		return 0;
	}
	int64_t id = 0;
	int row = sql_int(db, "SELECT min(id) FROM blob WHERE sm3 = $1", &id,
		SQL_BLOB(slice_of(sm3.octet, DIGEST_OCTETS)));
	if (row != 0) {
		return row < 0 ? row : 0;
	}
	int removed = 0;
	(void)pthread_mutex_lock(&store->lock);
	if (stat(path, &st) == 0 &&
		(int64_t)st.st_mtim.tv_sec * 1000 < now_ms - BLOB_ORPHAN_AGE_MS) {
		int error = fs_unlink(store->fs, path);
		removed = error < 0 ? error : 1;
	}
	(void)pthread_mutex_unlock(&store->lock);
	return removed;
}

static int64_t sweep_folder(
	struct blob_store *store, struct db *db, const char *folder, int64_t now_ms)
{
	DIR *dir = opendir(folder);
	if (dir == NULL) {
		return -errno;
	}
	int64_t removed = 0;
	int one = 0;
	for (struct dirent *e = readdir(dir); e != NULL && one >= 0; e = readdir(dir)) {
		char path[PATH_MAX];
		int n = snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		one = n > 0 && n < PATH_MAX ? sweep_file(store, db, path, now_ms) : 0;
		removed += one > 0;
	}
	(void)closedir(dir);
	return one < 0 ? one : removed;
}

int64_t blob_sweep(struct blob_store *store, struct db *db, int64_t now_unix_ms)
{
	if (store->where == DB_POSTGRES) {
		return 0; /* chunks are written with their name, so none is an orphan */
	}
	int64_t removed = 0;
	int64_t one = 0;
	for (unsigned i = 0; i < 256 && one >= 0; i++) {
		char folder[PATH_MAX];
		(void)snprintf(folder, sizeof(folder), "%s/%02x", store->folder, i);
		one = sweep_folder(store, db, folder, now_unix_ms);
		removed += one > 0 ? one : 0;
	}
	return one < 0 ? one : removed;
}
