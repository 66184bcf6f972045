/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/err.h"
#include "model/asset_key.h"
#include "records/sql.h"
#include "view/assets.h"
#include "view/page.h"
#include "view/view.h"

struct hit {
	int64_t asset_id;
	int64_t unit_id;
	struct slice asset;
	struct slice unit;
	const char *why;
};

static int hit_take(struct view *view, struct stmt *q, struct hit *hit)
{
	int row = db_step(q);
	if (row == 1) {
		hit->asset_id = db_col_int64(q, 0);
		hit->asset = arena_dup(view->arena, db_col_text(q, 1));
		hit->unit_id = db_col_int64(q, 2);
		hit->unit = arena_dup(view->arena, db_col_text(q, 3));
	}
	return row;
}

#define HIT                                                                                    \
	"SELECT a.id, a.name, a.owner_unit_id, u.name FROM asset_key k JOIN asset a ON a.id "  \
	"= k.asset_id"                                                                         \
	" LEFT JOIN unit u ON u.id = a.owner_unit_id WHERE a.retired_at_ms IS NULL"

/* The lengths there are, longest first; each look is an index hit. */
static int by_network(struct view *view, const struct network *address, struct hit *hit)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = db_prepare(view->db,
		HIT
		" AND k.kind = 'net' AND k.key = $1 AND k.prefix = $2 ORDER BY a.id LIMIT 1",
		&q);
	for (int prefix = address->prefix; prefix >= 0 && found == 0; prefix--) {
		struct network cut = network_cut(address, (uint8_t)prefix);
		char hex[33];
		network_hex(&cut, hex);
		db_bind_text(q, 1, slice_str(hex));
		db_bind_int64(q, 2, prefix);
		found = hit_take(view, q, hit);
		if (found == 1) {
			hit->why = prefix == address->prefix ? "address" : "network";
		}
	}
	return found;
}

static int by_domain(struct view *view, struct slice name, struct hit *hit)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = db_prepare(view->db,
		HIT " AND k.kind = 'domain' AND k.key = $1 ORDER BY a.id LIMIT 1", &q);
	for (struct slice left = name; left.n > 0 && found == 0;) {
		struct slice label = { 0 };
		db_bind_text(q, 1, left);
		found = hit_take(view, q, hit);
		if (found == 1) {
			hit->why = left.n == name.n ? "domain" : "suffix";
		}
		(void)slice_cut(left, '.', &label, &left);
	}
	return found;
}

int view_assets_lookup(struct view *view)
{
	struct asset_keys *keys = arena_take(view->arena, sizeof(*keys));
	struct slice bad = { 0 };
	struct hit hit = { .why = "none" };
	/* Whatever is pasted: an address, a name or a URL. */
	if (asset_keys_domains(keys, slice_trim(view_param(view, "key")), &bad) < 0 ||
		keys->count != 1) {
		return view_refuse(view, E_INPUT, "input.invalid", "key");
	}
	const struct asset_key *key = &keys->item[0];
	int found = key->is_domain ? by_domain(view, slice_str(key->text), &hit)
				   : by_network(view, &key->network, &hit);
	if (found < 0) {
		return found;
	}
	jw_object(&view->jw);
	page_ref(view, "asset", hit.asset_id, hit.asset);
	page_ref(view, "unit", hit.unit_id, hit.unit);
	jw_kv_str(&view->jw, "why", slice_str(hit.why));
	jw_end(&view->jw);
	return 0;
}
