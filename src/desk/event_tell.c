/* SPDX-License-Identifier: Apache-2.0 */
/* Who hears of an event: the lists of the pack, by mail, without a word of what it is. */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/deliver.h"
#include "desk/desk.h"
#include "desk/event_clocks.h"
#include "records/sql.h"

enum { PEOPLE_MAX = 80 };

struct hearers {
	int64_t people[PEOPLE_MAX];
	int count;
};

static void hearer_add(struct hearers *hearers, int64_t person_id)
{
	for (int i = 0; i < hearers->count; i++) {
		if (hearers->people[i] == person_id) {
			return;
		}
	}
	if (hearers->count < PEOPLE_MAX && person_id != 0) {
		hearers->people[hearers->count++] = person_id;
	}
}

static bool is_of_unit(struct slice role)
{
	return slice_is(role, "officer") || slice_is(role, "specialist") ||
	       slice_is(role, "unit_head");
}

static int role_add(
	struct txn *txn, struct slice role, int64_t unit_id, struct hearers *hearers)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(txn_db(txn),
		"SELECT DISTINCT person_id FROM role_grant WHERE role = $1"
		" AND valid_to_ms IS NULL AND ($2 = 0 OR unit_id = $2)"
		" ORDER BY person_id LIMIT $3",
		&q, SQL_TEXT(role), SQL_INT(is_of_unit(role) ? unit_id : 0),
		SQL_INT(PEOPLE_MAX));
	while (row >= 0 && (row = db_step(q)) == 1) {
		hearer_add(hearers, db_col_int64(q, 0));
	}
	return row < 0 ? row : 0;
}

static int duty_add(struct txn *txn, struct hearers *hearers)
{
	int64_t people[PEOPLE_MAX];
	int count = deliver_on_duty(txn, people, PEOPLE_MAX);
	for (int i = 0; i < count; i++) {
		hearer_add(hearers, people[i]);
	}
	return count < 0 ? count : 0;
}

static int unit_name(struct txn *txn, int64_t unit_id, struct slice *ret_name)
{
	AUTO_STMT struct stmt *q = NULL;
	int row = sql_query(
		txn_db(txn), "SELECT name FROM unit WHERE id = $1", &q, SQL_INT(unit_id));
	row = row < 0 ? row : db_step(q);
	*ret_name =
		row == 1 ? arena_dup(txn_arena(txn), db_col_text(q, 0)) : (struct slice) { 0 };
	return row < 0 ? row : 0;
}

const char *event_tell_list(const struct event_row *row)
{
	enum event_grade grade = event_grade_now(row);
	return grade < EVENT_GRADE_COUNT ? name_id(&event_grade_names, grade) : "received";
}

int event_tell_person(struct txn *txn, const struct desk_env *env, const struct event_row *row,
	const struct event_word *word, int64_t person_id)
{
	struct arena *arena = txn_arena(txn);
	struct slice unit = { 0 };
	int error = unit_name(txn, row->unit_id, &unit);
	if (error < 0) {
		return error;
	}
	const char *drill = row->drill ? "演练·" : "";
	struct deliver_mail mail = { .person_id = person_id,
		.subject = arena_printf(arena, "【%s%.*s】%.*s %.*s", drill,
			SLICE_FMT(word->subject), SLICE_FMT(unit), SLICE_FMT(row->number)),
		.body = arena_printf(arena,
			"%s%.*s\n\n登录后查看：\n%s/events/%lld\n手机：\n%s/m/e/%lld\n",
			row->drill ? "（演练）" : "", SLICE_FMT(word->text), env->base_url,
			(long long)row->id, env->base_url, (long long)row->id),
		.about = "event",
		.about_id = row->id,
		.event = (const char *)arena_printf(
			arena, "%s.%lld", word->event, (long long)word->seq)
				 .p };
	int put = deliver_mail(txn, &mail);
	return put < 0 ? put : 0;
}

int event_tell(struct txn *txn, const struct desk_env *env, const struct event_row *row,
	const struct event_word *word)
{
	struct event_pack pack;
	struct hearers hearers = { 0 };
	int error = event_pack_load(txn, row->pack_id, &pack, NULL);
	const struct json *list = error == 0 ? event_pack_tell(&pack, word->when) : NULL;
	for (const struct json *who = json_first(list); who != NULL && error == 0;
		who = json_next(who)) {
		struct slice role = json_str(who);
		error = slice_is(role, "duty") ? duty_add(txn, &hearers)
					       : role_add(txn, role, row->unit_id, &hearers);
	}
	for (int i = 0; i < hearers.count && error == 0; i++) {
		error = event_tell_person(txn, env, row, word, hearers.people[i]);
	}
	return error;
}
