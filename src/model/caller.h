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

/** Of whom a second factor is demanded.  Source: GB/T 22239-2019 8.1.4.1 d. */
enum second_demand {
	SECOND_DEMAND_OFF,   /* offered to whoever wants it */
	SECOND_DEMAND_ACTS,  /* who has none enrols before his first dangerous act */
	SECOND_DEMAND_LOGIN, /* who has none enrols when he logs in */
	SECOND_DEMAND_COUNT,
};
extern const struct name_table second_demand_names;

/** How long a code shown is good for. */
enum { SECOND_FRESH_MS = 10 * 60 * 1000 };

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
	bool second_on;         /* he has a second factor */
	enum second_demand second_demand; /* of the role he acts in */
	int64_t second_at_ms;             /* when this session last showed a code; 0 = never */
	int64_t for_id;                   /* whom he stands in for; 0 = himself */
	const char *
		scopes; /* of an API token: route names or prefixes, space between; NULL = all */
	const char *name; /* of the person; lives as long as the arena it was loaded into */
};
