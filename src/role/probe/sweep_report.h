/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a sweep found, gathered and told to core every other second, with
 * where it stands.  Without core it is kept as far as there is room.
 *
 * Layer: role.  Threading: the loop's thread.
 */
#pragma once

#include <stdint.h>

struct check_result;
struct network;
struct probe;
struct sweep_plan;
struct sweep_report;

/** From now on it tells.  Owns: the result; release with sweep_report_destroy. */
struct sweep_report *sweep_report_create(struct probe *probe);
/** Before the loop ends. */
void sweep_report_stop(struct sweep_report *report);
struct sweep_report *sweep_report_destroy(struct sweep_report *report);

/** said: whose text arguments go along; NULL = none. */
void sweep_report_seen(struct sweep_report *report, const char *source,
	const struct network *address, const struct check_result *said);
/** Where it stands now; plan NULL = nowhere. */
void sweep_report_state(
	struct sweep_report *report, const struct sweep_plan *plan, uint64_t answered);
/** Sightings there was no room for. */
uint64_t sweep_report_unsaid(const struct sweep_report *report);
