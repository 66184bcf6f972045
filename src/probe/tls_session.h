/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The client side of TLS over memory: octets in, octets out, no socket.
 * Made for looking, not for trusting: it completes a handshake with any
 * server that can speak at all, old protocols and bad certificates included,
 * and says afterwards what it saw.  Nothing secret is sent over it before its
 * caller has judged the certificate.
 *
 * Layer: probe.  Threading: the loop's thread; a handshake costs 1–2 ms of it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct buf;
struct tls_client;
struct tls_session;

/** What the handshake showed. */
struct tls_seen {
	const char *protocol; /* "TLSv1.3"; static */
	const char *cipher;   /* static */
	bool is_old_protocol; /* below TLS 1.2 (RFC 8996) */
	bool chain_trusted;
	bool is_self_signed;   /* the server's own certificate signs itself */
	const char *chain_why; /* static; "" when trusted */
};

/**
 * The authorities believed: a PEM file, or the system's own (loaded now,
 * before the fence) when it is NULL.
 *
 * Returns: 0; 1 when the system has none, so that no chain will be trusted;
 *          E_ABSENT when the file holds no certificate; -ENOMEM.
 * Owns:    *ret_client; release with tls_client_destroy.
 */
NODISCARD int tls_client_create(const char *authorities_file, struct tls_client **ret_client);
void tls_client_destroy(struct tls_client *client);

/** server_name goes out as SNI unless it is NULL.  NULL is returned without memory. */
struct tls_session *tls_session_create(struct tls_client *client, const char *server_name);
void tls_session_destroy(struct tls_session *session);

/** Octets from the peer. */
NODISCARD int tls_session_input(struct tls_session *session, struct slice octets);
/** Octets for the peer; 0 when there are none. */
size_t tls_session_output(struct tls_session *session, uint8_t *ret_octets, size_t room);

/** Returns: 1 when done, 0 when it needs more, E_FORMAT with a static reason. */
NODISCARD int tls_session_handshake(struct tls_session *session, const char **ret_reason);
/** Returns: octets, 0 when it needs more, E_CLOSED at the end, E_FORMAT with a static reason. */
NODISCARD int tls_session_read(
	struct tls_session *session, uint8_t *ret_octets, size_t room, const char **ret_reason);
NODISCARD int tls_session_write(struct tls_session *session, struct slice octets);

/** What was seen; the server's certificate is appended to der. */
void tls_session_seen(
	const struct tls_session *session, struct tls_seen *ret_seen, struct buf *der);
