/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One state machine as a table: from which state an act leads where, which
 * roles may, what must hold.  An undefined pair is refused; nothing happens by
 * falling through.
 *
 * Layer: workflow.  Threading: reentrant.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "model/name.h"
#include "model/role.h"

struct diag;

struct machine_row {
	uint8_t from;
	uint8_t act;
	uint8_t to;
	uint32_t roles;     /* ROLE_BIT set */
	uint32_t guards;    /* bits, index into machine.guards */
	uint32_t documents; /* bits the machine names */
	uint32_t effects;   /* bits the machine names */
	uint32_t clocks;    /* bits the machine names */
};

/** What must hold.  A guard reads facts and nothing else. */
struct machine_guard {
	bool (*holds)(const void *facts);
	int error; /* E_DENIED where persons must differ, E_INPUT where something lacks */
};

struct machine {
	const struct name_table *states;
	const struct name_table *acts;
	const struct name_table *guard_names; /* id and sentences, by guard */
	const struct machine_guard *guards;
	const struct machine_row *rows;
	size_t row_count;
};

/** Bit of a guard, document, effect or clock. */
#define MACHINE_BIT(index) (UINT32_C(1) << (index))

/** Who does what to what. */
struct machine_call {
	unsigned state;
	unsigned act;
	enum role role;
	const void *facts;
};

/**
 * The row for a call, with its guards holding.
 *
 * Returns: 0; E_STATE when the state knows no such act; E_DENIED when the role
 *          may not; a guard's error.  diag->source is a code: "no_such_step",
 *          "role", or the guard's id.
 */
NODISCARD int machine_step(const struct machine *machine, const struct machine_call *call,
	const struct machine_row **ret_row, struct diag *diag);
