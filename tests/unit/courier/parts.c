/* SPDX-License-Identifier: Apache-2.0 */
/* The parts that decide without a socket: configuration, outcome, name servers. */
#include <stdio.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "courier/account.h"
#include "courier/lookup.h"
#include "courier/outcome.h"
#include "courier/receipts.h"

static void test_account(void **state)
{
	(void)state;
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct account account = { 0 };
	struct slice least = SLICE("{\"host\":\"mail.campus.test\",\"from\":\"a@b.test\"}");
	struct slice full =
		SLICE("{\"host\":\"::1\",\"from\":\"a@b\",\"tls\":\"tls\",\"verify\":false,"
		      "\"user\":\"u\",\"password\":\"p\"}");
	assert_int_equal(account_read(arena, least, &account, NULL), 0);
	assert_int_equal(account.port, 25);
	assert_true(account.verify);
	assert_int_equal(account.timeout_ms, ACCOUNT_TIMEOUT_MS);
	assert_int_equal(account_read(arena, full, &account, NULL), 0);
	assert_int_equal(account.port, 465);
	assert_false(account.verify);
	assert_string_equal(account.password, "p");
}

static void test_account_refused(void **state)
{
	static const struct {
		const char *name;
		const char *json;
	} cases[] = {
		{ "no host", "{\"from\":\"a@b\"}" },
		{ "a host with a path", "{\"host\":\"a/b\",\"from\":\"a@b\"}" },
		{ "a host that looks like an option", "{\"host\":\"-a\",\"from\":\"a@b\"}" },
		{ "no from", "{\"host\":\"a\"}" },
		{ "a from with a line end", "{\"host\":\"a\",\"from\":\"a@b\\r\\nX: y\"}" },
		{ "port 0", "{\"host\":\"a\",\"from\":\"a@b\",\"port\":0}" },
		{ "port 65536", "{\"host\":\"a\",\"from\":\"a@b\",\"port\":65536}" },
		{ "an unknown tls word", "{\"host\":\"a\",\"from\":\"a@b\",\"tls\":\"ssl\"}" },
		{ "a password of two lines",
			"{\"host\":\"a\",\"from\":\"a@b\",\"user\":\"u\",\"password\":\"p\\nq\"}" },
		{ "no patience at all", "{\"host\":\"a\",\"from\":\"a@b\",\"timeout_ms\":1}" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		struct account account = { 0 };
		struct diag diag = { 0 };
		int error = account_read(arena, slice_str(cases[i].json), &account, &diag);
		if (error != E_INPUT || diag.text[0] == '\0') {
			fail_msg("%s gave %d", cases[i].name, error);
		}
	}
}

static void test_outcome(void **state)
{
	static const struct {
		const char *name;
		bool done;
		enum outcome_step step;
		long reply;
		enum outcome want;
	} cases[] = {
		{ "all went well", true, OUTCOME_BODY, 250, OUTCOME_ACCEPTED },
		{ "nobody there", false, OUTCOME_CONNECT, 0, OUTCOME_RETRY },
		{ "too busy", false, OUTCOME_CONNECT, 421, OUTCOME_RETRY },
		{ "no service for us at all", false, OUTCOME_CONNECT, 554, OUTCOME_RETRY },
		{ "wrong password", false, OUTCOME_AUTH, 535, OUTCOME_RETRY },
		{ "our sender is refused", false, OUTCOME_MAIL, 550, OUTCOME_RETRY },
		{ "no such person", false, OUTCOME_RCPT, 550, OUTCOME_PERMANENT },
		{ "greylisted", false, OUTCOME_RCPT, 451, OUTCOME_RETRY },
		{ "DATA refused", false, OUTCOME_DATA, 554, OUTCOME_PERMANENT },
		{ "lost in the text", false, OUTCOME_DATA, 354, OUTCOME_RETRY },
		{ "content refused after the dot", false, OUTCOME_BODY, 552,
			OUTCOME_PERMANENT },
		{ "disk full after the dot", false, OUTCOME_BODY, 452, OUTCOME_RETRY },
		{ "lost after the dot", false, OUTCOME_BODY, 354, OUTCOME_UNKNOWN },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum outcome got = outcome_of(cases[i].done, cases[i].step, cases[i].reply);
		if (got != cases[i].want) {
			fail_msg("%s: %s", cases[i].name, outcome_text(got));
		}
	}
}

static void test_steps(void **state)
{
	(void)state;
	assert_int_equal(outcome_step_of(SLICE("EHLO campus.test\r\n"), OUTCOME_CONNECT),
		OUTCOME_CONNECT);
	assert_int_equal(
		outcome_step_of(SLICE("AUTH PLAIN x\r\n"), OUTCOME_CONNECT), OUTCOME_AUTH);
	assert_int_equal(
		outcome_step_of(SLICE("RCPT TO:<a@b>\r\n"), OUTCOME_MAIL), OUTCOME_RCPT);
	assert_int_equal(outcome_step_of(SLICE("c2VjcmV0\r\n"), OUTCOME_AUTH), OUTCOME_AUTH);
}

static void test_servers(void **state)
{
	static const struct {
		const char *name;
		const char *text;
		const char *want;
	} cases[] = {
		{ "nothing", "", "" },
		{ "one", "nameserver 127.0.0.1\n", "127.0.0.1" },
		{ "comments, search and both families",
			"# x\nsearch campus.test\nnameserver\t127.0.0.53\n"
			"options ndots:1\nnameserver ::1",
			"127.0.0.53,[::1]" },
		{ "the fourth is passed over",
			"nameserver 127.0.0.1\nnameserver 127.0.0.2\n"
			"nameserver 127.0.0.3\nnameserver 127.0.0.4\n",
			"127.0.0.1,127.0.0.2,127.0.0.3" },
		{ "what is no address is passed over",
			"nameserver dns.test\nnameserver 127.0.0.1\n", "127.0.0.1" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_BUF struct buf out;
		buf_init(&out, 1024);
		lookup_servers(slice_str(cases[i].text), &out);
		if (!slice_is(buf_slice(&out), cases[i].want)) {
			fail_msg("%s: %.*s", cases[i].name, SLICE_FMT(buf_slice(&out)));
		}
	}
}

struct said {
	size_t count;
	int64_t first;
	int64_t last;
	size_t reply_octets;
};

static void on_said(void *ctx, const struct smtp_result *result)
{
	struct said *said = ctx;
	said->first = said->count++ == 0 ? result->delivery : said->first;
	said->last = result->delivery;
	said->reply_octets = result->provider.n;
	assert_int_equal(result->attempt, 2);
	assert_int_equal(result->outcome, OUTCOME_ACCEPTED);
}

static void test_receipts(void **state)
{
	struct receipts *receipts = receipts_create();
	struct said said = { 0 };
	AUTO_BUF struct buf reply;
	(void)state;
	buf_init(&reply, 4096);
	for (int i = 0; i < RECEIPT_TEXT_MAX / 2; i++) {
		buf_put(&reply, SLICE("通")); /* three octets: the cut falls into one */
	}
	for (int64_t i = 1; i <= 3; i++) {
		struct smtp_result end = { i, 2, OUTCOME_ACCEPTED, buf_slice(&reply), { 0 } };
		receipts_keep(receipts, &end);
	}
	receipts_drop(receipts, 1, 1); /* another attempt's */
	receipts_drop(receipts, 2, 2);
	receipts_each(receipts, on_said, &said);
	assert_int_equal(said.count, 2);
	assert_int_equal(said.first, 1);
	assert_int_equal(said.last, 3);
	assert_int_equal(said.reply_octets, RECEIPT_TEXT_MAX - RECEIPT_TEXT_MAX % 3);
	for (int64_t i = 0; i < RECEIPTS_MAX; i++) {
		struct smtp_result end = { 100 + i, 2, OUTCOME_ACCEPTED, SLICE("250"), { 0 } };
		receipts_keep(receipts, &end);
	}
	said = (struct said) { 0 };
	receipts_each(receipts, on_said, &said);
	assert_int_equal(said.count, RECEIPTS_MAX);
	assert_int_equal(said.first, 100);
	assert_int_equal(receipts_lost(receipts), 2);
	receipts = receipts_destroy(receipts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "ends not on disk yet are kept in their order, the oldest gives way",
			test_receipts, NULL, NULL, NULL },
		{ "a configuration has sensible defaults", test_account, NULL, NULL, NULL },
		{ "a bad configuration is refused with its reason", test_account_refused, NULL,
			NULL, NULL },
		{ "an end means one outcome", test_outcome, NULL, NULL, NULL },
		{ "the step follows the client's words", test_steps, NULL, NULL, NULL },
		{ "name servers are read from resolv.conf", test_servers, NULL, NULL, NULL },
	};
	return cmocka_run_group_tests_name("courier parts", tests, NULL, NULL);
}
