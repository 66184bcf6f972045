/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/snmprec.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/num.h"
#include "proto/mib_table.h"

enum { VALUE_OCTETS_MAX = 64 * 1024, IP_OCTETS = 4 };

enum form { FORM_PLAIN, FORM_HEX, FORM_ESCAPED };

struct reading {
	struct mib_table *table;
	struct diag_list *diags;
	struct buf octets;    /* of the value in hand */
	struct oid_room oid;  /* of the object in hand */
	struct oid_room said; /* of an OBJECT IDENTIFIER value */
	int bad;
};

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int octet_of(struct slice two)
{
	int high = two.n >= 2 ? hex_digit(two.p[0]) : -1;
	int low = two.n >= 2 ? hex_digit(two.p[1]) : -1;
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static int unhex(struct slice text, struct buf *buf)
{
	for (struct slice left = text; left.n > 0; left = slice_skip(left, 2)) {
		int octet = octet_of(left);
		if (octet < 0) {
			return E_FORMAT;
		}
		buf_put_byte(buf, (uint8_t)octet);
	}
	return buf->failed ? E_LIMIT : 0;
}

/* One escape off the front, its backslash already taken. */
static int unescape_one(struct slice *left, struct buf *buf)
{
	static const char names[] = "nrtabfv0";
	static const char octets[] = "\n\r\t\a\b\f\v";
	uint8_t c = left->n > 0 ? left->p[0] : 0;
	if (c == 'x') {
		int octet = octet_of(slice_skip(*left, 1));
		*left = slice_skip(*left, 3);
		buf_put_byte(buf, (uint8_t)octet);
		return octet < 0 ? E_FORMAT : 0;
	}
	const char *named = c == 0 ? NULL : strchr(names, c);
	buf_put_byte(buf, named == NULL ? c : (uint8_t)octets[named - names]);
	*left = slice_skip(*left, 1);
	return c == 0 ? E_FORMAT : 0;
}

static int unescape(struct slice text, struct buf *buf)
{
	struct slice left = text;
	int error = 0;
	while (left.n > 0 && error == 0) {
		uint8_t c = left.p[0];
		left = slice_skip(left, 1);
		if (c == '\\') {
			error = unescape_one(&left, buf);
		} else {
			buf_put_byte(buf, c);
		}
	}
	return error < 0 ? error : buf->failed ? E_LIMIT : 0;
}

/* "rate=5,initial=10,…" → 10; what a moving value begins with. */
static struct slice beginning_of(struct slice options)
{
	struct slice found = SLICE("0");
	for (bool more = options.n > 0; more;) {
		struct slice one = { 0 };
		struct slice after = { 0 };
		more = slice_cut(options, ',', &one, &after);
		one = slice_trim(more ? one : options);
		if (slice_starts(one, SLICE("initial="))) {
			return slice_skip(one, 8);
		}
		if (slice_starts(one, SLICE("min="))) {
			found = slice_skip(one, 4);
		}
		options = after;
	}
	return found;
}

static int address_of(struct slice text, struct buf *buf)
{
	struct oid_room parts;
	if (oid_parse(text, &parts) < 0 || parts.n != IP_OCTETS) {
		return E_FORMAT;
	}
	for (size_t i = 0; i < IP_OCTETS; i++) {
		if (parts.id[i] > UINT8_MAX) {
			return E_RANGE;
		}
		buf_put_byte(buf, (uint8_t)parts.id[i]);
	}
	return 0;
}

static int octets_take(
	struct reading *r, struct slice text, enum form form, struct mib_value *value)
{
	int error = 0;
	buf_clear(&r->octets);
	if (form == FORM_HEX) {
		error = unhex(text, &r->octets);
	} else if (form == FORM_ESCAPED) {
		error = unescape(text, &r->octets);
	} else if (value->type == MIB_IP_ADDRESS) {
		error = address_of(text, &r->octets);
	} else {
		buf_put(&r->octets, text);
		error = r->octets.failed ? E_LIMIT : 0;
	}
	value->octets = buf_slice(&r->octets);
	bool address_whole = value->type != MIB_IP_ADDRESS || value->octets.n == IP_OCTETS;
	return error < 0 ? error : address_whole ? 0 : E_FORMAT;
}

static int value_take(
	struct reading *r, struct slice text, enum form form, struct mib_value *value)
{
	int error = 0;
	switch (value->type) {
	case MIB_INTEGER:
		return num_i64(text, INT64_MIN, INT64_MAX, &value->integer);
	case MIB_OCTETS:
	case MIB_OPAQUE:
	case MIB_IP_ADDRESS:
		return octets_take(r, text, form, value);
	case MIB_NULL:
		return 0;
	case MIB_OID:
		error = oid_parse(text, &r->said);
		value->oid = oid_of(&r->said);
		return error;
	case MIB_COUNTER32:
	case MIB_GAUGE32:
	case MIB_TIME_TICKS:
		return num_u64(text, UINT32_MAX, &value->count);
	case MIB_COUNTER64:
		return num_u64(text, UINT64_MAX, &value->count);
	default:
		return E_UNSUPPORTED;
	}
}

static int tag_take(struct slice tag, struct mib_value *value, enum form *ret_form)
{
	uint64_t number = 0;
	enum form form = slice_ends(tag, SLICE("x"))   ? FORM_HEX
			 : slice_ends(tag, SLICE("e")) ? FORM_ESCAPED
						       : FORM_PLAIN;
	int error = num_u64(
		slice_head(tag, tag.n - (form == FORM_PLAIN ? 0 : 1)), UINT8_MAX, &number);
	value->type = (enum mib_type)number;
	*ret_form = form;
	return error;
}

/* Returns NULL, or what is wrong with the line. */
static const char *line_take(struct reading *r, struct slice line)
{
	struct slice name = { 0 };
	struct slice rest = { 0 };
	struct slice tag = { 0 };
	struct slice text = { 0 };
	struct slice plain = { 0 };
	struct slice module = { 0 };
	struct mib_value value = { 0 };
	enum form form = FORM_PLAIN;
	if (line.n == 0) {
		return "the line is empty";
	}
	if (!slice_cut(line, '|', &name, &rest) || !slice_cut(rest, '|', &tag, &text)) {
		return "the line is not OID|TAG|VALUE";
	}
	if (oid_parse(name, &r->oid) < 0) {
		return "the object identifier is none";
	}
	bool moves = slice_cut(tag, ':', &plain, &module);
	int error = tag_take(moves ? plain : tag, &value, &form);
	if (error < 0) {
		return "the tag is no type number";
	}
	error = value_take(r, moves ? beginning_of(text) : text, form, &value);
	if (error == E_UNSUPPORTED) {
		return "the tag is of no type we know";
	}
	if (error < 0) {
		return "the value is not of its type";
	}
	return mib_table_put(r->table, oid_of(&r->oid), &value) < 0
		       ? "the recording is larger than allowed"
		       : NULL;
}

static void complain(struct reading *r, uint64_t line, uint64_t offset, const char *text)
{
	struct diag diag = { 0 };
	(void)diag_set(&diag, E_FORMAT, line, offset, "%s", text);
	diag_list_add(r->diags, &diag);
	r->bad += r->bad < INT_MAX ? 1 : 0;
}

int snmprec_parse(struct slice text, struct mib_table *table, struct diag_list *diags)
{
	struct reading r = { .table = table, .diags = diags };
	struct slice left = text;
	buf_init(&r.octets, VALUE_OCTETS_MAX);
	for (uint64_t number = 1; left.n > 0; number++) {
		struct slice line = { 0 };
		struct slice after = { 0 };
		uint64_t offset = text.n - left.n;
		line = slice_cut(left, '\n', &line, &after) ? line : left;
		line = slice_ends(line, SLICE("\r")) ? slice_head(line, line.n - 1) : line;
		left = after;
		const char *wrong = slice_starts(line, SLICE("#")) ? NULL : line_take(&r, line);
		if (wrong != NULL) {
			complain(&r, number, offset, wrong);
		}
	}
	buf_fini(&r.octets);
	size_t twice = mib_table_seal(table);
	if (twice > 0) {
		complain(&r, 0, 0, "objects came twice; the first of each stays");
	}
	return r.bad;
}
