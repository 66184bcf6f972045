/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/row.h"

bool audit_row_counts(struct slice column)
{
	return !slice_starts(column, SLICE("live_"));
}

static void put(struct buf *row, struct slice column, char tag, struct slice value)
{
	if (!audit_row_counts(column)) {
		return;
	}
	if (column.n > UINT16_MAX || value.n > AUDIT_ROW_MAX_OCTETS) {
		row->failed = true;
		return;
	}
	buf_put_u16(row, (uint16_t)column.n);
	buf_put(row, column);
	buf_put_byte(row, (uint8_t)tag);
	if (tag == 't' || tag == 'b' || tag == 'r') {
		buf_put_u32(row, (uint32_t)value.n);
	}
	buf_put(row, value);
}

/* Columns younger than the first schema. */
static bool is_young(struct slice column)
{
	static const char *const young[] = { "accountable", "again_cause", "again_note",
		"by_asset", "code_until_ms", "contact_order", "doubt_at_ms", "earlier_id",
		"end_reason", "erased_at_ms", "event_id", "failed_rounds", "for_id", "format",
		"in_post", "incoming_id", "of_id", "origin_id", "parents", "policy_id", "post",
		"read_until_ms", "reader_unit_id", "regulation_id", "review_due", "salt",
		"staff_no", "successor_id", "suppressed", "target_id", "template_id",
		"withdrawn_at_ms" };
	for (size_t i = 0; i < sizeof(young) / sizeof(young[0]); i++) {
		if (slice_is(column, young[i])) {
			return true;
		}
	}
	return false;
}

void audit_row_put_null(struct buf *row, struct slice column)
{
	if (!is_young(column)) {
		put(row, column, 'n', (struct slice) { 0 });
	}
}

void audit_row_put_int(struct buf *row, struct slice column, int64_t value)
{
	uint8_t octet[8];
	for (unsigned i = 0; i < 8; i++) {
		octet[i] = (uint8_t)((uint64_t)value >> 8 * i);
	}
	put(row, column, 'i', slice_of(octet, sizeof(octet)));
}

void audit_row_put_text(struct buf *row, struct slice column, struct slice text)
{
	put(row, column, 't', text);
}

void audit_row_put_blob(struct buf *row, struct slice column, struct slice octets)
{
	put(row, column, 'b', octets);
}

void audit_row_put_real(struct buf *row, struct slice column, struct slice text)
{
	put(row, column, 'r', text);
}

struct digest audit_row_digest(const struct buf *row)
{
	return digest_of(DIGEST_SM3, buf_slice(row));
}
