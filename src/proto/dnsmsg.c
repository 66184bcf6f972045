/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/dnsmsg.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/num.h"
#include "base/rd.h"
#include "base/utf8.h"

enum { LABEL_MAX = 63, WIRE_NAME_MAX = 255, CLASS_IN = 1, TYPE_OPT = 41 };

static const struct {
	uint16_t type;
	const char *text;
} types[] = {
	{ DNSMSG_A, "A" },
	{ DNSMSG_NS, "NS" },
	{ DNSMSG_CNAME, "CNAME" },
	{ DNSMSG_SOA, "SOA" },
	{ DNSMSG_PTR, "PTR" },
	{ DNSMSG_MX, "MX" },
	{ DNSMSG_TXT, "TXT" },
	{ DNSMSG_AAAA, "AAAA" },
	{ DNSMSG_SRV, "SRV" },
};

int dnsmsg_type_parse(struct slice text, uint16_t *ret_type)
{
	uint64_t number = 0;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (slice_eq_nocase(text, slice_str(types[i].text))) {
			*ret_type = types[i].type;
			return 0;
		}
	}
	if (num_u64(text, UINT16_MAX, &number) < 0 || number == 0) {
		return E_FORMAT;
	}
	*ret_type = (uint16_t)number;
	return 0;
}

const char *dnsmsg_rcode_text(unsigned rcode)
{
	static const char *const text[] = { "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
		"NOTIMP", "REFUSED" };
	return rcode < sizeof(text) / sizeof(text[0]) ? text[rcode] : "RCODE";
}

static struct slice without_dot(struct slice name)
{
	if (name.n > 0 && name.p[name.n - 1] == '.') {
		name.n--;
	}
	return name;
}

bool dnsmsg_name_eq(struct slice a, struct slice b)
{
	return slice_eq_nocase(without_dot(a), without_dot(b));
}

static void put_be16(struct buf *buf, unsigned value)
{
	buf_put_byte(buf, (uint8_t)(value >> 8));
	buf_put_byte(buf, (uint8_t)value);
}

static int put_name(struct buf *buf, struct slice name)
{
	size_t before = buf->n;
	name = without_dot(name);
	while (name.n > 0) {
		struct slice label;
		struct slice rest = { 0 };
		bool more = slice_cut(name, '.', &label, &rest);
		if (!more) {
			label = name;
		}
		/* Names of checks are host names; an escape would be a label of its own. */
		if (label.n == 0 || label.n > LABEL_MAX || (more && rest.n == 0) ||
			memchr(label.p, '\\', label.n) != NULL) {
			return E_FORMAT;
		}
		buf_put_byte(buf, (uint8_t)label.n);
		buf_put(buf, label);
		name = more ? rest : (struct slice) { 0 };
	}
	buf_put_byte(buf, 0);
	if (buf->failed) {
		return E_LIMIT;
	}
	return buf->n - before > WIRE_NAME_MAX ? E_FORMAT : 0;
}

int dnsmsg_put_query(struct buf *buf, const struct dnsmsg_query *query)
{
	put_be16(buf, query->id);
	put_be16(buf, (query->recursion ? 0x0100u : 0) | (query->authentic ? 0x0020u : 0));
	put_be16(buf, 1);
	put_be16(buf, 0);
	put_be16(buf, 0);
	put_be16(buf, query->authentic ? 1 : 0);
	int rc = put_name(buf, query->name);
	if (rc < 0) {
		return rc;
	}
	put_be16(buf, query->type);
	put_be16(buf, CLASS_IN);
	if (query->authentic) {
		buf_put_byte(buf, 0);
		put_be16(buf, TYPE_OPT);
		put_be16(buf, DNSMSG_UDP_OCTETS);
		put_be16(buf, 0);
		put_be16(buf, 0x8000); /* DO */
		put_be16(buf, 0);
	}
	return buf->failed ? E_LIMIT : 0;
}

/* RFC 1035 section 5.1: a dot or backslash within a label, and what is no graphic, is escaped. */
static void put_label(struct buf *text, struct slice label)
{
	for (size_t i = 0; i < label.n; i++) {
		uint8_t c = label.p[i];
		if (c == '.' || c == '\\') {
			buf_put_byte(text, '\\');
			buf_put_byte(text, c);
		} else if (c <= ' ' || c >= 0x7f) {
			buf_printf(text, "\\%03u", c);
		} else {
			buf_put_byte(text, c);
		}
	}
}

/* Where the reading of one name is. */
struct walk {
	struct rd at;
	struct rd after; /* behind the first pointer: where the record goes on */
	bool jumped;
	size_t limit; /* where the last pointer pointed: the next must be before it */
	size_t wire;  /* octets of the name, uncompressed */
};

static int follow_pointer(struct walk *walk, struct slice message, uint8_t high)
{
	size_t to = (size_t)(high & 0x3f) << 8;
	to |= rd_u8(&walk->at);
	if (walk->at.failed) {
		return E_SHORT;
	}
	size_t here = message.n - walk->at.left.n - 2;
	if (to >= here || to >= walk->limit) {
		return E_FORMAT;
	}
	if (!walk->jumped) {
		walk->after = walk->at;
	}
	walk->jumped = true;
	walk->limit = to;
	walk->at = rd_of(slice_skip(message, to));
	return 0;
}

/* Returns 1 at the end of the name, 0 when it goes on. */
static int take_label(struct walk *walk, struct slice message, struct buf *text)
{
	uint8_t n = rd_u8(&walk->at);
	if (walk->at.failed) {
		return E_SHORT;
	}
	if (n >= 0xc0) {
		return follow_pointer(walk, message, n);
	}
	bool is_first = walk->wire == 0;
	walk->wire += (size_t)n + 1;
	if (n > LABEL_MAX || walk->wire > WIRE_NAME_MAX) {
		return E_FORMAT;
	}
	if (n == 0) {
		buf_put_str(text, is_first ? "." : "");
		return 1;
	}
	buf_put_str(text, is_first ? "" : ".");
	put_label(text, rd_take(&walk->at, n));
	return walk->at.failed ? E_SHORT : 0;
}

static int get_name(struct rd *rd, struct slice message, struct buf *text)
{
	struct walk walk = { .at = *rd, .limit = SIZE_MAX };
	int rc = 0;
	while (rc == 0) {
		rc = take_label(&walk, message, text);
	}
	if (rc < 0) {
		return rc;
	}
	*rd = walk.jumped ? walk.after : walk.at;
	return text->failed ? E_FORMAT : 0;
}

static int get_numbers_and_name(
	struct rd *rd, struct slice message, unsigned numbers, struct buf *text)
{
	AUTO_BUF struct buf name;
	buf_init(&name, DNSMSG_NAME_TEXT_MAX);
	for (unsigned i = 0; i < numbers; i++) {
		buf_printf(text, "%u ", rd_u16be(rd));
	}
	int rc = rd->failed ? E_SHORT : get_name(rd, message, &name);
	buf_put(text, buf_slice(&name));
	return rc;
}

static int get_text(struct rd *rd, struct buf *text)
{
	AUTO_BUF struct buf raw;
	buf_init(&raw, DNSMSG_VALUE_MAX / 4);
	while (rd->left.n > 0 && !rd->failed && !raw.failed) {
		uint8_t n = rd_u8(rd);
		buf_put(&raw, rd_take(rd, n));
	}
	/* A longer text is shown by its beginning. */
	utf8_put_clean(text, buf_slice(&raw));
	return rd->failed ? E_SHORT : 0;
}

static int get_value(struct slice message, struct slice data, uint16_t type, struct buf *text)
{
	char address[INET6_ADDRSTRLEN];
	/* Names in the data may point back anywhere in the message: read it in place. */
	size_t start = (size_t)(data.p - message.p);
	struct slice upto = slice_head(message, start + data.n);
	struct rd rd = rd_of(slice_skip(upto, start));
	switch (type) {
	case DNSMSG_A:
	case DNSMSG_AAAA:
		if (data.n != (type == DNSMSG_A ? 4 : 16)) {
			return E_FORMAT;
		}
		buf_put_str(text, inet_ntop(type == DNSMSG_A ? AF_INET : AF_INET6, data.p,
					  address, sizeof(address)));
		return 0;
	case DNSMSG_NS:
	case DNSMSG_CNAME:
	case DNSMSG_PTR:
	case DNSMSG_SOA:
		return get_numbers_and_name(&rd, upto, 0, text);
	case DNSMSG_MX:
		return get_numbers_and_name(&rd, upto, 1, text);
	case DNSMSG_SRV:
		return get_numbers_and_name(&rd, upto, 3, text);
	case DNSMSG_TXT:
		return get_text(&rd, text);
	default:
		return 0;
	}
}

static int get_answer(struct rd *rd, struct slice message, struct dnsmsg *dns)
{
	AUTO_BUF struct buf owner;
	AUTO_BUF struct buf value;
	buf_init(&owner, DNSMSG_NAME_TEXT_MAX);
	buf_init(&value, DNSMSG_VALUE_MAX);
	int rc = get_name(rd, message, &owner);
	if (rc < 0) {
		return rc;
	}
	uint16_t type = rd_u16be(rd);
	uint16_t class = rd_u16be(rd);
	uint32_t ttl_s = rd_u32be(rd);
	uint16_t octets = rd_u16be(rd);
	struct slice data = rd_take(rd, octets);
	if (rd->failed) {
		return E_SHORT;
	}
	dns->answer_total++;
	if (class != CLASS_IN || dns->answer_count == DNSMSG_ANSWERS_MAX) {
		return 0;
	}
	rc = get_value(message, data, type, &value);
	if (rc < 0 || value.failed) {
		return E_FORMAT;
	}
	struct dnsmsg_answer *answer = &dns->answers[dns->answer_count++];
	answer->type = type;
	answer->ttl_s = ttl_s;
	if (value.n > 0) {
		memcpy(answer->value, value.p, value.n);
	}
	answer->value[value.n] = '\0';
	return 0;
}

static int get_question(struct rd *rd, struct slice message, struct dnsmsg *dns)
{
	AUTO_BUF struct buf name;
	buf_init(&name, DNSMSG_NAME_TEXT_MAX);
	int rc = get_name(rd, message, &name);
	if (rc < 0) {
		return rc;
	}
	dns->question_type = rd_u16be(rd);
	dns->question_class = rd_u16be(rd);
	if (rd->failed) {
		return E_SHORT;
	}
	memcpy(dns->question, name.p, name.n + 1);
	dns->has_question = true;
	return 0;
}

int dnsmsg_parse(struct slice message, struct dnsmsg *ret_message)
{
	struct dnsmsg dns = { 0 };
	struct rd rd = rd_of(message);
	dns.id = rd_u16be(&rd);
	uint16_t flags = rd_u16be(&rd);
	uint16_t questions = rd_u16be(&rd);
	uint16_t answers = rd_u16be(&rd);
	(void)rd_u32be(&rd);
	if (rd.failed) {
		return E_SHORT;
	}
	if (questions > 1) {
		return E_FORMAT; /* RFC 9619 */
	}
	dns.is_response = (flags & 0x8000) != 0;
	dns.authoritative = (flags & 0x0400) != 0;
	dns.truncated = (flags & 0x0200) != 0;
	dns.authentic = (flags & 0x0020) != 0;
	dns.rcode = flags & 15;
	int rc = questions == 1 ? get_question(&rd, message, &dns) : 0;
	for (unsigned i = 0; i < answers && rc == 0; i++) {
		rc = get_answer(&rd, message, &dns);
	}
	if (rc < 0 && !(dns.truncated && rc == E_SHORT && dns.has_question)) {
		return rc;
	}
	*ret_message = dns;
	return 0;
}
