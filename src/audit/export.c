/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/export.h"

#include "audit/entry.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"

static void kv_hex(struct jw *jw, const char *name, struct slice octets)
{
	AUTO_BUF struct buf hex;
	buf_init(&hex, 2 * octets.n + 1);
	buf_put_hex(&hex, octets);
	jw_kv_str(jw, name, buf_slice(&hex));
}

static void put_entry(struct jw *jw, const struct audit_item *item)
{
	jw_kv_str(jw, "entry", item->text);
	jw_kv_int(jw, "seq", item->seq);
	jw_kv_int(jw, "at", item->at_unix_ms);
	kv_hex(jw, "leaf", slice_of(item->leaf.octet, DIGEST_OCTETS));
}

static void put_personal(struct jw *jw, const struct audit_item *item)
{
	jw_kv_int(jw, "personal", item->seq);
	jw_kv_int(jw, "n", item->n);
	if (item->gone) {
		jw_key(jw, "salt");
		jw_null(jw);
		jw_key(jw, "value");
		jw_null(jw);
	} else {
		kv_hex(jw, "salt", item->salt);
		jw_kv_str(jw, "value", item->text);
	}
	jw_key(jw, "erased_by");
	if (item->erased_by != 0) {
		jw_int(jw, item->erased_by);
	} else {
		jw_null(jw);
	}
}

static void put_head(struct jw *jw, const struct audit_head *head)
{
	jw_kv_int(jw, "head", head->size);
	kv_hex(jw, "root", slice_of(head->root.octet, DIGEST_OCTETS));
	jw_kv_int(jw, "at", head->at_unix_ms);
	kv_hex(jw, "signature", slice_of(head->signature, AUDIT_SIGNATURE_OCTETS));
}

void audit_export_put(struct buf *buf, const struct audit_item *item)
{
	struct jw jw;
	jw_init(&jw, buf);
	jw_object(&jw);
	switch (item->kind) {
	case AUDIT_ITEM_BEGIN:
		jw_kv_str(&jw, "fengsui", SLICE("audit export"));
		jw_kv_int(&jw, "version", 1);
		break;
	case AUDIT_ITEM_ENTRY:
		put_entry(&jw, item);
		break;
	case AUDIT_ITEM_PERSONAL:
		put_personal(&jw, item);
		break;
	case AUDIT_ITEM_HEAD:
		put_head(&jw, &item->head);
		break;
	case AUDIT_ITEM_END:
		jw_kv_int(&jw, "end", item->seq);
		jw_kv_int(&jw, "personal", item->n);
		jw_kv_int(&jw, "heads", item->heads);
		break;
	case AUDIT_ITEM_DAMAGE:
		break;
	}
	jw_end(&jw);
	buf_put_byte(buf, '\n');
}

static int octets_of(struct slice hex, uint8_t *out, size_t octets)
{
	if (hex.n != 2 * octets) {
		return E_FORMAT;
	}
	for (size_t i = 0; i < hex.n; i++) {
		uint8_t c = hex.p[i];
		bool digit = c >= '0' && c <= '9';
		if (!digit && (c < 'a' || c > 'f')) {
			return E_FORMAT;
		}
		unsigned half = digit ? c - (unsigned)'0' : c - (unsigned)'a' + 10;
		out[i / 2] = (uint8_t)(i % 2 == 0 ? half << 4 : out[i / 2] | half);
	}
	return 0;
}

static bool take_entry(const struct json *line, struct audit_item *item)
{
	item->kind = AUDIT_ITEM_ENTRY;
	item->text = json_get_str(line, "entry");
	return json_int(json_get(line, "seq"), &item->seq) &&
	       json_int(json_get(line, "at"), &item->at_unix_ms) &&
	       octets_of(json_get_str(line, "leaf"), item->leaf.octet, DIGEST_OCTETS) == 0;
}

static bool take_personal(struct arena *arena, const struct json *line, struct audit_item *item)
{
	item->kind = AUDIT_ITEM_PERSONAL;
	if (!json_int(json_get(line, "personal"), &item->seq) ||
		!json_int(json_get(line, "n"), &item->n)) {
		return false;
	}
	item->erased_by = json_get_int(line, "erased_by", 0);
	item->gone = json_type(json_get(line, "salt")) == JSON_NULL;
	if (item->gone) {
		return true;
	}
	struct slice hex = json_get_str(line, "salt");
	uint8_t *salt = arena_try(arena, hex.n / 2 + 1, 1);
	if (salt == NULL || octets_of(hex, salt, hex.n / 2) < 0) {
		return false;
	}
	item->salt = slice_of(salt, hex.n / 2);
	item->text = json_get_str(line, "value");
	return true;
}

static bool take_head(const struct json *line, struct audit_item *item)
{
	item->kind = AUDIT_ITEM_HEAD;
	struct audit_head *head = &item->head;
	bool good =
		json_int(json_get(line, "head"), &head->size) &&
		json_int(json_get(line, "at"), &head->at_unix_ms) &&
		octets_of(json_get_str(line, "root"), head->root.octet, DIGEST_OCTETS) == 0 &&
		octets_of(json_get_str(line, "signature"), head->signature,
			AUDIT_SIGNATURE_OCTETS) == 0;
	item->seq = head->size;
	return good;
}

static bool take_item(struct arena *arena, const struct json *line, struct audit_item *item)
{
	struct slice kind = json_name(json_first(line));
	if (slice_is(kind, "entry")) {
		return take_entry(line, item);
	}
	if (slice_is(kind, "personal")) {
		return take_personal(arena, line, item);
	}
	if (slice_is(kind, "head")) {
		return take_head(line, item);
	}
	if (slice_is(kind, "end")) {
		item->kind = AUDIT_ITEM_END;
		item->seq = json_get_int(line, "end", -1);
		item->n = json_get_int(line, "personal", -1);
		item->heads = json_get_int(line, "heads", -1);
		return true;
	}
	item->kind = AUDIT_ITEM_BEGIN;
	return slice_is(kind, "fengsui");
}

int audit_export_parse(
	struct arena *arena, struct slice line, struct audit_item *ret_item, struct diag *diag)
{
	const struct json *root = NULL;
	int error = json_parse(arena, line, 2, &root, diag);
	if (error < 0) {
		return error;
	}
	struct audit_item item = { 0 };
	if (json_type(root) != JSON_OBJECT || !take_item(arena, root, &item)) {
		return diag_set(diag, E_FORMAT, 0, 0, "this is no line of an audit export");
	}
	/* Written again it must come out the same, or an unseen octet was touched. */
	AUTO_BUF struct buf again;
	buf_init(&again, line.n + 64);
	audit_export_put(&again, &item);
	if (again.failed || !slice_eq(slice_head(buf_slice(&again), again.n - 1), line)) {
		return diag_set(diag, E_FORMAT, 0, 0, "this line is spelled in another way");
	}
	*ret_item = item;
	return 0;
}
