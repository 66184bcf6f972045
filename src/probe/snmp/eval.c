/* SPDX-License-Identifier: Apache-2.0 */
/* What references, templates and conditions say of one row of one device. */
#include <math.h>
#include <stdlib.h>

#include "base/num.h"
#include "base/rd.h"
#include "base/utf8.h"
#include "probe/snmp/profile_priv.h"

enum { IP4 = 4, IP6 = 16, NUMBER_MAX = 40, FIRST_ROWS_MAX = 4096, EACH_ROWS_MAX = 16384 };

/* ---- values as text */

/* Line feeds and the like may stand in a text; other control octets make it binary. */
static bool printable(struct slice octets)
{
	for (size_t i = 0; i < octets.n; i++) {
		uint8_t c = octets.p[i];
		if (c == 0x7f || (c < 0x20 && c != '\n' && c != '\r' && c != '\t')) {
			return false;
		}
	}
	return true;
}

static struct slice without_nuls(struct slice octets)
{
	while (octets.n > 0 && octets.p[octets.n - 1] == 0) {
		octets.n--;
	}
	return slice_trim(octets);
}

static void put_octets(struct buf *buf, struct slice octets)
{
	struct slice text = slice_head(without_nuls(octets), EVAL_TEXT_MAX);
	if (!printable(text)) {
		buf_put_hex(buf, slice_head(octets, EVAL_TEXT_MAX / 2));
		return;
	}
	/* A cut may have gone through the last character. */
	size_t whole = utf8_span(text);
	if (whole == text.n || (text.n == EVAL_TEXT_MAX && whole + 4 > text.n)) {
		buf_put(buf, slice_head(text, whole));
	} else if (gb18030_to_utf8(text, buf) < 0) {
		utf8_put_clean(buf, text);
	}
}

static void put_address(struct buf *buf, struct slice octets)
{
	for (size_t i = 0; octets.n == IP4 && i < IP4; i++) {
		buf_printf(buf, i == 0 ? "%u" : ".%u", octets.p[i]);
	}
	for (size_t i = 0; octets.n == IP6 && i < IP6; i += 2) {
		buf_printf(buf, i == 0 ? "%x" : ":%x", octets.p[i] << 8 | octets.p[i + 1]);
	}
}

/* net-snmp wraps a float (9f 78 04) or a double (9f 79 08), IEEE 754 in network order. */
static void put_opaque(struct buf *buf, struct slice octets)
{
	uint64_t bits = 0;
	for (size_t i = 3; i < octets.n && i < 11; i++) {
		bits = bits << 8 | octets.p[i];
	}
	if (octets.n == 7 && slice_starts(octets, SLICE("\x9f\x78\x04"))) {
		uint32_t half = (uint32_t)bits;
		float number = 0;
		memcpy(&number, &half, sizeof(number));
		buf_printf(buf, "%.9g", (double)number);
	} else if (octets.n == 11 && slice_starts(octets, SLICE("\x9f\x79\x08"))) {
		double number = 0;
		memcpy(&number, &bits, sizeof(number));
		buf_printf(buf, "%.17g", number);
	} else {
		put_octets(buf, octets);
	}
}

static void put_ascii(struct buf *buf, struct slice octets)
{
	for (size_t i = 0; i < octets.n && i < EVAL_TEXT_MAX; i++) {
		if (octets.p[i] >= 0x20 && octets.p[i] < 0x7f) {
			buf_put_byte(buf, octets.p[i]);
		}
	}
}

static void put_value(struct buf *buf, const struct mib_value *value, enum filter filter)
{
	if (filter == FILTER_HEX) {
		buf_put_hex(buf, slice_head(value->octets, EVAL_TEXT_MAX / 2));
		return;
	}
	if (filter == FILTER_NUMBER && value->type == MIB_OCTETS) {
		struct rd rd = rd_of(slice_head(value->octets, sizeof(uint64_t)));
		buf_printf(buf, "%llu", (unsigned long long)rd_be(&rd, rd.left.n));
		return;
	}
	if (filter == FILTER_ASCII) {
		put_ascii(buf, value->octets);
		return;
	}
	if (filter == FILTER_IP || value->type == MIB_IP_ADDRESS) {
		put_address(buf, value->octets);
		return;
	}
	switch (value->type) {
	case MIB_INTEGER:
		buf_put_i64(buf, filter == FILTER_U32 && value->integer < 0 &&
						 value->integer >= INT32_MIN
					 ? value->integer + ((int64_t)UINT32_MAX + 1)
					 : value->integer);
		break;
	case MIB_COUNTER32:
	case MIB_GAUGE32:
	case MIB_TIME_TICKS:
	case MIB_COUNTER64:
		buf_printf(buf, "%llu", (unsigned long long)value->count);
		break;
	case MIB_OID:
		oid_put(buf, value->oid);
		break;
	case MIB_OCTETS:
		put_octets(buf, value->octets);
		break;
	case MIB_OPAQUE:
		put_opaque(buf, value->octets);
		break;
	case MIB_NULL:
	case MIB_IP_ADDRESS:
	default:
		break;
	}
}

static void put_index(struct buf *buf, struct oid index, enum filter filter)
{
	uint8_t octets[OID_IDS_MAX];
	if (filter == FILTER_NONE) {
		oid_put(buf, index);
		return;
	}
	struct oid left = filter == FILTER_STRING ? oid_skip(index, 1) : index;
	for (size_t i = 0; i < left.n; i++) {
		if (left.id[i] > UINT8_MAX) {
			return;
		}
		octets[i] = (uint8_t)left.id[i];
	}
	const struct mib_value value = { .type = MIB_OCTETS,
		.octets = slice_of(octets, left.n) };
	put_value(buf, &value, filter);
}

/* ---- references */

/* No agent, however large and however odd, may keep us busy for long. */
static bool step(const struct eval *eval, size_t cost)
{
	bool enough = *eval->steps_left >= cost;
	*eval->steps_left = enough ? *eval->steps_left - cost : 0;
	return enough;
}

static struct oid parts_of(struct oid index, int from, int to)
{
	int n = (int)index.n;
	if (from == 0) {
		return index;
	}
	from = from < 0 ? n + from : from - 1;
	to = to < 0 ? n + to : to - 1;
	return from < 0 || to >= n || from > to
		       ? (struct oid) { 0 }
		       : (struct oid) { index.id + from, (size_t)(to - from) + 1 };
}

static const struct mib_value *object_at(
	const struct eval *eval, struct oid column, struct oid index)
{
	struct oid_room oid = { 0 };
	if (oid_append(&oid, column) < 0 || oid_append(&oid, index) < 0) {
		return NULL;
	}
	return mib_table_get(eval->table, oid_of(&oid));
}

/* The index that the value behind a pointer names: a number, or an object of the column. */
static const struct mib_value *pointed_at(
	const struct eval *eval, const struct ref *ref, struct oid_room *room);

static const struct mib_value *value_of(const struct eval *eval, const struct ref *ref)
{
	struct oid_room room = { 0 };
	struct oid index = { 0 };
	switch (ref->kind) {
	case REF_VALUE:
		return eval->value;
	case REF_SCALAR:
		return mib_table_get(eval->table, ref->oid);
	case REF_ROW:
		index = parts_of(eval->index, ref->from, ref->to);
		/* outside a row it is the object itself */
		return index.n == 0 && ref->from != 0 ? NULL : object_at(eval, ref->oid, index);
	case REF_AT:
		return pointed_at(eval, ref, &room);
	case REF_INDEX:
	case REF_FIRST:
	default:
		return NULL;
	}
}

static const struct mib_value *pointed_at(
	const struct eval *eval, const struct ref *ref, struct oid_room *room)
{
	struct oid part = { 0 };
	if (ref->at->kind == REF_INDEX) {
		part = parts_of(eval->index, ref->at->from, ref->at->to);
		return object_at(eval, ref->oid, part);
	}
	const struct mib_value *value = value_of(eval, ref->at);
	if (value == NULL || value->type == MIB_OCTETS) {
		return NULL;
	}
	if (value->type == MIB_OID) {
		part = value->oid.n == 0 ? value->oid : oid_skip(value->oid, value->oid.n - 1);
	} else {
		int64_t number =
			value->type == MIB_INTEGER ? value->integer : (int64_t)value->count;
		if (number < 0 || number > UINT32_MAX) {
			return NULL;
		}
		room->id[0] = (uint32_t)number;
		room->n = 1;
		part = oid_of(room);
	}
	return object_at(eval, ref->oid, part);
}

static void put_first(
	const struct eval *eval, const struct ref *ref, enum filter filter, struct buf *buf)
{
	struct mib_walk walk = mib_walk_of(eval->table, ref->oid);
	struct oid index = { 0 };
	const struct mib_value *value = NULL;
	size_t before = buf->n;
	for (int i = 0; i < FIRST_ROWS_MAX && buf->n == before && step(eval, 1); i++) {
		if (!mib_walk_next(&walk, &index, &value)) {
			break;
		}
		put_value(buf, value, filter);
	}
}

bool eval_ref(
	const struct eval *eval, const struct ref *ref, enum filter filter, struct buf *buf)
{
	size_t before = buf->n;
	if (!step(eval, 1)) {
		return false;
	}
	if (ref->kind == REF_INDEX) {
		put_index(buf, parts_of(eval->index, ref->from, ref->to), filter);
	} else if (ref->kind == REF_FIRST) {
		put_first(eval, ref, filter, buf);
	} else {
		const struct mib_value *value = value_of(eval, ref);
		if (value != NULL) {
			put_value(buf, value, filter);
		}
	}
	return buf->n > before;
}

bool eval_template(const struct eval *eval, const struct template *template, struct buf *buf)
{
	for (size_t i = 0; i < template->count; i++) {
		const struct piece *piece = &template->pieces[i];
		if (piece->ref == NULL) {
			buf_put(buf, piece->literal);
		} else if (!eval_ref(eval, piece->ref, piece->filter, buf)) {
			buf_clear(buf);
			return false;
		}
	}
	return buf->n > 0 && !buf->failed;
}

/* ---- numbers and conditions */

bool eval_leading_number(struct slice text, double *ret_number)
{
	size_t n = 0;
	size_t dots = 0;
	text = slice_trim(text);
	n += n < text.n && (text.p[0] == '-' || text.p[0] == '+');
	size_t sign = n;
	while (n < text.n && n < NUMBER_MAX &&
		((text.p[n] >= '0' && text.p[n] <= '9') || (text.p[n] == '.' && dots == 0))) {
		dots += text.p[n] == '.';
		n++;
	}
	struct slice number = slice_head(text, n);
	number = sign == 1 && text.p[0] == '+' ? slice_skip(number, 1) : number;
	return num_double(number, ret_number) == 0 && isfinite(*ret_number);
}

static bool regex_finds(const struct eval *eval, const pcre2_code *regex, struct slice text)
{
	return regex != NULL && step(eval, EVAL_STEPS_REGEX) &&
	       pcre2_match(regex, text.p != NULL ? text.p : (const uint8_t *)"", text.n, 0, 0,
		       eval->found, eval->profiles->limits) >= 0;
}

static bool compares(const struct cond *cond, struct slice left)
{
	double a = 0;
	double b = 0;
	int order = 0;
	if (num_double(left, &a) == 0 && num_double(cond->right, &b) == 0) {
		order = a < b ? -1 : a > b ? 1 : 0;
	} else {
		order = slice_cmp(left, cond->right);
	}
	switch (cond->op) {
	case OP_EQ:
		return order == 0;
	case OP_NE:
		return order != 0;
	case OP_LT:
		return order < 0;
	case OP_GT:
		return order > 0;
	case OP_LE:
		return order <= 0;
	case OP_GE:
		return order >= 0;
	case OP_MATCH:
	case OP_NO_MATCH:
	case OP_EXISTS:
	case OP_ABSENT:
	default:
		return false;
	}
}

/* A column that is asked for outside a row is there when anything of it is. */
static bool anything_of(const struct eval *eval, const struct template *left)
{
	const struct ref *ref = left->count == 1 ? left->pieces[0].ref : NULL;
	return ref != NULL && ref->kind == REF_ROW && ref->from == 0 && eval->value == NULL &&
	       mib_table_has(eval->table, ref->oid);
}

static bool holds(const struct eval *eval, const struct cond *cond)
{
	AUTO_BUF struct buf buf;
	buf_init(&buf, 2 * EVAL_TEXT_MAX);
	bool there = eval_template(eval, &cond->left, &buf);
	struct slice left = buf_slice(&buf);
	switch (cond->op) {
	case OP_EXISTS:
		return there || anything_of(eval, &cond->left);
	case OP_ABSENT:
		return !there && !anything_of(eval, &cond->left);
	case OP_MATCH:
		return there && regex_finds(eval, cond->regex, left);
	case OP_NO_MATCH:
		return !there || !regex_finds(eval, cond->regex, left);
	case OP_NE:
		return !there || compares(cond, left);
	case OP_EQ:
	case OP_LT:
	case OP_GT:
	case OP_LE:
	case OP_GE:
	default:
		return there && compares(cond, left);
	}
}

bool eval_all(const struct eval *eval, const struct conds *conds)
{
	for (size_t i = 0; i < conds->count; i++) {
		if (!holds(eval, &conds->items[i])) {
			return false;
		}
	}
	return true;
}

bool eval_any(const struct eval *eval, const struct conds *conds)
{
	for (size_t i = 0; i < conds->count; i++) {
		if (holds(eval, &conds->items[i])) {
			return true;
		}
	}
	return false;
}

/* ---- fields */

/* What the pattern's groups caught, put one behind the other; all of the match without groups. */
static bool captured(const struct eval *eval, const struct alt *alt, struct buf *buf)
{
	uint8_t text[EVAL_TEXT_MAX];
	struct slice whole = slice_head(buf_slice(buf), sizeof(text));
	if (whole.n == 0 || !step(eval, EVAL_STEPS_REGEX)) {
		return false;
	}
	memcpy(text, whole.p, whole.n);
	int groups = pcre2_match(
		alt->regex, text, whole.n, 0, 0, eval->found, eval->profiles->limits);
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(eval->found);
	buf_clear(buf);
	for (int i = groups > 1 ? 1 : 0; i < groups; i++) {
		bool taken = at[2 * i] != PCRE2_UNSET && at[2 * i + 1] <= whole.n &&
			     at[2 * i] <= at[2 * i + 1];
		if (taken) {
			buf_put(buf, slice_of(text + at[2 * i], at[2 * i + 1] - at[2 * i]));
		}
	}
	return buf->n > 0;
}

static bool mapped(const struct words *map, struct buf *buf)
{
	for (size_t i = 0; i < map->count; i++) {
		if (slice_eq(map->items[i].key, buf_slice(buf))) {
			buf_clear(buf);
			buf_put(buf, map->items[i].word);
			return buf->n > 0;
		}
	}
	return false;
}

static bool worked_on(const struct eval *eval, const struct alt *alt, struct buf *buf)
{
	double number = 0;
	if (alt->regex != NULL && !captured(eval, alt, buf)) {
		return false;
	}
	if (alt->map != NULL && !mapped(alt->map, buf)) {
		return false;
	}
	if (alt->nonzero && eval_leading_number(buf_slice(buf), &number) && number == 0) {
		return false;
	}
	if (alt->multiply != 1) {
		if (!eval_leading_number(buf_slice(buf), &number)) {
			return false;
		}
		buf_clear(buf);
		buf_printf(buf, "%.17g", number * alt->multiply);
	}
	return true;
}

static bool alt_here(const struct eval *eval, const struct alt *alt, struct buf *buf)
{
	buf_clear(buf);
	return eval_all(eval, &alt->only) && eval_template(eval, &alt->from, buf) &&
	       worked_on(eval, alt, buf);
}

static bool alt_text(const struct eval *eval, const struct alt *alt, struct buf *buf)
{
	if (alt->each == NULL) {
		return alt_here(eval, alt, buf);
	}
	struct oid_room below = { 0 };
	struct oid_room index = { 0 };
	if (oid_append(&below, alt->each->oid) < 0 ||
		(alt->under && oid_append(&below, eval->index) < 0)) {
		return false;
	}
	struct mib_walk walk = mib_walk_of(eval->table, oid_of(&below));
	struct eval row = *eval;
	for (int i = 0; i < EACH_ROWS_MAX && step(eval, 1); i++) {
		struct oid rest = { 0 };
		if (!mib_walk_next(&walk, &rest, &row.value)) {
			break;
		}
		index.n = 0;
		if ((alt->under && oid_append(&index, eval->index) < 0) ||
			oid_append(&index, rest) < 0) {
			break;
		}
		row.index = oid_of(&index);
		if (alt_here(&row, alt, buf)) {
			return true;
		}
	}
	return false;
}

bool eval_field(const struct eval *eval, const struct field *field, struct buf *buf)
{
	buf_clear(buf);
	for (size_t i = 0; i < field->count; i++) {
		if (alt_text(eval, &field->alts[i], buf)) {
			return true;
		}
	}
	buf_clear(buf);
	return false;
}

bool eval_number(const struct eval *eval, const struct field *field, double *ret_number)
{
	AUTO_BUF struct buf buf;
	buf_init(&buf, 2 * EVAL_TEXT_MAX);
	return eval_field(eval, field, &buf) &&
	       eval_leading_number(buf_slice(&buf), ret_number);
}
