/* SPDX-License-Identifier: Apache-2.0 */
/**
 * How to reach the school's mail server: the configuration that comes with
 * every message, so that the courier keeps no secret.
 *
 *   {"host": "mail.example.edu.cn", "port": 587, "tls": "none|starttls|tls",
 *    "user": "…", "password": "…", "from": "a@b", "from_name": "…",
 *    "verify": true, "ca": "-----BEGIN CERTIFICATE-----…", "timeout_ms": 30000,
 *    "annex_name": "….pdf"}
 *
 * Only host and from are required.  ca is PEM text and replaces the machine's
 * own list.
 *
 * Layer: courier.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"

struct arena;
struct diag;

enum account_tls { ACCOUNT_TLS_NONE, ACCOUNT_TLS_STARTTLS, ACCOUNT_TLS_WRAPPED };

enum {
	ACCOUNT_TIMEOUT_MS = 30000,
	ACCOUNT_TIMEOUT_MIN_MS = 200,
	ACCOUNT_TIMEOUT_MAX_MS = 300000
};

struct account {
	const char *host; /* name or literal address, IPv6 without brackets */
	uint16_t port;
	enum account_tls tls;
	const char *user; /* empty = no log-in */
	const char *password;
	const char *from;
	const char *from_name;
	bool verify;
	struct slice ca; /* empty = the machine's */
	int64_t timeout_ms;
	struct slice annex_name;
};

/**
 * Owns:    what *ret_account points to lives in the arena.
 * Returns: 0, or E_INPUT with the member in diag; as json_parse for text that is no JSON.
 */
NODISCARD int account_read(struct arena *arena, struct slice json_text,
	struct account *ret_account, struct diag *diag);
