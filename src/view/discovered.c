/* SPDX-License-Identifier: Apache-2.0 */
/* What was seen on the network and is in no register. */
#include "view/discovered.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "model/maker.h"
#include "model/network.h"
#include "view/page.h"
#include "view/view.h"
#include "workflow/discovery.h"

enum { EVIDENCE_MAX = 200, MAC_TEXT = 18 };

static const char *const sources[] = { [DISCOVERY_SWEEP] = "sweep",
	[DISCOVERY_SNMP] = "snmp",
	[DISCOVERY_NEIGHBOUR] = "neighbour",
	[DISCOVERY_ARP] = "arp",
	[DISCOVERY_FDB] = "fdb",
	[DISCOVERY_FLOW] = "flow",
	[DISCOVERY_LOG] = "log",
	[DISCOVERY_DNS] = "dns" };

enum { SOURCE_COUNT = sizeof(sources) / sizeof(sources[0]) };

/* The unit suggested is that of the range. */
#define SHOWN                                                                                  \
	"SELECT d.id, d.version, d.state, d.live_address, d.live_addresses, d.live_mac,"       \
	" d.live_name, d.live_vendor, d.live_os, d.live_object_id, d.live_kind,"               \
	" d.live_sources, d.found_at_ms, d.live_last_ms, s.id, s.name, su.id, su.name,"        \
	" u.id, u.name, a.id, a.name, d.reason, d.until_ms, p.id, p.name, d.decided_at_ms,"    \
	" d.live_maker, d.live_guess, d.live_guess_by"
#define AROUND                                                                                 \
	" LEFT JOIN subnet s ON s.id = d.live_subnet_id"                                       \
	" AND s.removed_at_ms IS NULL LEFT JOIN unit su ON su.id = s.unit_id"                  \
	" LEFT JOIN unit u ON u.id = d.unit_id LEFT JOIN asset a ON a.id = d.asset_id"         \
	" LEFT JOIN person p ON p.id = d.decided_by"
#define FROM SHOWN " FROM discovered d" AROUND

/* $1 state or "open" or "all", $2 the caller's unit, $3 text, $4 station, $5 source's bit, $6 range,
 * $7 guess or "none". */
#define WHERE                                                                                   \
	" WHERE ($1 = 'all' OR d.state = $1 OR ($1 = 'open' AND d.state IN ('new', 'handed')))" \
	" AND ($2 = 0 OR d.unit_id = $2) AND ($3 = '' OR ($4 <> 0 AND d.live_mac = $4)"         \
	" OR substr(d.live_address, 1, length($3)) = $3"                                        \
	" OR lower(substr(d.live_name, 1, length($3))) = lower($3)"                             \
	" OR lower(substr(d.live_vendor, 1, length($3))) = lower($3)"                           \
	" OR lower(substr(d.live_maker, 1, length($3))) = lower($3))"                           \
	" AND ($5 = 0 OR d.live_sources / CASE WHEN $5 = 0 THEN 1 ELSE $5 END % 2 = 1)"         \
	" AND ($6 = 0 OR d.live_subnet_id = $6)"                                                \
	" AND ($7 = '' OR d.live_guess = $7 OR ($7 = 'none' AND d.live_guess IS NULL))"

/* What is without comes last.  A page goes on behind the row shown last ($8), wherever it stands now. */
#define TEXT_KEY(t, column)                                                                    \
	"CASE WHEN " #t "." column " IS NULL THEN 1 ELSE 0 END, coalesce(lower(" #t "." column \
	"), ''), " #t ".id"
#define LAST_KEY(t) #t ".live_last_ms, " #t ".id"
#define BEHIND(sign, key_d, key_x)                                                             \
	" AND ($8 = 0 OR (" key_d ") " sign " (SELECT " key_x                                  \
	" FROM discovered x WHERE x.id = $8))"
/* Sorted by their ids alone, then read: a sorter that carries every column of all is slow. */
#define SORTED(behind, order)                                                                  \
	SHOWN " FROM (SELECT d.id AS id FROM discovered d" WHERE behind " ORDER BY " order     \
	      " LIMIT $9) k JOIN discovered d ON d.id = k.id" AROUND " ORDER BY " order
#define BY_TEXT(column)                                                                        \
	SORTED(BEHIND(">", TEXT_KEY(d, column), TEXT_KEY(x, column)), TEXT_KEY(d, column))

static const struct {
	const char *name;
	const char *sql;
} sorts[] = {
	{ "newest", FROM WHERE " AND ($8 = 0 OR d.id < $8) ORDER BY d.id DESC LIMIT $9" },
	{ "last", SORTED(BEHIND("<", LAST_KEY(d), LAST_KEY(x)),
			  "d.live_last_ms DESC, d.id DESC") },
	{ "address", BY_TEXT("live_key") },
	{ "name", BY_TEXT("live_name") },
	{ "maker", BY_TEXT("live_maker") },
};

static const char *const grounds[] = { "system", "vendor", "maker" };

static void mac_put(struct jw *jw, int64_t mac)
{
	char text[MAC_TEXT];
	uint64_t m = (uint64_t)mac;
	jw_key(jw, "mac");
	if (mac == 0) {
		jw_null(jw);
		return;
	}
	(void)snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x",
		(unsigned)(m >> 40 & 0xff), (unsigned)(m >> 32 & 0xff),
		(unsigned)(m >> 24 & 0xff), (unsigned)(m >> 16 & 0xff),
		(unsigned)(m >> 8 & 0xff), (unsigned)(m & 0xff));
	jw_str(jw, slice_str(text));
}

static void sources_put(struct jw *jw, int64_t mask)
{
	jw_key(jw, "sources");
	jw_array(jw);
	for (unsigned i = 0; i < SOURCE_COUNT; i++) {
		if ((mask >> i & 1) != 0) {
			jw_str(jw, slice_str(sources[i]));
		}
	}
	jw_end(jw);
}

static void guess_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	int64_t by = db_col_int64(q, 29);
	jw_kv_bool(jw, "mac_random", mac_is_local((uint64_t)db_col_int64(q, 5)));
	page_text_col(view, "maker", q, 27);
	page_text_col(view, "guess", q, 28);
	jw_key(jw, "guess_by");
	jw_array(jw);
	for (unsigned i = 0; i < sizeof(grounds) / sizeof(grounds[0]); i++) {
		if ((by >> i & 1) != 0) {
			jw_str(jw, slice_str(grounds[i]));
		}
	}
	jw_end(jw);
}

static void members_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	jw_kv_int(jw, "id", db_col_int64(q, 0));
	jw_kv_int(jw, "version", db_col_int64(q, 1));
	jw_kv_str(jw, "state", db_col_text(q, 2));
	page_text_col(view, "address", q, 3);
	jw_kv_int(jw, "addresses", db_col_int64(q, 4));
	mac_put(jw, db_col_int64(q, 5));
	page_text_col(view, "name", q, 6);
	page_text_col(view, "vendor", q, 7);
	page_text_col(view, "os", q, 8);
	page_text_col(view, "object_id", q, 9);
	page_text_col(view, "kind", q, 10);
	guess_put(view, q);
	sources_put(jw, db_col_int64(q, 11));
	jw_kv_int(jw, "first_at", db_col_int64(q, 12));
	jw_kv_int(jw, "last_at", db_col_int64(q, 13));
	page_ref_col(view, "subnet", q, 14);
	page_ref_col(view, "suggested", q, 16);
	page_ref_col(view, "unit", q, 18);
	page_ref_col(view, "asset", q, 20);
	page_text_col(view, "reason", q, 22);
	page_int_col(view, "until", q, 23);
	page_ref_col(view, "decided_by", q, 24);
	page_int_col(view, "decided_at", q, 26);
}

static int64_t mac_of(struct slice text)
{
	int64_t mac = 0;
	unsigned digits = 0;
	for (size_t i = 0; i < text.n && digits <= 12; i++) {
		uint8_t c = text.p[i] | 0x20;
		int value = c >= '0' && c <= '9'   ? c - '0'
			    : c >= 'a' && c <= 'f' ? c - 'a' + 10
						   : -1;
		mac = value >= 0 ? mac * 16 + value : mac;
		digits += value >= 0;
	}
	return digits == 12 ? mac : 0;
}

static int64_t source_bit(struct slice text)
{
	for (unsigned i = 0; i < SOURCE_COUNT; i++) {
		if (slice_is(text, sources[i])) {
			return INT64_C(1) << i;
		}
	}
	return 0;
}

static const char *sort_of(struct slice name)
{
	size_t at = sizeof(sorts) / sizeof(sorts[0]) - 1;
	while (at > 0 && !slice_is(name, sorts[at].name)) {
		at--;
	}
	return sorts[at].sql;
}

int view_discovered_list(struct view *view)
{
	struct page page;
	AUTO_STMT struct stmt *q = NULL;
	int64_t total = 0;
	struct slice text = slice_trim(view_param(view, "q"));
	struct slice state = view_param(view, "state");
	struct sql_arg args[] = { SQL_TEXT(state.n > 0 ? state : SLICE("open")),
		SQL_INT(view_unit_filter(view)), SQL_TEXT(text), SQL_INT(mac_of(text)),
		SQL_INT(source_bit(view_param(view, "source"))),
		SQL_INT(view_param_int(view, "subnet_id", 0)),
		SQL_TEXT(view_param(view, "guess")), SQL_INT(0), SQL_INT(0) };
	int row = page_begin(view, &page);
	args[7] = SQL_INT(page.has_cursor ? page.after_id : 0);
	args[8] = SQL_INT(page.limit + 1);
	row = row < 0 ? row
		      : sql_int_args(view->db, "SELECT count(*) FROM discovered d" WHERE,
				&total, args, 7);
	row = row < 0 ? row
		      : sql_query_args(
				view->db, sort_of(view_param(view, "sort")), &q, args, 9);
	while (row >= 0 && (row = db_step(q)) == 1 && page_take(&page, 0, db_col_int64(q, 0))) {
		jw_object(&view->jw);
		members_put(view, q);
		/* Only a single one shows who saw it. */
		jw_key(&view->jw, "evidence");
		jw_array(&view->jw);
		jw_end(&view->jw);
		jw_end(&view->jw);
	}
	if (row >= 0) {
		page_end(view, &page, total);
	}
	return row < 0 ? row : 0;
}

static int sighting_put(struct view *view, struct stmt *q)
{
	struct jw *jw = &view->jw;
	struct network address = { 0 };
	char text[NETWORK_TEXT_MAX] = "";
	if (network_of_hex(db_col_text(q, 4), 128, &address) == 0) {
		network_text(&address, text);
	}
	jw_object(jw);
	jw_kv_str(jw, "source", db_col_text(q, 0));
	page_ref_col(view, "seer", q, 1);
	page_text_col(view, "port", q, 3);
	jw_kv_opt(jw, "address", slice_str(text));
	mac_put(jw, db_col_int64(q, 5));
	page_text_col(view, "name", q, 6);
	jw_kv_int(jw, "first_at", db_col_int64(q, 7));
	jw_kv_int(jw, "last_at", db_col_int64(q, 8));
	jw_end(jw);
	return 0;
}

static int evidence_put(struct view *view, int64_t id)
{
	AUTO_STMT struct stmt *q = NULL;
	int opened = sql_query(view->db,
		"SELECT s.source, w.id, w.name, s.by_port, s.address, s.mac, s.name, s.first_ms,"
		" s.last_ms FROM sighting s LEFT JOIN watch w ON w.id = s.by_device"
		" WHERE s.discovered_id = $1 ORDER BY s.last_ms DESC, s.key LIMIT $2",
		&q, SQL_INT(id), SQL_INT(EVIDENCE_MAX));
	return page_list(view, "evidence", opened, q, sighting_put);
}

int view_discovered_get(struct view *view)
{
	AUTO_STMT struct stmt *q = NULL;
	int64_t id = view->call->id;
	int row = sql_query(view->db, FROM " WHERE d.id = $1", &q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_ABSENT;
	}
	int error = view_unit_reached(view, db_col_int64(q, 18));
	if (error < 0) {
		return error;
	}
	view->version = db_col_int64(q, 1);
	jw_object(&view->jw);
	members_put(view, q);
	error = evidence_put(view, id);
	jw_end(&view->jw);
	return error;
}
