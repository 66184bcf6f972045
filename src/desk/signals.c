/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/signals.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/num.h"
#include "desk/desk.h"
#include "desk/incidents.h"
#include "model/network.h"
#include "records/search.h"
#include "records/sql.h"
#include "workflow/policy.h"

enum { ALERTS_PER_MINUTE_DEFAULT = 60 };

struct raised {
	struct txn *txn;
	const struct desk_env *env;
	const struct signal *signal;
	int64_t alert_id;
	int64_t asset_id;
	int64_t unit_id;
	int64_t watch_id;
	bool unwatched; /* its check is gone or off: it can settle an alert, not open one */
};

static int64_t watch_of(const struct signal *signal)
{
	int64_t id = 0;
	return slice_is(signal->source, "probe") &&
			       num_i64(signal->check, 1, INT64_MAX, &id) == 0
		       ? id
		       : 0;
}

/* The asset and its owner unit found by one prepared question. */
static int asset_row(struct stmt *q, int64_t *asset_id, int64_t *unit_id)
{
	int row = db_step(q);
	if (row == 1) {
		*asset_id = db_col_int64(q, 0);
		*unit_id = db_col_int64(q, 1);
	}
	return row;
}

static int asset_by_network(
	struct txn *txn, const struct network *address, int64_t *asset_id, int64_t *unit_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = db_prepare(txn_db(txn),
		"SELECT a.id, a.owner_unit_id FROM asset_key k JOIN asset a"
		" ON a.id = k.asset_id WHERE k.kind = 'net' AND k.key = $1"
		" AND k.prefix = $2 AND a.retired_at_ms IS NULL ORDER BY a.id LIMIT 1",
		&q);
	/* Longest prefix first; campus registers hold few lengths, and each look is an index hit. */
	for (int prefix = 128; prefix >= 0 && found == 0; prefix--) {
		struct network cut = network_cut(address, (uint8_t)prefix);
		char hex[33];
		network_hex(&cut, hex);
		db_bind_text(q, 1, slice_str(hex));
		db_bind_int64(q, 2, prefix);
		found = asset_row(q, asset_id, unit_id);
	}
	return found;
}

static int asset_by_domain(
	struct txn *txn, struct slice name, int64_t *asset_id, int64_t *unit_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int found = db_prepare(txn_db(txn),
		"SELECT a.id, a.owner_unit_id FROM asset_key k JOIN asset a"
		" ON a.id = k.asset_id WHERE k.kind = 'domain' AND k.key = $1"
		" AND a.retired_at_ms IS NULL ORDER BY a.id LIMIT 1",
		&q);
	for (struct slice left = name; left.n > 0 && found == 0;) {
		struct slice label = { 0 };
		db_bind_text(q, 1, left);
		found = asset_row(q, asset_id, unit_id);
		(void)slice_cut(left, '.', &label, &left);
	}
	return found;
}

int signal_asset(struct txn *txn, struct slice key, int64_t *ret_asset_id, int64_t *ret_unit_id)
{
	int64_t asset_id = 0;
	int64_t unit_id = 0;
	struct network address = { 0 };
	int found = network_parse(key, &address) == 0
			    ? asset_by_network(txn, &address, &asset_id, &unit_id)
			    : asset_by_domain(txn, key, &asset_id, &unit_id);
	if (found < 0) {
		return found;
	}
	*ret_asset_id = asset_id;
	*ret_unit_id = unit_id;
	return 0;
}

static int subject_find(struct raised *r)
{
	r->watch_id = watch_of(r->signal);
	if (r->watch_id == 0) {
		return signal_asset(r->txn, r->signal->asset_key, &r->asset_id, &r->unit_id);
	}
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(r->txn),
		"SELECT w.asset_id, a.owner_unit_id, w.enabled FROM watch w LEFT"
		" JOIN asset a ON a.id = w.asset_id WHERE w.id = $1",
		&q, SQL_INT(r->watch_id));
	row = row < 0 ? row : asset_row(q, &r->asset_id, &r->unit_id);
	/* Said before probe heard that the check is not wanted any more. */
	r->unwatched = row == 0 || (row == 1 && db_col_int64(q, 2) == 0);
	if (row == 0) {
		r->watch_id = 0;
	}
	return row < 0 ? row : 0;
}

/* What the sample said last is kept with the check, for lists. */
static int watch_update(struct raised *r)
{
	const struct signal *s = r->signal;
	const struct json *args = NULL;
	if (r->watch_id == 0) {
		return 0;
	}
	if (s->args.n > 0 && json_parse(txn_arena(r->txn), s->args, 0, &args, NULL) < 0) {
		args = NULL;
	}
	struct slice state = json_get_str(args, "state");
	struct slice code = json_get_str(args, "code");
	int64_t done = sql_run(txn_db(r->txn),
		"UPDATE watch SET live_state = $2, live_since_ms = $3, live_code = $4,"
		" live_args = $5 WHERE id = $1",
		SQL_INT(r->watch_id), SQL_TEXT(state.n > 0 ? state : SLICE("unknown")),
		SQL_INT(s->observed_at_ms), SQL_TEXT_OR_NULL(code), SQL_TEXT_OR_NULL(s->args));
	return done < 0 ? (int)done : txn_change(r->txn, "check", r->watch_id, 0);
}

static int open_find(struct raised *r, int64_t *ret_incident_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(r->txn),
		"SELECT id, incident_id FROM alert WHERE dedup_key = $1 AND state = 'firing'",
		&q, SQL_TEXT(r->signal->dedup_key));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		r->alert_id = db_col_int64(q, 0);
		*ret_incident_id = db_col_int64(q, 1);
	}
	return row;
}

static int repeat_count(struct raised *r)
{
	int64_t done = sql_run(txn_db(r->txn),
		"UPDATE alert SET live_count = live_count + 1, live_last_at_ms = $2"
		" WHERE id = $1",
		SQL_INT(r->alert_id), SQL_INT(r->signal->observed_at_ms));
	return done < 0 ? (int)done : txn_change(r->txn, "alert", r->alert_id, 0);
}

static int alert_insert(struct raised *r, int64_t incident_id)
{
	const struct signal *s = r->signal;
	AUTO_BUF struct buf evidence;
	buf_init(&evidence, SIGNAL_TEXT_MAX + 512);
	if (s->evidence.kind.n > 0) {
		struct jw jw;
		jw_init(&jw, &evidence);
		jw_object(&jw);
		jw_kv_str(&jw, "kind", s->evidence.kind);
		jw_key(&jw, "filter");
		jw_raw(&jw, s->evidence.filter.n > 0 ? s->evidence.filter : SLICE("{}"));
		jw_kv_int(&jw, "from", s->evidence.from_ms);
		jw_kv_int(&jw, "to", s->evidence.to_ms);
		jw_end(&jw);
	}
	r->alert_id = txn_id(r->txn);
	int64_t done = sql_run(txn_db(r->txn),
		"INSERT INTO alert (id, version, state, severity, dedup_key, source, class,"
		" check_key, asset_key, asset_id, unit_id, watch_id, code, args, evidence,"
		" first_at_ms, incident_id, trace, live_last_at_ms) VALUES ($1, 1, 'firing',"
		" $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $14)",
		SQL_INT(r->alert_id),
		SQL_STR(name_id(&alert_severity_names, (unsigned)s->severity)),
		SQL_TEXT(s->dedup_key), SQL_TEXT(s->source), SQL_TEXT(s->class),
		SQL_TEXT(s->check), SQL_TEXT(s->asset_key), SQL_INT_OR_NULL(r->asset_id),
		SQL_INT_OR_NULL(r->unit_id), SQL_INT_OR_NULL(r->watch_id), SQL_TEXT(s->code),
		SQL_TEXT(s->args.n > 0 ? s->args : SLICE("{}")),
		SQL_TEXT_OR_NULL(buf_slice(&evidence)), SQL_INT(s->observed_at_ms),
		SQL_INT(incident_id), SQL_TEXT(txn_trace(r->txn)));
	return done < 0 ? (int)done : trail_row(r->txn, "alert", r->alert_id);
}

static int alert_open(struct raised *r)
{
	const struct signal *s = r->signal;
	struct incident_opening opening = {
		.asset_id = r->asset_id,
		.unit_id = r->unit_id,
		.asset_key = s->asset_key,
		.severity = s->severity,
		.code = s->code,
		.args = s->args,
		.at_ms = s->observed_at_ms,
	};
	int64_t incident_id = 0;
	int error = incident_join(r->txn, &opening, &incident_id);
	error = error < 0 ? error : alert_insert(r, incident_id);
	if (error < 0) {
		return error;
	}
	struct trail_act act = { .act = SLICE("alert.open"),
		.kind = SLICE("alert"),
		.id = r->alert_id,
		.version = 1,
		.reason = s->dedup_key };
	trail_act(r->txn, &act);
	int64_t tokens = search_put(r->txn, "alert", r->alert_id, s->args);
	error = tokens < 0 ? (int)tokens : txn_change(r->txn, "alert", r->alert_id, 1);
	return error < 0 ? error : incident_tell(r->txn, r->env, incident_id, opening.is_new);
}

static int alert_resolve(struct raised *r, int64_t incident_id)
{
	int64_t done = sql_run(txn_db(r->txn),
		"UPDATE alert SET version = version + 1, state = 'resolved',"
		" resolved_at_ms = $2, live_last_at_ms = $2 WHERE id = $1",
		SQL_INT(r->alert_id), SQL_INT(r->signal->observed_at_ms));
	int error = done < 0 ? (int)done : trail_row(r->txn, "alert", r->alert_id);
	if (error < 0) {
		return error;
	}
	struct trail_act act = { .act = SLICE("alert.resolve"),
		.kind = SLICE("alert"),
		.id = r->alert_id,
		.version = 2,
		.reason = r->signal->code };
	trail_act(r->txn, &act);
	error = txn_change(r->txn, "alert", r->alert_id, 2);
	return error < 0 || incident_id == 0 ? error
					     : incident_settle(r->txn, r->env, incident_id);
}

/* Above the cap one alert stands for the rest of the minute. */
static int flood_instead(struct raised *r, struct signal *flood)
{
	int64_t now = txn_now_ms(r->txn);
	int64_t recent = 0;
	int row = sql_int(txn_db(r->txn),
		"SELECT count(*) FROM alert WHERE source = $1 AND first_at_ms > $2"
		" AND state = 'firing'",
		&recent, SQL_TEXT(r->signal->source), SQL_INT(now - 60000));
	int64_t cap = r->env->policy != NULL ? r->env->policy->alerts_per_source_minute
					     : ALERTS_PER_MINUTE_DEFAULT;
	if (row < 0 || recent < cap) {
		return row < 0 ? row : 0;
	}
	struct arena *arena = txn_arena(r->txn);
	*flood = *r->signal;
	flood->class = SLICE("alert.flood");
	flood->code = SLICE("alert.flood");
	flood->check = SLICE("flood");
	flood->asset_key = r->signal->source;
	flood->evidence = (struct signal_evidence) { 0 };
	flood->dedup_key = arena_printf(arena, "flood:%.*s", SLICE_FMT(r->signal->source));
	flood->args = arena_printf(arena, "{\"source\":\"%.*s\",\"count\":%lld}",
		SLICE_FMT(r->signal->source), (long long)(recent - cap + 1));
	return 1;
}

int signal_take(struct txn *txn, const struct desk_env *env, const struct signal *signal)
{
	struct raised r = { .txn = txn, .env = env, .signal = signal };
	int64_t incident_id = 0;
	int error = subject_find(&r);
	error = error < 0 || r.unwatched ? error : watch_update(&r);
	if (error < 0 || signal->state == SIGNAL_NOTE ||
		(r.unwatched && signal->state != SIGNAL_RESOLVED)) {
		return error;
	}
	int open = open_find(&r, &incident_id);
	if (open < 0) {
		return open;
	}
	if (signal->state == SIGNAL_RESOLVED) {
		return open == 1 ? alert_resolve(&r, incident_id) : 0;
	}
	if (open == 1) {
		return repeat_count(&r);
	}
	struct signal flood = { 0 };
	int flooded = flood_instead(&r, &flood);
	if (flooded <= 0) {
		return flooded < 0 ? flooded : alert_open(&r);
	}
	r.signal = &flood;
	r.asset_id = 0;
	r.unit_id = 0;
	r.watch_id = 0;
	open = open_find(&r, &incident_id);
	return open < 0 ? open : open == 1 ? repeat_count(&r) : alert_open(&r);
}

/* ---- rules that are gone */

static bool listed(const struct json *rules, struct slice id)
{
	for (const struct json *r = json_first(rules); r != NULL; r = json_next(r)) {
		if (slice_eq(json_str(r), id)) {
			return true;
		}
	}
	return false;
}

int signal_orphans(struct db *db, struct arena *arena, const struct json *rules,
	struct signal *list, size_t max)
{
	AUTO_STMT struct stmt *q = NULL;
	size_t count = 0;
	int row = sql_query_args(db,
		"SELECT check_key, asset_key, class, dedup_key FROM alert WHERE state = 'firing'"
		" AND source = 'detect' AND class <> 'alert.flood' ORDER BY id",
		&q, NULL, 0);
	while (row >= 0 && count < max && (row = db_step(q)) == 1) {
		if (listed(rules, db_col_text(q, 0))) {
			continue;
		}
		list[count++] = (struct signal) { .source = SLICE("detect"),
			.check = arena_dup(arena, db_col_text(q, 0)),
			.asset_key = arena_dup(arena, db_col_text(q, 1)),
			.class = arena_dup(arena, db_col_text(q, 2)),
			.severity = ALERT_SEVERITY_INFO,
			.state = SIGNAL_RESOLVED,
			.dedup_key = arena_dup(arena, db_col_text(q, 3)),
			.code = SLICE("rule.gone") };
	}
	return row < 0 ? row : (int)count;
}
