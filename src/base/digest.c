/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <xxhash.h>

#include "base/err.h"

struct digest_stream {
	EVP_MD_CTX *ctx;
};

static const EVP_MD *md_of(enum digest_kind kind)
{
	return kind == DIGEST_SM3 ? EVP_sm3() : EVP_sha256();
}

struct digest_stream *digest_stream_create(enum digest_kind kind)
{
	struct digest_stream *stream = calloc(1, sizeof(*stream));
	if (stream == NULL) {
		abort();
	}
	stream->ctx = EVP_MD_CTX_new();
	if (stream->ctx == NULL || EVP_DigestInit_ex(stream->ctx, md_of(kind), NULL) != 1) {
		abort();
	}
	return stream;
}

void digest_stream_add(struct digest_stream *stream, struct slice octets)
{
	if (octets.n > 0 && EVP_DigestUpdate(stream->ctx, octets.p, octets.n) != 1) {
		abort();
	}
}

struct digest digest_stream_end(struct digest_stream *stream)
{
	struct digest digest = { 0 };
	if (EVP_DigestFinal_ex(stream->ctx, digest.octet, NULL) != 1) {
		abort();
	}
	return digest;
}

struct digest_stream *digest_stream_destroy(struct digest_stream *stream)
{
	if (stream != NULL) {
		EVP_MD_CTX_free(stream->ctx);
		free(stream);
	}
	return NULL;
}

struct digest digest_of_parts(enum digest_kind kind, const struct slice *parts, size_t count)
{
	struct digest_stream *stream = digest_stream_create(kind);
	for (size_t i = 0; i < count; i++) {
		digest_stream_add(stream, parts[i]);
	}
	struct digest digest = digest_stream_end(stream);
	(void)digest_stream_destroy(stream);
	return digest;
}

struct digest digest_of(enum digest_kind kind, struct slice octets)
{
	return digest_of_parts(kind, &octets, 1);
}

bool digest_eq(const struct digest *a, const struct digest *b)
{
	uint8_t difference = 0;
	for (size_t i = 0; i < DIGEST_OCTETS; i++) {
		difference |= (uint8_t)(a->octet[i] ^ b->octet[i]);
	}
	return difference == 0;
}

struct digest digest_hmac_sha256(struct slice key, struct slice octets)
{
	struct digest digest = { 0 };
	static const uint8_t none[1] = { 0 };
	if (HMAC(EVP_sha256(), key.n > 0 ? key.p : none, (int)key.n,
		    octets.n > 0 ? octets.p : none, octets.n, digest.octet, NULL) == NULL) {
		abort();
	}
	return digest;
}

void digest_hex(const struct digest *digest, char ret_text[2 * DIGEST_OCTETS + 1])
{
	static const char digit[] = "0123456789abcdef";
	for (size_t i = 0; i < DIGEST_OCTETS; i++) {
		ret_text[2 * i] = digit[digest->octet[i] >> 4];
		ret_text[2 * i + 1] = digit[digest->octet[i] & 15];
	}
	ret_text[2 * DIGEST_OCTETS] = '\0';
}

static int nibble(uint8_t c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'f') {
		return c - 'a' + 10;
	}
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int digest_parse(struct slice text, struct digest *ret_digest)
{
	struct digest digest = { 0 };
	if (text.n != 2 * DIGEST_OCTETS) {
		return E_FORMAT;
	}
	for (size_t i = 0; i < DIGEST_OCTETS; i++) {
		int high = nibble(text.p[2 * i]);
		int low = nibble(text.p[2 * i + 1]);
		if (high < 0 || low < 0) {
			return E_FORMAT;
		}
		digest.octet[i] = (uint8_t)(high << 4 | low);
	}
	*ret_digest = digest;
	return 0;
}

uint64_t digest_xxh3(struct slice octets)
{
	return XXH3_64bits(octets.p, octets.n);
}

/* SipHash-2-4: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012, section 2. */
static uint64_t rotate(uint64_t x, unsigned by)
{
	return x << by | x >> (64 - by);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static uint64_t word_le(const uint8_t *p, size_t n)
{
	uint64_t word = 0;
	for (size_t i = n; i > 0; i--) {
		word = word << 8 | p[i - 1];
	}
	return word;
}

uint64_t digest_siphash(const uint8_t key[16], struct slice octets)
{
	uint64_t k0 = word_le(key, 8);
	uint64_t k1 = word_le(key + 8, 8);
	uint64_t v[4] = { k0 ^ UINT64_C(0x736f6d6570736575), k1 ^ UINT64_C(0x646f72616e646f6d),
		k0 ^ UINT64_C(0x6c7967656e657261), k1 ^ UINT64_C(0x7465646279746573) };
	size_t at = 0;
	for (; octets.n - at >= 8; at += 8) {
		uint64_t word = word_le(octets.p + at, 8);
		v[3] ^= word;
		sip_round(v);
		sip_round(v);
		v[0] ^= word;
	}
	uint64_t last = (uint64_t)octets.n << 56 | word_le(octets.p + at, octets.n - at);
	v[3] ^= last;
	sip_round(v);
	sip_round(v);
	v[0] ^= last;
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++) {
		sip_round(v);
	}
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
