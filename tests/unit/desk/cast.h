/* SPDX-License-Identifier: Apache-2.0 */
/** The people of one line from a finding to the archive, and the line itself step by step. */
#pragma once

#include "fixture.h"

struct cast {
	struct school school;
	int64_t unit;  /* the one that must put right */
	int64_t other; /* another unit */
	int64_t asset;
	int64_t watch;
	struct hat operator;
	struct hat reviewer;
	struct hat director;
	struct hat verifier;
	struct hat leader;
	struct hat officer;
	struct hat stranger; /* officer of the other unit */
	int64_t finding;
	int64_t notice;
	int64_t scan;
};

/** Five people: operator, reviewer who is director, verifier, leader, officer. */
void cast_five(struct cast *cast, const char *conf);
/** Two in the centre in small-school mode: the operator also repairs, the other reviews and verifies. */
void cast_two(struct cast *cast, const char *conf, bool centre_unit);

/** The pack about events is kept, as it comes along. */
void cast_events(struct cast *cast);
/** A confirmed finding of a grade, found by the cast's check. */
int64_t cast_finding(struct cast *cast, const char *grade, const char *title);
int64_t cast_draft(struct cast *cast, int64_t finding);
/** Draft, review and issue. */
void cast_issue(struct cast *cast, const char *grade);
/** Sign, plan, scan and hand in. */
void cast_submit(struct cast *cast);
int cast_upload(struct cast *cast, const struct hat *hat, const char *media);
/** A scan that is kept already; its blob. */
int64_t cast_blob(struct cast *cast);
/** Answer the newest probe that was asked for. */
void cast_probe(struct cast *cast, const char *state);
/** One command. */
int cast_do(struct cast *cast, const struct hat *hat, enum route_id route, const char *body);
/** The notice's state in the store. */
void cast_state(struct cast *cast, const char *state);
/** The one text of a query. */
void store_is(struct cast *cast, const char *sql, const char *text);
int64_t cast_number(struct cast *cast, const char *sql);
/** Fire every timer that is due. */
void cast_time(struct cast *cast, const char *at);
/** Fire what is due by the clock as it stands, as a machine does that was stopped meanwhile. */
void cast_late(struct cast *cast);
void cast_time_ms(struct cast *cast, int64_t end_ms);
