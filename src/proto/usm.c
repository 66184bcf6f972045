/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/usm.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "proto/ber.h"

enum {
	FLAG_AUTH = 1,
	FLAG_PRIV = 2,
	FLAG_REPORTABLE = 4,
	MODEL_USER = 3,
	SALT_OCTETS = 8,
	IV_OCTETS = 16,
	PASSWORD_MAX = 256,
	SPREAD_OCTETS = 1024 * 1024, /* RFC 3414 appendix A.2.1 */
	MESSAGE_MAX = 65507,
	DIGEST_MAX = 48,
};

static const struct {
	const char *name;
	const char *dashed;
	const EVP_MD *(*digest)(void);
	uint8_t octets; /* of it that go into the message */
} auths[] = {
	[USM_NO_AUTH] = { "none", "none", NULL, 0 },
	[USM_MD5] = { "md5", "md5", EVP_md5, 12 },
	[USM_SHA1] = { "sha1", "sha", EVP_sha1, 12 },
	[USM_SHA224] = { "sha224", "sha-224", EVP_sha224, 16 },
	[USM_SHA256] = { "sha256", "sha-256", EVP_sha256, 24 },
	[USM_SHA384] = { "sha384", "sha-384", EVP_sha384, 32 },
	[USM_SHA512] = { "sha512", "sha-512", EVP_sha512, 48 },
};

static const struct {
	const char *name;
	const char *dashed;
	const EVP_CIPHER *(*cipher)(void);
	uint8_t key_octets;
} privs[] = {
	[USM_NO_PRIV] = { "none", "none", NULL, 0 },
	[USM_AES128] = { "aes", "aes128", EVP_aes_128_cfb128, 16 },
	[USM_AES192] = { "aes192", "aes-192", EVP_aes_192_cfb128, 24 },
	[USM_AES256] = { "aes256", "aes-256", EVP_aes_256_cfb128, 32 },
};

int usm_auth_parse(struct slice text, enum usm_auth *ret_auth)
{
	for (size_t i = 0; i < sizeof(auths) / sizeof(auths[0]); i++) {
		if (slice_eq_nocase(text, slice_str(auths[i].name)) ||
			slice_eq_nocase(text, slice_str(auths[i].dashed))) {
			*ret_auth = (enum usm_auth)i;
			return 0;
		}
	}
	return E_FORMAT;
}

int usm_priv_parse(struct slice text, enum usm_priv *ret_priv)
{
	for (size_t i = 0; i < sizeof(privs) / sizeof(privs[0]); i++) {
		if (slice_eq_nocase(text, slice_str(privs[i].name)) ||
			slice_eq_nocase(text, slice_str(privs[i].dashed))) {
			*ret_priv = (enum usm_priv)i;
			return 0;
		}
	}
	return slice_eq_nocase(text, SLICE("aes-128")) ? (*ret_priv = USM_AES128, 0) : E_FORMAT;
}

/* Appendix A.2.1: the password over and over, hashed as one. */
static int key_of_password(enum usm_auth auth, struct slice password, struct usm_key *ret_key)
{
	if (password.n < USM_PASSWORD_MIN || password.n > PASSWORD_MAX) {
		return E_RANGE;
	}
	uint8_t block[PASSWORD_MAX * 16];
	size_t n = password.n * 16;
	for (size_t i = 0; i < n; i++) {
		block[i] = password.p[i % password.n];
	}
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good =
		context != NULL && EVP_DigestInit_ex(context, auths[auth].digest(), NULL) == 1;
	for (size_t done = 0; good && done < SPREAD_OCTETS; done += n) {
		size_t left = SPREAD_OCTETS - done;
		good = EVP_DigestUpdate(context, block, n < left ? n : left) == 1;
	}
	unsigned length = 0;
	good = good && EVP_DigestFinal_ex(context, ret_key->octets, &length) == 1;
	ret_key->n = (uint8_t)length;
	EVP_MD_CTX_free(context);
	OPENSSL_cleanse(block, sizeof(block));
	return good ? 0 : E_UNSUPPORTED;
}

int usm_user_set(struct usm_user *user, struct slice name, struct slice auth_password,
	struct slice priv_password)
{
	int rc = 0;
	if (name.n == 0 || name.n > USM_NAME_MAX) {
		return E_RANGE;
	}
	if (user->priv != USM_NO_PRIV &&
		(user->auth == USM_NO_AUTH || EVP_MD_get_size(auths[user->auth].digest()) <
						      privs[user->priv].key_octets)) {
		return E_UNSUPPORTED;
	}
	memcpy(user->name, name.p, name.n);
	user->name_n = (uint8_t)name.n;
	if (user->auth != USM_NO_AUTH) {
		rc = key_of_password(user->auth, auth_password, &user->auth_key);
	}
	if (rc == 0 && user->priv != USM_NO_PRIV) {
		rc = key_of_password(user->auth, priv_password, &user->priv_key);
	}
	return rc;
}

/* Section 2.6: the digest of key, engine, key. */
static int localize(
	enum usm_auth auth, const struct usm_key *key, struct slice id, struct usm_key *ret_key)
{
	uint8_t text[2 * USM_KEY_MAX + USM_ENGINE_MAX];
	memcpy(text, key->octets, key->n);
	memcpy(text + key->n, id.p, id.n);
	memcpy(text + key->n + id.n, key->octets, key->n);
	unsigned length = 0;
	int good = EVP_Digest(text, 2 * (size_t)key->n + id.n, ret_key->octets, &length,
		auths[auth].digest(), NULL);
	ret_key->n = (uint8_t)length;
	OPENSSL_cleanse(text, sizeof(text));
	return good == 1 ? 0 : E_UNSUPPORTED;
}

int usm_engine_set(struct usm_engine *engine, const struct usm_user *user, struct slice id)
{
	struct usm_engine fresh = { 0 };
	int rc = 0;
	if (id.n < 5 || id.n > USM_ENGINE_MAX) {
		return E_RANGE;
	}
	memcpy(fresh.id, id.p, id.n);
	fresh.id_n = (uint8_t)id.n;
	if (user->auth != USM_NO_AUTH) {
		rc = localize(user->auth, &user->auth_key, id, &fresh.auth_key);
	}
	if (rc == 0 && user->priv != USM_NO_PRIV) {
		rc = localize(user->auth, &user->priv_key, id, &fresh.priv_key);
	}
	if (rc == 0) {
		*engine = fresh;
	}
	return rc;
}

/* Both ways: a cipher that feeds back is its own inverse but for the direction. */
static bool crypt_octets(const struct usm_user *user, const struct usm_engine *engine,
	const uint8_t iv[IV_OCTETS], struct slice in, uint8_t *out, bool encrypt)
{
	int n = 0;
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	bool good = context != NULL && in.n <= MESSAGE_MAX &&
		    EVP_CipherInit_ex(context, privs[user->priv].cipher(), NULL,
			    engine->priv_key.octets, iv, encrypt) == 1 &&
		    EVP_CipherUpdate(context, out, &n, in.p, (int)in.n) == 1 &&
		    (size_t)n == in.n;
	EVP_CIPHER_CTX_free(context);
	return good;
}

/* RFC 3826 section 3.1.2.1. */
static void make_iv(uint32_t boots, uint32_t time_s, struct slice salt, uint8_t iv[IV_OCTETS])
{
	for (unsigned i = 0; i < 4; i++) {
		iv[i] = (uint8_t)(boots >> (24 - 8 * i));
		iv[4 + i] = (uint8_t)(time_s >> (24 - 8 * i));
	}
	memcpy(iv + 8, salt.p, SALT_OCTETS);
}

static size_t put_head(struct buf *buf, const struct snmp_v3 *v3)
{
	size_t message = ber_begin(buf, BER_SEQUENCE);
	ber_put_int(buf, BER_INTEGER, SNMP_V3);
	size_t header = ber_begin(buf, BER_SEQUENCE);
	ber_put_int(buf, BER_INTEGER, v3->msg_id);
	ber_put_int(buf, BER_INTEGER, MESSAGE_MAX);
	ber_put(buf, BER_OCTETS, slice_of(&v3->flags, 1));
	ber_put_int(buf, BER_INTEGER, MODEL_USER);
	ber_end(buf, header);
	return message;
}

/* Gives the place of the digest, which is zeros for now. */
static size_t put_security(struct buf *buf, const struct snmp_v3 *v3)
{
	size_t octets = ber_begin(buf, BER_OCTETS);
	size_t sequence = ber_begin(buf, BER_SEQUENCE);
	ber_put(buf, BER_OCTETS, v3->engine_id);
	ber_put_uint(buf, BER_INTEGER, v3->boots);
	ber_put_uint(buf, BER_INTEGER, v3->time_s);
	ber_put(buf, BER_OCTETS, v3->user);
	ber_put(buf, BER_OCTETS, v3->auth);
	size_t digest = buf->n - v3->auth.n;
	ber_put(buf, BER_OCTETS, v3->priv);
	ber_end(buf, sequence);
	ber_end(buf, octets);
	return digest;
}

static void put_scoped(struct buf *buf, const struct snmp_v3 *v3, struct slice pdu)
{
	size_t scoped = ber_begin(buf, BER_SEQUENCE);
	ber_put(buf, BER_OCTETS, v3->engine_id);
	ber_put(buf, BER_OCTETS, v3->context_name);
	buf_put(buf, pdu);
	ber_end(buf, scoped);
}

int usm_put_discovery(struct buf *buf, int32_t msg_id)
{
	struct snmp_v3 v3 = { .msg_id = msg_id, .flags = FLAG_REPORTABLE };
	struct snmp_msg head = { .kind = SNMP_GET, .request_id = msg_id };
	AUTO_BUF struct buf pdu;
	buf_init(&pdu, 64);
	struct snmp_writer writer = snmp_begin_pdu(&pdu, &head);
	if (snmp_end(&writer) < 0) {
		return E_LIMIT;
	}
	size_t message = put_head(buf, &v3);
	(void)put_security(buf, &v3);
	put_scoped(buf, &v3, buf_slice(&pdu));
	ber_end(buf, message);
	return buf->failed ? E_LIMIT : 0;
}

static bool sign(const struct usm_user *user, const struct usm_engine *engine,
	struct slice message, uint8_t ret_digest[EVP_MAX_MD_SIZE])
{
	unsigned n = 0;
	return HMAC(auths[user->auth].digest(), engine->auth_key.octets, engine->auth_key.n,
		       message.p, message.n, ret_digest, &n) != NULL;
}

static bool put_sealed(struct buf *buf, const struct usm_user *user,
	const struct usm_engine *engine, const struct snmp_v3 *v3, struct slice pdu)
{
	uint8_t iv[IV_OCTETS];
	AUTO_BUF struct buf plain;
	buf_init(&plain, MESSAGE_MAX);
	put_scoped(&plain, v3, pdu);
	ber_put_head(buf, BER_OCTETS, plain.n);
	uint8_t *out = plain.failed ? NULL : buf_reserve(buf, plain.n);
	make_iv(v3->boots, v3->time_s, v3->priv, iv);
	if (out == NULL || !crypt_octets(user, engine, iv, buf_slice(&plain), out, true)) {
		return false;
	}
	buf_commit(buf, plain.n);
	return true;
}

int usm_put(struct buf *buf, const struct usm_user *user, const struct usm_engine *engine,
	const struct snmp_msg *head, struct slice pdu)
{
	static const uint8_t zeros[DIGEST_MAX];
	struct snmp_v3 v3 = head->v3;
	size_t start = buf->n;
	bool has_auth = user->auth != USM_NO_AUTH;
	bool has_priv = user->priv != USM_NO_PRIV;
	v3.flags = (uint8_t)(FLAG_REPORTABLE | (has_auth ? FLAG_AUTH : 0) |
			     (has_priv ? FLAG_PRIV : 0));
	v3.engine_id = slice_of(engine->id, engine->id_n);
	v3.user = slice_of(user->name, user->name_n);
	v3.auth = slice_of(zeros, auths[user->auth].octets);
	v3.priv = has_priv ? slice_head(v3.priv, SALT_OCTETS) : (struct slice) { 0 };
	if (has_priv && v3.priv.n != SALT_OCTETS) {
		return E_RANGE;
	}
	size_t message = put_head(buf, &v3);
	size_t digest = put_security(buf, &v3);
	if (!has_priv) {
		put_scoped(buf, &v3, pdu);
	} else if (!put_sealed(buf, user, engine, &v3, pdu)) {
		return E_LIMIT;
	}
	ber_end(buf, message);
	uint8_t octets[EVP_MAX_MD_SIZE];
	if (buf->failed) {
		return E_LIMIT;
	}
	if (has_auth) {
		if (!sign(user, engine, slice_of(buf->p + start, buf->n - start), octets)) {
			return E_UNSUPPORTED;
		}
		memcpy(buf->p + digest, octets, v3.auth.n);
	}
	return 0;
}

/* Section 6.3.2: over the message with zeros where the digest is. */
static int verify(const struct usm_user *user, const struct usm_engine *engine,
	struct slice datagram, const struct snmp_v3 *v3)
{
	uint8_t octets[EVP_MAX_MD_SIZE];
	size_t n = auths[user->auth].octets;
	if (v3->auth.n != n) {
		return E_DIGEST;
	}
	AUTO_BUF struct buf copy;
	buf_init(&copy, MESSAGE_MAX + 1);
	buf_put(&copy, datagram);
	if (copy.failed) {
		return E_DIGEST;
	}
	memset(copy.p + (v3->auth.p - datagram.p), 0, n);
	bool good = sign(user, engine, buf_slice(&copy), octets) &&
		    CRYPTO_memcmp(octets, v3->auth.p, n) == 0;
	return good ? 0 : E_DIGEST;
}

int usm_open(const struct usm_user *user, const struct usm_engine *engine,
	struct slice datagram, struct snmp_msg *msg, struct buf *plain)
{
	const struct snmp_v3 *v3 = &msg->v3;
	bool signed_here = (v3->flags & FLAG_AUTH) != 0;
	bool sealed = (v3->flags & FLAG_PRIV) != 0;
	if ((user->auth != USM_NO_AUTH && !signed_here) ||
		(user->auth == USM_NO_AUTH && signed_here) ||
		(sealed && (!signed_here || user->priv == USM_NO_PRIV))) {
		return E_DENIED;
	}
	if (signed_here) {
		int rc = verify(user, engine, datagram, v3);
		if (rc < 0) {
			return rc;
		}
	}
	if (!sealed) {
		/* A report of a wrong clock is signed and not encrypted: section 3.2 (7). */
		return user->priv == USM_NO_PRIV || msg->kind == SNMP_REPORT ? 0 : E_DENIED;
	}
	uint8_t iv[IV_OCTETS];
	uint8_t *out = buf_reserve(plain, v3->scoped.n);
	if (v3->priv.n != SALT_OCTETS || out == NULL) {
		return E_FORMAT;
	}
	make_iv(v3->boots, v3->time_s, v3->priv, iv);
	if (!crypt_octets(user, engine, iv, v3->scoped, out, false)) {
		return E_FORMAT;
	}
	buf_commit(plain, v3->scoped.n);
	return snmp_parse_scoped(buf_slice(plain), msg);
}
