/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/mailtalk_priv.h"

enum phase { GREETING, CAPA, CAPA_LIST, STLS, USER, PASS };

void mailtalk_pop3_ask(struct mailtalk *talk, struct buf *out)
{
	talk->phase = CAPA;
	buf_put_str(out, "CAPA\r\n");
}

static enum talk_step go_on(struct mailtalk *talk, struct slice line, struct buf *out)
{
	if (talk->want_tls && !talk->secured) {
		if (!talk->tls_offered) {
			return mailtalk_end(talk, TALK_NO_TLS, line);
		}
		talk->phase = STLS;
		buf_put_str(out, "STLS\r\n");
		return TALK_MORE;
	}
	if (talk->user.n == 0) {
		buf_put_str(out, "QUIT\r\n");
		return mailtalk_end(talk, TALK_GOOD, line);
	}
	if (!mailtalk_can_login(talk)) {
		return mailtalk_end(talk, TALK_LOGIN_OFF, line);
	}
	talk->phase = USER;
	buf_printf(out, "USER %.*s\r\n", SLICE_FMT(talk->user));
	return TALK_MORE;
}

static enum talk_step logged_in(struct mailtalk *talk, struct slice line, struct buf *out)
{
	if (talk->phase == USER) {
		talk->phase = PASS;
		buf_printf(out, "PASS %.*s\r\n", SLICE_FMT(talk->password));
		return TALK_MORE;
	}
	buf_put_str(out, "QUIT\r\n");
	return mailtalk_end(talk, TALK_GOOD, line);
}

static enum talk_step accepted(struct mailtalk *talk, struct slice line, struct buf *out)
{
	switch ((enum phase)talk->phase) {
	case GREETING:
		mailtalk_pop3_ask(talk, out);
		return TALK_MORE;
	case CAPA:
		talk->phase = CAPA_LIST;
		return TALK_MORE;
	case STLS:
		return TALK_TLS;
	case CAPA_LIST:
	case USER:
	case PASS:
		break;
	}
	return logged_in(talk, line, out);
}

static enum talk_step denied(struct mailtalk *talk, struct slice line, struct buf *out)
{
	switch ((enum phase)talk->phase) {
	case GREETING:
		return mailtalk_end(talk, TALK_UNAVAILABLE, line);
	case CAPA:
		/* Older servers know no CAPA (RFC 2449 section 5) and so offer nothing. */
		return go_on(talk, line, out);
	case STLS:
		return mailtalk_end(talk, TALK_TLS_REFUSED, line);
	case CAPA_LIST:
	case USER:
	case PASS:
		break;
	}
	return mailtalk_end(talk, TALK_LOGIN_REFUSED, line);
}

enum talk_step mailtalk_pop3_line(struct mailtalk *talk, struct slice line, struct buf *out)
{
	if (talk->phase == CAPA_LIST) {
		talk->tls_offered = talk->tls_offered || slice_eq_nocase(line, SLICE("STLS"));
		return slice_is(line, ".") ? go_on(talk, line, out) : TALK_MORE;
	}
	if (slice_starts(line, SLICE("+OK"))) {
		return accepted(talk, line, out);
	}
	if (slice_starts(line, SLICE("-ERR"))) {
		return denied(talk, line, out);
	}
	return mailtalk_end(talk, TALK_MALFORMED, line);
}
