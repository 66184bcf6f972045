/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/discovered_match.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "desk/sightings.h"
#include "desk/subnet_list.h"
#include "model/maker.h"
#include "records/sql.h"
#include "records/trail.h"
#include "records/txn.h"
#include "workflow/discovery.h"
#include "workflow/guess.h"

enum { HOPS_MAX = 8, SAID_OCTETS_MAX = 4096 };

enum state { NEW, HANDED, CLAIMED, MERGED, IGNORED, JOINED };

static const char *const states[] = { "new", "handed", "claimed", "merged", "ignored", "joined",
	NULL };

/* A record as it stands. */
struct known {
	int64_t id;
	int64_t version;
	enum state state;
	int64_t asset_id;
	int64_t joined_id;
	int64_t until_ms;
	uint64_t mac;
	uint64_t said; /* digest of what the network says of it */
	bool asset_retired;
};

/* What the network says of a device; kept as live_. */
enum { ADDRESS, NAME, VENDOR, SYSTEM, OBJECT_ID, KIND, MAKER, GUESS, KEY, TEXT_COUNT };
enum { ADDRESSES, MAC, SUBNET, SOURCES, LAST_MS, GUESS_BY, NUMBER_COUNT };

#define LIVE_TEXTS                                                                              \
	"live_address, live_name, live_vendor, live_os, live_object_id, live_kind, live_maker," \
	" live_guess, live_key"
#define LIVE_NUMBERS                                                                           \
	"live_addresses, live_mac, live_subnet_id, live_sources, live_last_ms, live_guess_by"

struct said {
	struct slice text[TEXT_COUNT];
	int64_t number[NUMBER_COUNT];
};

struct pass {
	struct txn *txn;
	struct db *db;
	struct arena *arena;
	const struct makers *makers;
	struct subnets subnets;
	struct discovery_seen *seen;
	int64_t *belongs; /* record each sighting was found to be of */
	struct slice *keys;
	struct slice *vendors;
	struct slice *systems;
	size_t seen_count;
	struct discovery_asset *assets;
	size_t asset_count;
	struct known *known;   /* by id */
	struct known **by_mac; /* those that were there before, by station, then id */
	size_t by_mac_count;
	size_t known_count;
	size_t begun;
	size_t acts;
	int64_t act_id;
};

/* ---- what there is */

static enum discovery_source source_of(struct slice text)
{
	unsigned source = 0;
	while (source + 1 < DISCOVERY_SOURCE_COUNT &&
		!slice_is(text, sighting_sources[source])) {
		source++;
	}
	return (enum discovery_source)source;
}

static int count_of(struct pass *pass, const char *sql, size_t *ret_count)
{
	int64_t count = 0;
	int row = sql_int_args(pass->db, sql, &count, NULL, 0);
	*ret_count = (size_t)count;
	return row < 0 ? row : 0;
}

static int seen_load(struct pass *pass)
{
	size_t room = 0;
	int row = count_of(pass, "SELECT count(*) FROM sighting", &room);
	pass->seen = arena_take(pass->arena, (room + 1) * sizeof(*pass->seen));
	pass->belongs = arena_take(pass->arena, (room + 1) * sizeof(*pass->belongs));
	pass->keys = arena_take(pass->arena, (room + 1) * sizeof(*pass->keys));
	pass->vendors = arena_take(pass->arena, (room + 1) * sizeof(*pass->vendors));
	pass->systems = arena_take(pass->arena, (room + 1) * sizeof(*pass->systems));
	AUTO_STMT struct stmt *q = NULL;
	row = row < 0 ? row
		      : db_prepare(pass->db,
				"SELECT key, source, by_device, address, mac, name, vendor, os,"
				" object_id, last_ms, discovered_id, chassis FROM sighting"
				" ORDER BY key",
				&q);
	while (row >= 0 && pass->seen_count < room && (row = db_step(q)) == 1) {
		size_t at = pass->seen_count;
		struct discovery_seen *seen = &pass->seen[at];
		*seen = (struct discovery_seen) { .source = source_of(db_col_text(q, 1)),
			.seen_ms = db_col_int64(q, 9),
			.mac = (uint64_t)db_col_int64(q, 4),
			.chassis = arena_dup(pass->arena, db_col_text(q, 11)),
			.name = arena_dup(pass->arena, db_col_text(q, 5)),
			.sys_object_id = arena_dup(pass->arena, db_col_text(q, 8)),
			.by_device = db_col_int64(q, 2) };
		if (network_of_hex(db_col_text(q, 3), 128, &seen->address) < 0) {
			seen->address = (struct network) { 0 };
		}
		pass->keys[at] = arena_dup(pass->arena, db_col_text(q, 0));
		pass->vendors[at] = arena_dup(pass->arena, db_col_text(q, 6));
		pass->systems[at] = arena_dup(pass->arena, db_col_text(q, 7));
		pass->belongs[at] = db_col_int64(q, 10);
		/* A range may have been put out of sight since. */
		pass->seen_count += seen->address.prefix == 0 ||
				    !subnet_off(&pass->subnets, &seen->address);
	}
	return row < 0 ? row : 0;
}

static uint64_t said_digest(const struct said *said)
{
	AUTO_BUF struct buf text;
	buf_init(&text, SAID_OCTETS_MAX);
	for (size_t i = 0; i < TEXT_COUNT; i++) {
		buf_put(&text, said->text[i]);
		buf_put_byte(&text, 0);
	}
	buf_put(&text, slice_of(said->number, sizeof(said->number)));
	return digest_xxh3(buf_slice(&text));
}

static uint64_t row_digest(struct stmt *q, unsigned first)
{
	struct said said = { 0 };
	for (unsigned i = 0; i < TEXT_COUNT; i++) {
		said.text[i] = db_col_text(q, first + i);
	}
	for (unsigned i = 0; i < NUMBER_COUNT; i++) {
		said.number[i] = db_col_int64(q, first + TEXT_COUNT + i);
	}
	return said_digest(&said);
}

static int mac_order(const void *a, const void *b)
{
	const struct known *x = *(struct known *const *)a;
	const struct known *y = *(struct known *const *)b;
	if (x->mac != y->mac) {
		return x->mac > y->mac ? 1 : -1;
	}
	return (x->id > y->id) - (x->id < y->id);
}

static void stations_sort(struct pass *pass)
{
	pass->by_mac =
		arena_take(pass->arena, (pass->known_count + 1) * sizeof(struct known *));
	for (size_t i = 0; i < pass->known_count; i++) {
		if (pass->known[i].mac != 0) {
			pass->by_mac[pass->by_mac_count++] = &pass->known[i];
		}
	}
	if (pass->by_mac_count > 0) {
		qsort(pass->by_mac, pass->by_mac_count, sizeof(struct known *), mac_order);
	}
}

static int known_load(struct pass *pass)
{
	size_t room = 0;
	int row = count_of(pass, "SELECT count(*) FROM discovered", &room);
	/* Those that this pass begins come behind. */
	pass->known =
		arena_take(pass->arena, (room + DISCOVERED_AT_ONCE_MAX) * sizeof(*pass->known));
	AUTO_STMT struct stmt *q = NULL;
	row = row < 0 ? row
		      : db_prepare(pass->db,
				"SELECT d.id, d.version, d.state, d.asset_id, d.joined_id,"
				" d.until_ms, d.live_mac, a.retired_at_ms, " LIVE_TEXTS
				", " LIVE_NUMBERS " FROM discovered d"
				" LEFT JOIN asset a ON a.id = d.asset_id ORDER BY d.id",
				&q);
	while (row >= 0 && pass->known_count < room && (row = db_step(q)) == 1) {
		struct known *known = &pass->known[pass->known_count++];
		unsigned state = 0;
		while (state < JOINED && !slice_is(db_col_text(q, 2), states[state])) {
			state++;
		}
		*known = (struct known) { .id = db_col_int64(q, 0),
			.version = db_col_int64(q, 1),
			.state = (enum state)state,
			.asset_id = db_col_int64(q, 3),
			.joined_id = db_col_int64(q, 4),
			.until_ms = db_col_int64(q, 5),
			.mac = (uint64_t)db_col_int64(q, 6),
			.said = row_digest(q, 8),
			.asset_retired = !db_col_is_null(q, 7) };
	}
	stations_sort(pass);
	return row < 0 ? row : 0;
}

/* Each key by itself: an asset may come more than once in the list. */
static int assets_load(struct pass *pass)
{
	size_t keys = 0;
	int row = count_of(pass, "SELECT count(*) FROM asset_key", &keys);
	pass->assets =
		arena_take(pass->arena, (keys + pass->known_count + 1) * sizeof(*pass->assets));
	AUTO_STMT struct stmt *q = NULL;
	row = row < 0 ? row
		      : db_prepare(pass->db,
				"SELECT k.asset_id, k.kind, k.key, k.prefix FROM asset_key k"
				" JOIN asset a ON a.id = k.asset_id WHERE a.retired_at_ms IS NULL"
				" ORDER BY k.asset_id, k.kind, k.key, k.prefix",
				&q);
	while (row >= 0 && pass->asset_count < keys && (row = db_step(q)) == 1) {
		struct asset_key *key = arena_take(pass->arena, sizeof(*key));
		struct slice text = slice_head(db_col_text(q, 2), ASSET_KEY_MAX_OCTETS);
		key->is_domain = slice_is(db_col_text(q, 1), "domain");
		memcpy(key->text, text.p, text.n);
		bool good = key->is_domain ||
			    network_of_hex(text, db_col_int64(q, 3), &key->network) == 0;
		pass->assets[pass->asset_count++] = (struct discovery_asset) {
			.id = db_col_int64(q, 0), .keys = key, .key_count = good
		};
	}
	return row < 0 ? row : 0;
}

/* The register has no column for stations: they are known by what was decided of them. */
static int stations_load(struct pass *pass)
{
	size_t room = pass->known_count;
	AUTO_STMT struct stmt *q = NULL;
	int row = db_prepare(pass->db,
		"SELECT d.asset_id, d.live_mac FROM discovered d JOIN asset a ON a.id = d.asset_id"
		" WHERE d.live_mac <> 0 AND a.retired_at_ms IS NULL"
		" AND d.state IN ('claimed', 'merged') ORDER BY d.id",
		&q);
	while (row >= 0 && room > 0 && (row = db_step(q)) == 1) {
		uint64_t *mac = arena_take(pass->arena, sizeof(*mac));
		*mac = (uint64_t)db_col_int64(q, 1);
		pass->assets[pass->asset_count++] = (struct discovery_asset) {
			.id = db_col_int64(q, 0), .macs = mac, .mac_count = 1
		};
		room--;
	}
	return row < 0 ? row : 0;
}

/* ---- records */

static int by_id(const void *key, const void *item)
{
	int64_t id = *(const int64_t *)key;
	const struct known *known = item;
	return (id > known->id) - (id < known->id);
}

/* What it was joined to stands for it. */
static struct known *known_get(struct pass *pass, int64_t id)
{
	struct known *known = NULL;
	for (unsigned hops = 0; id != 0 && hops < HOPS_MAX; hops++) {
		known = bsearch(&id, pass->known, pass->known_count, sizeof(*known), by_id);
		id = known != NULL && known->state == JOINED ? known->joined_id : 0;
	}
	return known;
}

static int record_state(struct pass *pass, struct known *known, enum state state,
	int64_t asset_id, int64_t joined_id)
{
	int64_t done = sql_run(pass->db,
		"UPDATE discovered SET version = version + 1, state = $2, asset_id = $3,"
		" joined_id = $4, reason = NULL, until_ms = NULL, decided_by = NULL,"
		" decided_at_ms = $5 WHERE id = $1",
		SQL_INT(known->id), SQL_STR(states[state]), SQL_INT_OR_NULL(asset_id),
		SQL_INT_OR_NULL(joined_id), SQL_INT(txn_now_ms(pass->txn)));
	known->state = state;
	known->joined_id = joined_id;
	known->version++;
	pass->acts++;
	pass->act_id = known->id;
	int error = done < 0 ? (int)done : trail_row(pass->txn, "discovered", known->id);
	return error < 0 ? error
			 : txn_change(pass->txn, "discovered", known->id, known->version);
}

/* The oldest that was there before; those begun in this pass are of other stations. */
static struct known *station_find(const struct pass *pass, uint64_t mac)
{
	size_t low = 0;
	size_t high = pass->by_mac_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (pass->by_mac[middle]->mac < mac) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	while (low < pass->by_mac_count && pass->by_mac[low]->mac == mac &&
		pass->by_mac[low]->state == JOINED) {
		low++;
	}
	bool found = low < pass->by_mac_count && pass->by_mac[low]->mac == mac;
	return found ? pass->by_mac[low] : NULL;
}

static struct known *record_find(struct pass *pass, const struct discovery_device *device)
{
	struct known *found = NULL;
	for (size_t i = 0; i < device->evidence_count; i++) {
		struct known *known =
			known_get(pass, pass->belongs[device->evidence[i] - pass->seen]);
		if (known != NULL && (found == NULL || known->id < found->id)) {
			found = known;
		}
	}
	return found != NULL || device->mac == 0 ? found : station_find(pass, device->mac);
}

/* The kind of asset it would be, as far as that can be said. */
static const char *kind_of(const struct discovery_device *device, const struct guess *guess)
{
	bool speaks = device->sys_object_id.n > 0 ||
		      (device->sources & 1u << DISCOVERY_NEIGHBOUR) != 0;
	bool known = guess->what != GUESS_NOTHING && guess->what != GUESS_MOBILE;
	return guess->what == GUESS_SERVER ? "server" : known || speaks ? "device" : NULL;
}

static struct guess_basis basis_of(
	const struct pass *pass, const struct discovery_device *device)
{
	struct guess_basis basis = { .maker = maker_of(pass->makers, device->mac) };
	for (size_t i = 0; i < device->evidence_count; i++) {
		size_t at = (size_t)(device->evidence[i] - pass->seen);
		basis.vendor = basis.vendor.n > 0 ? basis.vendor : pass->vendors[at];
		basis.system = basis.system.n > 0 ? basis.system : pass->systems[at];
	}
	return basis;
}

static struct said said_of(const struct pass *pass, const struct discovery_device *device,
	char ret_address[NETWORK_TEXT_MAX], char ret_hex[33])
{
	struct guess_basis basis = basis_of(pass, device);
	struct guess guess = guess_of(&basis);
	const struct subnet *subnet = NULL;
	ret_address[0] = ret_hex[0] = '\0';
	if (device->address.prefix != 0) {
		network_text(&device->address, ret_address);
		network_hex(&device->address, ret_hex);
		subnet = subnet_of(&pass->subnets, &device->address);
	}
	return (struct said) { .text = { [ADDRESS] = slice_str(ret_address),
				       [NAME] = device->name,
				       [VENDOR] = basis.vendor,
				       [SYSTEM] = basis.system,
				       [OBJECT_ID] = device->sys_object_id,
				       [KIND] = slice_str(kind_of(device, &guess)),
				       [MAKER] = basis.maker,
				       [GUESS] = slice_str(guess_text(guess.what)),
				       [KEY] = slice_str(ret_hex) },
		.number = { [ADDRESSES] = (int64_t)device->address_count,
			[MAC] = (int64_t)device->mac,
			[SUBNET] = subnet != NULL ? subnet->id : 0,
			[SOURCES] = device->sources,
			[LAST_MS] = device->last_ms,
			[GUESS_BY] = guess.by } };
}

/* Most say what they said before: those are not written again. */
static int record_say(
	struct pass *pass, struct known *known, const struct discovery_device *device)
{
	char address[NETWORK_TEXT_MAX];
	char hex[33];
	struct said said = said_of(pass, device, address, hex);
	uint64_t digest = said_digest(&said);
	if (digest == known->said) {
		return 0;
	}
	known->said = digest;
	const struct slice *t = said.text;
	const int64_t *n = said.number;
	int64_t done = sql_run(pass->db,
		"UPDATE discovered SET live_address = $2, live_addresses = $3, live_mac = $4,"
		" live_name = $5, live_vendor = $6, live_os = $7, live_object_id = $8,"
		" live_kind = $9, live_subnet_id = $10, live_sources = $11, live_last_ms = $12,"
		" live_maker = $13, live_guess = $14, live_guess_by = $15, live_key = $16"
		" WHERE id = $1",
		SQL_INT(known->id), SQL_TEXT_OR_NULL(t[ADDRESS]), SQL_INT(n[ADDRESSES]),
		SQL_INT(n[MAC]), SQL_TEXT_OR_NULL(t[NAME]), SQL_TEXT_OR_NULL(t[VENDOR]),
		SQL_TEXT_OR_NULL(t[SYSTEM]), SQL_TEXT_OR_NULL(t[OBJECT_ID]),
		SQL_TEXT_OR_NULL(t[KIND]), SQL_INT_OR_NULL(n[SUBNET]), SQL_INT(n[SOURCES]),
		SQL_INT(n[LAST_MS]), SQL_TEXT_OR_NULL(t[MAKER]), SQL_TEXT_OR_NULL(t[GUESS]),
		SQL_INT(n[GUESS_BY]), SQL_TEXT_OR_NULL(t[KEY]));
	return done < 0 ? (int)done : 0;
}

static int record_begin(
	struct pass *pass, const struct discovery_device *device, struct known **ret_known)
{
	struct known *known = &pass->known[pass->known_count];
	*known = (struct known) { .id = txn_id(pass->txn), .version = 1, .mac = device->mac };
	int64_t done = sql_run(pass->db,
		"INSERT INTO discovered (id, version, state, found_at_ms, live_last_ms)"
		" VALUES ($1, 1, 'new', $2, $3)",
		SQL_INT(known->id), SQL_INT(device->first_ms), SQL_INT(device->last_ms));
	pass->known_count++;
	pass->begun++;
	pass->acts++;
	pass->act_id = known->id;
	*ret_known = known;
	int error = done < 0 ? (int)done : trail_row(pass->txn, "discovered", known->id);
	return error < 0 ? error : txn_change(pass->txn, "discovered", known->id, 1);
}

/* What was two turns out to be one: the older record stays, undecided others join it. */
static int evidence_bind(
	struct pass *pass, struct known *known, const struct discovery_device *device)
{
	int error = 0;
	for (size_t i = 0; i < device->evidence_count && error >= 0; i++) {
		size_t at = (size_t)(device->evidence[i] - pass->seen);
		struct known *other = known_get(pass, pass->belongs[at]);
		if (other != NULL && other != known &&
			(other->state == NEW || other->state == HANDED)) {
			error = record_state(pass, other, JOINED, 0, known->id);
		}
		if (pass->belongs[at] != known->id && error >= 0) {
			int64_t done = sql_run(pass->db,
				"UPDATE sighting SET discovered_id = $2 WHERE key = $1",
				SQL_TEXT(pass->keys[at]), SQL_INT(known->id));
			pass->belongs[at] = known->id;
			error = done < 0 ? (int)done : 0;
		}
	}
	return error;
}

/* In no register: decided ones come back when the decision no longer holds.  One whose asset is in
 * use stays decided, even where the register knows no address of it. */
static int unregistered_take(struct pass *pass, const struct discovery_device *device)
{
	struct known *known = record_find(pass, device);
	int error = 0;
	if (known == NULL && pass->begun == DISCOVERED_AT_ONCE_MAX) {
		return 0;
	}
	if (known == NULL) {
		error = record_begin(pass, device, &known);
	} else if (known->asset_retired ||
		   (known->state == IGNORED && known->until_ms <= txn_now_ms(pass->txn) &&
			   device->last_ms > known->until_ms)) {
		error = record_state(pass, known, NEW, 0, 0);
	}
	error = error < 0 ? error : evidence_bind(pass, known, device);
	return error < 0 ? error : record_say(pass, known, device);
}

/* In a register by now: whoever was asked about it need not answer. */
static int registered_take(struct pass *pass, const struct discovery_device *device)
{
	struct known *known = record_find(pass, device);
	if (known == NULL) {
		return 0;
	}
	int error = 0;
	if (known->state == NEW || known->state == HANDED) {
		error = record_state(pass, known, MERGED, device->asset, 0);
	}
	error = error < 0 ? error : evidence_bind(pass, known, device);
	return error < 0 ? error : record_say(pass, known, device);
}

static int devices_take(struct pass *pass, bool *ret_more)
{
	struct discovery found = { 0 };
	struct discovery_input input = { pass->seen, pass->seen_count, pass->assets,
		pass->asset_count };
	int error = discovery_match(&input, pass->arena, &found);
	for (size_t i = 0; i < found.count && error >= 0; i++) {
		const struct discovery_device *device = &found.devices[i];
		error = device->verdict == DISCOVERY_UNREGISTERED
				? unregistered_take(pass, device)
				: registered_take(pass, device);
	}
	*ret_more = pass->begun == DISCOVERED_AT_ONCE_MAX;
	return error;
}

int discovered_match(struct txn *txn, const struct makers *makers)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	struct pass pass = { .txn = txn, .db = txn_db(txn), .arena = arena, .makers = makers };
	bool more = false;
	int error = subnets_load(pass.db, arena, &pass.subnets);
	error = error < 0 ? error : seen_load(&pass);
	error = error < 0 ? error : known_load(&pass);
	error = error < 0 ? error : assets_load(&pass);
	error = error < 0 ? error : stations_load(&pass);
	error = error < 0 ? error : devices_take(&pass, &more);
	if (error >= 0 && pass.acts > 0) {
		struct trail_act act = { .act = SLICE("discovered.match"),
			.kind = SLICE("discovered"),
			.id = pass.act_id };
		trail_act(txn, &act);
	}
	return error < 0 ? error : more;
}
