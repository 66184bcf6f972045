/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/mailtalk_priv.h"

enum phase { GREETING, EHLO, STARTTLS };

enum { READY = 220, DONE_WELL = 250 };

void mailtalk_smtp_ask(struct mailtalk *talk, struct buf *out)
{
	talk->phase = EHLO;
	buf_put_str(out, "EHLO monitor.invalid\r\n");
}

/* "250-text", "250 text", "250" (RFC 5321 section 4.2); returns 0 for anything else. */
static unsigned code_of(struct slice line, bool *ret_last)
{
	unsigned code = 0;
	if (line.n < 3) {
		return 0;
	}
	for (size_t i = 0; i < 3; i++) {
		if (line.p[i] < '0' || line.p[i] > '9') {
			return 0;
		}
		code = code * 10 + (unsigned)(line.p[i] - '0');
	}
	*ret_last = line.n == 3 || line.p[3] == ' ';
	return *ret_last || line.p[3] == '-' ? code : 0;
}

static enum talk_step after_ehlo(struct mailtalk *talk, struct slice line, struct buf *out)
{
	if (talk->reply != DONE_WELL) {
		return mailtalk_end(talk, TALK_REFUSED, line);
	}
	if (talk->want_tls && !talk->secured) {
		if (!talk->tls_offered) {
			return mailtalk_end(talk, TALK_NO_TLS, line);
		}
		talk->phase = STARTTLS;
		buf_put_str(out, "STARTTLS\r\n");
		return TALK_MORE;
	}
	buf_put_str(out, "QUIT\r\n");
	return mailtalk_end(talk, TALK_GOOD, line);
}

enum talk_step mailtalk_smtp_line(struct mailtalk *talk, struct slice line, struct buf *out)
{
	bool last = false;
	talk->reply = code_of(line, &last);
	if (talk->reply == 0) {
		return mailtalk_end(talk, TALK_MALFORMED, line);
	}
	bool offers = slice_eq_nocase(slice_trim(slice_skip(line, 4)), SLICE("STARTTLS"));
	talk->tls_offered = talk->tls_offered || (talk->phase == EHLO && offers);
	if (!last) {
		return TALK_MORE;
	}
	switch ((enum phase)talk->phase) {
	case GREETING:
		if (talk->reply != READY) {
			return mailtalk_end(talk, TALK_UNAVAILABLE, line);
		}
		mailtalk_smtp_ask(talk, out);
		return TALK_MORE;
	case EHLO:
		return after_ehlo(talk, line, out);
	case STARTTLS:
		break;
	}
	return talk->reply == READY ? TALK_TLS : mailtalk_end(talk, TALK_TLS_REFUSED, line);
}
