/* SPDX-License-Identifier: Apache-2.0 */
/* The key that signs the audit log: made once, kept sealed; its public half lies beside the records. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "audit/head.h"
#include "base/err.h"
#include "records/secret.h"
#include "role/core/core.h"

enum { PEM_MAX_OCTETS = 2048 };

struct keeping {
	const struct secret_key *key;
	struct slice pem;
};

static int keep_run(struct txn *txn, void *arg)
{
	const struct keeping *k = arg;
	struct trail_act act = { .act = SLICE("audit.key_made"), .kind = SLICE("setting") };
	trail_act(txn, &act);
	return secret_put(txn, k->key, "audit_key", k->pem);
}

static int make(struct core *core, struct buf *pem)
{
	AUTO_AUDIT_KEY struct audit_key *key = audit_key_create();
	int error = audit_key_put_private(key, pem);
	if (error < 0) {
		return error;
	}
	struct keeping keeping = { core->key, buf_slice(pem) };
	struct command command;
	struct command *all[1] = { &command };
	command_init(&command);
	command.run = keep_run;
	command.arg = &keeping;
	batch_run(core->batch, all, 1);
	error = command.status;
	command_fini(&command);
	return error;
}

/* Keys of before: a restored log bears heads they signed. */
static void older_read(int folder, struct slice own, struct buf *pem)
{
	char text[PEM_MAX_OCTETS];
	AUTO_AUDIT_KEY struct audit_key *older = NULL;
	int fd = openat(folder, "audit.pub", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text));
	struct slice old = slice_of(text, n > 0 ? (size_t)n : 0);
	if (fd >= 0) {
		(void)close(fd);
	}
	if (slice_find(old, own) != SIZE_MAX) {
		buf_clear(pem);
		buf_put(pem, old);
	} else if (audit_key_parse(old, &older) == 0) {
		audit_key_put_public(older, pem);
	}
}

/* The own key first, unless it stands in the list already. */
static int public_write(const struct audit_key *key, int folder)
{
	AUTO_BUF struct buf own;
	AUTO_BUF struct buf pem;
	buf_init(&own, PEM_MAX_OCTETS);
	buf_init(&pem, 2 * PEM_MAX_OCTETS);
	audit_key_put_public(key, &own);
	buf_put(&pem, buf_slice(&own));
	older_read(folder, buf_slice(&own), &pem);
	int fd = openat(folder, "audit.pub", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0) {
		return -errno;
	}
	int error = write(fd, pem.p, pem.n) == (ssize_t)pem.n ? 0 : -EIO;
	(void)close(fd);
	return error;
}

int audit_key_ready(struct core *core, struct diag *diag)
{
	AUTO_BUF struct buf pem;
	buf_init(&pem, PEM_MAX_OCTETS);
	int error = secret_open(core->db, core->key, "audit_key", &pem);
	if (error == E_ABSENT) {
		error = make(core, &pem);
	}
	error = error < 0 ? error : audit_key_parse(buf_slice(&pem), &core->audit_key);
	secret_wipe(&pem);
	error = error < 0 ? error
			  : public_write(core->audit_key, runtime_handle(core->rt, "data"));
	return error < 0 ? diag_set(diag, error, 0, 0, "audit key: %s", err_text(error)) : 0;
}
