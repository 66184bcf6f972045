/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/sshtalk.h"

#include <string.h>

#include "base/digest.h"
#include "base/err.h"
#include "base/rd.h"

enum phase { BANNER, ALGORITHMS, HOST_KEY };

enum message {
	DISCONNECT = 1,
	IGNORE = 2,
	DEBUG = 4,
	KEXINIT = 20,
	ECDH_INIT = 30,
	ECDH_REPLY = 31
};

enum { BLOCK = 8, PADDING_MIN = 4, LENGTH = 4, LISTS = 10, PAYLOAD_MAX = 1500 };

void sshtalk_init(struct sshtalk *talk)
{
	talk->end = TALK_OPEN;
	talk->phase = BANNER;
	talk->lines = 0;
	talk->banner[0] = '\0';
	talk->kex[0] = '\0';
	talk->host_keys[0] = '\0';
	talk->fingerprint[0] = '\0';
	buf_init(&talk->in, SSHTALK_PACKET_MAX + LENGTH);
}

void sshtalk_fini(struct sshtalk *talk)
{
	buf_fini(&talk->in);
}

static enum talk_step finish(struct sshtalk *talk, enum talk_end end)
{
	talk->end = end;
	return TALK_DONE;
}

/* ---- out */

static void put_u32be(struct buf *buf, size_t value)
{
	for (unsigned i = 0; i < 4; i++) {
		buf_put_byte(buf, (uint8_t)(value >> 8 * (3 - i)));
	}
}

static void put_string(struct buf *buf, struct slice text)
{
	put_u32be(buf, text.n);
	buf_put(buf, text);
}

static void put_packet(struct buf *out, const struct buf *payload)
{
	static const uint8_t zero[BLOCK + PADDING_MIN] = { 0 };
	size_t bare = LENGTH + 1 + payload->n;
	size_t padding = BLOCK - bare % BLOCK;
	padding += padding < PADDING_MIN ? BLOCK : 0;
	put_u32be(out, 1 + payload->n + padding);
	buf_put_byte(out, (uint8_t)padding);
	buf_put(out, buf_slice(payload));
	buf_put(out, slice_of(zero, padding));
}

void sshtalk_begin(const struct sshtalk *talk, struct buf *out)
{
	static const char *const lists[LISTS] = {
		"curve25519-sha256,curve25519-sha256@libssh.org",
		"ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
		"rsa-sha2-512,rsa-sha2-256,ssh-rsa",
		"aes128-ctr,aes256-ctr,chacha20-poly1305@openssh.com",
		"aes128-ctr,aes256-ctr,chacha20-poly1305@openssh.com",
		"hmac-sha2-256,hmac-sha1",
		"hmac-sha2-256,hmac-sha1",
		"none",
		"none",
		"",
		"",
	};
	AUTO_BUF struct buf payload;
	buf_init(&payload, PAYLOAD_MAX);
	buf_put_str(out, "SSH-2.0-fengsui\r\n");
	buf_put_byte(&payload, KEXINIT);
	buf_put(&payload, slice_of(talk->cookie, SSHTALK_COOKIE));
	for (size_t i = 0; i < LISTS; i++) {
		put_string(&payload, slice_str(lists[i]));
	}
	buf_put(&payload, SLICE("\0\0\0\0\0")); /* no guess follows; reserved */
	put_packet(out, &payload);
}

/* ---- in */

static void keep(char *ret_text, size_t max, struct slice text)
{
	struct slice head = slice_head(text, max);
	for (size_t i = 0; i < head.n; i++) {
		ret_text[i] = head.p[i] == 0 ? ' ' : (char)head.p[i];
	}
	ret_text[head.n] = '\0';
}

static enum talk_step take_line(struct sshtalk *talk, struct slice line)
{
	if (line.n > 0 && line.p[line.n - 1] == '\r') {
		line.n--;
	}
	if (!slice_starts(line, SLICE("SSH-"))) {
		return ++talk->lines <= SSHTALK_LINES_MAX ? TALK_MORE
							  : finish(talk, TALK_MALFORMED);
	}
	keep(talk->banner, SSHTALK_LINE_MAX, line);
	/* "1.99" speaks version 2 as well (section 5.1). */
	if (!slice_starts(line, SLICE("SSH-2.0-")) && !slice_starts(line, SLICE("SSH-1.99-"))) {
		return finish(talk, TALK_OLD);
	}
	talk->phase = ALGORITHMS;
	return TALK_MORE;
}

static struct slice take_string(struct rd *rd)
{
	return rd_take(rd, rd_u32be(rd));
}

static enum talk_step take_algorithms(struct sshtalk *talk, struct rd *rd, struct buf *out)
{
	AUTO_BUF struct buf payload;
	(void)rd_take(rd, SSHTALK_COOKIE);
	struct slice kex = take_string(rd);
	struct slice keys = take_string(rd);
	if (rd->failed) {
		return finish(talk, TALK_MALFORMED);
	}
	keep(talk->kex, SSHTALK_TEXT_MAX, kex);
	keep(talk->host_keys, SSHTALK_TEXT_MAX, keys);
	/* Without a method in common the key is not shown; all else has been seen. */
	if (slice_find(kex, SLICE("curve25519-sha256")) == SIZE_MAX) {
		return finish(talk, TALK_GOOD);
	}
	talk->phase = HOST_KEY;
	buf_init(&payload, PAYLOAD_MAX);
	buf_put_byte(&payload, ECDH_INIT);
	put_string(&payload, slice_of(talk->ephemeral, SSHTALK_PUBLIC));
	put_packet(out, &payload);
	return TALK_MORE;
}

static enum talk_step take_host_key(struct sshtalk *talk, struct rd *rd)
{
	AUTO_BUF struct buf text;
	struct slice key = take_string(rd);
	if (rd->failed || key.n == 0) {
		return finish(talk, TALK_MALFORMED);
	}
	struct digest digest = digest_of(DIGEST_SHA256, key);
	buf_init(&text, SSHTALK_FINGERPRINT + 1);
	buf_put_str(&text, "SHA256:");
	buf_put_base64(&text, slice_of(digest.octet, DIGEST_OCTETS));
	/* As OpenSSH writes it: without the padding at the end. */
	keep(talk->fingerprint, SSHTALK_FINGERPRINT, buf_slice(&text));
	return finish(talk, TALK_GOOD);
}

static enum talk_step take_payload(struct sshtalk *talk, struct slice payload, struct buf *out)
{
	struct rd rd = rd_of(payload);
	uint8_t type = rd_u8(&rd);
	if (type == IGNORE || type == DEBUG) {
		return TALK_MORE;
	}
	if (type == KEXINIT && talk->phase == ALGORITHMS) {
		return take_algorithms(talk, &rd, out);
	}
	if (type == ECDH_REPLY && talk->phase == HOST_KEY) {
		return take_host_key(talk, &rd);
	}
	return finish(talk, type == DISCONNECT ? TALK_UNAVAILABLE : TALK_MALFORMED);
}

/* The next line or packet of what has come; E_SHORT when it is not whole. */
static int take_next(
	struct sshtalk *talk, struct slice *left, struct buf *out, enum talk_step *ret_step)
{
	struct slice line;
	struct slice rest;
	if (talk->phase == BANNER) {
		if (!slice_cut(*left, '\n', &line, &rest)) {
			return left->n > SSHTALK_LINE_MAX ? E_FORMAT : E_SHORT;
		}
		if (line.n > SSHTALK_LINE_MAX) {
			return E_FORMAT;
		}
		*left = rest;
		*ret_step = take_line(talk, line);
		return 0;
	}
	struct rd rd = rd_of(*left);
	size_t octets = rd_u32be(&rd);
	if (!rd.failed && (octets < 2 || octets > SSHTALK_PACKET_MAX)) {
		return E_FORMAT;
	}
	struct slice packet = rd_take(&rd, octets);
	if (rd.failed) {
		return E_SHORT;
	}
	size_t padding = packet.p[0];
	if (padding + 1 >= packet.n) {
		return E_FORMAT;
	}
	*left = rd.left;
	*ret_step = take_payload(
		talk, slice_head(slice_skip(packet, 1), packet.n - 1 - padding), out);
	return 0;
}

/* Lines may come before the identification, but nobody sends them instead of one. */
enum talk_step sshtalk_end(struct sshtalk *talk)
{
	bool other = talk->phase == BANNER && talk->lines > 0;
	return other ? finish(talk, TALK_MALFORMED) : TALK_MORE;
}

enum talk_step sshtalk_feed(struct sshtalk *talk, struct slice octets, struct buf *out)
{
	enum talk_step step = TALK_MORE;
	int error = 0;
	buf_put(&talk->in, octets);
	if (talk->in.failed) {
		return finish(talk, TALK_MALFORMED);
	}
	struct slice left = buf_slice(&talk->in);
	while (step == TALK_MORE && left.n > 0 && error == 0) {
		error = take_next(talk, &left, out, &step);
	}
	if (error == E_FORMAT) {
		return finish(talk, TALK_MALFORMED);
	}
	size_t done = talk->in.n - left.n;
	if (left.n > 0 && done > 0) {
		memmove(talk->in.p, left.p, left.n);
	}
	talk->in.n = left.n;
	return step == TALK_MORE && out->failed ? finish(talk, TALK_MALFORMED) : step;
}
