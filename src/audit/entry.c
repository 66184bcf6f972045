/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/entry.h"

#include "audit/tree.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"

static void put_opt_int(struct jw *jw, const char *name, int64_t value)
{
	jw_key(jw, name);
	if (value != 0) {
		jw_int(jw, value);
	} else {
		jw_null(jw);
	}
}

static void put_digest(struct jw *jw, const struct digest *digest)
{
	char hex[2 * DIGEST_OCTETS + 1];
	digest_hex(digest, hex);
	jw_str(jw, slice_of(hex, 2 * DIGEST_OCTETS));
}

static void put_digests(
	struct jw *jw, const char *name, const struct digest *list, size_t count)
{
	jw_key(jw, name);
	jw_array(jw);
	for (size_t i = 0; i < count; i++) {
		put_digest(jw, &list[i]);
	}
	jw_end(jw);
}

static void put_rows(struct jw *jw, const struct audit_entry *entry)
{
	jw_key(jw, "rows");
	jw_array(jw);
	for (size_t i = 0; i < entry->row_count; i++) {
		const struct audit_row *row = &entry->rows[i];
		jw_object(jw);
		jw_kv_str(jw, "t", row->table);
		jw_kv_int(jw, "id", row->id);
		jw_kv_int(jw, "v", row->version);
		jw_key(jw, "d");
		if (row->deleted) {
			jw_null(jw);
		} else {
			put_digest(jw, &row->digest);
		}
		jw_end(jw);
	}
	jw_end(jw);
}

static void put_erases(struct jw *jw, const struct audit_entry *entry)
{
	if (entry->erase_count == 0) {
		return;
	}
	jw_key(jw, "erases");
	jw_array(jw);
	for (size_t i = 0; i < entry->erase_count; i++) {
		jw_array(jw);
		jw_int(jw, entry->erases[i].seq);
		jw_int(jw, entry->erases[i].n);
		jw_end(jw);
	}
	jw_end(jw);
}

void audit_entry_put(struct buf *buf, const struct audit_entry *entry)
{
	struct jw jw;
	jw_init(&jw, buf);
	jw_object(&jw);
	jw_kv_int(&jw, "seq", entry->seq);
	jw_kv_int(&jw, "at", entry->at_unix_ms);
	if (entry->asked_unix_ms != 0) {
		jw_kv_int(&jw, "asked", entry->asked_unix_ms);
	}
	jw_kv_opt(&jw, "trace", entry->trace);
	put_opt_int(&jw, "actor", entry->actor_id);
	jw_kv_opt(&jw, "role", entry->role);
	jw_kv_str(&jw, "act", entry->act);
	jw_kv_opt(&jw, "kind", entry->kind);
	put_opt_int(&jw, "id", entry->id);
	put_opt_int(&jw, "version", entry->version);
	jw_kv_opt(&jw, "reason", entry->reason);
	put_rows(&jw, entry);
	put_digests(&jw, "personal", entry->personal, entry->personal_count);
	put_digests(&jw, "blobs", entry->blobs, entry->blob_count);
	put_erases(&jw, entry);
	jw_end(&jw);
	if (entry->row_count > AUDIT_ENTRY_ROWS_MAX ||
		entry->personal_count > AUDIT_ENTRY_PERSONAL_MAX ||
		entry->blob_count > AUDIT_ENTRY_BLOBS_MAX ||
		entry->erase_count > AUDIT_ENTRY_ERASES_MAX) {
		buf->failed = true;
	}
}

/* The members of an entry, in the order they are written. */
enum member {
	M_SEQ,
	M_AT,
	M_ASKED,
	M_TRACE,
	M_ACTOR,
	M_ROLE,
	M_ACT,
	M_KIND,
	M_ID,
	M_VERSION,
	M_REASON,
	M_ROWS,
	M_PERSONAL,
	M_BLOBS,
	M_ERASES,
	MEMBERS
};

static const char *const member_names[MEMBERS] = { "seq", "at", "asked", "trace", "actor",
	"role", "act", "kind", "id", "version", "reason", "rows", "personal", "blobs",
	"erases" };

/* What the parts of one parse share. */
struct reading {
	struct arena *arena;
	const struct json *member[MEMBERS]; /* NULL where absent */
	struct diag *diag;
};

/* Look for each name from where the last was found: in canonical order that is one look. */
static void find_members(struct reading *in, const struct json *root)
{
	size_t at = 0;
	for (const struct json *m = json_first(root); m != NULL; m = json_next(m)) {
		struct slice name = json_name(m);
		for (size_t tried = 0; tried < MEMBERS; tried++, at = (at + 1) % MEMBERS) {
			if (slice_is(name, member_names[at])) {
				in->member[at] = m;
				break;
			}
		}
	}
}

/* A list's length, checked; an absent list is empty. */
static int list_of(const struct reading *in, enum member member, size_t max,
	const struct json **ret_list, size_t *ret_count)
{
	const struct json *list = in->member[member];
	const char *name = member_names[member];
	if (list != NULL && json_type(list) != JSON_ARRAY) {
		return diag_set(in->diag, E_FORMAT, 0, 0, "%s is not a list", name);
	}
	if (json_count(list) > max) {
		return diag_set(
			in->diag, E_LIMIT, 0, 0, "%s has more than %zu items", name, max);
	}
	*ret_list = list;
	*ret_count = json_count(list);
	return 0;
}

static int take_digests(const struct reading *in, enum member member, size_t max,
	const struct digest **ret_list, size_t *ret_count)
{
	const struct json *list = NULL;
	size_t count = 0;
	int error = list_of(in, member, max, &list, &count);
	if (error < 0 || count == 0) {
		return error;
	}
	struct digest *out = arena_try(in->arena, count, sizeof(*out));
	if (out == NULL) {
		return diag_set(in->diag, E_LIMIT, 0, 0, "%s needs too much memory",
			member_names[member]);
	}
	size_t i = 0;
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		if (digest_parse(json_str(item), &out[i++]) < 0) {
			return diag_set(in->diag, E_FORMAT, 0, 0, "%s[%zu] is no digest",
				member_names[member], i - 1);
		}
	}
	*ret_list = out;
	*ret_count = count;
	return 0;
}

static int take_row(const struct json *item, struct audit_row *ret_row)
{
	struct audit_row row = { .table = json_get_str(item, "t") };
	const struct json *digest = json_get(item, "d");
	row.deleted = json_type(digest) == JSON_NULL;
	if (row.table.n == 0 || !json_int(json_get(item, "id"), &row.id) ||
		!json_int(json_get(item, "v"), &row.version) ||
		(!row.deleted && digest_parse(json_str(digest), &row.digest) < 0)) {
		return E_FORMAT;
	}
	*ret_row = row;
	return 0;
}

static int take_rows(const struct reading *in, struct audit_entry *entry)
{
	const struct json *list = NULL;
	size_t count = 0;
	int error = list_of(in, M_ROWS, AUDIT_ENTRY_ROWS_MAX, &list, &count);
	if (error < 0 || count == 0) {
		return error;
	}
	struct audit_row *out = arena_try(in->arena, count, sizeof(*out));
	if (out == NULL) {
		return diag_set(in->diag, E_LIMIT, 0, 0, "rows need too much memory");
	}
	size_t i = 0;
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		if (take_row(item, &out[i++]) < 0) {
			return diag_set(
				in->diag, E_FORMAT, 0, 0, "rows[%zu] is malformed", i - 1);
		}
	}
	entry->rows = out;
	entry->row_count = count;
	return 0;
}

static int take_erases(const struct reading *in, struct audit_entry *entry)
{
	const struct json *list = NULL;
	size_t count = 0;
	int error = list_of(in, M_ERASES, AUDIT_ENTRY_ERASES_MAX, &list, &count);
	if (error < 0 || count == 0) {
		return error;
	}
	struct audit_erase *out = arena_try(in->arena, count, sizeof(*out));
	if (out == NULL) {
		return diag_set(in->diag, E_LIMIT, 0, 0, "erases need too much memory");
	}
	size_t i = 0;
	for (const struct json *item = json_first(list); item != NULL; item = json_next(item)) {
		const struct json *seq = json_first(item);
		if (json_type(item) != JSON_ARRAY || json_count(item) != 2 ||
			!json_int(seq, &out[i].seq) || !json_int(json_next(seq), &out[i].n)) {
			return diag_set(
				in->diag, E_FORMAT, 0, 0, "erases[%zu] is malformed", i);
		}
		i++;
	}
	entry->erases = out;
	entry->erase_count = count;
	return 0;
}

/* null and absent are nothing; anything else must be of the type. */
static int take_text(const struct reading *in, enum member member, struct slice *ret_text)
{
	const struct json *value = in->member[member];
	enum json_type type = json_type(value);
	if (type != JSON_ABSENT && type != JSON_NULL && type != JSON_STRING) {
		return diag_set(
			in->diag, E_FORMAT, 0, 0, "%s is not text", member_names[member]);
	}
	*ret_text = json_str(value);
	return 0;
}

static int take_int(const struct reading *in, enum member member, int64_t *ret_value)
{
	const struct json *value = in->member[member];
	enum json_type type = json_type(value);
	if (type == JSON_ABSENT || type == JSON_NULL) {
		return 0;
	}
	if (!json_int(value, ret_value)) {
		return diag_set(in->diag, E_FORMAT, 0, 0, "%s is not a whole number",
			member_names[member]);
	}
	return 0;
}

static int take_members(const struct reading *in, struct audit_entry *entry)
{
	const struct {
		enum member member;
		int64_t *ret_value;
	} numbers[] = { { M_SEQ, &entry->seq }, { M_AT, &entry->at_unix_ms },
		{ M_ASKED, &entry->asked_unix_ms }, { M_ACTOR, &entry->actor_id },
		{ M_ID, &entry->id }, { M_VERSION, &entry->version } };
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		int error = take_int(in, numbers[i].member, numbers[i].ret_value);
		if (error < 0) {
			return error;
		}
	}
	const struct {
		enum member member;
		struct slice *ret_text;
	} texts[] = { { M_TRACE, &entry->trace }, { M_ROLE, &entry->role },
		{ M_ACT, &entry->act }, { M_KIND, &entry->kind },
		{ M_REASON, &entry->reason } };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		int error = take_text(in, texts[i].member, texts[i].ret_text);
		if (error < 0) {
			return error;
		}
	}
	if (entry->seq < 1 || entry->act.n == 0) {
		return diag_set(in->diag, E_FORMAT, 0, 0, "an entry needs a number and an act");
	}
	return 0;
}

int audit_entry_parse(struct arena *arena, struct slice text, struct audit_entry *ret_entry,
	struct diag *diag)
{
	struct reading in = { .arena = arena, .diag = diag };
	struct audit_entry entry = { 0 };
	if (text.n > AUDIT_ENTRY_MAX_OCTETS) {
		return diag_set(diag, E_LIMIT, 0, 0, "the entry has %zu octets", text.n);
	}
	const struct json *root = NULL;
	int error = json_parse(arena, text, 8, &root, diag);
	if (error < 0) {
		return error;
	}
	if (json_type(root) != JSON_OBJECT) {
		return diag_set(diag, E_FORMAT, 0, 0, "the entry is no JSON object");
	}
	find_members(&in, root);
	error = take_members(&in, &entry);
	if (error >= 0) {
		error = take_rows(&in, &entry);
	}
	if (error >= 0) {
		error = take_digests(&in, M_PERSONAL, AUDIT_ENTRY_PERSONAL_MAX, &entry.personal,
			&entry.personal_count);
	}
	if (error >= 0) {
		error = take_digests(
			&in, M_BLOBS, AUDIT_ENTRY_BLOBS_MAX, &entry.blobs, &entry.blob_count);
	}
	if (error >= 0) {
		error = take_erases(&in, &entry);
	}
	if (error >= 0) {
		*ret_entry = entry;
	}
	return error;
}

struct digest audit_entry_leaf(struct slice text)
{
	return audit_leaf(DIGEST_SM3, text);
}

struct digest audit_personal_commit(struct slice salt, struct slice value)
{
	const struct slice parts[] = { salt, value };
	return digest_of_parts(DIGEST_SM3, parts, 2);
}
