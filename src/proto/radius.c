/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/radius.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/md5.h"
#include "base/rd.h"

enum {
	HEAD = 20,
	USER_NAME = 1,
	USER_PASSWORD = 2,
	CHAP_PASSWORD = 3,
	REPLY_MESSAGE = 18,
	NAS_IDENTIFIER = 32,
	MESSAGE_AUTHENTICATOR = 80,
	ATTRIBUTE_HEAD = 2,
	BLOCK = MD5_OCTETS,
};

static void put_attribute(struct buf *buf, uint8_t type, struct slice value)
{
	buf_put_byte(buf, type);
	buf_put_byte(buf, (uint8_t)(value.n + ATTRIBUTE_HEAD));
	buf_put(buf, value);
}

/* RFC 2865 section 5.2: each block is hidden under a digest of the block before. */
static void put_password(struct buf *buf, const struct radius_request *request)
{
	uint8_t hidden[RADIUS_PASSWORD_MAX] = { 0 };
	struct slice before = slice_of(request->authenticator, BLOCK);
	size_t n = request->password.n == 0 ? BLOCK
					    : (request->password.n + BLOCK - 1) / BLOCK * BLOCK;
	if (request->password.n > 0) {
		memcpy(hidden, request->password.p, request->password.n);
	}
	for (size_t at = 0; at < n; at += BLOCK) {
		const struct slice parts[] = { request->secret, before };
		uint8_t mask[BLOCK];
		md5_of_parts(parts, 2, mask);
		for (size_t i = 0; i < BLOCK; i++) {
			hidden[at + i] ^= mask[i];
		}
		before = slice_of(hidden + at, BLOCK);
	}
	put_attribute(buf, USER_PASSWORD, slice_of(hidden, n));
}

static void put_chap(struct buf *buf, const struct radius_request *request)
{
	uint8_t value[1 + MD5_OCTETS] = { request->id };
	const struct slice parts[] = { slice_of(&request->id, 1), request->password,
		slice_of(request->authenticator, RADIUS_AUTHENTICATOR) };
	md5_of_parts(parts, 3, value + 1);
	put_attribute(buf, CHAP_PASSWORD, slice_of(value, sizeof(value)));
}

static bool is_askable(const struct radius_request *request)
{
	return request->user.n <= RADIUS_USER_MAX &&
	       request->password.n <= RADIUS_PASSWORD_MAX && request->nas.n > 0 &&
	       request->nas.n <= RADIUS_USER_MAX;
}

int radius_put_request(struct buf *buf, const struct radius_request *request)
{
	static const uint8_t zero[MD5_OCTETS] = { 0 };
	size_t begin = buf->n;
	if (!is_askable(request)) {
		return E_LIMIT;
	}
	buf_put_byte(buf, request->is_status ? RADIUS_STATUS_SERVER : RADIUS_ACCESS_REQUEST);
	buf_put_byte(buf, request->id);
	buf_put(buf, SLICE("\0\0"));
	buf_put(buf, slice_of(request->authenticator, RADIUS_AUTHENTICATOR));
	put_attribute(buf, MESSAGE_AUTHENTICATOR, slice_of(zero, sizeof(zero)));
	if (!request->is_status) {
		put_attribute(buf, USER_NAME, request->user);
		if (request->is_chap) {
			put_chap(buf, request);
		} else {
			put_password(buf, request);
		}
	}
	put_attribute(buf, NAS_IDENTIFIER, request->nas);
	if (buf->failed) {
		return E_LIMIT;
	}
	size_t octets = buf->n - begin;
	uint8_t *packet = buf->p + begin;
	packet[2] = (uint8_t)(octets >> 8);
	packet[3] = (uint8_t)octets;
	md5_hmac(request->secret, slice_of(packet, octets), packet + HEAD + ATTRIBUTE_HEAD);
	return 0;
}

/* MD5 of the answer with our authenticator in its head, then the secret. */
static bool is_proven(struct slice packet, const struct radius_request *request)
{
	uint8_t digest[MD5_OCTETS];
	const struct slice parts[] = { slice_head(packet, 4),
		slice_of(request->authenticator, RADIUS_AUTHENTICATOR),
		slice_skip(packet, HEAD), request->secret };
	md5_of_parts(parts, 4, digest);
	return memcmp(digest, packet.p + 4, MD5_OCTETS) == 0;
}

/* The same over the whole packet with the value itself taken as zeroes. */
static bool is_message_proven(
	struct slice packet, size_t at, const struct radius_request *request)
{
	uint8_t copy[RADIUS_PACKET_MAX];
	uint8_t digest[MD5_OCTETS];
	memcpy(copy, packet.p, packet.n);
	memcpy(copy + 4, request->authenticator, RADIUS_AUTHENTICATOR);
	memset(copy + at, 0, MD5_OCTETS);
	md5_hmac(request->secret, slice_of(copy, packet.n), digest);
	return memcmp(digest, packet.p + at, MD5_OCTETS) == 0;
}

static int take_attribute(struct slice packet, uint8_t type, struct slice value,
	const struct radius_request *request, struct radius_reply *reply)
{
	if (type == REPLY_MESSAGE && reply->message_n == 0 && value.n > 0) {
		memcpy(reply->message, value.p, value.n);
		reply->message_n = (uint16_t)value.n;
	}
	if (type == MESSAGE_AUTHENTICATOR) {
		size_t at = (size_t)(value.p - packet.p);
		reply->has_message_authenticator = true;
		return value.n == MD5_OCTETS && is_message_proven(packet, at, request)
			       ? 0
			       : E_DIGEST;
	}
	return 0;
}

static int read_attributes(
	struct slice packet, const struct radius_request *request, struct radius_reply *reply)
{
	struct rd rd = rd_of(slice_skip(packet, HEAD));
	int error = 0;
	while (rd.left.n > 0 && error == 0) {
		uint8_t type = rd_u8(&rd);
		uint8_t octets = rd_u8(&rd);
		if (rd.failed || octets < ATTRIBUTE_HEAD) {
			return E_FORMAT;
		}
		struct slice value = rd_take(&rd, (size_t)octets - ATTRIBUTE_HEAD);
		error = rd.failed ? E_FORMAT
				  : take_attribute(packet, type, value, request, reply);
	}
	return error;
}

int radius_parse_reply(struct slice datagram, const struct radius_request *request,
	struct radius_reply *ret_reply)
{
	struct rd rd = rd_of(datagram);
	struct radius_reply reply = { 0 };
	uint8_t code = rd_u8(&rd);
	uint8_t id = rd_u8(&rd);
	size_t octets = rd_u16be(&rd);
	if (rd.failed || datagram.n < HEAD || octets > datagram.n) {
		return E_SHORT;
	}
	bool is_answer = code == RADIUS_ACCESS_ACCEPT || code == RADIUS_ACCESS_REJECT ||
			 code == RADIUS_ACCESS_CHALLENGE;
	if (octets < HEAD || octets > RADIUS_PACKET_MAX || !is_answer || id != request->id) {
		return E_FORMAT;
	}
	/* What follows the length is padding (RFC 2865 section 3). */
	struct slice packet = slice_head(datagram, octets);
	if (!is_proven(packet, request)) {
		return E_DIGEST;
	}
	int error = read_attributes(packet, request, &reply);
	if (error < 0) {
		return error;
	}
	reply.code = (enum radius_code)code;
	*ret_reply = reply;
	return 0;
}
