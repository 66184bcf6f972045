/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/mailtalk.h"

#include <string.h>

#include "proto/mailtalk_priv.h"

void mailtalk_init(struct mailtalk *talk)
{
	talk->end = TALK_OPEN;
	talk->tls_offered = false;
	talk->login_off = false;
	talk->phase = 0;
	talk->lines = 0;
	talk->reply = 0;
	talk->greeting[0] = '\0';
	talk->said[0] = '\0';
	buf_init(&talk->line, MAILTALK_LINE_MAX);
}

void mailtalk_fini(struct mailtalk *talk)
{
	buf_fini(&talk->line);
}

static void keep(char ret_text[MAILTALK_TEXT_MAX + 1], struct slice line)
{
	struct slice head = slice_head(line, MAILTALK_TEXT_MAX);
	for (size_t i = 0; i < head.n; i++) {
		ret_text[i] = head.p[i] == 0 ? ' ' : (char)head.p[i];
	}
	ret_text[head.n] = '\0';
}

enum talk_step mailtalk_end(struct mailtalk *talk, enum talk_end end, struct slice line)
{
	talk->end = end;
	keep(talk->said, line);
	return TALK_DONE;
}

bool mailtalk_can_login(const struct mailtalk *talk)
{
	const struct slice texts[] = { talk->user, talk->password };
	for (size_t t = 0; t < 2; t++) {
		for (size_t i = 0; i < texts[t].n; i++) {
			if (texts[t].p[i] < ' ' || texts[t].p[i] == 0x7f) {
				return false;
			}
		}
		if (texts[t].n > MAILTALK_SECRET_MAX) {
			return false;
		}
	}
	return true;
}

bool mailtalk_has_word(struct slice line, struct slice word)
{
	struct slice before;
	struct slice rest = line;
	while (rest.n > 0) {
		bool more = slice_cut(rest, ' ', &before, &rest);
		if (slice_eq_nocase(before, word)) {
			return true;
		}
		if (!more) {
			break;
		}
	}
	return false;
}

static enum talk_step take_line(struct mailtalk *talk, struct slice line, struct buf *out)
{
	static enum talk_step (*const turns[])(
		struct mailtalk * talk, struct slice line, struct buf * out) = {
		[MAILTALK_SMTP] = mailtalk_smtp_line,
		[MAILTALK_IMAP] = mailtalk_imap_line,
		[MAILTALK_POP3] = mailtalk_pop3_line,
	};
	if (line.n > 0 && line.p[line.n - 1] == '\r') {
		line.n--;
	}
	if (talk->lines++ == 0) {
		keep(talk->greeting, line);
	}
	if (talk->lines > MAILTALK_LINES_MAX) {
		return mailtalk_end(talk, TALK_MALFORMED, line);
	}
	return turns[talk->kind](talk, line, out);
}

enum talk_step mailtalk_feed(struct mailtalk *talk, struct slice octets, struct buf *out)
{
	enum talk_step step = TALK_MORE;
	while (octets.n > 0 && step == TALK_MORE) {
		const uint8_t *end = memchr(octets.p, '\n', octets.n);
		size_t n = end != NULL ? (size_t)(end - octets.p) : octets.n;
		buf_put(&talk->line, slice_head(octets, n));
		if (talk->line.failed) {
			return mailtalk_end(talk, TALK_MALFORMED, buf_slice(&talk->line));
		}
		octets = slice_skip(octets, end != NULL ? n + 1 : n);
		if (end != NULL) {
			step = take_line(talk, buf_slice(&talk->line), out);
			buf_clear(&talk->line);
		}
	}
	/* Whatever came behind the agreement was not under TLS and is not believed. */
	return step == TALK_MORE && out->failed
		       ? mailtalk_end(talk, TALK_MALFORMED, (struct slice) { 0 })
		       : step;
}

void mailtalk_secured(struct mailtalk *talk, struct buf *out)
{
	static void (*const asks[])(struct mailtalk * talk, struct buf * out) = {
		[MAILTALK_SMTP] = mailtalk_smtp_ask,
		[MAILTALK_IMAP] = mailtalk_imap_ask,
		[MAILTALK_POP3] = mailtalk_pop3_ask,
	};
	talk->secured = true;
	talk->login_off = false;
	asks[talk->kind](talk, out);
}
