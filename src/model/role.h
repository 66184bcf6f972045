/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Roles a person acts in, one at a time.  sysadmin, security_admin and auditor
 * are the three separate administrators (三员分立).
 *
 * Layer: model.  Threading: reentrant.
 */
#pragma once

#include <stdint.h>

#include "model/name.h"

/** Ids as in schema/permissions.toml. */
enum role {
	ROLE_OPERATOR,
	ROLE_REVIEWER,
	ROLE_VERIFIER,
	ROLE_DIRECTOR,
	ROLE_SECURITY_ADMIN,
	ROLE_RESPONSE_LEAD,
	ROLE_OFFICER,
	ROLE_SPECIALIST,
	ROLE_UNIT_HEAD,
	ROLE_VICE_PRESIDENT,
	ROLE_LEADING_GROUP,
	ROLE_PUBLICITY,
	ROLE_SECURITY_OFFICE,
	ROLE_SCHOOL_OFFICE,
	ROLE_CONTRACTOR,
	ROLE_AUDITOR,
	ROLE_SYSADMIN,
	ROLE_SYSTEM, /* timers and deliveries; no person ever holds it */
};

#define ROLE_COUNT (ROLE_SYSTEM + 1)

extern const struct name_table role_names;

/** Roles that people hold: all before this one. */
#define ROLE_PEOPLE_COUNT (ROLE_SYSTEM + 0) /* an int, to compare with */

/** A set of roles. */
#define ROLE_BIT(role) (UINT32_C(1) << (role))
