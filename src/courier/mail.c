/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/mail.h"

#include <string.h>

#include "base/buf.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/utf8.h"

/* RFC 2045 section 6.8: at most 76 characters a line, which is 57 octets. */
enum {
	LINE_OCTETS = 57,
	LOCAL_OCTETS_MAX = 64,
	KEY_OCTETS_MAX = 200,
	NAME_OCTETS_MAX = 200,
	ANNEX_NAME_OCTETS_MAX = 240,
};

static bool is_alnum(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Words of the given characters, parted by single dots. */
static bool is_dotted(struct slice text, const char *also)
{
	bool after_dot = true;
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		if (c == '.' ? after_dot
			     : !is_alnum(c) && (c == '\0' || strchr(also, c) == NULL)) {
			return false;
		}
		after_dot = c == '.';
	}
	return !after_dot;
}

bool mail_address_ok(struct slice address)
{
	struct slice local;
	struct slice domain;
	return address.n <= MAIL_ADDRESS_OCTETS_MAX &&
	       slice_cut(address, '@', &local, &domain) && local.n <= LOCAL_OCTETS_MAX &&
	       is_dotted(local, "!#$%&'*+-/=?^_`{|}~") && is_dotted(domain, "-") &&
	       domain.p[0] != '-';
}

struct slice mail_domain(struct slice address)
{
	struct slice local;
	struct slice domain = { 0 };
	return slice_cut(address, '@', &local, &domain) ? domain : (struct slice) { 0 };
}

static void put_base64_lines(struct buf *out, struct slice octets)
{
	for (; octets.n > 0; octets = slice_skip(octets, LINE_OCTETS)) {
		buf_put_base64(out, slice_head(octets, LINE_OCTETS));
		buf_put_str(out, "\r\n");
	}
}

/* RFC 2045 section 6.8: line breaks are CRLF before the encoding. */
static int put_text(struct buf *out, struct slice text)
{
	AUTO_BUF struct buf lines;
	buf_init(&lines, 2 * text.n + 2);
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\n' && (i == 0 || text.p[i - 1] != '\r')) {
			buf_put_byte(&lines, '\r');
		}
		buf_put_byte(&lines, text.p[i]);
	}
	put_base64_lines(out, buf_slice(&lines));
	return lines.failed ? E_LIMIT : 0;
}

/* RFC 5322 section 3.3, in China's only zone. */
static void put_date(struct buf *out, int64_t unix_ms)
{
	static const char *const day_names[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat",
		"Sun" };
	static const char *const month_names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
		"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct civil at = civil_of_ms(unix_ms, CIVIL_CHINA_OFFSET_MIN);
	unsigned weekday = civil_weekday(civil_day_of_ms(unix_ms, CIVIL_CHINA_OFFSET_MIN));
	buf_printf(out, "%s, %u %s %04d %02u:%02u:%02u +0800", day_names[weekday], at.day,
		month_names[at.month - 1], (int)at.year, at.hour, at.minute, at.second);
}

/* RFC 5322 section 3.2.4 quoted string where that will do, else encoded words. */
static void put_name(struct buf *out, struct slice name)
{
	bool plain = slice_find(name, SLICE("=?")) == SIZE_MAX;
	for (size_t i = 0; i < name.n; i++) {
		plain = plain && name.p[i] >= 0x20 && name.p[i] < 0x7f;
	}
	if (!plain) {
		buf_put_mail_header(out, name);
		return;
	}
	buf_put_byte(out, '"');
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '"' || name.p[i] == '\\') {
			buf_put_byte(out, '\\');
		}
		buf_put_byte(out, name.p[i]);
	}
	buf_put_byte(out, '"');
}

/* The octets at the front that are whole characters, at most max. */
static struct slice cut(struct slice text, size_t max)
{
	if (text.n <= max) {
		return text;
	}
	size_t n = max;
	while (n > 0 && (text.p[n] & 0xc0) == 0x80) {
		n--;
	}
	return slice_head(text, n);
}

static void put_head(struct buf *out, const struct mail *mail)
{
	buf_put_str(out, "From: ");
	if (mail->from_name.n > 0) {
		put_name(out, cut(mail->from_name, NAME_OCTETS_MAX));
		buf_put_byte(out, ' ');
	}
	buf_printf(out, "<%.*s>\r\nTo: <%.*s>\r\nSubject: ", SLICE_FMT(mail->from),
		SLICE_FMT(mail->to));
	buf_put_mail_header(out, cut(mail->subject, MAIL_SUBJECT_OCTETS_MAX));
	buf_put_str(out, "\r\nDate: ");
	put_date(out, mail->at_unix_ms);
	buf_printf(out, "\r\nMessage-ID: <%.*s@%.*s>\r\n", SLICE_FMT(mail->key),
		SLICE_FMT(mail_domain(mail->from)));
	/* RFC 3834: no vacation responder shall answer. */
	buf_put_str(out, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n");
}

static int put_text_part(struct buf *out, struct slice text)
{
	buf_put_str(out,
		"Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n");
	return put_text(out, text);
}

/* RFC 2231 section 4; the plain name beside it is for programs older than that. */
static void put_annex_head(struct buf *out, struct slice name)
{
	static const char hex[] = "0123456789ABCDEF";
	name = cut(name, ANNEX_NAME_OCTETS_MAX);
	buf_put_str(out,
		"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
		"Content-Disposition: attachment; filename=\"annex.pdf\";\r\n filename*=UTF-8''");
	for (size_t i = 0; i < name.n; i++) {
		if (is_alnum(name.p[i]) || name.p[i] == '.' || name.p[i] == '-') {
			buf_put_byte(out, name.p[i]);
		} else {
			buf_put_byte(out, '%');
			buf_put_byte(out, (uint8_t)hex[name.p[i] >> 4]);
			buf_put_byte(out, (uint8_t)hex[name.p[i] & 15]);
		}
	}
	buf_put_str(out, "\r\n\r\n");
}

/* The boundary stands in no part: base64 has no underscore. */
static int put_parts(struct buf *out, const struct mail *mail)
{
	buf_printf(out, "Content-Type: multipart/mixed; boundary=\"=_fengsui\"\r\n\r\n");
	buf_put_str(out, "--=_fengsui\r\n");
	int error = put_text_part(out, mail->body);
	buf_put_str(out, "--=_fengsui\r\n");
	put_annex_head(out, mail->annex_name.n > 0 ? mail->annex_name : SLICE("annex.pdf"));
	put_base64_lines(out, mail->annex);
	buf_put_str(out, "--=_fengsui--\r\n");
	return error;
}

int mail_build(const struct mail *mail, struct buf *out)
{
	if (!mail_address_ok(mail->from) || !mail_address_ok(mail->to) ||
		mail->key.n > KEY_OCTETS_MAX || !is_dotted(mail->key, "-_")) {
		return E_INPUT;
	}
	if (!utf8_valid(mail->subject) || !utf8_valid(mail->body) ||
		!utf8_valid(mail->from_name) || !utf8_valid(mail->annex_name)) {
		return E_UTF8;
	}
	put_head(out, mail);
	int error = mail->annex.n > 0 ? put_parts(out, mail) : put_text_part(out, mail->body);
	return out->failed ? E_LIMIT : error;
}
