/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/policies.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/digest.h"
#include "base/err.h"
#include "desk/desk.h"
#include "records/sql.h"
#include "records/trail.h"
#include "records/txn.h"
#include "workflow/calendar_layer.h"
#include "workflow/policy.h"

/* ---- keeping */

struct latest {
	int64_t id; /* 0 = none */
	int64_t edition;
	bool same;
	bool people; /* adopted by people, not brought by a file */
};

static void hex_of(struct slice text, char ret_hex[2 * DIGEST_OCTETS + 1])
{
	struct digest digest = digest_of(DIGEST_SM3, text);
	digest_hex(&digest, ret_hex);
}

static int latest_find(struct db *db, const struct policy_text *text, struct latest *ret)
{
	char hex[2 * DIGEST_OCTETS + 1];
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(db,
		"SELECT id, edition, sm3, regulation_id FROM policy_version WHERE subject = $1"
		" ORDER BY edition DESC LIMIT 1",
		&q, SQL_STR(text->subject));
	row = row < 0 ? row : db_step(q);
	*ret = (struct latest) { 0 };
	if (row == 1) {
		hex_of(text->text, hex);
		ret->id = db_col_int64(q, 0);
		ret->edition = db_col_int64(q, 1);
		ret->same = slice_is(db_col_text(q, 2), hex);
		ret->people = !db_col_is_null(q, 3);
	}
	return row;
}

/* What people adopted stays until the school changes a file of its own; what comes along never wins. */
static int stays(struct db *db, const struct policy_text *text, const struct latest *latest)
{
	char hex[2 * DIGEST_OCTETS + 1];
	int64_t known = 0;
	if (latest->same || !latest->people) {
		return latest->same;
	}
	if (!text->site) {
		return 1;
	}
	hex_of(text->text, hex);
	return sql_int(db,
		"SELECT 1 FROM policy_version WHERE subject = $1 AND sm3 = $2"
		" AND regulation_id IS NULL",
		&known, SQL_STR(text->subject), SQL_STR(hex));
}

int policy_kept(struct db *db, struct policy_text *text)
{
	struct latest latest;
	int row = latest_find(db, text, &latest);
	row = row == 1 ? stays(db, text, &latest) : row;
	if (row == 1) {
		text->id = latest.id;
	}
	return row;
}

/* A file stands in its place now. */
static int adopted_end(struct txn *txn, const struct policy_text *text)
{
	int64_t id = 0;
	int found = strcmp(text->subject, "policy") != 0
			    ? 0
			    : sql_int(txn_db(txn), "SELECT id FROM regulation WHERE state = $1",
				      &id, SQL_STR("in_force"));
	if (found <= 0) {
		return found;
	}
	int64_t done = sql_run(txn_db(txn),
		"UPDATE regulation SET version = version + 1, state = 'superseded',"
		" ended_at_ms = $2 WHERE id = $1",
		SQL_INT(id), SQL_INT(txn_now_ms(txn)));
	return done < 0 ? (int)done : trail_row(txn, "regulation", id);
}

int policy_adopt(struct txn *txn, void *arg)
{
	struct policy_text *text = arg;
	struct latest latest;
	char hex[2 * DIGEST_OCTETS + 1];
	int row = latest_find(txn_db(txn), text, &latest);
	row = row == 1 ? stays(txn_db(txn), text, &latest) : row;
	if (row != 0) {
		text->id = latest.id;
		return row < 0 ? row : 0;
	}
	row = adopted_end(txn, text);
	if (row < 0) {
		return row;
	}
	hex_of(text->text, hex);
	text->id = txn_id(txn);
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO policy_version (id, version, kind, subject, name, edition, sm3, text,"
		" adopted_at_ms, adopted_by, previous_id)"
		" VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, NULL, $9)",
		SQL_INT(text->id), SQL_STR(text->kind), SQL_STR(text->subject),
		SQL_STR(text->name), SQL_INT(latest.edition + 1), SQL_STR(hex),
		SQL_TEXT(text->text), SQL_INT(txn_now_ms(txn)), SQL_INT_OR_NULL(latest.id));
	trail_act(txn,
		&(struct trail_act) { .act = SLICE("policy.adopt"),
			.kind = SLICE("policy"),
			.id = text->id,
			.version = 1,
			.reason = arena_printf(txn_arena(txn), "%s@%.8s", text->name, hex) });
	return done < 0 ? (int)done : trail_row(txn, "policy_version", text->id);
}

/* ---- what is in force */

int policy_in_force_id(struct db *db, int64_t *ret_id)
{
	return sql_int(db,
		"SELECT id FROM policy_version WHERE subject = $1 ORDER BY edition DESC LIMIT 1",
		ret_id, SQL_STR("policy"));
}

static int kept_read(
	struct db *db, int64_t id, const struct policy *otherwise, struct policy *ret_policy)
{
	AUTO_STMT struct stmt *q = NULL;
	int row =
		sql_query(db, "SELECT text FROM policy_version WHERE id = $1", &q, SQL_INT(id));
	row = row < 0 ? row : db_step(q);
	if (row <= 0) {
		return row < 0 ? row : E_STORE;
	}
	struct diag_list mistakes;
	diag_list_init(&mistakes);
	int error = policy_parse_over(db_col_text(q, 0), otherwise, ret_policy, &mistakes);
	diag_list_fini(&mistakes);
	if (error < 0) {
		return E_STORE;
	}
	policy_stamp(ret_policy->version, sizeof(ret_policy->version), db_col_text(q, 0));
	return 0;
}

int policy_in_force(struct db *db, const struct policy *otherwise, int64_t *ret_id,
	struct policy *ret_policy)
{
	int found = policy_in_force_id(db, ret_id);
	int error = found == 1 ? kept_read(db, *ret_id, otherwise, ret_policy) : found;
	return error < 0 ? error : found;
}

/* ---- what was in force then */

int policy_then(struct txn *txn, const struct desk_env *env, int64_t id,
	const struct policy **ret_policy)
{
	*ret_policy = env->policy;
	if (id == 0 || id == env->policy_id) {
		return 0;
	}
	struct policy *policy = arena_take(txn_arena(txn), sizeof(*policy));
	int error = kept_read(txn_db(txn), id, env->policy, policy);
	if (error < 0) {
		return error != E_STORE
			       ? error
			       : diag_set(txn_diag(txn), E_STORE, 0, 0,
					 "policy version %lld cannot be read", (long long)id);
	}
	*ret_policy = policy;
	return 0;
}

static bool in_force(const struct calendar *calendar, struct slice version)
{
	for (size_t i = 0; i < calendar->year_count; i++) {
		if (slice_is(version, calendar->years[i].version)) {
			return true;
		}
	}
	return false;
}

/* Add the year of a stamped version; 1 added, 0 it is not kept or the year is there. */
static int year_add(struct txn *txn, struct slice version, struct calendar *calendar)
{
	struct slice name = { 0 };
	struct slice stamp = version;
	if (!slice_cut(version, '@', &name, &stamp) || stamp.n == 0) {
		return 0;
	}
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn),
		"SELECT text FROM policy_version WHERE kind = 'calendar' AND name = $1"
		" AND substr(sm3, 1, 8) = $2 LIMIT 1",
		&q, SQL_TEXT(name), SQL_TEXT(stamp));
	row = row < 0 ? row : db_step(q);
	if (row != 1 || calendar_add_json(calendar, db_col_text(q, 0), NULL) < 0) {
		return row < 0 ? row : 0;
	}
	policy_stamp(calendar->years[calendar->year_count - 1].version, CALENDAR_STAMPED_MAX,
		db_col_text(q, 0));
	return 1;
}

static bool is_layer(struct slice version)
{
	return slice_starts(version, SLICE("school-")) || slice_starts(version, SLICE("unit-"));
}

/* The years it was counted by, where they read otherwise today. */
static int years_then(struct txn *txn, const struct desk_env *env, const char *versions,
	const struct calendar **ret_calendar)
{
	struct slice left = slice_str(versions);
	int row = 0;
	int older = 0;
	struct calendar *then = NULL;
	*ret_calendar = env->calendar;
	while (left.n > 0 && row >= 0) {
		struct slice version = { 0 };
		(void)slice_cut(left, '+', &version, &left);
		if (is_layer(version)) {
			continue;
		}
		if (!in_force(env->calendar, version) && then == NULL) {
			then = arena_take(txn_arena(txn), sizeof(*then));
			calendar_init(then);
			then->offset_min = env->calendar->offset_min;
			then->day_end_min = env->calendar->day_end_min;
		}
		if (then != NULL && !in_force(env->calendar, version)) {
			row = year_add(txn, version, then);
			older += row > 0;
		}
	}
	for (size_t i = 0; older > 0 && row >= 0 && i < env->calendar->year_count; i++) {
		row = year_add(txn, slice_str(env->calendar->years[i].version), then);
	}
	if (older > 0 && row >= 0) {
		*ret_calendar = then;
	}
	return row < 0 ? row : 0;
}

/* "unit-12-3" is of 'calendar-unit-12'. */
static struct slice layer_subject(struct txn *txn, struct slice name)
{
	size_t end = name.n;
	while (end > 0 && name.p[end - 1] != '-') {
		end--;
	}
	return arena_printf(txn_arena(txn), "calendar-%.*s",
		SLICE_FMT(slice_head(name, end > 0 ? end - 1 : 0)));
}

/* A layer's text by its stamped version: 1, 0 it is none that is kept, or as db_step. */
static int layer_find(struct txn *txn, struct slice version, struct slice *ret_text)
{
	struct slice name = { 0 };
	struct slice stamp = { 0 };
	if (!is_layer(version) || !slice_cut(version, '@', &name, &stamp)) {
		return 0;
	}
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn),
		"SELECT text FROM policy_version WHERE kind = 'calendar' AND name = $1"
		" AND subject IN ('calendar-school', $3) AND substr(sm3, 1, 8) = $2 LIMIT 1",
		&q, SQL_TEXT(name), SQL_TEXT(stamp), SQL_TEXT(layer_subject(txn, name)));
	row = row < 0 ? row : db_step(q);
	if (row == 1) {
		*ret_text = arena_dup(txn_arena(txn), db_col_text(q, 0));
	}
	return row;
}

/* The school's and the unit's own days as they read then; those made since do not count. */
int calendar_then(struct txn *txn, const struct desk_env *env, const char *versions,
	const struct calendar **ret_calendar)
{
	struct slice left = slice_str(versions);
	struct calendar *laid = NULL;
	int row = years_then(txn, env, versions, ret_calendar);
	while (left.n > 0 && row >= 0) {
		struct slice version = { 0 };
		struct slice text = { 0 };
		(void)slice_cut(left, '+', &version, &left);
		row = layer_find(txn, version, &text);
		if (row == 1 && laid == NULL) {
			laid = arena_take(txn_arena(txn), sizeof(*laid));
			*laid = **ret_calendar;
		}
		if (row == 1 && calendar_add_layer(laid, text, txn_diag(txn)) == 0) {
			policy_stamp(laid->layers[laid->layer_count - 1], CALENDAR_STAMPED_MAX,
				text);
		}
	}
	if (laid != NULL && row >= 0) {
		*ret_calendar = laid;
	}
	return row < 0 ? row : 0;
}
