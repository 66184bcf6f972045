/* SPDX-License-Identifier: Apache-2.0 */
#include "records/secret.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "records/sql.h"
#include "records/txn.h"
#include "sys/rand.h"

enum { VERSION = 1, NONCE = 12, TAG = 16, OVERHEAD = 1 + NONCE + TAG };

struct secret_key {
	uint8_t octet[SECRET_KEY_OCTETS];
};

int secret_key_read(int fd, struct secret_key **ret_key)
{
	uint8_t octets[SECRET_KEY_OCTETS + 1];
	ssize_t n = pread(fd, octets, sizeof(octets), 0);
	int error = n < 0 ? -errno : n == SECRET_KEY_OCTETS ? 0 : E_FORMAT;
	if (error == 0) {
		struct secret_key *key = calloc(1, sizeof(*key));
		if (key == NULL) {
			abort();
		}
		memcpy(key->octet, octets, sizeof(key->octet));
		*ret_key = key;
	}
	explicit_bzero(octets, sizeof(octets));
	return error;
}

struct secret_key *secret_key_destroy(struct secret_key *key)
{
	if (key != NULL) {
		explicit_bzero(key, sizeof(*key));
		free(key);
	}
	return NULL;
}

/* out gets value.n octets, tag the tag; OpenSSL fails only for lack of memory. */
static void encrypt(const struct secret_key *key, const uint8_t *nonce, struct slice name,
	struct slice value, uint8_t *out_and_tag)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0;
	bool ok =
		ctx != NULL &&
		EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key->octet, nonce) == 1 &&
		EVP_EncryptUpdate(ctx, NULL, &n, name.p, (int)name.n) == 1 &&
		EVP_EncryptUpdate(ctx, out_and_tag, &n, value.p, (int)value.n) == 1 &&
		EVP_EncryptFinal_ex(ctx, out_and_tag + value.n, &n) == 1 &&
		EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG, out_and_tag + value.n) == 1;
	EVP_CIPHER_CTX_free(ctx);
	if (!ok) {
		abort();
	}
}

static bool decrypt(
	const struct secret_key *key, struct slice name, struct slice sealed, uint8_t *out)
{
	uint8_t tag[TAG];
	int octets = (int)(sealed.n - OVERHEAD);
	memcpy(tag, sealed.p + sealed.n - TAG, TAG);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0;
	bool ok = ctx != NULL &&
		  EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key->octet, sealed.p + 1) ==
			  1 &&
		  EVP_DecryptUpdate(ctx, NULL, &n, name.p, (int)name.n) == 1 &&
		  EVP_DecryptUpdate(ctx, out, &n, sealed.p + 1 + NONCE, octets) == 1 &&
		  EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG, tag) == 1 &&
		  EVP_DecryptFinal_ex(ctx, out + octets, &n) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

int secret_put(
	struct txn *txn, const struct secret_key *key, const char *name, struct slice value)
{
	if (value.n > SECRET_MAX_OCTETS) {
		return E_LIMIT;
	}
	uint8_t sealed[SECRET_MAX_OCTETS + OVERHEAD];
	sealed[0] = VERSION;
	rand_octets(sealed + 1, NONCE);
	encrypt(key, sealed + 1, slice_str(name), value, sealed + 1 + NONCE);
	int64_t rows = sql_run(txn_db(txn),
		"INSERT INTO secret (name, sealed, changed_at_ms) VALUES ($1, $2, $3)"
		" ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed,"
		" changed_at_ms = excluded.changed_at_ms",
		SQL_STR(name), SQL_BLOB(slice_of(sealed, value.n + OVERHEAD)),
		SQL_INT(txn_now_ms(txn)));
	return rows < 0 ? (int)rows : 0;
}

int secret_drop(struct txn *txn, const char *name)
{
	return (int)sql_run(txn_db(txn), "DELETE FROM secret WHERE name = $1", SQL_STR(name));
}

int secret_find(struct db *db, const char *name, int64_t *ret_changed_at_ms)
{
	return sql_int(db, "SELECT changed_at_ms FROM secret WHERE name = $1",
		ret_changed_at_ms, SQL_STR(name));
}

int secret_open(
	struct db *db, const struct secret_key *key, const char *name, struct buf *ret_value)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(db, "SELECT sealed FROM secret WHERE name = $1", &q, SQL_STR(name));
	row = row < 0 ? row : db_step(q);
	if (row != 1) {
		return row < 0 ? row : E_ABSENT;
	}
	struct slice sealed = db_col_blob(q, 0);
	if (sealed.n < OVERHEAD || sealed.n > OVERHEAD + SECRET_MAX_OCTETS ||
		sealed.p[0] != VERSION) {
		return E_DIGEST;
	}
	uint8_t clear[SECRET_MAX_OCTETS + 1];
	bool ok = decrypt(key, slice_str(name), sealed, clear);
	if (ok) {
		buf_put(ret_value, slice_of(clear, sealed.n - OVERHEAD));
	}
	explicit_bzero(clear, sizeof(clear));
	return !ok ? E_DIGEST : ret_value->failed ? E_LIMIT : 0;
}

void secret_wipe(struct buf *value)
{
	if (value->p != NULL) {
		explicit_bzero(value->p, value->room);
	}
	buf_fini(value);
}
