/* SPDX-License-Identifier: Apache-2.0 */
/**
 * SNMP version 3's user-based security: keys, messages signed and encrypted,
 * and back.  The digests and ciphers are OpenSSL's.
 *
 * Source:  RFC 3414 (section 2.6 and appendix A: keys; 3.1, 3.2: messages),
 *          RFC 7860 section 4 (SHA-2), RFC 3826 section 3 (AES).
 *
 * Layer: proto.  Threading: reentrant.  Fuzz target: fuzz/snmp_reply.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "proto/snmp.h"

struct buf;

enum {
	USM_NAME_MAX = 32,   /* octets, RFC 3414 section 2.4 */
	USM_ENGINE_MAX = 32, /* octets, RFC 3411 section 5 */
	USM_KEY_MAX = 64,
	USM_PASSWORD_MIN = 8, /* RFC 3414 section 11.2 */
	USM_WINDOW_S = 150,
};

enum usm_auth {
	USM_NO_AUTH,
	USM_MD5,
	USM_SHA1,
	USM_SHA224,
	USM_SHA256,
	USM_SHA384,
	USM_SHA512
};

/** AES with 192 and 256 bits takes a digest at least as long; no stretching of keys. */
enum usm_priv { USM_NO_PRIV, USM_AES128, USM_AES192, USM_AES256 };

struct usm_key {
	uint8_t n;
	uint8_t octets[USM_KEY_MAX];
};

/** Who asks.  The keys are those of the passwords, not yet of an engine. */
struct usm_user {
	enum usm_auth auth;
	enum usm_priv priv;
	uint8_t name_n;
	uint8_t name[USM_NAME_MAX];
	struct usm_key auth_key;
	struct usm_key priv_key;
};

/** Whom we ask: its clock as last heard, the user's keys there. */
struct usm_engine {
	uint8_t id_n; /* 0 = not known yet */
	uint8_t id[USM_ENGINE_MAX];
	uint32_t boots;
	uint32_t time_s;
	int64_t heard_ms; /* of our clock, when time_s was so */
	struct usm_key auth_key;
	struct usm_key priv_key;
};

/** "sha256" and "aes128" as people write them, with or without dashes.  Returns: 0 or E_FORMAT. */
NODISCARD int usm_auth_parse(struct slice text, enum usm_auth *ret_auth);
NODISCARD int usm_priv_parse(struct slice text, enum usm_priv *ret_priv);

/**
 * Keys from passwords: a mebioctet is hashed for each, some milliseconds.
 *
 * Source:  RFC 3414 appendix A.2.
 * Returns: 0; E_RANGE for a name or password too short or long; E_UNSUPPORTED for
 *          a cipher whose key the digest cannot fill, or encryption without digest.
 */
NODISCARD int usm_user_set(struct usm_user *user, struct slice name, struct slice auth_password,
	struct slice priv_password);

/**
 * The user's keys at an engine; forgets what was known of another.
 *
 * Source:  RFC 3414 section 2.6.
 * Returns: 0, or E_RANGE for an id that is none.
 */
NODISCARD int usm_engine_set(
	struct usm_engine *engine, const struct usm_user *user, struct slice id);

/** The question that makes an engine name itself, RFC 3414 section 4.  Returns: 0 or E_LIMIT. */
NODISCARD int usm_put_discovery(struct buf *buf, int32_t msg_id);

/**
 * A whole message around a PDU, signed and encrypted as the user has it.  salt
 * must differ each time.
 *
 * Returns: 0, or E_LIMIT when buf is full.
 */
NODISCARD int usm_put(struct buf *buf, const struct usm_user *user,
	const struct usm_engine *engine, const struct snmp_msg *head, struct slice pdu);

/**
 * Verify the digest, and decrypt into plain what is encrypted; msg, as
 * snmp_parse left it, is completed and then borrows from plain too.
 *
 * Returns: 0; E_DIGEST when it does not agree; E_DENIED when it is less protected
 *          than the user demands; E_FORMAT or E_SHORT for what was inside.
 */
NODISCARD int usm_open(const struct usm_user *user, const struct usm_engine *engine,
	struct slice datagram, struct snmp_msg *msg, struct buf *plain);
