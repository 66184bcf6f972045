/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The certificate HTTPS shows: the school's own, or one made here and kept,
 * so that a browser's exception for it lasts.
 *
 * Layer: api.  Threading: start of the process.
 */
#pragma once

#include "base/attr.h"
#include "base/diag.h"

/** Octets of a PEM file at most; days a certificate made here holds, and left when it is renewed. */
enum { TLS_PEM_OCTETS_MAX = 64 * 1024, TLS_SELF_DAYS = 825, TLS_RENEW_DAYS = 30 };

struct tls_identity {
	char *certificate; /* PEM */
	char *key;         /* PEM */
};

/**
 * Read certificate and key from files the configuration names.
 *
 * Owns:    *ret; release with tls_identity_fini.
 * Returns: 0, -errno or E_LIMIT with the path in diag.
 */
NODISCARD int tls_identity_read(const char *certificate_path, const char *key_path,
	struct tls_identity *ret, struct diag *diag);

/**
 * The certificate in tls/self.pem below the data folder, made when it is
 * absent, unreadable, or about to end.  ECDSA P-256, named for this host, its
 * loopback addresses and the listening address.
 *
 * Shape:   listen is ADDR:PORT as configured.
 * Owns:    *ret; release with tls_identity_fini.
 * Returns: 0, -errno or E_UNSUPPORTED.
 */
NODISCARD int tls_identity_self(
	int data_fd, const char *listen, struct tls_identity *ret, struct diag *diag);

/** Forgets the key, then releases. */
void tls_identity_fini(struct tls_identity *identity);
