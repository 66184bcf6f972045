/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/users.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "desk/account.h"
#include "desk/deliver.h"
#include "desk/desk.h"
#include "desk/doubts.h"
#include "desk/salt.h"
#include "desk/second_factor_keep.h"
#include "desk/words.h"
#include "records/search.h"

enum { NAME_MAX_CHARS = 60, PHONE_MAX_CHARS = 40, MAIL_MAX_CHARS = 200, ROLES_MAX = 8 };

/* A rule of desk/account.h was broken: its code, and the member of the body it is about. */
static int ruled(struct desk *desk, int error, const char *code, const char *field)
{
	return error < 0 && code != NULL ? desk_refuse(desk, error, code, field) : error;
}

/* What the lane made of a one-time password; without memory it made nothing. */
static int one_time_check(struct desk *desk)
{
	bool made = desk->call->new_hash.n > 0 && desk->call->new_secret.n > 0;
	return made ? 0 : desk_refuse(desk, E_BUSY, "login.busy", NULL);
}

static int person_make(struct desk *desk, int64_t *ret_id)
{
	struct slice name = { 0 };
	struct slice phone = { 0 };
	struct slice mail = { 0 };
	int64_t unit_id = 0;
	int error = words_text(desk, "name", WORDS_REQUIRED, NAME_MAX_CHARS, &name);
	error = error < 0 ? error
			  : words_text(desk, "phone", WORDS_OPTIONAL, PHONE_MAX_CHARS, &phone);
	error = error < 0 ? error
			  : words_text(desk, "mail", WORDS_OPTIONAL, MAIL_MAX_CHARS, &mail);
	error = error < 0 ? error : words_id(desk, "unit_id", WORDS_OPTIONAL, "unit", &unit_id);
	if (error < 0) {
		return error;
	}
	int64_t id = txn_id(desk->txn);
	int64_t done = sql_run(desk->db,
		"INSERT INTO person (id, version, name, unit_id, phone, mail, salt)"
		" VALUES ($1, 1, $2, $3, $4, $5, $6)",
		SQL_INT(id), SQL_TEXT(name), SQL_INT_OR_NULL(unit_id), SQL_TEXT_OR_NULL(phone),
		SQL_TEXT_OR_NULL(mail), SQL_BLOB(salt_draw(desk->arena)));
	struct slice words = arena_printf(desk->arena, "%.*s %.*s %.*s %.*s", SLICE_FMT(name),
		SLICE_FMT(phone), SLICE_FMT(mail),
		SLICE_FMT(json_get_str(desk->call->body, "account")));
	done = done < 0 ? done : search_put(desk->txn, "person", id, words);
	error = done < 0 ? (int)done : trail_row(desk->txn, "person", id);
	error = error < 0 ? error : trail_personal(desk->txn, id, "phone", phone);
	error = error < 0 ? error : trail_personal(desk->txn, id, "mail", mail);
	error = error < 0 ? error : txn_change(desk->txn, "person", id, 1);
	*ret_id = error < 0 ? *ret_id : id;
	return error;
}

/* One grant asked for: {role, unit_id?}. */
static int grant_take(struct desk *desk, const struct json *wanted, int64_t person_id,
	const char *field, int64_t *ret_grant_id)
{
	const char *code = NULL;
	int role = name_parse(&role_names, json_get_str(wanted, "role"));
	if (role < 0 || role >= ROLE_PEOPLE_COUNT) {
		return desk_refuse(desk, E_INPUT, "input.word", field);
	}
	int error = account_grant(desk->txn, person_id, (enum role)role,
		json_get_int(wanted, "unit_id", 0), ret_grant_id, &code);
	return ruled(desk, error, code, field);
}

static int roles_take(struct desk *desk, int64_t person_id)
{
	const struct json *roles = json_get(desk->call->body, "roles");
	int64_t grant_id = 0;
	int error = 0;
	if (json_count(roles) > ROLES_MAX) {
		return desk_refuse(desk, E_INPUT, "input.too_long", "roles");
	}
	for (const struct json *r = json_first(roles); r != NULL && error == 0;
		r = json_next(r)) {
		error = grant_take(desk, r, person_id, "roles", &grant_id);
	}
	return error;
}

int desk_user_create(struct desk *desk)
{
	struct slice name = { 0 };
	const char *code = NULL;
	int64_t person_id = 0;
	int64_t id = 0;
	int error = one_time_check(desk);
	error = error < 0
			? error
			: words_text(desk, "account", WORDS_REQUIRED, ACCOUNT_NAME_MAX, &name);
	error = error < 0 ? error
			  : words_id(desk, "person_id", WORDS_OPTIONAL, "person", &person_id);
	error = error < 0 || person_id != 0 ? error : person_make(desk, &person_id);
	if (error < 0) {
		return error;
	}
	error = account_make(desk->txn, name, person_id, desk->call->new_hash, &id, &code);
	bool about_person = code != NULL && slice_is(slice_str(code), "user.has_account");
	error = ruled(desk, error, code, about_person ? "person_id" : "account");
	error = error < 0 ? error : roles_take(desk, person_id);
	if (error < 0) {
		return error;
	}
	desk_audit(desk, "users.create", "account", id, 1, name);
	desk_answer(desk, id, 1);
	desk->answer_secret = desk->call->new_secret;
	return 0;
}

static int user_load(struct desk *desk, struct account *ret_account)
{
	int found = account_by_id(desk->txn, desk->call->id, ret_account);
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	/* Nobody locks himself out, nor gives himself a password without saying the old one. */
	return ret_account->id == desk->caller.account_id
		       ? desk_refuse(desk, E_STATE, "user.self", NULL)
		       : 0;
}

static int user_done(struct desk *desk, const struct account *account, const char *act)
{
	int error = account_sessions_end(desk->txn, account->id, 0);
	error = error < 0 ? error
			  : txn_change(desk->txn, "user", account->id, account->version + 1);
	desk_audit(desk, act, "account", account->id, account->version + 1, account->name);
	desk_answer(desk, account->id, account->version + 1);
	return error;
}

int desk_user_update(struct desk *desk)
{
	struct account account = { 0 };
	bool disable = false;
	int error = user_load(desk, &account);
	error = error < 0 ? error : desk_version_same(desk, account.version);
	if (error < 0) {
		return error;
	}
	if (!json_bool(json_get(desk->call->body, "disabled"), &disable)) {
		return desk_refuse(desk, E_INPUT, "input.required", "disabled");
	}
	int last = disable ? account_is_last_admin(desk->txn, account.person_id) : 0;
	if (last != 0) {
		return last < 0 ? last : desk_refuse(desk, E_STATE, "user.last_admin", NULL);
	}
	int64_t done = sql_run(desk->db,
		"UPDATE account SET version = version + 1, disabled = $2, live_failures = 0,"
		" live_locked_until_ms = NULL WHERE id = $1",
		SQL_INT(account.id), SQL_INT(disable ? 1 : 0));
	error = done < 0 ? (int)done : trail_row(desk->txn, "account", account.id);
	if (error >= 0 && disable) {
		struct doubt_sign sign = { .person_id = account.person_id,
			.signal = TENURE_ACCOUNT_DISABLED,
			.evidence = account.name,
			.by_id = desk->caller.person_id };
		error = doubt_sign(desk->txn, desk->env, &sign);
	}
	return error < 0
		       ? error
		       : user_done(desk, &account, disable ? "users.disable" : "users.enable");
}

int desk_user_reset_password(struct desk *desk)
{
	struct account account = { 0 };
	int error = user_load(desk, &account);
	error = error < 0 ? error : one_time_check(desk);
	error = error < 0 ? error
			  : account_password_set(
				    desk->txn, account.id, desk->call->new_hash, true);
	error = error < 0 ? error : user_done(desk, &account, "users.reset_password");
	desk->answer_secret = desk->call->new_secret;
	return error;
}

/* Whose lock was opened should hear of it, all the more if he did not ask. */
static int reset_tell(struct desk *desk, const struct account *account)
{
	struct slice body = arena_printf(desk->arena,
		"系统管理员%s重置了您的账号 %.*s 的动态口令，您已在各处退出登录。\n"
		"下次登录只需密码；请登录后在“个人设置”重新绑定。\n"
		"如果不是您要求的，请立即联系信息技术中心。\n%s/me\n",
		desk->caller.name, SLICE_FMT(account->name), desk->env->base_url);
	struct slice event =
		arena_printf(desk->arena, "second_factor.reset.%lld", (long long)desk->now_ms);
	struct deliver_mail mail = { .person_id = account->person_id,
		.subject = SLICE("【账号安全】动态口令已重置"),
		.body = body,
		.about = "user",
		.about_id = account->id,
		.event = (const char *)event.p };
	int put = deliver_mail(desk->txn, &mail);
	return put < 0 ? put : 0;
}

int desk_user_reset_second_factor(struct desk *desk)
{
	struct account account = { 0 };
	int error = user_load(desk, &account);
	error = error < 0 ? error : desk_version_same(desk, account.version);
	int dropped = error < 0 ? error : second_factor_drop(desk->txn, account.id);
	if (dropped == 0) {
		return desk_refuse(desk, E_STATE, "second_factor.off", NULL);
	}
	error = dropped < 0 ? dropped : reset_tell(desk, &account);
	return error < 0 ? error : user_done(desk, &account, "users.reset_second_factor");
}

int desk_people_grant(struct desk *desk)
{
	int64_t known = 0;
	int64_t grant_id = 0;
	int found = sql_int(desk->db, "SELECT 1 FROM person WHERE id = $1", &known,
		SQL_INT(desk->call->id));
	if (found <= 0) {
		return found < 0 ? found : E_ABSENT;
	}
	if (desk->call->id == desk->caller.person_id) {
		return desk_refuse(
			desk, E_STATE, "grant.self", NULL); /* nobody gives himself a role */
	}
	int error = grant_take(desk, desk->call->body, desk->call->id, "role", &grant_id);
	if (error < 0) {
		return error;
	}
	desk_audit(desk, "people.grant", "person", desk->call->id, 0,
		json_get_str(desk->call->body, "role"));
	desk_answer(desk, grant_id, 1);
	return 0;
}

int desk_people_revoke(struct desk *desk)
{
	const char *code = NULL;
	int error = account_revoke(desk->txn, desk->call->id, desk->call->sub, &code);
	if (error < 0) {
		return ruled(desk, error, code, NULL);
	}
	desk_audit(desk, "people.revoke", "person", desk->call->id, 0, (struct slice) { 0 });
	desk_answer(desk, desk->call->sub, 0);
	return 0;
}
