/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Incidents: alerts of one asset gathered under one name that a person takes
 * up, and what is told to whom about it.
 *
 *   open → acked → resolved → closed      (resolved also by itself, when
 *                                          every alert of it has recovered)
 *
 * Layer: desk.  Threading: the writer's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/slice.h"
#include "model/scale.h"

struct desk;
struct desk_env;
struct txn;

struct incident_opening {
	int64_t asset_id; /* 0 = unregistered */
	int64_t unit_id;
	struct slice asset_key;
	struct slice group; /* what it is gathered under; empty = the asset, else the key */
	enum alert_severity severity;
	struct slice code;
	struct slice args;
	int64_t at_ms;
	bool is_new; /* answered: it was opened just now */
};

/** The open incident of the asset, worsened if need be, or a new one.  0 or as db_step. */
NODISCARD int incident_join(
	struct txn *txn, struct incident_opening *opening, int64_t *ret_incident_id);

/**
 * Mail the people on duty when the incident is new or has become worse, with
 * an acknowledgement link each.  Nobody to tell is itself an alert.
 */
NODISCARD int incident_tell(
	struct txn *txn, const struct desk_env *env, int64_t incident_id, bool is_new);

/** When no alert of it fires any more: resolved, and everybody who was told is told. */
NODISCARD int incident_settle(struct txn *txn, const struct desk_env *env, int64_t incident_id);

/**
 * Act: POST /incidents/{id}/ticket: the number the operator of a line gave the
 * fault, kept with who noted it and when; one more may follow.
 */
NODISCARD int desk_incident_ticket(struct desk *desk);

/** Acts: POST /incidents/{id}/ack, /resolve, /close and POST /ack/{key}. */
NODISCARD int desk_incident_ack(struct desk *desk);
NODISCARD int desk_incident_resolve(struct desk *desk);
NODISCARD int desk_incident_close(struct desk *desk);
NODISCARD int desk_ack_key_use(struct desk *desk);
