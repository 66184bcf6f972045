/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The client's side of an SSH connection's first words: identification,
 * algorithms, and the server's host key, which it shows before anything is
 * secret.  The key exchange is not finished.
 *
 * Layer: proto.  Threading: one owner.  Fuzz target: fuzz/sshtalk.c.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"
#include "proto/talk.h"

enum {
	SSHTALK_LINE_MAX = 255,
	SSHTALK_LINES_MAX = 50, /* lines before the identification */
	SSHTALK_PACKET_MAX = 35000,
	SSHTALK_TEXT_MAX = 160,
	SSHTALK_COOKIE = 16,
	SSHTALK_PUBLIC = 32,
	SSHTALK_FINGERPRINT = 50, /* "SHA256:" and 43 characters */
	SSHTALK_OUT_MAX = 2048,
};

struct sshtalk {
	uint8_t cookie[SSHTALK_COOKIE];    /* random, of the caller */
	uint8_t ephemeral[SSHTALK_PUBLIC]; /* random: it stands for a public key */
	enum talk_end end;
	unsigned phase;
	unsigned lines;
	struct buf in;
	char banner[SSHTALK_LINE_MAX + 1]; /* the identification line */
	char kex[SSHTALK_TEXT_MAX + 1];    /* the server's algorithms, cut */
	char host_keys[SSHTALK_TEXT_MAX + 1];
	char fingerprint[SSHTALK_FINGERPRINT + 1]; /* "" = none was shown */
};

/** cookie and ephemeral are set by the caller before and kept. */
void sshtalk_init(struct sshtalk *talk);
void sshtalk_fini(struct sshtalk *talk);

/** The connection is there: our identification and algorithms. */
void sshtalk_begin(const struct sshtalk *talk, struct buf *out);

/**
 * No more comes.  Returns: TALK_DONE when what came shows that it is no SSH server,
 * else TALK_MORE.
 */
enum talk_step sshtalk_end(struct sshtalk *talk);

/**
 * Octets as they come; what is to be sent is appended to out.
 *
 * Source:  RFC 4253 sections 4.2, 6, 7.1; RFC 8731 (curve25519-sha256); RFC 5656
 *          section 4 (the messages of its exchange).
 * Returns: what next; with TALK_DONE, talk->end says how it ended.
 */
enum talk_step sshtalk_feed(struct sshtalk *talk, struct slice octets, struct buf *out);
