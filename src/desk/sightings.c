/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/sightings.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/map.h"
#include "base/utf8.h"
#include "records/sql.h"
#include "records/txn.h"
#include "sys/rand.h"

enum { SEEN_MAX = 4096, STATE_OCTETS_MAX = 4096 };

#define DAY_MS INT64_C(86400000)

const char *const sighting_sources[] = { [DISCOVERY_SWEEP] = "sweep",
	[DISCOVERY_SNMP] = "snmp",
	[DISCOVERY_NEIGHBOUR] = "neighbour",
	[DISCOVERY_ARP] = "arp",
	[DISCOVERY_FDB] = "fdb",
	[DISCOVERY_FLOW] = "flow",
	[DISCOVERY_LOG] = "log",
	[DISCOVERY_DNS] = "dns",
	NULL };

/* Two rows of one table are two things when their address, station or, without both, name differ. */
static struct slice key_of(struct arena *arena, const struct sighting *s, const char *hex)
{
	bool named = s->address.prefix == 0 && s->mac == 0;
	return arena_printf(arena, "%s|%lld|%s|%llx|%.*s", sighting_sources[s->source],
		(long long)s->by_device, hex, (unsigned long long)s->mac,
		SLICE_FMT(named ? s->name : SLICE("")));
}

/* As it is kept. */
struct kept {
	int64_t last_ms;
	struct slice name;
	struct slice object_id;
	struct slice chassis;
};

static int insert(struct sighting_keeper *keeper, const struct sighting *s, struct slice key,
	const char *hex)
{
	if (keeper->room <= 0) {
		return 0;
	}
	int64_t done = sql_run(txn_db(keeper->txn),
		"INSERT INTO sighting (key, source, by_device, by_port, address, mac, chassis,"
		" name, vendor, os, object_id, first_ms, last_ms)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)"
		" ON CONFLICT (key) DO NOTHING",
		SQL_TEXT(key), SQL_STR(sighting_sources[s->source]), SQL_INT(s->by_device),
		SQL_TEXT_OR_NULL(s->by_port), SQL_TEXT_OR_NULL(slice_str(hex)),
		SQL_INT((int64_t)s->mac), SQL_TEXT_OR_NULL(s->chassis),
		SQL_TEXT_OR_NULL(s->name), SQL_TEXT_OR_NULL(s->vendor), SQL_TEXT_OR_NULL(s->os),
		SQL_TEXT_OR_NULL(s->object_id), SQL_INT(s->at_ms));
	keeper->room--;
	keeper->news = true;
	return done < 0 ? (int)done : 0;
}

static bool differs(struct slice now, struct slice before)
{
	return now.n > 0 && !slice_eq(now, before);
}

/* What it said before stays where it says nothing now. */
static int again(struct sighting_keeper *keeper, const struct sighting *s, struct slice key,
	const struct kept *kept)
{
	bool news = differs(s->name, kept->name) || differs(s->object_id, kept->object_id) ||
		    differs(s->chassis, kept->chassis);
	if (!news && s->at_ms - kept->last_ms < SIGHTING_FRESH_MS) {
		return 0;
	}
	int64_t done = sql_run(txn_db(keeper->txn),
		"UPDATE sighting SET by_port = coalesce($2, by_port), name = coalesce($3, name),"
		" vendor = coalesce($4, vendor), os = coalesce($5, os),"
		" object_id = coalesce($6, object_id), chassis = coalesce($7, chassis),"
		" last_ms = CASE WHEN last_ms > $8 THEN last_ms ELSE $8 END WHERE key = $1",
		SQL_TEXT(key), SQL_TEXT_OR_NULL(s->by_port), SQL_TEXT_OR_NULL(s->name),
		SQL_TEXT_OR_NULL(s->vendor), SQL_TEXT_OR_NULL(s->os),
		SQL_TEXT_OR_NULL(s->object_id), SQL_TEXT_OR_NULL(s->chassis),
		SQL_INT(s->at_ms));
	keeper->news = keeper->news || news;
	return done < 0 ? (int)done : 0;
}

static struct kept kept_read(struct arena *arena, struct stmt *q)
{
	return (struct kept) { .last_ms = db_col_int64(q, 0),
		.name = arena_dup(arena, db_col_text(q, 1)),
		.object_id = arena_dup(arena, db_col_text(q, 2)),
		.chassis = arena_dup(arena, db_col_text(q, 3)) };
}

#define KEPT "SELECT last_ms, name, object_id, chassis, key FROM sighting WHERE "

/* A large bridge tells the same thousands again: one reading instead of as many questions. */
static int known_read(struct sighting_keeper *keeper, int64_t by_device)
{
	struct arena *arena = txn_arena(keeper->txn);
	uint8_t seed[16];
	AUTO_STMT struct stmt *q = NULL;
	rand_octets(seed, sizeof(seed));
	keeper->known = map_create(SIGHTINGS_MAX, seed);
	int row = sql_query(txn_db(keeper->txn), KEPT "by_device = $1 ORDER BY key", &q,
		SQL_INT(by_device));
	while (row >= 0 && (row = db_step(q)) == 1) {
		struct kept *kept = arena_take(arena, sizeof(*kept));
		*kept = kept_read(arena, q);
		/* One that does not fit is looked for as new, and not put twice. */
		(void)!map_put(keeper->known, db_col_text(q, 4), kept);
	}
	return row < 0 ? row : 0;
}

static int kept_find(struct sighting_keeper *keeper, struct slice key, struct kept *ret_kept)
{
	if (keeper->known != NULL) {
		const struct kept *kept = map_get(keeper->known, key);
		*ret_kept = kept != NULL ? *kept : (struct kept) { 0 };
		return kept != NULL;
	}
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(keeper->txn), KEPT "key = $1", &q, SQL_TEXT(key));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		*ret_kept = kept_read(txn_arena(keeper->txn), q);
	}
	return row;
}

int sightings_begin(struct txn *txn, int64_t by_device, struct sighting_keeper *ret_keeper)
{
	int64_t count = 0;
	*ret_keeper = (struct sighting_keeper) { .txn = txn };
	int error = subnets_load(txn_db(txn), txn_arena(txn), &ret_keeper->subnets);
	error = error < 0 ? error
			  : sql_int_args(txn_db(txn), "SELECT count(*) FROM sighting", &count,
				    NULL, 0);
	if (error >= 0 && by_device != 0) {
		error = known_read(ret_keeper, by_device);
	}
	ret_keeper->room = SIGHTINGS_MAX - count;
	if (ret_keeper->room > SIGHTING_NEW_MAX) {
		ret_keeper->room = SIGHTING_NEW_MAX;
	}
	return error < 0 ? error : 0;
}

void sightings_end(struct sighting_keeper *keeper)
{
	if (keeper->known != NULL) {
		keeper->known = map_destroy(keeper->known);
	}
}

int sighting_keep(struct sighting_keeper *keeper, const struct sighting *s)
{
	char hex[33] = "";
	struct kept kept = { 0 };
	if (s->address.prefix == 0 && s->mac == 0 && s->name.n == 0) {
		return 0;
	}
	if (s->address.prefix != 0) {
		if (subnet_off(&keeper->subnets, &s->address)) {
			return 0;
		}
		network_hex(&s->address, hex);
	}
	struct slice key = key_of(txn_arena(keeper->txn), s, hex);
	int found = kept_find(keeper, key, &kept);
	return found < 0    ? found
	       : found == 1 ? again(keeper, s, key, &kept)
			    : insert(keeper, s, key, hex);
}

/* ---- probe's report; probe reads hostile bytes, so nothing passes as it came */

static struct slice text_of(const struct json *seen, const char *name)
{
	struct slice text = slice_trim(json_get_str(seen, name));
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < 0x20 || text.p[i] == 0x7f) {
			return (struct slice) { 0 };
		}
	}
	text = slice_head(text, SIGHTING_TEXT_MAX);
	return slice_head(text, utf8_span(text));
}

static bool source_of(struct slice text, enum discovery_source *ret_source)
{
	for (unsigned i = 0; sighting_sources[i] != NULL; i++) {
		if (slice_is(text, sighting_sources[i])) {
			*ret_source = (enum discovery_source)i;
			return true;
		}
	}
	return false;
}

static int seen_take(struct sighting_keeper *keeper, const struct json *seen)
{
	struct sighting s = { .name = text_of(seen, "name"),
		.vendor = text_of(seen, "vendor"),
		.os = text_of(seen, "os"),
		.object_id = text_of(seen, "object_id"),
		.at_ms = json_get_int(seen, "at", 0) };
	if (!source_of(json_get_str(seen, "source"), &s.source) ||
		network_parse(json_get_str(seen, "address"), &s.address) < 0 ||
		s.address.prefix != 128) {
		return 0;
	}
	int64_t now_ms = txn_now_ms(keeper->txn);
	s.at_ms = s.at_ms > 0 && s.at_ms < now_ms ? s.at_ms : now_ms;
	return sighting_keep(keeper, &s);
}

static int state_keep(struct txn *txn, const struct json *state)
{
	AUTO_BUF struct buf text;
	struct jw jw;
	if (json_type(state) != JSON_OBJECT) {
		return 0;
	}
	buf_init(&text, STATE_OCTETS_MAX);
	jw_init(&jw, &text);
	jw_value(&jw, state);
	if (text.failed) {
		return 0;
	}
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO sweep_state (id, at_ms, state) VALUES (1, $1, $2)"
		" ON CONFLICT (id) DO UPDATE SET at_ms = excluded.at_ms, state = excluded.state",
		SQL_INT(txn_now_ms(txn)), SQL_TEXT(buf_slice(&text)));
	return done < 0 ? (int)done : 0;
}

int sightings_take(struct txn *txn, const struct json *report)
{
	struct sighting_keeper keeper = { 0 };
	size_t count = 0;
	int error = sightings_begin(txn, 0, &keeper);
	error = error < 0 ? error : state_keep(txn, json_get(report, "state"));
	for (const struct json *seen = json_first(json_get(report, "seen"));
		seen != NULL && error >= 0 && count < SEEN_MAX;
		seen = json_next(seen), count++) {
		error = seen_take(&keeper, seen);
	}
	sightings_end(&keeper);
	return error < 0 ? error : keeper.news;
}

int sightings_expire(struct txn *txn)
{
	int64_t done = sql_run(txn_db(txn), "DELETE FROM sighting WHERE last_ms < $1",
		SQL_INT(txn_now_ms(txn) - SIGHTING_KEEP_DAYS * DAY_MS));
	return done < 0 ? (int)done : 0;
}
