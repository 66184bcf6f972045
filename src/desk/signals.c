/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/signals.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/num.h"
#include "desk/affected.h"
#include "desk/desk.h"
#include "desk/finding_recur.h"
#include "desk/incidents.h"
#include "model/network.h"
#include "records/search.h"
#include "records/sql.h"
#include "workflow/policy.h"

enum { ALERTS_PER_MINUTE_DEFAULT = 60 };

/* Of changed reasons in an incident's history: how long one is not told again, and how many at most meanwhile. */
enum { REASON_PAUSE_MS = 30 * 60 * 1000, REASONS_MAX = 16 };

struct raised {
	struct txn *txn;
	const struct desk_env *env;
	const struct signal *signal;
	int64_t alert_id;
	int64_t alert_version;
	struct slice alert_severity; /* of the one that stands open */
	struct slice alert_args;
	int64_t asset_id;
	int64_t unit_id;
	int64_t watch_id;
	int64_t muted_by; /* the maintenance window that covers it, 0 = none */
	bool unwatched;   /* its check is gone or off: it can settle an alert, not open one */
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

/* A rule over figures says of which check they are; this machine's own have no address. */
static int asset_by_check(struct raised *r)
{
	const struct json *filter = NULL;
	struct slice text = r->signal->evidence.filter;
	if (!slice_is(r->signal->evidence.kind, "sample") ||
		json_parse(txn_arena(r->txn), text, 0, &filter, NULL) < 0) {
		return 0;
	}
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(r->txn),
		"SELECT a.id, a.owner_unit_id FROM watch w JOIN asset a ON a.id = w.asset_id"
		" WHERE w.id = $1 AND a.retired_at_ms IS NULL",
		&q, SQL_INT(json_get_int(filter, "check_id", 0)));
	return row < 0 ? row : asset_row(q, &r->asset_id, &r->unit_id);
}

static int subject_find(struct raised *r)
{
	r->watch_id = watch_of(r->signal);
	if (r->watch_id == 0) {
		int found = asset_by_check(r);
		return found != 0 ? (found < 0 ? found : 0)
				  : signal_asset(r->txn, r->signal->asset_key, &r->asset_id,
					    &r->unit_id);
	}
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(r->txn),
		"SELECT w.asset_id, a.owner_unit_id, w.enabled, w.live_maintenance_id FROM watch w"
		" LEFT JOIN asset a ON a.id = w.asset_id WHERE w.id = $1",
		&q, SQL_INT(r->watch_id));
	row = row < 0 ? row : asset_row(q, &r->asset_id, &r->unit_id);
	/* Said before probe heard that the check is not wanted any more. */
	r->unwatched = row == 0 || (row == 1 && db_col_int64(q, 2) == 0);
	r->muted_by = row == 1 ? db_col_int64(q, 3) : 0;
	if (row == 0) {
		r->watch_id = 0;
	}
	return row < 0 ? row : 0;
}

static int64_t cause_of(const struct signal *signal)
{
	int64_t id = 0;
	return num_i64(signal->cause, 1, INT64_MAX, &id) == 0 ? id : 0;
}

/* What the sample said last is kept with the check, for lists. */
static int watch_update(struct raised *r)
{
	const struct signal *s = r->signal;
	const struct json *args = NULL;
	/* A port or sensor of a device is not the state of its check, nor is a rule's figure. */
	if (r->watch_id == 0 || !slice_starts(s->class, SLICE("check."))) {
		return 0;
	}
	if (s->args.n > 0 && json_parse(txn_arena(r->txn), s->args, 0, &args, NULL) < 0) {
		args = NULL;
	}
	struct slice state = json_get_str(args, "state");
	struct slice code = json_get_str(args, "code");
	int64_t done = sql_run(txn_db(r->txn),
		"UPDATE watch SET live_state = $2, live_since_ms = $3, live_code = $4,"
		" live_args = $5, live_cause_id = $6 WHERE id = $1",
		SQL_INT(r->watch_id), SQL_TEXT(state.n > 0 ? state : SLICE("unknown")),
		SQL_INT(s->observed_at_ms), SQL_TEXT_OR_NULL(code), SQL_TEXT_OR_NULL(s->args),
		SQL_INT_OR_NULL(cause_of(s)));
	int error = done < 0 ? (int)done : txn_change(r->txn, "check", r->watch_id, 0);
	bool up = slice_is(state, "up");
	return error < 0 || (!up && !slice_is(state, "down"))
		       ? error
		       : finding_watched(r->txn, r->watch_id, up, s->observed_at_ms);
}

/* Until when it has time because what it hangs on is back; 0 = that is not. */
static int64_t settles_of(struct raised *r)
{
	const struct json *args = NULL;
	return r->signal->args.n > 0 && json_parse(txn_arena(r->txn), r->signal->args, 0, &args,
						NULL) == 0
		       ? json_get_int(args, "settles", 0)
		       : 0;
}

/* Behind another's fault: no alert of its own, a row of the other's incident. */
static int affected_note(struct raised *r)
{
	int64_t cause_id = cause_of(r->signal);
	if (r->watch_id == 0) {
		return 0;
	}
	if (cause_id == 0) {
		return affected_end(r->txn, r->watch_id, r->signal->observed_at_ms);
	}
	int64_t settles_ms = settles_of(r);
	int error = affected_begin(r->txn, r->watch_id, cause_id, r->signal->observed_at_ms);
	return error < 0 || settles_ms == 0 ? error
					    : affected_settle(r->txn, r->watch_id, settles_ms);
}

static int open_find(struct raised *r, int64_t *ret_incident_id)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(r->txn),
		"SELECT id, incident_id, version, severity, args FROM alert"
		" WHERE dedup_key = $1 AND state = 'firing'",
		&q, SQL_TEXT(r->signal->dedup_key));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		r->alert_id = db_col_int64(q, 0);
		*ret_incident_id = db_col_int64(q, 1);
		r->alert_version = db_col_int64(q, 2);
		r->alert_severity = arena_dup(txn_arena(r->txn), db_col_text(q, 3));
		r->alert_args = arena_dup(txn_arena(r->txn), db_col_text(q, 4));
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

/* Lower is graver. */
static bool is_graver(const struct raised *r)
{
	int stands = name_parse(&alert_severity_names, r->alert_severity);
	return stands >= 0 && (int)r->signal->severity < stands;
}

/* Why it fires, as the check or the device says: a code, or a word. */
static struct slice reason_in(const struct json *args)
{
	struct slice code = json_get_str(args, "code");
	return code.n > 0 ? code : json_get_str(args, "word");
}

static struct slice reason_of(struct raised *r, struct slice args)
{
	const struct json *root = NULL;
	if (args.n == 0 || json_parse(txn_arena(r->txn), args, 0, &root, NULL) < 0) {
		return (struct slice) { 0 };
	}
	return reason_in(root);
}

static bool is_for_another_reason(struct raised *r)
{
	struct slice now = reason_of(r, r->signal->args);
	return now.n > 0 && !slice_eq(now, reason_of(r, r->alert_args));
}

/*
 * Some checks swing between two reasons for hours: one that was told is told again only after a
 * pause, and what the check itself shows is current in any case.  Returns: 1, 0 or as db_step.
 */
static int is_told_lately(struct raised *r, int64_t incident_id)
{
	struct slice now = reason_of(r, r->signal->args);
	AUTO_STMT struct stmt *q = NULL;
	bool told = false;
	int row = sql_query(txn_db(r->txn),
		"SELECT args FROM timeline WHERE kind = 'incident' AND record_id = $1"
		" AND code = 'reason_changed' AND at_ms > $2 ORDER BY id DESC LIMIT $3",
		&q, SQL_INT(incident_id), SQL_INT(txn_now_ms(r->txn) - REASON_PAUSE_MS),
		SQL_INT(REASONS_MAX));
	size_t count = 0;
	for (row = row < 0 ? row : db_step(q); row == 1 && !told; row = db_step(q)) {
		const struct json *note = NULL;
		struct slice text = arena_dup(txn_arena(r->txn), db_col_text(q, 0));
		count++;
		told = json_parse(txn_arena(r->txn), text, 0, &note, NULL) == 0 &&
		       json_get_int(note, "alert_id", 0) == r->alert_id &&
		       slice_eq(now, reason_in(json_get(note, "args")));
	}
	return row < 0 ? row : told || count == REASONS_MAX;
}

/* A fact in the incident's history; the sentence is made where it is read. */
static int reason_note(struct raised *r, int64_t incident_id)
{
	AUTO_BUF struct buf args;
	struct jw jw;
	buf_init(&args, 2 * SIGNAL_TEXT_MAX);
	jw_init(&jw, &args);
	jw_object(&jw);
	jw_kv_int(&jw, "alert_id", r->alert_id);
	jw_kv_str(&jw, "code", r->signal->code);
	jw_key(&jw, "args");
	jw_raw(&jw, r->signal->args);
	jw_end(&jw);
	int64_t done = sql_run(txn_db(r->txn),
		"INSERT INTO timeline (id, kind, record_id, at_ms, code, args)"
		" VALUES ($1, 'incident', $2, $3, 'reason_changed', $4)",
		SQL_INT(txn_id(r->txn)), SQL_INT(incident_id), SQL_INT(txn_now_ms(r->txn)),
		SQL_TEXT(args.failed ? SLICE("{}") : buf_slice(&args)));
	return done < 0 ? (int)done : txn_change(r->txn, "incident", incident_id, 0);
}

/* The same alert, for another reason or graver: it says so from now on. */
static int alert_change(struct raised *r)
{
	const struct signal *s = r->signal;
	struct slice severity =
		is_graver(r) ? slice_str(name_id(&alert_severity_names, (unsigned)s->severity))
			     : r->alert_severity;
	int64_t done = sql_run(txn_db(r->txn),
		"UPDATE alert SET version = version + 1, severity = $2, code = $3, args = $4,"
		" live_count = live_count + 1, live_last_at_ms = $5 WHERE id = $1",
		SQL_INT(r->alert_id), SQL_TEXT(severity), SQL_TEXT(s->code),
		SQL_TEXT(s->args.n > 0 ? s->args : SLICE("{}")), SQL_INT(txn_now_ms(r->txn)));
	struct trail_act act = { .act = SLICE("alert.change"),
		.kind = SLICE("alert"),
		.id = r->alert_id,
		.version = r->alert_version + 1,
		.reason = reason_of(r, s->args) };
	trail_act(r->txn, &act);
	int error = done < 0 ? (int)done : trail_row(r->txn, "alert", r->alert_id);
	return error < 0 ? error
			 : txn_change(r->txn, "alert", r->alert_id, r->alert_version + 1);
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
		" first_at_ms, incident_id, trace, live_last_at_ms, live_muted_by) VALUES ($1, 1,"
		" 'firing', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,"
		" $14, $17)",
		SQL_INT(r->alert_id),
		SQL_STR(name_id(&alert_severity_names, (unsigned)s->severity)),
		SQL_TEXT(s->dedup_key), SQL_TEXT(s->source), SQL_TEXT(s->class),
		SQL_TEXT(s->check), SQL_TEXT(s->asset_key), SQL_INT_OR_NULL(r->asset_id),
		SQL_INT_OR_NULL(r->unit_id), SQL_INT_OR_NULL(r->watch_id), SQL_TEXT(s->code),
		SQL_TEXT(s->args.n > 0 ? s->args : SLICE("{}")),
		SQL_TEXT_OR_NULL(buf_slice(&evidence)), SQL_INT(s->observed_at_ms),
		SQL_INT_OR_NULL(incident_id), SQL_TEXT(txn_trace(r->txn)),
		SQL_INT_OR_NULL(r->muted_by));
	return done < 0 ? (int)done : trail_row(r->txn, "alert", r->alert_id);
}

static void act_put(struct raised *r)
{
	struct slice reason = r->signal->dedup_key;
	if (r->muted_by != 0) {
		reason = arena_printf(txn_arena(r->txn), "%.*s, not told: maintenance %lld",
			SLICE_FMT(reason), (long long)r->muted_by);
	}
	struct trail_act act = { .act = SLICE("alert.open"),
		.kind = SLICE("alert"),
		.id = r->alert_id,
		.version = 1,
		.reason = reason };
	trail_act(r->txn, &act);
}

/* Kept, and nobody is woken: the window's end looks at it again. */
static int muted_note(struct raised *r)
{
	AUTO_BUF struct buf args;
	struct jw jw;
	buf_init(&args, SIGNAL_TEXT_MAX + 512);
	jw_init(&jw, &args);
	jw_object(&jw);
	const struct json *said = NULL;
	if (json_parse(txn_arena(r->txn), r->signal->args, 0, &said, NULL) < 0) {
		said = NULL;
	}
	jw_kv_int(&jw, "check_id", r->watch_id);
	jw_kv_str(&jw, "name", json_get_str(said, "name"));
	jw_kv_str(&jw, "code", r->signal->code);
	jw_key(&jw, "args");
	jw_raw(&jw, r->signal->args.n > 0 ? r->signal->args : SLICE("{}"));
	jw_end(&jw);
	int64_t done = sql_run(txn_db(r->txn),
		"INSERT INTO timeline (id, kind, record_id, at_ms, code, args)"
		" VALUES ($1, 'maintenance', $2, $3, 'muted', $4)",
		SQL_INT(txn_id(r->txn)), SQL_INT(r->muted_by), SQL_INT(txn_now_ms(r->txn)),
		SQL_TEXT(args.failed ? SLICE("{}") : buf_slice(&args)));
	return done < 0 ? (int)done : txn_change(r->txn, "maintenance", r->muted_by, 0);
}

/* What keeps changing is a matter of its own, and ends by itself. */
static struct slice group_of(struct raised *r)
{
	return slice_is(r->signal->class, "check.flapping") ? r->signal->dedup_key
							    : (struct slice) { 0 };
}

static int incident_of(struct raised *r, struct incident_opening *opening, int64_t *ret_id)
{
	const struct signal *s = r->signal;
	*opening = (struct incident_opening) {
		.asset_id = r->asset_id,
		.unit_id = r->unit_id,
		.asset_key = s->asset_key,
		.group = group_of(r),
		.severity = s->severity,
		.code = s->code,
		.args = s->args,
		.at_ms = s->observed_at_ms,
	};
	return incident_join(r->txn, opening, ret_id);
}

static int told(struct raised *r, int64_t incident_id, bool is_new)
{
	int error = r->watch_id != 0 ? affected_join(r->txn, r->watch_id, incident_id) : 0;
	return error < 0 ? error : incident_tell(r->txn, r->env, incident_id, is_new);
}

static int alert_open(struct raised *r)
{
	struct incident_opening opening = { 0 };
	int64_t incident_id = 0;
	int error = r->muted_by != 0 ? 0 : incident_of(r, &opening, &incident_id);
	error = error < 0 ? error : alert_insert(r, incident_id);
	if (error < 0) {
		return error;
	}
	act_put(r);
	int64_t tokens = search_put(r->txn, "alert", r->alert_id, r->signal->args);
	error = tokens < 0 ? (int)tokens : txn_change(r->txn, "alert", r->alert_id, 1);
	if (error < 0) {
		return error;
	}
	return r->muted_by != 0 ? muted_note(r) : told(r, incident_id, opening.is_new);
}

/* A repeat only counts.  People are told again only of what has become graver. */
static int alert_repeat(struct raised *r, int64_t incident_id)
{
	struct incident_opening opening = { 0 };
	bool graver = is_graver(r);
	if (!graver && !is_for_another_reason(r)) {
		return repeat_count(r);
	}
	int lately = graver ? 0 : is_told_lately(r, incident_id);
	if (lately != 0) {
		return lately < 0 ? lately : repeat_count(r);
	}
	int error = alert_change(r);
	if (error < 0 || incident_id == 0) {
		return error;
	}
	error = reason_note(r, incident_id);
	if (error < 0 || !graver) {
		return error;
	}
	error = incident_of(r, &opening, &incident_id);
	return error < 0 ? error : told(r, incident_id, opening.is_new);
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
	error = error < 0 ? error : affected_note(&r);
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
		return alert_repeat(&r, incident_id);
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
	r.muted_by = 0;
	open = open_find(&r, &incident_id);
	return open < 0 ? open : open == 1 ? repeat_count(&r) : alert_open(&r);
}

/* ---- the end of a maintenance window */

struct kept {
	int64_t alert_id;
	int64_t version;
	struct signal signal;
};

static int kept_load(struct raised *r, struct kept *kept)
{
	AUTO_STMT struct stmt *q = NULL;
	struct arena *arena = txn_arena(r->txn);
	int row = sql_query(txn_db(r->txn),
		"SELECT id, version, severity, class, asset_key, asset_id, unit_id, code, args,"
		" first_at_ms, dedup_key FROM alert WHERE watch_id = $1 AND state = 'firing'"
		" AND live_muted_by IS NOT NULL ORDER BY id LIMIT 1",
		&q, SQL_INT(r->watch_id));
	row = row < 0 ? row : db_step(q);
	if (row != 1) {
		return row;
	}
	int severity = name_parse(&alert_severity_names, db_col_text(q, 2));
	*kept = (struct kept) { .alert_id = db_col_int64(q, 0),
		.version = db_col_int64(q, 1),
		.signal = { .severity = (enum alert_severity)(severity < 0 ? 0 : severity),
			.class = arena_dup(arena, db_col_text(q, 3)),
			.asset_key = arena_dup(arena, db_col_text(q, 4)),
			.code = arena_dup(arena, db_col_text(q, 7)),
			.args = arena_dup(arena, db_col_text(q, 8)),
			.observed_at_ms = db_col_int64(q, 9),
			.dedup_key = arena_dup(arena, db_col_text(q, 10)) } };
	r->asset_id = db_col_int64(q, 5);
	r->unit_id = db_col_int64(q, 6);
	return 1;
}

int signal_unmute(struct txn *txn, const struct desk_env *env, int64_t watch_id)
{
	struct raised r = { .txn = txn, .env = env, .watch_id = watch_id };
	struct incident_opening opening = { 0 };
	struct kept kept = { 0 };
	int64_t incident_id = 0;
	int row = 0;
	while ((row = kept_load(&r, &kept)) == 1) {
		r.signal = &kept.signal;
		r.alert_id = kept.alert_id;
		int error = incident_of(&r, &opening, &incident_id);
		int64_t done = error < 0
				       ? error
				       : sql_run(txn_db(txn),
						 "UPDATE alert SET version = version + 1,"
						 " incident_id = $2, live_muted_by = NULL"
						 " WHERE id = $1",
						 SQL_INT(kept.alert_id), SQL_INT(incident_id));
		error = done < 0 ? (int)done : trail_row(txn, "alert", kept.alert_id);
		error = error < 0 ? error
				  : txn_change(txn, "alert", kept.alert_id, kept.version + 1);
		error = error < 0 ? error : told(&r, incident_id, opening.is_new);
		if (error < 0) {
			return error;
		}
	}
	return row;
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
