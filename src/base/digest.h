/* SPDX-License-Identifier: Apache-2.0 */
/**
 * SM3 (GB/T 32905-2016), SHA-256 (FIPS 180-4), SipHash-2-4 for keyed tables
 * and XXH3 for our own files' checksums.
 *
 * Layer: base.  Threading: reentrant; a stream has one owner.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

enum { DIGEST_OCTETS = 32 };

enum digest_kind { DIGEST_SM3, DIGEST_SHA256 };

struct digest {
	uint8_t octet[DIGEST_OCTETS];
};

/** Digest of one run of octets. */
struct digest digest_of(enum digest_kind kind, struct slice octets);
/** Digest of the concatenation of several runs. */
struct digest digest_of_parts(enum digest_kind kind, const struct slice *parts, size_t count);
bool digest_eq(const struct digest *a, const struct digest *b);

/** HMAC with SHA-256 (RFC 2104). */
struct digest digest_hmac_sha256(struct slice key, struct slice octets);

struct digest_stream;
/** Owns:    the result; release with digest_stream_destroy. */
struct digest_stream *digest_stream_create(enum digest_kind kind);
void digest_stream_add(struct digest_stream *stream, struct slice octets);
struct digest digest_stream_end(struct digest_stream *stream);
struct digest_stream *digest_stream_destroy(struct digest_stream *stream);

/** Lower-case hexadecimal, 64 characters and a NUL. */
void digest_hex(const struct digest *digest, char ret_text[2 * DIGEST_OCTETS + 1]);
/** Returns: 0 or E_FORMAT unless the text is 64 hexadecimal digits. */
NODISCARD int digest_parse(struct slice text, struct digest *ret_digest);

/** XXH3-64, no key: checksums of our own files only. */
uint64_t digest_xxh3(struct slice octets);

/** SipHash-2-4 with a 16-octet key. */
uint64_t digest_siphash(const uint8_t key[16], struct slice octets);
