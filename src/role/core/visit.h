/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One request of web on its way through the desk, and its answer.
 *
 * Layer: role.  Threading: the loop's thread; the act runs in the writer's.
 */
#pragma once

#include "base/attr.h"
#include "desk/desk.h"
#include "desk/login.h"
#include "role/core/core.h"

struct blob_stage;

enum { VISIT_ONE_TIME_LENGTH = 12 };

struct visit {
	uint32_t req; /* web's */
	struct desk_call call;
	struct desk desk;
	enum login_need need;
	struct login_stored stored; /* what was found before the password was checked */
	char one_time[VISIT_ONE_TIME_LENGTH + 1];
	/* of a request that may come twice */
	struct slice key; /* empty = none */
	int64_t account;
	struct digest request;
	bool known;               /* seen before: answered by the first, without another look */
	struct slice detail;      /* of a refusal */
	struct blob_stage *stage; /* an upload, durable, not yet named */
};

/** A job for a request with everything but its call. */
struct job *visit_create(struct core *core, uint32_t req, uint64_t trace);
/** When the request reached web, by its word; kept with the act. */
void visit_asked(struct job *job, int64_t asked_at_ms);
/** The job's visit. */
struct visit *visit_of(struct job *job);
/** Run the act and answer. */
void visit_run(struct job *own_job);
/** Answer with a problem instead; code "" = the error's own. */
void visit_fail(struct job *own_job, int error, const char *code);
/** Copy into the job's memory. */
struct slice visit_keep(struct job *job, struct slice text);
