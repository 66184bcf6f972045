/* SPDX-License-Identifier: Apache-2.0 */
#include "base/md5.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdbool.h>
#include <stdlib.h>

void md5_of_parts(const struct slice *parts, size_t count, uint8_t ret_octets[MD5_OCTETS])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx != NULL && EVP_DigestInit_ex(ctx, EVP_md5(), NULL) == 1;
	for (size_t i = 0; ok && i < count; i++) {
		ok = EVP_DigestUpdate(ctx, parts[i].p, parts[i].n) == 1;
	}
	ok = ok && EVP_DigestFinal_ex(ctx, ret_octets, NULL) == 1;
	EVP_MD_CTX_free(ctx);
	if (!ok) {
		abort();
	}
}

void md5_hmac(struct slice key, struct slice octets, uint8_t ret_octets[MD5_OCTETS])
{
	static const uint8_t none = 0;
	unsigned n = MD5_OCTETS;
	/* OpenSSL takes no NULL key, also not of no length. */
	if (HMAC(EVP_md5(), key.n > 0 ? key.p : &none, (int)key.n, octets.p, octets.n,
		    ret_octets, &n) == NULL) {
		abort();
	}
}
