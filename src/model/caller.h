/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Who stands behind a token: the person, and the one named role he acts in
 * now.
 *
 * Layer: model.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/role.h"

struct caller {
	bool known; /* false: no token, an ended one, or a disabled account */
	int64_t account_id;
	int64_t person_id;
	int64_t session_id; /* 0 for an API token */
	int64_t token_id;   /* 0 for a session */
	int64_t grant_id;
	enum role role;       /* ROLE_SYSTEM for the machine's own acts */
	int64_t unit_id;      /* of the role; 0 = school-wide */
	bool must_change;     /* may only change the password */
	bool address_refused; /* administrators may not come from here */
	bool withheld;        /* whether he is still in post is doubted */
	int64_t reads_until_ms; /* his role was handed over; until then he may tell his successor */
	int64_t for_id;         /* whom he stands in for; 0 = himself */
	const char *
		scopes; /* of an API token: route names or prefixes, space between; NULL = all */
	const char *name; /* of the person; lives as long as the arena it was loaded into */
};
