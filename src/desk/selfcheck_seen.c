/* SPDX-License-Identifier: Apache-2.0 */
/* What the platform sees is held against what a unit says. */
#include "records/selfcheck_seen.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "desk/selfcheck_row.h"
#include "desk/selfcheck_sample.h"
#include "records/txn.h"

enum { SEEN_OCTETS_MAX = 4096 };

static void seen_put(struct jw *jw, const struct selfcheck_seen *seen)
{
	jw_kv_int(jw, "findings", seen->findings);
	jw_kv_int(jw, "checks", seen->checks);
	jw_kv_int(jw, "down", seen->down);
}

static struct slice seen_text(struct txn *txn, const struct selfcheck_seen *seen)
{
	AUTO_BUF struct buf text;
	struct jw jw;
	buf_init(&text, SEEN_OCTETS_MAX);
	jw_init(&jw, &text);
	jw_object(&jw);
	seen_put(&jw, seen);
	jw_end(&jw);
	return arena_dup(txn_arena(txn), buf_slice(&text));
}

int selfcheck_against(
	struct txn *txn, struct selfcheck_row *row, struct selfcheck_item_row *items, int count)
{
	AUTO_BUF struct buf text;
	struct jw jw;
	int against = 0;
	int error = 0;
	buf_init(&text, SEEN_OCTETS_MAX);
	jw_init(&jw, &text);
	jw_array(&jw);
	for (int i = 0; i < count && error == 0; i++) {
		struct selfcheck_seen seen = { 0 };
		const struct selfcheck_asked asked = { row->id, row->unit_id, items[i].item,
			items[i].finding_kind };
		error = selfcheck_seen_load(
			txn_db(txn), &asked, row->submitted_at_ms, txn_now_ms(txn), &seen);
		items[i].seen = seen_text(txn, &seen);
		if (error < 0 || items[i].answer != SELFCHECK_NONE ||
			seen.findings + seen.down == 0) {
			continue;
		}
		against++;
		jw_object(&jw);
		jw_kv_str(&jw, "item", items[i].item);
		seen_put(&jw, &seen);
		jw_end(&jw);
	}
	jw_end(&jw);
	row->against = against > 0 ? arena_dup(txn_arena(txn), buf_slice(&text))
				   : (struct slice) { 0 };
	return error < 0 ? error : text.failed ? E_LIMIT : against;
}
