/* SPDX-License-Identifier: Apache-2.0 */
/**
 * RADIUS, a client's side of one question: may this person in, or are you
 * there?  Every request carries a Message-Authenticator; an answer is believed
 * only when it proves the shared secret.
 *
 * Layer: proto.  Threading: reentrant.  Fuzz target: fuzz/radius.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct buf;

enum {
	RADIUS_AUTHENTICATOR = 16,
	RADIUS_PACKET_MAX = 4096,
	RADIUS_USER_MAX = 253,
	RADIUS_PASSWORD_MAX = 128,
	RADIUS_MESSAGE_MAX = 253,
};

enum radius_code {
	RADIUS_ACCESS_REQUEST = 1,
	RADIUS_ACCESS_ACCEPT = 2,
	RADIUS_ACCESS_REJECT = 3,
	RADIUS_ACCESS_CHALLENGE = 11,
	RADIUS_STATUS_SERVER = 12,
};

struct radius_request {
	uint8_t id;
	uint8_t authenticator[RADIUS_AUTHENTICATOR]; /* random */
	bool is_status;                              /* Status-Server: no user, no password */
	bool is_chap;
	struct slice secret;
	struct slice user;
	struct slice password;
	struct slice nas; /* NAS-Identifier, 1..253 octets */
};

struct radius_reply {
	enum radius_code code;
	bool has_message_authenticator;
	uint16_t message_n;
	uint8_t message[RADIUS_MESSAGE_MAX]; /* the first Reply-Message */
};

/**
 * Source:  RFC 2865 sections 3, 5.1 to 5.3 (the challenge of CHAP is the request
 *          authenticator); RFC 3579 section 3.2 (Message-Authenticator, put first);
 *          RFC 5997 section 3 (Status-Server).
 * Returns: 0, or E_LIMIT for user, password or NAS beyond their bounds.
 */
NODISCARD int radius_put_request(struct buf *buf, const struct radius_request *request);

/**
 * Source:  RFC 2865 section 3 (response authenticator); RFC 3579 section 3.2.
 * Returns: 0; E_SHORT; E_FORMAT when it is no answer to this request; E_DIGEST when
 *          it does not prove the secret.
 */
NODISCARD int radius_parse_reply(struct slice datagram, const struct radius_request *request,
	struct radius_reply *ret_reply);
