/* SPDX-License-Identifier: Apache-2.0 */
#include "role/core/visit.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "records/blob.h"
#include "role/problem.h"
#include "sys/clock.h"
#include "sys/memfd.h"
#include "sys/rand.h"

/* A request may be under way that long. */
enum { ASKED_AGE_MAX_MS = 10 * 60 * 1000 };
enum { FRAME_BODY_MAX = 60000, PROBLEM_MAX_OCTETS = 8192 };

struct job *visit_create(struct core *core, uint32_t req, uint64_t trace)
{
	struct job *job = job_create(core, trace != 0 ? trace : rand_u64());
	struct visit *v = arena_take(job->arena, sizeof(*v));
	v->req = req;
	job->of = v;
	return job;
}

/* web is believed as far as it can be right: a slow upload takes minutes, not hours. */
void visit_asked(struct job *job, int64_t asked_at_ms)
{
	int64_t now_ms = clock_unix_ms();
	bool sane = asked_at_ms <= now_ms && asked_at_ms > now_ms - ASKED_AGE_MAX_MS;
	job->command.asked_at_ms = sane ? asked_at_ms : 0;
}

struct visit *visit_of(struct job *job)
{
	return job->of;
}

struct slice visit_keep(struct job *job, struct slice text)
{
	return arena_dup(job->arena, text);
}

static void answer_send(struct job *job, unsigned status, const char *media, struct slice body)
{
	struct visit *v = job->of;
	struct core *core = job->core;
	int fd = -1;
	struct msg_answer msg = {
		.status = status,
		.seq = core->last_seq,
		.version = v->desk.answer_version,
		.media = slice_str(media),
		.token = slice_str(v->desk.set_token),
		.body = body,
	};
	if (body.n > FRAME_BODY_MAX) {
		if (memfd_of(body, &fd) < 0) {
			return; /* web times the request out */
		}
		msg.body = (struct slice) { 0 };
	}
	if (RUNTIME_SEND(core->rt, IPC_WEB, answer, MSG_ANSWER, v->req, job->trace, &msg, fd) <
		0) {
		log_event(LOG_WARNING, "answer.unsent", F_INT("req", v->req));
	}
}

/* Acts after which probe needs a new table. */
static bool changes_checks(enum route_id route)
{
	return route == ROUTE_CHECKS_CREATE || route == ROUTE_CHECKS_UPDATE ||
	       route == ROUTE_CHECKS_PASTE || route == ROUTE_CHECKS_PAGE_CONFIRM ||
	       route == ROUTE_CIRCUITS_CREATE || route == ROUTE_CIRCUITS_UPDATE ||
	       route == ROUTE_IMPORTS_RUN || route == ROUTE_IMPORTS_UNDO ||
	       route == ROUTE_ASSETS_IMPORT || /* severities may follow importance */
	       route == ROUTE_ASSETS_UPDATE;   /* one put out of use takes its checks along */
}

/* The same of detect, which also looks at checks and who owns them. */
static bool changes_rules(enum route_id route)
{
	return route == ROUTE_RULES_CREATE || route == ROUTE_RULES_UPDATE ||
	       route == ROUTE_RULES_DELETE || route == ROUTE_CALENDARS_PUT ||
	       changes_checks(route);
}

static void finish(struct job *job)
{
	struct visit *v = job->of;
	v->stage = blob_stage_drop(v->stage);
	if (job->command.replayed && job->command.answer.n == 0) {
		/* It was done; the secret of its answer is given once. */
		job->command.status = E_CONFLICT;
		(void)snprintf(v->desk.code, sizeof(v->desk.code), "idempotency.secret_once");
	}
	if (job->command.status >= 0) {
		job->core->checks_dirty =
			job->core->checks_dirty || changes_checks(v->call.route) ||
			(v->call.route == ROUTE_SETTINGS_PUT && slice_is(v->call.key, "reach"));
		job->core->rules_dirty = job->core->rules_dirty || changes_rules(v->call.route);
		finds_acted(job->core, v->call.route);
		if (changes_checks(v->call.route) || v->call.route == ROUTE_TOPOLOGY_SAY ||
			v->call.route == ROUTE_TOPOLOGY_UNSAY) {
			charting_stale(job->core);
		}
		if (v->call.route == ROUTE_BACKUPS_RUN) {
			backups_run(job->core);
		}
		if (v->call.route == ROUTE_AUDIT_VERIFY) {
			verify_run(job->core);
		}
		if (v->call.route == ROUTE_CLOCK_CONFIRM) {
			clockwork_confirm(job->core);
		}
		answer_send(job, 200, "application/json", buf_slice(&job->command.answer));
	} else {
		AUTO_BUF struct buf body;
		buf_init(&body, PROBLEM_MAX_OCTETS);
		/* No act ran: the key was used for another request. */
		bool reused = job->command.status == E_CONFLICT && v->desk.code[0] == '\0';
		struct problem problem = { job->command.status,
			reused ? "idempotency.reused" : v->desk.code, v->desk.field, job->trace,
			v->desk.answer_version, v->desk.answer_state, v->detail };
		unsigned status = problem_put(&body, &problem);
		answer_send(job, status, "application/problem+json", buf_slice(&body));
	}
	job_drop(job);
}

static int run(struct txn *txn, void *arg)
{
	struct job *job = arg;
	struct visit *v = job->of;
	if (v->stage != NULL) {
		int error = blob_name(txn, "attachment", v->stage, &v->call.upload_blob);
		if (error < 0) {
			return error;
		}
	}
	return desk_run(txn, &v->desk);
}

void visit_run(struct job *own_job)
{
	struct visit *v = own_job->of;
	v->call.clock_held = own_job->core->clock_held;
	v->desk.call = &v->call;
	v->desk.env = &own_job->core->env;
	own_job->command.account = v->account;
	own_job->command.key = v->key;
	own_job->command.request = v->request;
	job_submit(own_job, run, own_job, finish);
}

void visit_fail(struct job *own_job, int error, const char *code)
{
	struct visit *v = own_job->of;
	own_job->command.status = error;
	(void)snprintf(v->desk.code, sizeof(v->desk.code), "%s", code);
	finish(own_job);
}
