/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/account.h"

#include "base/arena.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "courier/mail.h"

enum { HOST_OCTETS_MAX = 253, PORT_PLAIN = 25, PORT_SUBMISSION = 587, PORT_WRAPPED = 465 };

/* What goes into a URL and a command line of SMTP unescaped. */
static bool host_ok(struct slice host)
{
	for (size_t i = 0; i < host.n; i++) {
		uint8_t c = host.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			      (c >= '0' && c <= '9');
		if (!letter && c != '.' && c != '-' && c != ':') {
			return false;
		}
	}
	return host.n > 0 && host.n <= HOST_OCTETS_MAX && host.p[0] != '-';
}

/* The log-in's words travel in one line each. */
static bool line_ok(struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < 0x20) {
			return false;
		}
	}
	return true;
}

static int tls_read(struct slice name, enum account_tls *ret_tls)
{
	static const char *const names[] = { "none", "starttls", "tls" };
	for (unsigned i = 0; i < 3; i++) {
		if (slice_is(name, names[i])) {
			*ret_tls = (enum account_tls)i;
			return 0;
		}
	}
	return name.n == 0 ? 0 : E_INPUT;
}

int account_read(struct arena *arena, struct slice json_text, struct account *ret_account,
	struct diag *diag)
{
	static const uint16_t ports[] = { PORT_PLAIN, PORT_SUBMISSION, PORT_WRAPPED };
	const struct json *root = NULL;
	struct account account = { .tls = ACCOUNT_TLS_NONE };
	int error = json_parse(arena, json_text, 0, &root, diag);
	if (error < 0) {
		return error;
	}
	struct slice host = json_get_str(root, "host");
	struct slice from = json_get_str(root, "from");
	struct slice user = json_get_str(root, "user");
	struct slice password = json_get_str(root, "password");
	if (!host_ok(host)) {
		return diag_set(diag, E_INPUT, 0, 0, "host is no host name or address");
	}
	if (!mail_address_ok(from)) {
		return diag_set(diag, E_INPUT, 0, 0, "from is no mail address");
	}
	if (!line_ok(user) || !line_ok(password)) {
		return diag_set(
			diag, E_INPUT, 0, 0, "user or password holds a control character");
	}
	if (tls_read(json_get_str(root, "tls"), &account.tls) < 0) {
		return diag_set(diag, E_INPUT, 0, 0, "tls is not none, starttls or tls");
	}
	int64_t port = json_get_int(root, "port", ports[account.tls]);
	int64_t timeout_ms = json_get_int(root, "timeout_ms", ACCOUNT_TIMEOUT_MS);
	if (port < 1 || port > UINT16_MAX || timeout_ms < ACCOUNT_TIMEOUT_MIN_MS ||
		timeout_ms > ACCOUNT_TIMEOUT_MAX_MS) {
		return diag_set(diag, E_INPUT, 0, 0, "port or timeout_ms is out of range");
	}
	account.host = arena_dup_str(arena, host);
	account.port = (uint16_t)port;
	account.user = arena_dup_str(arena, user);
	account.password = arena_dup_str(arena, password);
	account.from = arena_dup_str(arena, from);
	account.from_name = arena_dup_str(arena, json_get_str(root, "from_name"));
	account.verify = json_get_bool(root, "verify", true);
	account.ca = json_get_str(root, "ca");
	account.timeout_ms = timeout_ms;
	account.annex_name = json_get_str(root, "annex_name");
	*ret_account = account;
	return 0;
}
