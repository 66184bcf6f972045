/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The file the machine's administrator edits, needed before the store opens:
 * a flat YAML mapping, every key with a default.  Unknown keys are errors.
 *
 * Layer: role.
 */
#pragma once

#include "base/attr.h"
#include "base/diag.h"

enum { CONFIG_TEXT_MAX = 512 };

struct config {
	char data[CONFIG_TEXT_MAX];       /* folder of records, rows and blobs */
	char listen[CONFIG_TEXT_MAX];     /* ADDR:PORT, plain HTTP, loopback only */
	char tls_listen[CONFIG_TEXT_MAX]; /* ADDR:PORT, HTTPS; empty = none */
	char tls_cert[CONFIG_TEXT_MAX];   /* PEM files; empty = self-signed, made on demand */
	char tls_key[CONFIG_TEXT_MAX];
	char store[CONFIG_TEXT_MAX];   /* "sqlite" or postgresql://… */
	char sandbox[CONFIG_TEXT_MAX]; /* strict or relaxed */
	char key_file
		[CONFIG_TEXT_MAX];     /* master key; empty = DATA.key beside the data folder */
	char syslog[CONFIG_TEXT_MAX];  /* ADDR:PORT for UDP and TCP; empty = none */
	char traps[CONFIG_TEXT_MAX];   /* ADDR:PORT for SNMP traps by UDP; empty = none */
	char plugins[CONFIG_TEXT_MAX]; /* folder of monitoring plugins; empty = none are run */
	char share[CONFIG_TEXT_MAX];   /* packs and UI; empty = found beside the program */
};

/** Every default in place. */
void config_init(struct config *config);

/**
 * Read the file over the defaults.
 *
 * Returns: 0, -errno, or E_FORMAT with every mistake in diags.
 */
NODISCARD int config_read(const char *path, struct config *config, struct diag_list *diags);

/** Set one key, as the command line does.  0, E_ABSENT for an unknown key, E_LIMIT, E_INPUT. */
NODISCARD int config_set(
	struct config *config, const char *key, struct slice value, struct diag *diag);
