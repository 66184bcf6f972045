/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a person does with his own second factor: an authenticator that shows
 * six digits every thirty seconds, and ten recovery codes for the day it is
 * lost.
 *
 * Source:  RFC 6238; the URI as authenticators read it (otpauth, Key URI Format).
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

struct desk;
struct second_factor;
struct txn;

/** POST /session/second-factor: password; answers the key once, as QR code and in base 32. */
NODISCARD int desk_second_factor_begin(struct desk *desk);
/** POST …/confirm: a right code of it; answers the recovery codes once. */
NODISCARD int desk_second_factor_confirm(struct desk *desk);
/** POST …/code: this session has shown one; what is open to it is access.h's. */
NODISCARD int desk_second_factor_code(struct desk *desk);
/** POST …/codes: password; ten other recovery codes. */
NODISCARD int desk_second_factor_renew(struct desk *desk);
/** POST …/remove: password. */
NODISCARD int desk_second_factor_remove(struct desk *desk);

/** What of begin, renew and remove can be refused before the password is looked at. */
NODISCARD int second_factor_check(struct desk *desk);
