/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Signed heads: how many entries the log had at a moment and their root, so
 * that a head kept elsewhere (mail, paper) exposes a log rewritten later.
 *
 * Signed text, UTF-8, octet by octet:
 *   "fengsui audit head v1\n" size "\n" root in hex "\n" time in unix ms "\n"
 * Written text adds one line: the signature in hex and "\n".
 *
 * Layer: audit.  Threading: a key may be used by one thread at a time.
 * Fuzz target: fuzz/audit_export.c.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/digest.h"
#include "base/slice.h"

struct buf;
struct diag;

/** Ed25519 (RFC 8032 section 5.1). */
enum { AUDIT_SIGNATURE_OCTETS = 64 };

struct audit_head {
	int64_t size; /* entries, from 1 */
	struct digest root;
	int64_t at_unix_ms;
	uint8_t signature[AUDIT_SIGNATURE_OCTETS];
};

/** A private Ed25519 key, or a list of public ones: a restored log goes on under a new key. */
struct audit_key;

/** Owns: the result; release with audit_key_destroy.  A fresh random pair. */
struct audit_key *audit_key_create(void);

/**
 * A key from PEM text (RFC 7468, RFC 8410): "PUBLIC KEY", one behind the
 * other, or one unencrypted "PRIVATE KEY".
 *
 * Owns:    *ret_key; release with audit_key_destroy.
 * Returns: 0, or E_FORMAT when it is no such key or not Ed25519.
 */
NODISCARD int audit_key_parse(struct slice pem, struct audit_key **ret_key);

/** Append the PEM of the public half (of each), or of the private key (E_STATE when there is none). */
void audit_key_put_public(const struct audit_key *key, struct buf *buf);
NODISCARD int audit_key_put_private(const struct audit_key *key, struct buf *buf);

/** NULL is fine.  Returns: NULL, to assign back. */
struct audit_key *audit_key_destroy(struct audit_key *key);

/** Fill head->signature.  Returns: 0, or E_STATE when the key cannot sign. */
NODISCARD int audit_head_sign(const struct audit_key *key, struct audit_head *head);

/** Returns: 0, or E_DIGEST when none of these keys signed exactly this head. */
NODISCARD int audit_head_check(const struct audit_key *key, const struct audit_head *head);

/** Append the written text, five lines, the signature last. */
void audit_head_put(struct buf *buf, const struct audit_head *head);

/** Read written text back.  Returns: 0, or E_FORMAT with a sentence. */
NODISCARD int audit_head_parse(
	struct slice text, struct audit_head *ret_head, struct diag *diag);

static inline void audit_key_cleanup(struct audit_key **key)
{
	*key = audit_key_destroy(*key);
}

#define AUTO_AUDIT_KEY CLEANUP(audit_key_cleanup)
