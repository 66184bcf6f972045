/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Lines to the outside as people register them: operator and its number for
 * the line, whom to call, bandwidth by contract, the checks that tell its state
 * and the port that carries it.
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include "base/attr.h"

struct desk;

enum {
	CIRCUITS_MAX = 500, /* in use */
	CIRCUIT_NAME_MAX = 120,
	CIRCUIT_PHONE_MAX = 40,
	CIRCUIT_NOTE_MAX = 1000,
	CIRCUIT_CHECKS_MAX = 16,
};

/** Acts: POST /circuits, PATCH /circuits/{id}. */
NODISCARD int desk_circuit_create(struct desk *desk);
NODISCARD int desk_circuit_update(struct desk *desk);
