/* SPDX-License-Identifier: Apache-2.0 */
/* Policy and calendar as they were read at the start, kept before anything is judged by them. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "desk/knowledge_ship.h"
#include "desk/maintenance.h"
#include "desk/policies.h"
#include "desk/selfchecks.h"
#include "role/core/core.h"

static int terms_ready(struct core *core, struct diag *diag)
{
	struct command command;
	struct command *all[1] = { &command };
	int error = maintenance_is_seasonal(core->db);
	if (error == 0) {
		return 0;
	}
	if (error < 0) {
		return diag_set(diag, error, 0, 0, "reading maintenance: %s", err_text(error));
	}
	command_init(&command);
	command.run = maintenance_terms;
	command.arg = &core->env;
	batch_run(core->batch, all, 1);
	error = command.status;
	command_fini(&command);
	return error < 0 ? diag_set(diag, error, 0, 0, "maintenance by the terms: %s",
				   err_text(error))
			 : 0;
}

static int command_now(struct core *core, int (*run)(struct txn *, void *), void *arg)
{
	struct command command;
	struct command *all[1] = { &command };
	command_init(&command);
	command.run = run;
	command.arg = arg;
	batch_run(core->batch, all, 1);
	int error = command.status;
	command_fini(&command);
	return error;
}

static int knowledge_ready(struct core *core, struct diag *diag)
{
	int error = knowledge_known(core->db, core->rules.knowledge);
	error = error == 0 ? command_now(core, knowledge_ship, &core->rules.knowledge) : error;
	return error < 0 ? diag_set(diag, error, 0, 0, "policy/knowledge.json: %s",
				   err_text(error))
			 : 0;
}

int rules_ready(struct core *core, struct diag *diag)
{
	int error = 0;
	for (size_t i = 0; i < core->rules.text_count && error >= 0; i++) {
		struct policy_text *text = &core->rules.texts[i];
		struct command command;
		struct command *all[1] = { &command };
		error = policy_kept(core->db, text);
		if (error != 0) {
			continue;
		}
		command_init(&command);
		command.run = policy_adopt;
		command.arg = text;
		batch_run(core->batch, all, 1);
		error = command.status;
		command_fini(&command);
		log_event(LOG_NOTICE, "policy.adopted", F_STR("subject", text->subject),
			F_INT("id", text->id));
	}
	return error < 0
		       ? diag_set(diag, error, 0, 0, "keeping the policy: %s", err_text(error))
		       : knowledge_ready(core, diag);
}

/* ---- what people adopt comes into force while core runs */

/* A policy that was in force since the start; records of this moment may still point to it. */
struct in_force {
	struct in_force *before;
	struct policy policy;
	struct calendar calendar;
};

/* In the writer's thread, or before there is one. */
static int enter(struct core *core, struct db *db)
{
	int64_t id = 0;
	int found = policy_in_force_id(db, &id);
	if (found <= 0 || id == core->env.policy_id) {
		return found < 0 ? found : 0;
	}
	struct in_force *next = calloc(1, sizeof(*next));
	if (next == NULL) {
		abort();
	}
	found = policy_in_force(db, &core->rules.policy, &id, &next->policy);
	if (found <= 0) {
		free(next);
		return found;
	}
	next->calendar = core->rules.calendar;
	next->calendar.day_end_min = next->policy.day_end_min;
	next->before = core->in_force;
	core->in_force = next;
	core->env.policy = &next->policy;
	core->env.calendar = &next->calendar;
	core->env.policy_id = id;
	log_event(LOG_NOTICE, "policy.in_force", F_INT("id", id));
	return 0;
}

int policy_ready(struct core *core, struct diag *diag)
{
	/* env was set from the file, whose text may not be the one that is kept as the latest. */
	core->env.policy_id = 0;
	int error = enter(core, core->db);
	core->policy_asked = core->env.policy_id;
	error = error < 0 ? error : command_now(core, selfcheck_begin, &core->env);
	return error < 0
		       ? diag_set(diag, error, 0, 0, "the policy in force: %s", err_text(error))
		       : terms_ready(core, diag);
}

static int enter_run(struct txn *txn, void *arg)
{
	return enter(arg, txn_db(txn));
}

void policy_turn(struct core *core)
{
	int64_t id = 0;
	if (!core->policy_dirty) {
		return;
	}
	core->policy_dirty = false;
	if (policy_in_force_id(core->peek, &id) == 1 && id != core->policy_asked) {
		core->policy_asked = id;
		job_submit_sure(job_create(core, 0), enter_run, core, job_drop);
	}
}

void policy_drop(struct core *core)
{
	core->packs = arena_destroy(core->packs);
	while (core->in_force != NULL) {
		struct in_force *gone = core->in_force;
		core->in_force = gone->before;
		free(gone);
	}
}
