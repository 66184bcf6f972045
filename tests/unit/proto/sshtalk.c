/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/sshtalk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static void put_u32(struct buf *buf, size_t value)
{
	for (unsigned i = 0; i < 4; i++) {
		buf_put_byte(buf, (uint8_t)(value >> 8 * (3 - i)));
	}
}

static void put_packet(struct buf *buf, struct slice payload)
{
	put_u32(buf, payload.n + 1 + 4);
	buf_put_byte(buf, 4);
	buf_put(buf, payload);
	buf_put(buf, SLICE("pads"));
}

/* The server's algorithms and, for a client that goes on, its key. */
static void put_server(struct buf *buf, const char *banner, const char *kex)
{
	AUTO_BUF struct buf payload;
	buf_init(&payload, 4096);
	buf_put_str(buf, banner);
	buf_put_byte(&payload, 20);
	buf_put(&payload, SLICE("0123456789abcdef"));
	put_u32(&payload, strlen(kex));
	buf_put_str(&payload, kex);
	put_u32(&payload, 11);
	buf_put_str(&payload, "ssh-ed25519");
	put_packet(buf, buf_slice(&payload));
	put_packet(buf, SLICE("\x02ignored"));
	put_packet(buf, SLICE("\x1f\0\0\0\x04key!"));
}

static void servers_are_told_from_others(void **state)
{
	static const struct {
		const char *name;
		const char *banner;
		const char *kex;
		enum talk_end end;
		const char *fingerprint; /* of "key!" */
	} cases[] = {
		{ "a server shows its key", "SSH-2.0-x y\r\n", "curve25519-sha256,other",
			TALK_GOOD, "SHA256:xhfTgx7YKFPooRYyMsjKIjxy8KwCojkm9/P2C0KxG/4" },
		{ "without a method in common it does not", "SSH-2.0-x\r\n", "diffie-hellman",
			TALK_GOOD, "" },
		{ "lines may come before", "hello\r\nand more\r\nSSH-1.99-x\n", "other",
			TALK_GOOD, "" },
		{ "an old protocol", "SSH-1.5-x\n", "other", TALK_OLD, "" },
		{ "a line without end", NULL, "other", TALK_MALFORMED, "" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char endless[400] = "SSH-2.0-";
		AUTO_BUF struct buf server;
		AUTO_BUF struct buf out;
		struct sshtalk talk = { 0 };
		enum talk_step step = TALK_MORE;
		memset(endless + 8, 'x', sizeof(endless) - 9);
		buf_init(&server, 8192);
		buf_init(&out, SSHTALK_OUT_MAX);
		put_server(&server, cases[i].banner != NULL ? cases[i].banner : endless,
			cases[i].kex);
		sshtalk_init(&talk);
		sshtalk_begin(&talk, &out);
		for (size_t at = 0; at < server.n && step == TALK_MORE; at++) {
			step = sshtalk_feed(&talk, slice_of(server.p + at, 1), &out);
		}
		bool shown = talk.end == TALK_GOOD && cases[i].fingerprint[0] != '\0';
		if (step != TALK_DONE || talk.end != cases[i].end ||
			(talk.fingerprint[0] != '\0') != shown) {
			fail_msg("%s: end %d, key %s", cases[i].name, (int)talk.end,
				talk.fingerprint);
		}
		if (shown) {
			assert_string_equal(talk.fingerprint, cases[i].fingerprint);
			assert_string_equal(talk.host_keys, "ssh-ed25519");
		}
		sshtalk_fini(&talk);
	}
}

#define M(text)                                                                                \
	{                                                                                      \
		(const uint8_t *)(text), sizeof(text) - 1                                      \
	}

static void packets_that_are_none_end_it(void **state)
{
	static const struct {
		const char *name;
		struct slice packet;
		enum talk_end end;
	} cases[] = {
		{ "a length of nothing", M("\0\0\0\1\0"), TALK_MALFORMED },
		{ "a length beyond all bounds", M("\x7f\0\0\0\4"), TALK_MALFORMED },
		{ "padding longer than the packet", M("\0\0\0\6\x06\x01pads"), TALK_MALFORMED },
		{ "a key before algorithms", M("\0\0\0\6\x04\x1fpads"), TALK_MALFORMED },
		{ "algorithms cut short", M("\0\0\0\6\x04\x14pads"), TALK_MALFORMED },
		{ "it disconnects", M("\0\0\0\6\x04\x01pads"), TALK_UNAVAILABLE },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_BUF struct buf out;
		struct sshtalk talk = { 0 };
		buf_init(&out, SSHTALK_OUT_MAX);
		sshtalk_init(&talk);
		assert_int_equal(sshtalk_feed(&talk, SLICE("SSH-2.0-x\r\n"), &out), TALK_MORE);
		enum talk_step step = sshtalk_feed(&talk, cases[i].packet, &out);
		if (step != TALK_DONE || talk.end != cases[i].end) {
			fail_msg(
				"%s: step %d, end %d", cases[i].name, (int)step, (int)talk.end);
		}
		sshtalk_fini(&talk);
	}
}

static void algorithms_are_said_once(void **state)
{
	AUTO_BUF struct buf server;
	AUTO_BUF struct buf out;
	struct sshtalk talk = { 0 };
	(void)state;
	buf_init(&server, 8192);
	buf_init(&out, SSHTALK_OUT_MAX);
	put_server(&server, "SSH-2.0-x\r\n", "curve25519-sha256");
	size_t first = 11 + 4 + 1 + 1 + 16 + 4 + 17 + 4 + 11 + 4; /* the line, and its packet */
	sshtalk_init(&talk);
	assert_int_equal(
		sshtalk_feed(&talk, slice_head(buf_slice(&server), first), &out), TALK_MORE);
	assert_int_equal(
		sshtalk_feed(&talk, slice_of(server.p + 11, first - 11), &out), TALK_DONE);
	assert_int_equal(talk.end, TALK_MALFORMED);
	sshtalk_fini(&talk);
}

static void another_service_is_known_by_its_silence(void **state)
{
	AUTO_BUF struct buf out;
	struct sshtalk talk = { 0 };
	(void)state;
	buf_init(&out, SSHTALK_OUT_MAX);
	sshtalk_init(&talk);
	assert_int_equal(sshtalk_end(&talk), TALK_MORE);
	assert_int_equal(sshtalk_feed(&talk, SLICE("220 mail\r\n"), &out), TALK_MORE);
	assert_int_equal(sshtalk_end(&talk), TALK_DONE);
	assert_int_equal(talk.end, TALK_MALFORMED);
	sshtalk_fini(&talk);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(servers_are_told_from_others),
		cmocka_unit_test(packets_that_are_none_end_it),
		cmocka_unit_test(algorithms_are_said_once),
		cmocka_unit_test(another_service_is_known_by_its_silence),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
