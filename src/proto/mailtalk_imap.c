/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/mailtalk_priv.h"

enum phase { GREETING, CAPABILITY, STARTTLS, LOGIN };

static const struct slice tag = { (const uint8_t *)"a1 ", 3 };

void mailtalk_imap_ask(struct mailtalk *talk, struct buf *out)
{
	talk->phase = CAPABILITY;
	buf_put_str(out, "a1 CAPABILITY\r\n");
}

static enum talk_step greeted(struct mailtalk *talk, struct slice line, struct buf *out)
{
	bool ready =
		slice_starts(line, SLICE("* OK")) || slice_starts(line, SLICE("* PREAUTH"));
	if (!ready) {
		bool bye = slice_starts(line, SLICE("* BYE"));
		return mailtalk_end(talk, bye ? TALK_UNAVAILABLE : TALK_MALFORMED, line);
	}
	mailtalk_imap_ask(talk, out);
	return TALK_MORE;
}

/* RFC 9051 section 4.3: a quoted string, its quotes and backslashes escaped. */
static void put_quoted(struct buf *out, struct slice text)
{
	buf_put_byte(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"' || text.p[i] == '\\') {
			buf_put_byte(out, '\\');
		}
		buf_put_byte(out, text.p[i]);
	}
	buf_put_byte(out, '"');
}

static enum talk_step go_on(struct mailtalk *talk, struct slice line, struct buf *out)
{
	if (talk->want_tls && !talk->secured) {
		if (!talk->tls_offered) {
			return mailtalk_end(talk, TALK_NO_TLS, line);
		}
		talk->phase = STARTTLS;
		buf_put_str(out, "a1 STARTTLS\r\n");
		return TALK_MORE;
	}
	if (talk->user.n == 0) {
		buf_put_str(out, "a1 LOGOUT\r\n");
		return mailtalk_end(talk, TALK_GOOD, line);
	}
	if (talk->login_off || !mailtalk_can_login(talk)) {
		return mailtalk_end(talk, TALK_LOGIN_OFF, line);
	}
	talk->phase = LOGIN;
	buf_put_str(out, "a1 LOGIN ");
	put_quoted(out, talk->user);
	buf_put_byte(out, ' ');
	put_quoted(out, talk->password);
	buf_put_str(out, "\r\n");
	return TALK_MORE;
}

static enum talk_step answered(struct mailtalk *talk, struct slice line, struct buf *out)
{
	struct slice rest = slice_skip(line, tag.n);
	bool good = slice_starts(rest, SLICE("OK"));
	bool no = slice_starts(rest, SLICE("NO"));
	if (talk->phase == CAPABILITY) {
		return good ? go_on(talk, line, out) : mailtalk_end(talk, TALK_REFUSED, line);
	}
	if (talk->phase == STARTTLS) {
		return good ? TALK_TLS : mailtalk_end(talk, TALK_TLS_REFUSED, line);
	}
	if (good) {
		buf_put_str(out, "a1 LOGOUT\r\n");
	}
	return mailtalk_end(talk,
		good ? TALK_GOOD
		: no ? TALK_LOGIN_REFUSED
		     : TALK_REFUSED,
		line);
}

enum talk_step mailtalk_imap_line(struct mailtalk *talk, struct slice line, struct buf *out)
{
	if (talk->phase == GREETING) {
		return greeted(talk, line, out);
	}
	if (slice_starts(line, tag)) {
		return answered(talk, line, out);
	}
	if (slice_starts(line, SLICE("* BYE"))) {
		return mailtalk_end(talk, TALK_UNAVAILABLE, line);
	}
	if (slice_starts(line, SLICE("* CAPABILITY"))) {
		talk->tls_offered = mailtalk_has_word(line, SLICE("STARTTLS"));
		talk->login_off = mailtalk_has_word(line, SLICE("LOGINDISABLED"));
	}
	/* Other untagged answers are none of ours. */
	return slice_starts(line, SLICE("*")) ? TALK_MORE
					      : mailtalk_end(talk, TALK_MALFORMED, line);
}
