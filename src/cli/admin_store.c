/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/admin_store.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/err.h"
#include "records/batch.h"
#include "records/db.h"
#include "records/migrate.h"
#include "sys/clock.h"
#include "sys/fence.h"
#include "sys/lock.h"

static int64_t now_of(void *clock)
{
	(void)clock;
	return clock_unix_ms();
}

/* Two writers would each count records and audit entries of their own. */
static int folder_take(const char *data, int *ret_lock, struct diag *diag)
{
	long pid = 0;
	int folder = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0) {
		return diag_set(diag, errno == ENOENT ? E_ABSENT : -errno, 0, 0, "%s", data);
	}
	int error = lock_take(folder, ret_lock, &pid);
	(void)close(folder);
	if (error == E_BUSY) {
		return diag_set(diag, error, 0, 0,
			"process %ld works on %s; stop the platform first", pid, data);
	}
	return error < 0 ? diag_set(diag, error, 0, 0, "%s/" LOCK_FILE, data) : 0;
}

/* What root would write here the platform's own user could not open. */
static int owner_become(const char *data, struct diag *diag)
{
	struct stat st;
	if (stat(data, &st) < 0) {
		return diag_set(diag, errno == ENOENT ? E_ABSENT : -errno, 0, 0, "%s", data);
	}
	if (geteuid() != 0 || st.st_uid == 0) {
		return 0;
	}
	int error = fence_user(st.st_uid, st.st_gid);
	return error < 0 ? diag_set(diag, error, 0, 0, "cannot become the owner of %s", data)
			 : 0;
}

static int tables_check(struct db *db, int create, struct diag *diag)
{
	int version = migrate_version(db);
	if (version < 0) {
		return db_error(db, version, diag);
	}
	if (version == 0) {
		return create ? migrate_to(db, migrate_latest(), NULL, diag)
			      : diag_set(diag, E_ABSENT, 0, 0,
					"the store is empty; run admin init, or the platform");
	}
	return (unsigned)version == migrate_latest()
		       ? 0
		       : diag_set(diag, E_VERSION, 0, 0,
				 "the store is of edition %d; start the platform once",
				 version);
}

int admin_store_open(const char *data, const char *db, int create,
	struct admin_store *ret_store, struct diag *diag)
{
	char conf[PATH_MAX];
	struct admin_store store = { .lock = -1 };
	(void)umask(0077);
	(void)snprintf(conf, sizeof(conf), "sqlite:%s/records.db", data);
	if (create && mkdir(data, 0700) < 0 && errno != EEXIST) {
		return diag_set(diag, -errno, 0, 0, "cannot make %s", data);
	}
	int error = folder_take(data, &store.lock, diag);
	error = error < 0 ? error : owner_become(data, diag);
	if (error == 0 && db == NULL && !create && access(conf + strlen("sqlite:"), F_OK) < 0) {
		error = diag_set(diag, E_ABSENT, 0, 0, "no store at %s", conf);
	}
	error = error < 0 ? error : db_open(db != NULL ? db : conf, 0, &store.db, diag);
	error = error < 0 ? error : tables_check(store.db, create, diag);
	if (error > 0) {
		/* Statements prepared before a step may be stale. */
		store.db = db_close(store.db);
		error = db_open(db != NULL ? db : conf, 0, &store.db, diag);
	}
	error = error < 0 ? error : batch_create(store.db, now_of, NULL, &store.batch, diag);
	if (error < 0) {
		admin_store_close(&store);
		return error;
	}
	*ret_store = store;
	return 0;
}

void admin_store_close(struct admin_store *store)
{
	store->batch = batch_destroy(store->batch);
	store->db = db_close(store->db);
	if (store->lock >= 0) {
		(void)close(store->lock);
	}
	store->lock = -1;
}

int admin_store_run(struct admin_store *store, int (*run)(struct txn *txn, void *arg),
	void *arg, struct diag *diag)
{
	struct command command;
	struct command *list[] = { &command };
	command_init(&command);
	command.run = run;
	command.arg = arg;
	batch_run(store->batch, list, 1);
	int status = command.status;
	if (status < 0) {
		*diag = command.diag;
	}
	command_fini(&command);
	return status;
}
