/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/restore.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/err.h"
#include "cli/place.h"
#include "records/backup.h"
#include "records/batch.h"
#include "records/blob.h"
#include "records/db.h"
#include "records/migrate.h"
#include "records/sql.h"
#include "records/trail.h"
#include "records/txn.h"
#include "sys/clock.h"
#include "sys/fs.h"

enum { TREE_DEPTH = 16, MAILS_AT_ONCE = 1000 };

static int64_t now_of(void *clock)
{
	(void)clock;
	return clock_unix_ms();
}

/* ---- the place */

static int folder_empty(const char *path, struct diag *diag)
{
	DIR *folder = opendir(path);
	if (folder == NULL) {
		return errno == ENOENT
			       ? 0
			       : diag_set(diag, -errno, 0, 0, "%s: %s", path, err_text(-errno));
	}
	int error = 0;
	const struct dirent *entry = NULL;
	while (error == 0 && (entry = readdir(folder)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
			error = diag_set(diag, E_EXISTS, 0, 0,
				"the data folder %s is not empty: %s is there", path,
				entry->d_name);
		}
	}
	(void)closedir(folder);
	return error;
}

/* As the platform finds out whose it is: the folder's owner, else user fengsui. */
static void owner_find(const char *data, uid_t *ret_uid, gid_t *ret_gid)
{
	struct stat st = { .st_uid = geteuid(), .st_gid = getegid() };
	(void)stat(data, &st);
	const struct passwd *user = st.st_uid == 0 ? getpwnam("fengsui") : NULL;
	*ret_uid = user != NULL ? user->pw_uid : st.st_uid;
	*ret_gid = user != NULL ? user->pw_gid : st.st_gid;
}

static uid_t tree_uid;
static gid_t tree_gid;

static int give(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return lchown(path, tree_uid, tree_gid);
}

static int forget(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

/* To its owner, then to its name. */
static int place_finish(const char *part, const char *data, struct diag *diag)
{
	owner_find(data, &tree_uid, &tree_gid);
	int error = geteuid() == 0 && nftw(part, give, TREE_DEPTH, FTW_PHYS) != 0 ? -errno : 0;
	error = error < 0 ? error : chmod(part, 0750) < 0 ? -errno : 0;
	error = error < 0 ? error : rename(part, data) < 0 ? -errno : 0;
	return error < 0 ? diag_set(diag, error, 0, 0, "%s: %s", data, err_text(error)) : 0;
}

/* ---- the records */

static int store_empty(struct db *db, struct diag *diag)
{
	int version = migrate_version(db);
	if (version < 0) {
		return db_error(db, version, diag);
	}
	return version == 0 ? 0
			    : diag_set(diag, E_EXISTS, 0, 0,
				      "the store is not empty: it holds records already");
}

/* What a mail is of whose sending nobody knows any more. */
static int mails_settle(struct txn *txn)
{
	AUTO_STMT struct stmt *q = NULL;
	int64_t ids[MAILS_AT_ONCE];
	int count = 0;
	int row = db_prepare(txn_db(txn),
		"SELECT d.id FROM delivery d JOIN outbox o ON o.id = d.id WHERE o.state = 'restored'"
		" AND d.state <> 'unknown' ORDER BY d.id LIMIT 1000",
		&q);
	while (row >= 0 && count < MAILS_AT_ONCE && (row = db_step(q)) == 1) {
		ids[count++] = db_col_int64(q, 0);
	}
	for (int i = 0; i < count && row >= 0; i++) {
		int64_t done = sql_run(txn_db(txn),
			"UPDATE delivery SET state = 'unknown', version = version + 1 WHERE id = $1",
			SQL_INT(ids[i]));
		row = done < 0 ? (int)done : trail_row(txn, "delivery", ids[i]);
	}
	return row < 0 ? row : count;
}

static int log_run(struct txn *txn, void *arg)
{
	trail_act(txn, &(struct trail_act) { .act = SLICE("backup.restore"),
			       .kind = SLICE("backup"),
			       .reason = slice_str(arg) });
	return mails_settle(txn);
}

static int log_write(struct db *db, const char *folder, const struct backup_report *report,
	struct diag *diag)
{
	char reason[PATH_MAX + 128];
	struct batch *batch = NULL;
	const struct passwd *user = getpwuid(getuid());
	(void)snprintf(reason, sizeof(reason), "%s of %lld, by %.64s (uid %u)", folder,
		(long long)report->made_at_ms, user != NULL ? user->pw_name : "?",
		(unsigned)getuid());
	int error = batch_create(db, now_of, NULL, &batch, diag);
	int settled = 1;
	while (error == 0 && settled > 0) {
		struct command command;
		struct command *all[] = { &command };
		command_init(&command);
		command.run = log_run;
		command.arg = reason;
		batch_run(batch, all, 1);
		settled = command.status;
		if (settled < 0) {
			error = settled;
			*diag = command.diag;
		}
		command_fini(&command);
		settled = settled == MAILS_AT_ONCE;
	}
	(void)batch_destroy(batch);
	return error;
}

static int records_fill(const char *store, const char *blobs, const char *folder,
	struct backup_report *report, struct diag *diag)
{
	struct db *db = NULL;
	int error = db_open(store, DB_OWNER, &db, diag);
	error = error < 0 ? error : store_empty(db, diag);
	error = error < 0 ? error : backup_restore(db, blobs, folder, report, diag);
	/* Prepared before the schema was there, a statement may be stale. */
	db = db_close(db);
	error = error < 0 ? error : db_open(store, DB_OWNER, &db, diag);
	error = error < 0 ? error : log_write(db, folder, report, diag);
	(void)db_close(db);
	return error;
}

static int place_fill(const struct place *place, const char *folder,
	struct backup_report *report, struct diag *diag)
{
	char part[PATH_MAX + 16];
	char blobs[PATH_MAX + 32];
	char store[PATH_MAX + 48];
	(void)snprintf(part, sizeof(part), "%s.restoring", place->data);
	(void)snprintf(blobs, sizeof(blobs), "%s/blobs", part);
	(void)snprintf(store, sizeof(store), "sqlite:%s/records.db", part);
	if (mkdir(part, 0700) < 0) {
		return diag_set(diag, errno == EEXIST ? E_EXISTS : -errno, 0, 0,
			"%s cannot be made", part);
	}
	struct blob_store *contents = NULL;
	int error = blob_store_open(fs_real(), blobs, DB_SQLITE, NULL, 0, &contents);
	(void)blob_store_close(contents);
	if (error < 0) {
		(void)diag_set(diag, error, 0, 0, "%s cannot be made", blobs);
	} else {
		bool own = place->embedded;
		error = records_fill(
			own ? store : place->store, own ? blobs : NULL, folder, report, diag);
	}
	error = error < 0 ? error : backup_key_copy(folder, part, diag);
	error = error < 0 ? error : place_finish(part, place->data, diag);
	if (error < 0) {
		(void)nftw(part, forget, TREE_DEPTH, FTW_PHYS | FTW_DEPTH);
	}
	return error;
}

int restore_run(const struct place *place, const char *folder, struct backup_report *ret_report,
	struct diag *diag)
{
	struct backup_report report = { 0 };
	(void)umask(0077);
	int error = folder_empty(place->data, diag);
	error = error < 0 ? error : place_fill(place, folder, &report, diag);
	if (error == 0) {
		*ret_report = report;
	}
	return error;
}
