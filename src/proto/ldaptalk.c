/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/ldaptalk.h"

#include <string.h>

#include "base/err.h"
#include "base/rd.h"

enum phase { START_TLS = 1, BIND, SEARCH }; /* also the message's number */

enum tag {
	TAG_INTEGER = 0x02,
	TAG_OCTETS = 0x04,
	TAG_ENUMERATED = 0x0a,
	TAG_SEQUENCE = 0x30,
	TAG_SET = 0x31,
	TAG_BIND_REQUEST = 0x60,
	TAG_BIND_RESPONSE = 0x61,
	TAG_UNBIND = 0x42,
	TAG_SEARCH = 0x63,
	TAG_ENTRY = 0x64,
	TAG_DONE = 0x65,
	TAG_EXTENDED = 0x77,
	TAG_EXTENDED_RESPONSE = 0x78,
	TAG_SIMPLE = 0x80,
	TAG_PRESENT = 0x87,
};

enum result {
	SUCCESS = 0,
	PROTOCOL_ERROR = 2,
	CONFIDENTIALITY_REQUIRED = 13,
	INAPPROPRIATE_AUTHENTICATION = 48,
	INVALID_CREDENTIALS = 49,
	BUSY = 51,
	UNAVAILABLE = 52,
};

enum { LENGTH_OCTETS_MAX = 4, REQUEST_MAX = 3000, SHORT = 0x80 };

static const char start_tls_oid[] = "1.3.6.1.4.1.1466.20037";

void ldaptalk_init(struct ldaptalk *talk)
{
	talk->end = TALK_OPEN;
	talk->context_found = false;
	talk->result = -1;
	talk->phase = 0;
	talk->messages = 0;
	talk->context[0] = '\0';
	talk->said[0] = '\0';
	buf_init(&talk->in, LDAPTALK_MESSAGE_MAX);
}

void ldaptalk_fini(struct ldaptalk *talk)
{
	buf_fini(&talk->in);
}

static enum talk_step finish(struct ldaptalk *talk, enum talk_end end)
{
	talk->end = end;
	return TALK_DONE;
}

/* ---- out */

static void put(struct buf *buf, enum tag tag, struct slice value)
{
	buf_put_byte(buf, (uint8_t)tag);
	if (value.n < SHORT) {
		buf_put_byte(buf, (uint8_t)value.n);
	} else {
		buf_put_byte(buf, SHORT | 2);
		buf_put_byte(buf, (uint8_t)(value.n >> 8));
		buf_put_byte(buf, (uint8_t)value.n);
	}
	buf_put(buf, value);
}

static void put_small(struct buf *buf, enum tag tag, uint8_t value)
{
	put(buf, tag, slice_of(&value, 1));
}

static void put_message(struct buf *out, uint8_t id, enum tag tag, const struct buf *body)
{
	AUTO_BUF struct buf message;
	buf_init(&message, REQUEST_MAX + 16);
	put_small(&message, TAG_INTEGER, id);
	put(&message, tag, buf_slice(body));
	put(out, TAG_SEQUENCE, buf_slice(&message));
	out->failed = out->failed || message.failed || body->failed;
}

static void put_start_tls(struct buf *out)
{
	AUTO_BUF struct buf body;
	buf_init(&body, REQUEST_MAX);
	put(&body, TAG_SIMPLE, slice_str(start_tls_oid)); /* requestName is [0] too */
	put_message(out, START_TLS, TAG_EXTENDED, &body);
}

static void put_bind(const struct ldaptalk *talk, struct buf *out)
{
	AUTO_BUF struct buf body;
	buf_init(&body, REQUEST_MAX);
	put_small(&body, TAG_INTEGER, 3);
	put(&body, TAG_OCTETS, talk->user);
	put(&body, TAG_SIMPLE, talk->user.n > 0 ? talk->password : (struct slice) { 0 });
	put_message(out, BIND, TAG_BIND_REQUEST, &body);
}

static void put_search(struct buf *out)
{
	AUTO_BUF struct buf body;
	AUTO_BUF struct buf wanted;
	const uint8_t no = 0;
	buf_init(&body, REQUEST_MAX);
	buf_init(&wanted, REQUEST_MAX);
	put(&body, TAG_OCTETS, (struct slice) { 0 });
	put_small(&body, TAG_ENUMERATED, 0); /* the entry itself */
	put_small(&body, TAG_ENUMERATED, 0); /* aliases are not followed */
	put_small(&body, TAG_INTEGER, 1);
	put_small(&body, TAG_INTEGER, 10);
	put(&body, 0x01, slice_of(&no, 1)); /* BOOLEAN: values too */
	put(&body, TAG_PRESENT, SLICE("objectClass"));
	put(&wanted, TAG_OCTETS, SLICE("namingContexts"));
	put(&body, TAG_SEQUENCE, buf_slice(&wanted));
	put_message(out, SEARCH, TAG_SEARCH, &body);
}

static void put_unbind(struct buf *out)
{
	AUTO_BUF struct buf body;
	buf_init(&body, REQUEST_MAX);
	put_message(out, SEARCH + 1, TAG_UNBIND, &body);
}

void ldaptalk_begin(struct ldaptalk *talk, struct buf *out)
{
	talk->phase = talk->want_tls && !talk->secured ? START_TLS : BIND;
	if (talk->phase == START_TLS) {
		put_start_tls(out);
	} else {
		put_bind(talk, out);
	}
}

/* ---- in */

/* One element; E_SHORT when its end is not there yet. */
static int take_element(struct rd *rd, uint8_t *ret_tag, struct slice *ret_value)
{
	struct rd at = *rd;
	uint8_t tag = rd_u8(&at);
	size_t octets = rd_u8(&at);
	if (octets >= SHORT) {
		size_t count = octets & (SHORT - 1);
		if (count == 0 || count > LENGTH_OCTETS_MAX) {
			return at.failed ? E_SHORT : E_FORMAT;
		}
		octets = (size_t)rd_be(&at, count);
	}
	if (!at.failed && octets > LDAPTALK_MESSAGE_MAX) {
		return E_FORMAT;
	}
	*ret_value = rd_take(&at, octets);
	if (at.failed) {
		return E_SHORT;
	}
	*ret_tag = tag;
	*rd = at;
	return 0;
}

static bool take(struct rd *rd, enum tag want, struct slice *ret_value)
{
	uint8_t tag = 0;
	return take_element(rd, &tag, ret_value) == 0 && tag == want;
}

static void keep(char ret_text[LDAPTALK_TEXT_MAX + 1], struct slice text)
{
	struct slice head = slice_head(text, LDAPTALK_TEXT_MAX);
	for (size_t i = 0; i < head.n; i++) {
		ret_text[i] = head.p[i] == 0 ? ' ' : (char)head.p[i];
	}
	ret_text[head.n] = '\0';
}

static bool take_result(struct ldaptalk *talk, struct slice body)
{
	struct rd rd = rd_of(body);
	struct slice code;
	struct slice matched;
	struct slice said;
	if (!take(&rd, TAG_ENUMERATED, &code) || code.n != 1 ||
		!take(&rd, TAG_OCTETS, &matched) || !take(&rd, TAG_OCTETS, &said)) {
		return false;
	}
	talk->result = code.p[0];
	keep(talk->said, said);
	return true;
}

static void take_values(struct ldaptalk *talk, struct slice values)
{
	struct rd rd = rd_of(values);
	struct slice value;
	while (rd.left.n > 0 && take(&rd, TAG_OCTETS, &value)) {
		if (talk->context[0] == '\0') {
			keep(talk->context, value);
		}
		talk->context_found =
			talk->context_found || slice_eq_nocase(value, talk->expect);
	}
}

static bool take_entry(struct ldaptalk *talk, struct slice body)
{
	struct rd rd = rd_of(body);
	struct slice name;
	struct slice attributes;
	struct slice attribute;
	if (!take(&rd, TAG_OCTETS, &name) || !take(&rd, TAG_SEQUENCE, &attributes)) {
		return false;
	}
	struct rd list = rd_of(attributes);
	while (list.left.n > 0) {
		struct slice values;
		if (!take(&list, TAG_SEQUENCE, &attribute)) {
			return false;
		}
		struct rd one = rd_of(attribute);
		if (!take(&one, TAG_OCTETS, &name) || !take(&one, TAG_SET, &values)) {
			return false;
		}
		if (slice_eq_nocase(name, SLICE("namingContexts"))) {
			take_values(talk, values);
		}
	}
	return true;
}

static enum talk_step bound(struct ldaptalk *talk, struct buf *out)
{
	switch (talk->result) {
	case SUCCESS:
		talk->phase = SEARCH;
		put_search(out);
		return TALK_MORE;
	case INVALID_CREDENTIALS:
		return finish(talk, TALK_LOGIN_REFUSED);
	case CONFIDENTIALITY_REQUIRED:
	case INAPPROPRIATE_AUTHENTICATION:
		return finish(talk, TALK_LOGIN_OFF);
	case BUSY:
	case UNAVAILABLE:
		return finish(talk, TALK_UNAVAILABLE);
	default:
		return finish(talk, TALK_REFUSED);
	}
}

static enum talk_step take_operation(
	struct ldaptalk *talk, uint8_t tag, struct slice body, struct buf *out)
{
	if (tag == TAG_ENTRY && talk->phase == SEARCH) {
		return take_entry(talk, body) ? TALK_MORE : finish(talk, TALK_MALFORMED);
	}
	if (!take_result(talk, body)) {
		return finish(talk, TALK_MALFORMED);
	}
	if (tag == TAG_EXTENDED_RESPONSE && talk->phase == START_TLS) {
		bool unknown = talk->result == PROTOCOL_ERROR;
		return talk->result == SUCCESS
			       ? TALK_TLS
			       : finish(talk, unknown ? TALK_NO_TLS : TALK_TLS_REFUSED);
	}
	if (tag == TAG_EXTENDED_RESPONSE) { /* a notice of disconnection */
		return finish(talk, TALK_UNAVAILABLE);
	}
	if (tag == TAG_BIND_RESPONSE && talk->phase == BIND) {
		return bound(talk, out);
	}
	if (tag == TAG_DONE && talk->phase == SEARCH) {
		put_unbind(out);
		return finish(talk, talk->result == SUCCESS ? TALK_GOOD : TALK_REFUSED);
	}
	return finish(talk, TALK_MALFORMED);
}

static enum talk_step take_message(struct ldaptalk *talk, struct slice message, struct buf *out)
{
	struct rd rd = rd_of(message);
	struct slice id;
	struct slice body;
	uint8_t tag = 0;
	if (!take(&rd, TAG_INTEGER, &id) || take_element(&rd, &tag, &body) < 0 ||
		talk->messages++ >= LDAPTALK_MESSAGES_MAX) {
		return finish(talk, TALK_MALFORMED);
	}
	return take_operation(talk, tag, body, out);
}

enum talk_step ldaptalk_feed(struct ldaptalk *talk, struct slice octets, struct buf *out)
{
	enum talk_step step = TALK_MORE;
	buf_put(&talk->in, octets);
	if (talk->in.failed) {
		return finish(talk, TALK_MALFORMED);
	}
	struct rd rd = rd_of(buf_slice(&talk->in));
	while (step == TALK_MORE && rd.left.n > 0) {
		uint8_t tag = 0;
		struct slice message;
		/* What does not begin as a message is none, however long it will be. */
		int error = rd.left.p[0] == TAG_SEQUENCE ? take_element(&rd, &tag, &message)
							 : E_FORMAT;
		if (error == E_FORMAT) {
			return finish(talk, TALK_MALFORMED);
		}
		if (error < 0) {
			break;
		}
		step = take_message(talk, message, out);
	}
	/* Whatever came behind the agreement was not under TLS and is not believed. */
	size_t left = step == TALK_TLS ? 0 : rd.left.n;
	if (left > 0 && left < talk->in.n) {
		memmove(talk->in.p, rd.left.p, left);
	}
	talk->in.n = left;
	return step == TALK_MORE && out->failed ? finish(talk, TALK_MALFORMED) : step;
}
