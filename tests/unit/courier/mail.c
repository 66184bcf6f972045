/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/mail.h"

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

static const struct mail plain = {
	.from = { (const uint8_t *)"noc@campus.test", 15 },
	.to = { (const uint8_t *)"li@campus.test", 14 },
	.subject = { (const uint8_t *)"Gateway down", 12 },
	.key = { (const uint8_t *)"0a1b2c", 6 },
	.at_unix_ms = 1795332246000, /* 2026-11-22T07:24:06Z */
	.body = { (const uint8_t *)"one\ntwo\r\n", 9 },
};

static void build(const struct mail *mail, struct buf *out)
{
	buf_init(out, 1 << 20);
	assert_int_equal(mail_build(mail, out), 0);
}

static bool holds(const struct buf *out, const char *text)
{
	return slice_find(buf_slice(out), slice_str(text)) != SIZE_MAX;
}

/* No line above the length, every end CRLF, nothing but printing ASCII. */
static void check_lines(const struct buf *out, size_t longest)
{
	size_t start = 0;
	for (size_t i = 0; i < out->n; i++) {
		assert_true(out->p[i] < 0x7f);
		assert_true(out->p[i] >= 0x20 || out->p[i] == '\r' || out->p[i] == '\n');
		if (out->p[i] == '\n') {
			assert_true(i > 0 && out->p[i - 1] == '\r');
			assert_true(i - 1 - start <= longest);
			start = i + 1;
		} else if (out->p[i] == '\r') {
			assert_int_equal(out->p[i + 1], '\n');
		}
	}
	assert_int_equal(start, out->n);
}

static void test_golden(void **state)
{
	(void)state;
	AUTO_BUF struct buf out;
	build(&plain, &out);
	assert_string_equal((char *)out.p, "From: <noc@campus.test>\r\n"
					   "To: <li@campus.test>\r\n"
					   "Subject: Gateway down\r\n"
					   "Date: Sun, 22 Nov 2026 15:24:06 +0800\r\n"
					   "Message-ID: <0a1b2c@campus.test>\r\n"
					   "Auto-Submitted: auto-generated\r\n"
					   "MIME-Version: 1.0\r\n"
					   "Content-Type: text/plain; charset=UTF-8\r\n"
					   "Content-Transfer-Encoding: base64\r\n"
					   "\r\n"
					   "b25lDQp0d28NCg==\r\n");
}

static void test_chinese(void **state)
{
	(void)state;
	AUTO_BUF struct buf out;
	struct mail mail = plain;
	mail.from_name = SLICE("信息中心");
	mail.subject = SLICE(
		"〔紧急〕统一身份认证平台无法访问，请立即查看并在平台上确认收到本告警，谢谢");
	mail.body = SLICE("各位老师：\n");
	build(&mail, &out);
	check_lines(&out, 90);
	assert_true(holds(&out, "From: =?UTF-8?B?5L+h5oGv5Lit5b+D?= <noc@campus.test>\r\n"));
	assert_true(holds(&out, "?=\r\n =?UTF-8?B?"));
	assert_true(holds(&out, "\r\n\r\n5ZCE5L2N6ICB5biI77yaDQo=\r\n"));
}

static void test_injection(void **state)
{
	static const struct {
		const char *name;
		const char *text;
	} cases[] = {
		{ "CRLF and a header", "x\r\nBcc: spy@evil.test" },
		{ "a lone LF", "x\nBcc: spy@evil.test" },
		{ "a lone CR", "x\rBcc: spy@evil.test" },
		{ "an empty line and a body", "x\r\n\r\nBcc: spy@evil.test" },
		{ "an encoded word given as text", "=?UTF-8?B?DQpCY2M6IHNweUBldmlsLnRlc3Q=?=" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_BUF struct buf out;
		struct mail mail = plain;
		mail.subject = slice_str(cases[i].text);
		mail.from_name = slice_str(cases[i].text);
		mail.annex = SLICE("%PDF-1.7");
		mail.annex_name = slice_str(cases[i].text);
		build(&mail, &out);
		check_lines(&out, 998);
		if (holds(&out, "Bcc:") || holds(&out, "?DQpCY2M6IHNweUBldmlsLnRlc3Q")) {
			fail_msg("%s came through: %s", cases[i].name, (char *)out.p);
		}
	}
}

static void test_quoted_name(void **state)
{
	(void)state;
	AUTO_BUF struct buf out;
	struct mail mail = plain;
	mail.from_name = SLICE("NOC \"night\" \\ <x@y>");
	build(&mail, &out);
	assert_true(
		holds(&out, "From: \"NOC \\\"night\\\" \\\\ <x@y>\" <noc@campus.test>\r\n"));
}

static void test_long(void **state)
{
	static char text[4000];
	(void)state;
	memset(text, 'a', sizeof(text));
	AUTO_BUF struct buf out;
	struct mail mail = plain;
	mail.subject = slice_of(text, sizeof(text));
	mail.body = slice_of(text, sizeof(text));
	build(&mail, &out);
	check_lines(&out, 998);
	size_t body = slice_find(buf_slice(&out), SLICE("\r\n\r\n")) + 4;
	assert_int_equal(slice_find(slice_skip(buf_slice(&out), body), SLICE("\r\n")), 76);
}

static void test_annex(void **state)
{
	(void)state;
	AUTO_BUF struct buf out;
	struct mail mail = plain;
	mail.annex = SLICE("%PDF-1.7 as it were");
	mail.annex_name = SLICE("通报 1.pdf");
	build(&mail, &out);
	check_lines(&out, 998);
	assert_true(holds(&out,
		"Content-Type: multipart/mixed; boundary=\"=_fengsui\"\r\n\r\n--=_fengsui\r\n"));
	assert_true(holds(&out,
		"filename*=UTF-8''%E9%80%9A%E6%8A%A5%201.pdf\r\n\r\nJVBERi0xLjcgYXMgaXQgd2VyZQ==\r\n"
		"--=_fengsui--\r\n"));
}

static void test_addresses(void **state)
{
	static const struct {
		const char *address;
		bool ok;
	} cases[] = {
		{ "a@b", true }, { "li.si+noc@mail.campus.edu.cn", true },
		{ "o'neil_1@x-y.cn", true }, { "", false }, { "a", false }, { "@b", false },
		{ "a@", false }, { "a@b@c", false }, { ".a@b", false }, { "a.@b", false },
		{ "a..b@c", false }, { "a@b..c", false }, { "a@b.", false }, { "a@-b", false },
		{ "a b@c", false }, { "a@b>\r\nRCPT TO:<c@d", false }, { "<a@b>", false },
		{ "李@campus.test", false }, { "a@[127.0.0.1]", false },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@b",
			false }, /* 65 */
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (mail_address_ok(slice_str(cases[i].address)) != cases[i].ok) {
			fail_msg("%s should be %s", cases[i].address,
				cases[i].ok ? "allowed" : "refused");
		}
	}
	assert_false(mail_address_ok(slice_of("a\0b@c", 5)));
}

static void test_refused(void **state)
{
	(void)state;
	AUTO_BUF struct buf out;
	AUTO_BUF struct buf small;
	buf_init(&out, 1 << 16);
	buf_init(&small, 100);
	struct mail mail = plain;
	mail.to = SLICE("a@b>\r\nDATA");
	assert_int_equal(mail_build(&mail, &out), E_INPUT);
	mail = plain;
	mail.key = SLICE("x>\r\nBcc: y");
	assert_int_equal(mail_build(&mail, &out), E_INPUT);
	mail = plain;
	mail.body = SLICE("\xff");
	assert_int_equal(mail_build(&mail, &out), E_UTF8);
	mail = plain;
	assert_int_equal(mail_build(&mail, &small), E_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "a plain mail is these octets", test_golden, NULL, NULL, NULL },
		{ "Chinese goes as encoded words and base64", test_chinese, NULL, NULL, NULL },
		{ "no text becomes a header", test_injection, NULL, NULL, NULL },
		{ "a name with quotes stays one name", test_quoted_name, NULL, NULL, NULL },
		{ "long lines are cut or wrapped", test_long, NULL, NULL, NULL },
		{ "a PDF travels beside the text under its Chinese name", test_annex, NULL,
			NULL, NULL },
		{ "addresses are dot-strings at a domain", test_addresses, NULL, NULL, NULL },
		{ "bad addresses, keys and octets are refused", test_refused, NULL, NULL,
			NULL },
	};
	return cmocka_run_group_tests_name("courier mail", tests, NULL, NULL);
}
