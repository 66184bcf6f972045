/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Could the platform listen there?
 *
 * Layer: cli.
 */
#pragma once

#include <stdbool.h>

#include "base/attr.h"

struct diag;

/**
 * Bind and let go.
 *
 * Shape:   "ADDR:PORT" or "[V6]:PORT"; plain = HTTP without TLS, on loopback only.
 * Returns: 0, E_FORMAT, E_DENIED (plain, and not loopback) or -errno, with a sentence.
 */
NODISCARD int port_check(const char *address, bool datagram, bool plain, struct diag *diag);
