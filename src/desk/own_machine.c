/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/own_machine.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "model/asset_key.h"
#include "records/search.h"
#include "records/sql.h"
#include "records/trail.h"
#include "records/txn.h"

enum { INTERFACES_MAX = 4, NEIGHBOURS_MAX = 2, OWN_INTERVAL_S = 10, NEIGHBOUR_INTERVAL_S = 10 };

struct making {
	struct txn *txn;
	int64_t asset_id;
	int made;
	int error;
};

static void watch_add(struct making *m, const char *name, const char *kind, struct slice target,
	const char *params, int64_t interval_s, const char *severity)
{
	if (m->error < 0) {
		return;
	}
	int64_t id = txn_id(m->txn);
	int64_t done = sql_run(txn_db(m->txn),
		"INSERT INTO watch (id, version, asset_id, name, kind, target, params,"
		" interval_s, severity) VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8)",
		SQL_INT(id), SQL_INT(m->asset_id), SQL_STR(name), SQL_STR(kind),
		SQL_TEXT(target), SQL_STR(params), SQL_INT(interval_s), SQL_STR(severity));
	m->error = done < 0 ? (int)done : trail_row(m->txn, "watch", id);
	m->made++;
}

/* Found again by its address or name, as any other asset. */
static int key_add(struct making *m, const struct asset_keys *keys)
{
	int64_t done = 0;
	for (size_t i = 0; done >= 0 && i < keys->count; i++) {
		const struct asset_key *key = &keys->item[i];
		done = sql_run(txn_db(m->txn),
			"INSERT INTO asset_key (kind, key, prefix, asset_id) VALUES ($1, $2, $3, $4)",
			SQL_STR(key->is_domain ? "domain" : "net"), SQL_STR(key->text),
			SQL_INT(key->network.prefix), SQL_INT(m->asset_id));
	}
	return done < 0 ? (int)done : 0;
}

static int asset_add(struct making *m, const char *name, const char *kind, struct slice place)
{
	struct asset_keys *keys = arena_take(txn_arena(m->txn), sizeof(*keys));
	struct slice bad = { 0 };
	bool found = asset_keys_domains(keys, place, &bad) == 0 && keys->count == 1;
	bool named = found && keys->item[0].is_domain;
	m->asset_id = txn_id(m->txn);
	int64_t done = sql_run(txn_db(m->txn),
		"INSERT INTO asset (id, version, name, kind, address, domain, importance)"
		" VALUES ($1, 1, $2, $3, $4, $5, 'important')",
		SQL_INT(m->asset_id), SQL_STR(name), SQL_STR(kind),
		found && !named ? SQL_TEXT(place) : SQL_NULL,
		named ? SQL_TEXT(place) : SQL_NULL);
	int error = done < 0 ? (int)done : trail_row(m->txn, "asset", m->asset_id);
	error = error < 0 || !found ? error : key_add(m, keys);
	int64_t tokens =
		error < 0 ? error : search_put(m->txn, "asset", m->asset_id, slice_str(name));
	return tokens < 0 ? (int)tokens : txn_change(m->txn, "asset", m->asset_id, 1);
}

static void machine_add(struct making *m, const struct json *facts)
{
	m->error = asset_add(m, "本平台服务器", "server", json_get_str(facts, "hostname"));
	watch_add(m, "本机负载", "host", SLICE("load"), "{}", OWN_INTERVAL_S, "minor");
	watch_add(m, "本机内存", "host", SLICE("memory"), "{}", OWN_INTERVAL_S, "minor");
	watch_add(m, "本机磁盘", "host", SLICE("disk"), "{}", OWN_INTERVAL_S, "major");
	watch_add(m, "本机时钟", "host", SLICE("clock"), "{}", OWN_INTERVAL_S, "info");
	int count = 0;
	for (const struct json *i = json_first(json_get(facts, "interfaces"));
		i != NULL && count < INTERFACES_MAX; i = json_next(i), count++) {
		struct slice name = arena_printf(
			txn_arena(m->txn), "本机接口 %.*s", SLICE_FMT(json_str(i)));
		struct slice target = arena_printf(
			txn_arena(m->txn), "interface:%.*s", SLICE_FMT(json_str(i)));
		watch_add(
			m, (const char *)name.p, "host", target, "{}", OWN_INTERVAL_S, "major");
	}
}

/* Each gateway and resolver is an asset of its own: its failure is not this machine's. */
static void neighbours_add(struct making *m, const struct json *list, const char *name,
	const char *kind, const char *params)
{
	int count = 0;
	for (const struct json *n = json_first(list);
		n != NULL && count < NEIGHBOURS_MAX && m->error >= 0;
		n = json_next(n), count++) {
		struct slice title = arena_printf(
			txn_arena(m->txn), "%s %.*s", name, SLICE_FMT(json_str(n)));
		m->error = asset_add(m, (const char *)title.p, "device", json_str(n));
		watch_add(m, (const char *)title.p, kind, json_str(n), params,
			NEIGHBOUR_INTERVAL_S, "critical");
	}
}

int own_machine_register(struct txn *txn, struct slice facts_json)
{
	const struct json *facts = NULL;
	int64_t watches = 0;
	int found = sql_int_args(txn_db(txn), "SELECT count(*) FROM watch", &watches, NULL, 0);
	if (found < 0 || watches > 0) {
		return found < 0 ? found : 0;
	}
	if (json_parse(txn_arena(txn), facts_json, 0, &facts, NULL) < 0) {
		return E_FORMAT;
	}
	struct making m = { .txn = txn };
	machine_add(&m, facts);
	neighbours_add(&m, json_get(facts, "gateways"), "默认网关", "icmp", "{}");
	neighbours_add(&m, json_get(facts, "resolvers"), "域名解析服务器", "dns",
		"{\"name\":\"localhost\",\"alive\":true}");
	if (m.error < 0) {
		return m.error;
	}
	struct trail_act act = { .act = SLICE("check.own_machine"), .kind = SLICE("asset") };
	trail_act(txn, &act);
	int error = txn_change(txn, "check", m.asset_id, 1);
	return error < 0 ? error : m.made;
}
