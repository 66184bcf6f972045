/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/admin.h"

#include <getopt.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/num.h"
#include "cli/admin_store.h"
#include "cli/share.h"
#include "desk/account.h"
#include "desk/desk.h"
#include "desk/first_admin.h"
#include "desk/password_policy.h"
#include "desk/second_factor_keep.h"
#include "desk/tokens.h"
#include "desk/users.h"
#include "records/sql.h"
#include "sys/password.h"
#include "sys/rand.h"

enum {
	ONE_TIME_LENGTH = 12,
	ROLES_MAX = 8,
	BODY_MAX_OCTETS = 16384,
	SECRET_MAX = 128,
	PASSWORD_FILE_MAX = 1024
};

struct admin {
	/* asked */
	const char *data;
	const char *db;
	const char *account;
	const char *name;
	const char *unit;
	const char *mail;
	const char *phone;
	const char *scopes;
	const char *password_file;
	const char *days;
	const char *roles[ROLES_MAX];
	int role_count;
	bool centre;
	/* made */
	char by[128]; /* for the log */
	char hash[PASSWORD_HASH_MAX];
	char secret[SECRET_MAX];
	bool chosen; /* the password came from a file: it is to stay */
	char code[48];
	char field[48];
};

static int usage(void)
{
	(void)fputs(
		"usage: fengsui admin init [--data DIR | --db CONF]\n"
		"       fengsui admin user --account NAME --name NAME --role ROLE [--role ROLE …] [--unit NAME]\n"
		"                          [--centre] [--mail ADDRESS] [--phone NUMBER] [--password-file FILE]\n"
		"       fengsui admin token --account NAME --name NAME --scopes 'WORD …' [--role ROLE] [--days N]\n"
		"       fengsui admin reset-password ACCOUNT\n"
		"       fengsui admin reset-second-factor ACCOUNT\n"
		"The platform must stand still.  A one-time password or token is printed once.\n",
		stderr);
	return 2;
}

static bool options_read(int argc, char **argv, struct admin *a)
{
	const char **const texts[] = { &a->data, &a->db, &a->account, &a->name, &a->unit,
		&a->mail, &a->phone, &a->scopes, &a->password_file, &a->days };
	enum { TEXTS = sizeof(texts) / sizeof(texts[0]), ROLE, CENTRE };
	static const struct option known[] = { { "data", required_argument, NULL, 0 },
		{ "db", required_argument, NULL, 1 }, { "account", required_argument, NULL, 2 },
		{ "name", required_argument, NULL, 3 }, { "unit", required_argument, NULL, 4 },
		{ "mail", required_argument, NULL, 5 }, { "phone", required_argument, NULL, 6 },
		{ "scopes", required_argument, NULL, 7 },
		{ "password-file", required_argument, NULL, 8 },
		{ "days", required_argument, NULL, 9 },
		{ "role", required_argument, NULL, ROLE },
		{ "centre", no_argument, NULL, CENTRE }, { NULL, 0, NULL, 0 } };
	for (int c = 0; (c = getopt_long(argc, argv, "", known, NULL)) != -1;) {
		if ((unsigned)c < TEXTS) {
			*texts[c] = optarg;
		} else if (c == ROLE && a->role_count < ROLES_MAX) {
			a->roles[a->role_count++] = optarg;
		} else if (c == CENTRE) {
			a->centre = true;
		} else {
			return false;
		}
	}
	a->data = a->data != NULL ? a->data : "/var/lib/fengsui";
	return true;
}

/* Who broke the glass, while it is still known. */
static void name_self(struct admin *a)
{
	const struct passwd *user = getpwuid(getuid());
	(void)snprintf(a->by, sizeof(a->by), "break-glass: %.64s (uid %u)",
		user != NULL ? user->pw_name : "?", (unsigned)getuid());
}

static void log_as(
	struct txn *txn, const struct admin *a, const char *act, const char *kind, int64_t id)
{
	trail_act(txn, &(struct trail_act) { .act = slice_str(act),
			       .kind = slice_str(kind),
			       .id = id,
			       .reason = slice_str(a->by) });
}

/* The password of the file, its line end aside, or one made up. */
static int password_take(struct admin *a, struct diag *diag)
{
	AUTO_BUF struct buf text;
	buf_init(&text, PASSWORD_FILE_MAX + 1);
	a->chosen = a->password_file != NULL;
	if (a->chosen) {
		int error = share_read(a->password_file, PASSWORD_FILE_MAX, &text);
		struct slice line = slice_trim(buf_slice(&text));
		if (error < 0 || line.n == 0 || line.n >= sizeof(a->secret)) {
			return diag_set(diag, error < 0 ? error : E_INPUT, 0, 0,
				"no password in %s", a->password_file);
		}
		(void)snprintf(a->secret, sizeof(a->secret), "%.*s", SLICE_FMT(line));
	} else {
		rand_text(a->secret, ONE_TIME_LENGTH);
	}
	return password_hash(slice_str(a->secret), a->hash);
}

/* An act of the desk, done by nobody: its refusal is kept for the message. */
static int act_run(struct txn *txn, struct admin *a, struct desk *desk, desk_fn act)
{
	desk->txn = txn;
	desk->db = txn_db(txn);
	desk->arena = txn_arena(txn);
	desk->now_ms = txn_now_ms(txn);
	desk->scope = SCOPE_ALL;
	int error = act(desk);
	(void)snprintf(a->code, sizeof(a->code), "%s", desk->code);
	(void)snprintf(a->field, sizeof(a->field), "%s", desk->field);
	return error;
}

/* ---- init */

static int init_run(struct txn *txn, void *arg)
{
	struct admin *a = arg;
	int error = first_admin(txn, slice_str(a->hash));
	if (error == E_STATE) {
		(void)snprintf(a->code, sizeof(a->code), "there are accounts already");
	}
	log_as(txn, a, "users.create", "account", 0);
	return error;
}

/* ---- user */

static int unit_take(struct txn *txn, const struct admin *a, int64_t *ret_id)
{
	if (a->unit == NULL) {
		return 0;
	}
	int found = sql_int(txn_db(txn),
		"SELECT id FROM unit WHERE name = $1 AND valid_to_ms IS NULL", ret_id,
		SQL_STR(a->unit));
	if (found != 0) {
		return found < 0 ? found : 0;
	}
	*ret_id = txn_id(txn);
	int64_t done = sql_run(txn_db(txn),
		"INSERT INTO unit (id, version, name, kind, is_centre, valid_from_ms) VALUES ($1, 1, $2, $3, $4, $5)",
		SQL_INT(*ret_id), SQL_STR(a->unit),
		SQL_STR(a->centre ? "centre" : "department"), SQL_INT(a->centre ? 1 : 0),
		SQL_INT(txn_now_ms(txn)));
	return done < 0 ? (int)done : trail_row(txn, "unit", *ret_id);
}

static bool of_unit(const char *role)
{
	return strcmp(role, "officer") == 0 || strcmp(role, "specialist") == 0 ||
	       strcmp(role, "unit_head") == 0;
}

static void text_put(struct jw *jw, const char *key, const char *text)
{
	if (text != NULL) {
		jw_kv_str(jw, key, slice_str(text));
	}
}

/* The body as POST /users would bring it. */
static int user_body(
	struct txn *txn, const struct admin *a, int64_t unit_id, const struct json **ret_body)
{
	AUTO_BUF struct buf text;
	struct jw jw;
	buf_init(&text, BODY_MAX_OCTETS);
	jw_init(&jw, &text);
	jw_object(&jw);
	text_put(&jw, "account", a->account);
	text_put(&jw, "name", a->name);
	text_put(&jw, "mail", a->mail);
	text_put(&jw, "phone", a->phone);
	if (unit_id != 0) {
		jw_kv_int(&jw, "unit_id", unit_id);
	}
	jw_key(&jw, "roles");
	jw_array(&jw);
	for (int i = 0; i < a->role_count; i++) {
		jw_object(&jw);
		jw_kv_str(&jw, "role", slice_str(a->roles[i]));
		if (unit_id != 0 && of_unit(a->roles[i])) {
			jw_kv_int(&jw, "unit_id", unit_id);
		}
		jw_end(&jw);
	}
	jw_end(&jw);
	jw_end(&jw);
	return text.failed
		       ? E_LIMIT
		       : json_parse(txn_arena(txn), arena_dup(txn_arena(txn), buf_slice(&text)),
				 0, ret_body, NULL);
}

/* A password that stays must be as good as one chosen in the browser. */
static int chosen_settle(struct txn *txn, struct admin *a, int64_t account_id)
{
	struct password_policy policy = { 0 };
	struct password_facts facts = { 0 };
	int error = password_policy_load(txn_db(txn), txn_arena(txn), &policy);
	error = error < 0 ? error : account_facts(txn, account_id, &facts);
	if (error < 0) {
		return error;
	}
	const char *fault = password_policy_fault(&policy, slice_str(a->secret), &facts);
	if (fault != NULL) {
		(void)snprintf(a->code, sizeof(a->code), "%s", fault);
		return E_INPUT;
	}
	return account_password_set(txn, account_id, slice_str(a->hash), false);
}

static int user_run(struct txn *txn, void *arg)
{
	struct admin *a = arg;
	int64_t unit_id = 0;
	struct desk_call call = { .route = ROUTE_USERS_CREATE,
		.if_match = -1,
		.new_hash = slice_str(a->hash),
		.new_secret = slice_str(a->secret) };
	struct desk desk = { .call = &call, .caller = { .role = ROLE_SYSTEM, .name = "" } };
	int error = unit_take(txn, a, &unit_id);
	error = error < 0 ? error : user_body(txn, a, unit_id, &call.body);
	error = error < 0 ? error : act_run(txn, a, &desk, desk_user_create);
	if (error == 0 && a->chosen) {
		error = chosen_settle(txn, a, desk.answer_id);
	}
	log_as(txn, a, "users.create", "account", desk.answer_id);
	return error;
}

/* ---- reset-password */

static int reset_run(struct txn *txn, void *arg)
{
	struct admin *a = arg;
	struct account account = { 0 };
	int found = account_by_name(txn, slice_str(a->account), &account);
	if (found <= 0) {
		(void)snprintf(a->code, sizeof(a->code), "no such account");
		return found < 0 ? found : E_ABSENT;
	}
	int error = account_password_set(txn, account.id, slice_str(a->hash), true);
	error = error < 0 ? error : account_sessions_end(txn, account.id, 0);
	log_as(txn, a, "users.reset_password", "account", account.id);
	return error;
}

/* ---- reset-second-factor */

static int factor_run(struct txn *txn, void *arg)
{
	struct admin *a = arg;
	struct account account = { 0 };
	int found = account_by_name(txn, slice_str(a->account), &account);
	if (found <= 0) {
		(void)snprintf(a->code, sizeof(a->code), "no such account");
		return found < 0 ? found : E_ABSENT;
	}
	int dropped = second_factor_drop(txn, account.id);
	if (dropped == 0) {
		(void)snprintf(a->code, sizeof(a->code), "it has no second factor");
	}
	int error = dropped <= 0 ? dropped : account_sessions_end(txn, account.id, 0);
	log_as(txn, a, "users.reset_second_factor", "account", account.id);
	return dropped == 0 ? E_STATE : error;
}

/* ---- token */

static int token_caller(struct txn *txn, const struct admin *a, struct caller *caller)
{
	struct account account = { 0 };
	int found = account_by_name(txn, slice_str(a->account), &account);
	if (found <= 0) {
		return found;
	}
	AUTO_STMT struct stmt *q = NULL;
	found = sql_query(txn_db(txn),
		"SELECT id, role, unit_id FROM role_grant WHERE person_id = $1 AND valid_to_ms IS NULL"
		" AND ($2 = '' OR role = $2) ORDER BY id LIMIT 1",
		&q, SQL_INT(account.person_id), SQL_STR(a->role_count > 0 ? a->roles[0] : ""));
	found = found < 0 ? found : db_step(q);
	if (found == 1) {
		/* A session stands for whoever sits at the machine. */
		*caller = (struct caller) { .known = true,
			.account_id = account.id,
			.person_id = account.person_id,
			.session_id = 1,
			.grant_id = db_col_int64(q, 0),
			.unit_id = db_col_int64(q, 2),
			.name = "" };
		int role = name_parse(&role_names, db_col_text(q, 1));
		caller->role = role < 0 ? ROLE_SYSTEM : (enum role)role;
	}
	return found;
}

static int token_body(
	struct txn *txn, const struct admin *a, int64_t days, const struct json **ret_body)
{
	AUTO_BUF struct buf text;
	struct jw jw;
	struct slice left = slice_str(a->scopes);
	buf_init(&text, BODY_MAX_OCTETS);
	jw_init(&jw, &text);
	jw_object(&jw);
	text_put(&jw, "name", a->name);
	if (days > 0) {
		jw_kv_int(&jw, "expires_at", txn_now_ms(txn) + days * 24 * 3600 * 1000);
	}
	jw_key(&jw, "scopes");
	jw_array(&jw);
	while (left.n > 0) {
		struct slice word = { 0 };
		(void)slice_cut(left, ' ', &word, &left);
		if (word.n > 0) {
			jw_str(&jw, word);
		}
	}
	jw_end(&jw);
	jw_end(&jw);
	return text.failed
		       ? E_LIMIT
		       : json_parse(txn_arena(txn), arena_dup(txn_arena(txn), buf_slice(&text)),
				 0, ret_body, NULL);
}

static int token_run(struct txn *txn, void *arg)
{
	struct admin *a = arg;
	int64_t days = 0;
	struct desk_call call = {
		.route = ROUTE_TOKENS_CREATE, .if_match = -1, .password_ok = true
	};
	struct desk desk = { .call = &call };
	if (a->days != NULL && num_i64(slice_str(a->days), 1, 730, &days) < 0) {
		(void)snprintf(a->code, sizeof(a->code), "days are 1 to 730");
		return E_INPUT;
	}
	int found = token_caller(txn, a, &desk.caller);
	if (found <= 0) {
		(void)snprintf(
			a->code, sizeof(a->code), "no such account, or it has no such role");
		return found < 0 ? found : E_ABSENT;
	}
	int error = token_body(txn, a, days, &call.body);
	error = error < 0 ? error : act_run(txn, a, &desk, desk_token_create);
	(void)snprintf(a->secret, sizeof(a->secret), "%.*s", SLICE_FMT(desk.answer_secret));
	log_as(txn, a, "tokens.create", "api_token", desk.answer_id);
	return error;
}

/* ---- the command */

static const struct {
	const char *name;
	int (*run)(struct txn *txn, void *arg);
	bool password; /* it makes one */
	bool create;   /* the store, too */
} verbs[] = {
	{ "init", init_run, true, true },
	{ "user", user_run, true, false },
	{ "token", token_run, false, false },
	{ "reset-password", reset_run, true, false },
	{ "reset-second-factor", factor_run, false, false },
};

/* Is everything said that this one needs? */
static bool complete(const struct admin *a, const char *verb)
{
	if (strcmp(verb, "user") == 0) {
		return a->account != NULL && a->name != NULL && a->role_count > 0;
	}
	if (strcmp(verb, "token") == 0) {
		return a->account != NULL && a->name != NULL && a->scopes != NULL;
	}
	return strcmp(verb, "init") == 0 ? a->account == NULL : a->account != NULL;
}

/* What was made, for whoever stands at the machine. */
static void told(const struct admin *a, size_t verb)
{
	if (verbs[verb].run == factor_run) {
		(void)printf("%s: a password is enough until it enrols again\n", a->account);
	} else if (verbs[verb].run == token_run) {
		(void)printf("%s\n", a->secret);
	} else if (!a->chosen) {
		(void)printf("%s %s\n", a->account != NULL ? a->account : FIRST_ADMIN_ACCOUNT,
			a->secret);
	}
}

static int run(struct admin *a, size_t verb)
{
	struct admin_store store = { .lock = -1 };
	struct diag diag = { 0 };
	name_self(a);
	int error = verbs[verb].password ? password_take(a, &diag) : 0;
	error = error < 0 ? error
			  : admin_store_open(a->data, a->db, verbs[verb].create, &store, &diag);
	bool opened = error == 0;
	error = error < 0 ? error : admin_store_run(&store, verbs[verb].run, a, &diag);
	admin_store_close(&store);
	if (error < 0) {
		(void)fprintf(stderr, "fengsui: admin %s: %s: %s%s%s\n", verbs[verb].name,
			err_text(error), a->code[0] != '\0' ? a->code : diag.text,
			a->field[0] != '\0' ? " in " : "", a->field);
		return opened && error != E_STORE ? 1 : 3;
	}
	told(a, verb);
	return fflush(stdout) == 0 ? 0 : 3;
}

int cli_admin(int argc, char **argv)
{
	struct admin a = { 0 };
	int result = -1;
	if (argc < 2 || !options_read(argc - 1, argv + 1, &a)) {
		return usage();
	}
	/* The one word left over is the account. */
	bool named = strcmp(argv[1], "reset-password") == 0 ||
		     strcmp(argv[1], "reset-second-factor") == 0;
	if (named && a.account == NULL && optind + 2 == argc) {
		a.account = argv[argc - 1];
		optind++;
	}
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]) && optind + 1 == argc; i++) {
		if (strcmp(argv[1], verbs[i].name) == 0 && complete(&a, verbs[i].name)) {
			result = run(&a, i);
		}
	}
	explicit_bzero(a.secret, sizeof(a.secret));
	return result < 0 ? usage() : result;
}
