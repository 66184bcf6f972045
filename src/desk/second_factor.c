/* SPDX-License-Identifier: Apache-2.0 */
#include "desk/second_factor.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/otp.h"
#include "desk/account.h"
#include "desk/desk.h"
#include "desk/login.h"
#include "desk/qr.h"
#include "desk/second_factor_keep.h"
#include "records/caller.h"

enum { SHOWN_MAX_OCTETS = 32768, PATH_MAX_OCTETS = 24576, SCHOOL_MAX_CHARS = 20 };
/* Whoever began and went away begins again. */
#define BEGUN_MS (INT64_C(30) * 60 * 1000)

/* Of the caller: 1, 0 or as db_step; an API token has none. */
static int own_load(struct desk *desk, struct second_factor *ret_factor)
{
	return desk->caller.session_id == 0
		       ? desk_refuse(desk, E_STATE, "session.only", NULL)
		       : second_factor_load(desk->txn, desk->caller.account_id, ret_factor);
}

/* Only one that is on: 0, or refused. */
static int on_load(struct desk *desk, struct second_factor *ret_factor)
{
	int found = own_load(desk, ret_factor);
	if (found < 0) {
		return found;
	}
	return found == 0 || ret_factor->on_at_ms == 0
		       ? desk_refuse(desk, E_STATE, "second_factor.off", NULL)
		       : 0;
}

static int begin_check(struct desk *desk)
{
	struct second_factor factor = { 0 };
	int found = own_load(desk, &factor);
	if (found < 0) {
		return found;
	}
	if (found == 1 && factor.on_at_ms != 0) {
		return desk_refuse(desk, E_STATE, "second_factor.on", NULL);
	}
	return desk->env != NULL && desk->env->secrets == NULL
		       ? desk_refuse(desk, E_STATE, "secret.no_key", NULL)
		       : 0;
}

int second_factor_check(struct desk *desk)
{
	struct second_factor factor = { 0 };
	return desk->call->route == ROUTE_SECOND_FACTOR_BEGIN ? begin_check(desk)
							      : on_load(desk, &factor);
}

/* Percent-encoding of everything but the unreserved.  Source: RFC 3986 section 2.3. */
static void uri_put(struct buf *uri, struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			     (c >= 'a' && c <= 'z') || strchr("-._~", c) != NULL;
		if (plain && c != '\0') {
			buf_put_byte(uri, c);
		} else {
			buf_printf(uri, "%%%02X", c);
		}
	}
}

/* Under what name the authenticator lists it: the school, else the product. */
static int issuer_find(struct desk *desk, struct slice *ret_issuer)
{
	struct slice text = { 0 };
	const struct json *school = NULL;
	int error = setting_load(desk->db, desk->arena, "school", &text);
	if (error < 0) {
		return error;
	}
	if (text.n > 0 && json_parse(desk->arena, text, 0, &school, NULL) < 0) {
		school = NULL; /* written by us; an unreadable one counts as unset */
	}
	struct slice name = json_get_str(school, "short");
	name = name.n > 0 ? name : json_get_str(school, "name");
	*ret_issuer = name.n > 0 ? arena_printf(desk->arena, "%.*s 烽燧", SLICE_FMT(name))
				 : SLICE("烽燧");
	return 0;
}

static int uri_make(struct desk *desk, struct slice key, struct buf *uri)
{
	struct account account = { 0 };
	struct slice issuer = { 0 };
	int found = account_by_id(desk->txn, desk->caller.account_id, &account);
	int error = found < 0 ? found : found == 0 ? E_ABSENT : issuer_find(desk, &issuer);
	if (error < 0) {
		return error;
	}
	buf_put_str(uri, "otpauth://totp/");
	uri_put(uri, issuer);
	buf_put_str(uri, ":");
	uri_put(uri, account.name);
	buf_put_str(uri, "?secret=");
	otp_put_base32(uri, key);
	buf_put_str(uri, "&issuer=");
	uri_put(uri, issuer);
	buf_printf(uri, "&algorithm=SHA1&digits=%d&period=%d", OTP_DIGITS, OTP_STEP_S);
	return uri->failed ? E_LIMIT : 0;
}

/* Base 32, URI and QR code of a key, for the one answer that shows them. */
static int key_show(struct desk *desk, struct slice key)
{
	AUTO_BUF struct buf shown;
	AUTO_BUF struct buf uri;
	AUTO_BUF struct buf path;
	AUTO_BUF struct buf secret;
	struct jw jw;
	buf_init(&shown, SHOWN_MAX_OCTETS);
	buf_init(&uri, QR_TEXT_MAX_OCTETS);
	buf_init(&path, PATH_MAX_OCTETS);
	buf_init(&secret, 2 * OTP_SECRET_OCTETS);
	int error = uri_make(desk, key, &uri);
	int side = error < 0 ? error : qr_path(buf_slice(&uri), &path);
	if (side < 0) {
		return side;
	}
	otp_put_base32(&secret, key);
	jw_init(&jw, &shown);
	jw_object(&jw);
	jw_kv_str(&jw, "secret", buf_slice(&secret));
	jw_kv_str(&jw, "uri", buf_slice(&uri));
	jw_kv_str(&jw, "qr", buf_slice(&path));
	jw_kv_int(&jw, "qr_side", side);
	jw_end(&jw);
	desk->answer_second = arena_dup(desk->arena, buf_slice(&shown));
	return shown.failed ? E_LIMIT : 0;
}

int desk_second_factor_begin(struct desk *desk)
{
	uint8_t key[OTP_SECRET_OCTETS];
	int error = begin_check(desk);
	error = error < 0 ? error : login_checked(desk, "password");
	if (error < 0) {
		return error;
	}
	error = second_factor_begin_key(
		desk->txn, desk->env->secrets, desk->caller.account_id, key);
	error = error < 0 ? error : key_show(desk, slice_of(key, sizeof(key)));
	explicit_bzero(key, sizeof(key));
	desk_audit(desk, "second_factor.begin", "account", desk->caller.account_id, 0,
		(struct slice) { 0 });
	return error;
}

/* This session has shown a code. */
static int session_shown(struct desk *desk)
{
	int64_t done = sql_run(desk->db, "UPDATE session SET second_at_ms = $2 WHERE id = $1",
		SQL_INT(desk->caller.session_id), SQL_INT(desk->now_ms));
	return done < 0 ? (int)done
			: txn_change(desk->txn, "session", desk->caller.account_id, 0);
}

static int codes_show(struct desk *desk)
{
	AUTO_BUF struct buf shown;
	struct jw jw;
	buf_init(&shown, SHOWN_MAX_OCTETS);
	jw_init(&jw, &shown);
	jw_object(&jw);
	jw_key(&jw, "codes");
	int error = second_factor_recovery_make(desk->txn, desk->caller.account_id, &jw);
	jw_end(&jw);
	desk->answer_second = arena_dup(desk->arena, buf_slice(&shown));
	return error;
}

static int done_as(struct desk *desk, const char *act)
{
	desk_audit(desk, act, "account", desk->caller.account_id, 0, (struct slice) { 0 });
	desk_answer(desk, desk->caller.account_id, 0);
	return txn_change(desk->txn, "user", desk->caller.account_id, 0);
}

/* The attempt stays in the log though the command fails. */
static int refuse_kept(struct desk *desk, int error, const char *code)
{
	const struct caller *caller = &desk->caller;
	desk_audit(desk, "second_factor.refused", "account", caller->account_id, 0,
		(struct slice) { 0 });
	(void)!trail_personal(desk->txn, caller->person_id, "address", desk->call->address);
	trail_keep_refusal(desk->txn);
	return desk_refuse(desk, error, code, error == E_INPUT ? "code" : NULL);
}

/* No key to check by: its file is another one, or the records came from a backup. */
static int match(struct desk *desk, const struct second_factor *factor, struct slice code,
	int64_t *ret_step)
{
	bool again = false;
	int error = second_factor_match(
		desk->txn, desk->env->secrets, factor, code, ret_step, &again);
	if (error == E_ABSENT || error == E_DIGEST) {
		return desk_refuse(desk, E_STATE, "second_factor.no_key", NULL);
	}
	if (error < 0) {
		return error;
	}
	return again            ? refuse_kept(desk, E_INPUT, "second_factor.again")
	       : *ret_step == 0 ? refuse_kept(desk, E_INPUT, "second_factor.wrong")
				: 0;
}

int desk_second_factor_confirm(struct desk *desk)
{
	struct second_factor factor = { 0 };
	char typed[OTP_TYPED_MAX + 1];
	int64_t step = 0;
	int found = own_load(desk, &factor);
	if (found < 0) {
		return found;
	}
	if (found == 0 || factor.on_at_ms != 0 || factor.made_at_ms + BEGUN_MS < desk->now_ms) {
		return desk_refuse(desk, E_STATE,
			factor.on_at_ms != 0 ? "second_factor.on" : "second_factor.not_begun",
			NULL);
	}
	if (otp_typed_read(json_get_str(desk->call->body, "code"), typed) != OTP_TYPED_CODE) {
		return desk_refuse(desk, E_INPUT, "second_factor.form", "code");
	}
	int error = match(desk, &factor, slice_str(typed), &step);
	error = error < 0 ? error : second_factor_on(desk->txn, &factor, step);
	error = error < 0 ? error : codes_show(desk);
	error = error < 0 ? error : session_shown(desk);
	return error < 0 ? error : done_as(desk, "second_factor.on");
}

int desk_second_factor_code(struct desk *desk)
{
	struct second_factor factor = { 0 };
	char typed[OTP_TYPED_MAX + 1];
	int64_t step = 0;
	int error = on_load(desk, &factor);
	if (error < 0) {
		return error;
	}
	if (!desk->call->code_counted) {
		return refuse_kept(desk, E_DENIED, "second_factor.locked");
	}
	enum otp_typed kind = otp_typed_read(json_get_str(desk->call->body, "code"), typed);
	if (kind == OTP_TYPED_NOTHING) {
		return desk_refuse(desk, E_INPUT, "second_factor.form", "code");
	}
	if (kind == OTP_TYPED_CODE) {
		error = match(desk, &factor, slice_str(typed), &step);
	} else {
		int used = second_factor_recover(
			desk->txn, desk->caller.account_id, slice_str(typed));
		error = used == 0 ? refuse_kept(desk, E_INPUT, "second_factor.wrong") : used;
	}
	error = error < 0 ? error : second_factor_take(desk->txn, &factor, step);
	error = error < 0 ? error : session_shown(desk);
	if (error < 0) {
		return error;
	}
	desk_audit(desk,
		kind == OTP_TYPED_CODE ? "second_factor.code" : "second_factor.recovery",
		"account", desk->caller.account_id, 0, (struct slice) { 0 });
	desk_answer(desk, desk->caller.account_id, 0);
	return trail_personal(
		desk->txn, desk->caller.person_id, "address", desk->call->address);
}

int desk_second_factor_renew(struct desk *desk)
{
	struct second_factor factor = { 0 };
	int error = on_load(desk, &factor);
	error = error < 0 ? error : login_checked(desk, "password");
	error = error < 0 ? error : codes_show(desk);
	return error < 0 ? error : done_as(desk, "second_factor.renew");
}

int desk_second_factor_remove(struct desk *desk)
{
	struct second_factor factor = { 0 };
	int error = on_load(desk, &factor);
	error = error < 0 ? error : login_checked(desk, "password");
	error = error < 0 ? error : second_factor_drop(desk->txn, desk->caller.account_id);
	return error < 0 ? error : done_as(desk, "second_factor.remove");
}
