/* SPDX-License-Identifier: Apache-2.0 */
#include "workflow/machine.h"

#include <stdio.h>

#include "base/diag.h"
#include "base/err.h"

static void code_set(struct diag *diag, const char *code)
{
	if (diag != NULL) {
		(void)snprintf(diag->source, sizeof(diag->source), "%s", code);
	}
}

static int row_find(const struct machine *machine, const struct machine_call *call,
	const struct machine_row **ret_row)
{
	int error = E_STATE;
	for (size_t i = 0; i < machine->row_count; i++) {
		const struct machine_row *row = &machine->rows[i];
		if (row->from != call->state || row->act != call->act) {
			continue;
		}
		if ((row->roles & ROLE_BIT(call->role)) != 0) {
			*ret_row = row;
			return 0;
		}
		error = E_DENIED;
	}
	return error;
}

static int guards_check(const struct machine *machine, const struct machine_row *row,
	const void *facts, struct diag *diag)
{
	for (unsigned i = 0; i < machine->guard_names->count; i++) {
		bool asked = (row->guards & MACHINE_BIT(i)) != 0;
		if (asked && !machine->guards[i].holds(facts)) {
			code_set(diag, name_id(machine->guard_names, i));
			return diag_set(diag, machine->guards[i].error, 0, 0, "%s",
				name_text(machine->guard_names, i, LANG_EN));
		}
	}
	return 0;
}

int machine_step(const struct machine *machine, const struct machine_call *call,
	const struct machine_row **ret_row, struct diag *diag)
{
	const char *act = name_text(machine->acts, call->act, LANG_EN);
	if (call->role >= ROLE_COUNT) {
		return E_DENIED;
	}
	const struct machine_row *row = NULL;
	int error = row_find(machine, call, &row);
	if (error == E_STATE) {
		code_set(diag, "no_such_step");
		return diag_set(diag, error, 0, 0, "in state \"%s\" there is no \"%s\"",
			name_text(machine->states, call->state, LANG_EN), act);
	}
	if (error == E_DENIED) {
		code_set(diag, "role");
		return diag_set(diag, error, 0, 0, "the role \"%s\" may not \"%s\"",
			name_text(&role_names, call->role, LANG_EN), act);
	}
	error = guards_check(machine, row, call->facts, diag);
	if (error == 0) {
		*ret_row = row;
	}
	return error;
}
