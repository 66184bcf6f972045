/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/head.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/num.h"

/* Longest signed text: 22 + 20 + 65 + 21 octets. */
enum { HEAD_TEXT_MAX = 256, KEY_TEXT_MAX = 4096 };

struct audit_key {
	EVP_PKEY *pkey;
	bool can_sign;
	struct audit_key *older; /* of the same list, public */
};

static struct audit_key *key_of(EVP_PKEY *own_pkey, bool can_sign)
{
	struct audit_key *key = calloc(1, sizeof(*key));
	if (key == NULL) {
		abort();
	}
	key->pkey = own_pkey;
	key->can_sign = can_sign;
	return key;
}

struct audit_key *audit_key_create(void)
{
	EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	if (pkey == NULL) {
		abort();
	}
	return key_of(pkey, true);
}

/* An empty passphrase instead of OpenSSL's default, which asks at the terminal. */
static int no_passphrase(char *text, int size, int writing, void *context)
{
	(void)text;
	(void)size;
	(void)writing;
	(void)context;
	return 0;
}

static int key_read(BIO *bio, bool can_sign, struct audit_key **ret_key)
{
	EVP_PKEY *pkey = can_sign ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL)
				  : PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL);
	if (pkey == NULL || EVP_PKEY_get_base_id(pkey) != EVP_PKEY_ED25519) {
		EVP_PKEY_free(pkey);
		return E_FORMAT;
	}
	*ret_key = key_of(pkey, can_sign);
	return 0;
}

int audit_key_parse(struct slice pem, struct audit_key **ret_key)
{
	if (pem.n > KEY_TEXT_MAX) {
		return E_FORMAT;
	}
	bool can_sign = slice_find(pem, SLICE("-----BEGIN PRIVATE KEY-----")) != SIZE_MAX;
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	if (bio == NULL) {
		abort();
	}
	struct audit_key *first = NULL;
	struct audit_key **next = &first;
	int error = 0;
	do {
		error = key_read(bio, can_sign, next);
		next = error < 0 ? next : &(*next)->older;
	} while (error == 0 && !can_sign && BIO_pending(bio) > 1);
	(void)BIO_free(bio);
	if (error < 0) {
		(void)audit_key_destroy(first);
		return error;
	}
	*ret_key = first;
	return 0;
}

static void put_bio(struct buf *buf, BIO *bio)
{
	char *text = NULL;
	long octets = BIO_get_mem_data(bio, &text);
	if (octets <= 0) {
		abort();
	}
	buf_put(buf, slice_of(text, (size_t)octets));
	(void)BIO_free(bio);
}

void audit_key_put_public(const struct audit_key *key, struct buf *buf)
{
	for (; key != NULL; key = key->older) {
		BIO *bio = BIO_new(BIO_s_mem());
		if (bio == NULL || PEM_write_bio_PUBKEY(bio, key->pkey) != 1) {
			abort();
		}
		put_bio(buf, bio);
	}
}

int audit_key_put_private(const struct audit_key *key, struct buf *buf)
{
	if (!key->can_sign) {
		return E_STATE;
	}
	BIO *bio = BIO_new(BIO_s_secmem());
	if (bio == NULL ||
		PEM_write_bio_PKCS8PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL, NULL) != 1) {
		abort();
	}
	put_bio(buf, bio);
	return 0;
}

struct audit_key *audit_key_destroy(struct audit_key *key)
{
	while (key != NULL) {
		struct audit_key *older = key->older;
		EVP_PKEY_free(key->pkey);
		free(key);
		key = older;
	}
	return NULL;
}

static void put_signed_text(struct buf *buf, const struct audit_head *head)
{
	buf_put_str(buf, "fengsui audit head v1\n");
	buf_put_i64(buf, head->size);
	buf_put_byte(buf, '\n');
	buf_put_hex(buf, slice_of(head->root.octet, DIGEST_OCTETS));
	buf_put_byte(buf, '\n');
	buf_put_i64(buf, head->at_unix_ms);
	buf_put_byte(buf, '\n');
}

int audit_head_sign(const struct audit_key *key, struct audit_head *head)
{
	if (!key->can_sign) {
		return E_STATE;
	}
	AUTO_BUF struct buf text;
	buf_init(&text, HEAD_TEXT_MAX);
	put_signed_text(&text, head);
	size_t octets = AUDIT_SIGNATURE_OCTETS;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	if (ctx == NULL || EVP_DigestSignInit(ctx, NULL, NULL, NULL, key->pkey) != 1 ||
		EVP_DigestSign(ctx, head->signature, &octets, text.p, text.n) != 1) {
		abort();
	}
	EVP_MD_CTX_free(ctx);
	return 0;
}

static bool signed_by(
	const struct audit_key *key, struct slice text, const struct audit_head *head)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	if (ctx == NULL || EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key->pkey) != 1) {
		abort();
	}
	int good =
		EVP_DigestVerify(ctx, head->signature, AUDIT_SIGNATURE_OCTETS, text.p, text.n);
	EVP_MD_CTX_free(ctx);
	return good == 1;
}

int audit_head_check(const struct audit_key *key, const struct audit_head *head)
{
	AUTO_BUF struct buf text;
	buf_init(&text, HEAD_TEXT_MAX);
	put_signed_text(&text, head);
	while (key != NULL && !signed_by(key, buf_slice(&text), head)) {
		key = key->older;
	}
	return key != NULL ? 0 : E_DIGEST;
}

void audit_head_put(struct buf *buf, const struct audit_head *head)
{
	put_signed_text(buf, head);
	buf_put_hex(buf, slice_of(head->signature, AUDIT_SIGNATURE_OCTETS));
	buf_put_byte(buf, '\n');
}

int audit_head_parse(struct slice text, struct audit_head *ret_head, struct diag *diag)
{
	struct slice line[5];
	struct slice rest = text;
	for (size_t i = 0; i < 5; i++) {
		if (!slice_cut(rest, '\n', &line[i], &rest)) {
			return diag_set(diag, E_FORMAT, i + 1, 0,
				"the head has only %zu of 5 lines", i);
		}
	}
	if (!slice_is(line[0], "fengsui audit head v1")) {
		return diag_set(diag, E_FORMAT, 1, 0, "this is not an audit head of version 1");
	}
	struct audit_head head = { 0 };
	struct digest half[2];
	if (num_i64(line[1], 1, INT64_MAX, &head.size) < 0 ||
		num_i64(line[3], 0, INT64_MAX, &head.at_unix_ms) < 0) {
		return diag_set(diag, E_FORMAT, 2, 0, "size and time must be whole numbers");
	}
	if (digest_parse(line[2], &head.root) < 0 ||
		digest_parse(slice_head(line[4], 64), &half[0]) < 0 ||
		digest_parse(slice_skip(line[4], 64), &half[1]) < 0) {
		return diag_set(diag, E_FORMAT, 3, 0, "root and signature must be hexadecimal");
	}
	memcpy(head.signature, half, sizeof(half));
	*ret_head = head;
	return 0;
}
