/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "audit/walk_priv.h"
#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/num.h"

/* A claim's key holds the entry's number above the place in its list. */
enum { CLAIM_SHIFT = 256 };

void walk_init(struct walk *walk, const struct audit_target *target, audit_found_fn *found,
	void *context)
{
	*walk = (struct walk) {
		.target = target, .found = found, .context = context, .next = 1
	};
	walk->arena = arena_create(0);
	walk->hash = hash_create();
	walk->index = index_create();
	walk->claims = index_create();
	audit_tree_init(&walk->by_leaf, DIGEST_SM3);
	audit_tree_init(&walk->by_text, DIGEST_SM3);
	walk->report.signatures_checked = target->key != NULL;
}

void walk_fini(struct walk *walk)
{
	walk->arena = arena_destroy(walk->arena);
	walk->hash = hash_destroy(walk->hash);
	walk->index = index_destroy(walk->index);
	walk->claims = index_destroy(walk->claims);
}

void walk_say(struct walk *walk, enum audit_problem_code code, int64_t seq, int64_t other,
	struct slice what)
{
	struct audit_problem problem = { .code = code, .seq = seq, .other = other };
	size_t octets = what.n < sizeof(problem.what) ? what.n : sizeof(problem.what) - 1;
	if (octets > 0) {
		memcpy(problem.what, what.p, octets);
	}
	walk->report.problems++;
	walk->found(walk->context, &problem);
}

void walk_say_row(struct walk *walk, enum audit_problem_code code, int64_t seq,
	struct slice table, int64_t id)
{
	char what[160];
	(void)snprintf(what, sizeof(what), "%.*s #%lld", (int)(table.n < 64 ? table.n : 64),
		(const char *)table.p, (long long)id);
	walk_say(walk, code, seq, 0, slice_str(what));
}

static void say_place(
	struct walk *walk, enum audit_problem_code code, int64_t seq, int64_t other, int64_t n)
{
	char what[24];
	(void)snprintf(what, sizeof(what), "%lld", (long long)n);
	walk_say(walk, code, seq, other, slice_str(what));
}

/* Values of the entry at hand that never came. */
static void close_personal(struct walk *walk)
{
	for (; walk->personal_next < walk->personal_count; walk->personal_next++) {
		walk_say(walk, AUDIT_PERSONAL_MISSING, walk->seq, walk->personal_next,
			(struct slice) { 0 });
	}
}

/* Put the leaf where it belongs: false when it does not stand in line. */
static bool place_leaf(struct walk *walk, const struct audit_item *item, int64_t own_seq)
{
	struct digest by_text = hash_leaf(walk->hash, item->text);
	if (own_seq != 0 && own_seq != item->seq) {
		walk_say(walk, AUDIT_ENTRY_SWAPPED, item->seq, own_seq, (struct slice) { 0 });
	}
	if (item->seq < walk->next || (item->seq > walk->next && own_seq != item->seq)) {
		/* A number that was used already, or one nobody vouches for. */
		if (own_seq == 0 || own_seq == item->seq) {
			walk_say(walk, AUDIT_ENTRY_SWAPPED, item->seq, own_seq,
				(struct slice) { 0 });
		}
		return false;
	}
	if (item->seq > walk->next) {
		walk_say(walk, AUDIT_ENTRY_MISSING, walk->next, item->seq - 1,
			(struct slice) { 0 });
		walk->broken = true;
	}
	walk->next = item->seq + 1;
	if (!digest_eq(&by_text, &item->leaf)) {
		walk_say(walk, AUDIT_ENTRY_CHANGED, item->seq, 0, (struct slice) { 0 });
		if (!walk->forked) {
			walk->forked = true;
			walk->by_text = walk->by_leaf;
		}
	}
	hash_append(walk->hash, &walk->by_leaf, &item->leaf);
	if (walk->forked) {
		hash_append(walk->hash, &walk->by_text, &by_text);
	}
	return true;
}

static int note_rows(struct walk *walk, const struct audit_entry *entry)
{
	for (size_t i = 0; i < entry->row_count; i++) {
		const struct audit_row *row = &entry->rows[i];
		int table = index_table(walk->index, row->table);
		if (table < 0) {
			return table;
		}
		const struct index_slot slot = { .id = row->id,
			.seq = entry->seq,
			.version = row->version,
			.digest = row->digest,
			.table = (uint16_t)table,
			.deleted = row->deleted };
		int error = index_put(walk->index, &slot);
		if (error < 0) {
			return error;
		}
	}
	for (size_t i = 0; i < entry->blob_count; i++) {
		int error = index_put_blob(walk->index, &entry->blobs[i], entry->seq);
		if (error < 0) {
			return error;
		}
	}
	return 0;
}

/* An erasing entry frees the values that said so. */
static void settle_claims(struct walk *walk, const struct audit_entry *entry)
{
	struct audit_report *report = &walk->report;
	if (!slice_is(entry->act, AUDIT_ACT_ERASE)) {
		return;
	}
	if (entry->erase_count > 0 && report->erasers++ < AUDIT_ERASERS_MAX) {
		report->eraser[report->erasers - 1] = entry->seq;
	}
	for (size_t i = 0; i < entry->erase_count; i++) {
		const struct audit_erase *erase = &entry->erases[i];
		struct index_slot *claim = NULL;
		if (erase->seq > 0 && erase->seq < INT64_MAX / CLAIM_SHIFT && erase->n >= 0 &&
			erase->n < CLAIM_SHIFT) {
			claim = index_find(
				walk->claims, 0, erase->seq * CLAIM_SHIFT + erase->n);
		}
		if (claim != NULL && claim->version == entry->seq) {
			claim->seen = true;
		} else {
			say_place(walk, AUDIT_PERSONAL_KEPT, erase->seq, entry->seq, erase->n);
		}
	}
}

static int on_entry(struct walk *walk, const struct audit_item *item)
{
	struct audit_entry entry = { 0 };
	struct diag diag = { 0 };
	close_personal(walk);
	walk->seq = item->seq;
	walk->personal_count = 0;
	walk->personal_next = 0;
	arena_reset(walk->arena);
	int error = audit_entry_parse(walk->arena, item->text, &entry, &diag);
	bool placed = place_leaf(walk, item, error < 0 ? 0 : entry.seq);
	if (item->odd) {
		walk_say(walk, AUDIT_ENTRY_COLUMN, item->seq, 0, SLICE("type"));
	}
	if (error < 0) {
		walk_say(walk, AUDIT_ENTRY_UNREADABLE, item->seq, 0, slice_str(diag.text));
		/* Its values cannot be held against anything: owe and expect none. */
		walk->personal_count = -1;
		return 0;
	}
	if (entry.at_unix_ms != item->at_unix_ms) {
		walk_say(walk, AUDIT_ENTRY_COLUMN, item->seq, 0, SLICE("at_ms"));
	}
	walk->personal_count = (int64_t)entry.personal_count;
	if (entry.personal_count > 0) {
		memcpy(walk->personal, entry.personal,
			entry.personal_count * sizeof(struct digest));
	}
	settle_claims(walk, &entry);
	if (!placed) {
		return 0;
	}
	walk->report.entries++;
	walk->report.first = walk->report.first == 0 ? item->seq : walk->report.first;
	walk->report.last = item->seq;
	entry.seq = item->seq;
	return note_rows(walk, &entry);
}

/* The value as it stands: kept as promised, erased by somebody, or touched. */
static int check_value(struct walk *walk, const struct audit_item *item)
{
	const struct digest *want = &walk->personal[item->n];
	if (!item->odd && item->gone && item->erased_by > 0 &&
		item->seq < INT64_MAX / CLAIM_SHIFT) {
		walk->report.erased++;
		const struct index_slot claim = { .id = item->seq * CLAIM_SHIFT + item->n,
			.seq = item->seq,
			.version = item->erased_by };
		return index_put(walk->claims, &claim);
	}
	struct digest have = audit_personal_commit(item->salt, item->text);
	if (item->odd || item->gone || item->erased_by != 0 ||
		item->salt.n != AUDIT_SALT_OCTETS || !digest_eq(want, &have)) {
		walk_say(
			walk, AUDIT_PERSONAL_CHANGED, item->seq, item->n, (struct slice) { 0 });
	}
	return 0;
}

static int on_personal(struct walk *walk, const struct audit_item *item)
{
	walk->report.personal++;
	if (item->seq == walk->seq && walk->personal_count < 0) {
		return 0; /* of an entry already named as unreadable */
	}
	if (item->seq != walk->seq || item->n < walk->personal_next ||
		item->n >= walk->personal_count) {
		walk_say(walk, AUDIT_PERSONAL_EXTRA, item->seq, item->n, (struct slice) { 0 });
		return 0;
	}
	for (; walk->personal_next < item->n; walk->personal_next++) {
		walk_say(walk, AUDIT_PERSONAL_MISSING, walk->seq, walk->personal_next,
			(struct slice) { 0 });
	}
	walk->personal_next++;
	return check_value(walk, item);
}

/* Hold one root against both trees; on a fit they become one again. */
static void compare_root(struct walk *walk, const struct audit_head *head)
{
	struct digest by_leaf = audit_tree_root(&walk->by_leaf);
	struct digest by_text = walk->forked ? audit_tree_root(&walk->by_text) : by_leaf;
	if (digest_eq(&by_leaf, &head->root)) {
		walk->by_text = walk->by_leaf;
	} else if (digest_eq(&by_text, &head->root)) {
		walk->by_leaf = walk->by_text;
	} else {
		if (!walk->unmatched) {
			walk_say(walk, AUDIT_HEAD_MISMATCH, head->size,
				walk->report.confirmed + 1, (struct slice) { 0 });
		}
		walk->unmatched = true;
		return;
	}
	walk->forked = false;
	walk->unmatched = false;
	walk->report.confirmed = head->size;
}

static void say_truncated(struct walk *walk, int64_t size, struct slice who)
{
	if (size >= walk->next && !walk->past_end) {
		walk->past_end = true;
		walk_say(walk, AUDIT_LOG_TRUNCATED, walk->next, size, who);
	}
}

static void on_head(struct walk *walk, const struct audit_item *item)
{
	const struct audit_head *head = &item->head;
	walk->report.heads++;
	if (item->odd || head->size < 1) {
		walk_say(walk, AUDIT_HEAD_MALFORMED, head->size, 0, SLICE("type or length"));
		return;
	}
	if (walk->target->key != NULL && audit_head_check(walk->target->key, head) < 0) {
		walk_say(walk, AUDIT_HEAD_FORGED, head->size, 0, (struct slice) { 0 });
		return;
	}
	if (head->size >= walk->next) {
		say_truncated(walk, head->size, SLICE("head"));
	} else if (head->size != walk->next - 1) {
		walk_say(walk, AUDIT_HEAD_MALFORMED, head->size, 0, SLICE("out of order"));
	} else if (!walk->broken) {
		compare_root(walk, head);
	}
}

/* The head somebody kept outside, when the log has just reached its size. */
static void on_kept_head(struct walk *walk)
{
	const struct audit_head *kept = walk->target->head;
	if (kept == NULL || walk->kept_seen || kept->size != walk->next - 1) {
		return;
	}
	walk->kept_seen = true;
	if (!walk->broken) {
		walk->unmatched = false;
		compare_root(walk, kept);
	}
}

static void on_file_end(struct walk *walk, const struct audit_item *item)
{
	struct audit_report *report = &walk->report;
	say_truncated(walk, item->seq, SLICE("trailer"));
	if (item->seq < report->last || item->n != (int64_t)report->personal ||
		item->heads != (int64_t)report->heads) {
		walk_say(walk, AUDIT_EXPORT_LINE, 0, 0,
			SLICE("the counts at the end do not fit"));
	}
}

int walk_item(struct walk *walk, const struct audit_item *item)
{
	int error = 0;
	if (item->kind != AUDIT_ITEM_PERSONAL && item->kind != AUDIT_ITEM_HEAD) {
		on_kept_head(walk);
	}
	switch (item->kind) {
	case AUDIT_ITEM_ENTRY:
		error = on_entry(walk, item);
		break;
	case AUDIT_ITEM_PERSONAL:
		error = on_personal(walk, item);
		break;
	case AUDIT_ITEM_HEAD:
		on_head(walk, item);
		break;
	case AUDIT_ITEM_END:
		on_file_end(walk, item);
		break;
	case AUDIT_ITEM_DAMAGE:
		walk->broke_off = walk->broke_off || item->n == 0;
		walk_say(walk,
			walk->target->export_path != NULL ? AUDIT_EXPORT_LINE
							  : AUDIT_STORE_DAMAGED,
			item->seq, 0, item->text);
		break;
	case AUDIT_ITEM_BEGIN:
		break;
	}
	return error;
}

static void check_kept_head(struct walk *walk)
{
	const struct audit_head *kept = walk->target->head;
	on_kept_head(walk);
	if (kept == NULL) {
		return;
	}
	if (walk->target->key != NULL && audit_head_check(walk->target->key, kept) < 0) {
		walk_say(walk, AUDIT_HEAD_FORGED, kept->size, 0, SLICE("kept"));
	}
	say_truncated(walk, kept->size, SLICE("kept head"));
}

void walk_end(struct walk *walk, int64_t last_seq)
{
	close_personal(walk);
	check_kept_head(walk);
	say_truncated(walk, last_seq, SLICE("counter"));
	size_t cursor = 0;
	for (struct index_slot *claim = index_next(walk->claims, &cursor); claim != NULL;
		claim = index_next(walk->claims, &cursor)) {
		if (!claim->seen) {
			say_place(walk, AUDIT_PERSONAL_ERASED, claim->id / CLAIM_SHIFT,
				claim->version, claim->id % CLAIM_SHIFT);
		}
	}
}
