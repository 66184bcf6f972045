/* SPDX-License-Identifier: Apache-2.0 */
/* Policy and calendar as they were read at the start, kept before anything is judged by them. */
#include "base/err.h"
#include "base/log.h"
#include "desk/maintenance.h"
#include "desk/policies.h"
#include "role/core/core.h"

int terms_ready(struct core *core, struct diag *diag)
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
		       : 0;
}
