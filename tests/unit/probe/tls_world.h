/* SPDX-License-Identifier: Apache-2.0 */
/** Certificates made on the spot, and a TLS server that shows them. */
#pragma once

#include <stdbool.h>

#include "world.h"

struct tls_world;

struct tls_identity {
	const char *dns_name; /* subject alternative name; NULL = only 127.0.0.1 */
	int from_days;        /* from today */
	int to_days;
	bool self_signed;
	int max_version; /* TLS1_1_VERSION …, 0 = any */
};

/** One authority, and a server thread that answers with `answer` after the handshake. */
struct tls_world *tls_world_start(const struct tls_identity *identity, const char *answer);
void tls_world_stop(struct tls_world *world);
uint16_t tls_world_port(const struct tls_world *world);
/** A PEM file with the authority's certificate. */
const char *tls_world_authority(const struct tls_world *world);
